//! Operations that look at alarms: their configuration, their state, their history.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Dimension, key, not_in_enum, page, place, token, unit, validation};
use crate::aws::{
    ApiError, ApiOutcome, CallContext,
    cloudwatch::{
        CloudWatch,
        alarm::Alarm,
        composite::rule,
        evaluation::State,
        history::{Item, ItemType},
        statistic::Statistic,
    },
    timestamps::Timestamp,
};

/// The size of a page unless `MaxRecords` says otherwise, and its largest. Source: API reference.
const PAGE: usize = 50;
const LARGEST_PAGE: usize = 100;
const ALARM_TYPES: [&str; 2] = ["CompositeAlarm", "MetricAlarm"];

/// Lists alarms with their configuration and state.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DescribeAlarms {
    #[serde(default)]
    pub alarm_names: Vec<String>,
    pub alarm_name_prefix: Option<String>,
    /// `MetricAlarm`, `CompositeAlarm`, or both; metric alarms unless said otherwise.
    #[serde(default)]
    pub alarm_types: Vec<String>,
    /// The alarms a composite alarm watches.
    pub children_of_alarm_name: Option<String>,
    /// The composite alarms that watch an alarm.
    pub parents_of_alarm_name: Option<String>,
    #[schemars(extend("enum" = ["OK", "ALARM", "INSUFFICIENT_DATA"]))]
    pub state_value: Option<String>,
    pub action_prefix: Option<String>,
    #[schemars(range(min = 1, max = 100))]
    pub max_records: Option<usize>,
    pub next_token: Option<String>,
}

/// Lists the alarms on a metric.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DescribeAlarmsForMetric {
    pub metric_name: String,
    pub namespace: String,
    #[serde(default)]
    pub dimensions: Vec<Dimension>,
    pub statistic: Option<String>,
    pub extended_statistic: Option<String>,
    pub period: Option<u32>,
    pub unit: Option<String>,
}

/// Lists what happened to alarms: configurations, changes of state, actions.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DescribeAlarmHistory {
    pub alarm_name: Option<String>,
    /// `MetricAlarm`, `CompositeAlarm`, or both; metric alarms unless said otherwise.
    #[serde(default)]
    pub alarm_types: Vec<String>,
    #[schemars(extend("enum" = ["ConfigurationUpdate", "StateUpdate", "Action"]))]
    pub history_item_type: Option<String>,
    pub start_date: Option<Timestamp>,
    pub end_date: Option<Timestamp>,
    #[schemars(range(min = 1, max = 100))]
    pub max_records: Option<usize>,
    pub next_token: Option<String>,
    #[schemars(extend("enum" = ["TimestampDescending", "TimestampAscending"]))]
    pub scan_by: Option<String>,
}

impl CloudWatch {
    pub(super) fn describe_alarms(
        &mut self,
        input: DescribeAlarms,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let state = input.state_value.as_deref().map(super::state).transpose()?;
        let types = types(
            &input.alarm_types,
            input.children_of_alarm_name.is_some() || input.parents_of_alarm_name.is_some(),
        )?;
        if !input.alarm_names.is_empty() && input.alarm_name_prefix.is_some() {
            return Err(validation("AlarmNames and AlarmNamePrefix cannot be specified together"));
        }
        let family = self.family(&input, cx)?;
        let wanted = |alarm: &&Alarm| {
            let names = &input.alarm_names;
            types.contains(&alarm.type_name())
                && family.as_ref().is_none_or(|family| family.iter().any(|name| **name == *alarm.name))
                && (names.is_empty() || names.iter().any(|name| **name == *alarm.name))
                && input.alarm_name_prefix.as_deref().is_none_or(|prefix| alarm.name.starts_with(prefix))
                && state.is_none_or(|state| alarm.state() == state)
                && input.action_prefix.as_deref().is_none_or(|prefix| has_action(alarm, prefix))
        };
        let alarms: Vec<&Alarm> = self.alarms(cx.region()).filter(wanted).collect();
        let start = place(input.next_token.as_deref(), alarms.len())?;
        let end = (start + page_size(input.max_records)?).min(alarms.len());
        let of_type = |name: &str| -> Value {
            alarms[start..end]
                .iter()
                .filter(|alarm| alarm.type_name() == name)
                .map(|alarm| alarm.describe())
                .collect()
        };
        let mut answer = Map::new();
        answer.insert("MetricAlarms".into(), of_type("MetricAlarm"));
        answer.insert("CompositeAlarms".into(), of_type("CompositeAlarm"));
        if end < alarms.len() {
            answer.insert("NextToken".into(), token(end));
        }
        Ok(answer.into())
    }

    /// The names asked for by kinship, if any are.
    fn family(
        &self,
        input: &DescribeAlarms,
        cx: &CallContext<'_, '_>,
    ) -> Result<Option<Vec<String>>, ApiError> {
        let region = cx.region();
        match (&input.children_of_alarm_name, &input.parents_of_alarm_name) {
            (None, None) => Ok(None),
            (Some(_), Some(_)) => {
                Err(validation("ChildrenOfAlarmName and ParentsOfAlarmName cannot be specified together"))
            }
            (Some(parent), None) => {
                let composite = self.alarm(region, parent).and_then(Alarm::composite);
                let children = composite.into_iter().flat_map(|composite| composite.rule.children());
                Ok(Some(children.map(|child| rule::name_of(child).to_owned()).collect()))
            }
            (None, Some(child)) => {
                let watches = |alarm: &&Alarm| alarm.composite().is_some_and(|it| it.rule.looks_at(child));
                Ok(Some(self.alarms(region).filter(watches).map(|alarm| alarm.name.to_string()).collect()))
            }
        }
    }

    pub(super) fn describe_alarms_for_metric(
        &mut self,
        input: DescribeAlarmsForMetric,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let key = key(&input.namespace, &input.metric_name, &input.dimensions);
        let statistic = input.statistic.as_deref().or(input.extended_statistic.as_deref());
        let statistic = statistic
            .map(|text| Statistic::parse(text).ok_or_else(|| super::unsupported_statistic(text)))
            .transpose()?;
        let unit = unit(input.unit.as_deref())?;
        let watches = |alarm: &&Alarm| {
            alarm.metric().and_then(|metric| metric.configuration.metric()).is_some_and(|stat| {
                stat.metric == key
                    && statistic.is_none_or(|statistic| stat.statistic == statistic)
                    && input.period.is_none_or(|period| stat.period_s == period)
                    && (unit.is_none() || stat.unit == unit)
            })
        };
        let alarms: Vec<Value> = self.alarms(cx.region()).filter(watches).map(Alarm::describe).collect();
        Ok(json!({ "MetricAlarms": alarms }))
    }

    pub(super) fn describe_alarm_history(
        &mut self,
        input: DescribeAlarmHistory,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let kind = input.history_item_type.as_deref().map(item_type).transpose()?;
        let types = types(&input.alarm_types, false)?;
        let ascends = match input.scan_by.as_deref() {
            None | Some("TimestampDescending") => false,
            Some("TimestampAscending") => true,
            Some(text) => {
                return Err(not_in_enum(text, "scanBy", &["TimestampDescending", "TimestampAscending"]));
            }
        };
        let wanted = |item: &&Item| {
            types.contains(&item.alarm_type)
                && input.alarm_name.as_deref().is_none_or(|name| *item.alarm == *name)
                && kind.is_none_or(|kind| item.kind == kind)
                && input.start_date.is_none_or(|start| item.at >= start.0)
                && input.end_date.is_none_or(|end| item.at <= end.0)
        };
        let mut items: Vec<Value> = self.history(cx.region()).filter(wanted).map(Item::describe).collect();
        if !ascends {
            items.reverse();
        }
        let size = page_size(input.max_records.or(Some(LARGEST_PAGE)))?;
        page("AlarmHistoryItems", items, size, input.next_token.as_deref())
    }
}

/// The types asked for: metric alarms alone unless some are named or kin are asked for.
fn types(given: &[String], both: bool) -> Result<Vec<&str>, ApiError> {
    for name in given {
        if !ALARM_TYPES.contains(&name.as_str()) {
            return Err(not_in_enum(name, "alarmTypes", &ALARM_TYPES));
        }
    }
    Ok(match given {
        [] if both => ALARM_TYPES.to_vec(),
        [] => vec!["MetricAlarm"],
        given => given.iter().map(String::as_str).collect(),
    })
}

fn page_size(given: Option<usize>) -> Result<usize, ApiError> {
    match given {
        None => Ok(PAGE),
        Some(size) if (1..=LARGEST_PAGE).contains(&size) => Ok(size),
        Some(size) => {
            let must = if size == 0 { "greater than or equal to 1" } else { "less than or equal to 100" };
            Err(super::constraint(&size.to_string(), "maxRecords", &format!("have value {must}")))
        }
    }
}

fn item_type(text: &str) -> Result<ItemType, ApiError> {
    ItemType::parse(text)
        .ok_or_else(|| not_in_enum(text, "historyItemType", &ItemType::ALL.map(ItemType::as_str)))
}

fn has_action(alarm: &Alarm, prefix: &str) -> bool {
    State::ALL
        .into_iter()
        .flat_map(|state| alarm.reactions.to(state))
        .any(|action| action.starts_with(prefix))
}
