//! What must hold of any policy: a deny wins whatever stands beside it, more statements never allow less than they
//! deny, and no document, however hostile, takes long to judge.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn word() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["s3:GetObject", "s3:*", "s3:Get*", "*", "iam:CreateUser", "s3:?etObject"])
        .prop_map(str::to_owned)
}

fn resource() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "*",
        "arn:aws:s3:::box/*",
        "arn:aws:s3:::box/${aws:username}",
        "arn:aws:s3:::other/*",
    ])
    .prop_map(str::to_owned)
}

fn statement() -> impl Strategy<Value = Value> {
    (prop::bool::ANY, prop::bool::ANY, word(), resource(), prop::option::of(prop::bool::ANY)).prop_map(
        |(allows, negated, action, resource, secure)| {
            let member = if negated { "NotAction" } else { "Action" };
            let mut statement = json!({
                "Effect": if allows { "Allow" } else { "Deny" }, member: action, "Resource": resource,
            });
            if let Some(secure) = secure {
                statement["Condition"] = json!({ "Bool": { "aws:SecureTransport": secure.to_string() } });
            }
            statement
        },
    )
}

fn judge(statements: &[Value]) -> Verdict {
    let document = json!({ "Version": "2012-10-17", "Statement": statements });
    let context = PolicyContext::default().with("aws:SecureTransport", "true").with("aws:username", "dana");
    let request = PolicyRequest {
        principal: PrincipalRef::Anonymous,
        action: "s3:GetObject",
        resource: "arn:aws:s3:::box/dana",
        context: &context,
    };
    PolicyDocument::parse(&document).expect("the statements above are valid").judge(&request)
}

proptest! {
    #[test]
    fn a_deny_wins_wherever_it_stands(statements in prop::collection::vec(statement(), 1..8)) {
        let alone: Vec<Verdict> = statements.iter().map(|one| judge(std::slice::from_ref(one))).collect();
        let expected = if alone.contains(&Verdict::Deny) {
            Verdict::Deny
        } else if alone.contains(&Verdict::Allow) {
            Verdict::Allow
        } else {
            Verdict::Silent
        };
        prop_assert_eq!(judge(&statements), expected);
        let backwards: Vec<Value> = statements.iter().rev().cloned().collect();
        prop_assert_eq!(judge(&backwards), expected);
    }

    #[test]
    fn a_statement_more_that_allows_never_takes_away_and_one_that_denies_never_gives(
        statements in prop::collection::vec(statement(), 1..6),
        more in statement(),
    ) {
        let before = judge(&statements);
        let more_allows = more["Effect"] == "Allow";
        let all: Vec<Value> = statements.into_iter().chain([more]).collect();
        let after = judge(&all);
        if more_allows && before == Verdict::Allow {
            prop_assert_eq!(after, Verdict::Allow);
        }
        if !more_allows && before != Verdict::Allow {
            prop_assert_ne!(after, Verdict::Allow);
        }
    }

    #[test]
    fn no_text_panics_the_parser(text in ".{0,400}") {
        let _ = PolicyDocument::parse(&Value::String(text));
    }

    #[test]
    fn a_glob_agrees_with_trying_everything(pattern in "[ab*?]{0,7}", text in "[ab]{0,7}") {
        prop_assert_eq!(glob::matches(&pattern, &text), naive(pattern.as_bytes(), text.as_bytes()));
    }
}

fn naive(pattern: &[u8], text: &[u8]) -> bool {
    match (pattern.split_first(), text.split_first()) {
        (None, None) => true,
        (Some((b'*', rest)), _) if naive(rest, text) => true,
        (Some((b'*', _)), Some((_, later))) => naive(pattern, later),
        (Some((wanted, rest)), Some((actual, later))) => {
            (*wanted == b'?' || wanted == actual) && naive(rest, later)
        }
        _ => false,
    }
}

/// Steps of the matcher are bounded by the product of the lengths: the largest policy there is, full of stars, against
/// the longest ARN, is a matter of milliseconds.
#[test]
fn a_policy_full_of_stars_ends() {
    let pattern = "*a".repeat(5_000);
    let statement = json!({ "Effect": "Allow", "Action": "s3:GetObject", "Resource": pattern });
    let document = json!({ "Statement": [statement] });
    let policy = PolicyDocument::parse(&document).expect("it is a policy");
    let context = PolicyContext::default();
    let resource = "a".repeat(2_000);
    let request = PolicyRequest {
        principal: PrincipalRef::Anonymous,
        action: "s3:GetObject",
        resource: &resource,
        context: &context,
    };

    assert_eq!(policy.judge(&request), Verdict::Silent);
}

#[test]
fn a_document_nested_beyond_reason_is_a_syntax_error() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));

    assert_eq!(PolicyDocument::parse(&Value::String(deep)), Err(PolicyError::Syntax));
}
