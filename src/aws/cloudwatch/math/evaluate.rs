//! Evaluates an expression over a grid.

use std::collections::BTreeMap;

use super::{
    band, dates,
    expression::{Argument, Expression},
    function::Function,
    lexer::Fault,
    operators,
    queries::{MetricStat, Queries, Source},
    series::{self, Reduction},
    value::{Grid, Line, Value},
};

/// Gives a metric's statistic for each period of a grid.
pub type Reader<'a> = &'a dyn Fn(&MetricStat, Grid) -> Vec<Option<f64>>;

/// How deep expressions may lie in one another, over all the queries they name: shallow enough for the stack.
const DEEPEST: usize = 400;

/// Evaluates expressions of one list of queries; each query once per grid.
pub(super) struct Evaluator<'a> {
    queries: &'a Queries,
    read: Reader<'a>,
    known: BTreeMap<(usize, i64), Value>,
    depth: usize,
}

type Outcome = Result<Value, Fault>;

impl<'a> Evaluator<'a> {
    pub(super) const fn new(queries: &'a Queries, read: Reader<'a>) -> Self {
        Self { queries, read, known: BTreeMap::new(), depth: 0 }
    }

    /// What a query comes to.
    pub(super) fn query(&mut self, index: usize, grid: Grid) -> Outcome {
        if let Some(known) = self.known.get(&(index, grid.from)) {
            return Ok(known.clone());
        }
        let query = &self.queries.list()[index];
        let value = match &query.source {
            Source::Metric(stat) => Value::Series(Line::new(query.label(), (self.read)(stat, grid))),
            Source::Expression { expression, .. } => self.value(expression, grid)?,
        };
        self.known.insert((index, grid.from), value.clone());
        Ok(value)
    }

    fn value(&mut self, expression: &Expression, grid: Grid) -> Outcome {
        if self.depth == DEEPEST {
            return Err(Fault::new(1, format!("its parts lie more than {DEEPEST} deep in one another")));
        }
        self.depth += 1;
        let outcome = self.part(expression, grid);
        self.depth -= 1;
        outcome
    }

    fn part(&mut self, expression: &Expression, grid: Grid) -> Outcome {
        match expression {
            Expression::Number(number) => Ok(Value::Scalar(*number)),
            Expression::Id { id, at } => {
                let index = self.queries.position(id).ok_or_else(|| unknown_id(id, *at))?;
                self.query(index, grid)
            }
            Expression::List(items) => {
                let mut lines = Vec::new();
                for item in items {
                    match self.value(item, grid)? {
                        Value::Scalar(number) => lines.push(Line::new("", vec![Some(number); grid.count])),
                        Value::Series(line) => lines.push(line),
                        Value::Several(more) => lines.extend(more),
                    }
                }
                Ok(Value::Several(lines))
            }
            Expression::Minus(operand) => {
                let negated =
                    |line: &Line| line.with(line.points.iter().map(|it| it.map(|it| -it)).collect());
                Ok(match self.value(operand, grid)? {
                    Value::Scalar(number) => Value::Scalar(-number),
                    value => value.map(negated),
                })
            }
            Expression::Binary { operator, left, right, at } => {
                let (left, right) = (self.value(left, grid)?, self.value(right, grid)?);
                operators::apply(*operator, left, right).map_err(|what| Fault::new(*at, what))
            }
            Expression::Call { function, arguments, at } => {
                Call { function: *function, arguments, at: *at }.run(self, grid)
            }
        }
    }
}

fn unknown_id(id: &str, at: usize) -> Fault {
    Fault::new(at, format!("there is no query with the id '{id}'"))
}

/// One function and what it is called with.
struct Call<'e> {
    function: Function,
    arguments: &'e [Argument],
    at: usize,
}

impl Call<'_> {
    fn run(&self, by: &mut Evaluator<'_>, grid: Grid) -> Outcome {
        match self.function {
            Function::Metrics => Ok(Value::Several(self.metrics(by, grid)?)),
            Function::Period => self.period(by),
            Function::TimeSeries => {
                Ok(Value::Series(Line::new("", vec![Some(self.scalar(by, 0, grid)?); grid.count])))
            }
            Function::AnomalyDetectionBand => self.band(by, grid),
            Function::If => self.branch(by, grid),
            Function::Fill => self.fill(by, grid),
            Function::Sort => self.sort(by, grid),
            Function::Slice => self.slice(by, grid),
            Function::First | Function::Last | Function::MetricCount | Function::RemoveEmpty => {
                self.of_several(by, grid)
            }
            Function::Sum => self.reduce(by, grid, series::sum, 0.0),
            Function::Min => self.reduce(by, grid, series::minimum, f64::NAN),
            Function::Max => self.reduce(by, grid, series::maximum, f64::NAN),
            Function::Avg => self.reduce(by, grid, series::mean, f64::NAN),
            Function::Stddev => self.reduce(by, grid, series::deviation, f64::NAN),
            Function::DatapointCount => self.reduce(by, grid, series::count, 0.0),
            _ => self.of_each(by, grid),
        }
    }

    fn fault<T>(&self, what: &str) -> Result<T, Fault> {
        Err(Fault::new(self.at, format!("{}: {what}", self.function.name())))
    }

    fn value(&self, by: &mut Evaluator<'_>, index: usize, grid: Grid) -> Outcome {
        match &self.arguments[index] {
            Argument::Value(expression) => by.value(expression, grid),
            Argument::Keyword(word) | Argument::Text(word) => {
                self.fault(&format!("argument {} cannot be '{word}'", index + 1))
            }
        }
    }

    fn scalar(&self, by: &mut Evaluator<'_>, index: usize, grid: Grid) -> Result<f64, Fault> {
        match self.value(by, index, grid)? {
            Value::Scalar(number) => Ok(number),
            other => {
                self.fault(&format!("argument {} must be a number (S), not {}", index + 1, other.kind()))
            }
        }
    }

    fn several(&self, by: &mut Evaluator<'_>, index: usize, grid: Grid) -> Result<Vec<Line>, Fault> {
        match self.value(by, index, grid)? {
            Value::Several(lines) => Ok(lines),
            other => {
                self.fault(&format!("argument {} must be an array (TS[]), not {}", index + 1, other.kind()))
            }
        }
    }

    fn keyword(&self, index: usize, allowed: &[&str]) -> Result<&str, Fault> {
        match &self.arguments[index] {
            Argument::Keyword(word) if allowed.contains(&word.as_str()) => Ok(word),
            _ => self.fault(&format!("argument {} must be one of {}", index + 1, allowed.join(", "))),
        }
    }

    /// Every metric of the request, or those whose id contains a text.
    fn metrics(&self, by: &mut Evaluator<'_>, grid: Grid) -> Result<Vec<Line>, Fault> {
        let wanted = match self.arguments.first() {
            None => "",
            Some(Argument::Text(text)) => text,
            Some(_) => return self.fault("its argument is a text between double quotes"),
        };
        let mut lines = Vec::new();
        for query in by.queries.list() {
            if let Source::Metric(stat) = &query.source
                && query.id.contains(wanted)
            {
                lines.push(Line::new(query.label(), (by.read)(stat, grid)));
            }
        }
        Ok(lines)
    }

    fn period(&self, by: &Evaluator<'_>) -> Outcome {
        if let Argument::Value(Expression::Id { id, at }) = &self.arguments[0] {
            let index = by.queries.position(id).ok_or_else(|| unknown_id(id, *at))?;
            if let Source::Metric(stat) = &by.queries.list()[index].source {
                return Ok(Value::Scalar(f64::from(stat.period_s)));
            }
        }
        self.fault("its argument is the id of a metric")
    }

    fn band(&self, by: &mut Evaluator<'_>, grid: Grid) -> Outcome {
        let width = if self.arguments.len() > 1 { self.scalar(by, 1, grid)? } else { band::DEFAULT_WIDTH };
        match self.value(by, 0, band::training(grid))? {
            Value::Series(past) => Ok(Value::Several(band::band(&past, width, grid))),
            other => self.fault(&format!("argument 1 must be a time series (TS), not {}", other.kind())),
        }
    }

    /// One number of a series, one series of several; `empty` is what a series without a value gives.
    fn reduce(&self, by: &mut Evaluator<'_>, grid: Grid, reduce: Reduction, empty: f64) -> Outcome {
        match self.value(by, 0, grid)? {
            Value::Series(line) => Ok(Value::Scalar(reduce(&mut line.values()).unwrap_or(empty))),
            Value::Several(lines) if self.function == Function::Avg => {
                Ok(Value::Series(series::mean_across(&lines, grid)))
            }
            Value::Several(lines) => Ok(Value::Series(series::across(&lines, grid, reduce))),
            Value::Scalar(_) => self.fault("its argument must be TS or TS[], not S"),
        }
    }

    fn of_several(&self, by: &mut Evaluator<'_>, grid: Grid) -> Outcome {
        let mut lines = self.several(by, 0, grid)?;
        Ok(match self.function {
            Function::MetricCount => Value::Scalar(lines.len() as f64),
            Function::RemoveEmpty => {
                lines.retain(|line| line.values().next().is_some());
                Value::Several(lines)
            }
            Function::First => Value::Series(lines.into_iter().next().unwrap_or_else(|| empty(grid))),
            _ => Value::Series(lines.pop().unwrap_or_else(|| empty(grid))),
        })
    }

    /// What is done to each value, or to each series by itself.
    fn of_each(&self, by: &mut Evaluator<'_>, grid: Grid) -> Outcome {
        let value = self.value(by, 0, grid)?;
        let each = |act: fn(f64) -> f64| match value.clone() {
            Value::Scalar(number) => Value::Scalar(act(number)),
            value => value.map(|line| {
                let points = line.points.iter().map(|it| it.map(act).filter(|it| it.is_finite()));
                line.with(points.collect())
            }),
        };
        let of_time = |act: &dyn Fn(&Line) -> Line| match value.clone() {
            Value::Scalar(_) => self.fault("its argument must be TS or TS[], not S"),
            value => Ok(value.map(act)),
        };
        match self.function {
            Function::Abs => Ok(each(f64::abs)),
            Function::Ceil => Ok(each(f64::ceil)),
            Function::Floor => Ok(each(f64::floor)),
            Function::Log => Ok(each(f64::ln)),
            Function::Log10 => Ok(each(f64::log10)),
            Function::Diff => of_time(&|line| series::steps(line, grid, |old, new, _| new - old)),
            Function::DiffTime => of_time(&|line| series::steps(line, grid, |_, _, seconds| seconds)),
            Function::Rate => {
                of_time(&|line| series::steps(line, grid, |old, new, seconds| (new - old) / seconds))
            }
            Function::RunningSum => of_time(&series::running_sum),
            dated => of_time(&|line| line.with(dates::series(dated, grid))),
        }
    }

    fn fill(&self, by: &mut Evaluator<'_>, grid: Grid) -> Outcome {
        let value = self.value(by, 0, grid)?;
        if matches!(value, Value::Scalar(_)) {
            return self.fault("argument 1 must be TS or TS[], not S");
        }
        if let Argument::Keyword(_) = &self.arguments[1] {
            let repeats = self.keyword(1, &["REPEAT", "LINEAR"])? == "REPEAT";
            return Ok(value.map(if repeats { series::fill_repeat } else { series::fill_linear }));
        }
        let filler = self.value(by, 1, grid)?;
        let filled = |line: &Line| match &filler {
            Value::Scalar(number) => line.with(line.points.iter().map(|it| it.or(Some(*number))).collect()),
            Value::Series(other) => {
                line.with(line.points.iter().zip(&other.points).map(|(it, other)| it.or(*other)).collect())
            }
            Value::Several(_) => line.clone(),
        };
        match filler {
            Value::Several(_) => self.fault("argument 2 must be S, TS, REPEAT or LINEAR, not TS[]"),
            _ => Ok(value.map(filled)),
        }
    }

    fn sort(&self, by: &mut Evaluator<'_>, grid: Grid) -> Outcome {
        let mut lines = self.several(by, 0, grid)?;
        let reduce = match self.keyword(1, &["AVG", "MIN", "MAX", "SUM"])? {
            "AVG" => series::mean,
            "MIN" => series::minimum,
            "MAX" => series::maximum,
            _ => series::sum,
        };
        let descends = self.keyword(2, &["ASC", "DESC"])? == "DESC";
        let rank = |line: &Line| reduce(&mut line.values()).unwrap_or(f64::NEG_INFINITY);
        lines.sort_by(|a, b| {
            let order = rank(a).total_cmp(&rank(b));
            if descends { order.reverse() } else { order }
        });
        if self.arguments.len() > 3 {
            lines.truncate(self.scalar(by, 3, grid)?.max(0.0) as usize);
        }
        Ok(Value::Several(lines))
    }

    fn slice(&self, by: &mut Evaluator<'_>, grid: Grid) -> Outcome {
        let lines = self.several(by, 0, grid)?;
        let place = |number: f64| (number.max(0.0) as usize).min(lines.len());
        let first = place(self.scalar(by, 1, grid)?);
        let end = if self.arguments.len() > 2 { place(self.scalar(by, 2, grid)?) } else { lines.len() };
        Ok(Value::Several(lines[first..end.max(first)].to_vec()))
    }

    /// `IF(condition, then, else)`: anything but 0 is true. Where the condition holds and `then` has no point, 0 stands;
    /// where it does not hold and `else` has none, nothing does.
    fn branch(&self, by: &mut Evaluator<'_>, grid: Grid) -> Outcome {
        let condition = self.value(by, 0, grid)?;
        let then = self.value(by, 1, grid)?;
        let otherwise =
            if self.arguments.len() > 2 { self.value(by, 2, grid)? } else { Value::Series(empty(grid)) };
        for value in [&condition, &then, &otherwise] {
            if matches!(value, Value::Several(_)) {
                return self.fault("its arguments must be S or TS, not TS[]");
            }
        }
        let Value::Series(condition) = condition else {
            let holds = matches!(condition, Value::Scalar(number) if number != 0.0);
            return Ok(if holds { then } else { otherwise });
        };
        let points = condition.points.iter().enumerate().map(|(index, point)| match point {
            None => None,
            Some(truth) if *truth != 0.0 => Some(then.at(index).unwrap_or(0.0)),
            Some(_) => otherwise.at(index),
        });
        Ok(Value::Series(condition.with(points.collect())))
    }
}

impl Value {
    /// Its point in that period; a number is the same in all.
    fn at(&self, index: usize) -> Option<f64> {
        match self {
            Self::Scalar(number) => Some(*number),
            Self::Series(line) => line.points.get(index).copied().flatten(),
            Self::Several(_) => None,
        }
    }
}

fn empty(grid: Grid) -> Line {
    Line::new("", vec![None; grid.count])
}
