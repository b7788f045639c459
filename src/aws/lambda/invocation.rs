//! An invocation from its arrival to the moment the engine runs it: who may, where, warm or cold.

use std::sync::Arc;

use serde_json::Value;

use super::{
    Function, Lambda, Outbox, Region, faults,
    permissions::admit,
    runtime::{Identity, Program},
    state::{Environment, plain_name},
};
use crate::{
    aws::{
        Delay, Reason,
        note::{Fate, reasons},
        parcel::{self, Sender},
        service::Reception,
    },
    kernel::{Cause, HopId, SimDuration, SimTime},
};

/// How long an idle environment is kept: teaching default; AWS promises nothing.
const KEPT_WARM: SimDuration = SimDuration::from_mins(10);

/// One event for one function.
#[derive(Clone, Debug)]
pub struct Invocation {
    pub id: u64,
    /// The same on every try.
    pub request_id: Arc<str>,
    pub region: Region,
    pub function: Arc<str>,
    pub event: Arc<Value>,
    /// What everything the run does is caused by.
    pub cause: Cause,
    /// The hop that brought it, whose fate it decides.
    pub hop: Option<HopId>,
    /// How often it has been tried.
    pub tries: u32,
    /// How often it has failed, and how often there was no room for it.
    pub failures: u8,
    pub throttles: u32,
    pub received_at: SimTime,
    /// Nobody waits for the answer: it may be tried again.
    pub is_async: bool,
}

/// A run about to begin.
#[derive(Clone, Debug)]
pub struct Start {
    pub program: Program,
    /// The role's name, in whose name the code makes its calls.
    pub role: Arc<str>,
    /// When the handler is called, after the initialisation if there is one.
    pub begins_at: SimTime,
    /// How long a cold start takes.
    pub init: Option<SimDuration>,
}

impl Lambda {
    /// The next invocation to run, if there is one.
    pub fn next_ready(&mut self) -> Option<Invocation> {
        self.ready.pop_front()
    }

    /// The invocation somebody waits for, if one has just been made.
    pub fn take_awaited(&mut self) -> Option<Invocation> {
        let at = self.ready.iter().rposition(|invocation| !invocation.is_async)?;
        self.ready.remove(at)
    }

    /// Takes an event that a service or somebody sends.
    pub(super) fn accept(
        &mut self,
        invoke: &parcel::Invoke,
        region: &Region,
        out: &mut Outbox<'_>,
    ) -> Reception {
        let name: Arc<str> = plain_name(&invoke.function_arn).into();
        let function = self
            .function(region, &name)
            .ok_or_else(|| Reason::new(reasons::NO_RESOURCE, Arc::clone(&invoke.function_arn)))?;
        if let Sender::Service { principal, source_arn } = &invoke.by {
            admit(function, &self.account_id, principal, source_arn)?;
        }
        self.count(region, &name, "AsyncEventsReceived", 1.0, out);
        self.queue(region, &name, Arc::clone(&invoke.event), true, out);
        Ok(())
    }

    /// Puts an event where the engine finds it.
    pub(super) fn queue(
        &mut self,
        region: &Region,
        function: &Arc<str>,
        event: Arc<Value>,
        is_async: bool,
        out: &mut Outbox<'_>,
    ) {
        self.last_invocation += 1;
        let hop = match out.cause() {
            Cause::Hop(hop) => Some(hop),
            Cause::Input(_) => None,
        };
        self.ready.push_back(Invocation {
            id: self.last_invocation,
            request_id: out.uuid().into(),
            region: region.clone(),
            function: Arc::clone(function),
            event,
            cause: out.cause(),
            hop,
            tries: 0,
            failures: 0,
            throttles: 0,
            received_at: out.now(),
            is_async,
        });
    }

    /// A failed event's time has come again.
    pub(super) fn try_again(&mut self, invocation: u64, out: &mut Outbox<'_>) {
        if let Some(mut invocation) = self.waiting.remove(&invocation) {
            invocation.cause = out.cause();
            self.ready.push_back(invocation);
        }
    }

    /// Lets an invocation begin, if there is room for it. `None`: it was put back or given up, or the function is gone.
    pub fn begin(&mut self, mut invocation: Invocation, out: &mut Outbox<'_>) -> Option<(Invocation, Start)> {
        let Some(function) = self.function(&invocation.region, &invocation.function).cloned() else {
            if let Some(hop) = invocation.hop {
                let reason = Reason::new(reasons::NO_RESOURCE, Arc::clone(&invocation.function));
                out.fate(hop, Fate::Dropped(reason));
            }
            return None;
        };
        invocation.tries += 1;
        // Somebody who waits was told at once that there is no room.
        if invocation.is_async
            && let Some(why) = self.throttles(&invocation.region, &function, out)
        {
            self.throttle(invocation, &function, why, out);
            return None;
        }
        let start = self.start(&invocation, out)?;
        self.gauge(&invocation, out);
        Some((invocation, start))
    }

    /// Finds an environment, warm or new, and says what is to run. `None`: the function is gone.
    fn start(&mut self, invocation: &Invocation, out: &mut Outbox<'_>) -> Option<Start> {
        let now = out.now();
        let function = self.function_mut(&invocation.region, &invocation.function)?;
        function.environments.retain(|place| place.free_at > now || now.since(place.free_at) <= KEPT_WARM);
        let warm = function.environments.iter().position(|place| place.free_at <= now);
        let (at, init) = if let Some(at) = warm {
            (at, None)
        } else {
            let day = out.moment().utc.format("%Y/%m/%d");
            let log_stream = format!("{day}/[$LATEST]{}", out.hex(32)).into();
            function.environments.push(Environment { log_stream, free_at: now });
            (function.environments.len() - 1, Some(out.delay(Delay::LambdaColdStart)))
        };
        let begins_at = init.map_or(now, |init| now.after(init));
        // Until the run is over the place is taken; `conclude` says when it is free.
        function.environments[at].free_at = SimTime::from_millis(u64::MAX);
        let role = function.role_name().into();
        let mut program = program(function, &function.environments[at].log_stream, invocation);
        faults::strike(&mut program, &invocation.region, out);
        Some(Start { program, role, begins_at, init })
    }
}

fn program(function: &Function, log_stream: &str, invocation: &Invocation) -> Program {
    Program {
        code: function.code.to_string(),
        handler: function.handler.to_string(),
        memory_mb: function.memory_mb,
        timeout_ms: u64::from(function.timeout_s) * 1_000,
        env: function.env.clone(),
        identity: Identity {
            arn: function.arn.to_string(),
            name: function.name.to_string(),
            version: "$LATEST".to_owned(),
            region: invocation.region.as_str().to_owned(),
            request_id: invocation.request_id.to_string(),
            log_group: function.log_group(),
            log_stream: log_stream.to_owned(),
        },
    }
}
