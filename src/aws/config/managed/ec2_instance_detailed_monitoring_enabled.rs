//! `ec2-instance-detailed-monitoring-enabled`: instances publish their metrics every minute.

use super::{ManagedRule, Subject, Verdict};

pub(super) const RULE: ManagedRule = ManagedRule {
    identifier: "EC2_INSTANCE_DETAILED_MONITORING_ENABLED",
    name: "ec2-instance-detailed-monitoring-enabled",
    resource_types: &["AWS::EC2::Instance"],
    is_periodic: false,
    parameters: &[],
    judge,
};

fn judge(subject: &Subject<'_>) -> Verdict {
    let state = subject.text("/monitoring/state").unwrap_or("disabled");
    let is_enabled = matches!(state, "enabled" | "pending");
    Verdict::unless((!is_enabled).then(|| format!("Detailed monitoring is {state}.")))
}
