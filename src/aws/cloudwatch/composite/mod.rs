//! Composite alarms: alarms on the states of other alarms, whose actions a further alarm may hold back.
//!
//! A composite alarm is evaluated when it is created or updated and whenever a child changes. While its suppressor is in
//! ALARM it goes on changing state and takes no action; a wait before and an extension after give the suppressor time.
//!
//! Source: CloudWatch User Guide, "Create a composite alarm" and "Suppressing composite alarm actions".

mod reader;
pub mod rule;

use std::sync::Arc;

pub use rule::Rule;

use super::alarm::StateReason;
use crate::kernel::SimTime;

/// What a composite alarm is made of.
#[derive(Clone, Debug)]
pub struct Composite {
    pub rule: Arc<Rule>,
    pub suppressor: Option<Arc<Suppressor>>,
    /// Why its actions are held back now, if they are.
    pub suppressed_by: Option<Suppression>,
    /// What the state was before a change whose actions were held back.
    pub(super) withheld: Option<Arc<StateReason>>,
    /// When the wait or the extension under way ends.
    pub(super) held_until: Option<SimTime>,
}

/// `ActionsSuppressor`, with its two periods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppressor {
    /// A name or an ARN, as it was given.
    pub given: Arc<str>,
    pub wait_s: u32,
    pub extension_s: u32,
}

impl Suppressor {
    /// The name of the alarm.
    pub fn name(&self) -> &str {
        rule::name_of(&self.given)
    }
}

/// `ActionsSuppressedBy`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suppression {
    /// The suppressor has a little time to go to ALARM first.
    WaitPeriod,
    /// The suppressor left ALARM a moment ago.
    ExtensionPeriod,
    /// The suppressor is in ALARM.
    Alarm,
}

impl Suppression {
    /// As the API spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::WaitPeriod => "WaitPeriod",
            Self::ExtensionPeriod => "ExtensionPeriod",
            Self::Alarm => "Alarm",
        }
    }

    /// `ActionsSuppressedReason`; the guide shows the first of them.
    pub fn reason(self) -> String {
        format!("Actions suppressed by {}", self.as_str())
    }
}
