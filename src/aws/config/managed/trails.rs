//! Rules about trails: those about one trail, and those that ask whether the account has a certain one.

use serde_json::Value;

use super::{ACCOUNT, ManagedRule, Parameter, Subject, Verdict, parameter::Kind, periodic, subject::is_true};

const TRAIL: &[&str] = &["AWS::CloudTrail::Trail"];

const WHERE_TO: [Parameter; 3] = [
    Parameter::text("s3BucketName"),
    Parameter::text("snsTopicArn"),
    Parameter::text("cloudWatchLogsLogGroupArn"),
];

pub(super) const RULES: &[ManagedRule] = &[
    periodic("CLOUD_TRAIL_ENABLED", "cloudtrail-enabled", ACCOUNT, enabled).taking(&WHERE_TO),
    periodic("MULTI_REGION_CLOUD_TRAIL_ENABLED", "multi-region-cloudtrail-enabled", ACCOUNT, multi_region)
        .taking(&[
            WHERE_TO[0],
            WHERE_TO[1],
            WHERE_TO[2],
            Parameter::boolean("includeManagementEvents"),
            Parameter::new("readWriteType", Kind::OneOf(&["ReadOnly", "WriteOnly", "All"])),
        ]),
    periodic("CLOUDTRAIL_S3_DATAEVENTS_ENABLED", "cloudtrail-s3-dataevents-enabled", ACCOUNT, s3_data_events)
        .taking(&[Parameter::list("S3BucketNames")]),
    periodic(
        "CLOUDTRAIL_SECURITY_TRAIL_ENABLED",
        "cloudtrail-security-trail-enabled",
        ACCOUNT,
        security_trail,
    ),
    periodic(
        "CLOUD_TRAIL_LOG_FILE_VALIDATION_ENABLED",
        "cloud-trail-log-file-validation-enabled",
        TRAIL,
        |subject| subject.flag("/logFileValidationEnabled", true),
    ),
    periodic(
        "CLOUD_TRAIL_CLOUD_WATCH_LOGS_ENABLED",
        "cloud-trail-cloud-watch-logs-enabled",
        TRAIL,
        sends_to_logs,
    )
    .taking(&[Parameter::integer("expectedDeliveryWindowAge")]),
    periodic("CLOUD_TRAIL_ENCRYPTION_ENABLED", "cloud-trail-encryption-enabled", TRAIL, |subject| {
        subject.present("/kmsKeyId")
    }),
];

/// Compliant when one trail of the account qualifies.
fn some_trail(subject: &Subject<'_>, expected: &str, qualifies: impl Fn(&Value) -> bool) -> Verdict {
    let trails: Vec<&Value> = subject.list("/trails").collect();
    if trails.iter().any(|trail| qualifies(trail)) {
        return Verdict::compliant();
    }
    let names: Vec<Value> = trails.iter().filter_map(|trail| trail.get("name").cloned()).collect();
    Verdict::non_compliant("trails", expected, names)
}

fn flag(trail: &Value, member: &str) -> bool {
    trail.get(member).is_some_and(is_true)
}

/// A trail that says nothing of it is taken to log.
fn is_logging(trail: &Value) -> bool {
    trail.get("isLogging").is_none_or(is_true)
}

/// Whether it delivers where the parameters say.
fn delivers_as_asked(subject: &Subject<'_>, trail: &Value) -> bool {
    [
        ("s3BucketName", "s3BucketName"),
        ("snsTopicArn", "snsTopicARN"),
        ("cloudWatchLogsLogGroupArn", "cloudWatchLogsLogGroupArn"),
    ]
    .iter()
    .all(|(parameter, member)| {
        let actual = trail.get(member).and_then(Value::as_str);
        subject.parameter(parameter).is_none_or(|wanted| actual == Some(wanted))
    })
}

fn selectors(trail: &Value) -> impl Iterator<Item = &Value> {
    trail.get("eventSelectors").and_then(Value::as_array).into_iter().flatten()
}

fn advanced_selectors(trail: &Value) -> impl Iterator<Item = &Value> {
    trail.get("advancedEventSelectors").and_then(Value::as_array).into_iter().flatten()
}

/// The condition of an advanced selector on a field.
fn condition<'s>(selector: &'s Value, field: &str) -> Option<&'s Value> {
    let conditions = selector.get("fieldSelectors")?.as_array()?;
    conditions.iter().find(|condition| condition.get("field").and_then(Value::as_str) == Some(field))
}

fn equals(selector: &Value, field: &str, value: &str) -> bool {
    let values = condition(selector, field).and_then(|condition| condition.get("equals")?.as_array());
    values.is_some_and(|values| values.iter().any(|one| one.as_str() == Some(value)))
}

fn excludes_sources(trail: &Value) -> bool {
    let excluded = |selector: &Value| {
        let list = selector.get("excludeManagementEventSources").and_then(Value::as_array);
        list.is_some_and(|list| !list.is_empty())
    };
    selectors(trail).any(excluded)
        || advanced_selectors(trail)
            .any(|one| condition(one, "eventSource").is_some_and(|source| source.get("notEquals").is_some()))
}

/// Whether some selector keeps management events of that kind (`ReadOnly`, `WriteOnly`, `All`; any when `None`).
fn keeps_management_events(trail: &Value, read_write: Option<&str>) -> bool {
    let keeps = |selector: &Value| {
        let kind = selector.get("readWriteType").and_then(Value::as_str).unwrap_or("All");
        selector.get("includeManagementEvents").is_none_or(is_true)
            && read_write.is_none_or(|wanted| kind.eq_ignore_ascii_case(wanted))
    };
    let keeps_advanced = |selector: &Value| {
        let kind = match condition(selector, "readOnly") {
            None => "All",
            Some(_) if equals(selector, "readOnly", "true") => "ReadOnly",
            Some(_) => "WriteOnly",
        };
        equals(selector, "eventCategory", "Management")
            && read_write.is_none_or(|wanted| kind.eq_ignore_ascii_case(wanted))
    };
    let has_selectors = selectors(trail).next().is_some() || advanced_selectors(trail).next().is_some();
    // Without selectors a trail keeps all management events: CloudTrail's default.
    (!has_selectors && read_write.is_none_or(|wanted| wanted.eq_ignore_ascii_case("All")))
        || selectors(trail).any(keeps)
        || advanced_selectors(trail).any(keeps_advanced)
}

fn enabled(subject: &Subject<'_>) -> Verdict {
    some_trail(subject, "a trail that logs as asked", |trail| {
        is_logging(trail) && delivers_as_asked(subject, trail)
    })
}

fn multi_region(subject: &Subject<'_>) -> Verdict {
    let read_write = subject.parameter("readWriteType");
    let wants_management = subject.parameter("includeManagementEvents").is_some();
    some_trail(subject, "a multi-region trail that logs as asked and leaves nothing out", |trail| {
        let keeps = keeps_management_events(trail, read_write);
        flag(trail, "isMultiRegionTrail")
            && is_logging(trail)
            && delivers_as_asked(subject, trail)
            && !excludes_sources(trail)
            && (read_write.is_none() || keeps)
            && (!wants_management
                || keeps_management_events(trail, None) == subject.wants("includeManagementEvents"))
    })
}

/// Data events of every bucket, or of those listed.
fn s3_data_events(subject: &Subject<'_>) -> Verdict {
    let buckets = subject.listed("S3BucketNames");
    some_trail(subject, "a trail that logs the data events of S3", |trail| {
        is_logging(trail)
            && match &buckets {
                None => keeps_objects_of(trail, None),
                Some(buckets) => buckets.iter().all(|bucket| keeps_objects_of(trail, Some(bucket))),
            }
    })
}

/// Whether some selector keeps data events of all objects of a bucket; of every bucket when `None`.
fn keeps_objects_of(trail: &Value, bucket: Option<&str>) -> bool {
    let covers = |value: &str| {
        matches!(value, "arn:aws:s3" | "arn:aws:s3:::")
            || bucket.is_some_and(|bucket| value == format!("arn:aws:s3:::{bucket}/"))
    };
    let is_basic = |selector: &Value| {
        let resources = selector.get("dataResources").and_then(Value::as_array).into_iter().flatten();
        resources.into_iter().any(|resource| {
            let values = resource.get("values").and_then(Value::as_array).into_iter().flatten();
            resource.get("type").and_then(Value::as_str) == Some("AWS::S3::Object")
                && values.into_iter().filter_map(Value::as_str).any(covers)
        })
    };
    let is_advanced = |selector: &Value| {
        let starts = condition(selector, "resources.ARN").map(|arn| {
            let values = arn.get("startsWith").and_then(Value::as_array).into_iter().flatten();
            values.into_iter().filter_map(Value::as_str).any(covers)
        });
        equals(selector, "eventCategory", "Data")
            && equals(selector, "resources.type", "AWS::S3::Object")
            && starts.unwrap_or(true)
    };
    selectors(trail).any(is_basic) || advanced_selectors(trail).any(is_advanced)
}

/// The seven criteria of the guide, all met by one trail.
fn security_trail(subject: &Subject<'_>) -> Verdict {
    some_trail(subject, "a trail that meets all seven criteria", |trail| {
        flag(trail, "includeGlobalServiceEvents")
            && flag(trail, "isMultiRegionTrail")
            && flag(trail, "logFileValidationEnabled")
            && trail.get("kmsKeyId").and_then(Value::as_str).is_some_and(|key| !key.is_empty())
            && keeps_management_events(trail, Some("All"))
            && !excludes_sources(trail)
    })
}

fn sends_to_logs(subject: &Subject<'_>) -> Verdict {
    const GROUP: &str = "/cloudWatchLogsLogGroupArn";
    let Some(hours) = subject.integer("expectedDeliveryWindowAge").filter(|_| subject.text(GROUP).is_some())
    else {
        return subject.present(GROUP);
    };
    let last = subject.text("/latestCloudWatchLogsDeliveryTime");
    match last.and_then(|last| subject.hours_since(last)) {
        Some(age) if age <= hours => Verdict::compliant(),
        _ => Verdict::non_compliant(
            "latestCloudWatchLogsDeliveryTime",
            format!("at most {hours} hours ago"),
            last,
        ),
    }
}
