//! Functions of one series, and of several point by point.

use super::value::{Grid, Line};

/// The difference of each value from the one before it that is there; `act` gets the two and the seconds between.
pub(super) fn steps(line: &Line, grid: Grid, act: impl Fn(f64, f64, f64) -> f64) -> Line {
    let mut before: Option<(usize, f64)> = None;
    let mut points = Vec::with_capacity(line.points.len());
    for (index, point) in line.points.iter().enumerate() {
        points.push(point.and_then(|value| {
            let (earlier, old) = before.replace((index, value))?;
            let seconds = (grid.start(index) - grid.start(earlier)) as f64 / 1_000.0;
            Some(act(old, value, seconds))
        }));
    }
    line.with(points)
}

pub(super) fn running_sum(line: &Line) -> Line {
    let mut sum = 0.0;
    line.with(
        line.points
            .iter()
            .map(|point| {
                point.map(|value| {
                    sum += value;
                    sum
                })
            })
            .collect(),
    )
}

/// The last value before a gap stands in for it.
pub(super) fn fill_repeat(line: &Line) -> Line {
    let mut last = None;
    line.with(
        line.points
            .iter()
            .map(|point| {
                last = point.or(last);
                last
            })
            .collect(),
    )
}

/// A straight line across each gap that has a value on both sides.
pub(super) fn fill_linear(line: &Line) -> Line {
    let mut points = line.points.clone();
    let known: Vec<(usize, f64)> =
        points.iter().enumerate().filter_map(|(index, point)| Some((index, (*point)?))).collect();
    for pair in known.windows(2) {
        let [(first, from), (last, to)] = [pair[0], pair[1]];
        for (index, point) in points.iter_mut().enumerate().take(last).skip(first + 1) {
            let share = (index - first) as f64 / (last - first) as f64;
            *point = Some(from + (to - from) * share);
        }
    }
    line.with(points)
}

/// A function of numbers that makes one of many; nothing of none.
pub(super) type Reduction = fn(&mut dyn Iterator<Item = f64>) -> Option<f64>;

pub(super) fn sum(values: &mut dyn Iterator<Item = f64>) -> Option<f64> {
    values.fold(None, |sum, value| Some(sum.unwrap_or(0.0) + value))
}

pub(super) fn minimum(values: &mut dyn Iterator<Item = f64>) -> Option<f64> {
    values.reduce(f64::min)
}

pub(super) fn maximum(values: &mut dyn Iterator<Item = f64>) -> Option<f64> {
    values.reduce(f64::max)
}

pub(super) fn mean(values: &mut dyn Iterator<Item = f64>) -> Option<f64> {
    let all: Vec<f64> = values.collect();
    (!all.is_empty()).then(|| all.iter().sum::<f64>() / all.len() as f64)
}

/// Of the whole population; the guide does not say which.
pub(super) fn deviation(values: &mut dyn Iterator<Item = f64>) -> Option<f64> {
    let all: Vec<f64> = values.collect();
    let mean = mean(&mut all.iter().copied())?;
    let variance = all.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / all.len() as f64;
    Some(variance.sqrt())
}

pub(super) fn count(values: &mut dyn Iterator<Item = f64>) -> Option<f64> {
    Some(values.count() as f64)
}

/// One series out of several, period by period.
pub(super) fn across(lines: &[Line], grid: Grid, reduce: Reduction) -> Line {
    let points = (0..grid.count)
        .map(|index| reduce(&mut lines.iter().filter_map(|line| line.points.get(index).copied().flatten())));
    Line::new("", points.collect())
}

/// The mean of several series takes those without a value as 0, unless none has one. Source: the guide's table.
pub(super) fn mean_across(lines: &[Line], grid: Grid) -> Line {
    let mut line = across(lines, grid, sum);
    for point in line.points.iter_mut().flatten() {
        *point /= lines.len() as f64;
    }
    line
}
