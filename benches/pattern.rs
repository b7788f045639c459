//! How fast events are matched: raw JSON text of about 1 kB against 300 mixed rules and against five exact ones.

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};

use vigie::aws::eventbridge::pattern::{Pattern, PatternSet};

fn main() {
    divan::main();
}

/// An `AWS API Call via CloudTrail` of about 1 kB.
const EVENT: &str = r#"{"version":"0","id":"5c1b7f0e-0a6d-4f6a-9d43-7b0c2f1e9a10","detail-type":"AWS API Call via CloudTrail","source":"aws.ec2","account":"210987654321","time":"2026-04-09T07:15:31Z","region":"eu-west-3","resources":[],"detail":{"eventVersion":"1.11","userIdentity":{"type":"IAMUser","principalId":"AIDAEXAMPLE","arn":"arn:aws:iam::210987654321:user/alice","accountId":"210987654321","accessKeyId":"ASIAEXAMPLE","userName":"alice","sessionContext":{"attributes":{"creationDate":"2026-04-09T07:01:12Z","mfaAuthenticated":"true"}}},"eventTime":"2026-04-09T07:15:31Z","eventSource":"ec2.amazonaws.com","eventName":"AuthorizeSecurityGroupIngress","awsRegion":"eu-west-3","sourceIPAddress":"203.0.113.24","userAgent":"aws-cli/2.17.9","requestParameters":{"groupId":"sg-0a1b2c3d4e5f60718","ipPermissions":{"items":[{"ipProtocol":"tcp","fromPort":22,"toPort":22,"ipRanges":{"items":[{"cidrIp":"0.0.0.0/0"}]}}]}},"responseElements":{"_return":true},"readOnly":false,"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"210987654321"}}"#;

fn compile(text: &str) -> Pattern {
    Pattern::parse(text).expect("the bench's patterns are valid")
}

/// Rules as an account gathers them: exact names, prefixes, wildcards, ranges, absences, arrays of objects.
fn mixed(index: usize) -> Pattern {
    let services = ["ec2", "s3", "iam", "rds", "config", "signin"];
    let source = format!("aws.{}", services[index % services.len()]);
    compile(&match index % 10 {
        0 => format!(r#"{{"source":["{source}"],"detail":{{"eventName":["Create{index}","Delete{index}"]}}}}"#),
        1 => format!(r#"{{"source":["{source}"],"detail":{{"eventName":[{{"prefix":"Authorize"}}]}}}}"#),
        2 => format!(r#"{{"detail":{{"eventName":[{{"wildcard":"*Group*{index}"}}]}}}}"#),
        3 => format!(r#"{{"detail":{{"userIdentity":{{"type":["Root"]}},"eventName":[{{"suffix":"{index}"}}]}}}}"#),
        4 => format!(r#"{{"source":["{source}"],"detail":{{"errorCode":[{{"exists":false}}]}}}}"#),
        5 => r#"{"detail":{"requestParameters":{"ipPermissions":{"items":{"fromPort":[{"numeric":["<=",22]}],"ipRanges":{"items":{"cidrIp":["0.0.0.0/0"]}}}}}}}"#.to_owned(),
        6 => format!(r#"{{"region":[{{"anything-but":["eu-west-3","eu-west-{index}"]}}]}}"#),
        7 => r#"{"detail":{"sourceIPAddress":[{"cidr":"10.0.0.0/8"}],"readOnly":[false]}}"#.to_owned(),
        8 => format!(r#"{{"source":["{source}"],"$or":[{{"detail":{{"readOnly":[true]}}}},{{"detail":{{"eventType":["T{index}"]}}}}]}}"#),
        _ => format!(r#"{{"detail":{{"userIdentity":{{"userName":[{{"equals-ignore-case":"ALICE"}}]}},"eventSource":["{index}"]}}}}"#),
    })
}

fn exact(name: &str) -> Pattern {
    compile(&format!(
        r#"{{"source":["aws.ec2"],"detail-type":["AWS API Call via CloudTrail"],"detail":{{"eventName":["{name}"]}}}}"#
    ))
}

fn five() -> PatternSet {
    PatternSet::new(
        ["RunInstances", "StopInstances", "CreateTags", "AuthorizeSecurityGroupIngress", "CreateVpc"]
            .map(exact),
    )
}

fn measure(bencher: Bencher<'_, '_>, set: &PatternSet) {
    bencher
        .counter(BytesCount::of_str(EVENT))
        .counter(ItemsCount::new(1_usize))
        .bench_local(|| set.matching_text(black_box(EVENT)).expect("the bench's event is valid"));
}

#[divan::bench]
fn three_hundred_mixed_rules(bencher: Bencher<'_, '_>) {
    measure(bencher, &PatternSet::new((0..300).map(mixed)));
}

#[divan::bench]
fn five_exact_rules(bencher: Bencher<'_, '_>) {
    measure(bencher, &five());
}

#[divan::bench]
fn one_pattern_alone(bencher: Bencher<'_, '_>) {
    let pattern = exact("AuthorizeSecurityGroupIngress");
    bencher.bench_local(|| pattern.matches_text(black_box(EVENT)));
}

#[divan::bench]
fn compile_a_pattern(bencher: Bencher<'_, '_>) {
    let text = exact("RunInstances").text().to_owned();
    bencher.bench_local(|| Pattern::parse(black_box(&text)));
}
