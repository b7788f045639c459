//! `AlarmRule`: an expression over the states of other alarms.
//!
//! ```text
//! expr := and {"OR" and}        and := not {"AND" not}        not := ["NOT"] prim
//! prim := "(" expr ")" | "TRUE" | "FALSE" | state "(" alarm ")"
//!       | "AT_LEAST" "(" (n | n "%") "," ["NOT"] state "," "(" alarm {"," alarm} ")" ")"
//! state := "ALARM" | "OK" | "INSUFFICIENT_DATA"        alarm := a name or an ARN, quoted or not
//! ```
//!
//! Source: CloudWatch User Guide, "Create a composite alarm", and API reference of `PutCompositeAlarm`.

use std::sync::Arc;

use super::reader::Reader;
use crate::aws::cloudwatch::evaluation::State;

/// The most alarms, and the most elements, of a rule: child alarms, constants and pairs of parentheses.
const MOST_CHILDREN: usize = 100;
const MOST_ELEMENTS: usize = 500;

/// A rule as it was given and as it was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    pub text: Arc<str>,
    condition: Condition,
    /// The names of the alarms it looks at, in the order it names them, each once.
    children: Vec<Arc<str>>,
}

/// A part of a rule.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Condition {
    Constant(bool),
    Is { state: State, alarm: Arc<str> },
    Not(Box<Self>),
    All(Vec<Self>),
    Any(Vec<Self>),
    AtLeast { quorum: Quorum, negated: bool, state: State, alarms: Vec<Arc<str>> },
}

/// How many of the alarms listed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Quorum {
    Count(usize),
    Percent(usize),
}

impl Rule {
    /// Reads a rule.
    ///
    /// # Errors
    /// What is wrong with it, in the service's form: `Error in AlarmRule [Unsupported token 'x' at char 7, must be: …]`,
    /// characters counted from 0.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() || text.trim() != text {
            return Err("AlarmRule must not contain leading or trailing whitespace or be null".to_owned());
        }
        let read = Reader::new(text).whole()?;
        let mut children: Vec<Arc<str>> = Vec::new();
        read.condition.gather(&mut children);
        if children.len() > MOST_CHILDREN {
            return Err(format!("AlarmRule must not have more than {MOST_CHILDREN} child alarms"));
        }
        if read.elements > MOST_ELEMENTS {
            return Err(format!("AlarmRule must not have more than {MOST_ELEMENTS} elements"));
        }
        Ok(Self { text: text.into(), condition: read.condition, children })
    }

    /// The names or ARNs of the alarms it looks at, each once.
    pub fn children(&self) -> &[Arc<str>] {
        &self.children
    }

    /// Whether it looks at that alarm.
    pub fn looks_at(&self, alarm: &str) -> bool {
        self.children.iter().any(|child| name_of(child) == alarm)
    }

    /// Whether it holds, given the alarms' states by name.
    pub fn holds(&self, state_of: &dyn Fn(&str) -> Option<State>) -> bool {
        self.condition.holds(state_of)
    }
}

/// The name in an ARN such as `arn:aws:cloudwatch:eu-west-3:111122223333:alarm:radar-110`, or the name itself.
pub fn name_of(reference: &str) -> &str {
    match reference.strip_prefix("arn:") {
        Some(_) => reference.split_once(":alarm:").map_or(reference, |(_, name)| name),
        None => reference,
    }
}

impl Condition {
    fn holds(&self, state_of: &dyn Fn(&str) -> Option<State>) -> bool {
        let is_in = |alarm: &Arc<str>, state: State| state_of(name_of(alarm)) == Some(state);
        match self {
            Self::Constant(holds) => *holds,
            Self::Is { state, alarm } => is_in(alarm, *state),
            Self::Not(inner) => !inner.holds(state_of),
            Self::All(parts) => parts.iter().all(|part| part.holds(state_of)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(state_of)),
            Self::AtLeast { quorum, negated, state, alarms } => {
                let count = alarms.iter().filter(|alarm| is_in(alarm, *state) != *negated).count();
                match quorum {
                    Quorum::Count(least) => count >= *least,
                    Quorum::Percent(percent) => count * 100 >= percent * alarms.len(),
                }
            }
        }
    }

    fn gather(&self, found: &mut Vec<Arc<str>>) {
        let mut add = |alarm: &Arc<str>| {
            if !found.iter().any(|known| name_of(known) == name_of(alarm)) {
                found.push(Arc::clone(alarm));
            }
        };
        match self {
            Self::Constant(_) => {}
            Self::Is { alarm, .. } => add(alarm),
            Self::AtLeast { alarms, .. } => alarms.iter().for_each(add),
            Self::Not(inner) => inner.gather(found),
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.gather(found)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// States: `a` is in ALARM, `o` is OK, `i` has insufficient data.
    fn holds(rule: &str) -> bool {
        let state_of = |name: &str| match name.chars().next() {
            Some('a') => Some(State::Alarm),
            Some('o') => Some(State::Ok),
            Some('i') => Some(State::InsufficientData),
            _ => None,
        };
        Rule::parse(rule).unwrap_or_else(|error| panic!("{rule}: {error}")).holds(&state_of)
    }

    fn error(rule: &str) -> String {
        Rule::parse(rule).expect_err("it is wrong")
    }

    #[test]
    fn a_rule_asks_for_states_and_joins_them() {
        assert!(holds("ALARM(a1) AND OK(o1) AND INSUFFICIENT_DATA(i1)"));
        assert!(holds("ALARM(o1) OR ALARM(a1)"));
        assert!(holds("ALARM(o1) AND ALARM(o2) OR ALARM(a1)"), "AND binds tighter");
        assert!(!holds("ALARM(o1) AND (ALARM(o2) OR ALARM(a1))"));
        assert!(holds("NOT ALARM(o1) AND NOT (OK(a1) OR FALSE)"));
        assert!(holds("TRUE"));
        assert!(!holds("FALSE"));
    }

    #[test]
    fn at_least_counts_alarms_or_percents_of_them() {
        assert!(holds("AT_LEAST(2, ALARM, (a1, a2, o1))"));
        assert!(!holds("AT_LEAST(3, ALARM, (a1, a2, o1))"));
        assert!(holds("AT_LEAST(50%, ALARM, (a1, o1))"));
        assert!(!holds("AT_LEAST(51%, ALARM, (a1, o1))"));
        assert!(holds("AT_LEAST(1, NOT OK, (i1, o1))"));
    }

    #[test]
    fn an_alarm_is_named_by_its_name_or_arn_with_or_without_quotes() {
        let arn = "arn:aws:cloudwatch:eu-west-3:111122223333:alarm:a1";

        assert!(holds(&format!("ALARM({arn}) AND ALARM(\"{arn}\")")));
        assert!(holds("ALARM(\"a name with (parentheses), a comma and \\\"quotes\\\"\")"));
        let rule = Rule::parse(&format!("ALARM({arn}) OR ALARM(a1) OR OK( o1 )")).expect("it is right");
        assert_eq!(rule.children().iter().map(|child| name_of(child)).collect::<Vec<_>>(), ["a1", "o1"]);
        assert!(rule.looks_at("a1") && !rule.looks_at("a"));
    }

    #[test]
    fn what_is_wrong_with_a_rule_is_said_with_its_place_as_the_service_says_it() {
        const START: &str = "'(', 'NOT', AT_LEAST, TRUE or FALSE, ALARM, OK, or INSUFFICIENT_DATA";
        let unsupported = |token: &str, at: usize, wanted: &str| {
            format!("Error in AlarmRule [Unsupported token '{token}' at char {at}, must be: {wanted}]")
        };

        assert_eq!(error("()"), unsupported(")", 1, START));
        assert_eq!(error("ALARM(SampleQueue Oldest)"), unsupported("Oldest", 18, "')'"));
        assert_eq!(error("ALARM(a1) XOR ALARM(a2)"), unsupported("XOR", 10, "'AND', 'OR' or end of rule"));
        assert_eq!(error("alarm(a1)"), unsupported("alarm", 0, START));
        assert_eq!(error("ALARM(a1) AND"), unsupported("end of rule", 13, START));
        assert_eq!(error("(TRUE"), unsupported("end of rule", 5, "')'"));
        assert_eq!(error("ALARM()"), unsupported(")", 6, "an alarm name or ARN"));
        assert_eq!(error("AT_LEAST(x, ALARM, (a1))"), unsupported("x", 9, "a number or a percentage"));
        assert_eq!(error(" TRUE"), "AlarmRule must not contain leading or trailing whitespace or be null");
    }

    #[test]
    fn a_rule_has_a_size() {
        let many: Vec<String> = (0..101).map(|index| format!("ALARM(a{index})")).collect();
        assert!(error(&many.join(" OR ")).contains("more than 100 child alarms"));
        assert!(error(&vec!["TRUE"; 501].join(" OR ")).contains("more than 500 elements"));
        assert!(error(&format!("{}TRUE", "(".repeat(5_000))).contains("nested"));
        assert!(error(&format!("{}TRUE", "NOT ".repeat(2_000))).contains("Unsupported token 'NOT'"));
    }
}
