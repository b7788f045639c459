//! The spotlight: one building stays lit, the rest of the town steps back.

use ratatui::buffer::Cell;

use crate::tui::theme::{Palette, Role};

use super::City;
use super::canvas::{Canvas, Px, Tint};
use super::paint::blend;
use super::scene::Building;
use super::sprite::{Spot, Sprite};

const UPPER: u8 = 1;
const LOWER: u8 = 2;
/// Only the character: what is behind it is not part of the building.
const INK: u8 = 4;

/// Which halves of which cells stay lit.
#[derive(Debug)]
pub struct Lit(Vec<u8>);

impl Lit {
    /// Nothing lit yet.
    pub fn none(canvas: &Canvas) -> Self {
        Self(vec![0; canvas.cells().len()])
    }

    /// Lights what a building's drawing covers; a half that shows sky is not part of it.
    pub fn building(&mut self, canvas: &Canvas, building: &Building, sprite: &Sprite) {
        for (index, spot) in sprite.base.spots.iter().enumerate() {
            let (dx, dy) = ((index % sprite.base.w) as i32, (index / sprite.base.w) as i32);
            if let Some(cell) = canvas.index(building.at[0] + dx, building.at[1] + dy) {
                self.0[cell] |= halves(spot);
            }
        }
    }

    /// Lights what a building's frames drew since `before`; text over the sky does not light the sky.
    pub fn frames(&mut self, base: &Canvas, canvas: &Canvas, before: usize) {
        for &cell in &canvas.touched()[before..] {
            let (old, new) = (base.cells()[cell as usize], canvas.cells()[cell as usize]);
            let see_through = new.paper == old.lower() && new.glyph != ' ';
            self.0[cell as usize] |= if see_through { INK } else { UPPER | LOWER };
        }
    }

    /// Lights whole cells.
    pub fn cells(&mut self, touched: &[u32]) {
        for &cell in touched {
            self.0[cell as usize] = UPPER | LOWER;
        }
    }

    /// A cell as the spotlight leaves it.
    pub fn dim(&self, city: &City, index: usize, px: Px) -> Px {
        let lit = self.0[index];
        if lit & (UPPER | LOWER) == UPPER | LOWER {
            return px;
        }
        let (upper, lower) = (lit & UPPER != 0, lit & LOWER != 0);
        let (ink, paper) = match px.glyph {
            '▀' => (upper, lower),
            '▄' => (lower, upper),
            _ => (lit != 0, upper || lower),
        };
        Px {
            ink: if ink { px.ink } else { dimmed(city, px.ink) },
            paper: if paper { px.paper } else { dimmed(city, px.paper) },
            ..px
        }
    }

    /// Indices of cells of which something is lit.
    pub fn indices(&self) -> impl Iterator<Item = u32> {
        self.0.iter().enumerate().filter(|(_, lit)| **lit != 0).map(|(index, _)| index as u32)
    }
}

fn dimmed(city: &City, tint: Tint) -> Tint {
    tint.lit(blend(tint.rgb, city.paint.tint(Role::HudPaper).rgb, Palette::get().dim))
}

/// The still picture with nothing in the light.
pub fn darkened(city: &City) -> Vec<Cell> {
    let nothing = Lit::none(&city.base);
    let cells = city.base.cells().iter().enumerate();
    cells.map(|(index, px)| city.finish.cell(&nothing.dim(city, index, *px))).collect()
}

fn halves(spot: &Spot) -> u8 {
    match (spot.paper, spot.glyph) {
        (None, ' ') => 0,
        (None, '▀' | '▔') => UPPER,
        (None, '▄' | '▂' | '▁' | '▃') => LOWER,
        (Some(_) | None, _) => UPPER | LOWER,
    }
}

/// Whether a building belongs to what the focus names: the building itself, or the board beside it.
pub fn belongs(building: &Building, focus: &Building) -> bool {
    let boards = |a: &str, b: &str| {
        matches!((a, b), ("eventbridge", "rules") | ("config", "checklist") | ("sns", "list"))
    };
    let (a, b) = (building.base_id(), focus.base_id());
    building.district() == focus.district() && (a == b || boards(a, b) || boards(b, a))
}

/// `⟦ ⟧` on both sides of the sign, in the light.
pub fn brackets(city: &City, canvas: &mut Canvas, building: &Building, sprite: &Sprite) {
    let slot = ["plate", "sign", "port"].iter().find_map(|name| sprite.slot(name));
    let (x, y, width) = slot.map_or((0, sprite.size().1 / 2, sprite.size().0), |slot| {
        // The band is a little wider than the text on it.
        let row = &sprite.base.spots[slot.y as usize * sprite.base.w..][..sprite.base.w];
        let paper = row[slot.x as usize].paper;
        let same = |column: &i32| row.get(*column as usize).is_some_and(|spot| spot.paper == paper);
        let left = (0..slot.x).rev().take_while(same).last().unwrap_or(slot.x);
        let right = (slot.x + slot.w as i32..sprite.size().0).take_while(same).last();
        (left, slot.y, right.unwrap_or(slot.x + slot.w as i32 - 1) - left + 1)
    });
    let (left, top) = (building.at[0] + x - 1, building.at[1] + y);
    let last = canvas.width() - 1;
    let (ink, paper) = (city.paint.tint(Role::Focus), city.paint.tint(Role::SignPaper));
    for (column, glyph) in [(left, '⟦'), (left + width + 1, '⟧')] {
        let px = Px { glyph, ink, paper, flags: Px::BOLD };
        canvas.set(column.clamp(0, last.max(0)), top, px);
    }
}
