use super::*;
use crate::aws::cloudwatch::{metrics::MetricKey, statistic::Statistic};

const MINUTE_MS: i64 = 60_000;

/// Metrics by id with their points: `-` is missing.
fn evaluated(metrics: &[(&str, &str)], expressions: &[&str]) -> Result<String, String> {
    let metric = |(id, _): &(&str, &str)| Query {
        id: (*id).into(),
        given_label: None,
        returns_data: false,
        source: Source::Metric(MetricStat {
            metric: MetricKey::new("Ville".into(), (*id).into(), std::sync::Arc::new([])),
            period_s: 60,
            statistic: Statistic::Sum,
            unit: None,
        }),
    };
    let mut list: Vec<Query> = metrics.iter().map(metric).collect();
    for (index, text) in expressions.iter().enumerate() {
        let source = Query::expression(text).map_err(|fault| format!("{} at {}", fault.what, fault.at))?;
        let id = format!("e{}", index + 1).into();
        list.push(Query { id, given_label: None, returns_data: true, source });
    }
    let queries = Queries::new(list).map_err(|error| error.to_string())?;
    let count = metrics.first().map_or(0, |(_, points)| points.split_whitespace().count());
    // A Monday: 2026-11-23 at 09:58 UTC.
    let grid = Grid { from: 1_795_427_880_000, period_ms: MINUTE_MS, count };
    let read = |stat: &MetricStat, asked: Grid| -> Vec<Option<f64>> {
        let (_, points) =
            metrics.iter().find(|(id, _)| *id == &*stat.metric.name).expect("a metric of the test");
        let all: Vec<Option<f64>> = points.split_whitespace().map(|point| point.parse().ok()).collect();
        (0..asked.count)
            .map(|index| {
                let place = (asked.start(index) - grid.from) / MINUTE_MS;
                // What came before the grid repeats 10 and 20, so that a band has something to learn from.
                if place < 0 { Some(if place % 2 == 0 { 10.0 } else { 20.0 }) } else { all[place as usize] }
            })
            .collect()
    };
    let last = queries.list().len() - 1;
    let lines = queries.evaluate(last, grid, &read).map_err(|error| error.to_string())?;
    let shown = |line: &Line| {
        let points: Vec<String> =
            line.points.iter().map(|point| point.map_or("-".to_owned(), |value| value.to_string())).collect();
        points.join(" ")
    };
    Ok(lines.iter().map(shown).collect::<Vec<_>>().join(" | "))
}

fn one(metrics: &[(&str, &str)], expression: &str) -> String {
    evaluated(metrics, &[expression]).unwrap_or_else(|error| panic!("{expression}: {error}"))
}

fn fault(expression: &str) -> String {
    evaluated(&[("m1", "1 2"), ("m2", "3 4")], &[expression]).expect_err("it must fail")
}

#[test]
fn arithmetic_gives_a_point_only_where_every_input_has_one_and_none_where_it_would_divide_by_zero() {
    let metrics = [("m1", "10 20 - 40"), ("m2", "2 - 3 0")];

    assert_eq!(one(&metrics, "m1 + m2"), "12 - - 40");
    assert_eq!(one(&metrics, "m1 / m2"), "5 - - -");
    assert_eq!(one(&metrics, "100 * m2 / m1"), "20 - - 0");
    assert_eq!(one(&metrics, "-m1 ^ 2 + 1"), "-99 -399 - -1599");
    assert_eq!(one(&metrics, "2 * (m1 - 5)"), "10 30 - 70");
    assert_eq!(one(&metrics, "2 ^ 3 ^ 2 + TIME_SERIES(0)"), "512 512 512 512");
}

#[test]
fn comparisons_take_a_missing_side_as_zero_as_the_guides_table_does() {
    let metrics = [("m1", "30 20 0 0"), ("m2", "20 - 20 -")];

    assert_eq!(one(&metrics, "m1 < m2"), "0 0 1 0");
    assert_eq!(one(&metrics, "m1 >= 30"), "1 0 0 0");
    assert_eq!(one(&metrics, "m1 > 15 AND m2 > 15"), "1 0 0 0");
    assert_eq!(one(&metrics, "m1 > 15 || m2 > 15"), "1 1 1 0");
    assert_eq!(one(&metrics, "m1 != 0"), "1 1 0 0");
}

#[test]
fn if_chooses_point_by_point_as_the_guides_tables_do() {
    let metrics = [("m1", "1 1 0 0 -"), ("m2", "30 - 0 0 30"), ("m3", "0 0 20 - 20")];

    assert_eq!(one(&metrics, "IF(m1, m2, m3)"), "30 0 20 - -");
    assert_eq!(one(&metrics, "IF(m1, 5, m3)"), "5 5 20 - -");
    assert_eq!(one(&metrics, "IF(m1, m2, 5)"), "30 0 5 5 -");
    assert_eq!(one(&metrics, "IF(m3 > 10, m3)"), "- - 20 - 20");
    assert_eq!(one(&metrics, "IF(MAX(m2) > 10, m2, m3)"), "30 - 0 0 30");
    assert_eq!(one(&[("m1", "0 4"), ("m2", "3 8")], "IF(m1>0, m2/m1, 0)"), "0 2");
}

#[test]
fn a_gap_is_filled_with_a_number_another_series_the_last_value_or_a_line() {
    let metrics = [("m1", "- 1 - - 4 -"), ("m2", "9 9 9 - 9 9")];

    assert_eq!(one(&metrics, "FILL(m1, 0)"), "0 1 0 0 4 0");
    assert_eq!(one(&metrics, "FILL(m1, m2)"), "9 1 9 - 4 9");
    assert_eq!(one(&metrics, "FILL(m1, REPEAT)"), "- 1 1 1 4 4");
    assert_eq!(one(&metrics, "FILL(m1, LINEAR)"), "- 1 2 3 4 -");
    assert_eq!(one(&metrics, "FILL(m1, MIN(m1))"), "1 1 1 1 4 1");
}

#[test]
fn a_reduction_makes_a_number_of_one_series_and_a_series_of_several() {
    let metrics = [("m1", "1 2 - 6"), ("m2", "3 - - 2")];

    assert_eq!(one(&metrics, "m1 - AVG(m1)"), "-2 -1 - 3");
    assert_eq!(one(&metrics, "SUM(METRICS())"), "4 2 - 8");
    assert_eq!(one(&metrics, "AVG([m1, m2])"), "2 1 - 4");
    assert_eq!(one(&metrics, "MAX([m1, m2])"), "3 2 - 6");
    assert_eq!(one(&metrics, "MIN(METRICS(\"m2\"))"), "3 - - 2");
    assert_eq!(one(&metrics, "STDDEV([m1, m2])"), "1 0 - 2");
    assert_eq!(one(&metrics, "DATAPOINT_COUNT(METRICS())"), "2 1 0 2");
    assert_eq!(one(&metrics, "SUM(m1) / DATAPOINT_COUNT(m1) + m2 * 0"), "3 - - 3");
    assert_eq!(one(&metrics, "m1 / METRIC_COUNT(METRICS())"), "0.5 1 - 3");
}

#[test]
fn functions_of_time_skip_what_is_missing() {
    let metrics = [("m1", "1 4 - 10")];

    assert_eq!(one(&metrics, "DIFF(m1)"), "- 3 - 6");
    assert_eq!(one(&metrics, "DIFF_TIME(m1)"), "- 60 - 120");
    assert_eq!(one(&metrics, "RATE(m1)"), "- 0.05 - 0.05");
    assert_eq!(one(&metrics, "RUNNING_SUM(m1)"), "1 5 - 15");
    assert_eq!(one(&metrics, "m1 / PERIOD(m1) * 60"), "1 4 - 10");
}

#[test]
fn dates_come_from_the_periods_themselves_even_where_the_metric_is_silent() {
    let metrics = [("m1", "1 - 1")];

    assert_eq!(one(&metrics, "MINUTE(m1)"), "58 59 0");
    assert_eq!(one(&metrics, "HOUR(m1)"), "9 9 10");
    assert_eq!(one(&metrics, "DAY(m1)"), "1 1 1");
    assert_eq!(one(&metrics, "DATE(m1) + 100 * MONTH(m1)"), "1123 1123 1123");
    assert_eq!(one(&metrics, "YEAR(m1)"), "2026 2026 2026");
    assert_eq!(one(&metrics, "EPOCH(m1) - 1795427880"), "0 60 120");
}

#[test]
fn arrays_are_sorted_cut_and_cleaned() {
    let metrics = [("m1", "1 1"), ("m2", "5 5"), ("m3", "- -"), ("m4", "3 3")];

    assert_eq!(one(&metrics, "SORT(METRICS(), AVG, DESC)"), "5 5 | 3 3 | 1 1 | - -");
    assert_eq!(one(&metrics, "SORT(METRICS(), MAX, ASC, 2)"), "- - | 1 1");
    assert_eq!(one(&metrics, "SLICE(SORT(METRICS(), SUM, DESC), 1, 3)"), "3 3 | 1 1");
    assert_eq!(one(&metrics, "REMOVE_EMPTY(METRICS())"), "1 1 | 5 5 | 3 3");
    assert_eq!(one(&metrics, "FIRST([m2, m1]) + LAST([m2, m1])"), "6 6");
    assert_eq!(one(&metrics, "[m1, m2] * 2 - m4"), "-1 -1 | 7 7");
}

#[test]
fn a_band_is_the_mean_of_the_past_and_so_many_deviations_around() {
    let metrics = [("m1", "10 90")];

    assert_eq!(one(&metrics, "ANOMALY_DETECTION_BAND(m1)"), "25 25 | 5 5");
    assert_eq!(one(&metrics, "ANOMALY_DETECTION_BAND(m1, 4)"), "35 35 | -5 -5");
    assert_eq!(one(&metrics, "IF(m1 > FIRST(ANOMALY_DETECTION_BAND(m1)), 1, 0)"), "0 1");
}

#[test]
fn expressions_may_name_expressions_but_never_themselves() {
    let metrics = [("errors", "1 2"), ("calls", "10 10")];

    assert_eq!(evaluated(&metrics, &["100 * errors", "e1 / calls"]).as_deref(), Ok("10 20"));
    let looped = evaluated(&metrics, &["e2 + 1", "e1 + errors"]).expect_err("a loop");
    assert_eq!(looped, "Error in expression 'e1': 'e1' leads back to itself at char 1");
    let doubled: Vec<String> =
        (0..40).map(|step| if step == 0 { "errors".into() } else { format!("e{step} + e{step}") }).collect();
    let doubled: Vec<&str> = doubled.iter().map(String::as_str).collect();
    assert_eq!(evaluated(&metrics, &doubled).as_deref(), Ok("549755813888 1099511627776"));
}

#[test]
fn what_is_wrong_with_an_expression_is_said_with_its_place() {
    assert_eq!(fault("m1 +"), "unexpected end, expected a number, an id, a function, '(' or '[' at 5");
    assert_eq!(fault("(m1 + m2"), "unexpected end, expected ')' at 9");
    assert_eq!(fault("m1 m2"), "unexpected 'm2', expected an operator or the end at 4");
    assert_eq!(fault("m1 % 2"), "unexpected character '%' at 4");
    assert_eq!(fault("1.2.3 + m1"), "'1.2.3' is not a number at 1");
    assert_eq!(fault("M1 + 1"), "'M1' is no id: ids start with a lower-case letter at 1");
    assert_eq!(fault("FILL(m1)"), "FILL takes 2 arguments, not 1 at 1");
    assert_eq!(fault("1 + AVERAGE(m1)"), "Function 'AVERAGE' not found at 5");
    assert_eq!(fault("avg(m1)"), "Function 'avg' not found: functions are written in upper case, AVG at 1");
    assert_eq!(fault("SEARCH(\"AWS/EC2\", \"Average\")"), "Vigie does not simulate the function SEARCH at 1");
    assert_eq!(fault("m1 + m9"), "Error in expression 'e1': there is no query with the id 'm9' at char 6");
    assert_eq!(fault("METRICS(\"m"), "the text that begins here has no closing quote at 9");
    assert_eq!(
        fault("SUM(3) + m1"),
        "Error in expression 'e1': SUM: its argument must be TS or TS[], not S at char 1"
    );
    assert_eq!(
        fault("SUM(m1)"),
        "Error in expression 'e1': it comes to a number, and must come to a time series at char 1"
    );
    assert_eq!(
        fault("FILL(m1, NEVER)"),
        "Error in expression 'e1': FILL: argument 2 must be one of REPEAT, LINEAR at char 1"
    );
}

#[test]
fn a_hostile_expression_ends_with_an_error() {
    assert!(fault(&"(".repeat(2_000)).starts_with("the expression is nested more than 64 deep"));
    assert!(fault(&"-".repeat(2_000)).starts_with("the expression is nested more than 64 deep"));
    assert!(fault(&format!("m1{}", "+m1".repeat(600))).starts_with("more than 250 operators in a row"));
    let chain: Vec<String> =
        (0..450).map(|step| if step == 0 { "m1".into() } else { format!("e{step}") }).collect();
    let chain: Vec<&str> = chain.iter().map(String::as_str).collect();
    let deep = evaluated(&[("m1", "1")], &chain).expect_err("too deep");
    assert!(deep.contains("its parts lie more than 400 deep"), "{deep}");
}
