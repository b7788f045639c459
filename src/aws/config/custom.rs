//! Rules that are functions of the account: Config invokes them, and they answer with `PutEvaluations`.
//!
//! The invocation is asynchronous and carries a token; whoever holds it may answer, once or several times, by its own
//! permissions and through the one door. Until then there is no verdict.
//!
//! Source: Config Developer Guide, "Example AWS Lambda Functions and Events", and the API reference of `PutEvaluations`.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Compliance, Config, EvaluationResult,
    evaluate::Judged,
    managed::{ANNOTATION_CAP, Trigger},
    notify::PRINCIPAL,
    rule::{Frequency, Rule, invalid},
    state::Key,
};
use crate::{
    aws::{
        ApiError, ApiOutcome, CallContext, Delay, HopPath, Node, Outbox, Parcel, Payload, PayloadKind,
        Reason, Region, ServiceName,
        arn::{Arn, global_arn},
        outbox::Send,
        parcel::{Invoke, Receipt, Sender},
        timestamps::{self, Timestamp},
    },
    kernel::SimTime,
};

/// The most evaluations one call may bring (API reference).
const MOST_EVALUATIONS: usize = 100;

/// What makes a function look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct SourceDetail {
    /// `aws.config`.
    event_source: Option<String>,
    message_type: MessageType,
    #[serde(skip_serializing_if = "Option::is_none")]
    maximum_execution_frequency: Option<Frequency>,
}

/// The notification that makes a function look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum MessageType {
    ConfigurationItemChangeNotification,
    /// The same for an item that is too large to send; it goes with the former.
    OversizedConfigurationItemChangeNotification,
    ScheduledNotification,
    ConfigurationSnapshotDeliveryCompleted,
}

/// A function as a rule.
#[derive(Clone, Debug)]
pub struct FunctionRule {
    pub function_arn: Arc<str>,
    pub details: Vec<SourceDetail>,
    pub(super) frequency: Option<Frequency>,
}

/// What a function was asked.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    rule: Arc<str>,
    invoked: DateTime<Utc>,
    at: SimTime,
    /// The resource that has left the rule's scope.
    left: Option<Key>,
}

impl Asked {
    pub(super) fn rule(&self) -> &str {
        &self.rule
    }
}

/// What to ask a function about.
pub(super) enum About<'a> {
    Resource { judged: &'a Judged, left_scope: bool },
    Schedule,
}

/// One result of a function.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Evaluation {
    compliance_resource_type: String,
    compliance_resource_id: String,
    compliance_type: Compliance,
    /// Why, in at most 256 characters.
    annotation: Option<String>,
    /// What the result is about: the item's capture, or the moment of the notification.
    ordering_timestamp: Timestamp,
}

/// Delivers the results of a function that is a rule.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PutEvaluations {
    #[serde(default)]
    evaluations: Vec<Evaluation>,
    /// The `resultToken` of the event.
    result_token: String,
    /// Checks the call and changes nothing.
    #[serde(default)]
    test_mode: bool,
}

impl FunctionRule {
    /// Reads the source of a rule whose owner is `CUSTOM_LAMBDA`.
    pub(super) fn new(identifier: &str, details: Vec<SourceDetail>) -> Result<Self, ApiError> {
        let is_function = Arn::parse(identifier)
            .is_some_and(|arn| arn.service == "lambda" && arn.resource.starts_with("function:"));
        if !is_function {
            return Err(invalid(format!(
                "The sourceIdentifier {identifier} is not an ARN of an AWS Lambda function."
            )));
        }
        if details.is_empty() {
            return Err(invalid(
                "SourceDetails must not be empty if the owner of the rule is CUSTOM_LAMBDA.",
            ));
        }
        for detail in &details {
            let is_scheduled = detail.message_type == MessageType::ScheduledNotification;
            if detail.event_source.as_deref().is_some_and(|source| source != "aws.config") {
                return Err(invalid("The EventSource must be aws.config."));
            }
            if detail.maximum_execution_frequency.is_some() && !is_scheduled {
                return Err(invalid("MaximumExecutionFrequency goes with ScheduledNotification only."));
            }
            if detail.message_type == MessageType::ConfigurationSnapshotDeliveryCompleted {
                return Err(invalid("ConfigurationSnapshotDeliveryCompleted: not simulated by Vigie."));
            }
        }
        let frequency = details.iter().find_map(|detail| detail.maximum_execution_frequency);
        Ok(Self { function_arn: identifier.into(), details, frequency })
    }

    pub(super) fn trigger(&self) -> Trigger {
        let has = |kind: MessageType| self.details.iter().any(|detail| detail.message_type == kind);
        match (has(MessageType::ConfigurationItemChangeNotification), has(MessageType::ScheduledNotification))
        {
            (true, true) => Trigger::Hybrid,
            (false, true) => Trigger::Periodic,
            _ => Trigger::Change,
        }
    }
}

/// Invokes the function of a rule.
pub(super) fn ask(
    config: &mut Config,
    (region, rule, function): (&Region, &Arc<Rule>, &FunctionRule),
    about: About<'_>,
    out: &mut Outbox<'_>,
) {
    let token: Arc<str> = out.hex(64).into();
    let account_id = Arc::clone(&config.account_id);
    let (from, left_scope, left) = match &about {
        About::Resource { judged, left_scope } => {
            (judged.place(region), *left_scope, left_scope.then(|| judged.key()))
        }
        About::Schedule => (Node::new(ServiceName::Config, region, Arc::clone(&rule.name)), false, None),
    };
    let event = Arc::new(json!({
        "version": "1.0",
        "invokingEvent": invoking_event(&account_id, region, &about, out).to_string(),
        "ruleParameters": json!(&*rule.parameters).to_string(),
        "resultToken": &*token,
        "eventLeftScope": left_scope,
        "executionRoleArn": global_arn(
            "iam",
            &account_id,
            "role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig",
        ),
        "configRuleArn": &*rule.arn,
        "configRuleName": &*rule.name,
        "configRuleId": &*rule.id,
        "accountId": &*account_id,
    }));
    let arn = Arn::parse(&function.function_arn);
    let name = arn.map_or(&*function.function_arn, |arn| arn.name());
    let home = arn.map_or_else(|| region.clone(), |arn| Region::new(arn.region));
    out.send(Send {
        path: HopPath::ConfigLambda,
        from,
        to: Node::new(ServiceName::Lambda, &home, name),
        payload: Payload::json(PayloadKind::Mission, Arc::clone(&rule.name), Arc::clone(&event)),
        parcel: Parcel::Invoke(Arc::new(Invoke {
            function_arn: Arc::clone(&function.function_arn),
            event,
            by: Sender::Service { principal: PRINCIPAL.into(), source_arn: Arc::clone(&rule.arn) },
        })),
        delay: Delay::ConfigEvaluation,
        reference: Some(Arc::clone(&rule.name)),
    });
    let asked = Asked { rule: Arc::clone(&rule.name), invoked: out.moment().utc, at: out.now(), left };
    config.state_mut(region).asked.insert(token, asked);
}

fn invoking_event(account_id: &str, region: &Region, about: &About<'_>, out: &Outbox<'_>) -> Value {
    let created = timestamps::millis_z(out.moment().utc);
    match about {
        About::Resource { judged, .. } => json!({
            "configurationItemDiff": judged.diff.as_deref(),
            "configurationItem": &*judged.json,
            "notificationCreationTime": created,
            "messageType": "ConfigurationItemChangeNotification",
            "recordVersion": "1.3",
        }),
        About::Schedule => json!({
            "awsAccountId": account_id,
            "awsRegion": region.as_str(),
            "notificationCreationTime": created,
            "messageType": "ScheduledNotification",
            "recordVersion": "1.0",
        }),
    }
}

impl Config {
    /// Learns whether a function could be invoked.
    pub(super) fn function_was_asked(&mut self, receipt: &Receipt, out: &Outbox<'_>) {
        let Some(rule) = &receipt.reference else { return };
        let utc = out.moment().utc;
        let status = self.state_mut(&receipt.from.region).status_mut(rule);
        match &receipt.refused {
            None => status.invoked = Some(utc),
            Some(Reason { detail, .. }) => {
                status.invocation_failed = Some(utc);
                status.error = Some(("InvalidLambdaInvocation".into(), Arc::clone(detail)));
            }
        }
    }

    pub(super) fn put_evaluations(
        &mut self,
        input: PutEvaluations,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        check(&input.evaluations)?;
        if input.test_mode {
            return Ok(json!({ "FailedEvaluations": [] }));
        }
        let region = cx.region().clone();
        let state = self.state(&region);
        let asked = state.and_then(|state| state.asked.get(&*input.result_token)).cloned();
        let rule = asked.as_ref().and_then(|asked| state?.rule(&asked.rule)).map(Arc::clone);
        let (Some(asked), Some(rule)) = (asked, rule) else {
            return Err(ApiError::client("InvalidResultTokenException", "The result token is not valid."));
        };
        for evaluation in input.evaluations {
            self.take_evaluation(&region, &rule, &asked, evaluation, cx.out);
        }
        Ok(json!({ "FailedEvaluations": [] }))
    }

    fn take_evaluation(
        &mut self,
        region: &Region,
        rule: &Arc<Rule>,
        asked: &Asked,
        evaluation: Evaluation,
        out: &mut Outbox<'_>,
    ) {
        let key: Key = (evaluation.compliance_resource_type.into(), evaluation.compliance_resource_id.into());
        let resource = self.state(region).and_then(|state| state.present.get(&key));
        let shown = resource.map_or_else(|| Arc::clone(&key.1), |resource| resource.shown_name());
        let compliance = evaluation.compliance_type;
        let body = json!({
            "configRuleName": &*rule.name,
            "sourceIdentifier": rule.source_identifier(),
            "ruleParameters": &*rule.parameters,
            "resourceType": &*key.0,
            "resourceId": &*key.1,
            "complianceType": compliance.as_str(),
            "annotation": evaluation.annotation.as_deref(),
        });
        let hop = out.mark(
            HopPath::ConfigRule,
            Node::new(ServiceName::Config, region, shown),
            Node::new(ServiceName::Config, region, Arc::clone(&rule.name)),
            Payload::json(PayloadKind::Compliance, compliance.as_str(), body),
            Delay::None,
        );
        let result = EvaluationResult {
            rule: Arc::clone(&rule.name),
            rule_arn: Arc::clone(&rule.arn),
            is_last: asked.left.as_ref() == Some(&key),
            resource_type: key.0,
            resource_id: key.1,
            compliance,
            annotation: evaluation.annotation.map(Into::into),
            ordering: evaluation.ordering_timestamp.0,
            invoked: asked.invoked,
            recorded: out.moment().utc,
            asked_at: asked.at,
        };
        out.caused_by(hop, |out| self.settle(region, result, out));
    }
}

fn check(evaluations: &[Evaluation]) -> Result<(), ApiError> {
    if evaluations.len() > MOST_EVALUATIONS {
        return Err(invalid(format!("At most {MOST_EVALUATIONS} evaluations can be put at once.")));
    }
    for evaluation in evaluations {
        if evaluation.compliance_type == Compliance::InsufficientData {
            return Err(invalid("INSUFFICIENT_DATA is not a valid ComplianceType of an evaluation."));
        }
        let annotation = evaluation.annotation.as_deref().unwrap_or("-");
        if !(1..=ANNOTATION_CAP).contains(&annotation.chars().count()) {
            return Err(invalid(format!("An Annotation has from 1 to {ANNOTATION_CAP} characters.")));
        }
    }
    Ok(())
}
