use super::*;

fn look_of(pairs: &[(&str, &str)]) -> Look {
    detect(&|name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
}

#[test]
fn the_embedded_palette_names_every_role_once() {
    let palette = Palette::get();
    for &role in Role::ALL {
        assert_eq!(palette.by_key(palette.entry(role).key), Some(role));
        assert_eq!(Role::named(role.name()), Some(role));
    }
}

#[test]
fn an_indexed_colour_is_its_own_nearest() {
    assert!((16..=255).all(|index| indexed_rgb(nearest_indexed(indexed_rgb(index))) == indexed_rgb(index)));
}

#[test]
fn a_colour_with_a_hue_does_not_turn_grey() {
    let is_grey = |rgb| matches!(nearest_indexed(rgb), 232..) || nearest_indexed(rgb) == 59;
    assert!(!is_grey([0x75, 0x58, 0x8a]), "the sky at dawn");
    assert!(!is_grey([0xb0, 0x5f, 0x68]), "the horizon at dusk");
    assert!(is_grey([0x2d, 0x31, 0x39]), "asphalt");
}

#[test]
fn no_color_turns_colours_off_whatever_else_is_said() {
    let look = look_of(&[("NO_COLOR", "1"), ("COLORTERM", "truecolor"), ("LANG", "fr_FR.UTF-8")]);
    assert_eq!(look.colours, Colours::Mono);
    assert_eq!(look.glyphs, Glyphs::Unicode);
    assert_eq!(look_of(&[("NO_COLOR", ""), ("COLORTERM", "24bit")]).colours, Colours::True);
}

#[test]
fn the_terminal_name_says_how_many_colours_it_has() {
    assert_eq!(look_of(&[("TERM", "xterm-256color")]).colours, Colours::Indexed);
    assert_eq!(look_of(&[("TERM", "xterm")]).colours, Colours::Ansi);
    assert_eq!(look_of(&[("TERM", "xterm-kitty")]).colours, Colours::True);
    assert_eq!(look_of(&[("TERM", "xterm-256color"), ("TERM_PROGRAM", "vscode")]).colours, Colours::True);
    assert_eq!(look_of(&[("TERM", "dumb")]).colours, Colours::Mono);
}

#[test]
fn a_locale_without_utf_8_means_ascii() {
    assert_eq!(look_of(&[("LANG", "C.utf8")]).glyphs, Glyphs::Unicode);
    assert_eq!(look_of(&[("LC_ALL", "C"), ("LANG", "fr_FR.UTF-8")]).glyphs, Glyphs::Ascii);
    assert_eq!(look_of(&[]).glyphs, Glyphs::Ascii);
}

#[test]
fn every_mark_folds_to_ascii() {
    assert_eq!(fold("DÉPÔT · crème ✓ ①→②"), "DEPOT . creme v 1>2");
    assert_eq!(fold("état OK"), "etat OK");
}

#[test]
fn without_colours_a_sign_is_reverse_video() {
    let theme = Theme::new(Look { colours: Colours::Mono, ..Look::default() });
    assert!(theme.style(Role::SignText, Role::Measure).add_modifier.contains(Modifier::REVERSED));
    assert!(theme.style(Role::HudKey, Role::HudPaper).add_modifier.contains(Modifier::BOLD));
}

/// WCAG contrast of two colours.
fn contrast(a: Rgb, b: Rgb) -> f64 {
    let luminance = |rgb: Rgb| {
        let line = rgb.map(|v| {
            let v = f64::from(v) / 255.0;
            if v <= 0.03928 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * line[0] + 0.7152 * line[1] + 0.0722 * line[2]
    };
    let (x, y) = (luminance(a), luminance(b));
    (x.max(y) + 0.05) / (x.min(y) + 0.05)
}

#[test]
fn every_pair_that_carries_text_reads_at_four_and_a_half_to_one() {
    use Role as R;
    let pairs = [
        (R::SignText, R::Measure),
        (R::SignText, R::Act),
        (R::SignText, R::State),
        (R::SignText, R::Route),
        (R::SignText, R::Do),
        (R::SignText, R::Deliver),
        (R::SignText, R::Resource),
        (R::SignInk, R::SignPaper),
        (R::SignDim, R::SignPaper),
        (R::Bad, R::SignPaper),
        (R::Ok, R::SignPaper),
        (R::Unknown, R::SignPaper),
        (R::NoteInk, R::NotePaper),
        (R::HudInk, R::HudPaper),
        (R::HudDim, R::HudBand),
        (R::HudKey, R::HudBand),
    ];
    for theme in [ThemeName::Dark, ThemeName::Light, ThemeName::Contrast] {
        for (ink, paper) in pairs {
            let rgb = |role| Palette::get().entry(role).rgb(theme);
            let ratio = contrast(rgb(ink), rgb(paper));
            assert!(ratio >= 4.5, "{theme:?} {} on {}: {ratio:.2}", ink.name(), paper.name());
        }
    }
}
