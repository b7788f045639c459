//! Checks the shape of a file, keys and types, against the format's own schema, and finds every fault at once.
//!
//! serde stops at its first error and speaks English; authors deserve all of them, in their language, with what
//! was probably meant.

use serde_json::Value;

use super::{
    diagnostic::{Diagnostic, Source, Span, codes},
    model::{Duration, time::Instant},
    schema::schema,
    tree::{Tree, TreeValue},
};
use crate::aws::advice::closest;

/// More findings than this help nobody.
const ENOUGH: usize = 60;

/// Every fault of shape of `tree`.
pub fn check(tree: &Tree, source: &Source) -> Vec<Diagnostic> {
    let mut checker = Checker { root: schema(), source, found: Vec::new() };
    checker.node(tree, schema(), "");
    checker.found
}

struct Checker<'a> {
    root: &'a Value,
    source: &'a Source,
    found: Vec<Diagnostic>,
}

impl<'a> Checker<'a> {
    fn resolve(&self, schema: &'a Value) -> &'a Value {
        let mut schema = schema;
        while let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            match reference.strip_prefix('#').and_then(|pointer| self.root.pointer(pointer)) {
                Some(target) => schema = target,
                None => break,
            }
        }
        schema
    }

    fn node(&mut self, tree: &Tree, schema: &'a Value, key: &str) {
        if self.found.len() >= ENOUGH {
            return;
        }
        let schema = self.resolve(schema);
        if let Some(branches) = schema.get("anyOf").and_then(Value::as_array) {
            return self.any_of(tree, branches, key);
        }
        if let Some(tag) = &tree.tag
            && !tag.starts_with("tag:yaml.org")
        {
            self.found.push(
                Diagnostic::error(
                    codes::WRONG_TYPE,
                    tree.span,
                    format!("l'étiquette `!{tag}` n'a pas de sens ici"),
                    format!("the tag `!{tag}` means nothing here"),
                )
                .help(
                    "les étiquettes CloudFormation vont dans `account:`",
                    "CloudFormation tags belong in `account:`",
                ),
            );
        }
        let wanted = kinds(schema);
        if !wanted.is_empty() && !wanted.iter().any(|kind| admits(kind, &tree.value)) {
            return self.wrong_type(tree, &wanted, key);
        }
        match &tree.value {
            TreeValue::Map(_) => self.map(tree, schema, key),
            TreeValue::List(items) => self.list(tree, items, schema, key),
            TreeValue::Null => {}
            _ => self.scalar(tree, schema, key),
        }
    }

    fn any_of(&mut self, tree: &Tree, branches: &'a [Value], key: &str) {
        let branches: Vec<&'a Value> = branches.iter().map(|branch| self.resolve(branch)).collect();
        let fitting: Vec<&'a Value> = branches
            .iter()
            .copied()
            .filter(|branch| {
                let wanted = kinds(branch);
                wanted.is_empty() || wanted.iter().any(|kind| admits(kind, &tree.value))
            })
            .collect();
        match fitting[..] {
            [] => {
                let wanted: Vec<&str> = branches.iter().flat_map(|branch| kinds(branch)).collect();
                self.wrong_type(tree, &wanted, key);
            }
            [only] => self.node(tree, only, key),
            // Several could fit: the one with the fewest faults is what was meant.
            _ => {
                let before = std::mem::take(&mut self.found);
                let mut best: Option<Vec<Diagnostic>> = None;
                for branch in fitting {
                    self.node(tree, branch, key);
                    let faults = std::mem::take(&mut self.found);
                    if best.as_ref().is_none_or(|best| faults.len() < best.len()) {
                        best = Some(faults);
                    }
                }
                self.found = before;
                self.found.extend(best.unwrap_or_default());
            }
        }
    }

    fn wrong_type(&mut self, tree: &Tree, wanted: &[&str], key: &str) {
        let mut words: Vec<(&str, &str)> =
            wanted.iter().filter(|kind| **kind != "null").map(|kind| in_words(kind)).collect();
        words.dedup();
        let fr = words.iter().map(|(fr, _)| *fr).collect::<Vec<_>>().join(" ou ");
        let en = words.iter().map(|(_, en)| *en).collect::<Vec<_>>().join(" or ");
        let found = in_words(kind_of(&tree.value));
        let (of_fr, of_en) = if key.is_empty() {
            (String::new(), String::new())
        } else {
            (format!("`{key}` : "), format!("`{key}`: "))
        };
        let mut diagnostic = Diagnostic::error(
            codes::WRONG_TYPE,
            first_line(tree.span, self.source),
            format!("{of_fr}il faut {fr}"),
            format!("{of_en}expected {en}"),
        )
        .label(format!("ici, {}", found.0), format!("this is {}", found.1));
        if matches!(tree.value, TreeValue::Null) {
            diagnostic = diagnostic
                .help("donnez une valeur, ou supprimez la clé", "give it a value, or remove the key");
        } else if matches!(tree.value, TreeValue::Map(_)) && words.iter().all(|(_, en)| *en == "a text") {
            diagnostic = diagnostic.help(
                "un texte qui contient « : » se met entre guillemets droits",
                "a text with `: ` in it needs quotes",
            );
        }
        self.found.push(diagnostic);
    }

    fn map(&mut self, tree: &Tree, schema: &'a Value, key: &str) {
        let properties = schema.get("properties").and_then(Value::as_object);
        let additional = schema.get("additionalProperties");
        for entry in tree.entries() {
            let known = properties.and_then(|properties| properties.get(&entry.key));
            match (known, additional) {
                (Some(schema), _) | (None, Some(schema @ Value::Object(_))) => {
                    self.node(&entry.value, schema, &entry.key);
                }
                (None, Some(Value::Bool(false))) => {
                    let names = properties.into_iter().flat_map(|properties| properties.keys());
                    let names: Vec<&str> = names.map(String::as_str).collect();
                    self.unknown_key(&entry.key, entry.key_span, &names, key);
                }
                (None, _) => {}
            }
        }
        for name in schema.get("required").and_then(Value::as_array).into_iter().flatten() {
            let Some(name) = name.as_str() else { continue };
            if tree.get(name).is_none() {
                self.missing_key(tree, name, key);
            }
        }
    }

    fn unknown_key(&mut self, key: &str, span: Span, names: &[&str], of: &str) {
        let (in_fr, in_en) = if of.is_empty() {
            (String::new(), String::new())
        } else {
            (format!(" dans `{of}`"), format!(" in `{of}`"))
        };
        let diagnostic = Diagnostic::error(
            codes::UNKNOWN_KEY,
            span,
            format!("la clé `{key}` n'existe pas{in_fr}"),
            format!("there is no key `{key}`{in_en}"),
        );
        let list = names.join("`, `");
        self.found.push(match closest(key, names.iter().copied()) {
            Some(_) => diagnostic.meant(closest(key, names.iter().copied())),
            None => {
                diagnostic.help(format!("les clés possibles : `{list}`"), format!("the keys are `{list}`"))
            }
        });
    }

    fn missing_key(&mut self, tree: &Tree, name: &str, of: &str) {
        let (in_fr, in_en) = if of.is_empty() {
            (String::new(), String::new())
        } else {
            (format!(" dans `{of}`"), format!(" in `{of}`"))
        };
        let mut diagnostic = Diagnostic::error(
            codes::MISSING_KEY,
            first_line(tree.span, self.source),
            format!("il manque la clé `{name}`{in_fr}"),
            format!("the key `{name}` is missing{in_en}"),
        );
        if name == "fr" || name == "en" {
            diagnostic = diagnostic.help(
                "tout texte existe en français et en anglais",
                "every text exists in French and in English",
            );
        } else if name == "because" {
            diagnostic = diagnostic.help(
                "chaque réponse, juste ou fausse, s'explique : le mécanisme d'abord",
                "every option, right or wrong, explains itself: the mechanism first",
            );
        }
        self.found.push(diagnostic);
    }

    fn list(&mut self, tree: &Tree, items: &[Tree], schema: &'a Value, key: &str) {
        if let Some(schema) = schema.get("items") {
            for item in items {
                self.node(item, schema, key);
            }
        }
        let limit = |name: &str| schema.get(name).and_then(Value::as_u64);
        let count = items.len() as u64;
        if limit("minItems").is_some_and(|least| count < least)
            || limit("maxItems").is_some_and(|most| count > most)
        {
            let (least, most) = (limit("minItems").unwrap_or(0), limit("maxItems").unwrap_or(u64::MAX));
            self.found.push(Diagnostic::error(
                codes::WRONG_VALUE,
                first_line(tree.span, self.source),
                format!("`{key}` : il faut de {least} à {most} éléments, pas {count}"),
                format!("`{key}`: expected {least} to {most} items, not {count}"),
            ));
        }
    }

    fn scalar(&mut self, tree: &Tree, schema: &'a Value, key: &str) {
        let written = match &tree.value {
            TreeValue::Text(text) => text.as_str(),
            _ => self.source.text.get(tree.span.start..tree.span.end).unwrap_or_default(),
        };
        if let Some(words) = words(schema)
            && !words.iter().any(|word| word == written)
        {
            self.not_one_of(tree, written, &words, key);
        }
        match schema.get("format").and_then(Value::as_str) {
            Some("vigie-time") if Duration::parse(written).is_none() => self.found.push(
                Diagnostic::error(
                    codes::WRONG_VALUE,
                    tree.span,
                    format!("`{written}` n'est pas une durée"),
                    format!("`{written}` is not a time"),
                )
                .help(
                    "écrivez `\"2:00\"`, `\"1:02:03\"`, `90s`, `11m`, `2h` ou `3d`",
                    "write `\"2:00\"`, `\"1:02:03\"`, `90s`, `11m`, `2h` or `3d`",
                ),
            ),
            Some("date-time") if Instant::parse(written).is_none() => self.found.push(
                Diagnostic::error(
                    codes::WRONG_VALUE,
                    tree.span,
                    format!("`{written}` n'est pas un instant entre 2000 et 2100"),
                    format!("`{written}` is not an instant between 2000 and 2100"),
                )
                .help("écrivez `2026-03-02T09:00:00Z`", "write `2026-03-02T09:00:00Z`"),
            ),
            _ => {}
        }
        let number = match tree.value {
            TreeValue::Int(number) => Some(number as f64),
            TreeValue::Float(number) => Some(number),
            _ => None,
        };
        let bound = |name: &str| schema.get(name).and_then(Value::as_f64);
        if let Some(number) = number {
            let (least, most) = (bound("minimum"), bound("maximum"));
            if least.is_some_and(|least| number < least) || most.is_some_and(|most| number > most) {
                let least = least.map_or_else(String::new, |least| least.to_string());
                let most = most.map_or_else(|| "…".to_owned(), |most| most.to_string());
                self.found.push(Diagnostic::error(
                    codes::WRONG_VALUE,
                    tree.span,
                    format!("`{key}` va de {least} à {most}, pas {written}"),
                    format!("`{key}` goes from {least} to {most}, not {written}"),
                ));
            }
        }
    }

    fn not_one_of(&mut self, tree: &Tree, written: &str, words: &[String], key: &str) {
        let list = words.join("`, `");
        let diagnostic = Diagnostic::error(
            codes::WRONG_VALUE,
            tree.span,
            format!("`{written}` n'est pas une valeur de `{key}`"),
            format!("`{written}` is not a value of `{key}`"),
        );
        self.found.push(match closest(written, words.iter().map(String::as_str)) {
            Some(word) => diagnostic.meant(Some(word)),
            None => diagnostic
                .help(format!("les valeurs possibles : `{list}`"), format!("the values are `{list}`")),
        });
    }
}

/// The span's first line: underlining half a file shows nothing.
fn first_line(span: Span, source: &Source) -> Span {
    let stretch = source.text.get(span.start..span.end).unwrap_or_default();
    let line = stretch.find('\n').map_or(span.end, |end| span.start + end);
    Span::new(span.start, line)
}

fn kinds(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(kind)) => vec![kind],
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
        _ if words(schema).is_some() => vec!["string"],
        _ => Vec::new(),
    }
}

/// The words a value is one of: a list of them, or one variant each where every variant has its own description.
fn words(schema: &Value) -> Option<Vec<String>> {
    let text = |word: &Value| word.as_str().map_or_else(|| word.to_string(), str::to_owned);
    if let Some(words) = schema.get("enum").and_then(Value::as_array) {
        return Some(words.iter().map(text).collect());
    }
    let variants = schema.get("oneOf")?.as_array()?;
    variants.iter().map(|variant| variant.get("const").map(text)).collect()
}

fn kind_of(value: &TreeValue) -> &'static str {
    match value {
        TreeValue::Null => "null",
        TreeValue::Bool(_) => "boolean",
        TreeValue::Int(_) => "integer",
        TreeValue::Float(_) => "number",
        TreeValue::Text(_) => "string",
        TreeValue::List(_) => "array",
        TreeValue::Map(_) => "object",
    }
}

/// A number or a boolean may stand where a text is wanted (`fr: 1.10`): it is read as written.
fn admits(kind: &str, value: &TreeValue) -> bool {
    match value {
        TreeValue::Int(_) => matches!(kind, "integer" | "number" | "string"),
        TreeValue::Float(_) => matches!(kind, "number" | "string"),
        TreeValue::Bool(_) => matches!(kind, "boolean" | "string"),
        other => kind_of(other) == kind,
    }
}

fn in_words(kind: &str) -> (&'static str, &'static str) {
    match kind {
        "null" => ("rien", "nothing"),
        "boolean" => ("`true` ou `false`", "`true` or `false`"),
        "integer" => ("un nombre entier", "a whole number"),
        "number" => ("un nombre", "a number"),
        "string" => ("un texte", "a text"),
        "array" => ("une liste", "a list"),
        _ => ("un ensemble de clés", "a map"),
    }
}
