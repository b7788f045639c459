//! API names as the AWS CLI spells them: `DBInstanceIdentifier` is `--db-instance-identifier`.
//!
//! The rule is botocore's `xform_name` with `-`, step for step, since it decides where a dash goes.

/// The command-line spelling of an operation or a parameter.
pub fn kebab(name: &str) -> String {
    if name.contains('-') {
        return name.to_owned();
    }
    let name = set_plural_acronym_apart(name);
    let letters: Vec<char> = name.chars().collect();
    let mut dashed = String::with_capacity(name.len() + 8);
    // A capital followed by small letters begins a word: `DBInstance` -> `DB-Instance`.
    let mut at = 0;
    while at < letters.len() {
        let begins_word = at + 2 < letters.len()
            && letters[at + 1].is_ascii_uppercase()
            && letters[at + 2].is_ascii_lowercase();
        dashed.push(letters[at]);
        at += 1;
        if begins_word {
            dashed.push('-');
            dashed.push(letters[at]);
            at += 1;
            while at < letters.len() && letters[at].is_ascii_lowercase() {
                dashed.push(letters[at]);
                at += 1;
            }
        }
    }
    // A capital after a small letter or a digit begins one too: `roleARN` -> `role-ARN`.
    let mut spelled = String::with_capacity(dashed.len() + 8);
    let mut before = ' ';
    for letter in dashed.chars() {
        if letter.is_ascii_uppercase() && (before.is_ascii_lowercase() || before.is_ascii_digit()) {
            spelled.push('-');
        }
        spelled.push(letter.to_ascii_lowercase());
        before = letter;
    }
    spelled
}

/// `TopicARNs` -> `Topic-arns`: the plural s of an acronym begins no word.
fn set_plural_acronym_apart(name: &str) -> String {
    let Some(stem) = name.strip_suffix('s') else { return name.to_owned() };
    let acronym = stem.len() - stem.trim_end_matches(|letter: char| letter.is_ascii_uppercase()).len();
    if acronym < 2 {
        return name.to_owned();
    }
    let (head, tail) = name.split_at(stem.len() - acronym);
    format!("{head}-{}", tail.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_spelled_as_botocore_spells_them() {
        for (name, spelled) in [
            ("AuthorizeSecurityGroupIngress", "authorize-security-group-ingress"),
            ("DBInstanceIdentifier", "db-instance-identifier"),
            ("roleARN", "role-arn"),
            ("S3BucketName", "s3-bucket-name"),
            ("SnapshotARNs", "snapshot-arns"),
            ("MFADelete", "mfa-delete"),
            ("ACL", "acl"),
            ("OKActions", "ok-actions"),
            ("deliveryS3Bucket", "delivery-s3-bucket"),
            ("Ipv6Addresses", "ipv6-addresses"),
            ("CodeSha256", "code-sha256"),
            ("SSEKMSKeyId", "ssekms-key-id"),
            ("GetTrailStatus", "get-trail-status"),
        ] {
            assert_eq!(kebab(name), spelled);
        }
    }
}
