//! The cards that say where the metaphor breaks.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::scenario::words::Text;

/// One card.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Card {
    pub title: Text,
    /// What would happen in the town.
    pub city: Text,
    /// What happens in AWS.
    pub aws: Text,
    /// What to remember.
    pub keep: Text,
}

/// Every card by its id, `L1` to `L8`.
pub fn cards() -> BTreeMap<String, Card> {
    serde_yaml::from_str(include_str!("../../assets/limits/cards.yaml")).expect("a test reads the cards")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_eight_cards_and_none_is_empty() {
        let cards = cards();

        assert_eq!(
            cards.keys().map(String::as_str).collect::<Vec<_>>(),
            ["L1", "L2", "L3", "L4", "L5", "L6", "L7", "L8"]
        );
        for card in cards.values() {
            for text in [&card.title, &card.city, &card.aws, &card.keep] {
                assert!(!text.fr.is_empty() && !text.en.is_empty(), "{card:?}");
            }
        }
    }
}
