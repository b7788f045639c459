//! The one table of keys: it drives dispatch, the footer and the help screen, so that none can drift.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::action::Action;
use crate::text::Key;

/// Where the keyboard is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Title,
    Briefing,
    /// Watching the story, in any view.
    Story,
    Inspector,
    Prediction,
    /// A prediction that is written: a number, fields of a record.
    Writing,
    /// A prediction's feedback, or any panel that only waits to be left.
    Feedback,
    Task,
    Mail,
    Limits,
    Help,
    Report,
}

/// One key of one place.
#[derive(Clone, Copy, Debug)]
pub struct Binding {
    pub place: Place,
    pub keys: &'static [KeyCode],
    /// How the footer and the help print it.
    pub shown: &'static str,
    pub action: Action,
    pub word: Key,
    /// How early it yields its place in a footer that is too narrow: 0 stays longest, 9 is for the help only.
    pub rank: u8,
}

use KeyCode::{BackTab, Char, Down, End, Enter, Esc, F, Home, Left, PageDown, PageUp, Right, Tab, Up};

const fn bind(
    place: Place,
    keys: &'static [KeyCode],
    shown: &'static str,
    action: Action,
    word: Key,
    rank: u8,
) -> Binding {
    Binding { place, keys, shown, action, word, rank }
}

/// Every key. The first binding of an action in a place is the one shown.
pub const KEYS: &[Binding] = &[
    // Title.
    bind(Place::Title, &[Up, Char('k')], "↑↓", Action::Up, Key::KeyChoose, 0),
    bind(Place::Title, &[Down, Char('j')], "", Action::Down, Key::KeyChoose, 9),
    bind(Place::Title, &[Left], "", Action::PreviousHop, Key::KeyReturn, 9),
    bind(Place::Title, &[Enter, Right, Char(' ')], "⏎", Action::Confirm, Key::KeyOpen, 0),
    bind(Place::Title, &[Esc], "", Action::Close, Key::KeyReturn, 9),
    bind(Place::Title, &[Char('L')], "L", Action::Language, Key::KeyLanguage, 1),
    bind(Place::Title, &[Char('?')], "?", Action::Help, Key::KeyHelp, 2),
    bind(Place::Title, &[Char('q')], "q", Action::Quit, Key::KeyQuit, 1),
    // Briefing.
    bind(Place::Briefing, &[Enter, Char(' ')], "⏎", Action::Confirm, Key::KeyBegin, 0),
    bind(Place::Briefing, &[Char('L')], "L", Action::Language, Key::KeyLanguage, 1),
    bind(Place::Briefing, &[Char('?')], "?", Action::Help, Key::KeyHelp, 2),
    bind(Place::Briefing, &[Esc, Char('q')], "q", Action::Close, Key::KeyReturn, 1),
    // Story.
    bind(Place::Story, &[Char(' ')], "␣", Action::TogglePlay, Key::KeyPlay, 0),
    bind(Place::Story, &[Char('n'), Right], "n", Action::NextHop, Key::KeyNext, 0),
    bind(Place::Story, &[Char('b'), Left], "b", Action::PreviousHop, Key::KeyBack, 0),
    bind(Place::Story, &[Char('w')], "w", Action::Why, Key::KeyWhy, 1),
    bind(Place::Story, &[Tab], "Tab", Action::CycleView, Key::KeyView, 2),
    bind(Place::Story, &[Char('p')], "p", Action::Predict, Key::KeyPredict, 3),
    bind(Place::Story, &[Char('m')], "m", Action::Mail, Key::KeyMail, 4),
    bind(Place::Story, &[Char(':')], ":", Action::Console, Key::KeyConsole, 3),
    bind(Place::Story, &[Char('l')], "l", Action::Limits, Key::KeyLimits, 5),
    bind(Place::Story, &[Char('?')], "?", Action::Help, Key::KeyHelp, 1),
    bind(Place::Story, &[Char('q'), Esc], "q", Action::Quit, Key::KeyQuit, 2),
    bind(Place::Story, &[Enter], "⏎", Action::Inspect, Key::KeyInspect, 6),
    bind(Place::Story, &[Char('W')], "W", Action::Effects, Key::KeyEffects, 7),
    bind(Place::Story, &[Up, Char('k')], "↑↓", Action::Up, Key::KeySelect, 7),
    bind(Place::Story, &[Down, Char('j')], "", Action::Down, Key::KeySelect, 9),
    bind(Place::Story, &[PageUp], "", Action::PageUp, Key::KeyScroll, 9),
    bind(Place::Story, &[PageDown], "", Action::PageDown, Key::KeyScroll, 9),
    bind(Place::Story, &[Char('N')], "N", Action::NextBeat, Key::KeyNextBeat, 7),
    bind(Place::Story, &[Char('B')], "B", Action::PreviousBeat, Key::KeyPreviousBeat, 8),
    bind(Place::Story, &[Char('x')], "x", Action::Slower, Key::KeySlower, 8),
    bind(Place::Story, &[Char('X')], "X", Action::Faster, Key::KeyFaster, 8),
    bind(Place::Story, &[Char('g'), Home], "g", Action::Start, Key::KeyStart, 8),
    bind(Place::Story, &[Char('G'), End], "G", Action::Latest, Key::KeyLatest, 8),
    bind(Place::Story, &[F(1)], "F1", Action::CityView, Key::KeyCity, 8),
    bind(Place::Story, &[F(2)], "F2", Action::CloudView, Key::KeyCloud, 8),
    bind(Place::Story, &[F(3)], "F3", Action::SplitView, Key::KeySplit, 8),
    bind(Place::Story, &[Char('v')], "v", Action::ShowOnMap, Key::KeyShowOnMap, 8),
    bind(Place::Story, &[Char('f')], "f", Action::FilterFailures, Key::KeyFilter, 8),
    bind(Place::Story, &[Char('r')], "r", Action::Restart, Key::KeyRestart, 8),
    bind(Place::Story, &[Char('L')], "L", Action::Language, Key::KeyLanguage, 6),
    bind(Place::Story, &[Char('H'), Char('h')], "h", Action::Hint, Key::KeyHint, 8),
    // Inspector.
    bind(Place::Inspector, &[Char('w'), Up, Char('k')], "w", Action::Why, Key::KeyWhy, 0),
    bind(Place::Inspector, &[Char('W'), Down, Char('j')], "W", Action::Effects, Key::KeyEffects, 0),
    bind(Place::Inspector, &[Char('n'), Right], "→", Action::NextHop, Key::KeyNext, 1),
    bind(Place::Inspector, &[Char('b'), Left], "←", Action::PreviousHop, Key::KeyBack, 1),
    bind(Place::Inspector, &[Char('J')], "J", Action::Json, Key::KeyJson, 1),
    bind(Place::Inspector, &[Char('v')], "v", Action::ShowOnMap, Key::KeyShowOnMap, 2),
    bind(Place::Inspector, &[PageDown], "PgDn", Action::PageDown, Key::KeyScroll, 3),
    bind(Place::Inspector, &[PageUp], "", Action::PageUp, Key::KeyScroll, 9),
    bind(Place::Inspector, &[Char('L')], "L", Action::Language, Key::KeyLanguage, 4),
    bind(Place::Inspector, &[Char('?')], "?", Action::Help, Key::KeyHelp, 3),
    bind(Place::Inspector, &[Esc, Char('q'), Enter], "Esc", Action::Close, Key::KeyReturn, 0),
    // Prediction.
    bind(Place::Prediction, &[Up, Char('k')], "↑↓", Action::Up, Key::KeyChoose, 0),
    bind(Place::Prediction, &[Down, Char('j')], "", Action::Down, Key::KeyChoose, 9),
    bind(Place::Prediction, &[Left], "1–3", Action::Slower, Key::KeyConfidence, 0),
    bind(Place::Prediction, &[Right], "", Action::Faster, Key::KeyConfidence, 9),
    bind(Place::Prediction, &[Enter], "⏎", Action::Confirm, Key::KeyConfirm, 0),
    bind(Place::Prediction, &[Char('h'), Char('H')], "h", Action::Hint, Key::KeyHint, 1),
    bind(Place::Prediction, &[Char('s')], "s", Action::Skip, Key::KeySkip, 2),
    bind(Place::Prediction, &[Char('l')], "l", Action::Limits, Key::KeyLimits, 4),
    bind(Place::Prediction, &[Char('L')], "L", Action::Language, Key::KeyLanguage, 3),
    bind(Place::Prediction, &[Char('?')], "?", Action::Help, Key::KeyHelp, 3),
    bind(Place::Prediction, &[Esc, Char('q')], "Esc", Action::Close, Key::KeyClose, 2),
    // A prediction that is written.
    bind(Place::Writing, &[Up], "↑↓", Action::Up, Key::KeyChoose, 2),
    bind(Place::Writing, &[Down], "", Action::Down, Key::KeyChoose, 9),
    bind(Place::Writing, &[Left], "←→", Action::Slower, Key::KeyConfidence, 0),
    bind(Place::Writing, &[Right], "", Action::Faster, Key::KeyConfidence, 9),
    bind(Place::Writing, &[Enter], "⏎", Action::Confirm, Key::KeyConfirm, 0),
    bind(Place::Writing, &[Char('h'), Char('H')], "h", Action::Hint, Key::KeyHint, 1),
    bind(Place::Writing, &[Char('s')], "s", Action::Skip, Key::KeySkip, 2),
    bind(Place::Writing, &[Char('l')], "l", Action::Limits, Key::KeyLimits, 4),
    bind(Place::Writing, &[Char('L')], "L", Action::Language, Key::KeyLanguage, 3),
    bind(Place::Writing, &[Char('?')], "?", Action::Help, Key::KeyHelp, 3),
    bind(Place::Writing, &[Esc], "Esc", Action::Close, Key::KeyClose, 2),
    // Feedback.
    bind(Place::Feedback, &[Enter, Char(' '), Esc, Char('n')], "⏎", Action::Confirm, Key::KeyContinue, 0),
    bind(Place::Feedback, &[Char('w')], "w", Action::Why, Key::KeyWhy, 1),
    bind(Place::Feedback, &[Char('L')], "L", Action::Language, Key::KeyLanguage, 2),
    // Task.
    bind(Place::Task, &[Char(':'), Enter], ":", Action::Console, Key::KeyConsole, 0),
    bind(Place::Task, &[Char('h'), Char('H')], "h", Action::Hint, Key::KeyHint, 0),
    bind(Place::Task, &[Char('m')], "m", Action::Mail, Key::KeyMail, 2),
    bind(Place::Task, &[Char('S')], "S", Action::Solution, Key::KeySolution, 1),
    bind(Place::Task, &[Char('s')], "s", Action::Skip, Key::KeySkip, 1),
    bind(Place::Task, &[Char('L')], "L", Action::Language, Key::KeyLanguage, 3),
    bind(Place::Task, &[Char('?')], "?", Action::Help, Key::KeyHelp, 3),
    bind(Place::Task, &[Esc, Char('q')], "Esc", Action::Close, Key::KeyClose, 1),
    // Mailboxes.
    bind(Place::Mail, &[Up, Char('k')], "↑↓", Action::Up, Key::KeyChoose, 0),
    bind(Place::Mail, &[Down, Char('j')], "", Action::Down, Key::KeyChoose, 9),
    bind(Place::Mail, &[Char('w')], "w", Action::Why, Key::KeyWhy, 0),
    bind(Place::Mail, &[Char('c')], "c", Action::ConfirmSubscription, Key::KeyConfirm, 1),
    bind(Place::Mail, &[Char('L')], "L", Action::Language, Key::KeyLanguage, 3),
    bind(Place::Mail, &[Esc, Char('q'), Char('m')], "Esc", Action::Close, Key::KeyReturn, 0),
    // Limits.
    bind(Place::Limits, &[Up, Char('k')], "↑↓", Action::Up, Key::KeyChoose, 0),
    bind(Place::Limits, &[Down, Char('j')], "", Action::Down, Key::KeyChoose, 9),
    bind(Place::Limits, &[Char('L')], "L", Action::Language, Key::KeyLanguage, 2),
    bind(Place::Limits, &[Esc, Char('q'), Char('l'), Enter], "Esc", Action::Close, Key::KeyReturn, 0),
    // Help.
    bind(Place::Help, &[Up, Char('k')], "↑↓", Action::Up, Key::KeyScroll, 0),
    bind(Place::Help, &[Down, Char('j'), Tab, BackTab], "", Action::Down, Key::KeyScroll, 9),
    bind(Place::Help, &[Char('L')], "L", Action::Language, Key::KeyLanguage, 2),
    bind(Place::Help, &[Esc, Char('q'), Char('?'), Enter], "Esc", Action::Close, Key::KeyReturn, 0),
    // Report.
    bind(Place::Report, &[Char('r')], "r", Action::Restart, Key::KeyRestart, 0),
    bind(Place::Report, &[Char('b'), Left], "b", Action::PreviousHop, Key::KeyBack, 1),
    bind(Place::Report, &[Char('l')], "l", Action::Limits, Key::KeyLimits, 1),
    bind(Place::Report, &[Char('L')], "L", Action::Language, Key::KeyLanguage, 2),
    bind(Place::Report, &[Enter, Char('q'), Esc], "⏎", Action::Quit, Key::KeyContinue, 0),
];

/// What a key asks for in a place; `None` when it does nothing there.
pub fn action(place: Place, key: KeyEvent) -> Option<Action> {
    if key.modifiers.contains(KeyModifiers::CONTROL) {
        return (key.code == Char('c')).then_some(Action::QuitAtOnce);
    }
    let bound = KEYS.iter().find(|binding| binding.place == place && binding.keys.contains(&key.code));
    if let Some(binding) = bound {
        return Some(binding.action);
    }
    match (place, key.code) {
        (Place::Prediction, Char(letter @ 'a'..='f')) => Some(Action::Choose(letter as u8 - b'a')),
        (Place::Prediction, Char(digit @ '1'..='3')) => Some(Action::Confidence(digit as u8 - b'0')),
        (Place::Story, Char(digit @ '0'..='9')) => Some(Action::Digit(digit as u8 - b'0')),
        _ => None,
    }
}

/// The keys a footer shows, most useful first, and how the pause reads while playing.
pub fn shown(place: Place) -> impl Iterator<Item = &'static Binding> {
    KEYS.iter().filter(move |binding| binding.place == place && !binding.shown.is_empty() && binding.rank < 9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_means_two_things_in_one_place() {
        for (at, binding) in KEYS.iter().enumerate() {
            for other in &KEYS[at + 1..] {
                if binding.place == other.place {
                    let shared: Vec<_> = binding.keys.iter().filter(|key| other.keys.contains(key)).collect();
                    assert!(shared.is_empty(), "{:?}: {shared:?}", binding.place);
                }
            }
        }
    }

    #[test]
    fn control_c_quits_everywhere() {
        let key = KeyEvent::new(Char('c'), KeyModifiers::CONTROL);

        assert_eq!(action(Place::Prediction, key), Some(Action::QuitAtOnce));
    }

    #[test]
    fn every_place_shows_how_to_leave_it() {
        use Place::{
            Briefing, Feedback, Help, Inspector, Limits, Mail, Prediction, Report, Story, Task, Title,
            Writing,
        };
        for place in [
            Title, Briefing, Story, Inspector, Prediction, Writing, Feedback, Task, Mail, Limits, Help,
            Report,
        ] {
            let leaves = shown(place).any(|binding| {
                matches!(binding.action, Action::Quit | Action::Close | Action::Confirm) && binding.rank <= 2
            });
            assert!(leaves, "{place:?}");
        }
    }
}
