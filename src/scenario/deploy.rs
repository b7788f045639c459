//! Hands a template to CloudFormation, and keeps what `${…}` will stand for.

use super::{
    compose::Script,
    diagnostic::{Diagnostic, Span, codes},
    names::Names,
    stage::ACCOUNT_ID,
};
use crate::{
    aws::{
        ApiCall, Region,
        cloudformation::{self, DeployContext, DeployError, Node, Template},
    },
    engine::Engine,
    kernel::SimDuration,
};

/// Between two calls of a deployment, so that the history reads in order.
const PACE: SimDuration = SimDuration::from_secs(1);

/// Deploys the template of a Region.
pub(super) fn deploy(
    script: &Script,
    region: &Region,
    template: &Node,
    engine: &mut Engine,
    names: &mut Names,
) -> Result<(), Vec<Diagnostic>> {
    let drawn = |error: DeployError| draw(script, region, error);
    let template = Template::read(template).map_err(|error| vec![drawn(error)])?;
    let context = DeployContext::new(ACCOUNT_ID, region, &script.scenario().id.value);
    let faults = cloudformation::check(&template, &context);
    if !faults.is_empty() {
        return Err(faults.into_iter().map(drawn).collect());
    }
    let mut call = |call: ApiCall| {
        engine.run_until(engine.now().after(PACE));
        engine.call(call, None).1
    };
    let deployed =
        cloudformation::deploy(&template, &context, &mut call).map_err(|error| vec![drawn(error)])?;
    for (logical_id, physical) in &deployed.resources {
        names.put(logical_id.as_str(), physical.ref_value.as_str());
        for attribute in physical.attributes.keys() {
            let name = format!("{logical_id}.{attribute}");
            if let Some(value) = deployed.value(&name) {
                names.put(name, value);
            }
        }
    }
    Ok(())
}

fn draw(script: &Script, region: &Region, error: DeployError) -> Diagnostic {
    let span = Span::new(error.at.start, error.at.end.min(error.at.start + 200));
    let of = error.logical_id.as_ref().map_or_else(String::new, |logical_id| format!("{logical_id} : "));
    let mut diagnostic = Diagnostic::error(
        codes::TEMPLATE,
        span,
        format!("{of}{}", error.message),
        format!("{}{}", of.replace(" :", ":"), error.message),
    );
    if let Some(help) = error.help {
        diagnostic = diagnostic.help(help.fr, help.en);
    }
    match &error.logical_id {
        Some(logical_id) => script.locate(region, logical_id, diagnostic),
        None => diagnostic,
    }
}
