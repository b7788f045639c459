//! SES: mail to one address, from an identity that has been verified.
//!
//! Unlike a topic, a sender here picks its reader. While an account is in the sandbox, which a new one is, both
//! the sender and the recipient must be verified identities.
//!
//! Source: SES developer guide, "Moving out of the Amazon SES sandbox"; API model `sesv2` in botocore.

mod identities;
mod send;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, sync::Arc};

use super::{
    ApiCall, ApiError, ApiOutcome, CallContext, Operation, Outbox, Parcel, Region, Service, ServiceName,
    note::{Reason, reasons},
    operation::operations,
    parcel::Timer,
    service::Reception,
};

pub use identities::{CreateEmailIdentity, DeleteEmailIdentity, GetEmailIdentity, ListEmailIdentities};
pub use send::SendEmail;

/// The timer that stands for a click on the link of a verification mail, which CloudTrail does not record; its
/// key is the address.
pub const VERIFICATION_LINK: &str = "verification-link";

/// The state of SES.
#[derive(Clone, Debug, Default)]
pub struct Ses {
    /// Region and identity (address or domain), and whether it is verified.
    identities: BTreeMap<(Region, Arc<str>), bool>,
}

operations! { pub Ses:
    CreateEmailIdentity: Write => create_email_identity;
    DeleteEmailIdentity: Write => delete_email_identity;
    GetEmailIdentity: Read => get_email_identity;
    ListEmailIdentities: Read => list_email_identities;
    SendEmail: Write Data => send_email;
}

impl Ses {
    pub fn new(_account_id: &str, _home: &Region) -> Self {
        Self::default()
    }

    /// Whether mail may be sent from or, in the sandbox, to an address: it or its domain is verified.
    pub fn is_verified(&self, region: &Region, address: &str) -> bool {
        let verified =
            |identity: &str| self.identities.get(&(region.clone(), identity.into())) == Some(&true);
        verified(address) || address.split_once('@').is_some_and(|(_, domain)| verified(domain))
    }
}

impl Service for Ses {
    fn name(&self) -> ServiceName {
        ServiceName::Ses
    }

    fn receive(&mut self, parcel: &Parcel, region: &Region, _out: &mut Outbox<'_>) -> Reception {
        match parcel {
            Parcel::Timer(Timer::Named { name, key }) if *name == VERIFICATION_LINK => {
                if let Some(verified) = self.identities.get_mut(&(region.clone(), Arc::clone(key))) {
                    *verified = true;
                }
                Ok(())
            }
            _ => Err(Reason::new(reasons::NO_RESOURCE, "SES takes calls only")),
        }
    }

    fn resources(&self, _operation: &'static Operation, call: &ApiCall, account_id: &str) -> Vec<String> {
        let named = call.parameters.get("EmailIdentity").or_else(|| call.parameters.get("FromEmailAddress"));
        let arn = |identity: &str| {
            super::arn::arn("ses", &call.region, account_id, &format!("identity/{identity}"))
        };
        vec![named.and_then(|value| value.as_str()).map_or_else(|| "*".to_owned(), arn)]
    }
}
