//! `--query`: JMESPath that keeps the order in which keys are written, as the AWS CLI does.
//!
//! The crate `jmespath` parses, and runs the functions whose result has no keys; its own objects are sorted maps,
//! so the walk over the data is done here, on JSON that remembers its order.

mod functions;

use std::fmt::Write as _;

use jmespath::ast::{Ast, Comparator};
use serde_json::{Map, Value};

/// A query that is well-formed.
#[derive(Clone, Debug)]
pub struct Query {
    ast: Ast,
}

/// Reads an expression.
///
/// # Errors
/// What the AWS CLI says of an expression it cannot read, with the place below it.
pub fn compile(expression: &str) -> Result<Query, String> {
    let ast = jmespath::parse(&with_quoted_words(expression)).map_err(|error| {
        let reason = error.reason.to_string();
        let reason = reason.trim_start_matches("Parse error: ").trim_end();
        let offset = expression.chars().count().min(error.offset);
        format!("Invalid jmespath expression: {reason}:\n\"{expression}\"\n{}^", " ".repeat(offset + 1))
    })?;
    Ok(Query { ast })
}

/// Puts bare words between backquotes into the quotes of a JSON string.
///
/// JMESPath wants JSON there, but the AWS CLI's library has always taken a bare word for a string, so
/// ``Tags[?Key==`Name`]`` is what everybody writes.
fn with_quoted_words(expression: &str) -> String {
    let mut result = String::with_capacity(expression.len());
    let mut rest = expression;
    while let Some(start) = rest.find(['`', '\'', '"']) {
        let quote = &rest[start..=start];
        let mut end = None;
        let mut escaped = false;
        for (at, letter) in rest.char_indices().filter(|(at, _)| *at > start) {
            match letter {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                _ if quote.starts_with(letter) => {
                    end = Some(at);
                    break;
                }
                _ => {}
            }
        }
        let Some(end) = end else { break };
        let inner = &rest[start + 1..end];
        result.push_str(&rest[..start]);
        if quote == "`" && serde_json::from_str::<Value>(&inner.replace("\\`", "`")).is_err() {
            let _ = write!(result, "`\"{}\"`", inner.trim_start());
        } else {
            result.push_str(&rest[start..=end]);
        }
        rest = &rest[end + 1..];
    }
    result + rest
}

/// Compiles and runs an expression.
///
/// # Errors
/// What is wrong with the expression, or with what it was asked to do.
pub fn search(expression: &str, data: &Value) -> Result<Value, String> {
    compile(expression)?.search(data)
}

impl Query {
    /// What the expression gives for this data.
    ///
    /// # Errors
    /// A function that does not exist, or was given what it does not take.
    pub fn search(&self, data: &Value) -> Result<Value, String> {
        walk(data, &self.ast)
    }
}

fn walk(data: &Value, ast: &Ast) -> Result<Value, String> {
    Ok(match ast {
        Ast::Identity { .. } => data.clone(),
        Ast::Field { name, .. } => data.get(name).cloned().unwrap_or(Value::Null),
        Ast::Index { idx, .. } => index(data, *idx),
        Ast::Literal { value, .. } => functions::plain(value)?,
        Ast::Subexpr { lhs, rhs, .. } => walk(&walk(data, lhs)?, rhs)?,
        Ast::Or { lhs, rhs, .. } => {
            let left = walk(data, lhs)?;
            if is_true(&left) { left } else { walk(data, rhs)? }
        }
        Ast::And { lhs, rhs, .. } => {
            let left = walk(data, lhs)?;
            if is_true(&left) { walk(data, rhs)? } else { left }
        }
        Ast::Not { node, .. } => (!is_true(&walk(data, node)?)).into(),
        Ast::Condition { predicate, then, .. } => {
            if is_true(&walk(data, predicate)?) {
                walk(data, then)?
            } else {
                Value::Null
            }
        }
        Ast::Comparison { comparator, lhs, rhs, .. } => {
            compare(comparator, &walk(data, lhs)?, &walk(data, rhs)?)
        }
        Ast::ObjectValues { node, .. } => match walk(data, node)? {
            Value::Object(members) => members.into_iter().map(|(_, value)| value).collect(),
            _ => Value::Null,
        },
        Ast::Projection { lhs, rhs, .. } => match walk(data, lhs)? {
            Value::Array(items) => {
                let mut kept = Vec::new();
                for item in &items {
                    kept.push(walk(item, rhs)?);
                }
                kept.retain(|value| !value.is_null());
                Value::Array(kept)
            }
            _ => Value::Null,
        },
        Ast::Flatten { node, .. } => match walk(data, node)? {
            Value::Array(items) => {
                let mut flat = Vec::new();
                for item in items {
                    if let Value::Array(inner) = item { flat.extend(inner) } else { flat.push(item) }
                }
                Value::Array(flat)
            }
            _ => Value::Null,
        },
        Ast::MultiList { .. } | Ast::MultiHash { .. } if data.is_null() => Value::Null,
        Ast::MultiList { elements, .. } => {
            elements.iter().map(|element| walk(data, element)).collect::<Result<_, _>>()?
        }
        Ast::MultiHash { elements, .. } => {
            let pairs = elements.iter().map(|pair| Ok((pair.key.clone(), walk(data, &pair.value)?)));
            Value::Object(pairs.collect::<Result<Map<_, _>, String>>()?)
        }
        Ast::Slice { start, stop, step, .. } => slice(data, *start, *stop, *step)?,
        Ast::Function { name, args, .. } => functions::call(data, name, args)?,
        Ast::Expref { .. } => return Err("`&` has no meaning outside a function".to_owned()),
    })
}

/// What JMESPath takes for true: anything but null, false, and what is empty.
fn is_true(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
        Value::Bool(true) | Value::Number(_) => true,
    }
}

fn index(data: &Value, at: i32) -> Value {
    let found = data.as_array().and_then(|items| {
        let from_start = usize::try_from(at).ok();
        let at = from_start.or_else(|| items.len().checked_sub(at.unsigned_abs() as usize))?;
        items.get(at).cloned()
    });
    found.unwrap_or(Value::Null)
}

/// The same value, when order has no say in it.
fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left.as_f64() == right.as_f64(),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(name, value)| right.get(name).is_some_and(|other| same(value, other)))
        }
        _ => left == right,
    }
}

fn compare(comparator: &Comparator, left: &Value, right: &Value) -> Value {
    let ordered = || match (left, right) {
        (Value::Number(left), Value::Number(right)) => left.as_f64()?.partial_cmp(&right.as_f64()?),
        // The Python library behind the AWS CLI orders strings too: dates are compared that way.
        (Value::String(left), Value::String(right)) => Some(left.cmp(right)),
        _ => None,
    };
    match comparator {
        Comparator::Equal => same(left, right).into(),
        Comparator::NotEqual => (!same(left, right)).into(),
        Comparator::LessThan => ordered().map(std::cmp::Ordering::is_lt).into(),
        Comparator::LessThanEqual => ordered().map(std::cmp::Ordering::is_le).into(),
        Comparator::GreaterThan => ordered().map(std::cmp::Ordering::is_gt).into(),
        Comparator::GreaterThanEqual => ordered().map(std::cmp::Ordering::is_ge).into(),
    }
}

fn slice(data: &Value, start: Option<i32>, stop: Option<i32>, step: i32) -> Result<Value, String> {
    let Value::Array(items) = data else { return Ok(Value::Null) };
    if step == 0 {
        return Err("Invalid slice: the step may not be 0".to_owned());
    }
    let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let step = i64::from(step);
    let (least, most) = if step > 0 { (0, length) } else { (-1, length - 1) };
    let bound = |given: Option<i32>, default: i64| {
        given.map_or(default, |given| {
            let given = i64::from(given);
            (if given < 0 { given + length } else { given }).clamp(least, most)
        })
    };
    let (mut at, end) = if step > 0 {
        (bound(start, 0), bound(stop, length))
    } else {
        (bound(start, length - 1), bound(stop, -1))
    };
    let mut kept = Vec::new();
    while (step > 0 && at < end) || (step < 0 && at > end) {
        kept.extend(usize::try_from(at).ok().and_then(|at| items.get(at)).cloned());
        at += step;
    }
    Ok(Value::Array(kept))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ask(expression: &str) -> String {
        let data = json!({
            "Rules": [
                {"Name": "r-sg", "State": "ENABLED", "Arn": "a1", "Age": 3},
                {"Name": "r-alarme", "State": "DISABLED", "Arn": "a2", "Age": 1},
            ],
            "Zed": {"z": 1, "a": 2},
        });
        search(expression, &data).map_or_else(|error| error, |value| value.to_string())
    }

    #[test]
    fn keys_keep_the_order_in_which_they_are_written() {
        assert_eq!(
            ask("Rules[0].{State: State, Age: Age, Name: Name}"),
            r#"{"State":"ENABLED","Age":3,"Name":"r-sg"}"#
        );
        assert_eq!(ask("Zed"), r#"{"z":1,"a":2}"#);
        assert_eq!(ask("keys(Zed)"), r#"["z","a"]"#);
        assert_eq!(ask("Zed.*"), "[1,2]");
    }

    #[test]
    fn lists_are_filtered_projected_sorted_and_sliced() {
        assert_eq!(ask("Rules[?State=='ENABLED'].Name | [0]"), r#""r-sg""#);
        assert_eq!(ask("Rules[?Age > `1`].Name"), r#"["r-sg"]"#);
        assert_eq!(ask("sort_by(Rules, &Age)[].Name"), r#"["r-alarme","r-sg"]"#);
        assert_eq!(ask("max_by(Rules, &Age).Arn"), r#""a1""#);
        assert_eq!(ask("Rules[-1].Name"), r#""r-alarme""#);
        assert_eq!(ask("Rules[::-1].Age"), "[1,3]");
        assert_eq!(ask("length(Rules)"), "2");
        assert_eq!(ask("Rules[?contains(Name, 'alarm')].Age"), "[1]");
        assert_eq!(ask("Rules[?Name==`r-sg`] | [0].Age"), "3");
        assert_eq!(ask("Rules[?Name!=' `x` '].Age"), "[3,1]");
        assert_eq!(ask("Nothing"), "null");
        assert_eq!(ask("Rules[?Name < 'r-b'].Name"), r#"["r-alarme"]"#);
    }

    #[test]
    fn what_cannot_be_read_or_done_is_said() {
        assert!(ask("Rules[").starts_with("Invalid jmespath expression: "));
        assert_eq!(ask("nope(Rules)"), "Unknown function: nope()");
        assert!(ask("abs('x')").starts_with("In function abs(), "));
    }

    proptest::proptest! {
        #[test]
        fn no_expression_panics(expression in "[a-cA `'\\[\\]{}().|&?*:<=,0-9@-]{0,16}") {
            let _ = search(&expression, &json!({"a": [{"b": 1}], "A": "x"}));
        }
    }
}
