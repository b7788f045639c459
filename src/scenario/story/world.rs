//! What the world does in a step: lines of an application, messages and events at a rate.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{boards::Boards, run::Run};
use crate::{
    aws::{
        ApiCall, Fault, HopPath, Principal, Region, ServiceName,
        advice::closest,
        arn::arn,
        signin::{self, Password},
    },
    engine::{
        Engine, Stimulus,
        agenda::{Happening, Recurring},
        input::Logged,
    },
    kernel::SimDuration,
    load::template::Template,
    scenario::{
        cast,
        diagnostic::{Diagnostic, codes},
        model::{
            Duration, Step,
            step::{self, Log, PasswordWord, SignIn, Traffic, TrafficKind, Via as Route},
        },
        spanned::Spanned,
        stage::ACCOUNT_ID,
    },
};

/// The stream of an application that names none.
const STREAM: &str = "appli";
/// Messages and events of one step are calls of their own: more of them than this is no lesson.
const MOST_CALLS: u64 = 10_000;
/// Somebody whom the account does not have.
const UNKNOWN: &str = "unknown";
/// Between two attempts to sign in, unless said.
const BETWEEN_SIGN_INS: SimDuration = SimDuration::from_secs(5);
/// Longer than any story.
const TO_THE_END: SimDuration = SimDuration::from_mins(366 * 24 * 60);

impl Run {
    /// An application writes lines.
    pub(super) fn log(
        &mut self,
        boards: &mut impl Boards,
        step: &Step,
        log: &Spanned<Log>,
        id: Option<Arc<str>>,
    ) -> Result<(), Box<Diagnostic>> {
        let region = self.region_of(step);
        self.must_be_a_group(boards.engine(), &region, &log.group)?;
        let every = log.every.map_or(SimDuration::ZERO, |every| every.0);
        let texts = match &log.template {
            Some(template) => vec![Template::new(template)],
            None => log.lines.iter().map(|line| Template::literal(line)).collect(),
        };
        let times = log.template.as_ref().map_or(texts.len() as u64, |_| u64::from(log.count.unwrap_or(1)));
        let what = Happening::Line {
            region,
            group: log.group.value.as_str().into(),
            stream: log.stream.as_deref().unwrap_or(STREAM).into(),
            texts,
        };
        self.recur(boards, Recurring { every, times, what }, id);
        Ok(())
    }

    /// Messages or events at a rate.
    pub(super) fn traffic(
        &mut self,
        boards: &mut impl Boards,
        step: &Spanned<Step>,
        traffic: &Spanned<Traffic>,
        id: Option<Arc<str>>,
    ) -> Result<(), Box<Diagnostic>> {
        let every = traffic.every.as_ref().map_or(SimDuration::MINUTE, |every| every.value.0);
        let lasts = traffic.lasting.as_ref().map_or(0, |lasting| lasting.value.0.as_millis());
        let times = (lasts / every.as_millis().max(1)).max(1);
        if traffic.kind != TrafficKind::Reads && times.saturating_mul(traffic.count) > MOST_CALLS {
            return Err(Box::new(too_many(traffic)));
        }
        let name = step.by.as_ref().map_or((self.script.learner(), traffic.span), |by| (&*by.value, by.span));
        let (by, via) = cast::caller(&self.script, boards.engine(), name, step.via == Route::Console)?;
        let region = self.region_of(step);
        let (service, operation, parameters) = self.traffic_call(&region, traffic);
        let call = ApiCall { by, via, region, service, operation: operation.into(), parameters };
        let what = match traffic.kind {
            TrafficKind::Reads => Happening::Bulk { call, count: traffic.count },
            TrafficKind::Messages | TrafficKind::Events => Happening::Calls { call, each: traffic.count },
        };
        let order = Recurring { every, times, what };
        self.recur(boards, order, id);
        Ok(())
    }

    /// Somebody tries to sign in to the console, once or several times.
    pub(super) fn sign_in(
        &mut self,
        boards: &mut impl Boards,
        step: &Step,
        sign_in: &SignIn,
        id: Option<Arc<str>>,
    ) -> Result<(), Box<Diagnostic>> {
        let user = (&*sign_in.user.value, sign_in.user.span);
        let by = if user.0 == UNKNOWN {
            Principal::user(UNKNOWN)
        } else {
            cast::caller(&self.script, boards.engine(), user, true)?.0
        };
        let address = sign_in.from.clone().unwrap_or_else(|| cast::address(&self.script, user.0));
        let attempt = signin::SignIn {
            by,
            password: match sign_in.password {
                PasswordWord::Right => Password::Right,
                PasswordWord::Wrong => Password::Wrong,
            },
            mfa: sign_in.mfa,
            source_ip: address.into(),
            region: step.region.as_ref().map(|region| Region::new(&region.value)),
        };
        let every = sign_in.every.map_or(BETWEEN_SIGN_INS, |every| every.0);
        let times = u64::from(sign_in.times.unwrap_or(1));
        self.recur(boards, Recurring { every, times, what: Happening::SignIn(attempt) }, id);
        Ok(())
    }

    /// Something goes wrong from here on.
    pub(super) fn fault(
        &mut self,
        boards: &mut impl Boards,
        fault: &Spanned<step::Fault>,
        id: Option<Arc<str>>,
    ) -> Result<(), Box<Diagnostic>> {
        let engine = boards.engine();
        let on = self.names.get(&fault.on).unwrap_or(&fault.on);
        let is_there = engine.ledger().nodes().any(|node| *node.resource == *on);
        if !is_there && self.script.people.get(on).is_none() {
            let known: Vec<&str> = engine.ledger().nodes().map(|node| &*node.resource).collect();
            return Err(Box::new(
                Diagnostic::error(
                    codes::UNKNOWN_NAME,
                    fault.on.span,
                    format!("`{on}` n'est le nom de rien dans ce compte"),
                    format!("`{on}` is the name of nothing in this account"),
                )
                .meant(closest(on, known)),
            ));
        }
        let order = Fault {
            kind: fault.kind,
            resource: Some(on.into()),
            service: None,
            region: None,
            path: fault.path.as_ref().and_then(|path| HopPath::parse(path)),
            lasts: fault.lasting.map_or(TO_THE_END, |lasting| lasting.0),
            times: fault.times,
        };
        boards.submit(Logged::Stimulus(Stimulus::Fault(order)), id);
        Ok(())
    }

    fn traffic_call(&self, region: &Region, traffic: &Traffic) -> (ServiceName, &'static str, Value) {
        let to = self.names.get(&traffic.to).unwrap_or(&traffic.to);
        let text = traffic.text.as_ref().map_or("message <n>", |text| text.value.as_str());
        match traffic.kind {
            TrafficKind::Reads => (ServiceName::S3, "GetObject", json!({ "Bucket": to, "Key": text })),
            TrafficKind::Messages if to.starts_with("https://") => {
                (ServiceName::Sqs, "SendMessage", json!({ "QueueUrl": to, "MessageBody": text }))
            }
            TrafficKind::Messages => {
                let topic =
                    if to.starts_with("arn:") { to.to_owned() } else { arn("sns", region, ACCOUNT_ID, to) };
                (ServiceName::Sns, "Publish", json!({ "TopicArn": topic, "Message": text }))
            }
            TrafficKind::Events => {
                let detail = json!({ "message": text }).to_string();
                let entry = json!({
                    "EventBusName": to, "Source": "ville.appli", "DetailType": "Message", "Detail": detail,
                });
                (ServiceName::EventBridge, "PutEvents", json!({ "Entries": [entry] }))
            }
        }
    }

    /// Puts it on the world's agenda; the story lasts until it is over.
    fn recur(&mut self, boards: &mut impl Boards, order: Recurring, id: Option<Arc<str>>) {
        let lasts = order.every.times(order.times.saturating_sub(1));
        self.busy_until = self.busy_until.max(boards.engine().now().after(lasts));
        boards.submit(Logged::Stimulus(Stimulus::Recurring(order)), id);
    }

    fn must_be_a_group(
        &self,
        engine: &Engine,
        region: &Region,
        group: &Spanned<String>,
    ) -> Result<(), Box<Diagnostic>> {
        let known: Vec<&str> =
            engine.account().services().logs.groups(region).map(|group| &*group.name).collect();
        if known.contains(&group.value.as_str()) {
            return Ok(());
        }
        Err(Box::new(
            Diagnostic::error(
                codes::UNKNOWN_NAME,
                group.span,
                format!("`{}` n'est pas un groupe de journaux de {region}", group.value),
                format!("`{}` is not a log group of {region}", group.value),
            )
            .meant(closest(&group.value, known)),
        ))
    }
}

fn too_many(traffic: &Spanned<Traffic>) -> Diagnostic {
    let span = traffic.lasting.as_ref().map_or(traffic.span, |lasting: &Spanned<Duration>| lasting.span);
    Diagnostic::error(
        codes::BUDGET,
        span,
        format!("chaque message est un appel : {MOST_CALLS} au plus par étape"),
        format!("each message is a call: {MOST_CALLS} at most in a step"),
    )
}
