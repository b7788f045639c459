//! SES, in sentences.

use serde_json::{Value, json};

use super::VERIFICATION_LINK;
use crate::aws::{HopPath, Node, ServiceName, parcel::Timer, testing::Sandbox};
use crate::kernel::SimDuration;

fn identity(sandbox: &mut Sandbox, address: &str) {
    sandbox.ok(ServiceName::Ses, "CreateEmailIdentity", json!({ "EmailIdentity": address }));
}

fn open_link(sandbox: &mut Sandbox, address: &str) {
    let region = crate::aws::Region::new("us-east-1");
    let timer = Timer::Named { name: VERIFICATION_LINK, key: address.into() };
    sandbox.with_outbox(crate::kernel::Cause::Input(crate::kernel::InputId::from_index(0)), |_, out| {
        out.timer(Node::new(ServiceName::Ses, &region, address), timer, SimDuration::ZERO);
    });
    sandbox.wait(1);
}

fn mail(to: &str) -> Value {
    json!({
        "FromEmailAddress": "amendes@ville.example",
        "Destination": { "ToAddresses": [to] },
        "Content": { "Simple": { "Subject": { "Data": "Amende" }, "Body": { "Text": { "Data": "117 km/h" } } } },
    })
}

#[test]
fn in_the_sandbox_both_ends_of_a_mail_must_be_verified() {
    let mut sandbox = Sandbox::new();
    identity(&mut sandbox, "amendes@ville.example");
    open_link(&mut sandbox, "amendes@ville.example");

    let error = sandbox.error(ServiceName::Ses, "SendEmail", mail("conducteur@rue.example"));

    assert!(error.contains("MessageRejected"), "{error}");
    assert!(error.ends_with("conducteur@rue.example"), "{error}");
}

#[test]
fn a_mail_reaches_the_one_address_it_names() {
    let mut sandbox = Sandbox::new();
    for address in ["amendes@ville.example", "conducteur@rue.example"] {
        identity(&mut sandbox, address);
        open_link(&mut sandbox, address);
    }

    sandbox.ok(ServiceName::Ses, "SendEmail", mail("conducteur@rue.example"));
    sandbox.wait(10);

    // The installer acts through a role, as a function does.
    let mails = sandbox.payloads(HopPath::LambdaEmail);
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0]["to"], "conducteur@rue.example");
    assert_eq!(mails[0]["body"], "117 km/h");
}
