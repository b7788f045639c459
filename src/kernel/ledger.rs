//! The one ledger: append-only, and every hop names its cause.
//!
//! The kernel knows when a hop left, when it is due and what caused it. What travels, from where
//! to where and why something did not travel is the business of the [`Vocabulary`] above.

use std::{fmt::Debug, hash::Hash};

use indexmap::IndexSet;
use serde::{Deserialize, Serialize};

use super::time::{SimDuration, SimTime};

/// The words a ledger is written in; the kernel never looks inside them.
pub trait Vocabulary: Clone + Debug + 'static {
    /// A place a hop leaves from or arrives at.
    type Node: Clone + Debug + Eq + Hash;
    /// Which kind of journey a hop is (`alarm>sns`).
    type Path: Copy + Debug + Eq;
    /// What travels.
    type Payload: Clone + Debug;
    /// What is worth knowing beside the hops: fates, near misses, evaluations.
    type Note: Clone + Debug;
    /// What came from outside.
    type Input: Clone + Debug;
}

macro_rules! index {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(u32);

        impl $name {
            pub const fn from_index(index: usize) -> Self {
                Self(index as u32)
            }

            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

index!(
    /// Position of a hop among the hops.
    HopId
);
index!(
    /// Position of an input among the inputs.
    InputId
);
index!(
    /// An interned node.
    NodeId
);

/// Why something happened: another hop, or somebody outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cause {
    Input(InputId),
    Hop(HopId),
}

/// Something travelling from one place to another.
#[derive(Clone, Debug)]
pub struct Hop<V: Vocabulary> {
    pub id: HopId,
    pub path: V::Path,
    pub cause: Cause,
    pub from: NodeId,
    pub to: NodeId,
    pub sent_at: SimTime,
    pub due_at: SimTime,
    pub payload: V::Payload,
    /// How many hops lie between it and the input that began the chain.
    pub depth: u32,
}

/// Something worth knowing that did not travel, or what became of something that did.
#[derive(Clone, Debug)]
pub struct Note<V: Vocabulary> {
    pub at: SimTime,
    pub cause: Cause,
    pub body: V::Note,
}

/// Something that came from outside: the only thing without a cause.
#[derive(Clone, Debug)]
pub struct Arrival<V: Vocabulary> {
    pub id: InputId,
    pub at: SimTime,
    pub body: V::Input,
}

/// One line of the ledger, in the order it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    Input(InputId),
    Hop(HopId),
    Note(usize),
}

/// How long a ledger was at some moment; a shorter ledger is a prefix of a longer one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Length {
    entries: usize,
    nodes: usize,
    inputs: usize,
    hops: usize,
    notes: usize,
}

/// Everything that happened, in the order it was written.
#[derive(Clone, Debug)]
pub struct Ledger<V: Vocabulary> {
    entries: Vec<Entry>,
    nodes: IndexSet<V::Node>,
    inputs: Vec<Arrival<V>>,
    hops: Vec<Hop<V>>,
    notes: Vec<Note<V>>,
    longest_flight: SimDuration,
}

impl<V: Vocabulary> Default for Ledger<V> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            nodes: IndexSet::new(),
            inputs: Vec::new(),
            hops: Vec::new(),
            notes: Vec::new(),
            longest_flight: SimDuration::ZERO,
        }
    }
}

/// What a hop is made of before it has an id.
#[derive(Clone, Debug)]
pub struct NewHop<V: Vocabulary> {
    pub path: V::Path,
    pub cause: Cause,
    pub from: V::Node,
    pub to: V::Node,
    pub sent_at: SimTime,
    pub due_at: SimTime,
    pub payload: V::Payload,
}

impl<V: Vocabulary> Ledger<V> {
    /// Writes down something from outside.
    pub fn arrive(&mut self, at: SimTime, body: V::Input) -> InputId {
        let id = InputId::from_index(self.inputs.len());
        self.inputs.push(Arrival { id, at, body });
        self.entries.push(Entry::Input(id));
        id
    }

    /// Writes down a departure. Its cause must already be in the ledger, and it cannot arrive before it left.
    pub fn depart(&mut self, new: NewHop<V>) -> HopId {
        match new.cause {
            Cause::Hop(cause) => {
                assert!(cause.index() < self.hops.len(), "a hop's cause must come before it");
            }
            Cause::Input(cause) => {
                assert!(cause.index() < self.inputs.len(), "a hop's cause must come before it");
            }
        }
        assert!(new.due_at >= new.sent_at, "a hop cannot arrive before it left");
        let depth = match new.cause {
            Cause::Hop(cause) => self.hop(cause).depth + 1,
            Cause::Input(_) => 0,
        };
        let id = HopId::from_index(self.hops.len());
        let from = NodeId::from_index(self.nodes.insert_full(new.from).0);
        let to = NodeId::from_index(self.nodes.insert_full(new.to).0);
        self.longest_flight = self.longest_flight.max(new.due_at.since(new.sent_at));
        self.hops.push(Hop {
            id,
            path: new.path,
            cause: new.cause,
            from,
            to,
            sent_at: new.sent_at,
            due_at: new.due_at,
            payload: new.payload,
            depth,
        });
        self.entries.push(Entry::Hop(id));
        id
    }

    /// Writes down something that did not travel.
    pub fn note(&mut self, at: SimTime, cause: Cause, body: V::Note) {
        self.entries.push(Entry::Note(self.notes.len()));
        self.notes.push(Note { at, cause, body });
    }

    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub fn hops(&self) -> &[Hop<V>] {
        &self.hops
    }

    pub fn notes(&self) -> &[Note<V>] {
        &self.notes
    }

    pub fn inputs(&self) -> &[Arrival<V>] {
        &self.inputs
    }

    pub fn hop(&self, id: HopId) -> &Hop<V> {
        &self.hops[id.index()]
    }

    pub fn input(&self, id: InputId) -> &Arrival<V> {
        &self.inputs[id.index()]
    }

    /// The input itself, to complete what is known of it once it has been answered.
    pub fn input_mut(&mut self, id: InputId) -> &mut Arrival<V> {
        &mut self.inputs[id.index()]
    }

    /// The hop itself, to complete what is known of it once it has been answered.
    pub fn hop_mut(&mut self, id: HopId) -> &mut Hop<V> {
        &mut self.hops[id.index()]
    }

    pub fn node(&self, id: NodeId) -> &V::Node {
        &self.nodes[id.index()]
    }

    pub fn nodes(&self) -> impl Iterator<Item = &V::Node> {
        self.nodes.iter()
    }

    /// The causes of a hop, nearest first, up to the input that began it all.
    pub fn causes(&self, of: HopId) -> impl Iterator<Item = Cause> + '_ {
        let mut next = Some(Cause::Hop(of));
        std::iter::from_fn(move || {
            let cause = match next? {
                Cause::Hop(id) => Some(self.hop(id).cause),
                Cause::Input(_) => None,
            };
            next = cause;
            cause
        })
    }

    /// The input at the root of a cause.
    pub fn root(&self, cause: Cause) -> InputId {
        match cause {
            Cause::Input(id) => id,
            Cause::Hop(id) => self
                .causes(id)
                .find_map(|cause| match cause {
                    Cause::Input(id) => Some(id),
                    Cause::Hop(_) => None,
                })
                .expect("every chain of causes ends at an input, because `depart` demands an earlier cause"),
        }
    }

    /// Hops directly caused by `cause`, in the order they left.
    pub fn effects(&self, cause: Cause) -> impl Iterator<Item = &Hop<V>> {
        let first = match cause {
            Cause::Hop(id) => id.index() + 1,
            Cause::Input(_) => 0,
        };
        self.hops[first.min(self.hops.len())..].iter().filter(move |hop| hop.cause == cause)
    }

    /// The longest time any hop has been under way: bounds how far back a search for flights must look.
    pub fn longest_flight(&self) -> SimDuration {
        self.longest_flight
    }

    pub fn length(&self) -> Length {
        Length {
            entries: self.entries.len(),
            nodes: self.nodes.len(),
            inputs: self.inputs.len(),
            hops: self.hops.len(),
            notes: self.notes.len(),
        }
    }

    /// What this ledger was when it was `length` long.
    #[must_use]
    pub fn prefix(&self, length: Length) -> Self {
        Self {
            entries: self.entries[..length.entries].to_vec(),
            nodes: self.nodes.iter().take(length.nodes).cloned().collect(),
            inputs: self.inputs[..length.inputs].to_vec(),
            hops: self.hops[..length.hops].to_vec(),
            notes: self.notes[..length.notes].to_vec(),
            longest_flight: self.longest_flight,
        }
    }

    /// Forgets everything after `length`, which must have been this ledger's own length once.
    pub fn truncate(&mut self, length: Length) {
        self.entries.truncate(length.entries);
        self.nodes.truncate(length.nodes);
        self.inputs.truncate(length.inputs);
        self.hops.truncate(length.hops);
        self.notes.truncate(length.notes);
    }
}
