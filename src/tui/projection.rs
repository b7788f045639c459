//! From the ledger to the picture: what the town shows when the playhead is at some screen time.
//!
//! A pure function of (facts of the account at that stop, ledger, schedule, screen time): the same arguments give
//! the same town, which is what makes a step back exact.

use super::{
    city::{
        AlarmState, Checklist, CityState, Depot, District, Door, Envelope, EnvelopeKind, Flow, Gate, Lamp,
        Mailbox, Note, Queue, Radar, RuleLine, Traffic, Vault, Vehicle, VehicleKind, Verdict, Way,
    },
    facts::Facts,
    schedule::{Item, Schedule, Stop},
};
use crate::{
    aws::{HopPath, Ledger, PayloadKind, ServiceName, hop::Hop},
    kernel::{HopId, SimTime},
    lesson::narration,
    text::{Key, Lang, format},
};

/// Envelopes drawn in motion at once; the rest wait as `⊠×n`.
const MOST_IN_MOTION: usize = 3;
/// Frames a second: the town's own pace, whatever the terminal's.
pub const FRAMES_PER_SECOND: f64 = 12.0;

/// Everything the projection reads.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    pub ledger: &'a Ledger,
    pub schedule: &'a Schedule,
    pub facts: &'a Facts,
    pub story_start: SimTime,
    pub screen: f64,
    pub lang: Lang,
    pub calm: bool,
    /// The hop whose building the spotlight is on.
    pub spotlight: Option<HopId>,
    /// Column of the depot's doormat, where the crew car sets off.
    pub depot_x: i32,
}

/// The frame number that goes with a screen time.
pub fn phase(screen: f64) -> u64 {
    (screen.max(0.0) / 1_000.0 * FRAMES_PER_SECOND) as u64
}

/// The town.
pub fn town(scene: &Scene<'_>) -> CityState {
    let departed = &scene.schedule.stops()[..scene.schedule.departed(scene.screen)];
    let flights: Vec<(&Stop, &Hop)> =
        departed.iter().rev().take(64).filter_map(|stop| flying(scene, stop)).collect();
    let mut state = CityState {
        districts: vec![district(scene, departed)],
        traffic: Traffic {
            flow: if scene.calm { Flow::Parked } else { Flow::Moving },
            odometer: odometer(scene, departed),
        },
        ..CityState::default()
    };
    if scene.calm {
        state.trace = trace(scene, departed);
    } else {
        put_envelopes(scene, &flights, &mut state);
    }
    state.police_at = flights
        .iter()
        .find(|(_, hop)| hop.path == HopPath::ApiTrail)
        .map(|(_, hop)| building_of(scene.ledger, hop, End::From).to_owned());
    if let Some(crew) = crew(scene, departed) {
        state.vehicles.push(crew);
    }
    state.focus =
        scene.spotlight.map(|hop| building_of(scene.ledger, scene.ledger.hop(hop), End::To).to_owned());
    state
}

fn flying<'a>(scene: &Scene<'a>, stop: &'a Stop) -> Option<(&'a Stop, &'a Hop)> {
    let Item::Hop(id) = stop.item else { return None };
    let hop = scene.ledger.hop(id);
    (scene.screen < stop.ends() && travels(scene.ledger, hop)).then_some((stop, hop))
}

/// Whether a hop moves along a road, rather than lighting a lamp inside one building.
pub fn travels(ledger: &Ledger, hop: &Hop) -> bool {
    building_of(ledger, hop, End::From) != building_of(ledger, hop, End::To)
}

/// One end of a hop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    From,
    To,
}

/// The building at one end of a hop.
pub fn building_of(ledger: &Ledger, hop: &Hop, end: End) -> &'static str {
    let node = ledger.node(if end == End::From { hop.from } else { hop.to });
    match node.service {
        ServiceName::CloudWatch | ServiceName::Logs => "cloudwatch",
        ServiceName::EventBridge => "eventbridge",
        ServiceName::Lambda => "lambda",
        ServiceName::CloudTrail => "cloudtrail",
        ServiceName::Config => "config",
        ServiceName::Sns | ServiceName::Sqs => "sns",
        ServiceName::S3 => "s3",
        ServiceName::Outside | ServiceName::Ses => "house",
        // What is acted on stands at the gate: instances, security groups, people's own calls.
        _ => match (hop.path, end) {
            (HopPath::ResMetric, End::From) => "cloudwatch",
            _ => "gate",
        },
    }
}

fn put_envelopes(scene: &Scene<'_>, flights: &[(&Stop, &Hop)], state: &mut CityState) {
    let mut waiting: Vec<(&'static str, u32)> = Vec::new();
    for (index, (stop, hop)) in flights.iter().enumerate() {
        let from = building_of(scene.ledger, hop, End::From);
        if index >= MOST_IN_MOTION {
            match waiting.iter_mut().find(|(at, _)| *at == from) {
                Some((_, count)) => *count += 1,
                None => waiting.push((from, 1)),
            }
            continue;
        }
        let share = ((scene.screen - stop.starts) / stop.lasts.max(1.0)).clamp(0.0, 1.0);
        let to = building_of(scene.ledger, hop, End::To);
        state.envelopes.push(Envelope {
            kind: envelope_kind(hop),
            way: way(hop.path, from, to),
            progress: ease(share) as f32,
            is_blocked: false,
        });
    }
    state.queues = waiting.into_iter().map(|(at, count)| Queue { at: at.to_owned(), count }).collect();
}

/// The hop's own name where its ends are the usual ones, so that the scene's pretty road is used.
fn way(path: HopPath, from: &str, to: &str) -> Way {
    let usual = match path {
        HopPath::AlarmBus
        | HopPath::AlarmSns
        | HopPath::TrailBus
        | HopPath::ConfigBus
        | HopPath::BusLambda
        | HopPath::BusSns
        | HopPath::SnsSub
        | HopPath::LambdaEmail => true,
        HopPath::ApiTrail => from == "gate",
        HopPath::ApiConfig => from == "s3",
        _ => false,
    };
    if usual { Way::Hop(path.as_str().to_owned()) } else { Way::Between(from.to_owned(), to.to_owned()) }
}

/// Slow out of the door, slow to the doormat.
fn ease(share: f64) -> f64 {
    share * share * (3.0 - 2.0 * share)
}

/// The letter on an envelope.
pub fn envelope_kind(hop: &Hop) -> EnvelopeKind {
    match hop.payload.kind() {
        PayloadKind::Act => EnvelopeKind::Act,
        PayloadKind::Measure => EnvelopeKind::Measure,
        PayloadKind::Alarm => EnvelopeKind::Alarm,
        PayloadKind::Compliance => EnvelopeKind::Compliance,
        PayloadKind::Mission => EnvelopeKind::Mission,
        PayloadKind::Failed => EnvelopeKind::Failed,
        PayloadKind::Event => match hop.path {
            HopPath::TrailBus => EnvelopeKind::Act,
            HopPath::AlarmBus => EnvelopeKind::Alarm,
            HopPath::ConfigBus => EnvelopeKind::Compliance,
            HopPath::BusLambda => EnvelopeKind::Mission,
            _ => EnvelopeKind::Notice,
        },
        PayloadKind::Notice | PayloadKind::Queue => EnvelopeKind::Notice,
    }
}

/// For reduced motion: the buildings the last chain went through.
fn trace(scene: &Scene<'_>, departed: &[Stop]) -> Vec<String> {
    let last = departed.iter().rev().find_map(|stop| match stop.item {
        Item::Hop(id) => Some(id),
        Item::Beat(_) => None,
    });
    let Some(last) = last else { return Vec::new() };
    let mut hops = vec![last];
    hops.extend(scene.ledger.causes(last).filter_map(|cause| match cause {
        crate::kernel::Cause::Hop(id) => Some(id),
        crate::kernel::Cause::Input(_) => None,
    }));
    let mut buildings: Vec<String> = Vec::new();
    for id in hops.into_iter().rev() {
        let hop = scene.ledger.hop(id);
        for end in [End::From, End::To] {
            let building = building_of(scene.ledger, hop, end);
            if buildings.last().map(String::as_str) != Some(building) {
                buildings.push(building.to_owned());
            }
        }
    }
    buildings
}

/// The sum of the radar's speed over the frames so far: speed changes never make a car jump.
fn odometer(scene: &Scene<'_>, departed: &[Stop]) -> u64 {
    let mut speed = u64::from(scene.facts.resting_kmh);
    let mut sum = 0;
    let mut since = 0;
    for stop in departed {
        let Item::Hop(id) = stop.item else { continue };
        let hop = scene.ledger.hop(id);
        if let (HopPath::ResMetric, crate::aws::Payload::Datapoint(point)) = (hop.path, &hop.payload)
            && &*point.metric_name == "CPUUtilization"
        {
            let frame = phase(stop.starts);
            sum += speed * (frame - since);
            since = frame;
            speed = u64::from(narration::km_per_hour(point.value));
        }
    }
    sum + speed * (phase(scene.screen) - since)
}

fn district(scene: &Scene<'_>, departed: &[Stop]) -> District {
    let facts = scene.facts;
    District {
        region: facts.region.clone(),
        radar: facts.radar.as_ref().map(|radar| Radar {
            speed_kmh: radar.cpu.map(narration::km_per_hour),
            cpu_pct: radar.cpu.map(|cpu| cpu.round() as u32),
            lamps_lit: radar.lit.min(5) as u8,
            lamps: radar.lamps.min(5) as u8,
            count: if radar.lamps > 0 { format!("{}/{}", radar.lit, radar.lamps) } else { String::new() },
            alarm: radar.state.as_deref().map(|state| match state {
                "ALARM" => AlarmState::Alarm,
                "OK" => AlarmState::Ok,
                _ => AlarmState::InsufficientData,
            }),
            alarm_name: radar.alarm.clone(),
        }),
        rules: rules(scene, departed),
        waves: waves(scene, departed),
        notebook: notebook(scene, departed),
        checklist: Checklist {
            lines: facts.checklist.iter().map(|(rule, verdict)| (rule.clone(), mark(verdict))).collect(),
            summary: checklist_summary(scene),
        },
        cars_inspected: u8::from(inspecting(scene, departed)),
        depot: depot(scene, departed),
        vault: facts.vault_public.map(|is_public| Vault { is_public }),
        gate: facts.gate.as_ref().map(|(port, is_open)| Gate { port: port.clone(), is_open: *is_open }),
        mailboxes: mailboxes(scene, departed),
    }
}

fn mark(verdict: &str) -> Verdict {
    match verdict {
        "COMPLIANT" => Verdict::Ok,
        "NON_COMPLIANT" => Verdict::Bad,
        _ => Verdict::Unknown,
    }
}

fn checklist_summary(scene: &Scene<'_>) -> String {
    let facts = scene.facts;
    if !facts.recorder_on {
        return scene.lang.get(Key::NoRecorder).to_owned();
    }
    match facts.non_compliant {
        0 => scene.lang.get(Key::ChecklistGood).to_owned(),
        n => scene.lang.plural(Key::ChecklistBad, n),
    }
}

/// The rings around the antenna: three steps of four frames after an event has arrived.
fn waves(scene: &Scene<'_>, departed: &[Stop]) -> u8 {
    const STEP_MS: f64 = 4.0 * 1_000.0 / FRAMES_PER_SECOND;
    let arrived = departed.iter().rev().take(16).find(|stop| match stop.item {
        Item::Hop(id) => building_of(scene.ledger, scene.ledger.hop(id), End::To) == "eventbridge",
        Item::Beat(_) => false,
    });
    let Some(stop) = arrived else { return 0 };
    let since = scene.screen - stop.ends();
    if (0.0..4.0 * STEP_MS).contains(&since) { ((since / STEP_MS) as u8 + 1).min(3) } else { 0 }
}

/// The lamps of the rules that looked at the event now on the bus.
fn rules(scene: &Scene<'_>, departed: &[Stop]) -> Vec<RuleLine> {
    let hops = || {
        departed.iter().rev().filter_map(|stop| match stop.item {
            Item::Hop(id) => Some(scene.ledger.hop(id)),
            Item::Beat(_) => None,
        })
    };
    // What reached the bus last; a newer arrival puts the lamps out.
    let event = hops()
        .take_while(|hop| {
            !matches!(
                hop.path,
                HopPath::TrailBus | HopPath::AlarmBus | HopPath::ConfigBus | HopPath::ResMetric
            )
        })
        .find(|hop| hop.path == HopPath::BusRule)
        .map(|hop| hop.cause);
    let verdict = |name: &str| {
        let looked = hops().find(|hop| {
            hop.path == HopPath::BusRule
                && Some(hop.cause) == event
                && *scene.ledger.node(hop.to).resource == *name
        })?;
        Some(narration::rule_matched(&looked.payload))
    };
    scene
        .facts
        .rules
        .iter()
        .map(|(name, enabled)| {
            let seen = verdict(name);
            RuleLine {
                name: name.clone(),
                lamp: match seen {
                    Some(true) => Lamp::On,
                    _ if !enabled => Lamp::Disabled,
                    _ => Lamp::Off,
                },
                verdict: seen.map(|matched| if matched { Verdict::Ok } else { Verdict::Bad }),
            }
        })
        .collect()
}

fn notebook(scene: &Scene<'_>, departed: &[Stop]) -> Vec<Note> {
    let written = departed.iter().rev().filter(|stop| scene.screen >= stop.ends() || scene.calm);
    let mut notes: Vec<Note> = written
        .filter_map(|stop| match stop.item {
            Item::Hop(id) => Some(scene.ledger.hop(id)),
            Item::Beat(_) => None,
        })
        .filter(|hop| hop.path == HopPath::ApiTrail)
        .take(12)
        .map(|hop| Note {
            time: format::clock(hop.sent_at.since(scene.story_start).as_millis()),
            text: hop.payload.title().into_owned(),
        })
        .collect();
    notes.extend(
        scene.facts.before.iter().map(|title| Note { time: "··:··".to_owned(), text: title.clone() }),
    );
    notes.truncate(12);
    notes
}

fn inspecting(scene: &Scene<'_>, departed: &[Stop]) -> bool {
    departed.iter().rev().take(8).any(|stop| match stop.item {
        Item::Hop(id) => {
            let path = scene.ledger.hop(id).path;
            matches!(path, HopPath::ConfigRule | HopPath::ApiConfig) && scene.screen < stop.ends() + 1_500.0
        }
        Item::Beat(_) => false,
    })
}

/// The last mission: when the crew was called, and when its last act ends.
fn mission(scene: &Scene<'_>, departed: &[Stop]) -> Option<(f64, f64)> {
    let called = departed.iter().rev().find(|stop| match stop.item {
        Item::Hop(id) => matches!(
            scene.ledger.hop(id).path,
            HopPath::BusLambda | HopPath::AlarmLambda | HopPath::ConfigLambda | HopPath::AppLambda
        ),
        Item::Beat(_) => false,
    })?;
    let Item::Hop(call) = called.item else { return None };
    let ends = scene
        .schedule
        .stops()
        .iter()
        .filter_map(|stop| match stop.item {
            Item::Hop(id) if scene.ledger.hop(id).cause == crate::kernel::Cause::Hop(call) => {
                Some(stop.ends())
            }
            _ => None,
        })
        .fold(called.ends() + 1_500.0, f64::max);
    (scene.screen < ends + 600.0).then_some((called.ends(), ends))
}

fn depot(scene: &Scene<'_>, departed: &[Stop]) -> Depot {
    let mut depot = Depot { dropped: scene.facts.dropped, ..Depot::default() };
    if let Some((arrives, ends)) = mission(scene, departed) {
        let screen = scene.screen;
        depot.beacon = screen >= arrives;
        // Half, open, crew: three frames each; the doors close the same way.
        depot.doors[0] = if screen < arrives - 250.0 {
            Door::Closed
        } else if screen < arrives {
            Door::Half
        } else if screen < arrives + 250.0 {
            Door::Open
        } else if screen < arrives + 700.0 {
            Door::Crew
        } else if screen < ends {
            Door::Open
        } else {
            Door::Half
        };
    }
    depot
}

fn crew(scene: &Scene<'_>, departed: &[Stop]) -> Option<Vehicle> {
    let (arrives, ends) = mission(scene, departed)?;
    let out = arrives + 700.0;
    if scene.calm || scene.screen < out || scene.screen > ends {
        return None;
    }
    let cells = ((scene.screen - out) / 1_000.0 * 14.0) as i32;
    Some(Vehicle {
        kind: VehicleKind::Crew,
        lane: usize::MAX,
        x: scene.depot_x + cells,
        heading: None,
        exhaust: false,
        light_bar: false,
    })
}

fn mailboxes(scene: &Scene<'_>, departed: &[Stop]) -> Vec<Mailbox> {
    let mut boxes: Vec<Mailbox> = scene
        .facts
        .addresses
        .iter()
        .enumerate()
        .map(|(index, address)| Mailbox {
            name: address.split('@').next().unwrap_or(address).to_owned(),
            count: 0,
            house: if index == 0 { "house".to_owned() } else { format!("house{}", index + 1) },
        })
        .collect();
    for stop in departed.iter().filter(|stop| scene.screen >= stop.ends() || scene.calm) {
        let Item::Hop(id) = stop.item else { continue };
        let hop = scene.ledger.hop(id);
        let node = scene.ledger.node(hop.to);
        if node.service != ServiceName::Outside {
            continue;
        }
        if let Some(index) = scene.facts.addresses.iter().position(|address| **address == *node.resource) {
            boxes[index].count += 1;
        }
    }
    boxes
}
