//! Texts that write numbers: values of a line have no type of their own.

/// The number a text writes: sign, decimals and exponent, and nothing else (no `inf`, no `nan`).
pub fn number(text: &str) -> Option<f64> {
    let plausible = |b: u8| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b'e' | b'E');
    let digits = text.bytes().any(|b| b.is_ascii_digit()) && text.bytes().all(plausible);
    digits.then(|| text.parse().ok()).flatten().filter(|value: &f64| value.is_finite())
}
