//! What the learner predicted: option, confidence, hints used. Pure state, no judgement of its own.

use std::collections::BTreeMap;

use super::response::Response;

/// One prediction.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// What was answered; `None` when the question was passed.
    pub response: Option<Response>,
    /// 1 a guess, 2 fairly, 3 certain.
    pub confidence: u8,
    /// How many hints were read first.
    pub hints: usize,
}

/// The predictions of one session, by question id.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answers {
    given: BTreeMap<String, Answer>,
}

impl Answers {
    /// Commits to an answer: the first one stays.
    pub fn commit(&mut self, question: &str, answer: Answer) {
        self.given.entry(question.to_owned()).or_insert(answer);
    }

    pub fn of(&self, question: &str) -> Option<&Answer> {
        self.given.get(question)
    }

    pub fn len(&self) -> usize {
        self.given.len()
    }

    pub fn is_empty(&self) -> bool {
        self.given.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prediction_once_made_stays_made() {
        let mut answers = Answers::default();
        answers.commit("q1", Answer { response: Some(Response::Choice(0)), confidence: 3, hints: 0 });
        answers.commit("q1", Answer { response: Some(Response::Choice(1)), confidence: 1, hints: 2 });

        assert_eq!(answers.of("q1").and_then(|answer| answer.response.clone()), Some(Response::Choice(0)));
    }
}
