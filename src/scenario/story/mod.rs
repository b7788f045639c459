//! Plays the steps of a story on a stage that is set.
//!
//! A [`Player`] runs ahead to the next prediction or task and stops there; whoever plays answers or acts, and
//! it goes on. With nobody there ([`Player::play_through`]) predictions pass and tasks are done by their solution.
//! The past is the timeline's business: a player only adds to it.

mod boards;
mod live;
mod perform;
mod run;
mod trial;
mod world;

use std::{collections::BTreeMap, sync::Arc};

use super::{
    cast::{self, Letterbox},
    compose::Script,
    diagnostic::{Diagnostic, Span, codes},
    judge::{Court, Evidence, Finding, JudgeError, Learner, Mark},
    model::{Ask, Condition, Duration, Step, Task},
    names::Names,
    prices::Prices,
    spanned::Spanned,
    stage::Stage,
};
use crate::{
    aws::{ApiCall, ApiError, ApiOutcome, Principal, Via},
    engine::{Engine, Progress, Timeline},
    kernel::{SimDuration, SimTime},
    shell,
};
use run::Run;

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
        let prices = Prices::of(&stage.script);
        let run = Run {
            script: stage.script,
            names: stage.names,
            since,
            busy_until: since.at,
            letterbox: Letterbox::default(),
            refusals: Vec::new(),
            prices,
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
    pub fn read(&self, line: &str) -> Result<shell::Line, shell::ParseError> {
        let context = shell::Context::new(self.engine().account(), &self.run.script.files);
        shell::read(line, &context)
    }

    /// Who the learner is to the account.
    pub fn learner_call(&self, command: &shell::Command) -> ApiCall {
        let name = self.run.script.learner();
        let (by, via) = cast::caller(&self.run.script, self.engine(), (name, Span::default()), false)
            .unwrap_or_else(|_| (Principal::user(name), Via::cli(cast::DEFAULT_ADDRESS)));
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
        self.run.evidence(self.engine())
    }

    /// A court that knows this world only.
    pub fn court(&self) -> Court<'_> {
        Court { main: self.evidence(), others: BTreeMap::new(), learner: &self.learner }
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
        JudgeError::UnknownMeter(name) => format!("`{name}` n'est pas un compteur"),
        JudgeError::Empty => "cette condition ne dit rien".to_owned(),
    };
    Diagnostic::error(codes::COMMAND, span, fr, error.to_string())
}
