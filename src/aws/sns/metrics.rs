//! The names of the counters SNS publishes about itself in `AWS/SNS`, once a minute and per topic.
//!
//! `PublishSize` is not published: one datapoint per message would say little at that price.
//!
//! Source: SNS developer guide, "Monitoring Amazon SNS topics using CloudWatch".

use super::{Outbox, Sns, Topic};

pub(super) const PUBLISHED: &str = "NumberOfMessagesPublished";
pub(super) const DELIVERED: &str = "NumberOfNotificationsDelivered";
pub(super) const FAILED: &str = "NumberOfNotificationsFailed";
pub(super) const FILTERED_OUT: &str = "NumberOfNotificationsFilteredOut";
pub(super) const REDRIVEN: &str = "NumberOfNotificationsRedrivenToDlq";
pub(super) const FAILED_TO_REDRIVE: &str = "NumberOfNotificationsFailedToRedriveToDlq";

impl Sns {
    pub(super) fn count(&mut self, topic: &Topic, metric: &'static str, out: &mut Outbox<'_>) {
        self.counters.add(&topic.region, &topic.name, metric, 1.0, out);
    }
}
