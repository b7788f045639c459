//! Questions that are questions, tasks that can be done.

use std::collections::BTreeSet;

use super::Checker;
use crate::scenario::{
    diagnostic::{Span, codes},
    model::{Ask, AskKind, Task},
    spanned::Spanned,
    words::Text,
};

/// How many misconceptions there are: M01 to M35.
const MISCONCEPTIONS: u32 = 35;
/// The longest feedback, in words.
const LONGEST_BECAUSE: usize = 60;

impl<'a> Checker<'a> {
    pub(super) fn ask(&mut self, ask: &Ask) {
        let span = ask.id.span;
        self.text(&ask.prompt, span);
        for hint in &ask.hints {
            self.text(hint, span);
        }
        if ask.kind != AskKind::Choice {
            return self.answer(ask);
        }
        self.no_other_kind(ask);
        let rights = ask.options.iter().filter(|option| option.right).count();
        if rights != 1 {
            self.fault(
                codes::QUESTION,
                span,
                format!("la question `{}` a {rights} réponses justes : il en faut une", ask.id.value),
                format!("the question `{}` has {rights} right answers: it needs one", ask.id.value),
            );
        }
        if !(2..=5).contains(&ask.options.len()) {
            self.fault(
                codes::QUESTION,
                span,
                format!(
                    "la question `{}` a {} réponses : il en faut de 2 à 5",
                    ask.id.value,
                    ask.options.len()
                ),
                format!("the question `{}` has {} options: it needs 2 to 5", ask.id.value, ask.options.len()),
            );
        }
        for option in &ask.options {
            let place = self.first_words(option.span);
            self.text(&option.text(), place);
            self.feedback(&option.because, place);
            match &option.misconception {
                None if !option.right => self.fault(
                    codes::QUESTION,
                    place,
                    "une réponse fausse dit quelle idée elle trahit : `misconception: M14`",
                    "a wrong option says which belief it betrays: `misconception: M14`",
                ),
                Some(id) => self.misconception(id),
                None => {}
            }
            for condition in &option.proof {
                self.condition(condition, &[]);
            }
        }
        for condition in &ask.proof {
            self.condition(condition, &[]);
        }
    }

    /// What is said once an answer is in, neither missing nor too long.
    pub(super) fn feedback(&mut self, because: &Text, place: Span) {
        self.text(because, place);
        for text in [&because.fr, &because.en] {
            let words =
                text.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count();
            if words > LONGEST_BECAUSE {
                self.fault(
                    codes::TEXT,
                    place,
                    format!("`because` compte {words} mots : {LONGEST_BECAUSE} au plus"),
                    format!("`because` has {words} words: {LONGEST_BECAUSE} at most"),
                );
            }
        }
    }

    pub(super) fn misconception(&mut self, id: &Spanned<String>) {
        let number = id.value.strip_prefix('M').and_then(|digits| digits.parse::<u32>().ok());
        let is_known =
            id.value.len() == 3 && number.is_some_and(|number| (1..=MISCONCEPTIONS).contains(&number));
        if !is_known {
            self.fault(
                codes::UNKNOWN_NAME,
                id.span,
                format!("`{}` n'est pas une idée fausse connue : M01 à M{MISCONCEPTIONS}", id.value),
                format!("`{}` is not a known misconception: M01 to M{MISCONCEPTIONS}", id.value),
            );
        }
    }

    pub(super) fn task(&mut self, task: &'a Task) {
        let span = task.id.span;
        self.text(&task.prompt, span);
        if let Some(because) = &task.because {
            self.text(because, span);
        }
        if task.hints.len() != 3 {
            self.fault(
                codes::QUESTION,
                span,
                format!("la tâche `{}` a {} indices : il en faut trois", task.id.value, task.hints.len()),
                format!("the task `{}` has {} hints: it needs three", task.id.value, task.hints.len()),
            );
        }
        for hint in &task.hints {
            self.text(hint, span);
        }
        if task.solution.is_empty() {
            self.fault(
                codes::SOLUTION,
                span,
                format!("la tâche `{}` n'a pas de solution qui prouve qu'elle peut se faire", task.id.value),
                format!("the task `{}` has no solution to prove that it can be done", task.id.value),
            );
        }
        if task.check.is_empty() {
            self.fault(codes::QUESTION, span, "`check` est vide", "`check` is empty");
        }
        let runs: Vec<&str> = task.runs.names().collect();
        let inside: BTreeSet<&str> = task
            .runs
            .iter()
            .flat_map(|(_, steps)| steps)
            .filter_map(|step| step.id.as_ref())
            .map(|id| id.value.as_str())
            .collect();
        let before = self.steps.clone();
        self.steps.extend(inside);
        for (_, steps) in task.runs.iter() {
            self.inner_steps(steps, "un essai", "a run");
        }
        for condition in &task.check {
            self.condition(condition, &runs);
        }
        self.steps = before;
    }
}
