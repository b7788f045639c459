//! Steps: one verb each, and one that this version plays.

use super::Checker;
use crate::scenario::{
    diagnostic::{Diagnostic, codes},
    model::{Line, Step, step},
    spanned::Spanned,
    story::not_played,
};

/// What this version does not play, though the format has it.
const NOT_PLAYED: [&str; 6] = ["sign-in", "log", "traffic", "pick", "fault", "compare"];

impl<'a> Checker<'a> {
    pub(super) fn step(&mut self, step: &'a Spanned<Step>) {
        let verbs = step.verbs();
        let span = self.first_words(step.span);
        match verbs[..] {
            [verb] if NOT_PLAYED.contains(&verb) => self.found.push(not_played(verb, span)),
            [_] => {}
            [] => {
                let list = step::VERBS.join("`, `");
                self.found.push(
                    Diagnostic::error(
                        codes::VERB,
                        span,
                        "cette étape ne dit pas ce qui se passe",
                        "this step does not say what happens",
                    )
                    .help(format!("un verbe parmi `{list}`"), format!("one verb of `{list}`")),
                );
            }
            _ => self.fault(
                codes::VERB,
                span,
                format!("cette étape a {} verbes : `{}`", verbs.len(), verbs.join("`, `")),
                format!("this step has {} verbs: `{}`", verbs.len(), verbs.join("`, `")),
            ),
        }
        if let Some(by) = &step.by {
            let people: Vec<&str> = self.scenario.people.names().chain(["root"]).collect();
            // A fixture may bring them: only a scenario that stands on none knows everybody here.
            if self.scenario.base.is_none() {
                self.resolve(&by.value, by.span, &people, "quelqu'un de `people`", "somebody of `people`");
            }
        }
        if let Some(say) = &step.say {
            self.text(say, step.span);
        }
        match (&step.say, &step.cloud) {
            (None, Some(_)) => {
                self.fault(codes::VERB, span, "`cloud:` accompagne `say:`", "`cloud:` goes with `say:`");
            }
            (_, Some(cloud)) => self.text(cloud, step.span),
            _ => {}
        }
        if let Some(load) = &step.load {
            for (verb, series) in [("latency_ms", &load.latency_ms), ("errors", &load.errors)] {
                if let Some(series) = series {
                    self.found.push(not_played(verb, series.span));
                }
            }
            if load.every.as_ref().is_some_and(|every| every.value.0.as_millis() == 0) {
                self.fault(
                    codes::WRONG_VALUE,
                    load.span,
                    "`every` ne peut être nul",
                    "`every` cannot be zero",
                );
            }
        }
        if let Some(ask) = &step.ask {
            self.ask(ask);
        }
        if let Some(task) = &step.task {
            self.task(task);
        }
        if let Some(advance) = &step.advance {
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
        if let Some(Spanned { value: Line::Open(_), span }) = &step.aws {
            self.fault(
                codes::COMMAND,
                *span,
                "`open:` ne va que dans une solution",
                "`open:` belongs only in a solution",
            );
        }
    }
}
