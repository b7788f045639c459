//! The words the ledger of an account is written in: nodes, hop paths, and the vocabulary that joins them.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{Note, Payload, Region, ServiceName, call::Input};
use crate::kernel;

/// The ledger of an account.
pub type Ledger = kernel::Ledger<Chain>;
/// One journey in the ledger of an account.
pub type Hop = kernel::Hop<Chain>;

/// The vocabulary of the chain from an act to a mailbox.
#[derive(Clone, Copy, Debug)]
pub enum Chain {}

impl kernel::Vocabulary for Chain {
    type Node = Node;
    type Path = HopPath;
    type Payload = Payload;
    type Note = Note;
    type Input = Input;
}

/// A place a hop leaves from or arrives at: a resource of a service in a region.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Node {
    pub service: ServiceName,
    pub region: Region,
    /// What AWS shows: an alarm's or a rule's name, an instance id, an address.
    pub resource: Arc<str>,
}

impl Node {
    pub fn new(service: ServiceName, region: &Region, resource: impl Into<Arc<str>>) -> Self {
        Self { service, region: region.clone(), resource: resource.into() }
    }
}

macro_rules! hop_paths {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// Which kind of journey a hop is, named as captions, checks and scenarios name it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum HopPath { $($(#[$doc])* $name,)* }

        impl HopPath {
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

hop_paths! {
    /// A call is recorded in the event history.
    ApiTrail = "api>trail",
    TrailS3 = "trail>s3",
    TrailLogs = "trail>logs",
    TrailBus = "trail>bus",
    /// A trail tells its topic that a file is in the bucket.
    TrailSns = "trail>sns",
    LogsMetric = "logs>metric",
    /// A subscription filter sends lines to a function.
    LogsLambda = "logs>lambda",
    /// A resource publishes a datapoint.
    ResMetric = "res>metric",
    /// An alarm changed state.
    MetricAlarm = "metric>alarm",
    AlarmSns = "alarm>sns",
    AlarmBus = "alarm>bus",
    AlarmLambda = "alarm>lambda",
    /// An alarm's action stops, reboots or terminates an instance.
    AlarmApi = "alarm>api",
    /// The recorder writes a configuration item.
    ApiConfig = "api>config",
    ConfigRule = "config>rule",
    ConfigBus = "config>bus",
    ConfigSns = "config>sns",
    ConfigS3 = "config>s3",
    ConfigLambda = "config>lambda",
    /// A remediation makes a call by its role.
    ConfigApi = "config>api",
    /// A service tells the bus about itself (instance state, object created).
    ResBus = "res>bus",
    /// Somebody put an event on the bus with `PutEvents`.
    AppBus = "app>bus",
    /// A rule looked at an event; the payload holds the verdict.
    BusRule = "bus>rule",
    BusSns = "bus>sns",
    BusLambda = "bus>lambda",
    BusSqs = "bus>sqs",
    BusLogs = "bus>logs",
    BusBus = "bus>bus",
    BusKinesis = "bus>kinesis",
    /// A rule that EventBridge keeps for an archive puts an event into it.
    BusArchive = "bus>archive",
    LambdaApi = "lambda>api",
    LambdaEmail = "lambda>email",
    LambdaLogs = "lambda>logs",
    LambdaMetric = "lambda>metric",
    /// An application wrote a line of its log.
    AppLogs = "app>logs",
    /// Somebody published to a topic with `Publish`.
    AppSns = "app>sns",
    /// Somebody sent a message to a queue with `SendMessage`.
    AppSqs = "app>sqs",
    /// Somebody put a record in a stream with `PutRecord` or `PutRecords`.
    AppKinesis = "app>kinesis",
    /// Somebody invoked a function with `Invoke`.
    AppLambda = "app>lambda",
    /// Somebody sent a mail without a function in between.
    AppEmail = "app>email",
    /// One delivery per confirmed subscription.
    SnsSub = "sns>sub",
    /// A topic logs what became of a delivery.
    SnsLogs = "sns>logs",
    Retry = "x>retry",
    DeadLetter = "x>dlq",
    Drop = "x>drop",
}

impl HopPath {
    /// The path of that name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|path| path.as_str() == text)
    }
}

impl fmt::Display for HopPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for HopPath {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for HopPath {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            serde::de::Error::custom(format_args!("`{text}` is not a hop path, such as `alarm>sns`"))
        })
    }
}
