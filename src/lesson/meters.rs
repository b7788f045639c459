//! What the meters are called on screen.

use crate::{
    aws::meters::Meter,
    text::{Key, Lang},
};

/// The name of a meter.
pub fn name(lang: Lang, meter: Meter) -> &'static str {
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
