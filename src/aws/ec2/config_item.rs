//! An instance as a configuration item shows it: its Describe output with small first letters, and what it is tied to.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{
    super::{CallContext, Outbox, Region, parcel::ResourceChange, spelling::small_first},
    Ec2,
};

impl Ec2 {
    /// Tells Config what an instance now looks like.
    pub(super) fn announce_instance(&mut self, region: &Region, id: &str, cx: &mut CallContext<'_, '_>) {
        self.tell_config(region, id, cx.out);
    }

    pub(super) fn tell_config(&mut self, region: &Region, id: &str, out: &mut Outbox<'_>) {
        let account_id = Arc::clone(&self.account_id);
        let place = self.place(region);
        let Some(instance) = place.instances.get(id) else { return };
        let named =
            |group: &str| place.groups.get(group).map_or_else(String::new, |group| group.name.to_string());
        let deleted = instance.state.is_terminated();
        let related = |kind: &str, id: &str, name: &str| {
            json!({
                "resourceId": id,
                "resourceName": null,
                "resourceType": format!("AWS::EC2::{kind}"),
                "name": name,
            })
        };
        let mut relationships = vec![
            related("NetworkInterface", &instance.interface_id, "Contains NetworkInterface"),
            related("Subnet", &instance.subnet_id, "Is contained in Subnet"),
            related("VPC", &instance.vpc_id, "Is contained in Vpc"),
        ];
        relationships.extend(
            instance.groups.iter().map(|id| related("SecurityGroup", id, "Is associated with SecurityGroup")),
        );
        let configuration = if deleted {
            Value::Null
        } else {
            let mut shown = small_first(&instance.describe(region, &account_id, named));
            let absent = [
                ("publicIpAddress", Value::Null),
                ("publicDnsName", "".into()),
                ("keyName", Value::Null),
                ("iamInstanceProfile", Value::Null),
                ("tags", json!([])),
            ];
            for (member, value) in absent {
                if shown.get(member).is_none() {
                    shown[member] = value;
                }
            }
            shown
        };
        let change = ResourceChange {
            resource_type: "AWS::EC2::Instance".into(),
            resource_id: Arc::clone(&instance.id),
            resource_name: None,
            arn: instance.arn(region, &account_id).into(),
            availability_zone: Arc::clone(&instance.zone),
            created_at: Some(instance.launched.timestamp_millis()),
            tags: instance.tags.map(),
            relationships: relationships.into(),
            configuration,
            supplementary: json!({}),
            deleted,
        };
        out.changed(region, change);
    }
}
