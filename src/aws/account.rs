//! The simulated account and its one door.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::json;

use super::{
    ApiCall, ApiError, ApiOutcome, CallContext, Fate, Outbox, Parcel, Principal, Reason, Receipt, Region,
    ServiceName, Via,
    iam::{AuthorisationRequest, Details},
    model_index,
    note::reasons,
    operation::{Access, Operation},
    outbox::Delivery,
    parcel::{Invoke, ResourceChange, Sender},
    record,
    registry::Services,
    service::Reception,
    signin::{self, Known, Password, SignIn},
};

/// An AWS account.
#[derive(Clone, Debug)]
pub struct Account {
    id: Arc<str>,
    home: Region,
    services: Services,
}

impl Account {
    pub fn new(id: &str, home: Region) -> Self {
        let services = Services::new(id, &home);
        Self { id: id.into(), home, services }
    }

    /// The twelve digits.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The region a scenario plays in unless it says otherwise.
    pub fn home(&self) -> &Region {
        &self.home
    }

    /// The services, to look at.
    pub fn services(&self) -> &Services {
        &self.services
    }

    /// What the engine may do to services beside calling them: hand over what a function's run came to.
    pub(crate) fn services_mut(&mut self) -> &mut Services {
        &mut self.services
    }

    /// The operation of that name, if the account has it.
    pub fn operation(&self, service: ServiceName, name: &str) -> Option<&'static Operation> {
        self.services.get(service)?.operation(name)
    }

    /// The same call many times over, told as one with its count: reads of objects by the million.
    ///
    /// # Errors
    /// As [`Account::call`].
    pub fn call_many(&mut self, call: &Arc<ApiCall>, count: u64, out: &mut Outbox<'_>) -> ApiOutcome {
        self.pass(call, count, out)
    }

    /// The one door: validates, authorises, runs, and records. A refusal is recorded too.
    ///
    /// # Errors
    /// What AWS answers, in its own words: an unknown operation, parameters that do not fit, a refusal, or
    /// whatever the service says.
    pub fn call(&mut self, call: &Arc<ApiCall>, out: &mut Outbox<'_>) -> ApiOutcome {
        self.pass(call, 1, out)
    }

    fn pass(&mut self, call: &Arc<ApiCall>, count: u64, out: &mut Outbox<'_>) -> ApiOutcome {
        let Some(operation) = self.operation(call.service, &call.operation) else {
            let (service, name) = (call.service, &call.operation);
            let message = if model_index::operations(service).any(|theirs| *theirs == **name) {
                format!("{name} of {service} is not simulated by Vigie")
            } else {
                format!("{name} is not an operation of {service}")
            };
            return Err(ApiError { malformed: true, ..ApiError::client("InvalidAction", message) });
        };
        check_parameters(operation, call)?;
        let may = self
            .authorise(operation, call, out.moment().utc)
            .and_then(|()| self.key_refuses_call(operation, call, out))
            .and_then(|()| self.meet_needs(operation, call));
        let outcome = match may {
            Ok(()) => {
                if call.service == ServiceName::Config && operation.access == Access::Write {
                    self.brief_config(&call.region);
                }
                let mut context = CallContext { call, account_id: &self.id, out };
                self.services.get_mut(call.service).map_or_else(
                    || Err(ApiError::client("InvalidAction", "no such service")),
                    |service| service.call(operation, &mut context),
                )
            }
            Err(refusal) => Err(refusal),
        };
        if !outcome.as_ref().is_err_and(|error| error.malformed) {
            self.record(operation, call, &outcome, count, out);
        }
        if operation.access == Access::Write && outcome.is_ok() {
            self.tell_of_account(call.service);
            if call.service == ServiceName::Iam {
                self.announce_global_changes(call.service, out);
            }
        }
        self.announce_changes(out);
        outcome
    }

    /// Hands CloudTrail the record of a call, made so many times.
    pub(in crate::aws) fn record(
        &mut self,
        operation: &'static Operation,
        call: &ApiCall,
        outcome: &ApiOutcome,
        count: u64,
        out: &mut Outbox<'_>,
    ) {
        let mut record = record::build(&self.services, &self.id, operation, call, outcome, out);
        record.count = count;
        let bus_wants_reads = self.services.eventbridge.wants_reads(&record.region);
        self.services.cloudtrail.record(record, bus_wants_reads, out);
    }

    pub(in crate::aws) fn authorise(
        &self,
        operation: &'static Operation,
        call: &ApiCall,
        now: DateTime<Utc>,
    ) -> Result<(), ApiError> {
        let Some(service) = self.services.get(call.service) else { return Ok(()) };
        let request = AuthorisationRequest {
            account_id: &self.id,
            by: &call.by,
            service: call.service,
            action: operation.name,
            resources: service.resources(operation, call, &self.id),
            resource_policy: service.resource_policy(operation, call),
            source_ip: &call.via.source_ip,
            region: &call.region,
        };
        let details = Details {
            parameters: Some(&call.parameters),
            session: self.services.sts.session(&call.by),
            console: call.via.console,
            user_agent: &call.via.user_agent,
            now: Some(now),
            ..Details::default()
        };
        self.services.iam.authorise_in_detail(&request, &details)
    }

    /// Somebody tries to sign in to the console: no API call, but recorded like one.
    pub fn sign_in(&mut self, attempt: &SignIn, out: &mut Outbox<'_>) {
        let moment = out.moment();
        let iam = &mut self.services.iam;
        let is_right = attempt.password == Password::Right;
        let identity = iam.sign_in_identity(&attempt.by, is_right, moment);
        let with_mfa = attempt.mfa.unwrap_or_else(|| iam.has_mfa(&attempt.by));
        let known = identity
            .map(|identity| Known { identity, mfa_serial: iam.mfa_serial(&attempt.by).filter(|_| with_mfa) });
        if known.is_some() && is_right {
            iam.begin_console_session(&attempt.by, moment.utc, with_mfa);
        }
        let record = signin::record(attempt, known, &self.id, out);
        self.services.cloudtrail.record(record, false, out);
    }

    /// A service that invokes a function makes a call too: a data event, for the trails that ask for it.
    fn record_invocation(&mut self, invoke: &Invoke, region: &Region, out: &mut Outbox<'_>) {
        let Sender::Service { principal, .. } = &invoke.by else { return };
        let Some(operation) = self.operation(ServiceName::Lambda, "Invoke") else { return };
        let call = ApiCall {
            by: Principal::Service(Arc::clone(principal)),
            via: Via::service(principal),
            region: region.clone(),
            service: ServiceName::Lambda,
            operation: operation.name.into(),
            parameters: json!({ "FunctionName": &*invoke.function_arn, "InvocationType": "Event" }),
        };
        let answer = Ok(json!({ "StatusCode": 202 }));
        let record = record::build(&self.services, &self.id, operation, &call, &answer, out);
        if self.services.cloudtrail.delivers(&record) {
            self.services.cloudtrail.record(record, false, out);
        }
    }

    /// Delivers a parcel to its service, and tells its sender what became of it. A refusal that the sender does not
    /// settle, by trying again or dead-lettering, is a drop.
    pub fn deliver(&mut self, delivery: &Delivery, out: &mut Outbox<'_>) -> Reception {
        let mut answer = None;
        let refusal = self.refuses(delivery, out);
        let reception = if let Some(refusal) = refusal {
            Err(refusal)
        } else if let Parcel::Call(call) = &delivery.parcel {
            let outcome = self.call(call, out);
            let refusal = |error: ApiError| Reason::new(reasons::CALL_REFUSED, error.to_string());
            outcome.map(|value| answer = Some(Arc::new(value))).map_err(refusal)
        } else {
            self.hand_over(delivery, out)
        };
        if let (Ok(()), Parcel::Invoke(invoke)) = (&reception, &delivery.parcel)
            && self.services.cloudtrail.asks_for_data(&delivery.to.region)
        {
            self.record_invocation(invoke, &delivery.to.region, out);
        }
        self.announce_changes(out);
        if let Some(hop) = delivery.hop
            && let Some(sender) = self.services.get_mut(delivery.from.service)
        {
            let receipt = Receipt {
                hop,
                from: delivery.from.clone(),
                to: delivery.to.clone(),
                parcel: delivery.parcel.clone(),
                refused: reception.as_ref().err().cloned(),
                answer,
                reference: delivery.reference.clone(),
            };
            sender.receipt(&receipt, out);
            self.announce_changes(out);
        }
        if let (Some(hop), Err(reason)) = (delivery.hop, &reception)
            && !out.is_settled(hop)
        {
            out.fate(hop, Fate::Dropped(reason.clone()));
        }
        reception
    }

    fn hand_over(&mut self, delivery: &Delivery, out: &mut Outbox<'_>) -> Reception {
        let Some(service) = self.services.get_mut(delivery.to.service) else {
            return Ok(()); // People, phones and mailboxes take whatever comes.
        };
        service.receive(&delivery.parcel, &delivery.to.region, out)
    }

    /// Why a delivery does not reach its addressee at all: it is down, the sender's role may not, or the addressee is
    /// encrypted with a key that is not for the sender.
    fn refuses(&mut self, delivery: &Delivery, out: &mut Outbox<'_>) -> Option<Reason> {
        out.outage(delivery)
            .or_else(|| self.role_refuses(delivery, out.moment().utc))
            .or_else(|| self.key_refuses_parcel(delivery, out))
    }

    /// Hands a changed resource to the recorder of its region.
    pub fn announce(&mut self, region: &Region, change: ResourceChange, out: &mut Outbox<'_>) {
        self.services.config.announce(region, change, out);
    }

    /// Hands what services announced to the recorder of its region.
    pub(crate) fn announce_changes(&mut self, out: &mut Outbox<'_>) {
        for (region, change) in out.take_changes() {
            self.announce(&region, change, out);
        }
    }

    /// Tells Config what services know to be there in a region, for rules that look at that.
    fn brief_config(&mut self, region: &Region) {
        for name in ServiceName::ALL {
            let Some(service) = self.services.get(*name) else { continue };
            let (facts, told) = (service.facts(region), service.of_account(region));
            self.services.config.learn(region, &facts);
            if let Some(told) = told {
                self.services.config.learn_of_account(region, &Arc::new(told));
            }
        }
    }

    /// Tells Config what a call has changed of the account itself.
    fn tell_of_account(&mut self, service: ServiceName) {
        let Some(service) = self.services.get(service) else { return };
        let regions = self.services.config.at_work();
        let told: Vec<_> =
            regions.filter_map(|region| Some((region.clone(), service.of_account(region)?))).collect();
        for (region, told) in told {
            self.services.config.learn_of_account(&region, &Arc::new(told));
        }
    }

    /// Announces what a call has changed in a service without Regions, which tells by no change of its own.
    fn announce_global_changes(&mut self, service: ServiceName, out: &mut Outbox<'_>) {
        let home = self.home.clone();
        let facts = self.services.get(service).map(|service| service.facts(&home)).unwrap_or_default();
        self.services.config.announce_global(&home, &facts, out);
    }
}

/// Parameters that do not fit are refused before anything is recorded; those that AWS has and Vigie has not, by name.
fn check_parameters(operation: &'static Operation, call: &ApiCall) -> Result<(), ApiError> {
    let Err(error) = (operation.fits)(&call.parameters) else { return Ok(()) };
    let schema = serde_json::Value::from((operation.schema)());
    let is_ours = |name: &str| schema.pointer("/properties").is_some_and(|ours| ours.get(name).is_some());
    let theirs = model_index::parameters(call.service, operation.name);
    let mut theirs = theirs.into_iter().flatten();
    let unsimulated = theirs.find(|name| call.parameters.get(name).is_some() && !is_ours(name));
    Err(ApiError::malformed(match unsimulated {
        Some(name) => format!("{name} of {} is not simulated by Vigie", operation.name),
        None => format!("Parameter validation failed:\n{error}"),
    }))
}

impl ResourceChange {
    /// The name AWS shows: its own, its Name tag, or the id.
    pub fn shown_name(&self) -> Arc<str> {
        let tag = || self.tags.get("Name").and_then(serde_json::Value::as_str).map(Arc::from);
        self.resource_name.clone().or_else(tag).unwrap_or_else(|| self.resource_id.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        aws::{Delay, HopPath, Node, Payload, PayloadKind, Principal, Via, outbox::Send, testing::Sandbox},
        kernel::Cause,
    };

    /// Has Config ask for a call by a role.
    fn ask(account: &mut Sandbox, role: &str, operation: &str) {
        let region = Region::new("us-east-1");
        let call = Arc::new(ApiCall {
            by: Principal::role(role, "repair"),
            via: Via::service("ssm.amazonaws.com"),
            region: region.clone(),
            service: ServiceName::S3,
            operation: operation.into(),
            parameters: json!({ "Bucket": "coffre" }),
        });
        let cause = account.ledger.hops().last().map(|hop| hop.cause).expect("something has happened");
        assert!(matches!(cause, Cause::Input(_)));
        account.with_outbox(cause, |_, out| {
            out.send(Send {
                path: HopPath::ConfigApi,
                from: Node::new(ServiceName::Config, &region, "rule"),
                to: Node::new(ServiceName::S3, &region, "coffre"),
                payload: Payload::json(PayloadKind::Mission, operation, json!({})),
                parcel: Parcel::Call(call),
                delay: Delay::None,
                reference: None,
            });
        });
        account.wait(1);
    }

    #[test]
    fn a_call_that_a_service_asks_for_goes_through_the_one_door_and_is_recorded() {
        let mut account = Sandbox::new();
        account.ok(ServiceName::S3, "CreateBucket", json!({ "Bucket": "hangar" }));

        ask(&mut account, "installateur", "CreateBucket");

        let names: Vec<_> =
            account.payloads(HopPath::ApiTrail).iter().map(|it| it["eventName"].clone()).collect();
        assert_eq!(names, ["CreateBucket", "CreateBucket"]);
        assert_eq!(account.refusals(), Vec::<String>::new());
    }

    #[test]
    fn a_call_that_is_refused_is_a_delivery_refused_in_the_accounts_words() {
        let mut account = Sandbox::new();
        account.ok(ServiceName::S3, "CreateBucket", json!({ "Bucket": "hangar" }));

        ask(&mut account, "installateur", "DeleteBucket");

        let refusals = account.refusals();
        assert!(refusals[0].starts_with("NoSuchBucket: "), "{refusals:?}");
    }
}
