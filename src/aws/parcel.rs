//! What the engine delivers to a service: the typed side of a hop, or a service's own timer.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Value, json};

use super::{
    ApiCall, Node, arn::global_arn, message_attributes::MessageAttributes, note::Reason, payload::Datapoint,
    record::ServiceEvent,
};
use crate::kernel::HopId;

/// A message to a service.
#[derive(Clone, Debug)]
pub enum Parcel {
    /// To EventBridge: a complete event, envelope and all, for the bus of that name.
    BusEvent { bus: Arc<str>, event: Arc<Value>, read_only: bool },
    /// To CloudWatch: one datapoint.
    Datapoint(Arc<Datapoint>),
    /// To CloudWatch: several datapoints of one metric at once.
    Datapoints(Arc<[Datapoint]>),
    /// To SNS: publish to a topic, on behalf of a service principal or of somebody already authorised.
    Publish(Arc<Publish>),
    /// To Lambda: run a function.
    Invoke(Arc<Invoke>),
    /// To CloudWatch Logs.
    LogEvents { group: Arc<str>, stream: Arc<str>, events: Arc<[LogEvent]>, by: Arc<str> },
    /// To S3: write an object on behalf of a service, `by` its principal and `source_arn` the trail or the like it
    /// acts for.
    PutObject {
        bucket: Arc<str>,
        key: Arc<str>,
        body: Arc<Value>,
        by: Arc<str>,
        source_arn: Arc<str>,
        /// The KMS key it is encrypted with, where its sender names one.
        kms_key: Option<Arc<str>>,
    },
    /// To SQS.
    QueueMessage(Arc<QueueMessage>),
    /// To Kinesis: one record for a stream.
    KinesisRecord { stream_arn: Arc<str>, partition_key: Arc<str>, data: Arc<str>, by: Sender },
    /// To EventBridge: an event that a rule of another bus sends on.
    Forwarded(Arc<Forwarded>),
    /// To Config: a resource as it now is.
    Resource(Arc<ResourceChange>),
    /// To CloudTrail: what a service did by itself.
    ServiceEvent(Arc<ServiceEvent>),
    /// To somebody's mailbox.
    Mail(Arc<Mail>),
    /// To any service: a call that a service makes for somebody, such as a remediation by its role. It goes through the
    /// one door, and the receipt brings the answer.
    Call(Arc<ApiCall>),
    /// To somebody's phone.
    Sms(Arc<Sms>),
    /// To a web endpoint.
    HttpPost(Arc<HttpPost>),
    /// To the service that set it.
    Timer(Timer),
}

/// A service's own alarm clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Timer {
    /// CloudWatch: evaluate the alarms of the region.
    EvaluateAlarms,
    /// EC2: an instance moves on (pending to running, stopping to stopped …).
    InstanceState { instance_id: Arc<str> },
    /// Config: evaluate a rule, over one resource or over all in scope.
    EvaluateRule { rule: Arc<str>, resource: Option<(Arc<str>, Arc<str>)> },
    /// Lambda: try a failed invocation again.
    RetryInvocation { invocation: u64 },
    /// A timer with a name of the service's own making.
    Named { name: &'static str, key: Arc<str> },
}

/// A message for a topic.
#[derive(Clone, Debug, PartialEq)]
pub struct Publish {
    pub topic_arn: Arc<str>,
    pub subject: Option<Arc<str>>,
    pub message: Arc<str>,
    /// What subscribers of one protocol read instead, by its name: a message of several texts, or a sender that words
    /// its mails itself, as alarms do.
    pub by_protocol: Arc<BTreeMap<Arc<str>, Arc<str>>>,
    pub attributes: Arc<MessageAttributes>,
    pub by: Sender,
}

/// A message for a queue.
#[derive(Clone, Debug, PartialEq)]
pub struct QueueMessage {
    pub queue_arn: Arc<str>,
    pub body: Arc<str>,
    pub attributes: Arc<MessageAttributes>,
    pub by: Sender,
}

/// An invocation of a function.
#[derive(Clone, Debug, PartialEq)]
pub struct Invoke {
    pub function_arn: Arc<str>,
    pub event: Arc<Value>,
    pub by: Sender,
}

/// An event on its way from one bus to another.
#[derive(Clone, Debug, PartialEq)]
pub struct Forwarded {
    pub bus_arn: Arc<str>,
    pub event: Arc<Value>,
    pub by: Sender,
    pub passed: Passed,
}

/// Which kinds of road an event has been sent on by already: each kind may be taken once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Passed {
    /// From one bus to another of the same Region.
    pub bus: bool,
    /// From one Region to another.
    pub region: bool,
}

/// On whose behalf a parcel is delivered: what a resource policy judges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sender {
    /// Somebody whom the one door already authorised.
    Authorised,
    /// A service principal, acting for a resource of this account.
    Service { principal: Arc<str>, source_arn: Arc<str> },
    /// A service principal in a role that it assumes. The account judges the role before the addressee hears of it.
    Role { role_arn: Arc<str>, principal: Arc<str>, source_arn: Arc<str> },
}

/// One line of a log.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct LogEvent {
    /// Epoch milliseconds.
    pub timestamp: i64,
    pub message: Arc<str>,
}

/// A resource as it now is, for the configuration recorder.
#[derive(Clone, Debug, PartialEq)]
pub struct ResourceChange {
    /// Such as `AWS::EC2::SecurityGroup`.
    pub resource_type: Arc<str>,
    pub resource_id: Arc<str>,
    pub resource_name: Option<Arc<str>>,
    pub arn: Arc<str>,
    pub availability_zone: Arc<str>,
    /// Epoch milliseconds, where the resource has one.
    pub created_at: Option<i64>,
    /// Tag map.
    pub tags: Value,
    /// `relationships` of the configuration item.
    pub relationships: Value,
    /// Describe-style body; `Null` once deleted.
    pub configuration: Value,
    pub supplementary: Value,
    pub deleted: bool,
}

impl ResourceChange {
    /// What a service tells of the account itself, for rules about it; `id` is the service's name, or the account's.
    pub fn of_account(account_id: &str, id: &str, configuration: Value) -> Self {
        Self {
            resource_type: "AWS::::Account".into(),
            resource_id: id.into(),
            resource_name: None,
            arn: global_arn("iam", account_id, "root").into(),
            availability_zone: "Not Applicable".into(),
            created_at: None,
            tags: json!({}),
            relationships: json!([]),
            configuration,
            supplementary: json!({}),
            deleted: false,
        }
    }
}

/// A mail in somebody's box.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Mail {
    pub kind: MailKind,
    /// Who it seems to come from: a topic's display name, an SES identity.
    pub from: Arc<str>,
    pub to: Arc<str>,
    pub subject: Arc<str>,
    pub body: Arc<str>,
    /// The subscription a confirmation mail would confirm: its topic and token.
    pub confirms: Option<(Arc<str>, Arc<str>)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum MailKind {
    /// An SNS notification.
    Notification,
    /// An SNS subscription waiting for its click.
    Confirmation,
    /// A mail that a function or a person sent through SES.
    Personal,
}

/// A text on somebody's phone.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Sms {
    pub to: Arc<str>,
    pub message: Arc<str>,
    /// The code that proves the number is theirs, if it asks for that.
    pub code: Option<Arc<str>>,
}

/// A request to a web endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpPost {
    pub url: Arc<str>,
    /// Header names and values, in their order.
    pub headers: Value,
    pub body: Arc<str>,
    /// The subscription it would confirm: its topic and token.
    pub confirms: Option<(Arc<str>, Arc<str>)>,
}

impl HttpPost {
    /// The request as a reader opens it: a body that is JSON is shown as such.
    pub fn shown(&self) -> Value {
        let body = serde_json::from_str(&self.body).unwrap_or_else(|_| Value::from(&*self.body));
        json!({ "to": self.url, "headers": self.headers, "body": body, "confirms": self.confirms })
    }
}

/// What became of a parcel, told to its sender.
#[derive(Clone, Debug)]
pub struct Receipt {
    pub hop: HopId,
    pub from: Node,
    pub to: Node,
    pub parcel: Parcel,
    /// `None`: accepted.
    pub refused: Option<Reason>,
    /// What a [`Parcel::Call`] was answered.
    pub answer: Option<Arc<Value>>,
    /// What the sender wrote on the parcel to recognise it.
    pub reference: Option<Arc<str>>,
}
