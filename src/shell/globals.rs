//! The AWS CLI's own options: those that mean something here, and those refused by name.

/// What a global option does here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Global {
    Region,
    Output,
    Query,
    InputJson,
    InputYaml,
    /// Harmless, and nothing to do.
    Ignored,
    /// It would reach outside the sandbox, or change what has no meaning in it.
    Refused,
    /// It would cut an answer into pages, and the CLI's answers are whole here.
    Paging,
}

/// One row: name without dashes, whether a word follows, what it does.
pub const GLOBALS: &[(&str, bool, Global)] = &[
    ("region", true, Global::Region),
    ("output", true, Global::Output),
    ("query", true, Global::Query),
    ("cli-input-json", true, Global::InputJson),
    ("cli-input-yaml", true, Global::InputYaml),
    ("no-cli-pager", false, Global::Ignored),
    ("no-cli-auto-prompt", false, Global::Ignored),
    ("no-paginate", false, Global::Ignored),
    ("color", true, Global::Ignored),
    ("cli-binary-format", true, Global::Ignored),
    ("profile", true, Global::Refused),
    ("endpoint-url", true, Global::Refused),
    ("debug", false, Global::Refused),
    ("no-verify-ssl", false, Global::Refused),
    ("no-sign-request", false, Global::Refused),
    ("ca-bundle", true, Global::Refused),
    ("cli-read-timeout", true, Global::Refused),
    ("cli-connect-timeout", true, Global::Refused),
    ("cli-auto-prompt", false, Global::Refused),
    ("generate-cli-skeleton", false, Global::Refused),
    ("max-items", true, Global::Paging),
    ("page-size", true, Global::Paging),
    ("starting-token", true, Global::Paging),
    ("version", false, Global::Refused),
];

/// The global option of that name.
pub fn global(name: &str) -> Option<(bool, Global)> {
    GLOBALS.iter().find(|(known, ..)| *known == name).map(|&(_, takes_word, meaning)| (takes_word, meaning))
}

/// The global options worth offering.
pub fn offered() -> impl Iterator<Item = &'static str> {
    GLOBALS
        .iter()
        .filter(|(.., meaning)| !matches!(meaning, Global::Refused | Global::Paging))
        .map(|(name, ..)| *name)
}

/// The public AWS Regions. Source: the `aws` partition of botocore's `endpoints.json`.
pub const REGIONS: &[&str] = &[
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];
