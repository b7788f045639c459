//! Answers that come in pages: `Limit` and `NextToken` of every `List…` operation.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::{ApiOutcome, errors};

/// How many entries a page may have. Source: service model, `LimitMax100`.
pub type Limit = u32;
const MOST: Limit = 100;

/// One page of entries that are ordered by their keys, under the name `list`.
///
/// A token is the key of the last entry of the page before, so that it stays good when entries come and go.
pub(super) fn page<'k>(
    list: &str,
    entries: impl Iterator<Item = (&'k str, Value)>,
    limit: Option<Limit>,
    token: Option<&str>,
) -> ApiOutcome {
    let limit = limit.unwrap_or(MOST);
    errors::check_range(limit, "limit", (1, MOST))?;
    let after = match token {
        None => None,
        Some(token) => {
            let bytes = URL_SAFE_NO_PAD.decode(token).ok();
            let key = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
            Some(key.ok_or_else(|| errors::validation("Invalid pagination token."))?)
        }
    };
    let mut entries: Vec<(&str, Value)> = entries.collect();
    entries.sort_by_key(|(key, _)| *key);
    let begin = after.map_or(0, |after| entries.partition_point(|(key, _)| *key <= after.as_str()));
    let end = entries.len().min(begin + limit as usize);
    let shown: Vec<Value> = entries[begin..end].iter().map(|(_, entry)| entry.clone()).collect();
    let mut answer = json!({ list: shown });
    if end < entries.len() {
        answer["NextToken"] = URL_SAFE_NO_PAD.encode(entries[end - 1].0).into();
    }
    Ok(answer)
}
