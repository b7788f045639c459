//! What an email subscriber reads.

use std::fmt::Write;

use serde_json::Value;

use super::Change;
use crate::aws::cloudwatch::{
    alarm::Kind,
    composite::Composite,
    configuration::{Configuration, Threshold, Watched},
    math::{MetricStat, Queries, Source},
    times,
    unit::Unit,
};

/// How many children a mail names.
const CHILDREN_NAMED: usize = 10;

impl Change<'_> {
    /// What an email subscriber reads.
    pub fn mail(&self) -> String {
        match &self.alarm.kind {
            Kind::Metric(metric) => self.mail_of_metric(&metric.configuration),
            Kind::Composite(composite) => self.mail_of_composite(composite),
        }
    }

    fn mail_of_metric(&self, it: &Configuration) -> String {
        let (alarm, state) = (self.alarm, self.alarm.current.state);
        let (region, name, reason) = (self.region.display_name(), &alarm.name, &alarm.current.reason);
        let at = times::in_mail(alarm.current.at);
        let mut text = format!(
            "You are receiving this email because your Amazon CloudWatch Alarm \"{name}\" in the {region} region \
             has entered the {state} state, because \"{reason}\" at \"{at}\".\n\n"
        );
        self.link(&mut text);
        line(&mut text, "Name", name);
        line(&mut text, "Description", alarm.reactions.description.as_deref().unwrap_or_default());
        line(&mut text, "State Change", &format!("{} -> {state}", self.previous.state));
        self.particulars(&mut text, &at);
        threshold(it, &mut text);
        match &it.watched {
            Watched::Metric(stat) => monitored_metric(stat, it, &mut text),
            Watched::Math { queries, .. } => monitored_metrics(queries, it, &mut text),
        }
        self.actions(&mut text);
        text
    }

    fn mail_of_composite(&self, it: &Composite) -> String {
        let (alarm, state) = (self.alarm, self.alarm.current.state);
        let (region, name, reason) = (self.region.display_name(), &alarm.name, &alarm.current.reason);
        let at = times::in_mail(alarm.current.at);
        let mut text = format!(
            "You are receiving this email because your Amazon CloudWatch Alarm \"{name}\" in the {region} region \
             has transitioned to {state} state on {at}, because \"{reason}\".\n\n"
        );
        self.link(&mut text);
        line(&mut text, "Name", name);
        line(&mut text, "Description", alarm.reactions.description.as_deref().unwrap_or_default());
        line(&mut text, "State Change", &format!("{} -> {state}", self.previous.state));
        line(&mut text, "Alarm Rule", &it.rule.text);
        self.particulars(&mut text, &at);
        let _ = writeln!(text, "\nTriggering children (max. {CHILDREN_NAMED}):");
        for child in self.triggering_alarms().iter().take(CHILDREN_NAMED) {
            let of =
                |pointer: &str| child.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
            let _ =
                writeln!(text, "- {} ({} since {})", of("/arn"), of("/state/value"), of("/state/timestamp"));
        }
        self.actions(&mut text);
        text
    }

    fn link(&self, text: &mut String) {
        let (code, name) = (self.region, &self.alarm.name);
        let _ = write!(
            text,
            "View this alarm in the AWS Management Console:\n\
             https://{code}.console.aws.amazon.com/cloudwatch/deeplink.js?region={code}#alarmsV2:alarm/{}\n\n\
             Alarm Details:\n",
            name.replace(' ', "%20")
        );
    }

    fn particulars(&self, text: &mut String, at: &str) {
        line(text, "Reason for State Change", &self.alarm.current.reason);
        line(text, "Timestamp", at);
        line(text, "AWS Account", self.account_id);
        line(text, "Alarm Arn", &self.alarm.arn);
    }

    fn actions(&self, text: &mut String) {
        let it = &self.alarm.reactions;
        text.push_str("\nState Change Actions:\n");
        for (label, actions) in [
            ("OK", &it.ok_actions),
            ("ALARM", &it.alarm_actions),
            ("INSUFFICIENT_DATA", &it.insufficient_data_actions),
        ] {
            let list = if actions.is_empty() { String::new() } else { format!("[{}]", actions.join(", ")) };
            let _ = writeln!(text, "- {label}: {list}");
        }
    }
}

fn line(text: &mut String, label: &str, value: &str) {
    let _ = writeln!(text, "{:<30}{value}", format!("- {label}:"));
}

fn threshold(it: &Configuration, text: &mut String) {
    let (needed, window) = (it.settings().needed, it.evaluation_periods);
    let bound = match (it.threshold, &it.watched) {
        (Threshold::Band(band), Watched::Math { queries, .. }) => queries.list()[band].label().to_owned(),
        _ => it.fixed_threshold().map(times::number).unwrap_or_default(),
    };
    let _ = write!(
        text,
        "\nThreshold:\n- The alarm is in the ALARM state when the metric is {} {bound} for at least {needed} of the \
         last {window} period(s) of {} seconds.\n",
        it.comparison.as_str(),
        it.period_s
    );
}

fn monitored_metric(stat: &MetricStat, it: &Configuration, text: &mut String) {
    text.push_str("\nMonitored Metric:\n");
    line(text, "MetricNamespace", &stat.metric.namespace);
    line(text, "MetricName", &stat.metric.name);
    line(text, "Dimensions", &dimensions(stat));
    line(text, "Period", &format!("{} seconds", stat.period_s));
    line(text, "Statistic", &stat.statistic.to_string());
    line(text, "Unit", stat.unit.map_or("not specified", Unit::as_str));
    line(text, "TreatMissingData", it.treatment().as_str());
}

fn monitored_metrics(queries: &Queries, it: &Configuration, text: &mut String) {
    text.push_str("\nMonitored Metrics:\n");
    for query in queries.list() {
        let shown = match &query.source {
            Source::Expression { text, .. } => text.to_string(),
            Source::Metric(stat) => format!(
                "{} {} {} {} over {} seconds",
                stat.metric.namespace,
                stat.metric.name,
                dimensions(stat),
                stat.statistic,
                stat.period_s
            ),
        };
        line(text, &format!("MetricExpression/{}", query.id), &shown);
    }
    line(text, "TreatMissingData", it.treatment().as_str());
}

fn dimensions(stat: &MetricStat) -> String {
    let list: Vec<String> =
        stat.metric.dimensions().iter().map(|(name, value)| format!("{name} = {value}")).collect();
    format!("[{}]", list.join(", "))
}
