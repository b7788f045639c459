//! The real binary in a real pseudo-terminal: what a person sees, and that the terminal is given back.
#![cfg(unix)]
#![allow(clippy::disallowed_methods, reason = "the program under test runs in real time")]

use std::{
    io::{BufRead, BufReader, Read, Write},
    num::NonZeroU16,
    process::{Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use vigie::tui::terminal::Screen;

const BINARY: &str = env!("CARGO_BIN_EXE_vigie");
/// Generous: a debug build on a busy machine. Nothing waits this long unless it fails.
const PATIENCE: Duration = Duration::from_secs(30);

fn at_least_one(cells: u16) -> NonZeroU16 {
    NonZeroU16::new(cells).unwrap_or(NonZeroU16::MIN)
}

/// The program, and what its terminal shows.
struct Seat {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    terminal: Arc<Mutex<vt100::Parser>>,
}

impl Seat {
    fn open(arguments: &[&str], size: (u16, u16)) -> Self {
        let mut command = CommandBuilder::new(BINARY);
        command.args(arguments);
        Self::run(command, size)
    }

    fn run(mut command: CommandBuilder, (columns, rows): (u16, u16)) -> Self {
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a pseudo-terminal opens");
        command.env("TERM", "xterm-256color");
        command.env("LC_ALL", "en_US.UTF-8");
        command.env_remove("NO_COLOR");
        let child = pair.slave.spawn_command(command).expect("the binary starts");
        drop(pair.slave);
        let terminal = Arc::new(Mutex::new(vt100::Parser::new(at_least_one(rows), at_least_one(columns), 0)));
        let mut output = pair.master.try_clone_reader().expect("the terminal can be read");
        let seen = Arc::clone(&terminal);
        thread::spawn(move || {
            let mut bytes = [0; 8 * 1024];
            // Reading fails when the program has gone: the end.
            while let Ok(count @ 1..) = output.read(&mut bytes) {
                seen.lock().unwrap_or_else(PoisonError::into_inner).process(&bytes[..count]);
            }
        });
        let keys = pair.master.take_writer().expect("the terminal can be typed into");
        Self { child, master: pair.master, keys, terminal }
    }

    fn seen<T>(&self, look: impl FnOnce(&vt100::Screen) -> T) -> T {
        look(self.terminal.lock().unwrap_or_else(PoisonError::into_inner).screen())
    }

    /// Waits until the screen is as described.
    #[track_caller]
    fn await_screen(&self, what: &str, is_so: impl Fn(&vt100::Screen) -> bool) {
        let started = Instant::now();
        while !self.seen(&is_so) {
            let shown = self.seen(vt100::Screen::contents);
            assert!(started.elapsed() < PATIENCE, "{what} did not come:\n{shown}");
            thread::sleep(Duration::from_millis(10));
        }
    }

    fn await_text(&self, text: &str) {
        self.await_screen(text, |screen| screen.contents().contains(text));
    }

    fn press(&mut self, keys: &str) {
        self.keys
            .write_all(keys.as_bytes())
            .and_then(|()| self.keys.flush())
            .expect("keys reach the program");
    }

    fn resize(&self, columns: u16, rows: u16) {
        self.terminal
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .screen_mut()
            .set_size(at_least_one(rows), at_least_one(columns));
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        self.master.resize(size).expect("a pseudo-terminal can be resized");
    }

    fn signal(&self, name: &str) {
        let id = self.child.process_id().expect("the program runs").to_string();
        let sent = Command::new("kill").args(["-s", name, &id]).status().expect("`kill` is everywhere");
        assert!(sent.success(), "the program takes SIG{name}");
    }

    fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("the program can be waited for").is_some()
    }

    /// Waits for the end, and for the last of the output.
    #[track_caller]
    fn await_end(&mut self) -> ExitStatus {
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("the program can be waited for") {
                return status;
            }
            let shown = self.seen(vt100::Screen::contents);
            assert!(started.elapsed() < PATIENCE, "the program does not end:\n{shown}");
            thread::sleep(Duration::from_millis(10));
        }
    }

    #[track_caller]
    fn assert_given_back(&self) {
        self.await_screen("the terminal as it was", |screen| {
            !screen.alternate_screen()
                && !screen.hide_cursor()
                && screen.mouse_protocol_mode() == vt100::MouseProtocolMode::None
        });
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        // A test that failed leaves nothing behind.
        let _ = self.child.kill();
    }
}

fn title() -> Seat {
    let seat = Seat::open(&[], (80, 24));
    seat.await_screen("the title", |screen| screen.alternate_screen() && screen.contents().contains("quit"));
    seat
}

fn story(size: (u16, u16)) -> Seat {
    let mut seat = Seat::open(&["play", "crs-05", "--lang", "en"], size);
    seat.await_text("Objective");
    seat.press("\r");
    seat.await_screen("the story", |screen| !screen.contents().contains("Objective"));
    seat
}

#[test]
fn the_title_appears_and_q_gives_the_terminal_back() {
    let mut seat = title();

    assert!(seat.seen(vt100::Screen::hide_cursor), "no cursor blinks over the picture");
    seat.press("q");
    assert_eq!(seat.await_end().exit_code(), 0);
    seat.assert_given_back();
}

#[test]
fn control_c_gives_the_terminal_back_from_the_title_and_from_a_story() {
    for mut seat in [title(), story((80, 24))] {
        seat.press("\u{3}");

        assert_eq!(seat.await_end().exit_code(), 0);
        seat.assert_given_back();
    }
}

#[test]
fn a_signal_gives_the_terminal_back_and_is_told_by_the_status() {
    for (name, number) in [("TERM", 15), ("INT", 2), ("HUP", 1), ("QUIT", 3)] {
        let mut seat = title();
        seat.signal(name);

        assert_eq!(seat.await_end().exit_code(), 128 + number, "SIG{name}");
        seat.assert_given_back();
    }
    let mut seat = story((120, 36));
    seat.signal("TERM");

    assert_eq!(seat.await_end().exit_code(), 143, "in the middle of a story too");
    seat.assert_given_back();
}

#[test]
fn a_panic_gives_the_terminal_back_and_is_reported() {
    const ON_PURPOSE: &str = "VIGIE_TEST_PANICS_ON_SCREEN";
    if std::env::var_os(ON_PURPOSE).is_some() {
        let screen = Screen::enter().expect("the terminal can be taken over");
        std::mem::forget(screen); // Only the panic itself can give it back now.
        panic!("a mistake of ours");
    }
    // This very test, once more, as a program of its own.
    let mut command = CommandBuilder::new(std::env::current_exe().expect("a test is a program"));
    command.args(["--exact", "a_panic_gives_the_terminal_back_and_is_reported", "--nocapture"]);
    command.env(ON_PURPOSE, "1");
    command.env("RUST_BACKTRACE", "0");
    let mut seat = Seat::run(command, (80, 24));

    assert_ne!(seat.await_end().exit_code(), 0);
    seat.await_text("a mistake of ours");
    seat.assert_given_back();
}

#[test]
fn a_story_survives_every_resize() {
    let mut seat = story((120, 36));
    for (columns, rows) in [(40, 10), (200, 60), (1, 1), (80, 24), (3, 50), (119, 35), (300, 5), (80, 24)] {
        seat.resize(columns, rows);
        thread::sleep(Duration::from_millis(60));

        assert!(!seat.has_ended(), "{columns}x{rows}");
    }
    seat.await_text("crs-05");
    seat.press("\u{3}");

    assert_eq!(seat.await_end().exit_code(), 0);
    seat.assert_given_back();
}

#[test]
fn a_stage_that_cannot_be_set_is_told_in_the_shell_with_its_line() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/scenarios/no-stage.yaml");
    let mut seat = Seat::open(&["play", path, "--lang", "en"], (120, 36));

    assert_eq!(seat.await_end().exit_code(), 1);
    seat.assert_given_back();
    seat.await_text("the set-up fails: Publish answers NotFound: Topic does not exist");
    seat.await_text("no-stage.yaml:14:5");
}

#[test]
fn a_scenario_of_no_list_starts_over_as_itself() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/scenarios/questions.yaml");
    let mut seat = Seat::open(&["play", path, "--lang", "en"], (120, 36));
    seat.await_text("Objective");
    seat.press("\r ");
    seat.await_screen("the story", |screen| !screen.contents().contains("Objective"));
    seat.press("n");
    seat.await_text("T+00:10");
    seat.press("rr");
    seat.await_screen("its start", |screen| {
        let shown = screen.contents();
        shown.contains("T+00:0") && shown.contains("Questions of all kinds")
    });
}

#[test]
fn keys_that_mean_nothing_do_no_harm() {
    let mut seat = story((80, 24));
    seat.press("\u{1b}[Z\u{1b}OP\u{1b}[200~pasted\u{1b}[201~\u{1b}[<0;10;10M\u{7f}\u{0}é車🚓\u{1b}[120;5u");
    thread::sleep(Duration::from_millis(100));

    assert!(!seat.has_ended());
    seat.press("\u{3}");
    assert_eq!(seat.await_end().exit_code(), 0);
    seat.assert_given_back();
}

#[test]
fn the_language_changes_live() {
    let mut seat = Seat::open(&["play", "crs-05", "--lang", "en"], (80, 24));
    seat.await_text("The worked case");
    seat.press("L");
    seat.await_text("L'exemple concret");
    seat.press("\u{3}");

    assert_eq!(seat.await_end().exit_code(), 0);
}

#[test]
fn without_a_terminal_it_says_what_to_run_instead() {
    for arguments in [&["--lang", "fr"][..], &["--lang", "en"], &["play", "crs-04", "--lang", "fr"]] {
        let output =
            Command::new(BINARY).args(arguments).stdin(Stdio::null()).output().expect("the binary starts");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let instead = if arguments.contains(&"crs-04") { "vigie run crs-04" } else { "vigie run crs-05" };

        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(instead), "{said}");
        assert!(output.stdout.is_empty() && !said.contains('\u{1b}'), "nothing is drawn into a pipe");
    }
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let mut child = Command::new(BINARY)
        .args(["run", "crs-05", "--format", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut first = String::new();
    // Reads one line and closes the pipe, as `head -1` does.
    BufReader::with_capacity(64, child.stdout.take().expect("it is piped"))
        .read_line(&mut first)
        .expect("a line comes");
    let output = child.wait_with_output().expect("the program can be waited for");

    assert_eq!(first, "{\n");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn an_unknown_option_is_refused_in_the_language_asked_for() {
    for (lang, words) in [("fr", "option ou argument inconnu : --sed"), ("en", "unexpected argument '--sed'")]
    {
        let output = Command::new(BINARY)
            .args(["run", "crs-05", "--sed", "3", "--lang", lang])
            .output()
            .expect("the binary starts");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();

        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(words), "{said}");
        assert!(said.contains("--seed"), "the near one is named: {said}");
    }
}
