//! The options of one call: which words belong to which option, what they become, whether it all fits.
//!
//! The order of complaints is the AWS CLI's: words that are missing, options that are missing, options nobody
//! knows, values that cannot be read, parameters that do not fit.

use std::ops::Range;

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::{
    customise,
    error::{ParseError, ParseErrorKind},
    globals::Global,
    line::Word,
    options::{CliOption, Meaning, Takes, is_boolean_value, options},
    parse::Context,
    settings::{Settings, option_name},
    shape::Shape,
    values, yaml,
};
use crate::aws::{Advice, Operation, ServiceName};

/// An operation about to be called.
#[derive(Debug)]
pub(super) struct Request<'a> {
    pub line: &'a str,
    pub service: ServiceName,
    pub operation: &'static Operation,
    /// The word that names the operation.
    pub name: &'a Word,
    pub context: &'a Context<'a>,
}

/// What the options say.
#[derive(Debug)]
pub(super) struct Given {
    pub parameters: Value,
    pub outfile: Option<String>,
    pub places: IndexMap<String, Range<usize>>,
}

/// The words an option was given.
#[derive(Debug, Default)]
pub(super) struct Words {
    texts: Vec<String>,
    range: Range<usize>,
}

impl Request<'_> {
    /// Reads the words after the operation's name.
    pub fn read(&self, words: &[Word], settings: &mut Settings) -> Result<Given, ParseError> {
        let schema = Value::from((self.operation.schema)());
        let shape = Shape::of(&schema);
        let known = options(self.service, self.operation, &schema);
        let (given, loose) = self.sort(words, &known, settings)?;

        let mut loose = loose.as_slice();
        let mut outfile = None;
        if customise::takes_outfile(self.service, self.operation.name)
            && let Some(first) = loose.iter().position(|word| option_name(word).is_none())
            && first == 0
        {
            outfile = Some(loose[0].text.clone());
            loose = &loose[1..];
        }
        let base = self.base(settings)?;
        self.check_presence(&known, &given, loose, outfile.is_some(), base.is_some())?;

        let names: Vec<&str> = given.keys().map(|&index| known[index].name.as_str()).collect();
        customise::check(self.service, self.operation.name, &names)
            .map_err(|text| ParseError::new(ParseErrorKind::Value, self.name.range.clone(), text))?;

        let mut parameters = base.unwrap_or_default();
        let mut places = IndexMap::new();
        for (index, option) in known.iter().enumerate() {
            let Some(words) = given.get(&index) else { continue };
            self.apply(option, words, &mut parameters)?;
            let parameter = match option.meaning {
                Meaning::Parameter(name, _) => name,
                Meaning::Custom(custom) => custom.parameter,
            };
            places.entry(parameter.to_owned()).or_insert_with(|| words.range.clone());
        }
        customise::fill_in(self.service, self.operation.name, &mut parameters);
        let parameters = in_model_order(parameters, shape);
        self.check_fit(&parameters, shape, &places)?;
        Ok(Given { parameters, outfile, places })
    }

    /// Gives each word to its option; what belongs to none is loose.
    fn sort<'w>(
        &self,
        words: &'w [Word],
        known: &[CliOption<'_>],
        settings: &mut Settings,
    ) -> Result<(IndexMap<usize, Words>, Vec<&'w Word>), ParseError> {
        let end = self.line.len()..self.line.len();
        let mut given: IndexMap<usize, Words> = IndexMap::new();
        let mut loose = Vec::new();
        let mut at = 0;
        while let Some(word) = words.get(at) {
            let Some(name) = option_name(word) else {
                loose.push(word);
                at += 1;
                continue;
            };
            let Some(index) = self.find(name, word, known)? else {
                if let Some(used) = settings.take(name, &words[at..], end.clone())? {
                    at += used;
                } else {
                    loose.push(word);
                    at += 1;
                }
                continue;
            };
            at += 1;
            let mut taken = Words { texts: Vec::new(), range: word.range.clone() };
            if let Some((_, value)) = word.text.split_once('=') {
                taken.texts.push(value.to_owned());
            } else {
                let most = match known[index].takes {
                    Takes::Flag(_) => 0,
                    Takes::Perhaps | Takes::One => 1,
                    Takes::Many => usize::MAX,
                };
                let values = words[at..].iter().take_while(|word| option_name(word).is_none()).take(most);
                for value in values {
                    if taken.texts.is_empty() {
                        taken.range = value.range.clone();
                    }
                    taken.range.end = value.range.end;
                    taken.texts.push(value.text.clone());
                    at += 1;
                }
            }
            if known[index].takes == Takes::One && taken.texts.is_empty() {
                let message = format!("aws: error: argument --{}: expected one argument", known[index].name);
                return Err(ParseError::new(ParseErrorKind::Value, word.range.clone(), message));
            }
            given.insert(index, taken);
        }
        Ok((given, loose))
    }

    /// The option of that name, or the only one that begins so.
    fn find(&self, name: &str, word: &Word, known: &[CliOption<'_>]) -> Result<Option<usize>, ParseError> {
        if let Some(index) = known.iter().position(|option| option.name == name) {
            return Ok(Some(index));
        }
        if super::globals::global(name).is_some() {
            return Ok(None);
        }
        let mut begun = known.iter().enumerate().filter(|(_, option)| option.name.starts_with(name));
        match (begun.next(), begun.next()) {
            (Some((index, _)), None) => Ok(Some(index)),
            (Some(_), Some(_)) => {
                let matches: Vec<_> = known
                    .iter()
                    .filter(|option| option.name.starts_with(name))
                    .map(|option| format!("--{}", option.name))
                    .collect();
                let message = format!("ambiguous option: --{name} could match {}", matches.join(", "));
                Err(ParseError::new(ParseErrorKind::Unknown, word.range.clone(), message))
            }
            _ => Ok(None),
        }
    }

    /// The parameters that come from `--cli-input-json`, `--cli-input-yaml` or beside the line.
    fn base(&self, settings: &Settings) -> Result<Option<Map<String, Value>>, ParseError> {
        let value = match &settings.input {
            None => match self.context.input {
                None => return Ok(None),
                Some(input) => input.clone(),
            },
            Some((form, text, range)) => {
                let text = self.file(text, range)?.unwrap_or_else(|| text.clone());
                let bad = |name: &str, error: String| {
                    let message = format!("Error parsing parameter '{name}': {error}");
                    ParseError::new(ParseErrorKind::Value, range.clone(), message)
                };
                if *form == Global::InputJson {
                    serde_json::from_str(&text)
                        .map_err(|error| bad("cli-input-json", format!("Invalid JSON received: {error}")))?
                } else {
                    yaml::read(&text)
                        .map_err(|error| bad("cli-input-yaml", format!("Invalid YAML received: {error}")))?
                }
            }
        };
        if let Value::Object(members) = value {
            return Ok(Some(members));
        }
        let range = settings.input.as_ref().map_or(self.name.range.clone(), |(.., range)| range.clone());
        let message = "Error parsing parameter 'cli-input': Invalid type: expecting a mapping of parameters";
        Err(ParseError::new(ParseErrorKind::Value, range, message))
    }

    /// The text of the file a value names, if it names one.
    fn file(&self, text: &str, range: &Range<usize>) -> Result<Option<String>, ParseError> {
        let Some(path) = text.strip_prefix("file://").or_else(|| text.strip_prefix("fileb://")) else {
            return Ok(None);
        };
        if let Some(content) = self.context.files.get(path) {
            return Ok(Some(content.clone()));
        }
        let message = format!("Unable to load paramfile {text}: only files the scenario carries can be read");
        let files: Vec<_> = self.context.files.keys().map(String::as_str).collect();
        let help = if files.is_empty() {
            Advice::new(
                "ajoutez le texte sous `files:` dans le scénario, ou écrivez-le dans la ligne",
                "add the text under `files:` in the scenario, or write it in the line",
            )
        } else {
            Advice::choice(path, &files)
        };
        Err(ParseError::new(ParseErrorKind::File, range.clone(), message).with_help(help))
    }

    fn apply(
        &self,
        option: &CliOption<'_>,
        words: &Words,
        parameters: &mut Map<String, Value>,
    ) -> Result<(), ParseError> {
        let mut texts = words.texts.clone();
        if let [only] = texts.as_mut_slice()
            && let Some(content) = self.file(only, &words.range)?
        {
            *only = content;
        }
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let name = format!("--{}", option.name);
        let outcome = match (option.meaning, option.takes) {
            (Meaning::Parameter(parameter, shape), Takes::Flag(value)) => {
                let value = if is_boolean_value(shape) { json!({"Value": value}) } else { value.into() };
                parameters.insert(parameter.to_owned(), value);
                Ok(())
            }
            (Meaning::Parameter(parameter, _), Takes::Perhaps) if texts.is_empty() => {
                parameters.insert(parameter.to_owned(), json!({"Value": true}));
                Ok(())
            }
            (Meaning::Parameter(parameter, shape), takes) => {
                let value = match takes {
                    Takes::Many => values::many(&name, shape, &texts),
                    _ => values::one(&name, shape, texts.first().copied().unwrap_or_default()),
                };
                value.map(|value| drop(parameters.insert(parameter.to_owned(), value)))
            }
            (Meaning::Custom(custom), _) => {
                (custom.apply)(parameters, texts.first().copied().unwrap_or_default())
            }
        };
        outcome.map_err(|text| ParseError::new(ParseErrorKind::Value, words.range.clone(), text))
    }
}

/// The parameters in the order of the service model, as the AWS CLI sends them; unknown ones last.
fn in_model_order(mut parameters: Map<String, Value>, shape: Shape<'_>) -> Value {
    let mut ordered = Map::new();
    for (name, _) in shape.members() {
        if let Some(value) = parameters.shift_remove(name) {
            ordered.insert(name.to_owned(), value);
        }
    }
    ordered.extend(parameters);
    Value::Object(ordered)
}
