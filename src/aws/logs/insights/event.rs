//! A log event as a query sees it.

use std::{cell::OnceCell, collections::BTreeMap, sync::Arc};

use super::{discovered, value::Value};

/// One event of a log group.
#[derive(Clone, Debug)]
pub struct Event {
    /// Epoch milliseconds.
    pub timestamp: i64,
    /// Epoch milliseconds.
    pub ingestion_time: i64,
    pub message: Arc<str>,
    pub log_stream: Arc<str>,
    /// `account:group`.
    pub log: Arc<str>,
    /// What `GetLogRecord` finds it by.
    pub ptr: Arc<str>,
    /// Fields found in the message, once somebody asks for one.
    discovered: OnceCell<BTreeMap<String, Value>>,
}

impl Event {
    pub fn new(timestamp: i64, ingestion_time: i64, message: Arc<str>, log_stream: Arc<str>) -> Self {
        let empty = || Arc::from("");
        Self {
            timestamp,
            ingestion_time,
            message,
            log_stream,
            log: empty(),
            ptr: empty(),
            discovered: OnceCell::new(),
        }
    }

    /// Says where it is kept.
    #[must_use]
    pub fn kept_at(self, log: Arc<str>, ptr: Arc<str>) -> Self {
        Self { log, ptr, ..self }
    }

    /// A system field, or one found in the message.
    pub(super) fn field(&self, name: &str) -> Value {
        match name {
            "@timestamp" => Value::Moment(self.timestamp),
            "@ingestionTime" => Value::Moment(self.ingestion_time),
            "@message" => Value::Text(Arc::clone(&self.message)),
            "@logStream" => Value::Text(Arc::clone(&self.log_stream)),
            "@log" => Value::Text(Arc::clone(&self.log)),
            "@ptr" => Value::Text(Arc::clone(&self.ptr)),
            _ => self.discovered().get(name).cloned().unwrap_or(Value::Null),
        }
    }

    /// Every field that has a value, by name.
    pub fn all_fields(&self) -> impl Iterator<Item = (String, serde_json::Value)> {
        const SYSTEM: [&str; 6] = ["@timestamp", "@ingestionTime", "@message", "@logStream", "@log", "@ptr"];
        let names = SYSTEM.into_iter().chain(self.discovered().keys().map(String::as_str));
        names.filter_map(|name| Some((name.to_owned(), self.field(name).text()?.into_owned().into())))
    }

    /// Every field found in the message.
    fn discovered(&self) -> &BTreeMap<String, Value> {
        self.discovered.get_or_init(|| discovered::fields(&self.message))
    }
}
