//! How long one change takes against fifty rules in a region of ten thousand resources: announced, recorded as an item,
//! judged by every rule, and every verdict settled.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use divan::{Bencher, black_box};
use serde_json::{Value, json};

use vigie::{
    aws::{
        Account, ApiCall, Delays, Ledger, Moment, Outbox, Principal, Region, ServiceName, Via,
        call::{Input, InputKind},
        faults::Faults,
        outbox::Delivery,
        parcel::ResourceChange,
    },
    kernel::{Cause, Dice, EventQueue, SimDuration, SimTime},
};

fn main() {
    divan::main();
}

const RESOURCES: usize = 10_000;
const RULES: usize = 50;

/// An account, its ledger and its clock.
#[derive(Clone)]
struct Bench {
    account: Account,
    ledger: Ledger,
    queue: EventQueue<Delivery>,
    dice: Dice,
    now: SimTime,
    region: Region,
}

impl Bench {
    fn new() -> Self {
        let region = Region::new("eu-west-3");
        Self {
            account: Account::new("123456789012", region.clone()),
            ledger: Ledger::default(),
            queue: EventQueue::default(),
            dice: Dice::new(1),
            now: SimTime::START,
            region,
        }
    }

    fn act<T>(&mut self, cause: Cause, act: impl FnOnce(&mut Account, &mut Outbox<'_>) -> T) -> T {
        let utc = DateTime::<Utc>::UNIX_EPOCH + chrono::TimeDelta::milliseconds(self.now.as_millis() as i64);
        let moment = Moment { now: self.now, utc };
        let delays = Delays::default();
        let mut faults = Faults::default();
        let Self { ledger, queue, dice, .. } = self;
        let mut out = Outbox::new(ledger, queue, dice, &delays, &mut faults, moment, cause);
        act(&mut self.account, &mut out)
    }

    fn input(&mut self) -> Cause {
        let kind = InputKind::World { kind: "bench", subject: "bench".into() };
        Cause::Input(self.ledger.arrive(self.now, Input { step: None, kind }))
    }

    fn call(&mut self, operation: &str, parameters: Value) {
        let call = Arc::new(ApiCall {
            by: Principal::role("installateur", "deploy"),
            via: Via::cli("203.0.113.24"),
            region: self.region.clone(),
            service: ServiceName::Config,
            operation: operation.into(),
            parameters,
        });
        let cause = self.input();
        self.act(cause, |account, out| account.call(&call, out)).expect("the set-up is accepted");
    }

    fn announce(&mut self, change: ResourceChange) {
        let cause = self.input();
        let region = self.region.clone();
        self.act(cause, |account, out| account.announce(&region, change, out));
    }

    /// Delivers everything due within a minute.
    fn settle(&mut self) {
        let until = self.now.after(SimDuration::MINUTE);
        while self.queue.next_due().is_some_and(|due| due <= until) {
            let (due, delivery) = self.queue.pop().expect("it has just been seen");
            self.now = due;
            let _ = self.act(delivery.cause, |account, out| account.deliver(&delivery, out));
        }
        self.now = until;
    }
}

fn group(number: usize, port: u16) -> ResourceChange {
    let id = format!("sg-{number:017x}");
    let permission = json!({
        "fromPort": port, "ipProtocol": "tcp", "ipv6Ranges": [], "prefixListIds": [], "toPort": port,
        "userIdGroupPairs": [], "ipv4Ranges": [{ "cidrIp": "0.0.0.0/0" }], "ipRanges": ["0.0.0.0/0"],
    });
    ResourceChange {
        resource_type: "AWS::EC2::SecurityGroup".into(),
        resource_id: id.as_str().into(),
        resource_name: Some(format!("group-{number}").into()),
        arn: format!("arn:aws:ec2:eu-west-3:123456789012:security-group/{id}").into(),
        availability_zone: "Not Applicable".into(),
        created_at: None,
        tags: json!({ "CostCenter": "4711" }),
        relationships: json!([{
            "resourceId": "vpc-0a1b2c3d4e5f60718", "resourceName": null, "resourceType": "AWS::EC2::VPC",
            "name": "Is contained in Vpc",
        }]),
        configuration: json!({
            "description": "bench", "groupName": format!("group-{number}"), "ipPermissions": [permission],
            "ownerId": "123456789012", "groupId": id, "ipPermissionsEgress": [], "tags": [],
            "vpcId": "vpc-0a1b2c3d4e5f60718",
        }),
        supplementary: json!({}),
        deleted: false,
    }
}

/// Five rules that wake on a changed group, ten times over: all fifty judge the change.
fn rules() -> impl Iterator<Item = Value> {
    const IDENTIFIERS: [&str; 5] = [
        "INCOMING_SSH_DISABLED",
        "RESTRICTED_INCOMING_TRAFFIC",
        "VPC_SG_OPEN_ONLY_TO_AUTHORIZED_PORTS",
        "VPC_DEFAULT_SECURITY_GROUP_CLOSED",
        "REQUIRED_TAGS",
    ];
    (0..RULES).map(|number| {
        json!({ "ConfigRule": {
            "ConfigRuleName": format!("rule-{number}"),
            "Source": { "Owner": "AWS", "SourceIdentifier": IDENTIFIERS[number % IDENTIFIERS.len()] },
        }})
    })
}

/// A region with all its resources recorded and every rule made and settled.
fn a_large_region() -> Bench {
    let mut bench = Bench::new();
    let recorder = json!({ "name": "default", "roleARN": "arn:aws:iam::123456789012:role/config" });
    bench.call("PutConfigurationRecorder", json!({ "ConfigurationRecorder": recorder }));
    let channel = json!({ "name": "default", "s3BucketName": "archives" });
    bench.call("PutDeliveryChannel", json!({ "DeliveryChannel": channel }));
    bench.call("StartConfigurationRecorder", json!({ "ConfigurationRecorderName": "default" }));
    for rule in rules() {
        bench.call("PutConfigRule", rule);
    }
    for number in 0..RESOURCES {
        bench.announce(group(number, 443));
    }
    bench.settle();
    bench
}

#[divan::bench(sample_count = 200)]
fn one_change_against_fifty_rules_and_ten_thousand_resources(bencher: Bencher<'_, '_>) {
    let mut bench = a_large_region();
    let mut port = 1_000;
    bencher.bench_local(|| {
        port += 1;
        bench.announce(group(5_000, port));
        bench.settle();
        black_box(&bench.ledger);
    });
}
