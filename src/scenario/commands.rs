//! From a line of a scenario to a call, and from an answer to the part of it that is wanted.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    diagnostic::{Diagnostic, Source, Span, codes},
    model::Line,
    names::Names,
    spanned::Spanned,
};
use crate::{
    aws::{Account, ApiCall, Principal, Region, Via, advice::closest},
    engine::Engine,
    shell::{self, Context},
};

/// Who speaks, and what their lines may refer to.
#[derive(Clone, Debug)]
pub struct Speech<'a> {
    pub account: &'a Account,
    pub names: &'a Names,
    pub files: &'a BTreeMap<String, String>,
    pub by: Principal,
    pub via: Via,
    /// Where, unless the line says `--region`.
    pub region: &'a Region,
}

impl Speech<'_> {
    /// The call that a line makes.
    ///
    /// # Errors
    /// What is wrong with it, at its place in the source.
    pub fn call(&self, line: &Spanned<Line>, source: &Source) -> Result<ApiCall, Box<Diagnostic>> {
        let (words, input) = match &line.value {
            Line::Words(words) => (Spanned::new(words.as_str(), line.span), None),
            Line::Call { call, input } => (Spanned::new(call.value.as_str(), call.span), Some(input)),
            Line::Open(_) => {
                return Err(Box::new(Diagnostic::error(
                    codes::COMMAND,
                    line.span,
                    "`open:` ne va que dans la solution d'une tâche",
                    "`open:` belongs only in the solution of a task",
                )));
            }
        };
        let resolved = match input {
            Some(input) => Some(self.resolve(input).map_err(|name| self.unknown_name(&name, line.span))?),
            None => None,
        };
        let text = shell::substitute(words.value, |name| self.names.get(name).map(str::to_owned)).map_err(
            |missing| {
                self.unknown_name(&missing.name, inside(words.span, words.value, &missing.range, source))
            },
        )?;
        let mut context = Context::new(self.account, self.files);
        context.input = resolved.as_ref();
        match shell::parse(&text.text, &context) {
            Ok(command) => Ok(command.call(self.by.clone(), self.via.clone(), self.region)),
            Err(error) => {
                let range = text.original(&error.range);
                let span = inside(words.span, words.value, &range, source);
                let headline = error.headline().to_owned();
                let mut diagnostic = Diagnostic::error(codes::COMMAND, span, headline.clone(), headline);
                if let Some(help) = &error.help {
                    diagnostic = diagnostic.help(help.fr.clone(), help.en.clone());
                }
                Err(Box::new(diagnostic))
            }
        }
    }

    /// Replaces `${…}` in the texts of a parameter map.
    fn resolve(&self, value: &Value) -> Result<Value, String> {
        Ok(match value {
            Value::String(text) if self.whole(text).is_some() => self.whole(text).unwrap_or_default(),
            Value::String(text) => {
                let text = shell::substitute(text, |name| self.names.get(name).map(str::to_owned));
                Value::String(text.map_err(|missing| missing.name)?.text)
            }
            Value::Array(items) => {
                Value::Array(items.iter().map(|item| self.resolve(item)).collect::<Result<_, _>>()?)
            }
            Value::Object(members) => Value::Object(
                members.iter().map(|(key, value)| Ok((key.clone(), self.resolve(value)?))).collect::<Result<
                    _,
                    String,
                >>(
                )?,
            ),
            other => other.clone(),
        })
    }

    /// A list or a map that a step kept, where a text is nothing but its `${name}`.
    fn whole(&self, text: &str) -> Option<Value> {
        let name = text.strip_prefix("${")?.strip_suffix('}')?;
        let kept: Value = serde_json::from_str(self.names.get(name)?).ok()?;
        (kept.is_array() || kept.is_object()).then_some(kept)
    }

    fn unknown_name(&self, name: &str, span: Span) -> Box<Diagnostic> {
        Box::new(
            Diagnostic::error(
                codes::UNKNOWN_NAME,
                span,
                format!("`{name}` n'est ni une ressource du modèle ni une valeur gardée par une étape"),
                format!("`{name}` is neither a resource of the template nor a value kept by a step"),
            )
            .meant(closest(name, self.names.all())),
        )
    }
}

/// Where a part of a text stands in the source, if the text is written there as it reads.
fn inside(span: Span, text: &str, part: &std::ops::Range<usize>, source: &Source) -> Span {
    let written = source.text.get(span.start..span.end).unwrap_or_default();
    let is_part_of_one_line = !text.contains('\n');
    match written.find(text) {
        Some(offset) if is_part_of_one_line => {
            let start = span.start + offset + part.start;
            Span::new(start, (span.start + offset + part.end).max(start))
        }
        _ => span,
    }
}

/// What a reading line answers, asked of a copy so that nothing is disturbed.
///
/// # Errors
/// What is wrong with the line, the call or the expression.
pub fn query(engine: &Engine, names: &Names, line: &str, jmespath: Option<&str>) -> Result<Value, String> {
    let files = BTreeMap::new();
    let text = shell::substitute(line, |name| names.get(name).map(str::to_owned))
        .map_err(|missing| format!("`{}` has no value", missing.name))?;
    let context = Context::new(engine.account(), &files);
    let command = shell::parse(&text.text, &context).map_err(|error| error.headline().to_owned())?;
    let mut copy = engine.clone();
    let call = command.call(Principal::Root, Via::cli("198.51.100.1"), engine.account().home());
    let (_, outcome) = copy.call(call, None);
    let mut answer = outcome.map_err(|error| error.to_string())?;
    for expression in [command.query.as_deref(), jmespath].into_iter().flatten() {
        answer = shell::query::search(expression, &answer)?;
    }
    Ok(answer)
}
