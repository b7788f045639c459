//! The last step: a cell that means something becomes a cell of this terminal.
//!
//! 24 bits and 256 colours show the cell as it is. Sixteen colours take each role's name; without colours
//! a cell is the tone of its two halves; in ASCII it is a drawn character, a mark or a shade.

use std::collections::BTreeMap;

use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};

use crate::tui::theme::{Colours, Glyphs, Look, Palette, Rgb, Role, ThemeName, fold_char, nearest_indexed};

use super::canvas::{Px, Tint};

/// Turns cells into what a look can show.
#[derive(Clone, Debug)]
pub struct Finish {
    look: Look,
    palette: &'static Palette,
    /// Indexed colours found so far: finding one takes as long as drawing a whole vehicle.
    indexed: BTreeMap<Rgb, u8>,
}

impl Finish {
    /// For a look.
    pub fn new(look: Look) -> Self {
        let palette = Palette::get();
        let mut indexed = BTreeMap::new();
        if look.colours == Colours::Indexed && look.theme == ThemeName::Dark {
            let entries = Role::ALL.iter().map(|&role| palette.entry(role));
            indexed.extend(entries.map(|entry| (entry.rgb(ThemeName::Dark), entry.indexed)));
        }
        Self { look, palette, indexed }
    }

    /// Finds the indexed colours of these once and for all.
    pub fn learn(&mut self, tints: impl Iterator<Item = Tint>) {
        if self.look.colours == Colours::Indexed {
            for tint in tints {
                self.indexed.entry(tint.rgb).or_insert_with(|| nearest_indexed(tint.rgb));
            }
        }
    }

    /// Whether a sky, a skyline and shadows can be shown at all.
    pub fn has_depth(&self) -> bool {
        matches!(self.look.colours, Colours::True | Colours::Indexed) && self.look.glyphs == Glyphs::Unicode
    }

    /// The ratatui cell.
    pub fn cell(&self, px: &Px) -> Cell {
        let (glyph, ink, paper, modifier) = self.show(px);
        let mut cell = Cell::default();
        if glyph != ' ' {
            cell.set_char(glyph);
        }
        (cell.fg, cell.bg, cell.modifier) = (ink, paper, modifier);
        cell
    }

    fn show(&self, px: &Px) -> (char, Color, Color, Modifier) {
        let bold = if px.flags & Px::BOLD == 0 { Modifier::empty() } else { Modifier::BOLD };
        if self.look.glyphs == Glyphs::Ascii {
            return self.show_ascii(px, bold);
        }
        if self.look.colours == Colours::Mono {
            let (glyph, modifier) = self.show_mono(px);
            return (glyph, Color::Reset, Color::Reset, modifier);
        }
        let (ink, paper) = (self.colour(px.ink), self.colour(px.paper));
        // An invisible character costs bytes and says nothing.
        if ink == paper || px.glyph == ' ' {
            return (' ', paper, paper, Modifier::empty());
        }
        (px.glyph, ink, paper, bold)
    }

    fn colour(&self, tint: Tint) -> Color {
        let ansi = || tint.role().map_or(Color::Black, |role| self.palette.entry(role).ansi);
        match self.look.colours {
            Colours::Ansi => ansi(),
            Colours::True => Color::Rgb(tint.rgb[0], tint.rgb[1], tint.rgb[2]),
            Colours::Indexed => {
                let known = self.indexed.get(&tint.rgb).copied();
                Color::Indexed(known.unwrap_or_else(|| nearest_indexed(tint.rgb)))
            }
            Colours::Mono => Color::Reset,
        }
    }

    fn tone(&self, tint: Tint) -> u8 {
        tint.role().map_or(0, |role| self.palette.entry(role).tone)
    }

    fn mono_attribute(&self, tint: Tint) -> Modifier {
        // Reverse video means a sign here, so the roles that ask for it are shown heavy instead.
        match tint.role().map_or(Modifier::empty(), |role| self.palette.entry(role).mono) {
            Modifier::REVERSED => Modifier::BOLD,
            other => other,
        }
    }

    fn show_mono(&self, px: &Px) -> (char, Modifier) {
        let plain = Modifier::empty();
        let (ink, paper) = (self.tone(px.ink), self.tone(px.paper));
        let shade = |tone: u8| (self.palette.mono_shades[usize::from(tone.min(4))], plain);
        // The half-lit steps of a roof would glare as white dots against the blank sky.
        let is_step = px.glyph == '▄' && ink == 2 && paper == 0;
        let far_apart = ink.abs_diff(paper) >= 2 && !is_step;
        match px.glyph {
            ' ' => shade(paper),
            '█' => shade(ink),
            '▀' | '▄' if far_apart => {
                let upper_is_bright = (px.glyph == '▀') == (ink > paper);
                (if upper_is_bright { '▀' } else { '▄' }, plain)
            }
            glyph if is_block(glyph) && far_apart => {
                (glyph, if ink > paper { plain } else { Modifier::REVERSED })
            }
            glyph if is_block(glyph) => shade((ink + paper).div_ceil(2)),
            glyph if paper >= 2 => (glyph, Modifier::REVERSED),
            glyph if ink == 0 && is_line(glyph) => shade(paper),
            glyph => {
                let heavy = if px.flags & Px::BOLD == 0 { plain } else { Modifier::BOLD };
                (glyph, self.mono_attribute(px.ink) | heavy)
            }
        }
    }

    fn show_ascii(&self, px: &Px, bold: Modifier) -> (char, Color, Color, Modifier) {
        let (ink, paper) = (self.tone(px.ink), self.tone(px.paper));
        let glyph = match px.glyph {
            glyph if px.flags & Px::DRAWN != 0 => glyph,
            ' ' if px.flags & Px::WORD != 0 => ' ',
            ' ' => self.palette.ascii_shades[usize::from(paper.min(4))],
            glyph if is_block(glyph) => {
                self.palette.ascii_shades[usize::from((ink + paper).div_ceil(2).min(4))]
            }
            glyph => fold_char(glyph),
        };
        let mono = self.look.colours == Colours::Mono;
        if glyph == ' ' || mono {
            return (glyph, Color::Reset, Color::Reset, if mono { bold } else { Modifier::empty() });
        }
        // One colour per character and no paper: the brighter of the two is the one that says something.
        (glyph, self.colour(if ink >= paper { px.ink } else { px.paper }), Color::Reset, bold)
    }
}

/// Characters that fill a good part of their cell.
fn is_block(glyph: char) -> bool {
    matches!(glyph, '▂'..='█' | '▌' | '▐' | '▀' | '▖'..='▟' | '▪')
}

/// Thin lines at the edge of a cell.
fn is_line(glyph: char) -> bool {
    matches!(glyph, '▁' | '▔' | '▏' | '▕')
}
