//! What each verb of a step demands.

use super::Checker;
use crate::aws::HopPath;
use crate::scenario::{
    diagnostic::{Span, codes},
    model::{
        Duration, Pick, Step,
        step::{Advance, Compare, Load, Log, Traffic},
    },
    spanned::Spanned,
    unfold::{Choice, MOST_CHOICES},
};

impl<'a> Checker<'a> {
    pub(super) fn verb(&mut self, step: &'a Spanned<Step>, span: Span) {
        if let Some(line) = &step.aws {
            self.line(line);
        }
        if let Some(load) = &step.load {
            self.load(load);
        }
        if let Some(log) = &step.log {
            self.log(log, span);
        }
        if let Some(traffic) = &step.traffic {
            self.traffic(traffic);
        }
        if let Some(path) = step.fault.as_ref().and_then(|fault| fault.path.as_ref()) {
            let paths: Vec<&str> = HopPath::ALL.iter().map(|path| path.as_str()).collect();
            self.resolve(&path.value, path.span, &paths, "un chemin de saut", "a hop path");
        }
        if let Some(pick) = &step.pick {
            self.pick(step, pick);
        }
        if let Some(compare) = &step.compare {
            self.compare(step, compare);
        }
        if let Some(ask) = &step.ask {
            self.ask(ask);
        }
        if let Some(task) = &step.task {
            self.task(task);
        }
        if let Some(advance) = &step.advance {
            self.advance(advance, span);
        }
    }

    fn load(&mut self, load: &Load) {
        if let Some(every) = &load.every {
            self.not_zero("every", every);
        }
    }

    fn not_zero(&mut self, key: &str, time: &Spanned<Duration>) {
        if time.value.0.as_millis() == 0 {
            self.fault(
                codes::WRONG_VALUE,
                time.span,
                format!("`{key}` ne peut être nul"),
                format!("`{key}` cannot be zero"),
            );
        }
    }

    fn log(&mut self, log: &Log, span: Span) {
        match (&log.template, log.lines.is_empty()) {
            (None, true) => self.fault(
                codes::MISSING_KEY,
                span,
                "`log` écrit des `lines`, ou un `template`",
                "`log` writes `lines`, or a `template`",
            ),
            (Some(template), false) => self.fault(
                codes::VERB,
                template.span,
                "`log` écrit des `lines` ou un `template`, pas les deux",
                "`log` writes `lines` or a `template`, not both",
            ),
            (None, false) if log.count.is_some() => {
                self.fault(
                    codes::VERB,
                    span,
                    "`count` accompagne `template`",
                    "`count` goes with `template`",
                );
            }
            _ => {}
        }
    }

    fn traffic(&mut self, traffic: &Traffic) {
        for (key, time) in [("every", &traffic.every), ("for", &traffic.lasting)] {
            if let Some(time) = time {
                self.not_zero(key, time);
            }
        }
    }

    fn pick(&mut self, step: &Step, pick: &'a Spanned<Pick>) {
        self.no_id(step);
        if pick.n.value as usize >= pick.of.len() {
            self.fault(
                codes::WRONG_VALUE,
                pick.n.span,
                format!(
                    "`pick` choisit moins d'étapes qu'il n'en a : {} sur {}",
                    pick.n.value,
                    pick.of.len()
                ),
                format!("`pick` chooses fewer steps than it has: {} of {}", pick.n.value, pick.of.len()),
            );
        }
        if Choice::all(self.scenario).is_none() {
            self.fault(
                codes::BUDGET,
                pick.n.span,
                format!("cette histoire a plus de {MOST_CHOICES} tirages : tous doivent être joués"),
                format!("this story has more than {MOST_CHOICES} choices: all must be played"),
            );
        }
        for alternative in &pick.of {
            self.inner_steps(&alternative.steps, "un tirage", "a choice");
        }
    }

    fn compare(&mut self, step: &Step, compare: &'a Spanned<Compare>) {
        self.no_id(step);
        let worlds: Vec<&str> = self.scenario.worlds.names().collect();
        for world in &compare.worlds {
            self.resolve(&world.value, world.span, &worlds, "un monde", "a world");
        }
        self.inner_steps(&compare.steps, "une comparaison", "a comparison");
    }

    /// A step that only holds others causes nothing itself.
    fn no_id(&mut self, step: &Step) {
        if let Some(id) = &step.id {
            self.fault(
                codes::VERB,
                id.span,
                "`id` va sur les étapes qui sont dedans",
                "`id` goes on the steps inside",
            );
        }
    }

    fn advance(&mut self, advance: &Advance, span: Span) {
        if advance.to.is_none() && advance.until.is_none() {
            self.fault(
                codes::MISSING_KEY,
                span,
                "`advance` va `to:` un instant ou `until:` une condition",
                "`advance` runs `to:` an instant or `until:` a condition",
            );
        }
        if let Some(until) = &advance.until {
            self.condition(until, &[]);
        }
    }
}
