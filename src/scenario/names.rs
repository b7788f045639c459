//! What `${…}` stands for: resources of the template by their logical id, their attributes, and what steps kept.

use std::collections::BTreeMap;

/// Names and their values.
#[derive(Clone, Debug, Default)]
pub struct Names {
    values: BTreeMap<String, String>,
}

impl Names {
    /// `SgGarage`, `Corrige.Arn`, `AWS::Region`, or what a step kept.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    pub fn put(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.values.insert(name.into(), value.into());
    }

    pub fn all(&self) -> impl Iterator<Item = &str> {
        self.values.keys().map(String::as_str)
    }
}
