//! `parse`: new fields out of the text of another.

use std::sync::Arc;

use super::value::Value;

/// How a text is taken apart.
#[derive(Clone, Debug)]
pub enum Extractor {
    /// The texts between the stars, and a name for each star.
    Glob {
        before: String,
        stars: Vec<(Arc<str>, String)>,
    },
    Regex {
        regex: regex_lite::Regex,
        names: Vec<Arc<str>>,
    },
}

impl Extractor {
    /// A star for each name.
    pub fn of_glob(glob: &str, names: Vec<Arc<str>>) -> Self {
        let mut texts = glob.split('*').map(str::to_owned);
        let before = texts.next().unwrap_or_default();
        Self::Glob { before, stars: names.into_iter().zip(texts).collect() }
    }

    /// A named group for each field; nothing if there is none.
    pub fn of_regex(regex: regex_lite::Regex) -> Option<Self> {
        let names: Vec<Arc<str>> = regex.capture_names().flatten().map(Arc::from).collect();
        (!names.is_empty()).then_some(Self::Regex { regex, names })
    }

    /// The fields a text gives; none if it has another shape.
    pub fn extract(&self, text: &str) -> Vec<(Arc<str>, Value)> {
        match self {
            Self::Glob { before, stars } => by_glob(before, stars, text).unwrap_or_default(),
            Self::Regex { regex, names } => {
                let Some(groups) = regex.captures(text) else { return Vec::new() };
                let group = |name: &Arc<str>| {
                    groups.name(name).map(|found| (Arc::clone(name), Value::of_text(found.as_str())))
                };
                names.iter().filter_map(group).collect()
            }
        }
    }
}

/// Each star stands for as little as it can, the last one for the rest if nothing is written after it.
fn by_glob(before: &str, stars: &[(Arc<str>, String)], text: &str) -> Option<Vec<(Arc<str>, Value)>> {
    let mut rest = &text[text.find(before)? + before.len()..];
    let mut fields = Vec::with_capacity(stars.len());
    for (place, (name, after)) in stars.iter().enumerate() {
        let is_last = place + 1 == stars.len();
        let end = if after.is_empty() && is_last { rest.len() } else { rest.find(after.as_str())? };
        fields.push((Arc::clone(name), Value::of_text(&rest[..end])));
        rest = &rest[end + after.len()..];
    }
    Some(fields)
}
