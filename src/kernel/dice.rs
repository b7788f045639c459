//! Chance, and nothing but the seed: one `ChaCha8` stream per purpose, so that a draw added in one
//! place does not shift the draws of another.

use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// What a draw is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    Latency,
    Ids,
    Load,
    Functions,
    Scenario,
}

const STREAMS: usize = 5;

/// The seeded streams of one session.
#[derive(Clone, Debug)]
pub struct Dice {
    streams: [ChaCha8Rng; STREAMS],
}

impl Dice {
    pub fn new(seed: u64) -> Self {
        let stream = |number: usize| {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            rng.set_stream(number as u64);
            rng
        };
        Self { streams: std::array::from_fn(stream) }
    }

    fn stream(&mut self, of: Stream) -> &mut ChaCha8Rng {
        &mut self.streams[of as usize]
    }

    /// A whole number in `low..=high`.
    pub fn between(&mut self, of: Stream, low: u64, high: u64) -> u64 {
        if low >= high { low } else { self.stream(of).random_range(low..=high) }
    }

    /// Sixty-four random bits.
    pub fn bits(&mut self, of: Stream) -> u64 {
        self.stream(of).next_u64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_draws_of_each_stream_are_pinned_so_that_an_upgrade_cannot_change_a_story_unseen() {
        let mut dice = Dice::new(42);
        let draws: Vec<u64> =
            [Stream::Latency, Stream::Ids, Stream::Load, Stream::Functions, Stream::Scenario]
                .into_iter()
                .map(|stream| dice.between(stream, 0, 999))
                .collect();

        assert_eq!(draws, [681, 716, 183, 361, 911]);
    }

    #[test]
    fn a_draw_in_one_stream_does_not_shift_another() {
        let mut alone = Dice::new(7);
        let mut disturbed = Dice::new(7);
        disturbed.bits(Stream::Latency);

        assert_eq!(alone.bits(Stream::Ids), disturbed.bits(Stream::Ids));
    }
}
