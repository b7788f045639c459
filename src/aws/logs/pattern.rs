//! Filter patterns, as far as they are simulated: nothing, plain terms and quoted phrases, all of which must be there.
//!
//! The first character decides the syntax. Those we do not read yet (JSON, delimited, regular expressions, optional and
//! excluded terms) are refused by name rather than misread.

use crate::aws::ApiError;

/// What a message must contain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pattern {
    terms: Vec<String>,
}

impl Pattern {
    /// Reads a pattern; an empty or blank one matches everything.
    ///
    /// # Errors
    /// The name of a syntax that is not simulated, or what is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, ApiError> {
        let text = text.trim();
        let mut terms = Vec::new();
        let mut rest = text;
        if text.starts_with('{') {
            return Err(not_simulated("JSON filter patterns such as { $.field = value }"));
        }
        if text.starts_with('[') {
            return Err(not_simulated("space-delimited filter patterns such as [ip, user, ...]"));
        }
        while let Some(first) = rest.chars().next() {
            let (term, after) = match first {
                '?' => return Err(not_simulated("optional terms such as ?ERROR")),
                '-' => return Err(not_simulated("excluded terms such as -DEBUG")),
                '%' => return Err(not_simulated("regular expressions such as %ERR.*%")),
                '"' => rest[1..].split_once('"').ok_or_else(|| invalid(text))?,
                _ => rest.split_once(char::is_whitespace).unwrap_or((rest, "")),
            };
            if first != '"' && !term.chars().all(|letter| letter.is_alphanumeric() || letter == '_') {
                return Err(invalid(text));
            }
            terms.push(term.to_owned());
            rest = after.trim_start();
        }
        Ok(Self { terms })
    }

    pub fn matches(&self, message: &str) -> bool {
        self.terms.iter().all(|term| message.contains(term.as_str()))
    }
}

fn not_simulated(what: &str) -> ApiError {
    ApiError::client("InvalidParameterException", format!("Vigie does not simulate {what} yet"))
}

/// Terms with other characters than letters and digits must be quoted.
fn invalid(text: &str) -> ApiError {
    ApiError::client("InvalidParameterException", format!("Invalid filter pattern: {text}"))
}
