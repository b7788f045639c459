//! Rules about alarms: that they do something, are set as asked, and are there.

use serde_json::Value;

use super::{ManagedRule, Parameter, Subject, Verdict, on_change, parameter::Kind, periodic};

const ALARM: &[&str] = &["AWS::CloudWatch::Alarm"];

/// The types a resource with an alarm may have.
const WATCHED: &[&str] =
    &["AWS::EC2::Volume", "AWS::EC2::Instance", "AWS::RDS::DBCluster", "AWS::S3::Bucket"];

pub(super) const RULES: &[ManagedRule] =
    &[
        on_change("CLOUDWATCH_ALARM_ACTION_CHECK", "cloudwatch-alarm-action-check", ALARM, has_actions)
            .taking(&[
                Parameter::boolean("alarmActionRequired").default("true"),
                Parameter::boolean("insufficientDataActionRequired").default("true"),
                Parameter::boolean("okActionRequired").default("false"),
                Parameter::text("action1"),
                Parameter::text("action2"),
                Parameter::text("action3"),
                Parameter::text("action4"),
                Parameter::text("action5"),
            ]),
        on_change(
            "CLOUDWATCH_ALARM_ACTION_ENABLED_CHECK",
            "cloudwatch-alarm-action-enabled-check",
            ALARM,
            |subject| subject.flag("/actionsEnabled", true),
        ),
        on_change("CLOUDWATCH_ALARM_SETTINGS_CHECK", "cloudwatch-alarm-settings-check", ALARM, settings)
            .taking(&[
                Parameter::text("metricName").required(),
                Parameter::new("threshold", Kind::Text),
                Parameter::integer("evaluationPeriods"),
                Parameter::integer("period").default("300"),
                Parameter::text("comparisonOperator"),
                Parameter::text("statistic"),
            ]),
        periodic("CLOUDWATCH_ALARM_RESOURCE_CHECK", "cloudwatch-alarm-resource-check", WATCHED, has_alarm)
            .taking(&[
                Parameter::new("resourceType", Kind::OneOf(WATCHED)).required(),
                Parameter::text("metricName").required(),
            ]),
    ];

/// Each required kind of action is there; with actions listed, one of them is among those set.
fn has_actions(subject: &Subject<'_>) -> Verdict {
    const KINDS: [(&str, &str); 3] = [
        ("alarmActionRequired", "alarmActions"),
        ("insufficientDataActionRequired", "insufficientDataActions"),
        ("okActionRequired", "oKActions"),
    ];
    let missing = KINDS.iter().find(|(parameter, list)| {
        subject.wants(parameter) && subject.list(&format!("/{list}")).next().is_none()
    });
    if let Some((_, list)) = missing {
        return Verdict::non_compliant(*list, "an action", Value::Null);
    }
    let wanted: Vec<&str> =
        (1..=5).filter_map(|place| subject.parameter(&format!("action{place}"))).collect();
    let set: Vec<&str> =
        KINDS.iter().flat_map(|(_, list)| subject.texts(&format!("/{list}")).collect::<Vec<_>>()).collect();
    if wanted.is_empty() || wanted.iter().any(|action| set.contains(action)) {
        Verdict::compliant()
    } else {
        Verdict::non_compliant("alarmActions", wanted.join(" or "), set)
    }
}

/// Alarms on the metric only: each given setting as given.
fn settings(subject: &Subject<'_>) -> Verdict {
    if subject.text("/metricName") != subject.parameter("metricName") {
        return Verdict::not_applicable();
    }
    Verdict::all(["threshold", "evaluationPeriods", "period", "comparisonOperator", "statistic"].map(
        |name| {
            let actual = subject.get(&format!("/{name}"));
            match subject.parameter(name) {
                Some(wanted) if !actual.is_some_and(|actual| is_written(actual, wanted)) => {
                    Verdict::non_compliant(name, wanted, actual.cloned().unwrap_or_default())
                }
                _ => Verdict::compliant(),
            }
        },
    ))
}

/// Whether a value is what the text says: the same number, or the same word.
fn is_written(value: &Value, text: &str) -> bool {
    match (value.as_f64(), text.parse::<f64>()) {
        (Some(number), Ok(wanted)) => (number - wanted).abs() < f64::EPSILON,
        _ => value.as_str() == Some(text),
    }
}

/// The resource has an alarm on the metric. Its alarms stand in `Alarms`, our addition to the item: the real rule asks
/// CloudWatch for them.
fn has_alarm(subject: &Subject<'_>) -> Verdict {
    if subject.parameter("resourceType") != Some(subject.of_item("resourceType")) {
        return Verdict::not_applicable();
    }
    let metric = subject.parameter("metricName");
    let alarms = subject.supplementary("Alarms").and_then(Value::as_array).into_iter().flatten();
    if alarms.into_iter().any(|alarm| alarm.get("metricName").and_then(Value::as_str) == metric) {
        Verdict::compliant()
    } else {
        let expected = format!("an alarm on {}", metric.unwrap_or_default());
        Verdict::non_compliant("Alarms", expected, Value::Null)
    }
}
