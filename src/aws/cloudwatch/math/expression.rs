//! What an expression is once it has been read.

use super::function::Function;

/// A part of an expression; positions are characters from 1 up, for errors.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    Number(f64),
    /// A metric or another expression, by its id.
    Id {
        id: String,
        at: usize,
    },
    Call {
        function: Function,
        arguments: Vec<Argument>,
        at: usize,
    },
    List(Vec<Self>),
    Minus(Box<Self>),
    Binary {
        operator: Operator,
        left: Box<Self>,
        right: Box<Self>,
        at: usize,
    },
}

/// What stands between the parentheses of a function: an expression, or one of its own words.
#[derive(Clone, Debug, PartialEq)]
pub enum Argument {
    Value(Expression),
    /// `REPEAT`, `DESC`, `AVG`.
    Keyword(String),
    /// `"errors"`.
    Text(String),
}

/// Something between two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
}

impl Operator {
    /// Longer signs first, so that `<=` is not read as `<`.
    pub(super) const SIGNS: [(&'static str, Self); 13] = [
        ("&&", Self::And),
        ("||", Self::Or),
        ("==", Self::Equal),
        ("!=", Self::NotEqual),
        ("<=", Self::LessOrEqual),
        (">=", Self::GreaterOrEqual),
        ("<", Self::Less),
        (">", Self::Greater),
        ("+", Self::Add),
        ("-", Self::Subtract),
        ("*", Self::Multiply),
        ("/", Self::Divide),
        ("^", Self::Power),
    ];

    /// How tightly it binds. The guide gives no order; this is the usual one.
    pub(super) const fn precedence(self) -> u8 {
        match self {
            Self::Or => 1,
            Self::And => 2,
            Self::Equal | Self::NotEqual => 3,
            Self::Less | Self::LessOrEqual | Self::Greater | Self::GreaterOrEqual => 4,
            Self::Add | Self::Subtract => 5,
            Self::Multiply | Self::Divide => 6,
            Self::Power => 7,
        }
    }

    pub(super) const fn is_logical(self) -> bool {
        matches!(self, Self::And | Self::Or)
    }

    pub(super) const fn is_comparison(self) -> bool {
        matches!(self.precedence(), 3 | 4)
    }
}

impl Expression {
    /// The ids it names, in the order it names them.
    pub fn ids(&self) -> Vec<(&str, usize)> {
        let mut found = Vec::new();
        self.gather(&mut found);
        found
    }

    fn gather<'a>(&'a self, found: &mut Vec<(&'a str, usize)>) {
        match self {
            Self::Number(_) => {}
            Self::Id { id, at } => found.push((id, *at)),
            Self::Call { arguments, .. } => {
                for argument in arguments {
                    if let Argument::Value(value) = argument {
                        value.gather(found);
                    }
                }
            }
            Self::List(items) => items.iter().for_each(|item| item.gather(found)),
            Self::Minus(operand) => operand.gather(found),
            Self::Binary { left, right, .. } => {
                left.gather(found);
                right.gather(found);
            }
        }
    }

    /// Whether it is an anomaly detection band and nothing around it.
    pub fn is_band(&self) -> bool {
        matches!(self, Self::Call { function: Function::AnomalyDetectionBand, .. })
    }

    /// Whether it calls that function anywhere.
    pub fn calls(&self, wanted: Function) -> bool {
        match self {
            Self::Number(_) | Self::Id { .. } => false,
            Self::Call { function, arguments, .. } => {
                *function == wanted
                    || arguments
                        .iter()
                        .any(|argument| matches!(argument, Argument::Value(it) if it.calls(wanted)))
            }
            Self::List(items) => items.iter().any(|item| item.calls(wanted)),
            Self::Minus(operand) => operand.calls(wanted),
            Self::Binary { left, right, .. } => left.calls(wanted) || right.calls(wanted),
        }
    }
}
