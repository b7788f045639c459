//! A call to the account: who, where, what, and what came of it.

use std::{borrow::Borrow, fmt, sync::Arc};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::ServiceName;

/// An AWS Region, such as `eu-west-3`.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(transparent)]
pub struct Region(Arc<str>);

impl Region {
    pub fn new(name: &str) -> Self {
        Self(name.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Where the global services (IAM, STS's global endpoint, root's sign-in) record their calls.
    pub fn global_home() -> Self {
        Self::new("us-east-1")
    }

    /// The name consoles and alarm mails print, such as `EU (Paris)`; the code itself for a region we do not know.
    ///
    /// Source: the `description` of each region in botocore's `endpoints.json`, with "Europe" as "EU" as alarm
    /// notifications recorded from the service print it.
    pub fn display_name(&self) -> &str {
        match self.as_str() {
            "us-east-1" => "US East (N. Virginia)",
            "us-east-2" => "US East (Ohio)",
            "us-west-1" => "US West (N. California)",
            "us-west-2" => "US West (Oregon)",
            "eu-west-1" => "EU (Ireland)",
            "eu-west-2" => "EU (London)",
            "eu-west-3" => "EU (Paris)",
            "eu-central-1" => "EU (Frankfurt)",
            "eu-north-1" => "EU (Stockholm)",
            "ap-southeast-1" => "Asia Pacific (Singapore)",
            "ap-southeast-2" => "Asia Pacific (Sydney)",
            "ap-northeast-1" => "Asia Pacific (Tokyo)",
            other => other,
        }
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Borrow<str> for Region {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// Who makes a call.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Principal {
    Root,
    User(Arc<str>),
    /// A session of a role; `session` is the role session name (a function's name for its own role).
    Role {
        role: Arc<str>,
        session: Arc<str>,
    },
    /// An AWS service acting for itself, such as `events.amazonaws.com`.
    Service(Arc<str>),
}

impl Principal {
    pub fn user(name: &str) -> Self {
        Self::User(name.into())
    }

    pub fn role(role: &str, session: &str) -> Self {
        Self::Role { role: role.into(), session: session.into() }
    }

    pub fn service(name: &str) -> Self {
        Self::Service(name.into())
    }

    /// The name a reader knows this caller by.
    pub fn name(&self) -> &str {
        match self {
            Self::Root => "root",
            Self::User(name) | Self::Service(name) => name,
            Self::Role { role, .. } => role,
        }
    }
}

/// How a call reached the account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Via {
    pub source_ip: Arc<str>,
    pub user_agent: Arc<str>,
    /// The credentials came from a console session (`sessionCredentialFromConsole`).
    pub console: bool,
}

impl Via {
    /// The AWS CLI on somebody's machine.
    pub fn cli(source_ip: &str) -> Self {
        Self { source_ip: source_ip.into(), user_agent: CLI_USER_AGENT.into(), console: false }
    }

    /// Whether a service makes the call, in its own name or in that of somebody who asked it to.
    pub fn is_service(&self) -> bool {
        self.source_ip.ends_with(".amazonaws.com")
    }

    /// The service itself: address and agent repeat its name.
    pub fn service(name: &str) -> Self {
        Self { source_ip: name.into(), user_agent: name.into(), console: false }
    }
}

/// What the AWS CLI says it is; shape as in `samples/ct-*.json`.
pub const CLI_USER_AGENT: &str = "aws-cli/2.31.4 md/awscrt#0.27.6 ua/2.1 os/linux#6.8 md/arch#x86_64 \
                                  lang/python#3.13.7 md/prompt#off md/command#vigie";

/// One API call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ApiCall {
    pub by: Principal,
    pub via: Via,
    pub region: Region,
    pub service: ServiceName,
    /// The API's name, such as `AuthorizeSecurityGroupIngress`.
    pub operation: Arc<str>,
    /// The parameters, named as in the service model.
    pub parameters: Value,
}

/// What a call answers: the response as the CLI prints it, or the error as AWS words it.
pub type ApiOutcome = Result<Value, ApiError>;

/// The account says no. It is data, because learners must see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{code}: {message}")]
pub struct ApiError {
    /// The code the API answers, such as `InvalidPermission.Duplicate`.
    pub code: Arc<str>,
    pub message: Arc<str>,
    /// HTTP status.
    pub status: u16,
    /// The refusal came from permissions or throttling: CloudTrail then nulls `requestParameters` (EC2 and S3 excepted).
    pub refused: bool,
    /// The call was malformed, so AWS validates it away before authorisation and keeps no record of it.
    pub malformed: bool,
}

impl ApiError {
    /// A client error (HTTP 400) that the service itself reports.
    pub fn client(code: &str, message: impl Into<Arc<str>>) -> Self {
        Self { code: code.into(), message: message.into(), status: 400, refused: false, malformed: false }
    }

    /// A resource that does not exist (HTTP 404).
    pub fn not_found(code: &str, message: impl Into<Arc<str>>) -> Self {
        Self { status: 404, ..Self::client(code, message) }
    }

    /// Permission refused (HTTP 403).
    pub fn refused(code: &str, message: impl Into<Arc<str>>) -> Self {
        Self { status: 403, refused: true, ..Self::client(code, message) }
    }

    /// A value outside what the service model allows, as most services word it.
    pub fn constraint(code: &str, value: &str, member: &str, rule: &str) -> Self {
        let message = format!(
            "1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: {rule}"
        );
        Self::client(code, message)
    }

    /// Parameters the service model does not allow: refused before it leaves the client, in the AWS CLI's words.
    pub fn malformed(message: impl Into<Arc<str>>) -> Self {
        Self { malformed: true, ..Self::client("ParamValidation", message) }
    }
}

/// Something from outside, as the ledger keeps it: the root of every chain of causes.
#[derive(Clone, Debug, Serialize)]
pub struct Input {
    /// The story step it belongs to, if any: what `of: <step id>` counts.
    pub step: Option<Arc<str>>,
    pub kind: InputKind,
}

/// What came from outside.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum InputKind {
    /// A call, for how many alike it stands, and what it was answered.
    Call { call: Arc<ApiCall>, count: u64, outcome: Option<Arc<ApiOutcome>> },
    /// The world pushed: load on a resource, a sign-in, a finished event; in words for the reader.
    World { kind: &'static str, subject: Arc<str> },
}
