//! Sets the stage: deploys the account, lets people in, runs the baseline, and stops the clock at 0:00.
//!
//! Everything goes through the account's one door, by the role `installateur`, two simulated hours before the
//! story: alarms are already OK when it starts, Config has its first items, and the set-up stands in the history.

use std::{collections::BTreeSet, sync::Arc};

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{
    commands::Speech,
    compose::Script,
    diagnostic::{Diagnostic, Source, Span, codes},
    model::{Line, Load, Person, step::Series},
    names::Names,
    spanned::Spanned,
};
use crate::{
    aws::{ApiCall, ApiError, HopPath, Principal, Profile, ServiceName, Via, advice::closest, iam::managed},
    engine::{Budget, Engine, Progress, Setup, Stimulus, input::Link},
    kernel::{SimDuration, SimTime},
};

/// The account of every scenario.
pub const ACCOUNT_ID: &str = "111122223333";
/// The role that deploys; IAM knows it from the start.
pub const INSTALLER: &str = "installateur";
/// How long before the story the set-up happens: an hour of baseline, and an hour for what is in flight.
const PREPARATION: SimDuration = SimDuration::from_mins(120);
/// What the CPU of anything does when nothing drives it.
const BASELINE_CPU: f64 = 20.0;
/// Where people call from, unless said.
const DEFAULT_ADDRESS: &str = "203.0.113.10";
/// Events that one play of a scenario may take; a whole simulated day of the largest fixture takes a tenth of it.
pub const EVENT_BUDGET: u64 = 400_000;

/// What may be chosen when a scenario is played.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Instead of the scenario's own.
    pub seed: Option<u64>,
    /// Instead of the scenario's own.
    pub delays: Option<Profile>,
    /// One of the scenario's other worlds.
    pub world: Option<String>,
}

/// A stage that is set: the story's clock shows 0:00.
#[derive(Clone, Debug)]
pub struct Stage {
    pub engine: Engine,
    pub names: Names,
    pub script: Arc<Script>,
}

/// Sets the stage.
///
/// # Errors
/// What of the account cannot be deployed, or which preparing line fails.
pub fn set(script: &Arc<Script>, options: &Options) -> Result<Stage, Vec<Diagnostic>> {
    let scenario = script.scenario();
    let epoch = script
        .start
        .checked_sub_signed(TimeDelta::milliseconds(
            i64::try_from(PREPARATION.as_millis()).unwrap_or(i64::MAX),
        ))
        .expect("instants of scenarios lie between 2000 and 2100");
    let mut engine = Engine::new(Setup {
        account_id: ACCOUNT_ID.into(),
        home: script.home.clone(),
        epoch,
        seed: options.seed.or(scenario.seed).unwrap_or(1),
        profile: options.delays.unwrap_or(scenario.delays),
    });
    engine.set_budget(Budget { events: EVENT_BUDGET, ..engine.budget() });
    let mut setup = SetUp { script, engine, names: Names::default(), found: Vec::new() };
    setup.pseudo_parameters();
    setup.baseline();
    setup.deploy();
    setup.let_people_in();
    if setup.found.is_empty() {
        setup.prepare(options);
    }
    setup.finish()
}

struct SetUp<'s> {
    script: &'s Arc<Script>,
    engine: Engine,
    names: Names,
    found: Vec<Diagnostic>,
}

impl SetUp<'_> {
    fn pseudo_parameters(&mut self) {
        self.names.put("AWS::AccountId", ACCOUNT_ID);
        self.names.put("AWS::Region", self.script.home.as_str());
        self.names.put("AWS::Partition", "aws");
        self.names.put("AWS::URLSuffix", "amazonaws.com");
        self.names.put("AWS::StackName", self.script.scenario().id.value.as_str());
    }

    /// A call of our own making, which a sane account cannot refuse.
    fn must(&mut self, by: Principal, service: ServiceName, operation: &str, parameters: Value) {
        let call = ApiCall {
            by,
            via: Via::service("cloudformation.amazonaws.com"),
            region: self.script.home.clone(),
            service,
            operation: operation.into(),
            parameters,
        };
        let (_, outcome) = self.engine.call(call, None);
        if let Err(error) = outcome {
            self.found.push(setup_failed(Span::default(), operation, &error));
        }
    }

    fn deploy(&mut self) {
        for account in &self.script.accounts {
            if !account.is_empty() {
                super::deploy::deploy(
                    self.script,
                    &account.region,
                    &account.template,
                    &mut self.engine,
                    &mut self.names,
                )
                .unwrap_or_else(|faults| self.found.extend(faults));
            }
        }
    }

    /// Users with their managed policies, and verified senders.
    fn let_people_in(&mut self) {
        let script = Arc::clone(self.script);
        for (name, person) in script.people.iter() {
            if name.value.contains('@') {
                if person.verified {
                    self.verify(&name.value);
                }
                continue;
            }
            if name.value == "root" || is_role(&self.engine, &name.value) {
                continue;
            }
            if !is_user(&self.engine, &name.value) {
                self.must(installer(), ServiceName::Iam, "CreateUser", json!({ "UserName": name.value }));
            }
            for policy in &person.policies {
                self.attach(&name.value, policy);
            }
            if person.mfa {
                self.engine.state.account.services_mut().iam.set_mfa(&name.value);
            }
        }
    }

    fn attach(&mut self, user: &str, policy: &Spanned<String>) {
        if let Some(arn) = managed::arn_of(&policy.value) {
            let parameters = json!({ "UserName": user, "PolicyArn": arn });
            self.must(installer(), ServiceName::Iam, "AttachUserPolicy", parameters);
            return;
        }
        let known: Vec<&str> = managed::all().map(|(_, policy)| policy.name).collect();
        self.found.push(
            Diagnostic::error(
                codes::UNKNOWN_NAME,
                policy.span,
                format!("`{}` n'est pas une stratégie gérée par AWS que Vigie connaît", policy.value),
                format!("`{}` is not an AWS managed policy that Vigie knows", policy.value),
            )
            .meant(closest(&policy.value, known)),
        );
    }

    fn verify(&mut self, address: &str) {
        let parameters = json!({ "EmailIdentity": address });
        self.must(installer(), ServiceName::Ses, "CreateEmailIdentity", parameters);
        let region = self.script.home.clone();
        self.engine.push(Stimulus::OpenLink { link: Link::Identity, region, key: address.into() }, None);
    }

    fn baseline(&mut self) {
        let everywhere =
            Stimulus::Baseline { resource: None, metric: "CPUUtilization".into(), value: BASELINE_CPU };
        self.engine.push(everywhere, None);
    }

    /// Own baselines, preparing lines, then the quiet hours until 0:00.
    fn prepare(&mut self, options: &Options) {
        let script = Arc::clone(self.script);
        for (load, source) in script.loads() {
            self.own_baseline(load, source);
        }
        let world = options.world.as_ref().and_then(|name| script.scenario().worlds.get(name));
        let own = world.into_iter().flat_map(|world| world.before.iter().map(|line| (line, script.source())));
        for (line, source) in script.before().chain(own) {
            self.line(line, source);
        }
        let start = SimTime::START.after(PREPARATION);
        let mut seen = 0;
        if run_and_confirm(&mut self.engine, &script, &mut seen, start) == Progress::OutOfBudget {
            self.found.push(endless(Span::default()));
        }
    }

    fn own_baseline(&mut self, load: &Spanned<Load>, source: &Source) {
        let Some(resource) = metered_resource(&self.engine, &self.names, &load.on) else {
            self.found.push(
                unknown_resource(&self.engine, &self.names, &load.on).in_file(Arc::new(source.clone())),
            );
            return;
        };
        for (metric, series) in series_of(load) {
            match series.value {
                Series::Constant(value) => {
                    let stimulus =
                        Stimulus::Baseline { resource: Some(resource.clone()), metric: metric.into(), value };
                    self.engine.push(stimulus, None);
                }
                _ => self.found.push(
                    Diagnostic::error(
                        codes::WRONG_VALUE,
                        series.span,
                        "avant l'histoire, une charge est un nombre constant",
                        "before the story, a load is a constant number",
                    )
                    .in_file(Arc::new(source.clone())),
                ),
            }
        }
    }

    fn line(&mut self, line: &Spanned<Line>, source: &Source) {
        let speech = Speech {
            account: self.engine.account(),
            names: &self.names,
            files: &self.script.files,
            by: installer(),
            via: Via::cli(DEFAULT_ADDRESS),
        };
        match speech.call(line, source) {
            Err(diagnostic) => self.found.push(diagnostic.in_file(Arc::new(source.clone()))),
            Ok(call) => {
                let operation = Arc::clone(&call.operation);
                if let (_, Err(error)) = self.engine.call(call, None) {
                    let fault = setup_failed(line.span, &operation, &error);
                    self.found.push(fault.in_file(Arc::new(source.clone())));
                }
            }
        }
    }

    fn finish(mut self) -> Result<Stage, Vec<Diagnostic>> {
        if !self.found.is_empty() {
            return Err(self.found);
        }
        self.engine.start_story();
        Ok(Stage { engine: self.engine, names: self.names, script: Arc::clone(self.script) })
    }
}

/// Who deploys and prepares.
pub fn installer() -> Principal {
    Principal::role(INSTALLER, "AWSCloudFormation")
}

/// Runs to a moment; on the way, those who confirm open their confirmation mails.
pub(super) fn run_and_confirm(
    engine: &mut Engine,
    script: &Script,
    seen: &mut usize,
    to: SimTime,
) -> Progress {
    let confirms: BTreeSet<&str> = script
        .people
        .iter()
        .filter(|(_, person)| person.confirms)
        .map(|(name, _)| name.value.as_str())
        .collect();
    if confirms.is_empty() {
        return engine.run_until(to);
    }
    loop {
        let next = engine.now().after(SimDuration::MINUTE).min(to);
        if engine.run_until(next) == Progress::OutOfBudget {
            return Progress::OutOfBudget;
        }
        for click in confirmations(engine, &confirms, seen) {
            engine.push(click, None);
        }
        if next == to {
            return Progress::Reached;
        }
    }
}

/// The clicks on confirmation mails that have arrived since `seen`.
pub(super) fn confirmations(engine: &Engine, confirms: &BTreeSet<&str>, seen: &mut usize) -> Vec<Stimulus> {
    let ledger = engine.ledger();
    let mut clicks = Vec::new();
    for hop in &ledger.hops()[*seen..] {
        if hop.due_at > engine.now() {
            break;
        }
        *seen = hop.id.index() + 1;
        if hop.path != HopPath::SnsSub || !confirms.contains(&*ledger.node(hop.to).resource) {
            continue;
        }
        if let Some(token) = hop.payload.body().pointer("/confirms/1").and_then(Value::as_str) {
            let region = ledger.node(hop.from).region.clone();
            clicks.push(Stimulus::OpenLink { link: Link::Subscription, region, key: token.into() });
        }
    }
    clicks
}

/// Who somebody of the cast is to the account, and how their calls arrive.
pub(super) fn caller(script: &Script, engine: &Engine, name: &str, console: bool) -> (Principal, Via) {
    let by = if name == "root" {
        Principal::Root
    } else if !is_user(engine, name) && is_role(engine, name) {
        Principal::role(name, name)
    } else {
        Principal::user(name)
    };
    let address = script.people.get(name).and_then(|person: &Person| person.from.as_ref());
    let mut via = Via::cli(address.map_or(DEFAULT_ADDRESS, |address| address.value.as_str()));
    via.console = console;
    (by, via)
}

/// Whether the account has a user of that name.
fn is_user(engine: &Engine, name: &str) -> bool {
    engine.account().services().iam.has_user(name)
}

/// Whether the account has a role of that name.
fn is_role(engine: &Engine, name: &str) -> bool {
    engine.account().services().iam.has_role(name)
}

/// The metrics a load order drives, by the names CloudWatch has for them.
pub(super) fn series_of(load: &Load) -> Vec<(&'static str, &Spanned<Series>)> {
    let all = [("CPUUtilization", &load.cpu), ("DatabaseConnections", &load.connections)];
    all.into_iter().filter_map(|(metric, series)| Some((metric, series.as_ref()?))).collect()
}

/// The id under which a resource publishes its metrics.
pub(super) fn metered_resource(engine: &Engine, names: &Names, on: &str) -> Option<Arc<str>> {
    let id = names.get(on).unwrap_or(on);
    let sources = crate::engine::metrics::sources(engine.account().services());
    sources.into_iter().find(|source| &*source.id == id || &*source.name == on).map(|source| source.id)
}

/// `on:` names nothing that has metrics.
pub(super) fn unknown_resource(engine: &Engine, names: &Names, on: &Spanned<String>) -> Diagnostic {
    let sources = crate::engine::metrics::sources(engine.account().services());
    let known: Vec<&str> = names.all().chain(sources.iter().map(|source| &*source.name)).collect();
    Diagnostic::error(
        codes::UNKNOWN_NAME,
        on.span,
        format!("`{}` n'est pas une ressource du compte qui publie des métriques", on.value),
        format!("`{}` is not a resource of the account that publishes metrics", on.value),
    )
    .meant(closest(&on.value, known))
}

fn setup_failed(span: Span, operation: &str, error: &ApiError) -> Diagnostic {
    Diagnostic::error(
        codes::SETUP,
        span,
        format!("la préparation échoue : {operation} répond {error}"),
        format!("the set-up fails: {operation} answers {error}"),
    )
}

pub(super) fn endless(span: Span) -> Diagnostic {
    Diagnostic::error(
        codes::ENDLESS,
        span,
        format!("l'histoire dépasse son budget de {EVENT_BUDGET} événements simulés"),
        format!("the story exceeds its budget of {EVENT_BUDGET} simulated events"),
    )
    .help(
        "cherchez une boucle : une règle qui répond à l'appel de sa propre cible",
        "look for a loop: a rule that answers the call of its own target",
    )
}
