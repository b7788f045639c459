//! When each thing of a story shows on screen: a monotone warp of simulated time.
//!
//! Between two consecutive departures the screen spends 0.4 to 4 s at ×1, more for a longer wait but never in
//! proportion; a flight is never cut short by what it causes. Real times stay what they are: this is a matter of
//! the view alone.

use crate::kernel::{HopId, SimTime};

/// The shortest and longest the screen spends between two departures, in milliseconds at ×1.
const SHORTEST_MS: f64 = 400.0;
const LONGEST_MS: f64 = 4_000.0;
/// How long an envelope travels on screen, whatever the length of its road.
pub const FLIGHT_MS: f64 = 1_400.0;
/// How long a hop that happens inside one building lights its lamp.
const LAMP_MS: f64 = 700.0;

/// Something the playhead stops at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// A hop leaves.
    Hop(HopId),
    /// A beat of the lesson: a caption, a question, a task.
    Beat(usize),
}

/// One stop of the playhead.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stop {
    pub item: Item,
    /// Simulated time.
    pub at: SimTime,
    /// Screen time of its departure, milliseconds at ×1 since the story began.
    pub starts: f64,
    /// How long it moves or glows, milliseconds at ×1.
    pub lasts: f64,
}

impl Stop {
    pub fn ends(&self) -> f64 {
        self.starts + self.lasts
    }
}

/// What is known of an item before it is laid out.
#[derive(Clone, Copy, Debug)]
pub struct Planned {
    pub item: Item,
    pub at: SimTime,
    /// The hop it may not start before the end of.
    pub after: Option<HopId>,
    /// Whether something moves along a road.
    pub travels: bool,
    /// Time to read, in milliseconds at ×1: what comes next waits that long.
    pub dwell: f64,
}

/// The stops of a story, in order.
#[derive(Clone, Debug, Default)]
pub struct Schedule {
    stops: Vec<Stop>,
}

impl Schedule {
    /// Lays out items that are already in the order of the story.
    pub fn new(story_start: SimTime, items: &[Planned]) -> Self {
        let mut stops: Vec<Stop> = Vec::with_capacity(items.len());
        let mut ends_of_hops: std::collections::BTreeMap<HopId, f64> = std::collections::BTreeMap::new();
        let mut previous = (story_start, 0.0);
        for planned in items {
            let waited = planned.at.since(previous.0).as_millis() as f64;
            let mut starts: f64 = previous.1 + on_screen(waited);
            if let Some(end) = planned.after.and_then(|hop| ends_of_hops.get(&hop)) {
                starts = starts.max(*end);
            }
            let lasts = match planned.item {
                Item::Hop(_) if planned.travels => FLIGHT_MS,
                Item::Hop(_) => LAMP_MS,
                Item::Beat(_) => 0.0,
            };
            if let Item::Hop(hop) = planned.item {
                ends_of_hops.insert(hop, starts + lasts);
            }
            stops.push(Stop { item: planned.item, at: planned.at, starts, lasts });
            previous = (planned.at.max(previous.0), starts + planned.dwell);
        }
        Self { stops }
    }

    pub fn stops(&self) -> &[Stop] {
        &self.stops
    }

    pub fn len(&self) -> usize {
        self.stops.len()
    }

    pub fn is_empty(&self) -> bool {
        self.stops.is_empty()
    }

    /// How many stops have departed at screen time `screen`.
    pub fn departed(&self, screen: f64) -> usize {
        self.stops.partition_point(|stop| stop.starts <= screen)
    }

    /// Where the playhead rests on a stop: its flight is over, or as far as it gets before the next departure.
    pub fn rest(&self, index: usize) -> f64 {
        let Some(stop) = self.stops.get(index) else { return self.stops.last().map_or(0.0, Stop::ends) };
        let next = self.stops.get(index + 1).map_or(f64::INFINITY, |next| next.starts - 1.0);
        stop.ends().min(next).max(stop.starts)
    }

    /// Screen time of the very end.
    pub fn end(&self) -> f64 {
        self.stops.iter().map(Stop::ends).fold(0.0, f64::max)
    }

    /// The simulated moment shown at screen time `screen`.
    pub fn clock(&self, story_start: SimTime, screen: f64) -> SimTime {
        let next = self.departed(screen);
        let (from, left) = match next.checked_sub(1) {
            Some(last) => (self.stops[last].at, self.stops[last].starts),
            None => (story_start, 0.0),
        };
        let Some(to) = self.stops.get(next) else { return from };
        let share = if to.starts > left { (screen - left) / (to.starts - left) } else { 0.0 };
        let passed = to.at.since(from).as_millis() as f64 * share.clamp(0.0, 1.0);
        SimTime::from_millis(from.as_millis() + passed as u64)
    }
}

/// Screen time for a wait: logarithmic, so that an hour is longer than a minute and neither is boring.
fn on_screen(waited_ms: f64) -> f64 {
    if waited_ms <= 0.0 {
        return SHORTEST_MS;
    }
    (SHORTEST_MS + 1_000.0 * (1.0 + waited_ms / 1_000.0).log10()).clamp(SHORTEST_MS, LONGEST_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hop(id: usize, at_s: u64, after: Option<usize>) -> Planned {
        Planned {
            item: Item::Hop(HopId::from_index(id)),
            at: SimTime::from_millis(at_s * 1_000),
            after: after.map(HopId::from_index),
            travels: true,
            dwell: 0.0,
        }
    }

    #[test]
    fn the_screen_spends_between_four_tenths_and_four_seconds_on_any_wait() {
        let schedule =
            Schedule::new(SimTime::START, &[hop(0, 0, None), hop(1, 0, None), hop(2, 86_400, None)]);

        let gaps: Vec<f64> =
            schedule.stops().windows(2).map(|pair| pair[1].starts - pair[0].starts).collect();

        assert!((gaps[0] - SHORTEST_MS).abs() < f64::EPSILON, "{gaps:?}");
        assert!((gaps[1] - LONGEST_MS).abs() < f64::EPSILON, "{gaps:?}");
    }

    #[test]
    fn no_effect_shows_before_its_cause_has_arrived() {
        let schedule = Schedule::new(SimTime::START, &[hop(0, 1, None), hop(1, 1, Some(0))]);

        assert!(schedule.stops()[1].starts >= schedule.stops()[0].ends());
    }

    #[test]
    fn the_clock_runs_from_stop_to_stop_and_never_back() {
        let schedule = Schedule::new(SimTime::START, &[hop(0, 10, None), hop(1, 70, None)]);

        let clocks: Vec<u64> = (0..80)
            .map(|tenth| schedule.clock(SimTime::START, f64::from(tenth) * 100.0).as_millis())
            .collect();

        assert!(clocks.windows(2).all(|pair| pair[0] <= pair[1]), "{clocks:?}");
        assert_eq!(clocks.last(), Some(&70_000));
    }
}
