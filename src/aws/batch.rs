//! Batches of SNS and SQS: up to ten entries, each with an id of its own, each succeeding or failing by itself.
//!
//! Source: API references, `SendMessageBatch`, `DeleteMessageBatch`, `ChangeMessageVisibilityBatch`, `PublishBatch`.

use serde_json::{Value, json};

use super::{ApiError, ApiOutcome};

const MOST_ENTRIES: usize = 10;

/// Refuses a batch that is empty, too long, or whose ids do not tell its entries apart. `prefix` is what the service
/// puts before its error codes.
pub(in crate::aws) fn check_ids<'a>(
    prefix: &str,
    ids: impl Iterator<Item = &'a str>,
) -> Result<(), ApiError> {
    let no = |code: &str, message: String| Err(ApiError::client(&format!("{prefix}{code}"), message));
    let ids: Vec<&str> = ids.collect();
    if ids.is_empty() {
        return no("EmptyBatchRequest", "There should be at least one entry in the request.".to_owned());
    }
    if ids.len() > MOST_ENTRIES {
        let message = format!("Maximum number of entries per request are 10. You have sent {}.", ids.len());
        return no("TooManyEntriesInBatchRequest", message);
    }
    for (position, id) in ids.iter().enumerate() {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        if id.is_empty() || id.len() > 80 || !id.chars().all(fits) {
            let message = "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can \
                           be at most 80 letters long.";
            return no("InvalidBatchEntryId", message.to_owned());
        }
        if ids[..position].contains(id) {
            return no("BatchEntryIdsNotDistinct", format!("Id {id} repeated."));
        }
    }
    Ok(())
}

/// What became of the entries.
#[derive(Debug, Default)]
pub(in crate::aws) struct Results {
    successful: Vec<Value>,
    failed: Vec<Value>,
}

impl Results {
    pub fn add(&mut self, id: &str, outcome: ApiOutcome) {
        match outcome {
            Ok(mut answer) => {
                if answer.is_null() {
                    answer = json!({});
                }
                answer["Id"] = id.into();
                self.successful.push(answer);
            }
            Err(error) => self.failed.push(json!({
                "Id": id,
                "SenderFault": error.status < 500,
                "Code": error.code,
                "Message": error.message,
            })),
        }
    }

    /// `Successful` and `Failed`, each only if it holds something.
    pub fn into_answer(self) -> Value {
        let mut answer = json!({});
        for (name, entries) in [("Successful", self.successful), ("Failed", self.failed)] {
            if !entries.is_empty() {
                answer[name] = entries.into();
            }
        }
        answer
    }
}
