//! What a story used, and what that would cost: always about, never a bill.

use std::io::Write;

use serde_json::{Value, json};

use super::story::Story;
use crate::{
    lesson::meters::readings,
    scenario::prices::{Prices, TOTAL, table},
    text::Key,
};

/// One line per meter that turned, and their sum.
pub(super) fn tell(story: &Story<'_>, out: &mut dyn Write) -> anyhow::Result<()> {
    let lang = story.lang;
    let (usage, prices) = (story.player.evidence().usage(), Prices::of(story.player.script()));
    writeln!(out, "\n{}", lang.fill(Key::RunMeters, &[("date", &table().as_of)]))?;
    let rows = readings(lang, &usage, &prices);
    let widest = rows.iter().map(|row| row.name.chars().count()).max().unwrap_or(0);
    for row in rows {
        writeln!(out, "  {:<widest$} {:>12}   {}", row.name, row.count, row.cost)?;
    }
    Ok(())
}

/// The same for machines.
pub(super) fn json(story: &Story<'_>) -> Value {
    let (usage, prices) = (story.player.evidence().usage(), Prices::of(story.player.script()));
    let rows: serde_json::Map<String, Value> = usage
        .iter()
        .map(|(meter, count)| {
            let row = json!({ "count": count, "approximateCost": prices.cost(&usage, meter) });
            (meter.as_str().to_owned(), row)
        })
        .chain([(TOTAL.to_owned(), json!({ "approximateCost": prices.total(&usage) }))])
        .collect();
    json!({ "currency": table().currency, "pricesAsOf": table().as_of, "meters": rows })
}
