//! How an invocation ends.

use std::time::Duration;

use serde_json::json;

use super::{super::Outcome, answer_of, failure_of, play, program, run_code, texts};

#[test]
fn an_async_handler_answers_with_what_it_returns() {
    assert_eq!(
        answer_of("return {got: event.key, n: [1, null, 'é']};"),
        json!({"got": "value", "n": [1, null, "é"]})
    );
    assert_eq!(answer_of(""), json!(null));
}

#[test]
fn a_callback_answers_once_the_event_loop_is_empty() {
    let run = run_code(
        "exports.handler = (event, context, callback) => {
           setTimeout(() => console.log('later'), 100);
           callback(null, 'done');
         };",
    );

    assert_eq!(run.outcome, Outcome::Success(json!("done")));
    assert!(run.duration_ms() >= 100 && texts(&run)[0].ends_with("later"));
}

#[test]
fn a_callback_may_refuse_to_wait_for_the_event_loop() {
    let run = run_code(
        "exports.handler = (event, context, callback) => {
           context.callbackWaitsForEmptyEventLoop = false;
           setTimeout(() => console.log('never'), 100);
           callback(null, 'done');
         };",
    );

    assert_eq!((run.outcome, run.lines.len()), (Outcome::Success(json!("done")), 0));
}

#[test]
fn an_es_module_exports_its_handler() {
    let run = run_code(
        "import { randomUUID } from 'node:crypto';
         import util from 'util';
         const ready = await Promise.resolve('ready');
         export const handler = async () => [ready, randomUUID().length, util.format('%s!', 'hi')];",
    );

    assert_eq!(run.outcome, Outcome::Success(json!(["ready", 36, "hi!"])));
}

#[test]
fn a_thrown_error_is_reported_by_name_message_and_place() {
    let run = run_code("exports.handler = async () => {\n  throw new RangeError('too far');\n};");

    let Outcome::Failure(error) = run.outcome else { panic!("{:?}", run.outcome) };
    assert_eq!((error.error_type.as_str(), error.error_message.as_str()), ("RangeError", "too far"));
    let trace = error.trace.expect("an exception has a trace");
    assert_eq!(trace[0], "RangeError: too far");
    assert!(trace[1].contains("/var/task/index.js:2:"), "{trace:?}");
}

#[test]
fn every_way_to_refuse_is_reported_as_lambda_does() {
    for (code, expected) in [
        ("exports.handler = () => { throw new TypeError('sync'); }", "TypeError: sync"),
        ("exports.handler = () => Promise.reject(new Error('no'))", "Error: no"),
        ("exports.handler = (e, c, callback) => callback(new Error('called back'))", "Error: called back"),
        ("exports.handler = (e, c, callback) => callback('just text')", "string: just text"),
        ("exports.handler = async () => { throw 'text' }", "string: text"),
        (
            "class Fine extends Error { name = 'Fine' }\nexports.handler = async () => { throw new Fine('paid') }",
            "Fine: paid",
        ),
        (
            "exports.handler = async () => { Promise.reject(new Error('lost')); await new Promise((r) => setTimeout(r, 5)) }",
            "Runtime.UnhandledPromiseRejection: Error: lost",
        ),
        (
            "exports.handler = (e, c, cb) => { setTimeout(() => { throw new Error('in a timer') }, 1) }",
            "Error: in a timer",
        ),
        (
            "exports.handler = async () => { const a = {}; a.a = a; return a }",
            "Error: Unable to stringify response body",
        ),
        ("exports.handler = async () => ({ half: '\\ud800' })", "Error: Unable to stringify response body"),
        (
            "exports.handler = async () => 'x'.repeat(7000000)",
            "Function.ResponseSizeTooLarge: Response payload size exceeded maximum allowed payload size (6291556 bytes).",
        ),
        (
            "exports.handler = async (e) => e.detail.id",
            "TypeError: Cannot read properties of undefined (reading 'id')",
        ),
        (
            "exports.handler = async () => { const a = 1; a = 2 }",
            "TypeError: Assignment to constant variable.",
        ),
        ("exports.handler = async () => absent", "ReferenceError: absent is not defined"),
    ] {
        assert_eq!(failure_of(code), expected, "{code}");
    }
}

#[test]
fn code_that_cannot_be_loaded_says_so() {
    for (code, expected) in [
        ("exports.handler = async () => {", "Runtime.UserCodeSyntaxError: SyntaxError: "),
        ("import { x } from 'util'\nexport const handler = (", "Runtime.UserCodeSyntaxError: SyntaxError: "),
        (
            "const axios = require('axios');",
            "Runtime.ImportModuleError: Error: Cannot find module 'axios'\nRequire stack:\n- /var/task/index.js\n- /var/runtime/index.mjs",
        ),
        (
            "import axios from 'axios';\nexport const handler = 1",
            "Error: Cannot find package 'axios' imported from /var/task/index.mjs",
        ),
        ("exports.other = 1", "Runtime.HandlerNotFound: index.handler is undefined or not exported"),
        ("exports.handler = 'text'", "Runtime.HandlerNotFound: index.handler is not a function"),
        ("throw new Error('at load')", "Error: at load"),
    ] {
        let found = failure_of(code);
        assert!(found.starts_with(expected), "{code}\n{found}");
    }
}

#[test]
fn a_handler_setting_that_names_no_file_is_refused() {
    for (handler, expected) in [
        ("handler", "Runtime.MalformedHandlerName"),
        ("app.handler", "Runtime.ImportModuleError"),
        ("../index.handler", "Runtime.MalformedHandlerName"),
    ] {
        let mut program = program("exports.handler = async () => 1");
        program.handler = handler.to_owned();
        let payload = play(&program, json!({}), |_| Ok(json!({}))).0.outcome.payload(&program);
        assert_eq!(payload["errorType"], expected, "{handler}");
    }
}

#[test]
fn a_nested_export_can_be_the_handler() {
    let mut program = program("exports.api = { post: async () => 'deep' }");
    program.handler = "index.api.post".to_owned();
    assert_eq!(play(&program, json!({}), |_| Ok(json!({}))).0.outcome, Outcome::Success(json!("deep")));
}

#[test]
fn leaving_the_process_is_an_exit_error_that_no_catch_can_stop() {
    let code =
        "exports.handler = async () => { try { process.exit(3) } catch {} finally { return 'saved' } }";
    assert_eq!(
        failure_of(code),
        "Runtime.ExitError: RequestId: 8f507cfc-1111-4222-8333-444455556666 Error: Runtime exited with error: exit status 3"
    );
    let run = run_code("exports.handler = async () => process.exit()");
    assert_eq!(
        texts(&run),
        [
            "RequestId: 8f507cfc-1111-4222-8333-444455556666 Error: Runtime exited without providing a reason\nRuntime.ExitError"
        ]
    );
}

#[test]
fn a_promise_that_never_settles_is_noticed_when_nothing_is_left_to_do() {
    let found = failure_of("exports.handler = async () => { await new Promise(() => {}) }");
    assert!(
        found.starts_with("Runtime.NodeJsExit: The Lambda runtime client detected an unexpected"),
        "{found}"
    );
}

#[test]
fn a_plain_handler_that_never_calls_back_answers_null() {
    assert_eq!(run_code("exports.handler = (e, c, callback) => {}").outcome, Outcome::Success(json!(null)));
}

#[test]
fn a_timeout_is_cut_at_the_setting_and_told_in_the_log() {
    let run = run_code("exports.handler = async () => { await new Promise((r) => setTimeout(r, 60000)) }");

    assert_eq!((&run.outcome, run.duration_ms()), (&Outcome::TimedOut, 3_000));
    assert_eq!(
        texts(&run),
        ["2026-03-02T09:00:03.000Z 8f507cfc-1111-4222-8333-444455556666 Task timed out after 3.00 seconds"]
    );
    assert_eq!(
        run.outcome.payload(&program("")),
        json!({"errorType": "Sandbox.Timedout", "errorMessage": "RequestId: 8f507cfc-1111-4222-8333-444455556666 Error: Task timed out after 3.00 seconds"})
    );
}

/// Each of these would run for ever, or fill the machine.
const ATTACKS: &[(&str, &str)] = &[
    ("a loop", "for (;;);"),
    ("a loop that catches", "for (;;) { try { for (;;); } catch {} }"),
    ("a loop in a promise", "await Promise.resolve().then(() => { for (;;); })"),
    ("endless microtasks", "for (;;) await null"),
    (
        "endless chained jobs",
        "const next = () => Promise.resolve(new Array(99).fill(0)).then(next); await next()",
    ),
    ("recursion", "const f = () => f() + 1; f()"),
    ("recursion that catches", "const f = () => { try { f() } finally { f() } }; f()"),
    ("a growing array", "const a = []; for (;;) a.push(new Array(1000).fill('x'))"),
    ("a growing string", "let s = 'x'; for (;;) s += s"),
    ("a giant string", "return 'x'.repeat(2 ** 29).length"),
    ("a giant array", "return new Array(2 ** 28).fill(0).length"),
    ("a giant buffer", "return Buffer.alloc(2 ** 31).length"),
    ("a flood of errors", "for (;;) { try { throw new Error('x') } catch {} }"),
    ("an error hook", "Error.stackTraceLimit = 0; Error.prepareStackTrace = () => { for (;;); }; null.x"),
    (
        "an iterator whose end is endless",
        "const it = { [Symbol.iterator]: () => ({ next: () => ({ done: false }), return() { for (;;); } }) };
         for (;;) { try { for (const x of it) throw 1 } catch {} }",
    ),
    (
        "a pattern over an iterator whose end is endless",
        "const it = { [Symbol.iterator]: () => ({ next: () => ({ done: false }), return() { for (;;); } }) };
         for (;;) { try { const [a = (() => { throw 1 })()] = it } catch {} }",
    ),
    (
        "a generator whose end is endless",
        "function* g() { try { yield 1 } finally { for (;;); } } for (;;) { try { for (const x of g()) throw 1 } catch {} }",
    ),
    (
        "an exit in an iterator's end",
        "const it = { [Symbol.iterator]: () => ({ next: () => ({ done: false }), return() { process.exit(3) } }) };
         for (;;) { try { for (const x of it) throw 1 } catch {} }",
    ),
    ("recursion that catches and recurses", "const f = () => { try { f() } catch { f() } }; f()"),
    ("a getter that catches", "const o = { get a() { try { return o.a } catch { return o.a } } }; return o.a"),
    ("a flood of promises", "for (;;) new Promise(() => {}).then(() => {})"),
    ("a flood of rejections", "for (;;) Promise.reject(new Error('x'))"),
    ("promises that double", "const f = () => { for (const i of [1, 2]) Promise.resolve().then(f) }; f(); await new Promise(() => {})"),
    ("a flood of ticks", "const f = () => process.nextTick(f); f(); await new Promise(() => {})"),
    ("a flood of requests", "const { SNSClient, PublishCommand } = require('@aws-sdk/client-sns'); for (;;) new SNSClient().send(new PublishCommand({}))"),
    ("a string that grows by little", "let s = ''; for (;;) s += 'xxxxxxxxxxxxxxxx'"),
    ("a map that grows", "const m = new Map(); for (let i = 0; ; i += 1) m.set(i, {})"),
    ("a chain of objects", "let o = null; for (;;) o = { o }"),
    (
        "a full heap that catches",
        "const kept = []; for (let size = 65536; size >= 1; size = Math.floor(size / 2)) { try { for (;;) kept.push('y'.repeat(size)) } catch {} }
         for (;;) { try { for (;;); } catch {} }",
    ),
    ("JSON of a tree of one branch", "let a = {}; for (let i = 0; i < 25; i += 1) a = { x: a, y: a, z: a }; return a"),
    ("JSON again and again", "const a = new Array(100000).fill({ x: 'y' }); for (;;) JSON.stringify(a)"),
    ("deep JSON", "return JSON.parse('['.repeat(200000) + ']'.repeat(200000))"),
    ("a long search", "return 'a'.repeat(8000000).indexOf('a'.repeat(4000000) + 'b')"),
    (
        "a long sort",
        "const a = 'x'.repeat(1000000); return new Array(50000).fill(0).map((_, i) => a + i % 2).sort().length",
    ),
    ("a buffer filled for ever", "const b = new Uint8Array(16000000); for (;;) b.fill(1)"),
    ("a text that replaces itself", "for (;;) 'a'.repeat(1000000).replaceAll('a', 'bbbbbbbb')"),
    ("nested quantifiers", "return /((a{0,1000}){0,1000}){0,1000}b/.test('a'.repeat(1000))"),
    ("code made of text", "for (;;) eval('for (;;);')"),
    ("an endless integer", "let n = 3n; for (;;) n *= n"),
    ("long texts compared", "const a = 'x'.repeat(8e6), b = 'x'.repeat(8e6); for (;;) a === b"),
    ("a stack hook", "Error.prepareStackTrace = () => { for (;;); }; for (;;) { try { null.x } catch (e) { e.stack } }"),
    ("an answer that is a promise of itself", "const t = { then(f) { f(t) } }; return t"),
    ("a thrown thing without a name", "throw { toString() { for (;;); } }"),
    ("a regex bomb", "return /^(a+)+$/.test('a'.repeat(40) + 'b')"),
    ("a sparse search", "return new Array(2 ** 32 - 1).indexOf(1)"),
    ("an endless length", "Array.prototype.forEach.call({length: 2 ** 53 - 1}, () => {})"),
    ("a flood of lines", "for (;;) console.log('water', {a: [1, 2, 3]})"),
    ("an interval", "setInterval(() => {}, 1); await new Promise(() => {})"),
    ("a flood of timers", "for (;;) setTimeout(() => {}, 1)"),
    ("deep nesting", "let a = []; for (let i = 0; i < 1e6; i += 1) a = [a]; return a"),
    ("a getter that lies", "return { get a() { for (;;); } }"),
    ("a broken JSON", "JSON.stringify = () => { throw 1 }; JSON.parse = null; return 1"),
];

#[test]
fn whatever_the_code_does_the_end_comes_soon_and_is_always_the_same() {
    for &(name, body) in ATTACKS {
        let mut program = program(&format!("exports.handler = async () => {{ {body} }}"));
        program.timeout_ms = 20;
        let run = || play(&program, json!({}), |_| Ok(json!({}))).0;
        #[allow(clippy::disallowed_methods, reason = "this test is about real time")]
        let begun = std::time::Instant::now();
        let first = run();
        let took = begun.elapsed();
        assert!(first.outcome.is_error(), "{name}: {:?}", first.outcome);
        assert_eq!(first, run(), "{name}");
        assert!(took < Duration::from_secs(5), "{name} took {took:?}");
    }
}

#[test]
fn a_long_timeout_does_not_make_an_endless_loop_long() {
    let mut program = program("exports.handler = async () => { for (;;); }");
    program.timeout_ms = 900_000;
    let run = play(&program, json!({}), |_| Ok(json!({}))).0;
    assert_eq!((run.duration_ms(), run.outcome), (900_000, Outcome::TimedOut));
}

#[test]
fn running_out_of_memory_is_a_killed_process_that_used_all_it_had() {
    let run = run_code(
        "exports.handler = async () => { const a = []; for (;;) a.push(new Array(100000).fill('x')) }",
    );

    assert_eq!((&run.outcome, run.max_memory_mb), (&Outcome::OutOfMemory, 128));
    assert_eq!(
        run.outcome.payload(&program("")),
        json!({"errorType": "Runtime.OutOfMemory", "errorMessage": "RequestId: 8f507cfc-1111-4222-8333-444455556666 Error: Runtime exited with error: signal: killed"})
    );
}

#[test]
fn nothing_can_be_caught_once_the_memory_is_full() {
    let run = run_code(
        "exports.handler = async () => {
           const kept = [];
           try { for (;;) kept.push(new Uint8Array(1000000)) } catch { kept.length = 0 }
           for (;;) { try { for (;;); } catch {} }
         }",
    );

    assert_eq!((&run.outcome, run.max_memory_mb), (&Outcome::OutOfMemory, 128));
    assert!(run.duration_ms() < 3_000, "{}", run.duration_ms());
}

#[test]
fn the_whole_language_is_there() {
    for (body, expected) in [
        ("return [eval('1 + 1'), new Function('a', 'return a + 1')(2)]", json!([2, 3])),
        (
            "return [typeof 1n, String(2n ** 70n), BigInt(3) * 2n === 6n]",
            json!(["bigint", "1180591620717411303424", true]),
        ),
        ("return Math.sin(1) + Math.log(3) + Math.exp(0.1)", json!(3.045_254_191_551_654)),
        (r"return 'Ünïcode'.normalize('NFD').replace(/\p{M}/gu, '')", json!("Unicode")),
    ] {
        assert_eq!(answer_of(body), expected, "{body}");
    }
    assert_eq!(
        failure_of("exports.handler = async () => JSON.stringify({ n: 1n })"),
        "TypeError: Do not know how to serialize a BigInt"
    );
}

#[test]
fn text_nested_too_deep_for_the_interpreter_is_an_error_of_the_code() {
    let nested = "'('.repeat(200000) + '1' + ')'.repeat(200000)";
    assert_eq!(
        answer_of(&format!("try {{ eval({nested}) }} catch (e) {{ return `${{e.name}}: ${{e.message}}` }}")),
        json!("RangeError: Maximum call stack size exceeded")
    );
}

#[test]
fn endless_recursion_is_an_error_the_code_could_have_caught() {
    assert_eq!(
        failure_of("exports.handler = async () => { const f = () => f() + 1; return f() }"),
        "RangeError: Maximum call stack size exceeded"
    );
    assert_eq!(
        answer_of("const f = () => f() + 1; try { f() } catch (e) { return e.name }"),
        json!("RangeError")
    );
}
