//! A story in words: one readable line per act, per hop, and per thing that could have travelled and did not.

use std::{collections::BTreeSet, io::Write};

use super::meters;
use crate::{
    aws::{
        HopPath, Ledger, Note, Region,
        call::InputKind,
        hop::Hop,
        note::{Fate, NearMiss, reasons as codes},
    },
    kernel::{Cause, Entry, SimTime, ledger::Arrival},
    lesson::{
        answer_key,
        narration::{self, breaks},
    },
    scenario::{
        diagnostic::harmless,
        story::{BeatKind, Player},
    },
    text::{Key, Lang, format},
};

/// How many turns of a loop are told hop by hop: the third shows no more than the second.
const TURNS_TOLD: usize = 2;
/// Under a line of the story, what explains it.
const BESIDE: &str = "                          ";
/// A silence this long is worth a line.
const QUIET_MS: u64 = 45_000;

/// A story that has been played.
pub(super) struct Story<'a> {
    pub lang: Lang,
    pub player: &'a Player,
    pub until: Option<SimTime>,
    /// Whether the meters are shown at the end.
    pub meters: bool,
}

impl Story<'_> {
    pub(super) fn ledger(&self) -> &Ledger {
        self.player.engine().ledger()
    }

    pub(super) fn start(&self) -> SimTime {
        self.player.since().at
    }

    pub(super) fn story_ms(&self, at: SimTime) -> i64 {
        i64::try_from(at.as_millis()).unwrap_or(i64::MAX)
            - i64::try_from(self.start().as_millis()).unwrap_or(0)
    }

    pub(super) fn clock(&self, at: SimTime) -> String {
        format::clock(at.since(self.start()).as_millis())
    }

    /// Measures that nobody drives are routine, not story.
    fn is_routine(&self, hop: &Hop) -> bool {
        let root = self.ledger().input(self.ledger().root(hop.cause));
        hop.path == HopPath::ResMetric && root.at < self.start()
    }

    /// Where nobody has set Config up, its silence is no news.
    fn concerns(&self, miss: &NearMiss) -> bool {
        let config = &self.player.engine().account().services().config;
        miss.reason.code != codes::NOT_RECORDED || config.recorder(&miss.to.region).is_some()
    }

    pub(super) fn fate_of(&self, hop: &Hop) -> Option<&Fate> {
        self.ledger().notes().iter().find_map(|note| match &note.body {
            Note::Fate { hop: of, fate } if *of == hop.id => Some(fate),
            _ => None,
        })
    }

    /// The story in words.
    pub fn tell(&self, out: &mut dyn Write) -> anyhow::Result<()> {
        let scenario = self.player.script().scenario();
        let text = |text: &Option<crate::scenario::words::Text>| {
            text.as_ref().map_or("", |text| text.get(self.lang)).to_owned()
        };
        writeln!(out, "{} · {}", scenario.id.value, text(&scenario.title))?;
        let hook = text(&scenario.hook);
        if !hook.is_empty() {
            writeln!(out, "{hook}")?;
        }
        let calls = self
            .ledger()
            .inputs()
            .iter()
            .filter(|input| input.at < self.start() && matches!(input.body.kind, InputKind::Call { .. }));
        writeln!(out, "{}\n", self.lang.plural(Key::RunSetUp, calls.count() as u64))?;
        let mut lines = self.gather();
        lines.sort_by_key(|line| line.key);
        let mut last = self.start();
        for line in &lines {
            if self.until.is_some_and(|until| line.at > until) {
                break;
            }
            let gap = line.at.since(last).as_millis();
            if gap >= QUIET_MS {
                let quiet = self.lang.fill(Key::RunQuiet, &[("duration", &format::duration(gap))]);
                writeln!(out, "          {quiet}")?;
            }
            last = last.max(line.at);
            // A name made by code or by a call may hold what a terminal obeys.
            for text in line.text.lines() {
                writeln!(out, "{}", harmless(text))?;
            }
        }
        let end = self.until.unwrap_or_else(|| self.player.engine().now());
        writeln!(out, "\n{}", self.lang.fill(Key::RunEnd, &[("clock", &self.clock(end))]))?;
        if self.meters {
            meters::tell(self, out)?;
        }
        Ok(())
    }

    fn gather(&self) -> Vec<Told> {
        let ledger = self.ledger();
        let mut lines = Vec::new();
        let mut known = BTreeSet::new();
        let mut folded = Folded::default();
        for (order, entry) in ledger.entries().iter().enumerate() {
            let (at, text) = match entry {
                Entry::Input(id) => {
                    let input = ledger.input(*id);
                    (input.at, self.arrival(input))
                }
                Entry::Hop(id) => {
                    let hop = ledger.hop(*id);
                    if breaks::turns(ledger, hop) > TURNS_TOLD {
                        folded.add(hop, order);
                        continue;
                    }
                    (hop.sent_at, (!self.is_routine(hop)).then(|| self.hop(hop)))
                }
                Entry::Note(index) => {
                    let note = &ledger.notes()[*index];
                    let text = match &note.body {
                        Note::Fate { hop, fate } => self.broken(note.at, ledger.hop(*hop), fate, &mut known),
                        Note::NearMiss(miss) if self.is_told(note.cause) && self.concerns(miss) => {
                            Some(self.miss(note.at, miss))
                        }
                        _ => None,
                    };
                    (note.at, text)
                }
            };
            if let (true, Some(text)) = (at >= self.start(), text) {
                lines.push(Told { key: (at, order, 0), at, text });
            }
        }
        lines.extend(folded.told(self));
        self.beats(&mut lines);
        lines
    }

    /// Whether what something was caused by is told itself: it is no routine, and no turn of a loop told already.
    fn is_told(&self, cause: Cause) -> bool {
        let ledger = self.ledger();
        match cause {
            Cause::Hop(hop) => {
                let hop = ledger.hop(hop);
                hop.sent_at >= self.start()
                    && !self.is_routine(hop)
                    && breaks::turns(ledger, hop) <= TURNS_TOLD
            }
            Cause::Input(input) => ledger.input(input).at >= self.start(),
        }
    }

    /// The Regions of something that does not stay at home, where a reader would take it to be.
    fn abroad(&self, from: &Region, to: &Region) -> String {
        let home = &self.player.script().home;
        match (from == home, to == home) {
            (true, true) => String::new(),
            _ if from == to => format!("  ({to})"),
            _ => format!("  ({from} → {to})"),
        }
    }

    fn beats(&self, lines: &mut Vec<Told>) {
        let ledger = self.ledger();
        let story = &self.player.script().scenario().story;
        for beat in self.player.beats() {
            let (Some(at), Some(hops)) = (beat.at, beat.hops_before) else { continue };
            let step = &story[beat.index].value;
            let text = match beat.kind {
                BeatKind::Say => {
                    step.say.as_ref().map(|say| format!("          « {} »", say.value.get(self.lang)))
                }
                BeatKind::Ask => step.ask.as_ref().map(|ask| {
                    let key = answer_key::of(&ask.value, &self.player.court());
                    let answer = key
                        .map(|key| answer_key::words(self.lang, &ask.value, &key, ledger))
                        .unwrap_or_default();
                    let prompt = ask.value.prompt.get(self.lang);
                    format!("    ◆     {} : {prompt}\n          → {answer}", self.lang.get(Key::RunQuestion))
                }),
                BeatKind::Task => step.task.as_ref().map(|task| {
                    let prompt = task.value.prompt.get(self.lang);
                    let because = task.value.because.as_ref();
                    let because = because.map(|because| format!("\n          → {}", because.get(self.lang)));
                    format!(
                        "    ▪     {} : {prompt}\n          ({}){}",
                        self.lang.get(Key::RunTask),
                        self.lang.get(Key::RunTaskSolved),
                        because.unwrap_or_default()
                    )
                }),
                _ => None,
            };
            // Before the first entry written after the beat was reached.
            let order = ledger
                .entries()
                .iter()
                .position(|entry| matches!(entry, Entry::Hop(id) if id.index() >= hops))
                .unwrap_or(ledger.entries().len());
            if let Some(text) = text {
                let text = if self.lang == Lang::En {
                    text.replace("« ", "“").replace(" »", "”").replace(" : ", ": ")
                } else {
                    text
                };
                lines.push(Told { key: (at, order.saturating_sub(1), 1), at, text });
            }
        }
    }

    fn arrival(&self, input: &Arrival<crate::aws::Chain>) -> Option<String> {
        let text = match &input.body.kind {
            InputKind::Call { call, count, outcome } => {
                let refused = outcome.as_ref().and_then(|outcome| outcome.as_ref().as_ref().err());
                let refused = refused.map(|error| format!(" ✗ {}", error.code)).unwrap_or_default();
                let times = if *count > 1 {
                    format!(" ×{}", format::count(self.lang, *count))
                } else {
                    String::new()
                };
                let colon = self.lang.colon();
                let abroad = self.abroad(&call.region, &call.region);
                let (by, service, operation) = (call.by.name(), call.service.cli(), &call.operation);
                format!("{by}{colon} {service} {operation}{times}{refused}{abroad}")
            }
            InputKind::World { kind, subject } => {
                narration::world::told(self.lang, self.ledger(), input.id, kind, subject)?
            }
        };
        Some(format!("{:>7}   ● {text}", self.clock(input.at)))
    }

    fn hop(&self, hop: &Hop) -> String {
        let caption = narration::caption(self.lang, self.ledger(), hop);
        let turn = breaks::turn(self.ledger(), hop).map(|turn| breaks::in_a_loop(self.lang, turn));
        let turn = turn.unwrap_or_default();
        let (from, to) = (self.ledger().node(hop.from), self.ledger().node(hop.to));
        format!(
            "{:>7}   {:<13} {}  [{}]{}{turn}",
            self.clock(hop.sent_at),
            hop.path,
            caption.city,
            caption.cloud,
            self.abroad(&from.region, &to.region)
        )
    }

    /// Where the chain broke; told at length the first time, in a line when the same happens again.
    fn broken(
        &self,
        at: SimTime,
        hop: &Hop,
        fate: &Fate,
        known: &mut BTreeSet<(String, String)>,
    ) -> Option<String> {
        let broken = breaks::explain(self.lang, self.ledger(), hop, fate, &|at| self.clock(at));
        let to = &self.ledger().node(hop.to).resource;
        let first = format!("{:>7}     ✗ {:<13} {to} — {}", self.clock(at), hop.path, broken.why);
        if !known.insert((format!("{} {to} {}", hop.path, broken.why), broken.next.clone())) {
            return (breaks::turns(self.ledger(), hop) <= TURNS_TOLD).then_some(first);
        }
        let mut lines = vec![first];
        lines.extend((!broken.detail.is_empty()).then(|| format!("{BESIDE}{}", broken.detail)));
        lines.push(format!("{BESIDE}→ {}", broken.next));
        if let Some(shows) = broken.shows {
            lines.push(format!("{BESIDE}{}", self.lang.fill(Key::RunShows, &[("where", &shows)])));
        }
        Some(lines.join("\n"))
    }

    fn miss(&self, at: SimTime, miss: &NearMiss) -> String {
        let said = narration::near_miss(self.lang, miss);
        let abroad = self.abroad(&miss.from.region, &miss.to.region);
        format!("{:>7}   {:<13} {said}{abroad}", self.clock(at), miss.path)
    }
}

/// A line and its place.
struct Told {
    key: (SimTime, usize, u8),
    at: SimTime,
    text: String,
}

/// Turns of a loop that are as those before them.
#[derive(Default)]
struct Folded {
    first: Option<(SimTime, usize)>,
    last: SimTime,
    hops: u64,
    runs: u64,
}

impl Folded {
    fn add(&mut self, hop: &Hop, order: usize) {
        self.first.get_or_insert((hop.sent_at, order));
        self.last = self.last.max(hop.sent_at);
        self.hops += 1;
        // A run that made it to its end files its report.
        self.runs += u64::from(hop.path == HopPath::LambdaLogs);
    }

    fn told(&self, story: &Story<'_>) -> Option<Told> {
        let (at, order) = self.first?;
        let text = story.lang.fill(
            Key::RunAndSoOn,
            &[
                ("hops", &format::count(story.lang, self.hops)),
                ("runs", &format::count(story.lang, self.runs)),
                ("clock", &story.clock(self.last)),
            ],
        );
        Some(Told { key: (at, order, 0), at, text: format!("          {text}") })
    }
}
