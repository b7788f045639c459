//! Files that nobody wrote to be played, given to the real binary: each gets a located message in good time.
#![allow(clippy::format_collect, reason = "bombs are built plainly")]
#![allow(clippy::disallowed_methods, reason = "an answer must come in real time")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

/// The promise is two seconds; a build without optimization on a busy machine is given more.
const IN_GOOD_TIME: Duration = Duration::from_secs(if cfg!(debug_assertions) { 8 } else { 2 });
const CRS_05: &str = include_str!("../scenarios/course/crs-05-exemple-concret.yaml");

fn vigie(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_vigie"))
        .args(arguments)
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::null())
        .output()
        .expect("the binary starts")
}

fn file(name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hostile");
    fs::create_dir_all(&folder).expect("the folder for temporary files is writable");
    let path = folder.join(name);
    fs::write(&path, bytes).expect("a temporary file is writable");
    path
}

fn text_of(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout)
}

/// No byte that a terminal obeys, in either stream, other than line ends and tabs.
#[track_caller]
fn assert_harmless(output: &Output) {
    let all = text_of(output);
    let obeyed = all.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t'));

    assert_eq!(obeyed, None, "{all:?}");
    assert!(!all.contains("panicked"), "{all}");
}

/// `check` and `run` both refuse the file, at a place in it, in either language.
#[track_caller]
fn assert_refused_at(path: &Path, place: &str) {
    let name = path.display().to_string();
    for (command, lang, word) in [
        ("check", "en", "error["),
        ("run", "en", "error["),
        ("check", "fr", "erreur["),
        ("run", "fr", "erreur["),
    ] {
        let started = Instant::now();
        let output = vigie(&[command, &name, "--lang", lang]);
        let took = started.elapsed();
        let said = text_of(&output);

        assert_eq!(output.status.code(), Some(1), "vigie {command}: {said}");
        assert!(said.starts_with(word), "vigie {command} --lang {lang}: {said}");
        assert!(said.contains(&format!("--> {name}:{place}")), "vigie {command} says where: {said}");
        assert!(said.contains('^'), "vigie {command} underlines it: {said}");
        assert!(output.stdout.is_empty(), "vigie {command} keeps errors out of its output: {said}");
        assert_harmless(&output);
        assert!(took < IN_GOOD_TIME, "vigie {command} took {took:?}");
    }
}

/// The worked case with one stretch of it replaced.
fn crs_05_with(old: &str, new: &str) -> String {
    assert!(CRS_05.contains(old), "crs-05 holds {old:?}");
    CRS_05.replacen(old, new, 1)
}

#[test]
fn broken_yaml_is_refused_where_it_breaks() {
    assert_refused_at(&file("broken.yaml", "id: [a\n  b: {c\n"), "2:");
}

#[test]
fn values_of_the_wrong_type_are_refused_one_by_one() {
    let text = crs_05_with("minutes: 12", "minutes: [12]");

    assert_refused_at(&file("types.yaml", text), "14:");
}

#[test]
fn an_unknown_key_is_refused_with_the_one_that_was_meant() {
    let path = file("key.yaml", crs_05_with("minutes: 12", "minuts: 12"));

    assert_refused_at(&path, "14:1");
    assert!(text_of(&vigie(&["check", &path.display().to_string(), "--lang", "en"])).contains("`minutes`"));
}

#[test]
fn an_unknown_name_is_refused_with_the_one_that_was_meant() {
    let path = file("name.yaml", crs_05_with("base: city-full", "base: city-ful"));
    let name = path.display().to_string();
    for command in ["check", "run"] {
        let output = vigie(&[command, &name, "--lang", "en"]);
        let said = text_of(&output);

        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(&format!("--> {name}:")), "{said}");
        assert!(said.contains("`city-full`"), "{said}");
        assert_harmless(&output);
    }
}

#[test]
fn a_missing_language_is_refused_where_it_is_missing() {
    let english = "  en: \"The worked case: 110 km/h, the fine, the audit, the check\"\n";

    assert_refused_at(&file("language.yaml", crs_05_with(english, "")), "6:");
}

#[test]
fn a_file_of_a_gigabyte_is_refused_before_it_is_read() {
    let path = file("large.yaml", "");
    let handle = fs::OpenOptions::new().write(true).open(&path).expect("a temporary file opens");
    handle.set_len(1 << 30).expect("a sparse file takes no room");

    assert_refused_at(&path, "1:1");
    fs::remove_file(path).expect("a temporary file can be removed");
}

#[test]
fn a_file_just_over_the_limit_is_refused() {
    let path = file("over.yaml", format!("id: {}\n", "a".repeat(256 * 1024)));

    assert_refused_at(&path, "1:1");
}

#[test]
fn a_bomb_of_aliases_is_refused_at_its_first_anchor() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let below = vec![format!("*a{}", level - 1); 9].join(", ");
        bomb += &["a", &level.to_string(), ": &a", &level.to_string(), " [", &below, "]\n"].concat();
    }

    assert_refused_at(&file("bomb.yaml", bomb), "1:");
}

#[test]
fn a_hundred_thousand_levels_are_refused_at_the_first_too_many() {
    let depth = 100_000;
    let lists = format!("id: {}{}\n", "[".repeat(depth), "]".repeat(depth));
    let maps = format!("id: {}", "{a: ".repeat(60_000));
    let indented: String = (0..700).map(|level| format!("{}a:\n", " ".repeat(level))).collect();

    assert_refused_at(&file("lists.yaml", lists), "1:");
    assert_refused_at(&file("maps.yaml", maps), "1:");
    assert_refused_at(&file("indented.yaml", indented), "33:");
}

#[test]
fn binary_rubbish_is_refused_at_its_first_byte_that_is_no_text() {
    // A plain congruence: the same rubbish every time.
    let mut seed = 1_u32;
    let rubbish: Vec<u8> = std::iter::repeat_with(|| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 24) as u8
    })
    .take(5_000)
    .collect();

    assert_refused_at(&file("rubbish.yaml", rubbish), "1:");
    assert_refused_at(&file("zeros.yaml", vec![0_u8; 5_000]), "1:");
}

#[test]
fn an_empty_file_a_folder_and_a_missing_file_are_refused() {
    assert_refused_at(&file("empty.yaml", ""), "1:1");
    let nowhere = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hostile").join("nowhere.yaml");
    assert_refused_at(&nowhere, "1:1");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hostile").join("folder.yaml");
    fs::create_dir_all(&folder).expect("a temporary folder can be made");
    assert_refused_at(&folder, "1:1");
}

#[test]
fn a_folder_that_is_none_is_refused_and_a_file_in_it_that_is_no_scenario_is_named() {
    let missing = vigie(&["list", "--scenarios", "/no/such/folder", "--lang", "en"]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(text_of(&missing).contains("there is no folder here: /no/such/folder"), "{}", text_of(&missing));

    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("own scenarios");
    fs::create_dir_all(&folder).expect("a folder can be made");
    let (sound, broken) = (folder.join("sound.yaml"), folder.join("broken.yaml"));
    fs::write(&sound, CRS_05.replace("id: crs-05", "id: own-01")).expect("a file can be written");
    fs::write(&broken, "vigie: [").expect("a file can be written");
    let output = vigie(&["list", "--scenarios", &folder.display().to_string(), "--lang", "fr"]);
    let said = text_of(&output);

    assert_eq!(output.status.code(), Some(0), "the others can be played");
    assert!(said.contains("own-01"), "{said}");
    assert!(said.contains(&format!("pas dans la liste : {} (vigie check", broken.display())), "{said}");
}

#[test]
fn escape_sequences_in_a_text_are_refused_and_shown_harmlessly() {
    let raw = crs_05_with("en: \"The worked", "en: \"\u{1b}[2J\u{1b}]0;title\u{7}The worked");
    let written = crs_05_with("en: \"The worked", "en: \"\\e[2J\\e]0;title\\aThe worked");
    let c1 = crs_05_with("en: \"The worked", "en: \"\u{9b}2JThe worked");
    let direction = crs_05_with("en: \"The worked", "en: \"\u{202e}The worked");

    for (name, text) in
        [("raw.yaml", raw), ("written.yaml", written), ("c1.yaml", c1), ("rtl.yaml", direction)]
    {
        assert_refused_at(&file(name, text), "7:");
    }
}

#[test]
fn an_escape_sequence_that_a_call_smuggles_into_a_name_never_reaches_the_terminal() {
    let smuggled = "aws: \"cloudwatch put-metric-alarm --cli-input-json '{\\\"AlarmName\\\": \\\"\\\\u001b[2Jx\\\", \
                    \\\"MetricName\\\": \\\"CPUUtilization\\\", \\\"Namespace\\\": \\\"AWS/EC2\\\", \\\"Statistic\\\": \\\"Average\\\", \
                    \\\"Period\\\": 60, \\\"EvaluationPeriods\\\": 1, \\\"Threshold\\\": 1, \
                    \\\"ComparisonOperator\\\": \\\"GreaterThanThreshold\\\"}'\"";
    let story = CRS_05.find("story:\n").expect("crs-05 has a story") + "story:\n".len();
    let mut text = CRS_05.to_owned();
    text.insert_str(story, &format!("  - {{at: \"0:00\", as: amina, {smuggled}}}\n"));
    let path = file("smuggled.yaml", text).display().to_string();
    for arguments in [
        vec!["run", path.as_str()],
        vec!["run", path.as_str(), "--lang", "fr"],
        vec!["run", path.as_str(), "--format", "ndjson"],
        vec!["run", path.as_str(), "--format", "json"],
        vec!["check", path.as_str()],
    ] {
        assert_harmless(&vigie(&arguments));
    }
}

#[test]
fn an_escape_sequence_on_the_command_line_is_not_repeated_to_the_terminal() {
    for arguments in [
        ["run", "\u{1b}[2Jx", "--lang=fr"],
        ["run", "\u{1b}[2Jx", "--lang=en"],
        ["run", "\u{1b}[2Jx.yaml", "--lang=en"],
        ["check", "\u{1b}[2Jx.yaml", "--lang=en"],
        ["list", "--\u{1b}[2J", "--lang=fr"],
        ["list", "--\u{1b}[2J", "--lang=en"],
        ["run", "crs-05", "--until=\u{1b}[2J"],
        ["run", "crs-05", "--speed=\u{1b}[2J"],
    ] {
        let output = vigie(&arguments);

        assert!(!output.status.success(), "{arguments:?}");
        assert_harmless(&output);
    }
}

#[test]
fn a_wrong_answer_marked_right_fails_the_check_with_its_line_underlined() {
    // Question 2: "only one" is marked right instead of "two".
    let (right, wrong) = ("          right: true\n", "          misconception: M31\n");
    let options = CRS_05.find("id: q2").expect("crs-05 has a second question");
    let (before, question) = CRS_05.split_at(options);
    let swapped = question.replacen(wrong, "\0", 1).replacen(right, wrong, 1).replacen('\0', right, 1);
    let path = file("wrong.yaml", format!("{before}{swapped}")).display().to_string();

    for (lang, word) in [("en", "error[S06"), ("fr", "erreur[S06")] {
        let output = vigie(&["check", &path, "--lang", lang]);
        let said = text_of(&output);

        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(word), "a proof fails, not the form: {said}");
        assert!(said.contains("proof: [{mail: {to: \"*\", count: 1}}]"), "the proof is shown: {said}");
        assert!(said.contains(&format!("--> {path}:102:")), "{said}");
        assert!(said.contains("^^^"), "and underlined: {said}");
    }
}

#[test]
fn the_worked_case_itself_passes_its_check() {
    let path = file("sound.yaml", CRS_05).display().to_string();
    let output = vigie(&["check", &path]);

    assert_eq!(output.status.code(), Some(0), "{}", text_of(&output));
}
