//! Wildcards and policy variables.

use super::PolicyContext;

/// What a `*` or `?` written as `${*}` or `${?}` becomes, so that it matches only itself.
const LITERAL_STAR: char = '\u{e000}';
const LITERAL_MARK: char = '\u{e001}';

/// Whether `text` fits `pattern`, in which `*` is any run of characters and `?` any one.
pub(in crate::aws) fn matches(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let text: Vec<char> = text.chars().collect();
    let (mut at, mut from) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while from < text.len() {
        match pattern.get(at) {
            Some('*') => {
                retry = Some((at + 1, from));
                at += 1;
            }
            Some(&wanted) if wanted == '?' || literal(wanted) == text[from] => {
                at += 1;
                from += 1;
            }
            _ => match retry {
                // The last star takes one character more, and the rest is tried again.
                Some((after_star, taken)) => {
                    retry = Some((after_star, taken + 1));
                    at = after_star;
                    from = taken + 1;
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|&rest| rest == '*')
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
