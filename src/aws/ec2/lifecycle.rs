//! How an instance moves from state to state, and who hears of it.
//!
//! Every state it enters is an event on the default bus, with no actor: who asked for it is only in CloudTrail. States
//! that last are announced to Config; those it passes through are not, because by the time an item is captured
//! they are over.

use std::sync::Arc;

use serde_json::json;

use super::{
    super::{
        Delay, HopPath, Node, Outbox, Parcel, Payload, PayloadKind, Region, Send, ServiceName, parcel::Timer,
    },
    Ec2,
    instance::InstanceState,
};

impl Ec2 {
    /// Puts an instance into a state, tells who listens, and winds the clock that takes it further.
    pub(super) fn enter(
        &mut self,
        region: &Region,
        instance_id: &Arc<str>,
        state: InstanceState,
        out: &mut Outbox<'_>,
    ) {
        let account_id = Arc::clone(&self.account_id);
        let Some(instance) = self.place(region).instances.get_mut(instance_id) else { return };
        instance.state = state;
        let node = Node::new(ServiceName::Ec2, region, instance.shown_name());
        let event = Arc::new(json!({
            "version": "0",
            "id": out.uuid(),
            "detail-type": "EC2 Instance State-change Notification",
            "source": "aws.ec2",
            "account": account_id.as_ref(),
            "time": out.moment().utc.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "region": region.as_str(),
            "resources": [instance.arn(region, &account_id)],
            "detail": { "instance-id": instance_id.as_ref(), "state": state.name() },
        }));
        out.send(Send {
            path: HopPath::ResBus,
            from: node,
            to: Node::new(ServiceName::EventBridge, region, "default"),
            payload: Payload::json(PayloadKind::Event, state.name(), Arc::clone(&event)),
            parcel: Parcel::BusEvent { bus: "default".into(), event, read_only: false },
            delay: Delay::ResourceToBus,
            reference: None,
        });
        if state.next().is_some() {
            let wait = out.delay(Delay::InstanceTransition);
            let itself = Node::new(ServiceName::Ec2, region, Arc::clone(instance_id));
            out.timer(itself, Timer::InstanceState { instance_id: Arc::clone(instance_id) }, wait);
        } else {
            self.tell_config(region, instance_id, out);
        }
    }

    /// The timer of [`Self::enter`] rang.
    pub(super) fn advance(&mut self, region: &Region, instance_id: &Arc<str>, out: &mut Outbox<'_>) {
        let state = self.place(region).instances.get(instance_id).map(|instance| instance.state);
        if let Some(next) = state.and_then(InstanceState::next) {
            self.enter(region, instance_id, next, out);
        }
    }
}
