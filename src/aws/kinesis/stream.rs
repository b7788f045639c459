//! A stream: shards, each with a range of hash keys and the records that fall in it.
//!
//! Source: Kinesis Data Streams developer guide, "Terminology and concepts", "Quotas and limits".

use std::sync::Arc;

use serde_json::{Value, json};

use super::Region;
use crate::aws::{
    blob,
    chunks::{Chunks, Timed},
    parcel::ResourceChange,
    tags::Tags,
    timestamps,
};

/// How long a stream keeps its records, in hours.
pub(super) const RETENTION_HOURS: i64 = 24;
/// What a shard takes each second.
const RECORDS_PER_SECOND: u32 = 1_000;
const BYTES_PER_SECOND: usize = 1_048_576;

/// One record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its place in the shard, from 1.
    pub number: u64,
    pub partition_key: Arc<str>,
    /// The bytes, in base64.
    pub data: Arc<str>,
    /// Epoch milliseconds.
    pub arrived_ms: i64,
}

impl Timed for Record {
    fn at(&self) -> i64 {
        self.arrived_ms
    }
}

/// What a shard took in a second.
#[derive(Clone, Copy, Debug, Default)]
struct Load {
    second: i64,
    records: u32,
    bytes: usize,
}

/// A part of a stream.
#[derive(Clone, Debug)]
pub struct Shard {
    pub index: usize,
    first_hash: u128,
    last_hash: u128,
    pub(super) records: Chunks<Record>,
    last_number: u64,
    load: Load,
}

impl Shard {
    pub fn id(&self) -> String {
        format!("shardId-{:012}", self.index)
    }

    /// A number that grows with each record of the shard, 56 digits long.
    pub fn sequence_number(&self, number: u64) -> String {
        format!("496{:03}{number:050}", self.index)
    }

    /// The record's number that a sequence number of this shard stands for.
    pub fn number_of(&self, sequence_number: &str) -> Option<u64> {
        let rest = sequence_number.strip_prefix(&format!("496{:03}", self.index))?;
        rest.parse().ok().filter(|_| sequence_number.len() == 56)
    }

    pub fn last_number(&self) -> u64 {
        self.last_number
    }

    /// The records it holds, oldest first.
    pub fn records(&self) -> impl Iterator<Item = &Record> {
        self.records.iter()
    }

    /// Adds a record, if the shard has room this second.
    fn add(&mut self, partition_key: Arc<str>, data: Arc<str>, bytes: usize, now_ms: i64) -> Option<u64> {
        let second = now_ms.div_euclid(1_000);
        if self.load.second != second {
            self.load = Load { second, ..Load::default() };
        }
        if self.load.records >= RECORDS_PER_SECOND || self.load.bytes + bytes > BYTES_PER_SECOND {
            return None;
        }
        self.load.records += 1;
        self.load.bytes += bytes;
        self.last_number += 1;
        self.records.drop_before(now_ms - RETENTION_HOURS * 3_600_000);
        self.records.insert(Record { number: self.last_number, partition_key, data, arrived_ms: now_ms });
        Some(self.last_number)
    }

    fn shown(&self) -> Value {
        json!({
            "ShardId": self.id(),
            "HashKeyRange": {
                "StartingHashKey": self.first_hash.to_string(),
                "EndingHashKey": self.last_hash.to_string(),
            },
            "SequenceNumberRange": { "StartingSequenceNumber": self.sequence_number(0) },
        })
    }
}

/// A stream.
#[derive(Clone, Debug)]
pub struct Stream {
    pub arn: Arc<str>,
    pub name: Arc<str>,
    pub region: Region,
    pub is_on_demand: bool,
    pub shards: Vec<Shard>,
    pub tags: Tags,
    /// Epoch milliseconds.
    pub created_ms: i64,
    /// It takes records from here on.
    pub active_ms: i64,
}

impl Stream {
    /// Shards with equal parts of the hash keys.
    pub fn shards(count: usize) -> Vec<Shard> {
        let part = u128::MAX / count.max(1) as u128;
        let shard = |index: usize| Shard {
            index,
            first_hash: part * index as u128,
            last_hash: if index + 1 == count { u128::MAX } else { part * (index as u128 + 1) - 1 },
            records: Chunks::default(),
            last_number: 0,
            load: Load::default(),
        };
        (0..count).map(shard).collect()
    }

    pub fn is_active(&self, now_ms: i64) -> bool {
        now_ms >= self.active_ms
    }

    pub fn status(&self, now_ms: i64) -> &'static str {
        if self.is_active(now_ms) { "ACTIVE" } else { "CREATING" }
    }

    /// Puts a record in the shard of its key: the shard's id and the sequence number, or the id of a shard that has no room this second.
    pub(super) fn put(
        &mut self,
        partition_key: Arc<str>,
        explicit_hash: Option<u128>,
        data: Arc<str>,
        bytes: usize,
        now_ms: i64,
    ) -> Result<(String, String), String> {
        let hash = explicit_hash.unwrap_or_else(|| blob::md5(&*partition_key));
        let last = self.shards.len().saturating_sub(1);
        let index = self.shards.iter().position(|shard| hash <= shard.last_hash).unwrap_or(last);
        let shard = &mut self.shards[index];
        match shard.add(partition_key, data, bytes, now_ms) {
            Some(number) => Ok((shard.id(), shard.sequence_number(number))),
            None => Err(shard.id()),
        }
    }

    /// What `DescribeStream` and `DescribeStreamSummary` have in common.
    pub(super) fn description(&self, now_ms: i64) -> Value {
        let mode = if self.is_on_demand { "ON_DEMAND" } else { "PROVISIONED" };
        json!({
            "StreamName": self.name,
            "StreamARN": self.arn,
            "StreamStatus": self.status(now_ms),
            "StreamModeDetails": { "StreamMode": mode },
            "RetentionPeriodHours": RETENTION_HOURS,
            "StreamCreationTimestamp": timestamps::cli(timestamps::from_epoch_ms(self.created_ms)),
            "EnhancedMonitoring": [{ "ShardLevelMetrics": [] }],
            "EncryptionType": "NONE",
        })
    }

    pub(super) fn shown_shards(&self) -> Vec<Value> {
        self.shards.iter().map(Shard::shown).collect()
    }

    /// The stream as Config records it.
    pub(super) fn resource(&self, deleted: bool) -> ResourceChange {
        ResourceChange {
            resource_type: "AWS::Kinesis::Stream".into(),
            resource_id: Arc::clone(&self.name),
            resource_name: Some(Arc::clone(&self.name)),
            arn: Arc::clone(&self.arn),
            availability_zone: "Regional".into(),
            created_at: Some(self.created_ms),
            tags: self.tags.map(),
            relationships: json!([]),
            configuration: if deleted {
                Value::Null
            } else {
                json!({
                    "Name": self.name,
                    "Arn": self.arn,
                    "ShardCount": self.shards.len(),
                    "RetentionPeriodHours": RETENTION_HOURS,
                })
            },
            supplementary: json!({}),
            deleted,
        }
    }
}
