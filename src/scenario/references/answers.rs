//! Questions answered otherwise than by a choice: cards and places that are there, a right answer of the right shape.

use super::Checker;
use crate::scenario::{
    diagnostic::{Span, codes},
    model::{Ask, AskKind, Condition, Right, right::place},
};

const CARDS: std::ops::RangeInclusive<usize> = 2..=8;
const PLACES: std::ops::RangeInclusive<usize> = 2..=6;

impl Checker<'_> {
    /// A choice has options, and nothing that belongs to another kind.
    pub(super) fn no_other_kind(&mut self, ask: &Ask) {
        let strange = [
            ("cards", !ask.cards.is_empty()),
            ("places", !ask.places.is_empty()),
            ("right", ask.right.is_some()),
            ("within", ask.within.is_some()),
        ];
        self.strange(ask, &strange);
    }

    /// A question that is no choice.
    pub(super) fn answer(&mut self, ask: &Ask) {
        let span = ask.id.span;
        let with_cards = matches!(ask.kind, AskKind::Sort | AskKind::Rank);
        let strange = [
            ("options", !ask.options.is_empty()),
            ("cards", !with_cards && !ask.cards.is_empty()),
            ("places", ask.kind != AskKind::Sort && !ask.places.is_empty()),
            ("within", ask.kind != AskKind::Number && ask.within.is_some()),
        ];
        self.strange(ask, &strange);
        match &ask.because {
            Some(because) => self.feedback(because, span),
            None => self.fault(
                codes::QUESTION,
                span,
                format!("la question `{}` n'explique pas sa réponse : `because`", ask.id.value),
                format!("the question `{}` does not explain its answer: `because`", ask.id.value),
            ),
        }
        for text in ask.cards.iter().chain(&ask.places) {
            self.text(text, span);
        }
        if with_cards {
            self.amount(ask, "cards", ask.cards.len(), &CARDS);
        }
        if ask.kind == AskKind::Sort {
            self.amount(ask, "places", ask.places.len(), &PLACES);
        }
        if ask.within.is_some_and(|within| within < 0.0) {
            self.fault(codes::QUESTION, span, "`within` est négatif", "`within` is negative");
        }
        self.right(ask);
        for condition in &ask.proof {
            self.condition(condition, &[]);
        }
    }

    fn strange(&mut self, ask: &Ask, members: &[(&str, bool)]) {
        for (name, _) in members.iter().filter(|(_, is_there)| *is_there) {
            self.fault(
                codes::QUESTION,
                ask.id.span,
                format!("`{name}` n'est pas d'une question `{}`", ask.kind.as_str()),
                format!("`{name}` does not belong to a `{}` question", ask.kind.as_str()),
            );
        }
    }

    fn amount(&mut self, ask: &Ask, name: &str, count: usize, wanted: &std::ops::RangeInclusive<usize>) {
        if !wanted.contains(&count) {
            let (least, most) = (wanted.start(), wanted.end());
            self.fault(
                codes::QUESTION,
                ask.id.span,
                format!("la question `{}` a {count} `{name}` : il en faut de {least} à {most}", ask.id.value),
                format!("the question `{}` has {count} `{name}`: it needs {least} to {most}", ask.id.value),
            );
        }
    }

    fn right(&mut self, ask: &Ask) {
        let Some(right) = &ask.right else {
            return self.not_right(ask, ask.id.span);
        };
        match (ask.kind, &right.value) {
            (AskKind::Sort, Right::Letters(letters)) => {
                let all =
                    letters.iter().all(|letter| place(letter).is_some_and(|place| place < ask.places.len()));
                if !all || letters.len() != ask.cards.len() {
                    self.not_right(ask, right.span);
                }
            }
            (AskKind::Rank, Right::Letters(letters)) => {
                let mut places: Vec<_> = letters.iter().filter_map(|letter| place(letter)).collect();
                places.retain(|place| *place < ask.cards.len());
                places.sort_unstable();
                places.dedup();
                if places.len() != ask.cards.len() || letters.len() != ask.cards.len() {
                    self.not_right(ask, right.span);
                }
            }
            (AskKind::Number, Right::Number(_)) => {}
            (AskKind::Number, Right::From(condition)) if counts(condition) => self.condition(condition, &[]),
            (AskKind::Record, Right::From(condition))
                if condition.call.is_some() && condition.within.is_none() =>
            {
                self.condition(condition, &[]);
            }
            (AskKind::Record, Right::Fields(fields)) if (1..=6).contains(&fields.len()) => {}
            _ => self.not_right(ask, right.span),
        }
    }

    fn not_right(&mut self, ask: &Ask, span: Span) {
        let (fr, en) = match ask.kind {
            AskKind::Choice => return,
            AskKind::Sort => (
                "la lettre d'une place pour chaque carte, dans l'ordre : `right: [a, b, a]`",
                "the letter of a place for each card in turn: `right: [a, b, a]`",
            ),
            AskKind::Rank => (
                "la lettre de chaque carte une fois, dans l'ordre : `right: [c, a, b]`",
                "the letter of each card once, in order: `right: [c, a, b]`",
            ),
            AskKind::Number => (
                "un nombre, ou ce qu'une condition compte : `right: {from: {mail: …}}` (hop, mail, call, invoked)",
                "a number, or what a condition counts: `right: {from: {mail: …}}` (hop, mail, call, invoked)",
            ),
            AskKind::Record => (
                "de un à six champs, `right: {eventName: …}`, ou une ligne, `right: {from: {call: …}}`",
                "one to six fields, `right: {eventName: …}`, or a line, `right: {from: {call: …}}`",
            ),
        };
        let id = &ask.id.value;
        self.fault(
            codes::QUESTION,
            span,
            format!("`right` de la question `{id}` : il faut {fr}"),
            format!("`right` of the question `{id}`: it needs {en}"),
        );
    }
}

/// Whether a condition counts something in the run itself, not in another world.
const fn counts(condition: &Condition) -> bool {
    let counted = condition.hop.is_some()
        || condition.mail.is_some()
        || condition.call.is_some()
        || condition.invoked.is_some();
    counted && condition.within.is_none()
}
