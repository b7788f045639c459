//! `docs/operations.md` is made from the operation tables of the services, and says what they say.

use std::{collections::BTreeSet, fmt::Write, path::PathBuf};

use serde_json::Value;
use vigie::aws::{Access, Account, Operation, Plane, Region, Service, ServiceName, iam, model_index, record};

const UPDATE: &str = "VIGIE_WRITE_DOCS=1 cargo test --test operations";

#[test]
fn the_page_of_operations_is_current() {
    let written = page();
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/operations.md");
    if std::env::var_os("VIGIE_WRITE_DOCS").is_some() {
        std::fs::write(&path, &written).expect("docs can be written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    let first_difference =
        written.lines().zip(kept.lines().chain(std::iter::repeat(""))).find(|(new, old)| new != old);
    assert!(
        kept == written,
        "docs/operations.md is not what the tables say. To write it anew:\n    {UPDATE}\nfirst difference: {first_difference:#?}"
    );
}

#[test]
fn every_operation_and_every_parameter_is_one_that_aws_has() {
    let mut unknown = Vec::new();
    each(|service, operation| {
        let Some(theirs) = model_index::parameters(service.name(), operation.name) else {
            unknown.push(format!("{} {}", service.name().cli(), operation.name));
            return;
        };
        let theirs: BTreeSet<&str> = theirs.collect();
        let ours = parameters(operation);
        let strange = ours.iter().filter(|(name, _)| !theirs.contains(name.as_str()));
        unknown
            .extend(strange.map(|(name, _)| format!("{} {} {name}", service.name().cli(), operation.name)));
    });
    assert_eq!(unknown, Vec::<String>::new());
}

fn each(mut look: impl FnMut(&dyn Service, &'static Operation)) {
    let account = Account::new("123456789012", Region::new("us-east-1"));
    for name in ServiceName::ALL {
        let Some(service) = account.services().get(*name) else { continue };
        for operation in service.operations() {
            look(service, operation);
        }
    }
}

fn page() -> String {
    let mut page = String::from(HEADER);
    let mut total = 0;
    let mut of = None;
    each(|service, operation| {
        if of != Some(service.name()) {
            of = Some(service.name());
            page.push_str(&head_of(service));
        }
        total += 1;
        page.push_str(&row(service, operation));
    });
    page.replace("{total}", &total.to_string())
}

const HEADER: &str = "\
# Operations

Made from the operation tables of the services; `tests/operations.rs` proves it current and says how to write it anew.

{total} operations. Each is the AWS API's own: its parameters, its answer, its errors, its CloudTrail record. Whatever is
not here is refused by its name, never ignored: an operation that AWS has and Vigie has not, and each parameter under
“refused”. A parameter that is taken does what it says.

- **Access**: whether the operation changes anything; CloudTrail's `readOnly`, which differs where it says so.
- **Recorded**: `management` events always, in the event history and by every logging trail that selects them; `data`
  events only by a trail whose selectors ask for them. The name follows where it is not the operation's.
- **Permission**: the IAM action; none where everybody may.
";

fn head_of(service: &dyn Service) -> String {
    let name = service.name();
    let theirs = model_index::operations(name).count();
    let ours = service.operations().len();
    format!(
        "\n## {} (`aws {}`)\n\n{ours} of the {theirs} operations of AWS's service model.\n\n\
         | Operation | Access | Recorded | Permission | Parameters taken | refused: not simulated |\n\
         | --- | --- | --- | --- | --- | --- |\n",
        name.title(),
        name.cli()
    )
}

fn row(service: &dyn Service, operation: &'static Operation) -> String {
    let name = service.name();
    let read_only = record::is_read_only(name, operation);
    let access = match (operation.access, read_only) {
        (Access::Read, true) => "read",
        (Access::Write, false) => "write",
        (Access::Read, false) => "read; `readOnly` false",
        (Access::Write, true) => "write; `readOnly` true",
    };
    let plane = match operation.plane {
        Plane::Management => "management",
        Plane::Data => "data",
    };
    let recorded = record::event_name(service, operation);
    let recorded =
        if recorded == operation.name { plane.to_owned() } else { format!("{plane}, `{recorded}`") };
    let permission = iam::permission(name, operation.name)
        .map_or_else(|| "none".to_owned(), |action| format!("`{action}`"));
    let ours = parameters(operation);
    let theirs = model_index::parameters(name, operation.name).into_iter().flatten();
    let refused: Vec<String> =
        theirs.filter(|theirs| !ours.iter().any(|(name, _)| name == theirs)).map(code).collect();
    let taken: Vec<String> = ours.iter().map(|(name, note)| described(name, note.as_deref())).collect();
    let mut row = String::new();
    let _ = writeln!(
        row,
        "| `{}` | {access} | {recorded} | {permission} | {} | {} |",
        operation.name,
        taken.join(", "),
        refused.join(", ")
    );
    row
}

fn code(name: &str) -> String {
    format!("`{name}`")
}

/// A parameter, with what its struct says of values it does not take.
fn described(name: &str, note: Option<&str>) -> String {
    match note.filter(|note| note.contains("refused") || note.contains("Vigie")) {
        Some(note) => {
            format!("`{name}` ({})", note.trim_end_matches('.').replace('\n', " ").replace('|', "\\|"))
        }
        None => code(name),
    }
}

/// The parameters of an operation's struct, with their doc comments.
fn parameters(operation: &Operation) -> Vec<(String, Option<String>)> {
    let schema = Value::from((operation.schema)());
    let properties = schema.get("properties").and_then(Value::as_object);
    let described = |value: &Value| value.get("description").and_then(Value::as_str).map(str::to_owned);
    properties.into_iter().flatten().map(|(name, value)| (name.clone(), described(value))).collect()
}
