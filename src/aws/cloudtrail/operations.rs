//! The operations on trails: what may be asked, and what is answered.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{CloudTrail, EventSelector, Trail, lookup::LookupEvents, selectors, trail::DeliveryStatus};
use crate::aws::{ApiError, ApiOutcome, CallContext, Region, arn::Arn, operation::operations, timestamps};

operations! { pub(super) CloudTrail:
    CreateTrail: Write => create_trail;
    UpdateTrail: Write => update_trail;
    DeleteTrail: Write => delete_trail;
    StartLogging: Write => start_logging;
    StopLogging: Write => stop_logging;
    PutEventSelectors: Write => put_event_selectors;
    GetEventSelectors: Read => get_event_selectors;
    GetTrail: Read => get_trail;
    GetTrailStatus: Read => get_trail_status;
    DescribeTrails: Read => describe_trails;
    ListTrails: Read => list_trails;
    LookupEvents: Read => lookup_events;
}

/// Trails of one region (CloudTrail User Guide, "Quotas").
const TRAILS_PER_REGION: usize = 5;

/// Creates a trail. It does not log before `StartLogging`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct CreateTrail {
    name: String,
    s3_bucket_name: String,
    s3_key_prefix: Option<String>,
    include_global_service_events: Option<bool>,
    is_multi_region_trail: Option<bool>,
    enable_log_file_validation: Option<bool>,
    cloud_watch_logs_log_group_arn: Option<String>,
    cloud_watch_logs_role_arn: Option<String>,
    kms_key_id: Option<String>,
    #[serde(default)]
    tags_list: Vec<Tag>,
}

/// A tag.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Tag {
    key: String,
    value: Option<String>,
}

/// Changes where a trail delivers and what it covers. It goes on logging meanwhile.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct UpdateTrail {
    /// The trail's name or ARN.
    name: String,
    s3_bucket_name: Option<String>,
    s3_key_prefix: Option<String>,
    include_global_service_events: Option<bool>,
    is_multi_region_trail: Option<bool>,
    enable_log_file_validation: Option<bool>,
    cloud_watch_logs_log_group_arn: Option<String>,
    cloud_watch_logs_role_arn: Option<String>,
    kms_key_id: Option<String>,
}

/// Deletes a trail. The event history goes on.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DeleteTrail {
    /// The trail's name or ARN.
    name: String,
}

/// Starts the delivery of a trail's events.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct StartLogging {
    /// The trail's name or ARN.
    name: String,
}

/// Stops the delivery of a trail's events. The event history goes on.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct StopLogging {
    /// The trail's name or ARN.
    name: String,
}

/// Chooses which events a trail delivers.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PutEventSelectors {
    /// The trail's name or ARN.
    trail_name: String,
    event_selectors: Vec<EventSelector>,
}

/// Tells which events a trail delivers.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GetEventSelectors {
    /// The trail's name or ARN.
    trail_name: String,
}

/// Describes a trail.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GetTrail {
    /// The trail's name or ARN.
    name: String,
}

/// Tells whether a trail logs, and how its last deliveries went.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GetTrailStatus {
    /// The trail's name or ARN.
    name: String,
}

/// Describes the trails that concern this region.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DescribeTrails {
    /// Names or ARNs; all trails without it.
    #[serde(default)]
    trail_name_list: Vec<String>,
    /// Also the multi-region trails whose home is elsewhere; yes unless said otherwise.
    include_shadow_trails: Option<bool>,
}

/// Lists the trails of the account.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ListTrails {
    #[allow(dead_code, reason = "a single page holds every trail an account may have")]
    next_token: Option<String>,
}

impl CloudTrail {
    fn create_trail(&mut self, input: CreateTrail, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        check_name(&input.name)?;
        let in_region = || self.trails.iter().filter(|trail| trail.home == *cx.region());
        if in_region().any(|trail| *trail.name == *input.name) {
            let message = format!("Trail {} already exists for customer: {}", input.name, cx.account_id);
            return Err(ApiError::client("TrailAlreadyExistsException", message));
        }
        if in_region().count() >= TRAILS_PER_REGION {
            let message =
                format!("User: {} already has {TRAILS_PER_REGION} trails in {}.", cx.account_id, cx.region());
            return Err(ApiError::client("MaximumNumberOfTrailsExceededException", message));
        }
        let arn =
            crate::aws::arn::arn("cloudtrail", cx.region(), cx.account_id, &format!("trail/{}", input.name));
        let trail = Trail {
            name: input.name.into(),
            arn: arn.into(),
            home: cx.region().clone(),
            bucket: input.s3_bucket_name.into(),
            key_prefix: input.s3_key_prefix.map(Into::into),
            includes_global_services: input.include_global_service_events.unwrap_or(true),
            is_multi_region: input.is_multi_region_trail.unwrap_or(false),
            validates_log_files: input.enable_log_file_validation.unwrap_or(false),
            log_group_arn: input.cloud_watch_logs_log_group_arn.map(Into::into),
            log_role_arn: input.cloud_watch_logs_role_arn.map(Into::into),
            kms_key_id: input.kms_key_id.map(Into::into),
            tags: input
                .tags_list
                .into_iter()
                .map(|tag| (tag.key.into(), tag.value.unwrap_or_default().into()))
                .collect(),
            selectors: vec![EventSelector::default()],
            is_logging: false,
            started: None,
            stopped: None,
            to_bucket: DeliveryStatus::default(),
            to_logs: DeliveryStatus::default(),
        };
        check(&trail)?;
        let answer = Value::Object(trail.summary());
        announce(&trail, false, cx);
        self.trails.push(trail);
        Ok(answer)
    }

    fn update_trail(&mut self, input: UpdateTrail, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let place = self.at_home(&input.name, cx)?;
        let mut trail = self.trails[place].clone();
        let replace = |old: &mut Option<Arc<str>>, new: Option<String>| {
            if let Some(new) = new {
                *old = Some(new.into()).filter(|text: &Arc<str>| !text.is_empty());
            }
        };
        if let Some(bucket) = input.s3_bucket_name {
            trail.bucket = bucket.into();
        }
        replace(&mut trail.key_prefix, input.s3_key_prefix);
        replace(&mut trail.log_group_arn, input.cloud_watch_logs_log_group_arn);
        replace(&mut trail.log_role_arn, input.cloud_watch_logs_role_arn);
        replace(&mut trail.kms_key_id, input.kms_key_id);
        trail.includes_global_services =
            input.include_global_service_events.unwrap_or(trail.includes_global_services);
        trail.is_multi_region = input.is_multi_region_trail.unwrap_or(trail.is_multi_region);
        trail.validates_log_files = input.enable_log_file_validation.unwrap_or(trail.validates_log_files);
        check(&trail)?;
        let answer = Value::Object(trail.summary());
        announce(&trail, false, cx);
        self.trails[place] = trail;
        Ok(answer)
    }

    fn delete_trail(&mut self, input: DeleteTrail, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let place = self.at_home(&input.name, cx)?;
        let trail = self.trails.remove(place);
        announce(&trail, true, cx);
        self.closing = Some(trail).filter(|trail| trail.is_logging);
        Ok(json!({}))
    }

    fn start_logging(&mut self, input: StartLogging, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let place = self.at_home(&input.name, cx)?;
        let trail = &mut self.trails[place];
        if !trail.is_logging {
            (trail.is_logging, trail.started) = (true, Some(cx.moment().utc));
            announce(trail, false, cx);
        }
        Ok(json!({}))
    }

    fn stop_logging(&mut self, input: StopLogging, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let place = self.at_home(&input.name, cx)?;
        let trail = &mut self.trails[place];
        if trail.is_logging {
            self.closing = Some(trail.clone());
            (trail.is_logging, trail.stopped) = (false, Some(cx.moment().utc));
            announce(trail, false, cx);
        }
        Ok(json!({}))
    }

    fn put_event_selectors(&mut self, input: PutEventSelectors, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let place = self.at_home(&input.trail_name, cx)?;
        selectors::validate(&input.event_selectors)?;
        let trail = &mut self.trails[place];
        trail.selectors = input.event_selectors;
        announce(trail, false, cx);
        Ok(selectors_of(trail))
    }

    fn get_event_selectors(&mut self, input: GetEventSelectors, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        Ok(selectors_of(&self.trails[self.find(&input.trail_name, cx)?]))
    }

    fn get_trail(&mut self, input: GetTrail, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let trail = &self.trails[self.find(&input.name, cx)?];
        Ok(json!({ "Trail": trail.description() }))
    }

    fn get_trail_status(&mut self, input: GetTrailStatus, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let trail = &self.trails[self.find(&input.name, cx)?];
        let mut status = Map::from_iter([("IsLogging".to_owned(), trail.is_logging.into())]);
        let mut put = |key: &str, value: Option<String>| {
            if let Some(value) = value {
                status.insert(key.to_owned(), value.into());
            }
        };
        let error = |delivery: &DeliveryStatus| delivery.error.as_deref().map(str::to_owned);
        put("LatestDeliveryError", error(&trail.to_bucket));
        put("LatestDeliveryTime", trail.to_bucket.latest.map(timestamps::cli));
        put("StartLoggingTime", trail.started.map(timestamps::cli));
        put("StopLoggingTime", trail.stopped.map(timestamps::cli));
        put("LatestCloudWatchLogsDeliveryError", error(&trail.to_logs));
        put("LatestCloudWatchLogsDeliveryTime", trail.to_logs.latest.map(timestamps::cli));
        put("TimeLoggingStarted", trail.started.map(timestamps::seconds_z));
        put("TimeLoggingStopped", trail.stopped.map(timestamps::seconds_z));
        Ok(Value::Object(status))
    }

    fn describe_trails(&mut self, input: DescribeTrails, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let with_shadows = input.include_shadow_trails.unwrap_or(true);
        let trails: Vec<Value> = self
            .trails
            .iter()
            .filter(|trail| trail.home == *cx.region() || with_shadows && trail.is_multi_region)
            .filter(|trail| {
                input.trail_name_list.is_empty()
                    || input.trail_name_list.iter().any(|name| is_called(trail, name))
            })
            .map(Trail::description)
            .collect();
        Ok(json!({ "trailList": trails }))
    }

    fn list_trails(&mut self, _input: ListTrails, _cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let trails: Vec<Value> = self
            .trails
            .iter()
            .map(|trail| {
                json!({ "TrailARN": &*trail.arn, "Name": &*trail.name, "HomeRegion": trail.home.as_str() })
            })
            .collect();
        Ok(json!({ "Trails": trails }))
    }

    /// The trail of that name or ARN, as seen from the region of the call.
    fn find(&self, name: &str, cx: &CallContext<'_, '_>) -> Result<usize, ApiError> {
        let is_seen = |trail: &Trail, from: &Region| trail.reaches(from) || name.starts_with("arn:");
        self.trails.iter().position(|trail| is_called(trail, name) && is_seen(trail, cx.region())).ok_or_else(
            || {
                let arn = if name.starts_with("arn:") {
                    name.to_owned()
                } else {
                    crate::aws::arn::arn("cloudtrail", cx.region(), cx.account_id, &format!("trail/{name}"))
                };
                ApiError::client(
                    "TrailNotFoundException",
                    format!("Unknown trail: {arn} for the user: {}", cx.account_id),
                )
            },
        )
    }

    /// The same, for what may only be done where the trail was made.
    fn at_home(&self, name: &str, cx: &CallContext<'_, '_>) -> Result<usize, ApiError> {
        let place = self.find(name, cx)?;
        let home = &self.trails[place].home;
        if home == cx.region() {
            return Ok(place);
        }
        let message = format!(
            "The operation is only possible in the trail's home region, {home}, not in {}.",
            cx.region()
        );
        Err(ApiError::client("InvalidHomeRegionException", message))
    }
}

fn is_called(trail: &Trail, name: &str) -> bool {
    *trail.name == *name || *trail.arn == *name
}

fn selectors_of(trail: &Trail) -> Value {
    let selectors: Vec<Value> =
        trail.selectors.iter().map(|selector| serde_json::to_value(selector).unwrap_or_default()).collect();
    json!({ "TrailARN": &*trail.arn, "EventSelectors": selectors })
}

fn announce(trail: &Trail, deleted: bool, cx: &mut CallContext<'_, '_>) {
    cx.out.changed(&trail.home, trail.as_resource(deleted));
}

/// A name has 3 to 128 letters, digits, `.`, `_`, `-`, begins and ends with a letter or digit, and is no IP address.
fn check_name(name: &str) -> Result<(), ApiError> {
    let fault = if !(3..=128).contains(&name.len()) {
        "Trail name must be from 3 to 128 characters long."
    } else if !name.starts_with(|first: char| first.is_ascii_alphanumeric()) {
        "Trail name must start with a letter or number."
    } else if !name.ends_with(|last: char| last.is_ascii_alphanumeric()) {
        "Trail name must end with a letter or number."
    } else if !name.chars().all(|each| each.is_ascii_alphanumeric() || matches!(each, '.' | '_' | '-')) {
        "Trail name can only contain ASCII letters, numbers, periods, underscores, and dashes."
    } else {
        return Ok(());
    };
    Err(ApiError::client("InvalidTrailNameException", fault))
}

/// What must hold of a trail however it came to be.
fn check(trail: &Trail) -> Result<(), ApiError> {
    let combination = |message: &str| Err(ApiError::client("InvalidParameterCombinationException", message));
    if trail.is_multi_region && !trail.includes_global_services {
        return combination("Multi-Region trail must include global service events.");
    }
    if trail.log_group_arn.is_some() != trail.log_role_arn.is_some() {
        return combination("A CloudWatch Logs log group and role must be specified together.");
    }
    if let Some(arn) = &trail.log_group_arn {
        let is_group =
            Arn::parse(arn).is_some_and(|arn| arn.service == "logs") && trail.log_group().is_some();
        if !is_group {
            return Err(ApiError::client(
                "InvalidCloudWatchLogsLogGroupArnException",
                "CloudTrail cannot validate the specified log group ARN.",
            ));
        }
    }
    Ok(())
}
