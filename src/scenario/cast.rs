//! The cast: who somebody is to the account, how their calls arrive, and whose letters are opened.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    compose::Script,
    diagnostic::{Diagnostic, Span, codes},
    stage::INSTALLER,
};
use crate::{
    aws::{HopPath, Principal, Via, advice::closest, call::InputKind},
    engine::{Engine, Progress, Stimulus, input::Link},
    kernel::{HopId, SimDuration, SimTime},
};

/// Where people call from, unless said.
pub(super) const DEFAULT_ADDRESS: &str = "203.0.113.10";

/// Whether a name of `people` is an address that receives, and nobody who calls: a mailbox, a phone, a web endpoint.
pub(super) fn is_address(name: &str) -> bool {
    name.contains('@') || name.starts_with('+') || name.starts_with("https://") || name.starts_with("http://")
}

/// Whether a name of `people` is a session of a role: `robot-deploiement/bruno-laptop`.
pub(super) fn is_session(name: &str) -> bool {
    !is_address(name) && name.contains('/')
}

/// Who somebody of the cast is to the account, and how their calls arrive.
///
/// # Errors
/// There is nobody of that name.
pub(super) fn caller(
    script: &Script,
    engine: &Engine,
    (name, span): (&str, Span),
    console: bool,
) -> Result<(Principal, Via), Box<Diagnostic>> {
    let by = principal(script, engine, name).ok_or_else(|| nobody(script, engine, name, span))?;
    let mut via = Via::cli(&address(script, name));
    via.console = console;
    Ok((by, via))
}

/// Where somebody calls from; a session of a role calls from where the role does, unless it has its own entry.
pub(super) fn address(script: &Script, name: &str) -> String {
    let role = name.split('/').next().unwrap_or(name);
    let from = [name, role].into_iter().find_map(|name| script.people.get(name)?.from.as_ref());
    from.map_or(DEFAULT_ADDRESS, |from| from.value.as_str()).to_owned()
}

fn principal(script: &Script, engine: &Engine, name: &str) -> Option<Principal> {
    let holder = script.people.get(name).and_then(|person| person.key_of.as_ref());
    let name = holder.map_or(name, |holder| holder.value.as_str());
    let iam = &engine.account().services().iam;
    if name == "root" {
        Some(Principal::Root)
    } else if iam.has_user(name) {
        Some(Principal::user(name))
    } else if iam.has_role(name) {
        Some(Principal::role(name, name))
    } else {
        let (role, session) = name.split_once('/').filter(|(role, _)| iam.has_role(role))?;
        Some(Principal::role(role, session))
    }
}

fn nobody(script: &Script, engine: &Engine, name: &str, span: Span) -> Box<Diagnostic> {
    let iam = &engine.account().services().iam;
    let people = script.people.names().filter(|name| !is_address(name));
    let known: Vec<&str> = people.chain(["root", INSTALLER]).filter(|name| !name.is_empty()).collect();
    let role = name.split('/').next().unwrap_or(name);
    let diagnostic = Diagnostic::error(
        codes::UNKNOWN_NAME,
        span,
        format!("`{name}` n'est ni quelqu'un de `people` ni un rôle du compte"),
        format!("`{name}` is neither somebody of `people` nor a role of the account"),
    );
    Box::new(if iam.has_user(role) {
        diagnostic.help(
            format!("`{role}` est un utilisateur : une session se prend sur un rôle"),
            format!("`{role}` is a user: a session is one of a role"),
        )
    } else {
        diagnostic.meant(closest(name, known))
    })
}

/// How finely time runs while somebody may open a confirmation.
const GLANCE: SimDuration = SimDuration::from_secs(5);

/// The confirmations that people of the cast will open, each when they get to it.
#[derive(Clone, Debug, Default)]
pub(super) struct Letterbox {
    /// Hops already looked at.
    seen: usize,
    waiting: BTreeMap<HopId, (SimTime, Stimulus)>,
}

impl Letterbox {
    /// How far to run at most before looking into the letterbox again, on the way to a moment.
    pub fn next_look(&mut self, engine: &Engine, script: &Script, to: SimTime) -> SimTime {
        let opens_any = script.people.iter().any(|(_, person)| person.confirms.after().is_some());
        if !opens_any {
            return to;
        }
        self.look(engine, script);
        let opened = self.waiting.values().map(|(at, _)| *at).min();
        opened.into_iter().fold(engine.now().after(GLANCE).min(to), SimTime::min).max(engine.now())
    }

    /// The clicks whose time has come.
    pub fn clicks(&mut self, engine: &Engine, script: &Script) -> Vec<Stimulus> {
        self.look(engine, script);
        let now = engine.now();
        let due: Vec<HopId> =
            self.waiting.iter().filter(|(_, (at, _))| *at <= now).map(|(hop, _)| *hop).collect();
        due.iter().filter_map(|hop| self.waiting.remove(hop)).map(|(_, click)| click).collect()
    }

    fn look(&mut self, engine: &Engine, script: &Script) {
        let ledger = engine.ledger();
        for hop in ledger.hops().iter().skip(self.seen) {
            if hop.path != HopPath::SnsSub {
                continue;
            }
            let person = script.people.get(&ledger.node(hop.to).resource);
            let Some(after) = person.and_then(|person| person.confirms.after()) else { continue };
            let body = hop.payload.body();
            let Some(token) = body.pointer("/confirms/1").and_then(Value::as_str) else { continue };
            if !has_opened(engine, token) {
                let region = ledger.node(hop.from).region.clone();
                let click = Stimulus::OpenLink { link: Link::Subscription, region, key: token.into() };
                self.waiting.insert(hop.id, (hop.due_at.after(after), click));
            }
        }
        self.seen = ledger.hops().len();
    }
}

/// Whether a link has been opened already, as far as the ledger goes.
fn has_opened(engine: &Engine, token: &str) -> bool {
    engine.ledger().inputs().iter().any(
        |input| matches!(&input.body.kind, InputKind::World { kind: "link", subject } if **subject == *token),
    )
}

/// Runs to a moment; on the way, those who confirm open their confirmations.
pub(super) fn run_and_confirm(engine: &mut Engine, script: &Script, to: SimTime) -> Progress {
    let mut letterbox = Letterbox::default();
    loop {
        let next = letterbox.next_look(engine, script, to);
        if engine.run_until(next) == Progress::OutOfBudget {
            return Progress::OutOfBudget;
        }
        for click in letterbox.clicks(engine, script) {
            engine.push(click, None);
        }
        if next >= to {
            return Progress::Reached;
        }
    }
}
