//! A strict JSON reader that keeps what a generic parser throws away.
//!
//! Patterns and events reach the matcher as text, because the spelling of a number, a key written twice and
//! the place of a mistake all count. The reader walks that text without building a tree: it hands out borrowed
//! strings and numbers, skips whole values cheaply, and never recurses while skipping. It must not accept
//! anything RFC 8259 refuses: a pattern that only our parser likes would be a lie.

use std::borrow::Cow;

/// How deep objects and arrays may nest, in a pattern or an event.
///
/// Teaching default: far beyond any AWS event, and small enough for every thread's stack.
pub(super) const MAX_DEPTH: usize = 200;

/// A place where the text stops being JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct JsonError {
    /// Byte offset of the offending character (the text's length at the end of the text).
    pub at: usize,
    pub reason: String,
}

/// The first character of a value says what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Object,
    Array,
    String,
    Number,
    True,
    False,
    Null,
}

/// A cursor over JSON text.
#[derive(Clone, Debug)]
pub(super) struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    pub fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// Byte offset of the next unread character.
    pub fn at(&self) -> usize {
        self.at
    }

    /// The source between an earlier offset and here.
    pub fn since(&self, start: usize) -> &'t str {
        &self.text[start..self.at]
    }

    /// What is left to read.
    pub fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    /// The next byte that is not white space, unread.
    #[inline]
    pub fn peek(&mut self) -> Option<u8> {
        // Machines write no white space: the first look is nearly always enough.
        match self.text.as_bytes().get(self.at) {
            Some(&byte) if byte > b' ' => Some(byte),
            _ => self.peek_past_space(),
        }
    }

    fn peek_past_space(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = bytes.get(self.at) {
            self.at += 1;
        }
        bytes.get(self.at).copied()
    }

    /// Takes `byte` if it comes next.
    #[inline]
    pub fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// What the next value is; an error if no value starts here.
    #[inline]
    pub fn kind(&mut self) -> Result<Kind, JsonError> {
        match self.peek() {
            Some(b'{') => Ok(Kind::Object),
            Some(b'[') => Ok(Kind::Array),
            Some(b'"') => Ok(Kind::String),
            Some(b'-' | b'0'..=b'9') => Ok(Kind::Number),
            Some(b't') => Ok(Kind::True),
            Some(b'f') => Ok(Kind::False),
            Some(b'n') => Ok(Kind::Null),
            _ => Err(self.unexpected("expecting a value")),
        }
    }

    /// After a member or an entry: `true` if another follows, `false` at the closing bracket.
    #[inline]
    pub fn more(&mut self, close: u8) -> Result<bool, JsonError> {
        if self.take(close) {
            return Ok(false);
        }
        if !self.take(b',') {
            return Err(self.unexpected("expecting a comma or the closing bracket"));
        }
        if self.peek() == Some(close) {
            return Err(self.unexpected("nothing follows the comma"));
        }
        Ok(true)
    }

    /// A member's name and its colon.
    #[inline]
    pub fn key(&mut self) -> Result<Cow<'t, str>, JsonError> {
        if self.peek() != Some(b'"') {
            return Err(self.unexpected("expecting a field name in double quotes"));
        }
        let key = self.string()?;
        if self.take(b':') { Ok(key) } else { Err(self.unexpected("expecting a colon after the field name")) }
    }

    /// A string, unescaped; borrowed when it holds no escape.
    #[inline]
    pub fn string(&mut self) -> Result<Cow<'t, str>, JsonError> {
        let start = self.at + 1;
        self.at = start;
        let mut unescaped: Option<String> = None;
        let mut copied = start;
        loop {
            self.at += plain_run(&self.text.as_bytes()[self.at..]);
            match self.text.as_bytes().get(self.at) {
                Some(b'"') => {
                    let tail = &self.text[copied..self.at];
                    self.at += 1;
                    return Ok(match unescaped {
                        None => Cow::Borrowed(tail),
                        Some(text) => Cow::Owned(text + tail),
                    });
                }
                Some(b'\\') => {
                    let text = unescaped.get_or_insert_default();
                    text.push_str(&self.text[copied..self.at]);
                    let decoded = self.escape()?;
                    text.push(decoded);
                    copied = self.at;
                }
                Some(_) => return Err(self.error("a control character must be escaped inside a string")),
                None => return Err(self.error("the text ends inside a string")),
            }
        }
    }

    /// Passes over a string as strictly as [`Self::string`] reads it, without keeping it.
    #[inline]
    fn skip_string(&mut self) -> Result<(), JsonError> {
        self.at += 1;
        loop {
            self.at += plain_run(&self.text.as_bytes()[self.at..]);
            match self.text.as_bytes().get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => drop(self.escape()?),
                Some(_) => return Err(self.error("a control character must be escaped inside a string")),
                None => return Err(self.error("the text ends inside a string")),
            }
        }
    }

    /// Passes over a member's name and its colon.
    #[inline]
    fn skip_key(&mut self) -> Result<(), JsonError> {
        if self.peek() != Some(b'"') {
            return Err(self.unexpected("expecting a field name in double quotes"));
        }
        self.skip_string()?;
        if self.take(b':') { Ok(()) } else { Err(self.unexpected("expecting a colon after the field name")) }
    }

    /// One escape sequence; a lone surrogate becomes U+FFFD, since Rust text cannot hold it.
    fn escape(&mut self) -> Result<char, JsonError> {
        let letter = self.text.as_bytes().get(self.at + 1).copied();
        let simple = match letter {
            Some(b @ (b'"' | b'\\' | b'/')) => char::from(b),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode_escape(),
            _ => return Err(self.error("unrecognized escape in a string")),
        };
        self.at += 2;
        Ok(simple)
    }

    fn unicode_escape(&mut self) -> Result<char, JsonError> {
        let Some(first) = self.hex4(self.at) else {
            return Err(self.error("`\\u` takes four hexadecimal digits"));
        };
        self.at += 6;
        if (0xD800..0xDC00).contains(&first)
            && let Some(second) = self.hex4(self.at)
            && (0xDC00..0xE000).contains(&second)
        {
            self.at += 6;
            let code = 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00);
            return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        Ok(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    /// The code unit of a `\uXXXX` starting at `at`.
    fn hex4(&self, at: usize) -> Option<u32> {
        let bytes = self.text.as_bytes().get(at..at + 6)?;
        let digits = bytes.strip_prefix(b"\\u")?;
        digits.iter().try_fold(0, |code, &digit| Some(code * 16 + char::from(digit).to_digit(16)?))
    }

    /// A number, as written.
    pub fn number(&mut self) -> Result<&'t str, JsonError> {
        let start = self.at;
        let bytes = self.text.as_bytes();
        self.at += usize::from(bytes.get(self.at) == Some(&b'-'));
        if bytes.get(self.at) == Some(&b'0') {
            self.at += 1;
            if matches!(bytes.get(self.at), Some(b'0'..=b'9')) {
                return Err(self.error("leading zeroes are not allowed in a number"));
            }
        } else {
            self.digits()?;
        }
        if bytes.get(self.at) == Some(&b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = bytes.get(self.at) {
            self.at += 1;
            self.at += usize::from(matches!(bytes.get(self.at), Some(b'+' | b'-')));
            self.digits()?;
        }
        Ok(self.since(start))
    }

    fn digits(&mut self) -> Result<(), JsonError> {
        let rest = &self.text.as_bytes()[self.at..];
        let count = rest.iter().take_while(|b| b.is_ascii_digit()).count();
        if count == 0 {
            return Err(self.unexpected("expecting a digit"));
        }
        self.at += count;
        Ok(())
    }

    /// `true`, `false` or `null`, whichever its first letter announced.
    pub fn literal(&mut self, word: &'static str) -> Result<(), JsonError> {
        if !self.text[self.at..].starts_with(word) {
            return Err(self.error("unrecognized bare word"));
        }
        self.at += word.len();
        match self.text.as_bytes().get(self.at) {
            Some(b) if b.is_ascii_alphanumeric() => Err(self.error("unrecognized bare word")),
            _ => Ok(()),
        }
    }

    /// Enters an object or an array: `true` if it is empty (and already closed).
    pub fn open(&mut self, close: u8) -> bool {
        self.at += 1;
        self.take(close)
    }

    /// Passes over one value of any size, in a loop: nesting costs a counter, not stack.
    pub fn skip(&mut self) -> Result<(), JsonError> {
        let mut open = Open::default();
        loop {
            match self.kind()? {
                Kind::Object if !self.open(b'}') => {
                    open.enter(true);
                    self.skip_key()?;
                    self.check_depth(open.depth)?;
                    continue;
                }
                Kind::Array if !self.open(b']') => {
                    open.enter(false);
                    self.check_depth(open.depth)?;
                    continue;
                }
                Kind::Object | Kind::Array => {}
                Kind::String => self.skip_string()?,
                Kind::Number => drop(self.number()?),
                Kind::True => self.literal("true")?,
                Kind::False => self.literal("false")?,
                Kind::Null => self.literal("null")?,
            }
            loop {
                if open.depth == 0 {
                    return Ok(());
                }
                let in_object = open.in_object();
                if self.more(if in_object { b'}' } else { b']' })? {
                    if in_object {
                        self.skip_key()?;
                    }
                    break;
                }
                open.leave();
            }
        }
    }

    /// A string, for a reader who does not mind what else it holds: only its end and its escapes are looked for.
    #[inline]
    pub fn string_needed(&mut self) -> Result<Cow<'t, str>, JsonError> {
        let start = self.at + 1;
        match string_end(self.text.as_bytes(), start) {
            Some(End { past, has_escape: false }) => {
                self.at = past;
                Ok(Cow::Borrowed(&self.text[start..past - 1]))
            }
            _ => self.string(),
        }
    }

    /// A member's name and its colon, for the same reader.
    #[inline]
    pub fn key_needed(&mut self) -> Result<Cow<'t, str>, JsonError> {
        if self.peek() != Some(b'"') {
            return Err(self.unexpected("expecting a field name in double quotes"));
        }
        let key = self.string_needed()?;
        if self.take(b':') { Ok(key) } else { Err(self.unexpected("expecting a colon after the field name")) }
    }

    /// Passes over one value without asking whether it is well-formed inside: only its end is looked for.
    pub fn pass(&mut self) -> Result<(), JsonError> {
        let bytes = self.text.as_bytes();
        match self.kind()? {
            Kind::Object | Kind::Array => {}
            Kind::String => {
                let end = string_end(bytes, self.at + 1);
                self.at = end.ok_or_else(|| self.error("the text ends inside a string"))?.past;
                return Ok(());
            }
            _ => return self.skip(),
        }
        let mut depth = 0_usize;
        let mut at = self.at;
        loop {
            match bytes.get(at) {
                Some(b'"') => match string_end(bytes, at + 1) {
                    Some(end) => at = end.past,
                    None => break,
                },
                Some(b'{' | b'[') => {
                    depth += 1;
                    at += 1;
                }
                Some(b'}' | b']') => {
                    depth -= 1;
                    at += 1;
                    if depth == 0 {
                        self.at = at;
                        return Ok(());
                    }
                }
                Some(_) => at += 1,
                None => break,
            }
        }
        self.at = bytes.len();
        Err(self.error("the text ends inside a value"))
    }

    /// Refuses nesting beyond [`MAX_DEPTH`].
    pub fn check_depth(&self, depth: usize) -> Result<(), JsonError> {
        if depth > MAX_DEPTH { Err(self.error("nested too deeply")) } else { Ok(()) }
    }

    /// Nothing but white space may remain.
    pub fn end(&mut self) -> Result<(), JsonError> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.unexpected("expecting the end of the text")),
        }
    }

    /// An error here, naming the character that does not fit.
    fn unexpected(&self, expected: &str) -> JsonError {
        match self.text[self.at..].chars().next() {
            None => self.error(&format!("unexpected end of text: {expected}")),
            Some(found) => self.error(&format!("unexpected character ({found:?}): {expected}")),
        }
    }

    fn error(&self, reason: &str) -> JsonError {
        JsonError { at: self.at, reason: reason.to_owned() }
    }
}

/// The objects and arrays that a skipped value has opened, one bit each: no memory is asked for.
#[derive(Default)]
struct Open {
    depth: usize,
    /// Whether each level is an object; one level more than the limit, which is refused just after it is entered.
    objects: [u64; MAX_DEPTH / 64 + 1],
}

impl Open {
    fn enter(&mut self, is_object: bool) {
        let (word, bit) = (self.depth / 64, 1 << (self.depth % 64));
        if is_object {
            self.objects[word] |= bit;
        } else {
            self.objects[word] &= !bit;
        }
        self.depth += 1;
    }

    fn leave(&mut self) {
        self.depth -= 1;
    }

    fn in_object(&self) -> bool {
        let level = self.depth - 1;
        self.objects[level / 64] & (1 << (level % 64)) != 0
    }
}

/// Where a string ends, and whether it holds an escape.
#[derive(Clone, Copy)]
struct End {
    /// Past its closing quote.
    past: usize,
    has_escape: bool,
}

/// The end of a string whose text begins at `at`.
#[inline]
fn string_end(bytes: &[u8], mut at: usize) -> Option<End> {
    let mut has_escape = false;
    loop {
        at += quote_run(bytes.get(at..)?)?;
        if bytes[at] == b'"' {
            return Some(End { past: at + 1, has_escape });
        }
        has_escape = true;
        at += 2;
    }
}

/// How many bytes come before the next quote or backslash.
#[inline]
fn quote_run(bytes: &[u8]) -> Option<usize> {
    let (words, tail) = bytes.as_chunks::<8>();
    for (number, &eight) in words.iter().enumerate() {
        let word = u64::from_le_bytes(eight);
        let found = below(word ^ (ONES * u64::from(b'"')), 1) | below(word ^ (ONES * u64::from(b'\\')), 1);
        if found != 0 {
            return Some(number * 8 + found.trailing_zeros() as usize / 8);
        }
    }
    tail.iter().position(|&b| b == b'"' || b == b'\\').map(|run| words.len() * 8 + run)
}

const ONES: u64 = u64::from_le_bytes([1; 8]);

/// The high bit of each byte of a word that is below a limit, right for the lowest such byte.
const fn below(word: u64, limit: u64) -> u64 {
    word.wrapping_sub(ONES * limit) & !word & (ONES << 7)
}

/// How many bytes of a string need no attention: up to the next quote, backslash or control character.
///
/// Looks at eight bytes at a time, since most of an event is inside strings.
fn plain_run(bytes: &[u8]) -> usize {
    let mut run = 0;
    let (words, tail) = bytes.as_chunks::<8>();
    for &eight in words {
        let word = u64::from_le_bytes(eight);
        let quotes = below(word ^ (ONES * u64::from(b'"')), 1);
        let backslashes = below(word ^ (ONES * u64::from(b'\\')), 1);
        let found = below(word, 0x20) | quotes | backslashes;
        if found != 0 {
            return run + found.trailing_zeros() as usize / 8;
        }
        run += 8;
    }
    run + tail.iter().position(|&b| b == b'"' || b == b'\\' || b < 0x20).unwrap_or(tail.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn eight_bytes_at_a_time_find_what_one_at_a_time_finds(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let one_by_one = bytes.iter().position(|&b| b == b'"' || b == b'\\' || b < 0x20);
            prop_assert_eq!(plain_run(&bytes), one_by_one.unwrap_or(bytes.len()));
        }

        #[test]
        fn what_is_read_is_what_serde_json_reads(text in r#"[{\[]?"[a-c\\"u0-9é]{0,12}"?[:,]?[0-9e.+-]{0,5}[}\]]?"#) {
            let mut reader = Reader::new(&text);
            let ours = reader.skip().and_then(|()| reader.end()).is_ok();
            let theirs: Result<serde_json::Value, _> = serde_json::from_str(&text);
            // serde_json refuses lone surrogates and numbers beyond binary64; we let both through.
            prop_assert!(ours || theirs.is_err(), "{text}");
            if ours && let Err(error) = theirs {
                let reason = error.to_string();
                let known = ["surrogate", "out of range", "hex escape"].iter().any(|word| reason.contains(word));
                prop_assert!(known, "{text}: {reason}");
            }
        }
    }
}
