//! `PutMetricAlarm`: creates an alarm, or replaces the whole configuration of one.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Dimension, constraint, key, not_in_enum, unit};
use crate::aws::{
    ApiCall, ApiError, ApiOutcome, CallContext, Region,
    arn::Arn,
    cloudwatch::{
        CloudWatch,
        alarm::Configuration,
        evaluation::{Comparison, TreatMissingData},
        statistic::Statistic,
    },
};

/// Creates or updates an alarm on a metric.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PutMetricAlarm {
    /// Unique in the Region; the name of an existing alarm updates it.
    #[schemars(length(min = 1, max = 255))]
    pub alarm_name: String,
    pub alarm_description: Option<String>,
    /// Whether a change of state runs actions; true unless said otherwise.
    pub actions_enabled: Option<bool>,
    /// ARNs to act on when the alarm goes to OK.
    #[serde(rename = "OKActions", default)]
    pub ok_actions: Vec<String>,
    /// ARNs to act on when the alarm goes to ALARM.
    #[serde(default)]
    pub alarm_actions: Vec<String>,
    /// ARNs to act on when the alarm goes to `INSUFFICIENT_DATA`.
    #[serde(default)]
    pub insufficient_data_actions: Vec<String>,
    pub metric_name: Option<String>,
    pub namespace: Option<String>,
    #[schemars(extend("enum" = ["SampleCount", "Average", "Sum", "Minimum", "Maximum"]))]
    pub statistic: Option<String>,
    /// A percentile such as p95.
    pub extended_statistic: Option<String>,
    #[serde(default)]
    pub dimensions: Vec<Dimension>,
    /// Seconds: 10, 20, 30 or a multiple of 60.
    pub period: Option<u32>,
    pub unit: Option<String>,
    /// N: how many periods are looked at.
    pub evaluation_periods: Option<u32>,
    /// M: how many of them must breach; N unless said otherwise.
    pub datapoints_to_alarm: Option<u32>,
    pub threshold: Option<f64>,
    #[schemars(extend("enum" = [
        "GreaterThanOrEqualToThreshold", "GreaterThanThreshold", "LessThanThreshold", "LessThanOrEqualToThreshold",
    ]))]
    pub comparison_operator: Option<String>,
    /// What to make of periods without a datapoint: missing unless said otherwise.
    #[schemars(extend("enum" = ["breaching", "notBreaching", "ignore", "missing"]))]
    pub treat_missing_data: Option<String>,
    /// For percentiles over few samples.
    #[schemars(extend("enum" = ["evaluate", "ignore"]))]
    pub evaluate_low_sample_count_percentile: Option<String>,
}

impl CloudWatch {
    pub(super) fn put_metric_alarm(
        &mut self,
        input: PutMetricAlarm,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        if input.alarm_name.is_empty() || input.alarm_name.chars().any(char::is_control) {
            return Err(constraint(&input.alarm_name, "alarmName", "have length greater than or equal to 1"));
        }
        if input.alarm_name.chars().count() > 255 {
            return Err(constraint(&input.alarm_name, "alarmName", "have length less than or equal to 255"));
        }
        let configuration = configuration(&input, cx.region())?;
        self.configure(cx, &input.alarm_name, Arc::new(configuration));
        Ok(Value::Null)
    }
}

fn configuration(input: &PutMetricAlarm, region: &Region) -> Result<Configuration, ApiError> {
    let period_s = period(input)?;
    let evaluation_periods = evaluation_periods(input, period_s)?;
    let metric_name = required(input.metric_name.as_deref(), "MetricName")?;
    let namespace = required(input.namespace.as_deref(), "Namespace")?;
    for (member, actions) in [
        ("oKActions", &input.ok_actions),
        ("alarmActions", &input.alarm_actions),
        ("insufficientDataActions", &input.insufficient_data_actions),
    ] {
        check_actions(member, actions, region)?;
    }
    Ok(Configuration {
        description: input.alarm_description.clone(),
        actions_enabled: input.actions_enabled.unwrap_or(true),
        ok_actions: input.ok_actions.clone(),
        alarm_actions: input.alarm_actions.clone(),
        insufficient_data_actions: input.insufficient_data_actions.clone(),
        metric: key(namespace, metric_name, &input.dimensions),
        statistic: statistic(input)?,
        period_s,
        unit: unit(input.unit.as_deref())?,
        evaluation_periods,
        datapoints_to_alarm: datapoints_to_alarm(input, evaluation_periods)?,
        threshold: required(input.threshold, "Threshold")?,
        comparison: comparison(input)?,
        treat_missing_data: treatment(input)?,
        ignores_low_samples: low_samples(input)?,
    })
}

fn required<T>(value: Option<T>, name: &str) -> Result<T, ApiError> {
    value.ok_or_else(|| ApiError::client("ValidationError", format!("The parameter {name} is required.")))
}

fn period(input: &PutMetricAlarm) -> Result<u32, ApiError> {
    let period = required(input.period, "Period")?;
    if matches!(period, 10 | 20 | 30) || (period > 0 && period.is_multiple_of(60)) {
        Ok(period)
    } else {
        Err(ApiError::client("ValidationError", "Period must be 10, 20, 30 or a multiple of 60"))
    }
}

/// N periods may not exceed a day, or a week when a period is an hour or more.
fn evaluation_periods(input: &PutMetricAlarm, period_s: u32) -> Result<u32, ApiError> {
    let periods = required(input.evaluation_periods, "EvaluationPeriods")?;
    if periods == 0 {
        return Err(constraint("0", "evaluationPeriods", "have value greater than or equal to 1"));
    }
    let (limit, words) = if period_s >= 3_600 { (604_800, "a week") } else { (86_400, "a day") };
    if u64::from(periods) * u64::from(period_s) > limit {
        let message = format!(
            "Metrics cannot be checked across more than {words} (EvaluationPeriods * Period must be <= {limit})."
        );
        return Err(ApiError::client("ValidationError", message));
    }
    Ok(periods)
}

fn datapoints_to_alarm(input: &PutMetricAlarm, evaluation_periods: u32) -> Result<Option<u32>, ApiError> {
    match input.datapoints_to_alarm {
        Some(0) => Err(constraint("0", "datapointsToAlarm", "have value greater than or equal to 1")),
        Some(needed) if needed > evaluation_periods => Err(ApiError::client(
            "ValidationError",
            "DatapointsToAlarm must be less than or equal to EvaluationPeriods",
        )),
        needed => Ok(needed),
    }
}

fn statistic(input: &PutMetricAlarm) -> Result<Statistic, ApiError> {
    match (input.statistic.as_deref(), input.extended_statistic.as_deref()) {
        (Some(text), None) => Statistic::parse_plain(text).ok_or_else(|| {
            not_in_enum(
                text,
                "statistic",
                &Statistic::PLAIN.map(|plain| plain.plain_name().unwrap_or_default()),
            )
        }),
        (None, Some(text)) => Statistic::parse_percentile(text).ok_or_else(|| {
            let message = format!("The value {text} for parameter ExtendedStatistic is not supported.");
            ApiError::client("InvalidParameterValue", message)
        }),
        (Some(_), Some(_)) => Err(ApiError::client(
            "InvalidParameterCombination",
            "The parameters Statistic and ExtendedStatistic are mutually exclusive and you have specified both.",
        )),
        (None, None) => required(None, "Statistic"),
    }
}

fn comparison(input: &PutMetricAlarm) -> Result<Comparison, ApiError> {
    let text = required(input.comparison_operator.as_deref(), "ComparisonOperator")?;
    let comparison = Comparison::parse(text)
        .ok_or_else(|| not_in_enum(text, "comparisonOperator", &Comparison::ALL.map(Comparison::as_str)))?;
    if comparison.needs_band() {
        let message = format!("Vigie does not simulate anomaly detection yet, which {text} needs");
        return Err(ApiError::client("ValidationError", message));
    }
    Ok(comparison)
}

fn treatment(input: &PutMetricAlarm) -> Result<Option<TreatMissingData>, ApiError> {
    let Some(text) = input.treat_missing_data.as_deref() else { return Ok(None) };
    TreatMissingData::parse(text).map(Some).ok_or_else(|| {
        let supported = TreatMissingData::ALL.map(TreatMissingData::as_str).join(", ");
        let message = format!(
            "The value {text} is not supported for TreatMissingData parameter. Supported values are [{supported}]."
        );
        ApiError::client("ValidationError", message)
    })
}

fn low_samples(input: &PutMetricAlarm) -> Result<Option<bool>, ApiError> {
    match input.evaluate_low_sample_count_percentile.as_deref() {
        None => Ok(None),
        Some("evaluate") => Ok(Some(false)),
        Some("ignore") => Ok(Some(true)),
        Some(text) => {
            let message = format!(
                "Option {text} is not supported. Supported options for parameter \
                 EvaluateLowSampleCountPercentile are evaluate and ignore."
            );
            Err(ApiError::client("ValidationError", message))
        }
    }
}

/// CloudWatch reads an action's ARN but does not look whether its target exists.
fn check_actions(member: &str, actions: &[String], region: &Region) -> Result<(), ApiError> {
    if actions.len() > 5 {
        let list = format!("[{}]", actions.join(", "));
        return Err(constraint(&list, member, "have length less than or equal to 5"));
    }
    for action in actions {
        let Some(arn) = Arn::parse(action) else {
            return Err(ApiError::client("ValidationError", format!("Invalid arn syntax: {action}")));
        };
        if !matches!(arn.service, "sns" | "lambda") {
            let message = format!("Vigie does not simulate alarm actions on {} yet: {action}", arn.service);
            return Err(ApiError::client("ValidationError", message));
        }
        if arn.region != region.as_str() {
            let message = format!("Invalid region {} specified. Only {region} is supported.", arn.region);
            return Err(ApiError::client("ValidationError", message));
        }
    }
    Ok(())
}

/// `requestParameters` of its record: in the model's order, with the two defaults CloudTrail shows.
pub(in crate::aws::cloudwatch) fn recorded_request(call: &ApiCall) -> Value {
    const ORDER: &[&str] = &[
        "AlarmName",
        "AlarmDescription",
        "ActionsEnabled",
        "OKActions",
        "AlarmActions",
        "InsufficientDataActions",
        "MetricName",
        "Namespace",
        "Statistic",
        "ExtendedStatistic",
        "Dimensions",
        "Period",
        "Unit",
        "EvaluationPeriods",
        "DatapointsToAlarm",
        "Threshold",
        "ComparisonOperator",
        "TreatMissingData",
        "EvaluateLowSampleCountPercentile",
    ];
    let mut recorded = Map::new();
    for name in ORDER {
        let given = call.parameters.get(name).filter(|value| !value.is_null());
        let value = match (*name, given) {
            ("ActionsEnabled", None) => json!(true),
            ("Dimensions", None) => json!([]),
            ("Dimensions", Some(list)) => lower_camel_list(list),
            ("Threshold", Some(value)) => json!(value.as_f64()),
            (_, Some(value)) => value.clone(),
            (_, None) => continue,
        };
        recorded.insert(lower_first(name), value);
    }
    recorded.into()
}

fn lower_camel_list(list: &Value) -> Value {
    let objects = list.as_array().into_iter().flatten().filter_map(Value::as_object);
    objects
        .map(|object| {
            object.iter().map(|(name, value)| (lower_first(name), value.clone())).collect::<Map<_, _>>()
        })
        .collect()
}

fn lower_first(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_ascii_lowercase().to_string() + letters.as_str())
}
