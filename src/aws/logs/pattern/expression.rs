//! Conditions joined by `&&` and `||`, with parentheses; `&&` binds tighter.

use std::fmt;

use super::{cursor::Cursor, fault::Fault, verdict::Miss};

/// How deep parentheses may nest: keeps reading and judging within a small stack. Teaching default.
const DEEPEST: usize = 64;

/// A tree of conditions.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression<T> {
    Test(T),
    All(Vec<Self>),
    Any(Vec<Self>),
}

impl<T> Expression<T> {
    /// The conditions that fail: none if it holds.
    pub fn misses(&self, test: &impl Fn(&T) -> Result<(), Miss>) -> Vec<Miss> {
        match self {
            Self::Test(condition) => test(condition).err().into_iter().collect(),
            Self::All(parts) => {
                let failing = parts.iter().map(|part| part.misses(test));
                failing.into_iter().find(|misses| !misses.is_empty()).unwrap_or_default()
            }
            Self::Any(parts) => {
                let mut all = Vec::new();
                for part in parts {
                    let misses = part.misses(test);
                    if misses.is_empty() {
                        return misses;
                    }
                    all.extend(misses);
                }
                all
            }
        }
    }

    /// How many conditions are of some kind.
    pub fn count(&self, is_one: &impl Fn(&T) -> bool) -> usize {
        match self {
            Self::Test(condition) => usize::from(is_one(condition)),
            Self::All(parts) | Self::Any(parts) => parts.iter().map(|part| part.count(is_one)).sum(),
        }
    }
}

/// Reads conditions, each with `test`.
pub(super) fn parse<'t, T>(
    cursor: &mut Cursor<'t>,
    test: &mut impl FnMut(&mut Cursor<'t>) -> Result<T, Fault>,
) -> Result<Expression<T>, Fault> {
    joined(cursor, test, 0, Sign::Or)
}

/// What joins conditions, from the loosest to the tightest.
#[derive(Clone, Copy)]
enum Sign {
    Or,
    And,
}

/// Conditions joined by a sign, and inside them those joined by a tighter one.
fn joined<'t, T>(
    cursor: &mut Cursor<'t>,
    test: &mut impl FnMut(&mut Cursor<'t>) -> Result<T, Fault>,
    depth: usize,
    sign: Sign,
) -> Result<Expression<T>, Fault> {
    let mut parts = Vec::new();
    loop {
        parts.push(match sign {
            Sign::Or => joined(cursor, test, depth, Sign::And)?,
            Sign::And => one(cursor, test, depth)?,
        });
        if !follows(cursor, sign)? {
            break;
        }
    }
    Ok(match (parts.len(), sign) {
        (1, _) => parts.remove(0),
        (_, Sign::Or) => Expression::Any(parts),
        (_, Sign::And) => Expression::All(parts),
    })
}

fn one<'t, T>(
    cursor: &mut Cursor<'t>,
    test: &mut impl FnMut(&mut Cursor<'t>) -> Result<T, Fault>,
    depth: usize,
) -> Result<Expression<T>, Fault> {
    cursor.skip_spaces();
    if cursor.peek() != Some('(') {
        return test(cursor).map(Expression::Test);
    }
    if depth == DEEPEST {
        return Err(cursor.fault(format!("no more than {DEEPEST} parentheses inside each other")));
    }
    cursor.eat("(");
    let inside = joined(cursor, test, depth + 1, Sign::Or)?;
    cursor.skip_spaces();
    if cursor.eat(")") { Ok(inside) } else { Err(cursor.fault("`)`, `&&` or `||`")) }
}

fn follows(cursor: &mut Cursor<'_>, sign: Sign) -> Result<bool, Fault> {
    let (double, single) = match sign {
        Sign::Or => ("||", "|"),
        Sign::And => ("&&", "&"),
    };
    cursor.skip_spaces();
    let start = cursor.at();
    if cursor.eat(double) {
        return Ok(true);
    }
    if cursor.eat(single) {
        return Err(cursor.fault_at(start, "`&&` or `||`").with_help(format!("write `{double}`")));
    }
    Ok(false)
}

impl<T: fmt::Display> fmt::Display for Expression<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (parts, sign) = match self {
            Self::Test(condition) => return condition.fmt(f),
            Self::All(parts) => (parts, "&&"),
            Self::Any(parts) => (parts, "||"),
        };
        for (place, part) in parts.iter().enumerate() {
            if place > 0 {
                write!(f, " {sign} ")?;
            }
            match part {
                Self::Test(condition) => condition.fmt(f)?,
                group => write!(f, "({group})")?,
            }
        }
        Ok(())
    }
}
