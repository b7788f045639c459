//! The art carried by the program, found by name.

use include_dir::{Dir, include_dir};

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
