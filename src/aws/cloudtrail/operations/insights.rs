//! Insights events, which nothing here computes: they may be asked about and switched off, not on.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::{ApiError, ApiOutcome, CallContext, cloudtrail::CloudTrail};

/// Chooses which Insights events a trail delivers: none here, so only an empty list is taken.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PutInsightSelectors {
    /// The trail's name or ARN.
    trail_name: String,
    insight_selectors: Vec<InsightSelector>,
}

/// A kind of Insights events.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct InsightSelector {
    insight_type: InsightType,
}

/// What Insights events are about.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema)]
pub enum InsightType {
    ApiCallRateInsight,
    ApiErrorRateInsight,
}

/// Tells which Insights events a trail delivers.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GetInsightSelectors {
    /// The trail's name or ARN.
    trail_name: String,
}

impl CloudTrail {
    pub(super) fn put_insight_selectors(
        &mut self,
        input: PutInsightSelectors,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let place = self.at_home(&input.trail_name, cx)?;
        if let Some(wanted) = input.insight_selectors.first() {
            let message = format!("{:?} is not simulated by Vigie.", wanted.insight_type);
            return Err(ApiError::client("InvalidInsightSelectorsException", message));
        }
        Ok(json!({ "TrailARN": &*self.trails[place].arn, "InsightSelectors": [] }))
    }

    pub(super) fn get_insight_selectors(
        &mut self,
        input: GetInsightSelectors,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let trail = &self.trails[self.find(&input.trail_name, cx)?];
        let message = format!("Trail {} does not have Insights enabled.", trail.arn);
        Err(ApiError::client("InsightNotEnabledException", message))
    }
}
