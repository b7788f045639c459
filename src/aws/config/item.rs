//! Configuration items: a resource as it was at a moment, version 1.3.
//!
//! An item names no author: who made the change is in CloudTrail.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::diff;
use crate::aws::{Region, parcel::ResourceChange, timestamps};

/// A configuration item.
#[derive(Clone, Debug)]
pub struct Item {
    pub captured: DateTime<Utc>,
    pub status: &'static str,
    pub resource: Arc<ResourceChange>,
    /// As notifications and delivered files carry it.
    pub json: Arc<Value>,
    /// `configurationItemDiff`: what is new since the item before.
    pub diff: Arc<Value>,
}

impl Item {
    /// The item of a resource as it now is, after `before`; `None` when there is nothing new to write.
    pub(super) fn next(
        (account_id, region): (&str, &Region),
        resource: &Arc<ResourceChange>,
        before: Option<&Self>,
        captured: DateTime<Utc>,
    ) -> Option<Self> {
        let status = match before {
            None if resource.deleted => return None,
            None => "ResourceDiscovered",
            Some(before) if before.resource == *resource => return None,
            Some(_) if resource.deleted => "ResourceDeleted",
            Some(_) => "OK",
        };
        let json = json(account_id, region, resource, status, captured);
        let diff = diff::between(before.map(|item| &*item.json), &json);
        Some(Self {
            captured,
            status,
            resource: Arc::clone(resource),
            json: Arc::new(json),
            diff: Arc::new(diff),
        })
    }

    pub fn is_deletion(&self) -> bool {
        self.resource.deleted
    }

    /// The item as `GetResourceConfigHistory` answers it: other names, and the configuration as JSON text.
    pub fn history_entry(&self) -> Value {
        let of = |key: &str| self.json.get(key).cloned().unwrap_or_default();
        let text_of = |value: &Value| if value.is_null() { Value::Null } else { value.to_string().into() };
        let relationships: Vec<Value> = of("relationships")
            .as_array()
            .into_iter()
            .flatten()
            .map(|relationship| {
                let mut renamed = Map::new();
                for (key, value) in relationship.as_object().into_iter().flatten() {
                    let key = if key == "name" { "relationshipName" } else { key };
                    if !value.is_null() {
                        renamed.insert(key.to_owned(), value.clone());
                    }
                }
                Value::Object(renamed)
            })
            .collect();
        let supplementary: Map<String, Value> = of("supplementaryConfiguration")
            .as_object()
            .into_iter()
            .flatten()
            .map(|(key, value)| {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                (key.clone(), text.into())
            })
            .collect();
        let mut entry = Map::new();
        let mut put = |key: &str, value: Value| {
            if !value.is_null() {
                entry.insert(key.to_owned(), value);
            }
        };
        put("version", of("configurationItemVersion"));
        put("accountId", of("awsAccountId"));
        put("configurationItemCaptureTime", timestamps::cli(self.captured).into());
        put("configurationItemStatus", self.status.into());
        put("configurationStateId", of("configurationStateId").to_string().into());
        put("configurationItemMD5Hash", of("configurationStateMd5Hash"));
        put("arn", of("ARN"));
        put("resourceType", of("resourceType"));
        put("resourceId", of("resourceId"));
        put("resourceName", of("resourceName"));
        put("awsRegion", of("awsRegion"));
        put("availabilityZone", of("availabilityZone"));
        let created =
            self.resource.created_at.map(|millis| timestamps::cli(timestamps::from_epoch_ms(millis)));
        put("resourceCreationTime", created.into());
        put("tags", of("tags"));
        put("relatedEvents", of("relatedEvents"));
        put("relationships", relationships.into());
        put("configuration", text_of(&of("configuration")));
        put("supplementaryConfiguration", Value::Object(supplementary));
        Value::Object(entry)
    }
}

fn json(
    account_id: &str,
    region: &Region,
    resource: &ResourceChange,
    status: &str,
    captured: DateTime<Utc>,
) -> Value {
    let gone = resource.deleted;
    let created = resource.created_at.map(|millis| timestamps::millis_z(timestamps::from_epoch_ms(millis)));
    json!({
        "configurationItemVersion": "1.3",
        "configurationItemCaptureTime": timestamps::millis_z(captured),
        "configurationStateId": captured.timestamp_millis(),
        "awsAccountId": account_id,
        "configurationItemStatus": status,
        "resourceType": &*resource.resource_type,
        "resourceId": &*resource.resource_id,
        "resourceName": resource.resource_name.as_deref(),
        "ARN": &*resource.arn,
        "awsRegion": region.as_str(),
        "availabilityZone": &*resource.availability_zone,
        "configurationStateMd5Hash": "",
        "resourceCreationTime": created,
        "relatedEvents": [],
        "tags": if gone { json!({}) } else { resource.tags.clone() },
        "relationships": if gone { json!([]) } else { resource.relationships.clone() },
        "configuration": if gone { Value::Null } else { resource.configuration.clone() },
        "supplementaryConfiguration": if gone { json!({}) } else { resource.supplementary.clone() },
    })
}
