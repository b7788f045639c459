//! The picture in words: one line per building, with the same facts. What small terminals show instead of it.

use super::{
    city::{AlarmState, Verdict},
    play::Play,
    projection,
};
use crate::text::{Key, Lang, format};

/// Name and state of each building under the playhead.
pub fn lines(lang: Lang, play: &Play) -> Vec<(String, String)> {
    let scene = projection::Scene {
        ledger: play.session.ledger(),
        schedule: &play.schedule,
        facts: play.facts(),
        story_start: play.session.story_start(),
        screen: play.screen,
        lang,
        calm: true,
        spotlight: None,
        depot_x: 0,
    };
    let town = projection::town(&scene);
    let Some(district) = town.districts.into_iter().next() else { return Vec::new() };
    let mut lines = Vec::new();
    let mut say = |name: &str, text: String| lines.push((name.to_owned(), text));
    if let Some(radar) = district.radar {
        let speed = radar.speed_kmh.map_or("—".to_owned(), |speed| format!("{speed} km/h"));
        let cpu = radar
            .cpu_pct
            .map_or(String::new(), |cpu| format!(" · CPU {}", format::percent(lang, f64::from(cpu))));
        let state = match radar.alarm {
            Some(AlarmState::Alarm) => format!(" · {} ALARM {}", radar.alarm_name, radar.count),
            Some(AlarmState::Ok) => format!(" · {} OK {}", radar.alarm_name, radar.count),
            Some(AlarmState::InsufficientData) => format!(" · {} INSUFFICIENT_DATA", radar.alarm_name),
            None => format!(" · {}", lang.get(Key::NoAlarm)),
        };
        say("CloudWatch", format!("{speed}{cpu}{state}"));
    }
    let rules: Vec<String> = district
        .rules
        .iter()
        .map(|rule| format!("{} {}", rule.name, rule.verdict.map_or("·", |verdict| mark(verdict))))
        .collect();
    say("EventBridge", if rules.is_empty() { lang.get(Key::NoRules).to_owned() } else { rules.join("  ") });
    let notebook: Vec<String> =
        district.notebook.iter().take(3).map(|note| format!("{} {}", note.time, note.text)).collect();
    say("CloudTrail", notebook.join(" · "));
    if !district.checklist.lines.is_empty() {
        let checks: Vec<String> = district
            .checklist
            .lines
            .iter()
            .map(|(rule, verdict)| format!("{rule} {}", mark(*verdict)))
            .collect();
        say("Config", checks.join("  "));
    }
    if district.depot.beacon {
        say("Lambda", "λ".to_owned());
    }
    if let Some(gate) = district.gate {
        let state = if gate.is_open { "0.0.0.0/0 ✗" } else { "✓" };
        say("SG", format!("{} {state}", gate.port));
    }
    if let Some(vault) = district.vault {
        say("S3", lang.get(if vault.is_public { Key::VaultPublic } else { Key::VaultPrivate }).to_owned());
    }
    let boxes: Vec<String> =
        district.mailboxes.iter().map(|mailbox| format!("{} ⊠{}", mailbox.name, mailbox.count)).collect();
    say("SNS", boxes.join("  "));
    lines
}

fn mark(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Ok => "✓",
        Verdict::Bad => "✗",
        Verdict::Unknown => "?",
    }
}
