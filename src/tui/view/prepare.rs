//! From a story being watched to the plain data its panels show.

use super::{
    pages::{Letter, ReportLine, Task},
    question::{Feedback, Question},
};
use crate::{
    kernel::Cause,
    lesson::narration,
    text::{Key, Lang, format},
    tui::play::Play,
};

/// The question of a beat as it stands.
pub fn question(play: &Play, beat: usize, lang: Lang) -> Question<'_> {
    let session = &play.session;
    let questions: Vec<usize> = play.question_beats().collect();
    let answer = session.question_id(beat).and_then(|id| play.answers.of(&id).cloned());
    let hints = answer.as_ref().map_or(play.draft.hints, |answer| answer.hints);
    let choice = answer.as_ref().map_or(play.draft.option, |answer| answer.option);
    let right = session.right_option(beat);
    Question {
        number: questions.iter().position(|index| *index == beat).map_or(1, |at| at + 1),
        of: questions.len(),
        prompt: session.prompt(beat, lang),
        options: session.options(beat, lang),
        choice,
        confidence: play.draft.confidence,
        hints: session.hints(beat, lang).into_iter().take(hints).collect(),
        hint_count: session.hint_count(beat),
        feedback: answer.is_some().then(|| Feedback {
            right,
            because: session.because(beat, choice.unwrap_or(right), lang),
            truth: session.because(beat, right, lang),
            evidence: session.evidence(beat, lang),
        }),
    }
}

/// The task of a beat as it stands.
pub fn task(play: &Play, beat: usize, lang: Lang) -> Task<'_> {
    let session = &play.session;
    Task {
        prompt: session.prompt(beat, lang),
        missing: session.missing(beat, lang),
        hints: session.hints(beat, lang).into_iter().take(play.task_hints).collect(),
        hint_count: session.hint_count(beat),
        solution: play.show_solution.then(|| session.solution(beat)),
        done: session.task_done(beat),
    }
}

/// Every letter that has arrived, box by box.
pub fn letters(play: &Play, lang: Lang) -> Vec<Letter> {
    let start = play.session.story_start();
    play.session
        .letters(play.departed_hops())
        .into_iter()
        .map(|letter| Letter {
            to: letter.to,
            time: if letter.at < start {
                "··:··".to_owned()
            } else {
                format::clock(letter.at.since(start).as_millis())
            },
            from: letter.from,
            subject: letter.subject,
            body: letter.body,
            stamp: letter.confirms.is_some().then(|| lang.get(Key::MailPending).to_owned()),
        })
        .collect()
}

/// What became of each question.
pub fn report(play: &Play, lang: Lang) -> Vec<ReportLine> {
    play.question_beats()
        .map(|beat| {
            let answer = play.session.question_id(beat).and_then(|id| play.answers.of(&id).cloned());
            let option = answer.as_ref().and_then(|answer| answer.option);
            ReportLine {
                question: play.session.prompt(beat, lang).to_owned(),
                right: option.map(|option| option == play.session.right_option(beat)),
                confidence: answer.filter(|answer| answer.option.is_some()).map(|answer| {
                    lang.get(match answer.confidence {
                        1 => Key::PredictGuess,
                        2 => Key::PredictRather,
                        _ => Key::PredictCertain,
                    })
                    .to_owned()
                }),
            }
        })
        .collect()
}

/// The longest chain of the story, from where it began: time, hop, words.
pub fn chain(play: &Play, lang: Lang) -> Vec<(String, String, String)> {
    let ledger = play.session.ledger();
    let start = play.session.story_start();
    let hops = play.departed_hops();
    let Some(deepest) = hops.iter().copied().max_by_key(|id| (ledger.hop(*id).depth, *id)) else {
        return Vec::new();
    };
    let mut chain = vec![deepest];
    chain.extend(ledger.causes(deepest).filter_map(|cause| match cause {
        Cause::Hop(id) => Some(id),
        Cause::Input(_) => None,
    }));
    chain
        .into_iter()
        .rev()
        .map(|id| {
            let hop = ledger.hop(id);
            let at = format::clock(hop.sent_at.since(start).as_millis());
            (at, hop.path.to_string(), narration::caption(lang, ledger, hop).city)
        })
        .collect()
}
