//! Plays steps one after the other, on whatever boards they are given.

use std::{collections::BTreeMap, sync::Arc};

use super::{Refusal, boards::Boards, not_played, unjudged};
use crate::{
    engine::{Engine, Progress, input::Logged},
    kernel::{SimDuration, SimTime},
    scenario::{
        cast::Letterbox,
        compose::Script,
        diagnostic::{Diagnostic, Source, Span, codes},
        judge::{Court, Evidence, Learner, Mark, judge_all},
        model::{Condition, Duration, Step, step::Advance},
        names::Names,
        prices::Prices,
        spanned::Spanned,
        stage,
    },
};

/// How long a story lasts beyond its last stretch, so that what it set off arrives.
const TAIL: SimDuration = SimDuration::from_mins(2);
/// How long to wait at most for what is still in flight.
pub(super) const LONGEST_TAIL: SimDuration = SimDuration::from_mins(30);
/// How long `advance: {until: …}` waits unless it says.
const PATIENCE: SimDuration = SimDuration::HOUR;

/// What playing carries from step to step.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub(super) script: Arc<Script>,
    pub(super) names: Names,
    /// Where story time is zero.
    pub(super) since: Mark,
    /// When the last load ends.
    pub(super) busy_until: SimTime,
    /// Confirmations that people of the cast will open.
    pub(super) letterbox: Letterbox,
    pub(super) refusals: Vec<Refusal>,
    /// What the meters cost here.
    pub(super) prices: Prices,
}

impl Run {
    pub(super) fn source(&self) -> &Source {
        self.script.source()
    }

    /// Runs to the time a step is written to.
    pub(super) fn reach(
        &mut self,
        boards: &mut impl Boards,
        step: &Spanned<Step>,
    ) -> Result<(), Box<Diagnostic>> {
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

    pub(super) fn run_to(
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

    pub(super) fn run_until(&mut self, boards: &mut impl Boards, to: SimTime) -> Progress {
        let script = Arc::clone(&self.script);
        loop {
            let next = self.letterbox.next_look(boards.engine(), &script, to);
            if boards.run_until(next) == Progress::OutOfBudget
                || boards.engine().events() > stage::EVENT_BUDGET
            {
                return Progress::OutOfBudget;
            }
            for click in self.letterbox.clicks(boards.engine(), &script) {
                boards.submit(Logged::Stimulus(click), None);
            }
            if next >= to {
                return Progress::Reached;
            }
        }
    }

    /// Lets what has begun come to its end.
    pub(super) fn settle(&mut self, boards: &mut impl Boards) -> Result<(), Box<Diagnostic>> {
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
    pub(super) fn play(
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
            let event = self.envelope(boards.engine(), step, event, index);
            boards.submit(Logged::Stimulus(event), id);
            Ok(())
        } else if let Some(log) = &step.log {
            self.log(boards, step, log, id)
        } else if let Some(sign_in) = &step.sign_in {
            self.sign_in(boards, step, sign_in, id)
        } else if let Some(fault) = &step.fault {
            self.fault(boards, fault, id)
        } else if let Some(traffic) = &step.traffic {
            self.traffic(boards, step, traffic, id)
        } else if let Some(advance) = &step.advance {
            self.advance(boards, advance, learner)
        } else if step.say.is_some() || step.ask.is_some() || step.task.is_some() {
            Ok(())
        } else {
            let verb = step.verbs().first().copied().unwrap_or("?");
            Err(Box::new(not_played(verb, step.span)))
        }
    }

    pub(super) fn advance(
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

    /// What a world testifies about this run of it.
    pub(super) fn evidence<'a>(&'a self, engine: &'a Engine) -> Evidence<'a> {
        Evidence { engine, since: self.since, names: &self.names, prices: &self.prices }
    }

    pub(super) fn holds(
        &self,
        engine: &Engine,
        conditions: &[Spanned<Condition>],
        learner: &Learner,
    ) -> Result<bool, Box<Diagnostic>> {
        let main = self.evidence(engine);
        let court = Court { main, others: BTreeMap::new(), learner };
        let findings = judge_all(conditions, &court).map_err(|error| unjudged(&error, conditions))?;
        Ok(findings.iter().all(|finding| finding.holds))
    }
}
