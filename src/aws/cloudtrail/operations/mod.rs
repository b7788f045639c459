//! The operations on trails: what may be asked, and what is answered.

mod describe;
mod insights;
mod logging;
mod needs;
mod select;
mod settings;
mod tag;

use serde_json::Value;

use super::{CloudTrail, Trail, lookup::LookupEvents};
use crate::aws::{ApiCall, ApiError, CallContext, Region, arn::arn, operation::operations, service::Need};
use describe::{DescribeTrails, GetTrail, GetTrailStatus, ListTrails};
use insights::{GetInsightSelectors, PutInsightSelectors};
use logging::{DeleteTrail, StartLogging, StopLogging};
use select::{GetEventSelectors, PutEventSelectors};
use settings::{CreateTrail, UpdateTrail};
use tag::{AddTags, ListTags, RemoveTags};

operations! { pub(super) CloudTrail:
    CreateTrail: Write => create_trail;
    UpdateTrail: Write => update_trail;
    DeleteTrail: Write => delete_trail;
    StartLogging: Write => start_logging;
    StopLogging: Write => stop_logging;
    PutEventSelectors: Write => put_event_selectors;
    GetEventSelectors: Read => get_event_selectors;
    PutInsightSelectors: Write => put_insight_selectors;
    GetInsightSelectors: Read => get_insight_selectors;
    GetTrail: Read => get_trail;
    GetTrailStatus: Read => get_trail_status;
    DescribeTrails: Read => describe_trails;
    ListTrails: Read => list_trails;
    AddTags: Write => add_tags;
    RemoveTags: Write => remove_tags;
    ListTags: Read => list_tags;
    LookupEvents: Read => lookup_events;
}

impl CloudTrail {
    /// The trail of that name or ARN, as seen from the region of the call.
    fn find(&self, name: &str, cx: &CallContext<'_, '_>) -> Result<usize, ApiError> {
        self.seen_from(cx.region(), name).ok_or_else(|| {
            let arn = trail_arn(name, cx.region(), cx.account_id);
            let message = format!("Unknown trail: {arn} for the user: {}", cx.account_id);
            ApiError::client("TrailNotFoundException", message)
        })
    }

    fn seen_from(&self, region: &Region, name: &str) -> Option<usize> {
        let is_seen = |trail: &Trail| trail.reaches(region) || name.starts_with("arn:");
        self.trails.iter().position(|trail| is_called(trail, name) && is_seen(trail))
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

    /// What the trail that a call makes or changes would need of buckets, topics, log groups and roles.
    pub(super) fn needs_of(&self, call: &ApiCall) -> Vec<Need> {
        match &*call.operation {
            "CreateTrail" => settings::needs_of_new(call, &self.account_id),
            "UpdateTrail" => self.needs_of_change(call),
            _ => Vec::new(),
        }
    }
}

/// The ARN that a name, or an ARN, stands for.
pub(super) fn trail_arn(name: &str, region: &Region, account_id: &str) -> String {
    if name.starts_with("arn:") {
        name.to_owned()
    } else {
        arn("cloudtrail", region, account_id, &format!("trail/{name}"))
    }
}

fn is_called(trail: &Trail, name: &str) -> bool {
    *trail.name == *name || *trail.arn == *name
}

fn announce(trail: &Trail, deleted: bool, cx: &mut CallContext<'_, '_>) {
    cx.out.changed(&trail.home, trail.as_resource(deleted));
}

/// Selectors of a trail beside its ARN.
fn selectors_of(trail: &Trail) -> Value {
    let mut answer = serde_json::Map::from_iter([("TrailARN".to_owned(), (*trail.arn).into())]);
    trail.selectors.answer(&mut answer);
    Value::Object(answer)
}
