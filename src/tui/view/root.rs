//! The whole screen: title, briefing or story, and the help over any of them.

use ratatui::{buffer::Buffer, layout::Rect, style::Modifier};

use super::{
    bars, pages,
    pen::{Pen, width},
    story, title,
};
use crate::{
    text::{Key, Lang},
    tui::{
        city::{
            AlarmState, CityState, Depot, District, Door, Envelope, EnvelopeKind, Flow, Radar, Traffic, Way,
        },
        model::{Briefing, Model, Screen},
        theme::Role,
        update,
    },
};

/// Columns from which the menu leaves some of the picture in sight on either side.
const ROOM_FOR_A_MARGIN: u16 = 100;

/// Draws the model.
pub fn draw(model: &Model, buf: &mut Buffer) {
    match &model.screen {
        Screen::Title { open } => title_screen(model, *open, buf),
        Screen::Briefing(page) => briefing(model, page, buf),
        Screen::Story(play) => story::story(model, play, buf),
    }
    if let Some(scroll) = model.help {
        let area = buf.area;
        let mut pen = Pen { buf, theme: model.theme() };
        let room = Rect::new(
            area.x + 2.min(area.width / 8),
            area.y + u16::from(area.height > 8),
            area.width.saturating_sub(4.min(area.width / 4)),
            area.height.saturating_sub(if area.height > 8 { 2 } else { 1 }),
        );
        pages::help(&mut pen, room, model.lang(), &legend(model.lang()), scroll);
        let keys = Rect::new(area.x, area.bottom().saturating_sub(1), area.width, 1);
        footer(&mut pen, keys, model, None);
    }
}

/// Which thing of the town stands for which thing of AWS.
fn legend(lang: Lang) -> Vec<(String, String)> {
    let rows: [(&str, &str, &str); 10] = [
        ("police", "police", "CloudTrail"),
        ("radar", "radar", "CloudWatch"),
        ("garage", "garage", "Config"),
        ("tour", "tower", "EventBridge"),
        ("dépôt", "depot", "Lambda"),
        ("poste", "post", "SNS"),
        ("voiture", "car", "EC2"),
        ("bus", "bus", "RDS"),
        ("coffre", "vault", "S3"),
        ("porte", "gate", "security group"),
    ];
    rows.into_iter()
        .map(|(fr, en, aws)| ((if lang == Lang::Fr { fr } else { en }).to_owned(), aws.to_owned()))
        .collect()
}

/// The keys of a page on which nothing moves.
fn footer(pen: &mut Pen<'_>, area: Rect, model: &Model, message: Option<&str>) {
    let row = bars::Keys { place: update::place(model), playing: false, idle: &[], message };
    bars::keys(pen, area, model.lang(), &row);
}

fn title_screen(model: &Model, open: bool, buf: &mut Buffer) {
    let area = buf.area;
    let lang = model.lang();
    let mut keys = Rect::new(area.x, area.bottom().saturating_sub(1), area.width, u16::from(area.height > 1));
    let theme = model.theme();
    let mut pen = Pen { buf, theme };
    pen.fill(area, Role::HudPaper);
    let mut body = Rect { height: area.height.saturating_sub(keys.height), ..area };
    let mut picture = false;
    if let Some(city) = model.city.as_deref() {
        let areas = *city.areas();
        city.draw(&poster(), 0, pen.buf, areas.picture);
        keys = areas.keys;
        picture = true;
        if !open {
            title::tracks(&mut pen, areas.menu, lang, &model.cards);
        }
    } else if area.height > 3 {
        let style = pen.ink(Role::HudKey).add_modifier(Modifier::BOLD);
        pen.centre(area, area.y, "V I G I E", style);
        let dim = pen.ink(Role::HudDim);
        pen.centre(area, area.y + 1, lang.get(Key::Tagline), dim);
        body = Rect { y: area.y + 2, height: body.height.saturating_sub(2), ..body };
    }
    if open || !picture {
        if picture {
            let whole = pen.buf.area;
            title::dim(&mut pen, Rect { height: whole.height.saturating_sub(1), ..whole });
            let margin = if body.width < ROOM_FOR_A_MARGIN { 1 } else { (body.width / 14).min(12) };
            let lines = model.cards.len() as u16 + 8;
            let h = body.height.saturating_sub(2).min(lines.max(21)).max(body.height.min(14));
            let w = body.width.saturating_sub(margin * 2).min(150);
            body = Rect::new(body.x + (body.width - w) / 2, body.y + (body.height - h) / 2, w, h);
        }
        title::menu(&mut pen, body, lang, &model.cards, model.selected);
    }
    footer(&mut pen, keys, model, model.message.as_deref());
}

/// What the title shows: the worked case of the course, in the instant the radar rings.
fn poster() -> CityState {
    let envelope = |kind, progress| Envelope {
        kind,
        way: Way::Hop("alarm>sns".to_owned()),
        progress,
        is_blocked: false,
    };
    let district = District {
        radar: Some(Radar {
            speed_kmh: Some(121),
            cpu_pct: Some(88),
            lamps_lit: 5,
            lamps: 5,
            count: "5/5".to_owned(),
            alarm: Some(AlarmState::Alarm),
            alarm_name: "radar-110".to_owned(),
        }),
        cars_inspected: 1,
        depot: Depot { doors: [Door::Crew, Door::Closed, Door::Closed], beacon: true, dropped: 0 },
        waves: 3,
        ..District::default()
    };
    CityState {
        districts: vec![district],
        traffic: Traffic { flow: Flow::Parked, odometer: 0 },
        envelopes: vec![envelope(EnvelopeKind::Alarm, 0.16), envelope(EnvelopeKind::Notice, 0.86)],
        ..CityState::default()
    }
}

fn briefing(model: &Model, page: &Briefing, buf: &mut Buffer) {
    let area = buf.area;
    let lang = model.lang();
    let theme = model.theme();
    let mut pen = Pen { buf, theme };
    pen.fill(area, Role::HudPaper);
    let keys = Rect::new(area.x, area.bottom().saturating_sub(1), area.width, 1);
    if let Some(city) = model.city.as_deref() {
        let picture = city.areas().picture;
        match &page.play {
            Some(play) => story::picture(model, play, city, picture, pen.buf),
            None => city.draw(&CityState::default(), 0, pen.buf, picture),
        }
        title::dim(&mut pen, area);
    }
    let words = &page.introduction;
    let w = area.width.saturating_sub(6).min(78).max(area.width.min(30));
    let inner = w.saturating_sub(6);
    let (hook, objective) = (words.hook(lang), words.objective(lang));
    let lines = |text: &str| super::pen::wrap(text, inner).len() as u16;
    let h = (lines(hook) + lines(objective) + 11).min(area.height.saturating_sub(1));
    let room =
        Rect::new(area.x + (area.width - w) / 2, area.y + (area.height.saturating_sub(h + 1)) / 2, w, h);
    let frame = pen.ink(Role::HudKey);
    let inside = pen.panel(room, &format!("{} · {}", words.id(), words.title(lang)), frame);
    let inside = Rect { x: inside.x + 1, width: inside.width.saturating_sub(2), ..inside };
    let (ink, dim, key) = (pen.ink(Role::HudInk), pen.ink(Role::HudDim), pen.ink(Role::HudKey));
    let mut y = inside.y + 1;
    let below = |y: u16| Rect { y, height: inside.bottom().saturating_sub(y), ..inside };
    y += pen.paragraph(below(y), hook, ink.add_modifier(Modifier::BOLD)) + 1;
    y += pen.paragraph(below(y), &format!("{}{} {objective}", lang.get(Key::Objective), lang.colon()), ink)
        + 1;
    let numbers = format!(
        "{} · {} · {}",
        lang.plural(Key::Minutes, u64::from(words.minutes())),
        lang.plural(Key::Predictions, words.predictions() as u64),
        words.region()
    );
    y += pen.paragraph(below(y), &numbers, dim);
    y += pen.paragraph(
        below(y),
        &format!("{}{} {}", lang.get(Key::TeachesLabel), lang.colon(), words.teaches()),
        dim,
    ) + 1;
    if y < inside.bottom() {
        let text = format!("⏎  {}", lang.get(Key::KeyBegin));
        pen.text(inside.x, y, width(&text), &text, key);
    }
    footer(&mut pen, keys, model, model.message.as_deref());
}
