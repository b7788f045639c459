//! A grid of cells that still know what they mean.
//!
//! Each cell is one character over a paper, both with a colour and the role it came from; the role is what
//! 16 colours, no colour and ASCII are made of. The canvas knows no terminal and no town.

use crate::tui::theme::{Rgb, Role};

use super::paint::Paint;
use super::sprite::{Patch, Spot};

/// A colour and what it stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tint {
    /// The colour with 24 bits.
    pub rgb: Rgb,
    role: u8,
}

impl Tint {
    const NO_ROLE: u8 = u8::MAX;

    /// A role under some light.
    pub const fn of(role: Role, rgb: Rgb) -> Self {
        Self { rgb, role: role as u8 }
    }

    /// A piece of sky: a colour that stands for nothing.
    pub const fn sky(rgb: Rgb) -> Self {
        Self { rgb, role: Self::NO_ROLE }
    }

    /// What it stands for; `None` is the sky.
    pub fn role(self) -> Option<Role> {
        Role::ALL.get(usize::from(self.role)).copied()
    }

    /// The same thing under another light.
    #[must_use]
    pub const fn lit(self, rgb: Rgb) -> Self {
        Self { rgb, role: self.role }
    }
}

/// One cell: a character on a paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Px {
    /// The character.
    pub glyph: char,
    /// Its colour.
    pub ink: Tint,
    /// What is behind it.
    pub paper: Tint,
    /// [`Px::BOLD`], [`Px::DRAWN`], [`Px::WORD`].
    pub flags: u8,
}

impl Px {
    /// Heavy type.
    pub const BOLD: u8 = 1;
    /// The character was drawn for ASCII: show it as it is.
    pub const DRAWN: u8 = 2;
    /// Part of a text.
    pub const WORD: u8 = 4;

    /// A blank.
    pub const fn blank(paper: Tint) -> Self {
        Self { glyph: ' ', ink: paper, paper, flags: 0 }
    }

    /// Two halves, one above the other.
    pub const fn halves(upper: Tint, lower: Tint) -> Self {
        Self { glyph: '▀', ink: upper, paper: lower, flags: 0 }
    }

    /// What the upper half shows.
    pub const fn upper(&self) -> Tint {
        match self.glyph {
            '▀' | '█' => self.ink,
            _ => self.paper,
        }
    }

    /// What the lower half shows.
    pub const fn lower(&self) -> Tint {
        match self.glyph {
            '▄' | '█' | '▅' | '▆' | '▇' => self.ink,
            _ => self.paper,
        }
    }

    /// The paper that a character laid over this cell gets: the half which that character leaves empty; the
    /// lower one for text.
    pub fn beneath(&self, glyph: char) -> Tint {
        match glyph {
            '▄' | '▂' | '▃' | '▅' | '▁' | '▟' | '▙' => self.upper(),
            _ => self.lower(),
        }
    }
}

/// The grid.
#[derive(Clone, Debug)]
pub struct Canvas {
    width: i32,
    height: i32,
    cells: Vec<Px>,
    touched: Vec<u32>,
    /// Whether sprites show their ASCII drawing.
    ascii: bool,
}

impl Canvas {
    /// A blank grid.
    pub fn new(width: i32, height: i32, paper: Tint, ascii: bool) -> Self {
        let (width, height) = (width.max(0), height.max(0));
        let cells = vec![Px::blank(paper); width as usize * height as usize];
        Self { width, height, cells, touched: Vec::new(), ascii }
    }

    /// Columns.
    pub const fn width(&self) -> i32 {
        self.width
    }

    /// Rows.
    pub const fn height(&self) -> i32 {
        self.height
    }

    /// Every cell, row by row.
    pub fn cells(&self) -> &[Px] {
        &self.cells
    }

    /// Indices of cells written since the last [`Self::forget_touched`]; some may come twice.
    pub fn touched(&self) -> &[u32] {
        &self.touched
    }

    /// Starts counting again.
    pub fn forget_touched(&mut self) {
        self.touched.clear();
    }

    /// The index of a cell inside the grid.
    pub fn index(&self, x: i32, y: i32) -> Option<usize> {
        let inside = x >= 0 && y >= 0 && x < self.width && y < self.height;
        inside.then(|| (y * self.width + x) as usize)
    }

    /// A cell, when inside.
    pub fn get(&self, x: i32, y: i32) -> Option<Px> {
        self.index(x, y).map(|index| self.cells[index])
    }

    /// Writes a cell; outside, nothing.
    pub fn set(&mut self, x: i32, y: i32, px: Px) {
        if let Some(index) = self.index(x, y) {
            self.cells[index] = px;
            self.touched.push(index as u32);
        }
    }

    /// Lays a character over what is there.
    pub fn over(&mut self, x: i32, y: i32, glyph: char, ink: Tint, flags: u8) {
        if let Some(old) = self.get(x, y) {
            self.set(x, y, Px { glyph, ink, paper: old.beneath(glyph), flags });
        }
    }

    /// Fills a rectangle.
    pub fn fill(&mut self, [x, y, w, h]: [i32; 4], px: Px) {
        for row in y.max(0)..(y + h).min(self.height) {
            for column in x.max(0)..(x + w).min(self.width) {
                self.set(column, row, px);
            }
        }
    }

    /// Draws a patch with its own place added to (x, y).
    pub fn patch(&mut self, patch: &Patch, x: i32, y: i32, paint: &Paint) {
        let (left, top) = (x + patch.x, y + patch.y);
        for (index, spot) in patch.spots.iter().enumerate() {
            let (dx, dy) = ((index % patch.w) as i32, (index / patch.w) as i32);
            self.spot(left + dx, top + dy, spot, paint);
        }
    }

    fn spot(&mut self, x: i32, y: i32, spot: &Spot, paint: &Paint) {
        let drawn = if self.ascii { spot.ascii } else { None };
        let see_through = spot.paper.is_none();
        if see_through && spot.glyph == ' ' && drawn.is_none_or(|glyph| glyph == ' ') {
            return;
        }
        let Some(old) = self.get(x, y) else { return };
        let glyph = drawn.unwrap_or(spot.glyph);
        let paper = spot.paper.map_or_else(|| old.beneath(spot.glyph), |role| paint.tint(role));
        let ink = spot.ink.map_or(paper, |role| paint.tint(role));
        let heavy = matches!(spot.ink, Some(Role::Outline | Role::SignText)) && glyph.is_alphanumeric();
        let flags = if heavy { Px::BOLD } else { 0 } | if drawn.is_some() { Px::DRAWN } else { 0 };
        self.set(x, y, Px { glyph, ink, paper, flags });
    }

    /// Writes text over what is there, cut with `…` at `width` columns.
    pub fn text(&mut self, x: i32, y: i32, width: usize, text: &str, ink: Tint, flags: u8) {
        // A blank between two words is a blank: in ASCII it would else take the shade of its paper.
        let flags = flags | if self.ascii { Px::WORD } else { 0 };
        for (column, glyph) in cut(text, width).enumerate() {
            self.over(x + column as i32, y, glyph, ink, flags);
        }
    }
}

/// At most `width` characters of `text`; the last is `…` when some are missing.
pub fn cut(text: &str, width: usize) -> impl Iterator<Item = char> {
    let long = text.chars().nth(width).is_some();
    let kept = if long { width.saturating_sub(1) } else { width };
    text.chars().take(kept).chain((long && width > 0).then_some('…'))
}
