//! What Logs Insights promises, as sentences; the corpora of `tests/conformance` hold the rest.

use proptest::prelude::*;

use super::{DEFAULT_LIMIT, Event, Fault, Query};

/// 2026-03-01 09:00:00 UTC.
const NINE: i64 = 1_772_355_600_000;

fn events(messages: &[&str]) -> Vec<Event> {
    let minutes = (0..).map(|minute: i64| NINE + minute * 60_000);
    minutes.zip(messages).map(|(at, message)| Event::new(at, at, (*message).into(), "web".into())).collect()
}

/// The rows of an answer, cells parted by ` | `, `-` for what is not there.
fn ask(query: &str, messages: &[&str]) -> Vec<String> {
    let query = Query::parse(query).unwrap_or_else(|fault| panic!("{fault}"));
    let answer = query.run(events(messages), DEFAULT_LIMIT);
    let cell = |cell: &Option<String>| cell.clone().unwrap_or_else(|| "-".to_owned());
    answer.rows.iter().map(|row| row.values.iter().map(cell).collect::<Vec<_>>().join(" | ")).collect()
}

fn columns(query: &str) -> Vec<String> {
    let query = Query::parse(query).unwrap_or_else(|fault| panic!("{fault}"));
    query.run(events(&["{}"]), DEFAULT_LIMIT).columns.iter().map(ToString::to_string).collect()
}

/// What the first event's `expression` is worth.
fn worth(expression: &str, message: &str) -> String {
    ask(&format!("fields {expression} as v"), &[message]).remove(0)
}

fn refusal(query: &str) -> Fault {
    Query::parse(query).expect_err("it must be refused")
}

#[test]
fn a_refusal_says_where_what_was_expected_and_what_was_meant() {
    insta::assert_snapshot!(refusal("fields a\n| fliter a = 1"), @"unexpected symbol found fliter at line 2 and position 3: expected one of the commands fields, display, filter, stats, sort, limit, parse, dedup; did you mean `filter`?");
    insta::assert_snapshot!(refusal("where a = 1"), @"unexpected symbol found where at line 1 and position 1: expected one of the commands fields, display, filter, stats, sort, limit, parse, dedup; did you mean `filter`?");
    insta::assert_snapshot!(refusal("stats cuont(*) by a"), @"unexpected symbol found cuont at line 1 and position 7: expected the name of a function; did you mean `count`?");
    insta::assert_snapshot!(refusal("filter a == 1"), @"unexpected symbol found = at line 1 and position 11: expected a value; write a single =");
    insta::assert_snapshot!(refusal("stats count(*) by bin(5 m)"), @"unexpected symbol found 5 at line 1 and position 23: expected a period such as 5m or 1h");
    insta::assert_snapshot!(refusal("stats count(*) by bin(5mni)"), @"unexpected symbol found mni at line 1 and position 24: expected a unit of time such as s, m, h, d, w, mo, q or y; did you mean `5min`?");
    insta::assert_snapshot!(refusal("stats a by b"), @"unexpected symbol found a at line 1 and position 7: expected an aggregate function such as count(*) or avg(field); to group by a, write it after `by`");
    insta::assert_snapshot!(refusal("filter count(*) > 3"), @"unexpected symbol found count at line 1 and position 8: expected count inside a stats command; name it in stats with `as`, and use that name here");
    insta::assert_snapshot!(refusal("fields a |"), @"unexpected symbol found end of query at line 1 and position 11: expected one of the commands fields, display, filter, stats, sort, limit, parse, dedup");
}

#[test]
fn commands_that_are_not_simulated_are_refused_by_name() {
    assert_eq!(
        refusal("pattern @message").help.as_deref(),
        Some("the command pattern is not simulated by Vigie")
    );
    assert_eq!(
        refusal("fields a | unmask b").help.as_deref(),
        Some("the command unmask is not simulated by Vigie")
    );
}

#[test]
fn what_may_not_follow_what_is_refused() {
    assert!(refusal("dedup a | sort b").expected.contains("limit"));
    assert!(refusal("stats count(*) | stats count(*) | stats count(*)").expected.contains("no more than 2"));
    assert!(refusal("limit 0").expected.contains("whole number"));
    assert!(refusal("parse @message \"a * b *\" as one").expected.contains("as many * as names"));
    assert!(refusal("parse @message /a(b)/").help.is_some_and(|help| help.contains("(?<name>")));
    assert!(refusal("fields substr(a)").expected.contains("2 to 3 arguments"));
}

#[test]
fn a_column_without_a_name_is_called_by_its_text() {
    assert_eq!(
        columns("stats count( * ), avg(ms) / 2 by bin(5m), a"),
        ["bin(5m)", "a", "count( * )", "avg(ms) / 2"]
    );
    assert_eq!(columns("filter 1 = 1"), ["@timestamp", "@message"]);
    assert_eq!(columns("fields `a-b`, a.b | fields c"), ["a-b", "a.b", "c"]);
}

#[test]
fn a_column_of_stats_can_be_used_by_its_text_afterwards() {
    let messages = ["{\"a\":1}", "{\"a\":2}", "{\"a\":2}"];
    assert_eq!(ask("stats count(*) by a | sort count(*) desc | limit 1", &messages), ["2 | 2"]);
    assert_eq!(
        ask("stats count(*) by bin(2m) | sort bin(2m) desc | limit 1", &messages),
        ["2026-03-01 09:02:00.000 | 1"]
    );
}

#[test]
fn a_second_stats_works_on_the_rows_of_the_first() {
    let messages = ["{\"a\":1}", "{\"a\":2}", "{\"a\":2}"];
    assert_eq!(
        ask("stats count(*) as n by a | stats max(n) as most, count(*) as groups", &messages),
        ["2 | 2"]
    );
}

#[test]
fn a_column_of_stats_may_use_those_before_it() {
    let messages = ["{\"v\":10}", "{\"v\":4}"];
    let query = "stats max(v) as most, min(v) as least, most - least as spread | sort by spread desc";
    assert_eq!(ask(query, &messages), ["10 | 4 | 6"]);
    assert!(refusal("stats most - 1 as less, max(v) as most").expected.contains("an aggregate function"));
}

#[test]
fn events_come_newest_first_and_what_is_not_there_is_left_out() {
    assert_eq!(ask("fields a", &["{\"a\":1}", "{}", "{\"a\":null}", "{\"a\":4}"]), ["4", "-", "-", "1"]);
}

#[test]
fn what_is_not_there_equals_nothing() {
    let messages = ["{\"a\":\"x\"}", "{}"];
    assert_eq!(ask("filter a = \"x\" | stats count(*)", &messages), ["1"]);
    assert_eq!(ask("filter a not in [\"x\"] | stats count(*)", &messages), ["1"]);
    assert_eq!(ask("filter not (a like /x/) | stats count(*)", &messages), ["1"]);
}

#[test]
fn functions_answer_as_the_guide_says() {
    let line = r#"{"s":"xyZfooxyZ","n":-2.5,"ip":"10.1.2.3","six":"2001:db8::1","e":""}"#;
    for (expression, expected) in [
        ("2 ^ 3", "8"),
        ("10 % 3", "1"),
        ("1 + 2 * 3", "7"),
        ("-(n)", "2.5"),
        ("1 / 0", "-"),
        ("greatest(1, n, 3)", "3"),
        ("least(1, n)", "-2.5"),
        ("sqrt(16)", "4"),
        ("log(1)", "0"),
        ("trim(s, \"xyZ\")", "foo"),
        ("ltrim(s, \"xyZ\")", "fooxyZ"),
        ("substr(s, 3, 3)", "foo"),
        ("substr(s, 6)", "xyZ"),
        ("replace(\"foo\", \"o\", \"0\")", "f00"),
        ("strcontains(s, \"foo\")", "1"),
        ("isempty(e)", "1"),
        ("isPresent(e)", "1"),
        ("ispresent(nothing)", "0"),
        ("isValidIp(six)", "1"),
        ("isValidIpV4(six)", "0"),
        ("isIpInSubnet(ip, \"10.0.0.0/8\")", "1"),
        ("isIpv6InSubnet(six, \"2001:db8::/32\")", "1"),
        ("isIpv4InSubnet(six, \"10.0.0.0/8\")", "0"),
        ("toMillis(@timestamp)", "1772355600000"),
        ("fromMillis(1772355600000)", "2026-03-01 09:00:00.000"),
        ("dateceil(fromMillis(1772355600001), 1h)", "2026-03-01 10:00:00.000"),
        ("dateceil(@timestamp, 1h)", "2026-03-01 09:00:00.000"),
        ("datefloor(@timestamp, 1mo)", "2026-03-01 00:00:00.000"),
        ("datefloor(@timestamp, 1q)", "2026-01-01 00:00:00.000"),
        ("datefloor(@timestamp, 1week)", "2026-02-23 00:00:00.000"),
        ("s like /^xyz/", "0"),
        ("s like /(?i)^xyz/", "1"),
        ("s =~ \"foo\"", "1"),
        ("n in [1, -2.5]", "1"),
    ] {
        assert_eq!(worth(expression, line), expected, "{expression}");
    }
}

#[test]
fn aggregates_answer_as_the_guide_says() {
    let messages = ["{\"v\":10}", "{\"v\":9,\"k\":\"a\"}", "{\"v\":100,\"k\":\"b\"}", "{}"];
    let all = "stats count(*), count(v), count_distinct(k), sum(v), avg(v), min(v), max(v), pct(v, 50), stddev(v), \
               earliest(v), latest(v), sortsFirst(k), sortsLast(k)";
    let row = ask(all, &messages).remove(0);
    let cells: Vec<&str> = row.split(" | ").collect();
    assert_eq!(cells[..8], ["4", "3", "2", "119", "39.666666666666664", "9", "100", "10"]);
    assert!(cells[8].starts_with("42.66"), "{row}");
    assert_eq!(cells[9..], ["10", "100", "a", "b"]);
}

#[test]
fn parse_takes_parts_by_a_glob_or_by_named_groups() {
    let line = "25 May 2019 10:24:39,474 [ERROR] {foo=2} The error was: Boom";
    let regex = r"parse @message /\[(?<level>\S+)\]\s+(?<config>\{.*\})/ | display level, config";
    assert_eq!(ask(regex, &[line]), ["ERROR | {foo=2}"]);
    assert_eq!(
        ask("parse \"[*] * The error was: *\" as a, b, c | display a, b, c", &[line]),
        ["ERROR | {foo=2} | Boom"]
    );
    assert_eq!(ask("parse @message \"nothing *\" as a | display a", &[line]), ["-"]);
}

#[test]
fn dedup_keeps_the_first_of_each_and_all_that_lack_the_field() {
    let messages = ["{\"a\":1}", "{\"a\":1}", "{\"a\":2}", "{}", "{}"];
    assert_eq!(ask("fields @timestamp, a | dedup a | limit 10", &messages).len(), 4);
}

#[test]
fn a_function_s_own_lines_give_its_fields() {
    let report = "REPORT RequestId: r-1\tDuration: 12.5 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB";
    assert_eq!(worth("concat(@type, \" \", @requestId, \" \", @duration)", report), "REPORT r-1 12.5");
    assert_eq!(worth("@memorySize / 1000000", report), "128");
}

#[test]
fn a_field_whose_own_name_starts_with_an_at_hides_no_system_field() {
    assert_eq!(worth("@@message", r#"{"@message":"mine"}"#), "mine");
}

#[test]
fn comments_and_keywords_in_any_case_are_understood() {
    assert_eq!(
        ask("FIELDS a AS b\n  # | filter b = 2\n| Filter b LIKE \"1\" OR b IN [3]", &["{\"a\":1}"]),
        ["1"]
    );
}

#[test]
fn an_answer_counts_what_it_matched_and_what_it_scanned() {
    let query = Query::parse("filter a > 1 | stats count(*) as n | filter n > 100").expect("it is a query");
    let answer = query.run(events(&["{\"a\":1}", "{\"a\":2}", "{\"a\":3}"]), DEFAULT_LIMIT);

    assert_eq!((answer.records_matched, answer.records_scanned, answer.bytes_scanned), (2, 3, 21));
    assert!(answer.rows.is_empty());
}

#[test]
fn a_query_may_not_nest_or_grow_without_end() {
    let deep = format!("filter {}a{}", "(".repeat(400), ")".repeat(400));
    assert!(refusal(&deep).expected.contains("inside each other"));
    let long = format!("filter a{}", " + a".repeat(2_000));
    assert!(refusal(&long).expected.contains("operators in an expression"));
    let many = format!("filter {} a", "not ".repeat(2_000));
    assert!(refusal(&many).expected.contains("operators in an expression"));
    assert!(refusal(&"x".repeat(10_001)).expected.contains("10000 characters"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_text_makes_reading_or_running_panic(
        pieces in prop::collection::vec(prop::sample::select(vec![
            "fields", "display", "filter", "stats", "sort", "limit", "parse", "dedup", "count(*)", "avg(", "bin(5m)",
            "@timestamp", "a", "`b-c`", "\"x\"", "'", "/r(?<g>.)/", "/", "(", ")", "[", "]", ",", "|", "=", "like",
            "in", "not", "and", "as", "by", "desc", "5", "1.5e3", "7mo", "*", "-", "^", "#", "\n", "é", "substr(a, 1)",
        ]), 0..24),
        any in ".{0,60}",
    ) {
        for text in [pieces.join(" "), any] {
            if let Ok(query) = Query::parse(&text) {
                query.run(events(&["{\"a\":[1,{\"b\":\"é\"}]}", "plain", ""]), DEFAULT_LIMIT);
            }
        }
    }
}
