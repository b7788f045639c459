//! Every file in the binary is proved.

use super::{
    check::{self, Report},
    library::{Library, Place},
};
use crate::text::Lang;

fn proved(path: &'static str) -> Report {
    let library = Library::bundled();
    let report = check::check_loaded(library.load(&Place::Bundled(path)), &library);
    assert!(report.is_sound(), "{}", report.render(Lang::En, false));
    report
}

#[test]
fn every_fixture_can_be_deployed() {
    let fixtures: Vec<_> =
        Library::bundled_files().into_iter().filter(|path| path.starts_with("fixtures/")).collect();
    assert_eq!(fixtures.len(), 5, "{fixtures:?}");
    for path in fixtures {
        proved(path);
    }
}

#[test]
fn crs_02_proves_its_answers_and_its_solution() {
    let report = proved("course/crs-02-cpu-80-cinq-minutes.yaml");
    assert_eq!((report.proved.answers, report.proved.wrong_answers, report.proved.solutions), (4, 10, 1));
}

#[test]
fn crs_04_proves_its_answers_and_its_solutions() {
    let report = proved("course/crs-04-groupe-de-securite-vers-sns.yaml");
    assert_eq!((report.proved.answers, report.proved.wrong_answers, report.proved.solutions), (3, 6, 2));
}

#[test]
fn crs_05_proves_its_answers_and_its_solution() {
    let report = proved("course/crs-05-exemple-concret.yaml");
    assert_eq!((report.proved.answers, report.proved.wrong_answers, report.proved.solutions), (4, 9, 1));
}
