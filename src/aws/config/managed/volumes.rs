//! Rules about volumes, their snapshots, and encryption by default.

use serde_json::Value;

use super::{
    ACCOUNT, ManagedRule, Parameter, Subject, Verdict, keys::is_key, on_change, periodic, subject::is_true,
};

const VOLUME: &[&str] = &["AWS::EC2::Volume"];

pub(super) const RULES: &[ManagedRule] = &[
    on_change("ENCRYPTED_VOLUMES", "encrypted-volumes", VOLUME, encrypted)
        .taking(&[Parameter::text("kmsId")]),
    on_change("EC2_VOLUME_INUSE_CHECK", "ec2-volume-inuse-check", VOLUME, in_use)
        .taking(&[Parameter::text("deleteOnTermination")]),
    periodic("EC2_EBS_ENCRYPTION_BY_DEFAULT", "ec2-ebs-encryption-by-default", ACCOUNT, |subject| {
        subject.flag("/ebsEncryptionByDefault", true)
    }),
    periodic(
        "EBS_SNAPSHOT_PUBLIC_RESTORABLE_CHECK",
        "ebs-snapshot-public-restorable-check",
        ACCOUNT,
        snapshots_private,
    ),
];

fn is_attached(attachment: &Value) -> bool {
    attachment
        .get("state")
        .and_then(Value::as_str)
        .is_none_or(|state| matches!(state, "attached" | "attaching"))
}

/// Volumes in an attached state only.
fn encrypted(subject: &Subject<'_>) -> Verdict {
    if !subject.list("/attachments").any(is_attached) {
        return Verdict::not_applicable();
    }
    if !subject.is("/encrypted") {
        return subject.flag("/encrypted", true);
    }
    let key = subject.text("/kmsKeyId").unwrap_or_default();
    match subject.parameter("kmsId") {
        Some(wanted) if !is_key(key, wanted) => Verdict::non_compliant("kmsKeyId", wanted, key),
        _ => Verdict::compliant(),
    }
}

/// Attached; with `deleteOnTermination`, marked so. A value that is neither true nor false fits no volume.
fn in_use(subject: &Subject<'_>) -> Verdict {
    let Some(attachment) = subject.list("/attachments").find(|one| is_attached(one)) else {
        let state = subject.get("/state").cloned().unwrap_or_default();
        return Verdict::non_compliant("attachments", "attached to an instance", state);
    };
    let Some(wanted) = subject.parameter("deleteOnTermination") else { return Verdict::compliant() };
    let actual = attachment.get("deleteOnTermination").is_some_and(is_true);
    if wanted.eq_ignore_ascii_case(&actual.to_string()) {
        Verdict::compliant()
    } else {
        Verdict::non_compliant("attachments.deleteOnTermination", wanted, actual)
    }
}

/// No snapshot may be restored by all. The result is the account's, whose `snapshots` are our addition.
fn snapshots_private(subject: &Subject<'_>) -> Verdict {
    let is_public = |snapshot: &&Value| {
        let permissions = snapshot.get("createVolumePermissions").and_then(Value::as_array);
        permissions.into_iter().flatten().any(|one| one.get("group").and_then(Value::as_str) == Some("all"))
    };
    match subject.list("/snapshots").find(is_public) {
        Some(snapshot) => {
            let id = snapshot.get("snapshotId").cloned().unwrap_or_default();
            Verdict::non_compliant("snapshots", "none that all may restore", id)
        }
        None => Verdict::compliant(),
    }
}
