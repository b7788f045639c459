//! What the screens show, cell by cell: the same after any walk, sensible at any size, the same facts in any look.

use std::{collections::BTreeSet, sync::Arc};

use crossterm::event::Event;
use ratatui::{buffer::Buffer, layout::Rect, style::Color};
use unicode_width::UnicodeWidthStr;
use vigie::{
    lesson::{
        answers::Answers,
        response::Response,
        session::{BeatKind, Session},
    },
    scenario::{library::Library, stage},
    text::Lang,
    tui::{
        action::Action,
        app,
        asking::Draft,
        model::{Briefing, Model, Screen, Settings},
        play::{Panel, Play, View},
        run::load_city,
        theme::{Colours, Glyphs, Look, ThemeName, fold},
        update,
        view::root,
    },
};

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 36), (200, 60)];
const ODD_SIZES: [(u16, u16); 19] = [
    (1, 1),
    (2, 1),
    (1, 2),
    (3, 3),
    (5, 2),
    (7, 5),
    (10, 3),
    (13, 9),
    (20, 6),
    (33, 11),
    (40, 12),
    (60, 16),
    (61, 17),
    (79, 23),
    (119, 30),
    (121, 37),
    (1, 60),
    (200, 1),
    (201, 61),
];

fn names() -> Vec<String> {
    let names: Vec<String> = Library::bundled().list().into_iter().map(|header| header.id).collect();
    assert!(names.len() >= 3, "the binary holds the scenarios of the course: {names:?}");
    names
}

fn session(name: &str) -> Session {
    let library = Library::bundled();
    let place = library.find(name).expect("a bundled scenario is found by its name");
    let script = Arc::new(library.script(&place).expect("a bundled scenario is read"));
    Session::open(&script, &stage::Options::default()).expect("a bundled scenario opens")
}

fn title(size: (u16, u16), lang: Lang) -> Model {
    let cards = Library::bundled().list().iter().map(|header| app::card(header, lang)).collect();
    let settings = Settings { lang, look: Look::default(), calm: false, speed: 1.0 };
    Model::new(settings, cards, app::limits(lang), size)
}

fn story(name: &str, size: (u16, u16), lang: Lang) -> Model {
    let mut model = title(size, lang);
    model.screen = Screen::Story(Box::new(Play::new(session(name), View::City, 1.0)));
    model
}

fn briefing(session: Session) -> Briefing {
    let introduction = session.introduction().clone();
    let play = Some(Box::new(Play::new(session, View::City, 1.0)));
    Briefing { introduction, play, is_named: true }
}

fn play(model: &mut Model) -> &mut Play {
    match &mut model.screen {
        Screen::Story(play) => play,
        Screen::Briefing(briefing) => briefing.play.as_mut().expect("its stage is set"),
        Screen::Title { .. } => panic!("no scenario is open"),
    }
}

fn draw(model: &mut Model) -> Buffer {
    load_city(model);
    let mut buffer = Buffer::empty(Rect::new(0, 0, model.size.0, model.size.1));
    root::draw(model, &mut buffer);
    buffer
}

fn set(model: &mut Model, size: (u16, u16), lang: Lang) {
    update::event(model, &Event::Resize(size.0, size.1));
    if model.settings.lang != lang {
        update::act(model, Action::Language);
    }
}

fn set_view(model: &mut Model, view: View) {
    play(model).view = view;
    model.city = None;
}

/// Lets the clock run until it stops by itself.
fn come_to_rest(model: &mut Model) {
    while model.is_moving() {
        play(model).advance(40.0);
    }
    model.message = None;
}

/// One step forward as a key would take it: what waits for an answer is passed. Answers whether there was one.
fn step(model: &mut Model) -> bool {
    for _ in 0..4 {
        let before = play(model).departed();
        update::act(model, Action::NextHop);
        come_to_rest(model);
        match play(model).panel {
            Panel::Question(_) | Panel::Task(_) => {
                pass(model);
                if play(model).departed() > before {
                    return true;
                }
            }
            Panel::Report => {
                play(model).panel = Panel::None;
                return false;
            }
            _ => return play(model).departed() > before,
        }
    }
    false
}

/// Skips the question or task on screen, reads what is said, and stands still again.
fn pass(model: &mut Model) {
    update::act(model, Action::Skip);
    if play(model).panel != Panel::None {
        update::act(model, Action::Confirm);
    }
    let play = play(model);
    assert_eq!(play.panel, Panel::None, "what is skipped closes");
    play.playing = false;
    play.until = None;
    model.message = None;
}

fn to_the_end(model: &mut Model) {
    let mut steps = 0;
    while step(model) {
        steps += 1;
        assert!(steps < 5_000, "a story has an end");
    }
}

fn rows(buffer: &Buffer) -> Vec<String> {
    let area = buffer.area;
    (area.top()..area.bottom())
        .map(|y| (area.left()..area.right()).map(|x| buffer[(x, y)].symbol()).collect())
        .collect()
}

fn text(buffer: &Buffer) -> String {
    rows(buffer).iter().map(|row| row.trim_end()).collect::<Vec<_>>().join("\n")
}

#[track_caller]
fn assert_same_cells(what: &str, one: &Buffer, other: &Buffer) {
    if one == other {
        return;
    }
    let parted = one.diff(other);
    let (x, y, cell) = parted.first().expect("buffers that differ differ in a cell");
    panic!(
        "{what}: {} cells differ, the first at column {x}, row {y}: {:?} became {cell:?}\n{}\n\n{}",
        parted.len(),
        one[(*x, *y)],
        text(one),
        text(other)
    );
}

/// Fifty steps back, then fifty forward: every position on the way shows what it showed before.
#[track_caller]
fn walk_back_and_forth(model: &mut Model, what: &str) {
    let mut seen = vec![draw(model)];
    for _ in 0..50 {
        if play(model).departed() == 0 {
            break;
        }
        update::act(model, Action::PreviousHop);
        model.message = None;
        seen.push(draw(model));
    }
    let start = seen.len() - 1;
    for back in (0..start).rev() {
        assert!(step(model), "{what}: {back} steps are left");
        let now = draw(model);
        assert_same_cells(&format!("{what}, {back} steps before the end of the walk"), &seen[back], &now);
    }
}

#[test]
fn fifty_steps_back_and_fifty_forward_show_the_same_cells_in_every_scenario() {
    for name in names() {
        let mut model = story(&name, SIZES[0], Lang::Fr);
        to_the_end(&mut model);
        for size in SIZES {
            for lang in Lang::ALL {
                set(&mut model, size, lang);
                let view = if size.0 >= 120 && lang == Lang::En { View::Split } else { View::City };
                set_view(&mut model, view);
                walk_back_and_forth(&mut model, &format!("{name} at {size:?} in {lang:?}, from the end"));
            }
        }
        set(&mut model, SIZES[0], Lang::En);
        set_view(&mut model, View::Cloud);
        for _ in 0..play(&mut model).departed() / 2 {
            update::act(&mut model, Action::PreviousHop);
        }
        model.message = None;
        walk_back_and_forth(&mut model, &format!("{name} in the cloud, from the middle"));
    }
}

#[test]
fn a_position_shows_the_same_cells_stepped_to_or_jumped_to() {
    for name in names() {
        let mut model = story(&name, SIZES[0], Lang::En);
        to_the_end(&mut model);
        let stops = play(&mut model).schedule.len();
        for count in (0..=stops).step_by(7) {
            update::act(&mut model, Action::Latest);
            update::act(&mut model, Action::Start);
            for digit in count.to_string().bytes() {
                update::act(&mut model, Action::Digit(digit - b'0'));
            }
            update::act(&mut model, Action::Start);
            model.message = None;
            let jumped = draw(&mut model);
            update::act(&mut model, Action::Start);
            model.message = None;
            for _ in 0..count {
                assert!(step(&mut model), "{name} has {stops} stops");
            }

            assert_same_cells(&format!("{name}, stop {count} of {stops}"), &jumped, &draw(&mut model));
        }
    }
}

#[test]
fn no_glyph_is_wider_than_its_cell() {
    for name in names() {
        let mut model = story(&name, SIZES[2], Lang::Fr);
        for (size, lang) in SIZES.into_iter().zip([Lang::Fr, Lang::En, Lang::Fr]) {
            set(&mut model, size, lang);
            for _ in 0..30 {
                let buffer = draw(&mut model);
                let wide = buffer.content.iter().find(|cell| cell.symbol().width() != 1);

                assert!(wide.is_none(), "{name} at {size:?}: {wide:?}\n{}", text(&buffer));
                if !step(&mut model) {
                    break;
                }
            }
        }
    }
}

/// Says what was being drawn when something panics.
struct Drawing(String);

impl Drop for Drawing {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("while drawing {}", self.0);
        }
    }
}

/// Every panel that can lie over a story.
fn panels(play: &Play) -> Vec<Panel> {
    let mut panels = vec![
        Panel::None,
        Panel::Mail(0),
        Panel::Mail(usize::MAX),
        Panel::Limits(0),
        Panel::Limits(usize::MAX),
        Panel::Console,
        Panel::Report,
    ];
    for (index, beat) in play.session.beats().iter().enumerate() {
        match beat.kind {
            BeatKind::Ask => panels.push(Panel::Question(index)),
            BeatKind::Task => panels.push(Panel::Task(index)),
            BeatKind::Say(_) => {}
        }
    }
    for hop in play.departed_hops().into_iter().step_by(40) {
        for json in [false, true] {
            panels.push(Panel::Inspector { hop, json, scroll: 0 });
        }
        panels.push(Panel::Inspector { hop, json: true, scroll: 100_000 });
    }
    panels
}

#[test]
fn a_briefing_says_all_its_words_before_its_stage_is_set() {
    for name in names() {
        for lang in [Lang::Fr, Lang::En] {
            for size in SIZES {
                let mut model = title(size, lang);
                model.brief(session(&name).introduction().script(), false);
                let before = letters(&draw(&mut model));
                assert_eq!(update::act(&mut model, Action::Confirm), None, "there is nothing to play yet");
                let hook: String = session(&name)
                    .introduction()
                    .hook(lang)
                    .chars()
                    .filter(|letter| letter.is_alphabetic())
                    .take(20)
                    .collect();
                assert!(before.contains(&hook), "{name} at {size:?}: {hook}\n{before}");

                model.screen = Screen::Briefing(briefing(session(&name)));
                let after = letters(&draw(&mut model));
                assert!(after.contains(&hook), "{name} at {size:?}: {hook}\n{after}");
            }
        }
    }
}

/// The letters on screen, row by row.
fn letters(buffer: &Buffer) -> String {
    buffer
        .content
        .iter()
        .map(ratatui::buffer::Cell::symbol)
        .filter(|symbol| symbol.chars().all(char::is_alphabetic))
        .collect()
}

#[test]
fn every_feedback_of_the_course_is_read_to_its_end_at_80x24() {
    for name in names() {
        for lang in [Lang::Fr, Lang::En] {
            let mut model = story(&name, SIZES[0], lang);
            to_the_end(&mut model);
            let asked: Vec<usize> = play(&mut model).question_beats().collect();
            for beat in asked {
                let options = 0..play(&mut model).session.option_count(beat);
                for option in options.clone() {
                    let mut model = story(&name, SIZES[0], lang);
                    to_the_end(&mut model);
                    let play = play(&mut model);
                    play.answers = Answers::default();
                    play.commit(beat, Some(Response::Choice(option)));
                    play.panel = Panel::Question(beat);
                    let key = play.session.key(beat).expect("the question has an answer");
                    let right = options.clone().find(|option| Response::Choice(*option).is_right(&key));
                    let read = [Some(option), right]
                        .map(|option| play.session.because(beat, option, lang).to_owned());
                    let shown = draw(&mut model);
                    let inside: String = rows(&shown)
                        .iter()
                        .filter_map(|row| row.split('│').nth(1).map(str::to_owned))
                        .flat_map(|row| row.chars().filter(|c| c.is_alphabetic()).collect::<Vec<_>>())
                        .collect();
                    for because in read {
                        let letters: Vec<char> = because.chars().filter(|c| c.is_alphabetic()).collect();
                        let ends: String = letters[letters.len().saturating_sub(12)..].iter().collect();
                        assert!(inside.contains(&ends), "{name}, {because}\n{}", text(&shown));
                    }
                }
            }
        }
    }
}

#[test]
fn what_can_be_answered_stays_in_sight_of_a_small_terminal() {
    let mut model = story("crs-05", SIZES[0], Lang::Fr);
    to_the_end(&mut model);
    let mails = play(&mut model).question_beats().nth(1).expect("crs-05 has a second question");
    let mut model = story("crs-05", SIZES[0], Lang::Fr);
    let draft = Draft::new(&play(&mut model).session, mails, &[]);
    play(&mut model).draft = draft;
    play(&mut model).panel = Panel::Question(mails);

    for size in [(30, 9), (40, 12), (60, 16)] {
        set(&mut model, size, Lang::Fr);
        let shown = text(&draw(&mut model));
        for option in ["a  un seul", "b  deux", "c  cinq", "d  dix"] {
            assert!(shown.contains(option), "{option} at {size:?}\n{shown}");
        }
    }
}

#[test]
fn every_screen_and_panel_draws_at_any_size() {
    for name in names() {
        let lang = Lang::Fr;
        for (width, height) in ODD_SIZES.into_iter().chain([SIZES[0]]) {
            let _drawing = Drawing(format!("the title at {width}x{height}"));
            let mut model = title((width, height), lang);
            draw(&mut model);
            update::act(&mut model, Action::Confirm);
            draw(&mut model);
            model.cards.clear();
            draw(&mut model);
        }
        let mut model = title(SIZES[0], lang);
        model.screen = Screen::Briefing(briefing(session(&name)));
        for size in ODD_SIZES {
            let _drawing = Drawing(format!("the briefing of {name} at {size:?}"));
            set(&mut model, size, lang);
            draw(&mut model);
        }
        update::act(&mut model, Action::Confirm);
        for at_end in [false, true] {
            if at_end {
                play(&mut model).playing = false;
                to_the_end(&mut model);
            }
            for panel in panels(play(&mut model)) {
                for size in ODD_SIZES {
                    for view in [View::City, View::Cloud, View::Split] {
                        if panel != Panel::None && view != View::City {
                            continue;
                        }
                        let _drawing = Drawing(format!("{panel:?} of {name} over {view:?} at {size:?}"));
                        set(&mut model, size, lang);
                        set_view(&mut model, view);
                        play(&mut model).panel = panel.clone();
                        draw(&mut model);
                    }
                }
            }
            play(&mut model).panel = Panel::None;
            for scroll in [0, 1_000_000] {
                for size in ODD_SIZES {
                    let _drawing = Drawing(format!("the help at {size:?}"));
                    set(&mut model, size, lang);
                    model.help = Some(scroll);
                    draw(&mut model);
                    model.help = None;
                }
            }
        }
    }
}

#[test]
fn unfinished_steps_draw_at_any_size_too() {
    let mut model = story("crs-05", SIZES[0], Lang::En);
    play(&mut model).playing = true;
    for frame in 0..400 {
        let size = ODD_SIZES[frame % ODD_SIZES.len()];
        let _drawing = Drawing(format!("frame {frame} at {size:?}"));
        set(&mut model, size, Lang::En);
        draw(&mut model);
        play(&mut model).advance(97.0);
        if !model.is_moving() {
            if play(&mut model).panel != Panel::None {
                pass(&mut model);
            }
            play(&mut model).playing = true;
        }
    }
}

/// The words on a screen, as plain letters.
fn words(buffer: &Buffer) -> BTreeSet<String> {
    let folded = fold(&text(buffer));
    folded
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| word.len() >= 4)
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_look_tells_the_same_facts() {
    let plain = Look::default();
    let looks = [
        Look { glyphs: Glyphs::Ascii, ..plain },
        Look { colours: Colours::Mono, ..plain },
        Look { colours: Colours::Mono, glyphs: Glyphs::Ascii, ..plain },
        Look { colours: Colours::Ansi, ..plain },
        Look { colours: Colours::Indexed, theme: ThemeName::Light, ..plain },
        Look { theme: ThemeName::Contrast, ..plain },
    ];
    for name in names() {
        let mut model = story(&name, SIZES[0], Lang::Fr);
        to_the_end(&mut model);
        for (size, lang) in SIZES.into_iter().zip([Lang::Fr, Lang::En, Lang::Fr]) {
            set(&mut model, size, lang);
            for panel in panels(play(&mut model)) {
                play(&mut model).panel = panel.clone();
                model.settings.look = plain;
                model.city = None;
                let usual = draw(&mut model);
                let (facts, asked) = (words(&usual), text(&usual).matches('?').count());
                for look in looks {
                    model.settings.look = look;
                    model.city = None;
                    let buffer = draw(&mut model);
                    assert_fits(&buffer, look);
                    if look.glyphs == Glyphs::Ascii {
                        let marks = |buffer: &Buffer| text(buffer).matches('?').count();
                        assert!(
                            marks(&buffer) <= asked,
                            "{name}, {panel:?} at {size:?}: a sign has no ASCII\n{}",
                            text(&buffer)
                        );
                    }
                    // From 120 columns on the town in ASCII is a smaller picture with fewer signs.
                    if look.glyphs == Glyphs::Ascii && size != SIZES[0] {
                        continue;
                    }
                    let lost: Vec<_> = facts.difference(&words(&buffer)).cloned().collect();

                    assert!(
                        lost.is_empty(),
                        "{name}, {panel:?} at {size:?} in {look:?} loses {lost:?}:\n{}",
                        text(&buffer)
                    );
                }
            }
        }
    }
}

/// Only what the terminal can show.
#[track_caller]
fn assert_fits(buffer: &Buffer, look: Look) {
    for cell in &buffer.content {
        if look.glyphs == Glyphs::Ascii {
            assert!(cell.symbol().is_ascii(), "{look:?}: {:?}\n{}", cell.symbol(), text(buffer));
        }
        for colour in [cell.fg, cell.bg] {
            let fits = match look.colours {
                Colours::True => true,
                Colours::Indexed => !matches!(colour, Color::Rgb(..)),
                Colours::Ansi => !matches!(colour, Color::Rgb(..) | Color::Indexed(_)),
                Colours::Mono => colour == Color::Reset,
            };

            assert!(fits, "{look:?}: {colour:?} on {:?}", cell.symbol());
        }
    }
}

#[test]
fn a_calm_screen_shows_at_rest_what_the_moving_one_shows() {
    for name in names() {
        let mut model = story(&name, SIZES[0], Lang::En);
        to_the_end(&mut model);
        let end = draw(&mut model);
        let mut calm = story(&name, SIZES[0], Lang::En);
        calm.settings.calm = true;
        to_the_end(&mut calm);

        assert_eq!(words(&draw(&mut calm)), words(&end), "{name}");
    }
}

/// The panel on a screen, from its upper left corner to its lower right one.
fn panel_of(buffer: &Buffer) -> String {
    let rows = rows(buffer);
    let corner = |row: &String, glyph: char| row.chars().position(|c| c == glyph);
    let top = rows.iter().position(|row| row.contains("╭ ") || row.contains("╭─")).expect("a panel is open");
    let bottom = rows.iter().rposition(|row| row.contains('╯')).expect("the panel ends");
    let left = corner(&rows[top], '╭').expect("its upper left corner");
    let right = corner(&rows[top], '╮').expect("its upper right corner");
    let within = |row: &String| row.chars().skip(left).take(right + 1 - left).collect::<String>();
    let lines = rows[top..=bottom].iter().map(within);
    lines.collect::<Vec<_>>().join("\n")
}

fn at_first_question(lang: Lang) -> Model {
    let mut model = story("crs-05", SIZES[0], lang);
    play(&mut model).playing = true;
    come_to_rest(&mut model);
    assert!(matches!(play(&mut model).panel, Panel::Question(_)), "crs-05 asks before it tells");
    model
}

#[test]
fn the_prediction_panel_looks_like_this() {
    for lang in Lang::ALL {
        let mut model = at_first_question(lang);
        update::act(&mut model, Action::Choose(1));
        insta::assert_snapshot!(format!("prediction_{}", lang.code()), panel_of(&draw(&mut model)));
    }
}

#[test]
fn the_inspector_looks_like_this() {
    for lang in Lang::ALL {
        let mut model = at_first_question(lang);
        pass(&mut model);
        let alarm = loop {
            assert!(step(&mut model), "the alarm of crs-05 rings");
            let play = play(&mut model);
            let last = play.last_hop().map(|id| play.session.ledger().hop(id));
            if let Some(hop) = last.filter(|hop| hop.path == vigie::aws::HopPath::AlarmBus) {
                break hop.id;
            }
        };
        play(&mut model).selected = Some(alarm);
        update::act(&mut model, Action::Inspect);
        insta::assert_snapshot!(format!("inspector_{}", lang.code()), text(&draw(&mut model)));
    }
}

#[test]
fn an_expert_story_shows_what_watching_costs_as_it_climbs() {
    let path = format!("{}/tests/timelines/exp-02.yaml", env!("CARGO_MANIFEST_DIR"));
    for (lang, total, items) in [
        (Lang::En, "≈ $0.30", "configuration items"),
        (Lang::Fr, "≈ 0,30\u{a0}$", "éléments de configuration"),
    ] {
        let mut model = story(&path, SIZES[2], lang);
        set_view(&mut model, View::Split);
        let opened = text(&draw(&mut model));
        assert!(
            !opened.contains(total) && !opened.contains(items),
            "nothing is used before the story\n{opened}"
        );

        update::act(&mut model, Action::Latest);

        let header = rows(&draw(&mut model)).swap_remove(0);
        let beside = text(&draw(&mut model));
        assert!(header.contains(total), "{header}");
        assert!(beside.contains(items) && beside.contains("101"), "{beside}");
        play(&mut model).panel = Panel::Report;
        let report = panel_of(&draw(&mut model));
        assert!(report.contains(items) && report.contains(total), "{report}");
    }
}

#[test]
fn a_wide_cloud_view_opens_the_hop_in_focus_beside_the_table() {
    let mut model = story("crs-05", SIZES[2], Lang::En);
    set_view(&mut model, View::Cloud);
    for _ in 0..3 {
        step(&mut model);
    }

    let wide = text(&draw(&mut model));
    set(&mut model, SIZES[1], Lang::En);
    let narrow = text(&draw(&mut model));

    assert!(wide.contains("Why?") && wide.contains("full JSON") && wide.contains("console"), "{wide}");
    assert!(!narrow.contains("Why?"), "{narrow}");
}
