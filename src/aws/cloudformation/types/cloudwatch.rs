//! `AWS::CloudWatch::Alarm`.

use crate::aws::{
    ServiceName,
    cloudformation::{
        making::{Created, ResourceType},
        property::Property,
    },
};

pub static TYPES: &[ResourceType] = &[ResourceType {
    name: "AWS::CloudWatch::Alarm",
    service: ServiceName::CloudWatch,
    properties: &[
        Property::text("AlarmName"),
        Property::text("AlarmDescription"),
        Property::boolean("ActionsEnabled"),
        Property::texts("OKActions"),
        Property::texts("AlarmActions"),
        Property::texts("InsufficientDataActions"),
        Property::text("MetricName"),
        Property::text("Namespace"),
        Property::text("Statistic"),
        Property::text("ExtendedStatistic"),
        Property::records(
            "Dimensions",
            &[Property::text("Name").required(), Property::text("Value").required()],
        ),
        Property::integer("Period"),
        Property::text("Unit"),
        Property::integer("EvaluationPeriods").required(),
        Property::integer("DatapointsToAlarm"),
        Property::number("Threshold"),
        Property::text("ComparisonOperator").required(),
        Property::text("TreatMissingData"),
        Property::text("EvaluateLowSampleCountPercentile"),
    ],
    attributes: &["Arn"],
    after: &[],
    create: |making| {
        let name = making.name("AlarmName");
        let parameters = making.rest();
        making.call("PutMetricAlarm", parameters)?;
        let arn = making.arn("cloudwatch", &format!("alarm:{name}"));
        Ok(Created::new(name).with("Arn", arn))
    },
}];
