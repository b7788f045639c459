//! Expressions: `or` binds loosest, then `and`, `not`, comparisons, `+ -`, `* / %`, `^`.

use std::sync::Arc;

use super::{Aggregates, Parser};
use crate::aws::{
    advice::closest,
    logs::insights::{
        aggregate::{self, Aggregate},
        ast::{Expr, Matcher, Operator},
        fault::Fault,
        functions,
        lexer::Kind,
        period::Period,
        value::Value,
    },
};

/// How deep expressions may nest: keeps reading and evaluating within a small stack. Teaching default.
const DEEPEST: usize = 32;
/// How many operators an expression may have, for the same reason. Teaching default.
const MOST_OPERATORS: usize = 500;

/// Functions that take a period, which no value stands for.
const PERIOD_FUNCTIONS: [&str; 3] = ["bin", "datefloor", "dateceil"];

const COMPARISONS: &[(&str, Operator)] = &[
    ("=", Operator::Equal),
    ("!=", Operator::NotEqual),
    ("<=", Operator::LessOrEqual),
    (">=", Operator::GreaterOrEqual),
    ("<", Operator::Less),
    (">", Operator::Greater),
];
const SUMS: &[(&str, Operator)] = &[("+", Operator::Add), ("-", Operator::Subtract)];
const PRODUCTS: &[(&str, Operator)] =
    &[("*", Operator::Multiply), ("/", Operator::Divide), ("%", Operator::Remainder)];

impl Parser<'_> {
    pub(super) fn expression(&mut self) -> Result<Expr, Fault> {
        if self.depth == DEEPEST {
            return Err(self.fault(format!("no more than {DEEPEST} expressions inside each other")));
        }
        if self.depth == 0 {
            self.operators = 0;
        }
        self.depth += 1;
        let mut left = self.conjunction()?;
        while self.eat_word("or")? {
            self.count_operator()?;
            left = binary(Operator::Or, left, self.conjunction()?);
        }
        self.depth -= 1;
        Ok(left)
    }

    fn conjunction(&mut self) -> Result<Expr, Fault> {
        let mut left = self.negation()?;
        while self.eat_word("and")? {
            self.count_operator()?;
            left = binary(Operator::And, left, self.negation()?);
        }
        Ok(left)
    }

    fn count_operator(&mut self) -> Result<(), Fault> {
        self.operators += 1;
        if self.operators > MOST_OPERATORS {
            return Err(self.fault(format!("no more than {MOST_OPERATORS} operators in an expression")));
        }
        Ok(())
    }

    fn negation(&mut self) -> Result<Expr, Fault> {
        let mut is_negated = false;
        while self.eat_word("not")? {
            self.count_operator()?;
            is_negated = !is_negated;
        }
        let inside = self.comparison()?;
        Ok(if is_negated { Expr::Not(Box::new(inside)) } else { inside })
    }

    fn comparison(&mut self) -> Result<Expr, Fault> {
        let left = self.chain(SUMS, Self::product)?;
        if let Some(operator) = self.operator(COMPARISONS)? {
            if self.is_symbol("=") {
                return Err(self.fault("a value").with_help("write a single ="));
            }
            return Ok(binary(operator, left, self.chain(SUMS, Self::product)?));
        }
        let negated = self.eat_word("not")?;
        let test = if self.eat("=~")? || self.eat_word("like")? {
            Expr::Like { value: Box::new(left), matcher: self.matcher()? }
        } else if self.eat_word("in")? {
            self.expect("[", "`[` and the values")?;
            let list = self.list(|parser| parser.chain(SUMS, Self::product))?;
            self.expect("]", "`,` and the next value, or `]`")?;
            Expr::In { value: Box::new(left), list }
        } else if negated {
            return Err(self.fault("`like` or `in` after `not`"));
        } else {
            return Ok(left);
        };
        Ok(if negated { Expr::Not(Box::new(test)) } else { test })
    }

    fn matcher(&mut self) -> Result<Matcher, Fault> {
        if self.is_symbol("/") {
            return self.regex().map(Matcher::Regex);
        }
        let Kind::Text(text) = &self.next.kind else {
            return Err(self.fault("\"a part of the text\" or /a regular expression/"));
        };
        let text = text.clone();
        self.advance()?;
        Ok(Matcher::Text(text))
    }

    fn operator(&mut self, among: &[(&str, Operator)]) -> Result<Option<Operator>, Fault> {
        let Some((_, operator)) = among.iter().find(|(symbol, _)| self.is_symbol(symbol)) else {
            return Ok(None);
        };
        self.advance()?;
        Ok(Some(*operator))
    }

    /// Operands joined by operators of one level, from left to right.
    fn chain(
        &mut self,
        operators: &[(&str, Operator)],
        operand: impl Fn(&mut Self) -> Result<Expr, Fault>,
    ) -> Result<Expr, Fault> {
        let mut left = operand(self)?;
        while let Some(operator) = self.operator(operators)? {
            self.count_operator()?;
            left = binary(operator, left, operand(self)?);
        }
        Ok(left)
    }

    fn product(&mut self) -> Result<Expr, Fault> {
        self.chain(PRODUCTS, |parser| parser.chain(&[("^", Operator::Power)], Self::signed))
    }

    fn signed(&mut self) -> Result<Expr, Fault> {
        let mut is_negative = false;
        while self.eat("-")? {
            self.count_operator()?;
            is_negative = !is_negative;
        }
        let value = self.primary()?;
        Ok(match (is_negative, value) {
            (true, Expr::Literal(Value::Number(number))) => Expr::Literal(Value::Number(-number)),
            (true, value) => binary(Operator::Subtract, Expr::Literal(Value::Number(0.0)), value),
            (false, value) => value,
        })
    }

    fn primary(&mut self) -> Result<Expr, Fault> {
        let literal = match &self.next.kind {
            Kind::Text(text) => Value::of_text(text.as_str()),
            Kind::Number(number) => Value::of_number(*number),
            Kind::Symbol("(") => {
                self.advance()?;
                let inside = self.expression()?;
                self.expect(")", "`)`")?;
                return Ok(inside);
            }
            Kind::Word(_) | Kind::Name(_) => return self.field_or_call(),
            Kind::Period(_) => {
                let names = PERIOD_FUNCTIONS.join(", ");
                return Err(self.fault(format!("a field, a text or a number: periods go into {names}")));
            }
            Kind::Symbol(_) | Kind::End => return Err(self.fault("a field, a text, a number or a function")),
        };
        self.advance()?;
        Ok(Expr::Literal(literal))
    }

    fn field_or_call(&mut self) -> Result<Expr, Fault> {
        let at = self.next.at.clone();
        let is_bare = matches!(self.next.kind, Kind::Word(_));
        let name = self.field()?;
        if is_bare && self.is_symbol("(") {
            return self.call(&name, at.start);
        }
        if let Aggregates::Wanted(before) = &self.aggregates
            && !before.contains(&name)
        {
            let fault = self.fault_at(at, "an aggregate function such as count(*) or avg(field)");
            return Err(fault.with_help(format!("to group by {name}, write it after `by`")));
        }
        Ok(Expr::Field(name))
    }

    fn call(&mut self, name: &str, start: usize) -> Result<Expr, Fault> {
        let at = start..start + name.len();
        self.advance()?;
        let lowered = name.to_ascii_lowercase();
        if let Some(aggregate) = Aggregate::named(&lowered) {
            return self.aggregate(aggregate, name, start);
        }
        if PERIOD_FUNCTIONS.contains(&lowered.as_str()) {
            return self.period_function(&lowered, start);
        }
        let Some(function) = functions::named(&lowered) else {
            return Err(self.unknown_function(name, at));
        };
        let arguments = if self.is_symbol(")") { Vec::new() } else { self.list(Self::expression)? };
        if !function.takes.contains(&arguments.len()) {
            return Err(self.fault_at(at, format!("{} to take {}", function.name, function.arity())));
        }
        self.expect(")", "`,` and the next argument, or `)`")?;
        Ok(Expr::Call { function, arguments, text: self.text_since(start) })
    }

    fn unknown_function(&self, name: &str, at: std::ops::Range<usize>) -> Fault {
        let known = functions::names().chain(aggregate::names()).chain(PERIOD_FUNCTIONS);
        let fault = self.fault_at(at, "the name of a function");
        match closest(name, known) {
            Some(meant) => fault.with_help(format!("did you mean `{meant}`?")),
            None => fault.with_help(format!("Vigie knows no function {name}")),
        }
    }

    fn period_function(&mut self, name: &str, start: usize) -> Result<Expr, Fault> {
        if name == "bin" {
            let period = self.period()?;
            self.expect(")", "`)`")?;
            return Ok(Expr::Bin { period, text: self.text_since(start) });
        }
        let moment = Box::new(self.expression()?);
        self.expect(",", "`,` and a period")?;
        let period = self.period()?;
        self.expect(")", "`)`")?;
        Ok(Expr::DateRound { moment, period, up: name == "dateceil" })
    }

    fn period(&mut self) -> Result<Period, Fault> {
        let Kind::Period(period) = self.next.kind else {
            return Err(self.fault("a period such as 5m or 1h"));
        };
        self.advance()?;
        Ok(period)
    }

    /// An aggregate inside `stats`; after it, the column that has its text.
    fn aggregate(&mut self, aggregate: Aggregate, name: &str, start: usize) -> Result<Expr, Fault> {
        let at = start..start + name.len();
        if self.aggregates == Aggregates::Argument {
            return Err(self.fault_at(at, "a field: aggregate functions do not go inside each other"));
        }
        let around = std::mem::replace(&mut self.aggregates, Aggregates::Argument);
        let (argument, parameter) = self.aggregate_arguments(aggregate)?;
        self.aggregates = around;
        self.expect(")", "`)`")?;
        let text = self.text_since(start);
        match &self.aggregates {
            Aggregates::Columns(columns) if columns.iter().any(|column| **column == *text) => {
                Ok(Expr::Field(text))
            }
            Aggregates::Columns(_) => {
                let fault = self.fault_at(at, format!("{name} inside a stats command"));
                Err(fault.with_help("name it in stats with `as`, and use that name here"))
            }
            _ => Ok(Expr::Aggregate { aggregate, argument, parameter }),
        }
    }

    fn aggregate_arguments(&mut self, aggregate: Aggregate) -> Result<(Option<Box<Expr>>, f64), Fault> {
        if aggregate == Aggregate::Count && (self.is_symbol(")") || self.eat("*")?) {
            return Ok((None, 0.0));
        }
        let argument = Some(Box::new(self.expression()?));
        if aggregate != Aggregate::Percentile {
            return Ok((argument, 0.0));
        }
        self.expect(",", "`,` and a percentage")?;
        match self.next.kind {
            Kind::Number(percent) if (0.0..=100.0).contains(&percent) => {
                self.advance()?;
                Ok((argument, percent))
            }
            _ => Err(self.fault("a percentage from 0 to 100")),
        }
    }

    fn text_since(&self, start: usize) -> Arc<str> {
        self.lexer.query[start..self.end].into()
    }
}

fn binary(operator: Operator, left: Expr, right: Expr) -> Expr {
    Expr::Binary { operator, left: Box::new(left), right: Box::new(right) }
}
