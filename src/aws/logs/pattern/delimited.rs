//! `[ip, user, …, status = 4*, bytes]`: conditions on the words of a line, by their place.
//!
//! Words are parted by blanks; what stands between `"…"` or `[…]` is one word without its marks. `...` stands for any
//! number of words, and names after it count from the end. Without it a line may have more words than there are names.

use std::fmt;

use super::{
    comparison::{self, Comparison},
    cursor::Cursor,
    expression::{self, Expression},
    fault::Fault,
    json::MOST_REGEXES,
    line::Line,
    verdict::{Miss, Verdict, shown},
};

/// A pattern of words by their place.
#[derive(Clone, Debug, PartialEq)]
pub struct Delimited {
    /// Counted from the start of the line.
    leading: Vec<Field>,
    /// Counted from its end, when there is `...` before them.
    trailing: Option<Vec<Field>>,
}

#[derive(Clone, Debug, PartialEq)]
struct Field {
    /// A field without a name takes a place and no more; its value is called by its number.
    name: Option<String>,
    expression: Option<Expression<Condition>>,
}

/// A comparison, with the name of the field before it as the syntax wants.
#[derive(Clone, Debug, PartialEq)]
struct Condition {
    name: String,
    comparison: Comparison,
}

impl Delimited {
    pub fn judge(&self, line: &Line<'_>) -> Verdict {
        let words = words(line.text());
        let trailing = self.trailing.as_deref().unwrap_or_default();
        let needed = self.leading.len() + trailing.len();
        if words.len() < needed {
            let expected = format!("at least {needed} words, not {}", words.len());
            return Verdict::NoMatch(vec![Miss::of_message(expected, line)]);
        }
        let tail = words.len() - trailing.len();
        let places = (0..).zip(&self.leading).chain((tail..).zip(trailing));
        for (place, field) in places.clone() {
            let misses = field.misses(place, words[place]);
            if !misses.is_empty() {
                return Verdict::NoMatch(misses);
            }
        }
        let skipped = if self.trailing.is_some() { self.leading.len()..tail } else { 0..0 };
        let mut named: Vec<(usize, String)> =
            places.map(|(place, field)| (place, field.called(place))).collect();
        named.extend(skipped.map(|place| (place, numbered(place))));
        named.sort_by_key(|(place, _)| *place);
        let extracted = named.into_iter().map(|(place, name)| (name, words[place].to_owned()));
        Verdict::Match(extracted.collect())
    }

    pub fn regexes(&self) -> usize {
        let fields = self.leading.iter().chain(self.trailing.iter().flatten());
        fields
            .filter_map(|field| field.expression.as_ref())
            .map(|tree| tree.count(&Condition::has_regex))
            .sum()
    }

    /// Whether `$name` is one of its fields.
    pub fn names(&self, name: &str) -> bool {
        let mut fields = self.leading.iter().chain(self.trailing.iter().flatten());
        fields.any(|field| field.name.as_deref() == name.strip_prefix('$'))
    }
}

impl Field {
    fn called(&self, place: usize) -> String {
        self.name.as_ref().map_or_else(|| numbered(place), |name| format!("${name}"))
    }

    fn misses(&self, place: usize, word: &str) -> Vec<Miss> {
        let Some(expression) = &self.expression else { return Vec::new() };
        expression.misses(&|Condition { comparison, .. }| {
            if comparison.holds(word) {
                return Ok(());
            }
            Err(Miss {
                field: self.called(place),
                expected: comparison.to_string(),
                actual: Some(shown(word)),
            })
        })
    }
}

impl Condition {
    const fn has_regex(&self) -> bool {
        self.comparison.has_regex()
    }
}

/// What a place without a name is called, counted from 1.
fn numbered(place: usize) -> String {
    format!("${}", place + 1)
}

/// The words of a line.
fn words(line: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = line.trim_start();
    while let Some(first) = rest.chars().next() {
        let closing = match first {
            '"' => Some('"'),
            '[' => Some(']'),
            _ => None,
        };
        let marked = closing.and_then(|closing| rest[1..].split_once(closing));
        let (word, after) = match marked {
            Some((word, after)) if after.is_empty() || after.starts_with(char::is_whitespace) => {
                (word, after)
            }
            _ => rest.split_once(char::is_whitespace).unwrap_or((rest, "")),
        };
        words.push(word);
        rest = after.trim_start();
    }
    words
}

/// Reads `[fields]`.
pub(super) fn parse(cursor: &mut Cursor<'_>) -> Result<Delimited, Fault> {
    let start = cursor.at();
    if !cursor.rest().trim_end().ends_with(']') {
        let fault = cursor.fault_at(start, "a pattern that ends with `]`");
        return Err(fault.saying("If a filter pattern starts with '[' it must end with ']'"));
    }
    cursor.eat("[");
    cursor.skip_spaces();
    if cursor.peek() == Some(']') {
        return Err(cursor.fault("the name of a field or `...`"));
    }
    let mut delimited = Delimited { leading: Vec::new(), trailing: None };
    let mut regexes = 0;
    loop {
        cursor.skip_spaces();
        let start = cursor.at();
        if cursor.eat("...") || cursor.eat("…") {
            if delimited.trailing.replace(Vec::new()).is_some() {
                return Err(cursor.fault_at(start, "only one `...`"));
            }
        } else {
            let field = field(cursor, &mut regexes)?;
            delimited.trailing.as_mut().unwrap_or(&mut delimited.leading).push(field);
        }
        cursor.skip_spaces();
        if cursor.eat("]") {
            return Ok(delimited);
        }
        if !cursor.eat(",") {
            return Err(cursor.fault("`,` and the next field, or `]`"));
        }
    }
}

fn field(cursor: &mut Cursor<'_>, regexes: &mut usize) -> Result<Field, Fault> {
    if matches!(cursor.peek(), Some(',' | ']')) {
        return Ok(Field { name: None, expression: None });
    }
    let before = cursor.clone();
    let name = name(cursor)?;
    cursor.skip_spaces();
    if matches!(cursor.peek(), Some(',' | ']')) {
        return Ok(Field { name: Some(name), expression: None });
    }
    *cursor = before;
    let mut test = |cursor: &mut Cursor<'_>| {
        let start = cursor.at();
        if self::name(cursor)? != name {
            let fault = cursor.fault_at(start, format!("the field's own name, `{name}`"));
            return Err(fault.with_help("conditions on another field go to its own place"));
        }
        cursor.skip_spaces();
        let comparison = comparison::parse(cursor)?;
        *regexes += usize::from(comparison.has_regex());
        if *regexes > MOST_REGEXES {
            return Err(cursor.fault_at(start, format!("no more than {MOST_REGEXES} regular expressions")));
        }
        Ok(Condition { name: name.clone(), comparison })
    };
    let expression = expression::parse(cursor, &mut test)?;
    Ok(Field { name: Some(name), expression: Some(expression) })
}

fn name(cursor: &mut Cursor<'_>) -> Result<String, Fault> {
    let name = cursor.take_while(|c| c.is_alphanumeric() || c == '_' || c == '-');
    if name.is_empty() { Err(cursor.fault("the name of a field")) } else { Ok(name.to_owned()) }
}

impl fmt::Display for Delimited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields: Vec<String> = self.leading.iter().map(Field::to_string).collect();
        if let Some(trailing) = &self.trailing {
            fields.push("...".to_owned());
            fields.extend(trailing.iter().map(Field::to_string));
        }
        write!(f, "[{}]", fields.join(", "))
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.expression, &self.name) {
            (Some(expression), _) => expression.fmt(f),
            (None, name) => f.write_str(name.as_deref().unwrap_or_default()),
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.comparison)
    }
}
