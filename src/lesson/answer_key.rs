//! The right answer of a question, from what the scenario says and the run shows; and that answer in words.

use super::response::{Key, letter, place};
use crate::{
    aws::{Ledger, record},
    kernel::HopId,
    scenario::{
        judge::{Court, count},
        model::{Ask, AskKind, Right},
    },
    text::{Lang, format},
};

/// What is right, as far as the story is known.
pub fn of(ask: &Ask, court: &Court<'_>) -> Option<Key> {
    let right = ask.right.as_ref().map(|right| &right.value);
    let places = |letters: &[String]| letters.iter().map(|letter| place(letter)).collect();
    let within = ask.within.unwrap_or_default();
    Some(match (ask.kind, right) {
        (AskKind::Choice, _) => Key::Choice(ask.options.iter().position(|option| option.value.right)?),
        (AskKind::Sort, Some(Right::Letters(letters))) => Key::Places(places(letters)),
        (AskKind::Rank, Some(Right::Letters(letters))) => Key::Order(places(letters)),
        (AskKind::Number, Some(Right::Number(number))) => Key::Number(*number, within),
        (AskKind::Number, Some(Right::From(condition))) => {
            Key::Number(count(condition, court).ok()?? as f64, within)
        }
        (AskKind::Record, Some(Right::From(condition))) => {
            Key::Lines(court.main.lines(condition.call.as_ref()?))
        }
        (AskKind::Record, Some(Right::Fields(fields))) => Key::Fields(fields.clone()),
        _ => return None,
    })
}

/// What is right, in words.
pub fn words(lang: Lang, ask: &Ask, key: &Key, ledger: &Ledger) -> String {
    let card = |index: usize| ask.cards.get(index).map_or("", |card| card.get(lang));
    match key {
        Key::Choice(option) => ask
            .options
            .get(*option)
            .map(|option| option.value.text().get(lang).to_owned())
            .unwrap_or_default(),
        Key::Places(places) => {
            let sorted =
                places.iter().enumerate().map(|(index, place)| format!("{} {}", letter(*place), card(index)));
            sorted.collect::<Vec<_>>().join(" · ")
        }
        Key::Order(order) => {
            let ranked =
                order.iter().enumerate().map(|(rank, index)| format!("{}. {}", rank + 1, card(*index)));
            ranked.collect::<Vec<_>>().join("  ")
        }
        Key::Number(number, within) if *within > 0.0 => {
            format!("{} ± {}", format::number(lang, *number), format::number(lang, *within))
        }
        Key::Number(number, _) => format::number(lang, *number),
        Key::Lines(lines) => lines.first().map(|hop| line(ledger, *hop)).unwrap_or_default(),
        Key::Fields(fields) => {
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
