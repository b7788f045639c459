//! What keeps a chain from running for ever: how long it may grow, and how often a function may answer its own acts.

use super::Engine;
use crate::{
    aws::{Parcel, Reason, ServiceName, hop::Hop, note::reasons, outbox::Delivery},
    kernel::{Cause, HopId, NodeId},
};

impl Engine {
    /// Why a delivery is not made, if its chain is past its budget.
    pub(super) fn runaway(&mut self, delivery: &Delivery) -> Option<Reason> {
        let hop = delivery.hop?;
        let budget = self.state.budget;
        if self.ledger.hop(hop).depth >= budget.chain {
            return Some(Reason::new(reasons::RUNAWAY, format!("{} hops", budget.chain)));
        }
        let invokes =
            delivery.to.service == ServiceName::Lambda && matches!(delivery.parcel, Parcel::Invoke(_));
        if !invokes || !self.answers_itself(hop) {
            return None;
        }
        let root = self.ledger.root(Cause::Hop(hop));
        // The run that the loop began with counts too.
        let runs = self.state.loops.entry(root).or_insert(1);
        if *runs >= budget.runs {
            return Some(Reason::new(
                reasons::RUNAWAY,
                format!("{}: {} runs", delivery.to.resource, budget.runs),
            ));
        }
        *runs += 1;
        None
    }

    /// Whether a delivery to a function comes of an earlier one to the same.
    fn answers_itself(&self, hop: HopId) -> bool {
        let ledger = &self.ledger;
        let to = ledger.hop(hop).to;
        ledger
            .causes(hop)
            .any(|cause| matches!(cause, Cause::Hop(above) if is_delivery_to(ledger.hop(above), to)))
    }
}

fn is_delivery_to(hop: &Hop, to: NodeId) -> bool {
    // A retry goes from the function to itself, and is one more try of the same event.
    hop.to == to && hop.from != to
}
