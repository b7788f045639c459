//! What CloudWatch promises, as sentences.

mod acting;
mod composites;
mod history;
mod maths;
mod metrics;
mod watching;

use std::sync::Arc;

use serde_json::{Value, json};

use super::State;
use crate::{
    aws::{
        HopPath, Node, Parcel, Payload, Send, ServiceName,
        call::{Input, InputKind},
        delays::Delay,
        payload::Datapoint,
        testing::Sandbox,
    },
    kernel::Cause,
};

const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:alertes-ville";

/// 2026-11-20 09:00:00 UTC, where the sandbox's clock starts.
const EPOCH_MS: i64 = 1_795_165_200_000;

fn call(sandbox: &mut Sandbox, operation: &str, parameters: Value) -> Value {
    sandbox.ok(ServiceName::CloudWatch, operation, parameters)
}

fn radar(changes: Value) -> Value {
    let mut alarm = json!({
        "AlarmName": "radar-110",
        "MetricName": "CPUUtilization",
        "Namespace": "AWS/EC2",
        "Dimensions": [{ "Name": "InstanceId", "Value": "i-rouge" }],
        "Statistic": "Average",
        "Period": 60,
        "EvaluationPeriods": 5,
        "Threshold": 80,
        "ComparisonOperator": "GreaterThanThreshold",
        "AlarmActions": [TOPIC],
    });
    for (name, value) in changes.as_object().expect("changes are an object") {
        alarm[name] = value.clone();
    }
    alarm
}

fn with_radar(changes: Value) -> Sandbox {
    let mut sandbox = Sandbox::new();
    call(&mut sandbox, "PutMetricAlarm", radar(changes));
    sandbox
}

/// One datapoint per minute, arriving a second after its minute, and the clock run to the minute's 59th second.
fn drive(sandbox: &mut Sandbox, values: &[f64]) {
    for value in values {
        drive_slowly(sandbox, 1, *value);
    }
}

/// One datapoint for that many minutes, arriving a second after them.
fn drive_slowly(sandbox: &mut Sandbox, minutes: u64, value: f64) {
    let second = sandbox.now().as_millis() / 1_000;
    let start = second / 60 * 60;
    sandbox.wait(start + minutes * 60 + 1 - second);
    arrive(sandbox, EPOCH_MS + start as i64 * 1_000, value);
    sandbox.wait(58);
}

fn arrive(sandbox: &mut Sandbox, timestamp: i64, value: f64) {
    let datapoint = Arc::new(Datapoint {
        namespace: "AWS/EC2".into(),
        metric_name: "CPUUtilization".into(),
        dimensions: Arc::new([("InstanceId".into(), "i-rouge".into())]),
        timestamp,
        value,
        unit: "Percent",
    });
    let region = sandbox.account.home().clone();
    let kind = InputKind::World { kind: "load", subject: "i-rouge".into() };
    let input = sandbox.ledger.arrive(sandbox.now(), Input { step: None, kind });
    sandbox.with_outbox(Cause::Input(input), |_, out| {
        out.send(Send {
            path: HopPath::ResMetric,
            from: Node::new(ServiceName::Ec2, &region, "voiture-rouge"),
            to: Node::new(ServiceName::CloudWatch, &region, "CPUUtilization"),
            payload: Payload::Datapoint(Arc::clone(&datapoint)),
            parcel: Parcel::Datapoint(datapoint),
            delay: Delay::None,
            reference: None,
        });
    });
}

fn state(sandbox: &Sandbox) -> State {
    let region = sandbox.account.home();
    sandbox.services().cloudwatch.alarm(region, "radar-110").expect("the alarm exists").state()
}

/// `minute title` of each change of state.
fn changes(sandbox: &Sandbox) -> Vec<String> {
    sandbox
        .hops(HopPath::MetricAlarm)
        .into_iter()
        .map(|hop| format!("m{} {}", hop.sent_at.as_millis() / 60_000, hop.payload.title()))
        .collect()
}

fn described(sandbox: &mut Sandbox) -> Value {
    call(sandbox, "DescribeAlarms", json!({}))["MetricAlarms"][0].take()
}
