//! Rules about functions.

use serde_json::Value;

use super::{
    ManagedRule, Parameter, Subject, Verdict, on_change,
    statement::{self, Statement},
    subject::text_or_json,
};
use crate::aws::policy::{PolicyDocument, PolicyKind};

const FUNCTION: &[&str] = &["AWS::Lambda::Function"];

pub(super) const RULES: &[ManagedRule] = &[
    on_change(
        "LAMBDA_FUNCTION_PUBLIC_ACCESS_PROHIBITED",
        "lambda-function-public-access-prohibited",
        FUNCTION,
        not_public,
    ),
    on_change("LAMBDA_FUNCTION_SETTINGS_CHECK", "lambda-function-settings-check", FUNCTION, settings).taking(
        &[
            Parameter::list("runtime").required(),
            Parameter::text("role"),
            Parameter::integer("timeout").default("3"),
            Parameter::integer("memorySize").default("128"),
        ],
    ),
    on_change("LAMBDA_CONCURRENCY_CHECK", "lambda-concurrency-check", FUNCTION, concurrency)
        .taking(&[Parameter::integer("ConcurrencyLimitLow"), Parameter::integer("ConcurrencyLimitHigh")]),
    on_change("LAMBDA_DLQ_CHECK", "lambda-dlq-check", FUNCTION, |subject| {
        subject.on_list("/deadLetterConfig/targetArn", "dlqArns")
    })
    .taking(&[Parameter::list("dlqArns")]),
    on_change("LAMBDA_INSIDE_VPC", "lambda-inside-vpc", FUNCTION, inside_vpc)
        .taking(&[Parameter::list("subnetIds")]),
];

/// The policy names who may call: nobody unknown, and S3 only for an account that is named.
fn not_public(subject: &Subject<'_>) -> Verdict {
    let Some(document) = subject.supplementary("Policy") else { return Verdict::compliant() };
    // Config keeps the answer of GetPolicy, or the document itself.
    let answer = text_or_json(document);
    let document = answer.get("policy").or_else(|| answer.get("policyText")).unwrap_or(&answer);
    let statements = statement::parse(document);
    let open_to_s3 = |one: Statement<'_>| {
        one.allows() && one.concerns_service("s3.amazonaws.com") && !one.has_condition_on("AWS:SourceAccount")
    };
    let is_public = PolicyDocument::parse_as(PolicyKind::Resource, document)
        .is_ok_and(|policy| policy.is_public())
        || statement::each(&statements).any(|one| one.allows() && one.has_empty_principal());
    if is_public {
        Verdict::non_compliant("Policy", "a named principal", "*")
    } else if statement::each(&statements).any(open_to_s3) {
        Verdict::non_compliant("Policy", "a condition on AWS:SourceAccount for S3", "s3.amazonaws.com")
    } else {
        Verdict::compliant()
    }
}

/// Functions made of container images have no runtime and are not judged.
fn settings(subject: &Subject<'_>) -> Verdict {
    if subject.text("/packageType") == Some("Image") {
        return Verdict::not_applicable();
    }
    let role = subject.text("/role").unwrap_or_default();
    let number = |name: &str| {
        let (wanted, actual) = (subject.integer(name), subject.number(&format!("/{name}")));
        match wanted {
            Some(wanted) if actual != Some(wanted) => {
                Verdict::non_compliant(name, wanted.to_string(), actual)
            }
            _ => Verdict::compliant(),
        }
    };
    let by_role = match subject.parameter("role") {
        Some(wanted) if role != wanted && role.rsplit('/').next() != Some(wanted) => {
            Verdict::non_compliant("role", wanted, role)
        }
        _ => Verdict::compliant(),
    };
    Verdict::all([subject.on_list("/runtime", "runtime"), by_role, number("timeout"), number("memorySize")])
}

fn concurrency(subject: &Subject<'_>) -> Verdict {
    const FIELD: &str = "Concurrency.reservedConcurrentExecutions";
    let configuration = subject.supplementary("Concurrency").map(text_or_json);
    let reserved = configuration.and_then(|found| found.get("reservedConcurrentExecutions")?.as_i64());
    let Some(reserved) = reserved else {
        return Verdict::non_compliant(FIELD, "a reserved concurrency", Value::Null);
    };
    let (low, high) = (subject.integer("ConcurrencyLimitLow"), subject.integer("ConcurrencyLimitHigh"));
    if let Some(low) = low.filter(|low| reserved < *low) {
        Verdict::non_compliant(FIELD, format!("at least {low}"), reserved)
    } else if let Some(high) = high.filter(|high| reserved > *high) {
        Verdict::non_compliant(FIELD, format!("at most {high}"), reserved)
    } else {
        Verdict::compliant()
    }
}

fn inside_vpc(subject: &Subject<'_>) -> Verdict {
    let subnets: Vec<&str> = subject.texts("/vpcConfig/subnetIds").collect();
    if subnets.is_empty() {
        return Verdict::non_compliant("vpcConfig.subnetIds", "a subnet", Value::Null);
    }
    let allowed = subject.listed("subnetIds");
    let other = allowed.as_ref().and_then(|allowed| subnets.iter().find(|subnet| !allowed.contains(subnet)));
    match other {
        Some(other) => {
            Verdict::non_compliant("vpcConfig.subnetIds", allowed.unwrap_or_default().join(" or "), *other)
        }
        None => Verdict::compliant(),
    }
}
