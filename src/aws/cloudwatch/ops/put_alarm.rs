//! `PutMetricAlarm`: creates an alarm, or replaces the whole configuration of one.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::{
    Dimension, constraint, key, not_in_enum,
    queries::{self, MetricDataQuery},
    reactions::Common,
    unit, validation,
};
use crate::aws::{
    ApiError, ApiOutcome, CallContext, Node, ServiceName,
    cloudwatch::{
        CloudWatch,
        actions::{Action, instance_of},
        alarm::{Kind, MetricAlarm, Reactions},
        configuration::{Configuration, Threshold, Watched},
        configure::Wanted,
        evaluation::{Comparison, TreatMissingData},
        math::{MetricStat, Queries, Shape, Source},
        statistic::Statistic,
    },
    tags::Tag,
};

/// The most metrics of one alarm. Source: CloudWatch User Guide, quotas.
const MOST_METRICS: usize = 10;

/// Creates or updates an alarm on a metric or on an expression over metrics.
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
    /// A percentile such as p95, or tm90, TM(10%:90%), PR(:300).
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
        "LessThanLowerOrGreaterThanUpperThreshold", "LessThanLowerThreshold", "GreaterThanUpperThreshold",
    ]))]
    pub comparison_operator: Option<String>,
    /// What to make of periods without a datapoint: missing unless said otherwise.
    #[schemars(extend("enum" = ["breaching", "notBreaching", "ignore", "missing"]))]
    pub treat_missing_data: Option<String>,
    /// For percentiles over few samples.
    #[schemars(extend("enum" = ["evaluate", "ignore"]))]
    pub evaluate_low_sample_count_percentile: Option<String>,
    /// Metrics and expressions instead of one metric; exactly one of them returns data, two with a band.
    #[serde(default)]
    pub metrics: Vec<MetricDataQuery>,
    /// The `ANOMALY_DETECTION_BAND` among the metrics that takes the place of the threshold.
    pub threshold_metric_id: Option<String>,
    #[serde(default)]
    pub tags: Vec<Tag>,
}

impl CloudWatch {
    pub(super) fn put_metric_alarm(
        &mut self,
        input: PutMetricAlarm,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let common = Common {
            name: &input.alarm_name,
            description: input.alarm_description.as_deref(),
            actions_enabled: input.actions_enabled,
            ok_actions: &input.ok_actions,
            alarm_actions: &input.alarm_actions,
            insufficient_data_actions: &input.insufficient_data_actions,
        };
        let reactions = common.reactions(cx.region(), &self.account_id)?;
        let configuration = configuration(&input)?;
        check_instance_actions(&reactions, &configuration)?;
        let existing = self.alarm(cx.region(), &input.alarm_name);
        if existing.is_some_and(|alarm| alarm.composite().is_some()) {
            return Err(validation(format!(
                "A composite alarm with the name {} already exists",
                input.alarm_name
            )));
        }
        let known = existing.and_then(|alarm| alarm.metric()).map(|metric| Arc::clone(&metric.metric_id));
        let metric_id = known.unwrap_or_else(|| cx.out.uuid().into());
        let node = Node::new(ServiceName::CloudWatch, cx.region(), input.alarm_name.as_str());
        let kind = Kind::Metric(MetricAlarm::new(&node, configuration, metric_id));
        self.configure(cx, Wanted { name: &input.alarm_name, reactions, kind, tags: &input.tags });
        Ok(Value::Null)
    }
}

fn configuration(input: &PutMetricAlarm) -> Result<Configuration, ApiError> {
    let comparison = comparison(input)?;
    let (watched, threshold) =
        if input.metrics.is_empty() { one_metric(input, comparison)? } else { math(input, comparison)? };
    let period_s = match &watched {
        Watched::Metric(stat) => stat.period_s,
        Watched::Math { queries, .. } => common_period(queries)?,
    };
    let evaluation_periods = evaluation_periods(input, period_s)?;
    Ok(Configuration {
        watched,
        period_s,
        evaluation_periods,
        datapoints_to_alarm: datapoints_to_alarm(input, evaluation_periods)?,
        threshold,
        comparison,
        treat_missing_data: treatment(input)?,
        ignores_low_samples: low_samples(input)?,
    })
}

fn required<T>(value: Option<T>, name: &str) -> Result<T, ApiError> {
    value.ok_or_else(|| validation(format!("The parameter {name} is required.")))
}

fn one_metric(input: &PutMetricAlarm, comparison: Comparison) -> Result<(Watched, Threshold), ApiError> {
    if comparison.needs_band() || input.threshold_metric_id.is_some() {
        return Err(validation(
            "ThresholdMetricId and the operators of a band need Metrics with an ANOMALY_DETECTION_BAND",
        ));
    }
    let period_s = alarm_period(required(input.period, "Period")?)?;
    let metric_name = required(input.metric_name.as_deref(), "MetricName")?;
    let namespace = required(input.namespace.as_deref(), "Namespace")?;
    let stat = MetricStat {
        metric: key(namespace, metric_name, &input.dimensions),
        period_s,
        statistic: statistic(input)?,
        unit: unit(input.unit.as_deref())?,
    };
    Ok((Watched::Metric(stat), Threshold::Fixed(required(input.threshold, "Threshold")?)))
}

/// An alarm on `Metrics`: one query returns data, and with a band the band does too.
fn math(input: &PutMetricAlarm, comparison: Comparison) -> Result<(Watched, Threshold), ApiError> {
    let excluded = [
        ("MetricName", input.metric_name.is_some()),
        ("Namespace", input.namespace.is_some()),
        ("Dimensions", !input.dimensions.is_empty()),
        ("Period", input.period.is_some()),
        ("Unit", input.unit.is_some()),
        ("Statistic", input.statistic.is_some()),
        ("ExtendedStatistic", input.extended_statistic.is_some()),
    ];
    if let Some((name, _)) = excluded.iter().find(|(_, given)| *given) {
        return Err(validation(format!(
            "The parameters {name} and Metrics are mutually exclusive and you have specified both."
        )));
    }
    let queries = queries::read(&input.metrics, "Metrics")?;
    if queries.metrics().count() > MOST_METRICS {
        return Err(validation(format!("Metrics must not have more than {MOST_METRICS} metrics.")));
    }
    for stat in queries.metrics() {
        alarm_period(stat.period_s)?;
    }
    let band = band(input, &queries, comparison)?;
    let returning: Vec<usize> = queries.returning().map(|(index, _)| index).collect();
    let compared: Vec<usize> = returning.iter().copied().filter(|index| Some(*index) != band).collect();
    let [compared] = compared.as_slice() else {
        return Err(validation(if band.is_some() {
            "Exactly two elements of the metrics list should return data."
        } else {
            "Exactly one element of the metrics list should return data."
        }));
    };
    if shape(&queries, *compared)? != Shape::One {
        return Err(validation(
            "Metrics expression that return multi time series are only allowed for MetricsInsights expression with an \
             ORDER BY clause",
        ));
    }
    for index in 0..queries.list().len() {
        shape(&queries, index)?;
    }
    let threshold = match band {
        Some(band) => Threshold::Band(band),
        None => Threshold::Fixed(required(input.threshold, "Threshold")?),
    };
    Ok((Watched::Math { queries: Arc::new(queries), compared: *compared }, threshold))
}

/// The query that takes the place of the threshold.
fn band(
    input: &PutMetricAlarm,
    queries: &Queries,
    comparison: Comparison,
) -> Result<Option<usize>, ApiError> {
    let Some(id) = &input.threshold_metric_id else {
        if comparison.needs_band() {
            return Err(validation(format!(
                "ThresholdMetricId is required with the operator {}.",
                comparison.as_str()
            )));
        }
        return Ok(None);
    };
    if !comparison.needs_band() || input.threshold.is_some() {
        return Err(validation(
            "ThresholdMetricId takes the place of Threshold and needs the operator of a band.",
        ));
    }
    let Some(band) = queries.position(id) else {
        return Err(validation(format!(
            "ThresholdMetricId {id} is not the Id of an element of the metrics list."
        )));
    };
    if shape(queries, band)? != Shape::Band {
        return Err(validation(format!("ThresholdMetricId {id} must be an ANOMALY_DETECTION_BAND.")));
    }
    if !queries.list()[band].returns_data {
        return Err(validation("Exactly two elements of the metrics list should return data."));
    }
    Ok(Some(band))
}

/// An expression that only others use may come to a number.
fn shape(queries: &Queries, index: usize) -> Result<Shape, ApiError> {
    let query = &queries.list()[index];
    match queries.shape(index) {
        Ok(shape) => Ok(shape),
        Err(_) if !query.returns_data && matches!(query.source, Source::Expression { .. }) => Ok(Shape::One),
        Err(error) => Err(validation(error.to_string())),
    }
}

fn alarm_period(period_s: u32) -> Result<u32, ApiError> {
    if matches!(period_s, 10 | 20 | 30) || (period_s > 0 && period_s.is_multiple_of(60)) {
        Ok(period_s)
    } else {
        Err(validation("Period must be 10, 20, 30 or a multiple of 60"))
    }
}

fn common_period(queries: &Queries) -> Result<u32, ApiError> {
    let mut periods: Vec<u32> = queries.metrics().map(|stat| stat.period_s).collect();
    periods.dedup();
    match periods.as_slice() {
        [period] => Ok(*period),
        [] => Err(validation("Metrics must have at least one metric.")),
        _ => Err(validation("All metrics of an alarm must have the same Period.")),
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
        return Err(validation(message));
    }
    Ok(periods)
}

fn datapoints_to_alarm(input: &PutMetricAlarm, evaluation_periods: u32) -> Result<Option<u32>, ApiError> {
    match input.datapoints_to_alarm {
        Some(0) => Err(constraint("0", "datapointsToAlarm", "have value greater than or equal to 1")),
        Some(needed) if needed > evaluation_periods => {
            Err(validation("DatapointsToAlarm must be less than or equal to EvaluationPeriods"))
        }
        needed => Ok(needed),
    }
}

fn statistic(input: &PutMetricAlarm) -> Result<Statistic, ApiError> {
    match (input.statistic.as_deref(), input.extended_statistic.as_deref()) {
        (Some(text), None) => Statistic::parse_plain(text).ok_or_else(|| {
            let names = Statistic::PLAIN.map(|plain| plain.plain_name().unwrap_or_default());
            not_in_enum(text, "statistic", &names)
        }),
        (None, Some(text)) => {
            Statistic::parse_extended(text).ok_or_else(|| super::unsupported_statistic(text))
        }
        (Some(_), Some(_)) => Err(ApiError::client(
            "InvalidParameterCombination",
            "The parameters Statistic and ExtendedStatistic are mutually exclusive and you have specified both.",
        )),
        (None, None) => required(None, "Statistic"),
    }
}

fn comparison(input: &PutMetricAlarm) -> Result<Comparison, ApiError> {
    let text = required(input.comparison_operator.as_deref(), "ComparisonOperator")?;
    Comparison::parse(text)
        .ok_or_else(|| not_in_enum(text, "comparisonOperator", &Comparison::ALL.map(Comparison::as_str)))
}

fn treatment(input: &PutMetricAlarm) -> Result<Option<TreatMissingData>, ApiError> {
    let Some(text) = input.treat_missing_data.as_deref() else { return Ok(None) };
    TreatMissingData::parse(text).map(Some).ok_or_else(|| {
        let supported = TreatMissingData::ALL.map(TreatMissingData::as_str).join(", ");
        validation(format!(
            "The value {text} is not supported for TreatMissingData parameter. Supported values are [{supported}]."
        ))
    })
}

fn low_samples(input: &PutMetricAlarm) -> Result<Option<bool>, ApiError> {
    match input.evaluate_low_sample_count_percentile.as_deref() {
        None => Ok(None),
        Some("evaluate") => Ok(Some(false)),
        Some("ignore") => Ok(Some(true)),
        Some(text) => Err(validation(format!(
            "Option {text} is not supported. Supported options for parameter EvaluateLowSampleCountPercentile are \
             evaluate and ignore."
        ))),
    }
}

/// Stopping an instance takes a metric of one instance. Source: CloudWatch User Guide, "Stop, terminate, reboot, or recover
/// an EC2 instance".
fn check_instance_actions(reactions: &Reactions, configuration: &Configuration) -> Result<(), ApiError> {
    let is_of_instance = configuration.metric().is_some_and(|stat| instance_of(&stat.metric).is_some());
    let acts = |action: &&String| matches!(Action::parse(action), Some(Action::Instance(_)));
    match reactions.all().find(acts) {
        Some(action) if !is_of_instance => Err(validation(format!(
            "The action {action} needs an alarm on one metric with the dimension InstanceId"
        ))),
        _ => Ok(()),
    }
}
