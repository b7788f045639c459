//! The automation documents the account has: AWS's own, as far as their calls are simulated.
//!
//! Source: AWS Systems Manager Automation runbook reference, one page a document (parameters, permissions, steps).

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::calls;
use crate::aws::ServiceName;

/// An automation document.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) name: &'static str,
    pub(super) parameters: &'static [Parameter],
    pub(super) steps: &'static [StepTemplate],
}

/// A parameter of a document. One without a default must be given.
#[derive(Debug)]
pub(super) struct Parameter {
    pub(super) name: &'static str,
    pub(super) default: Option<&'static str>,
}

/// A step: one call, made from the parameters and from what earlier steps were answered.
#[derive(Debug)]
pub(super) struct StepTemplate {
    pub(super) name: &'static str,
    pub(super) service: ServiceName,
    pub(super) operation: &'static str,
    /// Whether the document goes on when the call is refused.
    pub(super) goes_on: bool,
    /// The parameters of the call; `None` when there is nothing to do.
    pub(super) call: fn(&Inputs<'_>) -> Option<Value>,
}

/// What a step is made from.
#[derive(Debug)]
pub(super) struct Inputs<'a> {
    pub(super) parameters: &'a BTreeMap<&'static str, String>,
    pub(super) answers: &'a [Arc<Value>],
}

impl Inputs<'_> {
    pub(super) fn text(&self, name: &str) -> &str {
        self.parameters.get(name).map_or("", String::as_str)
    }
}

const fn needed(name: &'static str) -> Parameter {
    Parameter { name, default: None }
}

const fn optional(name: &'static str, default: &'static str) -> Parameter {
    Parameter { name, default: Some(default) }
}

const fn step(
    name: &'static str,
    service: ServiceName,
    operation: &'static str,
    call: fn(&Inputs<'_>) -> Option<Value>,
) -> StepTemplate {
    StepTemplate { name, service, operation, goes_on: false, call }
}

/// A step that may find its work already done.
const fn attempt(
    name: &'static str,
    service: ServiceName,
    operation: &'static str,
    call: fn(&Inputs<'_>) -> Option<Value>,
) -> StepTemplate {
    StepTemplate { goes_on: true, ..step(name, service, operation, call) }
}

use ServiceName::{CloudTrail, Ec2, S3, Sns};

/// Every document, by name.
static DOCUMENTS: &[Document] = &[
    Document {
        name: "AWS-DisablePublicAccessForSecurityGroup",
        parameters: &[needed("GroupId")],
        steps: &[
            attempt("DisableSSHFromV4", Ec2, "RevokeSecurityGroupIngress", calls::close_ssh_v4),
            attempt("DisableSSHFromV6", Ec2, "RevokeSecurityGroupIngress", calls::close_ssh_v6),
            attempt("DisableRDPFromV4", Ec2, "RevokeSecurityGroupIngress", calls::close_rdp_v4),
            attempt("DisableRDPFromV6", Ec2, "RevokeSecurityGroupIngress", calls::close_rdp_v6),
        ],
    },
    Document {
        name: "AWSConfigRemediation-RemoveUnrestrictedSourceIngressRules",
        parameters: &[needed("SecurityGroupId")],
        steps: &[
            step("DescribeSecurityGroup", Ec2, "DescribeSecurityGroups", calls::describe_group),
            step("RevokeRules", Ec2, "RevokeSecurityGroupIngress", calls::revoke_world),
        ],
    },
    Document {
        name: "AWS-DisableS3BucketPublicReadWrite",
        parameters: &[needed("S3BucketName")],
        steps: &[step("DisableS3BucketPublicReadWrite", S3, "PutBucketAcl", calls::private_acl)],
    },
    Document {
        name: "AWSConfigRemediation-ConfigureS3BucketPublicAccessBlock",
        parameters: &[
            needed("BucketName"),
            optional("BlockPublicAcls", "true"),
            optional("IgnorePublicAcls", "true"),
            optional("BlockPublicPolicy", "true"),
            optional("RestrictPublicBuckets", "true"),
        ],
        steps: &[
            step("PutBucketPublicAccessBlock", S3, "PutPublicAccessBlock", calls::block_public_access),
            step("GetBucketPublicAccessBlock", S3, "GetPublicAccessBlock", calls::of_bucket),
        ],
    },
    Document {
        name: "AWS-EnableS3BucketEncryption",
        parameters: &[needed("BucketName"), optional("SSEAlgorithm", "AES256")],
        steps: &[step("PutBucketEncryption", S3, "PutBucketEncryption", calls::encrypt_bucket)],
    },
    Document {
        name: "AWS-ConfigureS3BucketVersioning",
        parameters: &[needed("BucketName"), optional("VersioningState", "Enabled")],
        steps: &[step("PutBucketVersioning", S3, "PutBucketVersioning", calls::version_bucket)],
    },
    Document {
        name: "AWS-EnableCloudTrail",
        parameters: &[needed("S3BucketName"), needed("TrailName")],
        steps: &[
            step("CreateTrail", CloudTrail, "CreateTrail", calls::create_trail),
            step("StartLogging", CloudTrail, "StartLogging", calls::of_trail),
        ],
    },
    Document {
        name: "AWSConfigRemediation-EnableCloudTrailLogFileValidation",
        parameters: &[needed("TrailName")],
        steps: &[step("UpdateTrail", CloudTrail, "UpdateTrail", calls::validate_log_files)],
    },
    Document {
        name: "AWS-StopEC2Instance",
        parameters: &[needed("InstanceId")],
        steps: &[step("stopInstances", Ec2, "StopInstances", calls::of_instance)],
    },
    Document {
        name: "AWS-TerminateEC2Instance",
        parameters: &[needed("InstanceId")],
        steps: &[step("terminateInstances", Ec2, "TerminateInstances", calls::of_instance)],
    },
    Document {
        name: "AWS-PublishSNSNotification",
        parameters: &[needed("TopicArn"), needed("Message")],
        steps: &[step("PublishSNSNotification", Sns, "Publish", calls::publish)],
    },
];

pub(super) fn find(name: &str) -> Option<&'static Document> {
    DOCUMENTS.iter().find(|document| document.name == name)
}

pub(super) fn names() -> impl Iterator<Item = &'static str> {
    DOCUMENTS.iter().map(|document| document.name)
}
