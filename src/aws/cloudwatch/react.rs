//! What CloudWatch does by itself: takes datapoints, looks at its alarms on the minute, and acts on what changed.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{
    Alarm, CloudWatch, Regional,
    alarm::{Configuration, StateReason},
    evaluation::{State, Verdict},
    history::History,
    messages::Change,
    metrics::{MetricKey, Metrics},
    reason,
    sample::{Observed, Sample},
    times,
    unit::Unit,
    window::Looked,
};
use crate::{
    aws::{
        CallContext, Delay, HopPath, Node, Note, Outbox, Parcel, Payload, PayloadKind, Reason, Region, Send,
        ServiceName,
        arn::Arn,
        note::{Evaluation, reasons},
        parcel::{Invoke, Publish, ResourceChange, Sender, Timer},
        payload::Datapoint,
        timestamps,
    },
    kernel::{Cause, SimDuration},
};

/// The timer of an alarm's first look after it was configured.
const FIRST_LOOK: &str = "first-look";
const MINUTE_MS: i64 = 60_000;
const TEN_SECONDS_MS: i64 = 10_000;

impl CloudWatch {
    pub(super) fn take(&mut self, point: &Datapoint, region: &Region, cause: Cause) {
        let key = MetricKey::new(
            Arc::clone(&point.namespace),
            Arc::clone(&point.metric_name),
            Arc::clone(&point.dimensions),
        );
        let unit = Unit::parse(point.unit).unwrap_or(Unit::NONE);
        let sample = Sample { at: point.timestamp, cause, unit, observed: Observed::One(point.value) };
        self.store(region, key, sample);
    }

    /// Creates an alarm, or replaces the whole configuration of one, whose state stays.
    pub(super) fn configure(
        &mut self,
        cx: &mut CallContext<'_, '_>,
        name: &str,
        configuration: Arc<Configuration>,
    ) {
        let (region, at, cause) = (cx.region().clone(), cx.moment().utc, cx.out.cause());
        let arn = self.alarm_arn(&region, name);
        let regional = self.regional(&region);
        let is_new = !regional.alarms.contains_key(name);
        let name: Arc<str> = name.into();
        let alarm = regional.alarms.entry(Arc::clone(&name)).or_insert_with(|| Alarm {
            node: Node::new(ServiceName::CloudWatch, &region, Arc::clone(&name)),
            name: Arc::clone(&name),
            arn: arn.into(),
            configuration: Arc::clone(&configuration),
            updated_at: at,
            current: StateReason {
                state: State::InsufficientData,
                reason: "Unchecked: Initial alarm creation".into(),
                data: None,
                at,
            },
            transitioned_at: at,
            metric_id: cx.out.uuid().into(),
            cause,
            last_evaluation: None,
            series: None,
        });
        (alarm.configuration, alarm.updated_at, alarm.cause, alarm.series) = (configuration, at, cause, None);
        let described = alarm.describe();
        announce(cx.out, alarm, described.clone());
        regional.history.configured(&name, at, if is_new { "created" } else { "updated" }, &described);
        let node = Node::new(ServiceName::CloudWatch, &region, Arc::clone(&name));
        let wait = cx.out.delay(Delay::AlarmEvaluation);
        cx.out.timer(node, Timer::Named { name: FIRST_LOOK, key: name }, wait);
        regional.arm(&region, cx.out);
    }

    pub(super) fn remove(&mut self, cx: &mut CallContext<'_, '_>, name: &str) {
        let region = cx.region().clone();
        let at = cx.moment().utc;
        let regional = self.regional(&region);
        if let Some(alarm) = regional.alarms.remove(name) {
            announce(cx.out, &alarm, Value::Null);
            regional.history.configured(&alarm.name, at, "deleted", &alarm.describe());
        }
    }

    pub(super) fn switch_actions(&mut self, cx: &mut CallContext<'_, '_>, names: &[String], enabled: bool) {
        let region = cx.region().clone();
        let at = cx.moment().utc;
        let regional = self.regional(&region);
        for name in names {
            let Some(alarm) = regional.alarms.get_mut(name.as_str()) else { continue };
            Arc::make_mut(&mut alarm.configuration).actions_enabled = enabled;
            alarm.updated_at = at;
            let described = alarm.describe();
            announce(cx.out, alarm, described.clone());
            regional.history.configured(&alarm.name, at, "updated", &described);
        }
    }

    /// Sets a state by hand: actions run when it is another one, and the next evaluation may undo it.
    pub(super) fn force(
        &mut self,
        cx: &mut CallContext<'_, '_>,
        name: &str,
        state: State,
        reason: &str,
        data: Option<&str>,
    ) {
        let (account_id, region) = (Arc::clone(&self.account_id), cx.region().clone());
        let cause = cx.out.cause();
        let new =
            StateReason { state, reason: reason.into(), data: data.map(Into::into), at: cx.moment().utc };
        let Regional { alarms, history, .. } = self.regional(&region);
        let Some(alarm) = alarms.get_mut(name) else { return };
        let mut telling = Telling { account_id: &account_id, region: &region, history, out: cx.out };
        telling.become_state(alarm, new, cause, json!([]));
    }

    /// A timer of ours fired.
    pub(super) fn look(&mut self, timer: &Timer, region: &Region, out: &mut Outbox<'_>) {
        let account_id = Arc::clone(&self.account_id);
        let regional = self.regional(region);
        match timer {
            Timer::EvaluateAlarms => {
                let Some(until) = regional.next_look.take() else { return };
                regional.evaluate(&account_id, region, out, until, |alarm| {
                    until.rem_euclid(alarm.configuration.cadence_ms()) == 0
                });
                regional.arm_after(until, region, out);
            }
            Timer::Named { name: FIRST_LOOK, key } => {
                let waited = out.delay(Delay::AlarmEvaluation).as_millis() as i64;
                let created_at = out.moment().epoch_ms() - waited;
                let cadence = |alarm: &Alarm| alarm.configuration.cadence_ms();
                let Some(tick) = regional.alarms.get(key).map(cadence) else { return };
                let until = created_at.div_euclid(tick) * tick;
                regional.evaluate(&account_id, region, out, until, |alarm| alarm.name == *key);
            }
            _ => {}
        }
    }
}

impl Regional {
    /// Sets the timer for the next minute, unless one is under way.
    fn arm(&mut self, region: &Region, out: &mut Outbox<'_>) {
        if self.next_look.is_none() {
            let now = out.moment().epoch_ms();
            let tick = self.tick_ms();
            let next = (now.div_euclid(tick) + 1) * tick;
            let wait = out.delay(Delay::AlarmEvaluation).plus(SimDuration::from_millis((next - now) as u64));
            self.set_timer(next, wait, region, out);
        }
    }

    /// Sets the timer for the minute after `until`, if an alarm is left to look at.
    fn arm_after(&mut self, until: i64, region: &Region, out: &mut Outbox<'_>) {
        if self.alarms.is_empty() {
            return;
        }
        let tick = self.tick_ms();
        let next = (until.div_euclid(tick) + 1) * tick;
        self.set_timer(next, SimDuration::from_millis((next - until) as u64), region, out);
    }

    fn set_timer(&mut self, next: i64, wait: SimDuration, region: &Region, out: &mut Outbox<'_>) {
        self.next_look = Some(next);
        out.timer(Node::new(ServiceName::CloudWatch, region, "alarms"), Timer::EvaluateAlarms, wait);
    }

    /// Every minute, or every ten seconds where an alarm has a shorter period than a minute.
    fn tick_ms(&self) -> i64 {
        let is_fine = |alarm: &Alarm| alarm.configuration.period_s < 60;
        if self.alarms.values().any(is_fine) { TEN_SECONDS_MS } else { MINUTE_MS }
    }

    fn evaluate(
        &mut self,
        account_id: &str,
        region: &Region,
        out: &mut Outbox<'_>,
        until: i64,
        is_due: impl Fn(&Alarm) -> bool,
    ) {
        let Self { metrics, alarms, history, .. } = self;
        let mut looked = Looked::default();
        let mut telling = Telling { account_id, region, history, out };
        for alarm in alarms.values_mut().filter(|alarm| is_due(alarm)) {
            telling.evaluate(alarm, metrics, &mut looked, until);
        }
    }
}

/// Whom an evaluation may have to tell.
struct Telling<'a, 'o> {
    account_id: &'a str,
    region: &'a Region,
    history: &'a mut History,
    out: &'a mut Outbox<'o>,
}

impl Telling<'_, '_> {
    /// One look of one alarm, at the periods that end at `until`.
    fn evaluate(&mut self, alarm: &mut Alarm, metrics: &Metrics, looked: &mut Looked, until: i64) {
        let configuration = Arc::clone(&alarm.configuration);
        alarm.series = alarm.series.or_else(|| metrics.position(&configuration.metric));
        looked.read(&configuration, alarm.series.and_then(|position| metrics.at(position)), until);
        let verdict = looked.judge(&configuration, alarm.state());
        let evaluation = Arc::new(noted(alarm, looked, &verdict));
        alarm.last_evaluation = Some(Arc::clone(&evaluation));
        let cause = looked.newest_cause().unwrap_or(alarm.cause);
        self.out.with_cause(cause, |out| out.note(Note::Evaluation(evaluation)));
        if verdict.state == alarm.state() {
            return;
        }
        let at = self.out.moment().utc;
        let new = StateReason {
            state: verdict.state,
            reason: reason::sentence(&configuration, looked, &verdict).into(),
            data: Some(reason::data(&configuration, looked, &verdict, at).to_string().into()),
            at,
        };
        let datapoints = shown_json(&configuration, looked, &verdict);
        self.become_state(alarm, new, cause, datapoints);
    }

    /// The alarm takes a state; if it is another one, everybody concerned hears of it.
    fn become_state(&mut self, alarm: &mut Alarm, new: StateReason, cause: Cause, datapoints: Value) {
        let previous = std::mem::replace(&mut alarm.current, new);
        if previous.state == alarm.state() {
            return;
        }
        alarm.transitioned_at = alarm.current.at;
        self.history.state_changed(&alarm.name, alarm.current.at, &previous, &alarm.current);
        let change = Change { alarm, previous: &previous, account_id: self.account_id, region: self.region };
        let mut body = change.detail();
        body["datapoints"] = datapoints;
        let title = format!("{}→{}", previous.state, alarm.state());
        let from =
            Node::new(ServiceName::CloudWatch, self.region, Arc::clone(&alarm.configuration.metric.name));
        let payload = Payload::json(PayloadKind::Alarm, title, body);
        let region = self.region;
        self.out.with_cause(cause, |out| {
            let hop = out.mark(HopPath::MetricAlarm, from, alarm.node.clone(), payload, Delay::None);
            out.caused_by(hop, |out| {
                tell_bus(&change, region, out);
                run_actions(&change, region, out);
            });
        });
    }
}

fn noted(alarm: &Alarm, looked: &Looked, verdict: &Verdict) -> Evaluation {
    let it = &alarm.configuration;
    let settings = it.settings();
    Evaluation {
        alarm: alarm.node.clone(),
        datapoints: looked.shown(it, verdict).iter().map(|slot| (slot.start, slot.value)).collect(),
        breaching: verdict.breaching,
        needed: settings.needed,
        window: settings.window,
        threshold: it.threshold,
        state: verdict.state.as_str(),
        missing_as: (verdict.filled > 0).then(|| it.treatment().as_str()),
    }
}

/// The periods looked at, oldest first, for whoever opens the hop.
fn shown_json(alarm: &Configuration, looked: &Looked, verdict: &Verdict) -> Value {
    looked
        .shown(alarm, verdict)
        .iter()
        .map(|slot| {
            let start = timestamps::from_epoch_ms(slot.start);
            json!({ "timestamp": times::in_data(start), "value": slot.value })
        })
        .collect()
}

/// The bus hears of every change, whether or not actions are enabled.
fn tell_bus(change: &Change<'_>, region: &Region, out: &mut Outbox<'_>) {
    let event: Arc<Value> = change.event(&out.uuid()).into();
    out.send(Send {
        path: HopPath::AlarmBus,
        from: change.alarm.node.clone(),
        to: Node::new(ServiceName::EventBridge, region, "default"),
        payload: Payload::json(PayloadKind::Event, "CloudWatch Alarm State Change", Arc::clone(&event)),
        parcel: Parcel::BusEvent { bus: "default".into(), event, read_only: false },
        delay: Delay::AlarmToBus,
        reference: None,
    });
}

fn run_actions(change: &Change<'_>, region: &Region, out: &mut Outbox<'_>) {
    let (alarm, it) = (change.alarm, &change.alarm.configuration);
    let actions = it.actions(alarm.state());
    if actions.is_empty() {
        let to = usual_addressee(it, region);
        let reason = Reason::new(reasons::NO_ACTION, alarm.state().as_str());
        out.near_miss(HopPath::AlarmSns, alarm.node.clone(), to, reason);
    }
    for action in actions {
        let Some(arn) = Arn::parse(action) else { continue };
        let path = if arn.service == "lambda" { HopPath::AlarmLambda } else { HopPath::AlarmSns };
        if !it.actions_enabled {
            let reason = Reason::new(reasons::ACTIONS_DISABLED, action.as_str());
            out.near_miss(path, alarm.node.clone(), addressee(&arn, region), reason);
        } else if arn.service == "lambda" {
            invoke(change, action, addressee(&arn, region), out);
        } else {
            publish(change, action, addressee(&arn, region), out);
        }
    }
}

/// Whom the alarm would have told in another state, so that a near miss points somewhere.
fn usual_addressee(it: &Configuration, region: &Region) -> Node {
    State::ALL
        .into_iter()
        .flat_map(|state| it.actions(state))
        .find_map(|action| Arn::parse(action).map(|arn| addressee(&arn, region)))
        .unwrap_or_else(|| Node::new(ServiceName::Sns, region, "*"))
}

fn addressee(arn: &Arn<'_>, region: &Region) -> Node {
    let service = if arn.service == "lambda" { ServiceName::Lambda } else { ServiceName::Sns };
    let name = match service {
        ServiceName::Lambda => arn.name().split(':').next().unwrap_or_default(),
        _ => arn.name(),
    };
    Node::new(service, region, name)
}

fn publish(change: &Change<'_>, topic_arn: &str, to: Node, out: &mut Outbox<'_>) {
    let (message, subject) = (change.notification(), change.subject());
    let body = json!({ "TopicArn": topic_arn, "Subject": subject, "Message": message });
    out.send(Send {
        path: HopPath::AlarmSns,
        from: change.alarm.node.clone(),
        to,
        payload: Payload::json(PayloadKind::Notice, subject.as_str(), body),
        parcel: Parcel::Publish(Arc::new(Publish {
            topic_arn: topic_arn.into(),
            subject: Some(subject.into()),
            message: message.into(),
            mail_body: Some(change.mail().into()),
            attributes: Arc::new(json!({})),
            by: sender("cloudwatch.amazonaws.com", change),
        })),
        delay: Delay::AlarmToSns,
        reference: Some(topic_arn.into()),
    });
}

fn invoke(change: &Change<'_>, function_arn: &str, to: Node, out: &mut Outbox<'_>) {
    let event: Arc<Value> = change.invocation().into();
    let title = format!("{}: {}", change.alarm.state(), change.alarm.name);
    out.send(Send {
        path: HopPath::AlarmLambda,
        from: change.alarm.node.clone(),
        to,
        payload: Payload::json(PayloadKind::Mission, title, Arc::clone(&event)),
        parcel: Parcel::Invoke(Arc::new(Invoke {
            function_arn: function_arn.into(),
            event,
            by: sender("lambda.alarms.cloudwatch.amazonaws.com", change),
        })),
        delay: Delay::AlarmToLambda,
        reference: Some(function_arn.into()),
    });
}

fn sender(principal: &str, change: &Change<'_>) -> Sender {
    Sender::Service { principal: principal.into(), source_arn: Arc::clone(&change.alarm.arn) }
}

/// Tells the configuration recorder what the alarm is now; `Null` once it is deleted.
fn announce(out: &mut Outbox<'_>, alarm: &Alarm, configuration: Value) {
    let deleted = configuration.is_null();
    out.changed(
        &alarm.node.region,
        ResourceChange {
            resource_type: "AWS::CloudWatch::Alarm".into(),
            resource_id: Arc::clone(&alarm.arn),
            resource_name: Some(Arc::clone(&alarm.name)),
            arn: Arc::clone(&alarm.arn),
            availability_zone: "Regional".into(),
            created_at: None,
            tags: json!({}),
            relationships: json!([]),
            configuration,
            supplementary: json!({}),
            deleted,
        },
    );
}
