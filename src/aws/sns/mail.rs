//! The mails SNS writes: notifications, and the one that asks to confirm. Texts in our own words; subjects as
//! recipients see them.

use std::sync::Arc;

use super::{Topic, state::Subscription};
use crate::aws::parcel::{Mail, MailKind, Publish};

/// The subject of a message published without one. Source: SNS developer guide, "Email notifications".
pub const DEFAULT_SUBJECT: &str = "AWS Notification Message";
/// Who the mails of a topic without a display name come from.
const SENDER: &str = "AWS Notifications";

/// The mail of one message for one subscriber.
pub fn notification(topic: &Topic, subscriber: &Subscription, message: &Publish) -> Mail {
    let text = message.mail_body.as_ref().unwrap_or(&message.message);
    let body = format!(
        "{text}\n\n--\nTo stop receiving notifications from this topic, open:\n\
         https://sns.{}.amazonaws.com/unsubscribe.html?SubscriptionArn={}",
        topic.region, subscriber.arn
    );
    Mail {
        kind: MailKind::Notification,
        from: if topic.display_name.is_empty() { SENDER.into() } else { Arc::clone(&topic.display_name) },
        to: Arc::clone(&subscriber.endpoint),
        subject: message.subject.clone().unwrap_or_else(|| DEFAULT_SUBJECT.into()),
        body: body.into(),
        confirms: None,
    }
}

/// The mail that asks whether the address wants the subscription.
pub fn confirmation(topic_arn: &Arc<str>, address: &Arc<str>, token: &Arc<str>) -> Mail {
    let body = format!(
        "You have chosen to subscribe to the topic:\n{topic_arn}\n\nTo confirm this subscription, open the link:\n\
         Confirm subscription (token {}…)",
        token.chars().take(12).collect::<String>()
    );
    Mail {
        kind: MailKind::Confirmation,
        from: SENDER.into(),
        to: Arc::clone(address),
        subject: "AWS Notification - Subscription Confirmation".into(),
        body: body.into(),
        confirms: Some((Arc::clone(topic_arn), Arc::clone(token))),
    }
}
