//! Plays the steps of a story on a stage that is set.
//!
//! A [`Player`] runs ahead to the next prediction or task and stops there; whoever plays answers or acts, and
//! it goes on. With nobody there ([`Player::play_through`]) predictions pass and tasks are done by their solution.
//! The past is the timeline's business: a player only adds to it.

mod live;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{
    commands::Speech,
    compose::Script,
    diagnostic::{Diagnostic, Source, Span, codes},
    judge::{Court, Evidence, Finding, JudgeError, Learner, Mark, judge_all},
    model::{
        Ask, Condition, Duration, Line, Load, Step, Task,
        step::{Advance, BusEvent, Series, Via as Route},
    },
    names::Names,
    spanned::Spanned,
    stage::{self, Stage},
};
use crate::{
    aws::{ApiCall, ApiError, ApiOutcome, Region},
    engine::{Engine, Progress, Stimulus, Timeline, input::Logged},
    kernel::{SimDuration, SimTime},
    load::LoadOrder,
    shell,
};

/// How long a story lasts beyond its last stretch, so that what it set off arrives.
const TAIL: SimDuration = SimDuration::from_mins(2);
/// How long to wait at most for what is still in flight.
const LONGEST_TAIL: SimDuration = SimDuration::from_mins(30);
/// How long `advance: {until: …}` waits unless it says.
const PATIENCE: SimDuration = SimDuration::HOUR;

/// Where a player stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// A prediction: the step of that index.
    Ask(usize),
    /// A task: the step of that index.
    Task(usize),
    End,
}

/// What kind of beat a step is, for marks on a timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BeatKind {
    Act,
    Load,
    Event,
    Say,
    Ask,
    Task,
    Advance,
}

/// One step of the lesson.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beat {
    pub index: usize,
    pub kind: BeatKind,
    /// When it happened; for what lies ahead, when it is written to, if it is.
    pub at: Option<SimTime>,
    /// How many hops the ledger had when it happened, if it has: its place among those of the same instant.
    pub hops_before: Option<usize>,
}

/// An `aws` step that the account refused.
#[derive(Clone, Debug)]
pub struct Refusal {
    pub step: usize,
    pub operation: Arc<str>,
    pub error: ApiError,
}

/// Whatever takes inputs and lets time run: a timeline when somebody plays, a bare engine for what is only tried.
trait Boards {
    fn engine(&self) -> &Engine;
    fn submit(&mut self, input: Logged, step: Option<Arc<str>>) -> Option<ApiOutcome>;
    fn run_until(&mut self, moment: SimTime) -> Progress;
}

impl Boards for Engine {
    fn engine(&self) -> &Engine {
        self
    }

    fn submit(&mut self, input: Logged, step: Option<Arc<str>>) -> Option<ApiOutcome> {
        Self::submit(self, input, step).outcome
    }

    fn run_until(&mut self, moment: SimTime) -> Progress {
        Self::run_until(self, moment)
    }
}

impl Boards for Timeline {
    fn engine(&self) -> &Engine {
        Self::engine(self)
    }

    fn submit(&mut self, input: Logged, step: Option<Arc<str>>) -> Option<ApiOutcome> {
        Self::submit(self, input, step).0.outcome
    }

    fn run_until(&mut self, moment: SimTime) -> Progress {
        Self::run_until(self, moment)
    }
}

/// What playing carries from step to step.
#[derive(Clone, Debug)]
struct Run {
    script: Arc<Script>,
    names: Names,
    /// Where story time is zero.
    since: Mark,
    /// When the last load ends.
    busy_until: SimTime,
    /// Hops already looked at for confirmation mails.
    seen: usize,
    refusals: Vec<Refusal>,
}

/// Plays a story.
#[derive(Clone, Debug)]
pub struct Player {
    timeline: Timeline,
    run: Run,
    learner: Learner,
    next: usize,
    times: Vec<Option<SimTime>>,
    /// How many hops the ledger had when each step was reached.
    hops_before: Vec<usize>,
    /// The prediction or task it stands at has been passed.
    ended: bool,
}

impl Player {
    pub fn new(stage: Stage) -> Self {
        let since = Mark::now(&stage.engine);
        let steps = stage.script.scenario().story.len();
        let run = Run {
            script: stage.script,
            names: stage.names,
            since,
            busy_until: since.at,
            seen: stage.engine.ledger().hops().len(),
            refusals: Vec::new(),
        };
        Self {
            timeline: Timeline::new(stage.engine),
            run,
            learner: Learner::default(),
            next: 0,
            times: vec![None; steps],
            hops_before: vec![0; steps],
            ended: false,
        }
    }

    pub fn script(&self) -> &Arc<Script> {
        &self.run.script
    }

    pub fn engine(&self) -> &Engine {
        self.timeline.engine()
    }

    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    pub fn names(&self) -> &Names {
        &self.run.names
    }

    /// Where the story's counts begin.
    pub fn since(&self) -> Mark {
        self.run.since
    }

    pub fn learner(&self) -> &Learner {
        &self.learner
    }

    /// What the learner opens and answers is noted here.
    pub fn learner_mut(&mut self) -> &mut Learner {
        &mut self.learner
    }

    pub fn refusals(&self) -> &[Refusal] {
        &self.run.refusals
    }

    /// Story time of a moment.
    pub fn story_time(&self, at: SimTime) -> Duration {
        Duration(at.since(self.run.since.at))
    }

    fn steps(&self) -> &[Spanned<Step>] {
        &self.run.script.scenario().story
    }

    /// The beats of the lesson, with the time of those that have come.
    pub fn beats(&self) -> Vec<Beat> {
        let written = |step: &Step| step.at.as_ref().map(|at| self.run.since.at.after(at.value.0));
        self.steps()
            .iter()
            .enumerate()
            .map(|(index, step)| Beat {
                index,
                kind: kind_of(step),
                at: self.times[index].or_else(|| written(step)),
                hops_before: self.times[index].map(|_| self.hops_before[index]),
            })
            .collect()
    }

    /// How many beats have come.
    pub fn reached(&self) -> usize {
        self.next
    }

    /// Whether the story is over.
    pub fn has_ended(&self) -> bool {
        self.ended
    }

    /// Plays on to the next prediction or task, or to the end. Asked again there, it stays.
    ///
    /// # Errors
    /// A step that cannot be played, or a story without end.
    pub fn run(&mut self) -> Result<Stop, Box<Diagnostic>> {
        while let Some(step) = self.steps().get(self.next).cloned() {
            self.reach(&step)?;
            if self.times[self.next].is_none() {
                self.times[self.next] = Some(self.engine().now());
                self.hops_before[self.next] = self.engine().ledger().hops().len();
            }
            if step.ask.is_some() {
                return Ok(Stop::Ask(self.next));
            }
            if step.task.is_some() {
                return Ok(Stop::Task(self.next));
            }
            self.run.play(&mut self.timeline, &step, self.next, &self.learner)?;
            self.next += 1;
        }
        if !self.ended {
            self.run.settle(&mut self.timeline)?;
            self.ended = true;
        }
        Ok(Stop::End)
    }

    fn reach(&mut self, step: &Spanned<Step>) -> Result<(), Box<Diagnostic>> {
        self.run.reach(&mut self.timeline, step)
    }

    /// The prediction or task it stands at, if any.
    pub fn stop(&self) -> Option<Stop> {
        let step = self.steps().get(self.next).filter(|_| self.times[self.next].is_some())?;
        if step.ask.is_some() {
            Some(Stop::Ask(self.next))
        } else {
            step.task.is_some().then_some(Stop::Task(self.next))
        }
    }

    pub fn ask(&self, index: usize) -> Option<&Ask> {
        self.steps().get(index)?.ask.as_ref().map(|ask| &ask.value)
    }

    pub fn task(&self, index: usize) -> Option<&Task> {
        self.steps().get(index)?.task.as_ref().map(|task| &task.value)
    }

    /// Answers the prediction it stands at with the letter of an option, and passes it.
    pub fn answer(&mut self, letter: char) {
        if let Some(Stop::Ask(index)) = self.stop()
            && let Some(id) = self.ask(index).map(|ask| ask.id.value.clone())
        {
            self.learner.answers.insert(id, letter.to_string());
            self.next += 1;
        }
    }

    /// Passes the prediction or task it stands at, undone.
    pub fn pass(&mut self) {
        if self.stop().is_some() {
            self.next += 1;
        }
    }

    /// The learner acts, here and now.
    pub fn act(&mut self, call: ApiCall) -> ApiOutcome {
        let answer = self.timeline.call(call, None);
        answer.outcome.expect("a call is always answered")
    }

    /// Reads a line the learner typed, as the learner.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(&self, line: &str) -> Result<shell::Command, shell::ParseError> {
        let context = shell::Context::new(self.engine().account(), &self.run.script.files);
        shell::parse(line, &context)
    }

    /// Who the learner is to the account.
    pub fn learner_call(&self, command: &shell::Command) -> ApiCall {
        let (by, via) = stage::caller(&self.run.script, self.engine(), self.run.script.learner(), false);
        command.call(by, via, &self.run.script.home)
    }

    /// Lets time run while a task is open; not past the time at which the story goes on.
    pub fn wait(&mut self, span: SimDuration) -> Progress {
        let to = self.engine().now().after(span);
        self.run.run_until(&mut self.timeline, to)
    }

    /// What the check of the task it stands at finds, condition by condition.
    ///
    /// # Errors
    /// A condition that cannot be judged.
    pub fn findings(&self, index: usize) -> Result<Vec<Finding>, Box<Diagnostic>> {
        let Some(task) = self.task(index) else { return Ok(Vec::new()) };
        self.run.judge_task(task, self.engine(), &self.learner)
    }

    /// Whether the task it stands at is done.
    ///
    /// # Errors
    /// A condition that cannot be judged.
    pub fn is_done(&self, index: usize) -> Result<bool, Box<Diagnostic>> {
        Ok(self.findings(index)?.iter().all(|finding| finding.holds))
    }

    /// Does the task it stands at by its solution, and passes it.
    ///
    /// # Errors
    /// A line of the solution that cannot be read.
    pub fn solve(&mut self) -> Result<(), Box<Diagnostic>> {
        let Some(Stop::Task(index)) = self.stop() else { return Ok(()) };
        let solution = self.task(index).map(|task| task.solution.clone()).unwrap_or_default();
        for line in &solution {
            self.run.solution_line(&mut self.timeline, line, index, &mut self.learner)?;
        }
        self.next += 1;
        Ok(())
    }

    /// Plays to the end with nobody there.
    ///
    /// # Errors
    /// A step that cannot be played, or a story without end.
    pub fn play_through(&mut self) -> Result<(), Box<Diagnostic>> {
        loop {
            match self.run()? {
                Stop::Ask(_) => self.pass(),
                Stop::Task(index) if self.task(index).is_some_and(|task| task.optional) => self.pass(),
                Stop::Task(_) => self.solve()?,
                Stop::End => return Ok(()),
            }
        }
    }

    /// This world's testimony.
    pub fn evidence(&self) -> Evidence<'_> {
        Evidence { engine: self.engine(), since: self.run.since, names: &self.run.names }
    }

    /// A court that knows this world only.
    pub fn court(&self) -> Court<'_> {
        Court { main: self.evidence(), others: BTreeMap::new(), learner: &self.learner }
    }
}

impl Run {
    fn source(&self) -> &Source {
        self.script.source()
    }

    /// Runs to the time a step is written to.
    fn reach(&mut self, boards: &mut impl Boards, step: &Spanned<Step>) -> Result<(), Box<Diagnostic>> {
        let Some(at) = &step.at else { return Ok(()) };
        let moment = self.since.at.after(at.value.0);
        if moment < boards.engine().now() {
            let now = Duration(boards.engine().now().since(self.since.at));
            return Err(Box::new(Diagnostic::error(
                codes::WRONG_VALUE,
                at.span,
                format!("cette étape remonte le temps : il est déjà {now}"),
                format!("this step goes back in time: it is already {now}"),
            )));
        }
        self.run_to(boards, moment, at.span)
    }

    fn run_to(
        &mut self,
        boards: &mut impl Boards,
        moment: SimTime,
        span: Span,
    ) -> Result<(), Box<Diagnostic>> {
        match self.run_until(boards, moment) {
            Progress::Reached => Ok(()),
            Progress::OutOfBudget => Err(Box::new(stage::endless(span))),
        }
    }

    fn run_until(&mut self, boards: &mut impl Boards, to: SimTime) -> Progress {
        let script = Arc::clone(&self.script);
        let confirms: BTreeSet<&str> = script
            .people
            .iter()
            .filter(|(_, person)| person.confirms)
            .map(|(name, _)| name.value.as_str())
            .collect();
        loop {
            let next = boards.engine().now().after(SimDuration::MINUTE).min(to);
            if boards.run_until(next) == Progress::OutOfBudget
                || boards.engine().events() > stage::EVENT_BUDGET
            {
                return Progress::OutOfBudget;
            }
            for click in stage::confirmations(boards.engine(), &confirms, &mut self.seen) {
                boards.submit(Logged::Stimulus(click), None);
            }
            if next >= to {
                return Progress::Reached;
            }
        }
    }

    /// Lets what has begun come to its end.
    fn settle(&mut self, boards: &mut impl Boards) -> Result<(), Box<Diagnostic>> {
        let from = boards.engine().now().max(self.busy_until);
        let nowhere = Span::default();
        self.run_to(boards, from.after(TAIL), nowhere)?;
        let latest = from.after(LONGEST_TAIL);
        // A few seconds past each minute its measures have landed, so quiet means quiet.
        while !boards.engine().is_quiet() && boards.engine().now() < latest {
            let next = boards.engine().now().after(SimDuration::from_secs(10));
            self.run_to(boards, next, nowhere)?;
        }
        Ok(())
    }

    /// Plays a step whose time has come; predictions and tasks are the player's own.
    fn play(
        &mut self,
        boards: &mut impl Boards,
        step: &Spanned<Step>,
        index: usize,
        learner: &Learner,
    ) -> Result<(), Box<Diagnostic>> {
        let id: Option<Arc<str>> = step.id.as_ref().map(|id| id.value.as_str().into());
        if let Some(line) = &step.aws {
            self.act(boards, step, line, id, index)
        } else if let Some(load) = &step.load {
            self.drive(boards, load, id.as_ref())
        } else if let Some(event) = &step.event {
            let event = self.envelope(boards.engine(), event, index);
            boards.submit(Logged::Stimulus(event), id);
            Ok(())
        } else if let Some(advance) = &step.advance {
            self.advance(boards, advance, learner)
        } else if step.say.is_some() || step.ask.is_some() || step.task.is_some() {
            Ok(())
        } else {
            let verb = step.verbs().first().copied().unwrap_or("?");
            Err(Box::new(not_played(verb, step.span)))
        }
    }

    fn act(
        &mut self,
        boards: &mut impl Boards,
        step: &Spanned<Step>,
        line: &Spanned<Line>,
        id: Option<Arc<str>>,
        index: usize,
    ) -> Result<(), Box<Diagnostic>> {
        let name = step.by.as_ref().map_or(self.script.learner(), |by| by.value.as_str());
        let call = self.call(boards.engine(), line, name, step.via == Route::Console)?;
        let operation = Arc::clone(&call.operation);
        match boards.submit(Logged::Call(call), id) {
            Some(Ok(answer)) => {
                for (name, path) in step.keep.iter() {
                    let kept = shell::query::search(&path.value, &answer).ok();
                    let kept = kept.as_ref().and_then(|value| match value {
                        serde_json::Value::String(text) => Some(text.clone()),
                        serde_json::Value::Null => None,
                        other => Some(other.to_string()),
                    });
                    let Some(kept) = kept else { return Err(Box::new(nothing_kept(path))) };
                    self.names.put(name.value.as_str(), kept);
                }
            }
            Some(Err(error)) => self.refusals.push(Refusal { step: index, operation, error }),
            None => {}
        }
        Ok(())
    }

    fn call(
        &self,
        engine: &Engine,
        line: &Spanned<Line>,
        name: &str,
        console: bool,
    ) -> Result<ApiCall, Box<Diagnostic>> {
        let (by, via) = stage::caller(&self.script, engine, name, console);
        let speech =
            Speech { account: engine.account(), names: &self.names, files: &self.script.files, by, via };
        speech.call(line, self.source())
    }

    fn solution_line(
        &mut self,
        boards: &mut impl Boards,
        line: &Spanned<Line>,
        index: usize,
        learner: &mut Learner,
    ) -> Result<(), Box<Diagnostic>> {
        if let Line::Open(opened) = &line.value {
            learner.open(&opened.view, opened.of.as_deref().unwrap_or_default());
            return Ok(());
        }
        let call = self.call(boards.engine(), line, self.script.learner(), false)?;
        let operation = Arc::clone(&call.operation);
        if let Some(Err(error)) = boards.submit(Logged::Call(call), None) {
            self.refusals.push(Refusal { step: index, operation, error });
        }
        Ok(())
    }

    fn drive(
        &mut self,
        boards: &mut impl Boards,
        load: &Spanned<Load>,
        id: Option<&Arc<str>>,
    ) -> Result<(), Box<Diagnostic>> {
        let engine = boards.engine();
        let Some(resource) = stage::metered_resource(engine, &self.names, &load.on) else {
            return Err(Box::new(stage::unknown_resource(engine, &self.names, &load.on)));
        };
        let every = load.every.as_ref().map_or(SimDuration::MINUTE, |every| every.value.0);
        let series = stage::series_of(load);
        if series.is_empty() {
            return Err(Box::new(not_played("load", load.span)));
        }
        for (metric, series) in series {
            let values = self.values(boards.engine(), &resource, metric, &series.value, load.repeat, every);
            let now = boards.engine().now();
            self.busy_until = self.busy_until.max(now.after(every.times(values.len() as u64)));
            let order = LoadOrder { resource: resource.clone(), metric: metric.into(), every, values };
            boards.submit(Logged::Stimulus(Stimulus::Load(order)), id.cloned());
        }
        Ok(())
    }

    /// One value per `every`.
    fn values(
        &self,
        engine: &Engine,
        resource: &str,
        metric: &str,
        series: &Series,
        repeat: Option<u32>,
        every: SimDuration,
    ) -> Vec<Option<f64>> {
        let slots = |span: SimDuration| (span.as_millis() / every.as_millis().max(1)).clamp(1, 20_000);
        match series {
            Series::Constant(value) => vec![Some(*value); repeat.unwrap_or(1) as usize],
            Series::Values(values) => values.repeat(repeat.unwrap_or(1) as usize),
            Series::Ramp { to, over, lasting } => {
                let from = engine.level(resource, metric).unwrap_or(*to);
                let steps = slots(over.0);
                let climb = (1..=steps).map(|step| Some(from + (to - from) * step as f64 / steps as f64));
                let hold = lasting.map_or(0, |lasting| slots(lasting.0));
                climb.chain((0..hold).map(|_| Some(*to))).collect()
            }
        }
    }

    fn envelope(&self, engine: &Engine, event: &BusEvent, index: usize) -> Stimulus {
        let resources: Vec<&str> =
            event.resources.iter().map(|name| self.names.get(name).unwrap_or(name.as_str())).collect();
        let json = serde_json::json!({
            "version": "0",
            "id": format!("00000000-0000-4000-8000-{index:012x}"),
            "detail-type": event.detail_type,
            "source": event.source,
            "account": stage::ACCOUNT_ID,
            "time": engine.moment().utc.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "region": self.script.home.as_str(),
            "resources": resources,
            "detail": event.detail,
        });
        Stimulus::Event {
            region: Region::new(self.script.home.as_str()),
            bus: event.bus.as_deref().unwrap_or("default").into(),
            event: Arc::new(json),
        }
    }

    fn advance(
        &mut self,
        boards: &mut impl Boards,
        advance: &Spanned<Advance>,
        learner: &Learner,
    ) -> Result<(), Box<Diagnostic>> {
        if let Some(to) = &advance.to {
            let moment = self.since.at.after(to.value.0);
            if moment > boards.engine().now() {
                self.run_to(boards, moment, to.span)?;
            }
        }
        let Some(until) = &advance.until else { return Ok(()) };
        let patience = advance.within.as_ref().map_or(PATIENCE, |within| within.value.0);
        let latest = boards.engine().now().after(patience);
        loop {
            if self.holds(boards.engine(), std::slice::from_ref(until), learner)? {
                return Ok(());
            }
            let now = boards.engine().now();
            if now >= latest {
                return Err(Box::new(
                    Diagnostic::error(
                        codes::EXPECTATION,
                        until.span,
                        format!("cela n'arrive pas en {}", Duration(patience)),
                        format!("this does not happen within {}", Duration(patience)),
                    )
                    .help("allongez l'attente avec `within:`", "wait longer with `within:`"),
                ));
            }
            self.run_to(boards, now.after(SimDuration::from_secs(10)).min(latest), until.span)?;
        }
    }

    fn holds(
        &self,
        engine: &Engine,
        conditions: &[Spanned<Condition>],
        learner: &Learner,
    ) -> Result<bool, Box<Diagnostic>> {
        let main = Evidence { engine, since: self.since, names: &self.names };
        let court = Court { main, others: BTreeMap::new(), learner };
        let findings = judge_all(conditions, &court).map_err(|error| unjudged(&error, conditions))?;
        Ok(findings.iter().all(|finding| finding.holds))
    }

    /// Judges a task on copies: the world once what was done has come to its end, and each of its runs.
    fn judge_task(
        &self,
        task: &Task,
        engine: &Engine,
        learner: &Learner,
    ) -> Result<Vec<Finding>, Box<Diagnostic>> {
        let mut settled = (engine.clone(), self.clone());
        let by = task.by.as_ref().map(|by| self.since.at.after(by.value.0));
        match by {
            Some(by) if by > settled.0.now() => settled.1.run_to(&mut settled.0, by, Span::default())?,
            _ => settled.1.settle_quickly(&mut settled.0)?,
        }
        let mut runs = BTreeMap::new();
        for (name, steps) in task.runs.iter() {
            runs.insert(name.value.as_str(), self.try_run(engine, steps, learner)?);
        }
        let main = Evidence { engine: &settled.0, since: self.since, names: &self.names };
        let others = runs
            .iter()
            .map(|(name, (engine, run))| (*name, Evidence { engine, since: run.since, names: &run.names }))
            .collect();
        let court = Court { main, others, learner };
        judge_all(&task.check, &court).map_err(|error| unjudged(&error, &task.check))
    }

    fn settle_quickly(&mut self, boards: &mut Engine) -> Result<(), Box<Diagnostic>> {
        let latest = boards.now().after(LONGEST_TAIL);
        while !boards.is_quiet() && boards.now() < latest {
            let next = boards.now().after(SimDuration::from_secs(10));
            self.run_to(boards, next, Span::default())?;
        }
        Ok(())
    }

    /// Plays a stretch in a copy of the world, from the next whole minute of the story on.
    fn try_run(
        &self,
        engine: &Engine,
        steps: &[Spanned<Step>],
        learner: &Learner,
    ) -> Result<(Engine, Self), Box<Diagnostic>> {
        let (mut engine, mut run) = (engine.clone(), self.clone());
        let passed = engine.now().since(self.since.at).as_millis();
        let whole = self.since.at.after(SimDuration::from_mins(passed.div_ceil(60_000)));
        run.run_to(&mut engine, whole, Span::default())?;
        run.since = Mark::now(&engine);
        run.busy_until = engine.now();
        for (index, step) in steps.iter().enumerate() {
            run.reach(&mut engine, step)?;
            run.play(&mut engine, step, index, learner)?;
        }
        run.settle(&mut engine)?;
        Ok((engine, run))
    }
}

fn kind_of(step: &Step) -> BeatKind {
    match step.verbs().first().copied() {
        Some("load") => BeatKind::Load,
        Some("event") => BeatKind::Event,
        Some("say") => BeatKind::Say,
        Some("ask") => BeatKind::Ask,
        Some("task") => BeatKind::Task,
        Some("advance") => BeatKind::Advance,
        _ => BeatKind::Act,
    }
}

/// A verb that the format has and this version does not play.
pub(super) fn not_played(verb: &str, span: Span) -> Diagnostic {
    Diagnostic::error(
        codes::NOT_PLAYED_YET,
        Span::new(span.start, span.end.min(span.start + 80)),
        format!("cette version de Vigie ne joue pas encore `{verb}` ainsi"),
        format!("this version of Vigie does not play `{verb}` like this yet"),
    )
}

fn nothing_kept(path: &Spanned<String>) -> Diagnostic {
    Diagnostic::error(
        codes::UNKNOWN_NAME,
        path.span,
        format!("la réponse n'a rien à `{}`", path.value),
        format!("the answer has nothing at `{}`", path.value),
    )
}

/// A condition that cannot be judged, at its place.
pub(super) fn unjudged(error: &JudgeError, conditions: &[Spanned<Condition>]) -> Box<Diagnostic> {
    let span = conditions.first().map_or(Span::default(), |condition| condition.span);
    Box::new(judge_fault(error, span))
}

/// A condition that cannot be judged.
pub(super) fn judge_fault(error: &JudgeError, span: Span) -> Diagnostic {
    let fr = match error {
        JudgeError::UnknownWorld(name) => format!("aucun monde ni essai ne s'appelle `{name}`"),
        JudgeError::UnknownPath(name) => format!("`{name}` n'est pas un chemin de saut"),
        JudgeError::Command(text) => text.clone(),
        JudgeError::NotYet(verb) => format!("cette version de Vigie ne juge pas encore `{verb}`"),
    };
    Diagnostic::error(codes::COMMAND, span, fr, error.to_string())
}
