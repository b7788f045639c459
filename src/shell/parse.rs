//! A line of the AWS CLI into a call: `aws ec2 create-tags --resources i-1 --tags Key=Name,Value=a`.
//!
//! Everything it knows of services comes from the operation table it is given. Mistakes are told in the AWS
//! CLI's own words, with the place and, where one is near, what was probably meant. It never reads a file: a
//! `file://` is looked up among the texts it was handed.

use std::{collections::BTreeMap, ops::Range, sync::Arc};

use indexmap::IndexMap;
use serde_json::Value;

use super::{
    arguments, choose,
    error::{ParseError, ParseErrorKind, required},
    help::Topic,
    line,
    output::Output,
    settings::Settings,
};
use crate::aws::{Account, Advice, ApiCall, Operation, Principal, Region, ServiceName, Via};

/// The operations there are.
pub trait Catalogue {
    fn operations(&self, service: ServiceName) -> Vec<&'static Operation>;
}

impl Catalogue for Account {
    fn operations(&self, service: ServiceName) -> Vec<&'static Operation> {
        self.services().get(service).map(crate::aws::Dispatch::operations).unwrap_or_default()
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
        return Err(
            required(end, "command").with_help(Advice::choice("", &choose::names(&context.services())))
        );
    };
    if word.text == "help" {
        return Ok(Line::Help(Topic::Services));
    }
    let service = choose::service(word, context)?;

    rest = settings.take_leading(after, end.clone())?;
    let [word, after @ ..] = rest else {
        return Err(required(end, "operation"));
    };
    if word.text == "help" {
        return Ok(Line::Help(Topic::Service(service)));
    }
    let operation = choose::operation(word, service, context)?;
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
