//! Steps: one verb each, and only the keys that mean something beside it.

use super::Checker;
use crate::{
    scenario::{
        diagnostic::{Diagnostic, Span, codes},
        model::{
            Line, Step,
            step::{self, Via},
        },
        spanned::Spanned,
        stage,
    },
    shell,
};

/// Keys that belong to some verbs only.
const COMPANIONS: [(&str, &[&str]); 5] = [
    ("as", &["aws", "traffic"]),
    ("via", &["aws", "traffic"]),
    ("region", &["aws", "event", "log", "traffic", "sign-in"]),
    ("keep", &["aws"]),
    ("cloud", &["say"]),
];

impl<'a> Checker<'a> {
    pub(super) fn step(&mut self, step: &'a Spanned<Step>) {
        let span = self.first_words(step.span);
        let verbs = step.verbs();
        match verbs[..] {
            [verb] => self.companions(step, verb, span),
            [] => self.found.push(no_verb(span)),
            _ => self.fault(
                codes::VERB,
                span,
                format!("cette étape a {} verbes : `{}`", verbs.len(), verbs.join("`, `")),
                format!("this step has {} verbs: `{}`", verbs.len(), verbs.join("`, `")),
            ),
        }
        self.who_and_where(step);
        for text in step.say.iter().map(|say| &say.value).chain(&step.cloud) {
            self.text(text, step.span);
        }
        self.verb(step, span);
    }

    /// Keys that say nothing beside this verb are refused: nothing is silently ignored.
    fn companions(&mut self, step: &Step, verb: &str, span: Span) {
        let present = [
            step.by.is_some(),
            step.via != Via::default(),
            step.region.is_some(),
            !step.keep.is_empty(),
            step.cloud.is_some(),
        ];
        for ((key, verbs), _) in COMPANIONS.iter().zip(present).filter(|(_, present)| *present) {
            if !verbs.contains(&verb) {
                let list = verbs.join("`, `");
                self.fault(
                    codes::VERB,
                    span,
                    format!("`{key}:` accompagne `{list}`, et ne dit rien à côté de `{verb}`"),
                    format!("`{key}:` goes with `{list}`, and says nothing beside `{verb}`"),
                );
            }
        }
    }

    fn who_and_where(&mut self, step: &Step) {
        if let Some(by) = &step.by
            && self.scenario.base.is_none()
            && !by.value.contains('/')
        {
            // A fixture may bring people, a template roles: only a scenario that stands on none knows everybody here.
            let roles = self.role_names();
            let people = self.scenario.people.names().chain(["root", stage::INSTALLER]);
            let known: Vec<&str> = people.chain(roles.iter().map(String::as_str)).collect();
            self.resolve(&by.value, by.span, &known, "quelqu'un de `people`", "somebody of `people`");
        }
        if let Some(region) = &step.region {
            self.resolve(&region.value, region.span, shell::REGIONS, "une Région d'AWS", "an AWS Region");
        }
    }

    /// Steps inside another: they act, and ask nothing.
    pub(super) fn inner_steps(&mut self, steps: &'a [Spanned<Step>], what_fr: &str, what_en: &str) {
        for step in steps {
            self.step(step);
            let nested = step.ask.is_some() || step.task.is_some();
            if nested || step.pick.is_some() || step.compare.is_some() {
                self.fault(
                    codes::VERB,
                    self.first_words(step.span),
                    format!("{what_fr} ne contient ni question, ni tâche, ni `pick`, ni `compare`"),
                    format!("{what_en} holds no question, no task, no `pick` and no `compare`"),
                );
            }
        }
    }

    pub(super) fn line(&mut self, line: &Spanned<Line>) {
        if let Line::Open(_) = line.value {
            self.fault(
                codes::COMMAND,
                line.span,
                "`open:` ne va que dans une solution",
                "`open:` belongs only in a solution",
            );
        }
    }
}

fn no_verb(span: Span) -> Diagnostic {
    let list = step::VERBS.join("`, `");
    Diagnostic::error(
        codes::VERB,
        span,
        "cette étape ne dit pas ce qui se passe",
        "this step does not say what happens",
    )
    .help(format!("un verbe parmi `{list}`"), format!("one verb of `{list}`"))
}
