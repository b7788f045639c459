//! Log files: the records of a trail and a region that fall together share one, gzipped, in the trail's bucket.
//!
//! Each record is a hop of its own to the bucket, because each has its own cause. They arrive with the file: it is
//! delivered in the name of its first record, and what becomes of it becomes of them all. A bucket that is missing or
//! does not let CloudTrail in is tried again, for thirty days.
//!
//! Source: CloudTrail User Guide, "Finding your CloudTrail log files", "Amazon S3 bucket policy for CloudTrail".

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Value, json};

use super::{CloudTrail, PRINCIPAL, Trail, deliver::act};
use crate::{
    aws::{
        Delay, Fate, HopPath, Node, Outbox, Parcel, Payload, PayloadKind, Reason, Region, ServiceName,
        arn::Arn,
        outbox::{Handover, Send},
        parcel::{Publish, Sender, Timer},
        record::Record,
    },
    kernel::{HopId, SimDuration, SimTime},
};

/// The timer that closes a file.
pub(super) const CLOSE: &str = "close-log-file";
/// The timer that tries to deliver a file again.
pub(super) const TRY_AGAIN: &str = "redeliver-log-file";

/// For how long a file is tried again.
const PATIENCE: SimDuration = SimDuration::from_mins(30 * 24 * 60);
/// The longest wait between two tries: teaching default; AWS says for how long it tries, not how often.
const LONGEST_WAIT: SimDuration = SimDuration::from_mins(6 * 60);

/// The files that are not in their bucket yet.
#[derive(Clone, Debug, Default)]
pub(super) struct Files {
    next_id: u64,
    open: Vec<LogFile>,
    /// By key, from when they are closed until the bucket answers.
    under_way: BTreeMap<Arc<str>, LogFile>,
}

/// A file that fills.
#[derive(Clone, Debug)]
pub(super) struct LogFile {
    id: u64,
    trail: Arc<Trail>,
    pub(super) region: Region,
    /// Until when it takes records in.
    closes_at: SimTime,
    due_at: SimTime,
    from: Node,
    first: HopId,
    others: Vec<HopId>,
    pub(super) records: Vec<Arc<Value>>,
    /// How often its delivery was refused.
    refusals: u32,
}

impl LogFile {
    pub(super) fn trail(&self) -> &Arc<Trail> {
        &self.trail
    }

    /// What is in it, before it is compressed.
    pub(super) fn content(&self) -> Value {
        json!({ "Records": self.records.iter().map(|record| (**record).clone()).collect::<Vec<_>>() })
    }

    fn bucket(&self) -> Node {
        Node::new(ServiceName::S3, &self.trail.home, Arc::clone(&self.trail.bucket))
    }

    fn parcel(&self, key: &Arc<str>) -> Parcel {
        Parcel::PutObject {
            bucket: Arc::clone(&self.trail.bucket),
            key: Arc::clone(key),
            body: Arc::new(self.content()),
            by: PRINCIPAL.into(),
            source_arn: Arc::clone(&self.trail.arn),
            kms_key: self.trail.kms_key_id.clone(),
        }
    }

    fn takes(&self, trail: &Trail, region: &Region, now: SimTime) -> bool {
        let goes_where_it_goes = self.trail.bucket == trail.bucket
            && self.trail.key_prefix == trail.key_prefix
            && self.trail.topic_arn == trail.topic_arn;
        self.trail.arn == trail.arn && goes_where_it_goes && self.region == *region && now <= self.closes_at
    }
}

impl CloudTrail {
    /// Puts a record into the trail's open file, or opens one.
    pub(super) fn file(
        &mut self,
        trail: &Arc<Trail>,
        record: &Record,
        notebook: &Node,
        out: &mut Outbox<'_>,
    ) {
        let now = out.now();
        let bucket = Node::new(ServiceName::S3, &trail.home, Arc::clone(&trail.bucket));
        let payload = act(record, Arc::new(json!({ "Records": [&*record.json] })));
        let open = self.files.open.iter_mut().find(|file| file.takes(trail, &record.region, now));
        if let Some(file) = open {
            let hop = out.mark_until(HopPath::TrailS3, notebook.clone(), bucket, payload, file.due_at);
            file.others.push(hop);
            file.records.push(Arc::clone(&record.json));
            return;
        }
        let wait = out.delay(Delay::TrailToS3);
        let due_at = now.after(wait);
        let closes_at = now.after(out.delay(Delay::TrailFile)).min(due_at);
        let first = out.mark_until(HopPath::TrailS3, notebook.clone(), bucket, payload, due_at);
        let id = self.files.next_id;
        self.files.next_id += 1;
        let node = Node::new(ServiceName::CloudTrail, &trail.home, Arc::clone(&trail.name));
        let timer = Parcel::Timer(Timer::Named { name: CLOSE, key: id.to_string().into() });
        out.hand_over_for(
            first,
            Handover { from: node.clone(), to: node, parcel: timer, reference: None },
            wait,
        );
        self.files.open.push(LogFile {
            id,
            trail: Arc::clone(trail),
            region: record.region.clone(),
            closes_at,
            due_at,
            from: notebook.clone(),
            first,
            others: Vec::new(),
            records: vec![Arc::clone(&record.json)],
            refusals: 0,
        });
    }

    /// Sends a file that is due to its bucket.
    pub(super) fn close_file(&mut self, id: &str, out: &mut Outbox<'_>) {
        let Some(place) = self.files.open.iter().position(|file| file.id.to_string() == id) else { return };
        let file = self.files.open.remove(place);
        let key: Arc<str> = key_of(&self.account_id, &file, out).into();
        let reference = Some(Arc::clone(&file.trail.arn));
        let parcel = file.parcel(&key);
        let handover = Handover { from: file.from.clone(), to: file.bucket(), parcel, reference };
        out.hand_over_for(file.first, handover, SimDuration::ZERO);
        self.files.under_way.insert(key, file);
    }

    /// Sends a file once more.
    pub(super) fn redeliver(&mut self, key: &Arc<str>, out: &mut Outbox<'_>) {
        let Some(file) = self.files.under_way.get(key) else { return };
        let body = Arc::new(file.content());
        out.caused_by(file.first, |out| {
            out.send(Send {
                path: HopPath::Retry,
                from: Node::new(ServiceName::CloudTrail, &file.trail.home, Arc::clone(&file.trail.name)),
                to: file.bucket(),
                payload: Payload::json(PayloadKind::Act, Arc::clone(&file.from.resource), body),
                parcel: file.parcel(key),
                delay: Delay::None,
                reference: Some(Arc::clone(&file.trail.arn)),
            });
        });
    }

    /// What became of a file becomes of all its records; one that arrived is told to the trail's topic.
    pub(super) fn file_has_arrived(
        &mut self,
        key: &Arc<str>,
        hop: HopId,
        refused: Option<&Reason>,
        out: &mut Outbox<'_>,
    ) {
        let Some(file) = self.files.under_way.remove(key) else { return };
        if let Some(reason) = refused {
            self.try_again(key, file, hop, reason, out);
            return;
        }
        self.digests.keep(&file, key);
        out.caused_by(hop, |out| tell_topic(&file, key, out));
    }

    /// Waits longer each time; when thirty days have passed, the file is lost.
    fn try_again(
        &mut self,
        key: &Arc<str>,
        mut file: LogFile,
        hop: HopId,
        reason: &Reason,
        out: &mut Outbox<'_>,
    ) {
        file.refusals += 1;
        let is_over = out.now() >= file.due_at.after(PATIENCE);
        let fate = if is_over {
            Fate::Dropped(reason.clone())
        } else {
            Fate::Retried { attempt: file.refusals, reason: reason.clone() }
        };
        out.fate(hop, fate.clone());
        if is_over || file.refusals == 1 {
            let records = std::iter::once(&file.first).chain(&file.others);
            records.filter(|record| **record != hop).for_each(|record| out.fate(*record, fate.clone()));
        }
        if is_over {
            return;
        }
        let first_wait = out.delay(Delay::TrailRetry);
        let wait = first_wait.times(1 << (file.refusals - 1).min(16)).min(LONGEST_WAIT);
        let node = Node::new(ServiceName::CloudTrail, &file.trail.home, Arc::clone(&file.trail.name));
        let timer = Timer::Named { name: TRY_AGAIN, key: Arc::clone(key) };
        out.caused_by(file.first, |out| out.timer(node, timer, wait));
        self.files.under_way.insert(Arc::clone(key), file);
    }
}

/// `[prefix/]AWSLogs/ACC/CloudTrail/REGION/YYYY/MM/DD/ACC_CloudTrail_REGION_YYYYMMDDTHHmmZ_16RANDOM.json.gz`; the
/// time is that of the delivery, and several files may carry the same minute.
fn key_of(account_id: &str, file: &LogFile, out: &mut Outbox<'_>) -> String {
    let utc = out.moment().utc;
    let (day, minute) = (utc.format("%Y/%m/%d"), utc.format("%Y%m%dT%H%MZ"));
    let (region, random) = (&file.region, out.base32(16));
    format!(
        "{}CloudTrail/{region}/{day}/{account_id}_CloudTrail_{region}_{minute}_{random}.json.gz",
        file.trail.folder(account_id)
    )
}

fn tell_topic(file: &LogFile, key: &Arc<str>, out: &mut Outbox<'_>) {
    let trail = &file.trail;
    let Some(topic_arn) = &trail.topic_arn else { return };
    let Some(topic) = Arn::parse(topic_arn) else { return };
    let notice = json!({ "s3Bucket": &*trail.bucket, "s3ObjectKey": [&**key] });
    let message: Arc<str> = notice.to_string().into();
    let publish = Publish {
        topic_arn: Arc::clone(topic_arn),
        subject: None,
        message,
        by_protocol: Arc::default(),
        attributes: Arc::default(),
        by: Sender::Service { principal: PRINCIPAL.into(), source_arn: Arc::clone(&trail.arn) },
    };
    out.send(Send {
        path: HopPath::TrailSns,
        from: Node::new(ServiceName::CloudTrail, &trail.home, Arc::clone(&trail.name)),
        to: Node::new(ServiceName::Sns, &Region::new(topic.region), topic.resource),
        payload: Payload::json(PayloadKind::Notice, Arc::clone(&trail.bucket), notice),
        parcel: Parcel::Publish(Arc::new(publish)),
        delay: Delay::TrailToSns,
        reference: Some(Arc::clone(&trail.arn)),
    });
}
