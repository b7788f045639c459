//! Numbers, durations and dates as each language writes them.

use super::Lang;

/// A measure: no needless zeros, at most one decimal, comma in French.
pub fn number(lang: Lang, value: f64) -> String {
    let rounded = (value * 10.0).round() / 10.0;
    let text = if (rounded - rounded.trunc()).abs() < 0.05 {
        format!("{rounded:.0}")
    } else {
        format!("{rounded:.1}")
    };
    match lang {
        Lang::Fr => text.replace('.', ","),
        Lang::En => text,
    }
}

/// How many times faster: all its decimals, comma in French.
pub fn factor(lang: Lang, value: f64) -> String {
    match lang {
        Lang::Fr => value.to_string().replace('.', ","),
        Lang::En => value.to_string(),
    }
}

/// `12 %` in French, `12%` in English.
pub fn percent(lang: Lang, value: f64) -> String {
    match lang {
        Lang::Fr => format!("{}\u{a0}%", number(lang, value)),
        Lang::En => format!("{}%", number(lang, value)),
    }
}

/// A count with its thousands apart: `12 345` in French, `12,345` in English.
pub fn count(lang: Lang, n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(match lang {
                Lang::Fr => '\u{202f}',
                Lang::En => ',',
            });
        }
        text.push(digit);
    }
    text
}

/// About how many dollars, to the cent: `≈ 2,70 $` in French, `≈ $2.70` in English, and less than a cent as such.
pub fn about_dollars(lang: Lang, amount: f64) -> String {
    let is_less_than_a_cent = amount > 0.0 && amount < 0.005;
    let (lead, amount) = if is_less_than_a_cent { ("< ", 0.01) } else { ("≈ ", amount) };
    match lang {
        Lang::Fr => format!("{lead}{amount:.2}\u{a0}$").replace('.', ","),
        Lang::En => format!("{lead}${amount:.2}"),
    }
}

/// A story clock: `05:16`, or `1:05:16` past an hour.
pub fn clock(millis: u64) -> String {
    let seconds = millis / 1_000;
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes:02}:{seconds:02}")
    }
}

/// A length of time as one says it: `≈ 5 min`, `≈ 2 s`, `50 ms`.
pub fn duration(millis: u64) -> String {
    match millis {
        0..1_000 => format!("{millis} ms"),
        1_000..90_000 => {
            let tenths = (millis + 50) / 100;
            if tenths.is_multiple_of(10) || tenths > 100 {
                format!("{} s", (millis + 500) / 1_000)
            } else {
                format!("{}.{} s", tenths / 10, tenths % 10)
            }
        }
        90_000..5_400_000 => format!("{} min", (millis + 30_000) / 60_000),
        _ => format!("{} h", (millis + 1_800_000) / 3_600_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_the_language_writes_them() {
        assert_eq!(number(Lang::Fr, 116.875), "116,9");
        assert_eq!(number(Lang::En, 85.0), "85");
        assert_eq!([factor(Lang::Fr, 0.25), factor(Lang::En, 4.0)], ["0,25", "4"]);
        assert_eq!(percent(Lang::Fr, 85.0), "85\u{a0}%");
        assert_eq!(count(Lang::Fr, 12_345), "12\u{202f}345");
        assert_eq!(count(Lang::En, 1_234_567), "1,234,567");
        assert_eq!(about_dollars(Lang::Fr, 2.7), "≈ 2,70\u{a0}$");
        assert_eq!([about_dollars(Lang::En, 0.0), about_dollars(Lang::En, 0.000_2)], ["≈ $0.00", "< $0.01"]);
    }

    #[test]
    fn the_clock_shows_hours_only_when_there_are_some() {
        assert_eq!(clock(316_000), "05:16");
        assert_eq!(clock(3_916_000), "1:05:16");
    }
}
