//! Hands a due parcel to its addressee and writes down what became of it.

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
            let reception = account.deliver(&delivery, out);
            if let (Some(hop), Err(reason)) = (delivery.hop, reception) {
                out.fate(hop, Fate::Dropped(reason));
            }
        });
        self.run_functions();
    }
}
