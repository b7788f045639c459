//! The dotted paths that patterns ask about, as a tree to walk beside an event.
//!
//! A matcher reads an event once and follows this tree: a field that no pattern names is skipped without being
//! decoded. Dots inside a key and nesting are the same thing to the matcher, so the tree is split at every dot.

/// So few children are looked at one by one.
const FEW: usize = 16;

/// A node of the tree. The root is [`Paths::ROOT`].
pub(super) type NodeIndex = usize;

/// A tree of path segments, with a number for each path someone asks about.
#[derive(Clone, Debug)]
pub(super) struct Paths {
    nodes: Vec<Node>,
    count: usize,
}

#[derive(Clone, Debug, Default)]
struct Node {
    /// Sorted by segment.
    children: Vec<(Box<str>, NodeIndex)>,
    asked: Option<usize>,
}

impl Default for Paths {
    fn default() -> Self {
        Self { nodes: vec![Node::default()], count: 0 }
    }
}

impl Paths {
    pub const ROOT: NodeIndex = 0;

    /// How many paths are asked about; their numbers are below this.
    pub fn len(&self) -> usize {
        self.count
    }

    /// The number of a dotted path, given now if it is new.
    pub fn ask(&mut self, dotted: &str) -> usize {
        let mut at = Self::ROOT;
        for segment in dotted.split('.') {
            at = match self.nodes[at].children.binary_search_by(|(name, _)| (**name).cmp(segment)) {
                Ok(found) => self.nodes[at].children[found].1,
                Err(place) => {
                    let new = self.nodes.len();
                    self.nodes.push(Node::default());
                    self.nodes[at].children.insert(place, (segment.into(), new));
                    new
                }
            };
        }
        let next = self.count;
        let number = *self.nodes[at].asked.get_or_insert(next);
        self.count = self.count.max(number + 1);
        number
    }

    /// Every segment of every path, and whether some path goes on below it.
    pub fn segments(&self) -> impl Iterator<Item = (&str, bool)> {
        let children = self.nodes.iter().flat_map(|node| &node.children);
        children.map(|(segment, child)| (&**segment, self.goes_on(*child)))
    }

    /// Where a key of an object leads, if anyone asks about it or about something below it. A dotted key leads as far
    /// as nested ones would.
    #[inline]
    pub fn follow(&self, from: NodeIndex, key: &str) -> Option<NodeIndex> {
        let children = &self.nodes[from].children;
        if children.len() > FEW {
            return self.search(from, key);
        }
        for (segment, child) in children {
            match key.as_bytes().get(segment.len()) {
                None if *key == **segment => return Some(*child),
                Some(b'.') if key.starts_with(&**segment) => {
                    return self.follow(*child, &key[segment.len() + 1..]);
                }
                _ => {}
            }
        }
        None
    }

    fn search(&self, from: NodeIndex, key: &str) -> Option<NodeIndex> {
        let (segment, rest) =
            key.split_once('.').map_or((key, None), |(segment, rest)| (segment, Some(rest)));
        let children = &self.nodes[from].children;
        let found = children.binary_search_by(|(name, _)| (**name).cmp(segment)).ok()?;
        let child = children[found].1;
        rest.map_or(Some(child), |rest| self.follow(child, rest))
    }

    /// The number of the path that ends here, if it is asked about.
    pub fn asked(&self, node: NodeIndex) -> Option<usize> {
        self.nodes[node].asked
    }

    /// Whether some asked path goes on below this node.
    pub fn goes_on(&self, node: NodeIndex) -> bool {
        !self.nodes[node].children.is_empty()
    }
}
