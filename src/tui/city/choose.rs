//! Which scene suits a terminal, and where everything around the picture goes.

use ratatui::layout::Rect;

use super::scene::Scene;
use super::{Options, View, art};
use crate::tui::theme::Glyphs;

/// Where the picture is, and what screens may fill around it. Empty when the scene has no such place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Areas {
    /// The town.
    pub picture: Rect,
    /// One line above it.
    pub header: Rect,
    /// Beside it, in the split view.
    pub panel: Rect,
    /// One line per service, in the cockpit.
    pub lanes: Rect,
    /// The two captions.
    pub captions: Rect,
    /// The timeline.
    pub timeline: Rect,
    /// The console.
    pub console: Rect,
    /// The keys that work now.
    pub keys: Rect,
    /// Title screen, inside the picture: under the name.
    pub tagline: Rect,
    /// Title screen: the tracks.
    pub menu: Rect,
}

/// The narrowest panel worth a split view.
const PANEL: u16 = 48;

struct Choice {
    name: &'static str,
    size: (u16, u16),
}

const fn choice(name: &'static str, width: u16, height: u16) -> Choice {
    Choice { name, size: (width, height) }
}

/// The scene for these options, fitted to the terminal, with its areas; `None` where no picture fits.
pub fn choose(options: &Options) -> Option<(Scene, Areas)> {
    let (width, height) = options.size;
    let ascii = options.look.glyphs == Glyphs::Ascii;
    let fits = |choice: &&Choice| choice.size.0 <= width && choice.size.1 <= height;
    let large = if options.districts >= 2 { "scene-200x60" } else { "scene-200x60-presenter" };
    let city = [choice(large, 200, 60), choice("scene-120x36", 120, 36), choice("scene-80x24", 80, 24)];
    let title = [
        choice("scene-title-200x60", 200, 60),
        choice("scene-title-120x36", 120, 36),
        choice("scene-title-80x24", 80, 24),
    ];
    let split = [
        choice(large, 200 + PANEL, 60),
        choice("scene-120x36", 120 + PANEL, 36),
        choice("scene-120x36-split", 120, 36),
        choice("scene-80x24", 80 + PANEL, 24),
    ];
    let pick = |choices: &'static str, list: &[Choice]| {
        // In ASCII the small drawings are the only ones someone drew.
        let small = |choice: &&Choice| !ascii || choice.name.ends_with("80x24");
        let found = list.iter().filter(small).find(fits);
        found.map(|choice| (choice.name, choices))
    };
    let (name, kind) = match options.view {
        View::Title => pick("title", &title)?,
        View::Split => pick("split", &split).or_else(|| pick("city", &city))?,
        View::City => pick("city", &city)?,
    };
    let mut scene = Scene::parse(art::scene(name)?).expect("a test reads every scene");
    let areas = place(&scene, options.size, kind == "split");
    scene.fit(i32::from(areas.picture.width), i32::from(areas.picture.height));
    Some((scene, areas))
}

/// Stretches a scene's areas over the terminal.
///
/// Spare columns go to both sides. Spare rows go to the sky until it is half as high again as the picture, then to
/// the console, which is made when the scene has none.
fn place(scene: &Scene, (width, height): (u16, u16), split: bool) -> Areas {
    let [sw, sh] = scene.size;
    let [px, py, pw, ph] = scene.picture;
    let (wide, spare) = (i32::from(width), i32::from(height) - sh);
    let is_title = scene.areas.contains_key("menu");
    let sky = if is_title { spare } else { spare.min(ph / 2) };
    let drawn_split = scene.areas.contains_key("panel");
    let picture_width = if split { pw } else { wide };
    let rect = |[x, y, w, h]: [i32; 4]| Rect::new(x as u16, y as u16, w.max(0) as u16, h.max(0) as u16);
    let area = |name: &str| {
        let Some(&[x, y, w, h]) = scene.areas.get(name) else { return Rect::default() };
        if y >= py && y < py + ph {
            // Inside the picture, it moves with the town.
            return rect([x + (picture_width - pw) / 2, y + sky, w, h]);
        }
        let moved = if y < py { 0 } else { sky };
        rect(if x == 0 && w == sw { [0, y + moved, wide, h] } else { [x + (wide - sw) / 2, y + moved, w, h] })
    };
    let mut areas = Areas {
        picture: rect([px, py, picture_width, ph + sky]),
        header: area("header"),
        panel: Rect::default(),
        lanes: area("lanes"),
        captions: area("captions"),
        timeline: area("timeline"),
        console: area("console"),
        keys: area("keys"),
        tagline: area("tagline"),
        menu: area("menu"),
    };
    if split || drawn_split {
        areas.panel = rect([picture_width, py, wide - picture_width, ph + sky]);
    }
    let rest = (spare - sky) as u16;
    if rest > 0 {
        if areas.console.is_empty() {
            areas.console = Rect { height: 0, ..areas.keys };
        }
        areas.console.height += rest;
        areas.keys.y += rest;
    }
    areas
}
