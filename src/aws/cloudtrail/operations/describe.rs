//! What there is, and how it goes.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::is_called;
use crate::aws::{
    ApiOutcome, CallContext,
    cloudtrail::{CloudTrail, status},
};

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
    pub(super) fn get_trail(&mut self, input: GetTrail, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let trail = &self.trails[self.find(&input.name, cx)?];
        Ok(json!({ "Trail": trail.description() }))
    }

    pub(super) fn get_trail_status(
        &mut self,
        input: GetTrailStatus,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        Ok(status::answer(&self.trails[self.find(&input.name, cx)?]))
    }

    pub(super) fn describe_trails(
        &mut self,
        input: DescribeTrails,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let with_shadows = input.include_shadow_trails.unwrap_or(true);
        let trails: Vec<Value> = self
            .trails
            .iter()
            .filter(|trail| trail.home == *cx.region() || with_shadows && trail.is_multi_region)
            .filter(|trail| {
                input.trail_name_list.is_empty()
                    || input.trail_name_list.iter().any(|name| is_called(trail, name))
            })
            .map(|trail| trail.description())
            .collect();
        Ok(json!({ "trailList": trails }))
    }

    pub(super) fn list_trails(&mut self, _input: ListTrails, _cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let trails: Vec<Value> = self
            .trails
            .iter()
            .map(|trail| {
                json!({ "TrailARN": &*trail.arn, "Name": &*trail.name, "HomeRegion": trail.home.as_str() })
            })
            .collect();
        Ok(json!({ "Trails": trails }))
    }
}
