//! Operations of Logs Insights.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Page, invalid, not_simulated, too_many};
use crate::aws::{
    ApiError, ApiOutcome, CallContext, Delay, Node, ServiceName,
    logs::{
        Logs,
        insights::{Answer, AnswerRow, DEFAULT_LIMIT, MOST_ROWS, Query},
        queries::{COMPLETES, StartedQuery, Status},
    },
    parcel::Timer,
};

/// Source: quotas of Logs Insights.
const MOST_GROUPS: usize = 50;
const MOST_RUNNING: usize = 100;
const MOST_LISTED: usize = 1_000;

/// Starts a Logs Insights query; its results come with `get-query-results`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StartQuery {
    /// Only `CWLI`; the other languages are not simulated by Vigie.
    #[schemars(extend("enum" = ["CWLI", "SQL", "PPL"]))]
    pub query_language: Option<String>,
    pub log_group_name: Option<String>,
    #[serde(default)]
    pub log_group_names: Vec<String>,
    /// Names or ARNs.
    #[serde(default)]
    pub log_group_identifiers: Vec<String>,
    /// Epoch seconds.
    #[schemars(range(min = 0))]
    pub start_time: i64,
    /// Epoch seconds, included.
    #[schemars(range(min = 0))]
    pub end_time: i64,
    /// Such as `filter level = "ERROR" | stats count(*) by bin(1m)`.
    #[schemars(length(max = 10_000))]
    pub query_string: String,
    /// How many rows, unless the query says so itself.
    #[schemars(range(min = 1, max = 100_000))]
    pub limit: Option<usize>,
}

/// Shows how far a query is, and its results once it is complete.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GetQueryResults {
    pub query_id: String,
    pub next_token: Option<String>,
    #[schemars(range(min = 0, max = 10_000))]
    pub max_items: Option<usize>,
}

/// Stops a query that runs.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StopQuery {
    pub query_id: String,
}

/// Lists queries, newest first.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DescribeQueries {
    pub log_group_name: Option<String>,
    #[schemars(extend("enum" = ["Scheduled", "Running", "Complete", "Failed", "Cancelled", "Timeout", "Unknown"]))]
    pub status: Option<String>,
    #[schemars(range(min = 1, max = 1000))]
    pub max_results: Option<usize>,
    pub next_token: Option<String>,
    /// Only `CWLI`; the other languages are not simulated by Vigie.
    #[schemars(extend("enum" = ["CWLI", "SQL", "PPL"]))]
    pub query_language: Option<String>,
}

/// Shows every field of the event that a `@ptr` points to.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GetLogRecord {
    /// The `@ptr` of a result.
    pub log_record_pointer: String,
}

impl Logs {
    pub(super) fn start_query(&mut self, input: StartQuery, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        only_insights(input.query_language.as_deref())?;
        let groups = self.queried_groups(&input, cx)?;
        let query = Query::parse(&input.query_string)?;
        if input.start_time > input.end_time {
            return Err(invalid("The query's start time must not be after its end time."));
        }
        let limit = match input.limit {
            None => DEFAULT_LIMIT,
            Some(limit @ 1..=MOST_ROWS) => limit,
            Some(limit) => {
                return Err(invalid(format!(
                    "1 validation error detected: Value '{limit}' at 'limit' failed to satisfy constraint: Member \
                     must have value between 1 and {MOST_ROWS}"
                )));
            }
        };
        let region = cx.region().clone();
        let running = self.queries(&region).iter().filter(|query| matches!(query.status, Status::Running));
        if running.count() >= MOST_RUNNING {
            return Err(too_many("Account maximum query concurrency limit of [100] reached."));
        }
        let id: Arc<str> = cx.out.uuid().into();
        let wait = cx.out.delay(Delay::LogsQuery);
        let node = Node::new(ServiceName::Logs, &region, Arc::clone(&groups[0]));
        cx.out.timer(node, Timer::Named { name: COMPLETES, key: Arc::clone(&id) }, wait);
        let started = StartedQuery {
            id: Arc::clone(&id),
            text: input.query_string.into(),
            query,
            groups,
            from: input.start_time.saturating_mul(1_000),
            until: input.end_time.saturating_mul(1_000),
            limit,
            created_at: cx.moment().epoch_ms(),
            status: Status::Running,
        };
        self.remember_query(&region, started);
        Ok(json!({ "queryId": &*id }))
    }

    /// The groups a query names, in exactly one of the three ways.
    fn queried_groups(
        &self,
        input: &StartQuery,
        cx: &CallContext<'_, '_>,
    ) -> Result<Vec<Arc<str>>, ApiError> {
        let by_name = input.log_group_name.iter().chain(&input.log_group_names).map(String::as_str);
        let by_identifier = input.log_group_identifiers.iter().map(|identifier| super::group_of(identifier));
        let names: Vec<&str> = by_name.chain(by_identifier).collect();
        let ways = [
            input.log_group_name.is_some(),
            !input.log_group_names.is_empty(),
            !input.log_group_identifiers.is_empty(),
        ];
        if ways.iter().filter(|way| **way).count() != 1 {
            return Err(invalid(
                "Exactly one of logGroupName, logGroupNames and logGroupIdentifiers must be specified.",
            ));
        }
        if names.len() > MOST_GROUPS {
            return Err(invalid(format!("A query looks at no more than {MOST_GROUPS} log groups.")));
        }
        let find = |name: &str| {
            self.group(cx.region(), name).map(|group| Arc::clone(&group.name)).ok_or_else(|| {
                let message = format!("Log group '{name}' does not exist for account ID '{}'", cx.account_id);
                ApiError::client("ResourceNotFoundException", message)
            })
        };
        names.into_iter().map(find).collect()
    }

    pub(super) fn get_query_results(
        &mut self,
        input: GetQueryResults,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let query = self.started(cx, &input.query_id)?;
        let nothing = Arc::new(Answer::default());
        let answer = match &query.status {
            Status::Complete { answer, .. } => answer,
            Status::Running | Status::Cancelled => &nothing,
        };
        let rows = answer.rows.iter().map(|row| result_row(answer, row));
        let page = Page::up_to(MOST_ROWS, input.next_token.as_deref(), input.max_items)?;
        let mut json = page.answer("results", rows)?;
        json["statistics"] = json!({
            "recordsMatched": answer.records_matched as f64,
            "recordsScanned": answer.records_scanned as f64,
            "estimatedRecordsSkipped": 0.0,
            "bytesScanned": answer.bytes_scanned as f64,
            "estimatedBytesSkipped": 0.0,
            "logGroupsScanned": query.groups.len() as f64,
        });
        json["status"] = query.status.name().into();
        json["queryLanguage"] = "CWLI".into();
        Ok(json)
    }

    pub(super) fn stop_query(&mut self, input: StopQuery, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        if !matches!(self.started(cx, &input.query_id)?.status, Status::Running) {
            return Err(invalid(format!("Query {} is not running.", input.query_id)));
        }
        if let Some(query) = self.query_mut(cx.region(), &input.query_id) {
            query.status = Status::Cancelled;
        }
        Ok(json!({ "success": true }))
    }

    pub(super) fn describe_queries(
        &mut self,
        input: DescribeQueries,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        only_insights(input.query_language.as_deref())?;
        let queries = self.queries(cx.region()).iter().rev().filter(|query| {
            let in_group = |name: &str| query.groups.iter().any(|group| **group == *name);
            input.log_group_name.as_deref().is_none_or(in_group)
                && input.status.as_deref().is_none_or(|status| query.status.name() == status)
        });
        let page = Page::up_to(MOST_LISTED, input.next_token.as_deref(), input.max_results)?;
        page.answer("queries", queries.map(|query| describe(query)))
    }

    pub(super) fn get_log_record(&mut self, input: GetLogRecord, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let now = cx.moment().epoch_ms();
        let event = self.pointed_to(cx.region(), &input.log_record_pointer, now).ok_or_else(|| {
            ApiError::client("ResourceNotFoundException", "The log record the pointer names does not exist.")
        })?;
        Ok(json!({ "logRecord": event.all_fields().collect::<Map<String, Value>>() }))
    }

    fn started(&self, cx: &CallContext<'_, '_>, id: &str) -> Result<Arc<StartedQuery>, ApiError> {
        self.queries(cx.region()).iter().find(|query| *query.id == *id).map(Arc::clone).ok_or_else(|| {
            ApiError::client("ResourceNotFoundException", format!("Query with ID '{id}' does not exist."))
        })
    }
}

fn only_insights(language: Option<&str>) -> Result<(), ApiError> {
    match language {
        None | Some("CWLI") => Ok(()),
        Some(other) => Err(not_simulated(&format!("the query language {other}"))),
    }
}

/// `[{field, value}]`: what is not there is left out, and the pointer to the event comes last.
fn result_row(answer: &Answer, row: &AnswerRow) -> Value {
    let cells = answer.columns.iter().zip(&row.values).filter_map(|(column, value)| {
        value.as_ref().map(|value| json!({ "field": &**column, "value": value }))
    });
    let pointer = row.ptr.iter().map(|ptr| json!({ "field": "@ptr", "value": &**ptr }));
    cells.chain(pointer).collect()
}

fn describe(query: &StartedQuery) -> Value {
    let mut json = json!({
        "queryLanguage": "CWLI",
        "queryId": &*query.id,
        "queryString": &*query.text,
        "status": query.status.name(),
        "createTime": query.created_at,
        "logGroupName": query.groups.first(),
    });
    if let Status::Complete { answer, took_ms } = &query.status {
        json["queryDuration"] = json!(took_ms);
        json["bytesScanned"] = json!(answer.bytes_scanned as f64);
    }
    json
}
