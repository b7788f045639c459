//! Shorthand syntax: `Key=a,Value=b`, `Ids=a,b`, `Outer={Inner=[1,2]}`.
//!
//! The grammar is the AWS CLI's (`awscli/shorthand.py`), backtracking included: after `a=b,` the next word is
//! one more value unless an `=` follows it. Parsing knows no types: what its words become is
//! [`super::coerce`]'s business.

use serde_json::{Map, Value};

/// As deep as any parameter of AWS, far from the stack's end.
const DEEPEST: usize = 32;

/// Parses one shorthand value.
///
/// # Errors
/// The AWS CLI's own sentence, with a caret under the place.
pub fn parse(text: &str) -> Result<Value, String> {
    let mut parser = Parser { letters: text.chars().collect(), at: 0, depth: 0 };
    parser.parameter()
}

struct Parser {
    letters: Vec<char>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn parameter(&mut self) -> Result<Value, String> {
        let mut members = Map::new();
        let (key, value) = self.key_value()?;
        members.insert(key, value);
        let mut last = self.at;
        while self.at < self.letters.len() {
            self.expect(',')?;
            let (key, value) = self.key_value()?;
            if members.contains_key(&key) {
                return Err(format!(
                    "Second instance of key \"{key}\" encountered for input:\n{}\nThis is often because there \
                     is a preceding \",\" instead of a space.",
                    self.caret(last + 1)
                ));
            }
            members.insert(key, value);
            last = self.at;
        }
        Ok(Value::Object(members))
    }

    fn key_value(&mut self) -> Result<(String, Value), String> {
        let key = self.key();
        self.expect('=')?;
        let value = match self.current() {
            None => Value::String(String::new()),
            Some('[') => self.list()?,
            Some('{') => self.hash()?,
            Some(_) => self.comma_separated()?,
        };
        Ok((key, value))
    }

    fn key(&mut self) -> String {
        let start = self.at;
        while self.current().is_some_and(|letter| letter.is_ascii_alphanumeric() || "-_.#/:".contains(letter))
        {
            self.at += 1;
        }
        self.letters[start..self.at].iter().collect()
    }

    /// `a`, or `a,b,c`; gives the last word back when an `=` shows that it was the next key.
    fn comma_separated(&mut self) -> Result<Value, String> {
        let first = self.first_value()?;
        self.skip_spaces();
        if self.current() != Some(',') {
            return Ok(first.into());
        }
        self.expect(',')?;
        let mut items = vec![Value::String(first.clone())];
        loop {
            let next = self.second_value().and_then(|value| {
                self.skip_spaces();
                if self.current().is_none() {
                    return Ok((value, true));
                }
                self.expect(',').map(|()| (value, false))
            });
            match next {
                Ok((value, is_last)) => {
                    items.push(value.into());
                    if is_last {
                        break;
                    }
                }
                Err(error) if self.current().is_none() => return Err(error),
                Err(_) => {
                    self.back_to_comma();
                    break;
                }
            }
        }
        Ok(if items.len() == 1 { first.into() } else { Value::Array(items) })
    }

    fn list(&mut self) -> Result<Value, String> {
        self.deeper()?;
        self.expect('[')?;
        let mut items = Vec::new();
        while self.current() != Some(']') {
            items.push(self.explicit()?);
            self.separator(']')?;
        }
        self.expect_here(']')?;
        self.depth -= 1;
        Ok(Value::Array(items))
    }

    fn hash(&mut self) -> Result<Value, String> {
        self.deeper()?;
        self.expect('{')?;
        let mut members = Map::new();
        while self.current() != Some('}') {
            let key = self.key();
            self.expect('=')?;
            let value = self.explicit()?;
            self.separator('}')?;
            members.insert(key, value);
        }
        self.expect_here('}')?;
        self.depth -= 1;
        Ok(Value::Object(members))
    }

    fn explicit(&mut self) -> Result<Value, String> {
        match self.current() {
            Some('[') => self.list(),
            Some('{') => self.hash(),
            _ => self.first_value().map(Value::String),
        }
    }

    /// After an item: the end of its list, or a comma.
    fn separator(&mut self, end: char) -> Result<(), String> {
        self.skip_spaces();
        if self.current() != Some(end) {
            self.expect_here(',')?;
            self.skip_spaces();
        }
        Ok(())
    }

    fn first_value(&mut self) -> Result<String, String> {
        match self.current() {
            Some(quote @ ('\'' | '"')) => self.quoted(quote),
            _ => Ok(self.word(|letter| !"]}".contains(letter))),
        }
    }

    fn second_value(&mut self) -> Result<String, String> {
        if let Some(quote @ ('\'' | '"')) = self.current() {
            return self.quoted(quote);
        }
        let start = self.at;
        let word = self.word(|letter| letter != '=');
        if self.at == start { Err(self.expected("<second>", "<none>")) } else { Ok(word) }
    }

    /// Letters up to one that ends a value; `\,` is a comma that does not.
    ///
    /// The first letter may not be a space, an opening bracket or an equals sign; those that follow may be what
    /// `follows` says (the CLI's `_START_WORD` and `_…_FOLLOW_CHARS`).
    fn word(&mut self, follows: impl Fn(char) -> bool) -> String {
        let start = self.at;
        while let Some(letter) = self.current() {
            let escaped_comma = letter == '\\' && self.letters.get(self.at + 1) == Some(&',');
            if escaped_comma {
                self.at += 2;
                continue;
            }
            let fits = if self.at == start {
                letter > ' ' && !"\"',=[{".contains(letter)
            } else {
                !"\"',".contains(letter) && follows(letter)
            };
            if !fits {
                break;
            }
            self.at += 1;
        }
        let word: String = self.letters[start..self.at].iter().collect();
        word.replace("\\,", ",").trim_end().to_owned()
    }

    fn quoted(&mut self, quote: char) -> Result<String, String> {
        let start = self.at;
        let mut text = String::new();
        self.at += 1;
        while let Some(letter) = self.current() {
            self.at += 1;
            match letter {
                _ if letter == quote => return Ok(text),
                '\\' if matches!(self.current(), Some(next) if next == quote || next == '\\') => {
                    text.extend(self.current());
                    self.at += 1;
                }
                _ => text.push(letter),
            }
        }
        self.at = start;
        let name = if quote == '"' { "<double quoted>" } else { "<singled quoted>" };
        Err(self.expected(name, "<none>"))
    }

    fn deeper(&mut self) -> Result<(), String> {
        self.depth += 1;
        if self.depth > DEEPEST { Err(format!("nested more than {DEEPEST} deep")) } else { Ok(()) }
    }

    fn expect(&mut self, wanted: char) -> Result<(), String> {
        self.skip_spaces();
        self.expect_here(wanted)?;
        self.skip_spaces();
        Ok(())
    }

    fn expect_here(&mut self, wanted: char) -> Result<(), String> {
        match self.current() {
            Some(letter) if letter == wanted => {
                self.at += 1;
                Ok(())
            }
            Some(letter) => Err(self.expected(&wanted.to_string(), &letter.to_string())),
            None => Err(self.expected(&wanted.to_string(), "EOF")),
        }
    }

    fn expected(&self, wanted: &str, received: &str) -> String {
        format!("Expected: '{wanted}', received: '{received}' for input:\n{}", self.caret(self.at))
    }

    /// The input with a caret under a place, as the CLI draws it.
    fn caret(&self, at: usize) -> String {
        let text: String = self.letters.iter().collect();
        format!("{text}\n{}^", " ".repeat(at.min(self.letters.len())))
    }

    fn current(&self) -> Option<char> {
        self.letters.get(self.at).copied()
    }

    fn skip_spaces(&mut self) {
        while self.current().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    fn back_to_comma(&mut self) {
        while self.at > 0 && self.letters.get(self.at) != Some(&',') {
            self.at -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn words_after_a_comma_are_values_until_an_equals_sign_shows_a_key() {
        assert_eq!(parse("a=b"), Ok(json!({"a": "b"})));
        assert_eq!(parse("a=b,c,d=e"), Ok(json!({"a": ["b", "c"], "d": "e"})));
        assert_eq!(parse("Name=tag:Name,Values=x,y"), Ok(json!({"Name": "tag:Name", "Values": ["x", "y"]})));
        assert_eq!(parse("a=,b=c"), Ok(json!({"a": "", "b": "c"})));
        assert_eq!(parse("Key=expr,Value=x=y"), Ok(json!({"Key": "expr", "Value": "x=y"})));
    }

    #[test]
    fn braces_and_brackets_nest_and_quotes_protect() {
        assert_eq!(
            parse("IpProtocol=tcp,IpRanges=[{CidrIp=0.0.0.0/0,Description='a, b'},{CidrIp=10.0.0.0/8}]"),
            Ok(json!({"IpProtocol": "tcp", "IpRanges": [
                {"CidrIp": "0.0.0.0/0", "Description": "a, b"}, {"CidrIp": "10.0.0.0/8"}
            ]}))
        );
        assert_eq!(parse(r#"a="x \"y\"",b=c\,d"#), Ok(json!({"a": "x \"y\"", "b": "c,d"})));
    }

    #[test]
    fn mistakes_are_told_in_the_words_of_the_aws_cli() {
        assert_eq!(
            parse("Id=1,Arn:x"),
            Ok(json!({"Id": ["1", "Arn:x"]})),
            "a word without `=` is one more value"
        );
        assert_eq!(parse("3"), Err("Expected: '=', received: 'EOF' for input:\n3\n ^".to_owned()));
        assert_eq!(
            parse("a={b=c"),
            Err("Expected: ',', received: 'EOF' for input:\na={b=c\n      ^".to_owned())
        );
        assert!(parse("a=b,a=c").is_err_and(|text| text.starts_with("Second instance of key \"a\"")));
    }

    #[test]
    fn odd_inputs_give_what_the_aws_cli_gives() {
        for (text, value) in [
            ("a=b, c , d=e", json!({"a": ["b", "c"], "d": "e"})),
            ("a=[ {x=1} , 2]", json!({"a": [{"x": "1"}, "2"]})),
            ("a={b=c d,e=f}", json!({"a": {"b": "c d", "e": "f"}})),
            ("a=[,]", json!({"a": [""]})),
            ("a=b,c]", json!({"a": ["b", "c]"]})),
            ("a={b=[c=d]}", json!({"a": {"b": ["c=d"]}})),
            ("a=b,c=", json!({"a": "b", "c": ""})),
        ] {
            assert_eq!(parse(text), Ok(value), "{text}");
        }
        for (text, wanted, received) in [
            ("a=b]", ",", "]"),
            ("a=[x]y", ",", "y"),
            ("a=b,", "<second>", "<none>"),
            ("a=b,{c", "=", "{"),
            ("a=b{c}d", ",", "}"),
            ("a='x", "<singled quoted>", "<none>"),
        ] {
            let error = parse(text).expect_err(text);
            assert!(error.starts_with(&format!("Expected: '{wanted}', received: '{received}'")), "{error}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_input_panics_or_hangs(text in "[a-c=,\\[\\]{}'\" \\\\]{0,24}") {
            let _ = parse(&text);
        }
    }
}
