//! The engine: a simulated day without a screen, and going anywhere in a long session.
//!
//! Goals: 24 hours of crs-05's account within 1 s; 24 hours of 500 alarms with one-minute periods within 2 s; a seek
//! anywhere in 10,000 hops within 50 ms.

mod account;

use std::sync::Arc;

use chrono::DateTime;
use divan::Bencher;
use serde_json::{Value, json};
use vigie::{
    aws::{Profile, Region, ServiceName},
    engine::{Engine, Setup, Stimulus, Timeline},
    kernel::{Dice, SimDuration, Stream},
    lesson::open,
    load::LoadOrder,
    scenario::{compose::Script, library::Library, stage},
    text::Lang,
};

use self::account::ask;

fn main() {
    divan::main();
}

fn script() -> Arc<Script> {
    open::script(&Library::bundled(), "crs-05", Lang::En).expect("crs-05 is in the binary")
}

fn staged() -> Engine {
    stage::set(&script(), &stage::Options::default()).expect("crs-05 deploys").engine
}

/// A session of at least 10,000 hops.
fn long_session() -> Timeline {
    let mut timeline = Timeline::new(staged());
    while timeline.ledger().hops().len() < 10_000 {
        let next = timeline.now().after(SimDuration::HOUR);
        timeline.run_until(next);
    }
    timeline
}

#[divan::bench(sample_count = 20)]
fn read_and_stage_the_worked_case(bencher: Bencher<'_, '_>) {
    bencher.bench(staged);
}

#[divan::bench(sample_count = 10)]
fn a_day_of_the_worked_case(bencher: Bencher<'_, '_>) {
    let engine = staged();
    bencher.with_inputs(|| engine.clone()).bench_values(|mut engine| {
        let end = engine.now().after(SimDuration::HOUR.times(24));
        engine.run_until(end);
        engine
    });
}

/// Five hundred cars that drive as the dice fall, each watched by an alarm of five one-minute periods.
fn five_hundred_alarms() -> Engine {
    let setup = Setup {
        account_id: "111122223333".into(),
        home: Region::new("eu-west-3"),
        epoch: DateTime::from_timestamp(1_795_165_200, 0).expect("2026-11-20 09:00 UTC exists"),
        seed: 1,
        profile: Profile::Classroom,
    };
    let mut engine = Engine::new(setup);
    // An account may run twenty instances of a type.
    let sizes = ["nano", "micro", "small", "medium", "large"];
    let types = ["t2", "t3", "t4g", "m7i", "c7i"]
        .into_iter()
        .flat_map(|family| sizes.into_iter().map(move |size| format!("{family}.{size}")));
    let mut launched: Vec<Value> = Vec::new();
    for instance_type in types {
        let launch = json!({
            "ImageId": "ami-0123456789abcdef0", "InstanceType": instance_type, "MinCount": 20, "MaxCount": 20,
            "Monitoring": { "Enabled": true },
        });
        let reservation = ask(&mut engine, ServiceName::Ec2, "RunInstances", launch);
        launched.extend(reservation["Instances"].as_array().expect("a list of instances").iter().cloned());
    }
    assert_eq!(launched.len(), 500);
    let mut dice = Dice::new(1);
    for instance in &launched {
        let id = instance["InstanceId"].as_str().expect("an id");
        let values = (0..24 * 60 + 10).map(|_| Some(dice.between(Stream::Load, 0, 100) as f64)).collect();
        let every = SimDuration::MINUTE;
        let order = LoadOrder { resource: id.into(), metric: "CPUUtilization".into(), every, values };
        engine.push(Stimulus::Load(order), None);
        let alarm = json!({
            "AlarmName": format!("radar-{id}"), "Namespace": "AWS/EC2", "MetricName": "CPUUtilization",
            "Dimensions": [{ "Name": "InstanceId", "Value": id }], "Statistic": "Average", "Period": 60,
            "EvaluationPeriods": 5, "DatapointsToAlarm": 5, "Threshold": 80,
            "ComparisonOperator": "GreaterThanThreshold",
        });
        ask(&mut engine, ServiceName::CloudWatch, "PutMetricAlarm", alarm);
    }
    let started = engine.now().after(SimDuration::MINUTE);
    engine.run_until(started);
    engine
}

/// 720,000 datapoints come, each of them by its hop, and as many looks are noted.
#[divan::bench(sample_count = 5)]
fn a_day_of_five_hundred_alarms(bencher: Bencher<'_, '_>) {
    let engine = five_hundred_alarms();
    bencher.with_inputs(|| engine.clone()).bench_values(|mut engine| {
        let end = engine.now().after(SimDuration::HOUR.times(24));
        engine.run_until(end);
        engine
    });
}

#[divan::bench(args = [1, 25, 50, 75, 99], sample_count = 20)]
fn seek_back_in_ten_thousand_hops(bencher: Bencher<'_, '_>, percent: u64) {
    let timeline = long_session();
    let start = timeline.engine().story_start();
    let length = timeline.now().since(start).as_millis();
    let target = start.after(SimDuration::from_millis(length * percent / 100));
    bencher.with_inputs(|| timeline.clone()).bench_values(|mut timeline| {
        timeline.seek(target);
        timeline
    });
}
