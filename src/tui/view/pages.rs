//! Full pages of text over the town: help, limits cards, mailboxes, report, task, briefing.

use ratatui::{layout::Rect, style::Modifier};

use super::pen::{Pen, wrap};
use crate::{
    lesson::meters::Reading,
    text::{Key, Lang},
    tui::{
        keymap::{KEYS, Place},
        theme::Role,
    },
};

/// One limits card, in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitCard {
    pub id: String,
    pub title: String,
    pub city: String,
    pub aws: String,
    /// This scenario opens it.
    pub breaks_here: bool,
}

/// The limits of the metaphor: titles on the left, the selected card on the right.
pub fn limits(pen: &mut Pen<'_>, area: Rect, lang: Lang, cards: &[LimitCard], selected: usize) {
    let frame = pen.ink(Role::HudDim);
    let inside = pen.panel(area, lang.get(Key::LimitsTitle), frame);
    let (ink, dim, key) = (pen.ink(Role::HudInk), pen.ink(Role::HudDim), pen.ink(Role::HudKey));
    let mut y = inside.y + 1;
    for (index, card) in cards.iter().enumerate() {
        if y >= inside.bottom() {
            return;
        }
        let here =
            if card.breaks_here { format!("   ◂ {}", lang.get(Key::LimitsHere)) } else { String::new() };
        let style = if index == selected { ink.add_modifier(Modifier::REVERSED) } else { ink };
        pen.pieces(
            inside.x,
            y,
            inside.width,
            &[
                (if index == selected { "▸ " } else { "  " }, key),
                (&format!("{}  {}", card.id, card.title), style),
                (&here, key),
            ],
        );
        y += 1;
    }
    let Some(card) = cards.get(selected) else { return };
    y += 1;
    for (word, text) in [(Key::LimitsCity, &card.city), (Key::LimitsAws, &card.aws)] {
        let room = Rect { y, height: inside.bottom().saturating_sub(y), ..inside };
        pen.text(room.x, y.min(inside.bottom().saturating_sub(1)), room.width, lang.get(word), dim);
        y += 1;
        let room = Rect { y, height: inside.bottom().saturating_sub(y), ..inside };
        y += pen.paragraph(room, text, ink) + 1;
    }
}

/// One mail or pending subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    pub to: String,
    pub time: String,
    pub from: String,
    pub subject: String,
    pub body: String,
    /// A stamp such as "pending confirmation", if any.
    pub stamp: Option<String>,
}

/// The mailboxes: letters on the left, the selected one open on the right.
pub fn mail(pen: &mut Pen<'_>, area: Rect, lang: Lang, letters: &[Letter], selected: usize) {
    pen.fill(area, Role::HudPaper);
    let frame = pen.ink(Role::HudDim);
    let (ink, dim, key) = (pen.ink(Role::HudInk), pen.ink(Role::HudDim), pen.ink(Role::HudKey));
    let list_w = if area.width >= 60 { area.width * 42 / 100 } else { area.width };
    let list = pen.panel(Rect { width: list_w, ..area }, lang.get(Key::MailTitle), frame);
    if letters.is_empty() {
        pen.text(list.x, list.y + 1, list.width, lang.get(Key::MailEmpty), dim);
        return;
    }
    let mut y = list.y;
    let mut box_of = "";
    let first = selected.saturating_sub(usize::from(list.height / 3));
    for (index, letter) in letters.iter().enumerate().skip(first) {
        if letter.to != box_of {
            y += u16::from(!box_of.is_empty());
            if y >= list.bottom() {
                break;
            }
            pen.text(list.x, y, list.width, &letter.to, key);
            y += 1;
            box_of = &letter.to;
        }
        if y >= list.bottom() {
            break;
        }
        let style = if index == selected { ink.add_modifier(Modifier::REVERSED) } else { ink };
        let time_w = letter.time.len() as u16 + 1;
        pen.text(list.x, y, 2, if index == selected { "▸ " } else { "  " }, key);
        let mark = if letter.stamp.is_some() { "⊡ " } else { "⊠ " };
        pen.text(list.x + 2, y, 2, mark, key);
        pen.text(list.x + 4, y, list.width.saturating_sub(4 + time_w), &letter.subject, style);
        pen.right(list, y, &letter.time, dim);
        y += 1;
    }
    let Some(letter) = letters.get(selected).filter(|_| area.width >= 60) else { return };
    let right = Rect { x: area.x + list_w + 1, width: area.width.saturating_sub(list_w + 1), ..area };
    let inside = pen.panel(right, &letter.subject, frame);
    let mut y = inside.y;
    for (word, text) in [(Key::MailFrom, &letter.from), (Key::MailTo, &letter.to)] {
        let label = format!("{:<5}", lang.get(word));
        pen.pieces(inside.x, y, inside.width, &[(&label, dim), (text, ink)]);
        y += 1;
    }
    if let Some(stamp) = &letter.stamp {
        pen.text(inside.x, y, inside.width, stamp, key);
        y += 1;
    }
    y += 1;
    let room = Rect { y, height: inside.bottom().saturating_sub(y), ..inside };
    pen.paragraph(room, &letter.body, ink);
}

/// The help: every key of every place, from the table, then the legend.
pub fn help(pen: &mut Pen<'_>, area: Rect, lang: Lang, legend: &[(String, String)], scroll: usize) {
    let frame = pen.ink(Role::HudDim);
    let inside = pen.panel(area, lang.get(Key::HelpTitle), frame);
    let (ink, dim, key) = (pen.ink(Role::HudInk), pen.ink(Role::HudDim), pen.ink(Role::HudKey));
    let mut lines: Vec<(String, String, bool)> =
        vec![(String::new(), lang.get(Key::HelpTime).to_owned(), true)];
    for binding in KEYS.iter().filter(|binding| binding.place == Place::Story && !binding.shown.is_empty()) {
        lines.push((binding.shown.to_owned(), lang.get(binding.word).to_owned(), false));
    }
    lines.push((String::new(), lang.get(Key::KeyGoTo).to_owned(), false));
    let two = inside.width >= 72;
    let column_w = if two { inside.width / 2 } else { inside.width };
    let mut right: Vec<(String, String, bool)> =
        vec![(String::new(), lang.get(Key::HelpLegend).to_owned(), true)];
    right.extend(legend.iter().map(|(city, aws)| (city.clone(), aws.clone(), false)));
    right.push((String::new(), String::new(), false));
    for key in [Key::HelpScale, Key::HelpSimplifies] {
        for line in wrap(lang.get(key), column_w.saturating_sub(2)) {
            right.push((String::new(), line, false));
        }
    }
    if !two {
        lines.push((String::new(), String::new(), false));
        lines.append(&mut right);
    }
    for (x, columns) in [(inside.x, &lines), (inside.x + column_w, &right)] {
        let shown = columns.iter().skip(scroll.min(columns.len().saturating_sub(1)));
        for (row, (left, text, heading)) in shown.take(usize::from(inside.height)).enumerate() {
            let y = inside.y + row as u16;
            if *heading {
                pen.text(x, y, column_w, text, dim.add_modifier(Modifier::BOLD));
            } else if left.is_empty() {
                pen.text(x, y, column_w.saturating_sub(1), text, dim);
            } else {
                let used = pen.text(x, y, 12, left, key);
                let gap = if x == inside.x { used.max(5) + 1 } else { 12 };
                pen.text(x + gap, y, column_w.saturating_sub(gap + 1), text, ink);
            }
        }
    }
}

/// What the learner must do, and how far it is.
#[derive(Clone, Debug, Default)]
pub struct Task<'a> {
    pub prompt: &'a str,
    pub only_looks: bool,
    pub missing: Vec<String>,
    pub hints: Vec<&'a str>,
    pub hint_count: usize,
    pub solution: Option<Vec<String>>,
    /// What it has shown, once it is done.
    pub done: Option<&'a str>,
}

/// How tall the task panel must be.
pub fn task_height(task: &Task<'_>, columns: u16) -> u16 {
    let inside = columns.saturating_sub(6);
    let lines = |text: &str| wrap(text, inside).len() as u16;
    let mut tall = 5 + lines(task.prompt);
    if let Some(because) = task.done {
        return tall + 1 + lines(because);
    }
    tall += task.missing.iter().map(|line| lines(line)).sum::<u16>() + u16::from(!task.missing.is_empty());
    tall += task.hints.iter().map(|hint| lines(hint) + 1).sum::<u16>();
    tall +=
        task.solution.as_ref().map_or(0, |lines_of| lines_of.iter().map(|line| lines(line)).sum::<u16>() + 2);
    tall + 2
}

/// The task panel.
pub fn task(pen: &mut Pen<'_>, area: Rect, lang: Lang, task: &Task<'_>) {
    let frame = pen.ink(Role::Do);
    let inside = pen.panel(area, lang.get(Key::TaskTitle), frame);
    let (ink, dim, key) = (pen.ink(Role::HudInk), pen.ink(Role::HudDim), pen.ink(Role::HudKey));
    let mut y = inside.y + 1;
    let below = |y: u16| Rect { y, height: inside.bottom().saturating_sub(y), ..inside };
    y += pen.paragraph(below(y), task.prompt, ink.add_modifier(Modifier::BOLD)) + 1;
    if let Some(because) = task.done {
        let style = pen.ink(Role::Ok);
        y += pen.paragraph(below(y), &format!("✓ {}", lang.get(Key::TaskDone)), style) + 1;
        pen.paragraph(below(y), because, ink);
        return;
    }
    let how = if task.only_looks { Key::TaskHowLook } else { Key::TaskHow };
    y += pen.paragraph(below(y), lang.get(how), dim);
    if !task.missing.is_empty() {
        y += pen.paragraph(below(y), lang.get(Key::TaskStill), dim);
        let style = pen.ink(Role::Bad);
        for line in &task.missing {
            y += pen.paragraph(below(y), &format!("✗ {line}"), style);
        }
    }
    for (rung, hint) in task.hints.iter().enumerate() {
        let label = lang.fill(Key::Hint, &[("n", &(rung + 1).to_string())]);
        y += pen.paragraph(below(y), &format!("{label} · {hint}"), key);
    }
    if let Some(solution) = &task.solution {
        y += 1;
        y += pen.paragraph(below(y), lang.get(Key::TaskSolution), dim);
        for line in solution {
            y += pen.paragraph(below(y), &format!("$ {line}"), ink);
        }
    } else if task.hint_count > task.hints.len() && y < inside.bottom() {
        let count = lang.fill(
            Key::HintCount,
            &[("n", &task.hints.len().to_string()), ("of", &task.hint_count.to_string())],
        );
        pen.text(inside.x, y, inside.width, &format!("h  {count}"), dim);
    }
}

/// One line of the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportLine {
    pub question: String,
    pub right: Option<bool>,
    pub confidence: Option<String>,
}

/// The report at the end.
pub fn report(
    pen: &mut Pen<'_>,
    area: Rect,
    lang: Lang,
    title: &str,
    predictions: &[ReportLine],
    readings: &[Reading],
    chain: &[(String, String, String)],
) {
    let frame = pen.ink(Role::HudDim);
    let inside = pen.panel(area, &format!("{} · {title}", lang.get(Key::ReportTitle)), frame);
    let (ink, dim, key) = (pen.ink(Role::HudInk), pen.ink(Role::HudDim), pen.ink(Role::HudKey));
    let mut y = inside.y + 1;
    pen.text(inside.x, y, inside.width, lang.get(Key::ReportPredictions), key);
    y += 1;
    for line in predictions {
        if y >= inside.bottom() {
            return;
        }
        let (mark, style) = match line.right {
            Some(true) => ("✓", pen.ink(Role::Ok)),
            Some(false) => ("✗", pen.ink(Role::Bad)),
            None => ("·", dim),
        };
        let sure = line.confidence.as_deref().map(|sure| format!("   {sure}")).unwrap_or_default();
        let room = inside.width.saturating_sub(2 + super::pen::width(&sure));
        pen.pieces(
            inside.x,
            y,
            inside.width,
            &[(mark, style), (" ", ink), (&super::pen::cut(&line.question, room), ink), (&sure, dim)],
        );
        y += 1;
    }
    if predictions.is_empty() {
        pen.text(inside.x, y, inside.width, lang.get(Key::ReportNone), dim);
        y += 1;
    }
    y += 1;
    if y >= inside.bottom() {
        return;
    }
    if !readings.is_empty() {
        let room = Rect { y, height: inside.bottom() - y, ..inside };
        y += super::meters::meters(pen, room, lang, readings) + 1;
        if y >= inside.bottom() {
            return;
        }
    }
    pen.text(inside.x, y, inside.width, lang.get(Key::ReportChain), key);
    y += 1;
    for (time, path, text) in chain {
        if y >= inside.bottom() {
            return;
        }
        pen.text(inside.x, y, 8, time, dim);
        pen.text(inside.x + 8, y, 14, path, ink);
        pen.text(inside.x + 22, y, inside.width.saturating_sub(22), text, ink);
        y += 1;
    }
}
