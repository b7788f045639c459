//! How a rule has fared: when it was asked, when it answered, and what went wrong last.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::rule::Rule;
use crate::{aws::timestamps, kernel::SimTime};

/// What `DescribeConfigRuleEvaluationStatus` tells of a rule.
#[derive(Clone, Debug, Default)]
pub(super) struct RuleStatus {
    pub(super) activated: Option<DateTime<Utc>>,
    pub(super) invoked: Option<DateTime<Utc>>,
    pub(super) invocation_failed: Option<DateTime<Utc>>,
    pub(super) evaluated: Option<DateTime<Utc>>,
    pub(super) error: Option<(Arc<str>, Arc<str>)>,
    /// When somebody last asked for a fresh look.
    pub(super) reevaluated_at: Option<SimTime>,
}

impl RuleStatus {
    pub(super) fn describe(&self, rule: &Rule) -> Value {
        let mut status = Map::new();
        let names =
            [("ConfigRuleName", &rule.name), ("ConfigRuleArn", &rule.arn), ("ConfigRuleId", &rule.id)];
        status.extend(names.map(|(name, value)| (name.to_owned(), Value::from(&**value))));
        let times = [
            ("LastSuccessfulInvocationTime", self.invoked),
            ("LastFailedInvocationTime", self.invocation_failed),
            ("LastSuccessfulEvaluationTime", self.evaluated),
            ("FirstActivatedTime", self.activated),
        ];
        for (name, time) in times {
            if let Some(time) = time {
                status.insert(name.to_owned(), timestamps::cli(time).into());
            }
        }
        if let Some((code, message)) = &self.error {
            status.insert("LastErrorCode".to_owned(), (**code).into());
            status.insert("LastErrorMessage".to_owned(), (**message).into());
        }
        let is_started = self.invoked.or(self.evaluated).is_some();
        status.insert("FirstEvaluationStarted".to_owned(), is_started.into());
        Value::Object(status)
    }
}
