//! Kinesis: streams that keep records in order, by shard, for whoever reads.
//!
//! A record goes to the shard whose range of hash keys holds the MD5 of its partition key. A shard takes so much a
//! second and no more, and reading takes nothing out.
//!
//! Refused by name: encryption, resharding, registered consumers, retention other than a day.
//!
//! Source: Kinesis Data Streams developer guide and API reference; API model `kinesis` in botocore.

mod errors;
mod get;
mod put;
mod stream;
mod streams;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Value, json};

use super::{
    ApiCall, ApiError, ApiOutcome, CallContext, Operation, Outbox, Parcel, Plane, Region, Service,
    ServiceName, arn,
    counters::{Counters, PUBLISH_COUNTERS},
    note::{Reason, reasons},
    operation::operations,
    parcel::Timer,
    service::{Reception, TrailShape},
};

pub use get::{GetRecords, GetShardIterator};
pub use put::{PutRecord, PutRecords};
pub use stream::{Record, Shard, Stream};
pub use streams::{
    CreateStream, DeleteStream, DescribeStream, DescribeStreamSummary, ListShards, ListStreams,
};

operations! { pub Kinesis:
    CreateStream: Write => create_stream;
    DeleteStream: Write => delete_stream;
    DescribeStream: Read => describe_stream;
    DescribeStreamSummary: Read => describe_stream_summary;
    GetRecords: Read Data => get_records;
    GetShardIterator: Read Data => get_shard_iterator;
    ListShards: Read => list_shards;
    ListStreams: Read => list_streams;
    PutRecord: Write Data => put_record;
    PutRecords: Write Data => put_records;
}

/// The state of Kinesis.
#[derive(Clone, Debug)]
pub struct Kinesis {
    account_id: Arc<str>,
    /// By ARN.
    streams: BTreeMap<Arc<str>, Stream>,
    counters: Counters,
}

impl Kinesis {
    pub fn new(account_id: &str, _home: &Region) -> Self {
        Self {
            account_id: account_id.into(),
            streams: BTreeMap::new(),
            counters: Counters::new(ServiceName::Kinesis, "AWS/Kinesis", "StreamName"),
        }
    }

    pub fn stream(&self, arn: &str) -> Option<&Stream> {
        self.streams.get(arn)
    }

    pub fn streams(&self) -> impl Iterator<Item = &Stream> {
        self.streams.values()
    }
}

/// The ARN of the stream that a call names, one way or the other.
fn resolve_arn(name: Option<&str>, arn: Option<&str>, region: &Region, account_id: &str) -> Option<String> {
    let by_name = || name.map(|name| arn::arn("kinesis", region, account_id, &format!("stream/{name}")));
    arn.map(ToOwned::to_owned).or_else(by_name)
}

fn touched(call: &ApiCall, account_id: &str) -> Option<String> {
    let text = |name: &str| call.parameters.get(name).and_then(Value::as_str);
    resolve_arn(text("StreamName"), text("StreamARN"), &call.region, account_id)
        .or_else(|| get::stream_of(text("ShardIterator")?))
}

impl Service for Kinesis {
    fn name(&self) -> ServiceName {
        ServiceName::Kinesis
    }

    fn receive(&mut self, parcel: &Parcel, region: &Region, out: &mut Outbox<'_>) -> Reception {
        match parcel {
            Parcel::KinesisRecord { stream_arn, partition_key, data, .. } => {
                self.take((stream_arn, partition_key, data), region, out)
            }
            Parcel::Timer(Timer::Named { name, .. }) if *name == PUBLISH_COUNTERS => {
                self.counters.publish(region, out);
                Ok(())
            }
            _ => Err(Reason::new(reasons::NO_RESOURCE, "Kinesis takes records for streams")),
        }
    }

    fn resources(&self, _operation: &'static Operation, call: &ApiCall, account_id: &str) -> Vec<String> {
        vec![touched(call, account_id).unwrap_or_else(|| "*".to_owned())]
    }

    fn trail_shape(
        &self,
        operation: &'static Operation,
        call: &ApiCall,
        _outcome: &ApiOutcome,
    ) -> TrailShape {
        let arn = touched(call, &self.account_id).filter(|_| operation.plane == Plane::Data);
        let resources = arn
            .map(|arn| json!([{ "accountId": self.account_id, "type": "AWS::Kinesis::Stream", "ARN": arn }]));
        TrailShape { resources, ..TrailShape::default() }
    }
}
