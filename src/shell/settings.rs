//! The global options of one line, wherever they stand in it.

use std::ops::Range;

use super::{
    error::{ParseError, ParseErrorKind, unknown},
    globals::{Global, REGIONS, global},
    line::Word,
    output::{self, Output},
    query,
};
use crate::aws::{Advice, Region, advice::closest};

/// The global options of a line.
#[derive(Clone, Debug, Default)]
pub(super) struct Settings {
    pub region: Option<Region>,
    pub output: Output,
    pub query: Option<String>,
    /// The text of `--cli-input-json` or `--cli-input-yaml`, and where it stands.
    pub input: Option<(Global, String, Range<usize>)>,
}

impl Settings {
    /// Takes the global options that stand before a word.
    pub fn take_leading<'w>(
        &mut self,
        mut words: &'w [Word],
        end: Range<usize>,
    ) -> Result<&'w [Word], ParseError> {
        while let Some(word) = words.first()
            && let Some(name) = option_name(word)
        {
            let Some(used) = self.take(name, words, end.clone())? else {
                return Err(unknown(&[word]));
            };
            words = &words[used..];
        }
        Ok(words)
    }

    /// Takes the global option that begins these words, if it is one, and says how many words it used.
    pub fn take(
        &mut self,
        name: &str,
        words: &[Word],
        end: Range<usize>,
    ) -> Result<Option<usize>, ParseError> {
        let Some((takes_word, meaning)) = global(name) else { return Ok(None) };
        let written = &words[0];
        if meaning == Global::Refused {
            let message = format!("Vigie has no --{name}: nothing here reaches outside the sandbox");
            let help = Advice::new("retirez cette option", "leave this option out");
            return Err(
                ParseError::new(ParseErrorKind::Global, written.range.clone(), message).with_help(help)
            );
        }
        if meaning == Global::Paging {
            let message = format!("Vigie has no --{name}: answers come whole, on one page");
            let help = Advice::new(
                "gardez les premiers avec --query, par exemple 'Events[:3]'",
                "keep the first ones with --query, such as 'Events[:3]'",
            );
            return Err(
                ParseError::new(ParseErrorKind::Global, written.range.clone(), message).with_help(help)
            );
        }
        if !takes_word {
            return Ok(Some(1));
        }
        let (value, range, used) = match (written.text.split_once('='), words.get(1)) {
            (Some((_, value)), _) => (value, written.range.clone(), 1),
            (None, Some(next)) if option_name(next).is_none() => (next.text.as_str(), next.range.clone(), 2),
            _ => {
                let message = format!("aws: error: argument --{name}: expected one argument");
                let range = words.get(1).map_or(end, |_| written.range.clone());
                return Err(ParseError::new(ParseErrorKind::Value, range, message));
            }
        };
        self.set(meaning, value, range)?;
        Ok(Some(used))
    }

    fn set(&mut self, meaning: Global, value: &str, range: Range<usize>) -> Result<(), ParseError> {
        match meaning {
            Global::Region => {
                if !REGIONS.contains(&value) {
                    let message = format!(
                        "Could not connect to the endpoint URL: \"https://{value}.amazonaws.com/\"; there is no \
                         such Region"
                    );
                    let help = closest(value, REGIONS.iter().copied()).map(Advice::did_you_mean);
                    return Err(ParseError::new(ParseErrorKind::Global, range, message).with_help(help));
                }
                self.region = Some(Region::new(value));
            }
            Global::Output => {
                self.output = Output::from_name(value).ok_or_else(|| {
                    let message = format!(
                        "aws: error: argument --output: Invalid choice, valid choices are:\n\n{}",
                        output::NAMES.join(" | ")
                    );
                    ParseError::new(ParseErrorKind::Global, range, message)
                        .with_help(Advice::choice(value, output::NAMES))
                })?;
            }
            Global::Query => {
                query::compile(value).map_err(|error| {
                    let message = format!("Bad value for --query {value}: {error}");
                    ParseError::new(ParseErrorKind::Global, range, message)
                })?;
                self.query = Some(value.to_owned());
            }
            Global::InputJson | Global::InputYaml => {
                self.input = Some((meaning, value.to_owned(), range));
            }
            Global::Ignored | Global::Refused | Global::Paging => {}
        }
        Ok(())
    }
}

/// The name of the option a word is, without dashes and without `=value`.
///
/// A negative number is a value, and so is a word with a space in it, as `argparse` has it.
pub(super) fn option_name(word: &Word) -> Option<&str> {
    let name = word.text.strip_prefix('-')?;
    let name = name.strip_prefix('-').unwrap_or(name);
    let name = name.split('=').next().unwrap_or(name);
    let is_value = name.is_empty() || name.contains(char::is_whitespace) || word.text.parse::<f64>().is_ok();
    (!is_value).then_some(name)
}
