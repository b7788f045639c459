//! What buildings and boards show: lamps, words, doors, gates. Facts in, cells out.
//!
//! Every fact is carried by a word, a mark or a shape; colour only repeats it.

use crate::tui::theme::Role;

use super::canvas::{Canvas, Px};
use super::labels::Sign;
use super::scene::Building;
use super::sprite::{Slot, Sprite};
use super::state::{CityState, District, Door, Lamp, Mailbox, RuleLine, Verdict};
use super::{City, radar};
use crate::tui::theme::ThemeName;

/// A building being written on.
pub struct Board<'a> {
    pub city: &'a City,
    pub canvas: &'a mut Canvas,
    pub sprite: &'a Sprite,
    pub at: [i32; 2],
}

/// What stays the same while the scene does: names on signs.
pub fn draw_names(board: &mut Board<'_>, building: &Building) {
    let sprite = board.sprite;
    let (plate, sign) = (sprite.slot("plate"), sprite.slot("sign"));
    let is_board = plate.is_some() || building.base_id().starts_with("rules");
    for (slot, kind) in [(plate, Sign::Plate), (sign, if is_board { Sign::Board } else { Sign::Whole })] {
        let Some(slot) = slot else { continue };
        let options = &board.city.options;
        let (labels, language) = (options.labels, options.language);
        let text = board.city.names.sign(&building.service, kind, labels, language, slot.w);
        board.centred(slot, &text, Role::SignText);
    }
}

/// What changes: everything the state says about one building.
pub fn draw_state(board: &mut Board<'_>, building: &Building, state: &CityState) {
    let Some(district) = state.districts.get(building.district()) else { return };
    let kind = building.sprite.rsplit_once('-').map_or(building.sprite.as_str(), |(kind, _)| kind);
    match kind {
        "cloudwatch" => {
            if let Some(radar) = &district.radar {
                radar::draw(board, radar);
            }
        }
        "eventbridge" | "logo" if district.waves > 0 => {
            board.frame(&format!("wave-{}", district.waves.min(3)), (0, 0));
        }
        "rules" => draw_rules(board, &district.rules),
        "lambda" => draw_depot(board, district),
        "cloudtrail" => {
            let rows = district.notebook.iter();
            let lines = rows.map(|note| format!("{} {}", note.time, note.text));
            board.rows(lines);
        }
        "config" => draw_garage(board, district.cars_inspected),
        "checklist" => draw_checklist(board, district),
        "vault" => draw_vault(board, district),
        "gate" | "barrier" => draw_gate(board, district),
        "list" => draw_list(board, &district.mailboxes),
        "house" | "house2" => {
            let mail = mail_in(board.city, building, &district.mailboxes);
            if mail > 0 {
                draw_mail(board, mail);
            }
        }
        _ => {}
    }
}

/// Lit rules always show; the others in order, the rest as `… +3`.
fn draw_rules(board: &mut Board<'_>, rules: &[RuleLine]) {
    let slots: Vec<Slot> = board.sprite.slots_like("row").cloned().collect();
    if rules.is_empty() {
        let options = &board.city.options;
        let text = board.city.names.word("no-rule", options.labels, options.language).to_owned();
        if let Some(slot) = slots.first() {
            board.left(slot, &text, Role::SignDim);
        }
        return;
    }
    let room = if rules.len() > slots.len() { slots.len().saturating_sub(1) } else { slots.len() };
    let important = |rule: &RuleLine| rule.lamp == Lamp::On || rule.verdict.is_some();
    let mut shown: Vec<usize> = (0..rules.len()).filter(|&index| important(&rules[index])).collect();
    shown.extend((0..rules.len()).filter(|&index| !important(&rules[index])));
    shown.truncate(room);
    shown.sort_unstable();
    for (slot, &index) in slots.iter().zip(&shown) {
        draw_rule(board, slot, &rules[index]);
    }
    if let (true, Some(last)) = (rules.len() > shown.len(), slots.get(shown.len())) {
        board.left(last, &format!("… +{}", rules.len() - shown.len()), Role::SignDim);
    }
}

fn draw_rule(board: &mut Board<'_>, slot: &Slot, rule: &RuleLine) {
    let (mark, role) = match rule.lamp {
        Lamp::Off => ('○', Role::SignInk),
        Lamp::On => ('◉', Role::Route),
        Lamp::Disabled => ('◌', Role::SignDim),
        Lamp::Dropped => ('╳', Role::SignInk),
    };
    let mark_role = if rule.lamp == Lamp::Dropped { Role::Bad } else { role };
    board.text(slot, &mark.to_string(), mark_role, Px::BOLD);
    let verdict_width = if rule.verdict.is_some() { 2 } else { 0 };
    let room = slot.w.saturating_sub(2 + verdict_width);
    let name = Slot { x: slot.x + 2, w: room, ..slot.clone() };
    board.text(&name, &rule.name, role, Px::BOLD);
    if let Some(verdict) = rule.verdict {
        let after = rule.name.chars().count().min(room) as i32 + 1;
        let place = Slot { x: name.x + after, w: 1, ..slot.clone() };
        board.text(&place, &verdict.mark().to_string(), verdict_role(verdict), Px::BOLD);
    }
}

const fn verdict_role(verdict: Verdict) -> Role {
    match verdict {
        Verdict::Ok => Role::Ok,
        Verdict::Bad => Role::Bad,
        Verdict::Unknown => Role::Unknown,
    }
}

fn draw_depot(board: &mut Board<'_>, district: &District) {
    let doors: Vec<Slot> = board.sprite.slots_like("door").cloned().collect();
    let first = doors.first().map_or(0, |slot| slot.x);
    for (slot, door) in doors.iter().zip(district.depot.doors) {
        let name = match door {
            Door::Closed => continue,
            Door::Half => "door-half",
            Door::Open => "door-open",
            Door::Crew => "door-crew",
        };
        board.frame(name, (slot.x - first, 0));
    }
    if district.depot.beacon {
        board.frame("beacon", (0, 0));
    }
    if district.depot.dropped > 0 {
        let text = format!(" ╳{} ", district.depot.dropped.min(999));
        let width = text.chars().count();
        let slot = Slot {
            name: String::new(),
            x: board.sprite.base.w as i32 - width as i32,
            y: 0,
            w: width,
            ink: None,
        };
        let paper = board.city.paint.tint(Role::SignPaper);
        let [x, y] = board.at;
        board.canvas.fill([x + slot.x, y, width as i32, 1], Px::blank(paper));
        board.text(&slot, &text, Role::Bad, Px::BOLD);
    }
}

fn draw_garage(board: &mut Board<'_>, cars: u8) {
    let bays: Vec<Slot> = board.sprite.slots_like("bay").cloned().collect();
    let first = bays.first().map_or(0, |slot| slot.x);
    for slot in bays.iter().take(usize::from(cars)) {
        board.frame("car-on-lift", (slot.x - first, 0));
    }
}

fn draw_checklist(board: &mut Board<'_>, district: &District) {
    let slots: Vec<Slot> = board.sprite.slots_like("row").cloned().collect();
    let lines = &district.checklist.lines;
    // What failed must be seen before what passed.
    let mut shown: Vec<usize> = (0..lines.len()).collect();
    shown.sort_by_key(|&index| lines[index].1 == Verdict::Ok);
    shown.truncate(slots.len());
    shown.sort_unstable();
    for (slot, &index) in slots.iter().zip(&shown) {
        let (name, verdict) = &lines[index];
        board.left(slot, &format!("{} {name}", verdict.mark()), Role::NoteInk);
        if *verdict == Verdict::Bad {
            let role = board.note_bad();
            board.text(slot, &verdict.mark().to_string(), role, Px::BOLD);
        }
    }
    if let (Some(slot), false) = (slots.get(shown.len()), district.checklist.summary.is_empty()) {
        board.left(slot, &district.checklist.summary, Role::NoteInk);
    }
}

fn draw_vault(board: &mut Board<'_>, district: &District) {
    let Some(vault) = district.vault else { return };
    let options = &board.city.options;
    let key = if vault.is_public { "public" } else { "private" };
    let word = board.city.names.word(key, options.labels, options.language).to_owned();
    if vault.is_public {
        board.frame("open", (0, 0));
    }
    let role = if vault.is_public { Role::Bad } else { Role::SignInk };
    board.slot("status", |board, slot| board.centred(slot, &word, role));
}

fn draw_gate(board: &mut Board<'_>, district: &District) {
    let Some(gate) = &district.gate else { return };
    if gate.is_open {
        board.frame("up", (0, 0));
    } else {
        board.frame("down", (0, 0));
    }
    let role = if gate.is_open { Role::Bad } else { Role::SignInk };
    board.slot("port", |board, slot| board.centred(slot, &gate.port, role));
}

fn draw_list(board: &mut Board<'_>, mailboxes: &[Mailbox]) {
    let slots: Vec<Slot> = board.sprite.slots_like("row").cloned().collect();
    for (slot, mailbox) in slots.iter().zip(mailboxes) {
        let inner = Slot { x: slot.x + 1, w: slot.w.saturating_sub(2), ..slot.clone() };
        let mark = if mailbox.count > 0 { '⊠' } else { '·' };
        let count = format!("{mark} {}", mailbox.count.min(999));
        let name_width = inner.w.saturating_sub(count.chars().count() + 1);
        board.text(&Slot { w: name_width, ..inner.clone() }, &mailbox.name, Role::SignInk, Px::BOLD);
        let role = if mailbox.count > 0 { Role::Deliver } else { Role::SignDim };
        board.right(&inner, &count, role);
    }
}

fn draw_mail(board: &mut Board<'_>, count: u32) {
    board.frame("mail", (0, 0));
    let Some(patch) = board.sprite.frame("mail") else { return };
    let text = if count > 99 { "99+".to_owned() } else { count.to_string() };
    let x = patch.x + i32::from(count < 10);
    let slot = Slot { name: String::new(), x, y: patch.y, w: patch.w, ink: None };
    board.text(&slot, &text, Role::SignText, Px::BOLD);
}

/// Messages shown at one house: its own, and those of houses this scene has not got.
fn mail_in(city: &City, house: &Building, mailboxes: &[Mailbox]) -> u32 {
    let in_district = |other: &&Building| other.service == "house" && other.district() == house.district();
    let houses: Vec<&Building> = city.scene.buildings.iter().filter(in_district).collect();
    let is_first = houses.first().is_some_and(|first| first.id == house.id);
    let belongs = |mailbox: &&Mailbox| {
        let known = |other: &&Building| other.id == mailbox.house || other.base_id() == mailbox.house;
        houses.iter().copied().find(|other| known(other)).map_or(is_first, |home| home.id == house.id)
    };
    mailboxes.iter().filter(belongs).map(|mailbox| mailbox.count).fold(0, u32::saturating_add)
}

impl Board<'_> {
    /// Draws a frame of the sprite, moved by an offset.
    pub fn frame(&mut self, name: &str, (dx, dy): (i32, i32)) {
        if let Some(patch) = self.sprite.frame(name) {
            let [x, y] = self.at;
            self.canvas.patch(patch, x + dx, y + dy, &self.city.paint);
        }
    }

    pub fn slot(&mut self, name: &str, write: impl FnOnce(&mut Self, &Slot)) {
        if let Some(slot) = self.sprite.slot(name).cloned() {
            write(self, &slot);
        }
    }

    pub fn text(&mut self, slot: &Slot, text: &str, role: Role, flags: u8) {
        let [x, y] = self.at;
        self.canvas.text(x + slot.x, y + slot.y, slot.w, text, self.city.paint.tint(role), flags);
    }

    pub fn left(&mut self, slot: &Slot, text: &str, role: Role) {
        self.text(slot, text, role, Px::BOLD);
    }

    pub fn right(&mut self, slot: &Slot, text: &str, role: Role) {
        let free = slot.w.saturating_sub(text.chars().count());
        self.left(&Slot { x: slot.x + free as i32, w: slot.w - free, ..slot.clone() }, text, role);
    }

    pub fn centred(&mut self, slot: &Slot, text: &str, role: Role) {
        let free = slot.w.saturating_sub(text.chars().count()) / 2;
        self.left(&Slot { x: slot.x + free as i32, w: slot.w - free, ..slot.clone() }, text, role);
    }

    fn rows(&mut self, lines: impl Iterator<Item = String>) {
        let slots: Vec<Slot> = self.sprite.slots_like("row").cloned().collect();
        for (slot, line) in slots.iter().zip(lines) {
            self.left(slot, &line, slot.ink.unwrap_or(Role::NoteInk));
        }
    }

    /// The colour of a bad verdict on note paper, where the usual one would be too pale.
    fn note_bad(&self) -> Role {
        match self.city.options.look.theme {
            ThemeName::Dark => Role::DoDeep,
            ThemeName::Light => Role::Bad,
            ThemeName::Contrast => Role::NoteInk,
        }
    }
}

/// The words under the name on the title screen, in both languages.
pub fn tagline(city: &City) -> String {
    let language = city.options.language;
    let word = |language| city.names.city("tagline", language);
    format!("{}  ·  {}", word(language), word(language.other()))
}
