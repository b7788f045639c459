//! Wildcards and policy variables.

use std::str::Chars;

use super::PolicyContext;

/// What a `*` or `?` written as `${*}` or `${?}` becomes, so that it matches only itself.
const LITERAL_STAR: char = '\u{e000}';
const LITERAL_MARK: char = '\u{e001}';

/// Whether `text` fits `pattern`, in which `*` is any run of characters and `?` any one.
///
/// A mismatch goes back to the last star only, so the time is bounded by the product of the two lengths.
pub(in crate::aws) fn matches(pattern: &str, text: &str) -> bool {
    fits(pattern.chars(), text.chars(), |wanted, actual| literal(wanted) == actual)
}

/// The same for names of actions, in which capitals make no difference.
pub(super) fn matches_ignoring_case(pattern: &str, text: &str) -> bool {
    fits(pattern.chars(), text.chars(), |wanted, actual| literal(wanted).eq_ignore_ascii_case(&actual))
}

fn fits(mut pattern: Chars<'_>, mut text: Chars<'_>, same: fn(char, char) -> bool) -> bool {
    let mut retry: Option<(Chars<'_>, Chars<'_>)> = None;
    loop {
        let ahead = text.clone().next();
        match (pattern.next(), ahead) {
            (Some('*'), _) => retry = Some((pattern.clone(), text.clone())),
            (Some(wanted), Some(actual)) if wanted == '?' || same(wanted, actual) => {
                text.next();
            }
            (None, None) => return true,
            _ => {
                // The last star takes one character more, and the rest is tried again.
                let Some((after_star, taken)) = &mut retry else { return false };
                if taken.next().is_none() {
                    return false;
                }
                (pattern, text) = (after_star.clone(), taken.clone());
            }
        }
    }
}

const fn literal(written: char) -> char {
    match written {
        LITERAL_STAR => '*',
        LITERAL_MARK => '?',
        other => other,
    }
}

/// Whether two ARNs fit, part by part, so that a `*` in one part does not reach into the next.
pub(super) fn arn_matches(pattern: &str, text: &str) -> bool {
    if pattern == "*" {
        return true;
    }
    let pattern: Vec<&str> = pattern.splitn(6, ':').collect();
    let text: Vec<&str> = text.splitn(6, ':').collect();
    pattern.len() == text.len() && pattern.iter().zip(&text).all(|(wanted, part)| matches(wanted, part))
}

/// The text with `${aws:username}` and the like replaced; `None` when the request lacks one of them.
pub(super) fn expand(text: &str, context: &PolicyContext) -> Option<String> {
    if !text.contains("${") {
        return Some(text.to_owned());
    }
    let mut expanded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        expanded.push_str(&rest[..start]);
        let Some(length) = rest[start..].find('}') else {
            expanded.push_str(&rest[start..]);
            return Some(expanded);
        };
        let inside = &rest[start + 2..start + length];
        match inside {
            "*" => expanded.push(LITERAL_STAR),
            "?" => expanded.push(LITERAL_MARK),
            "$" => expanded.push('$'),
            _ => expanded.push_str(&variable(inside, context)?),
        }
        rest = &rest[start + length + 1..];
    }
    expanded.push_str(rest);
    Some(expanded)
}

/// `aws:username`, or `aws:username, 'nobody'` with a default.
fn variable(inside: &str, context: &PolicyContext) -> Option<String> {
    let (key, default) = match inside.split_once(',') {
        Some((key, default)) => (key.trim(), Some(default.trim().trim_matches('\'').to_owned())),
        None => (inside.trim(), None),
    };
    context.get(key).and_then(<[String]>::first).cloned().or(default)
}
