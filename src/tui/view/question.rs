//! A prediction: the question, its options, how sure, and afterwards what the engine saw.

use ratatui::{layout::Rect, style::Modifier};

use super::pen::{Pen, wrap};
use crate::{
    text::{Key, Lang},
    tui::theme::Role,
};

/// A prediction as it stands.
#[derive(Clone, Debug, Default)]
pub struct Question<'a> {
    pub number: usize,
    pub of: usize,
    pub prompt: &'a str,
    /// The places that cards may be put into, in a line.
    pub legend: String,
    pub rows: Vec<Row>,
    /// 1 to 3.
    pub confidence: u8,
    pub hints: Vec<&'a str>,
    pub hint_count: usize,
    pub feedback: Option<Feedback<'a>>,
}

/// One row: an option, a card, a line, a field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// Its letter, or that of its place.
    pub lead: String,
    pub text: String,
    pub focused: bool,
    /// Once an answer is in: what is marked right, and what is marked wrong.
    pub verdict: Option<bool>,
}

/// What is said once an answer is in.
#[derive(Clone, Debug, Default)]
pub struct Feedback<'a> {
    /// None when the question was passed.
    pub is_right: Option<bool>,
    pub because: &'a str,
    /// What is right, when something else was answered.
    pub truth: String,
    /// What the engine evaluated, one line each.
    pub evidence: Vec<String>,
}

/// Rows that the panel can do without: the one above the question and the one above the hints.
pub const BLANK_ROWS: u16 = 2;

/// How tall the panel must be for this text.
pub fn height(question: &Question<'_>, columns: u16) -> u16 {
    let inside = columns.saturating_sub(6);
    let lines = |text: &str| wrap(text, inside).len() as u16;
    let mut tall = 4 + lines(question.prompt) + 1 + rows_height(question, inside.saturating_sub(7));
    if !question.legend.is_empty() {
        tall += lines(&question.legend) + 1;
    }
    if let Some(feedback) = &question.feedback {
        tall += 2 + lines(feedback.because);
        if feedback.is_right != Some(true) {
            tall += 1 + lines(&feedback.truth);
        }
        if !feedback.evidence.is_empty() {
            tall += 2 + feedback.evidence.iter().map(|line| lines(line)).sum::<u16>();
        }
    } else {
        tall += 2 + u16::from(question.hint_count > 0);
        tall += question.hints.iter().map(|hint| 1 + lines(hint)).sum::<u16>();
    }
    tall
}

/// How tall the options are, so many columns wide.
fn rows_height(question: &Question<'_>, columns: u16) -> u16 {
    question.rows.iter().map(|row| wrap(&row.text, columns).len().max(1) as u16).sum()
}

/// The panel.
pub fn question(pen: &mut Pen<'_>, area: Rect, lang: Lang, question: &Question<'_>) {
    let title = format!("{}   {}/{}", lang.get(Key::PredictTitle), question.number, question.of);
    let frame = pen.ink(Role::HudKey);
    let panel = pen.panel(area, &title, frame);
    let missing = height(question, area.width).saturating_sub(area.height);
    let pad = u16::from(missing < BLANK_ROWS);
    let inside = Rect {
        x: panel.x + 1,
        width: panel.width.saturating_sub(2),
        y: panel.y + pad,
        height: panel.height.saturating_sub(pad),
    };
    let (ink, dim, key) = (pen.ink(Role::HudInk), pen.ink(Role::HudDim), pen.ink(Role::HudKey));
    let mut y = inside.y;
    let below = |y: u16| Rect { y, height: inside.bottom().saturating_sub(y), ..inside };
    // Where both find no room, what can be answered matters more than the whole of what is asked.
    let for_rows = rows_height(question, inside.width.saturating_sub(6));
    let prompt = Rect { height: inside.height.saturating_sub(for_rows).max(1), ..inside };
    y += pen.paragraph(prompt.intersection(inside), question.prompt, ink.add_modifier(Modifier::BOLD));
    y += u16::from(y + for_rows < inside.bottom());
    if !question.legend.is_empty() {
        y += pen.paragraph(below(y), &question.legend, dim) + 1;
    }
    for row in &question.rows {
        let (mark, mark_style) = match row.verdict {
            Some(true) => ("✓", pen.ink(Role::Ok)),
            Some(false) => ("✗", pen.ink(Role::Bad)),
            None if row.focused => ("▸", key),
            None => (" ", dim),
        };
        if y >= inside.bottom() {
            return;
        }
        pen.pieces(inside.x + 1, y, 6, &[(mark, mark_style), (" ", dim), (&row.lead, key)]);
        let style = if row.focused && question.feedback.is_none() {
            ink.add_modifier(Modifier::REVERSED)
        } else {
            ink
        };
        let room = Rect { x: inside.x + 6, width: inside.width.saturating_sub(6), ..below(y) };
        y += pen.paragraph(room, &row.text, style).max(1);
    }
    y += 1;
    match &question.feedback {
        Some(feedback) => answered(pen, below(y), lang, feedback),
        None => asking(pen, below(y), lang, question, missing == 0),
    }
}

fn asking(pen: &mut Pen<'_>, area: Rect, lang: Lang, question: &Question<'_>, is_airy: bool) {
    let (ink, dim, key) = (pen.ink(Role::HudInk), pen.ink(Role::HudDim), pen.ink(Role::HudKey));
    if area.is_empty() {
        return;
    }
    let mut x = area.x + 1 + pen.text(area.x + 1, area.y, area.width, lang.get(Key::PredictSure), dim) + 2;
    for (level, word) in [(1, Key::PredictGuess), (2, Key::PredictRather), (3, Key::PredictCertain)] {
        let chosen = question.confidence == level;
        let style = if chosen { ink.add_modifier(Modifier::REVERSED) } else { ink };
        let text = format!("{level} {}", lang.get(word));
        let room = area.right().saturating_sub(x);
        x += pen.pieces(x, area.y, room, &[(if chosen { "▸" } else { " " }, key), (&text, style)]) + 2;
    }
    let mut y = area.y + 1 + u16::from(is_airy);
    let below = |y: u16| Rect {
        x: area.x + 1,
        width: area.width.saturating_sub(1),
        y,
        height: area.bottom().saturating_sub(y),
    };
    for (rung, hint) in question.hints.iter().enumerate() {
        if y >= area.bottom() {
            return;
        }
        let label = format!("{} · ", lang.fill(Key::Hint, &[("n", &(rung + 1).to_string())]));
        y += pen.paragraph(below(y), &format!("{label}{hint}"), key);
    }
    if question.hint_count > question.hints.len() && y < area.bottom() {
        let count = lang.fill(
            Key::HintCount,
            &[("n", &question.hints.len().to_string()), ("of", &question.hint_count.to_string())],
        );
        pen.text(area.x + 1, y, area.width, &format!("h  {count}"), dim);
    }
}

fn answered(pen: &mut Pen<'_>, area: Rect, lang: Lang, feedback: &Feedback<'_>) {
    let (ink, dim) = (pen.ink(Role::HudInk), pen.ink(Role::HudDim));
    let (word, style) = match feedback.is_right {
        None => (Key::PredictSkipped, dim),
        Some(true) => (Key::PredictRight, pen.ink(Role::Ok)),
        Some(false) => (Key::PredictWrong, pen.ink(Role::Bad)),
    };
    let mut y = area.y;
    let below = |y: u16| Rect {
        x: area.x + 1,
        width: area.width.saturating_sub(1),
        y,
        height: area.bottom().saturating_sub(y),
    };
    y += pen.paragraph(below(y), lang.get(word), style.add_modifier(Modifier::BOLD));
    y += pen.paragraph(below(y), feedback.because, ink);
    if feedback.is_right != Some(true) && !feedback.truth.is_empty() {
        y += pen.paragraph(below(y), &format!("✓ {}", feedback.truth), ink);
    }
    if !feedback.evidence.is_empty() && y + 1 < area.bottom() {
        y += 1;
        y += pen.paragraph(below(y), lang.get(Key::PredictEngine), dim);
        for line in &feedback.evidence {
            if y >= area.bottom() {
                break;
            }
            y += pen.paragraph(below(y), line, dim);
        }
    }
}
