//! Operators between numbers and series.
//!
//! Arithmetic yields a point only where both sides have one, and none where it would divide by zero. A comparison of
//! two series takes the side that is missing as 0, and so do `AND` and `OR`.

use super::{
    expression::Operator,
    value::{Line, Value},
};

/// `left operator right`.
///
/// # Errors
/// A sentence: arrays of different lengths.
pub(super) fn apply(operator: Operator, left: Value, right: Value) -> Result<Value, String> {
    let two = |left: &Line, right: &Line| left.with(zip(operator, &left.points, &right.points));
    Ok(match (left, right) {
        (Value::Scalar(left), Value::Scalar(right)) => {
            Value::Scalar(compute(operator, left, right).unwrap_or(f64::NAN))
        }
        (left, Value::Scalar(number)) => {
            left.map(|line| line.with(beside(&line.points, |it| compute(operator, it, number))))
        }
        (Value::Scalar(number), right) => {
            right.map(|line| line.with(beside(&line.points, |it| compute(operator, number, it))))
        }
        (Value::Series(left), Value::Series(right)) => Value::Series(two(&left, &right)),
        (Value::Several(lines), Value::Series(right)) => {
            Value::Several(lines.iter().map(|line| two(line, &right)).collect())
        }
        (Value::Series(left), Value::Several(lines)) => Value::Several(
            lines.iter().map(|line| line.with(zip(operator, &left.points, &line.points))).collect(),
        ),
        (Value::Several(left), Value::Several(right)) if left.len() == right.len() => {
            Value::Several(left.iter().zip(&right).map(|(left, right)| two(left, right)).collect())
        }
        (Value::Several(left), Value::Several(right)) => {
            return Err(format!("the two arrays have {} and {} time series", left.len(), right.len()));
        }
    })
}

fn beside(points: &[Option<f64>], act: impl Fn(f64) -> Option<f64>) -> Vec<Option<f64>> {
    points.iter().map(|point| point.and_then(&act)).collect()
}

fn zip(operator: Operator, left: &[Option<f64>], right: &[Option<f64>]) -> Vec<Option<f64>> {
    let takes_missing_as_zero = operator.is_comparison() || operator.is_logical();
    left.iter()
        .zip(right)
        .map(|(left, right)| match (left, right) {
            (Some(left), Some(right)) => compute(operator, *left, *right),
            (None, None) => None,
            _ if takes_missing_as_zero => compute(operator, left.unwrap_or(0.0), right.unwrap_or(0.0)),
            _ => None,
        })
        .collect()
}

fn compute(operator: Operator, left: f64, right: f64) -> Option<f64> {
    let truth = |holds: bool| Some(f64::from(u8::from(holds)));
    let is_true = |number: f64| number != 0.0;
    match operator {
        Operator::Or => truth(is_true(left) || is_true(right)),
        Operator::And => truth(is_true(left) && is_true(right)),
        Operator::Equal => truth(left.total_cmp(&right).is_eq() || left == right),
        Operator::NotEqual => truth(left != right),
        Operator::Less => truth(left < right),
        Operator::LessOrEqual => truth(left <= right),
        Operator::Greater => truth(left > right),
        Operator::GreaterOrEqual => truth(left >= right),
        Operator::Add => Some(left + right),
        Operator::Subtract => Some(left - right),
        Operator::Multiply => Some(left * right),
        Operator::Divide => (right != 0.0).then(|| left / right),
        Operator::Power => Some(left.powf(right)),
    }
    .filter(|number| number.is_finite())
}
