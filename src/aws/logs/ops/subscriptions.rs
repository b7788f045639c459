//! Operations on subscription filters.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::{Page, check_filter_name, invalid, no_group, not_simulated, too_many};
use crate::aws::{
    ApiCall, ApiError, ApiOutcome, CallContext, ServiceName,
    arn::Arn,
    logs::{
        Logs,
        pattern::Pattern,
        subscription::{PRINCIPAL, SubscriptionFilter},
    },
    service::{Admission, Need},
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
        check_destination(&input.destination_arn)?;
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

/// What a call needs of the function it names: AWS tries it before it makes the filter.
pub(in crate::aws::logs) fn need(call: &ApiCall, source_arn: String) -> Option<Need> {
    let function = call.parameters.get("destinationArn").and_then(Value::as_str)?;
    check_destination(function).ok()?;
    let refused = invalid(
        "Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute your \
         function.",
    );
    Some(Need {
        of: ServiceName::Lambda,
        region: call.region.clone(),
        admission: Admission {
            principal: PRINCIPAL,
            role_arn: None,
            asks: vec![("lambda:InvokeFunction", function.to_owned())],
            source_arn: source_arn.into(),
        },
        missing: refused.clone(),
        refused,
    })
}

/// Only functions take lines here.
fn check_destination(arn: &str) -> Result<(), ApiError> {
    match Arn::parse(arn).map(|arn| arn.service) {
        Some("lambda") => Ok(()),
        Some(service) => Err(not_simulated(&format!("subscriptions to {service}"))),
        None => Err(invalid(format!("Invalid destination ARN: {arn}"))),
    }
}
