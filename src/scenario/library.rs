//! Where scenarios come from: the binary itself, and folders or files of the user's own.

use std::path::{Path, PathBuf};

use include_dir::{Dir, File, include_dir};

use super::{
    compose::Script,
    diagnostic::{Diagnostic, Source, Span, codes},
    load::{self, Loaded, Refused},
    model::{Kind, View},
    tree::{self, Tree, TreeValue},
    words::Text,
};
use crate::aws::advice::closest;

static BUNDLED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/scenarios");

/// The first key that is not for a list of scenarios: everything above it is cheap to read.
const BODY: [&str; 14] = [
    "start",
    "region",
    "delays",
    "base",
    "account",
    "elsewhere",
    "before",
    "load",
    "prices",
    "files",
    "people",
    "worlds",
    "story",
    "expect",
];
/// The tracks that come with Vigie, in the order they are taken.
const TRACKS: [&str; 5] = ["discovery", "course", "detective", "builder", "expert"];

/// Where a scenario stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the binary, under that path.
    Bundled(&'static str),
    /// On disk.
    File(PathBuf),
}

/// What a list shows of a scenario.
#[derive(Clone, Debug)]
pub struct Header {
    pub id: String,
    pub track: String,
    pub title: Text,
    pub hook: Option<Text>,
    pub objective: Option<Text>,
    pub minutes: Option<u32>,
    pub teaches: Vec<String>,
    pub view: View,
    pub place: Place,
}

/// Everything that can be played.
#[derive(Clone, Debug, Default)]
pub struct Library {
    folders: Vec<PathBuf>,
}

/// No scenario of that name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no scenario is called `{name}`")]
pub struct NotFound {
    pub name: String,
    pub did_you_mean: Option<String>,
}

impl Library {
    /// The scenarios in the binary.
    pub fn bundled() -> Self {
        Self::default()
    }

    /// Adds a folder of the user's; its scenarios come before bundled ones of the same name.
    #[must_use]
    pub fn with_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folders.push(folder.into());
        self
    }

    /// Every scenario, by track and name; fixtures are not among them.
    pub fn list(&self) -> Vec<Header> {
        let mut headers: Vec<Header> = Vec::new();
        for place in self.places() {
            let Some(text) = read(&place) else { continue };
            if let Some((Kind::Scenario, header)) = header(&text, place)
                && !headers.iter().any(|known| known.id == header.id)
            {
                headers.push(header);
            }
        }
        let rank = |track: &str| TRACKS.iter().position(|known| *known == track).unwrap_or(TRACKS.len());
        headers.sort_by(|left, right| {
            (rank(&left.track), &left.track, &left.id).cmp(&(rank(&right.track), &right.track, &right.id))
        });
        headers
    }

    /// Files of the user's folders that are neither scenario nor fixture, as far as their first lines tell.
    pub fn unreadable(&self) -> Vec<PathBuf> {
        let own = self.places().into_iter().filter_map(|place| match place {
            Place::File(path) => Some(path),
            Place::Bundled(_) => None,
        });
        own.filter(|path| {
            let place = Place::File(path.clone());
            read(&place).and_then(|text| header(&text, place)).is_none()
        })
        .collect()
    }

    /// Scenarios and fixtures of the binary, for a check of everything.
    pub fn bundled_files() -> Vec<&'static str> {
        let mut files: Vec<_> = yaml_files(&BUNDLED).filter_map(|file| file.path().to_str()).collect();
        files.sort_unstable();
        files
    }

    /// The scenario that a name, the beginning of one, or a path means.
    ///
    /// # Errors
    /// There is none; perhaps one with a name like it.
    pub fn find(&self, name: &str) -> Result<Place, NotFound> {
        let path = Path::new(name);
        let is_path =
            name.contains(['/', '\\']) || path.extension().is_some_and(|ext| ext == "yaml" || ext == "yml");
        if is_path && (path.exists() || BUNDLED.get_file(name).is_none()) {
            return Ok(Place::File(path.to_path_buf()));
        }
        if let Some(file) = BUNDLED.get_file(name).and_then(|file| file.path().to_str()) {
            return Ok(Place::Bundled(file));
        }
        let headers = self.list();
        let exact = headers.iter().find(|header| header.id == name);
        let mut beginning = headers.iter().filter(|header| header.id.starts_with(name));
        let found = exact.or_else(|| match (beginning.next(), beginning.next()) {
            (Some(only), None) if !name.is_empty() => Some(only),
            _ => None,
        });
        found.map(|header| header.place.clone()).ok_or_else(|| NotFound {
            name: name.to_owned(),
            did_you_mean: closest(name, headers.iter().map(|header| header.id.as_str())).map(str::to_owned),
        })
    }

    /// Reads a scenario.
    ///
    /// # Errors
    /// Everything that keeps it from being one.
    pub fn load(&self, place: &Place) -> Result<Loaded, Box<Refused>> {
        match place {
            Place::File(path) => load::file(path),
            Place::Bundled(path) => {
                let name = format!("scenarios/{path}");
                let bytes = BUNDLED.get_file(path).map(File::contents).unwrap_or_default();
                load::bytes(&name, bytes)
            }
        }
    }

    /// Joins a scenario to its fixtures.
    ///
    /// # Errors
    /// A fixture that does not exist or cannot be read.
    pub fn compose(&self, loaded: Loaded) -> Result<Script, Box<Diagnostic>> {
        Script::new(loaded, |name| self.fixture(name))
    }

    /// Reads a scenario and joins it to its fixtures.
    ///
    /// # Errors
    /// Everything that keeps it from being played.
    pub fn script(&self, place: &Place) -> Result<Script, Box<Refused>> {
        let loaded = self.load(place)?;
        let source = loaded.source.clone();
        self.compose(loaded)
            .map_err(|diagnostic| Box::new(Refused { source, diagnostics: vec![*diagnostic] }))
    }

    /// The fixture of that name.
    fn fixture(&self, name: &str) -> Result<Loaded, Box<Diagnostic>> {
        let mut known = Vec::new();
        for place in self.places() {
            let Some(text) = read(&place) else { continue };
            let Some((Kind::Fixture, header)) = header(&text, place.clone()) else { continue };
            if header.id == name {
                return self.load(&place).map_err(|refused| {
                    let first = refused.diagnostics.into_iter().next();
                    let fault = first.unwrap_or_else(|| missing_fixture(name, &[]));
                    Box::new(fault.in_file(refused.source.into()))
                });
            }
            known.push(header.id);
        }
        Err(Box::new(missing_fixture(name, &known)))
    }

    fn places(&self) -> Vec<Place> {
        let mut places = Vec::new();
        for folder in &self.folders {
            let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
            let mut files: Vec<PathBuf> =
                entries.map(|entry| entry.path()).filter(|path| is_yaml(path)).collect();
            files.sort();
            places.extend(files.into_iter().map(Place::File));
        }
        places.extend(Self::bundled_files().into_iter().map(Place::Bundled));
        places
    }
}

fn missing_fixture(name: &str, known: &[String]) -> Diagnostic {
    Diagnostic::error(
        codes::UNKNOWN_FIXTURE,
        Span::default(),
        format!("aucun décor ne s'appelle `{name}`"),
        format!("no fixture is called `{name}`"),
    )
    .meant(closest(name, known.iter().map(String::as_str)))
}

fn yaml_files(folder: &'static Dir<'static>) -> impl Iterator<Item = &'static File<'static>> {
    let mut folders = vec![folder];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        folders.extend(folder.dirs());
        files.extend(folder.files().filter(|file| is_yaml(file.path())));
    }
    files.into_iter()
}

fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml")
}

/// The head of a file; a folder may hold anything, so what cannot be read is left out of a list.
fn read(place: &Place) -> Option<String> {
    const HEAD: u64 = 16 * 1024;
    match place {
        Place::Bundled(path) => BUNDLED.get_file(path)?.contents_utf8().map(head),
        Place::File(path) => {
            use std::io::Read;
            let mut bytes = Vec::new();
            std::fs::File::open(path).ok()?.take(HEAD).read_to_end(&mut bytes).ok()?;
            Some(head(&String::from_utf8_lossy(&bytes)))
        }
    }
}

/// The lines above the first key of the body.
fn head(text: &str) -> String {
    let is_body = |line: &str| line.split_once(':').is_some_and(|(key, _)| BODY.contains(&key));
    let mut head = String::new();
    for line in text.lines().take_while(|line| !is_body(line)) {
        head.push_str(line);
        head.push('\n');
    }
    head
}

fn header(head: &str, place: Place) -> Option<(Kind, Header)> {
    let tree = tree::parse(&Source::new("", head)).ok()?;
    let text = |tree: &Tree| match &tree.value {
        TreeValue::Text(text) => Some(text.clone()),
        _ => None,
    };
    let both = |key: &str| {
        let both = tree.get(key)?;
        Some(Text::new(text(both.get("fr")?)?, text(both.get("en")?)?))
    };
    let word = |key: &str| tree.get(key).and_then(text);
    let id = word("id")?;
    let kind = if word("kind").as_deref() == Some("fixture") { Kind::Fixture } else { Kind::Scenario };
    let teaches = match tree.get("teaches").map(|tree| &tree.value) {
        Some(TreeValue::List(items)) => items.iter().filter_map(text).collect(),
        _ => Vec::new(),
    };
    let view = match word("view").as_deref() {
        Some("city") => View::City,
        Some("cloud") => View::Cloud,
        _ => View::Split,
    };
    let minutes = match tree.get("minutes").map(|tree| &tree.value) {
        Some(TreeValue::Int(minutes)) => u32::try_from(*minutes).ok(),
        _ => None,
    };
    let header = Header {
        title: both("title").unwrap_or_else(|| Text::new(id.clone(), id.clone())),
        track: word("track").unwrap_or_default(),
        hook: both("hook"),
        objective: both("objective"),
        minutes,
        teaches,
        view,
        id,
        place,
    };
    Some((kind, header))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scenarios_are_listed_by_track_and_fixtures_are_not() {
        let ids: Vec<String> = Library::bundled().list().into_iter().map(|header| header.id).collect();

        assert_eq!(ids, ["crs-02", "crs-04", "crs-05"]);
    }

    #[test]
    fn a_name_its_beginning_or_its_path_finds_a_scenario() {
        let library = Library::bundled();
        let crs_05 = Place::Bundled("course/crs-05-exemple-concret.yaml");

        for name in ["crs-05", "course/crs-05-exemple-concret.yaml"] {
            assert_eq!(library.find(name).as_ref(), Ok(&crs_05), "{name}");
        }
        assert_eq!(library.find("elsewhere/mine.yaml"), Ok(Place::File("elsewhere/mine.yaml".into())));
        let lost = library.find("crs-5").expect_err("there is none");
        assert_eq!(lost.did_you_mean.as_deref(), Some("crs-05"));
        assert!(library.find("crs-0").is_err(), "three begin like this");
    }

    #[test]
    fn a_folder_of_the_users_own_adds_to_the_list_and_may_hold_anything() {
        let folder = std::env::temp_dir().join(format!("vigie-folder-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a temporary folder");
        std::fs::write(
            folder.join("mine.yaml"),
            "vigie: 1\nid: mine\ntrack: mine\ntitle: {fr: À moi, en: Mine}\n",
        )
        .expect("it can be written");
        std::fs::write(folder.join("rubbish.yaml"), [0xff, 0x00, 0x1b]).expect("it can be written");

        let headers = Library::bundled().with_folder(&folder).list();

        std::fs::remove_dir_all(&folder).expect("it was there");
        assert_eq!(headers.last().map(|header| header.title.fr.as_str()), Some("À moi"));
        assert_eq!(headers.len(), 4);
    }
}
