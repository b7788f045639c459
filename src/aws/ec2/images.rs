//! Machine images: any well-formed id is one, because a lesson names the images it needs and nothing else.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{ApiError, ApiOutcome, CallContext},
    Ec2,
    errors::{is_well_formed, stop_if_dry},
};

/// Describes images: those named, or those that instances were started from.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DescribeImages {
    #[serde(default)]
    pub image_ids: Vec<String>,
    #[serde(default)]
    pub owners: Vec<String>,
    /// Asks only whether one may: nothing is done.
    pub dry_run: Option<bool>,
}

impl Ec2 {
    pub(super) fn describe_images(
        &mut self,
        input: DescribeImages,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        stop_if_dry(input.dry_run)?;
        if let Some(odd) = input.image_ids.iter().find(|id| !is_well_formed("ami-", id)) {
            let message = format!("Invalid id: \"{odd}\" (expecting \"ami-...\")");
            return Err(ApiError::client("InvalidAMIID.Malformed", message));
        }
        let region = cx.region().clone();
        let place = self.place(&region);
        let ids: BTreeSet<&str> = if input.image_ids.is_empty() {
            place.instances.values().map(|instance| instance.image_id.as_ref()).collect()
        } else {
            input.image_ids.iter().map(String::as_str).collect()
        };
        let owned_by_amazon = input.owners.is_empty() || input.owners.iter().any(|owner| owner == "amazon");
        let images: Vec<Value> = ids
            .into_iter()
            .filter(|_| owned_by_amazon)
            .map(|id| {
                json!({
                    "PlatformDetails": "Linux/UNIX",
                    "UsageOperation": "RunInstances",
                    "EnaSupport": true,
                    "Hypervisor": "xen",
                    "ImageOwnerAlias": "amazon",
                    "Name": format!("al2023-{id}"),
                    "RootDeviceName": "/dev/xvda",
                    "RootDeviceType": "ebs",
                    "VirtualizationType": "hvm",
                    "ImageId": id,
                    "ImageLocation": format!("amazon/al2023-{id}"),
                    "State": "available",
                    "OwnerId": "137112412989",
                    "Public": true,
                    "Architecture": "x86_64",
                    "ImageType": "machine",
                })
            })
            .collect();
        Ok(json!({ "Images": images }))
    }
}
