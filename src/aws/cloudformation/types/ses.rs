//! `AWS::SES::EmailIdentity`.

use crate::aws::{
    ServiceName,
    cloudformation::{
        making::{Created, ResourceType},
        property::Property,
    },
};

pub static TYPES: &[ResourceType] = &[ResourceType {
    name: "AWS::SES::EmailIdentity",
    service: ServiceName::Ses,
    properties: &[Property::text("EmailIdentity").required()],
    attributes: &[],
    after: &[],
    create: |making| {
        let identity = making.text("EmailIdentity").unwrap_or_default();
        let parameters = making.rest();
        making.call("CreateEmailIdentity", parameters)?;
        Ok(Created::new(identity))
    },
}];
