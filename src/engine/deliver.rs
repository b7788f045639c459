//! Hands a due parcel to its addressee, unless its chain has run away.

use super::Engine;
use crate::aws::{
    Reason,
    note::{Fate, reasons},
    outbox::Delivery,
};

impl Engine {
    pub(super) fn deliver(&mut self, delivery: Delivery) {
        if let Some(hop) = delivery.hop
            && self.ledger.hop(hop).depth >= self.state.budget.chain
        {
            let reason = Reason::new(reasons::RUNAWAY, self.state.budget.chain.to_string());
            self.with_outbox(delivery.cause, |_, out| out.fate(hop, Fate::Dropped(reason)));
            return;
        }
        self.with_outbox(delivery.cause, |account, out| {
            // What became of it is in the ledger; nobody here waits for it.
            account.deliver(&delivery, out).ok();
        });
        self.run_functions();
    }
}
