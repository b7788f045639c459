//! Reading a stream: a place in a shard, and the records from there on. Reading takes nothing out.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{ApiError, ApiOutcome, CallContext, Kinesis, errors, stream::Shard};
use crate::aws::{
    blob,
    timestamps::{self, Timestamp},
};

/// How long an iterator is good: five minutes. Source: Kinesis API reference, `GetShardIterator`.
const ITERATOR_MS: i64 = 300_000;
/// The most records of one answer. Source: the same, `GetRecords`.
const MOST_RECORDS: usize = 10_000;

/// Gives a place in a shard to read from.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GetShardIterator {
    pub stream_name: Option<String>,
    #[serde(rename = "StreamARN")]
    pub stream_arn: Option<String>,
    /// Such as `shardId-000000000000`.
    pub shard_id: String,
    /// `TRIM_HORIZON`, `LATEST`, `AT_SEQUENCE_NUMBER`, `AFTER_SEQUENCE_NUMBER` or `AT_TIMESTAMP`.
    pub shard_iterator_type: String,
    pub starting_sequence_number: Option<String>,
    pub timestamp: Option<Timestamp>,
}

/// Reads records, and gives the place that follows.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GetRecords {
    pub shard_iterator: String,
    /// 1 to 10000.
    pub limit: Option<usize>,
    #[serde(rename = "StreamARN")]
    pub stream_arn: Option<String>,
}

/// A place in a shard: the number of the first record to read.
struct Place {
    stream_arn: String,
    shard: usize,
    number: u64,
    made_ms: i64,
}

impl Place {
    fn token(&self) -> String {
        blob::encode(format!("{} {} {} {}", self.made_ms, self.shard, self.number, self.stream_arn))
    }

    fn read(token: &str) -> Option<Self> {
        let text = String::from_utf8(blob::decode(token).ok()?).ok()?;
        let mut parts = text.splitn(4, ' ');
        Some(Self {
            made_ms: parts.next()?.parse().ok()?,
            shard: parts.next()?.parse().ok()?,
            number: parts.next()?.parse().ok()?,
            stream_arn: parts.next()?.to_owned(),
        })
    }
}

/// The stream that an iterator reads.
pub(super) fn stream_of(token: &str) -> Option<String> {
    Place::read(token).map(|place| place.stream_arn)
}

impl Kinesis {
    pub(super) fn get_shard_iterator(
        &mut self,
        input: GetShardIterator,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let arn = self.named(input.stream_name.as_deref(), input.stream_arn.as_deref(), cx)?;
        let stream = self.active(&arn, cx)?;
        let shard = stream
            .shards
            .iter()
            .find(|shard| shard.id() == input.shard_id)
            .ok_or_else(|| errors::no_shard(&input.shard_id, &stream.name, cx.account_id))?;
        let place = Place {
            number: first_number(&input, shard)?,
            stream_arn: arn.to_string(),
            shard: shard.index,
            made_ms: cx.moment().epoch_ms(),
        };
        Ok(json!({ "ShardIterator": place.token() }))
    }

    pub(super) fn get_records(&mut self, input: GetRecords, cx: &mut CallContext<'_, '_>) -> ApiOutcome {
        let place =
            Place::read(&input.shard_iterator).ok_or_else(|| errors::invalid("Invalid ShardIterator."))?;
        let now_ms = cx.moment().epoch_ms();
        if now_ms - place.made_ms > ITERATOR_MS {
            let message = format!(
                "Iterator expired. The iterator was created at time {} while right now it is {} which is further in \
                 the future than the tolerated delay of 300000 milliseconds.",
                timestamps::cli(timestamps::from_epoch_ms(place.made_ms)),
                timestamps::cli(timestamps::from_epoch_ms(now_ms)),
            );
            return Err(ApiError::client("ExpiredIteratorException", message));
        }
        let limit = input.limit.unwrap_or(MOST_RECORDS);
        if !(1..=MOST_RECORDS).contains(&limit) {
            return Err(errors::constraint(
                &limit.to_string(),
                "limit",
                "Member must have value between 1 and 10000",
            ));
        }
        let stream = self.active(&place.stream_arn, cx)?;
        let shard =
            stream.shards.get(place.shard).ok_or_else(|| errors::invalid("Invalid ShardIterator."))?;
        let waiting = || shard.records().filter(|record| record.number >= place.number);
        let read: Vec<Value> = waiting()
            .take(limit)
            .map(|record| {
                json!({
                    "SequenceNumber": shard.sequence_number(record.number),
                    "ApproximateArrivalTimestamp":
                        timestamps::cli(timestamps::from_epoch_ms(record.arrived_ms)),
                    "Data": record.data,
                    "PartitionKey": record.partition_key,
                })
            })
            .collect();
        let last = waiting().take(limit).last();
        let behind_ms = waiting().nth(limit).map_or(0, |unread| now_ms - unread.arrived_ms);
        let number = last.map_or(place.number, |record| record.number + 1);
        let next = Place { number, made_ms: now_ms, ..place };
        let (region, name, count) = (stream.region.clone(), Arc::clone(&stream.name), read.len());
        self.counters.add(&region, &name, "GetRecords.Records", count as f64, cx.out);
        Ok(json!({ "Records": read, "NextShardIterator": next.token(), "MillisBehindLatest": behind_ms }))
    }
}

/// The number of the first record an iterator reads.
fn first_number(input: &GetShardIterator, shard: &Shard) -> Result<u64, ApiError> {
    let by_number = || {
        let given = input.starting_sequence_number.as_deref();
        let given = given.ok_or_else(|| errors::invalid("Must specify startingSequenceNumber."))?;
        shard.number_of(given).ok_or_else(|| {
            errors::invalid("StartingSequenceNumber used in GetShardIterator is invalid for this shard.")
        })
    };
    match input.shard_iterator_type.as_str() {
        "TRIM_HORIZON" => Ok(1),
        "LATEST" => Ok(shard.last_number() + 1),
        "AT_SEQUENCE_NUMBER" => by_number(),
        "AFTER_SEQUENCE_NUMBER" => by_number().map(|number| number + 1),
        "AT_TIMESTAMP" => {
            let since = input.timestamp.ok_or_else(|| errors::invalid("Must specify timestamp."))?;
            let first = shard.records().find(|record| record.arrived_ms >= since.0.timestamp_millis());
            Ok(first.map_or(shard.last_number() + 1, |record| record.number))
        }
        other => Err(errors::constraint(
            other,
            "shardIteratorType",
            "Member must satisfy enum value set: [AFTER_SEQUENCE_NUMBER, LATEST, AT_TIMESTAMP, AT_SEQUENCE_NUMBER, \
             TRIM_HORIZON]",
        )),
    }
}
