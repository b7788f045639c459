//! Scenes: where everything stands at one size of terminal.
//!
//! Read from YAML, then moved as a whole when the terminal is larger than the scene. After
//! [`Scene::fit`], every coordinate counts from the top left of the picture, not of the terminal.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::tui::theme::Role;

use super::backdrop::hash;

/// A scene file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scene {
    /// The terminal it was drawn for: columns, rows.
    pub size: [i32; 2],
    /// Where the picture is in it: x, y, w, h.
    pub picture: [i32; 4],
    /// Which drawings: `s`, `m` or `l`.
    pub sprites: String,
    /// Everything around the picture: x, y, w, h.
    pub areas: BTreeMap<String, [i32; 4]>,
    /// What is above the horizon.
    pub sky: Sky,
    /// Silhouettes: x, width, height in half rows, layer.
    pub skyline: Vec<(i32, i32, i32, Layer)>,
    /// The ground, back to front.
    pub bands: Vec<Band>,
    /// Crossings.
    #[serde(default)]
    pub zebras: Vec<Zebra>,
    /// Where wheels run.
    pub lanes: Vec<Lane>,
    /// Where envelopes run.
    pub rails: Vec<Rail>,
    /// Where envelopes change rail.
    #[serde(default)]
    pub links: Vec<Link>,
    /// Buildings and boards.
    pub buildings: Vec<Building>,
    /// Trees and lamps.
    #[serde(default)]
    pub props: Vec<Prop>,
    /// Region signs.
    #[serde(default)]
    pub districts: Vec<DistrictSign>,
    /// Region lines.
    #[serde(default)]
    pub boundaries: Vec<Boundary>,
    /// Roads drawn by hand, by hop.
    #[serde(default)]
    pub routes: BTreeMap<String, Vec<[i32; 2]>>,
}

/// What is above the horizon.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sky {
    /// First row.
    pub top: i32,
    /// The row after the last.
    pub horizon: i32,
    /// Top left of the sun or moon.
    pub sun: [i32; 2],
    /// x, y, width.
    pub clouds: Vec<[i32; 3]>,
    /// Rows of the sun.
    pub disc: Vec<String>,
}

/// How far a silhouette is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Layer {
    Far,
    Near,
}

/// A piece of ground.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// Its name.
    pub id: String,
    /// Left column; the whole width when unset.
    pub x: Option<i32>,
    /// Columns; the whole width when unset.
    pub w: Option<i32>,
    /// First row.
    pub y: i32,
    /// Rows.
    pub h: i32,
    /// What it is made of.
    pub kind: Ground,
    /// Lane marks: row, length, period.
    pub dash: Option<[i32; 3]>,
}

/// What ground is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ground {
    RailFar,
    RailNear,
    Plaza,
    Street,
    Asphalt,
    Grass,
    Water,
}

/// A crossing painted on asphalt.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Zebra {
    pub x: i32,
    pub y: i32,
    pub w: i32,
    pub h: i32,
}

/// Where wheels run.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lane {
    #[serde(rename = "id")]
    _id: String,
    /// The top row of a vehicle.
    pub y: i32,
    /// First and last column.
    pub x: [i32; 2],
    /// The way everybody drives.
    pub dir: Heading,
}

/// A way along the street.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Heading {
    /// To the right.
    #[default]
    East,
    /// To the left.
    West,
}

/// Where envelopes run: `y` is their bottom row.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rail {
    #[serde(rename = "id")]
    _id: String,
    pub y: i32,
    pub x: [i32; 2],
}

/// Where envelopes change rail.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    #[serde(rename = "id")]
    _id: String,
    pub x: i32,
    pub y: [i32; 2],
}

/// A building or a board.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Building {
    /// What scenarios call it.
    pub id: String,
    /// Its drawing.
    pub sprite: String,
    /// Top left.
    pub at: [i32; 2],
    /// The service it stands for: a key of `labels.yaml`.
    pub service: String,
    /// Where an envelope pauses in front of it.
    pub stop: Option<[i32; 2]>,
    /// The colour of its light on the wet road.
    pub light: Option<String>,
    /// The asphalt that takes this light.
    pub row: Option<String>,
}

/// Trees and lamps: one drawing at several columns.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prop {
    /// The drawing.
    pub sprite: String,
    /// Top row.
    pub y: i32,
    /// Left columns.
    pub x: Vec<i32>,
    /// Drawn after the buildings.
    #[serde(default)]
    pub z: Depth,
}

/// Whether a prop stands before the buildings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Depth {
    #[default]
    Back,
    Front,
}

/// The sign of a region.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DistrictSign {
    /// A key of `labels.yaml`.
    pub name: String,
    /// The region written after the name when the state says none.
    pub region: String,
    /// x, y, width.
    pub label: [i32; 3],
}

/// A dashed line between two regions.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Boundary {
    pub x: i32,
    pub y: i32,
    pub h: i32,
}

impl Building {
    /// The role whose light falls on the road.
    pub fn light(&self) -> Option<Role> {
        self.light.as_deref().and_then(Role::named)
    }

    /// 0 is the first district, 1 the one whose ids end in `-east`.
    pub fn district(&self) -> usize {
        usize::from(self.id.ends_with(EAST))
    }

    /// The id without the name of its district.
    pub fn base_id(&self) -> &str {
        self.id.strip_suffix(EAST).unwrap_or(&self.id)
    }
}

/// How ids and hops of the second district end.
pub const EAST: &str = "-east";

impl Scene {
    /// Reads a scene file.
    pub fn parse(text: &str) -> Result<Self, String> {
        serde_yaml::from_str(text).map_err(|error| error.to_string())
    }

    /// Columns and rows of the picture.
    pub fn picture_size(&self) -> (i32, i32) {
        (self.picture[2], self.picture[3])
    }

    /// The building called `id`.
    pub fn building(&self, id: &str) -> Option<&Building> {
        self.buildings.iter().find(|building| building.id == id)
    }

    /// Makes room: the picture becomes `width` by `height`, the town stays whole, centred, at the bottom.
    ///
    /// Ground runs on to both edges, sky to the top, and the skyline repeats itself.
    pub fn fit(&mut self, width: i32, height: i32) {
        let [left, top, old_width, old_height] = self.picture;
        let side = (width - old_width) / 2;
        let (dx, dy) = (side - left, height - old_height - top);
        let edges = |range: &mut [i32; 2]| {
            *range = [
                if range[0] <= left { 0 } else { range[0] + dx },
                if range[1] >= left + old_width - 1 { width - 1 } else { range[1] + dx },
            ];
        };
        self.sky.top = 0;
        self.sky.horizon += dy;
        self.sky.sun = [self.sky.sun[0] + dx, self.sky.sun[1] + dy];
        self.fill_sky(dx, dy, side, old_width, width);
        for band in &mut self.bands {
            band.y += dy;
            band.x = band.x.map(|x| x + dx);
            band.dash = band.dash.map(|[row, mark, period]| [row + dy, mark, period]);
        }
        for zebra in &mut self.zebras {
            (zebra.x, zebra.y) = (zebra.x + dx, zebra.y + dy);
        }
        for lane in &mut self.lanes {
            lane.y += dy;
            edges(&mut lane.x);
        }
        for rail in &mut self.rails {
            rail.y += dy;
            edges(&mut rail.x);
        }
        for link in &mut self.links {
            link.x += dx;
            link.y = link.y.map(|y| y + dy);
        }
        for building in &mut self.buildings {
            building.at = [building.at[0] + dx, building.at[1] + dy];
            building.stop = building.stop.map(|[x, y]| [x + dx, y + dy]);
        }
        for prop in &mut self.props {
            prop.y += dy;
            prop.x.iter_mut().for_each(|x| *x += dx);
        }
        for sign in &mut self.districts {
            sign.label = [sign.label[0] + dx, sign.label[1] + dy, sign.label[2]];
        }
        for line in &mut self.boundaries {
            (line.x, line.h, line.y) = (line.x + dx, line.h + height - old_height, 0);
        }
        for road in self.routes.values_mut() {
            for point in road.iter_mut() {
                *point = [point[0] + dx, point[1] + dy];
            }
        }
        self.picture = [0, 0, width, height];
        for [from, to] in [[0, side], [side + old_width, width]] {
            self.plant(from, to);
        }
    }

    /// Trees on the ground that the scene did not have, so that a wide town has no desert around it.
    fn plant(&mut self, from: i32, to: i32) {
        let kinds: &[(&str, i32, i32)] = match self.sprites.as_str() {
            "s" => &[("tree-s", 5, 3), ("cypress-s", 3, 3)],
            "m" => &[("tree-m", 7, 4), ("cypress-m", 5, 5)],
            _ => &[("tree-l", 9, 6)],
        };
        let has_lawn = self.bands.iter().any(|band| band.id == "front" && band.kind == Ground::Grass);
        let lawn = self.bands.iter().find(|band| band.id == "quay" && has_lawn).map(|band| band.y);
        for (row, foot) in [Some(self.sky.horizon - 1), lawn].into_iter().enumerate() {
            let Some(foot) = foot else { continue };
            let mut x = from + 1;
            while x < to {
                let chance = hash(&[x, row as i32, 9]) as usize;
                let (name, width, height) = kinds[chance % kinds.len()];
                if x + width < to {
                    let y = foot - height + 1;
                    self.props.push(Prop { sprite: name.to_owned(), y, x: vec![x], z: Depth::Back });
                }
                x += width + 1 + (chance / 8 % 8) as i32;
            }
        }
    }

    /// Moves the skyline and the clouds, then repeats them to the left and to the right.
    fn fill_sky(&mut self, dx: i32, dy: i32, side: i32, old_width: i32, width: i32) {
        for silhouette in &mut self.skyline {
            silhouette.0 += dx;
        }
        for cloud in &mut self.sky.clouds {
            *cloud = [cloud[0] + dx, cloud[1] + dy, cloud[2]];
        }
        if side <= 0 || old_width <= 0 {
            return;
        }
        let turns = (side + old_width - 1) / old_width;
        let shifts = (-turns..=turns + 1).filter(|turn| *turn != 0).map(|turn| turn * old_width);
        let (skyline, clouds) = (self.skyline.clone(), self.sky.clouds.clone());
        for shift in shifts {
            let inside = |x: i32, w: i32| x + w > 0 && x < width;
            let silhouettes = skyline.iter().map(|&(x, w, h, layer)| (x + shift, w, h, layer));
            self.skyline.extend(silhouettes.filter(|&(x, w, ..)| inside(x, w)));
            let drifted = clouds.iter().map(|&[x, y, w]| [x + shift, y + 1 + (shift & 1), w]);
            self.sky.clouds.extend(drifted.filter(|&[x, _, w]| inside(x, w)));
        }
    }
}
