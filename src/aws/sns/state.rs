//! What SNS remembers.

use std::{collections::BTreeMap, sync::Arc};

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::{Region, metrics::Counters};

/// How a subscriber is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    Email,
    Lambda,
    Sqs,
}

impl Protocol {
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "email" => Self::Email,
            "lambda" => Self::Lambda,
            "sqs" => Self::Sqs,
            _ => return None,
        })
    }

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Lambda => "lambda",
            Self::Sqs => "sqs",
        }
    }

    /// Machines of the same account are subscribed at once; people must confirm.
    pub const fn needs_confirmation(self) -> bool {
        matches!(self, Self::Email)
    }
}

/// A subscriber of a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    pub arn: Arc<str>,
    pub topic_arn: Arc<str>,
    pub protocol: Protocol,
    /// An address, a function's or a queue's ARN.
    pub endpoint: Arc<str>,
    /// What the link of the confirmation mail carries, until it is opened.
    pub token: Option<Arc<str>>,
}

impl Subscription {
    pub fn is_pending(&self) -> bool {
        self.token.is_some()
    }
}

/// A topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    pub arn: Arc<str>,
    pub name: Arc<str>,
    pub region: Region,
    /// Shown as the sender of its mails.
    pub display_name: Arc<str>,
    /// Its policy document, as JSON text.
    pub policy: Arc<str>,
    /// Whether the policy is still the one every topic is born with.
    pub has_default_policy: bool,
}

/// The state of SNS.
#[derive(Clone, Debug, Default)]
pub struct Sns {
    pub(super) account_id: Arc<str>,
    pub(super) topics: BTreeMap<Arc<str>, Topic>,
    /// By ARN, in the order they were made.
    pub(super) subscriptions: IndexMap<Arc<str>, Subscription>,
    pub(super) counters: Counters,
}

impl Sns {
    pub fn new(account_id: &str, _home: &Region) -> Self {
        Self { account_id: account_id.into(), ..Self::default() }
    }

    pub fn topic(&self, arn: &str) -> Option<&Topic> {
        self.topics.get(arn)
    }

    pub fn topics(&self) -> impl Iterator<Item = &Topic> {
        self.topics.values()
    }

    /// Subscriptions of a topic, in the order they were made.
    pub fn subscriptions_of<'a>(&'a self, topic_arn: &'a str) -> impl Iterator<Item = &'a Subscription> {
        self.subscriptions.values().filter(move |subscription| *subscription.topic_arn == *topic_arn)
    }

    pub fn subscriptions(&self) -> impl Iterator<Item = &Subscription> {
        self.subscriptions.values()
    }
}

/// The policy a topic is born with: only its own account, by the source owner, may act.
///
/// Source: SNS developer guide, "Amazon SNS access control": the `__default_policy_ID` document.
pub fn default_policy(topic_arn: &str, account_id: &str) -> Value {
    json!({
        "Version": "2008-10-17",
        "Id": "__default_policy_ID",
        "Statement": [{
            "Sid": "__default_statement_ID",
            "Effect": "Allow",
            "Principal": { "AWS": "*" },
            "Action": [
                "SNS:GetTopicAttributes", "SNS:SetTopicAttributes", "SNS:AddPermission", "SNS:RemovePermission",
                "SNS:DeleteTopic", "SNS:Subscribe", "SNS:ListSubscriptionsByTopic", "SNS:Publish",
            ],
            "Resource": topic_arn,
            "Condition": { "StringEquals": { "AWS:SourceOwner": account_id } },
        }],
    })
}
