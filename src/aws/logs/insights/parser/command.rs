//! The commands, each after its own word.

use std::sync::Arc;

use super::{Aggregates, Parser};
use crate::aws::logs::insights::{
    MOST_ROWS,
    ast::{Column, Command, Expr, SortKey},
    extract::Extractor,
    fault::Fault,
    lexer::Kind,
    words::{self, COMMANDS, NOT_SIMULATED},
};

/// How many `stats` a query may have. Source: user guide, `stats`.
const MOST_STATS: usize = 2;

impl Parser<'_> {
    /// Reads one command; `before` are those that come before it.
    pub(super) fn command(&mut self, before: &[Command]) -> Result<Command, Fault> {
        let wanted = format!("one of the commands {}", COMMANDS.join(", "));
        let Kind::Word(word) = &self.next.kind else { return Err(self.fault(wanted)) };
        let word = word.to_ascii_lowercase();
        if !COMMANDS.contains(&word.as_str()) {
            return Err(self.unknown_command(&word, wanted));
        }
        if matches!(before.last(), Some(Command::Dedup(_))) && word != "limit" {
            return Err(self.fault("`limit`, the only command that may follow dedup"));
        }
        if word == "stats"
            && before.iter().filter(|command| matches!(command, Command::Stats { .. })).count() == MOST_STATS
        {
            return Err(self.fault(format!("no more than {MOST_STATS} stats commands")));
        }
        self.advance()?;
        Ok(match word.as_str() {
            "fields" => Command::Fields(self.list(Self::column)?),
            "display" => Command::Display(self.list(Self::column)?),
            "filter" => Command::Filter(self.expression()?),
            "stats" => self.stats()?,
            "sort" => {
                self.eat_word("by")?;
                Command::Sort(self.list(Self::sort_key)?)
            }
            "limit" => self.limit()?,
            "parse" => self.parse_field()?,
            _ => Command::Dedup(self.list(|parser| parser.field().map(Expr::Field))?),
        })
    }

    fn unknown_command(&self, word: &str, wanted: String) -> Fault {
        let fault = self.fault(wanted);
        if NOT_SIMULATED.contains(&word) {
            return fault.with_help(format!("the command {word} is not simulated by Vigie"));
        }
        match words::command_meant(word) {
            Some(meant) => fault.with_help(format!("did you mean `{meant}`?")),
            None => fault,
        }
    }

    /// An expression, and `as name`.
    fn column(&mut self) -> Result<Column, Fault> {
        let start = self.next.at.start;
        let expr = self.expression()?;
        let name = if self.eat_word("as")? {
            self.field()?
        } else if let Expr::Field(name) = &expr {
            Arc::clone(name)
        } else {
            self.lexer.query[start..self.end].into()
        };
        Ok(Column { name, expr })
    }

    fn stats(&mut self) -> Result<Command, Fault> {
        self.aggregates = Aggregates::Wanted(Vec::new());
        let columns = self.list(|parser| {
            let column = parser.column()?;
            if let Aggregates::Wanted(before) = &mut parser.aggregates {
                before.push(Arc::clone(&column.name));
            }
            Ok(column)
        })?;
        self.aggregates = Aggregates::Columns(Vec::new());
        let by = if self.eat_word("by")? { self.list(Self::column)? } else { Vec::new() };
        let names = by.iter().chain(&columns).map(|column| Arc::clone(&column.name));
        self.aggregates = Aggregates::Columns(names.collect());
        Ok(Command::Stats { columns, by })
    }

    fn sort_key(&mut self) -> Result<SortKey, Fault> {
        let expr = self.expression()?;
        let descending = self.eat_word("desc")?;
        if !descending {
            self.eat_word("asc")?;
        }
        Ok(SortKey { expr, descending })
    }

    /// `limit any n` may stop early; here it takes the first rows like the other.
    fn limit(&mut self) -> Result<Command, Fault> {
        self.eat_word("any")?;
        let wanted = format!("a whole number from 1 to {MOST_ROWS}");
        let Kind::Number(number) = self.next.kind else { return Err(self.fault(wanted)) };
        if number.fract() != 0.0 || number < 1.0 || number > MOST_ROWS as f64 {
            return Err(self.fault(wanted));
        }
        self.advance()?;
        Ok(Command::Limit(number as usize))
    }

    /// `parse field "glob * *" as a, b` or `parse field /(?<a>re)/`; without a field, the message is parsed.
    fn parse_field(&mut self) -> Result<Command, Fault> {
        let is_pattern = matches!(self.next.kind, Kind::Text(_)) || self.is_symbol("/");
        let field = Expr::Field(if is_pattern { "@message".into() } else { self.field()? });
        if self.is_symbol("/") {
            let opening = self.next.at.clone();
            let regex = self.regex()?;
            let extractor = Extractor::of_regex(regex).ok_or_else(|| {
                let fault = self.fault_at(opening, "a regular expression with a named group");
                fault.with_help("write the part to keep as (?<name>…)")
            })?;
            return Ok(Command::Parse { field, extractor });
        }
        let Kind::Text(glob) = &self.next.kind else {
            return Err(self.fault("a text with * for each part to keep, or a /regular expression/"));
        };
        let (glob, at) = (glob.clone(), self.next.at.clone());
        self.advance()?;
        if !self.eat_word("as")? {
            return Err(self.fault("`as` and a name for each *"));
        }
        let names = self.list(Self::field)?;
        let stars = glob.matches('*').count();
        if stars != names.len() {
            let expected = format!("as many * as names: {} names, {stars} *", names.len());
            return Err(self.fault_at(at, expected));
        }
        Ok(Command::Parse { field, extractor: Extractor::of_glob(&glob, names) })
    }

    /// The name of a field.
    pub(super) fn field(&mut self) -> Result<Arc<str>, Fault> {
        let name: Arc<str> = match &self.next.kind {
            Kind::Word(word) if !words::KEYWORDS.iter().any(|keyword| word.eq_ignore_ascii_case(keyword)) => {
                word.as_str().into()
            }
            Kind::Name(name) => name.as_str().into(),
            _ => return Err(self.fault("the name of a field")),
        };
        self.advance()?;
        Ok(name)
    }
}
