//! Configuration items: a resource as it was at a moment, version 1.3.
//!
//! An item names no author: who made the change is in CloudTrail, where [`Item::lookup`] leads.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

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
        place: (&str, &Region),
        resource: &Arc<ResourceChange>,
        relationships: Value,
        before: Option<&Self>,
        captured: DateTime<Utc>,
    ) -> Option<Self> {
        let status = match before {
            None if resource.deleted => return None,
            None => "ResourceDiscovered",
            Some(before) if before.is_of(resource, &relationships) => return None,
            Some(_) if resource.deleted => "ResourceDeleted",
            Some(before) if before.is_deletion() => "ResourceDiscovered",
            Some(_) => "OK",
        };
        let json = json(place, resource, relationships, status, captured);
        let diff = diff::between(before.map(|item| &*item.json), &json);
        Some(Self {
            captured,
            status,
            resource: Arc::clone(resource),
            json: Arc::new(json),
            diff: Arc::new(diff),
        })
    }

    fn is_of(&self, resource: &Arc<ResourceChange>, relationships: &Value) -> bool {
        (Arc::ptr_eq(&self.resource, resource) || self.resource == *resource)
            && (resource.deleted || self.json.get("relationships") == Some(relationships))
    }

    pub fn is_deletion(&self) -> bool {
        self.resource.deleted
    }

    /// What changed from any other item of the resource to this one.
    pub fn diff_from(&self, before: &Self) -> Value {
        diff::between(Some(&before.json), &self.json)
    }

    /// The parameters of the `LookupEvents` call that finds who made the change: the resource's own records, from the
    /// item before to this one.
    pub fn lookup(&self, before: Option<&Self>) -> Value {
        let mut parameters = json!({
            "LookupAttributes": [{
                "AttributeKey": "ResourceName",
                "AttributeValue": &*self.resource.resource_id,
            }],
            "EndTime": timestamps::cli(self.captured),
        });
        if let Some(before) = before {
            parameters["StartTime"] = timestamps::cli(before.captured).into();
        }
        parameters
    }
}

/// An item's version 1.3 JSON.
pub(super) fn json(
    (account_id, region): (&str, &Region),
    resource: &ResourceChange,
    relationships: Value,
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
        "relationships": if gone { json!([]) } else { relationships },
        "configuration": if gone { Value::Null } else { resource.configuration.clone() },
        "supplementaryConfiguration": if gone { json!({}) } else { resource.supplementary.clone() },
    })
}
