//! Scenes: where everything stands at one size of terminal.
//!
//! Read from YAML, then moved as a whole when the terminal is larger than the scene. After
//! `Scene::fit`, every coordinate counts from the top left of the picture, not of the terminal.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::tui::theme::Role;

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
}
