//! What a function runs instead of its own code while a fault strikes it.

use super::{Outbox, Region, runtime::Program};
use crate::aws::{FaultKind, Node, ServiceName, faults::Journey};

const THROWS: &str = "exports.handler = async () => { throw new Error('fault injected by the scenario') };";
/// Longer than any timeout.
const HANGS: &str = "exports.handler = () => new Promise((resolve) => setTimeout(resolve, 1_000_000));";

/// Lets a fault take the place of a program's code.
pub(super) fn strike(program: &mut Program, region: &Region, out: &mut Outbox<'_>) {
    let now = out.now();
    let to = Node::new(ServiceName::Lambda, region, program.identity.name.as_str());
    let journey = Journey { path: None, from: None, to: &to };
    for (kind, code) in [(FaultKind::Throws, THROWS), (FaultKind::TimesOut, HANGS)] {
        if out.faults().strike(kind, journey, now).is_some() {
            code.clone_into(&mut program.code);
            "index.handler".clone_into(&mut program.handler);
            return;
        }
    }
}
