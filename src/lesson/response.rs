//! What a learner answers to a question, and whether it is right. Pure: it is told what the run holds.

use crate::{kernel::HopId, scenario::model::right::letter};

/// One answer, as the kind of question takes it.
#[derive(Clone, Debug, PartialEq)]
pub enum Response {
    /// An option, by number.
    Choice(usize),
    /// For each card the place it was put in.
    Places(Vec<usize>),
    /// Cards in order.
    Order(Vec<usize>),
    Number(f64),
    /// A line of the notebook.
    Line(HopId),
    /// What was written into each field, in the order of the question.
    Fields(Vec<String>),
}

/// What is right.
#[derive(Clone, Debug, PartialEq)]
pub enum Truth {
    Choice(usize),
    Places(Vec<usize>),
    Order(Vec<usize>),
    /// A number, and how far off is still right.
    Number(f64, f64),
    /// Any of these lines.
    Lines(Vec<HopId>),
    /// Each field with its value; none for one that is absent.
    Fields(Vec<(String, Option<String>)>),
}

impl Response {
    pub fn is_right(&self, truth: &Truth) -> bool {
        match (self, truth) {
            (Self::Choice(given), Truth::Choice(right)) => given == right,
            (Self::Places(given), Truth::Places(right)) | (Self::Order(given), Truth::Order(right)) => {
                given == right
            }
            (Self::Number(given), Truth::Number(right, within)) => (given - right).abs() <= *within,
            (Self::Line(given), Truth::Lines(right)) => right.contains(given),
            (Self::Fields(given), Truth::Fields(right)) => {
                given.len() == right.len()
                    && given
                        .iter()
                        .zip(right)
                        .all(|(given, (_, right))| field_is_right(given, right.as_deref()))
            }
            _ => false,
        }
    }

    /// As conditions compare it: letters, digits, values.
    pub fn text(&self) -> String {
        match self {
            Self::Choice(option) => letter(*option).to_string(),
            Self::Places(places) | Self::Order(places) => places.iter().map(|place| letter(*place)).collect(),
            Self::Number(number) => number.to_string(),
            Self::Line(hop) => hop.index().to_string(),
            Self::Fields(values) => values.join(", "),
        }
    }
}

/// Whether what was written into a field is right: nothing, or a dash, for one that is absent.
pub fn field_is_right(given: &str, right: Option<&str>) -> bool {
    match right {
        None => matches!(given.trim(), "" | "-"),
        Some(right) => given.trim() == right,
    }
}

/// A number as typed, with the comma or the point of the language.
pub fn number(text: &str) -> Option<f64> {
    text.trim().replace(',', ".").parse().ok().filter(|number: &f64| number.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_are_right_when_every_one_is() {
        let truth = Truth::Places(vec![0, 1, 0]);

        assert!(Response::Places(vec![0, 1, 0]).is_right(&truth));
        assert!(!Response::Places(vec![0, 1, 1]).is_right(&truth));
        assert!(!Response::Order(vec![0, 1, 0]).is_right(&truth), "an order is no sorting");
        assert_eq!(Response::Places(vec![0, 1, 0]).text(), "aba");
    }

    #[test]
    fn a_number_may_be_off_by_what_the_question_allows() {
        assert!(Response::Number(96.0).is_right(&Truth::Number(100.0, 5.0)));
        assert!(!Response::Number(94.0).is_right(&Truth::Number(100.0, 5.0)));
        assert_eq!(number("1,5"), Some(1.5));
        assert_eq!(number("un"), None);
        assert_eq!(Response::Number(4.0).text(), "4");
    }

    #[test]
    fn an_absent_field_is_left_empty_or_struck_out() {
        let truth =
            Truth::Fields(vec![("eventName".into(), Some("StopLogging".into())), ("errorCode".into(), None)]);

        assert!(Response::Fields(vec!["StopLogging ".into(), String::new()]).is_right(&truth));
        assert!(Response::Fields(vec!["StopLogging".into(), "-".into()]).is_right(&truth));
        assert!(!Response::Fields(vec!["StopLogging".into(), "AccessDenied".into()]).is_right(&truth));
    }
}
