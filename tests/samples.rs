//! The account does what each sample shows, and what it writes has the sample's shape, field by field.
//!
//! The tests are in `acts`, a file a family of services. Here is the list of the samples: each is tested, or waits for
//! something the account cannot do yet, by name.

mod acts;
mod shapes;

use std::{collections::BTreeSet, fs, path::Path};

use vigie::aws::{
    Account, Region,
    ServiceName::{self, S3},
};

/// Why a sample is not tested.
enum Waits {
    /// For this operation.
    For(ServiceName, &'static str),
    /// Nothing in the account brings it about.
    Never(&'static str),
}

/// The samples that no test compares with yet.
const WAITING: &[(&str, Waits)] = &[
    ("ct-insight-pair", Waits::Never("Insights events are not simulated, and refused by name")),
    ("lambda-event-s3", Waits::For(S3, "PutBucketNotificationConfiguration")),
];

fn samples() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples");
    let files = fs::read_dir(folder).expect("there are samples").flatten();
    files.filter_map(|file| file.path().file_stem()?.to_str().map(str::to_owned)).collect()
}

/// The samples that a test of `acts` names.
fn tested() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/acts");
    let files = fs::read_dir(folder).expect("there are tests").flatten();
    let sources: String =
        files.map(|file| fs::read_to_string(file.path()).expect("tests are readable")).collect();
    samples().into_iter().filter(|name| sources.contains(&format!("\"{name}\""))).collect()
}

#[test]
fn every_sample_is_tested_or_waits_for_something_by_name() {
    let waiting: BTreeSet<String> = WAITING.iter().map(|(name, _)| (*name).to_owned()).collect();
    let tested = tested();

    let forgotten: Vec<_> =
        samples().into_iter().filter(|name| !tested.contains(name) && !waiting.contains(name)).collect();
    assert_eq!(forgotten, Vec::<String>::new(), "neither tested nor waiting");
    let settled: Vec<_> = waiting.intersection(&tested).collect();
    assert_eq!(settled, Vec::<&String>::new(), "tested, so no longer waiting");
}

#[test]
fn what_a_sample_waits_for_is_not_there_yet() {
    let account = Account::new("123456789012", Region::new("us-east-1"));
    for (name, waits) in WAITING {
        match waits {
            Waits::For(service, operation) => assert!(
                account.operation(*service, operation).is_none(),
                "{operation} is there: write the test of {name}"
            ),
            Waits::Never(why) => assert!(!why.is_empty(), "{name}"),
        }
    }
}
