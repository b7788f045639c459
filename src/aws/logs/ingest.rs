//! What happens when lines arrive: they are kept, counted, and shown to the filters of their group.
//!
//! Each filter looks at each line once, on arrival. What it takes travels: datapoints to CloudWatch, a message to a
//! function. What it saw and did not take is told in one near miss a delivery, with the condition that failed.

use std::sync::Arc;

use super::{
    Logs,
    metric_filter::{Lacking, MetricFilter},
    pattern::{Extracted, Line, Miss, Pattern, Verdict},
    redelivery::first_attempt,
    state::{EVENT_OVERHEAD, Group, MetricFilterState, Minute, StoredEvent},
    subscription::{self, PRINCIPAL, SubscriptionFilter},
};
use crate::{
    aws::{
        Delay, HopPath, Node, Outbox, Parcel, Payload, PayloadKind, Reason, Region, Send, ServiceName,
        arn::{self, Arn},
        counters::{Counters, dimensions},
        note::reasons,
        parcel::{Invoke, LogEvent, Sender, Timer},
        payload::{Datapoint, Dimensions},
    },
    kernel::SimDuration,
};

/// The timer at the end of a minute in which a filter with a default value saw lines; its key is `group:filter`.
pub(super) const MINUTE_ENDS: &str = "metric-filter-minute";
const MINUTE_MS: i64 = 60_000;

impl Logs {
    /// Keeps lines in a group that exists, and shows them to its filters.
    pub(super) fn ingest(
        &mut self,
        region: &Region,
        group: &str,
        stream: &Arc<str>,
        events: &[LogEvent],
        out: &mut Outbox<'_>,
    ) {
        let Self { account_id, regions, counters, .. } = self;
        let Some(group) = regions.get_mut(region).and_then(|groups| groups.get_mut(group)) else { return };
        let kept = group.add(stream, events, out.moment().epoch_ms());
        let lines: Vec<Line<'_>> = kept.iter().map(|event| Line::new(&event.message)).collect();
        let node = Node::new(ServiceName::Logs, region, Arc::clone(&group.name));
        let mut arrival =
            Arrival { account_id, node, stream, kept: &kept, lines: &lines, misses: Vec::new() };
        arrival.count(counters, out);
        for state in group.metric_filters.values_mut() {
            arrival.measure(state, out);
        }
        for filter in group.subscription_filters.values() {
            arrival.forward(filter, counters, out);
        }
        arrival.tell_misses(out);
    }

    /// A function refused lines.
    pub(super) fn count_refused(
        &mut self,
        from: &Node,
        filter: &str,
        metric: &'static str,
        out: &mut Outbox<'_>,
    ) {
        let refused = of_filter(&from.resource, filter);
        self.counters.add_to(&from.region, refused, metric, (1.0, "Count"), out);
    }

    /// A minute ended in which a filter with a default value saw lines.
    pub(super) fn end_minute(&mut self, region: &Region, key: &str, out: &mut Outbox<'_>) {
        let Some((group, filter)) = key.split_once(':') else { return };
        let Some(group) = self.group_mut(region, group) else { return };
        let node = Node::new(ServiceName::Logs, region, Arc::clone(&group.name));
        let now = out.moment().epoch_ms();
        if let Some(state) = group.metric_filters.get_mut(filter)
            && state.minute.is_some_and(|minute| minute.start + MINUTE_MS <= now)
        {
            close_minute(state, &node, out);
        }
    }
}

/// Says of lines that were stored before a filter was made that they will not be counted.
pub(super) fn tell_stored_matches(
    group: &Group,
    filter: &MetricFilter,
    region: &Region,
    out: &mut Outbox<'_>,
) {
    /// How many of the newest lines are looked at. Teaching default.
    const LOOKED_AT: usize = 1_000;
    let events = group.events(out.moment().epoch_ms());
    let newest = events.iter().rev().take(LOOKED_AT);
    let matching = newest.filter(|(_, event)| filter.pattern.matches(&Line::new(&event.message))).count();
    if matching > 0 {
        let from = Node::new(ServiceName::Logs, region, Arc::clone(&group.name));
        let reason = Reason::new(reasons::ALREADY_STORED, format!("{}: {matching}", filter.name));
        out.near_miss(HopPath::LogsMetric, from, metric_node(region, filter), reason);
    }
}

fn metric_node(region: &Region, filter: &MetricFilter) -> Node {
    Node::new(ServiceName::CloudWatch, region, Arc::clone(&filter.transformation.metric_name))
}

/// Remembers the minute in which a filter sees lines, and what it owes when the minute ends.
fn open_minute(state: &mut MetricFilterState, node: &Node, out: &mut Outbox<'_>) {
    let now = out.moment().epoch_ms();
    let start = now.div_euclid(MINUTE_MS) * MINUTE_MS;
    if state.minute.is_some_and(|minute| minute.start == start) {
        return;
    }
    close_minute(state, node, out);
    state.minute = Some(Minute { start, has_match: false });
    if state.filter.transformation.default_value.is_some() {
        let left = SimDuration::from_millis((start + MINUTE_MS - now).unsigned_abs());
        let key = format!("{}:{}", node.resource, state.filter.name);
        out.timer(node.clone(), Timer::Named { name: MINUTE_ENDS, key: key.into() }, left);
    }
}

/// Publishes the default value of a minute in which no line matched.
fn close_minute(state: &mut MetricFilterState, node: &Node, out: &mut Outbox<'_>) {
    let Some(minute) = state.minute.take() else { return };
    let point = state.filter.default_datapoint(minute.start).filter(|_| !minute.has_match);
    publish(point.into_iter().collect(), node, out);
}

/// Sends datapoints of one metric to CloudWatch: one journey, which shows their sum.
fn publish(points: Vec<Datapoint>, from: &Node, out: &mut Outbox<'_>) {
    let Some(first) = points.first() else { return };
    let value = points.iter().map(|point| point.value).sum();
    let shown = Arc::new(Datapoint { value, ..first.clone() });
    let parcel = match points.len() {
        1 => Parcel::Datapoint(Arc::clone(&shown)),
        _ => Parcel::Datapoints(points.into()),
    };
    out.send(Send {
        path: HopPath::LogsMetric,
        from: from.clone(),
        to: Node::new(ServiceName::CloudWatch, &from.region, Arc::clone(&shown.metric_name)),
        payload: Payload::Datapoint(shown),
        parcel,
        delay: Delay::LogsToMetric,
        reference: None,
    });
}

/// Lines of one stream that arrived together.
struct Arrival<'a> {
    account_id: &'a str,
    node: Node,
    stream: &'a Arc<str>,
    kept: &'a [StoredEvent],
    lines: &'a [Line<'a>],
    /// What filters saw and did not take: where it would have gone, and why it did not.
    misses: Vec<(HopPath, Node, Reason)>,
}

/// What a filter makes of an arrival.
struct Seen<'a> {
    taken: Vec<(&'a StoredEvent, &'a Line<'a>, Extracted)>,
    /// How many lines do not match, and why the first of them does not.
    refused: usize,
    why_not: Vec<Miss>,
}

impl<'a> Arrival<'a> {
    fn count(&self, counters: &mut Counters, out: &mut Outbox<'_>) {
        let group = &self.node.resource;
        let bytes: usize = self.kept.iter().map(|event| event.message.len() + EVENT_OVERHEAD).sum();
        let of_group = dimensions(&[("LogGroupName", group)]);
        counters.add(&self.node.region, group, "IncomingLogEvents", self.kept.len() as f64, out);
        counters.add_to(&self.node.region, of_group, "IncomingBytes", (bytes as f64, "Bytes"), out);
    }

    /// Publishes the lines a metric filter counts.
    fn measure(&mut self, state: &mut MetricFilterState, out: &mut Outbox<'_>) {
        open_minute(state, &self.node, out);
        let filter = Arc::clone(&state.filter);
        let seen = self.judge(&filter.pattern);
        let (mut points, mut lacking) = (Vec::new(), None);
        for (_, line, extracted) in &seen.taken {
            match filter.datapoint(line, extracted, out.moment().epoch_ms()) {
                Ok(point) => points.push(point),
                Err(what) => lacking = Some(what),
            }
        }
        if let Some(minute) = &mut state.minute {
            minute.has_match |= !seen.taken.is_empty();
        }
        for points in by_dimensions(points) {
            publish(points, &self.node, out);
        }
        let to = metric_node(&self.node.region, &filter);
        if let Some(what) = lacking {
            let reason =
                Reason::new(reasons::NO_METRIC_VALUE, format!("{}: {}", filter.name, told_lacking(&what)));
            self.misses.push((HopPath::LogsMetric, to, reason));
        } else {
            self.remember(HopPath::LogsMetric, to, &filter.name, &seen);
        }
    }

    /// Sends the lines a subscription filter takes.
    fn forward(&mut self, filter: &SubscriptionFilter, counters: &mut Counters, out: &mut Outbox<'_>) {
        let seen = self.judge(&filter.pattern);
        let function = Arn::parse(&filter.destination_arn).map_or("", |arn| arn.name());
        let to = Node::new(ServiceName::Lambda, &self.node.region, function);
        self.remember(HopPath::LogsLambda, to.clone(), &filter.name, &seen);
        let taken: Vec<&StoredEvent> = seen.taken.iter().map(|(event, ..)| *event).collect();
        if taken.is_empty() {
            return;
        }
        let group = &self.node.resource;
        let message = filter.message(self.account_id, group, self.stream, &taken);
        let source_arn =
            arn::arn("logs", &self.node.region, self.account_id, &format!("log-group:{group}:*"));
        count_forwarded(&self.node, filter, &taken, counters, out);
        out.send(Send {
            path: HopPath::LogsLambda,
            from: self.node.clone(),
            to,
            parcel: Parcel::Invoke(Arc::new(Invoke {
                function_arn: Arc::clone(&filter.destination_arn),
                event: Arc::new(subscription::encode(&message)),
                by: Sender::Service { principal: PRINCIPAL.into(), source_arn: source_arn.into() },
            })),
            payload: Payload::json(PayloadKind::Mission, Arc::clone(&filter.name), message),
            delay: Delay::LogsToLambda,
            reference: Some(first_attempt(&filter.name, out.now())),
        });
    }

    fn judge(&self, pattern: &Pattern) -> Seen<'a> {
        let mut seen = Seen { taken: Vec::new(), refused: 0, why_not: Vec::new() };
        for (event, line) in self.kept.iter().zip(self.lines) {
            match pattern.judge(line) {
                Verdict::Match(extracted) => seen.taken.push((event, line, extracted)),
                Verdict::NoMatch(misses) => {
                    seen.refused += 1;
                    if seen.why_not.is_empty() {
                        seen.why_not = misses;
                    }
                }
            }
        }
        seen
    }

    fn remember(&mut self, path: HopPath, to: Node, filter: &str, seen: &Seen<'_>) {
        if seen.refused > 0 {
            let why = told(&seen.why_not);
            let detail = format!("{filter}: {}/{}, {why}", seen.refused, self.kept.len());
            self.misses.push((path, to, Reason::new(reasons::PATTERN_NOT_MATCHED, detail)));
        }
    }

    /// One near miss for the whole delivery, so that a busy log does not flood the ledger.
    fn tell_misses(self, out: &mut Outbox<'_>) {
        let mut misses = self.misses.into_iter();
        let Some((path, to, first)) = misses.next() else { return };
        let details = std::iter::once(first.detail).chain(misses.map(|(_, _, reason)| reason.detail));
        let detail = details.collect::<Vec<_>>().join("; ");
        out.near_miss(path, self.node, to, Reason::new(first.code, detail));
    }
}

/// Datapoints of the same dimensions together, in the order they came.
fn by_dimensions(points: Vec<Datapoint>) -> Vec<Vec<Datapoint>> {
    let mut metrics: Vec<Vec<Datapoint>> = Vec::new();
    for point in points {
        match metrics.iter_mut().find(|metric| metric[0].dimensions == point.dimensions) {
            Some(metric) => metric.push(point),
            None => metrics.push(vec![point]),
        }
    }
    metrics
}

/// The dimensions of the metrics about a subscription filter.
fn of_filter(group: &str, filter: &str) -> Dimensions {
    dimensions(&[("DestinationType", "Lambda"), ("FilterName", filter), ("LogGroupName", group)])
}

fn count_forwarded(
    node: &Node,
    filter: &SubscriptionFilter,
    taken: &[&StoredEvent],
    counters: &mut Counters,
    out: &mut Outbox<'_>,
) {
    let of_filter = of_filter(&node.resource, &filter.name);
    let bytes: usize = taken.iter().map(|event| event.message.len()).sum();
    let events = (taken.len() as f64, "Count");
    counters.add_to(&node.region, Arc::clone(&of_filter), "ForwardedLogEvents", events, out);
    counters.add_to(&node.region, of_filter, "ForwardedBytes", (bytes as f64, "Bytes"), out);
}

/// The conditions that failed: what was expected of which field, and what was there.
fn told(misses: &[Miss]) -> String {
    /// Alternatives shown of a long chain of `||`. Teaching default.
    const SHOWN: usize = 3;
    let one = |miss: &Miss| {
        let actual = miss.actual.as_deref().unwrap_or("∅");
        format!("{} {} ≠ {actual}", miss.field, miss.expected)
    };
    misses.iter().take(SHOWN).map(one).collect::<Vec<_>>().join(" | ")
}

fn told_lacking(what: &Lacking) -> String {
    format!("{} = {}", what.field, what.actual.as_deref().unwrap_or("∅"))
}
