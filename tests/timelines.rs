//! The thirty timelines of the catalogue, each played and proved as a scenario: exactly the hops it says fire on the
//! resources it names, and none of those it says do not.
//!
//! A comment in a file says where the catalogue's line was completed or corrected, and from which source.

use std::{collections::BTreeSet, path::PathBuf};

use vigie::{
    scenario::{
        check::{Report, check_loaded},
        library::{Library, Place},
        load,
    },
    text::Lang,
};

/// What the catalogue holds, by track.
const CATALOGUE: [(&str, usize); 5] = [("dec", 7), ("crs", 8), ("det", 5), ("bld", 5), ("exp", 5)];
/// The timelines that are lessons already: they prove themselves.
const LESSONS: [(&str, &str); 3] = [
    ("crs-02", "course/crs-02-cpu-80-cinq-minutes.yaml"),
    ("crs-04", "course/crs-04-groupe-de-securite-vers-sns.yaml"),
    ("crs-05", "course/crs-05-exemple-concret.yaml"),
];

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/timelines")
}

#[track_caller]
fn assert_proved(report: &Report) {
    assert!(report.is_sound(), "{}", report.render(Lang::En, false));
    assert!(report.proved.expectations >= 3, "{}: a timeline expects something", report.source.name);
}

/// Plays and proves the timeline of a file.
#[track_caller]
fn timeline(id: &str) {
    let loaded = load::file(&folder().join(format!("{id}.yaml")));
    assert_proved(&check_loaded(loaded, &Library::bundled()));
}

macro_rules! timelines {
    ($($test:ident: $id:literal;)*) => {
        /// The timelines that are files of their own.
        const FILES: &[&str] = &[$($id),*];

        $(#[test]
        fn $test() {
            timeline($id);
        })*
    };
}

timelines! {
    dec_01_the_city_wakes_up: "dec-01";
    dec_02_the_police_car_writes_it_down: "dec-02";
    dec_03_the_110_kmh_radar: "dec-03";
    dec_04_the_inspectors_garage: "dec-04";
    dec_05_the_post_office: "dec-05";
    dec_06_the_tower_and_the_rapid_unit: "dec-06";
    dec_07_three_witnesses_one_scene: "dec-07";
    crs_01_the_security_group_trail: "crs-01";
    crs_03_failed_console_sign_ins: "crs-03";
    crs_06_security_audit: "crs-06";
    crs_07_performance_monitoring: "crs-07";
    crs_08_change_management: "crs-08";
    det_01_who_opened_port_22: "det-01";
    det_02_the_public_bucket: "det-02";
    det_03_the_silent_camera: "det-03";
    det_04_the_alert_that_never_arrives: "det-04";
    det_05_someone_stole_the_notebook: "det-05";
    bld_01_set_the_radar: "bld-01";
    bld_02_write_the_towers_filter: "bld-02";
    bld_03_count_the_rattled_doors: "bld-03";
    bld_04_the_inspectors_sheet: "bld-04";
    bld_05_my_city_under_control: "bld-05";
    exp_01_the_double_fine: "exp-01";
    exp_02_the_endless_loop: "exp-02";
    exp_03_the_broken_unit: "exp-03";
    exp_04_the_wrong_district: "exp-04";
    exp_05_noise_and_the_bill: "exp-05";
}

#[test]
fn the_lessons_of_the_course_prove_their_own_timelines() {
    let library = Library::bundled();
    for (_, path) in LESSONS {
        assert_proved(&check_loaded(library.load(&Place::Bundled(path)), &library));
    }
}

#[test]
fn all_thirty_timelines_of_the_catalogue_are_here() {
    let catalogue: BTreeSet<String> = CATALOGUE
        .into_iter()
        .flat_map(|(track, count)| (1..=count).map(move |number| format!("{track}-{number:02}")))
        .collect();
    let files = FILES.iter().copied();
    let here: BTreeSet<String> = files.chain(LESSONS.map(|(id, _)| id)).map(str::to_owned).collect();

    assert_eq!(here, catalogue);
    assert_eq!(catalogue.len(), 30);
}
