//! Whether parameters fit their shape, in botocore's words: what the AWS CLI says before it sends anything.
//!
//! Source: `botocore/validate.py` (order of the complaints included). Values outside an enumeration are the
//! service's own complaint, after these.

use serde_json::Value;

use super::shape::{Kind, Shape};

/// Something that does not fit, and the parameter it is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// The top-level parameter it belongs to; `None` when that one is missing.
    pub parameter: Option<String>,
    pub text: String,
    /// The name that nobody knows, with the names there are.
    pub unknown: Option<(String, Vec<String>)>,
}

/// Everything that does not fit.
pub fn misfits(parameters: &Value, shape: Shape<'_>) -> Vec<Misfit> {
    let mut found = Vec::new();
    check(parameters, shape, "", &mut found);
    found
}

fn report(found: &mut Vec<Misfit>, path: &str, text: String) {
    let parameter = path.split(['.', '[']).next().filter(|name| !name.is_empty()).map(str::to_owned);
    found.push(Misfit { parameter, text, unknown: None });
}

fn check(value: &Value, shape: Shape<'_>, path: &str, found: &mut Vec<Misfit>) {
    let shown = if path.is_empty() { "input" } else { path };
    match (shape.kind(), value) {
        (Kind::Structure, Value::Object(members)) => {
            for name in shape.required().filter(|name| !members.contains_key(*name)) {
                report(found, path, format!("Missing required parameter in {shown}: \"{name}\""));
            }
            for name in members.keys().filter(|name| shape.member(name).is_none()) {
                let names: Vec<_> = shape.members().map(|(name, _)| name.to_owned()).collect();
                let list = names.join(", ");
                report(
                    found,
                    if path.is_empty() { name } else { path },
                    format!("Unknown parameter in {shown}: \"{name}\", must be one of: {list}"),
                );
                if let Some(last) = found.last_mut() {
                    last.unknown = Some((name.clone(), names));
                }
            }
            for (name, member) in shape.members() {
                if let Some(value) = members.get(name) {
                    let path = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
                    check(value, member, &path, found);
                }
            }
        }
        (Kind::Map(of), Value::Object(members)) => {
            for (name, value) in members {
                check(value, of, &format!("{path}.{name}"), found);
            }
        }
        (Kind::List(of), Value::Array(items)) => {
            for (index, item) in items.iter().enumerate() {
                check(item, of, &format!("{path}[{index}]"), found);
            }
        }
        (Kind::String, Value::String(_))
        | (Kind::Boolean, Value::Bool(_))
        | (Kind::Number, Value::Number(_))
        | (Kind::Document, _) => {}
        (Kind::Integer, Value::Number(number)) if number.is_i64() || number.is_u64() => {}
        (kind, value) => report(
            found,
            path,
            format!(
                "Invalid type for parameter {shown}, value: {}, type: {}, valid types: {}",
                python(value),
                python_type(value),
                valid_types(kind)
            ),
        ),
    }
}

/// A value outside its enumeration: where (`lowerCamel` as services write it), what, and what there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadChoice {
    /// The top-level parameter it belongs to.
    pub parameter: String,
    pub path: String,
    pub value: String,
    pub choices: Vec<String>,
}

/// The first value outside its enumeration.
pub fn bad_choice(parameters: &Value, shape: Shape<'_>) -> Option<BadChoice> {
    find_bad_choice(parameters, shape, "")
}

fn find_bad_choice(value: &Value, shape: Shape<'_>, path: &str) -> Option<BadChoice> {
    match (shape.kind(), value) {
        (Kind::Structure, Value::Object(members)) => shape.members().find_map(|(name, member)| {
            let path = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
            find_bad_choice(members.get(name)?, member, &path)
        }),
        (Kind::Map(of), Value::Object(members)) => {
            members.iter().find_map(|(name, value)| find_bad_choice(value, of, &format!("{path}.{name}")))
        }
        (Kind::List(of), Value::Array(items)) => items
            .iter()
            .enumerate()
            .find_map(|(index, item)| find_bad_choice(item, of, &format!("{path}.{}.member", index + 1))),
        (Kind::String, Value::String(text)) => {
            let choices = shape.choices()?;
            if choices.contains(&text.as_str()) {
                return None;
            }
            Some(BadChoice {
                parameter: path.split('.').next().unwrap_or_default().to_owned(),
                path: path.split('.').map(lower_camel).collect::<Vec<_>>().join("."),
                value: text.clone(),
                choices: choices.into_iter().map(str::to_owned).collect(),
            })
        }
        _ => None,
    }
}

fn lower_camel(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// A value as Python prints it, since the messages are Python's.
fn python(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            format!("[{}]", items.iter().map(python_quoted).collect::<Vec<_>>().join(", "))
        }
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| format!("'{name}': {}", python_quoted(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
    }
}

fn python_quoted(value: &Value) -> String {
    if let Value::String(text) = value { format!("'{text}'") } else { python(value) }
}

fn python_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "<class 'NoneType'>",
        Value::Bool(_) => "<class 'bool'>",
        Value::Number(number) if number.is_f64() => "<class 'float'>",
        Value::Number(_) => "<class 'int'>",
        Value::String(_) => "<class 'str'>",
        Value::Array(_) => "<class 'list'>",
        Value::Object(_) => "<class 'dict'>",
    }
}

const fn valid_types(kind: Kind<'_>) -> &'static str {
    match kind {
        Kind::String => "<class 'str'>",
        Kind::Integer => "<class 'int'>",
        Kind::Number => "<class 'float'>, <class 'decimal.Decimal'>, <class 'int'>",
        Kind::Boolean => "<class 'bool'>",
        Kind::List(_) => "<class 'list'>, <class 'tuple'>",
        Kind::Structure | Kind::Map(_) | Kind::Document => "<class 'dict'>",
    }
}
