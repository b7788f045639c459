//! Words as the numbers, booleans and lists their shape asks for.

use serde_json::Value;

use super::shape::{Kind, Shape};

/// Gives words the types their shape asks for, where they can have them.
///
/// # Errors
/// A word that is no number where a number is asked for, as the AWS CLI words it.
pub fn fit(value: &mut Value, shape: Shape<'_>) -> Result<(), String> {
    match shape.kind() {
        Kind::Structure => {
            if let Value::Object(members) = value {
                for (name, member) in shape.members() {
                    if let Some(value) = members.get_mut(name) {
                        fit(value, member)?;
                    }
                }
            }
        }
        Kind::Map(of) => {
            if let Value::Object(members) = value {
                for value in members.values_mut() {
                    fit(value, of)?;
                }
            }
        }
        Kind::List(of) => match value {
            Value::Array(items) => {
                for item in items {
                    fit(item, of)?;
                }
            }
            Value::Null => {}
            // `Values=a` is a list of one: `a` alone cannot be told from a word.
            single => {
                let mut item = single.take();
                fit(&mut item, of)?;
                *single = Value::Array(vec![item]);
            }
        },
        Kind::Integer | Kind::Number | Kind::Boolean => {
            if let Value::String(text) = value {
                *value = scalar(text, shape)?;
            }
        }
        Kind::String | Kind::Document => {}
    }
    Ok(())
}

/// A word as the number or boolean its shape asks for; what is neither stays a word.
fn scalar(text: &str, shape: Shape<'_>) -> Result<Value, String> {
    match shape.kind() {
        Kind::Integer => integer(text),
        Kind::Number => number(text),
        Kind::Boolean if text.eq_ignore_ascii_case("true") => Ok(true.into()),
        Kind::Boolean if text.eq_ignore_ascii_case("false") => Ok(false.into()),
        _ => Ok(text.into()),
    }
}

/// A whole number.
///
/// # Errors
/// Python's sentence, because it is what the AWS CLI prints.
pub fn integer(text: &str) -> Result<Value, String> {
    let plain = text.trim().replace('_', "");
    plain
        .parse::<i64>()
        .map(Value::from)
        .map_err(|_| format!("invalid literal for int() with base 10: '{text}'"))
}

/// A number with a fraction, be it `.0`: the AWS CLI sends `80` as `80.0`.
///
/// # Errors
/// Python's sentence, because it is what the AWS CLI prints.
pub fn number(text: &str) -> Result<Value, String> {
    let number = text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
    let number = number.ok_or_else(|| format!("could not convert string to float: '{text}'"))?;
    Ok(serde_json::Number::from_f64(number).map_or(Value::Null, Value::Number))
}
