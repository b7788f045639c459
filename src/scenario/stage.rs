//! Sets the stage: deploys the account, lets people in, runs the baseline, and stops the clock at 0:00.
//!
//! Everything goes through the account's one door, by the role `installateur`, two simulated hours before the
//! story: alarms are already OK when it starts, Config has its first items, and the set-up stands in the history.

use std::sync::Arc;

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{
    cast::{self, DEFAULT_ADDRESS},
    commands::Speech,
    compose::Script,
    diagnostic::{Diagnostic, Source, Span, codes},
    loads,
    model::{Line, Load, step::Series},
    names::Names,
    spanned::Spanned,
    unfold::{self, Choice},
};
use crate::{
    aws::{ApiCall, ApiError, Principal, Profile, ServiceName, Via, advice::closest, iam::managed},
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
    /// Which steps each `pick` plays, instead of what the seed chooses.
    pub choice: Option<Choice>,
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
    let seed = options.seed.or(script.scenario().seed).unwrap_or(1);
    let script = &with_choices_made(script, options, seed);
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
        seed,
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

/// The script with its story as it is played.
fn with_choices_made(script: &Arc<Script>, options: &Options, seed: u64) -> Arc<Script> {
    let scenario = script.scenario();
    if !scenario.story.iter().any(|step| step.pick.is_some() || step.compare.is_some()) {
        return Arc::clone(script);
    }
    let choice = options.choice.clone().unwrap_or_else(|| Choice::drawn(scenario, seed));
    Arc::new(script.with_story(unfold::story(scenario, &choice, options.world.as_deref())))
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
            if cast::is_address(&name.value) {
                if person.verified {
                    self.verify(&name.value);
                }
                continue;
            }
            let iam = &self.engine.account().services().iam;
            let borrows = person.key_of.is_some() || cast::is_session(&name.value);
            if name.value == "root" || borrows || iam.has_role(&name.value) {
                continue;
            }
            if !iam.has_user(&name.value) {
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

    /// A phone is verified for the texts of SNS, an address for the mails of SES.
    fn verify(&mut self, endpoint: &str) {
        let link = if endpoint.starts_with('+') {
            let parameters = json!({ "PhoneNumber": endpoint });
            self.must(installer(), ServiceName::Sns, "CreateSMSSandboxPhoneNumber", parameters);
            Link::Phone
        } else {
            let parameters = json!({ "EmailIdentity": endpoint });
            self.must(installer(), ServiceName::Ses, "CreateEmailIdentity", parameters);
            Link::Identity
        };
        let region = self.script.home.clone();
        self.engine.push(Stimulus::OpenLink { link, region, key: endpoint.into() }, None);
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
        if cast::run_and_confirm(&mut self.engine, &script, start) == Progress::OutOfBudget {
            self.found.push(endless(Span::default()));
        }
    }

    fn own_baseline(&mut self, load: &Spanned<Load>, source: &Source) {
        let resolved = match loads::resolve(&self.engine, &self.names, load) {
            Ok(resolved) => resolved,
            Err(fault) => return self.found.push(fault.in_file(Arc::new(source.clone()))),
        };
        let resource = resolved.resource;
        for (metric, series) in resolved.series {
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
            region: &self.script.home,
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
