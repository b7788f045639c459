//! Conditions: one verb each, and names that lead somewhere.

use super::Checker;
use crate::{
    aws::HopPath,
    scenario::{
        diagnostic::{Diagnostic, codes},
        model::{Condition, condition},
        prices,
        spanned::Spanned,
    },
};

impl Checker<'_> {
    pub(super) fn condition(&mut self, condition: &Spanned<Condition>, runs: &[&str]) {
        let span = self.first_words(condition.span);
        let verbs = condition.verbs();
        match verbs[..] {
            [_] => {}
            [] => {
                let list = condition::VERBS.join("`, `");
                self.found.push(
                    Diagnostic::error(
                        codes::VERB,
                        span,
                        "cette condition ne dit rien",
                        "this condition says nothing",
                    )
                    .help(format!("un verbe parmi `{list}`"), format!("one verb of `{list}`")),
                );
            }
            _ => self.fault(
                codes::VERB,
                span,
                format!("cette condition a {} verbes : `{}`", verbs.len(), verbs.join("`, `")),
                format!("this condition has {} verbs: `{}`", verbs.len(), verbs.join("`, `")),
            ),
        }
        if let Some(world) = &condition.within {
            let worlds: Vec<&str> = self.scenario.worlds.names().chain(runs.iter().copied()).collect();
            self.resolve(&world.value, world.span, &worlds, "un monde ni un essai", "a world or a run");
        }
        let paths: Vec<&str> = HopPath::ALL.iter().map(|path| path.as_str()).collect();
        let hop = condition.hop.as_ref().map(|hop| &hop.path);
        let reaches = condition.call.as_ref().and_then(|call| call.reaches.as_ref());
        let chain = condition.chain.iter().flat_map(|chain| &chain.value);
        for path in hop.into_iter().chain(reaches).chain(chain) {
            self.resolve(&path.value, path.span, &paths, "un chemin de saut", "a hop path");
        }
        let of = [
            condition.hop.as_ref().and_then(|hop| hop.of.as_ref()),
            condition.mail.as_ref().and_then(|mail| mail.of.as_ref()),
            condition.call.as_ref().and_then(|call| call.of.as_ref()),
            condition.invoked.as_ref().and_then(|invoked| invoked.of.as_ref()),
        ];
        let exactly = condition.matches.iter().flat_map(|matches| &matches.exactly);
        let steps: Vec<&str> = self.steps.iter().copied().collect();
        for step in of.into_iter().flatten().chain(exactly) {
            self.resolve(&step.value, step.span, &steps, "une étape", "a step");
        }
        if let Some(answers) = &condition.answer {
            let questions: Vec<&str> = self.questions.iter().copied().collect();
            for (question, _) in answers.iter() {
                self.resolve(&question.value, question.span, &questions, "une question", "a question");
            }
        }
        if let Some(cost) = &condition.cost {
            let meters: Vec<&str> = prices::names().collect();
            self.resolve(&cost.meter.value, cost.meter.span, &meters, "un compteur", "a meter");
            if cost.at_most.is_none() && cost.at_least.is_none() {
                self.fault(
                    codes::MISSING_KEY,
                    span,
                    "`cost` dit combien : `at_most` ou `at_least`, en dollars",
                    "`cost` says how much: `at_most` or `at_least`, in dollars",
                );
            }
        }
        if let Some(never) = &condition.never {
            self.condition(never, runs);
        }
        for option in condition.any.iter().flatten() {
            self.condition(option, runs);
        }
    }
}
