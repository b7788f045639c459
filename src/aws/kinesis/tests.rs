use serde_json::{Value, json};

use crate::aws::{
    HopPath, Node, Parcel, Payload, PayloadKind, ServiceName, delays::Delay, outbox::Send, parcel::Sender,
    testing::Sandbox,
};
use crate::kernel::{Cause, InputId};

const KINESIS: ServiceName = ServiceName::Kinesis;
const ARN: &str = "arn:aws:kinesis:us-east-1:123456789012:stream/trafic";

fn with_stream(shards: usize) -> Sandbox {
    let mut sandbox = Sandbox::new();
    sandbox.ok(KINESIS, "CreateStream", json!({ "StreamName": "trafic", "ShardCount": shards }));
    sandbox.wait(10);
    sandbox
}

/// `data` is base64.
fn put(sandbox: &mut Sandbox, key: &str, data: &str) -> Value {
    sandbox.ok(KINESIS, "PutRecord", json!({ "StreamName": "trafic", "PartitionKey": key, "Data": data }))
}

fn iterator(sandbox: &mut Sandbox, shard: usize, from: Value) -> Value {
    let mut asked = json!({ "StreamName": "trafic", "ShardId": format!("shardId-{shard:012}") });
    for (name, value) in from.as_object().unwrap() {
        asked[name] = value.clone();
    }
    sandbox.ok(KINESIS, "GetShardIterator", asked)["ShardIterator"].clone()
}

fn read(sandbox: &mut Sandbox, iterator: &Value) -> (Vec<String>, Value) {
    let answer = sandbox.ok(KINESIS, "GetRecords", json!({ "ShardIterator": iterator }));
    let data = answer["Records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|record| record["Data"].as_str().unwrap().to_owned());
    (data.collect(), answer["NextShardIterator"].clone())
}

#[test]
fn records_of_one_key_stay_in_one_shard_in_their_order() {
    let mut sandbox = with_stream(2);
    let answers: Vec<Value> =
        ["MQ==", "Mg==", "Mw=="].iter().map(|data| put(&mut sandbox, "pont", data)).collect();

    assert!(answers.iter().all(|answer| answer["ShardId"] == answers[0]["ShardId"]));
    assert!(answers.is_sorted_by_key(|answer| answer["SequenceNumber"].as_str().unwrap().to_owned()));
    let shard = usize::from(answers[0]["ShardId"] == "shardId-000000000001");
    let from = iterator(&mut sandbox, shard, json!({ "ShardIteratorType": "TRIM_HORIZON" }));
    assert_eq!(read(&mut sandbox, &from).0, ["MQ==", "Mg==", "Mw=="]);
}

#[test]
fn the_md5_of_the_key_decides_the_shard_unless_a_hash_is_given() {
    let mut sandbox = with_stream(2);
    // The MD5 of "a" begins with 0c, that of "b" with 92.
    assert_eq!(put(&mut sandbox, "a", "MQ==")["ShardId"], "shardId-000000000000");
    assert_eq!(put(&mut sandbox, "b", "MQ==")["ShardId"], "shardId-000000000001");
    let asked =
        json!({ "StreamName": "trafic", "PartitionKey": "b", "Data": "MQ==", "ExplicitHashKey": "0" });
    assert_eq!(sandbox.ok(KINESIS, "PutRecord", asked)["ShardId"], "shardId-000000000000");
}

#[test]
fn reading_takes_nothing_out_and_goes_on_where_it_stopped() {
    let mut sandbox = with_stream(1);
    let first = put(&mut sandbox, "pont", "MQ==")["SequenceNumber"].clone();
    let latest = iterator(&mut sandbox, 0, json!({ "ShardIteratorType": "LATEST" }));
    put(&mut sandbox, "pont", "Mg==");

    let (data, next) = read(&mut sandbox, &latest);
    assert_eq!(data, ["Mg=="]);
    assert!(read(&mut sandbox, &next).0.is_empty());
    let after = json!({ "ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "StartingSequenceNumber": first });
    let after = iterator(&mut sandbox, 0, after);
    assert_eq!(read(&mut sandbox, &after).0, ["Mg=="]);
    let all = iterator(&mut sandbox, 0, json!({ "ShardIteratorType": "TRIM_HORIZON" }));
    assert_eq!(read(&mut sandbox, &all).0, ["MQ==", "Mg=="]);
}

#[test]
fn an_iterator_is_good_for_five_minutes() {
    let mut sandbox = with_stream(1);
    let from = iterator(&mut sandbox, 0, json!({ "ShardIteratorType": "LATEST" }));
    sandbox.wait(301);

    let error = sandbox.error(KINESIS, "GetRecords", json!({ "ShardIterator": from }));
    assert!(error.starts_with("ExpiredIteratorException"), "{error}");
}

#[test]
fn a_shard_takes_a_thousand_records_a_second() {
    let mut sandbox = with_stream(1);
    let records: Vec<Value> = (0..400).map(|_| json!({ "PartitionKey": "pont", "Data": "MQ==" })).collect();
    let batch = json!({ "StreamName": "trafic", "Records": records });
    let failed: Vec<Value> = (0..3)
        .map(|_| sandbox.ok(KINESIS, "PutRecords", batch.clone())["FailedRecordCount"].clone())
        .collect();

    assert_eq!(failed, [0, 0, 200]);
    sandbox.wait(1);
    assert_eq!(sandbox.ok(KINESIS, "PutRecords", batch)["FailedRecordCount"], 0);
}

#[test]
fn a_stream_takes_records_once_it_is_active() {
    let mut sandbox = Sandbox::new();
    sandbox.ok(KINESIS, "CreateStream", json!({ "StreamName": "trafic", "ShardCount": 1 }));
    let status = |sandbox: &mut Sandbox| {
        let answer = sandbox.ok(KINESIS, "DescribeStreamSummary", json!({ "StreamName": "trafic" }));
        answer["StreamDescriptionSummary"]["StreamStatus"].clone()
    };

    assert_eq!(status(&mut sandbox), "CREATING");
    let early = json!({ "StreamName": "trafic", "PartitionKey": "pont", "Data": "MQ==" });
    assert!(sandbox.error(KINESIS, "PutRecord", early).starts_with("ResourceNotFoundException"));
    sandbox.wait(10);
    assert_eq!(status(&mut sandbox), "ACTIVE");
    put(&mut sandbox, "pont", "MQ==");
    let twice = sandbox.error(KINESIS, "CreateStream", json!({ "StreamName": "trafic", "ShardCount": 1 }));
    assert!(twice.starts_with("ResourceInUseException"), "{twice}");
}

#[test]
fn a_rule_puts_its_events_in_a_stream_as_bytes() {
    let mut sandbox = with_stream(1);
    sandbox.with_outbox(Cause::Input(InputId::from_index(0)), |account, out| {
        out.send(Send {
            path: HopPath::BusKinesis,
            from: Node::new(ServiceName::EventBridge, account.home(), "tous"),
            to: Node::new(KINESIS, account.home(), "trafic"),
            payload: Payload::json(PayloadKind::Event, "barrière", json!({})),
            parcel: Parcel::KinesisRecord {
                stream_arn: ARN.into(),
                partition_key: "id".into(),
                data: "{}".into(),
                by: Sender::Authorised,
            },
            delay: Delay::None,
            reference: None,
        });
    });
    sandbox.wait(1);

    let record = sandbox.services().kinesis.stream(ARN).unwrap().shards[0].records().next().unwrap().clone();
    assert_eq!(&*record.data, "e30=");
}

#[test]
fn the_trail_keeps_who_put_a_record_and_not_what_it_says() {
    let sandbox = with_stream(1);
    let created = sandbox.payloads(HopPath::ApiTrail).pop().unwrap();
    assert_eq!(created["requestParameters"], json!({ "streamName": "trafic", "shardCount": 1 }));
}
