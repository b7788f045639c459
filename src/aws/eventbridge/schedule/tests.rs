use chrono::{DateTime, Utc};

use super::Schedule;

/// The first times of an expression after Friday 2026-11-20 09:00 UTC, as `MM-DD HH:MM`.
fn times(expression: &str, count: usize) -> Vec<String> {
    let schedule = Schedule::parse(expression).unwrap_or_else(|| panic!("{expression} is valid"));
    let mut moment: DateTime<Utc> = "2026-11-20T09:00:00Z".parse().unwrap();
    let mut next = || {
        moment = schedule.next_after(moment)?;
        Some(moment.format("%m-%d %H:%M").to_string())
    };
    std::iter::from_fn(&mut next).take(count).collect()
}

#[test]
fn a_rate_counts_from_when_it_is_wound_up() {
    assert_eq!(times("rate(5 minutes)", 3), ["11-20 09:05", "11-20 09:10", "11-20 09:15"]);
    assert_eq!(times("rate(1 hour)", 2), ["11-20 10:00", "11-20 11:00"]);
    assert_eq!(times("rate(2 days)", 2), ["11-22 09:00", "11-24 09:00"]);
}

#[test]
fn a_unit_is_singular_for_one_and_plural_for_the_rest() {
    for wrong in [
        "rate(1 minutes)",
        "rate(5 minute)",
        "rate(0 minutes)",
        "rate(-1 minutes)",
        "rate(1.5 hours)",
        "rate(10 seconds)",
        "rate(1 week)",
        "rate(5  minutes)",
        "rate( 5 minutes)",
        "rate(5 minutes )",
        " rate(5 minutes)",
        "RATE(5 minutes)",
        "rate(5 MINUTES)",
        "rate()",
        "rate(5)",
        "rate(99999999999999999999 minutes)",
    ] {
        assert!(Schedule::parse(wrong).is_none(), "{wrong}");
    }
}

#[test]
fn cron_reads_lists_ranges_steps_and_names() {
    assert_eq!(times("cron(0 12 * * ? *)", 2), ["11-20 12:00", "11-21 12:00"]);
    assert_eq!(times("cron(5,35 14 * * ? *)", 3), ["11-20 14:05", "11-20 14:35", "11-21 14:05"]);
    assert_eq!(times("cron(0/15 * * * ? *)", 3), ["11-20 09:15", "11-20 09:30", "11-20 09:45"]);
    assert_eq!(times("cron(0 18 ? * MON-FRI *)", 2), ["11-20 18:00", "11-23 18:00"]);
    assert_eq!(times("cron(0 8 1 JAN,jul ? *)", 2), ["01-01 08:00", "07-01 08:00"]);
    assert_eq!(times("cron(0 10 ? * 1 *)", 1), ["11-22 10:00"], "weekday 1 is Sunday");
}

#[test]
fn cron_ranges_go_around() {
    assert_eq!(times("cron(30 23-1 * * ? *)", 3), ["11-20 23:30", "11-21 00:30", "11-21 01:30"]);
    assert_eq!(times("cron(0 0 ? * FRI-SUN *)", 3), ["11-21 00:00", "11-22 00:00", "11-27 00:00"]);
    assert_eq!(times("cron(50-10/10 9 * * ? *)", 3), ["11-20 09:10", "11-20 09:50", "11-21 09:00"]);
    assert_eq!(times("cron(0 0 1 NOV-JAN ? *)", 2), ["12-01 00:00", "01-01 00:00"]);
}

#[test]
fn cron_knows_last_days_nearest_weekdays_and_numbered_ones() {
    assert_eq!(times("cron(0 0 L * ? *)", 2), ["11-30 00:00", "12-31 00:00"]);
    assert_eq!(times("cron(0 0 ? * 6L *)", 2), ["11-27 00:00", "12-25 00:00"], "the last Friday");
    assert_eq!(times("cron(0 0 ? * 2#1 *)", 2), ["12-07 00:00", "01-04 00:00"], "the first Monday");
    assert_eq!(times("cron(0 0 15W * ? *)", 3), ["12-15 00:00", "01-15 00:00", "02-15 00:00"]);
    assert_eq!(times("cron(0 0 21W 11 ? 2026)", 1), Vec::<String>::new(), "Saturday the 21st falls to today");
    assert_eq!(times("cron(0 10 21W 11 ? 2026)", 1), ["11-20 10:00"]);
    assert_eq!(times("cron(0 0 ? * L *)", 1), ["11-21 00:00"], "the last day of a week is Saturday");
}

#[test]
fn cron_ends_with_its_last_year() {
    assert_eq!(times("cron(0 0 1 1 ? 2027-2028)", 3), ["01-01 00:00", "01-01 00:00"]);
    assert_eq!(times("cron(0 0 1 1 ? 2025)", 1), Vec::<String>::new());
    assert_eq!(times("cron(0 0 30 2 ? *)", 1), Vec::<String>::new(), "there is no 30 February");
}

#[test]
fn cron_refuses_what_the_service_refuses() {
    for wrong in [
        "cron(* * * * *)",
        "cron(0 12 * * * *)",
        "cron(0 12 ? * ? *)",
        "cron(0 12 1 * MON *)",
        "cron(60 12 * * ? *)",
        "cron(0 24 * * ? *)",
        "cron(0 12 32 * ? *)",
        "cron(0 12 0 * ? *)",
        "cron(0 12 * 13 ? *)",
        "cron(0 12 ? * 0 *)",
        "cron(0 12 ? * 8 *)",
        "cron(0 12 ? * LUN *)",
        "cron(0 12 ? * 2#6 *)",
        "cron(0 12 * * ? 1969)",
        "cron(0 12 * * ? 2200)",
        "cron(0/0 12 * * ? *)",
        "cron(, 12 * * ? *)",
        "cron()",
        "cron(0 12 * * ? *",
        "at(2026-11-20T09:00:00)",
        "",
    ] {
        assert!(Schedule::parse(wrong).is_none(), "{wrong}");
    }
}
