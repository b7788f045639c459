//! What filter patterns promise, as sentences; the corpora of `tests/conformance` hold the rest.

use proptest::prelude::*;

use super::{Fault, Line, Miss, Pattern, Verdict};

fn refusal(pattern: &str) -> Fault {
    Pattern::parse(pattern).expect_err("it must be refused")
}

fn matches(pattern: &str, message: &str) -> bool {
    Pattern::parse(pattern).unwrap_or_else(|fault| panic!("{fault}")).matches(&Line::new(message))
}

fn misses(pattern: &str, message: &str) -> Vec<(String, String, Option<String>)> {
    let pattern = Pattern::parse(pattern).unwrap_or_else(|fault| panic!("{fault}"));
    match pattern.judge(&Line::new(message)) {
        Verdict::Match(_) => Vec::new(),
        Verdict::NoMatch(misses) => {
            let parts = |Miss { field, expected, actual }| (field, expected, actual);
            misses.into_iter().map(parts).collect()
        }
    }
}

fn extracted(pattern: &str, message: &str) -> Vec<(String, String)> {
    let pattern = Pattern::parse(pattern).unwrap_or_else(|fault| panic!("{fault}"));
    match pattern.judge(&Line::new(message)) {
        Verdict::Match(extracted) => extracted.into_iter().collect(),
        Verdict::NoMatch(misses) => panic!("{misses:?}"),
    }
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

#[test]
fn a_refusal_says_where_what_was_expected_and_what_was_meant() {
    insta::assert_snapshot!(refusal("{ $.a = }"), @"Invalid filter pattern: at character 9, expected a word, a number, \"a text\" or %a regular expression%, found `}`");
    insta::assert_snapshot!(refusal("{ eventName = x }"), @"Invalid filter pattern: at character 3, expected a selector such as $.eventName, found `eventName`; did you mean `$.eventName`?");
    insta::assert_snapshot!(refusal("{ $.a == 1 }"), @"Invalid filter pattern: at character 8, expected a value, found `=`; write a single =");
    insta::assert_snapshot!(refusal("{ $.a EXISTS }"), @"Invalid filter pattern: at character 7, expected one of = != < <= > >=, IS or NOT EXISTS, found `EXISTS`; EXISTS is not supported; write = \"*\"");
    insta::assert_snapshot!(refusal("{ $.a = 1 & $.b = 2 }"), @"Invalid filter pattern: at character 11, expected `&&` or `||`, found `&`; write `&&`");
    insta::assert_snapshot!(refusal("{ $.a = 1"), @"If a filter pattern starts with '{' it must end with '}': at character 1, expected a pattern that ends with `}`, found `{`");
    insta::assert_snapshot!(refusal("ERROR a=b"), @"Invalid character(s) in term 'a=b': at character 8, expected a letter, a digit, _ or a space, found `=b`; put it between double quotes: \"a=b\"");
    insta::assert_snapshot!(refusal("%a(b)%"), @"Invalid character(s) in term '(': at character 3, expected a letter, a digit, a space, one of : _ # = @ / ; , - or an operator, found `(b)%`; write it as \\x28");
    insta::assert_snapshot!(refusal("[ip, status > abc]"), @"Invalid filter pattern: at character 15, expected a number such as 500, -1.5 or 1e3, found `abc]`; only = and != compare texts");
    insta::assert_snapshot!(refusal("[ip, status = 4* && bytes > 10]"), @"Invalid filter pattern: at character 21, expected the field's own name, `status`, found `bytes`; conditions on another field go to its own place");
}

#[test]
fn a_place_is_counted_in_characters_whatever_their_bytes() {
    assert_eq!(refusal("\"été\" a=b").at, 8);
}

#[test]
fn a_line_says_which_condition_failed_what_was_expected_and_what_was_there() {
    let pattern = "{ ($.eventName = ConsoleLogin) && ($.responseElements.ConsoleLogin = Failure) }";
    let success = r#"{"eventName":"ConsoleLogin","responseElements":{"ConsoleLogin":"Success"}}"#;

    let field = "$.responseElements.ConsoleLogin".to_owned();
    let expected = "= \"Failure\"".to_owned();
    assert_eq!(misses(pattern, success), [(field, expected, Some("\"Success\"".to_owned()))]);
}

#[test]
fn where_one_of_several_would_have_done_each_of_them_is_named() {
    let failed = misses("{ $.a = 1 || $.b > 5 }", r#"{"b":2}"#);

    assert_eq!(
        failed,
        [
            ("$.a".to_owned(), "= 1".to_owned(), None),
            ("$.b".to_owned(), "> 5".to_owned(), Some("2".to_owned())),
        ]
    );
}

#[test]
fn a_line_that_is_no_json_or_too_short_says_so() {
    assert_eq!(misses("{ $.a = 1 }", "a = 1")[0].1, "a JSON document");
    assert_eq!(misses("[a, b, c]", "one two")[0].1, "at least 3 words, not 2");
}

#[test]
fn optional_terms_are_ignored_beside_required_ones() {
    assert!(matches("?ERROR ?WARN request", "INFO request"));
    assert!(!matches("?ERROR ?WARN", "INFO request"));
}

#[test]
fn and_binds_tighter_than_or() {
    let line = r#"{"a":1,"b":2,"c":3}"#;
    assert!(matches("{ $.a = 1 || $.b = 0 && $.c = 0 }", line));
    assert!(!matches("{ ($.a = 1 || $.b = 0) && $.c = 0 }", line));
}

#[test]
fn a_selector_may_quote_a_key_and_have_one_wildcard() {
    assert!(matches("{ $['a.b'] = 1 }", r#"{"a.b":1}"#));
    assert!(matches("{ $.list[*].n = 2 }", r#"{"list":[{"n":1},{"n":2}]}"#));
    assert!(refusal("{ $.a[*].b[*] = 1 }").expected.contains("one wildcard"));
    assert!(refusal("{ $.a[*]=1 && $.b[*]=1 && $.c[*]=1 && $.d[*]=1 }").expected.contains("3 wildcard"));
}

#[test]
fn an_object_an_array_and_null_satisfy_neither_equal_nor_different() {
    for value in ["{}", "[1]", "null"] {
        let line = format!(r#"{{"a":{value}}}"#);
        assert!(!matches("{ $.a = 1 }", &line) && !matches("{ $.a != 1 }", &line), "{value}");
    }
    assert!(!matches("{ $.a != 1 }", "{}"));
}

#[test]
fn words_in_quotes_or_brackets_are_one_and_tabs_part_words_too() {
    let line = "REPORT\t[a b] \"c d\" [e]f";
    assert_eq!(
        extracted("[w, x, y, z]", line),
        [pair("$w", "REPORT"), pair("$x", "a b"), pair("$y", "c d"), pair("$z", "[e]f"),]
    );
}

#[test]
fn places_without_a_name_are_called_by_their_number() {
    let line = "127.0.0.1 - frank [10/Oct/2000] \"GET /index.html\" 404 1534";
    assert_eq!(
        extracted("[..., request = *.html*, status = 4*,]", line),
        [
            pair("$1", "127.0.0.1"),
            pair("$2", "-"),
            pair("$3", "frank"),
            pair("$4", "10/Oct/2000"),
            pair("$request", "GET /index.html"),
            pair("$status", "404"),
            pair("$7", "1534"),
        ]
    );
}

#[test]
fn expressions_have_a_budget_and_run_in_linear_time() {
    assert!(refusal("%(a+)+%").message.contains("'('"));
    assert!(Pattern::parse("%[a-z]{900}{900}{900}%").is_err());
    assert!(!matches("%a*a*a*a*a*a*a*a*a*a*b%", &"a".repeat(2_000)));
    assert!(!matches("{ $.a = *a*a*a*a*a*a*a*a*b }", &format!(r#"{{"a":"{}"}}"#, "a".repeat(20_000))));
}

#[test]
fn parentheses_may_not_nest_without_end() {
    let deep = format!("{{ {}$.a = 1{} }}", "(".repeat(400), ")".repeat(400));
    assert!(refusal(&deep).expected.contains("parentheses"));
}

/// Texts that look like patterns more often than not.
fn nearly_a_pattern() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        "(",
        ")",
        "%",
        "\"",
        "$.a",
        "$",
        ".b",
        "[0]",
        "[*]",
        ".*",
        "= ",
        "!=",
        "<",
        ">=",
        "&&",
        "||",
        "IS NULL",
        "NOT EXISTS",
        "...",
        "x",
        "4*",
        "1e3",
        "\\",
        "\\x2",
        "é",
        " ",
        ",",
        "?",
        "-",
    ]);
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// Patterns that are understood, of every syntax.
fn a_pattern() -> impl Strategy<Value = String> {
    let value = prop::sample::select(vec![
        "5",
        "-1.5e3",
        "4*",
        "\"a \\\" b\"",
        "%[a-c]+%",
        "word",
        "kms.amazonaws.com",
    ]);
    let selector = prop::sample::select(vec!["$.a", "$.a[0].b-c", "$['d.e']", "$.f[*]", "$.g.*"]);
    let test = (selector, value.clone()).prop_map(|(selector, value)| format!("{selector} = {value}"));
    let word = prop::sample::select(vec!["$.h IS NULL", "$.h IS TRUE", "$.h NOT EXISTS", "$.h >= 2"]);
    let leaf = prop_oneof![test, word.prop_map(str::to_owned)];
    let tree = leaf.prop_recursive(3, 6, 3, |inner| {
        (prop::collection::vec(inner, 2..3), prop::bool::ANY).prop_map(|(parts, all)| {
            let joined = parts.join(if all { ") && (" } else { ") || (" });
            format!("({joined})")
        })
    });
    let field = value.prop_map(|value| format!("n = {value} || n != 3"));
    let terms = prop::collection::vec(prop::sample::select(vec!["a", "?b", "-c", "\"d e\"", "-\"f\""]), 1..5);
    prop_oneof![
        tree.prop_map(|tree| format!("{{ {tree} }}")),
        prop::collection::vec(prop_oneof![Just("m".to_owned()), Just(String::new()), field], 1..3)
            .prop_map(|fields| format!("[z, {}, ..., y]", fields.join(", "))),
        terms.prop_map(|terms| terms.join(" ")),
        Just("%^a|b$%".to_owned()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_text_makes_reading_or_judging_panic(pattern in nearly_a_pattern(), any in ".{0,40}", line in ".{0,60}") {
        for text in [pattern, any] {
            if let Ok(pattern) = Pattern::parse(&text) {
                let _ = pattern.judge(&Line::new(&line));
                let _ = pattern.judge(&Line::new(r#"{"a":[{"b-c":1}],"h":null}"#));
            }
        }
    }

    #[test]
    fn what_is_printed_reads_back_as_the_same_pattern(text in a_pattern()) {
        if let Ok(pattern) = Pattern::parse(&text) {
            prop_assert_eq!(Pattern::parse(&pattern.to_string()), Ok(pattern));
        }
    }
}
