//! What Lambda remembers: per region the functions, and the invocations under way.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use serde_json::{Value, json};

use super::{Invocation, Region, settings::AsyncSettings};
use crate::{
    aws::{ServiceName, arn::arn, counters::Counters, tags::Tags},
    kernel::SimTime,
};

/// The state of this service.
#[derive(Clone, Debug)]
pub struct Lambda {
    pub(super) account_id: Arc<str>,
    /// Region -> name -> function.
    pub(super) regions: BTreeMap<Region, BTreeMap<Arc<str>, Arc<Function>>>,
    /// Accepted, for the engine to run now.
    pub(super) ready: VecDeque<Invocation>,
    /// Failed, until their next try.
    pub(super) waiting: BTreeMap<u64, Invocation>,
    pub(super) last_invocation: u64,
    pub(super) counters: Counters,
}

/// A function.
#[derive(Clone, Debug)]
pub struct Function {
    pub name: Arc<str>,
    pub arn: Arc<str>,
    /// Such as `nodejs22.x`.
    pub runtime: Arc<str>,
    /// ARN of the role whose permissions its calls have.
    pub role: Arc<str>,
    /// `file.export`.
    pub handler: Arc<str>,
    /// The text of `index.js`.
    pub code: Arc<str>,
    /// Base64 of the SHA-256 of the code.
    pub code_sha256: Arc<str>,
    pub description: Arc<str>,
    pub timeout_s: u32,
    pub memory_mb: u32,
    pub env: BTreeMap<String, String>,
    pub dead_letter: Option<Arc<str>>,
    pub tags: Tags,
    /// As the API prints it.
    pub last_modified: Arc<str>,
    pub revision_id: Arc<str>,
    pub created_at: SimTime,
    /// Statement id -> statement, in the order they were added.
    pub statements: Vec<(Arc<str>, Value)>,
    pub asynchronous: AsyncSettings,
    /// Lambda lets it invoke itself for ever.
    pub may_loop: bool,
    /// Runs at once that it keeps for itself and may not exceed.
    pub reserved: Option<u32>,
    /// Warm, or busy.
    pub environments: Vec<Environment>,
}

/// A place where the function's code is loaded; it serves one invocation at a time.
#[derive(Clone, Debug)]
pub struct Environment {
    pub log_stream: Arc<str>,
    /// When it can take the next invocation.
    pub free_at: SimTime,
}

impl Function {
    /// The resource policy, once somebody has been given permission.
    pub fn policy(&self) -> Option<Value> {
        (!self.statements.is_empty()).then(|| {
            let statements: Vec<&Value> = self.statements.iter().map(|(_, statement)| statement).collect();
            json!({ "Version": "2012-10-17", "Id": "default", "Statement": statements })
        })
    }

    /// The name of the role, the last part of its ARN.
    pub fn role_name(&self) -> &str {
        self.role.rsplit('/').next().unwrap_or(&self.role)
    }

    /// Where its lines go.
    pub fn log_group(&self) -> String {
        format!("/aws/lambda/{}", self.name)
    }
}

impl Lambda {
    pub fn new(account_id: &str, _home: &Region) -> Self {
        Self {
            account_id: account_id.into(),
            regions: BTreeMap::new(),
            ready: VecDeque::new(),
            waiting: BTreeMap::new(),
            last_invocation: 0,
            counters: Counters::new(ServiceName::Lambda, "AWS/Lambda", "FunctionName"),
        }
    }

    /// The functions of a region, by name.
    pub fn functions(&self, region: &Region) -> impl Iterator<Item = &Arc<Function>> {
        self.regions.get(region).into_iter().flat_map(BTreeMap::values)
    }

    /// A function by its plain name.
    pub fn function(&self, region: &Region, name: &str) -> Option<&Arc<Function>> {
        self.regions.get(region)?.get(name)
    }

    /// A function to change, by its plain name.
    pub(super) fn function_mut(&mut self, region: &Region, name: &str) -> Option<&mut Function> {
        self.regions.get_mut(region)?.get_mut(name).map(Arc::make_mut)
    }
}

pub(super) fn arn_of(region: &Region, account_id: &str, name: &str) -> String {
    arn("lambda", region, account_id, &format!("function:{name}"))
}

/// The name of a function that a call names by name, ARN or partial ARN, with or without a qualifier.
pub(super) fn plain_name(given: &str) -> &str {
    let after = given.rsplit_once("function:").map_or(given, |(_, name)| name);
    let after = if given.contains("function:") {
        after
    } else {
        // `123456789012:name`
        match after.split_once(':') {
            Some((account, name)) if account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit()) => {
                name
            }
            _ => after,
        }
    };
    after.split_once(':').map_or(after, |(name, _)| name)
}
