//! A scenario being lived: its story, its questions and tasks, and what the learner does to the account.
//!
//! The story is played ahead to its next task, so that everything up to there can be watched, in either
//! direction, as a prefix of the ledger. Predictions change nothing of the account and are passed on the way.

use std::{collections::BTreeSet, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    answer_key,
    letters::{self, Letter},
    meters::{self, Meters},
    narration::Caption,
    response::{Key, Response},
    verbs,
};
use crate::{
    aws::{HopPath, Ledger, Region, ServiceName, hop::Hop, meters::Usage},
    engine::{Engine, Stimulus, Timeline, input::Link},
    kernel::{HopId, InputId, SimTime},
    scenario::{
        compose::Script,
        diagnostic::Diagnostic,
        judge::judge_all,
        model::{Ask, AskKind, Line, Right, Step, Task, View},
        prices::Prices,
        spanned::Spanned,
        stage,
        story::{Player, Stop},
        words::Text,
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

    pub fn id(&self) -> &str {
        &self.script.scenario().id.value
    }

    pub fn title(&self, lang: Lang) -> &str {
        text(self.script.scenario().title.as_ref(), lang)
    }

    pub fn hook(&self, lang: Lang) -> &str {
        text(self.script.scenario().hook.as_ref(), lang)
    }

    pub fn objective(&self, lang: Lang) -> &str {
        text(self.script.scenario().objective.as_ref(), lang)
    }

    pub fn minutes(&self) -> u32 {
        self.script.scenario().minutes.unwrap_or_default()
    }

    pub fn region(&self) -> &Region {
        &self.script.home
    }

    pub fn view(&self) -> View {
        self.script.scenario().view
    }

    /// `CloudTrail · EventBridge · SNS`.
    pub fn teaches(&self) -> String {
        teaches(self.script.scenario().teaches.iter().map(|service| service.value.as_str()))
    }

    /// Hour of the day, UTC, at which the story opens.
    pub fn start_hour(&self) -> u32 {
        use chrono::Timelike;
        self.script.start.hour()
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

    // Questions and tasks, by beat.

    fn step(&self, beat: usize) -> Option<&Step> {
        let step = self.beats.get(beat)?.step;
        self.script.scenario().story.get(step).map(|step| &step.value)
    }

    fn ask(&self, beat: usize) -> Option<&Ask> {
        self.step(beat)?.ask.as_ref().map(|ask| &ask.value)
    }

    fn task(&self, beat: usize) -> Option<&Task> {
        self.step(beat)?.task.as_ref().map(|task| &task.value)
    }

    pub fn question_id(&self, beat: usize) -> Option<String> {
        self.ask(beat).map(|ask| ask.id.value.clone())
    }

    pub fn prompt(&self, beat: usize, lang: Lang) -> &str {
        let prompt =
            self.ask(beat).map(|ask| &ask.prompt).or_else(|| self.task(beat).map(|task| &task.prompt));
        text(prompt, lang)
    }

    pub fn option_count(&self, beat: usize) -> usize {
        self.ask(beat).map_or(0, |ask| ask.options.len())
    }

    pub fn options(&self, beat: usize, lang: Lang) -> Vec<&str> {
        let options = self.ask(beat).map(|ask| ask.options.as_slice()).unwrap_or_default();
        options
            .iter()
            .map(|option| match lang {
                Lang::Fr => option.value.fr.as_str(),
                Lang::En => option.value.en.as_str(),
            })
            .collect()
    }

    pub fn kind(&self, beat: usize) -> AskKind {
        self.ask(beat).map(|ask| ask.kind).unwrap_or_default()
    }

    /// The cards to sort or to rank, and the places to sort them into.
    pub fn cards(&self, beat: usize, lang: Lang) -> (Vec<&str>, Vec<&str>) {
        fn in_words(texts: &[Text], lang: Lang) -> Vec<&str> {
            texts.iter().map(|text| text.get(lang)).collect()
        }
        let ask = self.ask(beat);
        ask.map(|ask| (in_words(&ask.cards, lang), in_words(&ask.places, lang))).unwrap_or_default()
    }

    /// The fields a question wants filled in.
    pub fn fields(&self, beat: usize) -> Vec<&str> {
        match self.ask(beat).and_then(|ask| ask.right.as_ref()).map(|right| &right.value) {
            Some(Right::Fields(fields)) => fields.iter().map(|(path, _)| path.as_str()).collect(),
            _ => Vec::new(),
        }
    }

    /// What is right: counted in the whole run, found in the story as far as it is known.
    pub fn key(&self, beat: usize) -> Option<Key> {
        let ask = self.ask(beat)?;
        let run = self.whole.as_ref().filter(|_| ask.kind == AskKind::Number);
        answer_key::of(ask, &run.unwrap_or(&self.player).court())
    }

    /// What is right, in words.
    pub fn truth(&self, beat: usize, lang: Lang) -> String {
        let ask = self.ask(beat).zip(self.key(beat));
        ask.map(|(ask, key)| answer_key::words(lang, ask, &key, self.ledger())).unwrap_or_default()
    }

    /// Why an answer is right or wrong: an option's own words, or the question's.
    pub fn because(&self, beat: usize, option: Option<usize>, lang: Lang) -> &str {
        let Some(ask) = self.ask(beat) else { return "" };
        match option.and_then(|option| ask.options.get(option)) {
            Some(option) => option.value.because.get(lang),
            None => text(ask.because.as_ref(), lang),
        }
    }

    /// Notes what was answered, for conditions that ask.
    pub fn answered(&mut self, question: &str, response: &Response) {
        self.player.learner_mut().answers.insert(question.to_owned(), response.text());
    }

    pub fn hint_count(&self, beat: usize) -> usize {
        self.ask(beat)
            .map(|ask| ask.hints.len())
            .or_else(|| self.task(beat).map(|task| task.hints.len()))
            .unwrap_or(0)
    }

    pub fn hints(&self, beat: usize, lang: Lang) -> Vec<&str> {
        let hints = self.ask(beat).map(|ask| &ask.hints).or_else(|| self.task(beat).map(|task| &task.hints));
        hints.into_iter().flatten().map(|hint| hint.get(lang)).collect()
    }

    /// What the engine found for a question's proof: one line a condition, judged on the story as far as it is known.
    pub fn evidence(&self, beat: usize, lang: Lang) -> Vec<String> {
        let Some(ask) = self.ask(beat) else { return Vec::new() };
        // A proof about another world cannot be judged in this one: its conditions are left out.
        let here: Vec<_> =
            ask.proof.iter().filter(|condition| condition.value.within.is_none()).cloned().collect();
        let findings = judge_all(&here, &self.player.court()).unwrap_or_default();
        findings
            .iter()
            .map(|finding| {
                let mark = if finding.holds { "✓" } else { "·" };
                format!("{mark} {} — {}", finding.says.get(lang), finding.found.get(lang))
            })
            .collect()
    }

    pub fn task_done(&self, beat: usize) -> bool {
        self.done.contains(&beat)
    }

    /// What the task at hand still lacks.
    pub fn missing(&self, beat: usize, lang: Lang) -> Vec<String> {
        let Some(step) = self.beats.get(beat).map(|beat| beat.step) else { return Vec::new() };
        let findings = self.player.findings(step).unwrap_or_default();
        findings
            .iter()
            .filter(|finding| !finding.holds)
            .map(|finding| format!("{} — {}", finding.says.get(lang), finding.found.get(lang)))
            .collect()
    }

    pub fn solution(&self, beat: usize) -> Vec<String> {
        let solution = self.task(beat).map(|task| task.solution.as_slice()).unwrap_or_default();
        solution.iter().map(|line| typed(&line.value)).collect()
    }

    // The learner acts.

    /// Runs a line of the console at `at`, as the learner. Acting before the end of what is known forks the story.
    pub fn act(&mut self, at: SimTime, line: &str, lang: Lang) -> Said {
        if line.trim_start().starts_with(':') {
            return self.look(at, line.trim_start(), lang);
        }
        let command = match self.player.read(line) {
            Ok(command) => command,
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

/// A line of a solution as one would type it.
fn typed(line: &Line) -> String {
    match line {
        Line::Words(words) => words.clone(),
        Line::Call { call, input } => format!("{} --cli-input-json '{input}'", call.value),
        Line::Open(opened) => format!(":{} {}", opened.view, opened.of.as_deref().unwrap_or_default()),
    }
}

fn text(text: Option<&Text>, lang: Lang) -> &str {
    text.map_or("", |text| text.get(lang))
}

/// Service names as a reader knows them.
pub fn teaches<'a>(services: impl Iterator<Item = &'a str>) -> String {
    let title = |word: &str| {
        let found = ServiceName::ALL.iter().find(|service| {
            service.cli() == word
                || service.title().eq_ignore_ascii_case(word)
                || service.iam_prefix() == word
        });
        found.map_or_else(|| word.to_owned(), |service| service.title().to_owned())
    };
    services.map(title).collect::<Vec<_>>().join(" · ")
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
