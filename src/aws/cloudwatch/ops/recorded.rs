//! `requestParameters` of `PutMetricAlarm`, as CloudTrail writes them.

use serde_json::{Map, Value, json};

use crate::aws::{
    ApiCall,
    spelling::{lower_first, small_first},
};

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
    "Metrics",
    "Tags",
    "ThresholdMetricId",
];

/// In the model's order, with the two defaults CloudTrail shows.
pub(in crate::aws::cloudwatch) fn recorded_request(call: &ApiCall) -> Value {
    let mut recorded = Map::new();
    for name in ORDER {
        let given = call.parameters.get(name).filter(|value| !value.is_null());
        let value = match (*name, given) {
            ("ActionsEnabled", None) => json!(true),
            ("Dimensions", None) => json!([]),
            ("Threshold", Some(value)) => json!(value.as_f64()),
            (_, Some(value)) => small_first(value),
            (_, None) => continue,
        };
        recorded.insert(lower_first(name), value);
    }
    recorded.into()
}
