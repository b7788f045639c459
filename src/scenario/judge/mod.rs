//! Answers conditions: over the ledger and the account of a world, and over what the learner did.
//!
//! A judgement disturbs nothing: what has to be asked of the account is asked of a copy.

mod evidence;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

pub use evidence::{Evidence, Mark};
pub use words::describe;

use super::{
    commands,
    model::{
        Condition,
        condition::{
            AlarmCondition, CallCondition, ComplianceCondition, CostCondition, HopCondition, MailCondition,
            Verdict,
        },
        step::Opened,
    },
    spanned::Spanned,
    words::Text,
};
use crate::aws::HopPath;
use evidence::{Quantity, glob};

/// What the learner did that the account cannot know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Learner {
    /// Question id to the letter chosen.
    pub answers: BTreeMap<String, String>,
    /// Views opened, and of what.
    pub opened: BTreeSet<(String, String)>,
}

impl Learner {
    /// Notes that a view was opened: `("why", "metric>alarm")`, `("diff", "sg-garage")`, `("limits", "L1")`.
    pub fn open(&mut self, view: &str, of: &str) {
        self.opened.insert((view.to_owned(), of.to_owned()));
    }

    fn has_opened(&self, opened: &Opened) -> bool {
        self.opened.iter().any(|(view, of)| {
            *view == opened.view && opened.of.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(of))
        })
    }
}

/// The worlds a condition may speak of.
#[derive(Debug)]
pub struct Court<'a> {
    pub main: Evidence<'a>,
    /// Other worlds and runs of a task, by name.
    pub others: BTreeMap<&'a str, Evidence<'a>>,
    pub learner: &'a Learner,
}

/// What came of a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub holds: bool,
    /// The condition in one line.
    pub says: Text,
    /// What was found.
    pub found: Text,
}

/// Why a condition cannot be judged; the checker says so before anything is played.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JudgeError {
    #[error("no world or run is called `{0}`")]
    UnknownWorld(String),
    #[error("`{0}` is not a hop path")]
    UnknownPath(String),
    #[error("{0}")]
    Command(String),
    #[error("`{0}` is not a meter")]
    UnknownMeter(String),
    #[error("this condition says nothing")]
    Empty,
}

/// Judges one condition.
///
/// # Errors
/// Why it cannot be judged at all.
pub fn judge(condition: &Condition, court: &Court<'_>) -> Result<Finding, JudgeError> {
    let (holds, found) = decide(condition, court)?;
    Ok(Finding { holds, says: describe(condition), found })
}

/// Judges several; the finding says which of them fail.
///
/// # Errors
/// Why one cannot be judged at all.
pub fn judge_all(conditions: &[Spanned<Condition>], court: &Court<'_>) -> Result<Vec<Finding>, JudgeError> {
    conditions.iter().map(|condition| judge(condition, court)).collect()
}

/// How many a condition finds in the world it is about; `None` for one that does not count.
///
/// # Errors
/// Why it cannot be judged at all.
pub fn count(condition: &Condition, court: &Court<'_>) -> Result<Option<u64>, JudgeError> {
    Ok(how_many(condition, world_of(condition, court)?)?.map(|(count, _)| count))
}

fn world_of<'c, 'a>(condition: &Condition, court: &'c Court<'a>) -> Result<&'c Evidence<'a>, JudgeError> {
    match &condition.within {
        None => Ok(&court.main),
        Some(name) => {
            let world = court.others.get(name.value.as_str());
            world.ok_or_else(|| JudgeError::UnknownWorld(name.value.clone()))
        }
    }
}

/// How many a counting condition finds, and how many it wants.
fn how_many(condition: &Condition, evidence: &Evidence<'_>) -> Result<Option<(u64, Quantity)>, JudgeError> {
    Ok(if let Some(hop) = &condition.hop {
        Some((evidence.hops(hop, path(&hop.path)?), quantity(hop)))
    } else if let Some(mail) = &condition.mail {
        Some((evidence.mails(mail), quantity_of_mail(mail)))
    } else if let Some(call) = &condition.call {
        let reaches = call.reaches.as_ref().map(path).transpose()?;
        Some((evidence.calls(call, reaches), quantity_of_call(call)))
    } else if let Some(invoked) = &condition.invoked {
        let count = evidence.invocations(&invoked.function, invoked.of.as_ref().map(|of| of.value.as_str()));
        Some((count, Quantity::new(invoked.count, invoked.at_most, invoked.at_least)))
    } else {
        None
    })
}

fn decide(condition: &Condition, court: &Court<'_>) -> Result<(bool, Text), JudgeError> {
    if let Some(inner) = &condition.never {
        // `in` may stand on either side of `never`.
        let inner = in_world_of(condition, inner);
        let (holds, found) = decide(&inner, court)?;
        return Ok((!holds, found));
    }
    if let Some(options) = &condition.any {
        let mut found = Vec::new();
        for option in options {
            let (holds, seen) = decide(&in_world_of(condition, option), court)?;
            if holds {
                return Ok((true, seen));
            }
            found.push(seen);
        }
        let join = |pick: fn(&Text) -> &str| found.iter().map(pick).collect::<Vec<_>>().join(" ; ");
        return Ok((false, Text::new(join(|text| &text.fr), join(|text| &text.en))));
    }
    let evidence = world_of(condition, court)?;
    if let Some((count, quantity)) = how_many(condition, evidence)? {
        Ok(counted(count, quantity))
    } else if let Some(alarm) = &condition.alarm {
        Ok(decide_alarm(alarm, evidence))
    } else if let Some(compliance) = &condition.compliance {
        Ok(decide_compliance(compliance, evidence))
    } else if let Some(query) = &condition.query {
        let jmespath = query.jmespath.as_ref().map(|path| path.value.as_str());
        let answer = commands::query(evidence.engine, evidence.names, &query.aws, jmespath)
            .map_err(JudgeError::Command)?;
        let shown = serde_json::to_string(&answer).unwrap_or_default();
        Ok((same(&answer, &query.equals), Text::new(format!("réponse {shown}"), format!("answered {shown}"))))
    } else if let Some(chain) = &condition.chain {
        let paths = chain.iter().map(path).collect::<Result<Vec<_>, _>>()?;
        let holds = evidence.has_chain(&paths);
        Ok((
            holds,
            yes_no(
                holds,
                ("chaîne complète", "the chain is whole"),
                ("chaîne rompue", "the chain is broken"),
            ),
        ))
    } else if let Some(matches) = &condition.matches {
        let found = evidence.steps_matched(&matches.rule);
        let wanted: BTreeSet<&str> = matches.exactly.iter().map(|step| step.value.as_str()).collect();
        let list = found.iter().copied().collect::<Vec<_>>().join(", ");
        let text = if list.is_empty() {
            Text::new("aucune étape ne correspond", "no step matches")
        } else {
            Text::new(format!("correspondent : {list}"), format!("these match: {list}"))
        };
        Ok((found == wanted, text))
    } else if let Some(opened) = &condition.opened {
        let holds = court.learner.has_opened(opened);
        Ok((holds, yes_no(holds, ("c'est fait", "done"), ("pas encore", "not yet"))))
    } else if let Some(answers) = &condition.answer {
        let holds = answers.iter().all(|(question, wanted)| {
            let given = court.learner.answers.get(&question.value);
            given.is_some_and(|given| wanted.value.as_str() == Some(given))
        });
        Ok((holds, yes_no(holds, ("répondu ainsi", "answered so"), ("pas répondu ainsi", "not answered so"))))
    } else if let Some(cost) = &condition.cost {
        decide_cost(cost, evidence)
    } else {
        Err(JudgeError::Empty)
    }
}

fn in_world_of(outer: &Condition, inner: &Spanned<Condition>) -> Condition {
    let mut inner = inner.value.clone();
    inner.within = inner.within.or_else(|| outer.within.clone());
    inner
}

fn path(text: &Spanned<String>) -> Result<HopPath, JudgeError> {
    HopPath::parse(text).ok_or_else(|| JudgeError::UnknownPath(text.value.clone()))
}

fn quantity(hop: &HopCondition) -> Quantity {
    Quantity::new(hop.count, hop.at_most, hop.at_least)
}

fn quantity_of_mail(mail: &MailCondition) -> Quantity {
    Quantity::new(mail.count, mail.at_most, mail.at_least)
}

fn quantity_of_call(call: &CallCondition) -> Quantity {
    Quantity::new(call.count, call.at_most, call.at_least)
}

fn counted(count: u64, quantity: Quantity) -> (bool, Text) {
    (quantity.admits(count), Text::new(format!("compté : {count}"), format!("counted: {count}")))
}

fn yes_no(holds: bool, yes: (&str, &str), no: (&str, &str)) -> Text {
    let (fr, en) = if holds { yes } else { no };
    Text::new(fr, en)
}

fn decide_alarm(alarm: &AlarmCondition, evidence: &Evidence<'_>) -> (bool, Text) {
    match alarm.first_at {
        None => {
            let state = evidence.alarm_state(&alarm.name);
            let found = match &state {
                Some(state) => Text::new(format!("son état est {state}"), format!("its state is {state}")),
                None => Text::new("cette alarme n'existe pas", "there is no such alarm"),
            };
            (state.as_deref() == Some(alarm.is.as_str()), found)
        }
        Some(wanted) => match evidence.first_change(&alarm.name, alarm.is) {
            Some(time) => {
                let found =
                    Text::new(format!("la première fois à {time}"), format!("the first time at {time}"));
                (time == wanted, found)
            }
            None => (false, Text::new("jamais dans cet état", "never in that state")),
        },
    }
}

fn decide_compliance(compliance: &ComplianceCondition, evidence: &Evidence<'_>) -> (bool, Text) {
    match evidence.verdict(&compliance.rule, &compliance.resource) {
        Some(verdict) => {
            let found = Text::new(format!("le verdict est {verdict}"), format!("the verdict is {verdict}"));
            (verdict == compliance.is.as_str(), found)
        }
        None => (false, Text::new("aucun verdict", "no verdict")),
    }
}

fn decide_cost(cost: &CostCondition, evidence: &Evidence<'_>) -> Result<(bool, Text), JudgeError> {
    let spent =
        evidence.cost(&cost.meter).ok_or_else(|| JudgeError::UnknownMeter(cost.meter.value.clone()))?;
    let holds =
        cost.at_most.is_none_or(|most| spent <= most) && cost.at_least.is_none_or(|least| spent >= least);
    Ok((holds, Text::new(format!("dépensé ≈ {spent:.4} $"), format!("spent ≈ ${spent:.4}"))))
}

/// Equal as JSON, where `1` and `1.0` are one number and `true` may be written as a text.
fn same(found: &Value, wanted: &Value) -> bool {
    match (found, wanted) {
        (Value::Number(found), Value::Number(wanted)) => found.as_f64() == wanted.as_f64(),
        (Value::Array(found), Value::Array(wanted)) => {
            found.len() == wanted.len() && found.iter().zip(wanted).all(|(found, wanted)| same(found, wanted))
        }
        (Value::Object(found), Value::Object(wanted)) => {
            found.len() == wanted.len()
                && wanted.iter().all(|(key, wanted)| found.get(key).is_some_and(|found| same(found, wanted)))
        }
        _ => found == wanted,
    }
}

/// Whether a rule hop counts under the verdict asked for; a count counts matches unless it says otherwise.
fn verdict_fits(matched: bool, wanted: Option<Verdict>) -> bool {
    matched == (wanted != Some(Verdict::NoMatch))
}

/// Whether a name fits what the author wrote, `*` standing for anything.
pub(super) fn name_fits(pattern: &str, name: &str) -> bool {
    glob(pattern, name)
}
