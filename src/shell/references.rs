//! `${…}` in a line, by the rules of `Fn::Sub`: `${SgGarage}`, `${Corrige.Arn}`, `${AWS::Region}`, and `${!Name}`
//! or `$${` for a dollar and a brace that mean themselves.
//!
//! A name's value takes its place before the line is parsed, so an error in the new line must find its way back:
//! [`Substituted::original`] says which bytes of the written line a place comes from.

use std::ops::Range;

/// A reference in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Its name, without `${` and `}`.
    pub name: String,
    /// Where it stands, `${` and `}` included.
    pub range: Range<usize>,
}

/// A line whose references have their values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Substituted {
    pub text: String,
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Piece {
    from: Range<usize>,
    to: Range<usize>,
}

impl Substituted {
    /// The bytes of the written line that these bytes of the new one come from; a value comes from its whole
    /// reference.
    pub fn original(&self, range: &Range<usize>) -> Range<usize> {
        let start = self.back(range.start, false);
        let end = if range.is_empty() { start } else { self.back(range.end, true) };
        start..end.max(start)
    }

    fn back(&self, at: usize, is_end: bool) -> usize {
        let inside = |piece: &&Piece| {
            if is_end { piece.to.start < at && at <= piece.to.end } else { piece.to.contains(&at) }
        };
        match self.pieces.iter().find(inside) {
            Some(Piece { from, to }) if from.len() == to.len() => from.start + (at - to.start),
            Some(Piece { from, .. }) => {
                if is_end {
                    from.end
                } else {
                    from.start
                }
            }
            None => self.pieces.last().map_or(at, |piece| piece.from.end),
        }
    }
}

enum Part<'a> {
    Text(&'a str),
    /// Something written that stands for a literal `${`.
    Literal,
    Name(&'a str),
}

/// Cuts a line at its references.
fn parts(line: &str) -> Vec<(Range<usize>, Part<'_>)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(dollar) = line[at..].find('$').map(|offset| at + offset) {
        let rest = &line[dollar..];
        let (length, part) = if rest.starts_with("$${") || rest.starts_with("${!") {
            (3, Part::Literal)
        } else if let Some((name, _)) = rest.strip_prefix("${").and_then(|rest| rest.split_once('}')) {
            (name.len() + 3, Part::Name(name))
        } else {
            (1, Part::Text("$"))
        };
        if dollar > at {
            found.push((at..dollar, Part::Text(&line[at..dollar])));
        }
        found.push((dollar..dollar + length, part));
        at = dollar + length;
    }
    if at < line.len() {
        found.push((at..line.len(), Part::Text(&line[at..])));
    }
    found
}

/// The references of a line, in order.
pub fn references(line: &str) -> Vec<Reference> {
    parts(line)
        .into_iter()
        .filter_map(|(range, part)| match part {
            Part::Name(name) => Some(Reference { name: name.trim().to_owned(), range }),
            _ => None,
        })
        .collect()
}

/// Puts values in the place of references.
///
/// # Errors
/// The first reference whose name has no value.
pub fn substitute(
    line: &str,
    mut value: impl FnMut(&str) -> Option<String>,
) -> Result<Substituted, Reference> {
    let mut result = Substituted::default();
    for (range, part) in parts(line) {
        let start = result.text.len();
        match part {
            Part::Text(text) => result.text.push_str(text),
            Part::Literal => result.text.push_str("${"),
            Part::Name(name) => match value(name.trim()) {
                Some(value) => result.text.push_str(&value),
                None => return Err(Reference { name: name.trim().to_owned(), range }),
            },
        }
        result.pieces.push(Piece { from: range, to: start..result.text.len() });
    }
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = "ec2 x --group-id ${SgGarage} --y '$${aws:username} ${!Keep} $5 ${AWS::Region}'";

    #[test]
    fn names_are_found_and_literals_are_left_alone() {
        let names: Vec<_> = references(LINE).into_iter().map(|found| found.name).collect();

        assert_eq!(names, ["SgGarage", "AWS::Region"]);
        assert_eq!(&LINE[references(LINE)[0].range.clone()], "${SgGarage}");
    }

    #[test]
    fn values_take_their_place_and_places_find_their_way_back() {
        let line = substitute(LINE, |name| {
            Some(if name == "SgGarage" { "sg-0123456789abcdef0" } else { "eu-west-3" }.to_owned())
        })
        .expect("every name has a value");

        assert_eq!(
            line.text,
            "ec2 x --group-id sg-0123456789abcdef0 --y '${aws:username} ${Keep} $5 eu-west-3'"
        );
        let option = line.text.find("--y").expect("it is there");
        assert_eq!(&LINE[line.original(&(option..option + 3))], "--y");
        let group = line.text.find("sg-").expect("it is there");
        assert_eq!(&LINE[line.original(&(group..group + 20))], "${SgGarage}");
        assert_eq!(&LINE[line.original(&(group - 11..group + 20))], "--group-id ${SgGarage}");
        let end = line.text.len();
        assert_eq!(line.original(&(end..end)), LINE.len()..LINE.len());
    }

    #[test]
    fn a_name_without_a_value_is_pointed_at() {
        let missing = substitute("a ${B} ${C}", |name| (name == "B").then(|| "b".to_owned()));

        assert_eq!(missing, Err(Reference { name: "C".to_owned(), range: 7..11 }));
    }

    proptest::proptest! {
        #[test]
        fn any_line_is_cut_and_any_place_maps_back(line in "[a${}!é ]{0,20}", at in 0usize..40) {
            let done = substitute(&line, |_| Some("value".to_owned())).expect("every name has a value");
            let range = at.min(done.text.len())..done.text.len();
            proptest::prop_assert!(done.original(&range).end <= line.len());
        }
    }
}
