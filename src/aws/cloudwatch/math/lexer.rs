//! An expression cut into words.

use super::expression::Operator;

/// One word, and where it begins: characters from 1 up.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub at: usize,
    pub word: Word,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Word {
    Number(f64),
    /// An id, a function or a keyword.
    Name(String),
    /// What stands between double quotes.
    Text(String),
    Operator(Operator),
    Open,
    Close,
    OpenList,
    CloseList,
    Comma,
    End,
}

/// What is wrong, and where: characters from 1 up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub at: usize,
    pub what: String,
}

impl Fault {
    pub(super) fn new(at: usize, what: impl Into<String>) -> Self {
        Self { at, what: what.into() }
    }
}

pub(super) fn tokens(text: &str) -> Result<Vec<Token>, Fault> {
    let letters: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut position = 0;
    while position < letters.len() {
        if letters[position].is_whitespace() {
            position += 1;
            continue;
        }
        let (word, length) = word(&letters[position..], position + 1)?;
        tokens.push(Token { at: position + 1, word });
        position += length;
    }
    tokens.push(Token { at: letters.len() + 1, word: Word::End });
    Ok(tokens)
}

fn word(rest: &[char], at: usize) -> Result<(Word, usize), Fault> {
    let first = rest[0];
    if first.is_ascii_digit() || (first == '.' && rest.get(1).is_some_and(char::is_ascii_digit)) {
        return number(rest, at);
    }
    if first.is_ascii_alphabetic() || first == '_' {
        let name: String =
            rest.iter().take_while(|letter| letter.is_ascii_alphanumeric() || **letter == '_').collect();
        let length = name.len();
        let word = match name.as_str() {
            "AND" => Word::Operator(Operator::And),
            "OR" => Word::Operator(Operator::Or),
            _ => Word::Name(name),
        };
        return Ok((word, length));
    }
    if first == '"' {
        let inside: String = rest[1..].iter().take_while(|letter| **letter != '"').collect();
        let length = inside.chars().count() + 2;
        if length > rest.len() {
            return Err(Fault::new(at, "the text that begins here has no closing quote"));
        }
        return Ok((Word::Text(inside), length));
    }
    let sign = |word: Word, length: usize| Ok((word, length));
    match first {
        '(' => sign(Word::Open, 1),
        ')' => sign(Word::Close, 1),
        '[' => sign(Word::OpenList, 1),
        ']' => sign(Word::CloseList, 1),
        ',' => sign(Word::Comma, 1),
        _ => operator(rest).map_or_else(
            || Err(Fault::new(at, format!("unexpected character '{first}'"))),
            |(operator, length)| sign(Word::Operator(operator), length),
        ),
    }
}

/// The longest operator that begins here.
fn operator(rest: &[char]) -> Option<(Operator, usize)> {
    let begins =
        |sign: &str| sign.chars().enumerate().all(|(index, letter)| rest.get(index) == Some(&letter));
    Operator::SIGNS.iter().find(|(sign, _)| begins(sign)).map(|(sign, operator)| (*operator, sign.len()))
}

fn number(rest: &[char], at: usize) -> Result<(Word, usize), Fault> {
    let mut length = rest.iter().take_while(|letter| letter.is_ascii_digit() || **letter == '.').count();
    if matches!(rest.get(length), Some('e' | 'E')) {
        let sign = usize::from(matches!(rest.get(length + 1), Some('+' | '-')));
        let digits =
            rest[(length + 1 + sign).min(rest.len())..].iter().take_while(|it| it.is_ascii_digit()).count();
        if digits > 0 {
            length += 1 + sign + digits;
        }
    }
    let text: String = rest[..length].iter().collect();
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok((Word::Number(number), length)),
        _ => Err(Fault::new(at, format!("'{text}' is not a number"))),
    }
}
