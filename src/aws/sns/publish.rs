//! Messages arriving at a topic: from somebody's `Publish`, or from a service the topic's policy lets in.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    ApiError, ApiOutcome, CallContext, Outbox, Reason, Reception, Region, Sns, Topic, reasons,
    topics::no_topic,
};
use crate::aws::{
    Delay, HopPath, Node, Parcel, Payload, PayloadKind, ServiceName,
    message_attributes::MessageAttributes,
    outbox::Send,
    parcel::{self, Sender},
    policy::{PolicyDocument, ServiceAtDoor},
};

/// The longest message, in bytes. Source: SNS API reference, `Publish`.
const MOST_BYTES: usize = 262_144;

/// Sends a message to a topic.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Publish {
    pub topic_arn: Option<String>,
    pub target_arn: Option<String>,
    pub message: String,
    pub subject: Option<String>,
    /// `json` when the message holds one text per protocol.
    pub message_structure: Option<String>,
    /// Name to `{DataType, StringValue}`.
    #[serde(default)]
    pub message_attributes: MessageAttributes,
}

impl Sns {
    /// Takes the message of an authorised caller. The subscribers get it from the topic a moment later, so that
    /// the way to the topic is a hop of its own.
    pub(super) fn publish(&mut self, input: Publish, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let invalid = |what: &str| ApiError::client("InvalidParameter", format!("Invalid parameter: {what}"));
        let arn = input
            .topic_arn
            .or(input.target_arn)
            .ok_or_else(|| invalid("TopicArn or TargetArn Reason: no value for required parameter"))?;
        let topic = self.topic(&arn).ok_or_else(no_topic)?.clone();
        if input.message.is_empty() {
            return Err(invalid("Empty message"));
        }
        if input.message.len() > MOST_BYTES {
            return Err(invalid("Message too long"));
        }
        if input.subject.as_deref().is_some_and(|subject| subject.is_empty() || subject.chars().count() > 100)
        {
            return Err(invalid("Subject"));
        }
        let mail_body = match input.message_structure.as_deref() {
            None => None,
            Some("json") => {
                let texts: Value = serde_json::from_str(&input.message)
                    .map_err(|_| invalid("Message Structure - JSON message body failed to parse"))?;
                let text = |name: &str| texts.get(name).and_then(Value::as_str).map(ToOwned::to_owned);
                let default = text("default")
                    .ok_or_else(|| invalid("Message Structure - No default entry in JSON message body"))?;
                Some(text("email").unwrap_or(default))
            }
            Some(_) => return Err(invalid("Invalid message structure")),
        };
        let message_id = cx.out.uuid();
        let message = Arc::new(parcel::Publish {
            topic_arn: Arc::clone(&topic.arn),
            subject: input.subject.map(Into::into),
            message: input.message.into(),
            mail_body: mail_body.map(Into::into),
            attributes: Arc::new(input.message_attributes),
            by: Sender::Authorised,
        });
        let title: Arc<str> = message.subject.clone().unwrap_or_else(|| "Publish".into());
        let shown = json!({ "MessageId": message_id, "TopicArn": topic.arn, "Subject": message.subject, "Message": message.message });
        cx.out.send(Send {
            path: HopPath::AppSns,
            from: Node::new(ServiceName::Outside, cx.region(), cx.call.by.name()),
            to: Node::new(ServiceName::Sns, &topic.region, Arc::clone(&topic.name)),
            payload: Payload::json(PayloadKind::Notice, title, shown),
            parcel: Parcel::Publish(message),
            delay: Delay::None,
            reference: None,
        });
        Ok(json!({ "MessageId": message_id }))
    }

    /// Takes a message that the engine delivers, if the topic's policy lets its sender in.
    pub(super) fn take(
        &mut self,
        message: &parcel::Publish,
        region: &Region,
        out: &mut Outbox<'_>,
    ) -> Reception {
        let topic = self.topic_in(&message.topic_arn, region)?.clone();
        if let Sender::Service { principal, source_arn } = &message.by {
            self.admit(&topic, principal, source_arn)?;
        }
        self.fan_out(&topic, message, out);
        Ok(())
    }

    /// The topic of that ARN, if it is one of this region.
    pub(super) fn topic_in(&self, arn: &str, region: &Region) -> Result<&Topic, Reason> {
        let found = self.topic(arn).filter(|topic| topic.region == *region);
        found.ok_or_else(|| Reason::new(reasons::NO_RESOURCE, arn))
    }

    /// Lets a service publish, or says that the policy does not.
    pub(super) fn admit(&self, topic: &Topic, principal: &str, source_arn: &str) -> Reception {
        if self.lets_in(topic, principal, source_arn) {
            return Ok(());
        }
        let detail =
            format!("{principal} is not authorized to perform: SNS:Publish on resource: {}", topic.arn);
        Err(Reason::new(reasons::NOT_AUTHORISED, detail))
    }

    /// Whether a service principal may publish.
    ///
    /// The policy a topic is born with speaks of the account that owns the source, which CloudWatch alarms state
    /// and EventBridge does not. Source: `trail-config-lambda-sns.md` §4, "Topic policy".
    fn lets_in(&self, topic: &Topic, principal: &str, source_arn: &str) -> bool {
        if topic.has_default_policy {
            return principal == "cloudwatch.amazonaws.com";
        }
        let Ok(document) = serde_json::from_str::<Value>(&topic.policy) else { return false };
        let service = ServiceAtDoor {
            principal,
            source_arn,
            account_id: &self.account_id,
            action: "sns:Publish",
            resource: &topic.arn,
        };
        PolicyDocument::parse(&document).is_ok_and(|policy| policy.admits(&service))
    }
}
