//! `--output table`: boxes in boxes, one section per list or structure, as the AWS CLI draws them.
//!
//! The arithmetic of widths is `awscli/table.py`'s, so a picture copied from a course matches cell for cell.

use serde_json::Value;
use unicode_width::UnicodeWidthStr as _;

use super::print::{cell, is_scalar};

/// The width the CLI assumes when it knows no terminal; a wider table turns its one-row sections on end.
const TERMINAL_CELLS: usize = 80;
/// Two spaces on both sides of a cell.
const PADDING: usize = 4;

#[derive(Debug, Default)]
struct Section {
    title: String,
    depth: usize,
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// A value as a table under its title; nothing for an empty one.
pub fn table(value: &Value, title: &str) -> String {
    let mut sections = Vec::new();
    build(value, Some(title), 0, &mut sections);
    if total_width(&sections) > TERMINAL_CELLS {
        for section in &mut sections {
            turn_on_end(section);
        }
    }
    draw(&sections)
}

fn build(value: &Value, title: Option<&str>, depth: usize, sections: &mut Vec<Section>) {
    let is_empty = match value {
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    };
    if is_empty {
        return;
    }
    if let Some(title) = title {
        sections.push(Section { title: title.to_owned(), depth, ..Section::default() });
    }
    match value {
        Value::Object(_) => build_structure(value, depth, sections),
        Value::Array(items) if items[0].is_object() => build_list(items, title, depth, sections),
        Value::Array(items) => {
            for item in items {
                match item {
                    Value::Array(cells) if cells.iter().all(is_scalar) => {
                        add_row(sections, cells.iter().map(cell).collect());
                    }
                    scalar if is_scalar(scalar) => add_row(sections, vec![cell(scalar)]),
                    other => build(other, None, depth, sections),
                }
            }
        }
        scalar => add_row(sections, vec![cell(scalar)]),
    }
}

fn build_structure(value: &Value, depth: usize, sections: &mut Vec<Section>) {
    let (scalars, others) =
        (names(std::slice::from_ref(value), true), names(std::slice::from_ref(value), false));
    match scalars.as_slice() {
        [] => {}
        [only] => add_row(sections, vec![only.clone(), cell(&value[only])]),
        many => {
            add_header(sections, many);
            add_row(sections, many.iter().map(|name| cell(&value[name])).collect());
        }
    }
    for name in others {
        build(&value[&name], Some(&name), depth + 1, sections);
    }
}

fn build_list(items: &[Value], title: Option<&str>, depth: usize, sections: &mut Vec<Section>) {
    let (scalars, others) = (names(items, true), names(items, false));
    add_header(sections, &scalars);
    for (index, item) in items.iter().enumerate() {
        if index > 0 && !others.is_empty() {
            let title = title.unwrap_or_default().to_owned();
            sections.push(Section { title, depth, ..Section::default() });
            add_header(sections, &scalars);
        }
        add_row(sections, scalars.iter().map(|name| item.get(name).map(cell).unwrap_or_default()).collect());
        for name in &others {
            if let Some(inner) = item.get(name) {
                build(inner, Some(name), depth + 1, sections);
            }
        }
    }
}

/// The names whose values are scalars (or are not) in any of these structures, sorted.
fn names(items: &[Value], scalar: bool) -> Vec<String> {
    let mut names: Vec<String> = items
        .iter()
        .filter_map(Value::as_object)
        .flatten()
        .filter(|(_, value)| is_scalar(value) == scalar)
        .map(|(name, _)| name.clone())
        .collect();
    names.sort();
    names.dedup();
    names
}

fn add_header(sections: &mut [Section], names: &[String]) {
    if let Some(section) = sections.last_mut() {
        section.header = names.to_vec();
    }
}

fn add_row(sections: &mut [Section], row: Vec<String>) {
    if let Some(section) = sections.last_mut()
        && !row.is_empty()
    {
        section.rows.push(row);
    }
}

/// A section of one row becomes a list of names and values.
fn turn_on_end(section: &mut Section) {
    if let [row] = section.rows.as_slice()
        && !section.header.is_empty()
    {
        let rows = section.header.iter().zip(row).map(|(name, value)| vec![name.clone(), value.clone()]);
        section.rows = rows.collect();
        section.header.clear();
    }
}

/// The widest cell of each column.
fn widest(section: &Section) -> Vec<usize> {
    let lines = || section.rows.iter().chain((!section.header.is_empty()).then_some(&section.header));
    let columns = lines().map(Vec::len).max().unwrap_or_default();
    (0..columns)
        .map(|column| {
            lines().filter_map(|line| line.get(column)).map(|cell| cell.width()).max().unwrap_or_default()
        })
        .collect()
}

fn total_width(sections: &[Section]) -> usize {
    let width = |section: &Section| {
        let cells: usize = widest(section).iter().map(|width| width + PADDING).sum();
        (cells + 2).max(section.title.width() + 2) + 2 * section.depth
    };
    sections.iter().map(width).max().unwrap_or_default()
}

/// Columns stretched in proportion until they fill a width, borders included.
fn stretched(section: &Section, width: usize) -> Vec<usize> {
    let natural: Vec<usize> = widest(section).iter().map(|width| width + PADDING).collect();
    let total: usize = natural.iter().sum();
    if total == 0 {
        return natural;
    }
    let scale = width as f64 / total as f64;
    let mut columns: Vec<usize> =
        natural.iter().map(|column| (scale * *column as f64).round_ties_even() as usize).collect();
    let mut used: usize = columns.iter().sum();
    let count = columns.len();
    let mut turn = 0;
    while used != width {
        if used > width {
            columns[turn % count] = columns[turn % count].saturating_sub(1);
        } else {
            columns[count - 1 - turn % count] += 1;
        }
        used = columns.iter().sum();
        turn += 1;
    }
    columns
}

fn draw(sections: &[Section]) -> String {
    if sections.is_empty() {
        return String::new();
    }
    let width = total_width(sections);
    let mut lines = vec!["-".repeat(width)];
    for section in sections {
        let bars = "|".repeat(section.depth);
        let width = width - 2 * section.depth;
        let mut line = |text: String| lines.push(format!("{bars}{text}{bars}"));
        line(centred(&section.title, width, "|"));
        if section.header.is_empty() && section.rows.is_empty() {
            line(format!("+{}+", "-".repeat(width.saturating_sub(2))));
            continue;
        }
        let columns = stretched(section, width);
        if !section.header.is_empty() {
            line(rule(&columns));
            line(cells(&columns, &section.header, centred));
        }
        if !section.rows.is_empty() {
            line(rule(&columns));
            for row in &section.rows {
                line(cells(&columns, row, aligned));
            }
            line(rule(&columns));
        }
    }
    lines.join("\n")
}

/// The first cell has both its edges, the others only the right one.
fn cells(columns: &[usize], texts: &[String], place: fn(&str, usize, &str) -> String) -> String {
    let placed = columns.iter().zip(texts).enumerate();
    placed.map(|(index, (width, text))| place(text, *width, if index == 0 { "|" } else { "" })).collect()
}

fn rule(columns: &[usize]) -> String {
    let parts = columns.iter().enumerate().map(|(index, width)| {
        if index == 0 {
            format!("+{}+", "-".repeat(width.saturating_sub(2)))
        } else {
            format!("{}+", "-".repeat(width.saturating_sub(1)))
        }
    });
    parts.collect()
}

fn centred(text: &str, width: usize, left: &str) -> String {
    let before = (width / 2).saturating_sub(text.width() / 2 + 1);
    closed(format!("{left}{}{text}", " ".repeat(before)), width)
}

fn aligned(text: &str, width: usize, left: &str) -> String {
    let padding = if width >= text.width() + left.len() + 3 { 2 } else { 0 };
    closed(format!("{left}{}{text}", " ".repeat(padding)), width)
}

fn closed(text: String, width: usize) -> String {
    let after = width.saturating_sub(text.width() + 1);
    format!("{text}{}|", " ".repeat(after))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    // The expected pictures are what awscli 1.43 prints for the same values.

    #[test]
    fn lists_in_lists_are_boxes_in_boxes() {
        let answer = json!({"Rules": [
            {"Name": "r-sg", "State": "ENABLED", "Targets": ["a", "b"]}, {"Name": "r", "State": "DISABLED"}
        ]});
        let expected = "\
------------------------
|        PutRule       |
+----------------------+
||        Rules       ||
|+-------+------------+|
|| Name  |   State    ||
|+-------+------------+|
||  r-sg |  ENABLED   ||
|+-------+------------+|
|||      Targets     |||
||+------------------+||
|||  a               |||
|||  b               |||
||+------------------+||
||        Rules       ||
|+-------+------------+|
|| Name  |   State    ||
|+-------+------------+|
||  r    |  DISABLED  ||
|+-------+------------+|";

        assert_eq!(table(&answer, "PutRule"), expected);
    }

    #[test]
    fn columns_share_what_is_left_and_a_lone_value_is_a_row() {
        let answer = json!({"A": {"B": "c"}, "D": "e", "F": [["1", "2"], ["3", "4"]]});
        let expected = "\
--------------
|   PutRule  |
+-----+------+
|  D  |  e   |
+-----+------+
||     A    ||
|+----+-----+|
||  B |  c  ||
|+----+-----+|
||     F    ||
|+----+-----+|
||  1 |  2  ||
||  3 |  4  ||
|+----+-----+|";

        assert_eq!(table(&answer, "PutRule"), expected);
        assert_eq!(table(&json!({}), "PutRule"), "");
    }

    #[test]
    fn a_row_wider_than_the_terminal_is_turned_on_end() {
        let wide = "x".repeat(70);
        let picture = table(&json!({"Name": wide, "State": "ENABLED"}), "DescribeRule");

        assert!(picture.contains("|  State|  ENABLED "), "{picture}");
    }
}
