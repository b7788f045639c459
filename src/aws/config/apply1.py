import re,shutil,os,sys
root='/work/wt/trail/'
def sub(path, *pairs):
    s=open(root+path).read()
    for a,b in pairs:
        if a not in s: print('MISSING in',path,':',a[:80]); continue
        s=s.replace(a,b,1)
    open(root+path,'w').write(s)
src='/tmp/next/src/aws/'
shutil.copy(src+'gzip.rs', root+'src/aws/gzip.rs')
ct=root+'src/aws/cloudtrail/'
for f in ['selectors.rs','operations.rs']:
    if os.path.exists(ct+f): os.remove(ct+f)
for d in ['selectors','operations']:
    os.makedirs(ct+d,exist_ok=True)
    for f in os.listdir(src+'cloudtrail/'+d): shutil.copy(src+'cloudtrail/'+d+'/'+f, ct+d+'/'+f)
for f in ['mod.rs','trail.rs','status.rs','bus.rs','deliver.rs','files.rs','digest.rs','history.rs']:
    shutil.copy(src+'cloudtrail/'+f, ct+f)
sub('src/aws/cloudtrail/lookup.rs',
("""        let from = match input.next_token.as_deref().map(str::parse::<usize>) {
            None => 0,
            Some(Ok(from)) => from,
            Some(Err(_)) => {
                return Err(ApiError::client("InvalidNextTokenException", "Invalid pagination token."));
            }
        };
        let moment = cx.moment();
""","""        let (from, asked_at) = match input.next_token.as_deref().map(parse_token) {
            None => (0, cx.moment().now),
            Some(Some(place)) => place,
            Some(None) => {
                return Err(ApiError::client("InvalidNextTokenException", "Invalid pagination token."));
            }
        };
"""),
("""            .history(cx.region())
            .iter()
            .rev()
""","""            .history(cx.region())
            .rev()
"""),
("event.is_visible(moment.now, moment.utc)","event.is_visible(asked_at, cx.moment().utc)"),
("""            answer.insert("NextToken".to_owned(), (from + page).to_string().into());
""","""            let token = format!("{}.{}", from + page, asked_at.as_millis());
            answer.insert("NextToken".to_owned(), token.into());
"""),
("""impl LookupAttribute {""","""/// Where the next page begins, among what showed when the first one was asked for.
fn parse_token(token: &str) -> Option<(usize, SimTime)> {
    let (from, asked_at) = token.split_once('.')?;
    Some((from.parse().ok()?, SimTime::from_millis(asked_at.parse().ok()?)))
}

impl LookupAttribute {"""),
("use crate::aws::{ApiError, ApiOutcome, CallContext, timestamps::Timestamp};","use crate::{\n    aws::{ApiError, ApiOutcome, CallContext, timestamps::Timestamp},\n    kernel::SimTime,\n};"),
)
sub('src/aws/mod.rs',("pub mod hop;","pub mod gzip;\npub mod hop;"))
sub('src/aws/hop.rs',("""    TrailBus = "trail>bus",
""","""    TrailBus = "trail>bus",
    /// A trail tells its topic that a file is in the bucket.
    TrailSns = "trail>sns",
"""))
sub('src/aws/delays.rs',("""    /// Until a trail's record is in its log group: typically within 5 min.
    TrailToLogs: classroom 6_000, realistic 300_000, jitter 20;
""","""    /// How long a file takes records in before it is closed: CloudTrail delivers files about every 5 min. In class
    /// each file holds what falls on the same instant, so that every act has its own.
    TrailFile: classroom 0, realistic 240_000, jitter 0;
    /// From a file in the bucket to the trail's topic: teaching default.
    TrailToSns: classroom 1_000, realistic 1_000, jitter 20;
    /// Until a trail's record is in its log group: typically within 5 min.
    TrailToLogs: classroom 6_000, realistic 250_000, jitter 20;
"""))
sub('src/aws/note.rs',("""    /// Read-only calls (Describe""","""    /// The call was recorded, but the selectors of the trail leave it out.
    pub const NOT_SELECTED: &str = "not-selected";
    /// The trail would deliver this, but it does not log.
    pub const TRAIL_STOPPED: &str = "trail-stopped";
    /// A data event, which no logging trail asked for.
    pub const DATA_EVENTS_OFF: &str = "data-events-off";
    /// Read-only calls (Describe"""),
("        NO_LOGGING_TRAIL,\n","        NO_LOGGING_TRAIL,\n        NOT_SELECTED,\n        TRAIL_STOPPED,\n        DATA_EVENTS_OFF,\n"))
sub('src/text/reasons.rs',("""        "read-only-not-offered" => (""","""        "not-selected" => (
            "les sélecteurs de la piste l'écartent : elle ne le livre pas",
            "the trail's selectors leave it out: it is not delivered",
        ),
        "trail-stopped" => (
            "la piste est arrêtée : rien de ce silence ne sera livré plus tard",
            "the trail is stopped: nothing of this silence is delivered later",
        ),
        "data-events-off" => (
            "événement de données : aucune piste active ne l'a demandé, il n'est noté nulle part",
            "data event: no logging trail asked for it, so it is written nowhere",
        ),
        "read-only-not-offered" => ("""))
s=open(root+'src/aws/payload.rs').read()
if 'pub const COUNT' not in s:
    sub('src/aws/payload.rs',("/// What travels.\n#[derive","/// The member of a payload that says for how many it stands.\npub const COUNT: &str = \"vigieCount\";\n\n/// What travels.\n#[derive"))
sub('src/aws/chunks.rs',("pub fn iter(&self) -> impl Iterator<Item = &T>","pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T>"))
sub('src/aws/outbox.rs',
("""/// Where a service writes what leaves it.
#[derive(Debug)]""","""/// A parcel for a hop that was written before it.
#[derive(Clone, Debug)]
pub struct Handover {
    pub from: Node,
    pub to: Node,
    pub parcel: Parcel,
    pub reference: Option<Arc<str>>,
}

/// Where a service writes what leaves it.
#[derive(Debug)]"""),
("""    pub fn mark(&mut self, path: HopPath, from: Node, to: Node, payload: Payload, delay: Delay) -> HopId {
        let due_at = self.moment.now.after(self.delay(delay));
        self.ledger""","""    pub fn mark(&mut self, path: HopPath, from: Node, to: Node, payload: Payload, delay: Delay) -> HopId {
        let due_at = self.moment.now.after(self.delay(delay));
        self.mark_until(path, from, to, payload, due_at)
    }

    /// The same, when it is known at what moment it arrives.
    pub fn mark_until(
        &mut self,
        path: HopPath,
        from: Node,
        to: Node,
        payload: Payload,
        due_at: SimTime,
    ) -> HopId {
        self.ledger"""),
("""    /// Writes down something that could have""","""    /// Hands over, after `wait`, a parcel for a hop that was marked before: what becomes of it is that hop's fate, and
    /// the receipt tells of that hop.
    pub fn hand_over_for(&mut self, hop: HopId, handover: Handover, wait: SimDuration) {
        let Handover { from, to, parcel, reference } = handover;
        let due_at = self.moment.now.after(wait);
        self.queue.push(due_at, Delivery { to, parcel, cause: Cause::Hop(hop), hop: Some(hop), from, reference });
    }

    /// Writes down something that could have"""),
)
sub('src/aws/service.rs',
("""/// What became of a parcel at its addressee.""","""/// A service at the door of another one's resource.
#[derive(Clone, Debug)]
pub struct Admission {
    /// Such as `cloudtrail.amazonaws.com`.
    pub principal: &'static str,
    /// The role it acts as, where it does: then that role decides, and not the resource's policy.
    pub role_arn: Option<Arc<str>>,
    /// Actions, and the ARN each is for.
    pub asks: Vec<(&'static str, String)>,
    /// The resource it acts for.
    pub source_arn: Arc<str>,
}

/// A setting that names a resource of another service, which AWS tries before it accepts the call.
#[derive(Clone, Debug)]
pub struct Need {
    pub of: ServiceName,
    pub region: Region,
    pub admission: Admission,
    /// The answer when there is no such resource.
    pub missing: ApiError,
    /// The answer when the resource, or the role, does not let the service in.
    pub refused: ApiError,
}

/// What became of a parcel at its addressee."""),
("""    /// Learns what became of a parcel it sent.""","""    /// What the settings in a call need of other services' resources.
    fn needs(&self, _operation: &'static Operation, _call: &ApiCall) -> Vec<Need> {
        Vec::new()
    }

    /// Whether a resource of this service is there, and its policy lets another service in.
    fn admits(&self, _admission: &Admission, _region: &Region) -> Reception {
        Ok(())
    }

    /// Learns what became of a parcel it sent."""),
("use std::fmt;\n","use std::{fmt, sync::Arc};\n"),
("use super::{ApiCall, ","use super::{ApiCall, ApiError, "),
)
sub('src/aws/account.rs',
("""        let outcome = match self.authorise(operation, call) {""","""        let outcome = match self.authorise(operation, call).and_then(|()| self.meet_needs(operation, call)) {"""),
("""    fn authorise(&self,""","""    /// Tries the resources of other services that a call's settings name.
    fn meet_needs(&self, operation: &'static Operation, call: &ApiCall) -> Result<(), ApiError> {
        let needs = self.services.get(call.service).map(|service| service.needs(operation, call));
        for need in needs.into_iter().flatten() {
            let there = self.services.get(need.of).map_or(Ok(()), |of| of.admits(&need.admission, &need.region));
            let granted = there.and_then(|()| self.services.iam.lets_act(&need.admission));
            granted.map_err(|reason| {
                if reason.code == reasons::NO_RESOURCE { need.missing } else { need.refused }
            })?;
        }
        Ok(())
    }

    /// A service that delivers log events as a role may do what the role may.
    fn let_deliver(&self, delivery: &Delivery) -> Reception {
        let Parcel::LogEvents { group, stream, by, .. } = &delivery.parcel else { return Ok(()) };
        if !by.starts_with("arn:") {
            return Ok(());
        }
        let stream = format!("log-group:{group}:log-stream:{stream}");
        let stream_arn = arn("logs", &delivery.to.region, &self.id, &stream);
        self.services.iam.lets_act(&Admission {
            principal: delivery.from.service.event_source(),
            role_arn: Some(Arc::clone(by)),
            asks: vec![("logs:CreateLogStream", stream_arn.clone()), ("logs:PutLogEvents", stream_arn)],
            source_arn: delivery.reference.clone().unwrap_or_else(|| Arc::clone(by)),
        })
    }

    fn authorise(&self,"""),
("""        let Some(service) = self.services.get_mut(delivery.to.service) else {
            return Ok(()); // People""","""        let admitted = self.let_deliver(delivery);
        let Some(service) = self.services.get_mut(delivery.to.service) else {
            return Ok(()); // People"""),
("""        let reception = service.receive(&delivery.parcel, &delivery.to.region, out);
""","""        let reception =
            admitted.and_then(|()| service.receive(&delivery.parcel, &delivery.to.region, out));
"""),
)
s=open(root+'src/aws/account.rs').read()
s=s.replace("use super::{\n    ApiCall,","use super::{\n    ApiCall,",1)
s=s.replace("ServiceName,\n    config,","ServiceName, arn::arn, config,",1)
open(root+'src/aws/account.rs','w').write(s)
sub('src/aws/record/mod.rs',
("""    pub management: bool,
    /// What was acted on""","""    pub management: bool,
    /// How many calls alike it stands for; the record itself says nothing of it.
    pub count: u64,
    /// What was acted on"""),
("""impl Record {
""","""impl Record {
    /// A text of the record, by its path: `userIdentity.arn`.
    pub fn text(&self, path: &str) -> Option<&str> {
        path.split('.').try_fold(&*self.json, |value, name| value.get(name))?.as_str()
    }

    /// Types and ARNs (or beginnings of ARNs) of its `resources`.
    pub fn resources(&self) -> impl Iterator<Item = (&str, &str)> {
        let resources = self.json.get("resources").and_then(Value::as_array);
        resources.into_iter().flatten().filter_map(|resource| {
            let arn = resource.get("ARN").or_else(|| resource.get("ARNPrefix"))?;
            Some((resource.get("type")?.as_str()?, arn.as_str()?))
        })
    }

"""),
("""        management,
        touched: touched.into(),""","""        management,
        count: 1,
        touched: touched.into(),"""),
)
sub('src/aws/signin/mod.rs',("        management: true,\n        touched","        management: true,\n        count: 1,\n        touched"))
sub('src/aws/logs/mod.rs',("""    fn resources(&self, _operation""","""    fn admits(&self, admission: &Admission, region: &Region) -> Reception {
        let name = |arn: &str| arn.split(":log-group:").nth(1).map(|rest| rest.split(':').next().unwrap_or(rest).to_owned());
        for (_, arn) in &admission.asks {
            if !name(arn).is_some_and(|group| self.group(region, &group).is_some()) {
                return Err(Reason::new(reasons::NO_RESOURCE, arn.as_str()));
            }
        }
        Ok(())
    }

    fn resources(&self, _operation"""))
s=open(root+'src/aws/logs/mod.rs').read()
s=re.sub(r"service::Reception(,?)\n?\};", r"service::{Admission, Reception},\n};", s,1) if 'service::{Admission' not in s else s
open(root+'src/aws/logs/mod.rs','w').write(s)
