//! `PutCompositeAlarm`: creates an alarm on the states of other alarms, or replaces its configuration.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::{reactions::Common, validation};
use crate::aws::{
    ApiError, ApiOutcome, CallContext, Region,
    cloudwatch::{
        CloudWatch, State,
        actions::Action,
        alarm::{Kind, Reactions},
        composite::{Composite, Rule, Suppression, Suppressor, rule},
        configure::Wanted,
    },
    tags::Tag,
};

/// The most characters of a rule. Source: service model.
const LONGEST_RULE: usize = 10_240;
/// The most composite alarms that may watch one alarm. Source: CloudWatch User Guide, quotas.
const MOST_PARENTS: usize = 150;

/// Creates or updates an alarm on the states of other alarms.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PutCompositeAlarm {
    /// Unique in the Region; the name of an existing alarm updates it.
    #[schemars(length(min = 1, max = 255))]
    pub alarm_name: String,
    /// When it is in ALARM, such as `ALARM(radar-110) AND NOT ALARM(travaux)`.
    #[schemars(length(min = 1, max = 10_240))]
    pub alarm_rule: String,
    pub alarm_description: Option<String>,
    /// Whether a change of state runs actions; true unless said otherwise.
    pub actions_enabled: Option<bool>,
    /// ARNs to act on when the alarm goes to OK.
    #[serde(rename = "OKActions", default)]
    pub ok_actions: Vec<String>,
    /// ARNs to act on when the alarm goes to ALARM.
    #[serde(default)]
    pub alarm_actions: Vec<String>,
    /// ARNs to act on when the alarm goes to `INSUFFICIENT_DATA`, which it never does by itself.
    #[serde(default)]
    pub insufficient_data_actions: Vec<String>,
    /// The alarm, by name or ARN, that holds the actions back while it is in ALARM.
    pub actions_suppressor: Option<String>,
    /// Seconds the suppressor has to go to ALARM before the actions run.
    pub actions_suppressor_wait_period: Option<u32>,
    /// Seconds the actions are still held back after the suppressor left ALARM.
    pub actions_suppressor_extension_period: Option<u32>,
    #[serde(default)]
    pub tags: Vec<Tag>,
}

impl CloudWatch {
    pub(super) fn put_composite_alarm(
        &mut self,
        input: PutCompositeAlarm,
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
        let region = cx.region().clone();
        let reactions = common.reactions(&region, &self.account_id)?;
        check_actions(&reactions)?;
        if input.alarm_rule.chars().count() > LONGEST_RULE {
            return Err(validation(format!("AlarmRule must not have more than {LONGEST_RULE} characters")));
        }
        let rule = Rule::parse(&input.alarm_rule).map_err(validation)?;
        self.check_children(&rule, &input.alarm_name, &region)?;
        let existing = self.alarm(&region, &input.alarm_name);
        if existing.is_some_and(|alarm| alarm.metric().is_some()) {
            return Err(validation(format!(
                "A metric alarm with the name {} already exists",
                input.alarm_name
            )));
        }
        let suppressor = self.suppressor(&input, &region)?;
        let is_suppressed = suppressor.as_ref().is_some_and(|suppressor| {
            self.alarm(&region, suppressor.name()).is_some_and(|alarm| alarm.state() == State::Alarm)
        });
        let kind = Kind::Composite(Composite {
            rule: Arc::new(rule),
            suppressor: suppressor.map(Arc::new),
            suppressed_by: is_suppressed.then_some(Suppression::Alarm),
            withheld: None,
            held_until: None,
        });
        self.configure(cx, Wanted { name: &input.alarm_name, reactions, kind, tags: &input.tags });
        Ok(Value::Null)
    }

    fn check_children(&self, rule: &Rule, name: &str, region: &Region) -> Result<(), ApiError> {
        let arn_of = |child: &str| self.alarm_arn(region, rule::name_of(child));
        let is_here = |child: &str| {
            let is_ours = !child.starts_with("arn:") || *child == *arn_of(child);
            is_ours && self.alarm(region, rule::name_of(child)).is_some()
        };
        let missing: Vec<&str> =
            rule.children().iter().map(AsRef::as_ref).filter(|child: &&str| !is_here(child)).collect();
        if !missing.is_empty() {
            let missing = missing.join(", ");
            return Err(validation(format!(
                "Could not save the composite alarm as alarms [{missing}] in the alarm rule do not exist"
            )));
        }
        for child in rule.children() {
            let child = rule::name_of(child);
            let others = self.alarms(region).filter(|alarm| {
                &*alarm.name != name
                    && alarm.composite().is_some_and(|composite| composite.rule.looks_at(child))
            });
            if others.count() >= MOST_PARENTS {
                let message =
                    format!("The alarm {child} is already watched by {MOST_PARENTS} composite alarms");
                return Err(ApiError::client("LimitExceeded", message));
            }
        }
        Ok(())
    }

    /// The suppressor and its two periods come together.
    fn suppressor(&self, input: &PutCompositeAlarm, region: &Region) -> Result<Option<Suppressor>, ApiError> {
        let periods = (input.actions_suppressor_wait_period, input.actions_suppressor_extension_period);
        match (&input.actions_suppressor, periods) {
            (None, (None, None)) => Ok(None),
            (Some(given), (Some(wait_s), Some(extension_s))) => {
                let suppressor = Suppressor { given: given.as_str().into(), wait_s, extension_s };
                if self.alarm(region, suppressor.name()).is_none() {
                    return Err(validation(format!("The alarm {given} in ActionsSuppressor does not exist")));
                }
                Ok(Some(suppressor))
            }
            _ => Err(validation(
                "ActionsSuppressor, ActionsSuppressorWaitPeriod and ActionsSuppressorExtensionPeriod must be specified \
                 together",
            )),
        }
    }
}

/// A composite alarm has no instance to stop.
fn check_actions(reactions: &Reactions) -> Result<(), ApiError> {
    let acts = |action: &&String| matches!(Action::parse(action), Some(Action::Instance(_)));
    match reactions.all().find(acts) {
        Some(action) => Err(validation(format!("Composite alarms do not support the action {action}"))),
        None => Ok(()),
    }
}
