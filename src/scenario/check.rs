//! Proves what a scenario promises: names, texts, answers, solutions, expectations, an end.
//!
//! Static faults first, all of them; then the story is played headless, once with its solutions and once in each
//! of its other worlds, and every marked answer, solution and expectation is put to the test.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    compose::Script,
    diagnostic::{Diagnostic, Severity, Source, Span, codes, harmless},
    judge::{Court, Finding, count, judge},
    library::Library,
    load::{self, Loaded, Refused},
    model::{Ask, AskKind, Condition, Kind, Right, Scenario},
    references,
    spanned::Spanned,
    stage::{self, Options},
    story::{Player, Stop, judge_fault},
    unfold::Choice,
    words::Text,
};
use crate::text::Lang;

/// What a check found.
#[derive(Clone, Debug)]
pub struct Report {
    pub source: Source,
    /// `crs-04`, when the file could be read.
    pub id: Option<String>,
    pub diagnostics: Vec<Diagnostic>,
    /// What was proved.
    pub proved: Proved,
}

/// How much was proved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Proved {
    pub expectations: usize,
    pub answers: usize,
    pub wrong_answers: usize,
    pub solutions: usize,
    /// Simulated events of the play.
    pub events: u64,
}

impl Report {
    /// Whether nothing is wrong.
    pub fn is_sound(&self) -> bool {
        !self.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// Every finding, drawn over the source; or, when there is none, what was proved. Ends with a line break.
    pub fn render(&self, lang: Lang, colour: bool) -> String {
        let mut drawn: String = self
            .diagnostics
            .iter()
            .map(|diagnostic| diagnostic.render(&self.source, lang, colour) + "\n\n")
            .collect();
        drawn.push_str(&self.summary(lang));
        drawn.push('\n');
        drawn
    }

    /// One line: how it went.
    pub fn summary(&self, lang: Lang) -> String {
        let name = harmless(self.id.as_deref().unwrap_or(&self.source.name));
        let faults = self.diagnostics.len();
        let Proved { expectations, answers, wrong_answers, solutions, events } = self.proved;
        match (self.is_sound(), lang) {
            (false, Lang::Fr) => format!("✗ {name} : {faults} à corriger"),
            (false, Lang::En) => format!("✗ {name}: {faults} to repair"),
            (true, _) if events == 0 => match lang {
                Lang::Fr => format!("✓ {name} : décor déployé"),
                Lang::En => format!("✓ {name}: fixture deployed"),
            },
            (true, Lang::Fr) => format!(
                "✓ {name} : {expectations} attentes, {answers} réponses prouvées, {wrong_answers} réfutées, \
                 {solutions} solution(s), {events} événements"
            ),
            (true, Lang::En) => format!(
                "✓ {name}: {expectations} expectations, {answers} answers proved, {wrong_answers} refuted, \
                 {solutions} solution(s), {events} events"
            ),
        }
    }
}

/// Checks the text of a scenario or a fixture.
pub fn check(text: &str, name: &str, library: &Library) -> Report {
    check_loaded(load::text(name, text), library)
}

/// Checks what was read, from wherever.
pub fn check_loaded(loaded: Result<Loaded, Box<Refused>>, library: &Library) -> Report {
    match loaded {
        Err(refused) => Report {
            source: refused.source,
            id: None,
            diagnostics: refused.diagnostics,
            proved: Proved::default(),
        },
        Ok(loaded) => {
            let source = loaded.source.clone();
            let id = Some(loaded.scenario.id.value.clone());
            let mut checker = Checker { found: Vec::new(), proved: Proved::default() };
            checker.all(loaded, library);
            checker.found.sort_by_key(|diagnostic| (diagnostic.in_file.is_some(), diagnostic.span));
            Report { source, id, diagnostics: checker.found, proved: checker.proved }
        }
    }
}

struct Checker {
    found: Vec<Diagnostic>,
    proved: Proved,
}

impl Checker {
    fn all(&mut self, loaded: Loaded, library: &Library) {
        self.found.extend(references::check(&loaded));
        let script = match library.compose(loaded) {
            Ok(script) => Arc::new(script),
            Err(diagnostic) => return self.found.push(*diagnostic),
        };
        if script.scenario().kind == Kind::Fixture || !self.found.is_empty() {
            // What is played on wrong names proves nothing; whether the account can be deployed is worth knowing.
            if let Err(faults) = stage::set(&script, &Options::default()) {
                self.found.extend(faults);
            }
            return;
        }
        let choices = Choice::all(script.scenario()).unwrap_or_default();
        for choice in &choices {
            let proved = std::mem::take(&mut self.proved);
            let events = proved.events;
            self.choice(&script, choice);
            self.proved.events += events;
            if !self.found.is_empty() {
                return self.name_choice(script.scenario(), choice);
            }
        }
    }

    /// Plays one choice, with its solutions and in every other world, and judges it.
    fn choice(&mut self, script: &Arc<Script>, choice: &Choice) {
        let options = Options { choice: Some(choice.clone()), ..Options::default() };
        let mut player = match stage::set(script, &options) {
            Ok(stage) => Player::new(stage),
            Err(faults) => return self.found.extend(faults),
        };
        if let Err(diagnostic) = self.play(&mut player) {
            return self.found.push(*diagnostic);
        }
        self.proved.events = player.engine().events();
        self.refusals(&player);
        let mut worlds = BTreeMap::new();
        for (name, _) in script.scenario().worlds.iter() {
            let options = Options { world: Some(name.value.clone()), ..options.clone() };
            let played = stage::set(script, &options).and_then(|stage| {
                let mut player = Player::new(stage);
                player.play_through().map(|()| player).map_err(|diagnostic| vec![*diagnostic])
            });
            match played {
                Ok(player) => drop(worlds.insert(name.value.clone(), player)),
                Err(faults) => return self.found.extend(faults),
            }
        }
        self.judge(&player, &worlds);
    }

    /// Says in which choice the faults were found, where there are several.
    fn name_choice(&mut self, scenario: &Scenario, choice: &Choice) {
        let names = choice.names(scenario);
        if names.is_empty() {
            return;
        }
        for fault in self.found.iter_mut().filter(|fault| fault.help.is_none()) {
            fault.help =
                Some(Text::new(format!("quand le sort choisit {names}"), format!("when {names} are chosen")));
        }
    }

    /// Plays with solutions; each task must be undone before its solution and done after it.
    fn play(&mut self, player: &mut Player) -> Result<(), Box<Diagnostic>> {
        loop {
            match player.run()? {
                Stop::Ask(_) => player.pass(),
                Stop::Task(index) => self.task(player, index)?,
                Stop::End => return Ok(()),
            }
        }
    }

    fn task(&mut self, player: &mut Player, index: usize) -> Result<(), Box<Diagnostic>> {
        let Some(task) = player.task(index).cloned() else { return Ok(()) };
        if !task.check.is_empty() && player.is_done(index)? {
            self.found.push(
                Diagnostic::error(
                    codes::CHECK_TOO_EASY,
                    task.id.span,
                    format!("la tâche `{}` est faite sans rien faire", task.id.value),
                    format!("the task `{}` is done without doing anything", task.id.value),
                )
                .help(
                    "ajoutez à `check:` ce que seule la solution rend vrai",
                    "add to `check:` what only the solution makes true",
                ),
            );
        }
        let mut solved = player.clone();
        solved.solve()?;
        // The check is judged where the learner would be judged: at the task, after the solution.
        let findings = solved.findings(index)?;
        for (finding, condition) in findings.iter().zip(&task.check).filter(|(finding, _)| !finding.holds) {
            self.found.push(unproved(
                codes::SOLUTION,
                condition.span,
                finding,
                &format!("la solution de `{}` ne suffit pas", task.id.value),
                &format!("the solution of `{}` is not enough", task.id.value),
            ));
        }
        self.proved.solutions += 1;
        if task.optional {
            self.found.extend(refusals_of(&solved, player.refusals().len()));
            player.pass();
        } else {
            *player = solved;
        }
        Ok(())
    }

    /// A refused step is a fault, unless the scenario says that it is refused.
    fn refusals(&mut self, player: &Player) {
        self.found.extend(refusals_of(player, 0));
    }

    fn judge(&mut self, player: &Player, worlds: &BTreeMap<String, Player>) {
        let mut court = player.court();
        court.others = worlds.iter().map(|(name, player)| (name.as_str(), player.evidence())).collect();
        let scenario = player.script().scenario();
        for condition in &scenario.expect {
            self.must_hold(
                &court,
                condition,
                codes::EXPECTATION,
                "cela n'est pas vrai à la fin",
                "this is not true at the end",
            );
            self.proved.expectations += 1;
        }
        for (step, beat) in scenario.story.iter().zip(player.beats()) {
            if let Some(ask) = &step.ask {
                self.question(&court, ask, beat.hops_before.unwrap_or_default());
            }
        }
    }

    /// `hops_before` were in the ledger when it was asked.
    fn question(&mut self, court: &Court<'_>, ask: &Ask, hops_before: usize) {
        let right = ask.options.iter().find(|option| option.right);
        let marked = ask.proof.iter().chain(right.into_iter().flat_map(|option| &option.proof));
        let mut proofs = self.right_by_itself(court, ask, hops_before);
        for condition in marked {
            let (fr, en) = (
                format!("le moteur contredit la réponse marquée juste de `{}`", ask.id.value),
                format!("the engine contradicts the answer marked right of `{}`", ask.id.value),
            );
            self.must_hold(court, condition, codes::PROOF, &fr, &en);
            proofs += 1;
        }
        if proofs == 0 && ask.source.is_none() {
            self.found.push(
                Diagnostic::error(
                    codes::QUESTION,
                    ask.id.span,
                    format!("rien ne prouve la réponse de `{}`", ask.id.value),
                    format!("nothing proves the answer of `{}`", ask.id.value),
                )
                .help(
                    "ajoutez `proof:`, ou `source:` pour une question que le moteur ne peut pas vérifier",
                    "add `proof:`, or `source:` for a question that the engine cannot verify",
                ),
            );
        }
        self.proved.answers += usize::from(proofs > 0);
        for option in ask.options.iter().filter(|option| !option.right && !option.proof.is_empty()) {
            let findings: Result<Vec<Finding>, _> =
                option.proof.iter().map(|condition| judge(condition, court)).collect();
            match findings {
                Err(error) => self.found.push(judge_fault(&error, option.span)),
                Ok(findings) if findings.iter().all(|finding| finding.holds) => {
                    let first = &option.proof[0];
                    self.found.push(
                        Diagnostic::error(
                            codes::WRONG_OPTION_PROVED,
                            first.span,
                            format!(
                                "le moteur donne raison à une réponse marquée fausse de `{}`",
                                ask.id.value
                            ),
                            format!("the engine agrees with an answer marked wrong of `{}`", ask.id.value),
                        )
                        .label(findings[0].found.fr.clone(), findings[0].found.en.clone()),
                    );
                }
                Ok(_) => self.proved.wrong_answers += 1,
            }
        }
    }

    /// A right answer that the run itself gives or must bear out: what a condition counts, a line, fields of one.
    /// Answers how many proofs that makes.
    fn right_by_itself(&mut self, court: &Court<'_>, ask: &Ask, hops_before: usize) -> usize {
        let Some(right) = &ask.right else { return 0 };
        let is_there = match &right.value {
            Right::From(condition) if ask.kind == AskKind::Number => match count(condition, court) {
                Ok(found) => found.is_some(),
                Err(error) => {
                    self.found.push(judge_fault(&error, right.span));
                    return 0;
                }
            },
            // One can only point at a line that is there.
            Right::From(condition) => condition
                .call
                .as_ref()
                .is_some_and(|call| court.main.lines(call).iter().any(|line| line.index() < hops_before)),
            Right::Fields(fields) => court.main.has_line_with(fields),
            Right::Number(_) | Right::Letters(_) => return 0,
        };
        if !is_there {
            let id = &ask.id.value;
            self.found.push(Diagnostic::error(
                codes::PROOF,
                right.span,
                format!("aucune ligne du carnet ne répond à la question `{id}`"),
                format!("no line of the notebook answers the question `{id}`"),
            ));
        }
        usize::from(is_there)
    }

    fn must_hold(
        &mut self,
        court: &Court<'_>,
        condition: &Spanned<Condition>,
        code: &'static str,
        fr: &str,
        en: &str,
    ) {
        match judge(condition, court) {
            Ok(finding) if finding.holds => {}
            Ok(finding) => self.found.push(unproved(code, condition.span, &finding, fr, en)),
            Err(error) => self.found.push(judge_fault(&error, condition.span)),
        }
    }
}

fn unproved(code: &'static str, span: Span, finding: &Finding, fr: &str, en: &str) -> Diagnostic {
    Diagnostic::error(code, span, format!("{fr} : {}", finding.says.fr), format!("{en}: {}", finding.says.en))
        .label(finding.found.fr.clone(), finding.found.en.clone())
}

fn refusals_of(player: &Player, from: usize) -> Vec<Diagnostic> {
    let script = player.script();
    let announced = references::announced_errors(script.scenario());
    let refused = player.refusals().iter().skip(from);
    refused
        .filter(|refusal| !announced.iter().any(|code| super::judge::name_fits(code, &refusal.error.code)))
        .map(|refusal| {
            let step = &script.scenario().story[refusal.step.min(script.scenario().story.len().saturating_sub(1))];
            let span = step.aws.as_ref().map_or_else(
                || step.task.as_ref().map_or(step.span, |task| task.id.span),
                |line| line.span,
            );
            Diagnostic::error(
                codes::STEP_FAILED,
                span,
                format!("AWS refuse {} : {}", refusal.operation, refusal.error),
                format!("AWS refuses {}: {}", refusal.operation, refusal.error),
            )
            .help(
                "si ce refus fait partie de l'histoire, annoncez-le : `expect: [{call: {event: …, error: …}}]`",
                "if the refusal is part of the story, announce it: `expect: [{call: {event: …, error: …}}]`",
            )
        })
        .collect()
}
