//! What `console` writes.

use super::{run_code, texts};

/// What one `console.log` prints, without its prefix.
fn printed(arguments: &str) -> String {
    let run = run_code(&format!("exports.handler = async () => {{ console.log({arguments}); }}"));
    let line = texts(&run).first().map_or(String::new(), |line| (*line).to_owned());
    line.splitn(4, '\t').nth(3).unwrap_or("").to_owned()
}

#[test]
fn a_line_carries_the_time_the_request_and_the_level() {
    let run = run_code(
        "exports.handler = async () => {
           await new Promise((r) => setTimeout(r, 1000));
           console.log('a'); console.info('b'); console.warn('c'); console.error('d'); console.debug('e');
         }",
    );

    let lines = texts(&run);
    assert!(lines[0].starts_with("2026-03-02T09:00:01."), "{lines:?}");
    let levels: Vec<String> =
        lines.iter().map(|line| line.split('\t').skip(1).collect::<Vec<_>>().join(" ")).collect();
    let id = "8f507cfc-1111-4222-8333-444455556666";
    assert_eq!(
        levels,
        ["INFO a", "INFO b", "WARN c", "ERROR d", "DEBUG e"].map(|rest| format!("{id} {rest}"))
    );
    assert_eq!(run.lines[0].elapsed_ms, 1_002);
}

#[test]
fn values_are_printed_as_node_prints_them() {
    for (arguments, expected) in [
        ("'text', 1, true, null, undefined, Symbol('s')", "text 1 true null undefined Symbol(s)"),
        (
            "{ a: 1, b: 'x', c: [1, 'two'], 'd-e': undefined }",
            "{ a: 1, b: 'x', c: [ 1, 'two' ], 'd-e': undefined }",
        ),
        ("{ a: { b: { c: { d: 1 } } } }", "{ a: { b: { c: [Object] } } }"),
        ("{}, [], [[]], [{}]", "{} [] [ [] ] [ {} ]"),
        ("\"it's\", [\"it's\"]", "it's [ \"it's\" ]"),
        ("new Map([['a', 1]]), new Set([1])", "Map(1) { 'a' => 1 } Set(1) { 1 }"),
        ("new (class Voiture { vitesse = 117 })()", "Voiture { vitesse: 117 }"),
        ("Object.create(null)", "[Object: null prototype] {}"),
        (
            "() => 1, function f() {}, class A {}, async () => {}",
            "[Function (anonymous)] [Function: f] [class A] [AsyncFunction (anonymous)]",
        ),
        ("new Date(0), /a+/g, [new Date(0)]", "1970-01-01T00:00:00.000Z /a+/g [ 1970-01-01T00:00:00.000Z ]"),
        ("Promise.resolve(1)", "Promise { <pending> }"),
        ("[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]", "[\n  1, 2, 3, 4,  5,\n  6, 7, 8, 9, 10\n]"),
        ("[, 1], new Array(3)", "[ <1 empty item>, 1 ] [ <3 empty items> ]"),
        ("Buffer.from('hi')", "<Buffer 68 69>"),
        ("{ get a() { return 1 } }", "{ a: [Getter] }"),
        ("'%s is %d, %j%%', 'x', 42, {a: 1}, 'more'", "x is 42, {\"a\":1}% more"),
        ("'100%', -0", "100% -0"),
        ("'line\\nbreak', ['line\\nbreak']", "line\nbreak [ 'line\\nbreak' ]"),
        ("(() => { const a = { n: 1 }; a.self = a; return a })()", "<ref *1> { n: 1, self: [Circular *1] }"),
        (
            "{ source: 'aws.cloudwatch', 'detail-type': 'CloudWatch Alarm State Change', detail: { alarmName: 'radar-110', state: { value: 'ALARM' } } }",
            "{\n  source: 'aws.cloudwatch',\n  'detail-type': 'CloudWatch Alarm State Change',\n  detail: { alarmName: 'radar-110', state: { value: 'ALARM' } }\n}",
        ),
    ] {
        assert_eq!(printed(arguments), expected, "{arguments}");
    }
}

#[test]
fn an_error_is_printed_with_its_stack() {
    let text = printed("new Error('boom')");
    assert!(text.starts_with("Error: boom\n    at "), "{text}");
    assert!(text.contains("/var/task/index.js:1:"), "{text}");
}

#[test]
fn a_failed_invocation_leaves_an_error_line_in_json() {
    let run = run_code(
        "exports.handler = async () => { throw Object.assign(new Error('boom'), { plate: 'AB-123' }) }",
    );
    let line = texts(&run)[0];
    assert!(
        line.contains("\tERROR\tInvoke Error \t{\"errorType\":\"Error\",\"errorMessage\":\"boom\",\"plate\":\"AB-123\",\"stack\":[\"Error: boom\""),
        "{line}"
    );
}

#[test]
fn an_error_while_loading_has_no_request_yet() {
    let run = run_code("exports.handler = ");
    let line = texts(&run)[0];
    assert!(
        line.contains(
            "\tundefined\tERROR\tUncaught Exception \t{\"errorType\":\"Runtime.UserCodeSyntaxError\""
        ),
        "{line}"
    );
}

#[test]
fn a_flood_of_lines_is_bounded() {
    let run = run_code("exports.handler = async () => { for (;;) console.log('x'.repeat(100000)) }");
    let bytes: usize = run.lines.iter().map(|line| line.text.len()).sum();
    assert!(bytes < 5 << 20, "{bytes}");
}
