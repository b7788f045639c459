//! From a story being watched to the plain data its panels show.

use super::pages::{Letter, ReportLine, Task};
use crate::{
    kernel::Cause,
    lesson::narration,
    text::{Key, Lang, format},
    tui::play::Play,
};

/// The task of a beat as it stands.
pub fn task(play: &Play, beat: usize, lang: Lang) -> Task<'_> {
    let session = &play.session;
    Task {
        prompt: session.prompt(beat, lang),
        only_looks: session.only_looks(beat),
        missing: session.missing(beat, lang),
        hints: session.hints(beat, lang).into_iter().take(play.task_hints).collect(),
        hint_count: session.hint_count(beat),
        solution: play.show_solution.then(|| session.solution(beat)),
        done: session.task_done(beat).then(|| session.task_because(beat, lang)),
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
            let response = answer.as_ref().and_then(|answer| answer.response.as_ref());
            let key = play.session.key(beat);
            ReportLine {
                question: play.session.prompt(beat, lang).to_owned(),
                right: response.map(|response| key.is_some_and(|key| response.is_right(&key))),
                confidence: answer.filter(|answer| answer.response.is_some()).map(|answer| {
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
