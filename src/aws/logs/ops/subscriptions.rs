//! Operations on subscription filters.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::{Page, check_filter_name, invalid, no_group, not_simulated, too_many};
use crate::aws::{
    ApiError, ApiOutcome, CallContext,
    arn::Arn,
    logs::{Logs, pattern::Pattern, subscription::SubscriptionFilter},
};

/// Source: quotas of CloudWatch Logs.
const MOST_SUBSCRIPTIONS: usize = 2;

/// Makes or replaces a subscription filter, which sends matching lines to a function as they arrive.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PutSubscriptionFilter {
    pub log_group_name: String,
    #[schemars(length(min = 1, max = 512))]
    pub filter_name: String,
    /// Which lines to send; an empty one sends all.
    #[schemars(length(max = 1024))]
    pub filter_pattern: String,
    /// A Lambda function; other destinations are not simulated by Vigie.
    pub destination_arn: String,
    /// For streams, which are not simulated; a function needs none.
    pub role_arn: Option<String>,
    /// For streams, which are not simulated: only `ByLogStream` is taken.
    #[schemars(extend("enum" = ["Random", "ByLogStream"]))]
    pub distribution: Option<String>,
    /// Transformed logs are not simulated by Vigie: only `false` is taken.
    pub apply_on_transformed_logs: Option<bool>,
    /// Not simulated by Vigie.
    pub field_selection_criteria: Option<String>,
    /// Not simulated by Vigie.
    #[serde(default)]
    pub emit_system_fields: Vec<String>,
}

/// Lists the subscription filters of a group.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DescribeSubscriptionFilters {
    pub log_group_name: String,
    pub filter_name_prefix: Option<String>,
    pub next_token: Option<String>,
    #[schemars(range(min = 1, max = 50))]
    pub limit: Option<usize>,
}

/// Deletes a subscription filter.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeleteSubscriptionFilter {
    pub log_group_name: String,
    pub filter_name: String,
}

impl Logs {
    pub(super) fn put_subscription_filter(
        &mut self,
        input: PutSubscriptionFilter,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        refuse_what_is_not_simulated(&input)?;
        check_filter_name(&input.filter_name)?;
        let pattern = Pattern::parse(&input.filter_pattern)?;
        let created_at = cx.moment().epoch_ms();
        let group = self.group_mut(cx.region(), &input.log_group_name).ok_or_else(no_group)?;
        let others = group.subscription_filters().filter(|filter| *filter.name != *input.filter_name).count();
        if others >= MOST_SUBSCRIPTIONS {
            return Err(too_many("Resource limit exceeded."));
        }
        let name: Arc<str> = input.filter_name.into();
        let filter = SubscriptionFilter {
            name: Arc::clone(&name),
            pattern_text: input.filter_pattern.into(),
            pattern,
            destination_arn: input.destination_arn.into(),
            created_at,
        };
        group.subscription_filters.insert(name, Arc::new(filter));
        Ok(Value::Null)
    }

    pub(super) fn describe_subscription_filters(
        &mut self,
        input: DescribeSubscriptionFilters,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let group = self.group(cx.region(), &input.log_group_name).ok_or_else(no_group)?;
        let prefix = input.filter_name_prefix.as_deref();
        let filters = group
            .subscription_filters()
            .filter(|filter| prefix.is_none_or(|prefix| filter.name.starts_with(prefix)))
            .map(|filter| filter.describe(&group.name));
        Page::read(input.next_token.as_deref(), input.limit)?.answer("subscriptionFilters", filters)
    }

    pub(super) fn delete_subscription_filter(
        &mut self,
        input: DeleteSubscriptionFilter,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let group = self.group_mut(cx.region(), &input.log_group_name).ok_or_else(no_group)?;
        group.subscription_filters.remove(input.filter_name.as_str()).ok_or_else(|| {
            ApiError::client("ResourceNotFoundException", "The specified subscription filter does not exist.")
        })?;
        Ok(Value::Null)
    }
}

fn refuse_what_is_not_simulated(input: &PutSubscriptionFilter) -> Result<(), ApiError> {
    let destination = Arn::parse(&input.destination_arn)
        .ok_or_else(|| invalid(format!("Invalid destination ARN: {}", input.destination_arn)))?;
    if destination.service != "lambda" {
        return Err(not_simulated(&format!("subscriptions to {}", destination.service)));
    }
    if input.role_arn.is_some() {
        return Err(invalid("destinationArn for vendor lambda cannot be used with roleArn"));
    }
    if input.distribution.as_deref().is_some_and(|how| how != "ByLogStream") {
        return Err(not_simulated("distribution other than ByLogStream"));
    }
    if input.apply_on_transformed_logs == Some(true) {
        return Err(not_simulated("applyOnTransformedLogs"));
    }
    if input.field_selection_criteria.is_some() {
        return Err(not_simulated("fieldSelectionCriteria"));
    }
    if !input.emit_system_fields.is_empty() {
        return Err(not_simulated("emitSystemFields"));
    }
    Ok(())
}
