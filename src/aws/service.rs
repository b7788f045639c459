//! What a service is to the account and to the engine.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    ApiCall, ApiError, ApiOutcome, Moment, Operation, Outbox, Parcel, Receipt, Region, key_use::KeyUse,
    note::Reason, parcel::ResourceChange,
};

macro_rules! services {
    ($($name:ident: cli $cli:literal, endpoint $endpoint:literal, iam $iam:literal, title $title:literal;)*) => {
        /// A service of the account, or `Outside` for people, mailboxes and phones.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "lowercase")]
        pub enum ServiceName { $($name,)* Outside }

        impl ServiceName {
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The word after `aws` on a command line.
            pub const fn cli(self) -> &'static str {
                match self { $(Self::$name => $cli,)* Self::Outside => "" }
            }

            /// The `eventSource` of its CloudTrail records.
            pub const fn event_source(self) -> &'static str {
                match self { $(Self::$name => concat!($endpoint, ".amazonaws.com"),)* Self::Outside => "" }
            }

            /// The prefix of its IAM actions.
            pub const fn iam_prefix(self) -> &'static str {
                match self { $(Self::$name => $iam,)* Self::Outside => "" }
            }

            /// Its name as a reader knows it.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* Self::Outside => "" }
            }
        }
    };
}

services! {
    Ec2: cli "ec2", endpoint "ec2", iam "ec2", title "EC2";
    S3: cli "s3api", endpoint "s3", iam "s3", title "S3";
    Rds: cli "rds", endpoint "rds", iam "rds", title "RDS";
    Iam: cli "iam", endpoint "iam", iam "iam", title "IAM";
    Sts: cli "sts", endpoint "sts", iam "sts", title "STS";
    SignIn: cli "signin", endpoint "signin", iam "signin", title "Sign-in";
    CloudTrail: cli "cloudtrail", endpoint "cloudtrail", iam "cloudtrail", title "CloudTrail";
    CloudWatch: cli "cloudwatch", endpoint "monitoring", iam "cloudwatch", title "CloudWatch";
    Logs: cli "logs", endpoint "logs", iam "logs", title "CloudWatch Logs";
    Config: cli "configservice", endpoint "config", iam "config", title "Config";
    EventBridge: cli "events", endpoint "events", iam "events", title "EventBridge";
    Lambda: cli "lambda", endpoint "lambda", iam "lambda", title "Lambda";
    Sns: cli "sns", endpoint "sns", iam "sns", title "SNS";
    Sqs: cli "sqs", endpoint "sqs", iam "sqs", title "SQS";
    Ses: cli "sesv2", endpoint "ses", iam "ses", title "SES";
    Kms: cli "kms", endpoint "kms", iam "kms", title "KMS";
    Kinesis: cli "kinesis", endpoint "kinesis", iam "kinesis", title "Kinesis";
}

impl ServiceName {
    /// The service that `aws <word>` calls.
    pub fn from_cli(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|service| service.cli() == word)
    }

    /// The service that owns a resource type such as `AWS::EC2::Instance`.
    pub fn owning(resource_type: &str) -> Self {
        match resource_type.split("::").nth(1).unwrap_or_default() {
            "EC2" => Self::Ec2,
            "S3" => Self::S3,
            "RDS" => Self::Rds,
            "IAM" => Self::Iam,
            "CloudTrail" => Self::CloudTrail,
            "CloudWatch" => Self::CloudWatch,
            "Logs" => Self::Logs,
            "Lambda" => Self::Lambda,
            "SNS" => Self::Sns,
            "SQS" => Self::Sqs,
            "KMS" => Self::Kms,
            "Kinesis" => Self::Kinesis,
            "Events" => Self::EventBridge,
            _ => Self::Config,
        }
    }

    /// IAM, STS and sign-in are global: their state has no region.
    pub const fn is_global(self) -> bool {
        matches!(self, Self::Iam | Self::Sts | Self::SignIn)
    }
}

impl fmt::Display for ServiceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.title())
    }
}

/// What an operation may use beside its own service's state.
#[derive(Debug)]
pub struct CallContext<'a, 'o> {
    pub call: &'a ApiCall,
    pub account_id: &'a str,
    pub out: &'a mut Outbox<'o>,
}

impl CallContext<'_, '_> {
    pub fn region(&self) -> &Region {
        &self.call.region
    }

    pub fn moment(&self) -> Moment {
        self.out.moment()
    }
}

/// The parts of a CloudTrail record that a service words itself; `None` leaves the general rule.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TrailShape {
    pub event_name: Option<&'static str>,
    /// `requestParameters`.
    pub request: Option<Value>,
    /// `responseElements` of a call that succeeded.
    pub response: Option<Value>,
    pub additional_event_data: Option<Value>,
    pub resources: Option<Value>,
}

/// A service at the door of another one's resource.
#[derive(Clone, Debug)]
pub struct Admission {
    /// Such as `cloudtrail.amazonaws.com`.
    pub principal: &'static str,
    /// The role it acts as, where it does: then that role decides, and not the resource's policy.
    pub role_arn: Option<Arc<str>>,
    /// Actions, and the ARN each is for.
    pub asks: Vec<(&'static str, String)>,
    /// The resource it acts for.
    pub source_arn: Arc<str>,
}

/// A setting that names a resource of another service, which AWS tries before it accepts the call.
#[derive(Clone, Debug)]
pub struct Need {
    pub of: ServiceName,
    pub region: Region,
    pub admission: Admission,
    /// The answer when there is no such resource.
    pub missing: ApiError,
    /// The answer when the resource, or the role, does not let the service in.
    pub refused: ApiError,
}

/// What became of a parcel at its addressee.
pub type Reception = Result<(), Reason>;

/// The operation table of a service as the door sees it; `operations!` implements it.
pub trait Dispatch {
    /// The operations it has: drives dispatch, command-line options, help, IAM actions and documentation.
    fn operations(&self) -> Vec<&'static Operation>;

    /// The operation of that name.
    fn operation(&self, name: &str) -> Option<&'static Operation>;

    /// Runs an operation that exists, is well-formed and is authorised.
    fn call(&mut self, operation: &'static Operation, context: &mut CallContext<'_, '_>) -> ApiOutcome;
}

/// A state machine of the account.
pub trait Service: Dispatch {
    fn name(&self) -> ServiceName;

    /// Takes what the engine delivers, a parcel or a timer of its own. An error says why it was not accepted.
    fn receive(&mut self, parcel: &Parcel, region: &Region, out: &mut Outbox<'_>) -> Reception;

    /// Resources as they now are, for Config's rules about what is there: those that are not announced as they change.
    fn facts(&self, _region: &Region) -> Vec<ResourceChange> {
        Vec::new()
    }

    /// What the service knows of the account itself, for Config's rules about that.
    fn of_account(&self, _region: &Region) -> Option<ResourceChange> {
        None
    }

    /// ARNs of what a call touches, for permissions; `*` where the action knows no resource.
    fn resources(&self, _operation: &'static Operation, _call: &ApiCall, _account_id: &str) -> Vec<String> {
        vec!["*".to_owned()]
    }

    /// The policy of the resource a call touches, where resources of this service have one.
    fn resource_policy(&self, _operation: &'static Operation, _call: &ApiCall) -> Option<Value> {
        None
    }

    /// The key that an encrypted resource of this service needs to take a parcel it would otherwise let in.
    fn key_for_parcel(&self, _parcel: &Parcel) -> Option<KeyUse> {
        None
    }

    /// The key that a call on an encrypted resource needs.
    fn key_for_call(&self, _operation: &'static Operation, _call: &ApiCall) -> Option<KeyUse> {
        None
    }

    /// How CloudTrail words a call of this service, where the service's casing rule alone does not give it.
    fn trail_shape(
        &self,
        _operation: &'static Operation,
        _call: &ApiCall,
        _outcome: &ApiOutcome,
    ) -> TrailShape {
        TrailShape::default()
    }

    /// What the settings in a call need of other services' resources.
    fn needs(&self, _operation: &'static Operation, _call: &ApiCall) -> Vec<Need> {
        Vec::new()
    }

    /// Whether a resource of this service is there, and its policy lets another service in.
    fn admits(&self, _admission: &Admission, _region: &Region) -> Reception {
        Ok(())
    }

    /// Learns what became of a parcel it sent.
    fn receipt(&mut self, _receipt: &Receipt, _out: &mut Outbox<'_>) {}
}
