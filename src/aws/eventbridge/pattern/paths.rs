//! The dotted paths that patterns ask about, as a tree to walk beside an event.
//!
//! A matcher reads an event once and follows this tree: a field that no pattern names is skipped without being
//! decoded. Dots inside a key and nesting are the same thing to the matcher, so the tree is split at every dot.

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

    /// Where a key of an object leads, if anyone asks about it or about something below it.
    pub fn follow(&self, from: NodeIndex, key: &str) -> Option<NodeIndex> {
        if key.contains('.') {
            return key.split('.').try_fold(from, |at, segment| self.child(at, segment));
        }
        self.child(from, key)
    }

    fn child(&self, from: NodeIndex, segment: &str) -> Option<NodeIndex> {
        let children = &self.nodes[from].children;
        if children.len() <= 6 {
            return children.iter().find(|(name, _)| **name == *segment).map(|&(_, node)| node);
        }
        let found = children.binary_search_by(|(name, _)| (**name).cmp(segment)).ok()?;
        Some(children[found].1)
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
