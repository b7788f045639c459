//! Judges a task on copies: the world once what was done has come to its end, and each of the task's runs.

use std::collections::BTreeMap;

use super::{
    run::{LONGEST_TAIL, Run},
    unjudged,
};
use crate::{
    engine::Engine,
    kernel::SimDuration,
    scenario::{
        diagnostic::{Diagnostic, Span},
        judge::{Court, Finding, Learner, Mark, judge_all},
        model::{Step, Task},
        spanned::Spanned,
    },
};

impl Run {
    /// Judges a task on copies: the world once what was done has come to its end, and each of its runs.
    pub(super) fn judge_task(
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
        let main = self.evidence(&settled.0);
        let others = runs.iter().map(|(name, (engine, run))| (*name, run.evidence(engine))).collect();
        let court = Court { main, others, learner };
        judge_all(&task.check, &court).map_err(|error| unjudged(&error, &task.check))
    }

    pub(super) fn settle_quickly(&mut self, boards: &mut Engine) -> Result<(), Box<Diagnostic>> {
        let latest = boards.now().after(LONGEST_TAIL);
        while !boards.is_quiet() && boards.now() < latest {
            let next = boards.now().after(SimDuration::from_secs(10));
            self.run_to(boards, next, Span::default())?;
        }
        Ok(())
    }

    /// Plays a stretch in a copy of the world, from the next whole minute of the story on.
    pub(super) fn try_run(
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
