//! Metric filters: a line that matches becomes a datapoint.
//!
//! Only lines that arrive after the filter was made are looked at. The datapoint is stamped at ingestion. In a minute
//! in which lines arrived and none matched, the default value is published, if there is one; a minute without lines
//! publishes nothing. Source: user guide, "Creating metrics from log events using filters".

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{
    number::number,
    pattern::{Extracted, Fault, Line, Pattern, Selector},
};
use crate::aws::payload::Datapoint;

/// A metric filter of a log group.
#[derive(Clone, Debug)]
pub struct MetricFilter {
    pub name: Arc<str>,
    pub pattern_text: Arc<str>,
    pub pattern: Pattern,
    pub transformation: Transformation,
    /// Epoch milliseconds.
    pub created_at: i64,
}

/// What a metric filter publishes.
#[derive(Clone, Debug)]
pub struct Transformation {
    pub metric_name: Arc<str>,
    pub metric_namespace: Arc<str>,
    pub value: Source,
    pub default_value: Option<f64>,
    pub dimensions: Vec<(Arc<str>, Source)>,
    pub unit: Option<&'static str>,
}

/// Where a value comes from.
#[derive(Clone, Debug)]
pub struct Source {
    /// As it was written: `1`, `$.latency`, `$bytes`.
    pub text: Arc<str>,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Number(f64),
    /// A field of a JSON line.
    Field(Selector),
    /// A word of a delimited line.
    Word,
}

impl Source {
    /// Reads a number, a selector or the name of a word.
    ///
    /// # Errors
    /// Where the text stops being a selector.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let kind = match number(text) {
            Some(number) => Kind::Number(number),
            None if text.starts_with('$') && !text.starts_with("$.") && !text.starts_with("$[") => Kind::Word,
            None => Kind::Field(Selector::parse(text)?),
        };
        Ok(Self { text: text.into(), kind })
    }

    /// Whether a pattern gives what it asks for: fields come from JSON patterns, words from delimited ones.
    pub fn fits(&self, pattern: &Pattern) -> bool {
        match (&self.kind, pattern) {
            (Kind::Number(_), _) | (Kind::Field(_), Pattern::Json(_)) => true,
            (Kind::Word, Pattern::Delimited(delimited)) => delimited.names(&self.text),
            _ => false,
        }
    }

    /// Whether it is taken from the line.
    pub const fn is_from_line(&self) -> bool {
        !matches!(self.kind, Kind::Number(_))
    }

    fn read(&self, line: &Line<'_>, extracted: &Extracted) -> Option<String> {
        match &self.kind {
            Kind::Number(number) => Some(number.to_string()),
            Kind::Word => extracted.get(&*self.text).cloned(),
            Kind::Field(selector) => match *selector.select(line.json()?).first()? {
                Value::String(text) => Some(text.clone()),
                value @ (Value::Number(_) | Value::Bool(_)) => Some(value.to_string()),
                Value::Null | Value::Array(_) | Value::Object(_) => None,
            },
        }
    }
}

/// What a matching line lacks to be counted: a value or a dimension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lacking {
    pub field: Arc<str>,
    pub actual: Option<String>,
}

impl MetricFilter {
    /// The datapoint of a line that matched.
    ///
    /// # Errors
    /// The field that gives no number, or no dimension.
    pub fn datapoint(&self, line: &Line<'_>, extracted: &Extracted, now: i64) -> Result<Datapoint, Lacking> {
        let value = &self.transformation.value;
        let written = value.read(line, extracted);
        let lacking = |source: &Source, actual| Lacking { field: Arc::clone(&source.text), actual };
        let Some(number) = written.as_deref().and_then(number) else { return Err(lacking(value, written)) };
        let dimensions = self.transformation.dimensions.iter().map(|(name, source)| {
            let value = source.read(line, extracted).ok_or_else(|| lacking(source, None))?;
            Ok((Arc::clone(name), value.into()))
        });
        Ok(self.publishing(number, dimensions.collect::<Result<_, _>>()?, now))
    }

    /// What is published for a minute in which no line matched.
    pub fn default_datapoint(&self, minute: i64) -> Option<Datapoint> {
        Some(self.publishing(self.transformation.default_value?, Arc::new([]), minute))
    }

    fn publishing(&self, value: f64, dimensions: Arc<[(Arc<str>, Arc<str>)]>, timestamp: i64) -> Datapoint {
        Datapoint {
            namespace: Arc::clone(&self.transformation.metric_namespace),
            metric_name: Arc::clone(&self.transformation.metric_name),
            dimensions,
            timestamp,
            value,
            unit: self.transformation.unit.unwrap_or("None"),
        }
    }

    /// As `DescribeMetricFilters` answers.
    pub fn describe(&self, group: &str) -> Value {
        let Transformation { metric_name, metric_namespace, value, default_value, dimensions, unit } =
            &self.transformation;
        let mut transformation = Map::new();
        let mut put = |key: &str, value: Value| transformation.insert(key.to_owned(), value);
        put("metricName", json!(metric_name));
        put("metricNamespace", json!(metric_namespace));
        put("metricValue", json!(value.text));
        if let Some(default) = default_value {
            put("defaultValue", json!(default));
        }
        if !dimensions.is_empty() {
            let fields = dimensions.iter().map(|(name, source)| (name.to_string(), json!(source.text)));
            put("dimensions", Value::Object(fields.collect()));
        }
        if let Some(unit) = unit {
            put("unit", json!(unit));
        }
        json!({
            "filterName": &*self.name,
            "filterPattern": &*self.pattern_text,
            "metricTransformations": [transformation],
            "creationTime": self.created_at,
            "logGroupName": group,
            "applyOnTransformedLogs": false,
        })
    }
}
