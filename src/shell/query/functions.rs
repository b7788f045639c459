//! JMESPath's functions, on JSON that remembers the order of its keys.

use jmespath::{Variable, ast::Ast};
use serde_json::{Map, Value};

use super::walk;

/// Functions that move objects about are done here, the others by the crate.
pub(super) fn call(data: &Value, name: &str, args: &[Ast]) -> Result<Value, String> {
    let wrong = || format!("In function {name}(), invalid arguments");
    if let ("map", [Ast::Expref { ast, .. }, list])
    | ("sort_by" | "max_by" | "min_by", [list, Ast::Expref { ast, .. }]) = (name, args)
    {
        let Value::Array(items) = walk(data, list)? else { return Err(wrong()) };
        return by_expression(name, items, ast).and_then(|value| value.ok_or_else(wrong));
    }
    let mut values = args.iter().map(|arg| walk(data, arg)).collect::<Result<Vec<_>, _>>()?;
    match (name, values.as_mut_slice()) {
        ("keys", [Value::Object(members)]) => Ok(members.keys().cloned().collect()),
        ("values", [Value::Object(members)]) => Ok(members.values().cloned().collect()),
        ("merge", objects) if !objects.is_empty() => {
            let mut merged = Map::new();
            for object in objects {
                merged.extend(object.as_object().ok_or_else(wrong)?.clone());
            }
            Ok(Value::Object(merged))
        }
        ("reverse", [Value::Array(items)]) => {
            items.reverse();
            Ok(Value::Array(std::mem::take(items)))
        }
        ("to_array", [value]) => {
            Ok(if value.is_array() { value.take() } else { Value::Array(vec![value.take()]) })
        }
        ("not_null", values) if !values.is_empty() => {
            Ok(values.iter_mut().find(|value| !value.is_null()).map(Value::take).unwrap_or_default())
        }
        ("to_string", [value]) => Ok(if value.is_string() { value.take() } else { value.to_string().into() }),
        _ => by_crate(name, &values),
    }
}

fn by_expression(name: &str, items: Vec<Value>, ast: &Ast) -> Result<Option<Value>, String> {
    let mut keyed = Vec::new();
    for item in items {
        keyed.push((walk(&item, ast)?, item));
    }
    if name == "map" {
        return Ok(Some(keyed.into_iter().map(|(key, _)| key).collect()));
    }
    let all_numbers = keyed.iter().all(|(key, _)| key.is_number());
    let all_strings = keyed.iter().all(|(key, _)| key.is_string());
    if !all_numbers && !all_strings {
        return Ok(None);
    }
    let order = |left: &Value, right: &Value| match (left.as_str(), right.as_str()) {
        (Some(left), Some(right)) => left.cmp(right),
        _ => left.as_f64().unwrap_or_default().total_cmp(&right.as_f64().unwrap_or_default()),
    };
    keyed.sort_by(|(left, _), (right, _)| order(left, right));
    let mut items = keyed.into_iter();
    Ok(Some(match name {
        "sort_by" => items.map(|(_, item)| item).collect(),
        "min_by" => items.next().map(|(_, item)| item).unwrap_or_default(),
        _ => items.next_back().map(|(_, item)| item).unwrap_or_default(),
    }))
}

/// Runs a function of the crate on values that are already worked out.
fn by_crate(name: &str, values: &[Value]) -> Result<Value, String> {
    let function =
        jmespath::DEFAULT_RUNTIME.get_function(name).ok_or_else(|| format!("Unknown function: {name}()"))?;
    let arguments = values
        .iter()
        .map(|value| Variable::from_json(&value.to_string()).map(jmespath::Rcvar::new))
        .collect::<Result<Vec<_>, _>>()?;
    let mut context = jmespath::Context::new("", &jmespath::DEFAULT_RUNTIME);
    let result = function.evaluate(&arguments, &mut context).map_err(|error| {
        format!("In function {name}(), {}", error.reason.to_string().trim_start_matches("Runtime error: "))
    })?;
    plain(&result)
}

/// A value of the crate as JSON.
pub(super) fn plain(value: &Variable) -> Result<Value, String> {
    serde_json::to_value(value).map_err(|error| error.to_string())
}
