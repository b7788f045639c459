//! What an expression is worth, for an event or for a group of them.

use std::sync::Arc;

use indexmap::IndexMap;

use super::{
    ast::{Expr, Operator},
    run::Row,
    value::Value,
};

/// What an expression looks at.
#[derive(Clone, Copy)]
enum Scope<'s> {
    Row(&'s Row),
    /// The events of a group, in `stats`, and the columns of the group so far.
    Group(&'s [&'s Row], &'s IndexMap<Arc<str>, Value>),
}

/// The value of an expression for one row.
pub(super) fn on_row(expr: &Expr, row: &Row) -> Value {
    evaluate(expr, Scope::Row(row))
}

/// The value of an expression made of aggregates, for one group and the columns it has so far.
pub(super) fn on_group(expr: &Expr, group: &[&Row], columns: &IndexMap<Arc<str>, Value>) -> Value {
    evaluate(expr, Scope::Group(group, columns))
}

fn evaluate(expr: &Expr, scope: Scope<'_>) -> Value {
    match expr {
        Expr::Literal(value) => value.clone(),
        Expr::Field(name) => match scope {
            Scope::Row(row) => row.field(name),
            Scope::Group(_, columns) => columns.get(&**name).cloned().unwrap_or(Value::Null),
        },
        Expr::Not(inside) => Value::of_truth(!evaluate(inside, scope).is_true()),
        Expr::Binary { operator, left, right } => binary(*operator, left, right, scope),
        Expr::In { value, list } => {
            let value = evaluate(value, scope);
            Value::of_truth(list.iter().any(|item| equal(&value, &evaluate(item, scope))))
        }
        Expr::Like { value, matcher } => {
            let value = evaluate(value, scope);
            Value::of_truth(value.text().is_some_and(|text| matcher.matches(&text)))
        }
        Expr::Call { function, arguments, text } => column(scope, text).unwrap_or_else(|| {
            let arguments: Vec<Value> = arguments.iter().map(|argument| evaluate(argument, scope)).collect();
            (function.run)(&arguments)
        }),
        Expr::Bin { period, text } => column(scope, text).unwrap_or_else(|| {
            let Scope::Row(row) = scope else { return Value::Null };
            row.timestamp().and_then(|ms| period.floor(ms)).map_or(Value::Null, Value::Moment)
        }),
        Expr::DateRound { moment, period, up } => {
            let moment = evaluate(moment, scope).moment();
            let rounded = moment.and_then(|ms| if *up { period.ceil(ms) } else { period.floor(ms) });
            rounded.map_or(Value::Null, Value::Moment)
        }
        Expr::Aggregate { aggregate, argument, parameter } => match scope {
            Scope::Group(group, _) => aggregate.over(group, argument.as_deref(), *parameter),
            Scope::Row(_) => Value::Null,
        },
    }
}

/// A column computed before under the same text, such as `bin(5m)` after `stats … by bin(5m)`.
fn column(scope: Scope<'_>, text: &str) -> Option<Value> {
    match scope {
        Scope::Row(row) => row.column(text),
        Scope::Group(_, columns) => columns.get(text).cloned(),
    }
}

fn binary(operator: Operator, left: &Expr, right: &Expr, scope: Scope<'_>) -> Value {
    let left = evaluate(left, scope);
    match operator {
        Operator::And if !left.is_true() => return Value::of_truth(false),
        Operator::Or if left.is_true() => return Value::of_truth(true),
        _ => {}
    }
    let right = evaluate(right, scope);
    match operator {
        Operator::And | Operator::Or => Value::of_truth(right.is_true()),
        Operator::Equal => Value::of_truth(equal(&left, &right)),
        Operator::NotEqual => Value::of_truth(!equal(&left, &right)),
        Operator::Less | Operator::LessOrEqual | Operator::Greater | Operator::GreaterOrEqual => {
            Value::of_truth(ordered(operator, &left, &right))
        }
        _ => match (left.number(), right.number()) {
            (Some(left), Some(right)) => arithmetic(operator, left, right),
            _ => Value::Null,
        },
    }
}

/// As numbers if both are, as texts otherwise. What is not there equals nothing, so `!=` and `not in` let it through:
/// "events that do not have Type fields with values of …" (user guide, `filter`); for `!=` it is our inference.
#[expect(clippy::float_cmp, reason = "the language's own equality")]
fn equal(left: &Value, right: &Value) -> bool {
    match (left.number(), right.number()) {
        (Some(left), Some(right)) => left == right,
        _ => left.text().is_some_and(|left| right.text().is_some_and(|right| left == right)),
    }
}

fn ordered(operator: Operator, left: &Value, right: &Value) -> bool {
    let order = match (left.number(), right.number()) {
        (Some(left), Some(right)) => left.partial_cmp(&right),
        _ => left.text().zip(right.text()).map(|(left, right)| left.cmp(&right)),
    };
    order.is_some_and(|order| match operator {
        Operator::Less => order.is_lt(),
        Operator::LessOrEqual => order.is_le(),
        Operator::Greater => order.is_gt(),
        _ => order.is_ge(),
    })
}

fn arithmetic(operator: Operator, left: f64, right: f64) -> Value {
    Value::of_number(match operator {
        Operator::Add => left + right,
        Operator::Subtract => left - right,
        Operator::Multiply => left * right,
        Operator::Divide => left / right,
        Operator::Remainder => left % right,
        _ => left.powf(right),
    })
}
