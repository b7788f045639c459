//! A line of the AWS CLI into a call: `aws ec2 create-tags --resources i-1 --tags Key=Name,Value=a`.
//!
//! Everything it knows of services comes from the operation table it is given. Mistakes are told in the AWS
//! CLI's own words, with the place and, where one is near, what was probably meant. It never reads a file: a
//! `file://` is looked up among the texts it was handed.

use std::{collections::BTreeMap, ops::Range, sync::Arc};

use indexmap::IndexMap;
use serde_json::Value;

use super::{
    arguments,
    error::{ParseError, ParseErrorKind},
    globals::{Global, REGIONS, global},
    help::Topic,
    line::{self, Word},
    names::kebab,
    output::{self, Output},
    query,
};
use crate::aws::{Account, Advice, ApiCall, Operation, Principal, Region, ServiceName, Via, advice::closest};

/// The operations there are.
pub trait Catalogue {
    fn operations(&self, service: ServiceName) -> Vec<&'static Operation>;
}

impl Catalogue for Account {
    fn operations(&self, service: ServiceName) -> Vec<&'static Operation> {
        self.services().get(service).map(crate::aws::Service::operations).unwrap_or_default()
    }
}

impl<F: Fn(ServiceName) -> Vec<&'static Operation>> Catalogue for F {
    fn operations(&self, service: ServiceName) -> Vec<&'static Operation> {
        self(service)
    }
}

/// What a line is read against.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    pub catalogue: &'a dyn Catalogue,
    /// What `file://` and `fileb://` may name, and what each holds.
    pub files: &'a BTreeMap<String, String>,
    /// Parameters given beside the line, as `--cli-input-yaml` would; options win over them.
    pub input: Option<&'a Value>,
}

impl<'a> Context<'a> {
    pub fn new(catalogue: &'a dyn Catalogue, files: &'a BTreeMap<String, String>) -> Self {
        Self { catalogue, files, input: None }
    }

    /// The services that have operations.
    pub fn services(&self) -> Vec<ServiceName> {
        let has_operations = |service: &ServiceName| !self.catalogue.operations(*service).is_empty();
        ServiceName::ALL.iter().copied().filter(has_operations).collect()
    }
}

impl std::fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Context").field("files", &self.files.keys()).finish_non_exhaustive()
    }
}

/// A line that can be called.
#[derive(Clone, Debug)]
pub struct Command {
    pub service: ServiceName,
    pub operation: &'static Operation,
    /// In the order of the service model, as the AWS CLI sends them.
    pub parameters: Value,
    /// The region the line names, if it does.
    pub region: Option<Region>,
    pub output: Output,
    /// A JMESPath expression known to be well-formed.
    pub query: Option<String>,
    /// Where `lambda invoke` writes the function's answer.
    pub outfile: Option<String>,
    /// Where each parameter's value stands in the line.
    pub places: IndexMap<String, Range<usize>>,
}

impl Command {
    /// The call it is, made by somebody.
    pub fn call(&self, by: Principal, via: Via, home: &Region) -> ApiCall {
        ApiCall {
            by,
            via,
            region: self.region.clone().unwrap_or_else(|| home.clone()),
            service: self.service,
            operation: Arc::from(self.operation.name),
            parameters: self.parameters.clone(),
        }
    }
}

/// What somebody typed.
#[derive(Clone, Debug)]
pub enum Line {
    Call(Box<Command>),
    /// `aws help`, `aws ec2 help`, `aws ec2 create-tags help`.
    Help(Topic),
}

/// Reads a line that must be a call.
///
/// # Errors
/// What is wrong with it, where, in the AWS CLI's words.
pub fn parse(line: &str, context: &Context<'_>) -> Result<Command, ParseError> {
    match read(line, context)? {
        Line::Call(command) => Ok(*command),
        Line::Help(_) => {
            let start = line.rfind("help").unwrap_or_default();
            let range = start..line.len().min(start + 4);
            Err(ParseError::new(ParseErrorKind::Operation, range, "`help` calls no operation"))
        }
    }
}

/// Reads a line: a call, or a request for help.
///
/// # Errors
/// What is wrong with it, where, in the AWS CLI's words.
pub fn read(line: &str, context: &Context<'_>) -> Result<Line, ParseError> {
    let words = line::words(line)?;
    let mut rest = words.as_slice();
    if let [first, after @ ..] = rest
        && first.text == "aws"
    {
        rest = after;
    }
    let mut settings = Settings::default();
    let end = line.len()..line.len();

    rest = settings.take_leading(rest, end.clone())?;
    let [word, after @ ..] = rest else {
        return Err(required(end, "command").with_help(Advice::choice("", &names(&context.services()))));
    };
    if word.text == "help" {
        return Ok(Line::Help(Topic::Services));
    }
    let service = service(word, context)?;

    rest = settings.take_leading(after, end.clone())?;
    let [word, after @ ..] = rest else {
        return Err(required(end, "operation"));
    };
    if word.text == "help" {
        return Ok(Line::Help(Topic::Service(service)));
    }
    let operation = operation(word, service, context)?;
    if after.first().is_some_and(|word| word.text == "help") {
        return Ok(Line::Help(Topic::Operation(service, operation)));
    }
    let request = arguments::Request { line, service, operation, name: word, context };
    let given = request.read(after, &mut settings)?;
    Ok(Line::Call(Box::new(Command {
        service,
        operation,
        parameters: given.parameters,
        region: settings.region,
        output: settings.output,
        query: settings.query,
        outfile: given.outfile,
        places: given.places,
    })))
}

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
    fn take_leading<'w>(
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
            Global::Ignored | Global::Refused => {}
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

pub(super) fn required(range: Range<usize>, names: &str) -> ParseError {
    let message = format!("aws: error: the following arguments are required: {names}");
    ParseError::new(ParseErrorKind::Missing, range, message)
}

pub(super) fn unknown(words: &[&Word]) -> ParseError {
    let list: Vec<_> = words.iter().map(|word| word.text.as_str()).collect();
    let range = words.first().map_or(0..0, |word| word.range.clone());
    ParseError::new(ParseErrorKind::Unknown, range, format!("Unknown options: {}", list.join(", ")))
}

fn names(services: &[ServiceName]) -> Vec<&'static str> {
    services.iter().map(|service| service.cli()).collect()
}

fn service(word: &Word, context: &Context<'_>) -> Result<ServiceName, ParseError> {
    let services = context.services();
    if let Some(service) = ServiceName::from_cli(&word.text).filter(|service| services.contains(service)) {
        return Ok(service);
    }
    let other_name = match word.text.as_str() {
        "s3" => Some("s3api"),
        "ses" => Some("sesv2"),
        "config" => Some("configservice"),
        "eventbridge" => Some("events"),
        "monitoring" => Some("cloudwatch"),
        _ => None,
    };
    let names = names(&services);
    let help = other_name
        .filter(|name| names.contains(name))
        .map_or_else(|| Advice::choice(&word.text, &names), Advice::did_you_mean);
    Err(invalid_choice("command", word, &names, help))
}

fn operation(
    word: &Word,
    service: ServiceName,
    context: &Context<'_>,
) -> Result<&'static Operation, ParseError> {
    let operations = context.catalogue.operations(service);
    if let Some(operation) = operations.iter().find(|operation| kebab(operation.name) == word.text) {
        return Ok(operation);
    }
    let names: Vec<String> = operations.iter().map(|operation| kebab(operation.name)).collect();
    let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
    names.sort_unstable();
    let help = Advice::choice(&word.text, &names);
    Err(invalid_choice("operation", word, &names, help))
}

/// The CLI's text for a word that is none of its choices: two columns, then what was maybe meant.
fn invalid_choice(what: &str, word: &Word, choices: &[&str], help: Advice) -> ParseError {
    use std::fmt::Write as _;
    let mut message = format!("aws: error: argument {what}: Invalid choice, valid choices are:\n\n");
    for pair in choices.chunks(2) {
        let cells: Vec<_> = pair.iter().map(|choice| format!("{choice:<40}")).collect();
        let _ = writeln!(message, "{}", cells.join(" | ").trim_end());
    }
    if let Some(near) = closest(&word.text, choices.iter().copied()) {
        let _ = write!(message, "\nInvalid choice: '{}', maybe you meant:\n\n  * {near}", word.text);
    }
    let kind = if what == "command" { ParseErrorKind::Service } else { ParseErrorKind::Operation };
    ParseError::new(kind, word.range.clone(), message.trim_end()).with_help(help)
}
