//! Operations on metric filters.

use std::{collections::BTreeMap, sync::Arc};

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Page, bad_name, check_filter_name, invalid, no_group, too_many};
use crate::aws::{
    ApiError, ApiOutcome, CallContext,
    cloudwatch::unit::{UNITS, Unit},
    logs::{
        Group, Logs,
        ingest::tell_stored_matches,
        metric_filter::{MetricFilter, Source, Transformation},
        pattern::{Line, Pattern, Verdict},
        state::MetricFilterState,
    },
};

/// Source: quotas of CloudWatch Logs.
const MOST_FILTERS: usize = 100;
const MOST_DIMENSIONS: usize = 3;
/// Filters of a group whose pattern has a regular expression. Source: user guide, quotas of regular expressions.
const MOST_REGEX_PATTERNS: usize = 5;

/// Makes or replaces a metric filter, which turns matching lines into datapoints.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PutMetricFilter {
    pub log_group_name: String,
    #[schemars(length(min = 1, max = 512))]
    pub filter_name: String,
    /// Such as `{ $.eventName = ConsoleLogin }`; an empty one counts every line.
    #[schemars(length(max = 1024))]
    pub filter_pattern: String,
    /// Exactly one.
    #[schemars(length(min = 1, max = 1))]
    pub metric_transformations: Vec<MetricTransformation>,
}

/// What a metric filter publishes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MetricTransformation {
    #[schemars(length(max = 255))]
    pub metric_name: String,
    #[schemars(length(max = 255))]
    pub metric_namespace: String,
    /// A number such as `1`, a field such as `$.latency`, or a word such as `$bytes`.
    #[schemars(length(max = 100))]
    pub metric_value: String,
    /// Published for a minute in which lines arrived and none matched.
    pub default_value: Option<f64>,
    /// Names of dimensions, and the field or word each takes its value from.
    #[serde(default)]
    pub dimensions: BTreeMap<String, String>,
    pub unit: Option<String>,
}

/// Lists metric filters.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DescribeMetricFilters {
    pub log_group_name: Option<String>,
    pub filter_name_prefix: Option<String>,
    pub metric_name: Option<String>,
    pub metric_namespace: Option<String>,
    pub next_token: Option<String>,
    #[schemars(range(min = 1, max = 50))]
    pub limit: Option<usize>,
}

/// Deletes a metric filter.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeleteMetricFilter {
    pub log_group_name: String,
    pub filter_name: String,
}

/// Tries a filter pattern on sample lines.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TestMetricFilter {
    #[schemars(length(max = 1024))]
    pub filter_pattern: String,
    #[schemars(length(min = 1, max = 50))]
    pub log_event_messages: Vec<String>,
}

impl Logs {
    pub(super) fn put_metric_filter(
        &mut self,
        input: PutMetricFilter,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        check_filter_name(&input.filter_name)?;
        let pattern = Pattern::parse(&input.filter_pattern)?;
        let [transformation] = input.metric_transformations.as_slice() else {
            return Err(invalid(
                "1 validation error detected: Value at 'metricTransformations' failed to satisfy constraint: Member \
                 must have length equal to 1",
            ));
        };
        let transformation = read_transformation(transformation, &pattern)?;
        let region = cx.region().clone();
        let group = self.group_mut(&region, &input.log_group_name).ok_or_else(no_group)?;
        check_room(group, &input.filter_name, &pattern)?;
        let name: Arc<str> = input.filter_name.into();
        let filter = Arc::new(MetricFilter {
            name: Arc::clone(&name),
            pattern_text: input.filter_pattern.into(),
            pattern,
            transformation,
            created_at: cx.moment().epoch_ms(),
        });
        tell_stored_matches(group, &filter, &region, cx.out);
        group.metric_filters.insert(name, MetricFilterState::new(filter));
        Ok(Value::Null)
    }

    pub(super) fn describe_metric_filters(
        &mut self,
        input: DescribeMetricFilters,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        if input.metric_name.is_some() != input.metric_namespace.is_some() {
            return Err(invalid("metricName and metricNamespace must be specified together."));
        }
        let wanted = input.log_group_name.as_deref();
        if wanted.is_some_and(|name| self.group(cx.region(), name).is_none()) {
            return Err(no_group());
        }
        let is_wanted = |filter: &MetricFilter| {
            let transformation = &filter.transformation;
            input.filter_name_prefix.as_deref().is_none_or(|prefix| filter.name.starts_with(prefix))
                && input.metric_name.as_deref().is_none_or(|name| *transformation.metric_name == *name)
                && input
                    .metric_namespace
                    .as_deref()
                    .is_none_or(|name| *transformation.metric_namespace == *name)
        };
        let groups = self.groups(cx.region()).filter(|group| wanted.is_none_or(|name| *group.name == *name));
        let filters = groups.flat_map(|group| {
            let filters = group.metric_filters().filter(|filter| is_wanted(filter));
            filters.map(|filter| filter.describe(&group.name))
        });
        Page::read(input.next_token.as_deref(), input.limit)?.answer("metricFilters", filters)
    }

    pub(super) fn delete_metric_filter(
        &mut self,
        input: DeleteMetricFilter,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let group = self.group_mut(cx.region(), &input.log_group_name).ok_or_else(no_group)?;
        group.metric_filters.remove(input.filter_name.as_str()).ok_or_else(|| {
            ApiError::client("ResourceNotFoundException", "The specified metric filter does not exist.")
        })?;
        Ok(Value::Null)
    }

    pub(super) fn test_metric_filter(
        &mut self,
        input: TestMetricFilter,
        _cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let pattern = Pattern::parse(&input.filter_pattern)?;
        if !(1..=50).contains(&input.log_event_messages.len()) {
            return Err(invalid(
                "1 validation error detected: Value at 'logEventMessages' failed to satisfy constraint: Member must \
                 have length between 1 and 50",
            ));
        }
        let matches = (1..).zip(&input.log_event_messages).filter_map(|(number, message)| {
            let number: usize = number;
            match pattern.judge(&Line::new(message)) {
                Verdict::Match(extracted) => Some(json!({
                    "eventNumber": number,
                    "eventMessage": message,
                    "extractedValues": extracted,
                })),
                Verdict::NoMatch(_) => None,
            }
        });
        Ok(json!({ "matches": matches.collect::<Vec<_>>() }))
    }
}

fn read_transformation(input: &MetricTransformation, pattern: &Pattern) -> Result<Transformation, ApiError> {
    for (member, name) in [("metricName", &input.metric_name), ("metricNamespace", &input.metric_namespace)] {
        if name.is_empty() || name.chars().count() > 255 || name.contains([':', '*', '$']) {
            return Err(bad_name(name, member, "[^:*$]*"));
        }
    }
    let source = |text: &str| {
        let source = Source::parse(text)
            .map_err(|fault| invalid(format!("Invalid metric transformation: {text}: {fault}")))?;
        if source.fits(pattern) {
            return Ok(source);
        }
        Err(invalid(format!("Invalid metric transformation: the filter pattern does not give {text}")))
    };
    if !input.dimensions.is_empty() {
        if !pattern.names_fields() {
            return Err(invalid("The specified filter pattern does not support dimensions"));
        }
        if input.default_value.is_some() {
            return Err(invalid(
                "Invalid metric transformation: dimensions and default value are mutually exclusive properties.",
            ));
        }
        if input.dimensions.len() > MOST_DIMENSIONS {
            return Err(too_many(format!("A metric filter has no more than {MOST_DIMENSIONS} dimensions.")));
        }
    }
    let dimensions = input.dimensions.iter().map(|(name, text)| {
        let source = source(text)?;
        if source.is_from_line() {
            return Ok((name.as_str().into(), source));
        }
        Err(invalid(format!(
            "Invalid metric transformation: the dimension {name} must name a field, not {text}"
        )))
    });
    let unit = input.unit.as_deref().map(|unit| {
        Unit::parse(unit).map(Unit::as_str).ok_or_else(|| {
            invalid(format!(
                "1 validation error detected: Value '{unit}' at 'metricTransformations.1.member.unit' failed to \
                 satisfy constraint: Member must satisfy enum value set: [{}]",
                UNITS.join(", ")
            ))
        })
    });
    Ok(Transformation {
        metric_name: input.metric_name.as_str().into(),
        metric_namespace: input.metric_namespace.as_str().into(),
        value: source(&input.metric_value)?,
        default_value: input.default_value,
        dimensions: dimensions.collect::<Result<_, ApiError>>()?,
        unit: unit.transpose()?,
    })
}

/// Whether a group may have one more filter, or one more with a regular expression.
fn check_room(group: &Group, name: &str, pattern: &Pattern) -> Result<(), ApiError> {
    let others = || group.metric_filters().filter(|filter| *filter.name != *name);
    if others().count() >= MOST_FILTERS {
        return Err(too_many("Resource limit exceeded."));
    }
    let with_regex = others().filter(|filter| filter.pattern.regexes() > 0).count();
    let with_regex =
        with_regex + group.subscription_filters().filter(|filter| filter.pattern.regexes() > 0).count();
    if pattern.regexes() > 0 && with_regex >= MOST_REGEX_PATTERNS {
        return Err(too_many(format!(
            "A log group has no more than {MOST_REGEX_PATTERNS} filter patterns with regular expressions."
        )));
    }
    Ok(())
}
