//! The operations on replays.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::paging::{Limit, page};
use super::replay::{Replay, ReplayState};
use super::{ApiError, ApiOutcome, CallContext, EventBridge, Region, errors};
use crate::aws::{
    Delay,
    arn::Arn,
    timestamps::{self, Timestamp},
};

/// How many replays may run at once in a Region. Source: quotas, user guide.
const MAX_ACTIVE: usize = 10;
/// Characters of a description. Source: service model.
const MAX_DESCRIPTION_CHARS: usize = 512;

/// Sends the events of an archive to its bus again.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct StartReplay {
    pub replay_name: String,
    pub description: Option<String>,
    /// ARN of the archive.
    pub event_source_arn: String,
    /// Of the events' own time.
    pub event_start_time: Timestamp,
    /// Of the events' own time; an event at this very moment is left out.
    pub event_end_time: Timestamp,
    pub destination: ReplayDestination,
}

/// Where a replay goes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ReplayDestination {
    /// ARN of the bus that the archive is of.
    pub arn: String,
    /// ARNs of the rules that shall see it; all rules of the bus if left out.
    #[serde(default)]
    pub filter_arns: Vec<String>,
}

/// Shows a replay.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DescribeReplay {
    pub replay_name: String,
}

/// Lists the replays of a Region, by at most one of name, archive and state.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ListReplays {
    pub name_prefix: Option<String>,
    pub state: Option<ReplayState>,
    /// ARN of an archive.
    pub event_source_arn: Option<String>,
    /// How many to answer at once, at most 100.
    pub limit: Option<Limit>,
    pub next_token: Option<String>,
}

/// Stops a replay that starts or runs.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct CancelReplay {
    pub replay_name: String,
}

impl EventBridge {
    pub(super) fn start_replay(&mut self, input: StartReplay, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let region = cx.region().clone();
        errors::check_name(&input.replay_name, "replayName")?;
        let description = input.description.unwrap_or_default();
        errors::check_length(&description, "description", MAX_DESCRIPTION_CHARS)?;
        let bus = self.bus_by_arn(&input.destination.arn, "Destination.Arn", &region)?;
        let archive = self.archive_to_replay(&input.event_source_arn, &bus, &region)?;
        let (from, until) = (input.event_start_time.0, input.event_end_time.0);
        if until <= from {
            let reason = "EventStartTime must be before EventEndTime.";
            return Err(errors::invalid_parameter("EventEndTime", reason));
        }
        let replays = &self.regional(&region).replays;
        if replays.contains_key(input.replay_name.as_str()) {
            return Err(errors::already_exists("Replay", &input.replay_name));
        }
        if replays.values().filter(|replay| replay.state.is_active()).count() >= MAX_ACTIVE {
            return Err(errors::limit_exceeded());
        }
        let name: Arc<str> = input.replay_name.into();
        let replay = Replay {
            name: Arc::clone(&name),
            description: (!description.is_empty()).then(|| description.into()),
            archive,
            bus,
            rules: input.destination.filter_arns.into_iter().map(Into::into).collect(),
            from,
            until,
            state: ReplayState::Starting,
            reason: None,
            started: cx.moment().utc,
            ended: None,
            reached: None,
            next: from.timestamp_millis(),
        };
        let answer = json!({
            "ReplayArn": self.replay_arn(&region, &name),
            "State": replay.state,
            "ReplayStartTime": timestamps::cli(replay.started),
        });
        self.regional(&region).replays.insert(Arc::clone(&name), replay);
        self.step_later(&name, &region, Delay::ReplayStart, cx.out);
        Ok(answer)
    }

    /// The archive that an ARN names, if it is of that bus.
    fn archive_to_replay(&mut self, arn: &str, bus: &str, region: &Region) -> Result<Arc<str>, ApiError> {
        let parsed = Arn::parse(arn).filter(|arn| arn.service == "events" && arn.region == region.as_str());
        let Some(name) = parsed.and_then(|arn| arn.resource.strip_prefix("archive/")) else {
            let reason = "Must contain an archive ARN.";
            return Err(errors::invalid_parameter("EventSourceArn", reason));
        };
        let Some(archive) = self.regional(region).archives.get(name) else {
            let reason = format!("Archive {name} does not exist.");
            return Err(errors::invalid_parameter("EventSourceArn", &reason));
        };
        if *archive.bus != *bus {
            let reason = "Cross event bus replay is not permitted.";
            return Err(errors::invalid_parameter("Destination.Arn", reason));
        }
        Ok(Arc::clone(&archive.name))
    }

    pub(super) fn describe_replay(
        &mut self,
        input: DescribeReplay,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let replay = self.find_replay(cx.region(), &input.replay_name)?.clone();
        let mut shown = self.show_replay(&replay, cx.region());
        shown["ReplayArn"] = self.replay_arn(cx.region(), &replay.name).into();
        if let Some(description) = &replay.description {
            shown["Description"] = description.as_ref().into();
        }
        shown["Destination"] = json!({ "Arn": self.bus_arn(cx.region(), &replay.bus) });
        if !replay.rules.is_empty() {
            shown["Destination"]["FilterArns"] = json!(replay.rules);
        }
        Ok(shown)
    }

    pub(super) fn list_replays(&mut self, input: ListReplays, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let filters = [input.name_prefix.is_some(), input.event_source_arn.is_some(), input.state.is_some()];
        if filters.into_iter().filter(|is_set| *is_set).count() > 1 {
            let message = "At most one filter is allowed for ListReplays. Use either : State, EventSourceArn, or NamePrefix.";
            return Err(errors::validation(message));
        }
        let prefix = input.name_prefix.as_deref().unwrap_or_default();
        let archive = input.event_source_arn.as_deref().map(|arn| arn.rsplit('/').next().unwrap_or(arn));
        let replays =
            self.regions.get(cx.region()).into_iter().flat_map(|regional| regional.replays.values());
        let wanted = replays.filter(|replay| {
            replay.name.starts_with(prefix)
                && archive.is_none_or(|archive| *replay.archive == *archive)
                && input.state.is_none_or(|state| replay.state == state)
        });
        let shown = wanted.map(|replay| (replay.name.as_ref(), self.show_replay(replay, cx.region())));
        page("Replays", shown, input.limit, input.next_token.as_deref())
    }

    pub(super) fn cancel_replay(&mut self, input: CancelReplay, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let arn = self.replay_arn(cx.region(), &input.replay_name);
        let replay = self.find_replay(cx.region(), &input.replay_name)?;
        if !matches!(replay.state, ReplayState::Starting | ReplayState::Running) {
            let message = format!("Replay {} is not in a valid state for this operation.", replay.name);
            return Err(ApiError::client("IllegalStatusException", message));
        }
        replay.state = ReplayState::Cancelling;
        Ok(json!({ "ReplayArn": arn, "State": ReplayState::Cancelling }))
    }

    fn find_replay(&mut self, region: &Region, name: &str) -> Result<&mut Replay, ApiError> {
        self.regional(region).replays.get_mut(name).ok_or_else(|| errors::no_such("Replay", name))
    }

    /// A replay as `ListReplays` shows it; `DescribeReplay` shows more.
    fn show_replay(&self, replay: &Replay, region: &Region) -> Value {
        let mut shown = json!({
            "ReplayName": replay.name,
            "EventSourceArn": self.archive_arn(region, &replay.archive),
            "State": replay.state,
            "EventStartTime": timestamps::cli(replay.from),
            "EventEndTime": timestamps::cli(replay.until),
            "ReplayStartTime": timestamps::cli(replay.started),
        });
        for (name, moment) in [("EventLastReplayedTime", replay.reached), ("ReplayEndTime", replay.ended)] {
            if let Some(moment) = moment {
                shown[name] = timestamps::cli(moment).into();
            }
        }
        if let Some(reason) = replay.reason {
            shown["StateReason"] = reason.into();
        }
        shown
    }
}
