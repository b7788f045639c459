//! Choosing which events a trail delivers.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{announce, selectors_of};
use crate::aws::{
    ApiOutcome, CallContext,
    cloudtrail::{
        CloudTrail,
        selectors::{AdvancedEventSelector, EventSelector, Selectors},
    },
};

/// Chooses which events a trail delivers, with basic selectors or with advanced ones.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PutEventSelectors {
    /// The trail's name or ARN.
    trail_name: String,
    event_selectors: Option<Vec<EventSelector>>,
    advanced_event_selectors: Option<Vec<AdvancedEventSelector>>,
}

/// Tells which events a trail delivers.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GetEventSelectors {
    /// The trail's name or ARN.
    trail_name: String,
}

impl CloudTrail {
    pub(super) fn put_event_selectors(
        &mut self,
        input: PutEventSelectors,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let place = self.at_home(&input.trail_name, cx)?;
        let selectors = Selectors::new(input.event_selectors, input.advanced_event_selectors)?;
        let trail = self.trail_mut(place);
        trail.selectors = selectors;
        announce(trail, false, cx);
        Ok(selectors_of(trail))
    }

    pub(super) fn get_event_selectors(
        &mut self,
        input: GetEventSelectors,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        Ok(selectors_of(&self.trails[self.find(&input.trail_name, cx)?]))
    }
}
