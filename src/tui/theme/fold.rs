//! Text for terminals that only have ASCII.

use super::Palette;

/// `text` in ASCII: marks through the palette's table, accents dropped, anything else as `?`.
pub fn fold(text: &str) -> String {
    text.chars().map(fold_char).collect()
}

/// One character in ASCII.
pub fn fold_char(glyph: char) -> char {
    if glyph.is_ascii() {
        return glyph;
    }
    if let Some(mark) = Palette::get().ascii(glyph) {
        return mark;
    }
    match glyph {
        'à' | 'â' | 'ä' | 'á' => 'a',
        'ç' => 'c',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'î' | 'ï' | 'í' => 'i',
        'ô' | 'ö' | 'ó' | 'œ' => 'o',
        'ù' | 'û' | 'ü' | 'ú' => 'u',
        'À' | 'Â' | 'Ä' => 'A',
        'Ç' => 'C',
        'É' | 'È' | 'Ê' | 'Ë' => 'E',
        'Î' | 'Ï' => 'I',
        'Ô' | 'Ö' | 'Œ' => 'O',
        'Ù' | 'Û' | 'Ü' => 'U',
        '\u{a0}' | '\u{202f}' => ' ',
        '–' | '—' => '-',
        '’' | '‘' => '\'',
        '“' | '”' => '"',
        '①'..='⑨' => char::from(b'1' + (u32::from(glyph) - u32::from('①')) as u8),
        '⟦' => '[',
        '⟧' => ']',
        '←' => '<',
        '‖' => '|',
        '▲' => '^',
        '▷' => '>',
        '↻' => '@',
        '±' => '~',
        '⊡' | '⊟' => '=',
        _ => '?',
    }
}
