//! `required-tags`: up to six tags, each with the values it may have.

use serde_json::Value;

use super::{ManagedRule, Parameter, Subject, Verdict, on_change};

/// The types the guide lists for this rule; others are not judged.
const TAGGED: &[&str] = &[
    "AWS::ACM::Certificate",
    "AWS::AutoScaling::AutoScalingGroup",
    "AWS::CloudFormation::Stack",
    "AWS::CodeBuild::Project",
    "AWS::DynamoDB::Table",
    "AWS::EC2::CustomerGateway",
    "AWS::EC2::Instance",
    "AWS::EC2::InternetGateway",
    "AWS::EC2::NetworkAcl",
    "AWS::EC2::NetworkInterface",
    "AWS::EC2::RouteTable",
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::Subnet",
    "AWS::EC2::Volume",
    "AWS::EC2::VPC",
    "AWS::EC2::VPNConnection",
    "AWS::EC2::VPNGateway",
    "AWS::ElasticLoadBalancing::LoadBalancer",
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "AWS::RDS::DBInstance",
    "AWS::RDS::DBSecurityGroup",
    "AWS::RDS::DBSnapshot",
    "AWS::RDS::DBSubnetGroup",
    "AWS::RDS::EventSubscription",
    "AWS::Redshift::Cluster",
    "AWS::Redshift::ClusterParameterGroup",
    "AWS::Redshift::ClusterSecurityGroup",
    "AWS::Redshift::ClusterSnapshot",
    "AWS::Redshift::ClusterSubnetGroup",
    "AWS::S3::Bucket",
];

pub(super) const RULES: &[ManagedRule] = &[on_change("REQUIRED_TAGS", "required-tags", TAGGED, has_tags)
    .taking(&[
        Parameter::text("tag1Key").default("CostCenter"),
        Parameter::list("tag1Value"),
        Parameter::text("tag2Key"),
        Parameter::list("tag2Value"),
        Parameter::text("tag3Key"),
        Parameter::list("tag3Value"),
        Parameter::text("tag4Key"),
        Parameter::list("tag4Value"),
        Parameter::text("tag5Key"),
        Parameter::list("tag5Value"),
        Parameter::text("tag6Key"),
        Parameter::list("tag6Value"),
    ])];

fn has_tags(subject: &Subject<'_>) -> Verdict {
    Verdict::all((1..=6).filter_map(|place| {
        let key = subject.parameter(&format!("tag{place}Key"))?;
        let actual = subject.tags().and_then(|tags| tags.get(key)).and_then(Value::as_str);
        let values = subject.listed(&format!("tag{place}Value"));
        let field = format!("tags.{key}");
        Some(match (actual, values) {
            (None, _) => Verdict::non_compliant(field, "a tag", Value::Null),
            (Some(actual), Some(values)) if !values.contains(&actual) => {
                Verdict::non_compliant(field, values.join(" or "), actual)
            }
            _ => Verdict::compliant(),
        })
    }))
}
