//! Keys that would change nothing where the learner is: a footer that offers them sends people looking for what
//! is not there.

use super::{
    action::Action,
    play::{Panel, Play},
};

impl Play {
    /// What would change nothing now, in the panel that is open.
    pub fn idle_actions(&self) -> Vec<Action> {
        let (beat, hints_read, has_rows) = match self.panel {
            Panel::Question(beat) => (beat, self.draft.hints, self.draft.has_choice_of_rows()),
            Panel::Task(beat) => (beat, self.task_hints, true),
            _ => return Vec::new(),
        };
        let has_hints = hints_read < self.session.hint_count(beat);
        [(Action::Hint, has_hints), (Action::Up, has_rows)]
            .into_iter()
            .filter_map(|(action, does_something)| (!does_something).then_some(action))
            .collect()
    }
}
