//! `AWS::Config::ConfigurationRecorder`, `DeliveryChannel`, `ConfigRule` and `RemediationConfiguration`.
//!
//! A recorder cannot start before the region has a delivery channel, nor a channel be put before there is a
//! recorder: so the channel comes after the recorder, starts it, and rules come after both.

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
        name: "AWS::Config::ConfigurationRecorder",
        service: ServiceName::Config,
        properties: &[
            Property::text("Name").to("name"),
            Property::text("RoleARN").required().to("roleARN"),
            Property::record(
                "RecordingGroup",
                &[
                    Property::boolean("AllSupported").to("allSupported"),
                    Property::boolean("IncludeGlobalResourceTypes").to("includeGlobalResourceTypes"),
                    Property::texts("ResourceTypes").to("resourceTypes"),
                    Property::record(
                        "ExclusionByResourceTypes",
                        &[Property::texts("ResourceTypes").required().to("resourceTypes")],
                    )
                    .to("exclusionByResourceTypes"),
                    Property::record(
                        "RecordingStrategy",
                        &[Property::text("UseOnly").required().to("useOnly")],
                    )
                    .to("recordingStrategy"),
                ],
            )
            .to("recordingGroup"),
            Property::record(
                "RecordingMode",
                &[
                    Property::text("RecordingFrequency").required().to("recordingFrequency"),
                    Property::records(
                        "RecordingModeOverrides",
                        &[
                            Property::text("Description").to("description"),
                            Property::texts("ResourceTypes").required().to("resourceTypes"),
                            Property::text("RecordingFrequency").required().to("recordingFrequency"),
                        ],
                    )
                    .to("recordingModeOverrides"),
                ],
            )
            .to("recordingMode"),
        ],
        attributes: &[],
        after: &[],
        create: |making| {
            let name = making.name("name");
            let recorder = making.rest();
            making.call("PutConfigurationRecorder", json!({"ConfigurationRecorder": recorder}))?;
            Ok(Created::new(name))
        },
    },
    ResourceType {
        name: "AWS::Config::DeliveryChannel",
        service: ServiceName::Config,
        properties: &[
            Property::text("Name").to("name"),
            Property::text("S3BucketName").required().to("s3BucketName"),
            Property::text("S3KeyPrefix").to("s3KeyPrefix"),
            Property::text("SnsTopicARN").to("snsTopicARN"),
            Property::record(
                "ConfigSnapshotDeliveryProperties",
                &[Property::text("DeliveryFrequency").to("deliveryFrequency")],
            )
            .to("configSnapshotDeliveryProperties"),
        ],
        attributes: &[],
        after: &["AWS::Config::ConfigurationRecorder", "AWS::S3::BucketPolicy"],
        create: delivery_channel,
    },
    ResourceType {
        name: "AWS::Config::ConfigRule",
        service: ServiceName::Config,
        properties: &[
            Property::text("ConfigRuleName"),
            Property::text("Description"),
            Property::record(
                "Scope",
                &[
                    Property::texts("ComplianceResourceTypes"),
                    Property::text("TagKey"),
                    Property::text("TagValue"),
                    Property::text("ComplianceResourceId"),
                ],
            ),
            Property::record(
                "Source",
                &[
                    Property::text("Owner").required(),
                    Property::text("SourceIdentifier"),
                    Property::records(
                        "SourceDetails",
                        &[
                            Property::text("EventSource").required(),
                            Property::text("MessageType").required(),
                            Property::text("MaximumExecutionFrequency"),
                        ],
                    ),
                ],
            )
            .required(),
            Property::json_text("InputParameters"),
            Property::text("MaximumExecutionFrequency"),
            Property::records("EvaluationModes", &[Property::text("Mode").required()]),
        ],
        attributes: &["Arn", "ConfigRuleId"],
        after: &[
            "AWS::Config::ConfigurationRecorder",
            "AWS::Config::DeliveryChannel",
            "AWS::Lambda::Permission",
        ],
        create: config_rule,
    },
    ResourceType {
        name: "AWS::Config::RemediationConfiguration",
        service: ServiceName::Config,
        properties: &[
            Property::text("ConfigRuleName").required(),
            Property::text("TargetType").required(),
            Property::text("TargetId").required(),
            Property::text("TargetVersion"),
            Property::json("Parameters"),
            Property::text("ResourceType"),
            Property::boolean("Automatic"),
            Property::integer("MaximumAutomaticAttempts"),
            Property::integer("RetryAttemptSeconds"),
        ],
        attributes: &[],
        after: &["AWS::Config::ConfigRule"],
        create: |making| {
            let remediation = Value::Object(making.rest());
            let rule = text_at(&remediation, "/ConfigRuleName");
            making
                .call("PutRemediationConfigurations", json!({"RemediationConfigurations": [remediation]}))?;
            Ok(Created::new(rule))
        },
    },
];

fn delivery_channel(making: &mut Making<'_>) -> Result<Created, DeployError> {
    let name = making.name("name");
    let channel = making.rest();
    making.call("PutDeliveryChannel", json!({"DeliveryChannel": channel}))?;
    // The region's recorder, whose name the template need not know here.
    let answer = making.call("DescribeConfigurationRecorders", json!({}))?;
    let recorder = text_at(&answer, "/ConfigurationRecorders/0/name");
    if !recorder.is_empty() {
        making.call("StartConfigurationRecorder", json!({"ConfigurationRecorderName": recorder}))?;
    }
    Ok(Created::new(name))
}

fn config_rule(making: &mut Making<'_>) -> Result<Created, DeployError> {
    let name = making.name("ConfigRuleName");
    let rule = making.rest();
    making.call("PutConfigRule", json!({"ConfigRule": rule}))?;
    let mut created = Created::new(name.clone());
    if making.wants("Arn") || making.wants("ConfigRuleId") {
        let answer = making.call("DescribeConfigRules", json!({"ConfigRuleNames": [name]}))?;
        let rule = answer.pointer("/ConfigRules/0").cloned().unwrap_or(Value::Null);
        created = created
            .with("Arn", text_at(&rule, "/ConfigRuleArn"))
            .with("ConfigRuleId", text_at(&rule, "/ConfigRuleId"));
    }
    Ok(created)
}
