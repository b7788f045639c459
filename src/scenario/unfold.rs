//! The story that is played: choices made, comparisons laid out as the steps they hold.

use super::{
    model::{Scenario, Step},
    spanned::Spanned,
};
use crate::kernel::{Dice, Stream};

/// For each `pick` of a story, in order, which of its steps are played.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice(Vec<Vec<usize>>);

/// More plays than this prove no more, and take too long.
pub const MOST_CHOICES: usize = 64;

impl Choice {
    /// What the seed chooses.
    pub fn drawn(scenario: &Scenario, seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let draw = |(n, of): (usize, usize)| {
            let mut left: Vec<usize> = (0..of).collect();
            let mut chosen: Vec<usize> = (0..n.min(of))
                .map(|_| {
                    let last = left.len().saturating_sub(1) as u64;
                    left.remove(dice.between(Stream::Scenario, 0, last) as usize)
                })
                .collect();
            chosen.sort_unstable();
            chosen
        };
        Self(picks(scenario).map(draw).collect())
    }

    /// Every choice there is, or none if they are more than [`MOST_CHOICES`].
    pub fn all(scenario: &Scenario) -> Option<Vec<Self>> {
        let mut all = vec![Self::default()];
        for (n, of) in picks(scenario) {
            let ways = combinations(n, of);
            if all.len() * ways.len() > MOST_CHOICES {
                return None;
            }
            all = all
                .iter()
                .flat_map(|begun| {
                    ways.iter().map(|way| Self(begun.0.iter().cloned().chain([way.clone()]).collect()))
                })
                .collect();
        }
        Some(all)
    }

    /// What the chosen steps are called, for a reader: their ids, or their places.
    pub fn names(&self, scenario: &Scenario) -> String {
        let named = scenario.story.iter().filter_map(|step| step.pick.as_ref()).zip(&self.0);
        let names = named.flat_map(|(pick, chosen)| {
            chosen.iter().map(|index| {
                let steps = pick.of.get(*index).map_or(&[][..], |alternative| &alternative.steps);
                let id = steps.iter().find_map(|step| step.id.as_ref());
                id.map_or_else(|| format!("#{}", index + 1), |id| id.value.clone())
            })
        });
        names.collect::<Vec<_>>().join(", ")
    }
}

/// How many of how many, for each pick.
fn picks(scenario: &Scenario) -> impl Iterator<Item = (usize, usize)> {
    let picks = scenario.story.iter().filter_map(|step| step.pick.as_ref());
    picks.map(|pick| (pick.n.value as usize, pick.of.len()))
}

/// The ways to choose `n` of `of`, each in order. `of` is at most eight by the schema.
fn combinations(n: usize, of: usize) -> Vec<Vec<usize>> {
    (0..1_u32 << of.min(16))
        .filter(|mask| mask.count_ones() as usize == n.min(of))
        .map(|mask| (0..of).filter(|index| mask & (1 << index) != 0).collect())
        .collect()
}

/// The steps that are played in a world (`None`: the story itself): chosen ones instead of each pick, and what a
/// comparison of that world holds instead of the comparison.
pub fn story(scenario: &Scenario, choice: &Choice, world: Option<&str>) -> Vec<Spanned<Step>> {
    let mut choices = choice.0.iter();
    let mut steps = Vec::new();
    for step in &scenario.story {
        if let Some(pick) = &step.pick {
            let chosen = choices.next().map_or(&[][..], Vec::as_slice);
            let alternatives = chosen.iter().filter_map(|index| pick.of.get(*index));
            steps.extend(within(step, alternatives.flat_map(|alternative| &alternative.steps)));
        } else if let Some(compare) = &step.compare {
            let is_played = world.is_none_or(|world| compare.worlds.iter().any(|named| named.value == world));
            if is_played {
                steps.extend(within(step, compare.steps.iter()));
            }
        } else {
            steps.push(step.clone());
        }
    }
    steps
}

/// Inner steps; the first comes when the outer one is written to, unless it says otherwise.
fn within<'a>(
    outer: &'a Spanned<Step>,
    inner: impl Iterator<Item = &'a Spanned<Step>> + 'a,
) -> impl Iterator<Item = Spanned<Step>> + 'a {
    inner.enumerate().map(|(index, step)| {
        let mut step = step.clone();
        if index == 0 && step.at.is_none() {
            step.value.at.clone_from(&outer.at);
        }
        step
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::load;

    fn scenario(story: &str) -> Scenario {
        let text = format!("vigie: 1\nid: essai\nstory:\n{story}");
        load::text("essai.yaml", &text).expect("it reads").scenario
    }

    fn says(steps: &[Spanned<Step>]) -> Vec<&str> {
        steps.iter().filter_map(|step| step.say.as_ref()).map(|say| say.en.as_str()).collect()
    }

    const PICK: &str = "  - at: '1:00'\n    pick:\n      n: 2\n      of:\n        - say: {fr: a, en: a}\n        \
                        - say: {fr: b, en: b}\n        - say: {fr: c, en: c}\n  - say: {fr: z, en: z}\n";

    #[test]
    fn the_seed_chooses_and_the_same_seed_chooses_the_same() {
        let scenario = scenario(PICK);
        let told = |seed| {
            let steps = story(&scenario, &Choice::drawn(&scenario, seed), None);
            says(&steps).into_iter().map(str::to_owned).collect::<Vec<_>>()
        };

        assert_eq!(told(1).len(), 3);
        assert_eq!(told(1), told(1));
        assert!((2..40).any(|seed| told(seed) != told(1)));
    }

    #[test]
    fn every_choice_is_known_and_the_first_step_comes_when_the_pick_does() {
        let scenario = scenario(PICK);
        let all = Choice::all(&scenario).expect("three");

        let told: Vec<String> =
            all.iter().map(|choice| says(&story(&scenario, choice, None)).concat()).collect();
        assert_eq!(told, ["abz", "acz", "bcz"]);
        let first = &story(&scenario, &all[2], None)[0];
        assert_eq!(first.at.as_ref().map(|at| at.value.to_string()).as_deref(), Some("1:00"));
    }

    #[test]
    fn a_comparison_is_played_in_the_story_and_in_the_worlds_it_names_only() {
        let scenario = scenario(
            "  - compare:\n      worlds: [calme]\n      steps:\n        - say: {fr: a, en: a}\n  - say: {fr: z, en: z}\n",
        );
        let told = |world| says(&story(&scenario, &Choice::default(), world)).concat();

        assert_eq!([told(None), told(Some("calme")), told(Some("autre"))], ["az", "az", "z"]);
    }
}
