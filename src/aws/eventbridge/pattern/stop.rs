//! When the reading of an event may stop before its end: once every asked path has been met, and nothing that follows
//! can add to them.
//!
//! More could only come from a key of an asked path: the same key again, or a dotted one (`"detail.x"` beside
//! `"detail"`). So the rest of the text is searched, many bytes at a time, for a quote followed by such a key; a value
//! that looks like one merely costs a full reading.

use std::collections::BTreeMap;

use memchr::{memchr, memmem::Finder};

use super::paths::Paths;

/// With more keys than this, searching the rest would cost more than reading it.
const MAX_KEYS: usize = 8;

/// The keys that must not follow.
#[derive(Clone, Debug)]
pub(super) struct Stop {
    keys: Vec<Finder<'static>>,
}

impl Stop {
    /// `None` where stopping early does not pay.
    pub fn for_paths(paths: &Paths) -> Option<Self> {
        let mut keys: Vec<String> = Vec::new();
        let segments: BTreeMap<&str, bool> =
            paths.segments().fold(BTreeMap::new(), |mut all, (segment, goes_on)| {
                *all.entry(segment).or_default() |= goes_on;
                all
            });
        let mut segments = segments.into_iter().peekable();
        while let Some((segment, goes_on)) = segments.next() {
            // In order, what begins like a segment comes right after it: `"detail` finds `"detail-type` too.
            let mut is_beginning = goes_on;
            while segments.next_if(|(next, _)| next.starts_with(segment)).is_some() {
                is_beginning = true;
            }
            keys.push(format!("\"{segment}{}", if is_beginning { "" } else { "\"" }));
        }
        let pays = keys.len() <= MAX_KEYS;
        pays.then(|| Self { keys: keys.iter().map(|key| Finder::new(key).into_owned()).collect() })
    }

    /// Whether nothing in the rest of the text could be a key of an asked path. An escape could spell anything.
    pub fn is_allowed(&self, rest: &str) -> bool {
        let rest = rest.as_bytes();
        memchr(b'\\', rest).is_none() && self.keys.iter().all(|key| key.find(rest).is_none())
    }
}
