//! The few strokes every view is made of: text that clips, panels, wrapped paragraphs.

use ratatui::{buffer::Buffer, layout::Rect, style::Style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::tui::theme::{Role, Theme};

/// A piece of text and its style.
pub type Piece<'a> = (&'a str, Style);

/// Columns a text takes.
pub fn width(text: &str) -> u16 {
    text.width().min(usize::from(u16::MAX)) as u16
}

/// The text, cut with `…` when it is wider than `columns`.
pub fn cut(text: &str, columns: u16) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = 0;
    for c in text.chars() {
        let wide = c.width().unwrap_or(0) as u16;
        if used + wide + 1 > columns {
            break;
        }
        kept.push(c);
        used += wide;
    }
    if columns > 0 {
        kept.push('…');
    }
    kept
}

/// The text in lines of at most `columns`, broken between words.
pub fn wrap(text: &str, columns: u16) -> Vec<String> {
    let columns = columns.max(1);
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let indent = paragraph.len() - paragraph.trim_start_matches(' ').len();
        let mut line = " ".repeat(indent.min(usize::from(columns / 2)));
        let mut is_first = true;
        for word in unbreakable(&paragraph[indent..]) {
            let room = columns.saturating_sub(width(&line));
            let needed = width(&word) + u16::from(!is_first);
            if needed > room && !is_first {
                lines.push(std::mem::take(&mut line));
                is_first = true;
            }
            if !is_first {
                line.push(' ');
            }
            is_first = false;
            line.push_str(&word);
            while width(&line) > columns && line.chars().nth(1).is_some() {
                let head: String = take_columns(&line, columns);
                line.drain(..head.len());
                lines.push(head);
            }
        }
        lines.push(line);
    }
    lines
}

/// Words that stay together: French sets a space before `?` and inside `« »`, and no line may break there, nor begin
/// with the dot of a list.
fn unbreakable(paragraph: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in paragraph.split(' ') {
        let closes = matches!(word.trim_end_matches(['.', ',']), "?" | "!" | ":" | ";" | "»" | "%" | "·");
        match words.last_mut().filter(|last| !last.is_empty() && (closes || last.ends_with('«'))) {
            Some(last) => {
                last.push(' ');
                last.push_str(word);
            }
            None => words.push(word.to_owned()),
        }
    }
    words
}

/// The first columns of a text; at least one character, so that whoever cuts again and again comes to an end.
fn take_columns(text: &str, columns: u16) -> String {
    let mut used = 0;
    text.chars()
        .enumerate()
        .take_while(|(index, c)| {
            used += c.width().unwrap_or(0) as u16;
            *index == 0 || used <= columns
        })
        .map(|(_, c)| c)
        .collect()
}

/// What draws: a buffer, a theme, and the area that may be drawn in.
#[derive(Debug)]
pub struct Pen<'a> {
    pub buf: &'a mut Buffer,
    pub theme: Theme,
}

impl Pen<'_> {
    pub fn ink(&self, role: Role) -> Style {
        self.theme.style(role, Role::HudPaper)
    }

    /// Fills an area with one role's paper.
    pub fn fill(&mut self, area: Rect, paper: Role) {
        let area = area.intersection(self.buf.area);
        let style = self.theme.style(Role::HudInk, paper);
        for y in area.top()..area.bottom() {
            for x in area.left()..area.right() {
                if let Some(cell) = self.buf.cell_mut((x, y)) {
                    cell.reset();
                    cell.set_style(style);
                }
            }
        }
    }

    /// Writes text from (x, y), at most `columns` wide; answers the columns used.
    pub fn text(&mut self, x: u16, y: u16, columns: u16, text: &str, style: Style) -> u16 {
        let bounds = self.buf.area;
        if y < bounds.top() || y >= bounds.bottom() || x >= bounds.right() || columns == 0 {
            return 0;
        }
        let columns = columns.min(bounds.right() - x);
        let folded = self.theme.text(text);
        // Folded again for the `…` of the cut.
        let shown = cut(&folded, columns);
        let shown = self.theme.text(&shown);
        let (end, _) = self.buf.set_stringn(x, y, shown, usize::from(columns), style);
        end - x
    }

    /// Writes pieces one after the other on one line.
    pub fn pieces(&mut self, x: u16, y: u16, columns: u16, pieces: &[Piece<'_>]) -> u16 {
        let mut used = 0;
        for (text, style) in pieces {
            used += self.text(x + used, y, columns.saturating_sub(used), text, *style);
        }
        used
    }

    /// Writes text that ends at the right edge of an area's line.
    pub fn right(&mut self, area: Rect, y: u16, text: &str, style: Style) -> u16 {
        let wide = width(&self.theme.text(text)).min(area.width);
        self.text(area.right().saturating_sub(wide), y, wide, text, style);
        wide
    }

    /// Writes text in the middle of an area's line.
    pub fn centre(&mut self, area: Rect, y: u16, text: &str, style: Style) {
        let wide = width(&self.theme.text(text)).min(area.width);
        self.text(area.x + (area.width - wide) / 2, y, wide, text, style);
    }

    /// Writes a paragraph, and a mark where there is no room for all of it; answers the lines used.
    pub fn paragraph(&mut self, area: Rect, text: &str, style: Style) -> u16 {
        let mut lines = wrap(text, area.width);
        let is_cut = lines.len() > usize::from(area.height);
        lines.truncate(usize::from(area.height));
        if let (true, Some(last)) = (is_cut, lines.last_mut()) {
            *last = format!("{}…", take_columns(last, area.width.saturating_sub(1)));
        }
        for (y, line) in (area.y..).zip(&lines) {
            self.text(area.x, y, area.width, line, style);
        }
        lines.len() as u16
    }

    /// A horizontal rule.
    pub fn rule(&mut self, area: Rect, y: u16, glyph: char, style: Style) {
        let line: String = std::iter::repeat_n(glyph, usize::from(area.width)).collect();
        self.text(area.x, y, area.width, &line, style);
    }

    /// A framed panel with a title; answers the room inside.
    pub fn panel(&mut self, area: Rect, title: &str, frame: Style) -> Rect {
        let area = area.intersection(self.buf.area);
        if area.width < 4 || area.height < 3 {
            return Rect::ZERO;
        }
        self.fill(area, Role::HudPaper);
        let inside = usize::from(area.width - 2);
        let bar: String = std::iter::repeat_n('─', inside).collect();
        self.text(area.x, area.y, area.width, &format!("╭{bar}╮"), frame);
        for y in area.y + 1..area.bottom() - 1 {
            self.text(area.x, y, 1, "│", frame);
            self.text(area.right() - 1, y, 1, "│", frame);
        }
        self.text(area.x, area.bottom() - 1, area.width, &format!("╰{bar}╯"), frame);
        if !title.is_empty() {
            let title = cut(title, area.width.saturating_sub(6));
            self.text(area.x + 2, area.y, area.width - 4, &format!(" {title} "), self.ink(Role::HudKey));
        }
        Rect::new(area.x + 2, area.y + 1, area.width.saturating_sub(4), area.height - 2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_wraps_between_words_and_breaks_only_what_is_too_long() {
        assert_eq!(wrap("une porte s'ouvre", 9), ["une porte", "s'ouvre"]);
        assert_eq!(wrap("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(wrap("", 4), [""]);
        assert_eq!(wrap("    \"a\": 1", 20), ["    \"a\": 1"]);
    }

    #[test]
    fn french_punctuation_stays_with_its_word() {
        assert_eq!(wrap("à lui seul ?", 10), ["à lui", "seul ?"]);
        assert_eq!(wrap("il dit « oui »", 10), ["il dit", "« oui »"]);
    }

    #[test]
    fn a_character_wider_than_the_room_does_not_wrap_for_ever() {
        assert_eq!(wrap("車車", 1), ["車", "車"]);
    }

    #[test]
    fn what_is_cut_says_so() {
        assert_eq!(cut("AuthorizeSecurityGroupIngress", 10), "Authorize…");
        assert_eq!(cut("été", 3), "été");
    }
}
