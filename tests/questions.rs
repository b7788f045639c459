//! Questions that are no choices: checked, told without a screen, answered with keys.

use std::sync::Arc;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use ratatui::{buffer::Buffer, layout::Rect};
use vigie::{
    lesson::{open, session::Session},
    scenario::{check, library::Library, stage},
    text::Lang,
    tui::{
        app,
        model::{Model, Screen, Settings},
        play::{Panel, Play, View},
        run::load_city,
        theme::Look,
        update,
        view::root,
    },
};

const SCENARIO: &str = include_str!("scenarios/questions.yaml");

fn model(lang: Lang) -> Model {
    opened(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/scenarios/questions.yaml"), lang)
}

fn opened(name: &str, lang: Lang) -> Model {
    let script = open::script(&Library::bundled(), name, lang).expect("it is sound");
    let session = Session::open(&Arc::clone(&script), &stage::Options::default()).expect("it opens");
    let settings = Settings { lang, look: Look::default(), calm: false, speed: 1.0 };
    let mut model = Model::new(settings, Vec::new(), app::limits(lang), (80, 24));
    let mut play = Play::new(session, View::City, 1.0);
    play.playing = true;
    model.screen = Screen::Story(Box::new(play));
    rest(&mut model);
    model
}

fn play(model: &mut Model) -> &mut Play {
    let Screen::Story(play) = &mut model.screen else { panic!("a story is open") };
    play
}

fn rest(model: &mut Model) {
    while model.is_moving() {
        play(model).advance(40.0);
    }
}

fn press(model: &mut Model, keys: &[KeyCode]) {
    for key in keys {
        update::event(model, &Event::Key(KeyEvent::new(*key, KeyModifiers::NONE)));
    }
}

fn write(model: &mut Model, text: &str) {
    for letter in text.chars() {
        press(model, &[KeyCode::Char(letter)]);
    }
}

/// Skips the questions before the one with this number.
fn go_to(model: &mut Model, number: usize) {
    for _ in 1..number {
        let beat = asked(model);
        play(model).commit(beat, None);
        press(model, &[KeyCode::Enter]);
        rest(model);
    }
    asked(model);
}

fn asked(model: &mut Model) -> usize {
    let Panel::Question(beat) = play(model).panel else { panic!("{:?} is open", play(model).panel) };
    beat
}

fn screen(model: &mut Model) -> String {
    load_city(model);
    let mut buffer = Buffer::empty(Rect::new(0, 0, 80, 24));
    root::draw(model, &mut buffer);
    let row = |y| (0..80).map(|x| buffer[(x, y)].symbol()).collect::<String>().trim_end().to_owned();
    (0..24).map(row).collect::<Vec<_>>().join("\n")
}

#[track_caller]
fn shows(model: &mut Model, words: &[&str]) {
    let screen = screen(model);
    for word in words {
        assert!(screen.contains(word), "{word:?} is not on screen\n{screen}");
    }
}

#[test]
fn every_kind_of_question_is_proved() {
    let report = check::check(SCENARIO, "questions.yaml", &Library::bundled());

    assert!(report.is_sound(), "{}", report.render(Lang::En, false));
    assert_eq!(
        report.proved.answers, 3,
        "what is counted, the line and its fields; the others name a source"
    );
}

#[test]
fn what_is_wrong_with_a_question_is_said_where_it_stands() {
    for (good, bad, said) in [
        ("right: [a, b, c]", "right: [a, b]", "the letter of a place for each card in turn"),
        ("right: [a, b, c]", "right: [a, b, f]", "the letter of a place for each card in turn"),
        ("right: [b, c, a]", "right: [b, b, a]", "the letter of each card once, in order"),
        ("right: {from: {call: {by: bruno}}}", "right: many", "expected a number or a list or a map"),
        (
            "right: {from: {call: {by: bruno}}}",
            "right: {from: {opened: {view: why}}}",
            "a number, or what a condition counts",
        ),
        ("right: {from: {call: {by: bruno}}}", "right: 2", "nothing proves the answer of `combien`"),
        (
            "right: {from: {call: {event: RevokeSecurityGroupIngress}}}",
            "right: {from: {call: {event: StopLogging}}}",
            "no line of the notebook answers the question `ligne`",
        ),
        (
            "right: {from: {call: {event: RevokeSecurityGroupIngress}}}",
            "right: {from: {call: {event: CreateTopic}}}",
            "no line of the notebook answers the question `ligne`",
        ),
        (
            "right: {from: {call: {by: bruno}}}",
            "right: {from: {call: {by: bruno}, in: ailleurs}}",
            "a number, or what a condition counts",
        ),
        (
            "errorCode: null}",
            "errorCode: AccessDenied}",
            "no line of the notebook answers the question `champs`",
        ),
        ("kind: rank\n", "kind: rank\n      within: 2\n", "`within` does not belong to a `rank` question"),
    ] {
        assert!(SCENARIO.contains(good), "{good}");
        let report = check::check(&SCENARIO.replacen(good, bad, 1), "questions.yaml", &Library::bundled());
        let drawn = report.render(Lang::En, false);
        assert!(
            !report.is_sound() && drawn.contains(said) && drawn.contains("questions.yaml:"),
            "{bad}\n{drawn}"
        );
    }
}

#[test]
fn cards_are_put_into_places_by_their_letters() {
    let mut model = model(Lang::Fr);
    shows(
        &mut model,
        &["Qui garde quoi", "a carnet   b radar   c garage", "· Bruno a ouvert"]
            .map(|word| word.trim_start_matches("· ")),
    );

    press(&mut model, &[KeyCode::Enter]);
    shows(&mut model, &["répondez d'abord en entier"]);
    write(&mut model, "abb");
    press(&mut model, &[KeyCode::Enter]);

    shows(&mut model, &["la porte est ouverte  → c", "Un acte, une mesure, un état", "✓ a Bruno a ouvert"]);
}

#[test]
fn cards_are_ranked_in_the_order_they_are_taken() {
    let mut model = model(Lang::En);
    go_to(&mut model, 2);

    write(&mut model, "bac");
    press(&mut model, &[KeyCode::Backspace, KeyCode::Backspace]);
    write(&mut model, "ca");
    shows(&mut model, &["3. the copy reaches", "1. Bruno acts", "2. the police"]);
    press(&mut model, &[KeyCode::Enter]);

    let beat = asked(&mut model);
    let id = play(&mut model).session.question_id(beat).expect("it has one");
    let response = play(&mut model).answers.of(&id).and_then(|answer| answer.response.clone());
    assert_eq!(response.map(|response| response.text()).as_deref(), Some("bca"));
    shows(&mut model, &["The act first"]);
}

#[test]
fn a_number_is_typed_and_compared_with_what_the_whole_run_counts_even_beyond_a_task() {
    let mut model = model(Lang::En);
    go_to(&mut model, 3);

    write(&mut model, "31");
    press(&mut model, &[KeyCode::Backspace, KeyCode::Right, KeyCode::Enter]);

    shows(&mut model, &["✓ =  3", "One line per call"]);
    let answer = play(&mut model).answers.of("combien").cloned().expect("it is answered");
    assert_eq!(answer.confidence, 3, "the arrows still say how sure one is");
}

#[test]
fn a_task_that_is_done_says_what_it_has_shown() {
    let mut model = opened("crs-04", Lang::En);
    asked(&mut model);
    press(&mut model, &[KeyCode::Char('s'), KeyCode::Enter]);
    rest(&mut model);
    assert!(matches!(play(&mut model).panel, Panel::Task(_)), "{:?}", play(&mut model).panel);

    press(&mut model, &[KeyCode::Char(':')]);
    write(&mut model, "cloudtrail start-logging --name carnet-ville");
    press(&mut model, &[KeyCode::Enter]);

    shows(&mut model, &["✓ Task done.", "only the event history has it."]);
}

/// A console open on crs-05 where its first question waits, and a line run in it.
fn asked_in_the_console(line: &str) -> Model {
    let mut model = opened("crs-05", Lang::En);
    update::event(&mut model, &Event::Resize(160, 50));
    press(&mut model, &[KeyCode::Esc, KeyCode::Char(':')]);
    write(&mut model, line);
    press(&mut model, &[KeyCode::Enter]);
    model
}

/// What the console says, oldest first.
fn said(model: &mut Model) -> Vec<String> {
    play(model).console.lines.iter().map(|line| line.text.clone()).collect()
}

#[test]
fn the_console_helps() {
    let mut model = asked_in_the_console("ec2 stop-instances help");
    let page = said(&mut model).join("\n");
    for words in ["NAME\n    stop-instances", "--instance-ids <value>", "[--dry-run]"] {
        assert!(page.contains(words), "{words}\n{page}");
    }
    assert_eq!(play(&mut model).session.ledger().hops().len(), opened_hops(), "asking for help is no call");

    let mut model = asked_in_the_console("help");
    assert!(said(&mut model).iter().any(|line| line.contains("cloudtrail") && line.contains("CloudTrail")));
}

fn opened_hops() -> usize {
    play(&mut opened("crs-05", Lang::En)).session.ledger().hops().len()
}

#[test]
fn what_nobody_has_seen_yet_is_no_past() {
    let rewritten = "You acted in the past";
    let mut model = asked_in_the_console("sns list-topics");
    assert!(!said(&mut model).iter().any(|line| line.contains(rewritten)), "{:?}", said(&mut model));

    press(&mut model, &[KeyCode::Esc]);
    play(&mut model).rest_at(1);
    play(&mut model).panel = Panel::Console;
    write(&mut model, "sns list-topics");
    press(&mut model, &[KeyCode::Enter]);
    assert!(said(&mut model).iter().any(|line| line.contains(rewritten)), "{:?}", said(&mut model));
}

#[test]
fn the_keys_below_a_question_are_those_that_do_something() {
    let mut model = model(Lang::En);
    shows(&mut model, &["↑↓ choose", "h hint"]);
    press(&mut model, &[KeyCode::Char('h')]);
    assert!(!screen(&mut model).contains("h hint"), "its one hint is read");

    go_to(&mut model, 3);
    let number = screen(&mut model);
    assert!(!number.contains("choose") && !number.contains("h hint"), "one row, no hint\n{number}");
    assert!(number.contains("←→ confidence"), "{number}");
}

#[test]
fn a_line_of_the_notebook_is_pointed_at() {
    let mut model = model(Lang::Fr);
    go_to(&mut model, 4);

    shows(&mut model, &["00:10  AuthorizeSecurityGroupIngress · bruno"]);
    press(&mut model, &[KeyCode::Down, KeyCode::Enter]);

    shows(&mut model, &["✓", "00:20  RevokeSecurityGroupIngress · bruno", "Révoquer, c'est fermer."]);
}

#[test]
fn fields_of_a_record_are_written_and_what_is_absent_is_left_empty() {
    let mut model = model(Lang::En);
    go_to(&mut model, 5);

    write(&mut model, "AuthorizeSecurityGroupIngress");
    press(&mut model, &[KeyCode::Down]);
    write(&mut model, "amina");
    press(&mut model, &[KeyCode::Enter]);

    shows(
        &mut model,
        &[
            "✓    eventName: Auth",
            "✗    userIdentity.userName: amina",
            "✓    errorCode:",
            "bruno",
            "no error code",
        ],
    );
}
