//! Questions about compliance: by rule, by resource, in short and in detail. `NOT_APPLICABLE` is not listed.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    Compliance, Config, EvaluationResult, page::page, rule::invalid, rules::no_such_rule, state::Key,
};
use crate::aws::{ApiOutcome, CallContext, timestamps};

/// The most contributors that are counted one by one.
const CONTRIBUTOR_CAP: usize = 25;
/// The most resources of a type that are counted one by one (API reference of the summaries).
const RESOURCE_CAP: usize = 100;

/// Tells for each rule whether its resources comply.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DescribeComplianceByConfigRule {
    #[serde(default)]
    config_rule_names: Vec<String>,
    #[serde(default)]
    compliance_types: Vec<Compliance>,
    next_token: Option<String>,
}

/// Tells for each resource whether it complies with the rules.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DescribeComplianceByResource {
    resource_type: Option<String>,
    resource_id: Option<String>,
    #[serde(default)]
    compliance_types: Vec<Compliance>,
    /// From 0 (the default, all) to 100.
    limit: Option<usize>,
    next_token: Option<String>,
}

/// Gives the results of a rule, resource by resource.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GetComplianceDetailsByConfigRule {
    config_rule_name: String,
    #[serde(default)]
    compliance_types: Vec<Compliance>,
    /// From 0 (the default, all) to 100.
    limit: Option<usize>,
    next_token: Option<String>,
}

/// Gives the results of a resource, rule by rule.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GetComplianceDetailsByResource {
    resource_type: Option<String>,
    resource_id: Option<String>,
    #[serde(default)]
    compliance_types: Vec<Compliance>,
    next_token: Option<String>,
}

/// Counts the rules that are complied with, and those that are not.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GetComplianceSummaryByConfigRule {}

/// Counts the resources that comply and those that do not, together or type by type.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct GetComplianceSummaryByResourceType {
    /// A summary for each of these; one of all types when none is given.
    #[serde(default)]
    resource_types: Vec<String>,
}

/// How some results come out together.
#[derive(Clone, Copy, Default)]
struct Tally {
    total: usize,
    failed: usize,
}

impl Tally {
    fn add(&mut self, result: &EvaluationResult) {
        self.total += 1;
        self.failed += usize::from(result.compliance == Compliance::NonCompliant);
    }

    /// Non-compliant if any result is.
    fn compliance(self) -> Compliance {
        match (self.total, self.failed) {
            (0, _) => Compliance::InsufficientData,
            (_, 0) => Compliance::Compliant,
            _ => Compliance::NonCompliant,
        }
    }

    fn describe(self) -> Value {
        let compliance = self.compliance().as_str();
        let mut body = Map::from_iter([("ComplianceType".to_owned(), compliance.into())]);
        if self.failed > 0 {
            body.insert("ComplianceContributorCount".to_owned(), capped(self.failed, CONTRIBUTOR_CAP));
        }
        Value::Object(body)
    }
}

fn capped(count: usize, cap: usize) -> Value {
    json!({ "CappedCount": count.min(cap), "CapExceeded": count > cap })
}

impl Config {
    pub(super) fn describe_compliance_by_config_rule(
        &mut self,
        input: DescribeComplianceByConfigRule,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let tallies = self.by_rule(cx);
        let mut list = Vec::new();
        for rule in self.named_rules(&input.config_rule_names, cx)? {
            let tally = tallies.get(&*rule.name).copied().unwrap_or_default();
            if wanted(&input.compliance_types, tally.compliance()) {
                list.push(json!({ "ConfigRuleName": &*rule.name, "Compliance": tally.describe() }));
            }
        }
        let names = ("ComplianceByConfigRules", "NextToken");
        page(names, list, (None, 25), input.next_token.as_deref())
    }

    pub(super) fn describe_compliance_by_resource(
        &mut self,
        input: DescribeComplianceByResource,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        if input.resource_id.is_some() && input.resource_type.is_none() {
            return Err(invalid("A ResourceId needs its ResourceType."));
        }
        let mut list = Vec::new();
        for ((resource_type, resource_id), tally) in self.by_resource(cx) {
            let fits = input.resource_type.as_ref().is_none_or(|kept| **kept == *resource_type)
                && input.resource_id.as_ref().is_none_or(|id| **id == *resource_id);
            if fits && wanted(&input.compliance_types, tally.compliance()) {
                list.push(json!({
                    "ResourceType": &*resource_type,
                    "ResourceId": &*resource_id,
                    "Compliance": tally.describe(),
                }));
            }
        }
        let names = ("ComplianceByResources", "NextToken");
        page(names, list, (input.limit, 100), input.next_token.as_deref())
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
        let list = details(results, &input.compliance_types);
        page(("EvaluationResults", "NextToken"), list, (input.limit, 100), input.next_token.as_deref())
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
        let list = details(results, &input.compliance_types);
        page(("EvaluationResults", "NextToken"), list, (None, 100), input.next_token.as_deref())
    }

    pub(super) fn get_compliance_summary_by_config_rule(
        &mut self,
        _input: GetComplianceSummaryByConfigRule,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let tallies = self.by_rule(cx);
        Ok(json!({ "ComplianceSummary": summary(tallies.values(), CONTRIBUTOR_CAP, cx) }))
    }

    pub(super) fn get_compliance_summary_by_resource_type(
        &mut self,
        input: GetComplianceSummaryByResourceType,
        cx: &mut CallContext<'_, '_>,
    ) -> ApiOutcome {
        let tallies = self.by_resource(cx);
        let of_type = |name: Option<&str>| {
            let kept = tallies.iter().filter(|((kind, _), _)| name.is_none_or(|name| **kind == *name));
            summary(kept.map(|(_, tally)| tally), RESOURCE_CAP, cx)
        };
        let list: Vec<Value> = if input.resource_types.is_empty() {
            vec![json!({ "ComplianceSummary": of_type(None) })]
        } else {
            let types = input.resource_types.iter();
            types
                .map(|name| json!({ "ResourceType": name, "ComplianceSummary": of_type(Some(name)) }))
                .collect()
        };
        Ok(json!({ "ComplianceSummariesByResourceType": list }))
    }

    fn listed(&self, cx: &CallContext<'_, '_>) -> impl Iterator<Item = &EvaluationResult> {
        self.compliance(cx.region()).filter(|result| result.compliance != Compliance::NotApplicable)
    }

    fn by_rule(&self, cx: &CallContext<'_, '_>) -> BTreeMap<&str, Tally> {
        let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
        for result in self.listed(cx) {
            tallies.entry(&result.rule).or_default().add(result);
        }
        tallies
    }

    fn by_resource(&self, cx: &CallContext<'_, '_>) -> BTreeMap<Key, Tally> {
        let mut tallies: BTreeMap<Key, Tally> = BTreeMap::new();
        for result in self.listed(cx) {
            tallies.entry(result.key()).or_default().add(result);
        }
        tallies
    }
}

fn wanted(types: &[Compliance], compliance: Compliance) -> bool {
    types.is_empty() || types.contains(&compliance)
}

fn summary<'t>(tallies: impl Iterator<Item = &'t Tally>, cap: usize, cx: &CallContext<'_, '_>) -> Value {
    let (mut good, mut bad) = (0, 0);
    for tally in tallies {
        match tally.compliance() {
            Compliance::Compliant => good += 1,
            Compliance::NonCompliant => bad += 1,
            _ => {}
        }
    }
    json!({
        "CompliantResourceCount": capped(good, cap),
        "NonCompliantResourceCount": capped(bad, cap),
        "ComplianceSummaryTimestamp": timestamps::cli(cx.moment().utc),
    })
}

fn details<'a>(results: impl Iterator<Item = &'a EvaluationResult>, types: &[Compliance]) -> Vec<Value> {
    results
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
        .collect()
}
