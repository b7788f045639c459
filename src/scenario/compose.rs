//! Joins a scenario to the fixtures it starts from: one account, one cast, each part knowing the file it comes from.

use std::{collections::BTreeMap, sync::Arc};

use chrono::{DateTime, Utc};

use super::{
    diagnostic::{Diagnostic, Source, Span, codes},
    load::Loaded,
    model::{Kind, Line, Load, Person, Scenario, Step, Table, Template},
    spanned::Spanned,
    tree::{Entry, Tree, TreeValue},
};
use crate::aws::{
    Region,
    cloudformation::{Key, Location, Node, NodeValue},
};

/// The deepest pile of fixtures: each may stand on another.
const MAX_LAYERS: usize = 8;

/// The Region of a scenario that names none.
pub const HOME: &str = "eu-west-3";
/// The instant of a scenario that names none.
const START: &str = "2026-03-02T09:00:00Z";

/// A scenario on top of its fixtures.
#[derive(Clone, Debug)]
pub struct Script {
    /// Fixtures first, the scenario last.
    layers: Vec<Arc<Loaded>>,
    /// The template of each Region, home first, and which layer each resource comes from.
    pub accounts: Vec<RegionAccount>,
    pub people: Table<Person>,
    pub files: BTreeMap<String, String>,
    pub home: Region,
    pub start: DateTime<Utc>,
}

/// The template of a Region.
#[derive(Clone, Debug)]
pub struct RegionAccount {
    pub region: Region,
    pub template: Node,
    layer_of: BTreeMap<String, usize>,
}

impl Script {
    /// Joins a scenario to the fixtures that `find` gives by name.
    ///
    /// # Errors
    /// A fixture that does not exist, is none, or stands on itself.
    pub fn new(
        loaded: Loaded,
        mut find: impl FnMut(&str) -> Result<Loaded, Box<Diagnostic>>,
    ) -> Result<Self, Box<Diagnostic>> {
        let mut layers = vec![Arc::new(loaded)];
        while let Some(base) = layers[0].scenario.base.clone() {
            let in_file = Arc::new(layers[0].source.clone());
            let refuse = |fr: String, en: String| {
                Box::new(
                    Diagnostic::error(codes::UNKNOWN_FIXTURE, base.span, fr, en)
                        .in_file(Arc::clone(&in_file)),
                )
            };
            let found = find(&base.value).map_err(|diagnostic| {
                Box::new(Diagnostic { span: base.span, ..*diagnostic }.in_file(Arc::clone(&in_file)))
            })?;
            if found.scenario.kind != Kind::Fixture {
                return Err(refuse(
                    format!("`{}` est un scénario, pas un décor", base.value),
                    format!("`{}` is a scenario, not a fixture", base.value),
                ));
            }
            if layers.len() >= MAX_LAYERS
                || layers.iter().any(|layer| layer.scenario.id.value == found.scenario.id.value)
            {
                return Err(refuse(
                    format!("le décor `{}` repose sur lui-même, ou sur trop d'autres", base.value),
                    format!("the fixture `{}` stands on itself, or on too many others", base.value),
                ));
            }
            layers.insert(0, Arc::new(found));
        }
        Ok(Self::join(layers))
    }

    fn join(layers: Vec<Arc<Loaded>>) -> Self {
        let own = layers.last().expect("a script has at least the scenario itself");
        let home = Region::new(own.scenario.region.as_ref().map_or(HOME, |region| region.value.as_str()));
        let start = own
            .scenario
            .start
            .as_ref()
            .map_or_else(|| START.parse().expect("the constant is an instant"), |start| start.value.0);
        let mut accounts = vec![RegionAccount::empty(home.clone())];
        let (mut people, mut files) = (Table::default(), BTreeMap::new());
        for (number, layer) in layers.iter().enumerate() {
            let scenario = &layer.scenario;
            if let Some(template) = &scenario.account {
                accounts[0].add(template, number, &layer.source);
            }
            for (name, template) in scenario.elsewhere.iter() {
                let region = Region::new(&name.value);
                let at = accounts.iter().position(|account| account.region == region).unwrap_or_else(|| {
                    accounts.push(RegionAccount::empty(region));
                    accounts.len() - 1
                });
                accounts[at].add(template, number, &layer.source);
            }
            for (name, person) in scenario.people.iter() {
                people.put(name.clone(), person.clone());
            }
            files.extend(scenario.files.iter().map(|(name, text)| (name.value.clone(), text.clone())));
        }
        Self { layers, accounts, people, files, home, start }
    }

    /// The same, with the story as it is played.
    #[must_use]
    pub fn with_story(&self, story: Vec<Spanned<Step>>) -> Self {
        let mut script = self.clone();
        let mut own = self.top().clone();
        own.scenario.story = story;
        script.layers.pop();
        script.layers.push(Arc::new(own));
        script
    }

    /// The scenario itself.
    pub fn scenario(&self) -> &Scenario {
        &self.top().scenario
    }

    /// The scenario's own source.
    pub fn source(&self) -> &Source {
        &self.top().source
    }

    fn top(&self) -> &Loaded {
        self.layers.last().expect("a script has at least the scenario itself")
    }

    /// Preparing lines, the fixtures' first, and where each stands.
    pub fn before(&self) -> impl Iterator<Item = (&Spanned<Line>, &Source)> {
        self.layers.iter().flat_map(|layer| layer.scenario.before.iter().map(|line| (line, &layer.source)))
    }

    /// Baselines of resources, the fixtures' first, and where each stands.
    pub fn loads(&self) -> impl Iterator<Item = (&Spanned<Load>, &Source)> {
        self.layers.iter().flat_map(|layer| layer.scenario.load.iter().map(|load| (load, &layer.source)))
    }

    /// Unit prices set by the scenario, its fixtures' first.
    pub fn prices(&self) -> impl Iterator<Item = (&str, f64)> {
        let rows = self.layers.iter().flat_map(|layer| layer.scenario.prices.iter());
        rows.map(|(name, price)| (name.value.as_str(), *price))
    }

    /// Who the learner is when they act.
    pub fn learner(&self) -> &str {
        let named = self.layers.iter().rev().find_map(|layer| layer.scenario.learner.as_ref());
        named.map_or("amina", |learner| learner.value.as_str())
    }

    /// Points a fault of a template at the file its resource comes from.
    pub fn locate(&self, region: &Region, resource: &str, diagnostic: Diagnostic) -> Diagnostic {
        let account = self.accounts.iter().find(|account| account.region == *region);
        let layer = account.and_then(|account| account.layer_of.get(resource)).copied();
        match layer {
            Some(layer) if layer + 1 < self.layers.len() => {
                diagnostic.in_file(Arc::new(self.layers[layer].source.clone()))
            }
            _ => diagnostic,
        }
    }
}

impl RegionAccount {
    fn empty(region: Region) -> Self {
        let template = Node::new(NodeValue::Map(Vec::new()), Location::default());
        Self { region, template, layer_of: BTreeMap::new() }
    }

    /// Whether there is nothing to deploy.
    pub fn is_empty(&self) -> bool {
        self.template.get("Resources").is_none_or(|resources| resources.entries().is_empty())
    }

    /// Lays a template over what is there: entries of the same name are replaced, `null` removes them.
    fn add(&mut self, template: &Template, layer: usize, source: &Source) {
        for section in template.tree.entries() {
            let NodeValue::Map(sections) = &mut self.template.value else { return };
            let written = node(&section.value, source);
            let NodeValue::Map(entries) = written.value else {
                put(sections, key(section, source), written);
                continue;
            };
            if !sections.iter().any(|(name, _)| name.text == section.key) {
                sections.push((key(section, source), Node::new(NodeValue::Map(Vec::new()), written.at)));
            }
            let Some((_, Node { value: NodeValue::Map(kept), .. })) =
                sections.iter_mut().find(|(name, _)| name.text == section.key)
            else {
                continue;
            };
            for (name, entry) in entries {
                if section.key == "Resources" {
                    self.layer_of.insert(name.text.clone(), layer);
                }
                if entry.is_null() {
                    kept.retain(|(known, _)| known.text != name.text);
                } else {
                    put(kept, name, entry);
                }
            }
        }
    }
}

fn put(entries: &mut Vec<(Key, Node)>, key: Key, node: Node) {
    match entries.iter_mut().find(|(known, _)| known.text == key.text) {
        Some(entry) => *entry = (key, node),
        None => entries.push((key, node)),
    }
}

fn key(entry: &Entry, source: &Source) -> Key {
    Key { text: entry.key.clone(), at: location(entry.key_span, source) }
}

fn location(span: Span, source: &Source) -> Location {
    let (line, column) = source.line_and_column(span.start);
    Location { line, column, start: span.start, end: span.end }
}

/// The tree as the account reads templates.
fn node(tree: &Tree, source: &Source) -> Node {
    let value = match &tree.value {
        TreeValue::Null => NodeValue::Null,
        TreeValue::Bool(flag) => NodeValue::Bool(*flag),
        TreeValue::Int(number) => NodeValue::Int(*number),
        TreeValue::Float(number) => NodeValue::Float(*number),
        TreeValue::Text(text) => NodeValue::String(text.clone()),
        TreeValue::List(items) => NodeValue::List(items.iter().map(|item| node(item, source)).collect()),
        TreeValue::Map(entries) => NodeValue::Map(
            entries.iter().map(|entry| (key(entry, source), node(&entry.value, source))).collect(),
        ),
    };
    Node { value, tag: tree.tag.as_ref().map(ToString::to_string), at: location(tree.span, source) }
}
