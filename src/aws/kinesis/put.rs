//! Records arriving in a stream: from somebody's `PutRecord`, or from a rule in the role of its target.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{ApiError, ApiOutcome, CallContext, Kinesis, Outbox, Reason, Reception, Region, errors, reasons};
use crate::aws::{Delay, HopPath, Node, Payload, PayloadKind, ServiceName, blob, counters::dimensions};

/// The most bytes of a record, key included. Source: Kinesis API reference, `PutRecord`.
const MOST_BYTES: usize = 1_048_576;
/// The most records of a batch. Source: the same, `PutRecords`.
const MOST_RECORDS: usize = 500;

/// Puts one record in a stream.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PutRecord {
    pub stream_name: Option<String>,
    #[serde(rename = "StreamARN")]
    pub stream_arn: Option<String>,
    /// Bytes in base64.
    pub data: String,
    /// What decides which shard it goes to.
    pub partition_key: String,
    /// Decides it instead: a whole number below 2^128.
    pub explicit_hash_key: Option<String>,
}

/// Puts up to 500 records in a stream.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PutRecords {
    pub stream_name: Option<String>,
    #[serde(rename = "StreamARN")]
    pub stream_arn: Option<String>,
    pub records: Vec<PutRecordsRequestEntry>,
}

/// One record of a batch.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PutRecordsRequestEntry {
    /// Bytes in base64.
    pub data: String,
    pub partition_key: String,
    pub explicit_hash_key: Option<String>,
}

impl Kinesis {
    pub(super) fn put_record(&mut self, input: PutRecord, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let arn = self.named(input.stream_name.as_deref(), input.stream_arn.as_deref(), cx)?;
        self.active(&arn, cx)?;
        let entry = PutRecordsRequestEntry {
            data: input.data,
            partition_key: input.partition_key,
            explicit_hash_key: input.explicit_hash_key,
        };
        let size = check(&entry)?;
        self.put(&arn, entry, size, cx)
    }

    pub(super) fn put_records(&mut self, input: PutRecords, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let arn = self.named(input.stream_name.as_deref(), input.stream_arn.as_deref(), cx)?;
        self.active(&arn, cx)?;
        if input.records.is_empty() || input.records.len() > MOST_RECORDS {
            return Err(errors::constraint(
                &input.records.len().to_string(),
                "records",
                "Member must have length between 1 and 500",
            ));
        }
        // One bad record refuses the whole batch; a full shard refuses its records alone.
        let sizes: Vec<usize> = input.records.iter().map(check).collect::<Result<_, _>>()?;
        let mut failed = 0;
        let mut results: Vec<Value> = Vec::new();
        for (entry, size) in input.records.into_iter().zip(sizes) {
            results.push(self.put(&arn, entry, size, cx).unwrap_or_else(|error| {
                failed += 1;
                json!({ "ErrorCode": error.code, "ErrorMessage": error.message })
            }));
        }
        Ok(json!({ "FailedRecordCount": failed, "Records": results }))
    }

    /// Puts a record of somebody's, which is a hop.
    fn put(
        &mut self,
        arn: &Arc<str>,
        entry: PutRecordsRequestEntry,
        size: usize,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let hash = explicit_hash(&entry)?;
        let (key, data): (Arc<str>, Arc<str>) = (entry.partition_key.into(), entry.data.into());
        let stream = self.streams.get(arn).ok_or_else(|| errors::no_stream(arn, cx.account_id))?;
        let from = Node::new(ServiceName::Outside, cx.region(), cx.call.by.name());
        let to = Node::new(ServiceName::Kinesis, &stream.region, Arc::clone(&stream.name));
        let (shard, sequence_number) = self.keep(arn, Arc::clone(&key), hash, data, size, cx.out)?;
        let answer = json!({ "ShardId": shard, "SequenceNumber": sequence_number });
        let shown = json!({ "PartitionKey": key, "ShardId": shard, "SequenceNumber": sequence_number });
        let payload = Payload::json(PayloadKind::Queue, "PutRecord", shown);
        cx.out.mark(HopPath::AppKinesis, from, to, payload, Delay::None);
        Ok(answer)
    }

    /// Takes a record that the engine delivers; the account has judged the role it comes in.
    pub(super) fn take(
        &mut self,
        (arn, partition_key, data): (&Arc<str>, &Arc<str>, &Arc<str>),
        region: &Region,
        out: &mut Outbox<'_>,
    ) -> Reception {
        let now_ms = out.moment().epoch_ms();
        let is_there = |stream: &super::Stream| stream.region == *region && stream.is_active(now_ms);
        if !self.streams.get(arn).is_some_and(is_there) {
            return Err(Reason::new(reasons::NO_RESOURCE, Arc::clone(arn)));
        }
        let size = data.len() + partition_key.len();
        if size > MOST_BYTES {
            return Err(Reason::new(reasons::INVALID_INPUT, TOO_LONG));
        }
        self.keep(arn, Arc::clone(partition_key), None, blob::encode(data.as_bytes()).into(), size, out)
            .map(|_| ())
            .map_err(|error| Reason::new(reasons::THROTTLED, error.message))
    }

    fn keep(
        &mut self,
        arn: &Arc<str>,
        partition_key: Arc<str>,
        hash: Option<u128>,
        data: Arc<str>,
        size: usize,
        out: &mut Outbox<'_>,
    ) -> Result<(String, String), ApiError> {
        let now_ms = out.moment().epoch_ms();
        let stream = self.streams.get_mut(arn).ok_or_else(|| errors::no_stream(arn, &self.account_id))?;
        let (region, name) = (stream.region.clone(), Arc::clone(&stream.name));
        let put = stream.put(partition_key, hash, data, size, now_ms);
        if put.is_ok() {
            self.counters.add(&region, &name, "IncomingRecords", 1.0, out);
            let of_stream = dimensions(&[("StreamName", &name)]);
            self.counters.add_to(&region, of_stream, "IncomingBytes", (size as f64, "Bytes"), out);
        } else {
            self.counters.add(&region, &name, "WriteProvisionedThroughputExceeded", 1.0, out);
        }
        put.map_err(|shard| errors::full(&shard, &name, &self.account_id))
    }
}

const TOO_LONG: &str = "1 validation error detected: Value at 'data' failed to satisfy constraint: Member must have \
                        length less than or equal to 1048576";

/// The bytes of a record that may be put.
fn check(entry: &PutRecordsRequestEntry) -> Result<usize, ApiError> {
    let key = &entry.partition_key;
    if key.is_empty() || key.chars().count() > 256 {
        return Err(errors::constraint(key, "partitionKey", "Member must have length between 1 and 256"));
    }
    explicit_hash(entry)?;
    let size = blob::decode(&entry.data)?.len() + key.len();
    if size > MOST_BYTES { Err(ApiError::client("ValidationException", TOO_LONG)) } else { Ok(size) }
}

fn explicit_hash(entry: &PutRecordsRequestEntry) -> Result<Option<u128>, ApiError> {
    let Some(text) = &entry.explicit_hash_key else { return Ok(None) };
    text.parse().map(Some).map_err(|_| {
        let message = format!("Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was {text}");
        errors::invalid(&message)
    })
}
