//! What the console knows beside `aws` commands: looking at what is there, without touching the account.
//!
//! `:diff` compares two configuration items of a resource, `:why` walks up the chain of a hop, `:limits` reads a card.

use std::sync::Arc;

use serde_json::Value;

use super::{cards, narration, session::Session};
use crate::{
    aws::{HopPath, config::Item, hop::Hop, timestamps},
    kernel::{Cause, HopId, SimTime},
    text::{Key, Lang, format},
};

/// A line that looked: what the console says, and what was opened, in words that a task's check may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Look {
    pub text: String,
    pub opened: Vec<(&'static str, String)>,
}

/// Reads a line that begins with a colon, at a moment of the story.
///
/// # Errors
/// A sentence on what was not understood, or is not there.
pub(super) fn look(session: &Session, at: SimTime, line: &str, lang: Lang) -> Result<Look, String> {
    let words: Vec<&str> = line.trim_start_matches(':').split_whitespace().collect();
    match words.as_slice() {
        ["diff", name] => diff(session, at, name, None, lang),
        ["diff", name, from, to] => diff(session, at, name, Some((from, to)), lang),
        ["why", path] => why(session, at, path, lang),
        ["limits", card] => limits(card, lang),
        _ => Err(lang.get(Key::VerbsKnown).to_owned()),
    }
}

/// What changed from one item of a resource to another: the last two, unless their numbers are given.
fn diff(
    session: &Session,
    at: SimTime,
    name: &str,
    numbers: Option<(&str, &str)>,
    lang: Lang,
) -> Result<Look, String> {
    let items = items(session, at, name);
    let unknown = || lang.fill(Key::DiffUnknown, &[("name", name)]);
    let Some(last) = items.last() else { return Err(unknown()) };
    let place = |number: &str| {
        let number: usize = number.parse().ok()?;
        (1..=items.len()).contains(&number).then_some(number)
    };
    let (from, to) = match numbers {
        None => (items.len().saturating_sub(1), items.len()),
        Some((from, to)) => place(from)
            .zip(place(to))
            .ok_or_else(|| lang.fill(Key::DiffNumbers, &[("count", &items.len().to_string())]))?,
    };
    if from == 0 {
        return Err(lang.fill(Key::DiffOnlyOne, &[("name", name)]));
    }
    let (before, after) = (&items[from - 1], &items[to - 1]);
    let time = |item: &Item| timestamps::millis_z(item.captured);
    let mut lines = vec![lang.fill(
        Key::DiffTitle,
        &[
            ("name", name),
            ("from", &from.to_string()),
            ("to", &to.to_string()),
            ("then", &time(before)),
            ("now", &time(after)),
        ],
    )];
    let changes = after.diff_from(before);
    let changed = changes.get("changedProperties").and_then(Value::as_object);
    for (property, change) in changed.into_iter().flatten() {
        lines.push(format!("{}  {property}", change["changeType"].as_str().unwrap_or("UPDATE")));
        let sides = [("- ", change.get("previousValue")), ("+ ", change.get("updatedValue"))];
        let there = sides
            .into_iter()
            .filter_map(|(mark, value)| Some((mark, value.filter(|value| !value.is_null())?)));
        lines.extend(there.map(|(mark, value)| format!("    {mark}{value}")));
    }
    if changed.is_none_or(serde_json::Map::is_empty) {
        lines.push(lang.get(Key::DiffNothing).to_owned());
    }
    lines.push(lang.fill(Key::DiffWho, &[("id", &last.resource.resource_id)]));
    let opened = names(last).chain([name]).map(|name| ("diff", name.to_owned())).collect();
    Ok(Look { text: lines.join("\n"), opened })
}

/// What a resource is called: its id, its name, its `Name` tag.
fn names(item: &Item) -> impl Iterator<Item = &str> {
    let resource = &item.resource;
    let tag = resource.tags.get("Name").and_then(Value::as_str);
    [Some(&*resource.resource_id), resource.resource_name.as_deref(), tag].into_iter().flatten()
}

/// The items of a resource, by its id, its name or the name the template gives it, up to a moment.
fn items(session: &Session, at: SimTime, name: &str) -> Vec<Arc<Item>> {
    let id = session.resource(name);
    let moment = session.moment(at);
    let config = &session.engine().account().services().config;
    let is_meant = |item: &Item| names(item).any(|own| own == name || own == id);
    let mut histories = config.histories(session.introduction().region());
    let history = histories.find(|items| items.last().is_some_and(|item| is_meant(item)));
    let items = history.into_iter().flatten();
    items.filter(|item| item.captured <= moment).cloned().collect()
}

/// The causes of the last hop on a road, from itself to what began it.
fn why(session: &Session, at: SimTime, path: &str, lang: Lang) -> Result<Look, String> {
    let ledger = session.ledger();
    let wanted = HopPath::parse(path).ok_or_else(|| lang.fill(Key::WhyUnknown, &[("path", path)]))?;
    let is_there = |hop: &&Hop| hop.path == wanted && hop.sent_at <= at;
    let hop = ledger.hops().iter().rev().find(is_there);
    let hop = hop.ok_or_else(|| lang.fill(Key::WhyNone, &[("path", path)]))?;
    let told = |id: HopId| {
        let hop = ledger.hop(id);
        let clock = format::clock(hop.sent_at.since(session.story_start()).as_millis());
        format!("{clock}  {:<13} {}", hop.path, narration::caption(lang, ledger, hop).cloud)
    };
    let above = ledger.causes(hop.id).filter_map(|cause| match cause {
        Cause::Hop(id) => Some(told(id)),
        Cause::Input(_) => None,
    });
    let lines: Vec<String> =
        std::iter::once(told(hop.id)).chain(above.map(|line| format!("▲ {line}"))).collect();
    Ok(Look { text: lines.join("\n"), opened: vec![("why", path.to_owned())] })
}

fn limits(id: &str, lang: Lang) -> Result<Look, String> {
    let cards = cards::cards();
    let card = cards.get(&id.to_ascii_uppercase()).ok_or_else(|| lang.get(Key::LimitsUnknown).to_owned())?;
    let text = [&card.title, &card.city, &card.aws, &card.keep].map(|text| text.get(lang).trim()).join("\n");
    Ok(Look { text, opened: vec![("limits", id.to_ascii_uppercase())] })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        lesson::open,
        scenario::{library::Library, stage},
    };

    fn session() -> (Session, SimTime) {
        let script = open::script(&Library::bundled(), "crs-05", Lang::En).expect("crs-05 is in the binary");
        let session = Session::open(&script, &stage::Options::default()).expect("crs-05 opens");
        let end = session.engine().now();
        (session, end)
    }

    #[test]
    fn diff_shows_what_the_unit_wrote_on_the_car_and_who_knows_who_did_it() {
        let (session, end) = session();

        let look = look(&session, end, ":diff VoitureRouge", Lang::En).expect("the car has two items");

        assert!(look.text.contains("CREATE  Tags."), "{}", look.text);
        assert!(look.text.contains("aws cloudtrail lookup-events"), "{}", look.text);
        assert!(look.opened.contains(&("diff", "VoitureRouge".to_owned())), "{:?}", look.opened);
        assert!(look.opened.contains(&("diff", "voiture-rouge".to_owned())), "{:?}", look.opened);
    }

    #[test]
    fn diff_knows_nothing_of_what_is_still_to_come() {
        let (session, _) = session();

        let early = look(&session, session.story_start(), ":diff voiture-rouge", Lang::En);

        assert!(early.expect_err("one item so far").contains("only one"));
    }

    #[test]
    fn diff_compares_any_two_items_in_either_direction() {
        let (session, end) = session();

        let back = look(&session, end, ":diff voiture-rouge 2 1", Lang::En).expect("both are there");

        assert!(back.text.contains("DELETE  Tags."), "{}", back.text);
        let beyond = look(&session, end, ":diff voiture-rouge 1 9", Lang::Fr).expect_err("there is no ninth");
        assert!(beyond.starts_with("les éléments vont de 1 à "), "{beyond}");
    }

    #[test]
    fn why_walks_from_the_fine_up_to_the_reading() {
        let (session, end) = session();

        let look = look(&session, end, ":why lambda>email", Lang::En).expect("a fine was sent");

        let roads = ["lambda>email", "bus>lambda", "bus>rule", "alarm>bus", "metric>alarm", "res>metric"];
        let places: Vec<usize> = roads.iter().filter_map(|road| look.text.find(road)).collect();
        assert_eq!(places.len(), roads.len(), "{}", look.text);
        assert!(places.is_sorted(), "{}", look.text);
    }

    #[test]
    fn what_is_not_understood_says_what_there_is() {
        let (session, end) = session();

        for line in [":", ":frob", ":diff", ":why nowhere", ":why x>drop", ":limits L9", ":diff nobody"] {
            assert!(look(&session, end, line, Lang::En).is_err(), "{line}");
        }
    }
}
