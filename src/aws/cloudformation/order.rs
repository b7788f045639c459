//! The order of creation: what a resource names comes before it; otherwise as written.

use super::{
    error::DeployError,
    intrinsics,
    template::{Resource, Template},
    types,
};

/// Logical ids, each after those it depends on.
///
/// What a template names must come first; what only usually comes first (a bucket's policy before the trail that
/// writes there) does so where no circle comes of it.
///
/// # Errors
/// A circle, with the names in it.
pub fn creation_order(template: &Template) -> Result<Vec<String>, DeployError> {
    let names: Vec<&String> = template.resources.keys().collect();
    let mut needs: Vec<Vec<usize>> = Vec::new();
    let mut wishes: Vec<Vec<usize>> = Vec::new();
    for resource in template.resources.values() {
        let named = named_by(resource)?;
        let after = types::find(&resource.resource_type).map_or(&[][..], |known| known.after);
        let positions = |wanted: &dyn Fn(&str, &Resource) -> bool| {
            let all = template.resources.iter().enumerate();
            all.filter(|(_, (name, other))| wanted(name, other)).map(|(at, _)| at).collect()
        };
        needs.push(positions(&|name, _| named.iter().any(|needed| needed == name)));
        wishes.push(positions(&|_, other| after.contains(&other.resource_type.as_str())));
    }
    let mut order: Vec<usize> = Vec::new();
    while order.len() < names.len() {
        let waits = || (0..names.len()).filter(|at| !order.contains(at));
        let is_done = |all: &[usize]| all.iter().all(|one| order.contains(one));
        let next = waits()
            .find(|&at| is_done(&needs[at]) && is_done(&wishes[at]))
            .or_else(|| waits().find(|&at| is_done(&needs[at])));
        match next {
            Some(next) => order.push(next),
            None => return Err(circle(template, &names, &needs, &order)),
        }
    }
    Ok(order.into_iter().map(|at| names[at].clone()).collect())
}

/// The names a resource cannot be without.
fn named_by(resource: &Resource) -> Result<Vec<String>, DeployError> {
    let mut references = Vec::new();
    for (_, node) in &resource.properties {
        intrinsics::references(node, &mut references)?;
    }
    let named = references.into_iter().map(|reference| reference.name);
    Ok(named.chain(resource.depends_on.iter().map(|(name, _)| name.clone())).collect())
}

/// Walks from one resource that cannot be created to the next until a name comes back.
fn circle(template: &Template, names: &[&String], needs: &[Vec<usize>], done: &[usize]) -> DeployError {
    let mut walk: Vec<usize> = (0..names.len()).filter(|at| !done.contains(at)).take(1).collect();
    while let Some(&last) = walk.last() {
        let Some(&next) = needs[last].iter().find(|need| !done.contains(need)) else { break };
        if let Some(start) = walk.iter().position(|at| *at == next) {
            walk.drain(..start);
            break;
        }
        walk.push(next);
    }
    let listed: Vec<_> = walk.iter().map(|&at| names[at].as_str()).collect();
    let at = walk.first().and_then(|&at| template.resources.get(names[at])).map(|resource| resource.at);
    let message = format!("Circular dependency between resources: [{}]", listed.join(", "));
    let error = DeployError::new(at.unwrap_or_default(), message);
    listed.first().map_or_else(|| error.clone(), |name| error.clone().of(name))
}
