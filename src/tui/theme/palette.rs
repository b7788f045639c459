//! The palette file: colours of every role in every theme, the four hours, and the fallback tables.
//!
//! Parsed once per process. It decides nothing: which column of it is used is [`super::Look`]'s business.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use ratatui::style::{Color, Modifier};
use serde::Deserialize;

use super::{Hour, Role, ThemeName};

const SOURCE: &str = include_str!("../../../assets/city/palette.yaml");

/// Red, green, blue.
pub type Rgb = [u8; 3];

/// One role's line in the palette.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The one character that sprites use for the role.
    pub key: char,
    /// Dark, light, contrast: in the order of [`ThemeName`].
    pub themes: [Rgb; 3],
    /// The nearest of the 256 indexed colours to the dark theme's.
    pub indexed: u8,
    /// The colour when the terminal has sixteen.
    pub ansi: Color,
    /// Without colour: 0 is blank, 4 is full.
    pub tone: u8,
    /// Without colour: how text in this role stands out.
    pub mono: Modifier,
}

/// What the hour changes: the sky and the things that give light.
#[derive(Clone, Debug)]
pub struct HourTones {
    /// Zenith to horizon.
    pub sky: [Rgb; 7],
    /// The same among the 256 indexed colours.
    pub sky_indexed: [u8; 7],
    /// Roles whose colour the hour decides.
    pub roles: Vec<(Role, Rgb)>,
    /// The share of a sign's light that the wet road gives back; 0 is a dry road.
    pub glow: f32,
    /// Red, green and blue factors of everything that only reflects light.
    pub ambient: [f32; 3],
}

/// The whole palette.
#[derive(Clone, Debug)]
pub struct Palette {
    entries: Vec<Entry>,
    hours: [HourTones; 4],
    tinted: Vec<Role>,
    keys: Vec<Option<Role>>,
    /// How much white the light theme mixes into the sky.
    pub light_sky_blend: f32,
    /// How far the spotlight pushes what is not in focus towards the paper of the panels.
    pub dim: f32,
    /// Glyphs of tones 0 to 4 without colour.
    pub mono_shades: [char; 5],
    /// Glyphs of tones 0 to 4 in ASCII.
    pub ascii_shades: [char; 5],
    ascii_glyphs: BTreeMap<char, char>,
}

impl Palette {
    /// The palette this program carries.
    pub fn get() -> &'static Self {
        static PALETTE: OnceLock<Palette> = OnceLock::new();
        PALETTE.get_or_init(|| Self::parse(SOURCE).expect("a test reads the embedded palette"))
    }

    /// Everything the palette says about a role.
    pub fn entry(&self, role: Role) -> &Entry {
        &self.entries[role as usize]
    }

    /// What an hour changes.
    pub fn hour(&self, hour: Hour) -> &HourTones {
        &self.hours[hour as usize]
    }

    /// Roles that are lit from outside, hence darker at night.
    pub fn tinted(&self) -> &[Role] {
        &self.tinted
    }

    /// The role a sprite means by `key`.
    pub fn by_key(&self, key: char) -> Option<Role> {
        self.keys.get(key as usize).copied().flatten()
    }

    /// The ASCII stand-in of a glyph, when there is one.
    pub fn ascii(&self, glyph: char) -> Option<char> {
        self.ascii_glyphs.get(&glyph).copied()
    }

    /// Reads a palette file.
    pub fn parse(text: &str) -> Result<Self, String> {
        let file: File = serde_yaml::from_str(text).map_err(|error| error.to_string())?;
        let mut keys = vec![None; 128];
        let mut entries = Vec::with_capacity(Role::COUNT);
        for &role in Role::ALL {
            let line = file.roles.get(role.name()).ok_or_else(|| format!("no role {}", role.name()))?;
            let slot =
                keys.get_mut(line.key as usize).ok_or_else(|| format!("key {} is not ASCII", line.key))?;
            if slot.replace(role).is_some() {
                return Err(format!("key {} is used twice", line.key));
            }
            entries.push(line.entry()?);
        }
        if let Some(name) = file.roles.keys().find(|name| Role::named(name).is_none()) {
            return Err(format!("role {name} is unknown to the program"));
        }
        let role = |name: &String| Role::named(name).ok_or_else(|| format!("unknown role {name}"));
        let hour = |name: &str| {
            file.hours.get(name).ok_or_else(|| format!("no hour {name}")).and_then(HourLine::tones)
        };
        Ok(Self {
            entries,
            hours: [hour("dawn")?, hour("day")?, hour("dusk")?, hour("night")?],
            tinted: file.set.iter().map(role).collect::<Result<_, _>>()?,
            keys,
            light_sky_blend: file.light_sky_blend,
            dim: file.dim,
            mono_shades: file.mono_shades,
            ascii_shades: file.ascii_shades,
            ascii_glyphs: file.ascii_glyphs,
        })
    }
}

impl Entry {
    /// The role's colour in a theme, before the hour.
    pub const fn rgb(&self, theme: ThemeName) -> Rgb {
        self.themes[theme as usize]
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "themes")]
    _themes: Vec<String>,
    roles: BTreeMap<String, RoleLine>,
    hours: BTreeMap<String, HourLine>,
    light_sky_blend: f32,
    set: Vec<String>,
    dim: f32,
    mono_shades: [char; 5],
    ascii_shades: [char; 5],
    ascii_glyphs: BTreeMap<char, char>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RoleLine {
    key: char,
    dark: String,
    light: String,
    contrast: String,
    c256: u8,
    c16: String,
    tone: u8,
    attr: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HourLine {
    sky: [String; 7],
    sky256: [u8; 7],
    skyline_far: String,
    skyline_near: String,
    cloud: String,
    sun: String,
    star: String,
    window: String,
    window_warm: String,
    lantern: String,
    glow: f32,
    ambient: [f32; 3],
}

impl RoleLine {
    fn entry(&self) -> Result<Entry, String> {
        if self.tone > 4 {
            return Err(format!("tone {} is above 4", self.tone));
        }
        Ok(Entry {
            key: self.key,
            themes: [hex(&self.dark)?, hex(&self.light)?, hex(&self.contrast)?],
            indexed: self.c256,
            ansi: ansi(&self.c16)?,
            tone: self.tone,
            mono: match self.attr.as_str() {
                "none" => Modifier::empty(),
                "bold" => Modifier::BOLD,
                "underline" => Modifier::UNDERLINED,
                "italic" => Modifier::ITALIC,
                "reverse" => Modifier::REVERSED,
                other => return Err(format!("unknown attribute {other}")),
            },
        })
    }
}

impl HourLine {
    fn tones(&self) -> Result<HourTones, String> {
        let mut sky = [[0; 3]; 7];
        for (tone, text) in sky.iter_mut().zip(&self.sky) {
            *tone = hex(text)?;
        }
        let roles = [
            (Role::SkylineFar, &self.skyline_far),
            (Role::SkylineNear, &self.skyline_near),
            (Role::Cloud, &self.cloud),
            (Role::Sun, &self.sun),
            (Role::Star, &self.star),
            (Role::Window, &self.window),
            (Role::WindowWarm, &self.window_warm),
            (Role::Lantern, &self.lantern),
        ];
        let roles =
            roles.into_iter().map(|(role, text)| Ok((role, hex(text)?))).collect::<Result<_, String>>()?;
        Ok(HourTones { sky, sky_indexed: self.sky256, roles, glow: self.glow, ambient: self.ambient })
    }
}

fn hex(text: &str) -> Result<Rgb, String> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6);
    let value = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
    value.map(|v| [(v >> 16) as u8, (v >> 8) as u8, v as u8]).ok_or_else(|| format!("not a colour: {text}"))
}

fn ansi(name: &str) -> Result<Color, String> {
    Ok(match name {
        "black" => Color::Black,
        "red" => Color::Red,
        "green" => Color::Green,
        "yellow" => Color::Yellow,
        "blue" => Color::Blue,
        "magenta" => Color::Magenta,
        "cyan" => Color::Cyan,
        "white" => Color::Gray,
        "bright-black" => Color::DarkGray,
        "bright-red" => Color::LightRed,
        "bright-green" => Color::LightGreen,
        "bright-yellow" => Color::LightYellow,
        "bright-blue" => Color::LightBlue,
        "bright-magenta" => Color::LightMagenta,
        "bright-cyan" => Color::LightCyan,
        "bright-white" => Color::White,
        other => return Err(format!("unknown colour name {other}")),
    })
}
