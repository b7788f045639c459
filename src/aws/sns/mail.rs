//! The mails SNS writes: notifications, and the one that asks to confirm. Texts in our own words; subjects as
//! recipients see them.

use std::sync::Arc;

use super::{Outbox, Topic, envelope::Letter, state::Protocol};
use crate::aws::parcel::{Mail, MailKind};

/// The subject of a message published without one. Source: SNS developer guide, "Email notifications".
pub const DEFAULT_SUBJECT: &str = "AWS Notification Message";
/// Who the mails of a topic without a display name come from.
const SENDER: &str = "AWS Notifications";

/// The mail of one message for one subscriber: the text for a person, the envelope for a program that reads mails.
pub(super) fn notification(letter: Letter<'_>, out: &Outbox<'_>) -> Mail {
    let Letter { topic, subscriber, message, .. } = letter;
    let body = if subscriber.protocol == Protocol::EmailJson {
        letter.envelope(out)
    } else {
        format!(
            "{}\n\n--\nTo stop receiving notifications from this topic, open:\n\
             https://sns.{}.amazonaws.com/unsubscribe.html?SubscriptionArn={}",
            letter.text(),
            topic.region,
            subscriber.arn
        )
    };
    Mail {
        kind: MailKind::Notification,
        from: sender(topic),
        to: Arc::clone(&subscriber.endpoint),
        subject: message.subject.clone().unwrap_or_else(|| DEFAULT_SUBJECT.into()),
        body: body.into(),
        confirms: None,
    }
}

/// The mail that asks whether the address wants the subscription.
pub(super) fn confirmation(topic: &Topic, address: &Arc<str>, token: &Arc<str>) -> Mail {
    let body = format!(
        "You have chosen to subscribe to the topic:\n{}\n\nTo confirm this subscription, open the link:\n\
         Confirm subscription (token {}…)",
        topic.arn,
        token.chars().take(12).collect::<String>()
    );
    Mail {
        kind: MailKind::Confirmation,
        from: sender(topic),
        to: Arc::clone(address),
        subject: "AWS Notification - Subscription Confirmation".into(),
        body: body.into(),
        confirms: Some((Arc::clone(&topic.arn), Arc::clone(token))),
    }
}

fn sender(topic: &Topic) -> Arc<str> {
    if topic.display_name.is_empty() { SENDER.into() } else { Arc::clone(&topic.display_name) }
}
