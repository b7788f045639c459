//! The keys that encrypted resources need: asked before a service takes a parcel or runs a call.
//!
//! Two ways in. Somebody of the account needs their own permission for the key's actions, as the key's policy leaves
//! it to the account or names them. A service that comes in its own name needs the key's policy to name it, which the
//! policy of a key that AWS manages never does. A refusal leaves a record of the KMS call that was denied.
//!
//! Source: KMS developer guide, "Key policies in AWS KMS"; SNS developer guide, "Enable compatibility between event
//! sources from AWS services and encrypted topics"; SQS developer guide, "Key management".

use std::sync::Arc;

use serde_json::json;

use super::{
    Account, ApiCall, ApiError, Operation, Outbox, Parcel, Principal, Reason, Region, ServiceName, Via,
    iam::{AuthorisationRequest, Details},
    kms::{Key, KeyState},
    note::reasons,
    outbox::Delivery,
    parcel::Sender,
    policy::ServiceAtDoor,
};

/// What an encrypted resource needs a key for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyUse {
    /// The key's id, ARN or alias, as the resource names it.
    pub key: Arc<str>,
    /// The KMS operations.
    pub operations: &'static [&'static str],
}

/// Why a key cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Unusable {
    /// The operation, the key's ARN, and KMS's sentence.
    Denied(&'static str, Arc<str>, Arc<str>),
    Disabled(Arc<str>),
    PendingDeletion(Arc<str>),
    Missing(Arc<str>),
}

/// Who uses a key, and through which service.
struct User<'a> {
    by: &'a Principal,
    source_arn: &'a str,
    source_ip: &'a str,
    region: &'a Region,
    through: ServiceName,
}

impl Account {
    /// Why the key of an encrypted addressee keeps a parcel out.
    pub(super) fn key_refuses_parcel(&mut self, delivery: &Delivery, out: &mut Outbox<'_>) -> Option<Reason> {
        let service = self.services().get(delivery.to.service)?;
        let needed = service.key_for_parcel(&delivery.parcel)?;
        let sender = sender(&delivery.parcel)?;
        let (by, source_arn, address) = match &sender {
            // Whoever was authorised at the door was asked for the key there.
            Sender::Authorised => return None,
            Sender::Service { principal, source_arn } => {
                (Principal::Service(Arc::clone(principal)), source_arn, principal)
            }
            Sender::Role { role_arn, principal, source_arn } => {
                let role = role_arn.rsplit('/').next().unwrap_or_default();
                (Principal::role(role, principal), source_arn, principal)
            }
        };
        let user = User {
            by: &by,
            source_arn,
            source_ip: address,
            region: &delivery.to.region,
            through: delivery.to.service,
        };
        let why = self.ask_for_key(&needed, &user).err()?;
        // A record of why a trail's file was refused would go into the trail's next file, and so for ever.
        if delivery.from.service != ServiceName::CloudTrail {
            self.trace(&why, &by, &Via::service(address), &delivery.to.region, out);
        }
        Some(why.reason())
    }

    /// Refuses a call whose caller may not use the key of what it touches, or whose key cannot be used.
    pub(super) fn key_refuses_call(
        &mut self,
        operation: &'static Operation,
        call: &ApiCall,
        out: &mut Outbox<'_>,
    ) -> Result<(), ApiError> {
        let needed =
            self.services().get(call.service).and_then(|service| service.key_for_call(operation, call));
        let Some(needed) = needed else { return Ok(()) };
        let user = User {
            by: &call.by,
            source_arn: "",
            source_ip: &call.via.source_ip,
            region: &call.region,
            through: call.service,
        };
        let Err(why) = self.ask_for_key(&needed, &user) else { return Ok(()) };
        self.trace(&why, &call.by, &Via::service(call.service.event_source()), &call.region, out);
        Err(why.error(call.service))
    }

    fn ask_for_key(&self, needed: &KeyUse, user: &User<'_>) -> Result<(), Unusable> {
        let key = self
            .services()
            .kms
            .key(user.region, &needed.key)
            .ok_or_else(|| Unusable::Missing(Arc::clone(&needed.key)))?;
        for operation in needed.operations {
            self.judge(&key, operation, user)?;
        }
        match key.state {
            KeyState::Enabled => Ok(()),
            KeyState::Disabled => Err(Unusable::Disabled(Arc::clone(&key.arn))),
            KeyState::PendingDeletion { .. } => Err(Unusable::PendingDeletion(Arc::clone(&key.arn))),
        }
    }

    fn judge(&self, key: &Key, operation: &'static str, user: &User<'_>) -> Result<(), Unusable> {
        let denied = |sentence: Arc<str>| Unusable::Denied(operation, Arc::clone(&key.arn), sentence);
        if let Principal::Service(principal) = user.by {
            let action = format!("kms:{operation}");
            let service = ServiceAtDoor {
                principal,
                source_arn: user.source_arn,
                account_id: self.id(),
                action: &action,
                resource: &key.arn,
            };
            if key.policy.admits(&service) {
                return Ok(());
            }
            let sentence = format!(
                "User: {principal} is not authorized to perform: {action} on resource: {} because no resource-based \
                 policy allows the {action} action",
                key.arn
            );
            return Err(denied(sentence.into()));
        }
        let via = format!("{}.{}.amazonaws.com", user.through.iam_prefix(), user.region);
        let request = AuthorisationRequest {
            account_id: self.id(),
            by: user.by,
            service: ServiceName::Kms,
            action: operation,
            resources: vec![key.arn.to_string()],
            resource_policy: serde_json::from_str(&key.policy_text).ok(),
            source_ip: user.source_ip,
            region: user.region,
        };
        let details = Details { via_service: Some(&via), ..Details::default() };
        self.services().iam.authorise_in_detail(&request, &details).map_err(|error| denied(error.message))
    }

    /// Records the KMS call that was denied.
    fn trace(&mut self, why: &Unusable, by: &Principal, via: &Via, region: &Region, out: &mut Outbox<'_>) {
        let Unusable::Denied(name, key_arn, sentence) = why else { return };
        let Some(operation) = self.operation(ServiceName::Kms, name) else { return };
        let call = ApiCall {
            by: by.clone(),
            via: via.clone(),
            region: region.clone(),
            service: ServiceName::Kms,
            operation: operation.name.into(),
            parameters: json!({ "KeyId": key_arn }),
        };
        let refusal = ApiError::refused("AccessDeniedException", Arc::clone(sentence));
        self.record(operation, &call, &Err(refusal), 1, out);
    }
}

/// On whose behalf a parcel comes, where a resource policy would judge it.
fn sender(parcel: &Parcel) -> Option<Sender> {
    match parcel {
        Parcel::Publish(message) => Some(message.by.clone()),
        Parcel::QueueMessage(message) => Some(message.by.clone()),
        Parcel::Invoke(invoke) => Some(invoke.by.clone()),
        Parcel::KinesisRecord { by, .. } => Some(by.clone()),
        Parcel::PutObject { by, source_arn, .. } => {
            Some(Sender::Service { principal: Arc::clone(by), source_arn: Arc::clone(source_arn) })
        }
        _ => None,
    }
}

impl Unusable {
    /// What KMS answered, as most services quote it.
    fn sentence(&self) -> String {
        let (text, code) = self.words();
        format!("{text} (Service: AWSKMS; Status Code: 400; Error Code: {code})")
    }

    /// What KMS answered, and its code.
    fn words(&self) -> (String, &'static str) {
        match self {
            Self::Denied(_, _, sentence) => (sentence.to_string(), "AccessDeniedException"),
            Self::Disabled(arn) => (format!("{arn} is disabled."), "DisabledException"),
            Self::PendingDeletion(arn) => (format!("{arn} is pending deletion."), "KMSInvalidStateException"),
            Self::Missing(key) => (format!("Key '{key}' does not exist"), "NotFoundException"),
        }
    }

    fn reason(&self) -> Reason {
        let code = match self {
            Self::Denied(..) => reasons::KMS_DENIED,
            _ => reasons::KMS_UNUSABLE,
        };
        Reason::new(code, self.sentence())
    }

    /// The error of the service that needed the key, in its own spelling.
    fn error(&self, service: ServiceName) -> ApiError {
        if service == ServiceName::S3 {
            return self.error_of_s3();
        }
        let kind = match self {
            Self::Denied(..) => "AccessDenied",
            Self::Disabled(_) => "Disabled",
            Self::PendingDeletion(_) => "InvalidState",
            Self::Missing(_) => "NotFound",
        };
        let code = match service {
            ServiceName::Sns => format!("KMS{kind}"),
            ServiceName::Sqs => format!("KMS.{kind}Exception"),
            _ => format!("KMS{kind}Exception"),
        };
        let is_refusal = matches!(self, Self::Denied(..));
        ApiError { refused: is_refusal, ..ApiError::client(&code, self.sentence()) }
    }

    /// S3 repeats KMS's words, and calls a denial its own.
    fn error_of_s3(&self) -> ApiError {
        let (text, code) = self.words();
        match self {
            Self::Denied(..) => ApiError::refused("AccessDenied", text),
            _ => ApiError::client(&format!("KMS.{code}"), text),
        }
    }
}
