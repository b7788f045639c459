//! Whether Lambda sees a loop in the chain of causes that a run stands in.

use super::Engine;
use crate::{
    aws::{HopPath, ServiceName, hop::Hop, lambda::Invocation},
    kernel::{Cause, HopId},
};

/// How often a function may be invoked in one chain that Lambda follows. Source: developer guide, "Use Lambda recursive
/// loop detection to prevent infinite loops": about 16 times.
pub(super) const MAX_INVOCATIONS: usize = 16;

impl Engine {
    /// Whether a function has come back to itself so often that Lambda stops it. It follows chains through queues,
    /// topics and direct invocations, and no others: a loop through an event bus goes on.
    pub(super) fn is_in_loop(&self, invocation: &Invocation) -> bool {
        let Cause::Hop(last) = invocation.cause else { return false };
        let invoked = self
            .chain(last)
            .take_while(|hop| is_followed(hop.path))
            .filter(|hop| brings_a_run(hop, self) && self.name_of(hop) == &*invocation.function)
            .count();
        invoked > MAX_INVOCATIONS
    }

    /// A hop and those that caused it, the latest first.
    fn chain(&self, last: HopId) -> impl Iterator<Item = &Hop> {
        let above = self.ledger.causes(last).filter_map(|cause| match cause {
            Cause::Hop(id) => Some(id),
            Cause::Input(_) => None,
        });
        std::iter::once(last).chain(above).map(|id| self.ledger.hop(id))
    }

    fn name_of(&self, hop: &Hop) -> &str {
        &self.ledger.node(hop.to).resource
    }
}

/// Whether a hop handed an event to a function: one try, not its repetition.
fn brings_a_run(hop: &Hop, engine: &Engine) -> bool {
    hop.path != HopPath::Retry && engine.ledger.node(hop.to).service == ServiceName::Lambda
}

/// Roads on which requests carry Lambda's trace of where they come from.
const fn is_followed(path: HopPath) -> bool {
    matches!(
        path,
        HopPath::LambdaApi | HopPath::AppSns | HopPath::SnsSub | HopPath::AppLambda | HopPath::Retry
    )
}
