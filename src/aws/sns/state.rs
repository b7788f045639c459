//! What SNS remembers.

use std::{collections::BTreeMap, sync::Arc};

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::{
    Region,
    feedback::Feedback,
    filter::{FilterPolicy, Scope},
    phones::Phones,
    retry::Waiting,
    schedule::Schedule,
};
use crate::aws::{ServiceName, counters::Counters, policy::PolicyDocument, tags::Tags};

macro_rules! protocols {
    ($($name:ident = $text:literal,)*) => {
        /// How a subscriber is reached.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Protocol { $($name,)* }

        impl Protocol {
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

protocols! {
    Email = "email",
    EmailJson = "email-json",
    Sms = "sms",
    Http = "http",
    Https = "https",
    Sqs = "sqs",
    Lambda = "lambda",
}

impl Protocol {
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|protocol| protocol.as_str() == text)
    }

    /// People and web endpoints must confirm; machines of the same account and phones are subscribed at once.
    pub const fn needs_confirmation(self) -> bool {
        matches!(self, Self::Email | Self::EmailJson | Self::Http | Self::Https)
    }

    /// Those that can take the message without its envelope.
    pub const fn may_be_raw(self) -> bool {
        matches!(self, Self::Http | Self::Https | Self::Sqs)
    }
}

/// A subscriber of a topic.
#[derive(Clone, Debug, PartialEq)]
pub struct Subscription {
    pub arn: Arc<str>,
    pub topic_arn: Arc<str>,
    pub protocol: Protocol,
    /// An address, a number, a function's or a queue's ARN.
    pub endpoint: Arc<str>,
    /// What it waits for, until its link is opened.
    pub pending: Option<Pending>,
    /// Only its owner may unsubscribe it, not whoever holds the link.
    pub is_authenticated: bool,
    pub filter: Option<Arc<FilterPolicy>>,
    /// What a filter policy looks at, whether there is one or not.
    pub filter_scope: Scope,
    pub is_raw: bool,
    /// The queue that takes what could not be delivered.
    pub dead_letter_arn: Option<Arc<str>>,
    /// How failed deliveries to a web endpoint are tried again, if not as the topic says: the text and what it means.
    pub delivery_policy: Option<(Arc<str>, Schedule)>,
}

/// A subscription that waits for its confirmation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// What the link of the confirmation carries.
    pub token: Arc<str>,
    /// Epoch milliseconds from which the token is worth nothing.
    pub token_until_ms: i64,
}

impl Subscription {
    pub fn is_pending(&self) -> bool {
        self.pending.is_some()
    }

    /// The token of its confirmation, while it waits for it.
    pub fn token(&self) -> Option<&str> {
        self.pending.as_ref().map(|pending| &*pending.token)
    }
}

/// A topic.
#[derive(Clone, Debug, PartialEq)]
pub struct Topic {
    pub arn: Arc<str>,
    pub name: Arc<str>,
    pub region: Region,
    /// Shown as the sender of its mails.
    pub display_name: Arc<str>,
    /// Its policy document, as JSON text and as it is judged.
    pub policy_text: Arc<str>,
    pub policy: Arc<PolicyDocument>,
    /// The key that encrypts its messages, if it is encrypted: an id, an ARN or an alias.
    pub kms_key: Option<Arc<str>>,
    /// How failed deliveries to web endpoints are tried again: the text if there is one, and what it means.
    pub delivery_policy: Option<Arc<str>>,
    pub http_retries: Schedule,
    /// The hash that signatures are made with: 1 for SHA-1, 2 for SHA-256.
    pub signature_version: u8,
    /// Which deliveries are logged, and in whose role.
    pub feedback: Feedback,
    pub tags: Tags,
    /// Subscriptions that ended.
    pub deleted_subscriptions: u32,
}

/// The state of SNS.
#[derive(Clone, Debug)]
pub struct Sns {
    pub(super) account_id: Arc<str>,
    pub(super) topics: BTreeMap<Arc<str>, Arc<Topic>>,
    /// By ARN, in the order they were made.
    pub(super) subscriptions: IndexMap<Arc<str>, Arc<Subscription>>,
    pub(super) phones: Phones,
    pub(super) counters: Counters,
    pub(super) waiting: Waiting,
}

impl Sns {
    pub fn new(account_id: &str, _home: &Region) -> Self {
        Self {
            account_id: account_id.into(),
            topics: BTreeMap::new(),
            subscriptions: IndexMap::new(),
            phones: Phones::default(),
            counters: Counters::new(ServiceName::Sns, "AWS/SNS", "TopicName"),
            waiting: Waiting::default(),
        }
    }

    pub fn topic(&self, arn: &str) -> Option<&Topic> {
        self.topics.get(arn).map(AsRef::as_ref)
    }

    pub fn topics(&self) -> impl Iterator<Item = &Topic> {
        self.topics.values().map(AsRef::as_ref)
    }

    /// Subscriptions of a topic, in the order they were made.
    pub fn subscriptions_of<'a>(&'a self, topic_arn: &'a str) -> impl Iterator<Item = &'a Arc<Subscription>> {
        self.subscriptions.values().filter(move |subscription| *subscription.topic_arn == *topic_arn)
    }

    pub fn subscriptions(&self) -> impl Iterator<Item = &Subscription> {
        self.subscriptions.values().map(AsRef::as_ref)
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
