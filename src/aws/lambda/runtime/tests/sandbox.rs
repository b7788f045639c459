//! What the code can see, and what it cannot.

use serde_json::json;

use super::{super::Outcome, answer_of, play, program, run_code};

#[test]
fn the_clock_is_simulated_and_in_utc() {
    assert_eq!(
        answer_of("return new Date(Math.floor(Date.now() / 1000) * 1000).toISOString()"),
        json!("2026-03-02T09:00:00.000Z")
    );
    assert_eq!(
        answer_of(
            "const d = new Date(2026, 2, 2, 9, 5); return [d.toISOString(), d.getHours(), d.getTimezoneOffset(), String(d)]"
        ),
        json!([
            "2026-03-02T09:05:00.000Z",
            9,
            0,
            "Mon Mar 02 2026 09:05:00 GMT+0000 (Coordinated Universal Time)"
        ])
    );
    assert_eq!(
        answer_of(
            "return ['2026-03-02T09:05:00', '2026-03-02', 'Mar 2, 2026 9:05', '2026-03-02T09:05:00+01:00'].map((t) => new Date(t).toISOString())"
        ),
        json!([
            "2026-03-02T09:05:00.000Z",
            "2026-03-02T00:00:00.000Z",
            "2026-03-02T09:05:00.000Z",
            "2026-03-02T08:05:00.000Z"
        ])
    );
    assert_eq!(
        answer_of(
            "return new Date(new Date(5)).getTime() + (class extends Date {}, new Date() instanceof Date)"
        ),
        json!(6)
    );
    assert_eq!(
        answer_of("return [typeof Date(), new Date('x').getTime(), new Date(0).toLocaleString()]"),
        json!(["string", null, "1/1/1970, 12:00:00 AM"])
    );
}

#[test]
fn time_passes_by_waiting_and_by_computing_only() {
    assert_eq!(
        answer_of(
            "const t = Date.now(); await new Promise((r) => setTimeout(r, 500)); return Date.now() - t >= 500"
        ),
        json!(true)
    );
    assert_eq!(
        answer_of(
            "const t = Date.now(); while (Date.now() < t + 200); return Math.round((Date.now() - t) / 10)"
        ),
        json!(20)
    );
    assert_eq!(answer_of("return context.getRemainingTimeInMillis() > 2900"), json!(true));
    assert_eq!(
        answer_of("const { setTimeout: wait } = require('timers/promises'); return await wait(10, 'waited')"),
        json!("waited")
    );
}

#[test]
fn timers_fire_in_the_order_of_their_times_and_can_be_cleared() {
    assert_eq!(
        answer_of(
            "const seen = [];
             setTimeout(() => seen.push('c'), 30);
             setTimeout(() => seen.push('a'), 10);
             setTimeout(() => seen.push('b'), 10);
             clearTimeout(setTimeout(() => seen.push('x'), 5));
             const every = setInterval(() => seen.push('i') > 4 && clearInterval(every), 8);
             await new Promise((r) => setTimeout(r, 50));
             return seen.join('')"
        ),
        json!("iabiic")
    );
}

#[test]
fn chance_comes_from_the_seed() {
    let draws = "return [Math.random(), Math.random(), require('crypto').randomUUID()]";
    assert_eq!(answer_of(draws), answer_of(draws));
    assert_eq!(answer_of("return new Set(Array.from({length: 100}, Math.random)).size"), json!(100));
}

#[test]
fn nothing_survives_an_invocation() {
    let counter = "globalThis.count = (globalThis.count ?? 0) + 1; return globalThis.count";
    assert_eq!((answer_of(counter), answer_of(counter)), (json!(1), json!(1)));
}

#[test]
fn the_environment_and_the_context_say_who_is_running() {
    assert_eq!(
        answer_of(
            "return [process.env.VILLE, process.env.AWS_REGION, process.env.NOPE ?? null, context.functionName,
                     context.awsRequestId, context.memoryLimitInMB, context.invokedFunctionArn, context.logGroupName]"
        ),
        json!([
            "Vigie", "eu-west-3", null, "corrige-sg", "8f507cfc-1111-4222-8333-444455556666", "128",
            "arn:aws:lambda:eu-west-3:123456789012:function:corrige-sg", "/aws/lambda/corrige-sg"
        ])
    );
}

#[test]
fn there_is_no_network_and_no_file() {
    assert_eq!(
        answer_of("try { await fetch('https://example.com') } catch (e) { return String(e) }"),
        json!("TypeError: fetch failed")
    );
    for module in ["fs", "http", "net", "child_process", "aws-sdk", "../secret", "@aws-sdk/client-"] {
        let body = format!("try {{ require('{module}') }} catch (e) {{ return e.code }}");
        assert_eq!(answer_of(&body), json!("MODULE_NOT_FOUND"), "{module}");
    }
    assert_eq!(
        answer_of("return [typeof std, typeof os, typeof Worker, typeof Deno]"),
        json!(["undefined", "undefined", "undefined", "undefined"])
    );
}

#[test]
fn a_buffer_goes_to_and_from_base64_and_utf8() {
    assert_eq!(
        answer_of(
            "const b = Buffer.from('été €😀');
             return [b.toString('base64'), b.length, Buffer.from(b.toString('base64'), 'base64').toString(),
                     Buffer.from('fffe', 'hex').toString('base64url'), Buffer.concat([b, Buffer.from([33])]).toString().slice(-1),
                     Buffer.from([255, 65]).toString(), Buffer.isBuffer(b), atob(btoa('hi'))]"
        ),
        json!(["w6l0w6kg4oKs8J+YgA==", 13, "été €😀", "__4", "!", "\u{fffd}A", true, "hi"])
    );
}

#[test]
fn an_event_of_any_shape_arrives_whole() {
    for event in
        [json!(null), json!("text"), json!([1, {"é": "\u{2028}"}]), json!({"__proto__": 1, "n": 1e300})]
    {
        let run =
            play(&program("exports.handler = async (event) => event"), event.clone(), |_| Ok(json!({}))).0;
        assert_eq!(run.outcome, Outcome::Success(event));
    }
}

#[test]
fn a_trivial_handler_takes_a_little_time_and_memory() {
    let run = run_code("exports.handler = async () => 'ok'");
    assert!((1_500..2_500).contains(&run.duration_us), "{}", run.duration_us);
    assert!((64..80).contains(&run.max_memory_mb), "{}", run.max_memory_mb);
}
