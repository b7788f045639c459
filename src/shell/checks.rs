//! What the AWS CLI complains of before it sends anything: what is missing, what nobody knows, what does not fit.

use std::ops::Range;

use indexmap::IndexMap;
use serde_json::Value;

use super::{
    arguments::{Request, Words},
    customise,
    error::{ParseError, ParseErrorKind, required, unknown},
    globals::offered,
    line::Word,
    names::kebab,
    options::{CliOption, Meaning, Takes},
    settings::option_name,
    shape::Shape,
    validate,
};
use crate::aws::{Advice, advice::closest, model_index};

impl Request<'_> {
    /// Whether what must be there is there, and nothing else.
    pub(super) fn check_presence(
        &self,
        known: &[CliOption<'_>],
        given: &IndexMap<usize, Words>,
        loose: &[&Word],
        has_outfile: bool,
        has_base: bool,
    ) -> Result<(), ParseError> {
        let is_given = |wanted: &CliOption<'_>| {
            let parameter = |option: &CliOption<'_>| match option.meaning {
                Meaning::Parameter(name, _) => Some(name.to_owned()),
                Meaning::Custom(_) => None,
            };
            given.keys().any(|&index| parameter(&known[index]) == parameter(wanted))
        };
        let mut missing: Vec<String> = Vec::new();
        if !has_base {
            let wanted =
                known.iter().filter(|option| option.is_required && option.takes != Takes::Flag(false));
            missing
                .extend(wanted.filter(|option| !is_given(option)).map(|option| format!("--{}", option.name)));
        }
        if customise::takes_outfile(self.service, self.operation.name) && !has_outfile {
            missing.push("outfile".to_owned());
        }
        let suggestion = loose.iter().find_map(|word| {
            let mut theirs = model_index::parameters(self.service, self.operation.name).into_iter().flatten();
            let name = option_name(word)?;
            if theirs.any(|parameter| kebab(parameter) == name) {
                return Some((word, Advice::not_simulated(&word.text)));
            }
            let mut names: Vec<&str> = known.iter().map(|option| option.name.as_str()).collect();
            names.extend(offered().map(|name| -> &str { name }));
            let near = closest(option_name(word)?, names)?;
            Some((word, Advice::did_you_mean(&format!("--{near}"))))
        });
        if !missing.is_empty() {
            let range = suggestion.as_ref().map_or(&self.name.range, |(word, _)| &word.range);
            let error = required(range.clone(), &missing.join(", "));
            return Err(error.with_help(suggestion.map(|(_, help)| help)));
        }
        if loose.is_empty() {
            return Ok(());
        }
        let help = suggestion.map(|(_, help)| help).or_else(|| {
            let names: Vec<_> = known.iter().map(|option| format!("--{}", option.name)).collect();
            let names: Vec<_> = names.iter().map(String::as_str).collect();
            option_name(loose[0]).map(|_| Advice::choice("", &names))
        });
        Err(unknown(loose).with_help(help))
    }

    /// Whether the parameters fit the operation: botocore's complaints, then the service's own.
    pub(super) fn check_fit(
        &self,
        parameters: &Value,
        shape: Shape<'_>,
        places: &IndexMap<String, Range<usize>>,
    ) -> Result<(), ParseError> {
        let place = |parameter: Option<&str>| {
            parameter.and_then(|name| places.get(name)).unwrap_or(&self.name.range).clone()
        };
        let misfits = validate::misfits(parameters, shape);
        if let Some(first) = misfits.first() {
            let report: Vec<_> = misfits.iter().map(|misfit| misfit.text.as_str()).collect();
            let help = misfits.iter().find_map(|misfit| {
                let (name, names) = misfit.unknown.as_ref()?;
                closest(name, names.iter().map(String::as_str)).map(Advice::did_you_mean)
            });
            let message = format!("Parameter validation failed:\n{}", report.join("\n"));
            return Err(ParseError::new(
                ParseErrorKind::Validation,
                place(first.parameter.as_deref()),
                message,
            )
            .with_help(help));
        }
        if let Some(bad) = validate::bad_choice(parameters, shape) {
            let message = format!(
                "An error occurred (ValidationException) when calling the {} operation: 1 validation error \
                 detected: Value '{}' at '{}' failed to satisfy constraint: Member must satisfy enum value \
                 set: [{}]",
                self.operation.name,
                bad.value,
                bad.path,
                bad.choices.join(", ")
            );
            let help = closest(&bad.value, bad.choices.iter().map(String::as_str)).map(Advice::did_you_mean);
            return Err(ParseError::new(ParseErrorKind::Validation, place(Some(&bad.parameter)), message)
                .with_help(help));
        }
        (self.operation.fits)(parameters).map_err(|text| {
            let blamed = places.keys().find(|name| text.contains(&format!("`{name}`")));
            let message = format!("Parameter validation failed:\n{text}");
            ParseError::new(ParseErrorKind::Validation, place(blamed.map(String::as_str)), message)
        })
    }
}
