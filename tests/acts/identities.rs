//! IAM's and STS's samples.

use serde_json::json;
use vigie::aws::{
    Principal,
    ServiceName::{Iam, Sts},
};

use crate::shapes::assert_same_shape;

use super::desk::{a_role, account, asks, does, does_at_the_console, record};

#[test]
fn acts_on_identities_are_recorded_as_in_the_samples() {
    let mut engine = account();
    does(&mut engine, Iam, "CreateUser", json!({ "UserName": "ci-bot", "Path": "/" }));
    assert_same_shape(&record(&engine), "ct-iam-CreateUser", &[]);

    does(&mut engine, Iam, "CreateAccessKey", json!({ "UserName": "ci-bot" }));
    assert_same_shape(&record(&engine), "ct-iam-CreateAccessKey", &[]);

    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow",
        "Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
    let role = json!({
        "RoleName": "sg-remediator", "AssumeRolePolicyDocument": trust, "Path": "/", "MaxSessionDuration": 3600,
    });
    does(&mut engine, Iam, "CreateRole", role);
    assert_same_shape(&record(&engine), "ct-iam-CreateRole", &[]);
}

#[test]
fn a_refused_act_on_an_identity_is_recorded_as_in_the_sample() {
    let mut engine = account();
    let grant = json!({ "UserName": "mallory", "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess" });
    let outcome = asks(&mut engine, Principal::user("mallory"), Iam, "AttachUserPolicy", grant);

    assert!(outcome.is_err(), "mallory may do nothing");
    assert_same_shape(&record(&engine), "ct-iam-AttachUserPolicy-denied", &[]);
}

#[test]
fn taking_a_second_factor_away_is_recorded_as_in_the_sample() {
    let mut engine = account();
    let device =
        does(&mut engine, Iam, "CreateVirtualMFADevice", json!({ "VirtualMFADeviceName": "dana-phone" }));
    let serial = &device["VirtualMFADevice"]["SerialNumber"];
    let codes = json!({
        "UserName": "dana", "SerialNumber": serial,
        "AuthenticationCode1": "123456", "AuthenticationCode2": "654321",
    });
    does(&mut engine, Iam, "EnableMFADevice", codes);
    let wish = json!({ "UserName": "dana", "SerialNumber": serial });
    does_at_the_console(&mut engine, Iam, "DeactivateMFADevice", wish);

    assert_same_shape(&record(&engine), "ct-iam-DeactivateMFADevice", &[]);
}

#[test]
fn a_service_that_takes_on_a_role_is_recorded_as_in_the_sample() {
    let mut engine = account();
    let role = a_role(&mut engine, "sg-remediator", "lambda.amazonaws.com");
    let wish = json!({ "RoleArn": role, "RoleSessionName": "remediate-ssh" });
    let lambda = Principal::service("lambda.amazonaws.com");
    asks(&mut engine, lambda, Sts, "AssumeRole", wish).expect("the role trusts it");

    assert_same_shape(&record(&engine), "ct-sts-AssumeRole-by-service", &[]);
}
