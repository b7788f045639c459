mod archives;
mod partners;
mod permissions;
mod retries;
mod roles;
mod schedules;
mod targets;
mod whole_account;

use std::{collections::BTreeMap, sync::Arc};

use chrono::DateTime;
use serde_json::{Value, json};

use super::{EventBridge, OPERATIONS, PartnerAct};
use crate::aws::{
    ApiCall, ApiError, ApiOutcome, CallContext, Delays, Dispatch as _, Faults, HopPath, Ledger, Moment, Note,
    Outbox, Parcel, Principal, Reason, Receipt, Region, Service, ServiceName, Via,
    call::{Input, InputKind},
    note::Condition,
    outbox::Delivery,
    payload::Datapoint,
    service::Reception,
};
use crate::kernel::{Cause, Dice, EventQueue, SimDuration, SimTime};

const TOPIC: &str = "arn:aws:sns:eu-west-3:111122223333:alertes-ville";
const FUNCTION: &str = "arn:aws:lambda:eu-west-3:111122223333:function:corrige-sg";

/// EventBridge alone, with a ledger to read and a queue to look into.
struct Tower {
    service: EventBridge,
    ledger: Ledger,
    queue: EventQueue<Delivery>,
    dice: Dice,
    faults: Faults,
    now: SimTime,
    /// What was handed to CloudWatch while time passed.
    datapoints: Vec<Arc<Datapoint>>,
}

impl Tower {
    fn new() -> Self {
        let service = EventBridge::new("111122223333", &region());
        let (queue, dice) = (EventQueue::default(), Dice::new(7));
        let (faults, datapoints) = (Faults::default(), Vec::new());
        Self { service, ledger: Ledger::default(), queue, dice, faults, now: SimTime::START, datapoints }
    }

    fn with_outbox<T>(&mut self, act: impl FnOnce(&mut EventBridge, &mut Outbox<'_>) -> T) -> T {
        let kind = InputKind::World { kind: "test", subject: "test".into() };
        let cause = Cause::Input(self.ledger.arrive(self.now, Input { step: None, kind }));
        self.under(cause, act)
    }

    fn under<T>(&mut self, cause: Cause, act: impl FnOnce(&mut EventBridge, &mut Outbox<'_>) -> T) -> T {
        let epoch = DateTime::from_timestamp(1_795_000_000, 0).unwrap();
        let utc = epoch + chrono::TimeDelta::milliseconds(self.now.as_millis() as i64);
        let moment = Moment { now: self.now, utc };
        let delays = Delays::default();
        let Self { service, ledger, queue, dice, faults, .. } = self;
        let mut out = Outbox::new(ledger, queue, dice, &delays, faults, moment, cause);
        act(service, &mut out)
    }

    fn call(&mut self, operation: &str, parameters: Value) -> ApiOutcome {
        let row = OPERATIONS.iter().find(|row| row.operation.name == operation).unwrap();
        (row.operation.fits)(&parameters).map_err(ApiError::malformed)?;
        let call = ApiCall {
            by: Principal::user("amina"),
            via: Via::cli("203.0.113.24"),
            region: region(),
            service: ServiceName::EventBridge,
            operation: operation.into(),
            parameters,
        };
        self.with_outbox(|service, out| {
            let mut context = CallContext { call: &call, account_id: "111122223333", out };
            service.call(&row.operation, &mut context)
        })
    }

    fn with_rule(mut self, name: &str, pattern: &Value, targets: &[&str]) -> Self {
        self.call("PutRule", json!({ "Name": name, "EventPattern": pattern.to_string() })).unwrap();
        let targets = targets.iter().map(|arn| json!({ "Id": arn.rsplit(':').next(), "Arn": arn }));
        let targets: Vec<Value> = targets.collect();
        if !targets.is_empty() {
            self.call("PutTargets", json!({ "Rule": name, "Targets": targets })).unwrap();
        }
        self
    }

    fn arrives(&mut self, event: Value) -> Reception {
        let parcel = Parcel::BusEvent { bus: "default".into(), event: Arc::new(event), read_only: false };
        self.receives(&parcel)
    }

    fn receives(&mut self, parcel: &Parcel) -> Reception {
        self.with_outbox(|service, out| service.receive(parcel, &region(), out))
    }

    /// What a partner does on its side.
    fn hears(&mut self, act: &PartnerAct) {
        self.with_outbox(|service, out| service.hear_partner(act, &region(), out));
    }

    /// Lets time pass until nothing is due any more, with what the addressees answer.
    fn run(&mut self, answer: impl FnMut(&Delivery) -> Option<Reason>) {
        self.run_until(SimTime::from_millis(u64::MAX), answer);
    }

    /// Lets so much time pass; all addressees accept.
    fn run_for(&mut self, time: SimDuration) {
        let until = self.now.after(time);
        self.run_until(until, |_| None);
        self.now = until;
    }

    fn run_until(&mut self, until: SimTime, mut answer: impl FnMut(&Delivery) -> Option<Reason>) {
        while self.queue.next_due().is_some_and(|due| due <= until) {
            let (due, delivery) = self.queue.pop().expect("it has just been seen");
            self.now = due;
            if let Parcel::Datapoint(point) = &delivery.parcel {
                self.datapoints.push(Arc::clone(point));
                continue;
            }
            let is_own = delivery.to.service == ServiceName::EventBridge;
            let is_forwarded = matches!(delivery.parcel, Parcel::Forwarded(_));
            let refused = if is_own && !is_forwarded {
                let region = delivery.to.region.clone();
                let parcel = &delivery.parcel;
                self.under(delivery.cause, |service, out| service.receive(parcel, &region, out).err())
            } else {
                answer(&delivery)
            };
            let Some(hop) = delivery.hop else { continue };
            let receipt = Receipt {
                hop,
                from: delivery.from,
                to: delivery.to,
                parcel: delivery.parcel,
                refused,
                answer: None,
                reference: delivery.reference,
            };
            self.under(delivery.cause, |service, out| service.receipt(&receipt, out));
        }
    }

    /// What was counted so far: metric and the values of its dimensions -> sum.
    fn counted(&self) -> BTreeMap<String, u64> {
        let mut counted = BTreeMap::new();
        for point in &self.datapoints {
            let of = point.dimensions.iter().map(|(_, value)| value.as_ref());
            let key: Vec<&str> = std::iter::once(point.metric_name.as_ref()).chain(of).collect();
            *counted.entry(key.join(" ")).or_default() += point.value as u64;
        }
        counted
    }

    /// Every hop as `path from → to`, with its verdict where it has one.
    fn hops(&self) -> Vec<String> {
        let line = |hop: &crate::aws::hop::Hop| {
            let (from, to) = (&self.ledger.node(hop.from).resource, &self.ledger.node(hop.to).resource);
            let verdict = hop.payload.body().get("verdict").and_then(Value::as_str).map(|v| format!(" {v}"));
            format!("{} {from} → {to}{}", hop.path, verdict.unwrap_or_default())
        };
        self.ledger.hops().iter().map(line).collect()
    }

    /// Every near miss as `path → to: code`.
    fn near_misses(&self) -> Vec<String> {
        let notes = self.ledger.notes().iter().filter_map(|note| match &note.body {
            Note::NearMiss(miss) => {
                Some(format!("{} → {}: {}", miss.path, miss.to.resource, miss.reason.code))
            }
            _ => None,
        });
        notes.collect()
    }

    /// What is on its way, timers left out.
    fn on_the_way(&mut self) -> Vec<Parcel> {
        let deliveries = std::iter::from_fn(|| self.queue.pop());
        let parcels = deliveries.map(|(_, delivery)| delivery.parcel);
        parcels.filter(|parcel| !matches!(parcel, Parcel::Timer(_))).collect()
    }
}

fn region() -> Region {
    Region::new("eu-west-3")
}

fn api_call(name: &str) -> Value {
    json!({
        "version": "0",
        "id": "bcd580d1-4810-44bc-a619-cfd617eacf37",
        "detail-type": "AWS API Call via CloudTrail",
        "source": "aws.ec2",
        "account": "111122223333",
        "time": "2026-11-20T09:14:27Z",
        "region": "eu-west-3",
        "resources": [],
        "detail": { "eventSource": "ec2.amazonaws.com", "eventName": name, "readOnly": false }
    })
}

fn security_group_edits() -> Value {
    json!({
        "source": ["aws.ec2"],
        "detail": { "eventName": ["AuthorizeSecurityGroupIngress", "RevokeSecurityGroupIngress"] }
    })
}

#[test]
fn a_matching_rule_sends_the_event_to_all_its_targets() {
    let mut tower = Tower::new().with_rule("r-sg", &security_group_edits(), &[TOPIC, FUNCTION]);

    tower.arrives(api_call("AuthorizeSecurityGroupIngress")).unwrap();

    assert_eq!(
        tower.hops(),
        ["bus>rule default → r-sg match", "bus>sns r-sg → alertes-ville", "bus>lambda r-sg → corrige-sg",]
    );
    let [Parcel::Publish(publish), Parcel::Invoke(invoke)] = &tower.on_the_way()[..] else { panic!() };
    assert_eq!(*publish.message, *api_call("AuthorizeSecurityGroupIngress").to_string());
    assert_eq!(*invoke.event, api_call("AuthorizeSecurityGroupIngress"));
}

#[test]
fn what_a_target_receives_is_caused_by_the_look_of_its_rule() {
    let mut tower = Tower::new().with_rule("r-sg", &security_group_edits(), &[TOPIC]);

    tower.arrives(api_call("RevokeSecurityGroupIngress")).unwrap();

    let [look, send] = tower.ledger.hops() else { panic!() };
    assert_eq!(send.cause, Cause::Hop(look.id));
    assert_eq!((look.path, look.sent_at), (HopPath::BusRule, look.due_at));
}

#[test]
fn a_rule_that_does_not_match_says_which_field_failed() {
    let mut tower = Tower::new().with_rule("r-sg", &security_group_edits(), &[TOPIC]);

    tower.arrives(api_call("RunInstances")).unwrap();

    assert_eq!(tower.hops(), ["bus>rule default → r-sg nomatch"]);
    assert_eq!(tower.near_misses(), ["bus>rule → default: no-rule-matched"]);
    let body = tower.ledger.hops()[0].payload.body().into_owned();
    assert_eq!(
        body["fields"][1],
        json!({
            "path": "detail.eventName",
            "wants": r#"["AuthorizeSecurityGroupIngress", "RevokeSecurityGroupIngress"]"#,
            "has": "\"RunInstances\"",
            "outcome": "differs",
            "decides": true,
        })
    );
}

#[test]
fn reads_are_not_offered_to_an_enabled_rule() {
    let everything = json!({ "source": ["aws.ec2"] });
    let mut tower = Tower::new().with_rule("r-tout", &everything, &[TOPIC]);

    tower.arrives(api_call("DescribeInstances")).unwrap();
    assert!(tower.hops().is_empty());
    assert_eq!(tower.near_misses(), ["bus>rule → r-tout: read-only-not-offered"]);
    let Some(Note::NearMiss(miss)) = tower.ledger.notes().last().map(|note| &note.body) else { panic!() };
    let state = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS";
    let condition = Condition::new("State", state, Some("ENABLED"));
    assert_eq!(miss.reason.condition.as_deref(), Some(&condition));
    assert!(!tower.service.wants_reads(&region()));

    let rule = json!({ "Name": "r-tout", "EventPattern": everything.to_string(), "State": state });
    tower.call("PutRule", rule).unwrap();
    tower.arrives(api_call("DescribeInstances")).unwrap();
    assert_eq!(tower.hops(), ["bus>rule default → r-tout match", "bus>sns r-tout → alertes-ville"]);
    assert!(tower.service.wants_reads(&region()));
    assert!(!tower.service.wants_reads(&Region::new("us-east-1")));
}

#[test]
fn session_token_calls_are_offered_although_they_are_named_like_reads() {
    let mut tower = Tower::new().with_rule("r-tout", &json!({ "source": ["aws.ec2"] }), &[]);

    tower.arrives(api_call("GetSessionToken")).unwrap();

    assert_eq!(tower.hops(), ["bus>rule default → r-tout match"]);
}

#[test]
fn a_disabled_rule_looks_at_nothing_and_what_it_would_have_matched_is_a_near_miss() {
    let mut tower = Tower::new().with_rule("r-sg", &security_group_edits(), &[TOPIC]);
    tower.call("DisableRule", json!({ "Name": "r-sg" })).unwrap();

    tower.arrives(api_call("AuthorizeSecurityGroupIngress")).unwrap();
    assert!(tower.hops().is_empty());
    assert_eq!(
        tower.near_misses(),
        ["bus>rule → r-sg: rule-disabled", "bus>rule → default: no-rule-matched"]
    );

    tower.call("EnableRule", json!({ "Name": "r-sg" })).unwrap();
    tower.arrives(api_call("AuthorizeSecurityGroupIngress")).unwrap();
    assert_eq!(tower.hops().len(), 2);
}

#[test]
fn a_rule_hears_only_its_own_bus() {
    let mut tower = Tower::new().with_rule("r-tout", &json!({ "source": ["ville"] }), &[]);
    tower.call("CreateEventBus", json!({ "Name": "capteurs" })).unwrap();
    let rule = json!({ "Name": "r-capteurs", "EventBusName": "capteurs", "EventPattern": r#"{"source":["ville"]}"# });
    let arn = "arn:aws:events:eu-west-3:111122223333:rule/capteurs/r-capteurs";
    assert_eq!(tower.call("PutRule", rule).unwrap(), json!({ "RuleArn": arn }));

    let event = Arc::new(json!({ "source": "ville", "detail-type": "Pluie" }));
    let to = |bus: &str| Parcel::BusEvent { bus: bus.into(), event: Arc::clone(&event), read_only: false };
    tower.receives(&to("capteurs")).unwrap();

    assert_eq!(tower.hops(), ["bus>rule capteurs → r-capteurs match"]);
    assert_eq!(tower.receives(&to("nulle-part")).unwrap_err().code, "no-resource");
}

#[test]
fn a_template_fills_what_the_topic_receives() {
    let mut tower = Tower::new().with_rule("r-sg", &security_group_edits(), &[]);
    let transformer = json!({
        "InputPathsMap": { "geste": "$.detail.eventName" },
        "InputTemplate": "\"<geste> vu par <aws.events.rule-name>\""
    });
    let target = json!({ "Id": "poste", "Arn": TOPIC, "InputTransformer": transformer });
    tower.call("PutTargets", json!({ "Rule": "r-sg", "Targets": [target] })).unwrap();

    tower.arrives(api_call("RevokeSecurityGroupIngress")).unwrap();

    let [Parcel::Publish(publish)] = &tower.on_the_way()[..] else { panic!() };
    assert_eq!(&*publish.message, "\"RevokeSecurityGroupIngress vu par r-sg\"");
}

#[test]
fn a_template_that_makes_no_json_does_not_reach_a_function() {
    let mut tower = Tower::new().with_rule("r-sg", &security_group_edits(), &[]);
    let target =
        json!({ "Id": "unite", "Arn": FUNCTION, "InputTransformer": { "InputTemplate": "{\"a\": }" } });
    tower.call("PutTargets", json!({ "Rule": "r-sg", "Targets": [target] })).unwrap();

    tower.arrives(api_call("RevokeSecurityGroupIngress")).unwrap();

    assert_eq!(tower.hops(), ["bus>rule default → r-sg match", "x>drop r-sg → r-sg"]);
    assert_eq!(tower.near_misses(), ["bus>lambda → corrige-sg: invalid-input"]);
}

#[test]
fn what_happens_in_a_minute_is_counted_by_rule_by_bus_and_for_the_region() {
    let both = json!({ "source": ["aws.ec2"] });
    let mut tower = Tower::new().with_rule("r-sg", &security_group_edits(), &[TOPIC, FUNCTION]).with_rule(
        "r-tout",
        &both,
        &[],
    );

    tower.arrives(api_call("RevokeSecurityGroupIngress")).unwrap();
    tower.run(|_| None);

    let counted: Vec<(String, u64)> = tower.counted().into_iter().collect();
    let expected = [
        ("Invocations", 2),
        ("Invocations default", 2),
        ("Invocations r-sg", 2),
        ("MatchedEvents", 1),
        ("MatchedEvents default", 1),
        ("MatchedEvents r-sg", 1),
        ("MatchedEvents r-tout", 1),
        ("TriggeredRules", 2),
        ("TriggeredRules default", 2),
        ("TriggeredRules r-sg", 1),
        ("TriggeredRules r-tout", 1),
    ];
    assert_eq!(counted, expected.map(|(name, count)| (name.to_owned(), count)));
}

#[test]
fn a_rule_of_another_bus_is_counted_under_both_names() {
    let mut tower = Tower::new();
    tower.call("CreateEventBus", json!({ "Name": "capteurs" })).unwrap();
    let rule = json!({ "Name": "r", "EventBusName": "capteurs", "EventPattern": r#"{"source":["ville"]}"# });
    tower.call("PutRule", rule).unwrap();
    let event = Arc::new(json!({ "source": "ville", "detail-type": "Pluie" }));

    tower.receives(&Parcel::BusEvent { bus: "capteurs".into(), event, read_only: false }).unwrap();
    tower.run(|_| None);

    assert_eq!(tower.counted()["TriggeredRules capteurs r"], 1);
}

#[test]
fn nobody_may_speak_for_aws_with_put_events() {
    let mut tower = Tower::new();
    let entries = json!([
        { "Source": "aws.ec2", "DetailType": "Faux", "Detail": "{}" },
        { "Source": "ville", "DetailType": "Pluie", "Detail": "{\"mm\": 3}" },
        { "Source": "ville", "DetailType": "Pluie", "Detail": "3 mm" },
        { "Source": "ville", "Detail": "{}" },
    ]);

    let answer = tower.call("PutEvents", json!({ "Entries": entries })).unwrap();

    assert_eq!(answer["FailedEntryCount"], 3);
    assert_eq!(
        answer["Entries"][0],
        json!({ "ErrorCode": "NotAuthorizedForSourceException", "ErrorMessage": "Not authorized for the source." })
    );
    assert_eq!(answer["Entries"][2]["ErrorCode"], "MalformedDetail");
    assert_eq!(answer["Entries"][3]["ErrorCode"], "InvalidArgument");
    assert_eq!(tower.hops(), ["app>bus amina → default"]);
    let [Parcel::BusEvent { event, .. }] = &tower.on_the_way()[..] else { panic!() };
    assert_eq!(event["detail"], json!({ "mm": 3 }));
    assert_eq!(event["id"], answer["Entries"][1]["EventId"]);
}

#[test]
fn a_pattern_that_is_not_valid_is_refused_with_its_place() {
    let outcome =
        Tower::new().call("PutRule", json!({ "Name": "r", "EventPattern": r#"{"source": "aws.ec2"}"# }));

    let error = outcome.unwrap_err();
    assert_eq!(&*error.code, "InvalidEventPatternException");
    assert!(
        error
            .message
            .starts_with(r#"Event pattern is not valid. Reason: "source" must be an object or an array"#)
    );
    assert!(error.message.ends_with("line: 1, column: 12]"), "{}", error.message);
}

#[test]
fn test_event_pattern_wants_a_whole_envelope() {
    let mut tower = Tower::new();
    let mut ask = |event: &Value| {
        let pattern = security_group_edits().to_string();
        tower.call("TestEventPattern", json!({ "EventPattern": pattern, "Event": event.to_string() }))
    };

    assert_eq!(ask(&api_call("RevokeSecurityGroupIngress")), Ok(json!({ "Result": true })));
    assert_eq!(ask(&api_call("RunInstances")), Ok(json!({ "Result": false })));
    assert_eq!(&*ask(&json!({ "source": "aws.ec2" })).unwrap_err().code, "ValidationException");
}

#[test]
fn rules_and_targets_are_described_as_they_were_put() {
    let mut tower = Tower::new().with_rule("r-sg", &security_group_edits(), &[TOPIC]);

    assert_eq!(
        tower.call("DescribeRule", json!({ "Name": "r-sg" })).unwrap(),
        json!({
            "Name": "r-sg",
            "Arn": "arn:aws:events:eu-west-3:111122223333:rule/r-sg",
            "EventPattern": security_group_edits().to_string(),
            "State": "ENABLED",
            "EventBusName": "default",
            "CreatedBy": "111122223333",
        })
    );
    assert_eq!(
        tower.call("ListTargetsByRule", json!({ "Rule": "r-sg" })).unwrap(),
        json!({ "Targets": [{ "Id": "alertes-ville", "Arn": TOPIC }] })
    );
    assert_eq!(tower.call("ListRules", json!({ "NamePrefix": "x" })).unwrap(), json!({ "Rules": [] }));
}

#[test]
fn a_rule_is_deleted_only_without_targets() {
    let mut tower = Tower::new().with_rule("r-sg", &security_group_edits(), &[TOPIC]);

    let refusal = tower.call("DeleteRule", json!({ "Name": "r-sg" })).unwrap_err();
    assert_eq!(&*refusal.message, "Rule can't be deleted since it has targets.");
    let removed = tower.call("RemoveTargets", json!({ "Rule": "r-sg", "Ids": ["alertes-ville", "x"] }));
    assert_eq!(removed.unwrap()["FailedEntryCount"], 0, "removing what is not there is no error");
    tower.call("DeleteRule", json!({ "Name": "r-sg" })).unwrap();
    assert_eq!(
        tower.call("DescribeRule", json!({ "Name": "r-sg" })).unwrap_err().to_string(),
        "ResourceNotFoundException: Rule r-sg does not exist on EventBus default."
    );
}

#[test]
fn putting_a_rule_again_keeps_its_targets() {
    let mut tower = Tower::new().with_rule("r-sg", &security_group_edits(), &[TOPIC]);

    tower.call("PutRule", json!({ "Name": "r-sg", "EventPattern": r#"{"source":["x"]}"# })).unwrap();

    assert_eq!(tower.service.rule(&region(), "default", "r-sg").unwrap().targets.len(), 1);
}

#[test]
fn what_aws_does_not_allow_is_refused() {
    let mut tower = Tower::new().with_rule("r-sg", &security_group_edits(), &[]);
    let mut refusal = |operation: &str, parameters: Value| {
        let error = tower.call(operation, parameters).unwrap_err();
        error.message.to_string()
    };

    let name = refusal("PutRule", json!({ "Name": "r sg", "EventPattern": r#"{"a":["b"]}"# }));
    assert!(name.contains("Value 'r sg' at 'name' failed to satisfy constraint"), "{name}");
    assert_eq!(
        refusal("PutRule", json!({ "Name": "r" })),
        "Parameter(s) EventPattern or ScheduleExpression must be specified."
    );
    let mut target = |target: Value| refusal("PutTargets", json!({ "Rule": "r-sg", "Targets": [target] }));
    assert_eq!(
        target(json!({ "Id": "a", "Arn": "alertes-ville" })),
        "Parameter alertes-ville is not valid. Reason: Provided Arn is not in correct format."
    );
    assert_eq!(
        target(json!({ "Id": "a", "Arn": TOPIC, "Input": "{}", "InputPath": "$" })),
        "Only one of Input, InputPath, or InputTransformer must be provided for target a."
    );
    let six: Vec<Value> = (0..6).map(|id| json!({ "Id": id.to_string(), "Arn": TOPIC })).collect();
    assert!(refusal("PutTargets", json!({ "Rule": "r-sg", "Targets": six })).contains("exceeds the maximum"));
}
