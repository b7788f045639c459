use super::*;
use crate::{
    aws::cloudwatch::{
        sample::{Many, Observed, Sample},
        unit::Unit,
    },
    kernel::{Cause, InputId},
};

fn aggregate(samples: Vec<Observed>) -> Aggregate {
    let mut aggregate = Aggregate::default();
    for observed in samples {
        let cause = Cause::Input(InputId::from_index(0));
        aggregate.add(&Sample { at: 0, cause, unit: Unit::NONE, observed }, true);
    }
    aggregate
}

fn one_to(most: u32) -> Aggregate {
    aggregate((1..=most).map(|value| Observed::One(f64::from(value))).collect())
}

fn told(period: &Aggregate, statistic: &str) -> Option<f64> {
    period.value(Statistic::parse(statistic).unwrap_or_else(|| panic!("{statistic} is a statistic")))
}

#[test]
fn a_period_without_samples_has_no_statistic_not_even_a_sum_of_zero() {
    assert_eq!(aggregate(vec![]).value(Statistic::Sum), None);
}

#[test]
fn a_percentile_is_the_value_at_its_rank() {
    let latencies = one_to(100);

    assert_eq!(told(&latencies, "p95"), Some(95.0));
    assert_eq!(told(&latencies, "p99.9"), Some(100.0));
    assert_eq!(told(&latencies, "Average"), Some(50.5));
}

#[test]
fn a_statistic_set_tells_its_average_but_no_percentile_unless_all_its_values_are_one() {
    let set = Many { count: 4.0, sum: 10.0, minimum: 1.0, maximum: 4.0, values: vec![] };
    let hidden = aggregate(vec![Observed::Many(set.into())]);
    let set = Many { count: 4.0, sum: 8.0, minimum: 2.0, maximum: 2.0, values: vec![(2.0, 4.0)] };
    let plain = aggregate(vec![Observed::Many(set.into())]);

    assert_eq!((told(&hidden, "Average"), told(&hidden, "p50")), (Some(2.5), None));
    assert_eq!((told(&plain, "p50"), told(&plain, "tm90")), (Some(2.0), Some(2.0)));
}

#[test]
fn a_negative_value_leaves_only_the_plain_statistics() {
    let period = aggregate(vec![Observed::One(-1.0), Observed::One(3.0)]);

    assert_eq!((told(&period, "Average"), told(&period, "p50")), (Some(1.0), None));
    assert_eq!((told(&period, "tm99"), told(&period, "PR(:2)")), (None, None));
}

#[test]
fn a_trimmed_mean_leaves_the_outliers_out_and_a_winsorized_one_brings_them_to_the_edge() {
    let mut values: Vec<Observed> = (1..=9).map(|value| Observed::One(f64::from(value))).collect();
    values.push(Observed::One(1_000.0));
    let period = aggregate(values);

    assert_eq!(told(&period, "tm90"), Some(5.0));
    assert_eq!(told(&period, "TM(10%:90%)"), Some(5.5));
    assert_eq!(told(&period, "wm90"), Some(5.4));
    assert_eq!((told(&period, "tc90"), told(&period, "ts90")), (Some(9.0), Some(45.0)));
    assert_eq!(told(&one_to(4), "IQM"), Some(2.5));
}

#[test]
fn absolute_bounds_leave_the_lower_one_out_and_take_the_upper_one_in() {
    let period = one_to(10);

    assert_eq!(told(&period, "TC(2:5)"), Some(3.0));
    assert_eq!(told(&period, "TM(2:5)"), Some(4.0));
    assert_eq!(told(&period, "WM(2:5)"), Some(4.1));
    assert_eq!(told(&period, "TS(:5)"), Some(15.0));
    assert_eq!((told(&period, "PR(:5)"), told(&period, "PR(5:)")), (Some(50.0), Some(50.0)));
    assert_eq!((told(&period, "TM(100:200)"), told(&period, "TC(100:200)")), (None, Some(0.0)));
}

#[test]
fn values_published_with_their_counts_weigh_as_much_as_they_came() {
    let values =
        Many { count: 4.0, sum: 16.0, minimum: 2.0, maximum: 10.0, values: vec![(10.0, 1.0), (2.0, 3.0)] };
    let period = aggregate(vec![Observed::Many(values.into())]);

    assert_eq!((told(&period, "p75"), told(&period, "p76")), (Some(2.0), Some(10.0)));
    assert_eq!((told(&period, "tm75"), told(&period, "PR(2:)")), (Some(2.0), Some(25.0)));
}

#[test]
fn a_statistic_is_written_as_it_is_read() {
    for text in [
        "Average",
        "p95",
        "p99.9",
        "p100",
        "tm90",
        "tc99.5",
        "ts1",
        "wm98",
        "IQM",
        "TM(10%:90%)",
        "WM(:95%)",
        "TS(5%:)",
        "TC(100:300)",
        "PR(:300)",
        "PR(0.5:)",
    ] {
        assert_eq!(Statistic::parse(text).map(|statistic| statistic.to_string()).as_deref(), Some(text));
    }
    assert_eq!(Statistic::parse("TM(:1e3)"), Statistic::parse("TM(:1000)"));
}

#[test]
fn what_is_no_statistic_is_not_read_as_one() {
    for text in [
        "",
        "p",
        "p101",
        "p99.12345678901",
        "P95",
        "TM90",
        "tm(10%:90%)",
        "tm101",
        "pr50",
        "PR(10%:20%)",
        "TM(:)",
        "TM(90%:10%)",
        "TM(10%:200)",
        "TM(-1:5)",
        "iqm",
        "IQM(1:2)",
        "Median",
        "é(:1)",
    ] {
        assert_eq!(Statistic::parse(text), None, "{text}");
    }
}
