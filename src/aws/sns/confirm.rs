//! Confirmation: what is sent to those who must agree, and what happens when they do, or do not.
//!
//! Source: SNS API reference, `ConfirmSubscription`, and developer guide: a token is good for two days, and a
//! subscription nobody confirmed goes away after three.

use std::sync::Arc;

use serde_json::json;

use super::{
    Outbox, Sns, Topic, envelope, mail,
    state::{Pending, Protocol, Subscription},
};
use crate::{
    aws::{Delay, HopPath, Node, Parcel, Payload, PayloadKind, ServiceName, outbox::Send, parcel::Timer},
    kernel::SimDuration,
};

const TOKEN_MS: i64 = 2 * 24 * 3_600_000;
const PATIENCE: SimDuration = SimDuration::from_mins(3 * 24 * 60);

/// The timer on which a subscription nobody confirmed goes away; its key is the subscription's ARN.
pub(super) const PATIENCE_ENDS: &str = "patience-ends";

impl Sns {
    /// Makes a new subscription wait for its confirmation, and asks for it.
    pub(super) fn await_confirmation(
        &mut self,
        topic: &Topic,
        made: Subscription,
        out: &mut Outbox<'_>,
    ) -> Arc<Subscription> {
        let pending =
            Pending { token: out.hex(64).into(), token_until_ms: out.moment().epoch_ms() + TOKEN_MS };
        let waiting = Arc::new(Subscription { pending: Some(pending), is_authenticated: false, ..made });
        self.subscriptions.insert(Arc::clone(&waiting.arn), Arc::clone(&waiting));
        let node = Node::new(ServiceName::Sns, &topic.region, Arc::clone(&topic.name));
        let timer = Timer::Named { name: PATIENCE_ENDS, key: Arc::clone(&waiting.arn) };
        out.timer(node, timer, PATIENCE);
        self.ask_to_confirm(topic, &waiting, out);
        waiting
    }

    /// Sends the confirmation to whoever must agree, in the form of its protocol.
    pub(super) fn ask_to_confirm(&self, topic: &Topic, subscription: &Subscription, out: &mut Outbox<'_>) {
        let Some(token) = subscription.pending.as_ref().map(|pending| &pending.token) else { return };
        let (parcel, title, shown, delay) = match subscription.protocol {
            Protocol::Http | Protocol::Https => {
                let post = Arc::new(envelope::confirmation_post(topic, subscription, token, out));
                let shown = post.shown();
                (Parcel::HttpPost(post), "SubscriptionConfirmation".into(), shown, Delay::SnsToWeb)
            }
            Protocol::Email | Protocol::EmailJson => {
                let mail = Arc::new(mail::confirmation(topic, &subscription.endpoint, token));
                let (title, shown) = (Arc::clone(&mail.subject), json!(mail.as_ref()));
                (Parcel::Mail(mail), title, shown, Delay::SnsToEmail)
            }
            // A machine of another account: its owner confirms, and Vigie has no other account to ask.
            Protocol::Sms | Protocol::Sqs | Protocol::Lambda => return,
        };
        out.send(Send {
            path: HopPath::SnsSub,
            from: Node::new(ServiceName::Sns, &topic.region, Arc::clone(&topic.name)),
            to: Node::new(ServiceName::Outside, &topic.region, Arc::clone(&subscription.endpoint)),
            payload: Payload::json(PayloadKind::Notice, title, shown),
            parcel,
            delay,
            reference: None,
        });
    }

    /// Confirms the subscription that waits for this token, if it is still good.
    pub(super) fn confirm(
        &mut self,
        token: &str,
        authenticated: bool,
        now_ms: i64,
    ) -> Option<Arc<Subscription>> {
        let is_it = |pending: &Pending| *pending.token == *token && now_ms < pending.token_until_ms;
        let waiting =
            self.subscriptions.values_mut().find(|known| known.pending.as_ref().is_some_and(is_it))?;
        let confirmed = Arc::make_mut(waiting);
        confirmed.pending = None;
        confirmed.is_authenticated = authenticated;
        Some(Arc::clone(waiting))
    }

    /// Forgets a subscription that nobody confirmed.
    pub(super) fn lose_patience(&mut self, subscription_arn: &str) {
        if self.subscriptions.get(subscription_arn).is_some_and(|known| known.is_pending()) {
            self.subscriptions.shift_remove(subscription_arn);
        }
    }
}
