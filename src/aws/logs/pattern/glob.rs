//! Texts in which `*` stands for any run of characters.

/// A text to compare with, in which `*` stands for anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glob {
    text: String,
}

impl Glob {
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into() }
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the whole of `value` has this shape. Each piece is looked for once, from where the last one ended.
    pub fn matches(&self, value: &str) -> bool {
        let Some((first, rest)) = self.text.split_once('*') else { return self.text == value };
        let Some(mut left) = value.strip_prefix(first) else { return false };
        let mut pieces: Vec<&str> = rest.split('*').collect();
        let last = pieces.pop().unwrap_or_default();
        for piece in pieces {
            let Some(found) = left.find(piece) else { return false };
            left = &left[found + piece.len()..];
        }
        left.ends_with(last)
    }
}
