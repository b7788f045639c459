//! Colours of roles under a given light: the palette's column, the hour, the light theme's white.

use crate::tui::theme::{Colours, Hour, Look, Palette, Rgb, Role, ThemeName, indexed_rgb};

use super::canvas::Tint;

/// Every role's colour for one theme at one hour.
#[derive(Clone, Debug)]
pub struct Paint {
    tints: Vec<Tint>,
    /// Zenith to horizon.
    pub sky: [Rgb; 7],
    /// The share of a sign's light that the road gives back.
    pub glow: f32,
    /// The sky goes from tone to tone without steps in between.
    pub coarse: bool,
}

impl Paint {
    /// Mixes the palette for a look and an hour.
    ///
    /// 256 colours have no dark browns and greens: there the ground keeps its daytime colours and stays dry, and the
    /// sky has its own ramp.
    pub fn new(look: Look, hour: Hour) -> Self {
        let theme = look.theme;
        let coarse = look.colours == Colours::Indexed && theme == ThemeName::Dark;
        let palette = Palette::get();
        let tones = palette.hour(hour);
        let mut tints: Vec<Tint> =
            Role::ALL.iter().map(|&role| Tint::of(role, palette.entry(role).rgb(theme))).collect();
        let black = palette.entry(Role::HudPaper).rgb(theme);
        if theme == ThemeName::Contrast {
            return Self { tints, sky: [black; 7], glow: 0.0, coarse };
        }
        let white = |rgb: Rgb| blend(rgb, [255; 3], palette.light_sky_blend);
        let light = theme == ThemeName::Light;
        let tinted = if coarse { &[] } else { palette.tinted() };
        for &role in tinted {
            let tint = &mut tints[role as usize];
            for (value, factor) in tint.rgb.iter_mut().zip(tones.ambient) {
                // Paper-white panels over a black town would hurt: the light theme keeps half of the day.
                let factor = if light { f32::midpoint(factor, 1.0) } else { factor };
                *value = (f32::from(*value) * factor).round() as u8;
            }
        }
        for &(role, rgb) in &tones.roles {
            let shines = matches!(role, Role::Window | Role::WindowWarm | Role::Lantern | Role::Sun);
            let rgb = match (light, shines) {
                (true, true) if hour == Hour::Day => continue,
                (true, false) => white(rgb),
                _ => rgb,
            };
            tints[role as usize].rgb = rgb;
        }
        let sky = match (light, coarse) {
            (true, _) => tones.sky.map(white),
            (false, true) => tones.sky_indexed.map(indexed_rgb),
            (false, false) => tones.sky,
        };
        Self { tints, sky, glow: if coarse { 0.0 } else { tones.glow }, coarse }
    }

    /// The colour of a role.
    pub fn tint(&self, role: Role) -> Tint {
        self.tints[role as usize]
    }
}

/// `share` of the way from one colour to another; 0 stays, 1 arrives.
pub fn blend(from: Rgb, to: Rgb, share: f32) -> Rgb {
    let mut out = from;
    for (value, target) in out.iter_mut().zip(to) {
        *value = (f32::from(*value) + (f32::from(target) - f32::from(*value)) * share).round() as u8;
    }
    out
}
