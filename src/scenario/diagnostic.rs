//! What is wrong with a scenario: where, why, and what to do, in both languages, drawn as rustc draws its own.

use std::{ops::Range, sync::Arc};

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use serde::Serialize;

use super::words::Text;
use crate::text::Lang;

/// A stretch of a scenario's source, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Span {
    pub start: usize,
    pub end: usize,
}

impl Span {
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// From the start of this one to the end of the other.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// Whether a finding stops a scenario from being played.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Error,
    Warning,
}

/// The families of codes: the first two digits say what kind of thing is wrong.
pub mod codes {
    /// The file itself: size, encoding, YAML.
    pub const UNREADABLE: &str = "S0100";
    pub const YAML: &str = "S0101";
    pub const BUDGET: &str = "S0102";
    pub const CONTROL_CHARACTER: &str = "S0103";
    pub const CUT_BY_COMMENT: &str = "S0104";
    /// The shape of the file: keys and types.
    pub const UNKNOWN_KEY: &str = "S0201";
    pub const MISSING_KEY: &str = "S0202";
    pub const WRONG_TYPE: &str = "S0203";
    pub const WRONG_VALUE: &str = "S0204";
    pub const VERB: &str = "S0205";
    pub const NOT_PLAYED_YET: &str = "S0206";
    /// Names that lead nowhere.
    pub const UNKNOWN_NAME: &str = "S0301";
    pub const DUPLICATE_NAME: &str = "S0302";
    pub const UNKNOWN_FIXTURE: &str = "S0303";
    /// The account: template and `aws` lines.
    pub const TEMPLATE: &str = "S0401";
    pub const COMMAND: &str = "S0402";
    pub const SETUP: &str = "S0403";
    /// Questions and texts.
    pub const QUESTION: &str = "S0501";
    pub const TEXT: &str = "S0502";
    /// What playing it proves.
    pub const EXPECTATION: &str = "S0601";
    pub const PROOF: &str = "S0602";
    pub const WRONG_OPTION_PROVED: &str = "S0603";
    pub const SOLUTION: &str = "S0604";
    pub const CHECK_TOO_EASY: &str = "S0605";
    pub const STEP_FAILED: &str = "S0606";
    pub const ENDLESS: &str = "S0607";
}

/// One finding.
#[derive(Clone, Debug, Serialize)]
pub struct Diagnostic {
    pub severity: Severity,
    pub code: &'static str,
    pub span: Span,
    pub message: Text,
    /// What stands under the underlined word.
    pub label: Option<Text>,
    pub help: Option<Text>,
    /// The file it stands in, when that is another than the one looked at: a fixture.
    #[serde(skip)]
    pub in_file: Option<Arc<Source>>,
}

impl Diagnostic {
    pub fn error(code: &'static str, span: Span, fr: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            code,
            span,
            message: Text::new(fr, en),
            label: None,
            help: None,
            in_file: None,
        }
    }

    #[must_use]
    pub fn label(mut self, fr: impl Into<String>, en: impl Into<String>) -> Self {
        self.label = Some(Text::new(fr, en));
        self
    }

    #[must_use]
    pub fn help(mut self, fr: impl Into<String>, en: impl Into<String>) -> Self {
        self.help = Some(Text::new(fr, en));
        self
    }

    /// Says that it stands in another file.
    #[must_use]
    pub fn in_file(mut self, source: Arc<Source>) -> Self {
        self.in_file.get_or_insert(source);
        self
    }

    /// Adds "did you mean" when there is something to mean.
    #[must_use]
    pub fn meant(self, closest: Option<&str>) -> Self {
        match closest {
            Some(word) => {
                self.help(format!("vouliez-vous dire `{word}` ?"), format!("did you mean `{word}`?"))
            }
            None => self,
        }
    }

    /// Draws it over its source. `name` is the file's name; `colour` is for terminals only.
    pub fn render(&self, source: &Source, lang: Lang, colour: bool) -> String {
        let level = match (self.severity, lang) {
            (Severity::Error, Lang::En) => Level::ERROR,
            (Severity::Error, Lang::Fr) => Level::ERROR.with_name("erreur"),
            (Severity::Warning, Lang::En) => Level::WARNING,
            (Severity::Warning, Lang::Fr) => Level::WARNING.with_name("attention"),
        };
        let source = self.in_file.as_deref().unwrap_or(source);
        let text = source.harmless();
        let range = clamp(self.span, &text);
        let mut annotation = AnnotationKind::Primary.span(range);
        let label = self.label.as_ref().map(|label| harmless(label.get(lang)));
        if let Some(label) = &label {
            annotation = annotation.label(label);
        }
        let message = harmless(self.message.get(lang));
        let name = harmless(&source.name);
        let help = self.help.as_ref().map(|help| harmless(help.get(lang)));
        let mut group = level
            .primary_title(&message)
            .id(self.code)
            .element(Snippet::source(&*text).line_start(1).path(&name).annotation(annotation));
        if let Some(help) = &help {
            let help_level = match lang {
                Lang::En => Level::HELP,
                Lang::Fr => Level::HELP.with_name("aide"),
            };
            group = group.element(help_level.message(help));
        }
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        renderer.render(&[group])
    }
}

/// A scenario's source and the name it goes by.
#[derive(Clone, Debug)]
pub struct Source {
    pub name: String,
    pub text: String,
    /// The byte at which each line begins.
    lines: Vec<usize>,
}

impl Source {
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        let breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        let lines = std::iter::once(0).chain(breaks).collect();
        Self { name: name.into(), text, lines }
    }

    /// Line and column, from one, of a byte.
    pub fn line_and_column(&self, byte: usize) -> (usize, usize) {
        let byte = floor(&self.text, byte);
        let line = self.lines.partition_point(|start| *start <= byte).max(1);
        let column = self.text[self.lines[line - 1]..byte].chars().count() + 1;
        (line, column)
    }

    /// The text without anything a terminal would obey, byte for byte as long.
    fn harmless(&self) -> String {
        let swap = |character: char| match (dangerous(character), character.len_utf8()) {
            (false, _) => character,
            (true, 1) => '?',
            (true, 2) => '\u{bf}',
            (true, _) => char::REPLACEMENT_CHARACTER,
        };
        self.text.chars().map(swap).collect()
    }
}

/// Whether a terminal might obey a character instead of showing it.
pub fn dangerous(character: char) -> bool {
    let control = character.is_control() && !matches!(character, '\n' | '\t' | '\r');
    let direction =
        matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    control || direction || character == '\u{feff}'
}

/// A text for a terminal: what it might obey becomes `�`.
pub fn harmless(text: &str) -> String {
    text.chars().map(|c| if dangerous(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

fn floor(text: &str, byte: usize) -> usize {
    let mut at = byte.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The span inside the text, on character boundaries, at least one character wide where there is one.
fn clamp(span: Span, text: &str) -> Range<usize> {
    let start = floor(text, span.start);
    let first_wide = text[start..].chars().next().map_or(0, char::len_utf8);
    let end = floor(text, span.end.max(start)).max(start);
    start..if end == start { start + first_wide } else { end }
}
