//! The story screen: header, picture or table, captions, timeline, keys, and whatever panel lies over them.

use ratatui::{buffer::Buffer, layout::Rect};

use super::{
    bars::{self, Header},
    console, desk, inspector, pages,
    pen::{Pen, width},
    question,
    timeline::{self, Line},
};
use crate::{
    aws::{HopPath, Payload, meters::Meter},
    kernel::SimDuration,
    lesson::{
        narration::{self, Caption},
        session::BeatKind,
    },
    text::{Key, Lang, format},
    tui::{
        city::{Areas, City, Way},
        keymap::Place,
        model::Model,
        play::{Panel, Play, View},
        projection,
        schedule::Item,
        sheet,
        theme::Role,
    },
};

/// Rows below the timeline that make the console a place of its own.
const ROOM_FOR_CONSOLE: u16 = 5;

/// Minutes of measures that a prediction keeps in sight, and how far back they are looked for.
const MEASURES_SHOWN: usize = 6;
const MEASURES_LOOKED_THROUGH: usize = 64;
/// How old the last of them may be to say anything of now: two periods of a minute.
const MEASURES_STALE: SimDuration = SimDuration::from_mins(2);

/// Rows of the picture that a prediction leaves in sight: the sky and the radar's sign at 80x24.
const LEFT_IN_SIGHT: u16 = 6;

/// Draws a story over the whole terminal.
pub fn story(model: &Model, play: &Play, buf: &mut Buffer) {
    let area = buf.area;
    let lang = model.lang();
    let areas = areas(model, play, area);
    let mut pen = Pen { buf, theme: model.theme() };
    pen.fill(area, Role::HudPaper);
    header(&mut pen, areas.header, lang, play, !areas.panel.is_empty());
    match (&play.view, model.city.as_deref()) {
        (View::Cloud, _) => desk::desk(&mut pen, areas.picture, lang, play),
        (_, Some(city)) => {
            picture(model, play, city, areas.picture, pen.buf);
            if !areas.panel.is_empty() {
                side(&mut pen, areas.panel, lang, model, play);
            }
        }
        (_, None) => listed(&mut pen, areas.picture, lang, play),
    }
    bars::captions(&mut pen, areas.captions, lang, &caption(lang, play));
    track(&mut pen, areas.timeline, lang, play);
    if areas.console.height >= ROOM_FOR_CONSOLE {
        console::console(&mut pen, areas.console, lang, &play.console, play.panel == Panel::Console);
    }
    panel(&mut pen, model, play, &areas, lang);
    let place = if play.panel == Panel::Console { None } else { Some(crate::tui::update::place(model)) };
    match place {
        Some(place) => {
            let idle = play.idle_actions();
            let message = model.message.as_deref();
            let keys = bars::Keys { place, playing: play.playing, idle: &idle, message };
            bars::keys(&mut pen, areas.keys, lang, &keys);
        }
        None => console_keys(&mut pen, areas.keys, lang),
    }
}

/// Where everything goes: the scene's areas, or rows of text where no picture fits.
fn areas(model: &Model, play: &Play, area: Rect) -> Areas {
    if let (Some(city), true) = (model.city.as_deref(), play.view != View::Cloud) {
        return *city.areas();
    }
    // Small terminals give up the timeline first, then a caption, then the header.
    let header = u16::from(area.height >= 4);
    let keys = u16::from(area.height >= 2);
    let timeline = match area.height {
        0..10 => 0,
        10..30 => 1,
        _ => 2,
    };
    let captions = match area.height {
        0..3 => 0,
        3..6 => 1,
        6..30 => 2,
        _ => 4,
    };
    let console = desk::console_rows(area.height);
    let rows = area.height.saturating_sub(header + keys + timeline + captions + console);
    let line = |y: u16, height: u16| Rect::new(area.x, area.y + y, area.width, height).intersection(area);
    Areas {
        header: line(0, header),
        picture: line(header, rows),
        captions: line(header + rows, captions),
        timeline: line(header + rows + captions, timeline),
        console: line(header + rows + captions + timeline, console),
        keys: line(area.height.saturating_sub(keys), keys),
        ..Areas::default()
    }
}

fn header(pen: &mut Pen<'_>, area: Rect, lang: Lang, play: &Play, has_panel: bool) {
    let (passed, of) = play.progress();
    let step = lang.fill(Key::Step, &[("n", &passed.to_string()), ("of", &of.to_string())]);
    let symbol = if play.is_moving() { "▸" } else { "‖" };
    let speed = format::factor(lang, play.speed);
    let clock = format!("T+{}  {symbol} ×{speed}", format::clock(play.clock_ms()));
    let view = match play.view {
        View::Split if has_panel => format!("{} F3", lang.get(Key::ViewSplit)),
        View::City | View::Split => format!("{} F1", lang.get(Key::ViewCity)),
        View::Cloud => format!("{} F2", lang.get(Key::ViewCloud)),
    };
    let cost = play.meters.as_ref().map(|meters| meters.cost(lang, play.last_hop())).unwrap_or_default();
    let title = format!("Vigie ▸ {}", play.title(lang));
    let title = if width(&title) + width(&cost) + 40 > area.width { play.title(lang) } else { title };
    bars::header(
        pen,
        area,
        &Header { title: &title, step: &step, cost: &cost, clock: &clock, view: &view, lang: lang.badge() },
    );
}

/// The town under the playhead.
pub fn picture(model: &Model, play: &Play, city: &City, area: Rect, buf: &mut Buffer) {
    let to_depot = city.road(&Way::Hop("bus>lambda".to_owned()));
    let scene = projection::Scene {
        ledger: play.session.ledger(),
        schedule: &play.schedule,
        facts: play.facts(),
        story_start: play.session.story_start(),
        screen: play.screen,
        lang: model.lang(),
        calm: model.settings.calm,
        spotlight: play.spotlight.then(|| play.focus()).flatten(),
        depot_x: to_depot.map_or(0, |road| road.point(1.0).x),
    };
    city.draw(&projection::town(&scene), projection::phase(play.screen), buf, area);
}

/// The panel beside the town: what happens in the cloud, the same thing in two words, a card.
fn side(pen: &mut Pen<'_>, area: Rect, lang: Lang, model: &Model, play: &Play) {
    pen.fill(area, Role::HudPaper);
    let frame = pen.ink(Role::SignEdge);
    for y in area.top()..area.bottom() {
        pen.text(area.x, y, 1, "│", frame);
    }
    let inside = Rect { x: area.x + 2, width: area.width.saturating_sub(3), ..area };
    let (key, ink, dim) = (pen.ink(Role::HudKey), pen.ink(Role::HudInk), pen.ink(Role::HudDim));
    let words_h: u16 = 8;
    let card_h: u16 = match (&play.meters, area.height) {
        (_, 0..26) => 0,
        (None, _) => 8,
        // A title, the meters, their sum.
        (Some(_), _) => Meter::ALL.len() as u16 + 2,
    };
    let table_h = inside.height.saturating_sub(words_h + card_h + 2);
    pen.text(inside.x, inside.y, inside.width, lang.get(Key::CloudTitle), key);
    let room = Rect { y: inside.y + 1, height: table_h, ..inside };
    desk::table(pen, room, lang, play);
    let mut y = inside.y + 1 + table_h + 1;
    pen.text(inside.x, y, inside.width, lang.get(Key::SameObject), key);
    y += 1;
    let ledger = play.session.ledger();
    let hops = play.departed_hops();
    let mut seen: Vec<HopPath> = Vec::new();
    let bottom = (inside.y + table_h + 2 + words_h).saturating_sub(1).min(inside.bottom());
    for id in hops.iter().rev() {
        let hop = ledger.hop(*id);
        if seen.contains(&hop.path) || y >= bottom {
            continue;
        }
        seen.push(hop.path);
        let caption = narration::caption(lang, ledger, hop);
        pen.text(inside.x, y, 13, hop.path.as_str(), dim);
        let room = Rect {
            x: inside.x + 14,
            y,
            width: inside.width.saturating_sub(14),
            height: 2.min(bottom.saturating_sub(y)),
        };
        y += pen.paragraph(room, &caption.city, ink).max(1);
    }
    let y = inside.y + 1 + table_h + 1 + words_h;
    if let Some(meters) = &play.meters {
        let room = Rect { y, height: inside.bottom().saturating_sub(y), ..inside };
        super::meters::meters(pen, room, lang, &meters.readings(lang, play.last_hop()));
        return;
    }
    let Some(card) = model.limits.iter().find(|card| play.session.opens_limit(&card.id)) else { return };
    if card_h == 0 || y + 4 > inside.bottom() {
        return;
    }
    let title = format!("{} · {}", lang.fill(Key::CardLabel, &[("id", &card.id)]), card.title);
    pen.text(inside.x, y, inside.width, &title, key);
    let room = Rect { y: y + 1, height: inside.bottom().saturating_sub(y + 2), ..inside };
    let used = pen.paragraph(room, &card.aws, ink);
    pen.text(
        inside.x,
        (y + 2 + used).min(inside.bottom() - 1),
        inside.width,
        &format!("l  {}", lang.get(Key::OpenCards)),
        dim,
    );
}

/// Where no picture fits: one line per building, with the same facts.
fn listed(pen: &mut Pen<'_>, area: Rect, lang: Lang, play: &Play) {
    let (ink, key) = (pen.ink(Role::HudInk), pen.ink(Role::HudKey));
    for (row, (name, text)) in crate::tui::describe::lines(lang, play).into_iter().enumerate() {
        let y = area.y + row as u16;
        if y >= area.bottom() {
            return;
        }
        let used = pen.text(area.x, y, 13.min(area.width), &name, key);
        let x = area.x + used.max(12.min(area.width)) + 1;
        pen.text(x, y, area.right().saturating_sub(x), &text, ink);
    }
}

/// The caption in force: a beat's own words, or the last hop's.
fn caption(lang: Lang, play: &Play) -> Caption {
    let ledger = play.session.ledger();
    if let Some(selected) = play.selected {
        return narration::caption(lang, ledger, ledger.hop(selected));
    }
    let departed = play.departed();
    let stops = play.schedule.stops();
    let last = stops[..departed].last();
    match last.map(|stop| stop.item) {
        None => Caption {
            city: lang.get(Key::NothingYet).to_owned(),
            cloud: play.session.introduction().objective(lang).to_owned(),
        },
        Some(Item::Beat(beat)) => match &play.session.beats()[beat].kind {
            BeatKind::Say(say) => say.get(lang).clone(),
            BeatKind::Ask | BeatKind::Task => Caption {
                city: play.session.prompt(beat, lang).to_owned(),
                cloud: match recent_measures(lang, play) {
                    Some(measures) => format!("{} · {measures}", lang.get(Key::ClockStopped)),
                    None => lang.get(Key::ClockStopped).to_owned(),
                },
            },
        },
        Some(Item::Hop(id)) => {
            let mut caption = narration::caption(lang, ledger, ledger.hop(id));
            if let Some(next) = stops.get(departed) {
                let now = play.clock();
                let wait = next.at.since(now).as_millis();
                let gap = next.at.since(stops[departed - 1].at).as_millis();
                if gap >= 30_000 && play.screen > stops[departed - 1].ends() && wait > 0 {
                    let clock = format::clock(next.at.since(play.session.story_start()).as_millis());
                    caption.cloud = lang
                        .fill(Key::WaitUntil, &[("clock", &clock), ("duration", &format::duration(wait))]);
                }
            }
            caption
        }
    }
}

/// The last measures of what was measured last, minute by minute: what a prediction is made from.
fn recent_measures(lang: Lang, play: &Play) -> Option<String> {
    let ledger = play.session.ledger();
    let measures = play.departed_hops().into_iter().rev().filter_map(|id| {
        let hop = ledger.hop(id);
        let Payload::Datapoint(point) = &hop.payload else { return None };
        (hop.path == HopPath::ResMetric).then_some((hop, point))
    });
    let mut recent: Vec<_> = measures.take(MEASURES_LOOKED_THROUGH).collect();
    let (last, point) = *recent.first()?;
    if play.clock().since(last.sent_at) > MEASURES_STALE {
        return None;
    }
    recent.retain(|(hop, other)| hop.from == last.from && other.metric_name == point.metric_name);
    recent.truncate(MEASURES_SHOWN);
    let shown = recent.iter().rev().map(|(hop, point)| {
        let minute = hop.sent_at.since(play.session.story_start()).as_secs() / 60;
        format!("m{minute} {}", format::number(lang, point.value))
    });
    Some(shown.collect::<Vec<_>>().join("  "))
}

fn track(pen: &mut Pen<'_>, area: Rect, lang: Lang, play: &Play) {
    if area.is_empty() {
        return;
    }
    let marks = play.marks();
    let (now, end) = (format::clock(play.clock_ms()), format::clock(play.end_ms()));
    let line =
        Line { marks: &marks, passed: play.departed(), stops: play.schedule.len(), now: &now, end: &end };
    timeline::timeline(pen, area, lang, &line);
}

fn panel(pen: &mut Pen<'_>, model: &Model, play: &Play, areas: &Areas, lang: Lang) {
    let area = pen.buf.area;
    let body = Rect {
        y: areas.header.bottom(),
        height: areas.keys.y.saturating_sub(areas.header.bottom()),
        x: area.x,
        width: area.width,
    };
    match &play.panel {
        Panel::None => {}
        Panel::Question(beat) => {
            let shown = super::prepare_question::question(play, *beat, lang);
            let above = Rect { height: areas.captions.y.saturating_sub(body.y), ..body };
            let room =
                low(above, body, 84, question::BLANK_ROWS, |columns| question::height(&shown, columns));
            question::question(pen, room, lang, &shown);
        }
        Panel::Task(beat) => {
            let shown = super::prepare::task(play, *beat, lang);
            let room = centred(body, 92, |columns| pages::task_height(&shown, columns));
            pages::task(pen, room, lang, &shown);
        }
        Panel::Inspector { hop, json, scroll } => {
            let start = play.session.story_start();
            let sheet = sheet::sheet(lang, play.session.ledger(), start, *hop, play.clock());
            let title = format!("{} · {}", lang.get(Key::InspectorTitle), sheet.title);
            pen.fill(body, Role::HudPaper);
            let ink = pen.ink(Role::HudInk);
            pen.text(body.x + 1, body.y, body.width.saturating_sub(2), &title, ink);
            let room = Rect { y: body.y + 1, height: body.height.saturating_sub(1), ..body };
            inspector::inspector(pen, room, lang, &sheet, *json, *scroll);
        }
        Panel::Mail(selected) => {
            let letters = super::prepare::letters(play, lang);
            let selected = (*selected).min(letters.len().saturating_sub(1));
            pages::mail(pen, body, lang, &letters, selected);
        }
        Panel::Limits(selected) => {
            let cards: Vec<_> = model
                .limits
                .iter()
                .map(|card| pages::LimitCard {
                    breaks_here: play.session.opens_limit(&card.id),
                    ..card.clone()
                })
                .collect();
            let room = centred(body, 96, |_| 22);
            pages::limits(pen, room, lang, &cards, *selected);
        }
        // Where there is room the console has a place of its own.
        Panel::Console if areas.console.height >= ROOM_FOR_CONSOLE => {}
        Panel::Console => {
            let height = (body.height / 2).clamp(6.min(body.height), 22);
            let room = Rect { y: body.bottom().saturating_sub(height), height, ..body };
            console::console(pen, room, lang, &play.console, true);
        }
        Panel::Report => {
            let predictions = super::prepare::report(play, lang);
            let chain = super::prepare::chain(play, lang);
            let meters = play.meters.as_ref().map(|meters| meters.readings(lang, play.last_hop()));
            let room = centred(body, 110, |_| body.height);
            pages::report(
                pen,
                room,
                lang,
                &play.title(lang),
                &predictions,
                &meters.unwrap_or_default(),
                &chain,
            );
        }
    }
}

/// A panel in the middle of an area, no wider than `widest`, as tall as it needs.
fn centred(area: Rect, widest: u16, height: impl Fn(u16) -> u16) -> Rect {
    let w = area.width.saturating_sub(4).min(widest).max(area.width.min(40));
    let h = height(w).min(area.height);
    Rect::new(area.x + (area.width - w) / 2, area.y + (area.height - h) / 2, w, h)
}

/// A panel in the middle that leaves the top of the picture in sight, where the radar's lamps are: where rows are
/// few it moves down to the captions and gives up to `blank` of its blank rows.
fn low(above: Rect, body: Rect, widest: u16, blank: u16, height: impl Fn(u16) -> u16) -> Rect {
    let mut panel = centred(body, widest, height);
    if panel.height > above.height {
        return panel;
    }
    let room = above.height.saturating_sub(LEFT_IN_SIGHT);
    panel.height -= panel.height.saturating_sub(room).min(blank);
    panel.y = panel.y.max((above.y + LEFT_IN_SIGHT).min(above.bottom() - panel.height));
    panel
}

fn console_keys(pen: &mut Pen<'_>, area: Rect, lang: Lang) {
    pen.fill(area, Role::HudBand);
    let key = pen.theme.style(Role::HudKey, Role::HudBand);
    let dim = pen.theme.style(Role::HudDim, Role::HudBand);
    let mut x = area.x + 1;
    for (shown, word) in [
        ("⏎", Key::KeyRun),
        ("Tab", Key::KeyComplete),
        ("↑", Key::KeyRecall),
        ("PgUp", Key::KeyScroll),
        ("Esc", Key::KeyReturn),
    ] {
        let room = area.right().saturating_sub(x);
        x += pen.pieces(x, area.y, room, &[(shown, key), (" ", dim), (lang.get(word), dim)]) + 2;
    }
}

/// The place of a story, for the footer.
pub fn place(play: &Play) -> Place {
    play.place()
}
