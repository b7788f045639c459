//! When a delivery that failed for now is tried again, by protocol.
//!
//! Source: SNS developer guide, "Amazon SNS message delivery retries": AWS-managed endpoints, customer-managed ones,
//! and the policy of web endpoints, which may be changed.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{ApiError, errors, state::Protocol};
use crate::kernel::SimDuration;

/// Four phases, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Retries without any wait.
    immediate: u32,
    /// Retries that wait the shortest time.
    before: u32,
    /// Retries whose wait grows from the shortest to the longest.
    backoff: u32,
    /// Retries that wait the longest time.
    after: u32,
    shortest_s: u32,
    longest_s: u32,
    grows: Growth,
}

/// How the waits of the third phase grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Growth {
    Linear,
    /// Doubling, never beyond the longest.
    Exponential,
}

/// Queues and functions: 100,015 tries over 23 days.
const MACHINES: Schedule = Schedule {
    immediate: 3,
    before: 2,
    backoff: 10,
    after: 100_000,
    shortest_s: 1,
    longest_s: 20,
    grows: Growth::Exponential,
};

/// Mailboxes and phones: 50 tries over 6 hours.
const PEOPLE: Schedule = Schedule {
    immediate: 0,
    before: 2,
    backoff: 10,
    after: 38,
    shortest_s: 10,
    longest_s: 600,
    grows: Growth::Exponential,
};

/// Web endpoints, unless a delivery policy says otherwise: three tries, 20 s apart.
pub const WEB: Schedule = Schedule {
    immediate: 0,
    before: 0,
    backoff: 3,
    after: 0,
    shortest_s: 20,
    longest_s: 20,
    grows: Growth::Linear,
};

/// A delivery policy may hold a message for an hour at most, and try a hundred times.
const MOST_RETRIES: u32 = 100;
const MOST_WAIT_S: u32 = 3_600;

impl Schedule {
    /// The schedule of a protocol that has a fixed one.
    pub const fn of(protocol: Protocol) -> Self {
        match protocol {
            Protocol::Sqs | Protocol::Lambda => MACHINES,
            Protocol::Email | Protocol::EmailJson | Protocol::Sms => PEOPLE,
            Protocol::Http | Protocol::Https => WEB,
        }
    }

    /// How long to wait before the retry of that number, from 1; `None` when there are no more.
    pub fn wait(&self, retry: u32) -> Option<SimDuration> {
        let seconds = |seconds: u32| Some(SimDuration::from_secs(u64::from(seconds)));
        let mut left = retry.checked_sub(1)?;
        for (count, wait_s) in [(self.immediate, 0), (self.before, self.shortest_s)] {
            if left < count {
                return seconds(wait_s);
            }
            left -= count;
        }
        if left < self.backoff {
            return seconds(self.grown(left));
        }
        (left - self.backoff < self.after).then_some(()).and_then(|()| seconds(self.longest_s))
    }

    fn grown(&self, step: u32) -> u32 {
        let room = self.longest_s - self.shortest_s;
        match self.grows {
            Growth::Linear => self.shortest_s + room * step / self.backoff.saturating_sub(1).max(1),
            Growth::Exponential => {
                let factor = 1_u32.checked_shl(step).unwrap_or(u32::MAX);
                self.shortest_s.saturating_mul(factor).min(self.longest_s)
            }
        }
    }

    /// Reads `healthyRetryPolicy`, for what is left out as `base` has it.
    fn read(policy: HealthyRetryPolicy, base: Self) -> Result<Self, ApiError> {
        let invalid = |what: &str| errors::invalid(format!("DeliveryPolicy: {what}"));
        let grows = match policy.backoff_function.as_deref() {
            None => base.grows,
            Some("linear") => Growth::Linear,
            Some("exponential") => Growth::Exponential,
            Some(other @ ("arithmetic" | "geometric")) => {
                return Err(errors::not_simulated(format!("DeliveryPolicy: backoffFunction {other}")));
            }
            Some(other) => return Err(invalid(&format!("unknown backoffFunction {other}"))),
        };
        let immediate = policy.num_no_delay_retries.unwrap_or(base.immediate);
        let before = policy.num_min_delay_retries.unwrap_or(base.before);
        let after = policy.num_max_delay_retries.unwrap_or(base.after);
        let total = policy.num_retries.unwrap_or(base.immediate + base.before + base.backoff + base.after);
        let phases = immediate.saturating_add(before).saturating_add(after);
        let schedule = Self {
            immediate,
            before,
            backoff: total.checked_sub(phases).ok_or_else(|| {
                invalid(
                    "numRetries must be at least numNoDelayRetries + numMinDelayRetries + numMaxDelayRetries",
                )
            })?,
            after,
            shortest_s: policy.min_delay_target.unwrap_or(base.shortest_s),
            longest_s: policy.max_delay_target.unwrap_or(base.longest_s),
            grows,
        };
        if total > MOST_RETRIES {
            return Err(invalid("numRetries must be between 0 and 100"));
        }
        if schedule.shortest_s == 0
            || schedule.shortest_s > schedule.longest_s
            || schedule.longest_s > MOST_WAIT_S
        {
            return Err(invalid(
                "minDelayTarget must be at least 1, and at most maxDelayTarget, itself at most 3600",
            ));
        }
        let waits = (1..=total).filter_map(|retry| schedule.wait(retry));
        if waits.map(SimDuration::as_secs).sum::<u64>() > u64::from(MOST_WAIT_S) {
            return Err(invalid("the retries must not take more than 3600 seconds together"));
        }
        Ok(schedule)
    }

    /// `healthyRetryPolicy` or `defaultHealthyRetryPolicy`, whole.
    pub fn shown(&self) -> Value {
        json!({
            "minDelayTarget": self.shortest_s,
            "maxDelayTarget": self.longest_s,
            "numRetries": self.immediate + self.before + self.backoff + self.after,
            "numMaxDelayRetries": self.after,
            "numNoDelayRetries": self.immediate,
            "numMinDelayRetries": self.before,
            "backoffFunction": match self.grows {
                Growth::Linear => "linear",
                Growth::Exponential => "exponential",
            },
        })
    }
}

/// The delivery policy of a topic.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TopicPolicy {
    http: HttpPolicy,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct HttpPolicy {
    default_healthy_retry_policy: HealthyRetryPolicy,
}

/// The delivery policy of a subscription.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SubscriptionPolicy {
    healthy_retry_policy: HealthyRetryPolicy,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct HealthyRetryPolicy {
    min_delay_target: Option<u32>,
    max_delay_target: Option<u32>,
    num_retries: Option<u32>,
    num_no_delay_retries: Option<u32>,
    num_min_delay_retries: Option<u32>,
    num_max_delay_retries: Option<u32>,
    backoff_function: Option<String>,
}

/// Reads the `DeliveryPolicy` of a topic.
///
/// # Errors
/// What is wrong with it, or not simulated: throttling, request headers.
pub(super) fn of_topic(text: &str) -> Result<Schedule, ApiError> {
    let policy: TopicPolicy = read(text)?;
    Schedule::read(policy.http.default_healthy_retry_policy, WEB)
}

/// Reads the `DeliveryPolicy` of a subscription.
///
/// # Errors
/// What is wrong with it, or not simulated: throttling, request headers.
pub(super) fn of_subscription(text: &str, topic: Schedule) -> Result<Schedule, ApiError> {
    let policy: SubscriptionPolicy = read(text)?;
    Schedule::read(policy.healthy_retry_policy, topic)
}

fn read<'t, T: Deserialize<'t>>(text: &'t str) -> Result<T, ApiError> {
    serde_json::from_str(text).map_err(|error| {
        errors::invalid(format!("DeliveryPolicy: {error} (Vigie simulates the retry policy alone)"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(schedule: Schedule, retries: impl Iterator<Item = u32>) -> Vec<Option<u64>> {
        retries.map(|retry| schedule.wait(retry).map(SimDuration::as_secs)).collect()
    }

    #[test]
    fn a_queue_is_tried_at_once_then_ever_more_slowly_for_weeks() {
        let first = waits(Schedule::of(Protocol::Sqs), 1..=16);
        let expected = [0, 0, 0, 1, 1, 1, 2, 4, 8, 16, 20, 20, 20, 20, 20, 20];
        assert_eq!(first, expected.map(Some));
        assert_eq!(waits(Schedule::of(Protocol::Sqs), 100_015..=100_016), [Some(20), None]);
    }

    #[test]
    fn a_mailbox_is_tried_fifty_times_within_hours() {
        let all = waits(Schedule::of(Protocol::Email), 1..=51);
        assert_eq!(all.iter().flatten().count(), 50);
        assert_eq!(all[..5], [10, 10, 10, 20, 40].map(Some));
        assert_eq!(all[49..], [Some(600), None]);
    }

    #[test]
    fn a_web_endpoint_is_tried_as_its_policy_says() {
        assert_eq!(waits(WEB, 1..=4), [Some(20), Some(20), Some(20), None]);
        let text = r#"{"healthyRetryPolicy": {"minDelayTarget": 5, "maxDelayTarget": 25, "numRetries": 6,
            "numNoDelayRetries": 1, "numMaxDelayRetries": 2}}"#;
        let own = of_subscription(text, WEB).unwrap();
        assert_eq!(waits(own, 1..=7), [Some(0), Some(5), Some(15), Some(25), Some(25), Some(25), None]);
    }

    #[test]
    fn a_policy_that_would_hold_a_message_too_long_is_refused() {
        let text =
            r#"{"http": {"defaultHealthyRetryPolicy": {"maxDelayTarget": 3600, "minDelayTarget": 3600}}}"#;
        assert!(of_topic(text).unwrap_err().message.contains("3600 seconds together"));
        let throttled = r#"{"http": {"defaultHealthyRetryPolicy": {}, "defaultThrottlePolicy": {}}}"#;
        assert!(of_topic(throttled).unwrap_err().message.contains("Vigie simulates the retry policy alone"));
    }
}
