//! What the terminal can show, guessed from its environment.
//!
//! Pure: the caller hands over a way to read variables, so tests hand over a list.

use super::{Colours, Glyphs, Look, ThemeName};

/// Programs that show 24-bit colour and say so only by their name.
const TRUECOLOUR_PROGRAMS: [&str; 6] = ["iTerm.app", "vscode", "WezTerm", "ghostty", "rio", "WarpTerminal"];
const TRUECOLOUR_TERMS: [&str; 5] = ["kitty", "alacritty", "ghostty", "foot", "direct"];

/// The look that suits a terminal; settings and flags may replace any part of it.
///
/// `variable` reads an environment variable; an unset one is `None`.
pub fn detect(variable: &dyn Fn(&str) -> Option<String>) -> Look {
    let read = |name: &str| variable(name).unwrap_or_default();
    let glyphs = glyphs(&read);
    Look { colours: colours(&read), glyphs, theme: ThemeName::Dark }
}

fn colours(read: &dyn Fn(&str) -> String) -> Colours {
    let term = read("TERM");
    // https://no-color.org: present and not empty, whatever its value.
    if !read("NO_COLOR").is_empty() || term == "dumb" {
        return Colours::Mono;
    }
    let program = read("TERM_PROGRAM");
    let says_so = matches!(read("COLORTERM").as_str(), "truecolor" | "24bit");
    if says_so
        || !read("WT_SESSION").is_empty()
        || TRUECOLOUR_PROGRAMS.contains(&program.as_str())
        || TRUECOLOUR_TERMS.iter().any(|name| term.contains(name))
    {
        Colours::True
    } else if term.contains("256color") || program == "Apple_Terminal" {
        Colours::Indexed
    } else {
        Colours::Ansi
    }
}

fn glyphs(read: &dyn Fn(&str) -> String) -> Glyphs {
    // The console of a bare Linux has half blocks but none of the marks; Windows Terminal sets no locale.
    if matches!(read("TERM").as_str(), "dumb" | "linux") {
        return Glyphs::Ascii;
    }
    if !read("WT_SESSION").is_empty() {
        return Glyphs::Unicode;
    }
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().map(read).find(|value| !value.is_empty());
    let locale = locale.unwrap_or_default().to_ascii_lowercase();
    if locale.contains("utf-8") || locale.contains("utf8") { Glyphs::Unicode } else { Glyphs::Ascii }
}
