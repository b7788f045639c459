//! How the deliveries of a trail went: what `GetTrailStatus` tells.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::Trail;
use crate::aws::{Reason, timestamps};

/// The last deliveries of a trail.
#[derive(Clone, Debug, Default)]
pub struct Status {
    pub files: Deliveries,
    pub notices: Deliveries,
    pub log_events: Deliveries,
    pub digests: Deliveries,
}

/// The last deliveries to one place.
#[derive(Clone, Debug, Default)]
pub struct Deliveries {
    /// The last that succeeded.
    latest: Option<DateTime<Utc>>,
    attempted: Option<DateTime<Utc>>,
    error: Option<Arc<str>>,
}

impl Deliveries {
    /// Takes note of one more.
    pub fn note(&mut self, at: DateTime<Utc>, refused: Option<&Reason>) {
        self.attempted = Some(at);
        self.error = refused.map(|reason| Arc::clone(&reason.detail));
        if refused.is_none() {
            self.latest = Some(at);
        }
    }

    /// The error's own code, which is all that the service keeps of it.
    fn error_code(&self) -> Option<&str> {
        let code = |error: &'_ str| error.split(':').next().filter(|code| !code.contains(' ')).map(str::len);
        self.error.as_deref().map(|error| code(error).map_or("AccessDenied", |length| &error[..length]))
    }
}

/// What `GetTrailStatus` answers.
pub fn answer(trail: &Trail) -> Value {
    let Status { files, notices, log_events, digests } = &trail.status;
    let mut status = Map::from_iter([("IsLogging".to_owned(), trail.is_logging.into())]);
    let mut put = |key: &str, value: Option<String>| {
        if let Some(value) = value {
            status.insert(key.to_owned(), value.into());
        }
    };
    let succeeded = |deliveries: &Deliveries| {
        deliveries.latest.filter(|_| deliveries.error.is_none()).map(timestamps::seconds_z)
    };
    let attempted = |deliveries: &Deliveries| deliveries.attempted.map(timestamps::seconds_z);
    put("LatestDeliveryError", files.error_code().map(str::to_owned));
    put("LatestNotificationError", notices.error_code().map(str::to_owned));
    put("LatestDeliveryTime", files.latest.map(timestamps::cli));
    put("LatestNotificationTime", notices.latest.map(timestamps::cli));
    put("StartLoggingTime", trail.started.map(timestamps::cli));
    put("StopLoggingTime", trail.stopped.map(timestamps::cli));
    put("LatestCloudWatchLogsDeliveryError", log_events.error.as_deref().map(str::to_owned));
    put("LatestCloudWatchLogsDeliveryTime", log_events.latest.map(timestamps::cli));
    put("LatestDigestDeliveryTime", digests.latest.map(timestamps::cli));
    put("LatestDigestDeliveryError", digests.error_code().map(str::to_owned));
    put("LatestDeliveryAttemptTime", attempted(files));
    put("LatestNotificationAttemptTime", attempted(notices));
    put("LatestNotificationAttemptSucceeded", succeeded(notices));
    put("LatestDeliveryAttemptSucceeded", succeeded(files));
    put("TimeLoggingStarted", trail.started.map(timestamps::seconds_z));
    put("TimeLoggingStopped", trail.stopped.map(timestamps::seconds_z));
    Value::Object(status)
}
