//! A rule's look at an event: the verdict at once, the reasons when somebody asks for them.

use std::sync::{Arc, OnceLock};

use serde_json::{Value, json};

use super::{Rule, scheduled};
use crate::aws::{PayloadKind, payload::Told};

/// What a rule says to an event.
#[derive(Debug)]
pub(super) struct Look {
    rule: Arc<Rule>,
    event: Arc<Value>,
    title: Arc<str>,
    by_schedule: bool,
    pub holds: bool,
    /// Worked out once: every rule of a bus looks at every event, and few of these looks are ever opened.
    body: OnceLock<Value>,
}

impl Look {
    /// `None` for a rule that has but a schedule, and is not the one that made the event.
    pub fn at(rule: &Arc<Rule>, event: &Arc<Value>, title: &Arc<str>) -> Option<Self> {
        let by_schedule = rule.schedule.is_some() && scheduled::is_ring_of(rule, event);
        let holds = by_schedule || rule.pattern.as_ref()?.matches(event);
        let (rule, event, title) = (Arc::clone(rule), Arc::clone(event), Arc::clone(title));
        Some(Self { rule, event, title, by_schedule, holds, body: OnceLock::new() })
    }

    /// The schedule that made the event, or the pattern's fields one by one.
    fn why(&self) -> (&'static str, Value) {
        if self.by_schedule {
            return ("schedule", json!(self.rule.schedule.as_ref().map(super::schedule::Schedule::text)));
        }
        let explanation = self.rule.pattern.as_ref().map(|pattern| pattern.explain(&self.event));
        ("fields", explanation.and_then(Result::ok).map(|told| json!(told.fields)).unwrap_or_default())
    }

    fn tell(&self) -> Value {
        let rule = &self.rule;
        let field = |name: &str| self.event.get(name).cloned().unwrap_or_default();
        let mut body = json!({
            "rule": &*rule.name,
            "ruleArn": &*rule.arn,
            "eventBusName": &*rule.bus,
            "verdict": if self.holds { "match" } else { "nomatch" },
        });
        let (name, reasons) = self.why();
        body[name] = reasons;
        body["event"] =
            json!({ "id": field("id"), "source": field("source"), "detail-type": field("detail-type") });
        body
    }
}

impl Told for Look {
    fn kind(&self) -> PayloadKind {
        PayloadKind::Event
    }

    fn title(&self) -> &str {
        &self.title
    }

    fn body(&self) -> &Value {
        self.body.get_or_init(|| self.tell())
    }
}
