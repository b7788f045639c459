//! Walks along a pattern's text, and says where it stands when something is wrong.

use super::fault::Fault;

/// A place in a pattern's text.
#[derive(Clone, Debug)]
pub(super) struct Cursor<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Cursor<'t> {
    pub const fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// The byte the cursor stands at.
    pub const fn at(&self) -> usize {
        self.at
    }

    pub fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    pub fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub fn skip_spaces(&mut self) {
        self.take_while(char::is_whitespace);
    }

    /// Steps over `word` if it comes next.
    pub fn eat(&mut self, word: &str) -> bool {
        let comes_next = self.rest().starts_with(word);
        if comes_next {
            self.at += word.len();
        }
        comes_next
    }

    /// Steps over `word` if it comes next and is not the beginning of a longer word.
    pub fn eat_word(&mut self, word: &str) -> bool {
        let ends = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
        let comes_next = self.rest().strip_prefix(word).is_some_and(ends);
        if comes_next {
            self.at += word.len();
        }
        comes_next
    }

    /// Steps over every character that fits.
    pub fn take_while(&mut self, fits: impl Fn(char) -> bool) -> &'t str {
        let rest = self.rest();
        let end = rest.find(|c| !fits(c)).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    /// Steps over the text up to `mark` and over the mark itself.
    pub fn take_until(&mut self, mark: char) -> Option<&'t str> {
        let (taken, _) = self.rest().split_once(mark)?;
        self.at += taken.len() + mark.len_utf8();
        Some(taken)
    }

    /// Steps over a text in double quotes; `\"` and `\\` stand for a quote and a backslash.
    pub fn quoted(&mut self) -> Result<String, Fault> {
        let start = self.at;
        self.eat("\"");
        let mut text = String::new();
        let mut letters = self.rest().char_indices();
        while let Some((_, letter)) = letters.next() {
            match letter {
                '"' => {
                    self.at = self.text.len() - letters.as_str().len();
                    return Ok(text);
                }
                '\\' if letters.as_str().starts_with(['"', '\\']) => {
                    text.extend(letters.next().map(|(_, escaped)| escaped));
                }
                letter => text.push(letter),
            }
        }
        let fault = self.fault_at(start, "a text that ends with a double quote");
        Err(fault.with_help("close the text with another \""))
    }

    /// What is wrong where the cursor stands.
    pub fn fault(&self, expected: impl Into<String>) -> Fault {
        self.fault_at(self.at, expected)
    }

    /// What is wrong at a byte of the text.
    pub fn fault_at(&self, at: usize, expected: impl Into<String>) -> Fault {
        let found = self.text[at..].split_whitespace().next().filter(|_| at < self.text.len());
        let found = match (found, self.text[at..].chars().next()) {
            (None, None) => "the end of the pattern".to_owned(),
            (None, Some(_)) => "a blank".to_owned(),
            (Some(word), _) => format!("`{}`", shortened(word)),
        };
        Fault {
            message: "Invalid filter pattern".to_owned(),
            at: self.text[..at].chars().count() + 1,
            expected: expected.into(),
            found,
            help: None,
        }
    }
}

/// A word short enough to be quoted in a sentence.
fn shortened(word: &str) -> String {
    const LONGEST: usize = 24;
    match word.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &word[..end]),
        None => word.to_owned(),
    }
}
