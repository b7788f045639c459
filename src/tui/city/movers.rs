//! Everything that moves: vehicles, envelopes, queues, the numbered trail of reduced motion.

use crate::tui::theme::{Hour, Role};

use super::City;
use super::canvas::{Canvas, Px};
use super::road::RoadPoint;
use super::scene::Heading;
use super::state::{CityState, Envelope, EnvelopeKind, Flow, Vehicle, Way};
use super::traffic;

/// Vehicles, far lanes first.
pub fn draw_vehicles(city: &City, canvas: &mut Canvas, state: &CityState, phase: u64) {
    let size = &city.scene.sprites;
    let police = city.sprites.get(&format!("police-{size}-east"));
    let mut all = traffic::vehicles(&city.scene, state, phase);
    traffic::call_police(&city.scene, state, &mut all, police.map_or(8, |sprite| sprite.size().0));
    // Two cars never share asphalt: the one that matters to the story stays.
    let width = |vehicle: &Vehicle| if vehicle.kind == super::VehicleKind::Bus { 19 } else { 12 };
    let clash = |a: &Vehicle, b: &Vehicle| {
        city.lane_y(a.lane) == city.lane_y(b.lane) && a.x < b.x + width(b) && b.x < a.x + width(a)
    };
    all.retain(|own| own.light_bar || !state.vehicles.iter().any(|story| clash(own, story)));
    let parked: Vec<Vehicle> = all.iter().filter(|vehicle| vehicle.light_bar).copied().collect();
    all.retain(|own| own.light_bar || !parked.iter().any(|police| clash(own, police)));
    all.extend_from_slice(&state.vehicles);
    all.sort_by_key(|vehicle| (city.lane_y(vehicle.lane), vehicle.x));
    for vehicle in &all {
        draw_vehicle(city, canvas, vehicle, state.traffic.flow, phase);
    }
}

fn draw_vehicle(city: &City, canvas: &mut Canvas, vehicle: &Vehicle, flow: Flow, phase: u64) {
    let Some(lane) = city.scene.lanes.get(vehicle.lane).or(city.scene.lanes.last()) else { return };
    let heading = vehicle.heading.unwrap_or(lane.dir);
    let (size, way) = (&city.scene.sprites, if heading == Heading::East { "east" } else { "west" });
    let Some(sprite) = city.sprites.get(&format!("{}-{size}-{way}", vehicle.kind.name())) else { return };
    let (width, height) = sprite.size();
    let (x, y) = (vehicle.x, lane.y);
    if x.saturating_add(width) < -4 || x > canvas.width() + 4 {
        return;
    }
    canvas.patch(&sprite.base, x, y, &city.paint);
    if let Some(patch) = traffic::bar_frame(vehicle, flow, phase).and_then(|name| sprite.frame(name)) {
        canvas.patch(patch, x, y, &city.paint);
    }
    let bottom = y + height - 1;
    let lights_on = matches!(city.options.hour, Hour::Dusk | Hour::Night) && !city.flat;
    let beam = city.sprites.get(&format!("beam-{size}-{way}")).filter(|_| lights_on);
    if let Some(beam) = beam {
        let nose = if heading == Heading::East { x + width } else { x - beam.size().0 };
        canvas.patch(&beam.base, nose, bottom, &city.paint);
    }
    if vehicle.exhaust {
        let thick = flow != Flow::Moving || (phase / 4).is_multiple_of(2);
        let smoke = match (heading, thick) {
            (Heading::East, true) => "·»»",
            (Heading::East, false) => " ·»",
            (Heading::West, true) => "««·",
            (Heading::West, false) => "«· ",
        };
        let tail = if heading == Heading::East { x - 3 } else { x + width };
        for (dx, glyph) in smoke.chars().enumerate().filter(|(_, glyph)| *glyph != ' ') {
            canvas.over(tail + dx as i32, bottom, glyph, city.paint.tint(Role::Measure), 0);
        }
    }
}

/// More envelopes than this are a crowd: drawn small, and moved in turns.
const CROWD: usize = 8;

/// Envelopes, in the order given: the last is on top.
pub fn draw_envelopes(city: &City, canvas: &mut Canvas, envelopes: &[Envelope]) {
    let size = if envelopes.len() > CROWD { "s" } else { &city.scene.sprites };
    let stride = envelopes.len().div_ceil(CROWD).max(1) as i32;
    for (index, envelope) in envelopes.iter().enumerate() {
        let Some((point, failed)) = city.place(envelope, index, stride) else { continue };
        let kind = if failed { EnvelopeKind::Failed } else { envelope.kind };
        draw_envelope(city, canvas, kind, size, point);
    }
}

fn draw_envelope(city: &City, canvas: &mut Canvas, kind: EnvelopeKind, size: &str, point: RoadPoint) {
    let paint = &city.paint;
    if kind == EnvelopeKind::Postman {
        canvas.over(point.x, point.y, '●', paint.tint(Role::Deliver), 0);
        return;
    }
    let Some(sprite) = city.sprites.get(&format!("envelope-{}-{size}", kind.name())) else { return };
    let frame = match point.heading {
        Some(Heading::East) => None,
        Some(Heading::West) => sprite.frame("west"),
        None => sprite.frame("still"),
    };
    let (width, height) = sprite.size();
    let x = (point.x - width / 2).clamp(0, (canvas.width() - width).max(0));
    canvas.patch(frame.unwrap_or(&sprite.base), x, point.y - height + 1, paint);
}

/// `⊠×4` beside the door where envelopes wait.
pub fn draw_queues(city: &City, canvas: &mut Canvas, state: &CityState) {
    for queue in state.queues.iter().filter(|queue| queue.count > 0) {
        let Some((x, y)) = city.map.stop(&queue.at) else { continue };
        let text = format!("⊠×{}", queue.count.min(9999));
        let width = text.chars().count() as i32;
        let right = x + 4;
        let left = if right + width > canvas.width() { x - 3 - width } else { right };
        let paper = city.paint.tint(Role::NotePaper);
        canvas.fill([left, y, width, 1], Px::blank(paper));
        canvas.text(left, y, width as usize, &text, city.paint.tint(Role::NoteInk), Px::BOLD);
    }
}

/// Numbers at each door an event went through, arrows between them: motion for those who want none.
pub fn draw_trace(city: &City, canvas: &mut Canvas, trace: &[String]) {
    let (ink, paper) = (city.paint.tint(Role::Focus), city.paint.tint(Role::SignPaper));
    for pair in trace.windows(2) {
        let Some(road) = city.road(&Way::Between(pair[0].clone(), pair[1].clone())) else { continue };
        for cells in (2..road.length() - 1).step_by(4) {
            let (here, next) = (road.at(cells), road.at(cells + 1));
            let glyph = match (next.x - here.x, next.y - here.y) {
                (1, _) => '→',
                (-1, _) => '←',
                (_, 1) => '↓',
                (_, -1) => '↑',
                _ => continue,
            };
            canvas.over(here.x, here.y, glyph, ink, Px::BOLD);
        }
    }
    for (index, building) in trace.iter().enumerate() {
        let Some((x, y)) = city.map.stop(building) else { continue };
        let number = index + 1;
        let text = match number {
            1..=20 => char::from_u32('①' as u32 + index as u32).map_or_else(String::new, String::from),
            _ => number.to_string(),
        };
        // Two visits to one door stand side by side.
        let visits = trace[..index].iter().filter(|earlier| *earlier == building).count() as i32;
        canvas.fill([x + 2 * visits, y, 1, 1], Px::blank(paper));
        canvas.text(x + 2 * visits, y, 3, &text, ink, Px::BOLD);
    }
}
