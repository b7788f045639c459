//! A line into words, as a POSIX shell would cut it: quotes, backslashes, line continuation, comments.
//!
//! Nothing is expanded: `$` and `*` mean themselves. What only a real shell could do (a pipe, a redirection, a
//! second command) is refused rather than passed on as text, so that an accepted line also works in a terminal.

use std::ops::Range;

use super::error::{ParseError, ParseErrorKind};
use crate::aws::Advice;

/// One word of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// What the command sees: quotes and backslashes are gone.
    pub text: String,
    /// Where it stands in the line, quotes included.
    pub range: Range<usize>,
}

/// Cuts a line into words.
///
/// # Errors
/// A quote that is never closed, or an operator that only a real shell knows.
pub fn words(line: &str) -> Result<Vec<Word>, ParseError> {
    let mut found = Vec::new();
    let mut word: Option<Word> = None;
    let mut rest = line.char_indices().peekable();
    while let Some((at, letter)) = rest.next() {
        match letter {
            _ if letter.is_whitespace() => found.extend(word.take()),
            '#' if word.is_none() => while rest.next_if(|(_, letter)| *letter != '\n').is_some() {},
            '|' | '&' | ';' | '<' | '>' | '`' => return Err(operator(letter, at)),
            '\\' => match rest.next() {
                Some((_, '\n')) => {}
                Some((next, letter)) => extend(&mut word, at, next + letter.len_utf8(), letter),
                None => extend(&mut word, at, line.len(), '\\'),
            },
            '\'' | '"' => {
                let open = word.get_or_insert_with(|| Word { text: String::new(), range: at..at });
                loop {
                    match rest.next() {
                        None => return Err(unclosed(letter, at..line.len())),
                        Some((end, quote)) if quote == letter => {
                            open.range.end = end + 1;
                            break;
                        }
                        Some((_, '\\')) if letter == '"' => match rest.peek() {
                            Some((_, '\n')) => drop(rest.next()),
                            Some((_, escaped @ ('"' | '\\' | '$' | '`'))) => {
                                open.text.push(*escaped);
                                rest.next();
                            }
                            _ => open.text.push('\\'),
                        },
                        Some((_, plain)) => open.text.push(plain),
                    }
                }
            }
            _ => extend(&mut word, at, at + letter.len_utf8(), letter),
        }
    }
    found.extend(word);
    Ok(found)
}

/// A word written so that [`words`] reads it back, with no more quotes than it needs.
pub fn quote(text: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./:=,@%+^".contains(letter);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

fn extend(word: &mut Option<Word>, start: usize, end: usize, letter: char) {
    let word = word.get_or_insert_with(|| Word { text: String::new(), range: start..end });
    word.text.push(letter);
    word.range.end = end;
}

fn unclosed(quote: char, range: Range<usize>) -> ParseError {
    ParseError::new(
        ParseErrorKind::Quoting,
        range,
        format!("unexpected EOF while looking for matching `{quote}'"),
    )
    .with_help(Advice::new(
        format!("fermez le guillemet ouvert ici par un autre {quote}"),
        format!("close the quote opened here with another {quote}"),
    ))
}

fn operator(letter: char, at: usize) -> ParseError {
    ParseError::new(
        ParseErrorKind::Shell,
        at..at + 1,
        format!("`{letter}` belongs to a real shell; here a line is one aws command"),
    )
    .with_help(Advice::new(
        "mettez la valeur entre apostrophes si ce signe en fait partie",
        "put the value between single quotes if the sign is part of it",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(line: &str) -> Vec<String> {
        words(line).expect("a well-formed line").into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn quotes_and_backslashes_are_read_as_a_shell_reads_them() {
        assert_eq!(
            texts(r#"a 'b "c"' "d 'e' \"f\" \n" g\ h '' x'y'"z""#),
            ["a", "b \"c\"", "d 'e' \"f\" \\n", "g h", "", "xyz"]
        );
        assert_eq!(texts("aws ec2 \\\n  describe-instances # now"), ["aws", "ec2", "describe-instances"]);
    }

    #[test]
    fn a_word_knows_where_it_stands_quotes_included() {
        let found = words("é 'a b' c").expect("a well-formed line");

        assert_eq!(found.iter().map(|word| word.range.clone()).collect::<Vec<_>>(), [0..2, 3..8, 9..10]);
    }

    #[test]
    fn a_quote_left_open_is_underlined_to_the_end() {
        let error = words("aws sns publish --message 'hello").expect_err("never closed");

        assert_eq!((error.kind, error.range), (ParseErrorKind::Quoting, 26..32));
    }

    #[test]
    fn a_pipe_is_refused_unless_it_is_quoted() {
        assert_eq!(words("aws sts get-caller-identity | jq .").expect_err("a pipe").range, 28..29);
        assert_eq!(texts("--query 'a | b'"), ["--query", "a | b"]);
    }

    proptest::proptest! {
        #[test]
        fn any_word_survives_quoting(text in ".*") {
            proptest::prop_assert_eq!(texts(&quote(&text)), [text]);
        }

        #[test]
        fn no_line_panics_and_ranges_are_on_letters(line in ".*") {
            if let Ok(found) = words(&line) {
                for word in found {
                    proptest::prop_assert!(line.get(word.range).is_some());
                }
            }
        }
    }
}
