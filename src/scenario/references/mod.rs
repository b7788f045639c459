//! Names that must lead somewhere, and the rules that playing cannot show: one verb per step, questions that are
//! questions, both languages filled.

mod answers;
mod conditions;
mod questions;
mod steps;
mod verbs;

use std::collections::BTreeSet;

use super::{
    diagnostic::{Diagnostic, Source, Span, codes},
    load::Loaded,
    model::{Condition, Kind, Scenario, Step, Template},
    spanned::Spanned,
    tree::{Tree, TreeValue},
    words::Text,
};
use crate::{
    aws::{ServiceName, advice::closest, meters::Meter},
    shell,
};

/// The limits cards there are.
const CARDS: [&str; 8] = ["L1", "L2", "L3", "L4", "L5", "L6", "L7", "L8"];
/// Every fault that can be seen without playing.
pub fn check(loaded: &Loaded) -> Vec<Diagnostic> {
    let mut checker = Checker::new(&loaded.scenario, &loaded.source);
    checker.head();
    checker.story();
    for condition in &loaded.scenario.expect {
        checker.condition(condition, &[]);
    }
    checker.found
}

/// The steps of a story, those inside a pick or a comparison among them.
fn every_step(scenario: &Scenario) -> impl Iterator<Item = &Spanned<Step>> {
    scenario.story.iter().flat_map(|step| {
        let picked = step.pick.iter().flat_map(|pick| &pick.of).flat_map(|alternative| &alternative.steps);
        let compared = step.compare.iter().flat_map(|compare| &compare.steps);
        [step].into_iter().chain(picked).chain(compared)
    })
}

/// Error codes that the scenario says it expects: refusals that are part of the story.
pub fn announced_errors(scenario: &Scenario) -> Vec<String> {
    let mut found = Vec::new();
    let mut visit = |condition: &Condition| collect_errors(condition, &mut found);
    scenario.expect.iter().for_each(|condition| visit(condition));
    for step in &scenario.story {
        if let Some(ask) = &step.ask {
            ask.proof.iter().for_each(|condition| visit(condition));
            ask.options.iter().flat_map(|option| &option.proof).for_each(|condition| visit(condition));
        }
        if let Some(task) = &step.task {
            task.check.iter().for_each(|condition| visit(condition));
        }
    }
    found
}

fn collect_errors(condition: &Condition, found: &mut Vec<String>) {
    if let Some(code) = condition.call.as_ref().and_then(|call| call.error.clone()) {
        found.push(code);
    }
    for inner in condition.any.iter().flatten() {
        collect_errors(inner, found);
    }
}

struct Checker<'a> {
    scenario: &'a Scenario,
    source: &'a Source,
    steps: BTreeSet<&'a str>,
    questions: BTreeSet<&'a str>,
    found: Vec<Diagnostic>,
}

impl<'a> Checker<'a> {
    fn new(scenario: &'a Scenario, source: &'a Source) -> Self {
        let steps =
            every_step(scenario).filter_map(|step| step.id.as_ref()).map(|id| id.value.as_str()).collect();
        let questions = scenario
            .story
            .iter()
            .filter_map(|step| step.ask.as_ref())
            .map(|ask| ask.id.value.as_str())
            .collect();
        Self { scenario, source, steps, questions, found: Vec::new() }
    }

    fn fault(&mut self, code: &'static str, span: Span, fr: impl Into<String>, en: impl Into<String>) {
        self.found.push(Diagnostic::error(code, span, fr, en));
    }

    /// Roles that the template makes, by their names.
    fn role_names(&self) -> Vec<String> {
        let text = |tree: Option<&Tree>| match tree.map(|tree| &tree.value) {
            Some(TreeValue::Text(text)) => Some(text.clone()),
            _ => None,
        };
        let resources = self.scenario.account.as_ref().and_then(|account| account.tree.get("Resources"));
        let resources = resources.map(Tree::entries).unwrap_or_default();
        let roles = resources
            .iter()
            .filter(|entry| text(entry.value.get("Type")).as_deref() == Some("AWS::IAM::Role"));
        roles.filter_map(|entry| text(entry.value.get("Properties")?.get("RoleName"))).collect()
    }

    fn first_words(&self, span: Span) -> Span {
        let stretch = self.source.text.get(span.start..span.end).unwrap_or_default();
        Span::new(span.start, stretch.find('\n').map_or(span.end, |end| span.start + end))
    }

    fn head(&mut self) {
        let scenario = self.scenario;
        let id = &scenario.id;
        let is_id = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if id.value.is_empty() || id.value.len() > 60 || !id.value.chars().all(is_id) {
            self.fault(
                codes::WRONG_VALUE,
                id.span,
                "un `id` s'écrit en minuscules, chiffres et traits d'union",
                "an `id` is written in lower case, digits and hyphens",
            );
        }
        self.regions();
        if scenario.kind == Kind::Fixture {
            self.prices();
            return self.fixture();
        }
        for (key, text) in
            [("title", &scenario.title), ("hook", &scenario.hook), ("objective", &scenario.objective)]
        {
            match text {
                Some(text) => self.text(text, id.span),
                None => self.fault(
                    codes::MISSING_KEY,
                    id.span,
                    format!("il manque la clé `{key}`"),
                    format!("the key `{key}` is missing"),
                ),
            }
        }
        if let Some(hook) = &scenario.hook
            && [&hook.fr, &hook.en].iter().any(|text| text.lines().count() > 3)
        {
            self.fault(
                codes::TEXT,
                id.span,
                "`hook` tient en trois lignes",
                "`hook` takes three lines at most",
            );
        }
        for service in &scenario.teaches {
            let known = ServiceName::ALL.iter().flat_map(|service| [service.cli(), service.iam_prefix()]);
            let titles: Vec<String> =
                ServiceName::ALL.iter().map(|service| service.title().to_lowercase()).collect();
            let known: Vec<&str> = known.chain(titles.iter().map(String::as_str)).collect();
            self.resolve(&service.value, service.span, &known, "un service", "a service");
        }
        for card in &scenario.limits {
            self.resolve(&card.value, card.span, &CARDS, "une carte des limites", "a limits card");
        }
        let questions: Vec<&str> = self.questions.iter().copied().collect();
        for question in &scenario.review {
            self.resolve(
                &question.value,
                question.span,
                &questions,
                "une question de l'histoire",
                "a question of the story",
            );
        }
        self.prices();
        for (_, world) in scenario.worlds.iter() {
            if let Some(title) = &world.title {
                self.text(title, id.span);
            }
        }
    }

    /// `${Name}` means one thing, so a logical id stands in one Region.
    fn regions(&mut self) {
        let ids =
            |template: &'a Template| template.tree.get("Resources").map(Tree::entries).unwrap_or_default();
        let mut seen: BTreeSet<&str> =
            self.scenario.account.iter().flat_map(ids).map(|entry| entry.key.as_str()).collect();
        for (region, template) in self.scenario.elsewhere.iter() {
            self.resolve(&region.value, region.span, shell::REGIONS, "une Région d'AWS", "an AWS Region");
            for entry in ids(template) {
                if !seen.insert(&entry.key) {
                    self.fault(
                        codes::DUPLICATE_NAME,
                        entry.key_span,
                        format!("`{}` nomme déjà une ressource d'une autre Région", entry.key),
                        format!("`{}` already names a resource of another Region", entry.key),
                    );
                }
            }
        }
    }

    fn prices(&mut self) {
        let meters: Vec<&str> = Meter::ALL.iter().map(|meter| meter.as_str()).collect();
        for (meter, price) in self.scenario.prices.iter() {
            self.resolve(&meter.value, meter.span, &meters, "un compteur", "a meter");
            if !(0.0..=1_000.0).contains(price) {
                self.fault(
                    codes::WRONG_VALUE,
                    meter.span,
                    "un prix est un nombre de dollars, de 0 à 1000",
                    "a price is a number of dollars, 0 to 1000",
                );
            }
        }
    }

    fn fixture(&mut self) {
        let scenario = self.scenario;
        let has = [
            ("story", !scenario.story.is_empty()),
            ("expect", !scenario.expect.is_empty()),
            ("worlds", !scenario.worlds.is_empty()),
            ("limits", !scenario.limits.is_empty()),
            ("review", !scenario.review.is_empty()),
            ("title", scenario.title.is_some()),
            ("hook", scenario.hook.is_some()),
        ];
        for (key, _) in has.into_iter().filter(|(_, present)| *present) {
            self.fault(
                codes::UNKNOWN_KEY,
                scenario.id.span,
                format!("un décor n'a pas de clé `{key}`"),
                format!("a fixture has no key `{key}`"),
            );
        }
    }

    fn story(&mut self) {
        let scenario = self.scenario;
        let mut seen = BTreeSet::new();
        let ids = every_step(scenario).flat_map(|step| {
            let own = step.id.as_ref();
            let ask = step.ask.as_ref().map(|ask| &ask.id);
            let task = step.task.as_ref().map(|task| &task.id);
            [own, ask, task].into_iter().flatten()
        });
        for id in ids {
            if !seen.insert(id.value.as_str()) {
                self.fault(
                    codes::DUPLICATE_NAME,
                    id.span,
                    format!("deux étapes s'appellent `{}`", id.value),
                    format!("two steps are called `{}`", id.value),
                );
            }
        }
        for step in &scenario.story {
            self.step(step);
        }
    }

    /// Says that a name leads nowhere, and what was probably meant.
    fn resolve(&mut self, name: &str, span: Span, known: &[&str], what_fr: &str, what_en: &str) {
        if known.contains(&name) {
            return;
        }
        let fault = Diagnostic::error(
            codes::UNKNOWN_NAME,
            span,
            format!("`{name}` n'est pas {what_fr}"),
            format!("`{name}` is not {what_en}"),
        );
        self.found.push(match closest(name, known.iter().copied()) {
            Some(word) => fault.meant(Some(word)),
            None if known.is_empty() || known.len() > 40 => fault,
            None => {
                let list = known.join("`, `");
                fault.help(format!("connus : `{list}`"), format!("known: `{list}`"))
            }
        });
    }

    /// Both languages say something.
    fn text(&mut self, text: &Text, span: Span) {
        for (code, written) in [("fr", &text.fr), ("en", &text.en)] {
            if written.trim().is_empty() {
                self.fault(
                    codes::TEXT,
                    self.first_words(span),
                    format!("le texte `{code}` est vide"),
                    format!("the `{code}` text is empty"),
                );
            }
        }
    }
}
