//! The lines around every screen: header, captions, keys.

use ratatui::{layout::Rect, style::Style};

use super::pen::{Pen, cut, width};
use crate::{
    lesson::narration::Caption,
    text::{Key, Lang},
    tui::{
        action::Action,
        keymap::{self, Place},
        theme::Role,
    },
};

/// What the header says.
#[derive(Clone, Debug, Default)]
pub struct Header<'a> {
    /// `crs-05 L'exemple concret`.
    pub title: &'a str,
    /// `étape 4/10`.
    pub step: &'a str,
    /// What the meters make together, where they are shown: `≈ $0.30`.
    pub cost: &'a str,
    /// `T+04:12  ▸ ×1`.
    pub clock: &'a str,
    /// `ville F1`.
    pub view: &'a str,
    /// `FR`.
    pub lang: &'a str,
}

/// One line: where we are on the left, when and how on the right.
pub fn header(pen: &mut Pen<'_>, area: Rect, header: &Header<'_>) {
    pen.fill(area, Role::HudBand);
    let band = |pen: &Pen<'_>, role| pen.theme.style(role, Role::HudBand);
    let strong = band(pen, Role::HudInk).add_modifier(ratatui::style::Modifier::BOLD);
    let (ink, dim) = (band(pen, Role::HudInk), band(pen, Role::HudDim));
    let mut right = area.width.saturating_sub(1);
    for (text, style) in [(header.lang, ink), (header.view, dim), (header.clock, ink), (header.cost, dim)] {
        let wide = width(text);
        if text.is_empty() || right < wide + 3 {
            continue;
        }
        right -= wide;
        pen.text(area.x + right, area.y, wide, text, style);
        right = right.saturating_sub(3);
    }
    let step = width(header.step);
    let room = right.saturating_sub(1);
    let title_room = if step + 3 < room / 2 { room - step - 3 } else { room };
    let used = pen.text(area.x + 1, area.y, title_room, header.title, strong);
    if used + step + 3 <= room {
        pen.text(area.x + 1 + used + 3, area.y, step, header.step, dim);
    }
}

/// The two captions: the town's line, then the cloud's.
pub fn captions(pen: &mut Pen<'_>, area: Rect, lang: Lang, caption: &Caption) {
    pen.fill(area, Role::HudPaper);
    let (label, ink, dim) = (pen.ink(Role::HudKey), pen.ink(Role::HudInk), pen.ink(Role::HudDim));
    let column = width(lang.get(Key::CaptionCity)).max(width(lang.get(Key::CaptionCloud))) + 2;
    let mut y = area.y;
    let mut write = |pen: &mut Pen<'_>, word: Key, text: &str, style: Style, most: u16| {
        if y >= area.bottom() || text.is_empty() {
            return;
        }
        pen.text(area.x + 1, y, column, lang.get(word), label);
        let room =
            Rect::new(area.x + column, y, area.width.saturating_sub(column + 1), most.min(area.bottom() - y));
        if room.height == 1 {
            pen.text(room.x, room.y, room.width, text, style);
            y += 1;
        } else {
            y += pen.paragraph(room, text, style).max(1);
        }
    };
    let half = (area.height / 2).max(1);
    write(pen, Key::CaptionCity, &caption.city, ink, half);
    write(pen, Key::CaptionCloud, &caption.cloud, dim, half);
}

/// What a row of keys depends on.
#[derive(Clone, Copy, Debug)]
pub struct Keys<'a> {
    pub place: Place,
    pub playing: bool,
    /// What would change nothing now.
    pub idle: &'a [Action],
    /// Said instead of the keys.
    pub message: Option<&'a str>,
}

/// The keys that work here, the most useful that fit, or a short message instead.
pub fn keys(pen: &mut Pen<'_>, area: Rect, lang: Lang, keys: &Keys<'_>) {
    pen.fill(area, Role::HudBand);
    let key_style = pen.theme.style(Role::HudKey, Role::HudBand);
    let word_style = pen.theme.style(Role::HudDim, Role::HudBand);
    if let Some(message) = keys.message {
        let ink = pen.theme.style(Role::HudInk, Role::HudBand);
        pen.text(
            area.x + 1,
            area.y,
            area.width.saturating_sub(2),
            &cut(message, area.width.saturating_sub(2)),
            ink,
        );
        return;
    }
    let word = |binding: &keymap::Binding| {
        let key =
            if binding.action == Action::TogglePlay && keys.playing { Key::KeyPause } else { binding.word };
        lang.get(key)
    };
    let wide = |binding: &keymap::Binding| width(binding.shown) + 1 + width(word(binding)) + 2;
    let mut shown: Vec<_> =
        keymap::shown(keys.place).filter(|binding| !keys.idle.contains(&binding.action)).collect();
    let mut total: u16 = shown.iter().map(|binding| wide(binding)).sum();
    while total > area.width.saturating_sub(1) {
        let Some((least, _)) = shown.iter().enumerate().max_by_key(|(at, binding)| (binding.rank, *at))
        else {
            break;
        };
        total -= wide(shown[least]);
        shown.remove(least);
    }
    let mut x = area.x + 1;
    for binding in shown {
        let room = area.right().saturating_sub(x);
        x += pen.pieces(
            x,
            area.y,
            room,
            &[(binding.shown, key_style), (" ", word_style), (word(binding), word_style)],
        );
        x += 2;
    }
}
