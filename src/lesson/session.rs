//! A scenario being lived: its story, its questions and tasks, and what the learner does to the account.
//!
//! The story is played ahead to its next task, so that everything up to there can be watched, in either
//! direction, as a prefix of the ledger. Predictions change nothing of the account and are passed on the way.

mod questions;

use std::{collections::BTreeSet, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    introduction::{Introduction, text},
    letters::{self, Letter},
    meters::{self, Meters},
    narration::Caption,
    verbs,
};
use crate::{
    aws::{HopPath, Ledger, hop::Hop, meters::Usage},
    engine::{Engine, Stimulus, Timeline, input::Link},
    kernel::{HopId, InputId, SimTime},
    scenario::{
        compose::Script,
        diagnostic::Diagnostic,
        model::{Ask, AskKind, Step},
        prices::Prices,
        spanned::Spanned,
        stage,
        story::{Player, Stop},
    },
    shell,
    text::Lang,
};

/// A caption in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Captions {
    pub fr: Caption,
    pub en: Caption,
}

impl Captions {
    pub fn get(&self, lang: Lang) -> &Caption {
        match lang {
            Lang::Fr => &self.fr,
            Lang::En => &self.en,
        }
    }
}

/// A beat of the lesson, at its place in the story.
#[derive(Clone, Debug)]
pub struct Beat {
    pub at: SimTime,
    /// How many hops the ledger had when the story reached it.
    pub hops_before: usize,
    /// Which step of the scenario it is.
    pub step: usize,
    pub kind: BeatKind,
}

/// What a beat wants of the learner.
#[derive(Clone, Debug)]
pub enum BeatKind {
    /// To read.
    Say(Captions),
    /// To predict.
    Ask,
    /// To act.
    Task,
}

/// What the console answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub text: String,
    pub is_error: bool,
    /// How many inputs of a future that lay ahead were forgotten by acting in the past.
    pub forgotten: usize,
}

/// A scenario being lived.
#[derive(Debug)]
pub struct Session {
    player: Player,
    /// The story played to its end with nobody there, where a question counts what happens in it.
    whole: Option<Player>,
    script: Arc<Script>,
    introduction: Introduction,
    beats: Vec<Beat>,
    /// Inputs that are only the world's baseline: their measures are no steps of the story.
    background: BTreeSet<InputId>,
    done: BTreeSet<usize>,
}

impl Session {
    /// Sets the stage and plays ahead to the first task.
    ///
    /// # Errors
    /// What keeps the scenario from being played.
    pub fn open(script: &Arc<Script>, options: &stage::Options) -> Result<Self, Vec<Diagnostic>> {
        let stage = stage::set(script, options)?;
        let mut session = Self {
            script: Arc::clone(&stage.script),
            introduction: Introduction::new(&stage.script),
            player: Player::new(stage),
            whole: None,
            beats: Vec::new(),
            background: BTreeSet::new(),
            done: BTreeSet::new(),
        };
        session.play_ahead().and_then(|()| session.play_whole()).map_err(|diagnostic| vec![*diagnostic])?;
        Ok(session)
    }

    fn play_ahead(&mut self) -> Result<(), Box<Diagnostic>> {
        while let Stop::Ask(_) = self.player.run()? {
            self.player.pass();
        }
        self.read_beats();
        Ok(())
    }

    /// A task hides what comes after it, and a question asked before it counts that too.
    fn play_whole(&mut self) -> Result<(), Box<Diagnostic>> {
        let counts = |ask: &Ask| {
            ask.kind == AskKind::Number && ask.right.as_ref().is_some_and(|right| right.is_found())
        };
        let mut asks = self.script.scenario().story.iter().filter_map(|step| step.ask.as_ref());
        if asks.any(|ask| counts(ask)) {
            let mut whole = self.player.clone();
            whole.play_through()?;
            self.whole = Some(whole);
        }
        Ok(())
    }

    fn read_beats(&mut self) {
        let steps = &self.script.scenario().story;
        let reached = self.player.beats();
        self.beats = steps
            .iter()
            .enumerate()
            .filter_map(|(index, step)| {
                let kind = beat_kind(step)?;
                let reached = reached.get(index)?;
                Some(Beat { at: reached.at?, hops_before: reached.hops_before?, step: index, kind })
            })
            .collect();
        let since = self.player.since();
        let ledger = self.ledger();
        self.background =
            ledger.inputs().iter().filter(|input| input.at < since.at).map(|input| input.id).collect();
    }

    pub fn engine(&self) -> &Engine {
        self.player.engine()
    }

    pub fn timeline(&self) -> &Timeline {
        self.player.timeline()
    }

    pub fn ledger(&self) -> &Ledger {
        self.player.engine().ledger()
    }

    pub fn story_start(&self) -> SimTime {
        self.player.since().at
    }

    pub fn beats(&self) -> &[Beat] {
        &self.beats
    }

    /// Whether nothing more will come.
    pub fn is_over(&self) -> bool {
        self.player.has_ended()
    }

    /// The meters from the story's first hop on, where the lesson shows them.
    pub fn meters(&self) -> Option<Meters> {
        meters::are_shown(&self.script).then(|| {
            let first = self.player.since().first_hop();
            let shown = Usage::along(self.ledger(), first).collect();
            Meters { first, shown, prices: Prices::of(&self.script) }
        })
    }

    /// Whether a hop is the world's routine rather than the story: measures of what nobody drives.
    pub fn is_background(&self, ledger: &Ledger, hop: &Hop) -> bool {
        matches!(hop.path, HopPath::ResMetric | HopPath::LambdaMetric)
            && self.background.contains(&ledger.root(hop.cause))
    }

    // What the scenario says.

    /// What it says of itself, with the choices of this play made.
    pub fn introduction(&self) -> &Introduction {
        &self.introduction
    }

    pub fn opens_limit(&self, card: &str) -> bool {
        self.script.scenario().limits.iter().any(|limit| limit.value == card)
    }

    /// The first limits card this scenario opens, counted from `L1`.
    pub fn first_limit(&self) -> usize {
        let number = |card: &str| card.trim_start_matches('L').parse::<usize>().ok();
        self.script
            .scenario()
            .limits
            .first()
            .and_then(|card| number(&card.value))
            .map_or(0, |n| n.saturating_sub(1))
    }

    // The learner acts.

    /// Runs a line of the console at `at`, as the learner. Acting before the end of what is known forks the story.
    pub fn act(&mut self, at: SimTime, line: &str, lang: Lang) -> Said {
        if line.trim_start().starts_with(':') {
            return self.look(at, line.trim_start(), lang);
        }
        let command = match self.player.read(line) {
            Ok(shell::Line::Call(command)) => command,
            Ok(shell::Line::Help(topic)) => {
                let text = shell::help::page(topic, self.engine().account());
                return Said { text, is_error: false, forgotten: 0 };
            }
            Err(error) => {
                let help = error.help.as_ref().map(|help| match lang {
                    Lang::Fr => format!("\n  {}", help.fr),
                    Lang::En => format!("\n  {}", help.en),
                });
                let text = format!("{}{}", error.message.trim(), help.unwrap_or_default());
                return Said { text, is_error: true, forgotten: 0 };
            }
        };
        let call = self.player.learner_call(&command);
        let (outcome, forgotten) = self.player.act_at(at, call);
        let text = shell::output::render(&command, &outcome);
        self.catch_up();
        Said { text, is_error: outcome.is_err(), forgotten }
    }

    /// Runs a line that only looks: nothing of the account changes, but a task may ask for it.
    fn look(&mut self, at: SimTime, line: &str, lang: Lang) -> Said {
        match verbs::look(self, at, line, lang) {
            Ok(look) => {
                for (view, of) in &look.opened {
                    self.opened(view, of);
                }
                Said { text: look.text, is_error: false, forgotten: 0 }
            }
            Err(text) => Said { text, is_error: true, forgotten: 0 },
        }
    }

    /// What a name of the template stands for, or the name itself.
    pub(super) fn resource<'n>(&'n self, name: &'n str) -> &'n str {
        self.player.names().get(name).unwrap_or(name)
    }

    /// The instant of a moment of the story.
    pub(super) fn moment(&self, at: SimTime) -> DateTime<Utc> {
        let since = at.since(self.story_start()).as_millis();
        self.script.start + TimeDelta::milliseconds(i64::try_from(since).unwrap_or(i64::MAX))
    }

    /// Looks at the task at hand after the learner did something, and tells what follows anew.
    fn catch_up(&mut self) {
        if matches!(self.player.stop(), Some(Stop::Task(_))) {
            self.read_beats();
            self.look_at_task();
        } else {
            // A story that was checked plays on; one that cannot any more simply stops here.
            let _ = self.play_ahead();
        }
    }

    /// The task the story stands at is done as soon as its check holds.
    fn look_at_task(&mut self) {
        let Some(Stop::Task(step)) = self.player.stop() else { return };
        if self.player.is_done(step).unwrap_or(false)
            && let Some(beat) = self.beats.iter().position(|beat| beat.step == step)
        {
            self.done.insert(beat);
        }
    }

    /// Notes that the learner looked at something: the causes of a hop (`why`), a card (`limits`). A task may ask for it.
    pub fn opened(&mut self, view: &str, of: &str) {
        self.player.learner_mut().open(view, of);
        self.look_at_task();
    }

    /// The story goes on after a task, done or passed; what follows is played ahead to the next one.
    pub fn go_on_after(&mut self, beat: usize) {
        let stands_there = match self.player.stop() {
            Some(Stop::Task(step)) => self.beats.get(beat).is_some_and(|beat| beat.step == step),
            _ => false,
        };
        if stands_there {
            self.player.pass();
            // A story that was checked plays to its end; one that does not simply stops here.
            let _ = self.play_ahead();
        }
    }

    /// Opens the link of a confirmation mail.
    pub fn confirm_subscription(&mut self, at: SimTime, _topic: &str, token: &str) {
        let link = Stimulus::OpenLink {
            link: Link::Subscription,
            region: self.script.home.clone(),
            key: token.into(),
        };
        self.player.push_at(at, link);
        self.catch_up();
    }

    /// Completes the last word of a line: the line as far as it is certain, and what it could go on with.
    pub fn complete(&self, line: &str) -> (String, Vec<String>) {
        let account = self.engine().account();
        let completion = shell::complete::complete(line, account, &|_| Vec::new());
        let head = &line[..completion.range.start.min(line.len())];
        let word = &line[head.len()..];
        let texts: Vec<String> = completion.candidates.into_iter().map(|candidate| candidate.text).collect();
        match texts.as_slice() {
            [] => (line.to_owned(), Vec::new()),
            [only] => (format!("{head}{only} "), Vec::new()),
            [first, others @ ..] => {
                let mut common = first.as_str();
                for other in others {
                    let same =
                        common.char_indices().zip(other.chars()).take_while(|((_, a), b)| a == b).last();
                    common = &common[..same.map_or(0, |((at, c), _)| at + c.len_utf8())];
                }
                let grown =
                    if common.len() > word.len() { format!("{head}{common}") } else { line.to_owned() };
                (grown, texts)
            }
        }
    }

    // Mail.

    /// Letters among these hops, box by box, oldest first.
    pub fn letters(&self, hops: Vec<HopId>) -> Vec<Letter> {
        let ledger = self.ledger();
        let pending: BTreeSet<&str> =
            self.engine().account().services().sns.subscriptions().filter_map(|sub| sub.token()).collect();
        let before =
            ledger.hops().iter().take_while(|hop| hop.sent_at < self.story_start()).map(|hop| hop.id);
        letters::letters(ledger, before.chain(hops), &pending)
    }
}

fn beat_kind(step: &Spanned<Step>) -> Option<BeatKind> {
    if step.ask.is_some() {
        return Some(BeatKind::Ask);
    }
    if step.task.is_some() {
        return Some(BeatKind::Task);
    }
    let say = step.say.as_ref()?;
    let cloud = |lang| text(step.cloud.as_ref(), lang).to_owned();
    Some(BeatKind::Say(Captions {
        fr: Caption { city: say.value.fr.clone(), cloud: cloud(Lang::Fr) },
        en: Caption { city: say.value.en.clone(), cloud: cloud(Lang::En) },
    }))
}
