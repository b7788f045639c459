//! YAML as a tree in which every node knows where it stands. Only this file knows which YAML crate is underneath.

use std::{fmt, sync::Arc};

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_yaml::{Location, Spanned, Tagged};

use super::diagnostic::{Diagnostic, Source, Span, codes};

/// The largest file we read: 256 kB.
pub const MAX_BYTES: usize = 256 * 1024;
/// The deepest nesting: a scenario needs about ten.
pub const MAX_DEPTH: usize = 32;
/// The most nodes: the largest bundled scenario has about two thousand.
pub const MAX_NODES: usize = 20_000;

/// A node of a YAML document.
#[derive(Clone, Debug, PartialEq)]
pub struct Tree {
    pub span: Span,
    /// `!Ref`, `!Sub` …, without the exclamation mark.
    pub tag: Option<Arc<str>>,
    pub value: TreeValue,
}

/// What a node is.
#[derive(Clone, Debug, PartialEq)]
pub enum TreeValue {
    Null,
    Bool(bool),
    Int(i64),
    /// A number with a fraction, and how the author wrote it.
    Float(f64),
    Text(String),
    List(Vec<Tree>),
    Map(Vec<Entry>),
}

/// One key of a map.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub key: String,
    pub key_span: Span,
    pub value: Tree,
}

impl Tree {
    /// The value under `key`, in a map.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    /// The entries of a map; none for anything else.
    pub fn entries(&self) -> &[Entry] {
        match &self.value {
            TreeValue::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The JSON it would be; tags are lost.
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value;
        match &self.value {
            TreeValue::Null => Value::Null,
            TreeValue::Bool(flag) => Value::Bool(*flag),
            TreeValue::Int(number) => Value::from(*number),
            TreeValue::Float(number) => Value::from(*number),
            TreeValue::Text(text) => Value::String(text.clone()),
            TreeValue::List(items) => Value::Array(items.iter().map(Self::to_json).collect()),
            TreeValue::Map(entries) => Value::Object(
                entries.iter().map(|entry| (entry.key.clone(), entry.value.to_json())).collect(),
            ),
        }
    }
}

/// Reads one document within the budgets.
///
/// # Errors
/// What is wrong with the text as YAML, located.
pub fn parse(source: &Source) -> Result<Tree, Box<Diagnostic>> {
    if source.text.len() > MAX_BYTES {
        return Err(Box::new(too_large()));
    }
    let options = serde_yaml::options! {
        budget: serde_yaml::budget! {
            max_depth: MAX_DEPTH,
            max_nodes: MAX_NODES,
            max_aliases: 0,
            max_anchors: 0,
            max_documents: 2,
            max_merge_keys: 0,
            max_events: MAX_NODES * 3,
            flow_nesting_limit: MAX_DEPTH,
        },
        strict_booleans: true,
        with_snippet: false,
    };
    let raw: Raw = serde_yaml::from_str_with_options(&source.text, options)
        .map_err(|error| Box::new(refusal(&error, source)))?;
    Ok(convert(raw, &source.text))
}

/// The file is larger than we read.
pub fn too_large() -> Diagnostic {
    Diagnostic::error(
        codes::BUDGET,
        Span::default(),
        "le fichier dépasse 256 ko",
        "the file is larger than 256 kB",
    )
    .help(
        "un scénario tient en quelques dizaines de kilo-octets : découpez-le, ou sortez le commun dans un décor (`base:`)",
        "a scenario takes a few dozen kilobytes: split it, or move what is common to a fixture (`base:`)",
    )
}

type Raw = Spanned<Tagged<RawValue>>;

enum RawValue {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    List(Vec<Raw>),
    Map(Vec<(Spanned<String>, Raw)>),
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = RawValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<RawValue, E> {
        Ok(RawValue::Null)
    }

    fn visit_none<E>(self) -> Result<RawValue, E> {
        Ok(RawValue::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<RawValue, E> {
        Ok(RawValue::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<RawValue, E> {
        Ok(RawValue::Int(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<RawValue, E> {
        Ok(i64::try_from(number).map_or(RawValue::Float(number as f64), RawValue::Int))
    }

    fn visit_f64<E>(self, number: f64) -> Result<RawValue, E> {
        Ok(RawValue::Float(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<RawValue, E> {
        Ok(RawValue::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<RawValue, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(RawValue::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<RawValue, A::Error> {
        let mut map = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            map.push(entry);
        }
        Ok(RawValue::Map(map))
    }
}

impl<'de> Deserialize<'de> for RawValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

fn span_of(location: Location, text: &str) -> Span {
    let span = location.span();
    if let (Some(start), Some(len)) = (span.byte_offset(), span.byte_len()) {
        return Span::new(start as usize, (start + len) as usize);
    }
    // Some errors count characters only.
    let start = text.char_indices().nth(span.offset() as usize).map_or(text.len(), |(byte, _)| byte);
    Span::new(start, start)
}

fn convert(raw: Raw, text: &str) -> Tree {
    let mut span = span_of(raw.referenced, text);
    let Tagged(value, tag) = raw.value;
    let tag = tag.map(|tag| Arc::from(tag.trim_start_matches('!')));
    let value = match value {
        RawValue::Null => TreeValue::Null,
        RawValue::Bool(flag) => TreeValue::Bool(flag),
        RawValue::Int(number) => TreeValue::Int(number),
        RawValue::Float(number) => TreeValue::Float(number),
        RawValue::Text(text) => TreeValue::Text(text),
        RawValue::List(items) => {
            let items: Vec<Tree> = items.into_iter().map(|item| convert(item, text)).collect();
            if let Some(last) = items.last() {
                span.end = span.end.max(last.span.end);
            }
            TreeValue::List(items)
        }
        RawValue::Map(entries) => {
            let entries: Vec<Entry> = entries
                .into_iter()
                .map(|(key, value)| Entry {
                    key_span: span_of(key.referenced, text),
                    key: key.value,
                    value: convert(value, text),
                })
                .collect();
            if let Some(last) = entries.last() {
                span.end = span.end.max(last.value.span.end).max(last.key_span.end);
            }
            TreeValue::Map(entries)
        }
    };
    Tree { span, tag, value }
}

/// The parser's error in our words, where we have some.
fn refusal(error: &serde_yaml::Error, source: &Source) -> Diagnostic {
    let span = error.location().map_or_else(Span::default, |location| span_of(location, &source.text));
    let words = error.without_snippet().to_string();
    let words = words.lines().next().unwrap_or_default();
    let words = words.split(" at line ").next().unwrap_or_default();
    if let Some((_, key)) = words.split_once("duplicate mapping key: ") {
        let key = key.split(',').next().unwrap_or_default();
        return Diagnostic::error(
            codes::YAML,
            span,
            format!("la clé `{key}` est écrite deux fois"),
            format!("the key `{key}` is written twice"),
        )
        .help("gardez-en une seule", "keep only one");
    }
    let budget = |fr: &str, en: &str| Diagnostic::error(codes::BUDGET, span, fr, en);
    if words.contains("recursion") || words.contains("depth") || words.contains("nesting") {
        return budget(
            "le fichier est imbriqué sur plus de 32 niveaux",
            "the file nests deeper than 32 levels",
        );
    }
    if words.contains("alias") || words.contains("anchor") || words.contains("merge") {
        return budget(
            "les ancres (`&`) et les renvois (`*`, `<<`) de YAML ne sont pas admis",
            "YAML anchors (`&`), aliases (`*`) and merge keys (`<<`) are not allowed",
        )
        .help(
            "répétez le texte, ou placez le commun dans un décor (`base:`)",
            "repeat the text, or put what is common in a fixture (`base:`)",
        );
    }
    if words.contains("budget") || words.contains("nodes") || words.contains("events") {
        return budget("le fichier compte plus de 20 000 éléments", "the file has more than 20,000 elements");
    }
    if words.contains("multiple YAML documents") {
        return Diagnostic::error(
            codes::YAML,
            span,
            "le fichier contient plusieurs documents YAML (`---`)",
            "the file holds several YAML documents (`---`)",
        );
    }
    Diagnostic::error(
        codes::YAML,
        span,
        format!("ce n'est pas du YAML : {words}"),
        format!("this is not YAML: {words}"),
    )
    .help(
        "un texte qui contient « : » ou « # » se met entre guillemets droits",
        "a text with `: ` or ` #` in it needs quotes",
    )
}
