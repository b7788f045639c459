//! Words on signs: the town's, AWS's, or both.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::text::Lang;

use super::{Labels, art};

/// The file of names.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct Names(BTreeMap<String, Name>);

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Name {
    city: Word,
    aws: String,
    plate: Option<String>,
    board: Option<Word>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Word {
    fr: String,
    en: String,
}

impl Word {
    fn in_language(&self, language: Lang) -> &str {
        match language {
            Lang::Fr => &self.fr,
            Lang::En => &self.en,
        }
    }
}

/// Which of a building's signs is being written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// The only one.
    Whole,
    /// The small one of a building that also has a board.
    Plate,
    /// The board of such a building.
    Board,
}

impl Names {
    /// The names this program carries.
    pub fn get() -> &'static Self {
        static NAMES: OnceLock<Names> = OnceLock::new();
        NAMES.get_or_init(|| {
            let text = art::scene("labels").expect("labels are embedded");
            Self::parse(text).expect("a test reads the labels")
        })
    }

    /// Reads the file of names.
    pub fn parse(text: &str) -> Result<Self, String> {
        serde_yaml::from_str(text).map_err(|error| error.to_string())
    }

    /// The town's word for something.
    pub fn city(&self, key: &str, language: Lang) -> &str {
        self.0.get(key).map_or("", |name| name.city.in_language(language))
    }

    /// A word that a board writes by itself.
    pub fn word(&self, key: &str, labels: Labels, language: Lang) -> &str {
        match labels {
            Labels::Aws => self.0.get(key).map_or("", |name| &name.aws),
            Labels::City | Labels::Both => self.city(key, language),
        }
    }

    /// What a sign of `width` columns says.
    pub fn sign(&self, key: &str, sign: Sign, labels: Labels, language: Lang, width: usize) -> String {
        let Some(name) = self.0.get(key) else { return String::new() };
        let (city, aws) = (name.city.in_language(language), name.aws.as_str());
        let own = |word: &Option<Word>| {
            word.as_ref().map_or_else(|| city.to_owned(), |word| word.in_language(language).to_owned())
        };
        match (labels, sign) {
            (Labels::City, Sign::Board) => own(&name.board),
            (Labels::City, _) | (Labels::Both, Sign::Plate) => city.to_owned(),
            (Labels::Aws, Sign::Plate) => name.plate.clone().unwrap_or_else(|| aws.to_owned()),
            (Labels::Aws, _) | (Labels::Both, Sign::Board) => aws.to_owned(),
            (Labels::Both, Sign::Whole) => [format!("{city} · {aws}"), format!("{city} {aws}")]
                .into_iter()
                .find(|text| text.chars().count() <= width)
                .unwrap_or_else(|| city.to_owned()),
        }
    }
}
