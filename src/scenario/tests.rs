//! What a file may and may not be.

use super::{
    diagnostic::{Diagnostic, codes},
    load::{self, Loaded},
};
use crate::text::Lang;

/// The least a scenario says.
const HEAD: &str = "vigie: 1\nid: essai\n";

fn faults(text: &str) -> Vec<Diagnostic> {
    match load::text("essai.yaml", text) {
        Ok(_) => Vec::new(),
        Err(refused) => refused.diagnostics,
    }
}

fn codes_of(text: &str) -> Vec<&'static str> {
    faults(text).into_iter().map(|diagnostic| diagnostic.code).collect()
}

fn read(text: &str) -> Loaded {
    load::text("essai.yaml", text).unwrap_or_else(|refused| {
        let drawn: Vec<String> = refused
            .diagnostics
            .iter()
            .map(|diagnostic| diagnostic.render(&refused.source, Lang::En, false))
            .collect();
        panic!("{}", drawn.join("\n\n"))
    })
}

#[test]
fn a_small_scenario_is_read_with_its_places() {
    let text = format!(
        "{HEAD}title: {{fr: Essai, en: 1.10}}\nstart: 2026-03-02T09:00:00Z\nstory:\n  - {{id: s1, at: 2:00, as: bruno, aws: \"ec2 describe-instances\"}}\n  - load: {{on: Voiture, cpu: [35, null, 82.5], every: 1m}}\n"
    );
    let loaded = read(&text);
    let step = &loaded.scenario.story[0];

    assert_eq!(loaded.scenario.title.as_ref().map(|title| title.en.as_str()), Some("1.10"));
    assert_eq!(step.verbs(), ["aws"]);
    let by = step.by.as_ref().expect("as");
    assert_eq!(&text[by.span.start..by.span.end], "bruno");
    assert_eq!(step.at.as_ref().map(|at| at.value.to_string()), Some("2:00".to_owned()));
}

#[test]
fn every_fault_of_shape_is_found_at_once_with_what_was_meant() {
    let text = format!("{HEAD}titel: {{fr: a, en: b}}\nview: citi\nminutes: long\nhook: {{fr: seul}}\n");

    assert_eq!(
        codes_of(&text),
        [codes::UNKNOWN_KEY, codes::WRONG_VALUE, codes::WRONG_TYPE, codes::MISSING_KEY]
    );
    let found = faults(&text);
    assert_eq!(found[0].help.as_ref().map(|help| help.fr.as_str()), Some("vouliez-vous dire `title` ?"));
    assert_eq!(found[1].help.as_ref().map(|help| help.en.as_str()), Some("did you mean `city`?"));
    assert_eq!(
        found[3].help.as_ref().map(|help| help.en.as_str()),
        Some("every text exists in French and in English")
    );
}

#[test]
fn a_fault_is_drawn_over_its_source_in_either_language() {
    let refused = load::text("essai.yaml", &format!("{HEAD}view: citi\n")).expect_err("citi is no view");
    let fault = &refused.diagnostics[0];

    assert_eq!(
        fault.render(&refused.source, Lang::Fr, false),
        "erreur[S0204]: `citi` n'est pas une valeur de `view`\n --> essai.yaml:3:7\n  |\n3 | view: citi\n  |       ^^^^\n  |\n  = aide: vouliez-vous dire `city` ?"
    );
    assert!(fault.render(&refused.source, Lang::En, true).contains('\u{1b}'), "colour for terminals");
}

#[test]
fn hostile_texts_get_a_located_error_and_never_a_panic() {
    let deep_flow = "[".repeat(100_000);
    let deep_block = "- ".repeat(100_000);
    let deep_map = "{a: ".repeat(50_000);
    let wide = format!("a: [{}]", "1,".repeat(30_000));
    let bomb = "a: &a [x]\nb: &b [*a,*a,*a]\nc: [*b,*b,*b]\n".to_owned();
    let cases = [
        (deep_flow, codes::BUDGET),
        (deep_block, codes::BUDGET),
        (deep_map, codes::BUDGET),
        (wide, codes::BUDGET),
        (bomb, codes::BUDGET),
        ("a: 1\na: 2\n".to_owned(), codes::YAML),
        ("a: [".to_owned(), codes::YAML),
        ("\u{1}\u{0}".to_owned(), codes::YAML),
        ("a: 1\n---\nb: 2\n".to_owned(), codes::YAML),
        (String::new(), codes::WRONG_TYPE),
        ("- 1".to_owned(), codes::WRONG_TYPE),
        ("<<: {vigie: 1}\nid: x".to_owned(), codes::BUDGET),
    ];
    for (text, code) in cases {
        let start: String = text.chars().take(40).collect();
        let refused = load::text("hostile.yaml", &text).expect_err(&start);
        assert_eq!(refused.diagnostics.first().map(|fault| fault.code), Some(code), "{start}");
        let drawn = refused.diagnostics[0].render(&refused.source, Lang::Fr, false);
        assert!(drawn.starts_with("erreur[S0"), "{drawn}");
    }
}

#[test]
fn a_file_too_large_is_refused_before_it_is_read() {
    let path = std::env::temp_dir().join(format!("vigie-large-{}.yaml", std::process::id()));
    let file = std::fs::File::create(&path).expect("a temporary file");
    file.set_len(1 << 30).expect("a sparse gigabyte");

    let refused = load::file(&path).expect_err("a gigabyte is no scenario");

    std::fs::remove_file(&path).expect("it was there");
    assert_eq!(refused.diagnostics[0].code, codes::BUDGET);
}

#[test]
fn binary_rubbish_is_named_as_such() {
    let refused =
        load::bytes("rubbish.yaml", &[0x7f, b'E', b'L', b'F', 0xff, 0xfe, 0x00]).expect_err("not UTF-8");

    assert_eq!(refused.diagnostics[0].code, codes::UNREADABLE);
    assert!(!refused.diagnostics[0].render(&refused.source, Lang::En, false).contains('\u{7f}'));
}

#[test]
fn an_escape_sequence_in_a_text_is_refused_and_never_printed() {
    let text = format!("{HEAD}title: {{fr: \"\\e[31mrouge\", en: \"red\"}}\n");
    assert_eq!(codes_of(&text), [codes::CONTROL_CHARACTER]);

    for raw in ["\u{1b}[2J", "\u{9b}31m", "\u{202e}gauche"] {
        let refused =
            load::text("essai.yaml", &format!("{HEAD}title: {{fr: a{raw}, en: b}}\n")).expect_err(raw);
        for fault in &refused.diagnostics {
            let drawn = fault.render(&refused.source, Lang::En, false);
            assert!(!drawn.contains(['\u{1b}', '\u{9b}', '\u{202e}']), "{drawn:?}");
        }
    }
}

#[test]
fn an_aws_line_cut_by_a_comment_sign_is_said_to_be() {
    let text = format!("{HEAD}story:\n  - aws: ec2 create-tags --tags Key=a,Value= #1\n");
    assert_eq!(codes_of(&text), [codes::CUT_BY_COMMENT]);

    let quoted = format!("{HEAD}story:\n  - aws: \"ec2 describe-instances #1\" # a remark\n");
    assert_eq!(codes_of(&quoted), [] as [&str; 0]);
}

#[test]
fn a_scenario_cut_anywhere_or_with_any_letter_spoilt_is_read_or_refused_but_never_a_panic() {
    let whole = include_str!("../../scenarios/course/crs-04-groupe-de-securite-vers-sns.yaml");
    let bytes = whole.as_bytes();
    for at in (0..bytes.len()).step_by(211) {
        let drawn = match load::bytes("cut.yaml", &bytes[..at]) {
            Ok(_) => String::new(),
            Err(refused) => refused.diagnostics[0].render(&refused.source, Lang::Fr, false),
        };
        assert!(!drawn.contains('\u{1b}'));
        let mut spoilt = bytes.to_vec();
        spoilt[at] = b"{[:&*!\x1b\xff"[at % 8];
        if let Err(refused) = load::bytes("spoilt.yaml", &spoilt) {
            assert!(!refused.diagnostics[0].render(&refused.source, Lang::En, false).contains('\u{1b}'));
        }
    }
}
