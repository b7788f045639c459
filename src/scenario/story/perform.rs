//! What a step does: a call, a load, an event.

use std::sync::Arc;

use super::{Refusal, boards::Boards, run::Run};
use crate::{
    aws::{ApiCall, Region},
    engine::{Engine, Stimulus, input::Logged},
    kernel::SimDuration,
    load::LoadOrder,
    scenario::{
        cast,
        commands::Speech,
        diagnostic::{Diagnostic, codes},
        judge::Learner,
        loads,
        model::{
            Line, Load, Step,
            step::{BusEvent, Series, Via as Route},
        },
        spanned::Spanned,
        stage::ACCOUNT_ID,
    },
    shell,
};

impl Run {
    pub(super) fn act(
        &mut self,
        boards: &mut impl Boards,
        step: &Spanned<Step>,
        line: &Spanned<Line>,
        id: Option<Arc<str>>,
        index: usize,
    ) -> Result<(), Box<Diagnostic>> {
        let call = self.call(boards.engine(), line, step)?;
        let operation = Arc::clone(&call.operation);
        match boards.submit(Logged::Call(call), id) {
            Some(Ok(answer)) => {
                for (name, path) in step.keep.iter() {
                    let kept = shell::query::search(&path.value, &answer).ok();
                    let kept = kept.as_ref().and_then(|value| match value {
                        serde_json::Value::String(text) => Some(text.clone()),
                        serde_json::Value::Null => None,
                        other => Some(other.to_string()),
                    });
                    let Some(kept) = kept else { return Err(Box::new(nothing_kept(path))) };
                    self.names.put(name.value.as_str(), kept);
                }
            }
            Some(Err(error)) => self.refusals.push(Refusal { step: index, operation, error }),
            None => {}
        }
        Ok(())
    }

    /// The call that a line makes in a step.
    fn call(
        &self,
        engine: &Engine,
        line: &Spanned<Line>,
        step: &Spanned<Step>,
    ) -> Result<ApiCall, Box<Diagnostic>> {
        let by = step.by.as_ref().map_or((self.script.learner(), line.span), |by| (&*by.value, by.span));
        let (by, via) = cast::caller(&self.script, engine, by, step.via == Route::Console)?;
        let region = self.region_of(step);
        let speech = Speech {
            account: engine.account(),
            names: &self.names,
            files: &self.script.files,
            by,
            via,
            region: &region,
        };
        speech.call(line, self.source())
    }

    /// Where a step happens.
    pub(super) fn region_of(&self, step: &Step) -> Region {
        step.region.as_ref().map_or_else(|| self.script.home.clone(), |region| Region::new(&region.value))
    }

    pub(super) fn solution_line(
        &mut self,
        boards: &mut impl Boards,
        line: &Spanned<Line>,
        index: usize,
        learner: &mut Learner,
    ) -> Result<(), Box<Diagnostic>> {
        if let Line::Open(opened) = &line.value {
            learner.open(&opened.view, opened.of.as_deref().unwrap_or_default());
            return Ok(());
        }
        let call = self.call(boards.engine(), line, &Spanned::default())?;
        let operation = Arc::clone(&call.operation);
        if let Some(Err(error)) = boards.submit(Logged::Call(call), None) {
            self.refusals.push(Refusal { step: index, operation, error });
        }
        Ok(())
    }

    pub(super) fn drive(
        &mut self,
        boards: &mut impl Boards,
        load: &Spanned<Load>,
        id: Option<&Arc<str>>,
    ) -> Result<(), Box<Diagnostic>> {
        let loads::Resolved { resource, series } = loads::resolve(boards.engine(), &self.names, load)?;
        let every = load.every.as_ref().map_or(SimDuration::MINUTE, |every| every.value.0);
        for (metric, series) in series {
            let values = self.values(boards.engine(), &resource, metric, &series.value, load.repeat, every);
            let now = boards.engine().now();
            self.busy_until = self.busy_until.max(now.after(every.times(values.len() as u64)));
            let order = LoadOrder { resource: resource.clone(), metric: metric.into(), every, values };
            boards.submit(Logged::Stimulus(Stimulus::Load(order)), id.cloned());
        }
        Ok(())
    }

    /// One value per `every`.
    pub(super) fn values(
        &self,
        engine: &Engine,
        resource: &str,
        metric: &str,
        series: &Series,
        repeat: Option<u32>,
        every: SimDuration,
    ) -> Vec<Option<f64>> {
        let slots = |span: SimDuration| (span.as_millis() / every.as_millis().max(1)).clamp(1, 20_000);
        match series {
            Series::Constant(value) => vec![Some(*value); repeat.unwrap_or(1) as usize],
            Series::Values(values) => values.repeat(repeat.unwrap_or(1) as usize),
            Series::Ramp { to, over, lasting } => {
                let from = engine.level(resource, metric).unwrap_or(*to);
                let steps = slots(over.0);
                let climb = (1..=steps).map(|step| Some(from + (to - from) * step as f64 / steps as f64));
                let hold = lasting.map_or(0, |lasting| slots(lasting.0));
                climb.chain((0..hold).map(|_| Some(*to))).collect()
            }
        }
    }

    pub(super) fn envelope(&self, engine: &Engine, step: &Step, event: &BusEvent, index: usize) -> Stimulus {
        let region = self.region_of(step);
        let resources: Vec<&str> =
            event.resources.iter().map(|name| self.names.get(name).unwrap_or(name.as_str())).collect();
        let json = serde_json::json!({
            "version": "0",
            "id": format!("00000000-0000-4000-8000-{index:012x}"),
            "detail-type": event.detail_type,
            "source": event.source,
            "account": ACCOUNT_ID,
            "time": engine.moment().utc.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "region": region.as_str(),
            "resources": resources,
            "detail": event.detail,
        });
        Stimulus::Event {
            region,
            bus: event.bus.as_deref().unwrap_or("default").into(),
            event: Arc::new(json),
        }
    }
}

fn nothing_kept(path: &Spanned<String>) -> Diagnostic {
    Diagnostic::error(
        codes::UNKNOWN_NAME,
        path.span,
        format!("la réponse n'a rien à `{}`", path.value),
        format!("the answer has nothing at `{}`", path.value),
    )
}
