//! Digests: once an hour, for a trail that validates its files, what was delivered and its hashes, each digest
//! naming the one before it.
//!
//! Real: hashes of the uncompressed files, the chain, its beginning after each start, digests of empty hours.
//! Simplified: the signature is a digest of the text that AWS would sign, repeated to the length of an RSA signature;
//! it changes when the text changes, but nobody needs a key to write it.
//!
//! Source: CloudTrail User Guide, "CloudTrail digest file structure"; `samples/ct-digest.json`.

use std::{collections::BTreeMap, fmt::Write, sync::Arc};

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{CloudTrail, PRINCIPAL, Trail, files::LogFile};
use crate::{
    aws::{
        Delay, HopPath, Node, Outbox, Parcel, Payload, PayloadKind, Region, ServiceName, outbox::Send,
        parcel::Timer, timestamps,
    },
    kernel::SimDuration,
};

/// The timer of a trail's digests.
pub(super) const DELIVER: &str = "deliver-digests";

/// The chains of digests, by trail and region.
#[derive(Clone, Debug, Default)]
pub(super) struct Digests(BTreeMap<Arc<str>, BTreeMap<Region, Chain>>);

#[derive(Clone, Debug)]
struct Chain {
    /// Since when its next digest counts.
    since: DateTime<Utc>,
    files: Vec<Value>,
    previous: Option<Previous>,
}

#[derive(Clone, Debug)]
struct Previous {
    bucket: Arc<str>,
    key: Arc<str>,
    hash: String,
    signature: String,
}

/// Whether an object of a trail's bucket is a digest.
pub(super) fn is_digest(key: &str) -> bool {
    key.contains("/CloudTrail-Digest/")
}

impl Digests {
    /// Keeps the hash of a delivered file for the next digest of its trail.
    pub(super) fn keep(&mut self, file: &LogFile, key: &str) {
        let trail = file.trail();
        let Some(chains) = self.0.get_mut(&trail.arn) else { return };
        let since = chains.get(&trail.home).map(|chain| chain.since);
        let chain =
            chains.entry(file.region.clone()).or_insert_with(|| Chain::since(since.unwrap_or_default()));
        let times =
            || file.records.iter().filter_map(|record| record.get("eventTime").and_then(Value::as_str));
        chain.files.push(json!({
            "s3Bucket": &*trail.bucket,
            "s3Object": key,
            "hashValue": hex_hash(&file.content().to_string()),
            "hashAlgorithm": "SHA-256",
            "newestEventTime": times().max(),
            "oldestEventTime": times().min(),
        }));
    }
}

impl Chain {
    const fn since(since: DateTime<Utc>) -> Self {
        Self { since, files: Vec::new(), previous: None }
    }
}

impl CloudTrail {
    /// Begins the chain of a trail that logs and validates its files; one that begins anew names no predecessor.
    pub(super) fn begin_digests(&mut self, place: usize, out: &mut Outbox<'_>) {
        let trail = &self.trails[place];
        if !trail.is_logging || !trail.validates_log_files {
            return;
        }
        let chain = Chain::since(out.moment().utc);
        let first = BTreeMap::from([(trail.home.clone(), chain)]);
        if self.digests.0.insert(Arc::clone(&trail.arn), first).is_none() {
            set_timer(trail, out);
        }
    }

    /// Delivers what the hour's digests of a trail say, and looks again in an hour as long as it logs.
    pub(super) fn deliver_digests(&mut self, arn: &Arc<str>, out: &mut Outbox<'_>) {
        let trail = self.trails.iter().find(|trail| trail.arn == *arn && trail.validates_log_files).cloned();
        let (Some(trail), Some(chains)) = (trail, self.digests.0.get_mut(arn)) else {
            self.digests.0.remove(arn);
            return;
        };
        for (region, chain) in chains.iter_mut() {
            deliver(&self.account_id, &trail, region, chain, out);
        }
        if trail.is_logging {
            set_timer(&trail, out);
        } else {
            self.digests.0.remove(arn);
        }
    }
}

fn set_timer(trail: &Trail, out: &mut Outbox<'_>) {
    let node = Node::new(ServiceName::CloudTrail, &trail.home, Arc::clone(&trail.name));
    let timer = Timer::Named { name: DELIVER, key: Arc::clone(&trail.arn) };
    out.timer(node, timer, SimDuration::from_mins(60));
}

fn deliver(account_id: &str, trail: &Trail, region: &Region, chain: &mut Chain, out: &mut Outbox<'_>) {
    let end = out.moment().utc;
    let key = key_of(account_id, trail, region, end);
    let body = digest(account_id, trail, (region, &key), end, chain);
    let hash = hex_hash(&body.to_string());
    let previous = chain.previous.as_ref().map_or("null", |previous| previous.signature.as_str());
    let signed = format!("{}\n{}/{key}\n{hash}\n{previous}", timestamps::seconds_z(end), trail.bucket);
    let key: Arc<str> = key.into();
    *chain = Chain {
        previous: Some(Previous {
            bucket: Arc::clone(&trail.bucket),
            key: Arc::clone(&key),
            hash,
            signature: hex_hash(&signed).repeat(8),
        }),
        ..Chain::since(end)
    };
    let body = Arc::new(body);
    out.send(Send {
        path: HopPath::TrailS3,
        from: Node::new(ServiceName::CloudTrail, &trail.home, Arc::clone(&trail.name)),
        to: Node::new(ServiceName::S3, &trail.home, Arc::clone(&trail.bucket)),
        payload: Payload::json(PayloadKind::Act, "digest", Arc::clone(&body)),
        parcel: Parcel::PutObject {
            bucket: Arc::clone(&trail.bucket),
            key,
            body,
            by: PRINCIPAL.into(),
            source_arn: Arc::clone(&trail.arn),
            kms_key: trail.kms_key_id.clone(),
        },
        delay: Delay::None,
        reference: Some(Arc::clone(&trail.arn)),
    });
}

fn key_of(account_id: &str, trail: &Trail, region: &Region, end: DateTime<Utc>) -> String {
    let (day, second) = (end.format("%Y/%m/%d"), end.format("%Y%m%dT%H%M%SZ"));
    format!(
        "{}CloudTrail-Digest/{region}/{day}/{account_id}_CloudTrail-Digest_{region}_{}_{}_{second}.json.gz",
        trail.folder(account_id),
        trail.name,
        trail.home
    )
}

fn digest(
    account_id: &str,
    trail: &Trail,
    (region, key): (&Region, &str),
    end: DateTime<Utc>,
    chain: &Chain,
) -> Value {
    let times = |member: &str| {
        let member = member.to_owned();
        chain.files.iter().filter_map(move |file| file.get(&member)?.as_str().map(str::to_owned))
    };
    let previous = chain.previous.as_ref();
    json!({
        "awsAccountId": account_id,
        "digestStartTime": timestamps::seconds_z(chain.since),
        "digestEndTime": timestamps::seconds_z(end),
        "digestS3Bucket": &*trail.bucket,
        "digestS3Object": key,
        "digestPublicKeyFingerprint": &hex_hash(&format!("{account_id}/{region}"))[..32],
        "digestSignatureAlgorithm": "SHA256withRSA",
        "newestEventTime": times("newestEventTime").max(),
        "oldestEventTime": times("oldestEventTime").min(),
        "previousDigestS3Bucket": previous.map(|previous| &*previous.bucket),
        "previousDigestS3Object": previous.map(|previous| &*previous.key),
        "previousDigestHashValue": previous.map(|previous| &*previous.hash),
        "previousDigestHashAlgorithm": previous.map(|_| "SHA-256"),
        "previousDigestSignature": previous.map(|previous| &*previous.signature),
        "logFiles": chain.files,
    })
}

fn hex_hash(text: &str) -> String {
    Sha256::digest(text).iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
