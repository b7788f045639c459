//! The console's own state: the line being typed, what was answered, what was typed before.

use crossterm::event::{Event, KeyCode, KeyEvent};
use tui_input::{Input, backend::crossterm::EventHandler};
use unicode_width::UnicodeWidthStr;

/// One line of the console's memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub text: String,
    pub kind: LineKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    Typed,
    Answer,
    Error,
    Remark,
}

/// How much is remembered.
const MOST_LINES: usize = 2_000;
/// Lines a key scrolls by.
const PAGE: usize = 8;
/// Columns between tab stops, as terminals have them: `--output text` is tabs.
const TAB: usize = 8;

/// The console.
#[derive(Clone, Debug, Default)]
pub struct Console {
    input: Input,
    pub lines: Vec<Line>,
    history: Vec<String>,
    at: Option<usize>,
    /// Completions of the word being typed.
    pub candidates: Vec<String>,
    /// How many of the last lines are scrolled out of sight.
    pub scroll: usize,
}

/// What a key asked of the console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    Nothing,
    Run(String),
    Complete(String),
    Leave,
}

impl Console {
    pub fn text(&self) -> &str {
        self.input.value()
    }

    /// Column of the cursor in the text.
    pub fn cursor(&self) -> usize {
        self.input.visual_cursor()
    }

    pub fn set(&mut self, text: String) {
        self.input = Input::new(text);
        self.candidates.clear();
    }

    pub fn say(&mut self, kind: LineKind, text: &str) {
        self.lines.extend(text.lines().map(|line| Line { text: without_tabs(line), kind }));
        self.scroll = 0;
        let surplus = self.lines.len().saturating_sub(MOST_LINES);
        self.lines.drain(..surplus);
    }

    /// Takes a key. Leaving keeps the text.
    pub fn key(&mut self, key: KeyEvent) -> Asked {
        match key.code {
            KeyCode::Esc => return Asked::Leave,
            KeyCode::Tab => return Asked::Complete(self.text().to_owned()),
            KeyCode::Enter => {
                let line = self.text().trim().to_owned();
                self.input.reset();
                self.candidates.clear();
                self.at = None;
                if line.is_empty() {
                    return Asked::Nothing;
                }
                if self.history.last() != Some(&line) {
                    self.history.push(line.clone());
                }
                self.say(LineKind::Typed, &line);
                return Asked::Run(line);
            }
            KeyCode::PageUp => self.scroll = (self.scroll + PAGE).min(self.lines.len().saturating_sub(1)),
            KeyCode::PageDown => self.scroll = self.scroll.saturating_sub(PAGE),
            KeyCode::Up => self.recall(true),
            KeyCode::Down => self.recall(false),
            _ => {
                self.candidates.clear();
                self.input.handle_event(&Event::Key(key));
            }
        }
        Asked::Nothing
    }

    fn recall(&mut self, older: bool) {
        let at = match (self.at, older) {
            (None, true) => self.history.len().checked_sub(1),
            (Some(at), true) => Some(at.saturating_sub(1)),
            (Some(at), false) if at + 1 < self.history.len() => Some(at + 1),
            (_, false) => None,
        };
        self.at = at;
        let text = at.and_then(|at| self.history.get(at)).cloned().unwrap_or_default();
        self.input = Input::new(text);
    }
}

/// The same line with spaces up to each tab stop.
fn without_tabs(line: &str) -> String {
    let mut text = String::new();
    let mut column = 0;
    for (at, part) in line.split('\t').enumerate() {
        if at > 0 {
            let blank = TAB - column % TAB;
            text.extend(std::iter::repeat_n(' ', blank));
            column += blank;
        }
        text.push_str(part);
        column += part.width();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(console: &mut Console, code: KeyCode) -> Asked {
        console.key(KeyEvent::from(code))
    }

    #[test]
    fn what_was_typed_comes_back_with_the_up_key() {
        let mut console = Console::default();
        for c in "ec2 help".chars() {
            press(&mut console, KeyCode::Char(c));
        }

        assert_eq!(press(&mut console, KeyCode::Enter), Asked::Run("ec2 help".to_owned()));
        assert_eq!(console.text(), "");
        press(&mut console, KeyCode::Up);
        assert_eq!(console.text(), "ec2 help");
    }

    #[test]
    fn tabs_reach_their_stops() {
        let mut console = Console::default();
        console.say(LineKind::Answer, "i-0a1\tvoiture-rouge\tok\n\tr");

        let texts: Vec<&str> = console.lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(texts, ["i-0a1   voiture-rouge   ok", "        r"]);
    }

    #[test]
    fn what_is_long_is_scrolled_until_something_new_is_said() {
        let mut console = Console::default();
        console.say(LineKind::Answer, &"line\n".repeat(30));
        press(&mut console, KeyCode::PageUp);
        press(&mut console, KeyCode::PageUp);
        assert_eq!(console.scroll, 16);
        press(&mut console, KeyCode::PageDown);
        assert_eq!(console.scroll, 8);

        console.say(LineKind::Answer, "more");
        assert_eq!(console.scroll, 0);
    }

    #[test]
    fn leaving_keeps_what_is_being_typed() {
        let mut console = Console::default();
        press(&mut console, KeyCode::Char('x'));

        assert_eq!(press(&mut console, KeyCode::Esc), Asked::Leave);
        assert_eq!(console.text(), "x");
    }
}
