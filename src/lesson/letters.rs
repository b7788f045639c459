//! What has reached people and machines at the end of the chain, as a reader opens it: mails, texts, web requests,
//! messages in queues.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{
    aws::{Ledger, PayloadKind, ServiceName, hop::Hop},
    kernel::{HopId, SimTime},
};

/// Something that has arrived, in the box of its addressee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    pub hop: HopId,
    pub at: SimTime,
    /// Who it seems to come from.
    pub from: String,
    /// An address, a phone number, a URL, or a queue's name.
    pub to: String,
    pub subject: String,
    pub body: String,
    /// Topic and token, where the subscription still waits for its click.
    pub confirms: Option<(String, String)>,
}

/// The letters that these hops brought, box by box, oldest first. `pending` holds the tokens of subscriptions that
/// still wait.
pub fn letters(ledger: &Ledger, hops: impl Iterator<Item = HopId>, pending: &BTreeSet<&str>) -> Vec<Letter> {
    let mut letters: Vec<Letter> = hops.filter_map(|id| letter(ledger, ledger.hop(id), pending)).collect();
    letters.sort_by(|a, b| (&a.to, a.at, a.hop).cmp(&(&b.to, b.at, b.hop)));
    letters
}

fn letter(ledger: &Ledger, hop: &Hop, pending: &BTreeSet<&str>) -> Option<Letter> {
    let to = ledger.node(hop.to);
    let body = hop.payload.body();
    let field = |name: &str| body.get(name).and_then(Value::as_str).map(ToOwned::to_owned);
    let sender = || ledger.node(hop.from).resource.to_string();
    let (from, to, subject, text) = match to.service {
        ServiceName::Outside => match (field("subject"), field("message")) {
            (Some(subject), _) => (field("from")?, field("to")?, subject, field("body")?),
            (None, Some(message)) => (sender(), field("to")?, "SMS".to_owned(), message),
            (None, None) => (sender(), field("to")?, "POST".to_owned(), request(&body)?),
        },
        ServiceName::Sqs if hop.payload.kind() == PayloadKind::Queue => {
            let title = hop.payload.title().into_owned();
            (sender(), to.resource.to_string(), title, pretty(&body))
        }
        _ => return None,
    };
    let confirms = body.get("confirms").and_then(|confirms| {
        Some((confirms.get(0)?.as_str()?.to_owned(), confirms.get(1)?.as_str()?.to_owned()))
    });
    Some(Letter {
        hop: hop.id,
        at: hop.due_at,
        from,
        to,
        subject,
        body: text,
        confirms: confirms.filter(|(_, token)| pending.contains(token.as_str())),
    })
}

/// A web request as one reads it: its headers, an empty line, its body.
fn request(body: &Value) -> Option<String> {
    let headers = body.get("headers")?.as_object()?;
    let headers: Vec<String> = headers
        .iter()
        .map(|(name, value)| format!("{name}: {}", value.as_str().unwrap_or_default()))
        .collect();
    Some(format!("{}\n\n{}", headers.join("\n"), pretty(body.get("body")?)))
}

fn pretty(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => format!("{other:#}"),
    }
}
