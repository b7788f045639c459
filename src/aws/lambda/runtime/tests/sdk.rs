//! The way out: SDK clients and commands.

use serde_json::{Value, json};

use super::{
    super::{Outcome, Run, SdkError, SdkSend},
    play, program,
};

fn with(code: &str, answer: impl FnMut(&SdkSend) -> Result<Value, SdkError>) -> (Run, Vec<SdkSend>) {
    play(&program(code), json!({}), answer)
}

const REPAIR: &str = "
  const { EC2Client, RevokeSecurityGroupIngressCommand } = require('@aws-sdk/client-ec2');
  const ec2 = new EC2Client();
  exports.handler = async () => {
    const answer = await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: 'sg-1', IpProtocol: 'tcp' }));
    return [answer.Return, answer.$metadata.httpStatusCode];
  };";

#[test]
fn a_command_leaves_as_a_call_and_its_answer_comes_back() {
    let (run, sends) = with(REPAIR, |_| Ok(json!({"Return": true})));

    assert_eq!(run.outcome, Outcome::Success(json!([true, 200])));
    assert_eq!(run.sends, 1);
    assert_eq!(
        sends,
        [SdkSend {
            service: "ec2".to_owned(),
            operation: "RevokeSecurityGroupIngress".to_owned(),
            input: json!({"GroupId": "sg-1", "IpProtocol": "tcp"}),
            elapsed_ms: sends[0].elapsed_ms,
        }]
    );
    assert!((40..50).contains(&run.duration_ms()), "{}", run.duration_ms());
}

#[test]
fn an_es_module_imports_clients_by_name() {
    let (run, sends) = with(
        "import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
         import { CloudWatchLogsClient as Logs, PutLogEventsCommand } from \"@aws-sdk/client-cloudwatch-logs\";
         import * as ec2 from '@aws-sdk/client-ec2';
         export const handler = async () => {
           await new SESv2Client({}).send(new SendEmailCommand({ FromEmailAddress: 'amende@ville.example' }));
           await new Logs().send(new PutLogEventsCommand());
           return typeof ec2.default;
         };",
        |_| Ok(json!({})),
    );

    assert_eq!(run.outcome, Outcome::Success(json!("object")));
    let calls: Vec<(&str, &str)> = sends.iter().map(|s| (s.service.as_str(), s.operation.as_str())).collect();
    assert_eq!(calls, [("sesv2", "SendEmail"), ("cloudwatch-logs", "PutLogEvents")]);
    assert_eq!(sends[1].input, json!({}));
}

#[test]
fn a_refusal_is_thrown_with_the_service_s_own_name_and_status() {
    let code = "
      const { EC2Client, CreateTagsCommand } = require('@aws-sdk/client-ec2');
      exports.handler = async () => {
        try { await new EC2Client().send(new CreateTagsCommand({})) }
        catch (e) { return [e instanceof Error, e.name, e.message, e.$metadata.httpStatusCode, e.$fault, e.stack.split('\\n')[0]] }
      };";
    let (run, _) = with(code, |_| {
        Err(SdkError {
            code: "InvalidInstanceID.NotFound".to_owned(),
            message: "no i-1".to_owned(),
            status: 400,
        })
    });

    assert_eq!(
        run.outcome,
        Outcome::Success(json!([
            true,
            "InvalidInstanceID.NotFound",
            "no i-1",
            400,
            "client",
            "InvalidInstanceID.NotFound: no i-1"
        ]))
    );
}

#[test]
fn a_refusal_nobody_catches_becomes_the_function_s_error() {
    let (run, _) = with(REPAIR, |_| {
        Err(SdkError { code: "AccessDenied".to_owned(), message: "not you".to_owned(), status: 403 })
    });

    let Outcome::Failure(error) = run.outcome else { panic!("{:?}", run.outcome) };
    assert_eq!((error.error_type.as_str(), error.error_message.as_str()), ("AccessDenied", "not you"));
}

#[test]
fn calls_made_together_wait_together_and_leave_in_order() {
    let (run, sends) = with(
        "const { SNS } = require('@aws-sdk/client-sns');
         const sns = new SNS();
         exports.handler = async () => (await Promise.all(['a', 'b', 'c'].map((Message) => sns.publish({ Message })))).length;",
        |_| Ok(json!({})),
    );

    assert_eq!(run.outcome, Outcome::Success(json!(3)));
    assert_eq!(
        sends.iter().map(|s| s.input["Message"].as_str()).collect::<Vec<_>>(),
        [Some("a"), Some("b"), Some("c")]
    );
    assert_eq!(sends[0].operation, "Publish");
    assert!(run.duration_ms() < 60, "{}", run.duration_ms());
}

#[test]
fn each_call_knows_how_long_the_function_has_been_running() {
    let (_, sends) = with(
        "const { S3Client, ListBucketsCommand } = require('@aws-sdk/client-s3');
         exports.handler = async () => { const s3 = new S3Client(); for (let i = 0; i < 3; i += 1) await s3.send(new ListBucketsCommand()); };",
        |_| Ok(json!({})),
    );
    let times: Vec<u64> = sends.iter().map(|s| s.elapsed_ms).collect();
    assert!(times[0] < times[1] && times[1] - times[0] >= 40 && times[2] > times[1], "{times:?}");
}

#[test]
fn the_callback_style_of_send_works_too() {
    let (run, _) = with(
        "const { EC2Client, DescribeInstancesCommand } = require('@aws-sdk/client-ec2');
         exports.handler = (e, c, callback) => { new EC2Client().send(new DescribeInstancesCommand({}), (error, data) => callback(error, data.Reservations)) };",
        |_| Ok(json!({"Reservations": []})),
    );
    assert_eq!(run.outcome, Outcome::Success(json!([])));
}

#[test]
fn bytes_leave_as_base64_and_dates_as_text() {
    let (_, sends) = with(
        "const { LambdaClient, InvokeCommand } = require('@aws-sdk/client-lambda');
         exports.handler = async () => { await new LambdaClient().send(new InvokeCommand({ Payload: Buffer.from('hi'), At: new Date(0), Gone: undefined })) };",
        |_| Ok(json!({})),
    );
    assert_eq!(sends[0].input, json!({"Payload": "aGk=", "At": "1970-01-01T00:00:00.000Z"}));
}

#[test]
fn a_client_of_another_service_is_not_in_the_package() {
    let (run, _) = with(
        "const { S3Client } = require('@aws-sdk/client-ec2'); exports.handler = async () => new S3Client()",
        |_| Ok(json!({})),
    );
    assert!(run.outcome.is_error());
}

#[test]
fn an_exception_class_recognises_its_errors() {
    let (run, _) = with(
        "const { SNSClient, PublishCommand, NotFoundException } = require('@aws-sdk/client-sns');
         exports.handler = async () => { try { await new SNSClient().send(new PublishCommand({})) } catch (e) { return e instanceof NotFoundException } };",
        |_| Err(SdkError { code: "NotFoundException".to_owned(), message: "gone".to_owned(), status: 404 }),
    );
    assert_eq!(run.outcome, Outcome::Success(json!(true)));
}

#[test]
fn a_flood_of_calls_ends_with_the_timeout() {
    let (run, sends) = with(
        "const { EC2Client, DescribeInstancesCommand } = require('@aws-sdk/client-ec2');
         exports.handler = async () => { const c = new EC2Client(); for (;;) await c.send(new DescribeInstancesCommand({})) };",
        |_| Ok(json!({})),
    );
    assert_eq!(run.outcome, Outcome::TimedOut);
    assert!((60..80).contains(&sends.len()), "{}", sends.len());
}
