//! The functions of metric math, by name.

macro_rules! functions {
    ($($name:ident = $text:literal ($least:literal..=$most:literal),)*) => {
        /// A function that Vigie evaluates.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Function { $($name,)* }

        impl Function {
            pub(super) const ALL: &'static [Self] = &[$(Self::$name),*];

            pub(super) const fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// How few and how many arguments it takes.
            pub(super) const fn arguments(self) -> (usize, usize) {
                match self { $(Self::$name => ($least, $most),)* }
            }
        }
    };
}

functions! {
    Abs = "ABS" (1..=1),
    AnomalyDetectionBand = "ANOMALY_DETECTION_BAND" (1..=2),
    Avg = "AVG" (1..=1),
    Ceil = "CEIL" (1..=1),
    DatapointCount = "DATAPOINT_COUNT" (1..=1),
    Date = "DATE" (1..=1),
    Day = "DAY" (1..=1),
    Diff = "DIFF" (1..=1),
    DiffTime = "DIFF_TIME" (1..=1),
    Epoch = "EPOCH" (1..=1),
    Fill = "FILL" (2..=2),
    First = "FIRST" (1..=1),
    Floor = "FLOOR" (1..=1),
    Hour = "HOUR" (1..=1),
    If = "IF" (2..=3),
    Last = "LAST" (1..=1),
    Log = "LOG" (1..=1),
    Log10 = "LOG10" (1..=1),
    Max = "MAX" (1..=1),
    MetricCount = "METRIC_COUNT" (1..=1),
    Metrics = "METRICS" (0..=1),
    Min = "MIN" (1..=1),
    Minute = "MINUTE" (1..=1),
    Month = "MONTH" (1..=1),
    Period = "PERIOD" (1..=1),
    Rate = "RATE" (1..=1),
    RemoveEmpty = "REMOVE_EMPTY" (1..=1),
    RunningSum = "RUNNING_SUM" (1..=1),
    Slice = "SLICE" (2..=3),
    Sort = "SORT" (3..=4),
    Stddev = "STDDEV" (1..=1),
    Sum = "SUM" (1..=1),
    TimeSeries = "TIME_SERIES" (1..=1),
    Year = "YEAR" (1..=1),
}

/// What exists in AWS and needs something that Vigie has not.
const NOT_SIMULATED: [&str; 4] = ["DB_PERF_INSIGHTS", "INSIGHT_RULE_METRIC", "SEARCH", "SERVICE_QUOTA"];

impl Function {
    /// The function of that name; names are in upper case.
    ///
    /// # Errors
    /// A sentence: it does not exist, or Vigie does not simulate it.
    pub(super) fn find(name: &str) -> Result<Self, String> {
        if let Some(found) = Self::ALL.iter().find(|function| function.name() == name) {
            return Ok(*found);
        }
        if NOT_SIMULATED.contains(&name) {
            return Err(format!("Vigie does not simulate the function {name}"));
        }
        let shouted = name.to_ascii_uppercase();
        if Self::ALL.iter().any(|function| function.name() == shouted) {
            return Err(format!(
                "Function '{name}' not found: functions are written in upper case, {shouted}"
            ));
        }
        Err(format!("Function '{name}' not found"))
    }
}
