//! Delivery status logging: what became of each delivery, in two log groups of the topic, `…` for what arrived and
//! `…/Failure` for what did not, written in the role that the topic names for the protocol.
//!
//! Shape: `samples/sns-delivery-status-log.json`. Source: SNS developer guide, "Message delivery status".

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Value, json};

use super::{
    ApiError, Outbox, Topic,
    errors::{invalid, not_simulated},
    retry::InFlight,
    state::{Protocol, Subscription},
};
use crate::{
    aws::{
        Delay, HopPath, Node, Parcel, Payload, PayloadKind, Reason, ServiceName, arn::Arn, blob,
        note::reasons, outbox::Send, parcel::LogEvent, timestamps,
    },
    kernel::Stream,
};

/// The protocols that can be logged, as the attributes begin.
const PROTOCOLS: &[&str] = &["HTTP", "Lambda", "SQS"];

/// The attributes of a topic that ask for logs, by their names.
pub type Feedback = BTreeMap<Arc<str>, Arc<str>>;

/// What became of a delivery.
pub(super) struct Outcome<'a> {
    pub attempts: u32,
    pub refused: Option<&'a Reason>,
}

impl Topic {
    /// Sets an attribute such as `SQSFailureFeedbackRoleArn`; an empty value takes it away.
    pub(super) fn set_feedback(&mut self, name: &str, value: &str) -> Result<(), ApiError> {
        let Some(rest) = PROTOCOLS.iter().find_map(|protocol| name.strip_prefix(protocol)) else {
            return Err(not_simulated(format_args!("AttributeName: {name}")));
        };
        let is_role =
            || Arn::parse(value).is_some_and(|arn| arn.service == "iam" && arn.resource.starts_with("role/"));
        let is_rate = || value.parse::<u8>().is_ok_and(|rate| rate <= 100);
        match rest {
            _ if value.is_empty() => {
                self.feedback.remove(name);
                return Ok(());
            }
            "SuccessFeedbackRoleArn" | "FailureFeedbackRoleArn" if is_role() => {}
            "SuccessFeedbackSampleRate" if is_rate() => {}
            "SuccessFeedbackRoleArn" | "FailureFeedbackRoleArn" | "SuccessFeedbackSampleRate" => {
                return Err(invalid(format_args!("{name}: {value}")));
            }
            _ => return Err(invalid("AttributeName")),
        }
        self.feedback.insert(name.into(), value.into());
        Ok(())
    }

    /// Whether deliveries by this protocol are logged at all.
    pub(super) fn logs(&self, protocol: Protocol) -> bool {
        word(protocol).is_some_and(|word| self.feedback.keys().any(|name| name.starts_with(word)))
    }

    /// Logs what became of a delivery, if the topic asks for that.
    pub(super) fn log(
        &self,
        subscription: &Subscription,
        letter: &InFlight,
        outcome: &Outcome<'_>,
        out: &mut Outbox<'_>,
    ) {
        let Some(word) = word(subscription.protocol) else { return };
        let attribute = |name: &str| self.feedback.get(format!("{word}{name}").as_str());
        let (role, suffix) = match outcome.refused {
            Some(_) => (attribute("FailureFeedbackRoleArn"), "/Failure"),
            None => (attribute("SuccessFeedbackRoleArn"), ""),
        };
        let Some(role) = role.cloned() else { return };
        // Every failure is logged; of what arrives, the share that is asked for, all of it if nothing is said.
        let rate =
            attribute("SuccessFeedbackSampleRate").and_then(|rate| rate.parse().ok()).unwrap_or(100_u64);
        if outcome.refused.is_none() && out.bits(Stream::Latency) % 100 >= rate {
            return;
        }
        let account_id = Arn::parse(&self.arn).map_or("", |arn| arn.account_id);
        let group: Arc<str> = format!("sns/{}/{account_id}/{}{suffix}", self.region, self.name).into();
        let entry = self.entry(subscription, letter, outcome, out);
        let line = LogEvent { timestamp: out.moment().epoch_ms(), message: entry.to_string().into() };
        let stream = out.uuid().into();
        let title: Arc<str> = entry["status"].as_str().unwrap_or_default().into();
        out.send(Send {
            path: HopPath::SnsLogs,
            from: self.node(),
            to: Node::new(ServiceName::Logs, &self.region, Arc::clone(&group)),
            payload: Payload::json(PayloadKind::Notice, title, entry),
            parcel: Parcel::LogEvents { group, stream, events: Arc::new([line]), by: role },
            delay: Delay::LambdaToLogs,
            reference: None,
        });
    }

    fn entry(
        &self,
        subscription: &Subscription,
        letter: &InFlight,
        outcome: &Outcome<'_>,
        out: &mut Outbox<'_>,
    ) -> Value {
        let published = timestamps::from_epoch_ms(letter.published_ms);
        let (response, status_code) = response(subscription.protocol, outcome.refused, out);
        json!({
            "notification": {
                "messageMD5Sum": format!("{:032x}", blob::md5(&*letter.message)),
                "messageId": letter.message_id,
                "topicArn": self.arn,
                "timestamp": published.format("%Y-%m-%d %H:%M:%S%.3f").to_string(),
            },
            "delivery": {
                "deliveryId": out.uuid(),
                "destination": subscription.endpoint,
                "providerResponse": response,
                "dwellTimeMs": out.moment().epoch_ms() - letter.published_ms,
                "attempts": outcome.attempts,
                "statusCode": status_code,
            },
            "status": if outcome.refused.is_none() { "SUCCESS" } else { "FAILURE" },
        })
    }
}

/// How the attributes name a protocol.
const fn word(protocol: Protocol) -> Option<&'static str> {
    match protocol {
        Protocol::Http | Protocol::Https => Some("HTTP"),
        Protocol::Lambda => Some("Lambda"),
        Protocol::Sqs => Some("SQS"),
        Protocol::Email | Protocol::EmailJson | Protocol::Sms => None,
    }
}

/// What the endpoint answered, as text, and its status.
fn response(protocol: Protocol, refused: Option<&Reason>, out: &mut Outbox<'_>) -> (String, u16) {
    let Some(reason) = refused else {
        return match protocol {
            Protocol::Lambda => (json!({ "lambdaRequestId": out.uuid() }).to_string(), 202),
            Protocol::Sqs => {
                (json!({ "sqsRequestId": out.uuid(), "sqsMessageId": out.uuid() }).to_string(), 200)
            }
            _ => (String::new(), 200),
        };
    };
    let (code, status) = match reason.code {
        reasons::NOT_AUTHORISED => ("AccessDeniedException", 403),
        reasons::KMS_DENIED => ("KMS.AccessDeniedException", 400),
        reasons::NO_RESOURCE => ("ResourceNotFoundException", 404),
        reasons::ENDPOINT_DOWN | reasons::RETRIES_EXHAUSTED => ("ServiceUnavailable", 503),
        reasons::THROTTLED => ("TooManyRequestsException", 429),
        _ => ("InvalidParameter", 400),
    };
    (json!({ "ErrorCode": code, "ErrorMessage": reason.detail }).to_string(), status)
}
