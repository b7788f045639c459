//! CloudWatch looks at its metric alarms: every minute, every ten seconds or every hour, each by its own settings.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{
    Alarm, Regional,
    alarm::{Kind, MetricAlarm, StateReason},
    change::{Actions, Origin, Telling},
    configuration::Watched,
    evaluation::State,
    look::{Look, SeenSlot},
    metrics::Metrics,
    reason, times,
    window::Looked,
};
use crate::{
    aws::{Delay, Node, Note, Outbox, Region, ServiceName, parcel::Timer, timestamps},
    kernel::{Cause, HopId, SimDuration, SimTime},
};

/// The timer of an alarm's first look after it was configured.
pub(super) const FIRST_LOOK: &str = "first-look";
const MINUTE_MS: i64 = 60_000;
const TEN_SECONDS_MS: i64 = 10_000;

/// The next look at all alarms that are due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NextLook {
    /// The end of the newest period it looks at, epoch milliseconds.
    until: i64,
    /// When it happens: a little later, so that the datapoints are there.
    at: SimTime,
}

impl Regional {
    /// Looks at an alarm that was just configured, soon, and then as often as the others.
    pub(super) fn look_at_new(
        &mut self,
        region: &Region,
        name: &Arc<str>,
        is_update: bool,
        out: &mut Outbox<'_>,
    ) {
        let Some(alarm) = self.alarms.get(name) else { return };
        let node = alarm.node.clone();
        let wait = out.delay(Delay::AlarmEvaluation);
        let timer = match (&alarm.kind, is_update) {
            (Kind::Metric(_), _) => FIRST_LOOK,
            (Kind::Composite(_), false) => super::cascade::CREATED,
            (Kind::Composite(_), true) => super::cascade::UPDATED,
        };
        out.timer(node, Timer::Named { name: timer, key: Arc::clone(name) }, wait);
        self.arm(region, out);
    }

    /// Sets the timer for the next look, unless one as early is under way.
    fn arm(&mut self, region: &Region, out: &mut Outbox<'_>) {
        let now = out.moment().epoch_ms();
        let Some(tick) = self.tick_ms() else { return };
        let until = (now.div_euclid(tick) + 1) * tick;
        if self.next_look.is_none_or(|next| until < next.until) {
            let wait = out.delay(Delay::AlarmEvaluation).plus(SimDuration::from_millis((until - now) as u64));
            self.set_timer(until, wait, region, out);
        }
    }

    fn set_timer(&mut self, until: i64, wait: SimDuration, region: &Region, out: &mut Outbox<'_>) {
        self.next_look = Some(NextLook { until, at: out.now().after(wait) });
        out.timer(Node::new(ServiceName::CloudWatch, region, "alarms"), Timer::EvaluateAlarms, wait);
    }

    /// Every minute, or every ten seconds where an alarm has a shorter period than a minute; never without alarms.
    fn tick_ms(&self) -> Option<i64> {
        let cadences = self.alarms.values().filter_map(Alarm::metric).map(|it| it.configuration.cadence_ms());
        cadences.min().map(|cadence| if cadence < MINUTE_MS { TEN_SECONDS_MS } else { MINUTE_MS })
    }

    /// A timer for all alarms fired; one that was set for later than need be finds nothing to do.
    pub(super) fn look_at_due(&mut self, account_id: &str, region: &Region, out: &mut Outbox<'_>) {
        let Some(NextLook { until, .. }) = self.next_look.take_if(|next| next.at == out.now()) else {
            return;
        };
        let is_due = |metric: &MetricAlarm| until.rem_euclid(metric.configuration.cadence_ms()) == 0;
        self.look_at(account_id, region, out, until, |_, metric| is_due(metric));
        if let Some(tick) = self.tick_ms() {
            let next = (until.div_euclid(tick) + 1) * tick;
            self.set_timer(next, SimDuration::from_millis((next - until) as u64), region, out);
        }
    }

    /// The first look at an alarm after it was configured.
    pub(super) fn look_at_first(
        &mut self,
        name: &str,
        account_id: &str,
        region: &Region,
        out: &mut Outbox<'_>,
    ) {
        let waited = out.delay(Delay::AlarmEvaluation).as_millis() as i64;
        let configured_at = out.moment().epoch_ms() - waited;
        let metric = self.alarms.get(name).and_then(Alarm::metric);
        let Some(tick) = metric.map(|metric| metric.configuration.cadence_ms()) else { return };
        let until = configured_at.div_euclid(tick) * tick;
        self.look_at(account_id, region, out, until, |alarm, _| *alarm == *name);
    }

    fn look_at(
        &mut self,
        account_id: &str,
        region: &Region,
        out: &mut Outbox<'_>,
        until: i64,
        is_due: impl Fn(&str, &MetricAlarm) -> bool,
    ) {
        let Self { metrics, alarms, history, .. } = self;
        let mut looked = Looked::default();
        let mut changed = Vec::new();
        let mut telling = Telling { account_id, region, history, out };
        for (name, alarm) in alarms {
            let Kind::Metric(metric) = &mut alarm.kind else { continue };
            if is_due(name, metric) {
                let hop = telling.evaluate(alarm, metrics, &mut looked, until);
                changed.extend(hop.map(|hop| (Arc::clone(name), hop)));
            }
        }
        self.cascade(changed, account_id, region, out);
    }
}

impl Telling<'_, '_> {
    /// One look of one alarm, at the periods that end at `until`.
    fn evaluate(
        &mut self,
        alarm: &mut Alarm,
        metrics: &Metrics,
        looked: &mut Looked,
        until: i64,
    ) -> Option<HopId> {
        let (state, configured_by) = (alarm.state(), alarm.cause);
        let Kind::Metric(metric) = &mut alarm.kind else { return None };
        if let (None, Watched::Metric(stat)) = (metric.series, &metric.configuration.watched) {
            metric.series = metrics.position(&stat.metric);
        }
        looked.read(&metric.configuration, metrics, metric.series, until);
        let verdict = looked.judge(&metric.configuration, state);
        let cause = looked.newest_cause.unwrap_or(configured_by);
        let look = Look::new(&metric.criteria, looked, &verdict, metric.last_look.as_ref());
        let seen = metric.last_look.insert(look.clone());
        self.out.with_cause(cause, |out| out.note(Note::Evaluation(look)));
        if verdict.state == state {
            return None;
        }
        let at = self.out.moment().utc;
        let new = StateReason {
            state: verdict.state,
            reason: reason::sentence(&metric.configuration, looked, &verdict).into(),
            data: Some(reason::data(&metric.configuration, looked, &verdict, at).to_string().into()),
            suppressed_by: None,
            at,
        };
        let from = Node { resource: metric.configuration.subject(), ..alarm.node.clone() };
        let origin = Origin { from, cause, evidence: ("datapoints", shown(seen)) };
        self.become_state(alarm, new, origin, Actions::Run)
    }
}

/// The periods looked at, oldest first, for whoever opens the hop.
fn shown(look: &Look) -> Value {
    let one = |slot: SeenSlot| {
        let start = timestamps::from_epoch_ms(slot.start);
        json!({ "timestamp": times::in_data(start), "value": slot.value, "reading": slot.reading })
    };
    look.slots().map(one).collect()
}

impl Regional {
    /// Sets a state by hand: actions run when it is another one, and the next evaluation may undo it.
    pub(super) fn force(
        &mut self,
        name: &str,
        new: StateReason,
        account_id: &str,
        region: &Region,
        out: &mut Outbox<'_>,
    ) {
        let cause: Cause = out.cause();
        let suppression = self.suppression_of(name, new.state);
        let Some(alarm) = self.alarms.get_mut(name) else { return };
        let origin = Origin::by_hand(alarm, cause);
        let mut telling = Telling { account_id, region, history: &mut self.history, out };
        let new = StateReason { suppressed_by: suppression, ..new };
        let actions = telling.hold(alarm, suppression);
        let changed = telling.become_state(alarm, new, origin, actions);
        let name = Arc::clone(&alarm.name);
        self.cascade(changed.map(|hop| (name, hop)).into_iter().collect(), account_id, region, out);
    }

    /// The state of an alarm.
    pub(super) fn state_of(&self, name: &str) -> Option<State> {
        self.alarms.get(name).map(Alarm::state)
    }
}
