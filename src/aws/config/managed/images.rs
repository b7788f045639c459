//! Rules about the images instances come from.

use serde_json::Value;

use super::{ManagedRule, Parameter, Subject, Verdict, instances::is_running, on_change};

const INSTANCE: &[&str] = &["AWS::EC2::Instance"];

pub(super) const RULES: &[ManagedRule] = &[
    on_change("APPROVED_AMIS_BY_ID", "approved-amis-by-id", INSTANCE, by_id)
        .taking(&[Parameter::list("amiIds").required()]),
    on_change("APPROVED_AMIS_BY_TAG", "approved-amis-by-tag", INSTANCE, by_tag)
        .taking(&[Parameter::list("amisByTagKeyAndValue").default("tag-key:tag-value,other-tag-key")]),
];

/// Running instances only: the guide says nothing of others, so they are not judged.
fn by_id(subject: &Subject<'_>) -> Verdict {
    if is_running(subject) { subject.on_list("/imageId", "amiIds") } else { Verdict::not_applicable() }
}

/// The image has one of the tags, `key` or `key:value`. The image's tags stand in `ImageTags`, our addition to the
/// item: the real rule asks EC2 for them.
fn by_tag(subject: &Subject<'_>) -> Verdict {
    if !is_running(subject) {
        return Verdict::not_applicable();
    }
    let tags = subject.supplementary("ImageTags");
    let wanted = subject.listed("amisByTagKeyAndValue").unwrap_or_default();
    let has = |tag: &&str| {
        let (key, value) = tag.split_once(':').map_or((*tag, None), |(key, value)| (key, Some(value)));
        let actual = tags.and_then(|tags| tags.get(key)).and_then(Value::as_str);
        actual.is_some_and(|actual| value.is_none_or(|value| value == actual))
    };
    if wanted.iter().any(has) {
        Verdict::compliant()
    } else {
        let image = subject.text("/imageId").unwrap_or_default();
        Verdict::non_compliant("imageId", format!("an image tagged {}", wanted.join(" or ")), image)
    }
}
