//! JSON to statements. Strict about what it does not know: an element AWS does not have is a syntax error.

use serde_json::{Map, Value};

use super::{Condition, Effect, Matcher, PolicyDocument, PolicyError, Principals, Statement};

pub(super) fn document(value: &Value) -> Result<PolicyDocument, PolicyError> {
    if let Value::String(text) = value {
        let parsed: Value = serde_json::from_str(text).map_err(|_| PolicyError::Syntax)?;
        return if parsed.is_object() { document(&parsed) } else { Err(PolicyError::Syntax) };
    }
    let object = value.as_object().ok_or(PolicyError::Syntax)?;
    let mut statements = Vec::new();
    for (key, value) in object {
        match (key.as_str(), value) {
            ("Version", Value::String(version)) if version == "2012-10-17" || version == "2008-10-17" => {}
            ("Id", Value::String(_)) => {}
            ("Statement", Value::Array(list)) => {
                for one in list {
                    statements.push(statement(one.as_object().ok_or(PolicyError::Syntax)?)?);
                }
            }
            ("Statement", Value::Object(one)) => statements.push(statement(one)?),
            _ => return Err(PolicyError::Syntax),
        }
    }
    if statements.is_empty() { Err(PolicyError::Syntax) } else { Ok(PolicyDocument { statements }) }
}

fn statement(object: &Map<String, Value>) -> Result<Statement, PolicyError> {
    let mut effect = None;
    let mut principals = None;
    let mut actions = None;
    let mut resources = None;
    let mut conditions = Vec::new();
    for (key, value) in object {
        match key.as_str() {
            "Sid" if value.is_string() => {}
            "Effect" => {
                effect = Some(match value.as_str() {
                    Some("Allow") => Effect::Allow,
                    Some("Deny") => Effect::Deny,
                    _ => return Err(PolicyError::Syntax),
                });
            }
            "Principal" | "NotPrincipal" => {
                put(&mut principals, self::principals(value, key.starts_with("Not"))?)?;
            }
            "Action" | "NotAction" => put(&mut actions, matcher(value, key.starts_with("Not"))?)?,
            "Resource" | "NotResource" => put(&mut resources, matcher(value, key.starts_with("Not"))?)?,
            "Condition" => conditions = self::conditions(value)?,
            _ => return Err(PolicyError::Syntax),
        }
    }
    let effect = effect.ok_or(PolicyError::NoEffect)?;
    let actions = actions.ok_or(PolicyError::NoActions)?;
    if actions.patterns.iter().any(|action| action != "*" && !action.contains(':')) {
        return Err(PolicyError::NoVendor);
    }
    Ok(Statement { effect, principals, actions, resources, conditions })
}

/// An element and its `Not` form exclude each other.
fn put<T>(slot: &mut Option<T>, value: T) -> Result<(), PolicyError> {
    if slot.replace(value).is_some() { Err(PolicyError::Syntax) } else { Ok(()) }
}

fn matcher(value: &Value, negated: bool) -> Result<Matcher, PolicyError> {
    Ok(Matcher { patterns: strings(value)?, negated })
}

fn principals(value: &Value, negated: bool) -> Result<Principals, PolicyError> {
    let mut found = Principals { anyone: false, aws: Vec::new(), services: Vec::new(), negated };
    match value {
        Value::String(text) if text == "*" => found.anyone = true,
        Value::Object(object) => {
            for (kind, names) in object {
                let names = strings(names)?;
                match kind.as_str() {
                    "AWS" => {
                        found.anyone |= names.iter().any(|name| name == "*");
                        found.aws.extend(names);
                    }
                    "Service" => found.services.extend(names),
                    // Nobody of these kinds acts here, so they cover nobody.
                    "Federated" | "CanonicalUser" => {}
                    _ => return Err(PolicyError::Syntax),
                }
            }
        }
        _ => return Err(PolicyError::Syntax),
    }
    Ok(found)
}

fn conditions(value: &Value) -> Result<Vec<Condition>, PolicyError> {
    let mut found = Vec::new();
    for (operator, keys) in value.as_object().ok_or(PolicyError::Syntax)? {
        for (key, values) in keys.as_object().ok_or(PolicyError::Syntax)? {
            let condition = Condition::new(operator, key, strings(values)?).ok_or(PolicyError::Syntax)?;
            found.push(condition);
        }
    }
    Ok(found)
}

/// One scalar or a list of them; numbers and booleans count as their text.
fn strings(value: &Value) -> Result<Vec<String>, PolicyError> {
    let one = |value: &Value| match value {
        Value::String(text) => Ok(text.clone()),
        Value::Bool(_) | Value::Number(_) => Ok(value.to_string()),
        _ => Err(PolicyError::Syntax),
    };
    match value {
        Value::Array(list) => list.iter().map(one).collect(),
        scalar => Ok(vec![one(scalar)?]),
    }
}
