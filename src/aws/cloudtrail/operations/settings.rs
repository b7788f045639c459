//! Making and changing a trail.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::{announce, needs, trail_arn};
use crate::aws::{
    ApiCall, ApiError, ApiOutcome, CallContext, Region,
    arn::{Arn, arn},
    cloudtrail::{CloudTrail, Trail, selectors::Selectors, status::Status},
    operation,
    service::Need,
    tags::{Tag, Tags},
};

/// Trails of one region (CloudTrail User Guide, "Quotas").
const TRAILS_PER_REGION: usize = 5;

/// Creates a trail. It does not log before `StartLogging`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct CreateTrail {
    name: String,
    s3_bucket_name: String,
    s3_key_prefix: Option<String>,
    /// Name or ARN of a topic that hears of every file.
    sns_topic_name: Option<String>,
    include_global_service_events: Option<bool>,
    is_multi_region_trail: Option<bool>,
    enable_log_file_validation: Option<bool>,
    cloud_watch_logs_log_group_arn: Option<String>,
    cloud_watch_logs_role_arn: Option<String>,
    kms_key_id: Option<String>,
    /// There is no organization here: `true` is refused.
    is_organization_trail: Option<bool>,
    #[serde(default)]
    tags_list: Vec<Tag>,
}

/// Changes where a trail delivers and what it covers. It goes on logging meanwhile.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct UpdateTrail {
    /// The trail's name or ARN.
    name: String,
    s3_bucket_name: Option<String>,
    /// An empty text removes it, as with the parameters below.
    s3_key_prefix: Option<String>,
    /// Name or ARN of a topic that hears of every file.
    sns_topic_name: Option<String>,
    include_global_service_events: Option<bool>,
    is_multi_region_trail: Option<bool>,
    enable_log_file_validation: Option<bool>,
    cloud_watch_logs_log_group_arn: Option<String>,
    cloud_watch_logs_role_arn: Option<String>,
    kms_key_id: Option<String>,
    /// There is no organization here: `true` is refused.
    is_organization_trail: Option<bool>,
}

impl CloudTrail {
    pub(super) fn create_trail(&mut self, input: CreateTrail, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
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
        refuse_organization(input.is_organization_trail)?;
        let trail = planned(input, cx.region(), cx.account_id);
        check(&trail)?;
        let answer = Value::Object(trail.summary());
        announce(&trail, false, cx);
        self.trails.push(Arc::new(trail));
        Ok(answer)
    }

    pub(super) fn update_trail(&mut self, input: UpdateTrail, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let place = self.at_home(&input.name, cx)?;
        refuse_organization(input.is_organization_trail)?;
        let trail = changed(Trail::clone(&self.trails[place]), input);
        check(&trail)?;
        let answer = Value::Object(trail.summary());
        announce(&trail, false, cx);
        let begins_digests = trail.validates_log_files && !self.trails[place].validates_log_files;
        self.trails[place] = Arc::new(trail);
        if begins_digests {
            self.begin_digests(place, cx.out);
        }
        Ok(answer)
    }

    /// What the changed trail would need; nothing when the call is refused for other reasons.
    pub(super) fn needs_of_change(&self, call: &ApiCall) -> Vec<Need> {
        let Ok(input) = operation::input::<UpdateTrail>(&call.parameters) else { return Vec::new() };
        let place = self.seen_from(&call.region, &input.name);
        let trail = place.map(|place| &self.trails[place]).filter(|trail| trail.home == call.region);
        trail.map_or_else(Vec::new, |trail| needs::of(&changed(Trail::clone(trail), input), &self.account_id))
    }
}

/// What the trail of a `CreateTrail` would need; nothing when the call is refused for other reasons.
pub(super) fn needs_of_new(call: &ApiCall, account_id: &str) -> Vec<Need> {
    let input = operation::input::<CreateTrail>(&call.parameters);
    let trail = input
        .ok()
        .filter(|input| check_name(&input.name).is_ok())
        .map(|input| planned(input, &call.region, account_id));
    trail.filter(|trail| check(trail).is_ok()).map_or_else(Vec::new, |trail| needs::of(&trail, account_id))
}

fn planned(input: CreateTrail, region: &Region, account_id: &str) -> Trail {
    Trail {
        arn: trail_arn(&input.name, region, account_id).into(),
        name: input.name.into(),
        home: region.clone(),
        bucket: input.s3_bucket_name.into(),
        key_prefix: non_empty(input.s3_key_prefix),
        topic_arn: input.sns_topic_name.map(|topic| topic_arn(&topic, region, account_id)),
        includes_global_services: input.include_global_service_events.unwrap_or(true),
        is_multi_region: input.is_multi_region_trail.unwrap_or(false),
        validates_log_files: input.enable_log_file_validation.unwrap_or(false),
        log_group_arn: non_empty(input.cloud_watch_logs_log_group_arn),
        log_role_arn: non_empty(input.cloud_watch_logs_role_arn),
        kms_key_id: non_empty(input.kms_key_id).map(|key| key_arn(key, region, account_id)),
        tags: Tags::from(input.tags_list.as_slice()),
        selectors: Selectors::default(),
        is_logging: false,
        started: None,
        stopped: None,
        status: Status::default(),
    }
}

fn changed(mut trail: Trail, input: UpdateTrail) -> Trail {
    let replace = |old: &mut Option<Arc<str>>, new: Option<String>| {
        if new.is_some() {
            *old = non_empty(new);
        }
    };
    if let Some(bucket) = input.s3_bucket_name {
        trail.bucket = bucket.into();
    }
    replace(&mut trail.key_prefix, input.s3_key_prefix);
    replace(&mut trail.log_group_arn, input.cloud_watch_logs_log_group_arn);
    replace(&mut trail.log_role_arn, input.cloud_watch_logs_role_arn);
    let arn = Arc::clone(&trail.arn);
    let account_id = Arn::parse(&arn).map_or("", |arn| arn.account_id);
    if input.kms_key_id.is_some() {
        trail.kms_key_id = non_empty(input.kms_key_id).map(|key| key_arn(key, &trail.home, account_id));
    }
    if let Some(topic) = input.sns_topic_name {
        let named = (!topic.is_empty()).then(|| topic_arn(&topic, &trail.home, account_id));
        trail.topic_arn = named;
    }
    trail.includes_global_services =
        input.include_global_service_events.unwrap_or(trail.includes_global_services);
    trail.is_multi_region = input.is_multi_region_trail.unwrap_or(trail.is_multi_region);
    trail.validates_log_files = input.enable_log_file_validation.unwrap_or(trail.validates_log_files);
    trail
}

fn non_empty(text: Option<String>) -> Option<Arc<str>> {
    text.filter(|text| !text.is_empty()).map(Into::into)
}

/// A key's ARN, from its id or its alias.
fn key_arn(key: Arc<str>, region: &Region, account_id: &str) -> Arc<str> {
    let of = |resource: &str| -> Arc<str> { arn("kms", region, account_id, resource).into() };
    match &*key {
        arn if arn.starts_with("arn:") => key,
        alias if alias.starts_with("alias/") => of(alias),
        id => of(&format!("key/{id}")),
    }
}

fn topic_arn(topic: &str, region: &Region, account_id: &str) -> Arc<str> {
    if topic.starts_with("arn:") { topic.into() } else { arn("sns", region, account_id, topic).into() }
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
    } else if name.parse::<std::net::Ipv4Addr>().is_ok() {
        "Trail name must not be in IP address format."
    } else {
        return Ok(());
    };
    Err(ApiError::client("InvalidTrailNameException", fault))
}

fn refuse_organization(wanted: Option<bool>) -> Result<(), ApiError> {
    if wanted != Some(true) {
        return Ok(());
    }
    let message = "IsOrganizationTrail is not simulated by Vigie: the account belongs to no organization.";
    Err(ApiError::client("OrganizationsNotInUseException", message))
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
    if trail.log_group_arn.is_some() && trail.log_group().is_none() {
        return Err(no_such_group());
    }
    Ok(())
}

pub(super) fn no_such_group() -> ApiError {
    let message = "CloudTrail cannot validate the specified log group ARN.";
    ApiError::client("InvalidCloudWatchLogsLogGroupArnException", message)
}
