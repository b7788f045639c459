//! From what a cell means to how this terminal shows it.
//!
//! Views name [`Role`]s, never colours. A [`Theme`] turns them into ratatui styles for the terminal at hand:
//! 24-bit, 256 or 16 colours, or none; dark, light or high contrast. The city uses the same roles, cell by
//! cell. Nothing here knows what is drawn, nor reads the environment by itself.

mod detect;
mod fold;
mod indexed;
mod palette;
mod role;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use ratatui::style::{Color, Modifier, Style};

pub use detect::detect;
pub use fold::{fold, fold_char};
pub use indexed::{indexed_rgb, nearest_indexed};
pub use palette::{Entry, HourTones, Palette, Rgb};
pub use role::Role;

/// How many colours the terminal has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colours {
    /// 24 bits.
    #[default]
    True,
    /// The 256 indexed ones.
    Indexed,
    /// The sixteen of ANSI.
    Ansi,
    /// None: shapes, words, bold and reverse video.
    Mono,
}

/// Which column of the palette.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ThemeName {
    #[default]
    Dark,
    Light,
    Contrast,
}

/// Which characters the terminal can show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Glyphs {
    #[default]
    Unicode,
    Ascii,
}

/// The light over the town, chosen when a scenario opens and kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hour {
    Dawn,
    #[default]
    Day,
    Dusk,
    Night,
}

/// What the terminal can show and the person prefers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// How many colours.
    pub colours: Colours,
    /// Which column of the palette.
    pub theme: ThemeName,
    /// Which characters.
    pub glyphs: Glyphs,
}

/// Styles of roles for one look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Theme {
    look: Look,
}

impl Theme {
    /// The styles of a look.
    pub const fn new(look: Look) -> Self {
        Self { look }
    }

    /// The look it was made for.
    pub const fn look(self) -> Look {
        self.look
    }

    /// A role's colour; the terminal's own without colours.
    pub fn colour(self, role: Role) -> Color {
        let entry = Palette::get().entry(role);
        let rgb = entry.rgb(self.look.theme);
        match self.look.colours {
            Colours::True => Color::Rgb(rgb[0], rgb[1], rgb[2]),
            Colours::Indexed if self.look.theme == ThemeName::Dark => Color::Indexed(entry.indexed),
            Colours::Indexed => Color::Indexed(nearest_indexed(rgb)),
            Colours::Ansi => entry.ansi,
            Colours::Mono => Color::Reset,
        }
    }

    /// Text in one role on the paper of another.
    ///
    /// Without colours, text on a bright paper is in reverse video, other text as the palette says.
    pub fn style(self, ink: Role, paper: Role) -> Style {
        let entry = |role| Palette::get().entry(role);
        if self.look.colours == Colours::Mono {
            let bright = entry(paper).tone >= 2;
            let modifier = if bright { Modifier::REVERSED } else { entry(ink).mono };
            return Style::new().fg(Color::Reset).bg(Color::Reset).add_modifier(modifier);
        }
        let strong = matches!(ink, Role::SignInk | Role::SignText | Role::HudKey);
        let modifier = if strong { Modifier::BOLD } else { Modifier::empty() };
        Style::new().fg(self.colour(ink)).bg(self.colour(paper)).add_modifier(modifier)
    }

    /// `text`, folded when the terminal only has ASCII.
    pub fn text(self, text: &str) -> Cow<'_, str> {
        match self.look.glyphs {
            Glyphs::Unicode => Cow::Borrowed(text),
            Glyphs::Ascii if text.is_ascii() => Cow::Borrowed(text),
            Glyphs::Ascii => Cow::Owned(fold(text)),
        }
    }
}
