//! gzip as AWS writes it into buckets and function payloads, the same bytes every time.

use std::io::Write;

use flate2::{Compression, GzBuilder};

/// The compressed bytes; no time in the header, so that two runs write the same.
pub fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzBuilder::new().mtime(0).write(Vec::new(), Compression::default());
    encoder.write_all(content).and_then(|()| encoder.finish()).expect("writing to memory does not fail")
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::GzDecoder;

    use super::*;

    #[test]
    fn what_is_compressed_comes_back_and_two_runs_write_the_same() {
        let text = "{\"Records\":[]}".repeat(100);
        let packed = gzip(text.as_bytes());
        let mut unpacked = String::new();
        GzDecoder::new(packed.as_slice()).read_to_string(&mut unpacked).expect("it is gzip");

        assert_eq!(unpacked, text);
        assert!(packed.len() < text.len() / 10);
        assert_eq!(packed, gzip(text.as_bytes()));
    }
}
