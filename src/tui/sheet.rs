//! From a hop to what the inspector and the cloud table say of it.

use serde_json::Value;

use super::view::{
    cloud::{Row, Tone},
    inspector::{FieldCheck, Link, Sheet},
};
use crate::{
    aws::{
        HopPath, Ledger, Note, Payload, Region,
        call::InputKind,
        hop::Hop,
        note::{Fate, reasons as codes},
    },
    kernel::{Cause, HopId, InputId, SimTime},
    lesson::narration,
    text::{Key, Lang, format, reasons},
};

/// What the inspector shows of a hop, with what is known at `now`.
pub fn sheet(lang: Lang, ledger: &Ledger, story_start: SimTime, id: HopId, now: SimTime) -> Sheet {
    let hop = ledger.hop(id);
    let caption = narration::caption(lang, ledger, hop);
    let body = hop.payload.body().into_owned();
    Sheet {
        title: format!("{} · {}", hop.path, hop.payload.title()),
        city: caption.city,
        cloud: caption.cloud,
        chain: chain(lang, ledger, story_start, id),
        effects: effects(lang, ledger, story_start, id, now),
        misses: misses(lang, ledger, hop, now),
        facts: facts(ledger, hop, &body),
        pattern: pattern(ledger, hop, &body),
        delay: lang.fill(
            Key::InspectorDelay,
            &[("duration", &format::duration(hop.due_at.since(hop.sent_at).as_millis()))],
        ),
        json: body,
    }
}

fn time(story_start: SimTime, at: SimTime) -> String {
    if at < story_start { "··:··".to_owned() } else { format::clock(at.since(story_start).as_millis()) }
}

fn chain(lang: Lang, ledger: &Ledger, story_start: SimTime, id: HopId) -> Vec<Link> {
    let link = |hop: &Hop, here: bool| Link {
        text: format!("{}  {}", hop.path, narration::caption(lang, ledger, hop).cloud),
        time: time(story_start, hop.sent_at),
        path: hop.path.to_string(),
        here,
    };
    let mut links = vec![link(ledger.hop(id), true)];
    for cause in ledger.causes(id) {
        match cause {
            Cause::Hop(cause) => links.push(link(ledger.hop(cause), false)),
            Cause::Input(input) => {
                let arrival = ledger.input(input);
                links.push(Link {
                    text: root(lang, ledger, input, &arrival.body.kind),
                    time: time(story_start, arrival.at),
                    path: String::new(),
                    here: false,
                });
            }
        }
    }
    links
}

fn root(lang: Lang, ledger: &Ledger, id: InputId, kind: &InputKind) -> String {
    match kind {
        InputKind::Call { call, .. } => {
            format!(
                "{}{} {} · {}",
                lang.get(Key::InspectorRoot),
                lang.colon(),
                call.operation,
                call.by.name()
            )
        }
        InputKind::World { kind, subject } => {
            let told = narration::world::told(lang, ledger, id, kind, subject);
            let what = told.unwrap_or_else(|| match (lang, *kind) {
                (Lang::Fr, "baseline") => "circulation habituelle".to_owned(),
                (Lang::En, "baseline") => "usual traffic".to_owned(),
                (Lang::Fr, _) => format!("événement · {subject}"),
                (Lang::En, _) => format!("event · {subject}"),
            });
            format!("{}{} {what}", lang.get(Key::InspectorRoot), lang.colon())
        }
    }
}

fn effects(lang: Lang, ledger: &Ledger, story_start: SimTime, id: HopId, now: SimTime) -> Vec<String> {
    ledger
        .effects(Cause::Hop(id))
        .filter(|effect| effect.sent_at <= now)
        .map(|effect| {
            let caption = narration::caption(lang, ledger, effect);
            format!("└▷ {}  {}  {}", time(story_start, effect.sent_at), effect.path, caption.cloud)
        })
        .collect()
}

fn misses(lang: Lang, ledger: &Ledger, hop: &Hop, now: SimTime) -> Vec<String> {
    let mut lines: Vec<String> = ledger
        .notes()
        .iter()
        .filter(|note| note.at <= now)
        .filter_map(|note| match &note.body {
            Note::NearMiss(miss) if note.cause == Cause::Hop(hop.id) => {
                let line = format!("{} · {}", miss.path, narration::near_miss(lang, miss));
                // The particular case, unless the line names it already.
                let detail = Some(&*miss.reason.detail).filter(|detail| !line.contains(*detail));
                Some(detail.map_or(line.clone(), |detail| format!("{line} ({detail})")))
            }
            Note::Fate { hop: of, fate } if *of == hop.id => Some(fate_line(lang, fate)),
            _ => None,
        })
        .collect();
    let refused = ledger.effects(Cause::Hop(hop.id)).filter(|effect| {
        effect.path == HopPath::BusRule && effect.sent_at <= now && !narration::rule_matched(&effect.payload)
    });
    lines.extend(refused.map(|effect| format!("✗ {}", narration::caption(lang, ledger, effect).cloud)));
    if matches!(hop.path, HopPath::ResMetric | HopPath::MetricAlarm) {
        lines.push(format!("✗ api>trail · {}", reasons::sentence(lang, codes::NOT_AN_API_CALL)));
    }
    lines
}

fn fate_line(lang: Lang, fate: &Fate) -> String {
    let (reason, mark) = match fate {
        Fate::Retried { reason, .. } => (reason, "↻"),
        Fate::Dropped(reason) => (reason, "✗"),
        Fate::DeadLettered(reason) => (reason, "⊟"),
    };
    format!("{mark} {} ({})", reasons::sentence(lang, reason.code), reason.detail)
}

/// The fields worth reading first; the whole JSON is one key away.
fn facts(ledger: &Ledger, hop: &Hop, body: &Value) -> Vec<(String, String)> {
    let mut facts: Vec<(String, String)> = Vec::new();
    let put = |facts: &mut Vec<(String, String)>, name: &str, value: Option<&Value>| {
        let text = match value {
            Some(Value::String(text)) => text.clone(),
            Some(value @ (Value::Number(_) | Value::Bool(_))) => value.to_string(),
            _ => return,
        };
        facts.push((name.to_owned(), text));
    };
    // Events, records, messages: each has its own few telling fields.
    for (name, pointer) in [
        ("source", "/source"),
        ("detail-type", "/detail-type"),
        ("region", "/region"),
        ("alarmName", "/detail/alarmName"),
        ("state", "/detail/state/value"),
        ("previous", "/detail/previousState/value"),
        ("eventName", "/detail/eventName"),
        ("eventSource", "/eventSource"),
        ("eventName", "/eventName"),
        ("eventTime", "/eventTime"),
        ("user", "/userIdentity/arn"),
        ("sourceIP", "/sourceIPAddress"),
        ("errorCode", "/errorCode"),
        ("alarmName", "/alarmName"),
        ("state", "/state/value"),
        ("previous", "/previousState/value"),
        ("reason", "/state/reason"),
        ("AlarmName", "/AlarmName"),
        ("NewState", "/NewStateValue"),
        ("OldState", "/OldStateValue"),
        ("Reason", "/NewStateReason"),
        ("rule", "/detail/configRuleName"),
        ("verdict", "/detail/newEvaluationResult/complianceType"),
        ("from", "/from"),
        ("to", "/to"),
        ("subject", "/subject"),
        ("MetricName", "/MetricName"),
        ("Value", "/Value"),
        ("Unit", "/Unit"),
    ] {
        put(&mut facts, name, body.pointer(pointer));
    }
    facts.dedup_by(|a, b| a.0 == b.0);
    // The lamps: what the alarm looked at, oldest first.
    for (lamp, point) in body.get("datapoints").and_then(Value::as_array).into_iter().flatten().enumerate() {
        let value = point.get("value").and_then(Value::as_f64);
        let shown = value.map_or("—".to_owned(), |value| format::number(Lang::En, value));
        facts.push((format!("m{}", lamp + 1), shown));
    }
    if facts.is_empty() {
        let fields = body.as_object().into_iter().flatten();
        for (name, value) in fields.filter(|(_, value)| !value.is_object() && !value.is_array()).take(8) {
            put(&mut facts, name, Some(value));
        }
    }
    if facts.is_empty() {
        facts.push(("from".to_owned(), ledger.node(hop.from).resource.to_string()));
        facts.push(("to".to_owned(), ledger.node(hop.to).resource.to_string()));
    }
    facts
}

/// A rule's look at an event, field by field, as the matcher explained it in the payload.
fn pattern(ledger: &Ledger, hop: &Hop, body: &Value) -> Option<(String, Vec<FieldCheck>)> {
    if hop.path != HopPath::BusRule {
        return None;
    }
    let text = |value: Option<&Value>| match value {
        Some(Value::String(text)) => text.clone(),
        None | Some(Value::Null) => "—".to_owned(),
        Some(other) => other.to_string(),
    };
    let checks = body.get("fields")?.as_array()?.iter().map(|field| FieldCheck {
        field: text(field.get("path")),
        expected: text(field.get("wants")),
        actual: text(field.get("has")),
        holds: field
            .get("outcome")
            .and_then(Value::as_str)
            .is_some_and(|outcome| outcome.eq_ignore_ascii_case("ok")),
    });
    Some((ledger.node(hop.to).resource.to_string(), checks.collect()))
}

/// What the cloud table looks at, and from where.
#[derive(Clone, Copy, Debug)]
pub struct Outlook<'a> {
    pub lang: Lang,
    pub ledger: &'a Ledger,
    pub story_start: SimTime,
    /// Its Region needs no name.
    pub home: &'a Region,
    pub now: SimTime,
}

/// The rows of the cloud table: what has departed, and what did not travel.
pub fn rows(
    outlook: Outlook<'_>,
    departed: &[HopId],
    selected: Option<HopId>,
    only_failures: bool,
) -> Vec<Row> {
    let Outlook { lang, ledger, story_start, home, now } = outlook;
    let abroad = |object: String, region: &Region| {
        if region == home { object } else { format!("{object} · {region}") }
    };
    let last = departed.last().copied();
    let mut rows: Vec<(SimTime, usize, Row)> = departed
        .iter()
        .map(|id| {
            let hop = ledger.hop(*id);
            let fate = ledger.notes().iter().find_map(|note| match &note.body {
                Note::Fate { hop: of, fate } if *of == *id && note.at <= now => Some(fate),
                _ => None,
            });
            let (result, tone) = match fate {
                Some(fate) => (fate_line(lang, fate), Tone::Bad),
                None => result(lang, ledger, hop),
            };
            let row = Row {
                time: time(story_start, hop.sent_at),
                path: hop.path.to_string(),
                object: abroad(object(ledger, hop), &ledger.node(hop.to).region),
                result,
                tone,
                selected: selected == Some(*id),
                here: last == Some(*id),
            };
            (hop.sent_at, id.index() * 2, row)
        })
        .collect();
    let shown_until = last.map_or(0, |id| id.index() * 2 + 1);
    for note in ledger.notes() {
        let Note::NearMiss(miss) = &note.body else { continue };
        let after = match note.cause {
            Cause::Hop(id) => id.index() * 2 + 1,
            Cause::Input(_) => continue,
        };
        if note.at < story_start
            || note.at > now
            || after > shown_until
            || !departed.iter().any(|id| note.cause == Cause::Hop(*id))
        {
            continue;
        }
        let row = Row {
            time: time(story_start, note.at),
            path: miss.path.to_string(),
            object: abroad(miss.to.resource.to_string(), &miss.to.region),
            result: format!("✗ {}", reasons::sentence(lang, miss.reason.code)),
            tone: Tone::Bad,
            selected: false,
            here: false,
        };
        rows.push((note.at, after, row));
    }
    rows.sort_by_key(|(at, order, _)| (*at, *order));
    rows.into_iter().map(|(_, _, row)| row).filter(|row| !only_failures || row.tone == Tone::Bad).collect()
}

fn object(ledger: &Ledger, hop: &Hop) -> String {
    let title = hop.payload.title();
    match hop.path {
        HopPath::ResMetric => match &hop.payload {
            Payload::Datapoint(point) => format!("{} {}", ledger.node(hop.from).resource, point.metric_name),
            Payload::Json { .. } | Payload::Told(_) => title.into_owned(),
        },
        HopPath::AlarmBus
        | HopPath::ConfigBus
        | HopPath::ApiTrail
        | HopPath::TrailBus
        | HopPath::AlarmApi
        | HopPath::ConfigApi
        | HopPath::LambdaApi => title.into_owned(),
        _ => ledger.node(hop.to).resource.to_string(),
    }
}

fn result(lang: Lang, ledger: &Ledger, hop: &Hop) -> (String, Tone) {
    let word = |key| lang.get(key).to_owned();
    let body = hop.payload.body();
    match hop.path {
        HopPath::ApiTrail => match body.get("errorCode").and_then(Value::as_str) {
            Some(error) => (format!("✗ {} · {error}", word(Key::Refused)), Tone::Bad),
            None => (word(Key::Noted), Tone::Plain),
        },
        HopPath::BusRule if narration::rule_matched(&hop.payload) => {
            (format!("✓ {}", word(Key::Matched)), Tone::Good)
        }
        HopPath::BusRule => (format!("✗ {}", word(Key::NotMatched)), Tone::Bad),
        HopPath::ConfigRule => {
            let verdict = body
                .get("complianceType")
                .or_else(|| body.get("verdict"))
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned();
            let tone = if verdict == "COMPLIANT" { Tone::Good } else { Tone::Bad };
            (format!("{} {verdict}", if tone == Tone::Good { "✓" } else { "✗" }), tone)
        }
        HopPath::SnsSub | HopPath::LambdaEmail | HopPath::AppEmail => {
            (format!("{} ⊠", word(Key::Delivered)), Tone::Good)
        }
        HopPath::BusSns | HopPath::AlarmSns | HopPath::ConfigSns | HopPath::AppSns => {
            (word(Key::Published), Tone::Plain)
        }
        HopPath::BusLambda
        | HopPath::AlarmLambda
        | HopPath::ConfigLambda
        | HopPath::LogsLambda
        | HopPath::AppLambda => (word(Key::Invoked), Tone::Plain),
        HopPath::TrailBus | HopPath::AlarmBus | HopPath::ConfigBus | HopPath::ResBus | HopPath::AppBus => {
            (format!("bus {}", ledger.node(hop.to).resource), Tone::Plain)
        }
        HopPath::TrailS3 | HopPath::TrailLogs | HopPath::LambdaLogs | HopPath::ConfigS3 => {
            (word(Key::Stored), Tone::Plain)
        }
        HopPath::MetricAlarm => {
            let title = hop.payload.title();
            let tone = if title.ends_with("ALARM") { Tone::Bad } else { Tone::Plain };
            (title.into_owned(), tone)
        }
        HopPath::ResMetric => match &hop.payload {
            Payload::Datapoint(point) if point.unit == "Percent" => {
                (format::percent(lang, point.value), Tone::Plain)
            }
            Payload::Datapoint(point) => (format::number(lang, point.value), Tone::Plain),
            Payload::Json { .. } | Payload::Told(_) => (word(Key::Measured), Tone::Plain),
        },
        HopPath::LambdaMetric | HopPath::LogsMetric => (word(Key::Measured), Tone::Plain),
        _ => (String::new(), Tone::Plain),
    }
}
