//! The attributes of a subscription: what it wants, how it gets it, and where goes what it could not get.

use std::{collections::BTreeMap, sync::Arc};

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    ApiError, ApiOutcome, CallContext, Sns, Topic,
    errors::{invalid, no_subscription, no_topic, not_simulated},
    filter::{FilterPolicy, Scope},
    schedule,
    state::{Protocol, Subscription},
};
use crate::aws::arn::Arn;

/// Shows one subscription.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GetSubscriptionAttributes {
    pub subscription_arn: String,
}

/// Changes one attribute of a subscription; without a value it is taken away.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct SetSubscriptionAttributes {
    pub subscription_arn: String,
    /// `FilterPolicy`, `FilterPolicyScope`, `RawMessageDelivery`, `RedrivePolicy` or `DeliveryPolicy`.
    pub attribute_name: String,
    #[serde(default)]
    pub attribute_value: String,
}

/// `{"deadLetterTargetArn": …}`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RedrivePolicy {
    dead_letter_target_arn: Arc<str>,
}

impl Sns {
    pub(super) fn get_subscription_attributes(
        &mut self,
        input: GetSubscriptionAttributes,
        _cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let found = self.subscriptions.get(input.subscription_arn.as_str());
        let subscription = found.ok_or_else(no_subscription)?;
        let topic = self.topic(&subscription.topic_arn).ok_or_else(no_topic)?;
        Ok(json!({ "Attributes": subscription.shown(topic, &self.account_id) }))
    }

    pub(super) fn set_subscription_attributes(
        &mut self,
        input: SetSubscriptionAttributes,
        _cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let known = self.subscriptions.get(input.subscription_arn.as_str()).ok_or_else(no_subscription)?;
        let topic = self.topic(&known.topic_arn).ok_or_else(no_topic)?;
        let mut changed = Subscription::clone(known);
        match (input.attribute_name.as_str(), input.attribute_value.as_str()) {
            ("FilterPolicy", text) => changed.filter = filter(text, known.filter_scope)?,
            ("FilterPolicyScope", text) => {
                changed.filter_scope = read_scope(text)?;
                let text = known.filter.as_ref().map_or("{}", |filter| &filter.text);
                changed.filter = filter(text, changed.filter_scope)?;
            }
            (name, value) => changed.set(topic, name, value)?,
        }
        *self.subscription_mut(&input.subscription_arn)? = changed;
        Ok(Value::Null)
    }
}

impl Subscription {
    /// This subscription with the attributes of a `Subscribe`.
    pub(super) fn with_attributes(
        mut self,
        topic: &Topic,
        attributes: &BTreeMap<String, String>,
    ) -> Result<Self, ApiError> {
        let in_subscribe = |mut error: ApiError| {
            let reason = error.message.strip_prefix("Invalid parameter: ").unwrap_or(&error.message);
            error.message = format!("Invalid parameter: Attributes Reason: {reason}").into();
            error
        };
        if let Some(text) = attributes.get("FilterPolicyScope") {
            self.filter_scope = read_scope(text).map_err(in_subscribe)?;
        }
        let text = attributes.get("FilterPolicy").map_or("{}", String::as_str);
        self.filter = filter(text, self.filter_scope).map_err(in_subscribe)?;
        for (name, value) in attributes {
            if !matches!(name.as_str(), "FilterPolicy" | "FilterPolicyScope") {
                self.set(topic, name, value).map_err(in_subscribe)?;
            }
        }
        Ok(self)
    }

    pub(super) fn has_attributes_of(&self, other: &Self) -> bool {
        self.filter == other.filter
            && self.filter_scope == other.filter_scope
            && self.is_raw == other.is_raw
            && self.dead_letter_arn == other.dead_letter_arn
            && self.delivery_policy == other.delivery_policy
    }

    /// Sets any attribute but the two of the filter.
    fn set(&mut self, topic: &Topic, name: &str, value: &str) -> Result<(), ApiError> {
        match name {
            "RawMessageDelivery" => {
                self.is_raw = match value {
                    "true" if !self.protocol.may_be_raw() => {
                        let protocol = self.protocol.as_str();
                        let message =
                            format!("Delivery protocol [{protocol}] does not support raw message delivery.");
                        return Err(invalid(message));
                    }
                    "true" => true,
                    "false" | "" => false,
                    other => {
                        let message =
                            format!("RawMessageDelivery: Invalid value [{other}]. Must be true or false.");
                        return Err(invalid(message));
                    }
                };
            }
            "RedrivePolicy" if value.is_empty() || value == "{}" => self.dead_letter_arn = None,
            "RedrivePolicy" => self.dead_letter_arn = Some(redrive(value)?),
            "DeliveryPolicy" if !matches!(self.protocol, Protocol::Http | Protocol::Https) => {
                let protocol = self.protocol.as_str();
                return Err(invalid(format_args!(
                    "Delivery protocol [{protocol}] does not support delivery policy."
                )));
            }
            "DeliveryPolicy" if value.is_empty() => self.delivery_policy = None,
            "DeliveryPolicy" => {
                let retries = schedule::of_subscription(value, topic.http_retries)?;
                self.delivery_policy = Some((value.into(), retries));
            }
            "SubscriptionRoleArn" | "ReplayPolicy" => {
                return Err(not_simulated(format_args!("AttributeName: {name}")));
            }
            _ => return Err(invalid("AttributeName")),
        }
        Ok(())
    }

    fn shown(&self, topic: &Topic, account_id: &str) -> Value {
        let mut shown = json!({
            "SubscriptionArn": self.arn,
            "TopicArn": self.topic_arn,
            "Protocol": self.protocol.as_str(),
            "Endpoint": self.endpoint,
            "Owner": account_id,
            "ConfirmationWasAuthenticated": (self.is_authenticated && !self.is_pending()).to_string(),
            "PendingConfirmation": self.is_pending().to_string(),
            "RawMessageDelivery": self.is_raw.to_string(),
        });
        if let Some(filter) = &self.filter {
            shown["FilterPolicy"] = json!(filter.text);
        }
        if self.filter.is_some() || self.filter_scope != Scope::default() {
            shown["FilterPolicyScope"] = self.filter_scope.as_str().into();
        }
        if let Some(arn) = &self.dead_letter_arn {
            shown["RedrivePolicy"] = json!({ "deadLetterTargetArn": arn }).to_string().into();
        }
        if let Some((text, _)) = &self.delivery_policy {
            shown["DeliveryPolicy"] = json!(text);
        }
        if matches!(self.protocol, Protocol::Http | Protocol::Https) {
            let retries = self.delivery_policy.as_ref().map_or(topic.http_retries, |(_, retries)| *retries);
            shown["EffectiveDeliveryPolicy"] =
                json!({ "healthyRetryPolicy": retries.shown() }).to_string().into();
        }
        shown
    }
}

fn filter(text: &str, scope: Scope) -> Result<Option<Arc<FilterPolicy>>, ApiError> {
    let text = if text.is_empty() { "{}" } else { text };
    FilterPolicy::parse(text, scope).map(|filter| filter.map(Arc::new)).map_err(invalid)
}

fn read_scope(text: &str) -> Result<Scope, ApiError> {
    let message = || {
        format!(
            "FilterPolicyScope: Invalid value [{text}]. Please use either MessageBody or MessageAttributes"
        )
    };
    Scope::parse(text).ok_or_else(|| invalid(message()))
}

/// A dead-letter queue of SNS is a standard queue. Whether it is there, and lets SNS in, shows when one is needed.
fn redrive(text: &str) -> Result<Arc<str>, ApiError> {
    let wrong = |what: &str| invalid(format!("RedrivePolicy: {what}"));
    let policy: RedrivePolicy = serde_json::from_str(text).map_err(|_| wrong("failed to parse JSON."))?;
    let arn = Arn::parse(&policy.dead_letter_target_arn).filter(|arn| arn.service == "sqs");
    match arn {
        None => Err(wrong("deadLetterTargetArn is an invalid arn")),
        Some(arn) if arn.resource.ends_with(".fifo") => {
            Err(wrong("must use a standard queue as DLQ for a subscription to a standard topic"))
        }
        Some(_) => Ok(policy.dead_letter_target_arn),
    }
}
