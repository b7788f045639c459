//! What a scenario says of itself before anything is played.

use std::sync::Arc;

use chrono::Timelike;

use crate::{
    aws::{Region, ServiceName},
    scenario::{compose::Script, model::View, words::Text},
    text::Lang,
};

/// The words of a scenario's first page. They need no stage, so they can be shown while it is set.
#[derive(Clone, Debug)]
pub struct Introduction {
    script: Arc<Script>,
}

impl Introduction {
    pub fn new(script: &Arc<Script>) -> Self {
        Self { script: Arc::clone(script) }
    }

    pub fn script(&self) -> &Arc<Script> {
        &self.script
    }

    pub fn id(&self) -> &str {
        &self.script.scenario().id.value
    }

    pub fn title(&self, lang: Lang) -> &str {
        text(self.script.scenario().title.as_ref(), lang)
    }

    pub fn hook(&self, lang: Lang) -> &str {
        text(self.script.scenario().hook.as_ref(), lang)
    }

    pub fn objective(&self, lang: Lang) -> &str {
        text(self.script.scenario().objective.as_ref(), lang)
    }

    pub fn minutes(&self) -> u32 {
        self.script.scenario().minutes.unwrap_or_default()
    }

    /// How many questions the story asks.
    pub fn predictions(&self) -> usize {
        self.script.scenario().story.iter().filter(|step| step.ask.is_some()).count()
    }

    pub fn region(&self) -> &Region {
        &self.script.home
    }

    pub fn view(&self) -> View {
        self.script.scenario().view
    }

    /// `CloudTrail · EventBridge · SNS`.
    pub fn teaches(&self) -> String {
        teaches(self.script.scenario().teaches.iter().map(|service| service.value.as_str()))
    }

    /// Hour of the day, UTC, at which the story opens.
    pub fn start_hour(&self) -> u32 {
        self.script.start.hour()
    }
}

/// A text that may be left out.
pub(super) fn text(text: Option<&Text>, lang: Lang) -> &str {
    text.map_or("", |text| text.get(lang))
}

/// Service names as a reader knows them.
pub fn teaches<'a>(services: impl Iterator<Item = &'a str>) -> String {
    let title = |word: &str| {
        let found = ServiceName::ALL.iter().find(|service| {
            service.cli() == word
                || service.title().eq_ignore_ascii_case(word)
                || service.iam_prefix() == word
        });
        found.map_or_else(|| word.to_owned(), |service| service.title().to_owned())
    };
    services.map(title).collect::<Vec<_>>().join(" · ")
}
