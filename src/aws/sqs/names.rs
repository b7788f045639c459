//! The lists of names by which a reader says what it wants to see of a message or a queue.

/// What a reader asked for.
#[derive(Clone, Debug, Default)]
pub struct Wanted(Vec<String>);

impl Wanted {
    pub fn new(names: impl IntoIterator<Item = String>) -> Self {
        Self(names.into_iter().collect())
    }

    /// `All`, `.*`, a name, or the beginning of one followed by `.*`. Source: SQS API reference, `ReceiveMessage`.
    pub fn includes(&self, name: &str) -> bool {
        self.0.iter().any(|wanted| {
            wanted == "All"
                || wanted == name
                || wanted.strip_suffix(".*").is_some_and(|beginning| name.starts_with(beginning))
        })
    }
}
