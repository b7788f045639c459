//! The radar's board: a metric in large figures, one lamp per datapoint, the alarm as a word in its frame.

use crate::{text::format, tui::theme::Role};

use super::boards::Board;
use super::canvas::{Px, cut};
use super::sprite::Slot;
use super::state::{AlarmState, Radar};

/// Speed, CPU, lamps and the alarm's word.
pub fn draw(board: &mut Board<'_>, radar: &Radar) {
    match radar.alarm {
        Some(AlarmState::Alarm) => board.frame("alarm", (0, 0)),
        Some(AlarmState::InsufficientData) => board.frame("nodata", (0, 0)),
        Some(AlarmState::Ok) | None => {}
    }
    draw_speed(board, radar);
    let language = board.city.options.language;
    let percent = |cpu: u32| format::percent(language, f64::from(cpu.min(100)));
    let cpu = radar.cpu_pct.map_or_else(|| "–  %".to_owned(), percent);
    board.slot("cpu", |board, slot| board.right(slot, &cpu, Role::SignInk));
    let (lit, lamps) = (usize::from(radar.lamps_lit.min(5)), usize::from(radar.lamps.min(5)));
    let lamp_height = board.sprite.frame("lamp-on").map_or(1, |patch| patch.h as i32);
    let slots: Vec<Slot> = board.sprite.slots_like("lamp").cloned().collect();
    let first = slots.first().map_or((0, 0), |slot| (slot.x, slot.y));
    for (index, slot) in slots.iter().enumerate() {
        if index < lit {
            board.frame("lamp-on", (slot.x - first.0, slot.y - first.1));
        } else if index >= lamps.max(lit) {
            let paper = board.city.paint.tint(Role::SignPaper);
            let [x, y] = board.at;
            board.canvas.fill([x + slot.x, y + slot.y, slot.w as i32, lamp_height], Px::blank(paper));
        }
    }
    board.slot("count", |board, slot| board.right(slot, &radar.count, Role::SignDim));
    let Some(alarm) = radar.alarm else { return };
    let role = match alarm {
        AlarmState::Ok => Role::SignInk,
        AlarmState::Alarm => Role::Measure,
        AlarmState::InsufficientData => Role::Unknown,
    };
    board.slot("status", |board, slot| draw_alarm_word(board, slot, alarm, &radar.alarm_name, role));
}

/// The verdict is never cut: where the longest word does not fit its slot, it takes the frame's corner too.
fn draw_alarm_word(board: &mut Board<'_>, slot: &Slot, alarm: AlarmState, name: &str, role: Role) {
    let word = alarm.word();
    if word.len() + 2 > slot.w {
        let wider = Slot { x: slot.x - 1, w: slot.w + 3, ..slot.clone() };
        board.text(&wider, word, role, Px::BOLD);
        return;
    }
    board.text(slot, &format!(" {word} "), role, Px::BOLD);
    let used = word.len() + 2;
    let room = slot.w.saturating_sub(used);
    if name.is_empty() || board.city.scene.sprites == "s" || room < 8 {
        return;
    }
    let rest = Slot { x: slot.x + used as i32, w: room, ..slot.clone() };
    let name: String = cut(name, room.saturating_sub(1)).chain([' ']).collect();
    board.text(&rest, &name, Role::SignDim, 0);
}

fn draw_speed(board: &mut Board<'_>, radar: &Radar) {
    let digits = radar.speed_kmh.map(|speed| speed.min(999).to_string());
    if board.sprite.slot("digit1").is_none() {
        let text = format!("{} km/h", digits.as_deref().unwrap_or("–"));
        board.slot("speed", |board, slot| board.left(slot, &text, Role::SignInk));
        return;
    }
    let city = board.city;
    let slots: Vec<Slot> = board.sprite.slots_like("digit").cloned().collect();
    let Some(drawing) = city.sprites.get(&format!("digits-{}", city.scene.sprites)) else { return };
    let text = digits.unwrap_or_default();
    let padded = format!("{text:>3}");
    for (slot, digit) in slots.iter().zip(padded.chars()) {
        if let Some(patch) = drawing.frame(&format!("d{digit}")) {
            let [x, y] = board.at;
            board.canvas.patch(patch, x + slot.x, y + slot.y, &city.paint);
        }
    }
    if text.is_empty() {
        let slot = slots.get(1).map(|slot| Slot { y: slot.y + 1, ..slot.clone() });
        if let Some(slot) = slot {
            board.centred(&slot, "–", Role::SignDim);
        }
    }
    board.slot("unit", |board, slot| board.text(slot, "km/h", Role::SignDim, 0));
}
