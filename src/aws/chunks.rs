//! A long series ordered by time that is cheap to clone: keyframes clone the account often, and its datapoints and
//! log lines are nearly all of its bulk.
//!
//! Entries live in shared chunks; a clone copies pointers, and the first change after it copies one chunk.

use std::sync::Arc;

/// How many entries a chunk holds before the next begins.
const CHUNK: usize = 64;

/// Something with a moment, in epoch milliseconds.
pub trait Timed {
    fn at(&self) -> i64;
}

/// Entries ordered by time; those of one moment stay in the order they came.
#[derive(Clone, Debug)]
pub struct Chunks<T> {
    chunks: Vec<Arc<Vec<T>>>,
    len: usize,
}

impl<T> Default for Chunks<T> {
    fn default() -> Self {
        Self { chunks: Vec::new(), len: 0 }
    }
}

impl<T: Timed + Clone> Chunks<T> {
    pub const fn len(&self) -> usize {
        self.len
    }

    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Adds an entry at its place, which is nearly always the end.
    pub fn insert(&mut self, entry: T) {
        let at = entry.at();
        self.len += 1;
        let place = self.chunks.partition_point(|chunk| chunk.first().is_some_and(|first| first.at() <= at));
        let place = place.saturating_sub(1);
        let is_last = place + 1 >= self.chunks.len();
        let Some(chunk) = self.chunks.get_mut(place) else {
            self.chunks.push(Arc::new(new_chunk(entry)));
            return;
        };
        let position = chunk.partition_point(|present| present.at() <= at);
        if is_last && position == chunk.len() && chunk.len() >= CHUNK {
            self.chunks.push(Arc::new(new_chunk(entry)));
            return;
        }
        let entries = Arc::make_mut(chunk);
        entries.insert(position, entry);
        if entries.len() > 2 * CHUNK {
            let tail = entries.split_off(CHUNK);
            self.chunks.insert(place + 1, Arc::new(tail));
        }
    }

    /// Entries at or after `from`, oldest first.
    pub fn since(&self, from: i64) -> impl Iterator<Item = &T> {
        let first = self.chunks.partition_point(|chunk| chunk.last().is_some_and(|last| last.at() < from));
        let skip = self.chunks.get(first).map_or(0, |chunk| chunk.partition_point(|entry| entry.at() < from));
        self.chunks[first..].iter().flat_map(|chunk| chunk.iter()).skip(skip)
    }

    /// Entries at or after `from` and before `until`, oldest first.
    pub fn between(&self, from: i64, until: i64) -> impl Iterator<Item = &T> {
        self.since(from).take_while(move |entry| entry.at() < until)
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.chunks.iter().flat_map(|chunk| chunk.iter())
    }

    pub fn first(&self) -> Option<&T> {
        self.chunks.first().and_then(|chunk| chunk.first())
    }

    pub fn last(&self) -> Option<&T> {
        self.chunks.last().and_then(|chunk| chunk.last())
    }

    /// The first entry for which `is_it` holds.
    pub fn find(&self, is_it: impl FnMut(&T) -> bool) -> Option<&T> {
        let (chunk, position) = self.position(is_it)?;
        self.chunks[chunk].get(position)
    }

    /// Changes the first entry for which `is_it` holds; its moment must stay what it is.
    pub fn update(&mut self, is_it: impl FnMut(&T) -> bool, change: impl FnOnce(&mut T)) -> bool {
        let Some((chunk, position)) = self.position(is_it) else { return false };
        change(&mut Arc::make_mut(&mut self.chunks[chunk])[position]);
        true
    }

    /// Takes out the first entry for which `is_it` holds.
    pub fn remove(&mut self, is_it: impl FnMut(&T) -> bool) -> Option<T> {
        let (chunk, position) = self.position(is_it)?;
        let entry = Arc::make_mut(&mut self.chunks[chunk]).remove(position);
        if self.chunks[chunk].is_empty() {
            self.chunks.remove(chunk);
        }
        self.len -= 1;
        Some(entry)
    }

    fn position(&self, mut is_it: impl FnMut(&T) -> bool) -> Option<(usize, usize)> {
        self.chunks
            .iter()
            .enumerate()
            .find_map(|(number, chunk)| chunk.iter().position(&mut is_it).map(|position| (number, position)))
    }

    /// Forgets everything before `moment`, to the entry.
    pub fn drop_before(&mut self, moment: i64) {
        self.forget_before(moment);
        let Some(first) = self.chunks.first_mut() else { return };
        let old = first.partition_point(|entry| entry.at() < moment);
        if old > 0 {
            Arc::make_mut(first).drain(..old);
            self.len -= old;
        }
    }

    /// Forgets the chunks that lie wholly before `moment`.
    pub fn forget_before(&mut self, moment: i64) {
        self.take_before(moment);
    }

    /// Takes out the chunks that lie wholly before `moment`, oldest first.
    pub fn take_before(&mut self, moment: i64) -> Vec<Arc<Vec<T>>> {
        let is_old = |chunk: &Arc<Vec<T>>| chunk.last().is_some_and(|last| last.at() < moment);
        if !self.chunks.first().is_some_and(is_old) {
            return Vec::new();
        }
        let taken: Vec<_> = self.chunks.drain(..self.chunks.partition_point(is_old)).collect();
        self.len -= taken.iter().map(|chunk| chunk.len()).sum::<usize>();
        taken
    }
}

fn new_chunk<T>(entry: T) -> Vec<T> {
    let mut chunk = Vec::with_capacity(CHUNK);
    chunk.push(entry);
    chunk
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Debug, PartialEq)]
    struct Mark(i64, usize);

    impl Timed for Mark {
        fn at(&self) -> i64 {
            self.0
        }
    }

    #[test]
    fn entries_come_back_in_the_order_of_time_however_they_came() {
        let mut chunks = Chunks::default();
        let moments = (0..1_000).map(|step: i64| (step * 7_919) % 613);
        for (order, at) in moments.enumerate() {
            chunks.insert(Mark(at, order));
        }

        let found: Vec<&Mark> = chunks.iter().collect();
        assert_eq!((found.len(), chunks.len()), (1_000, 1_000));
        assert!(found.is_sorted_by_key(|mark| (mark.0, mark.1)));
        for from in [-1, 0, 1, 300, 612, 613] {
            let since: Vec<&Mark> = chunks.since(from).collect();
            assert_eq!(since, found.iter().copied().filter(|mark| mark.0 >= from).collect::<Vec<_>>());
        }
    }

    #[test]
    fn an_entry_can_be_changed_and_taken_out_wherever_it_is() {
        let mut chunks = Chunks::default();
        for at in 0..300 {
            chunks.insert(Mark(at, 0));
        }
        let before = chunks.clone();

        assert!(chunks.update(|mark| mark.0 == 150, |mark| mark.1 = 7));
        assert_eq!(chunks.find(|mark| mark.0 == 150), Some(&Mark(150, 7)));
        assert_eq!(chunks.remove(|mark| mark.1 == 7), Some(Mark(150, 7)));
        assert_eq!(chunks.remove(|mark| mark.0 == 150), None);
        chunks.drop_before(100);
        assert_eq!((chunks.len(), chunks.iter().count()), (199, 199));
        assert_eq!(before.iter().count(), 300);
    }

    #[test]
    fn forgetting_drops_old_chunks_whole_and_never_what_is_still_wanted() {
        let mut chunks = Chunks::default();
        for at in 0..1_000 {
            chunks.insert(Mark(at, 0));
        }
        chunks.forget_before(500);

        assert!(chunks.first().is_some_and(|first| first.at() <= 500 && first.at() > 400));
        assert_eq!(chunks.since(500).count(), 500);
        assert_eq!(chunks.iter().count(), chunks.len());
    }
}
