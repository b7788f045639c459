//! Same scenario, same seed, same inputs: the same ledger, byte for byte, however one got there.

use std::{fmt::Write, sync::Arc};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use vigie::{
    aws::{Ledger, Profile},
    engine::Timeline,
    kernel::{Entry, SimTime},
    scenario::{library::Library, stage, story::Player},
};

/// The ledger in the order it was written, one JSON line an entry.
fn lines(ledger: &Ledger) -> Vec<String> {
    let line = |entry: &Entry| -> Value {
        match entry {
            Entry::Input(id) => {
                let input = ledger.input(*id);
                json!({"input": input.id, "at": input.at, "body": input.body})
            }
            Entry::Hop(id) => {
                let hop = ledger.hop(*id);
                json!({
                    "hop": hop.id, "path": hop.path.as_str(), "cause": hop.cause, "depth": hop.depth,
                    "from": ledger.node(hop.from), "to": ledger.node(hop.to),
                    "sent_at": hop.sent_at, "due_at": hop.due_at, "payload": hop.payload,
                })
            }
            Entry::Note(index) => {
                let note = &ledger.notes()[*index];
                json!({"at": note.at, "cause": note.cause, "note": note.body})
            }
        }
    };
    ledger.entries().iter().map(|entry| line(entry).to_string()).collect()
}

fn fingerprint(lines: &[String]) -> String {
    let mut hash = Sha256::new();
    for line in lines {
        hash.update(line.as_bytes());
        hash.update(b"\n");
    }
    hash.finalize().iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Compares two ledgers by their fingerprints, and shows where they part.
#[track_caller]
fn assert_same(what: &str, one: &Ledger, other: &Ledger) {
    let (one, other) = (lines(one), lines(other));
    if fingerprint(&one) == fingerprint(&other) {
        return;
    }
    let at = one.iter().zip(&other).position(|(a, b)| a != b).unwrap_or(one.len().min(other.len()));
    let show = |lines: &[String]| lines.get(at).cloned().unwrap_or_else(|| "(nothing more)".to_owned());
    panic!(
        "{what}: {} and {} entries, parted at entry {at}\n  one:   {}\n  other: {}",
        one.len(),
        other.len(),
        show(&one),
        show(&other)
    );
}

fn played(name: &str, options: &stage::Options) -> Player {
    let library = Library::bundled();
    let place = library.find(name).expect("a bundled scenario is found by its name");
    let script = library.script(&place).expect("a bundled scenario is read");
    let stage = stage::set(&Arc::new(script), options).expect("a bundled scenario's stage is set");
    let mut player = Player::new(stage);
    player.play_through().expect("a bundled scenario plays to its end");
    player
}

fn scenarios() -> Vec<String> {
    let names: Vec<String> = Library::bundled().list().into_iter().map(|header| header.id).collect();
    assert!(names.len() >= 3, "the binary holds the scenarios of the course: {names:?}");
    names
}

/// Moments of a story in no order: ends, middles, an instant before and after each other.
fn wanderings(start: SimTime, end: SimTime) -> Vec<SimTime> {
    let whole = end.as_millis() - start.as_millis();
    let at = |share: u64| SimTime::from_millis(start.as_millis() + whole * share / 1_000);
    [500, 100, 900, 899, 901, 250, 1_000, 0, 333, 334, 332, 777, 1_000, 1].into_iter().map(at).collect()
}

#[test]
fn a_scenario_played_twice_writes_the_same_ledger() {
    for name in scenarios() {
        let one = played(&name, &stage::Options::default());
        let other = played(&name, &stage::Options::default());

        assert_same(&name, one.engine().ledger(), other.engine().ledger());
    }
}

#[test]
fn a_scenario_played_in_pieces_with_seeks_in_between_writes_the_same_ledger() {
    for name in scenarios() {
        let player = played(&name, &stage::Options::default());
        let end = player.engine().now();
        let mut timeline: Timeline = player.timeline().rewound();
        for moment in wanderings(player.since().at, end) {
            timeline.seek(moment);

            assert_eq!(timeline.now(), moment, "{name}: a seek arrives where it was asked to");
        }
        timeline.seek(end);

        assert_same(&name, player.engine().ledger(), timeline.ledger());
    }
}

#[test]
fn the_past_that_a_seek_shows_is_a_prefix_of_the_whole_story() {
    for name in scenarios() {
        let player = played(&name, &stage::Options::default());
        let whole = lines(player.engine().ledger());
        let mut timeline = player.timeline().clone();
        for moment in wanderings(player.since().at, player.engine().now()) {
            timeline.seek(moment);
            // What became of a call is written into its input when it is answered, hence at once.
            let past = lines(timeline.ledger());
            let parted = past.iter().zip(&whole).position(|(a, b)| a != b);

            assert!(past.len() <= whole.len(), "{name} at {moment:?}: the past is no longer than the story");
            assert_eq!(parted, None, "{name} at {moment:?}: {:?}", parted.map(|at| (&past[at], &whole[at])));
        }
    }
}

#[test]
fn every_hop_is_caused_by_what_was_written_before_it_and_leaves_no_earlier() {
    for name in scenarios() {
        let player = played(&name, &stage::Options::default());
        let ledger = player.engine().ledger();
        for hop in ledger.hops() {
            assert!(hop.due_at >= hop.sent_at, "{name}: {} arrives before it leaves", hop.path.as_str());
            if let vigie::kernel::Cause::Hop(cause) = hop.cause {
                let cause = ledger.hop(cause);

                assert!(cause.id < hop.id, "{name}: {} precedes its cause", hop.path.as_str());
                assert!(
                    cause.sent_at <= hop.sent_at,
                    "{name}: {} leaves before its cause",
                    hop.path.as_str()
                );
            }
        }
    }
}

#[test]
fn another_seed_with_realistic_delays_writes_another_ledger() {
    let realistic = |seed| stage::Options {
        seed: Some(seed),
        delays: Some(Profile::Realistic),
        world: None,
        choice: None,
    };
    for name in scenarios() {
        let one = played(&name, &realistic(1));
        let again = played(&name, &realistic(1));
        let other = played(&name, &realistic(2));

        assert_same(&name, one.engine().ledger(), again.engine().ledger());
        assert_ne!(
            fingerprint(&lines(one.engine().ledger())),
            fingerprint(&lines(other.engine().ledger())),
            "{name}: chance has a say in realistic delays"
        );
    }
}
