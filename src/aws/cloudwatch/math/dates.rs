//! `MINUTE`, `HOUR` and the others: series made of the moments of their periods, in UTC.

use chrono::{Datelike, Timelike};

use super::{function::Function, value::Grid};
use crate::aws::timestamps;

/// One value for every period, whether the series it was asked of has one or not.
pub(super) fn series(of: Function, grid: Grid) -> Vec<Option<f64>> {
    (0..grid.count).map(|index| Some(part(of, grid.start(index)))).collect()
}

fn part(of: Function, epoch_ms: i64) -> f64 {
    let moment = timestamps::from_epoch_ms(epoch_ms);
    match of {
        Function::Minute => f64::from(moment.minute()),
        Function::Hour => f64::from(moment.hour()),
        // Monday is 1 and Sunday is 7.
        Function::Day => f64::from(moment.weekday().number_from_monday()),
        Function::Date => f64::from(moment.day()),
        Function::Month => f64::from(moment.month()),
        Function::Year => f64::from(moment.year()),
        _ => epoch_ms.div_euclid(1_000) as f64,
    }
}
