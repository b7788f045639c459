//! Rules about what customer managed policies allow. AWS's own are not judged, nor are older versions.

use serde_json::Value;

use super::{
    ManagedRule, Parameter, Subject, Verdict, on_change,
    statement::{self, Statement},
    subject::is_true,
};

const POLICY: &[&str] = &["AWS::IAM::Policy"];
const EXCLUDE: &[Parameter] = &[Parameter::boolean("excludePermissionBoundaryPolicy").default("false")];

pub(super) const RULES: &[ManagedRule] = &[
    on_change(
        "IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS",
        "iam-policy-no-statements-with-admin-access",
        POLICY,
        |subject| judge(subject, gives_everything),
    )
    .taking(EXCLUDE),
    on_change(
        "IAM_POLICY_NO_STATEMENTS_WITH_FULL_ACCESS",
        "iam-policy-no-statements-with-full-access",
        POLICY,
        |subject| judge(subject, gives_a_whole_service),
    )
    .taking(EXCLUDE),
];

/// The action by which a statement gives too much, if it does.
type Excess = fn(Statement<'_>) -> Option<String>;

fn judge(subject: &Subject<'_>, excess: Excess) -> Verdict {
    let is_managed_by_aws = subject.text("/arn").is_some_and(|arn| arn.starts_with("arn:aws:iam::aws:"));
    let is_boundary = subject.number("/permissionsBoundaryUsageCount").is_some_and(|count| count > 0);
    if is_managed_by_aws || (is_boundary && subject.wants("excludePermissionBoundaryPolicy")) {
        return Verdict::not_applicable();
    }
    let versions: Vec<&Value> = subject.list("/policyVersionList").collect();
    let default = versions.iter().find(|version| version.get("isDefaultVersion").is_some_and(is_true));
    let document = default.or(versions.first()).and_then(|version| version.get("document"));
    let statements = document.map(readable).as_ref().map(statement::parse).unwrap_or_default();
    match statement::each(&statements).filter(|one| one.allows()).find_map(excess) {
        Some(action) => Verdict::non_compliant("policyVersionList.document", "narrower actions", action),
        None => Verdict::compliant(),
    }
}

/// IAM answers documents percent-encoded; Config's items have them plain.
fn readable(document: &Value) -> Value {
    match document.as_str() {
        Some(text) if text.starts_with('%') => percent_decoded(text).into(),
        _ => document.clone(),
    }
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let code = tail.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        let code = code.filter(|_| *first == b'%').and_then(|two| u8::from_str_radix(two, 16).ok());
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Every action on every resource.
fn gives_everything(statement: Statement<'_>) -> Option<String> {
    let everywhere = statement.resources().any(|resource| resource == "*");
    let action = statement.actions().find(|action| matches!(*action, "*" | "*:*"))?;
    everywhere.then(|| action.to_owned())
}

/// Every action of a service, such as `s3:*`, wherever; `s3:Get*` is none.
fn gives_a_whole_service(statement: Statement<'_>) -> Option<String> {
    let is_whole =
        |action: &&str| *action == "*" || action.split_once(':').is_some_and(|(_, name)| name == "*");
    statement.actions().find(is_whole).map(str::to_owned)
}
