//! Tags, which nearly every service has in the same shape.

use std::sync::Arc;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// A key and its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Tag {
    pub key: String,
    #[serde(default)]
    pub value: String,
}

/// The tags of one resource, in the order they were given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags(IndexMap<Arc<str>, Arc<str>>);

impl Tags {
    /// Sets tags; a key that is there already takes the new value and keeps its place.
    pub fn set(&mut self, tags: &[Tag]) {
        for tag in tags {
            self.0.insert(tag.key.as_str().into(), tag.value.as_str().into());
        }
    }

    /// Removes a key; with a value, only if that is the value it has.
    pub fn remove(&mut self, key: &str, value: Option<&str>) {
        if value.is_none_or(|value| self.get(key) == Some(value)) {
            self.0.shift_remove(key);
        }
    }

    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(AsRef::as_ref)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_ref(), value.as_ref()))
    }

    /// `[{"Key": …, "Value": …}]`, as the API answers.
    pub fn list(&self) -> Value {
        self.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect()
    }

    /// `[{"key": …, "value": …}]`, as CloudTrail and Config write.
    pub fn lower_list(&self) -> Value {
        self.iter().map(|(key, value)| json!({ "key": key, "value": value })).collect()
    }

    /// `{key: value}`, as a configuration item carries.
    pub fn map(&self) -> Value {
        self.iter().map(|(key, value)| (key.to_owned(), json!(value))).collect::<Map<_, _>>().into()
    }
}

impl From<&[Tag]> for Tags {
    fn from(tags: &[Tag]) -> Self {
        let mut set = Self::default();
        set.set(tags);
        set
    }
}
