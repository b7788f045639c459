//! Items as the API answers them: other names, and the configuration as JSON text.

use serde_json::{Map, Value};

use super::{item::Item, recorder::RecordingFrequency};
use crate::aws::timestamps;

impl Item {
    /// The item as `GetResourceConfigHistory` answers it.
    pub fn history_entry(&self) -> Value {
        let mut entry = self.base_entry();
        entry.insert("configurationItemMD5Hash".to_owned(), self.of("configurationStateMd5Hash"));
        entry.insert("tags".to_owned(), self.of("tags"));
        entry.insert("relatedEvents".to_owned(), self.of("relatedEvents"));
        let relationships = self.of("relationships");
        let renamed = relationships.as_array().into_iter().flatten().map(renamed);
        entry.insert("relationships".to_owned(), renamed.collect());
        Value::Object(entry)
    }

    /// The item as `BatchGetResourceConfig` answers it: without tags and relationships.
    pub(super) fn base_entry(&self) -> Map<String, Value> {
        let text_of = |value: Value| if value.is_null() { Value::Null } else { value.to_string().into() };
        let supplementary: Map<String, Value> = self
            .of("supplementaryConfiguration")
            .as_object()
            .into_iter()
            .flatten()
            .map(|(key, value)| {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                (key.clone(), text.into())
            })
            .collect();
        let created =
            self.resource.created_at.map(|millis| timestamps::cli(timestamps::from_epoch_ms(millis)));
        let members = [
            ("version", self.of("configurationItemVersion")),
            ("accountId", self.of("awsAccountId")),
            ("configurationItemCaptureTime", timestamps::cli(self.captured).into()),
            ("configurationItemStatus", self.status.into()),
            ("configurationStateId", self.of("configurationStateId").to_string().into()),
            ("arn", self.of("ARN")),
            ("resourceType", self.of("resourceType")),
            ("resourceId", self.of("resourceId")),
            ("resourceName", self.of("resourceName")),
            ("awsRegion", self.of("awsRegion")),
            ("availabilityZone", self.of("availabilityZone")),
            ("resourceCreationTime", created.into()),
            ("configuration", text_of(self.of("configuration"))),
            ("supplementaryConfiguration", Value::Object(supplementary)),
        ];
        let members = members.into_iter().filter(|(_, value)| !value.is_null());
        members.map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// The same with how often the type is recorded.
    pub(super) fn base_entry_of(&self, frequency: RecordingFrequency) -> Value {
        let mut entry = self.base_entry();
        entry.insert("recordingFrequency".to_owned(), frequency.as_str().into());
        Value::Object(entry)
    }

    fn of(&self, member: &str) -> Value {
        self.json.get(member).cloned().unwrap_or_default()
    }
}

fn renamed(relationship: &Value) -> Value {
    let members = relationship.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
    members
        .map(|(key, value)| {
            let key = if key == "name" { "relationshipName" } else { key };
            (key.to_owned(), value.clone())
        })
        .collect()
}
