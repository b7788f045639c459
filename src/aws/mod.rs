//! The simulated account: plain state machines with no I/O and no clock.
//!
//! How the pieces meet:
//!
//! - [`Account::call`] is the only door. It authorises ([`iam`]), dispatches to the service that owns the
//!   operation, and hands a [`record`] of the call, allowed or refused, to CloudTrail.
//! - A service is a [`Service`]: operations that run at once, `receive` for what the engine delivers later.
//!   It never imports another service. It puts [`Parcel`]s in its [`Outbox`]; each becomes a hop in the ledger
//!   (with the cause the outbox carries) and is delivered to its addressee when due.
//! - What the receiver made of a parcel comes back to the sender as a [`Receipt`] (`Service::receipt`), so that
//!   retries, dead letters and failure metrics live with the sender, as in AWS.
//! - A changed resource is announced with [`Outbox::changed`]: the account hands it to Config when the recorder
//!   of that region records the type.
//!
//! Adding an operation is a parameter struct, a function and a row in the service's operation table
//! ([`operation`]); adding a service is a folder and a line in [`registry`].

pub mod account;
mod acting;
pub mod advice;
pub mod arn;
mod batch;
mod blob;
pub mod call;
pub mod chunks;
pub mod cloudformation;
pub mod cloudtrail;
pub mod cloudwatch;
pub mod config;
pub mod counters;
pub mod delays;
pub mod ec2;
pub mod eventbridge;
pub mod faults;
pub mod gzip;
pub mod hop;
pub mod iam;
pub mod key_use;
pub mod kinesis;
pub mod kms;
pub mod lambda;
pub mod logs;
pub mod message_attributes;
pub mod meters;
pub mod model_index;
pub mod note;
pub mod operation;
pub mod outbox;
pub mod parcel;
pub mod payload;
pub mod policy;
pub mod rds;
pub mod record;
pub mod registry;
pub mod s3;
pub mod service;
pub mod ses;
pub mod session;
pub mod signin;
pub mod sns;
pub mod spelling;
pub mod sqs;
pub mod sts;
pub mod tags;
#[cfg(test)]
pub mod testing;
pub mod timestamps;
pub mod unique_id;

pub use account::Account;
pub use advice::Advice;
pub use call::{ApiCall, ApiError, ApiOutcome, Principal, Region, Via};
pub use delays::{Delay, Delays, Profile};
pub use faults::{Fault, FaultKind, Faults};
pub use hop::{Chain, HopPath, Ledger, Node};
pub use note::{Fate, NearMiss, Note, Reason};
pub use operation::{Access, Operation, Plane};
pub use outbox::{Moment, Outbox, Send};
pub use parcel::{Parcel, Receipt};
pub use payload::{Payload, PayloadKind};
pub use service::{CallContext, Dispatch, Service, ServiceName};
