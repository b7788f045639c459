//! The meters of a lesson: what they are called, when they are shown, what they show and what that would cost.

use crate::{
    aws::meters::{Meter, Usage},
    kernel::HopId,
    scenario::{compose::Script, prices::Prices},
    text::{Key, Lang, format},
};

/// The track whose stories show their meters.
const METERED_TRACK: &str = "expert";

/// Whether a story shows its meters without being asked.
pub fn are_shown(script: &Script) -> bool {
    script.scenario().track.as_ref().is_some_and(|track| track.value == METERED_TRACK)
}

/// What the meters of a story show after each of its hops.
#[derive(Clone, Debug)]
pub struct Meters {
    /// The first hop of the story, and what they show after each hop from it on.
    pub(super) first: HopId,
    pub(super) shown: Vec<Usage>,
    pub(super) prices: Prices,
}

impl Meters {
    fn after(&self, last: Option<HopId>) -> Usage {
        let index = last.and_then(|last| last.index().checked_sub(self.first.index()));
        index.and_then(|index| self.shown.get(index)).copied().unwrap_or_default()
    }

    /// What they show, and their sum, after the hop that left last.
    pub fn readings(&self, lang: Lang, last: Option<HopId>) -> Vec<Reading> {
        readings(lang, &self.after(last), &self.prices)
    }

    /// What all of it would have cost by then.
    pub fn cost(&self, lang: Lang, last: Option<HopId>) -> String {
        sum(lang, &self.after(last), &self.prices).cost
    }
}

/// One meter, or their sum, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    pub name: &'static str,
    /// Empty for the sum, which counts nothing.
    pub count: String,
    /// Always about: `≈ $0.30`.
    pub cost: String,
}

/// The meters that have turned, then their sum.
pub fn readings(lang: Lang, usage: &Usage, prices: &Prices) -> Vec<Reading> {
    let turned = usage.iter().filter(|(_, count)| *count > 0).map(|(meter, count)| Reading {
        name: name(lang, meter),
        count: format::count(lang, count),
        cost: format::about_dollars(lang, prices.cost(usage, meter)),
    });
    turned.chain([sum(lang, usage, prices)]).collect()
}

/// What everything together would cost.
fn sum(lang: Lang, usage: &Usage, prices: &Prices) -> Reading {
    Reading {
        name: lang.get(Key::RunMetersTotal),
        count: String::new(),
        cost: format::about_dollars(lang, prices.total(usage)),
    }
}

/// The name of a meter.
fn name(lang: Lang, meter: Meter) -> &'static str {
    lang.get(match meter {
        Meter::ConfigItem => Key::MeterConfigItem,
        Meter::RuleEvaluation => Key::MeterRuleEvaluation,
        Meter::DataEvent => Key::MeterDataEvent,
        Meter::Event => Key::MeterEvent,
        Meter::ServiceEvent => Key::MeterServiceEvent,
        Meter::Mail => Key::MeterMail,
        Meter::Letter => Key::MeterLetter,
        Meter::Invocation => Key::MeterInvocation,
    })
}
