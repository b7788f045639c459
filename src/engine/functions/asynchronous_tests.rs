//! What becomes of events that nobody waits for, as sentences.

use serde_json::{Value, json};

use super::tests::{Bench, LAMBDA};
use crate::aws::{Fault, FaultKind, HopPath, ServiceName};
use crate::engine::Stimulus;
use crate::kernel::SimDuration;

const FAILS: &str = "exports.handler = async () => { throw new RangeError('boom') }";
const SUCCEEDS: &str = "exports.handler = async () => 'fait'";

impl Bench {
    fn set(&mut self, operation: &str, settings: Value) {
        let mut parameters = json!({ "FunctionName": "corrige-sg" });
        for (key, value) in settings.as_object().into_iter().flatten() {
            parameters[key.as_str()] = value.clone();
        }
        self.ok(LAMBDA, operation, parameters);
    }

    /// A queue, whose ARN it gives.
    fn queue(&mut self, name: &str) -> String {
        self.ok(ServiceName::Sqs, "CreateQueue", json!({ "QueueName": name }));
        format!("arn:aws:sqs:eu-west-3:123456789012:{name}")
    }

    /// What waits in a queue.
    fn waiting_in(&mut self, name: &str) -> Vec<Value> {
        let url = format!("https://sqs.eu-west-3.amazonaws.com/123456789012/{name}");
        let received = self.ok(
            ServiceName::Sqs,
            "ReceiveMessage",
            json!({
                "QueueUrl": url, "MaxNumberOfMessages": 10, "MessageAttributeNames": ["All"],
            }),
        );
        received["Messages"].as_array().cloned().unwrap_or_default()
    }

    fn strike(&mut self, kind: FaultKind, minutes: u64) {
        let fault = Fault {
            kind,
            resource: Some("corrige-sg".into()),
            service: None,
            region: None,
            path: None,
            lasts: SimDuration::from_mins(minutes),
            times: None,
        };
        self.engine.push(Stimulus::Fault(fault), None);
    }

    /// The sum of a counter of the function over the first ten minutes.
    fn sum(&mut self, metric: &str) -> f64 {
        let answer = self.ok(
            ServiceName::CloudWatch,
            "GetMetricStatistics",
            json!({
                "Namespace": "AWS/Lambda", "MetricName": metric, "Period": 3600, "Statistics": ["Sum"],
                "Dimensions": [{ "Name": "FunctionName", "Value": "corrige-sg" }],
                "StartTime": "2026-03-02T09:00:00Z", "EndTime": "2026-03-02T10:00:00Z",
            }),
        );
        answer["Datapoints"][0]["Sum"].as_f64().unwrap_or_default()
    }

    fn waits_of_retries(&self) -> Vec<u64> {
        let retries = self.hops(HopPath::Retry);
        retries.iter().map(|hop| hop.due_at.since(hop.sent_at).as_secs()).collect()
    }
}

#[test]
fn a_throttled_event_comes_back_at_growing_intervals_and_spends_no_retry() {
    let mut bench = Bench::new(SUCCEEDS);
    bench.strike(FaultKind::Throttled, 1);
    bench.send(600);

    assert_eq!(bench.waits_of_retries(), [1, 2, 4, 8, 16, 32]);
    assert_eq!(bench.fates().last().map(String::as_str), Some("retried 6"));
    assert_eq!((bench.sum("Throttles"), bench.sum("Invocations"), bench.sum("Errors")), (6.0, 1.0, 0.0));
}

#[test]
fn a_throttled_event_that_grows_too_old_is_given_up_with_a_record_that_says_so() {
    let mut bench = Bench::new(SUCCEEDS);
    let queue = bench.queue("rebut");
    bench.allow(&["logs:*", "sqs:SendMessage"]);
    bench.set(
        "PutFunctionEventInvokeConfig",
        json!({
            "MaximumEventAgeInSeconds": 60, "DestinationConfig": { "OnFailure": { "Destination": queue } },
        }),
    );
    bench.strike(FaultKind::Throttled, 30);
    bench.send(600);

    assert_eq!(bench.waits_of_retries(), [1, 2, 4, 8, 16]);
    assert_eq!(bench.fates().last().map(String::as_str), Some("dead-lettered: event-too-old"));
    let record: Value = serde_json::from_str(bench.waiting_in("rebut")[0]["Body"].as_str().unwrap()).unwrap();
    assert_eq!(record["requestContext"]["condition"], "EventAgeExceeded");
    assert_eq!(record["responseContext"]["statusCode"], 429);
    assert_eq!(record.get("responsePayload"), None, "it never ran");
}

#[test]
fn a_function_that_reserves_nothing_sends_its_events_to_the_dead_letters_at_once() {
    let mut bench = Bench::new(SUCCEEDS);
    let queue = bench.queue("rebut");
    bench.allow(&["logs:*", "sqs:SendMessage"]);
    bench.set("UpdateFunctionConfiguration", json!({ "DeadLetterConfig": { "TargetArn": queue } }));
    bench.set("PutFunctionConcurrency", json!({ "ReservedConcurrentExecutions": 0 }));
    bench.send(60);

    assert_eq!(bench.waits_of_retries(), [0_u64; 0]);
    assert_eq!(bench.fates(), ["dead-lettered: throttled"]);
    let letters = bench.waiting_in("rebut");
    assert_eq!(letters[0]["Body"], "{\"porte\":\"22\"}");
    assert_eq!(letters[0]["MessageAttributes"]["ErrorCode"]["StringValue"], "429");
}

#[test]
fn a_reserve_of_one_lets_one_run_and_puts_the_other_back() {
    let mut bench = Bench::with(
        "exports.handler = async () => new Promise((r) => setTimeout(r, 1500))",
        json!({ "Timeout": 5 }),
    );
    bench.set("PutFunctionConcurrency", json!({ "ReservedConcurrentExecutions": 1 }));
    bench.set("Invoke", json!({ "InvocationType": "Event" }));
    bench.send(300);

    assert_eq!(bench.waits_of_retries(), [1, 2]);
    assert_eq!(bench.sum("Invocations"), 2.0);
    assert_eq!(bench.log().iter().filter(|line| line.starts_with("INIT_START")).count(), 1);
}

#[test]
fn whoever_waits_is_told_at_once_that_there_is_no_room() {
    let mut bench = Bench::new(SUCCEEDS);
    bench.set("PutFunctionConcurrency", json!({ "ReservedConcurrentExecutions": 0 }));

    let refusal = bench.refused(LAMBDA, "Invoke", json!({ "FunctionName": "corrige-sg" }));

    assert_eq!((&*refusal.code, refusal.status), ("TooManyRequestsException", 429));
    assert_eq!(bench.hops(HopPath::AppLambda).len(), 0);
}

#[test]
fn a_dead_letter_is_the_event_with_the_error_in_its_attributes() {
    let mut bench = Bench::new(FAILS);
    let queue = bench.queue("rebut");
    bench.allow(&["logs:*", "sqs:SendMessage"]);
    bench.set("UpdateFunctionConfiguration", json!({ "DeadLetterConfig": { "TargetArn": queue } }));
    bench.send(600);

    let letters = bench.waiting_in("rebut");
    assert_eq!((letters.len(), &letters[0]["Body"]), (1, &json!("{\"porte\":\"22\"}")));
    let attributes = &letters[0]["MessageAttributes"];
    assert_eq!(attributes["ErrorCode"]["StringValue"], "200");
    assert_eq!(attributes["ErrorMessage"]["StringValue"], "boom");
    assert!(attributes["RequestID"]["StringValue"].as_str().is_some_and(|id| id.len() == 36));
}

#[test]
fn a_role_that_may_not_send_loses_the_dead_letter_and_the_metric_tells() {
    let mut bench = Bench::new(FAILS);
    let queue = bench.queue("rebut");
    bench.set("UpdateFunctionConfiguration", json!({ "DeadLetterConfig": { "TargetArn": queue } }));
    bench.set(
        "PutFunctionEventInvokeConfig",
        json!({
            "MaximumRetryAttempts": 0, "DestinationConfig": { "OnFailure": { "Destination": queue } },
        }),
    );
    bench.send(600);

    assert_eq!(bench.waiting_in("rebut").len(), 0);
    assert_eq!((bench.sum("DeadLetterErrors"), bench.sum("DestinationDeliveryFailures")), (1.0, 1.0));
    assert_eq!(
        bench.fates(),
        ["dead-lettered: retries-exhausted", "dropped: not-authorised", "dropped: not-authorised"]
    );
}

#[test]
fn the_record_of_a_success_goes_to_a_bus_as_an_event_of_lambda() {
    let mut bench = Bench::new(SUCCEEDS);
    bench.allow(&["logs:*", "events:PutEvents"]);
    let pattern = json!({ "source": ["lambda"] }).to_string();
    bench.ok(ServiceName::EventBridge, "PutRule", json!({ "Name": "r-fait", "EventPattern": pattern }));
    let bus = "arn:aws:events:eu-west-3:123456789012:event-bus/default";
    bench.set(
        "PutFunctionEventInvokeConfig",
        json!({
            "DestinationConfig": { "OnSuccess": { "Destination": bus } },
        }),
    );
    bench.send(60);

    let matched = bench.hops(HopPath::BusRule);
    assert_eq!(matched.len(), 1);
    assert_eq!(matched[0].payload.title(), "Lambda Function Invocation Result - Success");
    let sent = bench.hops(HopPath::LambdaApi)[0].payload.body().into_owned();
    assert_eq!(
        (&sent["requestContext"]["condition"], &sent["responsePayload"]),
        (&json!("Success"), &json!("fait"))
    );
}

#[test]
fn the_record_of_a_failure_may_go_to_a_bucket() {
    let mut bench = Bench::new(FAILS);
    bench.allow(&["logs:*", "s3:PutObject"]);
    bench.ok(
        ServiceName::S3,
        "CreateBucket",
        json!({
            "Bucket": "rebut", "CreateBucketConfiguration": { "LocationConstraint": "eu-west-3" },
        }),
    );
    bench.set("PutFunctionEventInvokeConfig", json!({
        "MaximumRetryAttempts": 0, "DestinationConfig": { "OnFailure": { "Destination": "arn:aws:s3:::rebut" } },
    }));
    bench.send(60);

    assert_eq!(bench.fates(), ["dead-lettered: retries-exhausted"]);
    let listed = bench.ok(ServiceName::S3, "ListObjectsV2", json!({ "Bucket": "rebut" }));
    let key = listed["Contents"][0]["Key"].as_str().unwrap_or_default();
    assert!(key.starts_with("aws/lambda/async/corrige-sg/2026/03/02/2026-03-02T09.00."), "{key}");
}

#[test]
fn a_fault_makes_a_function_throw_or_hang_whatever_its_code_and_then_it_works_again() {
    let mut bench = Bench::new(SUCCEEDS);
    bench.strike(FaultKind::Throws, 1);
    bench.send(30);
    assert!(bench.log().iter().any(|line| line.contains("fault injected by the scenario")));
    bench.wait(300);
    assert_eq!((bench.sum("Errors"), bench.sum("Invocations")), (1.0, 2.0), "the retry succeeds");

    bench.strike(FaultKind::TimesOut, 1);
    bench.send(30);
    assert!(bench.log().iter().any(|line| line.contains("Task timed out after 3.00 seconds")));
}

#[test]
fn a_function_that_publishes_to_its_own_topic_is_stopped_after_sixteen_rounds() {
    let mut bench = Bench::new(
        "const { SNSClient, PublishCommand } = require('@aws-sdk/client-sns');
         exports.handler = async () => {
           await new SNSClient().send(new PublishCommand({ TopicArn: 'arn:aws:sns:eu-west-3:123456789012:boucle', Message: 'encore' }));
         }",
    );
    bench.allow(&["logs:*", "sns:Publish"]);
    bench.ok(ServiceName::Sns, "CreateTopic", json!({ "Name": "boucle" }));
    bench.set(
        "AddPermission",
        json!({
            "StatementId": "sujet", "Action": "lambda:InvokeFunction", "Principal": "sns.amazonaws.com",
        }),
    );
    bench.ok(
        ServiceName::Sns,
        "Subscribe",
        json!({
            "TopicArn": "arn:aws:sns:eu-west-3:123456789012:boucle", "Protocol": "lambda",
            "Endpoint": "arn:aws:lambda:eu-west-3:123456789012:function:corrige-sg",
        }),
    );
    bench.send(600);

    assert_eq!((bench.sum("Invocations"), bench.sum("RecursiveInvocationsDropped")), (16.0, 1.0));
    assert_eq!(bench.fates().last().map(String::as_str), Some("dropped: recursive-loop"));
}
