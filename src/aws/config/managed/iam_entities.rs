//! Rules about users, groups and roles: how they come by their permissions.

use serde_json::Value;

use super::{ManagedRule, Parameter, Subject, Verdict, on_change, subject::field};

const USER: &[&str] = &["AWS::IAM::User"];
const ENTITIES: &[&str] = &["AWS::IAM::User", "AWS::IAM::Role", "AWS::IAM::Group"];

pub(super) const RULES: &[ManagedRule] = &[
    on_change("IAM_USER_NO_POLICIES_CHECK", "iam-user-no-policies-check", USER, |subject| {
        Verdict::all(["/userPolicyList", "/attachedManagedPolicies"].map(|list| is_empty(subject, list)))
    }),
    on_change("IAM_NO_INLINE_POLICY_CHECK", "iam-no-inline-policy-check", ENTITIES, |subject| {
        Verdict::all(
            ["/userPolicyList", "/rolePolicyList", "/groupPolicyList"].map(|list| is_empty(subject, list)),
        )
    }),
    on_change("IAM_USER_GROUP_MEMBERSHIP_CHECK", "iam-user-group-membership-check", USER, in_a_group)
        .taking(&[Parameter::list("groupNames")]),
    on_change("IAM_GROUP_HAS_USERS_CHECK", "iam-group-has-users-check", &["AWS::IAM::Group"], |subject| {
        match subject.list("/users").next() {
            Some(_) => Verdict::compliant(),
            None => Verdict::non_compliant("users", "a member", Value::Null),
        }
    }),
    on_change("IAM_POLICY_BLACKLISTED_CHECK", "iam-policy-blacklisted-check", ENTITIES, not_attached).taking(
        &[
            Parameter::list("policyArns").default("arn:aws:iam::aws:policy/AdministratorAccess"),
            Parameter::text("exceptionList"),
        ],
    ),
];

/// The name of a policy or a group in a list: a text, or the member that holds it.
fn name<'v>(entry: &'v Value, member: &str) -> Option<&'v str> {
    entry.as_str().or_else(|| entry.get(member)?.as_str())
}

fn is_empty(subject: &Subject<'_>, list: &str) -> Verdict {
    match subject.list(list).next() {
        Some(first) => {
            let first = name(first, "policyName").unwrap_or_default();
            Verdict::non_compliant(field(list), "no policy", first)
        }
        None => Verdict::compliant(),
    }
}

/// In one group at least; with groups listed, in one of those.
fn in_a_group(subject: &Subject<'_>) -> Verdict {
    let groups: Vec<&str> = subject.list("/groupList").filter_map(|group| name(group, "groupName")).collect();
    let is_fine = match subject.listed("groupNames") {
        Some(wanted) => wanted.iter().any(|group| groups.contains(group)),
        None => !groups.is_empty(),
    };
    if is_fine {
        return Verdict::compliant();
    }
    let expected = subject.listed("groupNames").map_or("a group".to_owned(), |wanted| wanted.join(" or "));
    Verdict::non_compliant("groupList", expected, groups)
}

fn not_attached(subject: &Subject<'_>) -> Verdict {
    if is_excepted(subject) {
        return Verdict::compliant();
    }
    let banned = subject.listed("policyArns").unwrap_or_default();
    let attached = subject.list("/attachedManagedPolicies").filter_map(|policy| name(policy, "policyArn"));
    match attached.into_iter().find(|arn| banned.contains(arn)) {
        Some(arn) => Verdict::non_compliant("attachedManagedPolicies", "none of the listed policies", arn),
        None => Verdict::compliant(),
    }
}

/// Whether `users:[user1;user2], groups:[group1], roles:[role1;role2]` names it.
fn is_excepted(subject: &Subject<'_>) -> bool {
    let (kind, own) = match subject.of_item("resourceType") {
        "AWS::IAM::User" => ("users", "/userName"),
        "AWS::IAM::Group" => ("groups", "/groupName"),
        _ => ("roles", "/roleName"),
    };
    let own = subject.text(own).unwrap_or_else(|| subject.of_item("resourceName"));
    let exceptions = subject.parameter("exceptionList").unwrap_or_default();
    let listed = exceptions.split_once(&format!("{kind}:")).map_or("", |(_, rest)| rest.trim_start());
    let listed =
        listed.strip_prefix('[').and_then(|rest| rest.split_once(']')).map_or("", |(names, _)| names);
    listed.split(';').any(|name| name.trim() == own)
}
