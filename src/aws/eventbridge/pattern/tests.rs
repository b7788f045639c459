use proptest::prelude::*;
use serde_json::{Value, json};

use super::{EventError, Fault, Pattern, PatternSet};

fn pattern(text: &str) -> Pattern {
    Pattern::parse(text).unwrap_or_else(|error| panic!("{error}"))
}

fn fault(text: &str) -> Fault {
    Pattern::parse(text).expect_err(text).fault
}

/// The outcome of each field, as `path: outcome`.
fn outcomes(pattern_text: &str, event: Value) -> Vec<String> {
    let explanation = pattern(pattern_text).explain(&event).unwrap();
    let deciding = explanation.fields.iter().filter(|field| field.decides);
    deciding.map(|field| format!("{}: {:?}", field.path, field.outcome)).collect()
}

fn corpus() -> impl Iterator<Item = Value> {
    include_str!("../../../../tests/conformance/event_patterns.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
}

#[test]
fn a_rule_wants_some_fields_and_ignores_the_others() {
    let rule = pattern(r#"{"source": ["aws.ec2"], "detail": {"state": ["stopped", "terminated"]}}"#);

    assert!(
        rule.matches(&json!({"source": "aws.ec2", "region": "eu-west-3", "detail": {"state": "stopped"}}))
    );
    assert!(!rule.matches(&json!({"source": "aws.ec2", "detail": {"state": "running"}})));
}

#[test]
fn a_mistake_is_reported_where_it_is() {
    let error = Pattern::parse("{\n  \"source\": \"aws.ec2\"\n}").unwrap_err();

    assert_eq!((error.fault, error.line, error.column), (Fault::LeafNotArray, 2, 13));
    insta::assert_snapshot!(error, @r#"
    Event pattern is not valid. Reason: "source" must be an object or an array
     at [Source: (String)"{
      "source": "aws.ec2"
    }"; line: 2, column: 13]
    "#);
}

#[test]
fn columns_count_characters_and_not_bytes() {
    let error = Pattern::parse(r#"{"été": ["x",]}"#).unwrap_err();

    assert_eq!((error.fault, error.line, error.column), (Fault::MalformedJson, 1, 14));
}

/// By the table of `event-patterns.md` a number spelled wrongly is malformed JSON and a second key an extra key;
/// the corpus files these four under numeric-bad.
#[test]
fn every_invalid_pattern_of_the_corpus_is_classed_as_the_corpus_says_but_four() {
    let mut differing = Vec::new();
    for case in corpus().filter(|case| case["expect"] == "invalid") {
        let text = case["pattern"].as_str().unwrap();
        if fault(text).name() != case["why"] {
            differing.push(format!("{text} {}", fault(text).name()));
        }
    }
    differing.sort();
    insta::assert_snapshot!(differing.join("\n"), @r#"
    {"a":[+1]} malformed-json
    {"a":[01]} malformed-json
    {"a":[1.]} malformed-json
    {"a":[{"numeric":["=",1],"prefix":"x"}]} extra-operator-key
    "#);
}

#[test]
fn raw_text_and_parsed_json_get_the_same_answer_on_the_whole_corpus() {
    for case in corpus().filter(|case| case["expect"] != "invalid") {
        let rule = pattern(case["pattern"].as_str().unwrap());
        let text = case["event"].as_str().unwrap();
        let parsed: Value = serde_json::from_str(text).unwrap();
        assert_eq!(rule.matches_text(text), Ok(rule.matches(&parsed)), "{}", case["id"]);
    }
}

#[test]
fn the_explanation_agrees_with_the_matcher_and_names_a_field_whenever_the_answer_is_no() {
    for case in corpus().filter(|case| case["expect"] != "invalid") {
        let rule = pattern(case["pattern"].as_str().unwrap());
        let explanation = rule.explain_text(case["event"].as_str().unwrap()).unwrap();
        assert_eq!(explanation.matches, case["expect"] == "match", "{}", case["id"]);
        assert_eq!(explanation.failed().next().is_none(), explanation.matches, "{}", case["id"]);
    }
}

#[test]
fn an_explanation_says_what_is_wanted_and_what_is_there() {
    let rule = pattern(r#"{"source": ["aws.ec2"], "detail": {"state": [{"anything-but":"running"}]}}"#);
    let explanation =
        rule.explain(&json!({"source": "aws.s3", "detail": {"state": ["running", "x"]}})).unwrap();

    let lines: Vec<String> = explanation
        .fields
        .iter()
        .map(|f| {
            format!("{} wants {} has {} {:?}", f.path, f.wants, f.has.as_deref().unwrap_or("-"), f.outcome)
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    source wants ["aws.ec2"] has "aws.s3" Differs
    detail.state wants [{"anything-but": "running"}] has ["running", "x"] Ok
    "#);
}

#[test]
fn an_explanation_distinguishes_absent_unwanted_and_not_a_leaf() {
    let text =
        r#"{"a": ["1"], "b": [{"exists": false}], "c": [{"exists": true}], "d": ["x", {"exists": false}]}"#;

    assert_eq!(
        outcomes(text, json!({"b": 1, "c": {"inner": 1}, "d": "y"})),
        ["a: Absent", "b: Unwanted", "c: NotALeaf", "d: Differs"]
    );
}

#[test]
fn values_from_two_elements_of_an_array_do_not_add_up_and_the_explanation_says_so() {
    let text = r#"{"team": {"name": ["ann"], "role": ["ops"]}}"#;
    let event = json!({"team": [{"name": "ann", "role": "dev"}, {"name": "bob", "role": "ops"}]});

    assert_eq!(outcomes(text, event), ["team.name: Ok", "team.role: OtherElement"]);
}

#[test]
fn with_or_the_explanation_follows_the_branch_that_came_nearest() {
    let text = r#"{"$or": [{"a": ["1"], "b": ["2"]}, {"c": ["3"], "d": ["4"], "e": ["5"]}]}"#;

    assert_eq!(outcomes(text, json!({"a": "1", "b": "9"})), ["a: Ok", "b: Differs"]);
    assert_eq!(outcomes(text, json!({"c": "3", "d": "4", "e": "5"})), ["c: Ok", "d: Ok", "e: Ok"]);
}

#[test]
fn more_than_a_thousand_branches_are_refused() {
    let or = |names: &str| {
        let entries: Vec<String> = (0..32).map(|index| format!(r#"{{"{names}{index}": ["1"]}}"#)).collect();
        entries.join(",")
    };
    let two = format!(r#"{{"p": {{"$or": [{}]}}, "q": {{"$or": [{}]}}}}"#, or("a"), or("b"));

    assert_eq!(fault(&two), Fault::TooManyBranches);
    let one = format!(r#"{{"$or": [{}]}}"#, or("a"));
    assert_eq!(pattern(&one).branch_count(), 32);
}

#[test]
fn the_words_of_operators_are_not_field_names_inside_or() {
    assert_eq!(fault(r#"{"$or": [{"a": ["1"]}, {"b": {"regex": ["2"]}}]}"#), Fault::OrBad);
    assert!(Pattern::parse(r#"{"regex": ["2"], "numeric": ["3"]}"#).is_ok());
}

#[test]
fn wildcards_that_keep_too_many_partial_matches_alive_are_refused() {
    assert!(Pattern::parse(r#"{"a": [{"wildcard": "arn:aws:*:eu-*:*:table/*"}]}"#).is_ok());
    assert_eq!(fault(r#"{"a": [{"wildcard": "*a*a*a*a*a*a*a*a"}]}"#), Fault::WildcardTooComplex);
    assert_eq!(fault(r#"{"a": [{"wildcard": "*aaaaaaaaaaaaaaa"}]}"#), Fault::WildcardTooComplex);
}

#[test]
fn a_wildcard_matches_whole_strings_and_escapes_are_literal() {
    let rule = |text: &str| pattern(&json!({"a": [{"wildcard": text}]}).to_string());

    assert!(rule("a*a").matches(&json!({"a": "aa"})));
    assert!(!rule("a*a").matches(&json!({"a": "a"})));
    assert!(rule(r"\*\\*").matches(&json!({"a": r"*\tail"})));
    assert!(rule("*b*c").matches(&json!({"a": "abcbc"})));
    assert!(!rule("plain").matches(&json!({"a": "plainer"})));
}

#[test]
fn a_set_gives_the_positions_of_the_patterns_that_match() {
    let set = PatternSet::new(
        [r#"{"a": ["1"]}"#, r#"{"a": {"b": ["2"]}}"#, r#"{"a.b": [{"exists": true}]}"#].map(pattern),
    );

    assert_eq!(set.matching_text(r#"{"z": [[[{}]]], "a": {"b": "2"}}"#), Ok(vec![1, 2]));
    assert_eq!(set.matching(&json!({"a": "1"})), Ok(vec![0]));
}

#[test]
fn a_set_reads_no_further_than_its_patterns_ask() {
    let set = PatternSet::new([pattern(r#"{"a": ["1"], "b": {"c": ["2"]}}"#)]);

    assert_eq!(set.matching_text(r#"{"a": "1", "b": {"c": "2", "rest": nonsense"#), Ok(vec![0]));
    // A key that could add to what was asked makes it read on.
    assert!(set.matching_text(r#"{"a": "1", "b": {"c": "2"}, "b.c": nonsense"#).is_err());
    assert!(set.matching_text(r#"{"a": "1", "b": nonsense"#).is_err());
}

#[test]
fn an_event_must_be_an_object() {
    let rule = pattern(r#"{"a": [{"exists": false}]}"#);

    assert_eq!(rule.matches_text("[]"), Err(EventError::NotAnObject));
    assert_eq!(rule.matches_text(""), Err(EventError::NotAnObject));
    assert!(matches!(rule.matches_text(r#"{"z": tru}"#), Err(EventError::Malformed { at: 6, .. })));
    assert!(!rule.matches(&json!("text")));
}

#[test]
fn hundred_thousand_brackets_are_an_error_and_not_a_crash() {
    let deep = |open: &str, close: &str| format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
    let rule = pattern(r#"{"a": ["x"]}"#);

    assert_eq!(fault(&deep(r#"{"a":"#, "}")), Fault::MalformedJson);
    assert!(rule.matches_text(&deep(r#"{"a":"#, "}")).is_err());
    assert!(rule.matches_text(&format!(r#"{{"z": {}}}"#, deep("[", "]"))).is_err());
}

#[test]
fn a_hostile_search_ends() {
    // Ten independent arrays whose every element fits, and a last field that never does: 60^10 combinations.
    let fields: Vec<String> = (0..10).map(|i| format!(r#""f{i}": {{"v": ["x"]}}"#)).collect();
    let hostile = pattern(&format!(r#"{{{}, "z": {{"a": ["1"], "b": ["1"]}}}}"#, fields.join(",")));
    let elements = vec![r#"{"v": "x"}"#; 60].join(",");
    let arrays: Vec<String> = (0..10).map(|i| format!(r#""f{i}": [{elements}]"#)).collect();
    let event = format!(r#"{{{}, "z": [{{"a": "1"}}, {{"b": "1"}}]}}"#, arrays.join(","));

    assert_eq!(hostile.matches_text(&event), Ok(false));
}

/// The definition of a wildcard, at its slowest and plainest.
fn fits(rule: &[u8], text: &[u8]) -> bool {
    match rule.split_first() {
        None => text.is_empty(),
        Some((b'*', rest)) => (0..=text.len()).any(|skipped| fits(rest, &text[skipped..])),
        Some((letter, rest)) => text.first() == Some(letter) && fits(rest, &text[1..]),
    }
}

/// An object as text: few keys, so that dotted ones, repeated ones and arrays of objects meet.
fn object() -> impl Strategy<Value = String> {
    let key = prop::sample::select(vec!["a", "b", "ab", "a.b", "b.a", "z", "\\u0061"]);
    let leaf = prop::sample::select(vec![
        "\"x\"",
        "\"xy\"",
        "\"b.a\"",
        "\"\\\"a\"",
        "1",
        "true",
        "null",
        "[]",
        "{}",
    ]);
    leaf.prop_map(str::to_owned).prop_recursive(3, 24, 4, move |inner| {
        let member = (key.clone(), inner.clone()).prop_map(|(key, value)| format!("\"{key}\": {value}"));
        prop_oneof![
            prop::collection::vec(member, 0..4).prop_map(|members| format!("{{{}}}", members.join(", "))),
            prop::collection::vec(inner, 0..3).prop_map(|entries| format!("[{}]", entries.join(","))),
        ]
    })
}

fn rule() -> impl Strategy<Value = Pattern> {
    let path =
        prop::sample::select(vec![r#"{"a": L}"#, r#"{"b": L}"#, r#"{"a": {"b": L}}"#, r#"{"a": M, "b": L}"#]);
    let list = prop::sample::select(vec![
        r#"["x"]"#,
        r#"["x", 1]"#,
        r#"[{"prefix": "x"}]"#,
        r#"[{"suffix": "y"}]"#,
        r#"[{"wildcard": "*y"}]"#,
        r#"[{"anything-but": "x"}]"#,
        r#"[{"anything-but": ["x", "xy"]}]"#,
        r#"[{"anything-but": {"prefix": "x"}}]"#,
        r#"[{"exists": true}]"#,
        r#"[{"exists": false}]"#,
        r#"["x", {"exists": false}]"#,
        r#"[{"numeric": ["<", 2]}, null]"#,
    ]);
    (path, list.clone(), list)
        .prop_map(|(path, one, other)| pattern(&path.replace('L', one).replace('M', other)))
}

proptest! {
    #[test]
    fn no_text_makes_the_compiler_or_the_matcher_panic(rule in ".{0,200}", event in ".{0,200}") {
        let _ = Pattern::parse(&rule);
        let _ = pattern(r#"{"a": {"b": [{"exists": false}]}}"#).matches_text(&event);
    }

    #[test]
    fn no_almost_valid_pattern_makes_anything_panic(
        rule in r#"\{("(a|b|\$or|prefix)":[\[{"]{1,2}("(a|prefix|anything-but|wildcard|numeric|exists|cidr)"|[0-9e.-]{1,4}|\*|true)[:,]?[\]}"]{0,3},?){0,4}[\]}]{0,3}"#,
        event in r#"\{("(a|b|a\.b)":[\[{]{0,2}("[ab*]{0,3}"|[0-9]{1,3}|null)[\]}]{0,2},?){0,4}\}"#,
    ) {
        if let Ok(compiled) = Pattern::parse(&rule) {
            let answer = compiled.matches_text(&event);
            prop_assert_eq!(compiled.explain_text(&event).map(|explanation| explanation.matches), answer);
        }
    }

    #[test]
    fn a_wildcard_agrees_with_the_obvious_definition(rule in "[ab*]{1,7}", text in "[ab]{0,9}") {
        prop_assume!(!rule.contains("**"));
        if let Ok(compiled) = Pattern::parse(&json!({"a": [{"wildcard": rule}]}).to_string()) {
            prop_assert_eq!(compiled.matches(&json!({"a": text})), fits(rule.as_bytes(), text.as_bytes()));
        }
    }

    #[test]
    fn a_set_answers_as_each_of_its_patterns_does(
        rules in prop::collection::vec(rule(), 1..7),
        event in object().prop_filter("an event is an object", |text| text.starts_with('{')),
    ) {
        let alone = rules.iter().enumerate().filter(|(_, rule)| rule.matches_text(&event) == Ok(true));
        let alone: Vec<usize> = alone.map(|(position, _)| position).collect();
        let set = PatternSet::new(rules.iter().cloned());

        prop_assert_eq!(set.matching_text(&event), Ok(alone), "{}", event);
        let parsed: Value = serde_json::from_str(&event).expect("it is JSON");
        let alone = rules.iter().enumerate().filter(|(_, rule)| rule.matches(&parsed));
        prop_assert_eq!(set.matching(&parsed), Ok(alone.map(|(position, _)| position).collect::<Vec<_>>()));
    }
}
