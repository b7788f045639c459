//! `ListMetrics`: the metrics that have datapoints.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::{not_in_enum, page};
use crate::aws::{
    ApiOutcome, CallContext,
    cloudwatch::{CloudWatch, metrics::MetricKey},
};

/// A metric silent for two weeks is no longer listed. Source: API reference.
const SILENCE_MS: i64 = 14 * 86_400_000;
const THREE_HOURS_MS: i64 = 3 * 3_600_000;
const PAGE: usize = 500;

/// Lists the metrics that have datapoints.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ListMetrics {
    pub namespace: Option<String>,
    pub metric_name: Option<String>,
    #[serde(default)]
    pub dimensions: Vec<DimensionFilter>,
    pub next_token: Option<String>,
    /// `PT3H`: only metrics with a datapoint in the last three hours.
    #[schemars(extend("enum" = ["PT3H"]))]
    pub recently_active: Option<String>,
}

/// A dimension to look for, with any value unless one is given.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DimensionFilter {
    pub name: String,
    pub value: Option<String>,
}

impl CloudWatch {
    pub(super) fn list_metrics(&mut self, input: ListMetrics, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let silence = match input.recently_active.as_deref() {
            None => SILENCE_MS,
            Some("PT3H") => THREE_HOURS_MS,
            Some(text) => return Err(not_in_enum(text, "recentlyActive", &["PT3H"])),
        };
        let since = cx.moment().epoch_ms() - silence;
        let metrics: Vec<Value> = self
            .metrics(cx.region())
            .filter(|(_, series)| series.newest().is_some_and(|newest| newest.at >= since))
            .map(|(key, _)| key)
            .filter(|key| input.wants(key))
            .map(MetricKey::describe)
            .collect();
        page("Metrics", metrics, PAGE, input.next_token.as_deref())
    }
}

impl ListMetrics {
    fn wants(&self, key: &MetricKey) -> bool {
        let has = |filter: &DimensionFilter| {
            key.dimension(&filter.name)
                .is_some_and(|value| filter.value.as_deref().is_none_or(|wanted| wanted == value))
        };
        self.namespace.as_deref().is_none_or(|wanted| *key.namespace == *wanted)
            && self.metric_name.as_deref().is_none_or(|wanted| *key.name == *wanted)
            && self.dimensions.iter().all(has)
    }
}
