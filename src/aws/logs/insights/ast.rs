//! A query as it was understood.

use std::sync::Arc;

use super::{aggregate::Aggregate, extract::Extractor, functions::Function, period::Period, value::Value};

/// One command of the pipeline.
#[derive(Clone, Debug)]
pub enum Command {
    Fields(Vec<Column>),
    Display(Vec<Column>),
    Filter(Expr),
    Stats { columns: Vec<Column>, by: Vec<Column> },
    Sort(Vec<SortKey>),
    Limit(usize),
    Parse { field: Expr, extractor: Extractor },
    Dedup(Vec<Expr>),
}

/// An expression and the name it is shown under: its alias, or its own text.
#[derive(Clone, Debug)]
pub struct Column {
    pub name: Arc<str>,
    pub expr: Expr,
}

#[derive(Clone, Debug)]
pub struct SortKey {
    pub expr: Expr,
    pub descending: bool,
}

#[derive(Clone, Debug)]
pub enum Expr {
    Literal(Value),
    Field(Arc<str>),
    Not(Box<Self>),
    Binary {
        operator: Operator,
        left: Box<Self>,
        right: Box<Self>,
    },
    In {
        value: Box<Self>,
        list: Vec<Self>,
    },
    Like {
        value: Box<Self>,
        matcher: Matcher,
    },
    /// `text` is how it is written: after `stats`, a column of that name stands for it.
    Call {
        function: &'static Function,
        arguments: Vec<Self>,
        text: Arc<str>,
    },
    /// `bin(period)`, on the event's own timestamp.
    Bin {
        period: Period,
        text: Arc<str>,
    },
    DateRound {
        moment: Box<Self>,
        period: Period,
        up: bool,
    },
    /// Only inside `stats`.
    Aggregate {
        aggregate: Aggregate,
        argument: Option<Box<Self>>,
        parameter: f64,
    },
}

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
    Remainder,
    Power,
}

/// What stands right of `like`.
#[derive(Clone, Debug)]
pub enum Matcher {
    Text(String),
    Regex(regex_lite::Regex),
}

impl Matcher {
    pub fn matches(&self, text: &str) -> bool {
        match self {
            Self::Text(part) => text.contains(part.as_str()),
            Self::Regex(regex) => regex.is_match(text),
        }
    }
}
