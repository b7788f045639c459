//! The words of an option as the value its shape asks for: text, number, JSON or shorthand.

use serde_json::Value;

use super::{
    coerce,
    shape::{Kind, Shape},
    shorthand,
};

/// Reads one value for a shape.
///
/// # Errors
/// The AWS CLI's sentence for what is wrong with it; `option` is the option's name with its dashes.
pub fn one(option: &str, shape: Shape<'_>, text: &str) -> Result<Value, String> {
    let start = text.trim_start().chars().next();
    match shape.kind() {
        Kind::String => Ok(text.into()),
        Kind::Integer => coerce::integer(text),
        Kind::Number => coerce::number(text)
            .map_err(|_| format!("aws: error: argument {option}: invalid float value: '{text}'")),
        Kind::Boolean => Ok((!text.eq_ignore_ascii_case("false")).into()),
        Kind::Document => Ok(serde_json::from_str(text).unwrap_or_else(|_| text.into())),
        Kind::List(_) if start == Some('[') => json(option, text),
        Kind::List(_) => many(option, shape, &[text]),
        Kind::Structure | Kind::Map(_) if start == Some('{') => json(option, text),
        Kind::Structure | Kind::Map(_) if start == Some('[') => {
            Err(format!("Error parsing parameter '{option}': Invalid JSON:\n{text}"))
        }
        Kind::Structure | Kind::Map(_) => {
            let mut members = shape.members();
            // A structure of one member called `Value` may be given as that value.
            if !text.contains('=') && matches!((members.next(), members.next()), (Some(("Value", _)), None)) {
                return Ok(serde_json::json!({"Value": text}));
            }
            short(option, shape, text)
        }
    }
}

/// Reads the words of a list.
///
/// # Errors
/// The AWS CLI's sentence for the first word that is wrong.
pub fn many(option: &str, shape: Shape<'_>, words: &[&str]) -> Result<Value, String> {
    let Kind::List(item) = shape.kind() else {
        return one(option, shape, words.first().copied().unwrap_or_default());
    };
    if let [only] = words
        && only.trim_start().starts_with('[')
    {
        return json(option, only);
    }
    let looks_like_json = words.first().is_some_and(|word| word.trim_start().starts_with(['{', '[']));
    let items = words.iter().map(|word| {
        if item.is_complex() && !looks_like_json {
            short(option, item, word)
        } else {
            one(option, item, word)
        }
    });
    items.collect::<Result<Vec<_>, _>>().map(Value::Array)
}

fn json(option: &str, text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| {
        format!("Error parsing parameter '{option}': Invalid JSON: {error}\nJSON received: {text}")
    })
}

fn short(option: &str, shape: Shape<'_>, text: &str) -> Result<Value, String> {
    let mut value =
        shorthand::parse(text).map_err(|error| format!("Error parsing parameter '{option}': {error}"))?;
    coerce::fit(&mut value, shape)?;
    Ok(value)
}
