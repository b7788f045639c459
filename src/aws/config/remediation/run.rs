//! How a document runs: its role is taken on, then one call follows another, each when the one before was answered.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Value, json};

use super::{
    Exception, Execution, Remediation, State, Step,
    documents::{Document, Inputs},
};
use crate::{
    aws::{
        ApiCall, Delay, HopPath, Node, Outbox, Parcel, Payload, PayloadKind, Principal, Reason, Region,
        ServiceName, Via,
        arn::Arn,
        config::{Compliance, Config, EvaluationResult, state::Key, timers},
        note::reasons,
        outbox::Send,
        parcel::Receipt,
    },
    kernel::SimDuration,
};

/// Systems Manager, which runs automations.
const RUNNER: &str = "ssm.amazonaws.com";

/// The parameter that names the role an automation acts by.
pub(super) const ROLE: &str = "AutomationAssumeRole";

/// The step in which that role is taken on: not one of the document's own.
const ASSUME: &str = "AssumeRole";

/// A verdict stands: a resource that does not comply is repaired if that is automatic, and nobody says otherwise.
pub(in crate::aws::config) fn react(
    config: &mut Config,
    region: &Region,
    result: &EvaluationResult,
    out: &mut Outbox<'_>,
) {
    let utc = out.moment().utc;
    let remediations = &mut config.state_mut(region).remediations;
    let id = (Arc::clone(&result.rule), result.key());
    if result.compliance != Compliance::NonCompliant {
        if let Some(execution) = remediations.executions.get_mut(&id).filter(|it| it.state.is_over()) {
            execution.attempt = 0;
        }
        return;
    }
    let Some(remediation) = remediations.configurations.get(&result.rule).map(Arc::clone) else { return };
    if remediation.resource_type.as_ref().is_some_and(|kept| *kept != result.resource_type) {
        return;
    }
    let exception = remediations.exceptions.get(&id).filter(|it| it.expires.is_none_or(|at| at > utc));
    let held_back = if remediation.is_automatic {
        exception
            .map(|it| Reason::new(reasons::REMEDIATION_EXCEPTION, it.message.clone().unwrap_or_default()))
    } else {
        Some(Reason::new(reasons::REMEDIATION_NOT_AUTOMATIC, remediation.document.name))
    };
    match held_back {
        Some(reason) => {
            let from = Node::new(ServiceName::Config, region, Arc::clone(&result.rule));
            let to = Node::new(
                ServiceName::owning(&result.resource_type),
                region,
                Arc::clone(&result.resource_id),
            );
            out.near_miss(HopPath::ConfigApi, from, to, reason);
        }
        None => start(config, region, &remediation, &result.key(), None, out),
    }
}

/// Runs a document on a resource, unless it is running already. Without a role of its own it acts as `caller`.
pub(super) fn start(
    config: &mut Config,
    region: &Region,
    remediation: &Remediation,
    key: &Key,
    caller: Option<&Principal>,
    out: &mut Outbox<'_>,
) {
    let id = (Arc::clone(&remediation.rule), key.clone());
    let executions = &mut config.state_mut(region).remediations.executions;
    let before = executions.get(&id);
    if before.is_some_and(|execution| !execution.state.is_over()) {
        return;
    }
    let attempt = before.map_or(0, |execution| execution.attempt) + 1;
    let role = remediation.value(ROLE, &key.1);
    let session = format!("Automation-{}", out.uuid());
    let by = match (role.as_deref().map(role_name), caller) {
        (Some(role), _) => Principal::role(role, &session),
        (None, Some(caller)) => caller.clone(),
        (None, None) => Principal::service(RUNNER),
    };
    let utc = out.moment().utc;
    let execution = Execution {
        state: State::Queued,
        steps: Vec::new(),
        answers: Vec::new(),
        by,
        attempt,
        invoked: utc,
        updated: utc,
    };
    executions.insert(id, execution);
    match role {
        Some(role) => {
            let parameters = json!({ "RoleArn": role, "RoleSessionName": session });
            let assume = (ASSUME, ServiceName::Sts, "AssumeRole", parameters);
            send(config, region, remediation, key, assume, out);
        }
        None => advance(config, region, remediation, key, out),
    }
}

fn role_name(arn: &str) -> &str {
    Arn::parse(arn).map_or(arn, |arn| arn.resource.rsplit('/').next().unwrap_or(arn.resource))
}

/// Makes the next call of a document, or ends it.
fn advance(config: &mut Config, region: &Region, remediation: &Remediation, key: &Key, out: &mut Outbox<'_>) {
    let id = (Arc::clone(&remediation.rule), key.clone());
    let utc = out.moment().utc;
    let values = values(remediation, key);
    loop {
        let Some(execution) = config.state_mut(region).remediations.executions.get_mut(&id) else { return };
        execution.updated = utc;
        let document: &Document = remediation.document;
        let Some(template) = document.steps.get(execution.answers.len()) else {
            execution.state = State::Succeeded;
            return;
        };
        execution.state = State::InProgress;
        let inputs = Inputs { parameters: &values, answers: &execution.answers };
        if let Some(parameters) = (template.call)(&inputs) {
            let call = (template.name, template.service, template.operation, parameters);
            send(config, region, remediation, key, call, out);
            return;
        }
        // Nothing to do in this step.
        execution.answers.push(Arc::new(Value::Null));
        let step =
            Step { name: template.name, state: "SUCCEEDED", error: None, started: utc, stopped: Some(utc) };
        execution.steps.push(step);
    }
}

/// The values of the document's parameters for a resource.
fn values(remediation: &Remediation, key: &Key) -> BTreeMap<&'static str, String> {
    let parameters = remediation.document.parameters.iter();
    parameters
        .filter_map(|parameter| {
            let default = || parameter.default.map(str::to_owned);
            Some((parameter.name, remediation.value(parameter.name, &key.1).or_else(default)?))
        })
        .collect()
}

fn send(
    config: &mut Config,
    region: &Region,
    remediation: &Remediation,
    key: &Key,
    (step, service, operation, parameters): (&'static str, ServiceName, &'static str, Value),
    out: &mut Outbox<'_>,
) {
    let id = (Arc::clone(&remediation.rule), key.clone());
    let Some(execution) = config.state_mut(region).remediations.executions.get_mut(&id) else { return };
    let started = out.moment().utc;
    execution.steps.push(Step { name: step, state: "IN_PROGRESS", error: None, started, stopped: None });
    let by = if step == ASSUME { Principal::service(RUNNER) } else { execution.by.clone() };
    let body = json!({
        "document": remediation.document.name,
        "step": step,
        "attempt": execution.attempt,
        "service": service.cli(),
        "operation": operation,
        "by": by.name(),
        "parameters": &parameters,
    });
    let call = ApiCall {
        by,
        via: Via::service(RUNNER),
        region: region.clone(),
        service,
        operation: operation.into(),
        parameters,
    };
    out.send(Send {
        path: HopPath::ConfigApi,
        from: Node::new(ServiceName::Config, region, Arc::clone(&remediation.rule)),
        to: Node::new(service, region, Arc::clone(&key.1)),
        payload: Payload::json(PayloadKind::Mission, operation, body),
        parcel: Parcel::Call(Arc::new(call)),
        delay: Delay::RemediationStep,
        reference: Some(format!("{}\n{}\n{}", remediation.rule, key.0, key.1).into()),
    });
}

/// A call has been answered: the document goes on, or has failed.
pub(in crate::aws::config) fn call_was_made(config: &mut Config, receipt: &Receipt, out: &mut Outbox<'_>) {
    let region = receipt.from.region.clone();
    let Some((rule, key)) = receipt.reference.as_deref().and_then(target) else { return };
    let utc = out.moment().utc;
    let remediations = &mut config.state_mut(&region).remediations;
    let Some(remediation) = remediations.configurations.get(&rule).map(Arc::clone) else { return };
    let Some(execution) = remediations.executions.get_mut(&(rule, key.clone())) else { return };
    let Some(step) = execution.steps.last_mut() else { return };
    execution.updated = utc;
    step.stopped = Some(utc);
    step.error = receipt.refused.as_ref().map(|reason| Arc::clone(&reason.detail));
    step.state = if step.error.is_some() { "FAILED" } else { "SUCCEEDED" };
    let is_assumption = step.name == ASSUME;
    let template = remediation.document.steps.get(execution.answers.len());
    let may_go_on = !is_assumption && template.is_some_and(|template| template.goes_on);
    if step.error.is_some() && !may_go_on {
        execution.state = State::Failed;
        fail(config, &region, &remediation, &key, out);
        return;
    }
    if !is_assumption {
        execution.answers.push(receipt.answer.clone().unwrap_or_default());
    }
    advance(config, &region, &remediation, &key, out);
}

/// An automatic remediation that failed is tried again, so often that all attempts fall within the time given; then the
/// resource is left alone until somebody lifts the exception.
fn fail(config: &mut Config, region: &Region, remediation: &Remediation, key: &Key, out: &mut Outbox<'_>) {
    let id = (Arc::clone(&remediation.rule), key.clone());
    let remediations = &mut config.state_mut(region).remediations;
    let Some(execution) = remediations.executions.get(&id).filter(|_| remediation.is_automatic) else {
        return;
    };
    if execution.attempt < remediation.max_attempts {
        let wait = SimDuration::from_millis(remediation.retry_s * 1_000 / remediation.max_attempts);
        timers::arm_attempt(region, &remediation.rule, key, wait, out);
        return;
    }
    let message: Arc<str> =
        format!("Remediation failed {} times; it is not tried again.", execution.attempt).into();
    let from = Node::new(ServiceName::Config, region, Arc::clone(&remediation.rule));
    let to = Node::new(ServiceName::owning(&key.0), region, Arc::clone(&key.1));
    out.near_miss(
        HopPath::ConfigApi,
        from,
        to,
        Reason::new(reasons::RETRIES_EXHAUSTED, Arc::clone(&message)),
    );
    remediations.exceptions.insert(id, Exception { message: Some(message), expires: None });
}

/// The time for another attempt has come, if it is still wanted.
pub(in crate::aws::config) fn attempt_again(
    config: &mut Config,
    target_key: &str,
    region: &Region,
    out: &mut Outbox<'_>,
) {
    let Some((rule, key)) = target(target_key) else { return };
    let state = config.state_mut(region);
    let still_fails =
        state.result(&rule, &key).is_some_and(|result| result.compliance == Compliance::NonCompliant);
    let remediation = state.remediations.configurations.get(&rule).map(Arc::clone);
    if let Some(remediation) = remediation.filter(|it| it.is_automatic && still_fails) {
        start(config, region, &remediation, &key, None, out);
    }
}

/// The rule and the resource in `rule\ntype\nid`.
fn target(text: &str) -> Option<(Arc<str>, Key)> {
    let mut parts = text.splitn(3, '\n').map(Arc::<str>::from);
    Some((parts.next()?, (parts.next()?, parts.next()?)))
}
