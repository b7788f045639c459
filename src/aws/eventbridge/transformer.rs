//! What a target receives: the event itself, a constant, a part of it, or a template filled from it.
//!
//! A target has at most one of `Input`, `InputPath` and `InputTransformer`; with none it gets the whole event.
//! What travels is text: a template is filled as text and nothing checks here that the result is JSON, because
//! the service does not escape what it inserts either. The target that wanted JSON finds out.
//!
//! Source: EventBridge user guide, "Input transformation"; API reference, `InputTransformer`; recorded answers as
//! gathered in `event-patterns.md` §10.

use std::fmt::Write as _;

use serde_json::{Map, Value};

/// Reserved slot names, usable without a path of their own.
const RULE_ARN: &str = "aws.events.rule-arn";
const RULE_NAME: &str = "aws.events.rule-name";
const INGESTION_TIME: &str = "aws.events.event.ingestion-time";
const EVENT: &str = "aws.events.event";
const EVENT_JSON: &str = "aws.events.event.json";
const RESERVED: [&str; 5] = [RULE_ARN, RULE_NAME, INGESTION_TIME, EVENT, EVENT_JSON];

/// How many paths a transformer may name, and how long its template may be. Source: API reference.
const MAX_PATHS: usize = 100;
const MAX_TEMPLATE_CHARS: usize = 8_192;

/// How a target's input is made.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum TargetInput {
    /// The event, whole.
    #[default]
    Event,
    /// `Input`: this text, whatever the event.
    Constant(String),
    /// `InputPath`: the value at a path of the event.
    Part(JsonPath),
    /// `InputTransformer`.
    Template(Template),
}

/// What a template may say beside the event.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances<'a> {
    pub rule_arn: &'a str,
    pub rule_name: &'a str,
    /// When the bus received the event, ISO 8601.
    pub ingestion_time: &'a str,
}

impl TargetInput {
    /// The text the target receives.
    pub fn render(&self, event: &Value, circumstances: Circumstances<'_>) -> String {
        match self {
            Self::Event => event.to_string(),
            Self::Constant(text) => text.clone(),
            Self::Part(path) => path.find(event).unwrap_or(Value::Null).to_string(),
            Self::Template(template) => template.fill(event, circumstances),
        }
    }
}

/// An `InputTransformer`: named paths, and a text with `<name>` slots.
#[derive(Clone, Debug, PartialEq)]
pub struct Template {
    paths: Vec<(String, JsonPath)>,
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq)]
enum Piece {
    Text(String),
    /// A slot, and whether it stands inside double quotes.
    Slot {
        name: String,
        quoted: bool,
    },
}

impl Template {
    /// Checks and compiles a transformer; the error is the `ValidationException` message of `PutTargets`.
    pub fn parse(target_id: &str, paths: &[(String, String)], template: &str) -> Result<Self, String> {
        if paths.len() > MAX_PATHS {
            return Err(format!(
                "InputTransformer for target {target_id} has more than {MAX_PATHS} input paths."
            ));
        }
        if let Some((name, _)) = paths.iter().find(|(name, _)| !is_slot_name(name)) {
            return Err(format!("InputPathsMap for target {target_id} contains invalid name {name}."));
        }
        if let Some((name, _)) = paths.iter().find(|(name, _)| name.to_ascii_uppercase().starts_with("AWS."))
        {
            return Err(format!("InputPathsMap for target {target_id} contains reserved name {name}."));
        }
        let length = template.chars().count();
        if length == 0 || length > MAX_TEMPLATE_CHARS {
            return Err(format!(
                "InputTemplate for target {target_id} must have between 1 and {MAX_TEMPLATE_CHARS} characters."
            ));
        }
        let pieces = pieces(template);
        for piece in &pieces {
            let Piece::Slot { name, quoted } = piece else { continue };
            let mapped = paths.iter().any(|(mapped, _)| mapped == name);
            if !mapped && !RESERVED.contains(&name.as_str()) {
                return Err(format!(
                    "InputTemplate for target {target_id} contains invalid placeholder {name}."
                ));
            }
            if *quoted && !mapped && matches!(name.as_str(), EVENT | EVENT_JSON) {
                return Err(format!(
                    "InputTemplate for target {target_id} contains placeholder {name} valid only for JSON template."
                ));
            }
        }
        let paths = paths.iter().map(|(name, path)| (name.clone(), JsonPath::parse(path))).collect();
        Ok(Self { paths, pieces })
    }

    fn fill(&self, event: &Value, circumstances: Circumstances<'_>) -> String {
        let mut text = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(literal) => text.push_str(literal),
                Piece::Slot { name, quoted } => {
                    // A path the event does not have is an empty text.
                    let value = self.value(name, event, circumstances).unwrap_or_else(|| Value::from(""));
                    if *quoted { bare(&value, &mut text) } else { text.push_str(&value.to_string()) }
                }
            }
        }
        text
    }

    fn value(&self, name: &str, event: &Value, circumstances: Circumstances<'_>) -> Option<Value> {
        if let Some((_, path)) = self.paths.iter().find(|(mapped, _)| mapped == name) {
            return path.find(event);
        }
        match name {
            RULE_ARN => Some(circumstances.rule_arn.into()),
            RULE_NAME => Some(circumstances.rule_name.into()),
            INGESTION_TIME => Some(circumstances.ingestion_time.into()),
            EVENT_JSON => Some(event.clone()),
            EVENT => Some(without_detail(event)),
            _ => None,
        }
    }
}

/// The event without its `detail`, spelled as recorded: `detailType` where the event says `detail-type`.
fn without_detail(event: &Value) -> Value {
    let members = event.as_object().into_iter().flatten().filter(|(key, _)| *key != "detail");
    let renamed = members.map(|(key, value)| {
        let key = if key == "detail-type" { "detailType" } else { key.as_str() };
        (key.to_owned(), value.clone())
    });
    Value::Object(renamed.collect::<Map<_, _>>())
}

/// A value inside quotes: strings as they are, arrays as `[A,B]`, objects as `{k:v}`, no quotes anywhere.
fn bare(value: &Value, text: &mut String) {
    match value {
        Value::String(string) => text.push_str(string),
        Value::Array(entries) => {
            text.push('[');
            for (index, entry) in entries.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                bare(entry, text);
            }
            text.push(']');
        }
        Value::Object(members) => {
            text.push('{');
            for (index, (key, member)) in members.iter().enumerate() {
                let comma = if index > 0 { "," } else { "" };
                let _ = write!(text, "{comma}{key}:");
                bare(member, text);
            }
            text.push('}');
        }
        scalar => {
            let _ = write!(text, "{scalar}");
        }
    }
}

/// Names of `InputPathsMap`: letters, digits, dash, underscore. Source: API reference.
fn is_slot_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

/// A template cut at its slots: `<` + letters, digits, dash, underscore or dot + `>`.
fn pieces(template: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut quoted = false;
    let mut rest = template;
    while let Some(letter) = rest.chars().next() {
        let after = &rest[letter.len_utf8()..];
        match letter {
            '\\' if quoted => {
                // The escape and what it escapes, so that `\"` does not end the quotes.
                let escaped = after.chars().next().map_or(0, char::len_utf8);
                literal.push_str(&rest[..=escaped]);
                rest = &after[escaped..];
                continue;
            }
            '"' => quoted = !quoted,
            '<' => {
                if let Some((name, after)) = slot(after) {
                    pieces.push(Piece::Text(std::mem::take(&mut literal)));
                    pieces.push(Piece::Slot { name: name.to_owned(), quoted });
                    rest = after;
                    continue;
                }
            }
            _ => {}
        }
        literal.push(letter);
        rest = after;
    }
    pieces.push(Piece::Text(literal));
    pieces.retain(|piece| *piece != Piece::Text(String::new()));
    pieces
}

/// A slot's name and what follows its `>`.
fn slot(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')))?;
    let after = text[end..].strip_prefix('>')?;
    (end > 0).then_some((&text[..end], after))
}

/// A path into an event: `$.detail.items[0].name`, `$.detail.tags[*]`.
///
/// Nothing is checked when it is saved; a path that is not of this form finds nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonPath {
    text: String,
    steps: Option<Vec<Step>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Key(String),
    Index(usize),
    /// `*`: every member or entry.
    Every,
}

impl JsonPath {
    pub fn parse(text: &str) -> Self {
        Self { text: text.to_owned(), steps: steps(text) }
    }

    /// The path as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The value there; with `*`, the list of all values there.
    pub fn find(&self, event: &Value) -> Option<Value> {
        let steps = self.steps.as_ref()?;
        let mut found = vec![event];
        for step in steps {
            found = found.into_iter().flat_map(|value| step.from(value)).collect();
        }
        if steps.contains(&Step::Every) {
            return Some(Value::Array(found.into_iter().cloned().collect()));
        }
        found.first().map(|value| (*value).clone())
    }
}

impl Step {
    fn from<'v>(&self, value: &'v Value) -> Vec<&'v Value> {
        match self {
            Self::Key(key) => value.get(key).into_iter().collect(),
            Self::Index(index) => value.get(index).into_iter().collect(),
            Self::Every => match value {
                Value::Array(entries) => entries.iter().collect(),
                Value::Object(members) => members.values().collect(),
                _ => Vec::new(),
            },
        }
    }
}

fn steps(text: &str) -> Option<Vec<Step>> {
    let mut rest = text.strip_prefix('$')?;
    let mut steps = Vec::new();
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('[') {
            let (inside, after) = after.split_once(']')?;
            steps.push(if inside == "*" { Step::Every } else { Step::Index(inside.parse().ok()?) });
            rest = after;
            continue;
        }
        let after = rest.strip_prefix('.')?;
        let end = after.find(['.', '[']).unwrap_or(after.len());
        let key = &after[..end];
        steps.push(match key {
            "*" => Step::Every,
            _ if is_slot_name(key) => Step::Key(key.to_owned()),
            _ => return None,
        });
        rest = &after[end..];
    }
    Some(steps)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const CIRCUMSTANCES: Circumstances<'_> = Circumstances {
        rule_arn: "arn:aws:events:eu-west-3:111122223333:rule/r-sg",
        rule_name: "r-sg",
        ingestion_time: "2026-11-20T09:14:30Z",
    };

    fn event() -> Value {
        json!({
            "source": "aws.ec2",
            "detail-type": "AWS API Call via CloudTrail",
            "detail": {
                "eventName": "CreateTags",
                "ports": [22, "ssh"],
                "who": {"name": "bruno", "mfa": true},
                "items": [{"id": "i-1"}, {"id": "i-2"}]
            }
        })
    }

    fn fill(paths: &[(&str, &str)], template: &str) -> String {
        let paths: Vec<_> =
            paths.iter().map(|(name, path)| ((*name).to_owned(), (*path).to_owned())).collect();
        TargetInput::Template(Template::parse("t1", &paths, template).unwrap())
            .render(&event(), CIRCUMSTANCES)
    }

    fn refusal(paths: &[(&str, &str)], template: &str) -> String {
        let paths: Vec<_> =
            paths.iter().map(|(name, path)| ((*name).to_owned(), (*path).to_owned())).collect();
        Template::parse("t1", &paths, template).unwrap_err()
    }

    #[test]
    fn a_slot_outside_quotes_keeps_its_json_type() {
        let paths = [("ports", "$.detail.ports"), ("name", "$.detail.eventName"), ("who", "$.detail.who")];

        assert_eq!(
            fill(&paths, r#"{"p": <ports>, "n": <name>, "w": <who>}"#),
            r#"{"p": [22,"ssh"], "n": "CreateTags", "w": {"name":"bruno","mfa":true}}"#
        );
    }

    #[test]
    fn a_slot_inside_quotes_loses_every_quote() {
        let paths = [("ports", "$.detail.ports"), ("who", "$.detail.who"), ("name", "$.detail.eventName")];

        assert_eq!(
            fill(&paths, r#""<name> of <ports> by <who> \"<name>\"""#),
            r#""CreateTags of [22,ssh] by {name:bruno,mfa:true} \"CreateTags\"""#
        );
    }

    #[test]
    fn a_path_the_event_does_not_have_is_an_empty_text() {
        assert_eq!(fill(&[("x", "$.detail.none")], r#"{"x": <x>, "y": "[<x>]"}"#), r#"{"x": "", "y": "[]"}"#);
        assert_eq!(fill(&[("x", "detail[0")], r#""<x>""#), r#""""#);
    }

    #[test]
    fn paths_go_through_keys_indexes_and_stars() {
        let paths =
            [("first", "$.detail.items[0].id"), ("all", "$.detail.items[*].id"), ("type", "$.detail-type")];

        assert_eq!(
            fill(&paths, "[<first>,<all>,<type>]"),
            r#"["i-1",["i-1","i-2"],"AWS API Call via CloudTrail"]"#
        );
    }

    #[test]
    fn reserved_slots_need_no_path() {
        assert_eq!(
            fill(&[], r#""<aws.events.rule-name> <aws.events.event.ingestion-time> <aws.events.rule-arn>""#),
            r#""r-sg 2026-11-20T09:14:30Z arn:aws:events:eu-west-3:111122223333:rule/r-sg""#
        );
        assert_eq!(
            fill(&[], r#"{"e": <aws.events.event>}"#),
            r#"{"e": {"source":"aws.ec2","detailType":"AWS API Call via CloudTrail"}}"#
        );
    }

    #[test]
    fn a_slot_that_is_neither_mapped_nor_reserved_is_refused_by_name() {
        assert_eq!(
            refusal(&[("a", "$.a")], r#"{"b": <b>}"#),
            "InputTemplate for target t1 contains invalid placeholder b."
        );
        assert_eq!(
            refusal(&[], r#""all: <aws.events.event.json>""#),
            "InputTemplate for target t1 contains placeholder aws.events.event.json valid only for JSON template."
        );
        assert_eq!(
            refusal(&[("a b", "$.a")], "<c>"),
            "InputPathsMap for target t1 contains invalid name a b."
        );
    }

    #[test]
    fn a_less_than_sign_that_opens_no_slot_is_text() {
        assert_eq!(fill(&[], r#""5 < 6 <, <é> <""#), r#""5 < 6 <, <é> <""#);
    }

    #[test]
    fn the_other_inputs_are_the_event_a_constant_or_a_part() {
        let render = |input: TargetInput| input.render(&event(), CIRCUMSTANCES);

        assert_eq!(render(TargetInput::Event), event().to_string());
        assert_eq!(render(TargetInput::Constant(r#"{"a": 1}"#.to_owned())), r#"{"a": 1}"#);
        assert_eq!(render(TargetInput::Part(JsonPath::parse("$.detail.ports"))), r#"[22,"ssh"]"#);
        assert_eq!(render(TargetInput::Part(JsonPath::parse("$"))), event().to_string());
        assert_eq!(render(TargetInput::Part(JsonPath::parse("$.nothing"))), "null");
    }
}
