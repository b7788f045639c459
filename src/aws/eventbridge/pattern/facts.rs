//! What the matcher sees of an event: leaf facts (path, value, place).
//!
//! The event is flattened along the asked paths only. The *place* of a fact says in which element of which
//! arrays it lies; facts of different elements of one array must not be combined ("array consistency").
//!
//! Source: `event-patterns.md` §2.

use std::borrow::Cow;

use serde_json::Value;
use smallvec::{SmallVec, smallvec};

use super::json::{JsonError, Kind, MAX_DEPTH, Reader};
use super::paths::{NodeIndex, Paths};
use super::scalar::{Number, Scalar};
use super::stop::Stop;

/// Where a fact lies; [`Place::TOP`] is inside no array element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place(u32);

impl Place {
    pub const TOP: Self = Self(0);
}

/// One element of one array, inside another place.
#[derive(Clone, Copy, Debug)]
struct Element {
    inside: Place,
    array: u32,
    index: u32,
    depth: u32,
}

/// A scalar found at an asked path.
#[derive(Debug)]
pub(super) struct Fact<'e> {
    pub value: Scalar<'e>,
    pub place: Place,
    next: Option<u32>,
}

/// First and last fact of a path, and whether an object or an empty array sits there.
#[derive(Clone, Copy, Debug, Default)]
struct Chain {
    ends: Option<(u32, u32)>,
    container: bool,
}

/// The facts of one event for the paths of one [`Paths`].
#[derive(Debug)]
pub(super) struct Facts<'e> {
    chains: SmallVec<[Chain; 16]>,
    leaves: SmallVec<[Fact<'e>; 8]>,
    elements: SmallVec<[Element; 4]>,
    arrays: u32,
    /// Asked paths that have not been met yet outside any array.
    waiting: usize,
}

/// Why an event has no facts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// The text is not JSON, or nests too deeply.
    #[error("the event is not valid JSON at byte {at}: {reason}")]
    Malformed { at: usize, reason: String },
    #[error("the event must be a JSON object")]
    NotAnObject,
}

impl From<JsonError> for EventError {
    fn from(error: JsonError) -> Self {
        Self::Malformed { at: error.at, reason: error.reason }
    }
}

/// What a reading follows, and when it may end before the text does.
#[derive(Clone, Copy)]
struct Walk<'w> {
    paths: &'w Paths,
    /// What nobody asks about must be well-formed all the same.
    is_strict: bool,
    stop: Option<&'w Stop>,
}

/// Whether there can be more facts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    GoesOn,
    MayStop,
}

impl<'e> Facts<'e> {
    fn new(paths: &Paths) -> Self {
        let top = Element { inside: Place::TOP, array: 0, index: 0, depth: 0 };
        Self {
            chains: smallvec![Chain::default(); paths.len()],
            leaves: SmallVec::new(),
            elements: smallvec![top],
            arrays: 0,
            waiting: paths.len(),
        }
    }

    /// Reads an event's text to its end.
    pub fn of_text(text: &'e str, paths: &Paths) -> Result<Self, EventError> {
        Self::read(text, Walk { paths, is_strict: true, stop: None })
    }

    /// Reads what the facts need of an event's text: whether the rest of it is well-formed goes unseen.
    pub fn needed_of_text(text: &'e str, paths: &Paths, stop: Option<&Stop>) -> Result<Self, EventError> {
        Self::read(text, Walk { paths, is_strict: false, stop })
    }

    fn read(text: &'e str, walk: Walk<'_>) -> Result<Self, EventError> {
        let mut reader = Reader::new(text);
        if reader.peek().is_none() || reader.kind()? != Kind::Object {
            return Err(EventError::NotAnObject);
        }
        let mut facts = Self::new(walk.paths);
        if facts.text_object(&mut reader, walk, Paths::ROOT, Place::TOP, 1)? == Reading::GoesOn {
            reader.end()?;
        }
        Ok(facts)
    }

    /// Reads an event that a JSON library has parsed.
    pub fn of_value(event: &'e Value, paths: &Paths) -> Result<Self, EventError> {
        if !event.is_object() {
            return Err(EventError::NotAnObject);
        }
        let mut facts = Self::new(paths);
        facts.value(event, paths, Paths::ROOT, Place::TOP, 1)?;
        Ok(facts)
    }

    fn text_object(
        &mut self,
        reader: &mut Reader<'e>,
        walk: Walk<'_>,
        node: NodeIndex,
        place: Place,
        depth: usize,
    ) -> Result<Reading, EventError> {
        reader.check_depth(depth)?;
        self.container(walk.paths, node);
        if reader.open(b'}') {
            return Ok(Reading::GoesOn);
        }
        loop {
            let key = if walk.is_strict { reader.key()? } else { reader.key_needed()? };
            match walk.paths.follow(node, &key) {
                Some(child) => {
                    let is_new = place == Place::TOP && self.is_unmet(walk.paths, child);
                    if self.text_value(reader, walk, child, place, depth)? == Reading::MayStop {
                        return Ok(Reading::MayStop);
                    }
                    self.waiting -= usize::from(is_new);
                    let is_complete = is_new && self.waiting == 0;
                    if is_complete && walk.stop.is_some_and(|stop| stop.is_allowed(reader.rest())) {
                        return Ok(Reading::MayStop);
                    }
                }
                None if walk.is_strict => reader.skip()?,
                None => reader.pass()?,
            }
            if !reader.more(b'}')? {
                return Ok(Reading::GoesOn);
            }
        }
    }

    fn text_value(
        &mut self,
        reader: &mut Reader<'e>,
        walk: Walk<'_>,
        node: NodeIndex,
        place: Place,
        depth: usize,
    ) -> Result<Reading, EventError> {
        match reader.kind()? {
            Kind::Object if walk.paths.goes_on(node) => {
                if self.text_object(reader, walk, node, place, depth + 1)? == Reading::MayStop {
                    return Ok(Reading::MayStop);
                }
            }
            Kind::Object => {
                self.container(walk.paths, node);
                if walk.is_strict { reader.skip()? } else { reader.pass()? }
            }
            Kind::Array => self.text_array(reader, walk, node, place, depth + 1)?,
            Kind::String => {
                let text = if walk.is_strict { reader.string()? } else { reader.string_needed()? };
                self.fact(walk.paths, node, place, Scalar::String(text));
            }
            Kind::Number => {
                self.fact(walk.paths, node, place, Scalar::Number(Number::Text(reader.number()?)));
            }
            Kind::True => {
                reader.literal("true")?;
                self.fact(walk.paths, node, place, Scalar::Bool(true));
            }
            Kind::False => {
                reader.literal("false")?;
                self.fact(walk.paths, node, place, Scalar::Bool(false));
            }
            Kind::Null => {
                reader.literal("null")?;
                self.fact(walk.paths, node, place, Scalar::Null);
            }
        }
        Ok(Reading::GoesOn)
    }

    fn text_array(
        &mut self,
        reader: &mut Reader<'e>,
        walk: Walk<'_>,
        node: NodeIndex,
        place: Place,
        depth: usize,
    ) -> Result<(), EventError> {
        reader.check_depth(depth)?;
        if reader.open(b']') {
            self.container(walk.paths, node);
            return Ok(());
        }
        let array = self.next_array();
        let mut index = 0;
        loop {
            let inside = match reader.kind()? {
                Kind::Object | Kind::Array => self.element(place, array, index),
                _ => place,
            };
            self.text_value(reader, walk, node, inside, depth)?;
            index += 1;
            if !reader.more(b']')? {
                return Ok(());
            }
        }
    }

    /// Whether a node is asked about and nothing has been found there yet.
    fn is_unmet(&self, paths: &Paths, node: NodeIndex) -> bool {
        paths.asked(node).is_some_and(|path| {
            let chain = &self.chains[path];
            chain.ends.is_none() && !chain.container
        })
    }

    fn value(
        &mut self,
        value: &'e Value,
        paths: &Paths,
        node: NodeIndex,
        place: Place,
        depth: usize,
    ) -> Result<(), EventError> {
        if depth > MAX_DEPTH {
            return Err(EventError::Malformed { at: 0, reason: "nested too deeply".to_owned() });
        }
        let leaf = match value {
            Value::Object(members) => {
                self.container(paths, node);
                for (key, member) in members {
                    if let Some(child) = paths.follow(node, key) {
                        self.value(member, paths, child, place, depth + 1)?;
                    }
                }
                return Ok(());
            }
            Value::Array(entries) => {
                if entries.is_empty() {
                    self.container(paths, node);
                }
                let array = self.next_array();
                for (entry, index) in entries.iter().zip(0..) {
                    let nests = matches!(entry, Value::Object(_) | Value::Array(_));
                    let inside = if nests { self.element(place, array, index) } else { place };
                    self.value(entry, paths, node, inside, depth + 1)?;
                }
                return Ok(());
            }
            Value::String(text) => Scalar::String(Cow::Borrowed(text)),
            Value::Number(number) => Scalar::Number(Number::Value(number.as_f64().unwrap_or(f64::INFINITY))),
            Value::Bool(value) => Scalar::Bool(*value),
            Value::Null => Scalar::Null,
        };
        self.fact(paths, node, place, leaf);
        Ok(())
    }

    fn next_array(&mut self) -> u32 {
        self.arrays += 1;
        self.arrays
    }

    fn element(&mut self, inside: Place, array: u32, index: u32) -> Place {
        let place = Place(self.elements.len() as u32);
        let depth = self.elements[inside.0 as usize].depth + 1;
        self.elements.push(Element { inside, array, index, depth });
        place
    }

    fn container(&mut self, paths: &Paths, node: NodeIndex) {
        if let Some(path) = paths.asked(node) {
            self.chains[path].container = true;
        }
    }

    fn fact(&mut self, paths: &Paths, node: NodeIndex, place: Place, value: Scalar<'e>) {
        let Some(path) = paths.asked(node) else { return };
        let new = self.leaves.len() as u32;
        self.leaves.push(Fact { value, place, next: None });
        let ends = &mut self.chains[path].ends;
        if let Some((_, last)) = *ends {
            self.leaves[last as usize].next = Some(new);
        }
        *ends = Some((ends.map_or(new, |(first, _)| first), new));
    }

    /// The facts of a path, in the order of the event.
    pub fn at(&self, path: usize) -> impl Iterator<Item = &Fact<'e>> {
        let first = self.chains[path].ends.map(|(first, _)| first);
        std::iter::successors(first.map(|first| &self.leaves[first as usize]), |fact| {
            fact.next.map(|next| &self.leaves[next as usize])
        })
    }

    /// Whether any fact could lie in an array element: only then does consistency matter.
    pub fn in_arrays(&self) -> bool {
        self.elements.len() > 1
    }

    /// Whether an object or an empty array sits at a path, which to the matcher is nothing.
    pub fn has_container(&self, path: usize) -> bool {
        self.chains[path].container
    }

    /// Whether two facts may be combined: they never lie in different elements of one array.
    pub fn consistent(&self, one: Place, other: Place) -> bool {
        let (mut one, mut other) = (one, other);
        while one != other {
            let (a, b) = (self.elements[one.0 as usize], self.elements[other.0 as usize]);
            if a.depth == b.depth && a.array == b.array && a.index != b.index {
                return false;
            }
            if a.depth >= b.depth {
                one = a.inside;
            }
            if b.depth >= a.depth {
                other = b.inside;
            }
        }
        true
    }
}
