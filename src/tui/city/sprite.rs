//! Sprites: one building, vehicle, prop or envelope drawn in characters, with its frames.
//!
//! The file format is told in `assets/city/README.md`. A sprite names roles, never colours, and knows nothing
//! of where it will stand.

use crate::tui::theme::{Palette, Role};

/// One character of a drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spot {
    /// The character; a blank with no paper is not drawn.
    pub glyph: char,
    /// Its colour.
    pub ink: Option<Role>,
    /// What is behind it; `None` lets through what lies beneath.
    pub paper: Option<Role>,
    /// The character in ASCII, when someone drew it.
    pub ascii: Option<char>,
}

/// A rectangle of characters.
#[derive(Clone, Debug)]
pub struct Patch {
    /// Columns from the sprite's left edge.
    pub x: i32,
    /// Rows from the sprite's top.
    pub y: i32,
    /// Columns.
    pub w: usize,
    /// Rows.
    pub h: usize,
    /// Row by row.
    pub spots: Vec<Spot>,
}

/// A place where the program writes, or that marks something.
#[derive(Clone, Debug)]
pub struct Slot {
    /// `sign`, `row1`, `lamp3`…
    pub name: String,
    /// Columns from the sprite's left edge.
    pub x: i32,
    /// Rows from the sprite's top.
    pub y: i32,
    /// Columns.
    pub w: usize,
    /// The ink of its text; `None` marks a place.
    pub ink: Option<Role>,
}

/// A named point: the door, the foot, the nose. Read so that a test can keep them inside the drawing.
#[derive(Clone, Debug)]
#[cfg_attr(not(test), expect(dead_code, reason = "only the test of the art reads them"))]
pub struct Anchor {
    /// `door`, `foot`, `nose`…
    pub name: String,
    /// Columns from the sprite's left edge.
    pub x: i32,
    /// Rows from the sprite's top.
    pub y: i32,
}

/// One drawing and all that can change in it.
#[derive(Clone, Debug)]
pub struct Sprite {
    /// The whole drawing at rest.
    pub base: Patch,
    /// Where text goes.
    pub slots: Vec<Slot>,
    /// Points.
    #[cfg_attr(not(test), expect(dead_code, reason = "only the test of the art reads them"))]
    pub anchors: Vec<Anchor>,
    frames: Vec<(String, Patch)>,
}

impl Sprite {
    /// The slot called `name`.
    pub fn slot(&self, name: &str) -> Option<&Slot> {
        self.slots.iter().find(|slot| slot.name == name)
    }

    /// The slots `row1`, `row2`… in order.
    pub fn slots_like<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a Slot> {
        let numbered =
            move |slot: &&Slot| slot.name.strip_prefix(prefix).is_some_and(|rest| rest.parse::<u8>().is_ok());
        self.slots.iter().filter(numbered)
    }

    /// The frame called `name`.
    pub fn frame(&self, name: &str) -> Option<&Patch> {
        self.frames.iter().find(|(frame, _)| frame == name).map(|(_, patch)| patch)
    }

    /// Every frame with its name.
    #[cfg(test)]
    pub fn frames(&self) -> impl Iterator<Item = (&str, &Patch)> {
        self.frames.iter().map(|(name, patch)| (name.as_str(), patch))
    }

    /// Columns and rows.
    pub fn size(&self) -> (i32, i32) {
        (self.base.w as i32, self.base.h as i32)
    }

    /// Reads a sprite file.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut drafts: Vec<Draft> = Vec::new();
        let (mut slots, mut anchors) = (Vec::new(), Vec::new());
        for line in text.lines() {
            if let Some(row) = line.strip_prefix('|') {
                let row = row.strip_suffix('|').ok_or_else(|| format!("row without its last bar: {line}"))?;
                let draft = drafts.last_mut().ok_or("a row before any drawing")?;
                draft.blocks.last_mut().expect("a draft starts with a block").push(row);
            } else if line == "---" {
                drafts.last_mut().ok_or("a block before any drawing")?.blocks.push(Vec::new());
            } else if let Some(rest) = line.strip_prefix("@ ") {
                let words: Vec<&str> = rest.split_whitespace().collect();
                match words[..] {
                    ["sprite", name, w, h] => drafts.push(Draft::new(name, [0, 0, int(w)?, int(h)?])),
                    ["frame", name, x, y, w, h] => {
                        drafts.push(Draft::new(name, [int(x)?, int(y)?, int(w)?, int(h)?]));
                    }
                    ["slot", name, x, y, w, key] => slots.push(Slot {
                        name: name.to_owned(),
                        x: int(x)?,
                        y: int(y)?,
                        w: usize::try_from(int(w)?).map_err(|error| error.to_string())?,
                        ink: role(key.chars().next().unwrap_or('.'))?,
                    }),
                    ["anchor", name, x, y] => {
                        anchors.push(Anchor { name: name.to_owned(), x: int(x)?, y: int(y)? });
                    }
                    _ => return Err(format!("unknown line: {line}")),
                }
            } else if !line.is_empty() && !line.starts_with('#') {
                return Err(format!("unknown line: {line}"));
            }
        }
        let mut patches = drafts.into_iter().map(Draft::finish);
        let base = patches.next().ok_or("no drawing")??.1;
        let frames = patches.collect::<Result<_, _>>()?;
        Ok(Self { base, slots, anchors, frames })
    }
}

/// A drawing being read: three or four blocks of rows.
struct Draft<'a> {
    name: &'a str,
    place: [i32; 4],
    blocks: Vec<Vec<&'a str>>,
}

impl<'a> Draft<'a> {
    fn new(name: &'a str, place: [i32; 4]) -> Self {
        Self { name, place, blocks: vec![Vec::new()] }
    }

    fn finish(self) -> Result<(String, Patch), String> {
        let [x, y, w, h] = self.place;
        let (w, h) = (usize::try_from(w).unwrap_or(0), usize::try_from(h).unwrap_or(0));
        let (glyphs, inks, papers, ascii) = match &self.blocks[..] {
            [glyphs, inks, papers] => (glyphs, inks, papers, None),
            [glyphs, inks, papers, ascii] => (glyphs, inks, papers, Some(ascii)),
            other => return Err(format!("{}: {} blocks instead of 3 or 4", self.name, other.len())),
        };
        let mut spots = Vec::with_capacity(w * h);
        for block in &self.blocks {
            let sized = block.len() == h && block.iter().all(|row| row.chars().count() == w);
            if !sized {
                return Err(format!("{}: a block is not {w} by {h}", self.name));
            }
        }
        for y in 0..h {
            let mut ascii_row = ascii.map(|rows| rows[y].chars());
            for ((glyph, ink), paper) in glyphs[y].chars().zip(inks[y].chars()).zip(papers[y].chars()) {
                spots.push(Spot {
                    glyph,
                    ink: role(ink)?,
                    paper: role(paper)?,
                    ascii: ascii_row.as_mut().and_then(Iterator::next),
                });
            }
        }
        Ok((self.name.to_owned(), Patch { x, y, w, h, spots }))
    }
}

fn int(text: &str) -> Result<i32, String> {
    text.parse().map_err(|_| format!("not a number: {text}"))
}

fn role(key: char) -> Result<Option<Role>, String> {
    if key == '.' {
        return Ok(None);
    }
    Palette::get().by_key(key).map(Some).ok_or_else(|| format!("unknown key {key}"))
}
