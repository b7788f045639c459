//! Amazon Resource Names.

use super::Region;

/// `arn:aws:service:region:account:resource`.
pub fn arn(service: &str, region: &Region, account_id: &str, resource: &str) -> String {
    format!("arn:aws:{service}:{region}:{account_id}:{resource}")
}

/// An ARN of a service without regions, such as IAM.
pub fn global_arn(service: &str, account_id: &str, resource: &str) -> String {
    format!("arn:aws:{service}::{account_id}:{resource}")
}

/// The parts of an ARN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arn<'a> {
    pub service: &'a str,
    pub region: &'a str,
    pub account_id: &'a str,
    pub resource: &'a str,
}

impl<'a> Arn<'a> {
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        let (Some("arn"), Some(_partition)) = (parts.next(), parts.next()) else {
            return None;
        };
        let arn = Self {
            service: parts.next()?,
            region: parts.next()?,
            account_id: parts.next()?,
            resource: parts.next()?,
        };
        (!arn.service.is_empty() && !arn.resource.is_empty()).then_some(arn)
    }

    /// The resource's own name: what follows the last `:` or the first `/` of `topic`, `function:name`, `alarm:name`.
    pub fn name(&self) -> &'a str {
        let after_kind = self.resource.split_once(':').map_or(self.resource, |(_, name)| name);
        after_kind.split_once('/').map_or(after_kind, |(_, name)| name)
    }
}
