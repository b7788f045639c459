//! `approved-amis-by-id`: running instances come from images on a list.

use super::{ManagedRule, Parameter, Subject, Verdict};

pub(super) const RULE: ManagedRule = ManagedRule {
    identifier: "APPROVED_AMIS_BY_ID",
    name: "approved-amis-by-id",
    resource_types: &["AWS::EC2::Instance"],
    is_periodic: false,
    parameters: &[Parameter { name: "amiIds", required: true, default: None }],
    judge,
};

fn judge(subject: &Subject<'_>) -> Verdict {
    if subject.text("/state/name").is_some_and(|state| state != "running" && state != "pending") {
        return Verdict::not_applicable();
    }
    let image = subject.text("/imageId").unwrap_or_default();
    let is_approved = subject.values("amiIds").any(|approved| approved == image);
    Verdict::unless((!is_approved).then(|| format!("The image {image} is not approved.")))
}
