//! Identifiers that look like AWS's and depend on the seed alone.

use std::fmt::Write;

use super::dice::{Dice, Stream};

/// A version-4 shaped UUID, as request and event ids have.
pub fn uuid(dice: &mut Dice) -> String {
    let (high, low) = (dice.bits(Stream::Ids), dice.bits(Stream::Ids));
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xfff,
        (low >> 48) & 0x3fff | 0x8000,
        low & 0xffff_ffff_ffff
    )
}

/// `count` lower-case hexadecimal digits, as in `i-0abc…` and `sg-0abc…`.
pub fn hex(dice: &mut Dice, count: usize) -> String {
    let mut text = String::with_capacity(count + 16);
    while text.len() < count {
        let _ = write!(text, "{:016x}", dice.bits(Stream::Ids));
    }
    text.truncate(count);
    text
}

/// `count` characters of `A-Z2-7`, as in `AIDA…` and `AKIA…`.
pub fn base32(dice: &mut Dice, count: usize) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    (0..count).map(|_| char::from(ALPHABET[(dice.bits(Stream::Ids) & 31) as usize])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_has_the_version_and_variant_of_a_random_one() {
        let id = uuid(&mut Dice::new(1));

        assert_eq!(id.len(), 36);
        assert_eq!(&id[14..15], "4");
        assert!("89ab".contains(&id[19..20]), "{id}");
    }
}
