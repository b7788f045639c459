//! The town: one illustrated picture of an AWS account, drawn with half blocks.
//!
//! [`City::load`] picks a scene for the terminal, draws the still picture once and keeps it;
//! [`City::draw`] copies it and lays the state and the movers over it. Both are pure: the same arguments give
//! the same cells. The town knows nothing of the engine, reads no clock and rolls no dice: what it shows
//! arrives as a [`CityState`], and time as a frame number.

mod art;
mod backdrop;
mod boards;
mod canvas;
mod choose;
mod finish;
mod grow;
mod labels;
mod movers;
mod paint;
mod radar;
mod road;
mod scene;
mod spotlight;
mod sprite;
mod state;
#[cfg(test)]
mod tests;
mod traffic;
mod window;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;

use crate::text::Lang;

use super::theme::{Colours, Glyphs, Hour, Look, Role, ThemeName};
use boards::Board;
use canvas::{Canvas, Px};
use finish::Finish;
use labels::Names;
use paint::Paint;
use scene::{Building, Depth, Scene};
use spotlight::Lit;
use sprite::Sprite;
use window::Window;

pub use choose::Areas;
pub use road::{Road, RoadPoint, ends_of};
pub use scene::Heading;
pub use state::*;

/// Which picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// The town over the whole width.
    #[default]
    City,
    /// The town on the left, a panel on the right.
    Split,
    /// The title.
    Title,
}

/// Whose words signs use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Labels {
    /// The town's.
    City,
    /// AWS's.
    Aws,
    /// The town's, then AWS's.
    #[default]
    Both,
}

/// Everything that decides the still picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Columns and rows of the whole terminal.
    pub size: (u16, u16),
    /// Which picture.
    pub view: View,
    /// Regions to show, 1 or 2; two need 200 x 60.
    pub districts: u8,
    /// The light.
    pub hour: Hour,
    /// What the terminal can show.
    pub look: Look,
    /// The language of signs.
    pub language: Lang,
    /// The words of signs.
    pub labels: Labels,
}

/// A town, ready to be drawn again and again.
#[derive(Clone, Debug)]
pub struct City {
    options: Options,
    areas: Areas,
    scene: Scene,
    sprites: BTreeMap<String, Sprite>,
    names: &'static Names,
    paint: Paint,
    finish: Finish,
    map: road::Map,
    /// No sky, no light, no shade: sixteen colours or fewer, ASCII, high contrast.
    flat: bool,
    base: Canvas,
    cells: Vec<Cell>,
    /// The same with the spotlight elsewhere, drawn when first needed.
    dark: OnceLock<Vec<Cell>>,
}

impl City {
    /// Draws the still picture for these options; `None` where no picture fits (below 80 x 24).
    pub fn load(options: &Options) -> Option<Self> {
        let (scene, areas) = choose::choose(options)?;
        let paint = Paint::new(options.look, options.hour);
        let finish = Finish::new(options.look);
        let flat = !finish.has_depth() || options.look.theme == ThemeName::Contrast;
        let (width, height) = scene.picture_size();
        let ascii = options.look.glyphs == Glyphs::Ascii;
        let base = Canvas::new(width, height, paint.tint(Role::HudPaper), ascii);
        let mut city = Self {
            options: *options,
            areas,
            sprites: art::load(&scene),
            map: road::Map::of(&scene),
            scene,
            names: Names::get(),
            paint,
            finish,
            flat,
            base,
            cells: Vec::new(),
            dark: OnceLock::new(),
        };
        city.draw_base();
        Some(city)
    }

    /// The options it was made with: load again when they change.
    pub const fn options(&self) -> &Options {
        &self.options
    }

    /// Where the picture is in the terminal and what may be filled around it.
    pub const fn areas(&self) -> &Areas {
        &self.areas
    }

    /// Ids of the buildings in this picture.
    pub fn building_ids(&self) -> impl Iterator<Item = &str> {
        self.scene.buildings.iter().map(|building| building.id.as_str())
    }

    /// The road of a way: the one drawn by hand, else the shortest; `None` when neither end is in town.
    pub fn road(&self, way: &Way) -> Option<Road> {
        self.map.road(way)
    }

    /// Draws one frame into `area`, normally [`Areas::picture`].
    ///
    /// A smaller area shows the middle of the picture, the ground first; a larger one leaves its edges alone.
    pub fn draw(&self, state: &CityState, phase: u64, buf: &mut Buffer, area: Rect) {
        let Some(window) = Window::new(area.intersection(buf.area), &self.base) else { return };
        let mut canvas = self.base.clone();
        let lit = self.draw_movers(&mut canvas, state, phase).filter(|_| self.finish.has_depth());
        let still = match &lit {
            Some(_) => self.dark.get_or_init(|| spotlight::darkened(self)),
            None => &self.cells,
        };
        for (from, to, width) in window.rows() {
            let start = buf.index_of(to.0, to.1);
            buf.content[start..start + width].clone_from_slice(&still[from..from + width]);
        }
        let mut changed = canvas.touched().to_vec();
        changed.extend(lit.iter().flat_map(Lit::indices));
        changed.sort_unstable();
        changed.dedup();
        for index in changed {
            let Some((x, y)) = window.place(index as i32) else { continue };
            let index = index as usize;
            let px = canvas.cells()[index];
            match &lit {
                Some(lit) => buf[(x, y)] = self.finish.cell(&lit.dim(self, index, px)),
                None if px == self.base.cells()[index] => {}
                None => buf[(x, y)] = self.finish.cell(&px),
            }
        }
    }

    /// The still picture: ground, props, buildings at rest, their names.
    fn draw_base(&mut self) {
        let ascii = self.options.look.glyphs == Glyphs::Ascii;
        let mut canvas = self.base.clone();
        let light = backdrop::Light {
            paint: &self.paint,
            hour: self.options.hour,
            depth: !self.flat,
            sun: !ascii,
            lawn: !ascii && self.options.look.colours != Colours::Mono,
        };
        backdrop::draw(&mut canvas, &self.scene, &self.sprites, light);
        self.draw_props(&mut canvas, Depth::Back);
        for building in &self.scene.buildings {
            let Some(sprite) = self.sprites.get(&building.sprite) else { continue };
            canvas.patch(&sprite.base, building.at[0], building.at[1], &self.paint);
            let mut board = Board { city: self, canvas: &mut canvas, sprite, at: building.at };
            boards::draw_names(&mut board, building);
        }
        self.draw_props(&mut canvas, Depth::Front);
        self.draw_tagline(&mut canvas);
        canvas.forget_touched();
        let tints = canvas.cells().iter().flat_map(|px| [px.ink, px.paper]);
        self.finish.learn(Role::ALL.iter().map(|&role| self.paint.tint(role)).chain(tints));
        self.cells = canvas.cells().iter().map(|px| self.finish.cell(px)).collect();
        self.base = canvas;
    }

    fn draw_props(&self, canvas: &mut Canvas, depth: Depth) {
        for prop in self.scene.props.iter().filter(|prop| prop.z == depth) {
            let Some(sprite) = self.sprites.get(&prop.sprite) else { continue };
            for &x in &prop.x {
                canvas.patch(&sprite.base, x, prop.y, &self.paint);
            }
        }
    }

    fn draw_tagline(&self, canvas: &mut Canvas) {
        let area = self.areas.tagline;
        if area.is_empty() {
            return;
        }
        let text = boards::tagline(self);
        let width = text.chars().count() as i32;
        let (x, y) = (i32::from(area.x - self.areas.picture.x), i32::from(area.y - self.areas.picture.y));
        let left = x + (i32::from(area.width) - width) / 2;
        canvas.fill([left - 2, y, width + 4, 1], Px::blank(self.paint.tint(Role::SignPaper)));
        canvas.text(left, y, width as usize, &text, self.paint.tint(Role::SignInk), Px::BOLD);
    }

    /// Draws the state; what stays in the light when something has the focus.
    fn draw_movers(&self, canvas: &mut Canvas, state: &CityState, phase: u64) -> Option<Lit> {
        let focus = state.focus.as_deref().and_then(|id| self.focused(id));
        let mut lit = focus.map(|_| Lit::none(canvas));
        for (index, sign) in self.scene.districts.iter().enumerate() {
            let region = state.districts.get(index).map(|district| district.region.as_str());
            self.draw_region(canvas, sign, region.filter(|name| !name.is_empty()).unwrap_or(&sign.region));
        }
        for building in &self.scene.buildings {
            let Some(sprite) = self.sprites.get(&building.sprite) else { continue };
            let before = canvas.touched().len();
            let mut board = Board { city: self, canvas, sprite, at: building.at };
            boards::draw_state(&mut board, building, state);
            let in_focus = focus.is_some_and(|focus| spotlight::belongs(building, focus));
            if let (Some(lit), true) = (&mut lit, in_focus) {
                lit.building(canvas, building, sprite);
                lit.frames(&self.base, canvas, before);
            }
        }
        movers::draw_vehicles(self, canvas, state, phase);
        let before = canvas.touched().len();
        movers::draw_queues(self, canvas, state);
        movers::draw_trace(self, canvas, &state.trace);
        movers::draw_envelopes(self, canvas, &state.envelopes);
        let (mut lit, focus) = (lit?, focus?);
        if let Some(sprite) = self.sprites.get(&focus.sprite) {
            spotlight::brackets(self, canvas, focus, sprite);
        }
        lit.cells(&canvas.touched()[before..]);
        Some(lit)
    }

    fn draw_region(&self, canvas: &mut Canvas, sign: &scene::DistrictSign, region: &str) {
        let [x, y, width] = sign.label;
        let name = self.names.word(&sign.name, self.options.labels, self.options.language);
        let text = format!("{name} · {region}");
        let free = (width as usize).saturating_sub(text.chars().count()) as i32;
        canvas.fill([x, y, width, 1], Px::blank(self.paint.tint(Role::SignPaper)));
        let ink = self.paint.tint(Role::SignInk);
        canvas.text(x + free / 2, y, width as usize, &text, ink, Px::BOLD);
    }

    /// The building of this id, or the one of the same name that this scene has.
    fn focused(&self, id: &str) -> Option<&Building> {
        self.scene.building(id).or_else(|| {
            let plain = id.trim_end_matches(|c: char| c.is_ascii_digit());
            self.scene.building(plain)
        })
    }

    /// The top row of a lane's vehicles.
    fn lane_y(&self, lane: usize) -> i32 {
        self.scene.lanes.get(lane).or(self.scene.lanes.last()).map_or(0, |lane| lane.y)
    }

    /// Where an envelope is, and whether it failed at the region line.
    ///
    /// In a crowd each moves `stride` cells at a time, not all on one frame, so that a frame stays small.
    fn place(&self, envelope: &Envelope, index: usize, stride: i32) -> Option<(RoadPoint, bool)> {
        let road = self.map.road(&envelope.way)?;
        let exact = road.cells_after(envelope.progress);
        let offset = index as i32 % stride;
        let held = (exact + offset) / stride * stride - offset;
        let point = road.at(if exact == road.length() { exact } else { held.max(0) });
        if !envelope.is_blocked {
            return Some((point, false));
        }
        let start = road.at(0);
        let side = |point: &RoadPoint, line: &scene::Boundary| (point.x - line.x).signum();
        let crossed = |line: &&scene::Boundary| side(&start, line) != side(&point, line);
        let Some(line) = self.scene.boundaries.iter().find(crossed) else { return Some((point, false)) };
        // It stops in front of the line, the whole of it on its own side.
        let x = line.x + side(&start, line) * 5;
        let row = (0..=road.length()).map(|cells| road.at(cells)).find(|here| here.x == x);
        Some((RoadPoint { x, y: row.map_or(point.y, |here| here.y), heading: None }, true))
    }
}
