//! Tokens -> commands.

mod command;
mod expression;

use std::{ops::Range, sync::Arc};

use super::{
    ast::Command,
    fault::Fault,
    lexer::{Kind, Lexer, Token},
};

/// Reads a whole query.
pub(super) fn parse(query: &str) -> Result<Vec<Command>, Fault> {
    let mut parser = Parser::new(query)?;
    let mut commands = Vec::new();
    loop {
        commands.push(parser.command(&commands)?);
        if parser.next.kind == Kind::End {
            return Ok(commands);
        }
        parser.expect("|", "`|` and the next command")?;
    }
}

/// One token ahead in a query.
struct Parser<'q> {
    lexer: Lexer<'q>,
    next: Token,
    /// The end of the token before `next`.
    end: usize,
    /// How many expressions the next token is inside, and how many operators the outermost has so far.
    depth: usize,
    operators: usize,
    /// What aggregate functions mean here.
    aggregates: Aggregates,
}

/// Where the parser stands with aggregate functions.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Aggregates {
    /// No `stats` yet, or none of these columns: an aggregate is an error.
    Columns(Vec<Arc<str>>),
    /// Inside `stats`: a field must be inside an aggregate, or be one of these columns before it.
    Wanted(Vec<Arc<str>>),
    /// Inside the argument of an aggregate.
    Argument,
}

impl<'q> Parser<'q> {
    fn new(query: &'q str) -> Result<Self, Fault> {
        let mut lexer = Lexer::new(query);
        let next = lexer.token()?;
        Ok(Self { lexer, next, end: 0, depth: 0, operators: 0, aggregates: Aggregates::Columns(Vec::new()) })
    }

    /// Takes the next token and reads the one after it.
    fn advance(&mut self) -> Result<Token, Fault> {
        let after = self.lexer.token()?;
        let token = std::mem::replace(&mut self.next, after);
        self.end = token.at.end;
        Ok(token)
    }

    fn is_symbol(&self, symbol: &str) -> bool {
        matches!(self.next.kind, Kind::Symbol(next) if next == symbol)
    }

    fn eat(&mut self, symbol: &str) -> Result<bool, Fault> {
        let comes_next = self.is_symbol(symbol);
        if comes_next {
            self.advance()?;
        }
        Ok(comes_next)
    }

    fn expect(&mut self, symbol: &str, expected: &str) -> Result<(), Fault> {
        if self.eat(symbol)? { Ok(()) } else { Err(self.fault(expected)) }
    }

    /// Keywords are written in any case.
    fn is_word(&self, word: &str) -> bool {
        matches!(&self.next.kind, Kind::Word(next) if next.eq_ignore_ascii_case(word))
    }

    fn eat_word(&mut self, word: &str) -> Result<bool, Fault> {
        let comes_next = self.is_word(word);
        if comes_next {
            self.advance()?;
        }
        Ok(comes_next)
    }

    /// Reads things parted by commas.
    fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> Result<T, Fault>) -> Result<Vec<T>, Fault> {
        let mut items = vec![item(self)?];
        while self.eat(",")? {
            items.push(item(self)?);
        }
        Ok(items)
    }

    /// What is wrong with the next token.
    fn fault(&self, expected: impl Into<String>) -> Fault {
        self.fault_at(self.next.at.clone(), expected)
    }

    fn fault_at(&self, at: Range<usize>, expected: impl Into<String>) -> Fault {
        Fault::new(self.lexer.query, at, expected)
    }

    /// The regular expression that the next token, a `/`, opens.
    fn regex(&mut self) -> Result<regex_lite::Regex, Fault> {
        /// The memory a compiled expression may take, in bytes. Teaching default.
        const BUDGET: usize = 256 * 1024;
        let opening = self.next.at.clone();
        let text = self.lexer.regex(&opening)?;
        let at = opening.start..opening.end + text.len();
        let built = regex_lite::RegexBuilder::new(&text).size_limit(BUDGET).build();
        let regex = built.map_err(|error| {
            self.fault_at(opening.start..at.end.min(self.lexer.query.len()), "a regular expression")
                .with_help(error.to_string())
        })?;
        self.next = self.lexer.token()?;
        Ok(regex)
    }
}
