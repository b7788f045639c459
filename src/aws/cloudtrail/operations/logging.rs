//! Starting, stopping and deleting: what an intruder does first, and what is recorded all the same.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::announce;
use crate::aws::{ApiOutcome, CallContext, cloudtrail::CloudTrail};

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

impl CloudTrail {
    pub(super) fn delete_trail(&mut self, input: DeleteTrail, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let place = self.at_home(&input.name, cx)?;
        let trail = self.trails.remove(place);
        announce(&trail, true, cx);
        self.closing = Some(trail).filter(|trail| trail.is_logging);
        Ok(json!({}))
    }

    pub(super) fn start_logging(&mut self, input: StartLogging, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let place = self.at_home(&input.name, cx)?;
        let trail = self.trail_mut(place);
        if !trail.is_logging {
            (trail.is_logging, trail.started) = (true, Some(cx.moment().utc));
            announce(trail, false, cx);
            self.begin_digests(place, cx.out);
        }
        Ok(json!({}))
    }

    pub(super) fn stop_logging(&mut self, input: StopLogging, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let place = self.at_home(&input.name, cx)?;
        let trail = self.trail_mut(place);
        if trail.is_logging {
            let before = std::sync::Arc::new(trail.clone());
            (trail.is_logging, trail.stopped) = (false, Some(cx.moment().utc));
            announce(trail, false, cx);
            self.closing = Some(before);
        }
        Ok(json!({}))
    }
}
