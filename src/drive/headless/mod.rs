//! Runs a scenario without a screen: one readable line per hop, or JSON for machines.

mod machine;
mod meters;
mod story;

use std::io::Write;

use serde_json::Value;

use crate::{
    cli::{Format, Options},
    lesson::{self, open},
    scenario::{
        check::{self, Report},
        compose::Script,
        diagnostic::{Diagnostic, harmless},
        judge::judge_all,
        library::{Library, Place},
        model::Duration,
        stage,
        story::Player,
    },
    text::{Key, Lang},
};
use story::Story;

/// What the command line chose, for the stage.
pub fn stage_options(options: &Options) -> stage::Options {
    stage::Options { seed: options.seed, delays: options.delays, ..Default::default() }
}

/// What to run, and how to tell it.
#[derive(Clone, Debug, Default)]
pub struct Asked<'a> {
    pub scenario: &'a str,
    pub format: Format,
    pub until: Option<Duration>,
    pub world: Option<&'a str>,
    pub meters: bool,
}

/// Plays a scenario to its end and writes what happened; answers the exit status.
///
/// # Errors
/// When the scenario cannot be played, or the output not written.
pub fn run(
    library: &Library,
    options: &Options,
    asked: &Asked<'_>,
    out: &mut dyn Write,
) -> anyhow::Result<u8> {
    let lang = options.lang;
    let script = open::script(library, asked.scenario, lang).map_err(anyhow::Error::msg)?;
    let scenario = script.scenario();
    if let Some(world) = asked.world.filter(|world| scenario.worlds.get(world).is_none()) {
        return Err(unknown_world(world, &script, lang));
    }
    let drawn = |found: &[Diagnostic]| anyhow::Error::msg(open::drawn(found, script.source(), lang));
    let play = |world: Option<&str>| -> anyhow::Result<Player> {
        let chosen = stage::Options { world: world.map(str::to_owned), ..stage_options(options) };
        let stage = stage::set(&script, &chosen).map_err(|found| drawn(&found))?;
        let mut player = Player::new(stage);
        player.play_through().map_err(|found| drawn(&[*found]))?;
        Ok(player)
    };
    let is_metered = asked.meters || lesson::meters::are_shown(&script);
    let player = play(asked.world)?;
    let mut told: Vec<(Option<&str>, Player)> = vec![(None, player)];
    if asked.world.is_none() {
        for world in compared(&script) {
            told.push((Some(world), play(Some(world))?));
        }
    }
    let stories = told.iter().map(|(world, player)| {
        let until = asked.until.map(|until| player.since().at.after(until.0));
        (*world, Story { lang, player, until, meters: is_metered && until.is_none() })
    });
    let stories: Vec<_> = stories.collect();
    write(&stories, asked.format, out)?;
    if asked.until.is_some() || asked.world.is_some() {
        return Ok(0);
    }
    let failed = expectations(lang, &told[0].1, asked.format, out)?;
    Ok(u8::from(failed))
}

/// The worlds that the story compares itself with.
fn compared(script: &Script) -> Vec<&str> {
    let mut worlds: Vec<&str> = Vec::new();
    let compares = script.scenario().story.iter().filter_map(|step| step.compare.as_ref());
    for world in compares.flat_map(|compare| &compare.worlds) {
        if !worlds.contains(&world.value.as_str()) {
            worlds.push(&world.value);
        }
    }
    worlds
}

fn write(stories: &[(Option<&str>, Story<'_>)], format: Format, out: &mut dyn Write) -> anyhow::Result<()> {
    match format {
        Format::Text => {
            for (world, story) in stories {
                if let Some(world) = world {
                    writeln!(out, "\n{}\n", story.lang.fill(Key::RunWorld, &[("world", world)]))?;
                }
                story.tell(out)?;
            }
        }
        Format::Ndjson => {
            for (world, story) in stories {
                machine::lines(story, *world, out)?;
            }
        }
        Format::Json => {
            let mut whole = Value::Null;
            for (world, story) in stories {
                match world {
                    None => whole = machine::document(story),
                    Some(world) => whole["worlds"][*world] = machine::document(story),
                }
            }
            serde_json::to_writer_pretty(&mut *out, &whole)?;
            writeln!(out)?;
        }
    }
    Ok(())
}

fn unknown_world(world: &str, script: &Script, lang: Lang) -> anyhow::Error {
    let known: Vec<&str> = script.scenario().worlds.names().collect();
    let known = if known.is_empty() { "—".to_owned() } else { known.join(", ") };
    anyhow::anyhow!("{}", lang.fill(Key::RunUnknownWorld, &[("world", world), ("known", &known)]))
}

/// Judges what the scenario promises; answers whether something failed.
fn expectations(lang: Lang, player: &Player, format: Format, out: &mut dyn Write) -> anyhow::Result<bool> {
    let expect = &player.script().scenario().expect;
    let here: Vec<_> =
        expect.iter().filter(|condition| !condition.value.is_about_another_world()).cloned().collect();
    let findings = judge_all(&here, &player.court()).map_err(|error| anyhow::anyhow!("{error}"))?;
    let failed: Vec<_> = findings.iter().filter(|finding| !finding.holds).collect();
    if format == Format::Text {
        for finding in &failed {
            let (says, found) = (finding.says.get(lang), finding.found.get(lang));
            let found = harmless(found);
            writeln!(out, "✗ {} : {says} — {found}", lang.get(Key::RunExpectFailed))?;
        }
        if failed.is_empty() && !findings.is_empty() {
            writeln!(out, "✓ {}", lang.plural(Key::RunExpectHeld, findings.len() as u64))?;
        }
    }
    Ok(!failed.is_empty())
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
        .map(|path| check::check_loaded(library.load(&Place::Bundled(path)), library))
        .collect()
}
