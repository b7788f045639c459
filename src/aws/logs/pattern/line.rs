//! The line that patterns look at, taken apart once for all of them.

use std::cell::OnceCell;

use serde_json::Value;

/// One log event's message.
#[derive(Debug)]
pub struct Line<'m> {
    text: &'m str,
    json: OnceCell<Option<Value>>,
}

impl<'m> Line<'m> {
    pub const fn new(text: &'m str) -> Self {
        Self { text, json: OnceCell::new() }
    }

    pub const fn text(&self) -> &'m str {
        self.text
    }

    /// The JSON document it is, if it is one.
    pub fn json(&self) -> Option<&Value> {
        self.json.get_or_init(|| serde_json::from_str(self.text).ok()).as_ref()
    }
}
