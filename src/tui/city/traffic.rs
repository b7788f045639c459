//! Cars that only make it a town: where each is, as a pure function of the frame's number.

use super::scene::{Heading, Scene};
use super::state::{CityState, Flow, Vehicle, VehicleKind};

/// Frames in which the police light bar shows each side: 2 Hz at 12 frames a second.
const BAR_FRAMES: u64 = 3;
/// Frames per cell of cars that only pass by.
const PASSING: u64 = 3;
/// Sum of km/h over frames that makes one cell: 117 km/h is eight cells a second.
const KMH_FRAMES_PER_CELL: u64 = 176;
/// Columns beyond each edge where a car turns round unseen.
const OUTSIDE: i32 = 20;

/// Who drives on each lane, and where along it (thousandths) when everything stands still.
fn fleet(lanes: usize, lane: usize) -> &'static [(VehicleKind, i32)] {
    use VehicleKind::{Bus, Car, Car2, Police};
    match (lanes, lane) {
        (1, _) => &[(Police, 50), (Car, 400), (Car2, 760)],
        (2, 0) => &[(Police, 85), (Bus, 620), (Car2, 870)],
        (2, _) => &[(Car, 370)],
        (_, 0) => &[(Police, 150), (Car2, 710)],
        (_, 1) => &[(Car, 30), (Bus, 420)],
        (_, 2) => &[(Car2, 400), (Bus, 750)],
        (_, 3) => &[(Car2, 560)],
        _ => &[],
    }
}

/// The town's own cars at a frame. Cars of one lane keep their distance; the lane of the instance's car
/// goes at the speed the radar reads.
pub fn vehicles(scene: &Scene, state: &CityState, phase: u64) -> Vec<Vehicle> {
    let mut all = Vec::new();
    if state.traffic.flow == Flow::None {
        return all;
    }
    let radar = state.districts.first().and_then(|district| district.radar.as_ref());
    let smokes = radar.is_some_and(|radar| radar.lamps_lit > 0);
    let kmh = radar.and_then(|radar| radar.speed_kmh).unwrap_or(0);
    let wide = scene.picture_size().0 >= 200;
    // The title draws both lanes on one row at 80 columns: only the last one is used then.
    let crowded = |lane: usize| scene.lanes[lane + 1..].iter().any(|other| other.y == scene.lanes[lane].y);
    let lanes: Vec<usize> = (0..scene.lanes.len()).filter(|&lane| !crowded(lane)).collect();
    for (rank, &lane) in lanes.iter().enumerate() {
        let range = scene.lanes[lane].x;
        let width = (range[1] - range[0] + 1).max(1);
        let turn = width + 2 * OUTSIDE;
        let fleet = fleet(lanes.len(), rank);
        let follows_radar = fleet.iter().any(|(kind, _)| *kind == VehicleKind::Car);
        for (index, &(kind, place)) in fleet.iter().enumerate() {
            let number = (rank + index) as u64;
            // At 200 columns every second car moves at a time, so that a frame stays small.
            let held = wide && !(phase + number).is_multiple_of(2);
            let driven = if state.traffic.flow == Flow::Parked {
                0
            } else if follows_radar {
                let last = if held { u64::from(kmh) } else { 0 };
                state.traffic.odometer.saturating_sub(last) / KMH_FRAMES_PER_CELL
            } else {
                (phase.saturating_sub(u64::from(held)) + number) / PASSING
            };
            let driven = (driven % turn as u64) as i32;
            let signed = if scene.lanes[lane].dir == Heading::East { driven } else { -driven };
            let start = place * width / 1000;
            let x = range[0] + (start + signed + OUTSIDE).rem_euclid(turn) - OUTSIDE;
            let exhaust = kind == VehicleKind::Car && smokes;
            all.push(Vehicle { kind, lane, x, heading: None, exhaust, light_bar: false });
        }
    }
    all
}

/// Sends the patrol to the building beside which it stopped.
pub fn call_police(scene: &Scene, state: &CityState, vehicles: &mut Vec<Vehicle>, width: i32) {
    let Some(id) = &state.police_at else { return };
    let Some([x, y]) = scene.building(id).and_then(|building| building.stop) else { return };
    let nearest = (0..scene.lanes.len()).min_by_key(|&lane| (scene.lanes[lane].y - y).abs());
    let Some(lane) = nearest else { return };
    let x = (x - width / 2).max(0);
    vehicles.retain(|vehicle| vehicle.kind != VehicleKind::Police);
    let kind = VehicleKind::Police;
    vehicles.push(Vehicle { kind, lane, x, heading: None, exhaust: false, light_bar: true });
}

/// Which side of the light bar is lit; `None` leaves it alone.
pub fn bar_frame(vehicle: &Vehicle, flow: Flow, phase: u64) -> Option<&'static str> {
    if vehicle.kind != VehicleKind::Police || !vehicle.light_bar {
        return None;
    }
    let second = flow == Flow::Moving && (phase / BAR_FRAMES) % 2 == 1;
    Some(if second { "bar-b" } else { "bar-a" })
}
