//! Questions about compliance: by rule, by resource, in short and in detail. `NOT_APPLICABLE` is not listed.

use std::{collections::BTreeMap, sync::Arc};

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Compliance, Config, EvaluationResult, rules::no_such_rule, state::Key};
use crate::aws::{ApiOutcome, CallContext, timestamps};

/// The most contributors that are counted one by one.
const CONTRIBUTOR_CAP: usize = 25;

/// Tells for each rule whether its resources comply.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DescribeComplianceByConfigRule {
    #[serde(default)]
    config_rule_names: Vec<String>,
    #[serde(default)]
    compliance_types: Vec<Compliance>,
}

/// Tells for each resource whether it complies with the rules.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DescribeComplianceByResource {
    resource_type: Option<String>,
    resource_id: Option<String>,
    #[serde(default)]
    compliance_types: Vec<Compliance>,
}

/// Gives the results of a rule, resource by resource.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GetComplianceDetailsByConfigRule {
    config_rule_name: String,
    #[serde(default)]
    compliance_types: Vec<Compliance>,
}

/// Gives the results of a resource, rule by rule.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GetComplianceDetailsByResource {
    resource_type: Option<String>,
    resource_id: Option<String>,
    #[serde(default)]
    compliance_types: Vec<Compliance>,
}

impl Config {
    pub(super) fn describe_compliance_by_config_rule(
        &mut self,
        input: DescribeComplianceByConfigRule,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let mut list = Vec::new();
        for rule in self.named_rules(&input.config_rule_names, cx)? {
            let results = self.listed(cx).filter(|result| result.rule == rule.name);
            let (compliance, body) = summary(results);
            if wanted(&input.compliance_types, compliance) {
                list.push(json!({ "ConfigRuleName": &*rule.name, "Compliance": body }));
            }
        }
        Ok(json!({ "ComplianceByConfigRules": list }))
    }

    pub(super) fn describe_compliance_by_resource(
        &mut self,
        input: DescribeComplianceByResource,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let mut by_resource: BTreeMap<Key, Vec<&EvaluationResult>> = BTreeMap::new();
        for result in self.listed(cx) {
            let type_fits = input.resource_type.as_ref().is_none_or(|kept| **kept == *result.resource_type);
            let id_fits = input.resource_id.as_ref().is_none_or(|id| **id == *result.resource_id);
            if type_fits && id_fits {
                by_resource.entry(result.key()).or_default().push(result);
            }
        }
        let mut list = Vec::new();
        for ((resource_type, resource_id), results) in by_resource {
            let (compliance, body) = summary(results.into_iter());
            if wanted(&input.compliance_types, compliance) {
                list.push(json!({
                    "ResourceType": &*resource_type,
                    "ResourceId": &*resource_id,
                    "Compliance": body,
                }));
            }
        }
        Ok(json!({ "ComplianceByResources": list }))
    }

    pub(super) fn get_compliance_details_by_config_rule(
        &mut self,
        input: GetComplianceDetailsByConfigRule,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let name = input.config_rule_name;
        if !self.rules(cx.region()).iter().any(|rule| *rule.name == *name) {
            return Err(no_such_rule(&name));
        }
        let results = self.listed(cx).filter(|result| *result.rule == *name);
        Ok(details(results, &input.compliance_types))
    }

    pub(super) fn get_compliance_details_by_resource(
        &mut self,
        input: GetComplianceDetailsByResource,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let results = self.listed(cx).filter(|result| {
            input.resource_type.as_ref().is_none_or(|kept| **kept == *result.resource_type)
                && input.resource_id.as_ref().is_none_or(|id| **id == *result.resource_id)
        });
        Ok(details(results, &input.compliance_types))
    }

    fn listed(&self, cx: &CallContext<'_, '_>) -> impl Iterator<Item = &EvaluationResult> {
        let results = self.results(cx.region()).map(Arc::as_ref);
        results.filter(|result| result.compliance != Compliance::NotApplicable)
    }
}

fn wanted(types: &[Compliance], compliance: Compliance) -> bool {
    types.is_empty() || types.contains(&compliance)
}

/// Non-compliant if any result is; how many are, up to a cap.
fn summary<'a>(results: impl Iterator<Item = &'a EvaluationResult>) -> (Compliance, Value) {
    let (mut total, mut failed) = (0_usize, 0_usize);
    for result in results {
        total += 1;
        failed += usize::from(result.compliance == Compliance::NonCompliant);
    }
    let compliance = match (total, failed) {
        (0, _) => Compliance::InsufficientData,
        (_, 0) => Compliance::Compliant,
        _ => Compliance::NonCompliant,
    };
    let mut body = Map::from_iter([("ComplianceType".to_owned(), compliance.as_str().into())]);
    if failed > 0 {
        let count =
            json!({ "CappedCount": failed.min(CONTRIBUTOR_CAP), "CapExceeded": failed > CONTRIBUTOR_CAP });
        body.insert("ComplianceContributorCount".to_owned(), count);
    }
    (compliance, Value::Object(body))
}

fn details<'a>(results: impl Iterator<Item = &'a EvaluationResult>, types: &[Compliance]) -> Value {
    let list: Vec<Value> = results
        .filter(|result| wanted(types, result.compliance))
        .map(|result| {
            let mut detail = json!({
                "EvaluationResultIdentifier": {
                    "EvaluationResultQualifier": {
                        "ConfigRuleName": &*result.rule,
                        "ResourceType": &*result.resource_type,
                        "ResourceId": &*result.resource_id,
                        "EvaluationMode": "DETECTIVE",
                    },
                    "OrderingTimestamp": timestamps::cli(result.ordering),
                },
                "ComplianceType": result.compliance.as_str(),
                "ResultRecordedTime": timestamps::cli(result.recorded),
                "ConfigRuleInvokedTime": timestamps::cli(result.invoked),
            });
            if let Some(annotation) = &result.annotation {
                detail["Annotation"] = (**annotation).into();
            }
            detail
        })
        .collect();
    json!({ "EvaluationResults": list })
}
