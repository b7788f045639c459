//! What the JavaScript side is told of the invocation it wakes up in.

use serde_json::{Value, json};

use super::Program;

pub(super) fn of(program: &Program, event: &Value, start_ms: f64) -> Value {
    let who = &program.identity;
    let memory = program.memory_mb.to_string();
    let mut env = json!({
        "AWS_REGION": who.region, "AWS_DEFAULT_REGION": who.region, "AWS_EXECUTION_ENV": "AWS_Lambda_nodejs22.x",
        "AWS_LAMBDA_FUNCTION_NAME": who.name, "AWS_LAMBDA_FUNCTION_VERSION": who.version,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": memory, "AWS_LAMBDA_LOG_GROUP_NAME": who.log_group,
        "AWS_LAMBDA_LOG_STREAM_NAME": who.log_stream, "LAMBDA_TASK_ROOT": "/var/task",
        "LAMBDA_RUNTIME_DIR": "/var/runtime", "LANG": "en_US.UTF-8", "TZ": ":UTC", "_HANDLER": program.handler,
    });
    for (name, value) in &program.env {
        env[name.as_str()] = json!(value);
    }
    json!({
        "env": env, "code": program.code, "handler": program.handler, "event": event.to_string(),
        "deadline": start_ms + program.timeout_ms as f64,
        "context": {
            "functionName": who.name, "functionVersion": who.version, "invokedFunctionArn": who.arn,
            "memoryLimitInMB": memory, "awsRequestId": who.request_id,
            "logGroupName": who.log_group, "logStreamName": who.log_stream,
        },
    })
}
