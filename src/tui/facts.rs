//! What the account looks like at a stop of the story: the part of the picture that hops alone do not tell.

/// A metric and the alarm on it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RadarFacts {
    /// The last CPU reading, percent.
    pub cpu: Option<f64>,
    /// Datapoints of the window that breach, and how many the window has; zero without an alarm.
    pub lit: u32,
    pub lamps: u32,
    pub state: Option<String>,
    pub alarm: String,
}

/// The account at one stop.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    pub region: String,
    pub radar: Option<RadarFacts>,
    /// Rules of the default bus and whether each is enabled.
    pub rules: Vec<(String, bool)>,
    /// Config rules and their verdicts.
    pub checklist: Vec<(String, String)>,
    pub non_compliant: u64,
    pub recorder_on: bool,
    pub vault_public: Option<bool>,
    /// A port of the security group at the gate, and whether the world may pass.
    pub gate: Option<(String, bool)>,
    /// Mail addresses of the story, in a settled order.
    pub addresses: Vec<String>,
    /// Event names of the set-up, newest first, greyed.
    pub before: Vec<String>,
    pub dropped: u32,
    /// The speed the cars had when the story opened.
    pub resting_kmh: u32,
    /// Column where the crew car leaves the depot.
    pub depot_x: i32,
}
