//! The still picture: sky, skyline, ground and trees, drawn once.
//!
//! Nothing in here is random: what is sprinkled (stars, lit windows, tufts) is placed by a fixed hash of its
//! coordinates, so that two frames of one step are equal.

use std::collections::BTreeMap;

use crate::tui::theme::{Hour, Role};

use super::canvas::{Canvas, Px, Tint};
use super::paint::{Paint, blend};
use super::scene::{Band, Building, Ground, Layer, Scene};
use super::sprite::Sprite;

/// What decides how the still picture looks, besides the scene.
#[derive(Clone, Copy, Debug)]
pub struct Light<'a> {
    /// Colours.
    pub paint: &'a Paint,
    /// The hour: stars and lit windows come out with it.
    pub hour: Hour,
    /// Whether there is a sky at all: not with sixteen colours, none, nor in high contrast.
    pub depth: bool,
    /// Whether the sun or moon is drawn.
    pub sun: bool,
    /// Whether grass is drawn.
    pub lawn: bool,
}

/// Sky and ground.
pub fn draw(canvas: &mut Canvas, scene: &Scene, sprites: &BTreeMap<String, Sprite>, light: Light<'_>) {
    sky(canvas, scene, light);
    if light.depth {
        skyline(canvas, scene, light);
        tree_line(canvas, scene, light);
    }
    for band in &scene.bands {
        ground(canvas, band, light);
    }
    if light.depth && light.paint.glow > 0.0 {
        for band in scene.bands.iter().filter(|band| band.kind == Ground::Asphalt) {
            glow(canvas, &lamps_on(band, scene, sprites, light.paint), band, light.paint.glow);
        }
    }
    let marks = light.paint.tint(Role::LaneMark);
    for zebra in &scene.zebras {
        for y in zebra.y..zebra.y + zebra.h {
            for x in zebra.x..zebra.x + zebra.w {
                canvas.over(x, y, '▀', marks, 0);
            }
        }
    }
    for building in &scene.buildings {
        doormat(canvas, scene, building, light.paint);
    }
    for line in &scene.boundaries {
        for y in line.y..line.y + line.h {
            canvas.over(line.x, y, '╎', light.paint.tint(Role::SignInk), 0);
        }
    }
}

/// A number that looks random and never changes: FNV-1a with a final shift, over each number in turn.
pub fn hash(numbers: &[i32]) -> u32 {
    numbers.iter().fold(2_166_136_261, |value: u32, &number| {
        let value = (value ^ number as u32).wrapping_mul(16_777_619);
        value ^ (value >> 13)
    })
}

fn sky(canvas: &mut Canvas, scene: &Scene, light: Light<'_>) {
    let (top, rows) = (scene.sky.top, scene.sky.horizon - scene.sky.top);
    let last = (2 * rows - 1).max(1) as f32;
    let tone = |half: i32| {
        let place = 6.0 * half as f32 / last;
        let step = (place as usize).min(5);
        let share = place - step as f32;
        let share = if light.paint.coarse { share.round() } else { share };
        let rgb = blend(light.paint.sky[step], light.paint.sky[step + 1], share);
        Tint::sky(rgb)
    };
    for row in 0..rows {
        let px = Px::halves(tone(2 * row), tone(2 * row + 1));
        canvas.fill([0, top + row, canvas.width(), 1], px);
    }
    if light.depth {
        stars(canvas, scene, light);
        clouds(canvas, scene, light);
    }
    if !light.sun {
        return;
    }
    let [x, y] = scene.sky.sun;
    for (dy, row) in scene.sky.disc.iter().enumerate() {
        for (dx, glyph) in row.chars().enumerate().filter(|(_, glyph)| *glyph != ' ') {
            canvas.over(x + dx as i32, y + dy as i32, glyph, light.paint.tint(Role::Sun), 0);
        }
    }
}

/// Far trees close the horizon.
fn tree_line(canvas: &mut Canvas, scene: &Scene, light: Light<'_>) {
    let leaf = light.paint.tint(Role::LeafDeep);
    for x in 0..canvas.width() {
        let glyph = ['▂', '▃', '▂', '▄', '▃', '▅'][hash(&[x / 2, 7]) as usize % 6];
        canvas.over(x, scene.sky.horizon - 1, glyph, leaf, 0);
    }
}

fn stars(canvas: &mut Canvas, scene: &Scene, light: Light<'_>) {
    let one_in = match light.hour {
        Hour::Dusk => 60,
        Hour::Night => 26,
        Hour::Dawn | Hour::Day => return,
    };
    let star = light.paint.tint(Role::Star);
    let rows = (scene.sky.horizon - scene.sky.top) * 2 / 3;
    for y in scene.sky.top..scene.sky.top + rows {
        for x in 0..canvas.width() {
            let chance = hash(&[x, y, 1]);
            if chance.is_multiple_of(one_in) {
                canvas.over(x, y, if chance & 0x300 == 0 { '∙' } else { '·' }, star, 0);
            }
        }
    }
}

fn clouds(canvas: &mut Canvas, scene: &Scene, light: Light<'_>) {
    if light.hour == Hour::Night {
        return;
    }
    let cloud = light.paint.tint(Role::Cloud);
    for &[x, y, w] in &scene.sky.clouds {
        for (left, width, row) in [(x, w, y), (x + w / 4, w / 2, y - 1)] {
            for dx in 0..width {
                let glyph = if dx == 0 || dx == width - 1 { '▂' } else { '▄' };
                canvas.over(left + dx, row, glyph, cloud, 0);
            }
        }
    }
}

fn skyline(canvas: &mut Canvas, scene: &Scene, light: Light<'_>) {
    let horizon = scene.sky.horizon;
    for layer in [Layer::Far, Layer::Near] {
        let role = if layer == Layer::Far { Role::SkylineFar } else { Role::SkylineNear };
        let tint = light.paint.tint(role);
        for &(x, w, height, _) in scene.skyline.iter().filter(|silhouette| silhouette.3 == layer) {
            let rows = height / 2;
            canvas.fill([x, horizon - rows, w, rows], Px::blank(tint));
            if height % 2 == 1 {
                (x..x + w).for_each(|column| canvas.over(column, horizon - rows - 1, '▄', tint, 0));
            }
            if layer == Layer::Near {
                windows(canvas, [x, horizon - rows, w, rows], light);
            }
        }
    }
}

/// Windows of near silhouettes: faint by day, some lit after sunset.
fn windows(canvas: &mut Canvas, [x, y, w, h]: [i32; 4], light: Light<'_>) {
    let (faint, warm) = (light.paint.tint(Role::SkylineFar), light.paint.tint(Role::WindowWarm));
    let evening = matches!(light.hour, Hour::Dusk | Hour::Night);
    for row in y..y + h - 1 {
        for column in (x + 1..x + w - 1).step_by(2) {
            let chance = hash(&[column, row, 2]);
            if evening && chance.is_multiple_of(11) {
                canvas.over(column, row, '▪', warm, 0);
            } else if !chance.is_multiple_of(3) {
                canvas.over(column, row, '▖', faint, 0);
            }
        }
    }
}

fn ground(canvas: &mut Canvas, band: &Band, light: Light<'_>) {
    let tint = |role| light.paint.tint(role);
    let (x, w) = (band.x.unwrap_or(0), band.w.unwrap_or(canvas.width()));
    let area = [x, band.y, w, band.h];
    match band.kind {
        Ground::RailFar | Ground::RailNear => {
            let glyph = if band.kind == Ground::RailFar { '▁' } else { '▔' };
            let px = Px { glyph, ink: tint(Role::Kerb), paper: tint(Role::Pavement), flags: 0 };
            canvas.fill(area, px);
        }
        Ground::Plaza => canvas.fill(area, Px::blank(tint(Role::Pavement))),
        Ground::Street => {
            canvas.fill(area, Px::blank(tint(Role::Pavement)));
            for y in band.y..band.y + band.h {
                canvas.over(x, y, '▏', tint(Role::Kerb), 0);
                canvas.over(x + w - 1, y, '▕', tint(Role::Kerb), 0);
            }
        }
        Ground::Asphalt => {
            let far = (band.h + 1) / 2;
            canvas.fill([x, band.y, w, far], Px::blank(tint(Role::AsphaltFar)));
            canvas.fill([x, band.y + far, w, band.h - far], Px::blank(tint(Role::Asphalt)));
            if let Some([row, mark, period]) = band.dash {
                let marks = (x..x + w).filter(|column| column.rem_euclid(period.max(1)) < mark);
                marks.for_each(|column| canvas.over(column, row, '▁', tint(Role::LaneMark), 0));
            }
        }
        Ground::Grass => grass(canvas, area, light),
        Ground::Water => {
            canvas.fill(area, Px::blank(tint(Role::Water)));
            for y in band.y..band.y + band.h {
                for column in (x..x + w).filter(|column| hash(&[*column, y, 4]).is_multiple_of(6)) {
                    canvas.over(column, y, '▁', tint(Role::WaterHi), 0);
                }
            }
        }
    }
}

fn grass(canvas: &mut Canvas, [x, y, w, h]: [i32; 4], light: Light<'_>) {
    let stripes = [Role::Ground, Role::GroundDeep].map(|role| light.paint.tint(role));
    let leaves = [Role::Leaf, Role::LeafDeep].map(|role| light.paint.tint(role));
    for row in y..y + h {
        for column in x..x + w {
            let stripe = ((column + 2 * row).div_euclid(7) & 1) as usize;
            canvas.set(column, row, Px::blank(stripes[stripe]));
            let chance = hash(&[column, row, 3]);
            if light.lawn && chance.is_multiple_of(15) {
                let (glyph, leaf) = [('▖', 1), ('▗', 1), (',', 0), ('·', 0)][(chance >> 8) as usize % 4];
                canvas.over(column, row, glyph, leaves[leaf], 0);
            }
        }
    }
}

/// A sign that shines on a road.
struct Lamp {
    tint: Tint,
    centre: f32,
    reach: f32,
}

fn lamps_on(band: &Band, scene: &Scene, sprites: &BTreeMap<String, Sprite>, paint: &Paint) -> Vec<Lamp> {
    let on_band = |building: &&Building| building.row.as_deref() == Some(band.id.as_str());
    scene
        .buildings
        .iter()
        .filter(on_band)
        .filter_map(|building| {
            let half = sprites.get(&building.sprite)?.size().0 as f32 / 2.0;
            let centre = building.at[0] as f32 + half;
            Some(Lamp { tint: paint.tint(building.light()?), centre, reach: half + 3.0 })
        })
        .collect()
}

/// Wet road: the light of signs, fading to the sides and towards the viewer, every third column dimmer.
///
/// Where two lights meet, the stronger one wins: a sum would outshine the envelopes.
fn glow(canvas: &mut Canvas, lamps: &[Lamp], band: &Band, glow: f32) {
    for row in 0..band.h {
        let depth = row as f32 / (band.h + 1) as f32;
        for x in 0..canvas.width() {
            let strength = |lamp: &Lamp| 1.0 - ((x as f32 - lamp.centre) / lamp.reach).powi(2);
            let nearest =
                lamps.iter().map(|lamp| (lamp.tint, strength(lamp))).max_by(|a, b| a.1.total_cmp(&b.1));
            let Some((tint, strength)) = nearest.filter(|(_, strength)| *strength > 0.0) else { continue };
            let dry = if x % 3 == 0 { 0.5 } else { 1.0 };
            let share = glow * strength * (1.0 - depth) * dry;
            let Some(old) = canvas.get(x, band.y + row) else { continue };
            let paper = old.paper.lit(blend(old.paper.rgb, tint.rgb, share));
            let ink = if old.glyph == ' ' { paper } else { old.ink };
            canvas.set(x, band.y + row, Px { ink, paper, ..old });
        }
    }
}

/// Three half cells in front of a door: where an envelope pauses.
fn doormat(canvas: &mut Canvas, scene: &Scene, building: &Building, paint: &Paint) {
    let Some([x, y]) = building.stop else { return };
    let tint = paint.tint(service_role(&building.service));
    let near = scene.bands.iter().any(|band| band.y == y && band.kind == Ground::RailNear);
    for column in x - 1..=x + 1 {
        canvas.over(column, y, if near { '▀' } else { '▄' }, tint, 0);
    }
}

/// The colour that belongs to a service; resources have stone and steel.
pub fn service_role(service: &str) -> Role {
    match service {
        "cloudwatch" => Role::Measure,
        "eventbridge" => Role::Route,
        "lambda" => Role::Do,
        "cloudtrail" => Role::Act,
        "config" | "checklist" => Role::State,
        "sns" | "list" => Role::Deliver,
        "s3" => Role::Steel,
        "house" => Role::Brick,
        _ => Role::Stone,
    }
}
