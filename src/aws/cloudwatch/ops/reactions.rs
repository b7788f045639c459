//! Names and actions, as metric alarms and composite alarms have them alike.

use super::{constraint, validation};
use crate::aws::{
    ApiError, Region,
    arn::Arn,
    cloudwatch::{actions::Action, alarm::Reactions},
};

/// The most actions of one state.
const MOST_ACTIONS: usize = 5;

/// What both kinds of alarm are put with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Common<'a> {
    pub name: &'a str,
    pub description: Option<&'a str>,
    pub actions_enabled: Option<bool>,
    pub ok_actions: &'a [String],
    pub alarm_actions: &'a [String],
    pub insufficient_data_actions: &'a [String],
}

impl Common<'_> {
    /// Checks names, lengths and ARNs.
    pub fn reactions(&self, region: &Region, account_id: &str) -> Result<Reactions, ApiError> {
        if self.name.is_empty() || self.name.chars().any(char::is_control) {
            return Err(constraint(self.name, "alarmName", "have length greater than or equal to 1"));
        }
        if self.name.chars().count() > 255 {
            return Err(constraint(self.name, "alarmName", "have length less than or equal to 255"));
        }
        if let Some(long) = self.description.filter(|text| text.chars().count() > 1_024) {
            return Err(constraint(long, "alarmDescription", "have length less than or equal to 1024"));
        }
        for (member, actions) in [
            ("oKActions", self.ok_actions),
            ("alarmActions", self.alarm_actions),
            ("insufficientDataActions", self.insufficient_data_actions),
        ] {
            check_actions(member, actions, region, account_id)?;
        }
        Ok(Reactions {
            description: self.description.map(str::to_owned),
            actions_enabled: self.actions_enabled.unwrap_or(true),
            ok_actions: self.ok_actions.to_vec(),
            alarm_actions: self.alarm_actions.to_vec(),
            insufficient_data_actions: self.insufficient_data_actions.to_vec(),
        })
    }
}

/// CloudWatch reads an action's ARN but does not look whether its target exists.
fn check_actions(
    member: &str,
    actions: &[String],
    region: &Region,
    account_id: &str,
) -> Result<(), ApiError> {
    if actions.len() > MOST_ACTIONS {
        let list = format!("[{}]", actions.join(", "));
        return Err(constraint(&list, member, &format!("have length less than or equal to {MOST_ACTIONS}")));
    }
    for action in actions {
        let Some(arn) = Arn::parse(action) else {
            return Err(validation(format!("Invalid arn syntax: {action}")));
        };
        if Action::parse(action).is_none() {
            return Err(validation(format!("Vigie does not simulate this alarm action: {action}")));
        }
        if arn.region != region.as_str() {
            let message = format!("Invalid region {} specified. Only {region} is supported.", arn.region);
            return Err(validation(message));
        }
        if arn.service != "automate" && arn.account_id != account_id {
            return Err(validation(format!("Vigie does not simulate actions in another account: {action}")));
        }
    }
    Ok(())
}
