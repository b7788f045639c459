//! From a question being answered to the plain rows its panel shows.

use super::question::{Feedback, Question, Row};
use crate::{
    lesson::{
        answer_key,
        response::{Response, Truth, field_is_right},
    },
    scenario::model::{AskKind, right::letter},
    text::{Lang, format},
    tui::{asking::Draft, play::Play},
};

/// Lines of the notebook shown at once, around the one in focus.
const LINES: usize = 8;
/// Where the next character will stand.
const CURSOR: char = '▏';

/// How far a question has come.
#[derive(Clone, Copy)]
enum Stage<'a> {
    Open,
    Passed,
    Answered(&'a Response),
}

impl<'a> Stage<'a> {
    const fn is_open(self) -> bool {
        matches!(self, Self::Open)
    }

    const fn response(self) -> Option<&'a Response> {
        if let Self::Answered(response) = self { Some(response) } else { None }
    }
}

/// The question of a beat as it stands.
pub fn question(play: &Play, beat: usize, lang: Lang) -> Question<'_> {
    let session = &play.session;
    let answer = session.question_id(beat).and_then(|id| play.answers.of(&id).cloned());
    let hints = answer.as_ref().map_or(play.draft.hints, |answer| answer.hints);
    let stage = answer
        .as_ref()
        .map_or(Stage::Open, |answer| answer.response.as_ref().map_or(Stage::Passed, Stage::Answered));
    let places = session.places(beat).iter().enumerate();
    let legend: Vec<String> =
        places.map(|(index, place)| format!("{} {}", letter(index), place.get(lang))).collect();
    Question {
        number: play.question_beats().take_while(|index| *index < beat).count() + 1,
        of: session.introduction().predictions(),
        prompt: session.prompt(beat, lang),
        legend: legend.join("   "),
        rows: rows(play, beat, lang, stage),
        confidence: play.draft.confidence,
        hints: session.hints(beat, lang).into_iter().take(hints).collect(),
        hint_count: session.hint_count(beat),
        feedback: (!stage.is_open()).then(|| feedback(play, beat, lang, stage.response())),
    }
}

fn feedback<'p>(play: &'p Play, beat: usize, lang: Lang, response: Option<&Response>) -> Feedback<'p> {
    let session = &play.session;
    let key = session.key(beat);
    let option = |key: &Truth| if let Truth::Choice(option) = key { Some(*option) } else { None };
    let right = key.as_ref().and_then(option);
    let chosen = if let Some(Response::Choice(option)) = response { Some(*option) } else { right };
    let because = session.because(beat, chosen, lang);
    let truth = match right {
        None => session.truth(beat, lang),
        Some(right) => {
            let truth = session.because(beat, Some(right), lang);
            if truth == because { String::new() } else { format!("{} · {truth}", letter(right)) }
        }
    };
    let is_right = response.map(|response| key.is_some_and(|key| response.is_right(&key)));
    Feedback { is_right, because, truth, evidence: session.evidence(beat, lang) }
}

fn rows(play: &Play, beat: usize, lang: Lang, stage: Stage<'_>) -> Vec<Row> {
    let (session, draft) = (&play.session, &play.draft);
    let key = if stage.is_open() { None } else { session.key(beat) };
    let focused = |row: usize| draft.focus == Some(row) && stage.is_open();
    match session.kind(beat) {
        AskKind::Choice => {
            let chosen =
                if let Stage::Answered(Response::Choice(option)) = stage { Some(*option) } else { None };
            let verdict = |index: usize| match &key {
                Some(Truth::Choice(right)) if *right == index => Some(true),
                Some(_) if chosen == Some(index) => Some(false),
                _ => None,
            };
            let options = session.options(beat, lang).into_iter().enumerate();
            let row = |(index, option): (usize, &str)| Row {
                lead: letter(index).to_string(),
                text: option.to_owned(),
                focused: focused(index),
                verdict: verdict(index),
            };
            options.map(row).collect()
        }
        AskKind::Sort => sorted(play, beat, lang, stage, key.as_ref()),
        AskKind::Rank => ranked(play, beat, lang, stage, key.as_ref()),
        AskKind::Number => {
            let given = match stage {
                Stage::Answered(Response::Number(number)) => format::number(lang, *number),
                Stage::Answered(_) | Stage::Passed => String::new(),
                Stage::Open => format!("{}{CURSOR}", typed(draft, 0)),
            };
            let verdict = stage.response().zip(key.as_ref()).map(|(response, key)| response.is_right(key));
            vec![Row { lead: "=".to_owned(), text: given, focused: false, verdict }]
        }
        AskKind::Record if session.fields(beat).is_empty() => lines(play, stage, key.as_ref()),
        AskKind::Record => {
            let given = |index: usize| match stage {
                Stage::Answered(Response::Fields(values)) => values.get(index).cloned().unwrap_or_default(),
                Stage::Answered(_) | Stage::Passed => String::new(),
                Stage::Open if focused(index) => format!("{}{CURSOR}", typed(draft, index)),
                Stage::Open => typed(draft, index).to_owned(),
            };
            let verdict = |index: usize| match (&key, stage) {
                (Some(Truth::Fields(fields)), Stage::Answered(_)) => {
                    fields.get(index).map(|(_, right)| field_is_right(&given(index), right.as_deref()))
                }
                _ => None,
            };
            let fields = session.fields(beat).into_iter().enumerate();
            let row = |(index, path): (usize, &str)| Row {
                lead: String::new(),
                text: format!("{path}{} {}", lang.colon(), given(index)),
                focused: focused(index),
                verdict: verdict(index),
            };
            fields.map(row).collect()
        }
    }
}

fn typed(draft: &Draft, row: usize) -> &str {
    draft.typed.get(row).map_or("", String::as_str)
}

fn sorted(play: &Play, beat: usize, lang: Lang, stage: Stage<'_>, key: Option<&Truth>) -> Vec<Row> {
    let given = |index: usize| match stage {
        Stage::Answered(Response::Places(places)) => places.get(index).copied(),
        Stage::Answered(_) | Stage::Passed => None,
        Stage::Open => play.draft.places.get(index).copied().flatten(),
    };
    let right = |index: usize| match key {
        Some(Truth::Places(places)) => places.get(index).copied(),
        _ => None,
    };
    let row = |(index, card): (usize, &str)| Row {
        lead: given(index).map_or('·', letter).to_string(),
        text: match right(index).filter(|right| given(index) != Some(*right)) {
            Some(right) => format!("{card}  → {}", letter(right)),
            None => card.to_owned(),
        },
        focused: play.draft.focus == Some(index) && stage.is_open(),
        verdict: right(index).zip(stage.response()).map(|(right, _)| given(index) == Some(right)),
    };
    play.session.cards(beat).iter().map(|card| card.get(lang)).enumerate().map(row).collect()
}

fn ranked(play: &Play, beat: usize, lang: Lang, stage: Stage<'_>, key: Option<&Truth>) -> Vec<Row> {
    let order = match stage {
        Stage::Answered(Response::Order(order)) => order.as_slice(),
        Stage::Answered(_) | Stage::Passed => &[],
        Stage::Open => &play.draft.order,
    };
    let rank = |card: usize| order.iter().position(|taken| *taken == card).map(|rank| rank + 1);
    let right = |card: usize| match key {
        Some(Truth::Order(order)) => order.iter().position(|taken| *taken == card).map(|rank| rank + 1),
        _ => None,
    };
    let row = |(index, card): (usize, &str)| {
        let place = rank(index).map_or("·".to_owned(), |rank| format!("{rank}."));
        let moved = right(index).filter(|right| rank(index) != Some(*right));
        Row {
            lead: letter(index).to_string(),
            text: moved.map_or(format!("{place} {card}"), |right| format!("{place} {card}  → {right}.")),
            focused: play.draft.focus == Some(index) && stage.is_open(),
            verdict: right(index).zip(stage.response()).map(|(right, _)| rank(index) == Some(right)),
        }
    };
    play.session.cards(beat).iter().map(|card| card.get(lang)).enumerate().map(row).collect()
}

/// The lines of the notebook around the one in focus.
fn lines(play: &Play, stage: Stage<'_>, key: Option<&Truth>) -> Vec<Row> {
    let (ledger, draft) = (play.session.ledger(), &play.draft);
    let chosen = match stage {
        Stage::Answered(Response::Line(hop)) => draft.lines.iter().position(|line| line == hop),
        Stage::Answered(_) | Stage::Passed => None,
        Stage::Open => draft.focus,
    };
    let first = chosen.unwrap_or(0).saturating_sub(LINES / 2).min(draft.lines.len().saturating_sub(LINES));
    let start = play.session.story_start();
    let shown = draft.lines.iter().copied().enumerate().skip(first).take(LINES);
    let row = |(index, hop)| Row {
        lead: String::new(),
        text: format!(
            "{}  {}",
            format::clock(ledger.hop(hop).sent_at.since(start).as_millis()),
            answer_key::line(ledger, hop)
        ),
        focused: chosen == Some(index) && stage.is_open(),
        verdict: match key {
            Some(Truth::Lines(right)) if right.contains(&hop) => Some(true),
            Some(_) if chosen == Some(index) => Some(false),
            _ => None,
        },
    };
    shown.map(row).collect()
}
