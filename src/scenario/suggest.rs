//! "Did you mean …": the closest known word, when one is close.

/// The known word nearest to `word`, if few enough letters separate them.
pub fn closest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let letters = word.chars().count();
    if letters > 80 {
        return None; // Nobody mistypes a paragraph; comparing it would only cost time.
    }
    let allowed = (letters / 3).max(1);
    known
        .into_iter()
        .filter_map(|candidate| {
            let lower = candidate.to_lowercase();
            let near = if lower == word {
                0
            } else if letters >= 4 && (lower.starts_with(&word) || word.starts_with(&lower)) {
                1
            } else {
                distance(&word, &lower)
            };
            (near <= allowed).then_some((near, candidate))
        })
        .min_by_key(|(near, _)| *near)
        .map(|(_, candidate)| candidate)
}

/// Edit distance where swapping two neighbours counts once.
fn distance(from: &str, to: &str) -> usize {
    let (from, to): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    for (row, &left) in from.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, &right) in to.iter().enumerate() {
            let mut best = (last[column] + usize::from(left != right))
                .min(last[column + 1] + 1)
                .min(current[column] + 1);
            if row > 0 && column > 0 && left == to[column - 1] && from[row - 1] == right {
                best = best.min(before[column - 1] + 1);
            }
            current.push(best);
        }
        before = std::mem::replace(&mut last, current);
    }
    last[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_finds_its_word_and_another_word_does_not() {
        let known = ["voiture-rouge", "voiture-bleue", "bus-scolaire"];

        assert_eq!(closest("voiture-rogue", known), Some("voiture-rouge"));
        assert_eq!(closest("Voiture-Bleue", known), Some("voiture-bleue"));
        assert_eq!(closest("camion", known), None);
    }
}
