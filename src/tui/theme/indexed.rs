//! The 256 indexed colours: which one looks like a given colour.
//!
//! Distances are taken in Oklab, where equal steps look equal. A colour that has a hue does not become grey
//! merely because a grey is as near: a red sky at dusk that turns grey says something else.

use std::sync::OnceLock;

use super::Rgb;

/// First of the fixed colours; the sixteen before it are the user's own.
const FIRST: u8 = 16;
/// How much farther greys seem from a colour with a hue.
const GREY_PENALTY: f32 = 2.5;
/// How much farther colours much brighter than the one asked for seem.
const GARISH_PENALTY: f32 = 2.0;
/// Chroma from which a colour has a hue; white is 0, pure red 0.26.
const HUE_FROM: f32 = 0.035;

/// The indexed colour that looks most like `rgb`.
pub fn nearest_indexed(rgb: Rgb) -> u8 {
    let target = oklab(rgb);
    let has_hue = chroma(target) > HUE_FROM;
    let distance = |candidate: &[f32; 3]| {
        let square = |k: usize| (candidate[k] - target[k]).powi(2);
        let plain = square(0) + square(1) + square(2);
        if has_hue && chroma(*candidate) < 0.01 {
            plain * GREY_PENALTY
        } else if chroma(*candidate) > 1.5 * chroma(target) + 0.02 {
            plain * GARISH_PENALTY
        } else {
            plain
        }
    };
    let best = table().iter().enumerate().min_by(|a, b| distance(a.1).total_cmp(&distance(b.1)));
    best.map_or(FIRST, |(index, _)| FIRST + index as u8)
}

/// What an indexed colour is, from 16 on.
pub fn indexed_rgb(index: u8) -> Rgb {
    let step = |n: u8| if n == 0 { 0 } else { 55 + 40 * n };
    match index.saturating_sub(FIRST) {
        cube @ 0..216 => [step(cube / 36), step(cube / 6 % 6), step(cube % 6)],
        grey => [8 + 10 * (grey - 216); 3],
    }
}

fn table() -> &'static [[f32; 3]] {
    static TABLE: OnceLock<Vec<[f32; 3]>> = OnceLock::new();
    TABLE.get_or_init(|| (FIRST..=u8::MAX).map(|index| oklab(indexed_rgb(index))).collect())
}

fn chroma([_, a, b]: [f32; 3]) -> f32 {
    a.hypot(b)
}

/// Björn Ottosson's Oklab: <https://bottosson.github.io/posts/oklab/>.
fn oklab(rgb: Rgb) -> [f32; 3] {
    let [red, green, blue] = rgb.map(|value| {
        let value = f32::from(value) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    });
    // What the long, middle and short cones of the eye see.
    let long = (0.412_221_46 * red + 0.536_332_55 * green + 0.051_445_995 * blue).cbrt();
    let middle = (0.211_903_5 * red + 0.680_699_5 * green + 0.107_396_96 * blue).cbrt();
    let short = (0.088_302_46 * red + 0.281_718_85 * green + 0.629_978_7 * blue).cbrt();
    [
        0.210_454_26 * long + 0.793_617_8 * middle - 0.004_072_047 * short,
        1.977_998_5 * long - 2.428_592_2 * middle + 0.450_593_7 * short,
        0.025_904_037 * long + 0.782_771_77 * middle - 0.808_675_77 * short,
    ]
}
