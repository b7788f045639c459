//! Hands a due parcel to its addressee, unless its chain has run away.

use super::Engine;
use crate::aws::{note::Fate, outbox::Delivery};

impl Engine {
    pub(super) fn deliver(&mut self, delivery: Delivery) {
        if let Some(hop) = delivery.hop
            && let Some(reason) = self.runaway(&delivery)
        {
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
