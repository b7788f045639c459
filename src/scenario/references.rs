//! Names that must lead somewhere, and the rules that playing cannot show: one verb per step, questions that are
//! questions, both languages filled.

use std::collections::BTreeSet;

use super::{
    diagnostic::{Diagnostic, Source, Span, codes},
    load::Loaded,
    model::{Ask, AskKind, Condition, Kind, Line, Scenario, Step, Task, condition, step},
    spanned::Spanned,
    story::not_played,
    words::Text,
};
use crate::aws::{HopPath, ServiceName, advice::closest};

/// The limits cards there are.
const CARDS: [&str; 8] = ["L1", "L2", "L3", "L4", "L5", "L6", "L7", "L8"];
/// How many misconceptions there are: M01 to M35.
const MISCONCEPTIONS: u32 = 35;
/// The longest feedback, in words.
const LONGEST_BECAUSE: usize = 60;
/// What this version does not play, though the format has it.
const NOT_PLAYED: [&str; 7] = ["sign-in", "log", "traffic", "pick", "fault", "compare", "record"];

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
            scenario.story.iter().filter_map(|step| step.id.as_ref()).map(|id| id.value.as_str()).collect();
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
        if scenario.kind == Kind::Fixture {
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
        for (key, seen) in [("prices", scenario.prices.iter().next().map(|(key, _)| key.span))] {
            if let Some(span) = seen {
                self.found.push(not_played(key, span));
            }
        }
        for (_, world) in scenario.worlds.iter() {
            if let Some(title) = &world.title {
                self.text(title, id.span);
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
        let ids = scenario.story.iter().flat_map(|step| {
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

    fn step(&mut self, step: &'a Spanned<Step>) {
        let verbs = step.verbs();
        let span = self.first_words(step.span);
        match verbs[..] {
            [verb] if NOT_PLAYED.contains(&verb) => self.found.push(not_played(verb, span)),
            [_] => {}
            [] => {
                let list = step::VERBS.join("`, `");
                self.found.push(
                    Diagnostic::error(
                        codes::VERB,
                        span,
                        "cette étape ne dit pas ce qui se passe",
                        "this step does not say what happens",
                    )
                    .help(format!("un verbe parmi `{list}`"), format!("one verb of `{list}`")),
                );
            }
            _ => self.fault(
                codes::VERB,
                span,
                format!("cette étape a {} verbes : `{}`", verbs.len(), verbs.join("`, `")),
                format!("this step has {} verbs: `{}`", verbs.len(), verbs.join("`, `")),
            ),
        }
        if let Some(by) = &step.by {
            let people: Vec<&str> = self.scenario.people.names().chain(["root"]).collect();
            // A fixture may bring them: only a scenario that stands on none knows everybody here.
            if self.scenario.base.is_none() {
                self.resolve(&by.value, by.span, &people, "quelqu'un de `people`", "somebody of `people`");
            }
        }
        if let Some(say) = &step.say {
            self.text(say, step.span);
        }
        match (&step.say, &step.cloud) {
            (None, Some(_)) => {
                self.fault(codes::VERB, span, "`cloud:` accompagne `say:`", "`cloud:` goes with `say:`");
            }
            (_, Some(cloud)) => self.text(cloud, step.span),
            _ => {}
        }
        if let Some(load) = &step.load {
            for (verb, series) in [("latency_ms", &load.latency_ms), ("errors", &load.errors)] {
                if let Some(series) = series {
                    self.found.push(not_played(verb, series.span));
                }
            }
            if load.every.as_ref().is_some_and(|every| every.value.0.as_millis() == 0) {
                self.fault(
                    codes::WRONG_VALUE,
                    load.span,
                    "`every` ne peut être nul",
                    "`every` cannot be zero",
                );
            }
        }
        if let Some(ask) = &step.ask {
            self.ask(ask);
        }
        if let Some(task) = &step.task {
            self.task(task);
        }
        if let Some(advance) = &step.advance {
            if advance.to.is_none() && advance.until.is_none() {
                self.fault(
                    codes::MISSING_KEY,
                    span,
                    "`advance` va `to:` un instant ou `until:` une condition",
                    "`advance` runs `to:` an instant or `until:` a condition",
                );
            }
            if let Some(until) = &advance.until {
                self.condition(until, &[]);
            }
        }
        if let Some(Spanned { value: Line::Open(_), span }) = &step.aws {
            self.fault(
                codes::COMMAND,
                *span,
                "`open:` ne va que dans une solution",
                "`open:` belongs only in a solution",
            );
        }
    }

    fn ask(&mut self, ask: &Ask) {
        let span = ask.id.span;
        self.text(&ask.prompt, span);
        for hint in &ask.hints {
            self.text(hint, span);
        }
        if ask.kind != AskKind::Choice {
            return self.found.push(not_played("ask: kind", span));
        }
        let rights = ask.options.iter().filter(|option| option.right).count();
        if rights != 1 {
            self.fault(
                codes::QUESTION,
                span,
                format!("la question `{}` a {rights} réponses justes : il en faut une", ask.id.value),
                format!("the question `{}` has {rights} right answers: it needs one", ask.id.value),
            );
        }
        if !(2..=5).contains(&ask.options.len()) {
            self.fault(
                codes::QUESTION,
                span,
                format!(
                    "la question `{}` a {} réponses : il en faut de 2 à 5",
                    ask.id.value,
                    ask.options.len()
                ),
                format!("the question `{}` has {} options: it needs 2 to 5", ask.id.value, ask.options.len()),
            );
        }
        for option in &ask.options {
            let place = self.first_words(option.span);
            self.text(&option.text(), place);
            self.text(&option.because, place);
            for text in [&option.because.fr, &option.because.en] {
                let words =
                    text.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count();
                if words > LONGEST_BECAUSE {
                    self.fault(
                        codes::TEXT,
                        place,
                        format!("`because` compte {words} mots : {LONGEST_BECAUSE} au plus"),
                        format!("`because` has {words} words: {LONGEST_BECAUSE} at most"),
                    );
                }
            }
            match &option.misconception {
                None if !option.right => self.fault(
                    codes::QUESTION,
                    place,
                    "une réponse fausse dit quelle idée elle trahit : `misconception: M14`",
                    "a wrong option says which belief it betrays: `misconception: M14`",
                ),
                Some(id) => self.misconception(id),
                None => {}
            }
            for condition in &option.proof {
                self.condition(condition, &[]);
            }
        }
        for condition in &ask.proof {
            self.condition(condition, &[]);
        }
    }

    fn misconception(&mut self, id: &Spanned<String>) {
        let number = id.value.strip_prefix('M').and_then(|digits| digits.parse::<u32>().ok());
        let is_known =
            id.value.len() == 3 && number.is_some_and(|number| (1..=MISCONCEPTIONS).contains(&number));
        if !is_known {
            self.fault(
                codes::UNKNOWN_NAME,
                id.span,
                format!("`{}` n'est pas une idée fausse connue : M01 à M{MISCONCEPTIONS}", id.value),
                format!("`{}` is not a known misconception: M01 to M{MISCONCEPTIONS}", id.value),
            );
        }
    }

    fn task(&mut self, task: &'a Task) {
        let span = task.id.span;
        self.text(&task.prompt, span);
        if let Some(because) = &task.because {
            self.text(because, span);
        }
        if task.hints.len() != 3 {
            self.fault(
                codes::QUESTION,
                span,
                format!("la tâche `{}` a {} indices : il en faut trois", task.id.value, task.hints.len()),
                format!("the task `{}` has {} hints: it needs three", task.id.value, task.hints.len()),
            );
        }
        for hint in &task.hints {
            self.text(hint, span);
        }
        if task.solution.is_empty() {
            self.fault(
                codes::SOLUTION,
                span,
                format!("la tâche `{}` n'a pas de solution qui prouve qu'elle peut se faire", task.id.value),
                format!("the task `{}` has no solution to prove that it can be done", task.id.value),
            );
        }
        if task.check.is_empty() {
            self.fault(codes::QUESTION, span, "`check` est vide", "`check` is empty");
        }
        let runs: Vec<&str> = task.runs.names().collect();
        let inside: BTreeSet<&str> = task
            .runs
            .iter()
            .flat_map(|(_, steps)| steps)
            .filter_map(|step| step.id.as_ref())
            .map(|id| id.value.as_str())
            .collect();
        let before = self.steps.clone();
        self.steps.extend(inside);
        for (_, steps) in task.runs.iter() {
            for step in steps {
                self.step(step);
                if step.ask.is_some() || step.task.is_some() {
                    self.fault(
                        codes::VERB,
                        step.span,
                        "un essai ne pose pas de question",
                        "a run asks nothing",
                    );
                }
            }
        }
        for condition in &task.check {
            self.condition(condition, &runs);
        }
        self.steps = before;
    }

    fn condition(&mut self, condition: &Spanned<Condition>, runs: &[&str]) {
        let span = self.first_words(condition.span);
        let verbs = condition.verbs();
        match verbs[..] {
            ["cost"] => self.found.push(not_played("cost", span)),
            [_] => {}
            [] => {
                let list = condition::VERBS.join("`, `");
                self.found.push(
                    Diagnostic::error(
                        codes::VERB,
                        span,
                        "cette condition ne dit rien",
                        "this condition says nothing",
                    )
                    .help(format!("un verbe parmi `{list}`"), format!("one verb of `{list}`")),
                );
            }
            _ => self.fault(
                codes::VERB,
                span,
                format!("cette condition a {} verbes : `{}`", verbs.len(), verbs.join("`, `")),
                format!("this condition has {} verbs: `{}`", verbs.len(), verbs.join("`, `")),
            ),
        }
        if let Some(world) = &condition.within {
            let worlds: Vec<&str> = self.scenario.worlds.names().chain(runs.iter().copied()).collect();
            self.resolve(&world.value, world.span, &worlds, "un monde ni un essai", "a world or a run");
        }
        let paths: Vec<&str> = HopPath::ALL.iter().map(|path| path.as_str()).collect();
        let hop = condition.hop.as_ref().map(|hop| &hop.path);
        let reaches = condition.call.as_ref().and_then(|call| call.reaches.as_ref());
        let chain = condition.chain.iter().flat_map(|chain| &chain.value);
        for path in hop.into_iter().chain(reaches).chain(chain) {
            self.resolve(&path.value, path.span, &paths, "un chemin de saut", "a hop path");
        }
        let of = [
            condition.hop.as_ref().and_then(|hop| hop.of.as_ref()),
            condition.mail.as_ref().and_then(|mail| mail.of.as_ref()),
            condition.call.as_ref().and_then(|call| call.of.as_ref()),
            condition.invoked.as_ref().and_then(|invoked| invoked.of.as_ref()),
        ];
        let exactly = condition.matches.iter().flat_map(|matches| &matches.exactly);
        let steps: Vec<&str> = self.steps.iter().copied().collect();
        for step in of.into_iter().flatten().chain(exactly) {
            self.resolve(&step.value, step.span, &steps, "une étape", "a step");
        }
        if let Some(answers) = &condition.answer {
            let questions: Vec<&str> = self.questions.iter().copied().collect();
            for (question, _) in answers.iter() {
                self.resolve(&question.value, question.span, &questions, "une question", "a question");
            }
        }
        if let Some(never) = &condition.never {
            self.condition(never, runs);
        }
        for option in condition.any.iter().flatten() {
            self.condition(option, runs);
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
