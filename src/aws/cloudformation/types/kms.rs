//! `AWS::KMS::Key` and `AWS::KMS::Alias`.

use serde_json::{Value, json};

use crate::aws::{
    ServiceName,
    cloudformation::{
        error::DeployError,
        making::{Created, Making, ResourceType, text_at},
        property::Property,
    },
};

pub static TYPES: &[ResourceType] = &[
    ResourceType {
        name: "AWS::KMS::Key",
        service: ServiceName::Kms,
        properties: &[
            Property::json_text("KeyPolicy").to("Policy"),
            Property::text("Description"),
            Property::boolean("Enabled"),
            Property::boolean("EnableKeyRotation"),
            Property::integer("RotationPeriodInDays"),
            Property::text("KeySpec"),
            Property::text("KeyUsage"),
            Property::text("Origin"),
            Property::boolean("MultiRegion"),
            Property::boolean("BypassPolicyLockoutSafetyCheck"),
            Property::tags(),
        ],
        attributes: &["Arn", "KeyId"],
        after: &[],
        create: key,
    },
    ResourceType {
        name: "AWS::KMS::Alias",
        service: ServiceName::Kms,
        properties: &[Property::text("AliasName").required(), Property::text("TargetKeyId").required()],
        attributes: &[],
        after: &[],
        create: alias,
    },
];

fn key(making: &mut Making<'_>) -> Result<Created, DeployError> {
    let is_enabled = making.take("Enabled").is_none_or(|enabled| enabled != false);
    let rotates = making.take("EnableKeyRotation").is_some_and(|rotates| rotates == true);
    let period = making.take("RotationPeriodInDays");
    let tags: Vec<Value> = making
        .take_list("Tags")
        .iter()
        .map(|tag| json!({"TagKey": tag.get("Key"), "TagValue": tag.get("Value")}))
        .collect();
    let mut parameters = making.rest();
    parameters.insert("Tags".to_owned(), tags.into());
    let answer = making.call("CreateKey", parameters)?;
    let (arn, id) = (text_at(&answer, "/KeyMetadata/Arn"), text_at(&answer, "/KeyMetadata/KeyId"));
    if rotates {
        let mut parameters = json!({"KeyId": id});
        if let Some(period) = period {
            parameters["RotationPeriodInDays"] = period;
        }
        making.call("EnableKeyRotation", parameters)?;
    }
    if !is_enabled {
        making.call("DisableKey", json!({"KeyId": id}))?;
    }
    Ok(Created::new(id.clone()).with("Arn", arn).with("KeyId", id))
}

fn alias(making: &mut Making<'_>) -> Result<Created, DeployError> {
    let name = making.text("AliasName").unwrap_or_default();
    let parameters = making.rest();
    making.call("CreateAlias", parameters)?;
    Ok(Created::new(name))
}
