//! The art carried by the program, found by name.

use std::collections::BTreeMap;

use include_dir::{Dir, include_dir};

use super::scene::Scene;
use super::sprite::Sprite;
use super::state::{EnvelopeKind as E, VehicleKind as V};

static SPRITES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/assets/city/sprites");
static SCENES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/assets/city/scenes");

/// The drawing called `name`, such as `house-s`.
pub fn sprite(name: &str) -> Option<&'static str> {
    SPRITES.get_file(format!("{name}.txt"))?.contents_utf8()
}

/// The scene called `name`, such as `scene-80x24`; also `labels`.
pub fn scene(name: &str) -> Option<&'static str> {
    SCENES.get_file(format!("{name}.yaml"))?.contents_utf8()
}

/// Every drawing that a scene may show.
pub fn load(scene: &Scene) -> BTreeMap<String, Sprite> {
    let size = &scene.sprites;
    let mut names: Vec<String> = scene.buildings.iter().map(|building| building.sprite.clone()).collect();
    names.extend(scene.props.iter().map(|prop| prop.sprite.clone()));
    names.push(format!("digits-{size}"));
    for way in ["east", "west"] {
        let vehicles = [V::Police, V::Car, V::Car2, V::Bus, V::Crew].map(V::name);
        let all = vehicles.into_iter().chain(["beam"]);
        names.extend(all.map(|kind| format!("{kind}-{size}-{way}")));
    }
    let envelopes = [E::Act, E::Measure, E::Alarm, E::Compliance, E::Notice, E::Mission, E::Failed];
    // A crowd of envelopes is drawn small at every size.
    for size in [size.as_str(), "s"] {
        names.extend(envelopes.map(|kind| format!("envelope-{}-{size}", kind.name())));
    }
    names.sort_unstable();
    names.dedup();
    names
        .into_iter()
        .filter_map(|name| {
            let sprite = Sprite::parse(sprite(&name)?).expect("a test reads every sprite");
            Some((name, sprite))
        })
        .collect()
}

/// Every sprite's name and text.
#[cfg(test)]
pub fn sprites() -> impl Iterator<Item = (&'static str, &'static str)> {
    texts(&SPRITES)
}

/// Every scene's name and text, labels excepted.
#[cfg(test)]
pub fn scenes() -> impl Iterator<Item = (&'static str, &'static str)> {
    texts(&SCENES).filter(|(name, _)| *name != "labels")
}

#[cfg(test)]
fn texts(dir: &'static Dir<'static>) -> impl Iterator<Item = (&'static str, &'static str)> {
    dir.files().map(|file| {
        let name =
            file.path().file_stem().and_then(|name| name.to_str()).expect("art files have plain names");
        (name, file.contents_utf8().expect("art files are text"))
    })
}
