//! The questions and tasks of a story, by beat: what they ask, what is right, what was done.

use super::{Session, text};
use crate::{
    lesson::{
        answer_key,
        response::{Response, Truth},
    },
    scenario::{
        judge::judge_all,
        model::{Ask, AskKind, Line, Right, Step, Task},
        words::Text,
    },
    text::Lang,
};

impl Session {
    fn step(&self, beat: usize) -> Option<&Step> {
        let step = self.beats.get(beat)?.step;
        self.script.scenario().story.get(step).map(|step| &step.value)
    }

    fn ask(&self, beat: usize) -> Option<&Ask> {
        self.step(beat)?.ask.as_ref().map(|ask| &ask.value)
    }

    fn task(&self, beat: usize) -> Option<&Task> {
        self.step(beat)?.task.as_ref().map(|task| &task.value)
    }

    pub fn question_id(&self, beat: usize) -> Option<String> {
        self.ask(beat).map(|ask| ask.id.value.clone())
    }

    pub fn prompt(&self, beat: usize, lang: Lang) -> &str {
        let prompt =
            self.ask(beat).map(|ask| &ask.prompt).or_else(|| self.task(beat).map(|task| &task.prompt));
        text(prompt, lang)
    }

    pub fn option_count(&self, beat: usize) -> usize {
        self.ask(beat).map_or(0, |ask| ask.options.len())
    }

    pub fn options(&self, beat: usize, lang: Lang) -> Vec<&str> {
        let options = self.ask(beat).map(|ask| ask.options.as_slice()).unwrap_or_default();
        options
            .iter()
            .map(|option| match lang {
                Lang::Fr => option.value.fr.as_str(),
                Lang::En => option.value.en.as_str(),
            })
            .collect()
    }

    pub fn kind(&self, beat: usize) -> AskKind {
        self.ask(beat).map(|ask| ask.kind).unwrap_or_default()
    }

    /// The cards to sort or to rank.
    pub fn cards(&self, beat: usize) -> &[Text] {
        self.ask(beat).map_or(&[], |ask| &ask.cards)
    }

    /// The places to sort them into.
    pub fn places(&self, beat: usize) -> &[Text] {
        self.ask(beat).map_or(&[], |ask| &ask.places)
    }

    /// The fields a question wants filled in.
    pub fn fields(&self, beat: usize) -> Vec<&str> {
        match self.ask(beat).and_then(|ask| ask.right.as_ref()).map(|right| &right.value) {
            Some(Right::Fields(fields)) => fields.iter().map(|(path, _)| path.as_str()).collect(),
            _ => Vec::new(),
        }
    }

    /// What is right: counted in the whole run, found in the story as far as it is known.
    pub fn key(&self, beat: usize) -> Option<Truth> {
        let ask = self.ask(beat)?;
        let run = self.whole.as_ref().filter(|_| ask.kind == AskKind::Number);
        answer_key::of(ask, &run.unwrap_or(&self.player).court())
    }

    /// What is right, in words.
    pub fn truth(&self, beat: usize, lang: Lang) -> String {
        let ask = self.ask(beat).zip(self.key(beat));
        ask.map(|(ask, key)| answer_key::words(lang, ask, &key, self.ledger())).unwrap_or_default()
    }

    /// Why an answer is right or wrong: an option's own words, or the question's.
    pub fn because(&self, beat: usize, option: Option<usize>, lang: Lang) -> &str {
        let Some(ask) = self.ask(beat) else { return "" };
        match option.and_then(|option| ask.options.get(option)) {
            Some(option) => option.value.because.get(lang),
            None => text(ask.because.as_ref(), lang),
        }
    }

    /// What a task that is done has shown.
    pub fn task_because(&self, beat: usize, lang: Lang) -> &str {
        text(self.task(beat).and_then(|task| task.because.as_ref()), lang)
    }

    /// Notes what was answered, for conditions that ask.
    pub fn answered(&mut self, question: &str, response: &Response) {
        self.player.learner_mut().answers.insert(question.to_owned(), response.text());
    }

    pub fn hint_count(&self, beat: usize) -> usize {
        self.ask(beat)
            .map(|ask| ask.hints.len())
            .or_else(|| self.task(beat).map(|task| task.hints.len()))
            .unwrap_or(0)
    }

    pub fn hints(&self, beat: usize, lang: Lang) -> Vec<&str> {
        let hints = self.ask(beat).map(|ask| &ask.hints).or_else(|| self.task(beat).map(|task| &task.hints));
        hints.into_iter().flatten().map(|hint| hint.get(lang)).collect()
    }

    /// What the engine found for a question's proof: one line a condition, judged on the story as far as it is known.
    pub fn evidence(&self, beat: usize, lang: Lang) -> Vec<String> {
        let Some(ask) = self.ask(beat) else { return Vec::new() };
        // A proof about another world cannot be judged in this one: its conditions are left out.
        let here: Vec<_> =
            ask.proof.iter().filter(|condition| condition.value.within.is_none()).cloned().collect();
        let findings = judge_all(&here, &self.player.court()).unwrap_or_default();
        findings
            .iter()
            .map(|finding| {
                let mark = if finding.holds { "✓" } else { "·" };
                format!("{mark} {} — {}", finding.says.get(lang), finding.found.get(lang))
            })
            .collect()
    }

    pub fn task_done(&self, beat: usize) -> bool {
        self.done.contains(&beat)
    }

    /// What the task at hand still lacks.
    pub fn missing(&self, beat: usize, lang: Lang) -> Vec<String> {
        let Some(step) = self.beats.get(beat).map(|beat| beat.step) else { return Vec::new() };
        let findings = self.player.findings(step).unwrap_or_default();
        findings
            .iter()
            .filter(|finding| !finding.holds)
            .map(|finding| format!("{} — {}", finding.says.get(lang), finding.found.get(lang)))
            .collect()
    }

    /// Whether a task asks only to look: at a chain of causes, a mailbox, a card.
    pub fn only_looks(&self, beat: usize) -> bool {
        self.task(beat)
            .is_some_and(|task| task.solution.iter().all(|line| matches!(line.value, Line::Open(_))))
    }

    pub fn solution(&self, beat: usize) -> Vec<String> {
        let solution = self.task(beat).map(|task| task.solution.as_slice()).unwrap_or_default();
        solution.iter().map(|line| typed(&line.value)).collect()
    }
}

/// A line of a solution as one would type it.
fn typed(line: &Line) -> String {
    match line {
        Line::Words(words) => words.clone(),
        Line::Call { call, input } => format!("{} --cli-input-json '{input}'", call.value),
        Line::Open(opened) => format!(":{} {}", opened.view, opened.of.as_deref().unwrap_or_default()),
    }
}
