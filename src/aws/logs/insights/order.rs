//! The order of values: the service's own natural sorting.
//!
//! What is not there comes first, then what is no number, then numbers by value. In texts, runs of digits compare by
//! their length and then their value, and everything else by Unicode: `web2` before `web10`, `5A` before `111A`.
//! Source: user guide, `sort`.

use std::{cmp::Ordering, iter::Peekable, str::Chars};

use super::value::Value;

/// How two values compare in ascending order.
pub fn compare(left: &Value, right: &Value) -> Ordering {
    match (left.number(), right.number()) {
        (Some(left), Some(right)) => left.total_cmp(&right),
        (Some(_), None) => Ordering::Greater,
        (None, Some(_)) => Ordering::Less,
        (None, None) => match (left.text(), right.text()) {
            (Some(left), Some(right)) => natural(&left, &right),
            (left, right) => left.is_some().cmp(&right.is_some()),
        },
    }
}

fn natural(left: &str, right: &str) -> Ordering {
    let (mut left, mut right) = (left.chars().peekable(), right.chars().peekable());
    loop {
        let order = match (left.peek(), right.peek()) {
            (Some(a), Some(b)) if a.is_ascii_digit() && b.is_ascii_digit() => {
                let (a, b) = (digits(&mut left), digits(&mut right));
                a.len().cmp(&b.len()).then_with(|| a.cmp(&b))
            }
            (Some(_), Some(_)) => left.next().cmp(&right.next()),
            (a, b) => return a.cmp(&b),
        };
        if order.is_ne() {
            return order;
        }
    }
}

fn digits(text: &mut Peekable<Chars<'_>>) -> String {
    std::iter::from_fn(|| text.next_if(char::is_ascii_digit)).collect()
}
