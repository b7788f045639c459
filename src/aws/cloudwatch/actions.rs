//! The actions of a state: a topic is told, a function invoked, an instance stopped.
//!
//! They run when the state becomes another one, never again while it holds.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{alarm::Kind, evaluation::State, messages::Change, metrics::MetricKey};
use crate::aws::{
    ApiCall, Delay, HopPath, Node, Outbox, Parcel, Payload, PayloadKind, Principal, Reason, Region, Send,
    ServiceName, Via,
    arn::Arn,
    note::reasons,
    parcel::{Invoke, Publish, Sender},
};

/// Who CloudWatch is towards a topic, towards a function, and towards EC2.
///
/// Source: CloudWatch User Guide, "Alarm actions" and "Using service-linked roles for CloudWatch": EC2 actions go through
/// the role of CloudWatch Events.
const TO_TOPICS: &str = "cloudwatch.amazonaws.com";
const TO_FUNCTIONS: &str = "lambda.alarms.cloudwatch.amazonaws.com";
const TO_INSTANCES: &str = "events.amazonaws.com";

/// What an action ARN asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Action<'a> {
    Topic(&'a str),
    /// By the function's name.
    Function(&'a str),
    Instance(InstanceAction),
}

/// `arn:aws:automate:<region>:ec2:stop` and the like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum InstanceAction {
    Stop,
    Terminate,
    Reboot,
}

impl InstanceAction {
    const fn operation(self) -> &'static str {
        match self {
            Self::Stop => "StopInstances",
            Self::Terminate => "TerminateInstances",
            Self::Reboot => "RebootInstances",
        }
    }
}

impl<'a> Action<'a> {
    /// Reads an action ARN; `None` for what Vigie does not do.
    pub fn parse(arn: &'a str) -> Option<Self> {
        let parsed = Arn::parse(arn)?;
        match parsed.service {
            "sns" => Some(Self::Topic(parsed.name())),
            "lambda" => Some(Self::Function(function_name(parsed.name()))),
            "automate" => match arn.rsplit(':').next()? {
                "stop" => Some(Self::Instance(InstanceAction::Stop)),
                "terminate" => Some(Self::Instance(InstanceAction::Terminate)),
                "reboot" => Some(Self::Instance(InstanceAction::Reboot)),
                _ => None,
            },
            _ => None,
        }
    }

    const fn path(&self) -> HopPath {
        match self {
            Self::Topic(_) => HopPath::AlarmSns,
            Self::Function(_) => HopPath::AlarmLambda,
            Self::Instance(_) => HopPath::AlarmApi,
        }
    }
}

/// Without version or alias.
fn function_name(name: &str) -> &str {
    name.split(':').next().unwrap_or_default()
}

impl Change<'_> {
    /// Runs the actions of the new state, or says why none run.
    pub(super) fn run_actions(&self, out: &mut Outbox<'_>) {
        if !self.alarm.reactions.actions_enabled {
            self.miss_all(reasons::ACTIONS_DISABLED, out);
            return;
        }
        let actions = self.alarm.reactions.to(self.alarm.state());
        if actions.is_empty() {
            let reason = Reason::new(reasons::NO_ACTION, self.alarm.state().as_str());
            out.near_miss(HopPath::AlarmSns, self.alarm.node.clone(), self.usual_addressee(), reason);
        }
        for action in actions {
            match Action::parse(action) {
                Some(Action::Topic(topic)) => self.publish(action, topic, out),
                Some(Action::Function(function)) => self.invoke(action, function, out),
                Some(Action::Instance(act)) => self.act_on_instance(action, act, out),
                None => {}
            }
        }
    }

    /// Says of every action that would have run that the suppressor held it back.
    pub(super) fn withhold_actions(&self, out: &mut Outbox<'_>) {
        self.miss_all(reasons::ACTIONS_SUPPRESSED, out);
    }

    fn miss_all(&self, code: &'static str, out: &mut Outbox<'_>) {
        for action in self.alarm.reactions.to(self.alarm.state()) {
            if let Some(parsed) = Action::parse(action) {
                let reason = Reason::new(code, action.as_str());
                out.near_miss(parsed.path(), self.alarm.node.clone(), self.addressee(&parsed), reason);
            }
        }
    }

    fn addressee(&self, action: &Action<'_>) -> Node {
        match action {
            Action::Topic(topic) => Node::new(ServiceName::Sns, self.region, *topic),
            Action::Function(function) => Node::new(ServiceName::Lambda, self.region, *function),
            Action::Instance(_) => {
                Node::new(ServiceName::Ec2, self.region, self.instance().unwrap_or_else(|| "*".into()))
            }
        }
    }

    /// Whom the alarm would have told in another state, so that a near miss points somewhere.
    fn usual_addressee(&self) -> Node {
        State::ALL
            .into_iter()
            .flat_map(|state| self.alarm.reactions.to(state))
            .find_map(|action| Action::parse(action).map(|parsed| self.addressee(&parsed)))
            .unwrap_or_else(|| Node::new(ServiceName::Sns, self.region, "*"))
    }

    /// The instance the watched metric is of.
    fn instance(&self) -> Option<Arc<str>> {
        let Kind::Metric(metric) = &self.alarm.kind else { return None };
        instance_of(&metric.configuration.metric()?.metric).map(Arc::from)
    }

    fn publish(&self, topic_arn: &str, topic: &str, out: &mut Outbox<'_>) {
        let (message, subject) = (self.notification(), self.subject());
        let body = json!({ "TopicArn": topic_arn, "Subject": subject, "Message": message });
        out.send(Send {
            path: HopPath::AlarmSns,
            from: self.alarm.node.clone(),
            to: Node::new(ServiceName::Sns, self.region, topic),
            payload: Payload::json(PayloadKind::Notice, subject.as_str(), body),
            parcel: Parcel::Publish(Arc::new(Publish {
                topic_arn: topic_arn.into(),
                subject: Some(subject.into()),
                message: message.into(),
                by_protocol: Arc::new([("email".into(), self.mail().into())].into()),
                attributes: Arc::default(),
                by: self.sender(TO_TOPICS),
            })),
            delay: Delay::AlarmToSns,
            reference: Some(topic_arn.into()),
        });
    }

    fn invoke(&self, function_arn: &str, function: &str, out: &mut Outbox<'_>) {
        let event: Arc<Value> = self.invocation().into();
        let title = format!("{}: {}", self.alarm.state(), self.alarm.name);
        out.send(Send {
            path: HopPath::AlarmLambda,
            from: self.alarm.node.clone(),
            to: Node::new(ServiceName::Lambda, self.region, function),
            payload: Payload::json(PayloadKind::Mission, title, Arc::clone(&event)),
            parcel: Parcel::Invoke(Arc::new(Invoke {
                function_arn: function_arn.into(),
                event,
                by: self.sender(TO_FUNCTIONS),
            })),
            delay: Delay::AlarmToLambda,
            reference: Some(function_arn.into()),
        });
    }

    fn act_on_instance(&self, action_arn: &str, act: InstanceAction, out: &mut Outbox<'_>) {
        let Some(instance) = self.instance() else { return };
        let call = instance_call(act, &instance, self.region);
        out.send(Send {
            path: HopPath::AlarmApi,
            from: self.alarm.node.clone(),
            to: Node::new(ServiceName::Ec2, self.region, instance),
            payload: Payload::json(PayloadKind::Mission, act.operation(), call.parameters.clone()),
            parcel: Parcel::Call(Arc::new(call)),
            delay: Delay::AlarmToEc2,
            reference: Some(action_arn.into()),
        });
    }

    fn sender(&self, principal: &str) -> Sender {
        Sender::Service { principal: principal.into(), source_arn: Arc::clone(&self.alarm.arn) }
    }
}

/// The instance a metric is of, if it names one.
pub(super) fn instance_of(metric: &MetricKey) -> Option<&str> {
    metric.dimension("InstanceId")
}

fn instance_call(act: InstanceAction, instance: &str, region: &Region) -> ApiCall {
    ApiCall {
        by: Principal::service(TO_INSTANCES),
        via: Via::service(TO_INSTANCES),
        region: region.clone(),
        service: ServiceName::Ec2,
        operation: act.operation().into(),
        parameters: json!({ "InstanceIds": [instance] }),
    }
}
