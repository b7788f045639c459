//! Roads: from one building's stop to another's, along rails and links.
//!
//! A road is a list of corners with its length measured once. It knows nothing of envelopes.

use std::collections::BTreeMap;

use super::scene::{EAST, Heading, Scene};
use super::state::Way;

/// A cell, in the picture's own columns and rows.
pub type Cell = (i32, i32);

/// A way through town, measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Road {
    corners: Vec<Cell>,
    length: i32,
}

/// A place on a road.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoadPoint {
    /// Column.
    pub x: i32,
    /// Row.
    pub y: i32,
    /// The way it goes; `None` at rest and between two rails.
    pub heading: Option<Heading>,
}

impl Road {
    /// A road through these corners; straight pieces only.
    pub fn through(corners: Vec<Cell>) -> Self {
        let length = corners.windows(2).map(|pair| distance(pair[0], pair[1])).sum();
        Self { corners, length }
    }

    /// Its corners, ends included.
    pub fn corners(&self) -> &[Cell] {
        &self.corners
    }

    /// Cells from end to end.
    pub const fn length(&self) -> i32 {
        self.length
    }

    /// Where one is after `progress`, from 0 to 1, of the road.
    pub fn point(&self, progress: f32) -> RoadPoint {
        self.at(self.cells_after(progress))
    }

    /// How many cells are behind after `progress`, from 0 to 1.
    pub fn cells_after(&self, progress: f32) -> i32 {
        let progress = if progress.is_finite() { progress.clamp(0.0, 1.0) } else { 1.0 };
        (progress * self.length as f32).round() as i32
    }

    /// Where one is after `cells` cells.
    pub fn at(&self, cells: i32) -> RoadPoint {
        let mut left = cells.clamp(0, self.length);
        let at_rest = left == 0 || left == self.length;
        for pair in self.corners.windows(2) {
            let (from, to) = (pair[0], pair[1]);
            let piece = distance(from, to);
            if left <= piece {
                let step = |a: i32, b: i32| a + (b - a).signum() * left.min((b - a).abs());
                let heading = match (to.0 - from.0).signum() {
                    1 => Some(Heading::East),
                    -1 => Some(Heading::West),
                    _ => None,
                };
                return RoadPoint {
                    x: step(from.0, to.0),
                    y: step(from.1, to.1),
                    heading: heading.filter(|_| !at_rest),
                };
            }
            left -= piece;
        }
        let (x, y) = self.corners.last().copied().unwrap_or_default();
        RoadPoint { x, y, heading: None }
    }
}

const fn distance(a: Cell, b: Cell) -> i32 {
    (a.0 - b.0).abs() + (a.1 - b.1).abs()
}

/// The buildings at the two ends of a hop, by the words captions use; `None` for one with no place of its own.
pub fn ends_of(hop: &str) -> Option<(String, String)> {
    let (name, east) = hop.strip_suffix(EAST).map_or((hop, ""), |name| (name, EAST));
    let (from, to) = name.split_once('>')?;
    Some((format!("{}{east}", building_of(from)?), format!("{}{east}", building_of(to)?)))
}

fn building_of(word: &str) -> Option<&'static str> {
    Some(match word {
        "metric" | "alarm" | "logs" | "log" | "filter" => "cloudwatch",
        "bus" | "rule" | "schedule" => "eventbridge",
        "lambda" | "dlq" => "lambda",
        "trail" => "cloudtrail",
        "config" => "config",
        "sns" | "sqs" => "sns",
        "sub" | "email" | "ses" => "house",
        "api" | "sg" => "gate",
        "s3" => "s3",
        _ => return None,
    })
}

/// Every road of a scene, found by rails and links.
#[derive(Clone, Debug)]
pub struct Map {
    nodes: Vec<Cell>,
    /// Neighbours of each node and how far they are.
    edges: Vec<Vec<(usize, i32)>>,
    stops: BTreeMap<String, Cell>,
    routes: BTreeMap<String, Road>,
}

impl Map {
    /// Reads the rails, links, stops and hand-drawn routes of a scene.
    pub fn of(scene: &Scene) -> Self {
        let stops: BTreeMap<String, Cell> = scene
            .buildings
            .iter()
            .filter_map(|building| building.stop.map(|[x, y]| (building.id.clone(), (x, y))))
            .collect();
        let mut map = Self { nodes: Vec::new(), edges: Vec::new(), stops, routes: BTreeMap::new() };
        let stops: Vec<Cell> = map.stops.values().copied().collect();
        for rail in &scene.rails {
            let links = scene.links.iter().filter(|link| link.y.contains(&rail.y)).map(|link| link.x);
            let doors = stops.iter().filter(|stop| stop.1 == rail.y).map(|stop| stop.0);
            let mut columns: Vec<i32> =
                links.chain(doors).filter(|x| (rail.x[0]..=rail.x[1]).contains(x)).collect();
            columns.sort_unstable();
            columns.dedup();
            for pair in columns.windows(2) {
                map.join((pair[0], rail.y), (pair[1], rail.y));
            }
        }
        for link in &scene.links {
            map.join((link.x, link.y[0]), (link.x, link.y[1]));
        }
        // A relay carries events from one district's rail to the next on the same row.
        for pair in scene.rails.windows(2).filter(|pair| pair[0].y == pair[1].y) {
            let on = |rail: &super::scene::Rail| {
                let range = rail.x[0]..=rail.x[1];
                map.nodes.iter().filter(|node| node.1 == rail.y && range.contains(&node.0)).copied().collect()
            };
            let (west, east): (Vec<Cell>, Vec<Cell>) = (on(&pair[0]), on(&pair[1]));
            if let (Some(&a), Some(&b)) = (west.iter().max(), east.iter().min()) {
                map.join(a, b);
            }
        }
        map.routes = scene
            .routes
            .iter()
            .map(|(hop, points)| (hop.clone(), Road::through(points.iter().map(|&[x, y]| (x, y)).collect())))
            .collect();
        map
    }

    /// Where an envelope pauses in front of a building.
    pub fn stop(&self, building: &str) -> Option<Cell> {
        self.stops.get(building).copied()
    }

    /// The road of a way: drawn by hand if the scene has it, else the shortest.
    ///
    /// A way whose end has no stop here starts or ends at the other end; with no end at all, `None`.
    pub fn road(&self, way: &Way) -> Option<Road> {
        let (from, to) = match way {
            Way::Hop(hop) => {
                if let Some(road) = self.routes.get(hop) {
                    return Some(road.clone());
                }
                ends_of(hop)?
            }
            Way::Between(from, to) => (from.clone(), to.clone()),
        };
        let (from, to) = match (self.nearest_stop(&from), self.nearest_stop(&to)) {
            (Some(from), Some(to)) => (from, to),
            (Some(only), None) | (None, Some(only)) => (only, only),
            (None, None) => return None,
        };
        let drawn = self
            .routes
            .values()
            .find(|road| road.corners.first() == Some(&from) && road.corners.last() == Some(&to));
        Some(drawn.cloned().unwrap_or_else(|| Road::through(self.shortest(from, to))))
    }

    /// The stop of a building, or of the one of the same name that this scene has: `house2` may be `house`.
    fn nearest_stop(&self, building: &str) -> Option<Cell> {
        self.stop(building).or_else(|| {
            let (name, east) = building.strip_suffix(EAST).map_or((building, ""), |name| (name, EAST));
            let plain = name.trim_end_matches(|c: char| c.is_ascii_digit());
            self.stop(&format!("{plain}{east}")).or_else(|| {
                let alike = |id: &&String| id.starts_with(plain) && id.ends_with(EAST) != east.is_empty();
                self.stops.keys().find(alike).and_then(|id| self.stop(id))
            })
        })
    }

    fn node(&mut self, cell: Cell) -> usize {
        if let Some(index) = self.nodes.iter().position(|node| *node == cell) {
            return index;
        }
        self.nodes.push(cell);
        self.edges.push(Vec::new());
        self.nodes.len() - 1
    }

    fn join(&mut self, a: Cell, b: Cell) {
        let (from, to, far) = (self.node(a), self.node(b), distance(a, b));
        self.edges[from].push((to, far));
        self.edges[to].push((from, far));
    }

    /// Dijkstra over a few dozen nodes; straight through the fields when no rail leads there.
    fn shortest(&self, from: Cell, to: Cell) -> Vec<Cell> {
        let find = |cell| self.nodes.iter().position(|node| *node == cell);
        let straight = vec![from, (to.0, from.1), to];
        let (Some(start), Some(goal)) = (find(from), find(to)) else { return straight };
        let mut best = vec![i32::MAX; self.nodes.len()];
        let mut before = vec![usize::MAX; self.nodes.len()];
        let mut open = vec![true; self.nodes.len()];
        best[start] = 0;
        while let Some(here) =
            (0..best.len()).filter(|&node| open[node] && best[node] < i32::MAX).min_by_key(|&node| best[node])
        {
            open[here] = false;
            for &(next, far) in &self.edges[here] {
                if best[here] + far < best[next] {
                    (best[next], before[next]) = (best[here] + far, here);
                }
            }
        }
        if best[goal] == i32::MAX {
            return straight;
        }
        let mut path = vec![goal];
        while let Some(&last) = path.last().filter(|&&last| last != start) {
            path.push(before[last]);
        }
        path.iter().rev().map(|&node| self.nodes[node]).collect()
    }
}
