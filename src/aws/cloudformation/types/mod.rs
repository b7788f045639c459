//! The resource types that can be deployed, one file per service.
//!
//! A row says which properties a type has, which API parameter each becomes, and which calls create it. Property
//! and attribute names are those of the CloudFormation template reference.

use super::making::ResourceType;

mod cloudtrail;
mod cloudwatch;
mod config;
mod ec2;
mod events;
mod iam;
mod kinesis;
mod kms;
mod lambda;
mod logs;
mod rds;
mod s3;
mod ses;
mod sns;
mod sqs;

/// Every type, by service.
pub fn all() -> impl Iterator<Item = &'static ResourceType> {
    [
        ec2::TYPES,
        s3::TYPES,
        rds::TYPES,
        iam::TYPES,
        cloudtrail::TYPES,
        cloudwatch::TYPES,
        logs::TYPES,
        config::TYPES,
        events::TYPES,
        lambda::TYPES,
        sns::TYPES,
        sqs::TYPES,
        kms::TYPES,
        kinesis::TYPES,
        ses::TYPES,
    ]
    .into_iter()
    .flatten()
}

/// The type of that name.
pub fn find(name: &str) -> Option<&'static ResourceType> {
    all().find(|known| known.name == name)
}
