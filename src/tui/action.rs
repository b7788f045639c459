//! What a key can ask for.

/// Something a person asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Quit,
    QuitAtOnce,
    Close,
    Help,
    Language,
    // Time.
    TogglePlay,
    NextHop,
    PreviousHop,
    NextBeat,
    PreviousBeat,
    Start,
    Latest,
    Slower,
    Faster,
    Restart,
    // Views.
    CycleView,
    CityView,
    CloudView,
    SplitView,
    // Understanding.
    Why,
    Effects,
    Inspect,
    Json,
    ShowOnMap,
    FilterFailures,
    // Lists and choices.
    Up,
    Down,
    PageUp,
    PageDown,
    Confirm,
    Choose(u8),
    Confidence(u8),
    Hint,
    Skip,
    Solution,
    // Panels.
    Predict,
    Limits,
    Mail,
    Console,
    ConfirmSubscription,
    Digit(u8),
}
