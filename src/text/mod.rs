//! Every word on screen, in French and English.
//!
//! A word is a [`Key`]; the table in [`words`] gives both languages at once, so one that is missing does not
//! compile. French comes first: it is written, not translated.

pub mod format;
pub mod reasons;
mod words;

use serde::{Deserialize, Serialize};

pub use words::Key;

/// A language Vigie speaks.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    #[default]
    Fr,
    En,
}

impl Lang {
    pub const ALL: [Self; 2] = [Self::Fr, Self::En];

    /// The language of a locale such as `fr_FR.UTF-8`: French for French, English for anything else.
    pub fn of_locale(locale: &str) -> Self {
        if locale.to_ascii_lowercase().starts_with("fr") { Self::Fr } else { Self::En }
    }

    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Fr => Self::En,
            Self::En => Self::Fr,
        }
    }

    pub const fn code(self) -> &'static str {
        match self {
            Self::Fr => "fr",
            Self::En => "en",
        }
    }

    /// Its two letters on screen.
    pub const fn badge(self) -> &'static str {
        match self {
            Self::Fr => "FR",
            Self::En => "EN",
        }
    }

    /// A track as a reader knows it; a track of somebody's own has the name they gave it.
    pub fn track(self, track: &str) -> &str {
        self.get(match track {
            "discovery" => Key::TrackDiscovery,
            "course" => Key::TrackCourse,
            "detective" => Key::TrackDetective,
            "builder" => Key::TrackBuilder,
            "expert" => Key::TrackExpert,
            "" => Key::TrackOwn,
            own => return own,
        })
    }

    /// A colon as the language writes it after a word.
    pub const fn colon(self) -> &'static str {
        match self {
            Self::Fr => " :",
            Self::En => ":",
        }
    }

    /// The word of that key.
    pub const fn get(self, key: Key) -> &'static str {
        let (fr, en) = key.both();
        match self {
            Self::Fr => fr,
            Self::En => en,
        }
    }

    /// The word of that key with its `{slots}` filled.
    pub fn fill(self, key: Key, slots: &[(&str, &str)]) -> String {
        fill(self.get(key), slots)
    }

    /// `one|many` by number, with `{n}` filled: French counts 0 and 1 as one, English only 1.
    pub fn plural(self, key: Key, n: u64) -> String {
        let text = self.get(key);
        let (one, many) = text.split_once('|').unwrap_or((text, text));
        let is_one = match self {
            Self::Fr => n < 2,
            Self::En => n == 1,
        };
        fill(if is_one { one } else { many }, &[("n", &n.to_string())])
    }
}

/// Fills `{name}` slots; an unknown slot stays as it is.
pub fn fill(text: &str, slots: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        filled.push_str(&rest[..open]);
        let after = &rest[open + 1..];
        let slot = after.find('}').and_then(|close| {
            let name = &after[..close];
            slots.iter().find(|(slot, _)| *slot == name).map(|(_, value)| (close, *value))
        });
        if let Some((close, value)) = slot {
            filled.push_str(value);
            rest = &after[close + 1..];
        } else {
            filled.push('{');
            rest = after;
        }
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn french_counts_zero_and_one_as_one() {
        assert_eq!(Lang::Fr.plural(Key::MailCount, 0), "0 courrier");
        assert_eq!(Lang::Fr.plural(Key::MailCount, 2), "2 courriers");
        assert_eq!(Lang::En.plural(Key::MailCount, 0), "0 mails");
        assert_eq!(Lang::En.plural(Key::MailCount, 1), "1 mail");
    }

    #[test]
    fn both_languages_of_a_word_have_the_same_slots() {
        fn slots(text: &str) -> Vec<&str> {
            let mut slots: Vec<_> = text
                .split('{')
                .skip(1)
                .filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
                .collect();
            slots.sort_unstable();
            slots.dedup();
            slots
        }

        for key in Key::ALL {
            let (fr, en) = key.both();
            assert_eq!(slots(fr), slots(en), "{key:?}");
            assert_eq!(fr.contains('|'), en.contains('|'), "{key:?}: plural in one language only");
        }
    }

    #[test]
    fn french_high_punctuation_is_spaced() {
        for key in Key::ALL {
            let (fr, _) = key.both();
            for (at, mark) in fr.char_indices().filter(|(_, c)| matches!(c, '!' | '?' | ';')) {
                let before = fr[..at].chars().next_back();
                assert!(
                    before.is_none_or(|c| c == ' ' || c == '\u{a0}' || c == '\u{202f}'),
                    "{key:?}: `{mark}` in {fr}"
                );
            }
        }
    }
}
