//! What a `load:` drives: which metrics, of which resource.

use std::sync::Arc;

use super::{
    diagnostic::{Diagnostic, codes},
    model::{Load, step::Series},
    names::Names,
    spanned::Spanned,
};
use crate::{
    aws::advice::closest,
    engine::{
        Engine,
        metrics::{self, MetricSource},
    },
};

/// The metrics a load order drives: the author's key, the name CloudWatch has for it, the values.
fn series_of(load: &Load) -> impl Iterator<Item = (&'static str, &'static str, &Spanned<Series>)> {
    let all = [
        ("cpu", "CPUUtilization", &load.cpu),
        ("connections", "DatabaseConnections", &load.connections),
        ("write_iops", "WriteIOPS", &load.write_iops),
        ("latency_ms", "Latency", &load.latency_ms),
        ("errors", "Errors", &load.errors),
    ];
    all.into_iter().filter_map(|(key, metric, series)| Some((key, metric, series.as_ref()?)))
}

/// A load whose names lead somewhere.
pub(super) struct Resolved<'l> {
    /// The id under which the resource publishes its metrics.
    pub resource: Arc<str>,
    pub series: Vec<(&'static str, &'l Spanned<Series>)>,
}

/// Finds what a load is on.
///
/// # Errors
/// `on:` names nothing that has metrics, or nothing that has these.
pub(super) fn resolve<'l>(
    engine: &Engine,
    names: &Names,
    load: &'l Load,
) -> Result<Resolved<'l>, Box<Diagnostic>> {
    let id = names.get(&load.on).unwrap_or(&load.on);
    let sources = metrics::sources(engine.account().services());
    let source = sources.iter().find(|source| &*source.id == id || *source.name == **load.on);
    let Some(source) = source else { return Err(Box::new(unknown_resource(names, &sources, &load.on))) };
    let mut series = Vec::new();
    for (key, metric, values) in series_of(load) {
        if !source.metrics().any(|known| known == metric) {
            return Err(Box::new(not_measured(key, metric, source, values)));
        }
        series.push((metric, values));
    }
    if series.is_empty() {
        return Err(Box::new(Diagnostic::error(
            codes::MISSING_KEY,
            load.on.span,
            "cette charge ne dit pas ce qui change : `cpu`, `latency_ms`, `connections`…",
            "this load does not say what changes: `cpu`, `latency_ms`, `connections`…",
        )));
    }
    Ok(Resolved { resource: Arc::clone(&source.id), series })
}

fn unknown_resource(names: &Names, sources: &[MetricSource], on: &Spanned<String>) -> Diagnostic {
    let known: Vec<&str> = names.all().chain(sources.iter().map(|source| &*source.name)).collect();
    Diagnostic::error(
        codes::UNKNOWN_NAME,
        on.span,
        format!("`{}` n'est pas une ressource du compte qui publie des métriques", on.value),
        format!("`{}` is not a resource of the account that publishes metrics", on.value),
    )
    .meant(closest(&on.value, known))
}

fn not_measured(key: &str, metric: &str, source: &MetricSource, values: &Spanned<Series>) -> Diagnostic {
    let known: Vec<&str> = source.metrics().collect();
    let known = known.join(", ");
    Diagnostic::error(
        codes::WRONG_VALUE,
        values.span,
        format!("`{key}` : {} ne publie pas de {metric}", source.name),
        format!("`{key}`: {} does not publish {metric}", source.name),
    )
    .help(format!("elle publie {known}"), format!("it publishes {known}"))
}
