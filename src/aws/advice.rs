//! Our own help line beside AWS's words: what to do next, in both languages, and what was probably meant.
//!
//! AWS's error texts stay as AWS writes them; an [`Advice`] is ours, so it speaks French and English.

/// A sentence that says what to do, in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    pub fr: String,
    pub en: String,
}

impl Advice {
    pub fn new(fr: impl Into<String>, en: impl Into<String>) -> Self {
        Self { fr: fr.into(), en: en.into() }
    }

    /// Names what was probably meant.
    pub fn did_you_mean(name: &str) -> Self {
        Self::new(format!("vouliez-vous dire `{name}` ?"), format!("did you mean `{name}`?"))
    }

    /// Says that something is AWS's, and not Vigie's.
    pub fn not_simulated(name: &str) -> Self {
        Self::new(
            format!("AWS connaît `{name}`, Vigie ne le simule pas"),
            format!("AWS has `{name}`, Vigie does not simulate it"),
        )
    }

    /// Names what was probably meant, or else everything there is to choose from.
    pub fn choice(written: &str, choices: &[&str]) -> Self {
        if let Some(name) = closest(written, choices.iter().copied()) {
            return Self::did_you_mean(name);
        }
        let list = choices.iter().map(|choice| format!("`{choice}`")).collect::<Vec<_>>().join(", ");
        Self::new(format!("choix possibles : {list}"), format!("choose from: {list}"))
    }
}

/// The candidate nearest to what was written, if one is near enough to be a slip of the hand.
pub fn closest<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = written.to_lowercase();
    let allowed = 1 + wanted.chars().count() / 4;
    candidates
        .into_iter()
        .map(|candidate| (distance(&wanted, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How many letters to insert, delete, replace or swap with their neighbour (optimal string alignment).
fn distance(left: &str, right: &str) -> usize {
    const LONGEST: usize = 80;
    let left: Vec<char> = left.chars().take(LONGEST).collect();
    let right: Vec<char> = right.chars().take(LONGEST).collect();
    let mut before: Vec<usize> = vec![0; right.len() + 1];
    let mut last: Vec<usize> = (0..=right.len()).collect();
    for (row, &a) in left.iter().enumerate() {
        let mut current = vec![row + 1; right.len() + 1];
        for (column, &b) in right.iter().enumerate() {
            let replaced = last[column] + usize::from(a != b);
            let mut best = replaced.min(last[column + 1] + 1).min(current[column] + 1);
            if row > 0 && column > 0 && a == right[column - 1] && left[row - 1] == b {
                best = best.min(before[column - 1] + 1);
            }
            current[column + 1] = best;
        }
        before = std::mem::replace(&mut last, current);
    }
    last[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_hand_is_recognised_and_another_word_is_not() {
        let names = ["describe-instances", "describe-volumes", "start-logging"];

        assert_eq!(closest("describe-instance", names), Some("describe-instances"));
        assert_eq!(closest("strat-logging", names), Some("start-logging"));
        assert_eq!(closest("put-rule", names), None);
    }

    #[test]
    fn without_a_near_word_the_choices_are_listed() {
        let advice = Advice::choice("xml", &["json", "yaml"]);

        assert_eq!(advice.en, "choose from: `json`, `yaml`");
    }
}
