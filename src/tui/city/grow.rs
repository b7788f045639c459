//! A scene on a terminal larger than the one it was drawn for.
//!
//! The town stays whole and centred, at the bottom; ground runs on to both edges, sky to the top, and what is
//! bare gets a skyline and trees.

use super::backdrop::hash;
use super::scene::{Depth, Ground, Layer, Prop, Scene};

/// Spare rows from which a sky looks empty as it is.
const TALL_SKY: i32 = 6;

impl Scene {
    /// Makes room: the picture becomes `width` by `height`, the town stays whole, centred, at the bottom.
    ///
    /// Ground runs on to both edges, sky to the top, and the skyline repeats itself.
    pub fn fit(&mut self, width: i32, height: i32) {
        let [left, top, old_width, old_height] = self.picture;
        let side = (width - old_width) / 2;
        let (dx, dy) = (side - left, height - old_height - top);
        let edges = |range: &mut [i32; 2]| {
            *range = [
                if range[0] <= left { 0 } else { range[0] + dx },
                if range[1] >= left + old_width - 1 { width - 1 } else { range[1] + dx },
            ];
        };
        self.sky.top = 0;
        self.sky.horizon += dy;
        self.sky.sun = [self.sky.sun[0] + dx, self.sky.sun[1] + dy];
        self.fill_sky(dx, dy, side, old_width, width);
        self.fill_height(dy);
        for band in &mut self.bands {
            band.y += dy;
            band.x = band.x.map(|x| x + dx);
            band.dash = band.dash.map(|[row, mark, period]| [row + dy, mark, period]);
        }
        for zebra in &mut self.zebras {
            (zebra.x, zebra.y) = (zebra.x + dx, zebra.y + dy);
        }
        for lane in &mut self.lanes {
            lane.y += dy;
            edges(&mut lane.x);
        }
        for rail in &mut self.rails {
            rail.y += dy;
            edges(&mut rail.x);
        }
        for link in &mut self.links {
            link.x += dx;
            link.y = link.y.map(|y| y + dy);
        }
        for building in &mut self.buildings {
            building.at = [building.at[0] + dx, building.at[1] + dy];
            building.stop = building.stop.map(|[x, y]| [x + dx, y + dy]);
        }
        for prop in &mut self.props {
            prop.y += dy;
            prop.x.iter_mut().for_each(|x| *x += dx);
        }
        for sign in &mut self.districts {
            sign.label = [sign.label[0] + dx, sign.label[1] + dy, sign.label[2]];
        }
        for line in &mut self.boundaries {
            (line.x, line.h, line.y) = (line.x + dx, line.h + height - old_height, 0);
        }
        for road in self.routes.values_mut() {
            for point in road.iter_mut() {
                *point = [point[0] + dx, point[1] + dy];
            }
        }
        self.picture = [0, 0, width, height];
        for [from, to] in [[0, side], [side + old_width, width]] {
            self.plant(from, to);
        }
    }

    /// Trees on the ground that the scene did not have, so that a wide town has no desert around it.
    fn plant(&mut self, from: i32, to: i32) {
        let kinds: &[(&str, i32, i32)] = match self.sprites.as_str() {
            "s" => &[("tree-s", 5, 3), ("cypress-s", 3, 3)],
            "m" => &[("tree-m", 7, 4), ("cypress-m", 5, 5)],
            _ => &[("tree-l", 9, 6)],
        };
        let has_lawn = self.bands.iter().any(|band| band.id == "front" && band.kind == Ground::Grass);
        let lawn = self.bands.iter().find(|band| band.id == "quay" && has_lawn).map(|band| band.y);
        for (row, foot) in [Some(self.sky.horizon - 1), lawn].into_iter().enumerate() {
            let Some(foot) = foot else { continue };
            let mut x = from + 1;
            while x < to {
                let chance = hash(&[x, row as i32, 9]) as usize;
                let (name, width, height) = kinds[chance % kinds.len()];
                if x + width < to {
                    let y = foot - height + 1;
                    self.props.push(Prop { sprite: name.to_owned(), y, x: vec![x], z: Depth::Back });
                }
                x += width + 1 + (chance / 8 % 8) as i32;
            }
        }
    }

    /// Many spare rows get higher towers behind the town, a higher sun, and clouds all the way up.
    fn fill_height(&mut self, rows: i32) {
        if rows < TALL_SKY {
            return;
        }
        let quarters = |place: &[i32]| (hash(place) % 5) as i32;
        // Heights are in half rows: the far towers reach half of the new rows at most, the near ones a quarter.
        for (x, width, height, layer) in &mut self.skyline {
            let most = if *layer == Layer::Far { rows } else { rows / 2 };
            *height += most * quarters(&[*x, *width, 3]) / 4;
        }
        self.sky.sun[1] -= rows / 2;
        let low = self.sky.clouds.clone();
        for cloud in &mut self.sky.clouds {
            cloud[1] -= rows / 2 * quarters(cloud) / 4;
        }
        // As many again in the upper half, half as far along and a little smaller.
        self.sky.clouds.extend(low.iter().map(|&[x, y, width]| {
            let up = rows / 2 + rows / 2 * quarters(&[x, y, 5]) / 4;
            [x + width + 3, (y - up).max(self.sky.top + 1), width * 3 / 4]
        }));
    }

    /// Moves the skyline and the clouds, then repeats them to the left and to the right.
    fn fill_sky(&mut self, dx: i32, dy: i32, side: i32, old_width: i32, width: i32) {
        for silhouette in &mut self.skyline {
            silhouette.0 += dx;
        }
        for cloud in &mut self.sky.clouds {
            *cloud = [cloud[0] + dx, cloud[1] + dy, cloud[2]];
        }
        if side <= 0 || old_width <= 0 {
            return;
        }
        let turns = (side + old_width - 1) / old_width;
        let shifts = (-turns..=turns + 1).filter(|turn| *turn != 0).map(|turn| turn * old_width);
        let (skyline, clouds) = (self.skyline.clone(), self.sky.clouds.clone());
        for shift in shifts {
            let inside = |x: i32, w: i32| x + w > 0 && x < width;
            let silhouettes = skyline.iter().map(|&(x, w, h, layer)| (x + shift, w, h, layer));
            self.skyline.extend(silhouettes.filter(|&(x, w, ..)| inside(x, w)));
            let drifted = clouds.iter().map(|&[x, y, w]| [x + shift, y + 1 + (shift & 1), w]);
            self.sky.clouds.extend(drifted.filter(|&[x, _, w]| inside(x, w)));
        }
    }
}
