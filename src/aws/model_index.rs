//! What AWS's own service models call the operations of the services here, and their parameters: so that what Vigie
//! does not simulate is refused by its name, and what nobody knows is told from it.
//!
//! `assets/aws-operations.txt` is a table of contents of the models in botocore 1.43.11, one operation a line.

use super::ServiceName;

const INDEX: &str = include_str!("../../assets/aws-operations.txt");

/// The operations AWS has of a service.
pub fn operations(service: ServiceName) -> impl Iterator<Item = &'static str> {
    lines(service).map(|(operation, _)| operation)
}

/// The parameters AWS has of an operation; `None` when it has no such operation.
pub fn parameters(service: ServiceName, operation: &str) -> Option<impl Iterator<Item = &'static str>> {
    lines(service).find(|(name, _)| *name == operation).map(|(_, parameters)| parameters.split_whitespace())
}

fn lines(service: ServiceName) -> impl Iterator<Item = (&'static str, &'static str)> {
    INDEX.lines().filter_map(move |line| {
        let (word, rest) = line.split_once(' ')?;
        let (operation, parameters) = rest.split_once(':')?;
        (word == service.cli()).then_some((operation, parameters))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aws_has_more_than_vigie() {
        assert!(operations(ServiceName::Ec2).count() > 700);
        let mut parameters = parameters(ServiceName::Iam, "ListUsers").expect("AWS has it");
        assert!(parameters.any(|name| name == "MaxItems"));
        assert!(super::parameters(ServiceName::Iam, "ListUsres").is_none());
    }
}
