//! Runs the conformance corpora: one line per corpus, the ids that failed, and a non-zero exit if any did.
//!
//! Reads every `*.jsonl` of `tests/conformance/`, or of the folder named by `VIGIE_CONFORMANCE`. A corpus is one
//! row of [`RUNNERS`]: its file name and a function from a case to what we answer. Groups named `quirk-*` (accidents
//! of the real service) and cases whose basis is `inferred` are counted apart, in parentheses; a quirk we do not
//! share is listed but is not a failure.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::Value;

use vigie::aws::cloudwatch::evaluation::{
    AlarmSettings, Comparison, State, TreatMissingData, Window, judge as judge_alarm,
};
use vigie::aws::config::managed;
use vigie::aws::eventbridge::pattern::Pattern;
use vigie::aws::logs::insights::{Answer, DEFAULT_LIMIT, Event, Query};
use vigie::aws::logs::pattern::{Line, Pattern as FilterPattern, Verdict};
use vigie::aws::message_attributes::{MessageAttribute, MessageAttributes};
use vigie::aws::sns::filter::{FilterPolicy, Scope};
use vigie::aws::timestamps;

/// What we answer to a case, to compare with its `expect`; an error says what is wrong with the case.
type Runner = fn(&Value) -> Result<Value, String>;

/// File name without extension -> runner.
const RUNNERS: &[(&str, Runner)] = &[
    ("alarms", alarm),
    ("config_rules", config_rule),
    ("event_patterns", event_pattern),
    ("insights", insights),
    ("log_filter_patterns", log_filter_pattern),
    ("sns_filter_policies", filter_policy),
];

fn main() -> ExitCode {
    let folder = std::env::var_os("VIGIE_CONFORMANCE")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance"), PathBuf::from);
    let corpora = match corpora(&folder) {
        Ok(corpora) => corpora,
        Err(problem) => {
            eprintln!("conformance: cannot read {}: {problem}", folder.display());
            return ExitCode::FAILURE;
        }
    };
    let (mut passed, mut failed) = (0, 0);
    for path in corpora {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let Some((_, runner)) = RUNNERS.iter().find(|(known, _)| *known == name) else {
            println!("{name}: no runner yet");
            continue;
        };
        let tally = match std::fs::read_to_string(&path) {
            Ok(text) => run(&text, *runner),
            Err(problem) => Tally::unreadable(&problem.to_string()),
        };
        tally.print(&name);
        passed += tally.passed();
        failed += tally.failed();
    }
    println!("conformance: {passed} passed, {failed} failed");
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The corpus files of a folder, by name.
fn corpora(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "jsonl") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// How a case counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    Plain,
    Inferred,
    Quirk,
}

/// Results of one corpus.
#[derive(Default)]
struct Tally {
    /// Standing of each case, and what went wrong with it.
    results: Vec<(Standing, Result<(), String>)>,
}

impl Tally {
    fn unreadable(problem: &str) -> Self {
        Self { results: vec![(Standing::Plain, Err(format!("unreadable: {problem}")))] }
    }

    fn record(&mut self, id: &str, standing: Standing, verdict: Result<(), String>) {
        self.results.push((standing, verdict.map_err(|problem| format!("{id}: {problem}"))));
    }

    /// How many cases of one standing there are, and how many of them passed.
    fn count(&self, standing: Standing) -> (usize, usize) {
        let of_standing = self.results.iter().filter(|(other, _)| *other == standing);
        let passed = of_standing.clone().filter(|(_, verdict)| verdict.is_ok()).count();
        (passed, of_standing.count())
    }

    fn passed(&self) -> usize {
        self.count(Standing::Plain).0
    }

    /// Everything that makes the run fail: plain and inferred cases, not quirks.
    fn failed(&self) -> usize {
        let fails = |(standing, verdict): &&(Standing, Result<(), String>)| {
            *standing != Standing::Quirk && verdict.is_err()
        };
        self.results.iter().filter(fails).count()
    }

    fn print(&self, name: &str) {
        let mut apart = Vec::new();
        for (label, standing) in [("inferred", Standing::Inferred), ("quirk", Standing::Quirk)] {
            let (passed, seen) = self.count(standing);
            if seen > 0 {
                apart.push(format!("{label} {passed}/{seen}"));
            }
        }
        let apart = if apart.is_empty() { String::new() } else { format!(" ({})", apart.join(", ")) };
        println!("{name}: {} passed, {} failed{apart}", self.passed(), self.failed());
        for (_, verdict) in &self.results {
            if let Err(problem) = verdict {
                println!("  {problem}");
            }
        }
    }
}

fn run(corpus: &str, runner: Runner) -> Tally {
    let mut tally = Tally::default();
    for (line, number) in corpus.lines().zip(1..) {
        if line.trim().is_empty() {
            continue;
        }
        let case: Value = match serde_json::from_str(line) {
            Ok(case @ Value::Object(_)) => case,
            Ok(_) => {
                tally.record(&format!("line {number}"), Standing::Plain, Err("not a JSON object".to_owned()));
                continue;
            }
            Err(problem) => {
                tally.record(
                    &format!("line {number}"),
                    Standing::Plain,
                    Err(format!("malformed: {problem}")),
                );
                continue;
            }
        };
        let id = case["id"].as_str().map_or_else(|| format!("line {number}"), str::to_owned);
        tally.record(&id, standing(&case), judge(&case, runner));
    }
    tally
}

fn standing(case: &Value) -> Standing {
    if case["group"].as_str().is_some_and(|group| group.starts_with("quirk-")) {
        Standing::Quirk
    } else if case["basis"] == "inferred" {
        Standing::Inferred
    } else {
        Standing::Plain
    }
}

fn judge(case: &Value, runner: Runner) -> Result<(), String> {
    let expected = case.get("expect").ok_or("no `expect`")?;
    let answer = runner(case)?;
    if answer == *expected { Ok(()) } else { Err(format!("expected {expected}, got {answer}")) }
}

/// A text of a case.
fn text<'c>(case: &'c Value, field: &str) -> Result<&'c str, String> {
    case[field].as_str().ok_or_else(|| format!("no text in `{field}`"))
}

fn event_pattern(case: &Value) -> Result<Value, String> {
    let Ok(pattern) = Pattern::parse(text(case, "pattern")?) else { return Ok("invalid".into()) };
    // A refused pattern is not asked about its event, so the event may be absent from such a case.
    let event = text(case, "event")?;
    let matches = pattern.matches_text(event).map_err(|problem| problem.to_string())?;
    Ok(if matches { "match" } else { "nomatch" }.into())
}

fn log_filter_pattern(case: &Value) -> Result<Value, String> {
    let Ok(pattern) = FilterPattern::parse(text(case, "pattern")?) else { return Ok("invalid".into()) };
    let Verdict::Match(extracted) = pattern.judge(&Line::new(text(case, "message")?)) else {
        return Ok("nomatch".into());
    };
    let expected = &case["extracted"];
    let found: Value = extracted.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    if expected.is_object() && *expected != found {
        return Err(format!("expected {expected} to be extracted, got {found}"));
    }
    Ok("match".into())
}

/// Rows count as the expected ones when their cells do, in order only where the case says that order counts.
fn insights(case: &Value) -> Result<Value, String> {
    let query = Query::parse(text(case, "query")?).map_err(|fault| fault.to_string())?;
    let events = case["events"].as_array().ok_or("no `events`")?;
    let events = events.iter().map(log_event).collect::<Result<Vec<Event>, String>>()?;
    let answer = query.run(events, DEFAULT_LIMIT);
    let expected = &case["expect"];
    let wanted = table(expected);
    let mut found = cells(&answer);
    if wanted.len() == found.len() {
        if case["ordered"] != true {
            reorder(&mut found, &wanted);
        }
        if wanted.iter().zip(&found).all(|(wanted, found)| same_row(wanted, found)) {
            return Ok(expected.clone());
        }
    }
    Ok(serde_json::json!({ "columns": answer.columns, "rows": found }))
}

fn log_event(event: &Value) -> Result<Event, String> {
    let moment = chrono::NaiveDateTime::parse_from_str(text(event, "@timestamp")?, "%Y-%m-%d %H:%M:%S%.3f");
    let at = moment.map_err(|problem| problem.to_string())?.and_utc().timestamp_millis();
    Ok(Event::new(at, at, text(event, "@message")?.into(), text(event, "@logStream")?.into()))
}

/// Cells by column; an absent cell is no cell.
type Row = BTreeMap<String, String>;

fn table(expected: &Value) -> Vec<Row> {
    let columns: Vec<&str> =
        expected["columns"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let rows = expected["rows"].as_array().into_iter().flatten();
    rows.map(|row| {
        let texts = row.as_array().into_iter().flatten().map(Value::as_str);
        columns
            .iter()
            .zip(texts)
            .filter_map(|(name, text)| Some(((*name).to_owned(), text?.to_owned())))
            .collect()
    })
    .collect()
}

fn cells(answer: &Answer) -> Vec<Row> {
    let row = |values: &[Option<String>]| {
        answer
            .columns
            .iter()
            .zip(values)
            .filter_map(|(name, text)| Some((name.to_string(), text.clone()?)))
            .collect()
    };
    answer.rows.iter().map(|found| row(&found.values)).collect()
}

/// Brings each row to the place of the expected row it equals.
fn reorder(found: &mut [Row], wanted: &[Row]) {
    for (place, wanted) in wanted.iter().enumerate() {
        if let Some(same) = (place..found.len()).find(|at| same_row(wanted, &found[*at])) {
            found.swap(place, same);
        }
    }
}

/// Two numbers are the same within a millionth.
fn same_row(left: &Row, right: &Row) -> bool {
    let same_cell = |left: &str, right: &str| match (left.parse::<f64>(), right.parse::<f64>()) {
        (Ok(left), Ok(right)) => (left - right).abs() <= 1e-6,
        _ => left == right,
    };
    left.len() == right.len()
        && left
            .iter()
            .zip(right)
            .all(|((name, left), (other, right))| name == other && same_cell(left, right))
}

/// Whether a subscription's filter policy wants a message.
fn filter_policy(case: &Value) -> Result<Value, String> {
    let scope = Scope::parse(text(case, "scope")?).ok_or("unknown `scope`")?;
    let Ok(policy) = FilterPolicy::parse(text(case, "policy")?, scope) else { return Ok("invalid".into()) };
    let attribute = |(name, given): (&String, &Value)| {
        let (data_type, value) = (given["Type"].as_str()?, given["Value"].as_str()?);
        let (text, bytes) =
            if data_type == "Binary" { (None, Some(value.into())) } else { (Some(value.into()), None) };
        let attribute =
            MessageAttribute { data_type: data_type.into(), string_value: text, binary_value: bytes };
        Some((name.as_str().into(), attribute))
    };
    let attributes: Option<MessageAttributes> =
        case["attributes"].as_object().into_iter().flatten().map(attribute).collect();
    let attributes = attributes.ok_or("an attribute without `Type` or `Value`")?;
    let body = text(case, "body")?;
    let wanted = policy.is_none_or(|policy| policy.judge(body, &attributes).is_ok());
    Ok(if wanted { "accept" } else { "reject" }.into())
}

/// The state an alarm takes after one evaluation.
fn alarm(case: &Value) -> Result<Value, String> {
    let alarm = &case["alarm"];
    let number = |field: &str| alarm[field].as_u64().and_then(|number| u32::try_from(number).ok());
    let band = |field: &str| numbers(&alarm[field]).into_iter().flatten().collect::<Vec<f64>>();

    let window = number("evaluation_periods").ok_or("no `evaluation_periods`")?;
    let treatment = alarm["treat_missing_data"].as_str().unwrap_or("missing");
    let settings = AlarmSettings {
        comparison: Comparison::parse(text(alarm, "comparison")?).ok_or("unknown `comparison`")?,
        threshold: alarm["threshold"].as_f64(),
        window,
        needed: number("datapoints_to_alarm").unwrap_or(window),
        treat_missing_data: TreatMissingData::parse(treatment).ok_or("unknown `treat_missing_data`")?,
    };
    let previous = State::parse(text(case, "previous_state")?).ok_or("unknown `previous_state`")?;
    let (lower_band, upper_band) = (band("lower_band"), band("upper_band"));
    let looked_at = Window {
        datapoints: &numbers(&case["datapoints"]),
        lower_band: &lower_band,
        upper_band: &upper_band,
        too_few_samples: false,
    };
    Ok(judge_alarm(&settings, looked_at, previous).state.as_str().into())
}

/// What a managed rule says of a resource; rules about ages are told what time it is.
fn config_rule(case: &Value) -> Result<Value, String> {
    let rule = managed::find(text(case, "rule")?).ok_or("no such rule")?;
    let parameters = serde_json::from_value(case["params"].clone()).map_err(|problem| problem.to_string())?;
    let item = &case["resource"];
    let now = item["evaluationTime"].as_str().and_then(timestamps::parse).unwrap_or_default();
    Ok(rule.evaluate(item, &parameters, now).compliance.as_str().into())
}

/// A list of numbers, `None` where it holds null.
fn numbers(list: &Value) -> Vec<Option<f64>> {
    list.as_array().map(|list| list.iter().map(Value::as_f64).collect()).unwrap_or_default()
}
