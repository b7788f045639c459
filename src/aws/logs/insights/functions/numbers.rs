//! Functions on numbers; what is no number gives nothing.

use crate::aws::logs::insights::value::Value;

/// A function of one number.
pub(super) fn each(arguments: &[Value], of: fn(f64) -> f64) -> Value {
    arguments[0].number().map_or(Value::Null, |number| Value::of_number(of(number)))
}

/// A function that chooses among the numbers there are.
pub(super) fn all(arguments: &[Value], better: fn(f64, f64) -> f64) -> Value {
    arguments.iter().filter_map(Value::number).reduce(better).map_or(Value::Null, Value::of_number)
}
