//! A story for machines: one JSON line per hop, or one document.

use std::io::Write;

use serde::Serialize;
use serde_json::{Value, json};

use super::{meters, story::Story};
use crate::{
    aws::{Note, note::Fate},
    kernel::Cause,
};

/// A hop as machines read it.
#[derive(Serialize)]
struct HopLine<'a> {
    /// The world compared with, for a hop of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    world: Option<&'a str>,
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

fn hops<'s>(story: &'s Story<'_>, world: Option<&'s str>) -> impl Iterator<Item = HopLine<'s>> {
    let ledger = story.ledger();
    ledger.hops().iter().filter(|hop| story.until.is_none_or(|until| hop.sent_at <= until)).map(move |hop| {
        HopLine {
            world,
            hop: hop.id.index(),
            path: hop.path.to_string(),
            cause: hop.cause,
            from: ledger.node(hop.from),
            to: ledger.node(hop.to),
            sent_at: story.story_ms(hop.sent_at),
            due_at: story.story_ms(hop.due_at),
            payload: &hop.payload,
            fate: story.fate_of(hop),
        }
    })
}

/// One line per hop.
pub(super) fn lines(story: &Story<'_>, world: Option<&str>, out: &mut dyn Write) -> anyhow::Result<()> {
    for hop in hops(story, world) {
        serde_json::to_writer(&mut *out, &hop)?;
        writeln!(out)?;
    }
    Ok(())
}

/// The whole story.
pub(super) fn document(story: &Story<'_>) -> Value {
    let ledger = story.ledger();
    let notes: Vec<Value> = ledger
        .notes()
        .iter()
        .filter(|note| !matches!(note.body, Note::Evaluation(_)))
        .map(|note| json!({ "at": story.story_ms(note.at), "cause": note.cause, "note": note.body }))
        .collect();
    let inputs: Vec<Value> = ledger
        .inputs()
        .iter()
        .map(|input| json!({ "input": input.id, "at": story.story_ms(input.at), "what": input.body }))
        .collect();
    let hops: Vec<HopLine<'_>> = hops(story, None).collect();
    let scenario = story.player.script().scenario();
    let mut whole = json!({ "scenario": scenario.id.value, "inputs": inputs, "hops": hops, "notes": notes });
    if story.meters {
        whole["meters"] = meters::json(story);
    }
    whole
}
