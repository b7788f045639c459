//! Log files: the records of a trail and a region that fall together share one, gzipped, in the trail's bucket.
//!
//! Each record is a hop of its own to the bucket, because each has its own cause. They arrive with the file: it is
//! delivered in the name of its first record, and what becomes of it becomes of them all.

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
    kernel::{HopId, SimTime},
};

/// The timer that closes a file.
pub(super) const CLOSE: &str = "close-log-file";

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
}

impl LogFile {
    pub(super) fn trail(&self) -> &Arc<Trail> {
        &self.trail
    }

    /// What is in it, before it is compressed.
    pub(super) fn content(&self) -> Value {
        json!({ "Records": self.records.iter().map(|record| (**record).clone()).collect::<Vec<_>>() })
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
        });
    }

    /// Sends a file that is due to its bucket.
    pub(super) fn close_file(&mut self, id: &str, out: &mut Outbox<'_>) {
        let Some(place) = self.files.open.iter().position(|file| file.id.to_string() == id) else { return };
        let file = self.files.open.remove(place);
        let key: Arc<str> = key_of(&self.account_id, &file, out).into();
        let trail = &file.trail;
        let parcel = Parcel::PutObject {
            bucket: Arc::clone(&trail.bucket),
            key: Arc::clone(&key),
            body: Arc::new(file.content()),
            by: PRINCIPAL.into(),
            source_arn: Arc::clone(&trail.arn),
        };
        let to = Node::new(ServiceName::S3, &trail.home, Arc::clone(&trail.bucket));
        let reference = Some(Arc::clone(&trail.arn));
        let handover = Handover { from: file.from.clone(), to, parcel, reference };
        out.hand_over_for(file.first, handover, crate::kernel::SimDuration::ZERO);
        self.files.under_way.insert(key, file);
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
            for other in &file.others {
                out.fate(*other, Fate::Dropped(reason.clone()));
            }
            return;
        }
        self.digests.keep(&file, key);
        out.caused_by(hop, |out| tell_topic(&file, key, out));
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
        mail_body: None,
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
