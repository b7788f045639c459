//! One table of delays with two columns. Teaching defaults, never promises: AWS documents most of these as best
//! effort, and every screen prints them with "≈".
//!
//! Sources: `realistic` from CloudTrail's "about 5 minutes, not guaranteed", EventBridge's "seconds to minutes",
//! Config's "within minutes" and SNS's delivery times, as gathered in `trail-config-lambda-sns.md` §8;
//! `classroom` shortens them so that a whole story fits a lesson, keeping their order.

use serde::{Deserialize, Serialize};

use crate::kernel::{Dice, SimDuration, Stream};

/// Which column of the table a scenario uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    #[default]
    Classroom,
    Realistic,
}

macro_rules! delays {
    ($($(#[$doc:meta])* $name:ident: classroom $classroom:literal, realistic $realistic:literal, jitter $jitter:literal;)*) => {
        /// A latency of the account, by name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Delay { $($(#[$doc])* $name,)* }

        impl Delay {
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Milliseconds of simulated time in that column, before jitter.
            pub const fn millis(self, profile: Profile) -> u64 {
                match (self, profile) {
                    $((Self::$name, Profile::Classroom) => $classroom, (Self::$name, Profile::Realistic) => $realistic,)*
                }
            }

            /// How much a draw may vary around the table's value, in percent (realistic column only).
            const fn jitter_pct(self) -> u64 {
                match self { $(Self::$name => $jitter,)* }
            }
        }
    };
}

delays! {
    /// At once.
    None: classroom 0, realistic 0, jitter 0;
    /// Until a record shows in the event history: about 5 min (CloudTrail user guide).
    EventHistory: classroom 5_000, realistic 300_000, jitter 20;
    /// Until a trail's file is in its bucket: about 5 min on average, not guaranteed.
    TrailToS3: classroom 6_000, realistic 300_000, jitter 20;
    /// How long a file takes records in before it is closed: CloudTrail delivers files about every 5 min. In class
    /// each file holds what falls on the same instant, so that every act has its own.
    TrailFile: classroom 0, realistic 240_000, jitter 0;
    /// From a file the bucket did not take to the next try, which waits twice as long each time: teaching default.
    TrailRetry: classroom 60_000, realistic 300_000, jitter 0;
    /// From a file in the bucket to the trail's topic: teaching default.
    TrailToSns: classroom 1_000, realistic 1_000, jitter 20;
    /// Until a trail's record is in its log group: typically within 5 min.
    TrailToLogs: classroom 6_000, realistic 250_000, jitter 20;
    /// From the act to the default bus: seconds to minutes.
    TrailToBus: classroom 3_000, realistic 60_000, jitter 30;
    /// From the end of a period to its datapoint being there: teaching default.
    ResourceToMetric: classroom 1_000, realistic 4_000, jitter 20;
    /// From the minute to the alarm's look at it, so that the minute's datapoints are there: teaching default.
    AlarmEvaluation: classroom 6_000, realistic 10_000, jitter 0;
    /// From an alarm's change of state to its topic: seconds.
    AlarmToSns: classroom 1_000, realistic 1_000, jitter 20;
    /// From an alarm's change of state to the bus: seconds.
    AlarmToBus: classroom 2_000, realistic 2_000, jitter 20;
    /// From an alarm's change of state to a function: seconds.
    AlarmToLambda: classroom 1_000, realistic 1_000, jitter 20;
    /// From an alarm's change of state to the call of its EC2 action: seconds.
    AlarmToEc2: classroom 1_000, realistic 1_000, jitter 20;
    /// From a change to its configuration item: about 2 min, best effort.
    ConfigItem: classroom 4_000, realistic 120_000, jitter 20;
    /// From the item to a rule's verdict: 30 s.
    ConfigEvaluation: classroom 2_000, realistic 30_000, jitter 20;
    /// From the verdict to its event or message: 2 s.
    ConfigToBus: classroom 2_000, realistic 2_000, jitter 20;
    /// From a step of an automation to its call: seconds; teaching default.
    RemediationStep: classroom 1_000, realistic 5_000, jitter 30;
    ConfigToS3: classroom 6_000, realistic 300_000, jitter 20;
    /// From the bus to a target: under a second as a rule; teaching default.
    BusToTarget: classroom 500, realistic 500, jitter 40;
    /// From the call that starts a replay to its first events: about a minute, as recorded.
    ReplayStart: classroom 2_000, realistic 60_000, jitter 20;
    /// From one replayed minute of events to the next: teaching default.
    ReplayedMinute: classroom 1_000, realistic 1_000, jitter 20;
    /// A service's own event (instance state) to the bus: seconds.
    ResourceToBus: classroom 1_000, realistic 3_000, jitter 20;
    /// SNS to a queue or a function: 50 ms.
    SnsToMachine: classroom 50, realistic 50, jitter 40;
    /// SNS to a mailbox: 4 s.
    SnsToEmail: classroom 2_000, realistic 4_000, jitter 30;
    /// SNS to a phone: seconds; teaching default.
    SnsToPhone: classroom 2_000, realistic 4_000, jitter 30;
    /// SNS to a web endpoint: well under a second; teaching default.
    SnsToWeb: classroom 200, realistic 200, jitter 40;
    /// SES to a mailbox: seconds; teaching default.
    SesToEmail: classroom 2_000, realistic 4_000, jitter 30;
    /// A function's log lines to its log group: teaching default.
    LambdaToLogs: classroom 1_000, realistic 5_000, jitter 20;
    /// A function's counters to CloudWatch: with the minute; teaching default.
    LambdaToMetric: classroom 1_000, realistic 60_000, jitter 0;
    /// First start of a function's environment: 300 ms.
    LambdaColdStart: classroom 300, realistic 300, jitter 30;
    /// From a failed asynchronous event to its second try: 1 min (Lambda developer guide).
    LambdaFirstRetry: classroom 60_000, realistic 60_000, jitter 0;
    /// From there to its third: 2 min.
    LambdaSecondRetry: classroom 120_000, realistic 120_000, jitter 0;
    /// From a delivery to its duplicate, where a fault makes one: teaching default.
    Duplicate: classroom 2_000, realistic 5_000, jitter 50;
    /// A metric filter's count: at ingestion.
    LogsToMetric: classroom 500, realistic 1_000, jitter 0;
    /// A subscription filter's lines to a function: near real time (user guide); teaching default.
    LogsToLambda: classroom 1_000, realistic 2_000, jitter 20;
    /// From the start of a Logs Insights query to its results: teaching default.
    LogsQuery: classroom 1_000, realistic 3_000, jitter 20;
    /// An instance from pending to running, or from stopping to stopped: teaching default.
    InstanceTransition: classroom 3_000, realistic 30_000, jitter 20;
    /// A stream from creating to active: seconds; teaching default.
    StreamCreation: classroom 2_000, realistic 15_000, jitter 20;
    /// A database from creating to available: teaching default.
    DatabaseCreation: classroom 10_000, realistic 300_000, jitter 20;
}

/// The column in force.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delays {
    pub profile: Profile,
}

impl Delays {
    pub fn draw(&self, delay: Delay, dice: &mut Dice) -> SimDuration {
        let middle = delay.millis(self.profile);
        let spread = match self.profile {
            Profile::Classroom => 0,
            Profile::Realistic => middle * delay.jitter_pct() / 100,
        };
        SimDuration::from_millis(dice.between(Stream::Latency, middle - spread, middle + spread))
    }
}
