//! What the picture shows, as plain data: the only thing that screens fill and the town reads.
//!
//! Nothing here comes from the engine; a screen translates. Texts arrive in the learner's language, except
//! the few words that boards write by themselves.

use super::scene::Heading;

/// Everything that is not the still picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CityState {
    /// The first is the district whose ids have no ending, the second the one of `-east`.
    pub districts: Vec<District>,
    /// Cars that matter to the story.
    pub vehicles: Vec<Vehicle>,
    /// Cars that only make it a town.
    pub traffic: Traffic,
    /// Envelopes on the roads.
    pub envelopes: Vec<Envelope>,
    /// Envelopes that wait, by building.
    pub queues: Vec<Queue>,
    /// For reduced motion: the buildings an event went through, in order (`①→②→③`).
    pub trace: Vec<String>,
    /// The building to look at; the rest is dimmed.
    pub focus: Option<String>,
    /// The building where the police car stands beside an act, with its light bar on.
    pub police_at: Option<String>,
}

/// One region of the account.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct District {
    /// `eu-west-3`; empty keeps the scene's.
    pub region: String,
    /// CloudWatch: a metric and its alarm; `None` is a radar nobody has installed.
    pub radar: Option<Radar>,
    /// EventBridge: the bus's rules, in order.
    pub rules: Vec<RuleLine>,
    /// EventBridge: 0 to 3 waves around the antenna while an event arrives.
    pub waves: u8,
    /// CloudTrail: what the trail wrote, newest first.
    pub notebook: Vec<Note>,
    /// AWS Config: verdicts on one resource.
    pub checklist: Checklist,
    /// AWS Config: resources being inspected, 0 to 2.
    pub cars_inspected: u8,
    /// Lambda.
    pub depot: Depot,
    /// S3; `None` is no bucket to speak of.
    pub vault: Option<Vault>,
    /// A security group.
    pub gate: Option<Gate>,
    /// SNS: subscribers and what each received.
    pub mailboxes: Vec<Mailbox>,
}

/// CloudWatch's board.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Radar {
    /// The town's number.
    pub speed_kmh: Option<u32>,
    /// The metric behind it, in percent.
    pub cpu_pct: Option<u32>,
    /// Datapoints over the threshold among those evaluated: how many lamps are lit…
    pub lamps_lit: u8,
    /// …out of how many, at most five.
    pub lamps: u8,
    /// `4/5`.
    pub count: String,
    /// What the alarm says; `None` is a metric without an alarm.
    pub alarm: Option<AlarmState>,
    /// The alarm's name, written where there is room.
    pub alarm_name: String,
}

/// AWS's three words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlarmState {
    /// `OK`: a thin frame.
    Ok,
    /// `ALARM`: a thick frame.
    Alarm,
    /// `INSUFFICIENT_DATA`: a dashed frame.
    InsufficientData,
}

impl AlarmState {
    /// The word as AWS writes it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Alarm => "ALARM",
            Self::InsufficientData => "INSUFFICIENT_DATA",
        }
    }
}

/// Yes, no, or nobody knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Ok,
    Bad,
    Unknown,
}

impl Verdict {
    /// The mark that always goes with the colour.
    pub const fn mark(self) -> char {
        match self {
            Self::Ok => '✓',
            Self::Bad => '✗',
            Self::Unknown => '?',
        }
    }
}

/// One line of the tower's board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleLine {
    /// The rule's name, or the event that no rule wanted.
    pub name: String,
    /// Its lamp.
    pub lamp: Lamp,
    /// What the pattern said of the event at hand.
    pub verdict: Option<Verdict>,
}

/// A rule's lamp.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lamp {
    /// A ring.
    #[default]
    Off,
    /// A filled ring: the rule just matched.
    On,
    /// A dotted ring: the rule is disabled.
    Disabled,
    /// A cross: not a rule, an event that was dropped.
    Dropped,
}

/// One line of the notebook.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Note {
    /// `05:20`.
    pub time: String,
    /// `CreateTags`.
    pub text: String,
}

/// Verdicts on one resource.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checklist {
    /// Rule and verdict.
    pub lines: Vec<(String, Verdict)>,
    /// `1 non conforme`, written when a row is left.
    pub summary: String,
}

/// Lambda's hall.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Depot {
    /// Each door.
    pub doors: [Door; 3],
    /// The lamp on the roof: something is running.
    pub beacon: bool,
    /// Invocations given up for good: the ditch.
    pub dropped: u32,
}

/// One door of the depot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Door {
    #[default]
    Closed,
    Half,
    Open,
    Crew,
}

/// A bucket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Vault {
    /// Whether anyone may read it.
    pub is_public: bool,
}

/// A security group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gate {
    /// `22`.
    pub port: String,
    /// Whether the port is open to all.
    pub is_open: bool,
}

/// A subscriber.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mailbox {
    /// `garde`.
    pub name: String,
    /// How many messages arrived.
    pub count: u32,
    /// The house where they are shown; one that this scene has not got counts for the first house.
    pub house: String,
}

/// What drives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum VehicleKind {
    /// CloudTrail's patrol.
    Police,
    /// An EC2 instance.
    Car,
    /// Another one.
    Car2,
    /// An RDS instance.
    Bus,
    /// Lambda's crew.
    Crew,
}

impl VehicleKind {
    /// How its sprites are called.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Police => "police",
            Self::Car => "car",
            Self::Car2 => "car2",
            Self::Bus => "bus",
            Self::Crew => "crew",
        }
    }
}

/// A vehicle on a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vehicle {
    /// What it is.
    pub kind: VehicleKind,
    /// Which lane, as the scene lists them; too great a number is the last one.
    pub lane: usize,
    /// Its left column; may be outside.
    pub x: i32,
    /// The way it looks; `None` follows the lane.
    pub heading: Option<Heading>,
    /// Smoke behind it: its CPU is over the threshold.
    pub exhaust: bool,
    /// The light bar alternates.
    pub light_bar: bool,
}

/// The cars that only make it a town.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Whether there is any; parked in reduced motion.
    pub flow: Flow,
    /// How far the instance's car has driven: the sum of its speed in km/h at every frame, see
    /// [`Traffic::drive`]. A sum, so that a change of speed never makes it jump.
    pub odometer: u64,
}

/// Whether cars move.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Flow {
    /// No car.
    #[default]
    None,
    /// Cars at rest.
    Parked,
    /// Cars drive.
    Moving,
}

impl Traffic {
    /// One frame more at this speed.
    pub fn drive(&mut self, kmh: u32) {
        self.odometer = self.odometer.wrapping_add(u64::from(kmh));
    }
}

/// What an envelope holds: its letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EnvelopeKind {
    /// `t`: an API call, from CloudTrail.
    Act,
    /// `m`: a measure, from CloudWatch.
    Measure,
    /// `a`: an alarm that changed state.
    Alarm,
    /// `c`: a compliance change, from Config.
    Compliance,
    /// `n`: a notification, from SNS.
    Notice,
    /// `λ`: an invocation or its result.
    Mission,
    /// `x`: what went nowhere.
    Failed,
    /// A dot: a postman.
    Postman,
}

impl EnvelopeKind {
    /// How its sprites are called.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Act => "act",
            Self::Measure => "measure",
            Self::Alarm => "alarm",
            Self::Compliance => "compliance",
            Self::Notice => "notice",
            Self::Mission => "mission",
            Self::Failed => "failed",
            Self::Postman => "postman",
        }
    }

    /// The kind of a letter, as timelines write it.
    pub const fn of_letter(letter: char) -> Option<Self> {
        Some(match letter {
            't' => Self::Act,
            'm' => Self::Measure,
            'a' => Self::Alarm,
            'c' => Self::Compliance,
            'n' => Self::Notice,
            'λ' => Self::Mission,
            'x' => Self::Failed,
            _ => return None,
        })
    }
}

/// A way through the town.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// A hop as captions name it: `alarm>bus`, with `-east` behind in the second district.
    Hop(String),
    /// From one building to another, by id.
    Between(String, String),
}

/// An envelope on its way.
#[derive(Clone, Debug, PartialEq)]
pub struct Envelope {
    /// What it holds.
    pub kind: EnvelopeKind,
    /// Its road.
    pub way: Way,
    /// 0 at the start, 1 at the end.
    pub progress: f32,
    /// No relay carries it over the region line: it stops there and fails.
    pub is_blocked: bool,
}

/// Envelopes waiting in front of a building.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queue {
    /// The building.
    pub at: String,
    /// How many.
    pub count: u32,
}
