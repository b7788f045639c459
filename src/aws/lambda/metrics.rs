//! What Lambda publishes about its functions.
//!
//! Source: developer guide, "Types of metrics for Lambda functions": by function, by function and resource, and over
//! all functions of the Region; stamped with the minute in which the invocation began.

use super::{Invocation, Lambda, Outbox, Region, runtime::Run};
use crate::aws::{counters::dimensions, payload::Dimensions};

/// The sets of dimensions under which a figure of a function is found.
fn views(function: &str) -> [Dimensions; 3] {
    [
        dimensions(&[("FunctionName", function)]),
        dimensions(&[("FunctionName", function), ("Resource", function)]),
        dimensions(&[]),
    ]
}

impl Lambda {
    /// Adds to a count of a function.
    pub(super) fn count(
        &mut self,
        region: &Region,
        function: &str,
        metric: &'static str,
        amount: f64,
        out: &mut Outbox<'_>,
    ) {
        for view in views(function) {
            self.counters.add_to(region, view, metric, (amount, "Count"), out);
        }
    }

    fn sample(
        &self,
        region: &Region,
        function: &str,
        metric: &'static str,
        measure: (f64, &'static str),
        out: &mut Outbox<'_>,
    ) {
        let at = out.moment().epoch_ms();
        for view in views(function) {
            self.counters.sample_of(region, view, metric, measure, at, out);
        }
    }

    /// Says how many runs there are, now that one begins, and how long its event waited.
    pub(super) fn gauge(&self, invocation: &Invocation, out: &mut Outbox<'_>) {
        let (region, name) = (&invocation.region, &invocation.function);
        let (now, at) = (out.now(), out.moment().epoch_ms());
        if let Some(function) = self.function(region, name) {
            for (view, metric, running) in [
                (dimensions(&[("FunctionName", name)]), "ConcurrentExecutions", function.running(now)),
                (dimensions(&[]), "ConcurrentExecutions", self.all_running(region, now)),
                (dimensions(&[]), "UnreservedConcurrentExecutions", self.unreserved_running(region, now)),
            ] {
                self.counters.sample_of(region, view, metric, (f64::from(running), "Count"), at, out);
            }
        }
        if invocation.is_async {
            let age = now.since(invocation.received_at).as_millis() as f64;
            self.sample(region, name, "AsyncEventAge", (age, "Milliseconds"), out);
        }
    }

    /// Counts a run, as of the moment it began.
    pub fn measure(&mut self, invocation: &Invocation, run: &Run, out: &mut Outbox<'_>) {
        let (region, name) = (&invocation.region, &invocation.function);
        let errors = if run.outcome.is_error() { 1.0 } else { 0.0 };
        self.count(region, name, "Invocations", 1.0, out);
        self.count(region, name, "Errors", errors, out);
        self.sample(region, name, "Duration", (run.duration_us as f64 / 1_000.0, "Milliseconds"), out);
    }
}
