//! Reads an expression.

use super::{
    expression::{Argument, Expression, Operator},
    function::Function,
    lexer::{Fault, Token, Word, tokens},
};

/// Deeper than any honest expression, and shallow enough for the stack. AWS caps the length, at 2,048 characters.
const DEEPEST: usize = 64;
/// The same for a chain of operators such as `m1+m2+m3`.
const LONGEST_CHAIN: usize = 250;

/// Reads an expression.
///
/// # Errors
/// What is wrong with it, and where.
pub(super) fn parse(text: &str) -> Result<Expression, Fault> {
    let tokens = tokens(text)?;
    let mut reader = Reader { tokens: &tokens, position: 0, depth: 0 };
    let expression = reader.binary(0)?;
    match reader.peek() {
        Word::End => Ok(expression),
        _ => Err(reader.unexpected("an operator or the end")),
    }
}

struct Reader<'a> {
    tokens: &'a [Token],
    position: usize,
    depth: usize,
}

impl Reader<'_> {
    fn peek(&self) -> &Word {
        &self.tokens[self.position].word
    }

    fn at(&self) -> usize {
        self.tokens[self.position].at
    }

    /// Steps over a word; the end stays where it is.
    fn step(&mut self) {
        self.position = (self.position + 1).min(self.tokens.len() - 1);
    }

    fn takes(&mut self, word: &Word) -> bool {
        let is_there = self.peek() == word;
        if is_there {
            self.step();
        }
        is_there
    }

    fn expect(&mut self, word: &Word, shown: &str) -> Result<(), Fault> {
        if self.takes(word) { Ok(()) } else { Err(self.unexpected(shown)) }
    }

    fn unexpected(&self, wanted: &str) -> Fault {
        Fault::new(self.at(), format!("unexpected {}, expected {wanted}", self.peek().shown()))
    }

    /// Operators that bind at least as tightly as `least`; those of one rank from left to right, `^` from right to left.
    fn binary(&mut self, least: u8) -> Result<Expression, Fault> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Fault::new(self.at(), format!("the expression is nested more than {DEEPEST} deep")));
        }
        let mut left = self.unary()?;
        let mut chain = 0;
        while let Word::Operator(operator) = *self.peek() {
            if operator.precedence() < least {
                break;
            }
            let at = self.at();
            chain += 1;
            if chain > LONGEST_CHAIN {
                return Err(Fault::new(
                    at,
                    format!("more than {LONGEST_CHAIN} operators in a row: use SUM([…])"),
                ));
            }
            self.step();
            let tighter =
                if operator == Operator::Power { operator.precedence() } else { operator.precedence() + 1 };
            let right = self.binary(tighter)?;
            left = Expression::Binary { operator, left: Box::new(left), right: Box::new(right), at };
        }
        self.depth -= 1;
        Ok(left)
    }

    fn unary(&mut self) -> Result<Expression, Fault> {
        if self.takes(&Word::Operator(Operator::Subtract)) {
            let operand = self.binary(Operator::Power.precedence())?;
            return Ok(Expression::Minus(Box::new(operand)));
        }
        self.primary()
    }

    fn primary(&mut self) -> Result<Expression, Fault> {
        let at = self.at();
        match self.peek().clone() {
            Word::Number(number) => {
                self.step();
                Ok(Expression::Number(number))
            }
            Word::Open => {
                self.step();
                let inside = self.binary(0)?;
                self.expect(&Word::Close, "')'")?;
                Ok(inside)
            }
            Word::OpenList => {
                self.step();
                self.list()
            }
            Word::Name(name) => {
                self.step();
                if self.takes(&Word::Open) {
                    return self.call(&name, at);
                }
                if name.starts_with(|letter: char| letter.is_ascii_lowercase()) {
                    return Ok(Expression::Id { id: name, at });
                }
                Err(Fault::new(at, format!("'{name}' is no id: ids start with a lower-case letter")))
            }
            _ => Err(self.unexpected("a number, an id, a function, '(' or '['")),
        }
    }

    fn list(&mut self) -> Result<Expression, Fault> {
        let mut items = vec![self.binary(0)?];
        while self.takes(&Word::Comma) {
            items.push(self.binary(0)?);
        }
        self.expect(&Word::CloseList, "',' or ']'")?;
        Ok(Expression::List(items))
    }

    fn call(&mut self, name: &str, at: usize) -> Result<Expression, Fault> {
        let function = Function::find(name).map_err(|what| Fault::new(at, what))?;
        let mut arguments = Vec::new();
        if !self.takes(&Word::Close) {
            arguments.push(self.argument()?);
            while self.takes(&Word::Comma) {
                arguments.push(self.argument()?);
            }
            self.expect(&Word::Close, "',' or ')'")?;
        }
        let (least, most) = function.arguments();
        if !(least..=most).contains(&arguments.len()) {
            let wanted = if least == most { least.to_string() } else { format!("{least} to {most}") };
            let what = format!("{name} takes {wanted} arguments, not {}", arguments.len());
            return Err(Fault::new(at, what));
        }
        Ok(Expression::Call { function, arguments, at })
    }

    /// An expression, a text, or a word in upper case that calls nothing.
    fn argument(&mut self) -> Result<Argument, Fault> {
        match self.peek().clone() {
            Word::Text(text) => {
                self.step();
                Ok(Argument::Text(text))
            }
            Word::Name(name)
                if name.starts_with(|it: char| it.is_ascii_uppercase()) && !self.calls_next() =>
            {
                self.step();
                Ok(Argument::Keyword(name))
            }
            _ => self.binary(0).map(Argument::Value),
        }
    }

    fn calls_next(&self) -> bool {
        self.tokens.get(self.position + 1).is_some_and(|next| next.word == Word::Open)
    }
}

impl Word {
    fn shown(&self) -> String {
        match self {
            Self::Number(number) => format!("'{number}'"),
            Self::Name(name) => format!("'{name}'"),
            Self::Text(text) => format!("'\"{text}\"'"),
            Self::Operator(operator) => {
                let sign = Operator::SIGNS.iter().find(|(_, it)| it == operator).map_or("", |(sign, _)| sign);
                format!("'{sign}'")
            }
            Self::Open => "'('".to_owned(),
            Self::Close => "')'".to_owned(),
            Self::OpenList => "'['".to_owned(),
            Self::CloseList => "']'".to_owned(),
            Self::Comma => "','".to_owned(),
            Self::End => "end".to_owned(),
        }
    }
}
