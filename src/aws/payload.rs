//! What a hop carries, as a reader sees it: a kind, a title, and the JSON itself.

use std::{
    borrow::Cow,
    sync::{Arc, OnceLock},
};

use serde::Serialize;
use serde_json::{Value, json};

/// The family a payload belongs to: the letter on its envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PayloadKind {
    /// A recorded act (`t`).
    Act,
    /// A measure (`m`).
    Measure,
    /// An alarm's change of state (`a`).
    Alarm,
    /// A configuration item or a verdict on one (`c`).
    Compliance,
    /// An event on a bus, or a rule's look at it (`e`).
    Event,
    /// A notice to somebody (`n`).
    Notice,
    /// Work for a function, or a function's own act (`λ`).
    Mission,
    /// A message in a queue (`q`).
    Queue,
    /// Something that failed (`x`).
    Failed,
}

/// Names and values of a metric's dimensions.
pub type Dimensions = Arc<[(Arc<str>, Arc<str>)]>;

/// One datapoint of a metric.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Datapoint {
    pub namespace: Arc<str>,
    pub metric_name: Arc<str>,
    #[serde(serialize_with = "names_and_values")]
    pub dimensions: Dimensions,
    /// Start of its period, epoch milliseconds.
    pub timestamp: i64,
    pub value: f64,
    pub unit: &'static str,
}

/// `[{"Name": …, "Value": …}]`, as CloudWatch writes dimensions.
fn names_and_values<S: serde::Serializer>(dimensions: &Dimensions, to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(dimensions.iter().map(|(name, value)| json!({ "Name": name, "Value": value })))
}

/// The member of a payload that says for how many it stands.
pub const COUNT: &str = "vigieCount";

/// A payload that is only worked out when somebody reads it.
pub trait Told: std::fmt::Debug + Send + Sync {
    fn kind(&self) -> PayloadKind;
    fn title(&self) -> &str;
    fn body(&self) -> &Value;
}

/// JSON as text, parsed when somebody reads it.
#[derive(Debug)]
struct Text {
    kind: PayloadKind,
    title: Arc<str>,
    text: Arc<str>,
    body: OnceLock<Value>,
}

impl Told for Text {
    fn kind(&self) -> PayloadKind {
        self.kind
    }

    fn title(&self) -> &str {
        &self.title
    }

    fn body(&self) -> &Value {
        self.body.get_or_init(|| serde_json::from_str(&self.text).unwrap_or_else(|_| json!(self.text)))
    }
}

/// What travels.
#[derive(Clone, Debug)]
pub enum Payload {
    /// Typed, because there is one a minute per resource.
    Datapoint(Arc<Datapoint>),
    Json {
        kind: PayloadKind,
        title: Arc<str>,
        body: Arc<Value>,
    },
    Told(Arc<dyn Told>),
}

impl Payload {
    pub fn json(kind: PayloadKind, title: impl Into<Arc<str>>, body: impl Into<Arc<Value>>) -> Self {
        Self::Json { kind, title: title.into(), body: body.into() }
    }

    /// A body that travels as the text of its JSON.
    pub fn text(kind: PayloadKind, title: Arc<str>, text: Arc<str>) -> Self {
        Self::Told(Arc::new(Text { kind, title, text, body: OnceLock::new() }))
    }

    pub fn kind(&self) -> PayloadKind {
        match self {
            Self::Datapoint(_) => PayloadKind::Measure,
            Self::Json { kind, .. } => *kind,
            Self::Told(told) => told.kind(),
        }
    }

    /// What it is called in one line: an event name, an alarm's `OK→ALARM`, a mail's subject.
    pub fn title(&self) -> Cow<'_, str> {
        match self {
            Self::Datapoint(point) => Cow::Owned(format!("{} {}", point.metric_name, point.value)),
            Self::Json { title, .. } => Cow::Borrowed(title),
            Self::Told(told) => Cow::Borrowed(told.title()),
        }
    }

    /// How many things travel as this one: bulk is one hop with a count.
    pub fn count(&self) -> u64 {
        match self {
            Self::Datapoint(_) | Self::Told(_) => 1,
            Self::Json { body, .. } => body.get(COUNT).and_then(Value::as_u64).unwrap_or(1),
        }
    }

    /// The JSON that travels.
    pub fn body(&self) -> Cow<'_, Value> {
        match self {
            Self::Datapoint(point) => {
                Cow::Owned(serde_json::to_value(point.as_ref()).unwrap_or_else(|_| json!({ "Value": null })))
            }
            Self::Json { body, .. } => Cow::Borrowed(body),
            Self::Told(told) => Cow::Borrowed(told.body()),
        }
    }
}

impl Serialize for Payload {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Shown<'a> {
            kind: PayloadKind,
            title: Cow<'a, str>,
            body: Cow<'a, Value>,
        }
        Shown { kind: self.kind(), title: self.title(), body: self.body() }.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_datapoint_shows_its_dimensions_as_cloudwatch_writes_them() {
        let point = Payload::Datapoint(Arc::new(Datapoint {
            namespace: "AWS/EC2".into(),
            metric_name: "CPUUtilization".into(),
            dimensions: Arc::new([("InstanceId".into(), "i-rouge".into())]),
            timestamp: 0,
            value: 95.0,
            unit: "Percent",
        }));

        assert_eq!(point.body()["Dimensions"], json!([{ "Name": "InstanceId", "Value": "i-rouge" }]));
    }
}
