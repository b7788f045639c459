//! The words of the language: commands, those we do not simulate, and what people write out of habit.

/// Commands that are simulated.
pub const COMMANDS: [&str; 8] = ["fields", "display", "filter", "stats", "sort", "limit", "parse", "dedup"];

/// Commands that exist and are not simulated. Source: user guide, "Logs Insights QL commands".
pub const NOT_SIMULATED: [&str; 13] = [
    "pattern",
    "diff",
    "unmask",
    "unnest",
    "anomaly",
    "filterindex",
    "source",
    "join",
    "lookup",
    "addtotals",
    "countfrequent",
    "head",
    "tail",
];

/// Words of other languages -> ours.
const HABITS: [(&str, &str); 9] = [
    ("where", "filter"),
    ("select", "fields"),
    ("project", "fields"),
    ("order", "sort"),
    ("group", "stats"),
    ("summarize", "stats"),
    ("take", "limit"),
    ("top", "limit"),
    ("search", "filter @message like"),
];

/// Words that cannot be the name of a field without backticks.
pub const KEYWORDS: [&str; 9] = ["and", "or", "not", "in", "like", "as", "by", "asc", "desc"];

/// What somebody who wrote `word` for a command probably meant.
pub fn command_meant(word: &str) -> Option<&'static str> {
    let habit = HABITS.iter().find(|(habit, _)| word.eq_ignore_ascii_case(habit)).map(|(_, ours)| *ours);
    habit.or_else(|| crate::aws::advice::closest(word, COMMANDS))
}
