//! `AWS::CloudWatch::Alarm` and `AWS::CloudWatch::CompositeAlarm`.

use crate::aws::{
    ServiceName,
    cloudformation::{
        error::DeployError,
        making::{Created, Making, ResourceType},
        property::Property,
    },
};

const DIMENSIONS: &[Property] = &[Property::text("Name").required(), Property::text("Value").required()];

const METRIC: &[Property] = &[
    Property::text("Namespace").required(),
    Property::text("MetricName").required(),
    Property::records("Dimensions", DIMENSIONS),
];

const METRIC_STAT: &[Property] = &[
    Property::record("Metric", METRIC).required(),
    Property::integer("Period").required(),
    Property::text("Stat").required(),
    Property::text("Unit"),
];

const METRIC_DATA_QUERY: &[Property] = &[
    Property::text("Id").required(),
    Property::record("MetricStat", METRIC_STAT),
    Property::text("Expression"),
    Property::text("Label"),
    Property::boolean("ReturnData"),
];

pub static TYPES: &[ResourceType] = &[
    ResourceType {
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
            Property::records("Dimensions", DIMENSIONS),
            Property::integer("Period"),
            Property::text("Unit"),
            Property::integer("EvaluationPeriods").required(),
            Property::integer("DatapointsToAlarm"),
            Property::number("Threshold"),
            Property::text("ComparisonOperator").required(),
            Property::text("TreatMissingData"),
            Property::text("EvaluateLowSampleCountPercentile"),
            Property::records("Metrics", METRIC_DATA_QUERY),
            Property::text("ThresholdMetricId"),
            Property::tags(),
        ],
        attributes: &["Arn"],
        after: &[],
        create: |making| create(making, "PutMetricAlarm"),
    },
    ResourceType {
        name: "AWS::CloudWatch::CompositeAlarm",
        service: ServiceName::CloudWatch,
        properties: &[
            Property::text("AlarmName"),
            Property::text("AlarmRule").required(),
            Property::text("AlarmDescription"),
            Property::boolean("ActionsEnabled"),
            Property::texts("OKActions"),
            Property::texts("AlarmActions"),
            Property::texts("InsufficientDataActions"),
            Property::text("ActionsSuppressor"),
            Property::integer("ActionsSuppressorWaitPeriod"),
            Property::integer("ActionsSuppressorExtensionPeriod"),
            Property::tags(),
        ],
        attributes: &["Arn"],
        after: &[],
        create: |making| create(making, "PutCompositeAlarm"),
    },
];

fn create(making: &mut Making<'_>, operation: &str) -> Result<Created, DeployError> {
    let name = making.name("AlarmName");
    let parameters = making.rest();
    making.call(operation, parameters)?;
    let arn = making.arn("cloudwatch", &format!("alarm:{name}"));
    Ok(Created::new(name).with("Arn", arn))
}
