//! Moments as CloudWatch alone writes them, each reader its own way.

use chrono::{DateTime, Utc};

use crate::aws::timestamps;

/// `20/11/26 07:00:00`: the start of a period inside a reason.
pub fn in_reason(epoch_ms: i64) -> String {
    timestamps::from_epoch_ms(epoch_ms).format("%d/%m/%y %H:%M:%S").to_string()
}

/// `2026-11-20T07:06:00.000+0000`: reason data, events and notifications.
pub fn in_data(utc: DateTime<Utc>) -> String {
    utc.format("%Y-%m-%dT%H:%M:%S%.3f+0000").to_string()
}

/// `Sunday 06 November, 2022 17:43:53 UTC`: mails, and what a composite alarm's reason says of a child.
pub fn in_mail(utc: DateTime<Utc>) -> String {
    utc.format("%A %d %B, %Y %H:%M:%S UTC").to_string()
}

/// A number inside a reason: with a decimal part, and powers of ten from ten million on, as the service prints.
pub fn number(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-3..1e7).contains(&size) {
        let text = format!("{value:E}");
        return match text.split_once('E') {
            Some((digits, power)) if !digits.contains('.') => format!("{digits}.0E{power}"),
            _ => text,
        };
    }
    format!("{value:?}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_and_numbers_print_as_in_recorded_messages() {
        let moment = timestamps::parse("2017-09-08T16:01:07Z").expect("it is RFC 3339");

        assert_eq!(in_reason(moment.timestamp_millis()), "08/09/17 16:01:07");
        assert_eq!(in_data(moment), "2017-09-08T16:01:07.000+0000");
        assert_eq!(in_mail(moment), "Friday 08 September, 2017 16:01:07 UTC");
        assert_eq!([1.0, 99.5, 0.0, 2.5e7].map(number), ["1.0", "99.5", "0.0", "2.5E7"]);
        assert_eq!(number(1e8), "1.0E8");
    }
}
