//! Makes the world a handler wakes up in, then gives it its code: a script first, an ES module if that is what it is.

use std::{collections::BTreeSet, fmt::Write, rc::Rc};

use rquickjs::{Ctx, Error, Function, Module, Object, context::EvalOptions};
use serde_json::{Value, json};

use super::{Program, host::Host};

/// In the order they need one another.
const PARTS: [(&str, &str); 7] = [
    ("errors.js", include_str!("js/errors.js")),
    ("natives.js", include_str!("js/natives.js")),
    ("inspect.js", include_str!("js/inspect.js")),
    ("clock.js", include_str!("js/clock.js")),
    ("node.js", include_str!("js/node.js")),
    ("sdk.js", include_str!("js/sdk.js")),
    ("invoke.js", include_str!("js/invoke.js")),
];

const BUILT_IN: [&str; 6] = ["util", "crypto", "buffer", "process", "timers", "timers/promises"];
const SDK: &str = "@aws-sdk/client-";

/// Evaluates our own parts; answers the object through which we call them.
pub(super) fn boot<'js>(
    ctx: &Ctx<'js>,
    host: &Rc<Host>,
    program: &Program,
    event: &Value,
) -> Result<Object<'js>, Error> {
    let parts = Object::new(ctx.clone())?;
    let door = host.object(ctx)?;
    let facts = ctx.json_parse(facts(program, event, host.now_ms()).to_string())?;
    for (name, source) in PARTS {
        let mut options = EvalOptions::default();
        options.filename = Some(format!("/var/runtime/{name}"));
        let part: Function = ctx.eval_with_options(source, options)?;
        part.call::<_, ()>((parts.clone(), door.clone(), facts.clone()))?;
    }
    Ok(parts)
}

fn facts(program: &Program, event: &Value, start_ms: f64) -> Value {
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
        "env": env, "handler": program.handler, "event": event.to_string(),
        "deadline": start_ms + program.timeout_ms as f64,
        "context": {
            "functionName": who.name, "functionVersion": who.version, "invokedFunctionArn": who.arn,
            "memoryLimitInMB": memory, "awsRequestId": who.request_id,
            "logGroupName": who.log_group, "logStreamName": who.log_stream,
        },
    })
}

/// Evaluates the function's code and starts its handler; what goes wrong there is reported by the JavaScript side.
pub(super) fn user_code<'js>(ctx: &Ctx<'js>, parts: &Object<'js>, program: &Program) -> Result<(), Error> {
    if !parts.get::<_, Function>("checkHandler")?.call::<_, bool>(())? {
        return Ok(());
    }
    let code = program.code.replace('\0', "\u{fffd}");
    if let Some(literal) = big_integer(&code) {
        return parts.get::<_, Function>("refuseCode")?.call((literal,));
    }
    declare_imports(ctx, parts, &code)?;
    // On the code's first line, so that line numbers are the author's.
    let wrapped = format!("(function (exports, require, module, __filename, __dirname) {{{code}\n}})");
    let mut options = EvalOptions::default();
    options.strict = false;
    options.filename = Some("/var/task/index.js".to_owned());
    match ctx.eval_with_options::<Function, _>(wrapped, options) {
        Ok(function) => parts.get::<_, Function>("runScript")?.call((function,)),
        Err(Error::Exception) if is_module(&code) => {
            ctx.catch();
            run_module(ctx, parts, &code)
        }
        Err(Error::Exception) => parts.get::<_, Function>("failInit")?.call((ctx.catch(),)),
        Err(error) => Err(error),
    }
}

fn run_module<'js>(ctx: &Ctx<'js>, parts: &Object<'js>, code: &str) -> Result<(), Error> {
    let started = Module::declare(ctx.clone(), "/var/task/index.mjs", code).and_then(Module::eval);
    match started {
        Ok((module, loading)) => parts.get::<_, Function>("runModule")?.call((loading, module.namespace()?)),
        Err(Error::Exception) => parts.get::<_, Function>("failInit")?.call((ctx.catch(),)),
        Err(error) => Err(error),
    }
}

/// An integer of any length (`10n`), wherever it stands in the code: work on these is neither counted nor bounded.
fn big_integer(code: &str) -> Option<&str> {
    code.split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '$'))).find(|word| {
        let digits = word.strip_suffix('n').unwrap_or_default();
        digits.starts_with(|c: char| c.is_ascii_digit())
            && digits.bytes().all(|b| b.is_ascii_hexdigit() || matches!(b, b'_' | b'x' | b'X' | b'o' | b'O'))
    })
}

/// Does a line start as only an ES module's can?
fn is_module(code: &str) -> bool {
    code.lines().map(str::trim_start).any(|line| {
        ["import ", "import{", "import\"", "import'", "export ", "export{", "export*"]
            .iter()
            .any(|word| line.starts_with(word))
            || line.starts_with("await ")
    })
}

/// An ES module's imports are bound by name before any code runs, and an SDK client has a name for every operation:
/// each module mentioned is declared with those of the code's own words that it exports.
fn declare_imports<'js>(ctx: &Ctx<'js>, parts: &Object<'js>, code: &str) -> Result<(), Error> {
    if !code.contains("import") {
        return Ok(());
    }
    let words: BTreeSet<&str> = code
        .split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'))
        .filter(|word| word.starts_with(|c: char| c.is_ascii_alphabetic()) && *word != "default")
        .collect();
    let words: Vec<&str> = words.into_iter().collect();
    let exported: Function = parts.get("exported")?;
    let require: Function = parts.get("require")?;
    for name in mentioned(code) {
        let names: Vec<String> = exported.call((name.as_str(), words.clone()))?;
        let mut source = String::from("const found = import.meta.found;\nexport default found;\n");
        for (index, export) in names.iter().enumerate() {
            let _ = writeln!(source, "const x{index} = found.{export};\nexport {{ x{index} as {export} }};");
        }
        let module = Module::declare(ctx.clone(), name.as_str(), source)?;
        let found: rquickjs::Value = require.call((name.as_str(),))?;
        module.meta()?.set("found", found)?;
    }
    Ok(())
}

fn mentioned(code: &str) -> BTreeSet<String> {
    let mut names: BTreeSet<String> = BUILT_IN
        .iter()
        .flat_map(|name| [(*name).to_owned(), format!("node:{name}")])
        .filter(|name| code.contains(&format!("\"{name}\"")) || code.contains(&format!("'{name}'")))
        .collect();
    for (at, _) in code.match_indices(SDK) {
        let tail = &code[at + SDK.len()..];
        let end = tail.find(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'));
        let service = &tail[..end.unwrap_or(tail.len())];
        if !service.is_empty() {
            names.insert(format!("{SDK}{service}"));
        }
    }
    names
}
