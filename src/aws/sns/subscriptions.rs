//! Operations on subscriptions.

use std::{collections::BTreeMap, sync::Arc};

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    ApiError, ApiOutcome, CallContext, Outbox, Sns, Topic,
    errors::{invalid, no_subscription, no_topic, not_simulated},
    filter::Scope,
    phones,
    state::{Protocol, Subscription},
};
use crate::aws::arn::Arn;

/// Subscribes an endpoint to a topic.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Subscribe {
    pub topic_arn: String,
    /// `email`, `email-json`, `sms`, `http`, `https`, `sqs` or `lambda`.
    pub protocol: String,
    /// The address, the number, the URL, or the ARN of the queue or function.
    pub endpoint: Option<String>,
    /// `FilterPolicy`, `FilterPolicyScope`, `RawMessageDelivery`, `RedrivePolicy`, `DeliveryPolicy`, as texts.
    #[serde(default)]
    pub attributes: BTreeMap<String, String>,
    /// Answer the ARN even while the subscription is pending.
    #[serde(default)]
    pub return_subscription_arn: bool,
}

/// Confirms a subscription with the token of its confirmation.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ConfirmSubscription {
    pub topic_arn: String,
    pub token: String,
    /// `true`: only the owner may unsubscribe it afterwards.
    pub authenticate_on_unsubscribe: Option<String>,
}

/// Ends a subscription.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Unsubscribe {
    pub subscription_arn: String,
}

/// Lists the subscriptions of the region.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ListSubscriptions {}

/// Lists the subscriptions of a topic.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ListSubscriptionsByTopic {
    pub topic_arn: String,
}

impl Sns {
    pub(super) fn subscribe(&mut self, input: Subscribe, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let topic = self.topics.get(input.topic_arn.as_str()).cloned().ok_or_else(no_topic)?;
        let protocol = protocol(&input.protocol)?;
        let endpoint: Arc<str> = input.endpoint.unwrap_or_default().into();
        check_endpoint(protocol, &endpoint)?;
        let known = self
            .subscriptions_of(&topic.arn)
            .find(|known| known.protocol == protocol && known.endpoint == endpoint)
            .cloned();
        let base = Subscription {
            arn: "".into(),
            topic_arn: Arc::clone(&topic.arn),
            protocol,
            endpoint,
            pending: None,
            is_authenticated: true,
            filter: None,
            filter_scope: Scope::default(),
            is_raw: false,
            dead_letter_arn: None,
            delivery_policy: None,
        };
        let wanted = base.with_attributes(&topic, &input.attributes)?;
        let subscription = match known {
            Some(known) if !input.attributes.is_empty() && !known.has_attributes_of(&wanted) => {
                let reason = "Attributes Reason: Subscription already exists with different attributes";
                return Err(invalid(reason));
            }
            // Subscribing twice answers the subscription there is, and asks again while it waits.
            Some(known) => {
                self.ask_to_confirm(&topic, &known, cx.out);
                known
            }
            None => {
                let arn = format!("{}:{}", topic.arn, cx.out.uuid()).into();
                self.add_subscription(&topic, Subscription { arn, ..wanted }, cx.out)
            }
        };
        let shown: &str = if subscription.is_pending() && !input.return_subscription_arn {
            "pending confirmation"
        } else {
            &subscription.arn
        };
        Ok(json!({ "SubscriptionArn": shown }))
    }

    /// Machines of this account are subscribed at once; whoever else must agree is asked.
    fn add_subscription(
        &mut self,
        topic: &Topic,
        made: Subscription,
        out: &mut Outbox<'_>,
    ) -> Arc<Subscription> {
        let is_foreign = Arn::parse(&made.endpoint).is_some_and(|arn| arn.account_id != &*self.account_id);
        if made.protocol.needs_confirmation() || is_foreign {
            return self.await_confirmation(topic, made, out);
        }
        let made = Arc::new(made);
        self.subscriptions.insert(Arc::clone(&made.arn), Arc::clone(&made));
        made
    }

    pub(super) fn confirm_subscription(
        &mut self,
        input: ConfirmSubscription,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let topic = self.topic(&input.topic_arn).ok_or_else(no_topic)?;
        let topic_arn = Arc::clone(&topic.arn);
        let authenticated = match input.authenticate_on_unsubscribe.as_deref() {
            None | Some("false") => false,
            Some("true") => true,
            Some(_) => return Err(invalid("AuthenticateOnUnsubscribe")),
        };
        let now_ms = cx.moment().epoch_ms();
        self.confirm(&input.token, authenticated, now_ms)
            .filter(|subscription| subscription.topic_arn == topic_arn)
            .map(|subscription| json!({ "SubscriptionArn": subscription.arn }))
            .ok_or_else(|| invalid("Token"))
    }

    pub(super) fn unsubscribe(&mut self, input: Unsubscribe, _cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        if let Some(ended) = self.subscriptions.shift_remove(input.subscription_arn.as_str()) {
            if let Ok(topic) = self.topic_mut(&ended.topic_arn) {
                topic.deleted_subscriptions += 1;
            }
            return Ok(Value::Null);
        }
        // Ending what has ended succeeds, as in AWS.
        let is_subscription = input.subscription_arn.starts_with("arn:aws:sns:")
            && input.subscription_arn.matches(':').count() == 6;
        if is_subscription { Ok(Value::Null) } else { Err(invalid("SubscriptionArn")) }
    }

    pub(super) fn list_subscriptions(
        &mut self,
        _input: ListSubscriptions,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let here = self.subscriptions().filter(|subscription| {
            self.topic(&subscription.topic_arn).is_some_and(|topic| topic.region == *cx.region())
        });
        let listed: Vec<Value> = here.map(|subscription| self.listing(subscription)).collect();
        Ok(json!({ "Subscriptions": listed }))
    }

    pub(super) fn list_subscriptions_by_topic(
        &mut self,
        input: ListSubscriptionsByTopic,
        _cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let topic = self.topic(&input.topic_arn).ok_or_else(no_topic)?;
        let listed: Vec<Value> =
            self.subscriptions_of(&topic.arn).map(|subscription| self.listing(subscription)).collect();
        Ok(json!({ "Subscriptions": listed }))
    }

    fn listing(&self, subscription: &Subscription) -> Value {
        let arn: &str = if subscription.is_pending() { "PendingConfirmation" } else { &subscription.arn };
        json!({
            "SubscriptionArn": arn,
            "Owner": self.account_id,
            "Protocol": subscription.protocol.as_str(),
            "Endpoint": subscription.endpoint,
            "TopicArn": subscription.topic_arn,
        })
    }

    pub(super) fn subscription_mut(&mut self, arn: &str) -> Result<&mut Subscription, ApiError> {
        self.subscriptions.get_mut(arn).map(Arc::make_mut).ok_or_else(no_subscription)
    }
}

fn protocol(text: &str) -> Result<Protocol, ApiError> {
    if matches!(text, "application" | "firehose") {
        return Err(not_simulated(format_args!("Protocol {text}")));
    }
    Protocol::parse(text)
        .ok_or_else(|| invalid(format_args!("Amazon SNS does not support this protocol string: {text}")))
}

/// Whether an endpoint is one of its protocol. Wording from real answers.
fn check_endpoint(protocol: Protocol, endpoint: &str) -> Result<(), ApiError> {
    let is_address = || {
        endpoint.split_once('@').is_some_and(|(name, domain)| {
            !name.is_empty() && domain.contains('.') && !endpoint.contains(char::is_whitespace)
        })
    };
    let is_url = |scheme: &str| endpoint.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty());
    let is_arn_of = |service: &str| Arn::parse(endpoint).is_some_and(|arn| arn.service == service);
    match protocol {
        Protocol::Email | Protocol::EmailJson if !is_address() => Err(invalid("Email address")),
        Protocol::Sms if !phones::is_number(endpoint) => {
            Err(invalid(format_args!("Invalid SMS endpoint: {endpoint}")))
        }
        Protocol::Http if !is_url("http://") => Err(invalid("Endpoint must match the specified protocol")),
        Protocol::Https if !is_url("https://") => Err(invalid("Endpoint must match the specified protocol")),
        Protocol::Sqs if !is_arn_of("sqs") => Err(invalid("SQS endpoint ARN")),
        Protocol::Sqs if endpoint.ends_with(".fifo") => Err(invalid(
            "Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics",
        )),
        Protocol::Lambda if !is_arn_of("lambda") => Err(invalid("Lambda endpoint ARN")),
        _ => Ok(()),
    }
}
