//! Carries events through the commands of a query.
//!
//! Events come newest first, which is the service's own order when no `sort` says otherwise. Each command works on the
//! rows the one before it left; a row keeps its event, so that a field can be sorted by that is not shown.

use std::{collections::BTreeSet, rc::Rc, sync::Arc};

use indexmap::{IndexMap, IndexSet};

use super::{
    ast::{Column, Command, Expr, SortKey},
    eval,
    event::Event,
    order,
    value::Value,
};

/// What a query answers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    pub columns: Vec<Arc<str>>,
    pub rows: Vec<AnswerRow>,
    /// Events that the filters let through, and all that were looked at.
    pub records_matched: usize,
    pub records_scanned: usize,
    pub bytes_scanned: usize,
}

/// One row, a text for each column that is there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AnswerRow {
    pub values: Vec<Option<String>>,
    /// The event it stands for; a row of `stats` stands for none.
    pub ptr: Option<Arc<str>>,
}

/// A row on its way through the commands.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// What commands computed so far.
    columns: IndexMap<Arc<str>, Value>,
    event: Option<Rc<Event>>,
}

impl Row {
    /// A computed column, or else a field of the event.
    pub fn field(&self, name: &str) -> Value {
        self.column(name)
            .or_else(|| self.event.as_ref().map(|event| event.field(name)))
            .unwrap_or(Value::Null)
    }

    pub fn column(&self, name: &str) -> Option<Value> {
        self.columns.get(name).cloned()
    }

    /// Of its event, or of a `@timestamp` column that `stats` made.
    pub fn timestamp(&self) -> Option<i64> {
        self.field("@timestamp").moment()
    }

    fn set(&mut self, name: &Arc<str>, value: Value) {
        self.columns.insert(Arc::clone(name), value);
    }
}

/// Runs commands over events; at most `limit` rows, unless a command sets its own.
pub(super) fn run(commands: &[Command], mut events: Vec<Event>, limit: usize) -> Answer {
    let records_scanned = events.len();
    let bytes_scanned = events.iter().map(|event| event.message.len()).sum();
    events.reverse();
    events.sort_by_key(|event| std::cmp::Reverse(event.timestamp));
    let rows = events.into_iter().map(|event| Row { columns: IndexMap::new(), event: Some(Rc::new(event)) });
    let mut table = Table {
        rows: rows.collect(),
        shown: Shown::default(),
        is_aggregated: false,
        matched: records_scanned,
        limit,
    };
    for command in commands {
        table.apply(command);
    }
    let columns = table.shown.columns();
    table.rows.truncate(table.limit);
    let text = |row: &Row, column: &Arc<str>| row.field(column).text().map(std::borrow::Cow::into_owned);
    let rows = table.rows.iter().map(|row| AnswerRow {
        values: columns.iter().map(|column| text(row, column)).collect(),
        ptr: row.event.as_ref().map(|event| Arc::clone(&event.ptr)),
    });
    let rows = rows.collect();
    Answer { columns, rows, records_matched: table.matched, records_scanned, bytes_scanned }
}

/// Which columns the answer shows.
#[derive(Debug, Default)]
struct Shown {
    /// Those of `fields` and `stats`, in the order they came.
    gathered: IndexSet<Arc<str>>,
    /// Those of the last `display`, which alone counts when there is one.
    displayed: Option<Vec<Arc<str>>>,
}

impl Shown {
    fn columns(&self) -> Vec<Arc<str>> {
        match &self.displayed {
            Some(displayed) => displayed.clone(),
            None if self.gathered.is_empty() => vec!["@timestamp".into(), "@message".into()],
            None => self.gathered.iter().cloned().collect(),
        }
    }
}

struct Table {
    rows: Vec<Row>,
    shown: Shown,
    /// Whether rows are groups already, and no events.
    is_aggregated: bool,
    matched: usize,
    limit: usize,
}

impl Table {
    fn apply(&mut self, command: &Command) {
        match command {
            Command::Fields(columns) => {
                self.compute(columns);
                self.shown.gathered.extend(columns.iter().map(|column| Arc::clone(&column.name)));
            }
            Command::Display(columns) => {
                self.compute(columns);
                self.shown.displayed = Some(columns.iter().map(|column| Arc::clone(&column.name)).collect());
            }
            Command::Filter(condition) => {
                self.rows.retain(|row| eval::on_row(condition, row).is_true());
                if !self.is_aggregated {
                    self.matched = self.rows.len();
                }
            }
            Command::Stats { columns, by } => self.aggregate(columns, by),
            Command::Sort(keys) => self.sort(keys),
            Command::Limit(most) => {
                self.rows.truncate(*most);
                self.limit = *most;
            }
            Command::Parse { field, extractor } => {
                for row in &mut self.rows {
                    let fields = eval::on_row(field, row).text().map(|text| extractor.extract(&text));
                    for (name, value) in fields.into_iter().flatten() {
                        row.set(&name, value);
                    }
                }
            }
            Command::Dedup(fields) => self.dedup(fields),
        }
    }

    /// Computes columns; a plain field is looked up when it is asked for.
    fn compute(&mut self, columns: &[Column]) {
        let is_plain = |column: &&Column| matches!(&column.expr, Expr::Field(name) if *name == column.name);
        for column in columns.iter().filter(|column| !is_plain(column)) {
            for row in &mut self.rows {
                let value = eval::on_row(&column.expr, row);
                row.set(&column.name, value);
            }
        }
    }

    /// One row for each group, the columns it is grouped by first.
    fn aggregate(&mut self, columns: &[Column], by: &[Column]) {
        let mut groups: IndexMap<Key, (Vec<Value>, Vec<&Row>)> = IndexMap::new();
        for row in &self.rows {
            let values: Vec<Value> = by.iter().map(|column| eval::on_row(&column.expr, row)).collect();
            groups.entry(key(&values)).or_insert_with(|| (values, Vec::new())).1.push(row);
        }
        let rows = groups.into_values().map(|(values, group)| {
            let mut row: IndexMap<Arc<str>, Value> =
                by.iter().zip(values).map(|(column, value)| (Arc::clone(&column.name), value)).collect();
            for column in columns {
                let value = eval::on_group(&column.expr, &group, &row);
                row.insert(Arc::clone(&column.name), value);
            }
            Row { columns: row, event: None }
        });
        self.rows = rows.collect();
        self.is_aggregated = true;
        let names = by.iter().chain(columns).map(|column| Arc::clone(&column.name));
        self.shown = Shown { gathered: names.collect(), displayed: None };
    }

    fn sort(&mut self, keys: &[SortKey]) {
        let rows = std::mem::take(&mut self.rows);
        let mut keyed: Vec<(Vec<Value>, Row)> = rows
            .into_iter()
            .map(|row| (keys.iter().map(|key| eval::on_row(&key.expr, &row)).collect(), row))
            .collect();
        keyed.sort_by(|(left, _), (right, _)| {
            let orders = keys.iter().zip(left.iter().zip(right)).map(|(key, (left, right))| {
                let order = order::compare(left, right);
                if key.descending { order.reverse() } else { order }
            });
            orders.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
        });
        self.rows = keyed.into_iter().map(|(_, row)| row).collect();
    }

    /// The first row of each combination; a row that lacks one of the fields is no duplicate.
    fn dedup(&mut self, fields: &[Expr]) {
        let mut seen = BTreeSet::new();
        self.rows.retain(|row| {
            let values: Vec<Value> = fields.iter().map(|field| eval::on_row(field, row)).collect();
            values.iter().any(Value::is_null) || seen.insert(key(&values))
        });
    }
}

/// What tells combinations of values apart: how they are shown.
type Key = Vec<Option<String>>;

fn key(values: &[Value]) -> Key {
    values.iter().map(|value| value.text().map(std::borrow::Cow::into_owned)).collect()
}
