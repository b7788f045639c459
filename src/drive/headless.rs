//! Runs a scenario without a screen: one readable line per hop, or JSON for machines.

use std::io::Write;

use anyhow::Context;
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    aws::{
        Ledger, Note,
        call::InputKind,
        hop::Hop,
        note::{Fate, NearMiss, reasons as codes},
    },
    cli::{Format, Options},
    kernel::{Cause, Entry, SimTime, ledger::Arrival},
    lesson::{narration, open},
    scenario::{
        check::{self, Report},
        diagnostic::harmless,
        judge::judge_all,
        library::Library,
        model::Duration,
        stage,
        story::{BeatKind, Player},
    },
    text::{Key, Lang, format, reasons},
};

/// A silence this long is worth a line.
const QUIET_MS: u64 = 45_000;

/// What the command line chose, for the stage.
pub fn stage_options(options: &Options) -> stage::Options {
    stage::Options { seed: options.seed, delays: options.delays, world: None }
}

/// Plays a scenario to its end and writes what happened; answers the exit status.
///
/// # Errors
/// When the scenario cannot be played, or the output not written.
pub fn run(
    library: &Library,
    options: &Options,
    name: &str,
    format: Format,
    until: Option<&str>,
    out: &mut dyn Write,
) -> anyhow::Result<u8> {
    let lang = options.lang;
    let until =
        until.map(|text| Duration::parse(text).with_context(|| format!("--until {text}"))).transpose()?;
    let script = open::script(library, name, lang).map_err(anyhow::Error::msg)?;
    let draw = |diagnostics: &[crate::scenario::diagnostic::Diagnostic]| {
        let drawn: Vec<String> =
            diagnostics.iter().map(|diagnostic| diagnostic.render(script.source(), lang, false)).collect();
        anyhow::anyhow!("{}", drawn.join("\n\n"))
    };
    let stage = stage::set(&script, &stage_options(options)).map_err(|found| draw(&found))?;
    let mut player = Player::new(stage);
    player.play_through().map_err(|found| draw(&[*found]))?;
    let story = Story { lang, player: &player, until: until.map(|until| player.since().at.after(until.0)) };
    match format {
        Format::Text => story.tell(out)?,
        Format::Ndjson => story.lines(out)?,
        Format::Json => story.document(out)?,
    }
    if until.is_some() {
        return Ok(0);
    }
    let failed = story.expectations(out, format)?;
    Ok(u8::from(failed))
}

struct Story<'a> {
    lang: Lang,
    player: &'a Player,
    until: Option<SimTime>,
}

/// A hop as machines read it.
#[derive(Serialize)]
struct HopLine<'a> {
    hop: usize,
    path: String,
    cause: Cause,
    from: &'a crate::aws::Node,
    to: &'a crate::aws::Node,
    /// Milliseconds of story time; negative before 0:00.
    sent_at: i64,
    due_at: i64,
    payload: &'a crate::aws::Payload,
    #[serde(skip_serializing_if = "Option::is_none")]
    fate: Option<&'a Fate>,
}

impl Story<'_> {
    fn ledger(&self) -> &Ledger {
        self.player.engine().ledger()
    }

    fn start(&self) -> SimTime {
        self.player.since().at
    }

    fn story_ms(&self, at: SimTime) -> i64 {
        i64::try_from(at.as_millis()).unwrap_or(i64::MAX)
            - i64::try_from(self.start().as_millis()).unwrap_or(0)
    }

    fn clock(&self, at: SimTime) -> String {
        format::clock(at.since(self.start()).as_millis())
    }

    /// Measures that nobody drives are routine, not story.
    fn is_routine(&self, hop: &Hop) -> bool {
        let root = self.ledger().input(self.ledger().root(hop.cause));
        hop.path == crate::aws::HopPath::ResMetric && root.at < self.start()
    }

    /// Where nobody has set Config up, its silence is no news.
    fn concerns(&self, miss: &NearMiss) -> bool {
        let config = &self.player.engine().account().services().config;
        miss.reason.code != codes::NOT_RECORDED || config.recorder(&miss.to.region).is_some()
    }

    fn fate_of(&self, hop: &Hop) -> Option<&Fate> {
        self.ledger().notes().iter().find_map(|note| match &note.body {
            Note::Fate { hop: of, fate } if *of == hop.id => Some(fate),
            _ => None,
        })
    }

    /// The story in words.
    fn tell(&self, out: &mut dyn Write) -> anyhow::Result<()> {
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
            writeln!(out, "{}", harmless(&line.text))?;
        }
        let end = self.until.unwrap_or_else(|| self.player.engine().now());
        writeln!(out, "\n{}", self.lang.fill(Key::RunEnd, &[("clock", &self.clock(end))]))?;
        Ok(())
    }

    fn gather(&self) -> Vec<Told> {
        let ledger = self.ledger();
        let mut lines = Vec::new();
        for (order, entry) in ledger.entries().iter().enumerate() {
            match entry {
                Entry::Input(id) => {
                    let input = ledger.input(*id);
                    if input.at >= self.start()
                        && let Some(text) = self.arrival(input)
                    {
                        lines.push(Told { key: (input.at, order, 0), at: input.at, text });
                    }
                }
                Entry::Hop(id) => {
                    let hop = ledger.hop(*id);
                    if hop.sent_at >= self.start() && !self.is_routine(hop) {
                        lines.push(Told {
                            key: (hop.sent_at, order, 0),
                            at: hop.sent_at,
                            text: self.hop(hop),
                        });
                    }
                }
                Entry::Note(index) => {
                    let note = &ledger.notes()[*index];
                    if let Note::NearMiss(miss) = &note.body
                        && note.at >= self.start()
                        && ledger.input(ledger.root(note.cause)).at >= self.start()
                        && self.concerns(miss)
                    {
                        lines.push(Told {
                            key: (note.at, order, 0),
                            at: note.at,
                            text: self.miss(note.at, miss),
                        });
                    }
                }
            }
        }
        self.beats(&mut lines);
        lines
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
                    let right = ask.value.options.iter().find(|option| option.value.right);
                    let answer =
                        right.map(|option| option.value.text().get(self.lang).to_owned()).unwrap_or_default();
                    let prompt = ask.value.prompt.get(self.lang);
                    format!("    ◆     {} : {prompt}\n          → {answer}", self.lang.get(Key::RunQuestion))
                }),
                BeatKind::Task => step.task.as_ref().map(|task| {
                    let prompt = task.value.prompt.get(self.lang);
                    format!(
                        "    ▪     {} : {prompt}\n          ({})",
                        self.lang.get(Key::RunTask),
                        self.lang.get(Key::RunTaskSolved)
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
            InputKind::Call { call, outcome } => {
                let refused = outcome.as_ref().and_then(|outcome| outcome.as_ref().as_ref().err());
                let refused = refused.map(|error| format!(" ✗ {}", error.code)).unwrap_or_default();
                format!("{} : {} {}{refused}", call.by.name(), call.service.cli(), call.operation)
            }
            InputKind::World { kind: "load", subject } => match self.lang {
                Lang::Fr => format!("la charge de {subject} change"),
                Lang::En => format!("the load on {subject} changes"),
            },
            InputKind::World { .. } => return None,
        };
        Some(format!("{:>7}   ● {text}", self.clock(input.at)))
    }

    fn hop(&self, hop: &Hop) -> String {
        let caption = narration::caption(self.lang, self.ledger(), hop);
        let fate = match self.fate_of(hop) {
            Some(Fate::Dropped(reason) | Fate::DeadLettered(reason) | Fate::Retried { reason, .. }) => {
                format!("  ✗ {} ({})", reasons::sentence(self.lang, reason.code), reason.detail)
            }
            None => String::new(),
        };
        format!(
            "{:>7}   {:<13} {}  [{}]{fate}",
            self.clock(hop.sent_at),
            hop.path,
            caption.city,
            caption.cloud
        )
    }

    fn miss(&self, at: SimTime, miss: &NearMiss) -> String {
        format!("{:>7}   {:<13} {}", self.clock(at), miss.path, narration::near_miss(self.lang, miss))
    }

    fn machine_hops(&self) -> impl Iterator<Item = HopLine<'_>> {
        let ledger = self.ledger();
        ledger.hops().iter().filter(|hop| self.until.is_none_or(|until| hop.sent_at <= until)).map(|hop| {
            HopLine {
                hop: hop.id.index(),
                path: hop.path.to_string(),
                cause: hop.cause,
                from: ledger.node(hop.from),
                to: ledger.node(hop.to),
                sent_at: self.story_ms(hop.sent_at),
                due_at: self.story_ms(hop.due_at),
                payload: &hop.payload,
                fate: self.fate_of(hop),
            }
        })
    }

    fn lines(&self, out: &mut dyn Write) -> anyhow::Result<()> {
        for hop in self.machine_hops() {
            serde_json::to_writer(&mut *out, &hop)?;
            writeln!(out)?;
        }
        Ok(())
    }

    fn document(&self, out: &mut dyn Write) -> anyhow::Result<()> {
        let ledger = self.ledger();
        let notes: Vec<Value> = ledger
            .notes()
            .iter()
            .filter(|note| !matches!(note.body, Note::Evaluation(_)))
            .map(|note| json!({ "at": self.story_ms(note.at), "cause": note.cause, "note": note.body }))
            .collect();
        let inputs: Vec<Value> = ledger
            .inputs()
            .iter()
            .map(|input| json!({ "input": input.id, "at": self.story_ms(input.at), "what": input.body }))
            .collect();
        let hops: Vec<HopLine<'_>> = self.machine_hops().collect();
        let scenario = self.player.script().scenario();
        let whole = json!({ "scenario": scenario.id.value, "inputs": inputs, "hops": hops, "notes": notes });
        serde_json::to_writer_pretty(&mut *out, &whole)?;
        writeln!(out)?;
        Ok(())
    }

    /// Judges what the scenario promises; answers whether something failed.
    fn expectations(&self, out: &mut dyn Write, format: Format) -> anyhow::Result<bool> {
        let expect = &self.player.script().scenario().expect;
        let here: Vec<_> =
            expect.iter().filter(|condition| condition.value.within.is_none()).cloned().collect();
        let findings = judge_all(&here, &self.player.court()).map_err(|error| anyhow::anyhow!("{error}"))?;
        let failed: Vec<_> = findings.iter().filter(|finding| !finding.holds).collect();
        if format == Format::Text {
            for finding in &failed {
                let (says, found) = (finding.says.get(self.lang), finding.found.get(self.lang));
                let found = harmless(found);
                writeln!(out, "✗ {} : {says} — {found}", self.lang.get(Key::RunExpectFailed))?;
            }
            if failed.is_empty() && !findings.is_empty() {
                writeln!(out, "✓ {}", self.lang.plural(Key::RunExpectHeld, findings.len() as u64))?;
            }
        }
        Ok(!failed.is_empty())
    }
}

/// A line and its place.
struct Told {
    key: (SimTime, usize, u8),
    at: SimTime,
    text: String,
}

/// The list of scenarios, track by track.
pub fn list(library: &Library, lang: Lang) -> String {
    let headers = library.list();
    let widest = headers.iter().map(|header| header.id.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    let mut track = "";
    for header in &headers {
        if header.track != track {
            track = &header.track;
            text.push_str(if text.is_empty() { "" } else { "\n" });
            text.push_str(lang.track(track));
            text.push('\n');
        }
        let minutes = header
            .minutes
            .map(|n| format!("  ({})", lang.plural(Key::Minutes, u64::from(n))))
            .unwrap_or_default();
        let line = format!("  {:<widest$}  {}{minutes}\n", header.id, header.title.get(lang));
        text.push_str(&line);
    }
    text
}

/// Checks every scenario and fixture of the binary.
pub fn check_bundled(library: &Library) -> Vec<Report> {
    Library::bundled_files()
        .into_iter()
        .map(|path| {
            check::check_loaded(library.load(&crate::scenario::library::Place::Bundled(path)), library)
        })
        .collect()
}
