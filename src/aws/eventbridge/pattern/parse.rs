//! Pattern text -> branches.
//!
//! The text is read once, in order, the way the service's own compiler does: a branch is a map from dotted path
//! to leaf list, every leaf list is written into all branches known so far, and `$or` multiplies them. That one
//! rule gives duplicate keys, merged objects and overridden `$or` fields their documented meaning.

use std::collections::BTreeMap;

use super::entry::{Entry, ExactNumber, LeafList};
use super::fault::{Fault, Refusal};
use super::json::{Kind, Reader};
use super::operator::operator;

/// The service refuses patterns with more branches after `$or` is expanded. Source: EventBridge user guide.
pub const MAX_BRANCHES: usize = 1_000;

/// How many fields a pattern may name.
///
/// Teaching default: 4,096 characters, the longest pattern the service takes, cannot name more than about 500.
const MAX_FIELDS: usize = 1_000;

/// How many fields all branches may hold together, so that expansion stays small whatever the text.
///
/// Teaching default: a pattern within the service's 4,096 characters stays far below.
const MAX_EXPANDED_FIELDS: usize = 500_000;

/// Words that a `$or` branch may not use as field names: operators, and names reserved for later ones.
/// Source: the library's documentation.
const RESERVED_IN_OR: [&str; 24] = [
    "exactly",
    "equals-ignore-case",
    "prefix",
    "suffix",
    "anything-but",
    "exists",
    "wildcard",
    "numeric",
    "cidr",
    "=",
    "<",
    "<=",
    ">",
    ">=",
    "regex",
    "not-wildcard",
    "not-equals-ignore-case",
    "date-after",
    "date-on-or-after",
    "date-before",
    "date-on-or-before",
    "in-date-range",
    "ip-address-in-range",
    "ip-address-not-in-range",
];

/// Dotted path -> index of its leaf list.
pub(super) type BranchMap = BTreeMap<usize, usize>;

/// What the text says, before paths are arranged for matching.
#[derive(Debug, Default)]
pub(super) struct Parsed {
    /// Every dotted path, in the order of first appearance.
    pub paths: Vec<String>,
    /// Every leaf list as (path index, list), in the order of the text.
    pub lists: Vec<(usize, LeafList)>,
    pub branches: Vec<BranchMap>,
}

/// Reads a whole pattern.
pub(super) fn parse(text: &str) -> Result<Parsed, Refusal> {
    let mut compiler = Compiler {
        reader: Reader::new(text),
        path: Vec::new(),
        indexes: BTreeMap::new(),
        parsed: Parsed::default(),
    };
    let is_object = compiler.reader.peek().is_some() && compiler.reader.kind()? == Kind::Object;
    if !is_object {
        let start = compiler.reader.at();
        if start < text.len() {
            // Text that is not JSON at all is a graver fault than JSON of another shape.
            compiler.reader.skip()?;
        }
        return Err(Refusal::new(Fault::NotAnObject, start, "Filter is not an object"));
    }
    compiler.object(1, InOr::No)?;
    compiler.reader.end()?;
    Ok(compiler.parsed)
}

/// Whether the object being read is a branch of `$or`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum InOr {
    No,
    Yes,
}

struct Compiler<'t> {
    reader: Reader<'t>,
    path: Vec<String>,
    indexes: BTreeMap<String, usize>,
    parsed: Parsed,
}

impl Compiler<'_> {
    fn object(&mut self, depth: usize, in_or: InOr) -> Result<(), Refusal> {
        self.reader.check_depth(depth)?;
        let start = self.reader.at();
        if self.reader.open(b'}') {
            return Err(Refusal::new(Fault::EmptyObject, start, "Empty objects are not allowed"));
        }
        loop {
            self.member(depth, in_or)?;
            if !self.reader.more(b'}')? {
                return Ok(());
            }
        }
    }

    fn member(&mut self, depth: usize, in_or: InOr) -> Result<(), Refusal> {
        self.reader.peek();
        let at = self.reader.at();
        let name = self.reader.key()?.into_owned();
        if name == "$or" {
            return self.or(depth);
        }
        if in_or == InOr::Yes && RESERVED_IN_OR.contains(&name.as_str()) {
            let reason = format!("{name} is Ruler reserved fieldName which cannot be used inside $or.");
            return Err(Refusal::new(Fault::OrBad, at, reason));
        }
        match self.reader.kind()? {
            Kind::Object => {
                self.path.push(name);
                self.object(depth + 1, in_or)?;
                self.path.pop();
                Ok(())
            }
            Kind::Array => {
                self.path.push(name);
                let list = self.leaf_list()?;
                let path = self.path_index();
                self.path.pop();
                if path >= MAX_FIELDS {
                    let reason = format!("Rule is too complex: more than {MAX_FIELDS} fields");
                    return Err(Refusal::new(Fault::TooManyBranches, at, reason));
                }
                self.write(path, list)
            }
            _ => {
                let reason = format!("\"{name}\" must be an object or an array");
                Err(Refusal::new(Fault::LeafNotArray, self.reader.at(), reason))
            }
        }
    }

    /// `"$or": [{…}, {…}]`: each object continues a copy of the branches known so far.
    fn or(&mut self, depth: usize) -> Result<(), Refusal> {
        let bad = |at: usize, reason: &str| Err(Refusal::new(Fault::OrBad, at, reason));
        if self.reader.kind()? != Kind::Array {
            return bad(self.reader.at(), "It must be an Array followed with $or.");
        }
        let start = self.reader.at();
        let base = std::mem::take(&mut self.parsed.branches);
        let mut union = Vec::new();
        let mut entries = 0;
        let mut more = !self.reader.open(b']');
        while more {
            if self.reader.kind()? != Kind::Object {
                return bad(self.reader.at(), "Only JSON object is allowed in array of $or relationship.");
            }
            entries += 1;
            self.parsed.branches.clone_from(&base);
            self.object(depth + 1, InOr::Yes)?;
            union.append(&mut self.parsed.branches);
            self.check_size(&union)?;
            more = self.reader.more(b']')?;
        }
        if entries < 2 {
            return bad(start, "There must have at least 2 Objects in $or relationship.");
        }
        self.parsed.branches = union;
        Ok(())
    }

    fn check_size(&self, branches: &[BranchMap]) -> Result<(), Refusal> {
        let fields: usize = branches.iter().map(BTreeMap::len).sum();
        if branches.len() > MAX_BRANCHES || fields > MAX_EXPANDED_FIELDS {
            let reason =
                format!("Rule is too complex: more than {MAX_BRANCHES} combinations of $or branches");
            return Err(Refusal::new(Fault::TooManyBranches, self.reader.at(), reason));
        }
        Ok(())
    }

    /// The leaf list becomes what every branch so far wants of that path, whatever it wanted before.
    fn write(&mut self, path: usize, list: LeafList) -> Result<(), Refusal> {
        let index = self.parsed.lists.len();
        self.parsed.lists.push((path, list));
        if self.parsed.branches.is_empty() {
            self.parsed.branches.push(BranchMap::new());
        }
        for branch in &mut self.parsed.branches {
            branch.insert(path, index);
        }
        if self.parsed.branches.len() > 1 && index.is_multiple_of(64) {
            self.check_size(&self.parsed.branches)?;
        }
        Ok(())
    }

    fn path_index(&mut self) -> usize {
        let dotted = self.path.join(".");
        let next = self.parsed.paths.len();
        let index = *self.indexes.entry(dotted.clone()).or_insert(next);
        if index == next {
            self.parsed.paths.push(dotted);
        }
        index
    }

    fn leaf_list(&mut self) -> Result<LeafList, Refusal> {
        let start = self.reader.at();
        if self.reader.open(b']') {
            return Err(Refusal::new(Fault::EmptyArray, start, "Empty arrays are not allowed"));
        }
        let mut list = LeafList::default();
        loop {
            match self.reader.kind()? {
                Kind::String => list.entries.push(Entry::exact(&self.reader.string()?)),
                Kind::Number => list.entries.push(Entry::Number(ExactNumber::parse(self.reader.number()?))),
                Kind::True => {
                    self.reader.literal("true")?;
                    list.entries.push(Entry::Bool(true));
                }
                Kind::False => {
                    self.reader.literal("false")?;
                    list.entries.push(Entry::Bool(false));
                }
                Kind::Null => {
                    self.reader.literal("null")?;
                    list.entries.push(Entry::Null);
                }
                Kind::Object => match operator(&mut self.reader)? {
                    Some(entry) => list.entries.push(entry),
                    None => list.or_absent = true,
                },
                Kind::Array => {
                    let reason = "Match value must be String, number, true, false, or null";
                    return Err(Refusal::new(Fault::NestedArrayValue, self.reader.at(), reason));
                }
            }
            if !self.reader.more(b']')? {
                break;
            }
        }
        list.text = on_one_line(self.reader.since(start)).into();
        Ok(list)
    }
}

/// JSON text with its white space (outside strings) reduced to one space after each comma and colon.
fn on_one_line(json: &str) -> String {
    let mut line = String::with_capacity(json.len());
    let mut in_string = false;
    let mut escaped = false;
    for letter in json.chars() {
        if in_string {
            in_string = escaped || letter != '"';
            escaped = !escaped && letter == '\\';
            line.push(letter);
        } else if !letter.is_ascii_whitespace() {
            in_string = letter == '"';
            line.push(letter);
            if matches!(letter, ',' | ':') {
                line.push(' ');
            }
        }
    }
    line
}
