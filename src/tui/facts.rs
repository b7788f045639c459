//! What the account looks like at a stop of the story: the part of the picture that hops alone do not tell.

use std::sync::Arc;

use super::schedule::{Item, Stop};
use crate::{
    aws::{
        HopPath, Region, ServiceName,
        call::InputKind,
        cloudwatch::{evaluation::Bounds, sample::Observed},
        eventbridge::{DEFAULT_BUS, RuleState},
        registry::Services,
    },
    engine::Engine,
    kernel::SimTime,
    lesson::{narration::km_per_hour, session::Session},
};

/// A metric and the alarm on it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RadarFacts {
    /// The last CPU reading, percent.
    pub cpu: Option<f64>,
    /// Datapoints of the window that breach, and how many the window has; zero without an alarm.
    pub lit: u32,
    pub lamps: u32,
    pub state: Option<String>,
    pub alarm: String,
}

/// The account at one stop.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    pub region: String,
    pub radar: Option<RadarFacts>,
    /// Rules of the default bus and whether each is enabled.
    pub rules: Vec<(String, bool)>,
    /// Config rules and their verdicts.
    pub checklist: Vec<(String, String)>,
    pub non_compliant: u64,
    pub recorder_on: bool,
    pub vault_public: Option<bool>,
    /// A port of the security group at the gate, and whether the world may pass.
    pub gate: Option<(String, bool)>,
    /// Mail addresses of the story, in a settled order.
    pub addresses: Vec<String>,
    /// Event names of the set-up, newest first, greyed.
    pub before: Vec<String>,
    pub dropped: u32,
    /// The speed the cars had when the story opened.
    pub resting_kmh: u32,
}

/// The facts before the first stop, then after each: one run through the story beside the one on screen.
pub fn along(session: &Session, stops: &[Stop]) -> Vec<Arc<Facts>> {
    let mut run = session.timeline().rewound();
    let story = Story::of(session);
    let mut all = vec![Arc::new(story.facts(run.engine()))];
    let mut at = run.now();
    for (index, stop) in stops.iter().enumerate() {
        // A reading shows once it has landed, a moment after it left.
        let next = stops.get(index + 1).map_or(SimTime::from_millis(u64::MAX), |next| next.at);
        let lands = match stop.item {
            Item::Hop(id) if session.ledger().hop(id).path == HopPath::ResMetric => {
                session.ledger().hop(id).due_at
            }
            _ => stop.at,
        };
        let shown = lands.min(next).max(stop.at);
        if shown > at {
            at = shown;
            run.run_until(at);
            let facts = story.facts(run.engine());
            let last = all.last().expect("the facts before the first stop are there");
            all.push(if **last == facts { Arc::clone(last) } else { Arc::new(facts) });
        } else {
            all.push(Arc::clone(all.last().expect("the facts before the first stop are there")));
        }
    }
    all
}

/// What stays the same for a whole story.
struct Story {
    region: Region,
    addresses: Vec<String>,
    before: Vec<String>,
    /// The car on the radar: the instance whose load the story drives, else the first.
    car: Option<Arc<str>>,
    resting_kmh: u32,
}

impl Story {
    fn of(session: &Session) -> Self {
        let ledger = session.ledger();
        let start = session.story_start();
        let mut addresses: Vec<String> = Vec::new();
        for hop in ledger.hops() {
            let node = ledger.node(hop.to);
            if node.service == ServiceName::Outside && node.resource.contains('@') {
                let address = node.resource.to_string();
                if !addresses.contains(&address) {
                    addresses.push(address);
                }
            }
        }
        let before = ledger
            .hops()
            .iter()
            .rev()
            .filter(|hop| hop.path == HopPath::ApiTrail && hop.sent_at < start)
            .take(12)
            .map(|hop| hop.payload.title().into_owned())
            .collect();
        let driven = ledger.inputs().iter().find_map(|input| match &input.body.kind {
            InputKind::World { kind: "load", subject } if input.at >= start => Some(Arc::clone(subject)),
            _ => None,
        });
        let engine = session.engine();
        let region = session.introduction().region().clone();
        let first = || {
            let mut instances = engine.account().services().ec2.metric_sources();
            instances.find(|instance| instance.region == region).map(|instance| instance.instance_id)
        };
        let car = driven.or_else(first);
        let resting = car.as_ref().and_then(|car| {
            let at_rest = session.timeline().rewound();
            at_rest.engine().level(car, "CPUUtilization")
        });
        Self { addresses, before, resting_kmh: resting.map_or(0, km_per_hour), car, region }
    }

    fn facts(&self, engine: &Engine) -> Facts {
        let services = engine.account().services();
        let region = &self.region;
        let checklist = checklist(services, region);
        Facts {
            region: region.to_string(),
            radar: self.radar(engine),
            rules: services
                .eventbridge
                .rules(region, DEFAULT_BUS)
                .map(|rule| (rule.name.to_string(), rule.state != RuleState::Disabled))
                .collect(),
            non_compliant: checklist.iter().filter(|(_, verdict)| verdict == "NON_COMPLIANT").count() as u64,
            recorder_on: services.config.recorder(region).is_some_and(|recorder| recorder.is_recording),
            checklist,
            vault_public: services
                .s3
                .bucket_names()
                .next()
                .map(|_| services.s3.bucket_names().any(|bucket| services.s3.is_public(bucket))),
            gate: gate(services, region),
            addresses: self.addresses.clone(),
            before: self.before.clone(),
            dropped: 0,
            resting_kmh: self.resting_kmh,
        }
    }

    fn radar(&self, engine: &Engine) -> Option<RadarFacts> {
        let cloudwatch = &engine.account().services().cloudwatch;
        let now_ms = engine.moment().epoch_ms();
        let cpu_of = |id: &str| {
            cloudwatch
                .metrics(&self.region)
                .find(|(key, _)| &*key.name == "CPUUtilization" && key.dimension("InstanceId") == Some(id))
                .and_then(|(_, series)| series.newest())
                .map(|sample| match &sample.observed {
                    Observed::One(value) => *value,
                    Observed::Many(_) => f64::NAN,
                })
        };
        let cpu = self.car.as_deref().and_then(cpu_of);
        let watching = cloudwatch.alarms(&self.region).find_map(|alarm| Some((alarm, alarm.metric()?)));
        let Some((alarm, metric)) = watching else {
            return cpu.map(|cpu| RadarFacts { cpu: Some(cpu), ..RadarFacts::default() });
        };
        let it = &metric.configuration;
        let period_ms = i64::from(it.period_s) * 1_000;
        let until = now_ms.div_euclid(period_ms) * period_ms;
        let from = until - period_ms * i64::from(it.evaluation_periods);
        let points = it
            .metric()
            .and_then(|stat| Some((stat, cloudwatch.series(&self.region, &stat.metric)?)))
            .map(|(stat, series)| series.by_period(from, until, period_ms, stat.statistic, stat.unit))
            .unwrap_or_default();
        let bounds = Bounds { lower: it.fixed_threshold(), upper: it.fixed_threshold() };
        let lit = points.iter().filter(|(_, value)| it.comparison.breaches(*value, bounds)).count();
        let instance = it.metric().and_then(|stat| stat.metric.dimension("InstanceId"));
        Some(RadarFacts {
            cpu: instance.and_then(cpu_of).or(cpu),
            lit: lit as u32,
            lamps: it.evaluation_periods,
            state: Some(alarm.state().as_str().to_owned()),
            alarm: alarm.name.to_string(),
        })
    }
}

/// Each rule's worst verdict.
fn checklist(services: &Services, region: &Region) -> Vec<(String, String)> {
    services
        .config
        .rules(region)
        .iter()
        .map(|rule| {
            let verdicts: Vec<&str> = services
                .config
                .compliance(region)
                .filter(|result| result.rule == rule.name)
                .map(|result| result.compliance.as_str())
                .collect();
            let worst = ["NON_COMPLIANT", "COMPLIANT"].into_iter().find(|verdict| verdicts.contains(verdict));
            (rule.name.to_string(), worst.unwrap_or("?").to_owned())
        })
        .collect()
}

/// The port that tells most: one the world may use, else SSH, else the first there is.
fn gate(services: &Services, region: &Region) -> Option<(String, bool)> {
    let ways = services.ec2.ways_in(region);
    let open = ways.iter().rev().find(|way| way.from_anywhere);
    let ssh = || ways.iter().find(|way| way.ports == "22");
    open.or_else(ssh).or_else(|| ways.first()).map(|way| (way.ports.clone(), way.from_anywhere))
}
