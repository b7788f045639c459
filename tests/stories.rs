//! Stories read from start to end without a screen: each break says why, what follows, and where it shows.

use std::ffi::OsString;

use vigie::{
    cli::{self, Format, Read},
    drive::headless::{self, Asked},
    scenario::library::Library,
    text::Lang,
};

fn told(id: &str, lang: Lang, format: Format) -> String {
    let path = format!("{}/tests/timelines/{id}.yaml", env!("CARGO_MANIFEST_DIR"));
    let arguments = ["vigie", "run", &path].map(OsString::from);
    let Read::Go(options) = cli::read(arguments, lang.code()) else { panic!("the arguments are read") };
    let asked = Asked { scenario: &path, format, ..Asked::default() };
    let mut out = Vec::new();
    let status = headless::run(&Library::bundled(), &options, &asked, &mut out).expect("it plays");
    assert_eq!(status, 0, "{id}: an expectation failed");
    String::from_utf8(out).expect("UTF-8")
}

/// The first break on that road at that time, with what explains it: its own line and those set off below it.
fn broken<'a>(story: &'a str, clock: &str, road: &str) -> Vec<&'a str> {
    let mut lines = story.lines();
    let first = lines
        .by_ref()
        .find(|line| line.trim_start().starts_with(clock) && line.contains(&format!("✗ {road}")));
    let below = lines.take_while(|line| line.starts_with("                          ")).map(str::trim);
    first.map(str::trim).into_iter().chain(below).collect()
}

fn says(lines: &[&str], wanted: &[&str]) {
    for words in wanted {
        assert!(lines.iter().any(|line| line.contains(words)), "{words:?} not in {lines:#?}");
    }
}

#[test]
fn det_04_names_each_of_the_locks_between_the_light_and_the_letterbox() {
    let story = told("det-04", Lang::En, Format::Text);

    says(
        &broken(&story, "05:07", "alarm>sns"),
        &[
            "encrypted: the KMS key does not let the sender in",
            "cloudwatch.amazonaws.com is not authorized to perform: kms:GenerateDataKey",
            "a missing permission does not heal by itself",
            "the history of alarm radar-110",
        ],
    );
    let after_the_act = story.split("bruno: ec2 AuthorizeSecurityGroupIngress").nth(1).expect("the act");
    says(&after_the_act.lines().collect::<Vec<_>>(), &["no rule was waiting for it: the event is gone"]);
    says(
        &story.lines().collect::<Vec<_>>(),
        &["the load on voiture-rouge changes", "✓ 22 expectations held"],
    );
}

#[test]
fn exp_02_shows_the_unit_answering_itself_until_vigie_cuts_the_chain() {
    let story = told("exp-02", Lang::Fr, Format::Text);

    says(
        &story.lines().collect::<Vec<_>>(),
        &["↻ 2e passage : l'unité répond à son propre acte", "et ainsi de suite"],
    );
    let cut = broken(&story, "00:2", "bus>lambda");
    says(&cut, &["boucle : la chaîne se nourrit d'elle-même", "un vrai compte continuerait, et paierait"]);
    assert!(!cut.iter().any(|line| line.contains("FailedInvocations")), "no metric shows it: {cut:#?}");
}

#[test]
fn exp_03_tells_a_throw_a_lost_permission_and_a_throttle_apart() {
    let story = told("exp-03", Lang::En, Format::Text);
    let (alone, with_a_lost_and_found) = story.split_once("——— The same stretch").expect("two worlds");

    says(
        &alone.lines().collect::<Vec<_>>(),
        &["fault: amende-email throws", "fault: amende-email is throttled"],
    );
    says(
        &broken(alone, "00:12", "bus>lambda"),
        &["the function failed", "try 2 at 01:12", "the metric Errors of amende-email and its log"],
    );
    says(&broken(alone, "01:12", "bus>lambda"), &["try 3 at 03:12"]);
    says(&broken(alone, "03:12", "bus>lambda"), &["the retries are used up", "no dead-letter queue: lost"]);
    says(
        &broken(alone, "10:12", "bus>lambda"),
        &[
            "refused",
            "lambda:InvokeFunction",
            "does not heal by itself",
            "FailedInvocations of rule r-alarme",
        ],
    );
    says(
        &broken(alone, "20:12", "bus>lambda"),
        &["throttled", "try 2 at 20:13", "the metric Throttles of amende-email"],
    );
    says(
        &broken(with_a_lost_and_found, "03:12", "bus>lambda"),
        &["it goes to the dead-letter queue: nothing is lost"],
    );
}

#[test]
fn a_line_for_machines_says_which_world_it_is_of() {
    let story = told("exp-03", Lang::En, Format::Ndjson);
    let worlds: std::collections::BTreeSet<Option<String>> = story
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("one document a line"))
        .map(|hop| hop["world"].as_str().map(str::to_owned))
        .collect();

    assert_eq!(worlds, [None, Some("objets-trouves".to_owned())].into());
}
