//! The queue of what is due: ordered by moment, then by the order of arrival, so that ties are settled.

use std::collections::BTreeMap;

use super::time::SimTime;

/// Events waiting for their moment.
#[derive(Clone, Debug)]
pub struct EventQueue<E> {
    waiting: BTreeMap<(SimTime, u64), E>,
    next_sequence: u64,
}

impl<E> Default for EventQueue<E> {
    fn default() -> Self {
        Self { waiting: BTreeMap::new(), next_sequence: 0 }
    }
}

impl<E> EventQueue<E> {
    /// Adds an event due at `due`; among events of one moment the first pushed is the first popped.
    pub fn push(&mut self, due: SimTime, event: E) {
        self.waiting.insert((due, self.next_sequence), event);
        self.next_sequence += 1;
    }

    /// Takes the next event.
    pub fn pop(&mut self) -> Option<(SimTime, E)> {
        self.waiting.pop_first().map(|((due, _), event)| (due, event))
    }

    /// When the next event is due.
    pub fn next_due(&self) -> Option<SimTime> {
        self.waiting.first_key_value().map(|((due, _), _)| *due)
    }

    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = (SimTime, &E)> {
        self.waiting.iter().map(|((due, _), event)| (*due, event))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_of_one_moment_leave_in_the_order_they_came() {
        let mut queue = EventQueue::default();
        queue.push(SimTime::from_millis(5), "late");
        queue.push(SimTime::from_millis(1), "first");
        queue.push(SimTime::from_millis(1), "second");

        let order: Vec<_> = std::iter::from_fn(|| queue.pop()).map(|(_, event)| event).collect();

        assert_eq!(order, ["first", "second", "late"]);
    }
}
