//! `SendEmail`: one mail to chosen addresses.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::{ApiError, ApiOutcome, CallContext, Ses};
use crate::aws::{
    Delay, HopPath, Node, Parcel, Payload, PayloadKind, Principal, ServiceName,
    outbox::Send,
    parcel::{Mail, MailKind},
};

/// Sends a mail.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct SendEmail {
    /// A verified address.
    pub from_email_address: Option<String>,
    pub destination: Option<Destination>,
    pub content: EmailContent,
}

/// Who receives it.
#[expect(clippy::struct_field_names, reason = "the service model names them so")]
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Destination {
    #[serde(default)]
    pub to_addresses: Vec<String>,
    #[serde(default)]
    pub cc_addresses: Vec<String>,
    #[serde(default)]
    pub bcc_addresses: Vec<String>,
}

/// What it says; templates and raw messages are not simulated.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct EmailContent {
    pub simple: SimpleMessage,
}

/// A subject and a body.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct SimpleMessage {
    pub subject: Content,
    pub body: Body,
}

/// The text or HTML of a mail; readers here see the text.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Body {
    pub text: Option<Content>,
    pub html: Option<Content>,
}

/// A piece of text.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Content {
    pub data: String,
    pub charset: Option<String>,
}

impl Ses {
    pub(super) fn send_email(&mut self, input: SendEmail, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let from = input.from_email_address.unwrap_or_default();
        let destination = input.destination.unwrap_or_default();
        let recipients: Vec<&String> = destination
            .to_addresses
            .iter()
            .chain(&destination.cc_addresses)
            .chain(&destination.bcc_addresses)
            .collect();
        if recipients.is_empty() {
            return Err(ApiError::client("BadRequestException", "Missing required destination addresses."));
        }
        let unverified: Vec<&str> = std::iter::once(&from)
            .chain(recipients.iter().copied())
            .map(String::as_str)
            .filter(|address| !self.is_verified(cx.region(), address))
            .collect();
        if !unverified.is_empty() {
            let message = format!(
                "Email address is not verified. The following identities failed the check in region {}: {}",
                cx.region().as_str().to_uppercase(),
                unverified.join(", ")
            );
            return Err(ApiError::client("MessageRejected", message));
        }
        let message = input.content.simple;
        let text: Arc<str> =
            message.body.text.or(message.body.html).map_or("".into(), |body| body.data.into());
        let subject: Arc<str> = message.subject.data.into();
        // A function's mail is its own hop; anybody else's is not a mission.
        let (path, sender) = match &cx.call.by {
            Principal::Role { session, .. } => {
                let from = Node::new(ServiceName::Lambda, cx.region(), Arc::clone(session));
                (HopPath::LambdaEmail, from)
            }
            other => (HopPath::AppEmail, Node::new(ServiceName::Outside, cx.region(), other.name())),
        };
        for address in recipients {
            let mail = Arc::new(Mail {
                kind: MailKind::Personal,
                from: from.as_str().into(),
                to: address.as_str().into(),
                subject: Arc::clone(&subject),
                body: Arc::clone(&text),
                confirms: None,
            });
            cx.out.send(Send {
                path,
                from: sender.clone(),
                to: Node::new(ServiceName::Outside, cx.region(), Arc::clone(&mail.to)),
                payload: Payload::json(PayloadKind::Notice, Arc::clone(&subject), json!(mail.as_ref())),
                parcel: Parcel::Mail(mail),
                delay: Delay::SesToEmail,
                reference: None,
            });
        }
        Ok(json!({ "MessageId": cx.out.uuid() }))
    }
}
