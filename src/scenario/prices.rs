//! What the meters cost: a dated table with its sources, and what a scenario sets instead.

use std::{collections::BTreeMap, sync::OnceLock};

use serde::Deserialize;

use super::compose::Script;
use crate::aws::meters::{Meter, Usage};

/// The sum of all meters, where a condition wants one.
pub const TOTAL: &str = "total";

/// The published table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceTable {
    /// The day the prices were read.
    pub as_of: String,
    pub currency: String,
    pub meters: BTreeMap<String, UnitPrice>,
}

/// One row of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitPrice {
    pub price: f64,
    /// The page it was read on.
    pub source: String,
}

/// The table in the binary.
pub fn table() -> &'static PriceTable {
    static TABLE: OnceLock<PriceTable> = OnceLock::new();
    TABLE.get_or_init(|| {
        serde_yaml::from_str(include_str!("../../assets/prices.yaml")).expect("a test reads the prices")
    })
}

/// What a unit of each meter costs in a scenario.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prices(BTreeMap<Meter, f64>);

impl Prices {
    /// The published prices, with the scenario's own in their place.
    pub fn of(script: &Script) -> Self {
        let published = table().meters.iter().map(|(name, row)| (name.as_str(), row.price));
        let all = published.chain(script.prices());
        Self(all.filter_map(|(name, price)| Some((Meter::parse(name)?, price))).collect())
    }

    /// What was spent on one meter.
    pub fn cost(&self, usage: &Usage, meter: Meter) -> f64 {
        usage.count(meter) as f64 * self.0.get(&meter).copied().unwrap_or_default()
    }

    /// What was spent in all.
    pub fn total(&self, usage: &Usage) -> f64 {
        Meter::ALL.iter().map(|meter| self.cost(usage, *meter)).sum()
    }

    /// What was spent on a meter of that name, or in all.
    pub fn cost_of(&self, usage: &Usage, meter: &str) -> Option<f64> {
        if meter == TOTAL {
            return Some(self.total(usage));
        }
        Meter::parse(meter).map(|meter| self.cost(usage, meter))
    }
}

/// The names a condition may use.
pub fn names() -> impl Iterator<Item = &'static str> {
    Meter::ALL.iter().map(|meter| meter.as_str()).chain([TOTAL])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_meter_has_a_price_with_a_source_and_every_price_a_meter() {
        let table = table();

        assert!(table.meters.keys().all(|name| Meter::parse(name).is_some()));
        for meter in Meter::ALL {
            let row = table.meters.get(meter.as_str()).expect("a row for every meter");
            assert!(row.source.starts_with("https://aws.amazon.com/") && row.price >= 0.0, "{row:?}");
        }
        assert_eq!(table.as_of.len(), "2026-11-25".len());
    }
}
