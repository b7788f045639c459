//! The right answer of a question, from what the scenario says and the run shows; and that answer in words.

use super::response::Truth;
use crate::{
    aws::{Ledger, record},
    kernel::HopId,
    scenario::{
        judge::{Court, count},
        model::{
            Ask, AskKind, Right,
            right::{letter, place},
        },
    },
    text::{Lang, format},
};

/// What is right, as far as the story is known.
pub fn of(ask: &Ask, court: &Court<'_>) -> Option<Truth> {
    let right = ask.right.as_ref().map(|right| &right.value);
    let places = |letters: &[String]| letters.iter().filter_map(|letter| place(letter)).collect();
    let within = ask.within.unwrap_or_default();
    Some(match (ask.kind, right) {
        (AskKind::Choice, _) => Truth::Choice(ask.options.iter().position(|option| option.value.right)?),
        (AskKind::Sort, Some(Right::Letters(letters))) => Truth::Places(places(letters)),
        (AskKind::Rank, Some(Right::Letters(letters))) => Truth::Order(places(letters)),
        (AskKind::Number, Some(Right::Number(number))) => Truth::Number(*number, within),
        (AskKind::Number, Some(Right::From(condition))) => {
            Truth::Number(count(condition, court).ok()?? as f64, within)
        }
        (AskKind::Record, Some(Right::From(condition))) => {
            Truth::Lines(court.main.lines(condition.call.as_ref()?))
        }
        (AskKind::Record, Some(Right::Fields(fields))) => Truth::Fields(fields.clone()),
        _ => return None,
    })
}

/// What is right, in words.
pub fn words(lang: Lang, ask: &Ask, truth: &Truth, ledger: &Ledger) -> String {
    let card = |index: usize| ask.cards.get(index).map_or("", |card| card.get(lang));
    match truth {
        Truth::Choice(option) => ask
            .options
            .get(*option)
            .map(|option| option.value.text().get(lang).to_owned())
            .unwrap_or_default(),
        Truth::Places(places) => {
            let sorted =
                places.iter().enumerate().map(|(index, place)| format!("{} {}", letter(*place), card(index)));
            sorted.collect::<Vec<_>>().join(" · ")
        }
        Truth::Order(order) => {
            let ranked =
                order.iter().enumerate().map(|(rank, index)| format!("{}. {}", rank + 1, card(*index)));
            ranked.collect::<Vec<_>>().join("  ")
        }
        Truth::Number(number, within) if *within > 0.0 => {
            format!("{} ± {}", format::number(lang, *number), format::number(lang, *within))
        }
        Truth::Number(number, _) => format::number(lang, *number),
        Truth::Lines(lines) => lines.first().map(|hop| line(ledger, *hop)).unwrap_or_default(),
        Truth::Fields(fields) => {
            let filled =
                fields.iter().map(|(path, value)| format!("{path} = {}", value.as_deref().unwrap_or("-")));
            filled.collect::<Vec<_>>().join(", ")
        }
    }
}

/// A line of the notebook in one row: the act, who did it, the refusal.
pub fn line(ledger: &Ledger, hop: HopId) -> String {
    let hop = ledger.hop(hop);
    let body = hop.payload.body();
    let refused = record::field(&body, "errorCode").map(|code| format!(" · {code}")).unwrap_or_default();
    format!("{} · {}{refused}", hop.payload.title(), record::actor(&body))
}
