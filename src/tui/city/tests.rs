use std::collections::BTreeSet;

use proptest::prelude::*;
use unicode_width::UnicodeWidthChar;

use super::*;
use crate::tui::theme::Palette;

fn options(width: u16, height: u16) -> Options {
    Options { size: (width, height), districts: 1, ..Options::default() }
}

fn city(options: Options) -> City {
    City::load(&options).expect("a picture fits")
}

fn busy() -> CityState {
    let radar = Radar {
        speed_kmh: Some(121),
        cpu_pct: Some(88),
        lamps_lit: 5,
        lamps: 5,
        count: "5/5".into(),
        alarm: Some(AlarmState::Alarm),
        alarm_name: "radar-110".into(),
    };
    let district = District {
        region: "eu-west-3".into(),
        radar: Some(radar),
        rules: vec![
            RuleLine { name: "r-alarme".into(), lamp: Lamp::On, verdict: Some(Verdict::Ok) },
            RuleLine { name: "r-conforme".into(), lamp: Lamp::Off, verdict: Some(Verdict::Bad) },
        ],
        waves: 3,
        notebook: vec![Note { time: "05:20".into(), text: "AuthorizeSecurityGroupIngress".into() }],
        checklist: Checklist {
            lines: vec![("freins".into(), Verdict::Ok), ("ceint.".into(), Verdict::Bad)],
            summary: "1 non conforme".into(),
        },
        cars_inspected: 1,
        depot: Depot { doors: [Door::Crew, Door::Half, Door::Closed], beacon: true, dropped: 2 },
        vault: Some(Vault { is_public: true }),
        gate: Some(Gate { port: "22".into(), is_open: false }),
        mailboxes: vec![Mailbox { name: "garde".into(), count: 3, house: "house".into() }],
    };
    CityState {
        districts: vec![district.clone(), district],
        traffic: Traffic { flow: Flow::Moving, odometer: 5000 },
        ..CityState::default()
    }
}

/// The frame as text, one line per row, in the terminal's full size.
fn screen(city: &City, state: &CityState, phase: u64) -> String {
    let (width, height) = city.options().size;
    let mut buf = Buffer::empty(Rect::new(0, 0, width, height));
    city.draw(state, phase, &mut buf, city.areas().picture);
    let rows = buf.content.chunks(usize::from(width.max(1)));
    rows.map(|row| row.iter().map(Cell::symbol).collect::<String>() + "\n").collect()
}

fn frame(city: &City, state: &CityState, phase: u64) -> Buffer {
    let picture = city.areas().picture;
    let mut buf = Buffer::empty(picture);
    city.draw(state, phase, &mut buf, picture);
    buf
}

#[test]
fn every_sprite_has_the_size_it_announces_and_only_known_roles() {
    for (name, text) in art::sprites() {
        let sprite = Sprite::parse(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let (width, height) = sprite.size();
        for slot in &sprite.slots {
            let fits = slot.x >= 0 && slot.y >= 0 && slot.x + slot.w as i32 <= width && slot.y < height;
            assert!(fits, "{name}: slot {}", slot.name);
        }
        for anchor in &sprite.anchors {
            let inside = (0..width).contains(&anchor.x) && (0..height).contains(&anchor.y);
            assert!(inside, "{name}: anchor {}", anchor.name);
        }
        for (frame, patch) in sprite.frames() {
            let fits =
                patch.x >= 0 && patch.x + patch.w as i32 <= width && patch.y + patch.h as i32 <= height;
            assert!(fits, "{name}: frame {frame}");
        }
    }
}

#[test]
fn every_character_of_the_art_is_one_column_wide_and_has_an_ascii_form() {
    for (name, text) in art::sprites() {
        let sprite = Sprite::parse(text).expect("parsed above");
        let patches = sprite.frames().map(|(_, patch)| patch).chain([&sprite.base]);
        for spot in patches.flat_map(|patch| &patch.spots) {
            assert_eq!(spot.glyph.width(), Some(1), "{name}: {}", spot.glyph);
            assert!(spot.ascii.is_none_or(|glyph| glyph.is_ascii()), "{name}: {:?}", spot.ascii);
            let block = ('▀'..='▟').contains(&spot.glyph);
            assert!(block || crate::tui::theme::fold_char(spot.glyph) != '?', "{name}: {}", spot.glyph);
        }
    }
}

#[test]
fn every_small_sprite_that_matters_has_an_ascii_drawing() {
    for (name, text) in art::sprites().filter(|(name, _)| name.ends_with("-s") || name.contains("-s-")) {
        if ["logo", "beam", "ditch", "bush", "queue"].iter().any(|other| name.contains(other)) {
            continue;
        }
        let sprite = Sprite::parse(text).expect("parsed above");
        assert!(sprite.base.spots.iter().all(|spot| spot.ascii.is_some()), "{name}");
    }
}

#[test]
fn every_scene_finds_its_sprites_and_labels_and_keeps_them_in_the_picture() {
    let names = Names::get();
    for (name, text) in art::scenes() {
        let scene = Scene::parse(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let [px, py, pw, ph] = scene.picture;
        assert!(px + pw <= scene.size[0] && py + ph <= scene.size[1], "{name}: picture");
        for building in &scene.buildings {
            let source = art::sprite(&building.sprite).unwrap_or_else(|| panic!("{}", building.sprite));
            let (width, height) = Sprite::parse(source).expect("parsed above").size();
            let [x, y] = building.at;
            let inside = x >= px && y >= py && x + width <= px + pw && y + height <= py + ph;
            assert!(inside, "{name}: {}", building.id);
            assert!(building.light.is_none() || building.light().is_some(), "{name}: light {}", building.id);
            let row = building.row.as_ref();
            assert!(row.is_none_or(|row| scene.bands.iter().any(|band| band.id == *row)), "{name}: {row:?}");
            if !["house", "logo", "sg"].contains(&building.service.as_str()) {
                assert!(!names.city(&building.service, Lang::En).is_empty(), "{}", building.service);
            }
        }
        for prop in &scene.props {
            assert!(art::sprite(&prop.sprite).is_some(), "{name}: {}", prop.sprite);
        }
        let ids: BTreeSet<&str> = scene.buildings.iter().map(|building| building.id.as_str()).collect();
        assert_eq!(ids.len(), scene.buildings.len(), "{name}: an id is used twice");
    }
}

#[test]
fn every_stop_is_on_a_rail_and_every_route_follows_rails_and_links() {
    for (name, text) in art::scenes() {
        let scene = Scene::parse(text).expect("parsed above");
        let on_rail = |x: i32, y: i32| scene.rails.iter().any(|r| r.y == y && (r.x[0]..=r.x[1]).contains(&x));
        let on_link = |x: i32, y: i32| scene.links.iter().any(|l| l.x == x && (l.y[0]..=l.y[1]).contains(&y));
        let relay = |x: i32| scene.boundaries.iter().any(|line| (line.x - 2..=line.x + 2).contains(&x));
        for building in &scene.buildings {
            if let Some([x, y]) = building.stop {
                assert!(on_rail(x, y), "{name}: {}", building.id);
            }
        }
        for (hop, points) in &scene.routes {
            let road = Road::through(points.iter().map(|&[x, y]| (x, y)).collect());
            for step in 0..=road.length() {
                let here = road.at(step);
                let (x, y) = (here.x, here.y);
                assert!(on_rail(x, y) || on_link(x, y) || relay(x), "{name}: {hop} leaves at {x},{y}");
            }
        }
    }
}

#[test]
fn a_road_ends_where_its_hop_does_and_is_measured_once() {
    let city = city(options(120, 36));
    let road = city.road(&Way::Hop("alarm>sns".into())).expect("drawn by hand");
    assert_eq!((road.point(0.0).x, road.point(1.0).x), (20, 95));
    assert_eq!(road.length(), 12 + 6 + 63);
    assert_eq!(road.point(0.05).heading, Some(Heading::East));
    assert_eq!(road.point(1.0).heading, None);
}

#[test]
fn a_hop_without_a_drawn_road_takes_the_shortest_way() {
    let city = city(options(120, 36));
    let road = city.road(&Way::Between("lambda".into(), "sns".into())).expect("both have stops");
    // The post office lies beyond the eastern crossing's column: 76 -> 100, down, 100 -> 95.
    assert_eq!(road.corners(), [(76, 13), (100, 13), (100, 19), (95, 19)]);
    let unknown = city.road(&Way::Hop("bus>moon".into()));
    assert_eq!(unknown, None);
    let house2 = city.road(&Way::Between("sns".into(), "house2".into())).expect("this scene has one house");
    assert_eq!(house2.corners().last(), Some(&(112, 19)));
}

#[test]
fn every_hop_word_finds_a_road_at_every_size() {
    let hops = [
        "metric>alarm",
        "alarm>sns",
        "alarm>bus",
        "alarm>lambda",
        "api>trail",
        "trail>bus",
        "trail>s3",
        "api>config",
        "config>bus",
        "bus>rule",
        "bus>lambda",
        "bus>sns",
        "bus>sqs",
        "sns>sub",
        "sns>lambda",
        "lambda>email",
        "lambda>api",
        "lambda>dlq",
        "s3>lambda",
        "logs>metric",
    ];
    for size in [(80, 24), (120, 36), (200, 60)] {
        let city = city(options(size.0, size.1));
        for hop in hops {
            assert!(city.road(&Way::Hop(hop.into())).is_some(), "{hop} at {size:?}");
        }
    }
}

#[test]
fn the_largest_scene_that_fits_is_taken_and_centred() {
    let scenes = [
        ((79, 24), None),
        ((80, 23), None),
        ((80, 24), Some("s")),
        ((119, 60), Some("s")),
        ((120, 36), Some("m")),
        ((199, 60), Some("m")),
        ((200, 60), Some("l")),
    ];
    for ((width, height), sprites) in scenes {
        let found = City::load(&options(width, height)).map(|city| city.scene.sprites);
        assert_eq!(found.as_deref(), sprites, "{width}x{height}");
    }
    let wide = city(options(160, 50));
    assert_eq!(wide.areas().picture, Rect::new(0, 1, 160, 43));
    assert_eq!(wide.areas().keys, Rect::new(0, 49, 160, 1));
    let tower = wide.scene.building("eventbridge").map(|building| building.at);
    assert_eq!(tower, Some([33 + 20, 14]), "moved right by half of 40, down by 14");
}

#[test]
fn two_regions_get_two_districts_where_there_is_room() {
    let two = city(Options { districts: 2, ..options(200, 60) });
    assert!(two.building_ids().any(|id| id == "eventbridge-east"));
    let text = screen(&two, &busy(), 0);
    assert!(text.contains("QUARTIER OUEST · eu-west-3"));
}

#[test]
fn split_gives_the_rest_to_the_panel() {
    let at = |width, height| *city(Options { view: View::Split, ..options(width, height) }).areas();
    assert_eq!(at(120, 36).panel, Rect::new(72, 1, 48, 29));
    assert_eq!(at(140, 40).panel, Rect::new(72, 1, 68, 33));
    assert_eq!(
        at(200, 60).panel,
        Rect::new(120, 1, 80, 43),
        "spare rows beyond half a picture go to the console"
    );
    assert_eq!(at(80, 24).panel, Rect::default());
}

#[test]
fn areas_never_overlap_nor_leave_the_terminal() {
    for view in [View::City, View::Split, View::Title] {
        for (width, height) in [(80, 24), (100, 30), (120, 36), (131, 41), (170, 44), (200, 60), (260, 70)] {
            let areas = *city(Options { view, ..options(width, height) }).areas();
            let all = [
                areas.picture,
                areas.header,
                areas.panel,
                areas.lanes,
                areas.captions,
                areas.timeline,
                areas.console,
                areas.keys,
            ];
            let screen = Rect::new(0, 0, width, height);
            for (index, area) in all.iter().enumerate().filter(|(_, area)| !area.is_empty()) {
                assert_eq!(area.intersection(screen), *area, "{view:?} {width}x{height} {index}");
                let others = all[..index].iter().filter(|other| !other.is_empty());
                assert!(
                    others.clone().all(|other| !other.intersects(*area)),
                    "{view:?} {width}x{height} {index}"
                );
            }
        }
    }
}

#[test]
fn the_same_facts_are_written_in_every_mode() {
    let facts = ["121", "88 %", "5/5", "ALARM", "r-alarme", "05:20", "freins", "22", "PUBLIC", "3"];
    for glyphs in [Glyphs::Unicode, Glyphs::Ascii] {
        for colours in [Colours::True, Colours::Indexed, Colours::Ansi, Colours::Mono] {
            for theme in [ThemeName::Dark, ThemeName::Light, ThemeName::Contrast] {
                let look = Look { colours, theme, glyphs };
                let text =
                    screen(&city(Options { look, ..options(80, 24) }), &busy(), 0).replace('\u{a0}', " ");
                for fact in facts {
                    assert!(text.contains(fact), "{look:?} lacks {fact}\n{text}");
                }
                let marks = if glyphs == Glyphs::Ascii { ['v', 'x'] } else { ['✓', '✗'] };
                assert!(marks.iter().all(|mark| text.contains(*mark)), "{look:?}");
            }
        }
    }
}

#[test]
fn ascii_mode_writes_nothing_but_ascii() {
    let look = Look { glyphs: Glyphs::Ascii, ..Look::default() };
    for (width, height) in [(80, 24), (120, 36), (200, 60)] {
        let mut state = busy();
        state.trace = vec!["cloudwatch".into(), "eventbridge".into(), "lambda".into()];
        state.focus = Some("lambda".into());
        state.queues = vec![Queue { at: "sns".into(), count: 4 }];
        let text = screen(&city(Options { look, ..options(width, height) }), &state, 3);
        assert!(text.is_ascii(), "{text}");
    }
}

#[test]
fn the_three_alarm_states_differ_in_word_and_in_frame() {
    let picture = city(options(80, 24));
    let with = |alarm| {
        let mut state = busy();
        state.districts[0].radar.as_mut().expect("busy has one").alarm = Some(alarm);
        screen(&picture, &state, 0)
    };
    let (ok, alarm, nodata) =
        (with(AlarmState::Ok), with(AlarmState::Alarm), with(AlarmState::InsufficientData));
    assert!(ok.contains("└─ OK ─"), "{ok}");
    assert!(alarm.contains("┗━ ALARM ━"), "{alarm}");
    assert!(nodata.contains("INSUFFICIENT_DATA") && nodata.contains('╎'), "{nodata}");
}

#[test]
fn a_verdict_is_never_cut_the_name_is() {
    let mut state = busy();
    state.districts[0].rules[0].name = "r-a-name-nobody-can-fit-on-a-board".into();
    let text = screen(&city(options(80, 24)), &state, 0);
    assert!(text.contains("◉ r-a-nam… ✓"), "{text}");
    assert!(text.contains("○ r-confo… ✗"), "{text}");
}

#[test]
fn rules_that_matched_are_shown_before_the_others() {
    let mut state = busy();
    let rule = |name: &str, lamp| RuleLine { name: name.into(), lamp, verdict: None };
    state.districts[0].rules = (0..9).map(|n| rule(&format!("r-{n}"), Lamp::Off)).collect();
    state.districts[0].rules[7].lamp = Lamp::On;
    let text = screen(&city(options(80, 24)), &state, 0);
    assert!(text.contains("◉ r-7") && text.contains("… +7"), "{text}");
}

#[test]
fn signs_follow_the_labels_and_the_language() {
    let sign = |labels, language| screen(&city(Options { language, labels, ..options(80, 24) }), &busy(), 0);
    let both = sign(Labels::Both, Lang::Fr);
    assert!(both.contains("RADAR CloudWatch") && both.contains("DÉPÔT · Lambda") && both.contains("TOUR"));
    let town = sign(Labels::City, Lang::En);
    assert!(town.contains("TOWER") && town.contains("NOTEBOOK") && !town.contains("CloudWatch"), "{town}");
    let aws = sign(Labels::Aws, Lang::Fr);
    assert!(aws.contains("Event bus") && aws.contains("CloudTrail") && !aws.contains("POLICE"), "{aws}");
}

#[test]
fn french_and_english_frames_have_the_same_anchors() {
    let [french, english] =
        [Lang::Fr, Lang::En].map(|language| city(Options { language, ..options(120, 36) }));
    let places = |city: &City| -> Vec<[i32; 2]> { city.scene.buildings.iter().map(|b| b.at).collect() };
    assert_eq!(places(&french), places(&english));
}

#[test]
fn a_blocked_envelope_fails_in_front_of_the_region_line() {
    let two = city(Options { districts: 2, ..options(200, 60) });
    let at = |progress, is_blocked| {
        let way = Way::Hop("bus>bus".into());
        two.place(&Envelope { kind: EnvelopeKind::Act, way, progress, is_blocked }, 0, 1).expect("drawn")
    };
    assert_eq!(at(0.2, true), at(0.2, false));
    let (point, failed) = at(0.9, true);
    assert!(failed && point.x > 100, "{point:?}");
    assert!(!at(0.9, false).1);
}

#[test]
fn the_spotlight_dims_everything_but_the_building_and_its_board() {
    let picture = city(Options { hour: Hour::Dusk, ..options(120, 36) });
    let lit = frame(&picture, &busy(), 0);
    let state = CityState { focus: Some("eventbridge".into()), ..busy() };
    let dim = frame(&picture, &state, 0);
    let same = |x, y| lit[(x, y)] == dim[(x, y)];
    assert!(same(40, 7) && same(55, 7), "the tower's sign and its board stay");
    assert!(!same(15, 5) && !same(80, 10), "radar and depot step back");
    let text: String = dim.content.iter().map(Cell::symbol).collect();
    assert!(text.contains('⟦') && text.contains('⟧'));
}

#[test]
fn reduced_motion_numbers_the_doors_and_parks_the_cars() {
    let picture = city(options(120, 36));
    let mut state = busy();
    state.traffic.flow = Flow::Parked;
    state.trace = vec!["cloudwatch".into(), "eventbridge".into(), "lambda".into()];
    let text = screen(&picture, &state, 0);
    assert!(["①", "②", "③", "→"].iter().all(|mark| text.contains(mark)), "{text}");
    assert_eq!(frame(&picture, &state, 0), frame(&picture, &state, 77));
}

#[test]
fn one_step_always_gives_the_same_frame() {
    let build = || frame(&city(Options { hour: Hour::Night, ..options(120, 36) }), &busy(), 5);
    assert_eq!(build(), build());
}

#[test]
fn the_instance_drives_at_the_speed_the_radar_reads_and_never_jumps() {
    let picture = city(options(120, 36));
    let mut state = busy();
    let place = |state: &CityState| {
        let cars = traffic::vehicles(&picture.scene, state, 0);
        cars.iter().find(|car| car.kind == VehicleKind::Car).expect("one").x
    };
    let before = place(&state);
    (0..12).for_each(|_| state.traffic.drive(117));
    let moved = place(&state) - before;
    assert!((7..=9).contains(&moved), "{moved} cells in a second at 117 km/h");
    state.districts[0].radar.as_mut().expect("busy has one").speed_kmh = Some(10);
    assert_eq!(place(&state) - before, moved, "a new speed does not move it");
}

#[test]
fn a_light_bar_alternates_at_two_hertz_only_beside_an_act() {
    let mut state = busy();
    let picture = city(options(120, 36));
    state.police_at = Some("cloudtrail".into());
    state.traffic.flow = Flow::Moving;
    let bar = |phase| {
        let police = Vehicle {
            kind: VehicleKind::Police,
            lane: 0,
            x: 0,
            heading: None,
            exhaust: false,
            light_bar: true,
        };
        traffic::bar_frame(&police, Flow::Moving, phase)
    };
    assert_eq!((bar(0), bar(3), bar(6)), (Some("bar-a"), Some("bar-b"), Some("bar-a")));
    assert_ne!(frame(&picture, &state, 0), frame(&picture, &state, 3));
}

/// What a terminal would receive between two frames, with every colour spelled out.
fn bytes_between(before: &Buffer, after: &Buffer) -> usize {
    use ratatui::backend::{Backend, CrosstermBackend};
    let mut out = Vec::new();
    let changes = before.diff(after);
    CrosstermBackend::new(&mut out).draw(changes.into_iter()).expect("memory never fails");
    out.len()
}

/// The largest of sixty frames in which everything moves at once.
fn worst_frame(picture: &City, hops: &[&str], envelopes: usize) -> usize {
    let mut state = busy();
    let mut previous: Option<Buffer> = None;
    let mut worst = 0;
    for phase in 0..60_u64 {
        state.traffic.drive(121);
        let envelope = |n: usize| Envelope {
            kind: EnvelopeKind::Alarm,
            way: Way::Hop(hops[n % hops.len()].into()),
            progress: (phase as f32 / 60.0 + n as f32 / envelopes as f32).fract(),
            is_blocked: false,
        };
        state.envelopes = (0..envelopes).map(envelope).collect();
        let next = frame(picture, &state, phase);
        worst = worst.max(previous.as_ref().map_or(0, |last| bytes_between(last, &next)));
        previous = Some(next);
    }
    worst
}

#[test]
fn an_animated_frame_is_under_eight_kilobytes_at_every_size_even_with_forty_envelopes() {
    let hops = ["alarm>bus", "alarm>sns", "api>trail", "bus>lambda", "config>bus"];
    for (size, districts) in [((80, 24), 1), ((120, 36), 1), ((200, 60), 1), ((200, 60), 2)] {
        let picture = city(Options { districts, hour: Hour::Night, ..options(size.0, size.1) });
        for envelopes in [3, 40] {
            let worst = worst_frame(&picture, &hops, envelopes);
            assert!(worst < 8_000, "{size:?}, {districts} districts, {envelopes} envelopes: {worst} bytes");
        }
    }
}

#[test]
fn the_backdrop_alone_has_no_role_without_a_colour() {
    let picture = city(options(80, 24));
    let known = |px: &Px| px.ink.role().is_none_or(|role| Palette::get().entry(role).tone <= 4);
    assert!(picture.base.cells().iter().all(known));
}

fn any_state() -> impl Strategy<Value = CityState> {
    let way = prop_oneof![
        "[a-z]{1,6}>[a-z]{1,6}".prop_map(Way::Hop),
        Just(Way::Hop("bus>bus".into())),
        Just(Way::Hop("alarm>sns".into())),
        Just(Way::Between("house".into(), "lambda-east".into())),
    ];
    let envelope = (way, any::<f32>(), any::<bool>()).prop_map(|(way, progress, is_blocked)| Envelope {
        kind: EnvelopeKind::Notice,
        way,
        progress,
        is_blocked,
    });
    let vehicle = (any::<i32>(), 0..9_usize, any::<bool>()).prop_map(|(x, lane, flag)| Vehicle {
        kind: VehicleKind::Bus,
        lane,
        x: x / 4,
        heading: flag.then_some(Heading::West),
        exhaust: flag,
        light_bar: flag,
    });
    let text = "\\PC{0,30}";
    (
        proptest::collection::vec(envelope, 0..8),
        proptest::collection::vec(vehicle, 0..8),
        text,
        any::<(u32, u8, u8, u32, bool, u64)>(),
    )
        .prop_map(|(envelopes, vehicles, text, (speed, lit, lamps, count, flag, odometer))| {
            let mut state = busy();
            for district in &mut state.districts {
                let radar = district.radar.as_mut().expect("busy has one");
                (radar.speed_kmh, radar.lamps_lit, radar.lamps) = (Some(speed), lit, lamps);
                radar.count.clone_from(&text);
                district.rules[0].name.clone_from(&text);
                district.waves = lit;
                district.cars_inspected = lamps;
                district.depot.dropped = count;
                district.mailboxes = vec![Mailbox { name: text.clone(), count, house: text.clone() }; 3];
            }
            state.traffic = Traffic { flow: Flow::Moving, odometer };
            state.queues = vec![Queue { at: "sns".into(), count }];
            state.trace = vec!["sns".into(), text.clone(), "lambda".into()];
            state.focus = flag.then(|| "sns".to_owned());
            state.police_at = flag.then_some(text);
            CityState { vehicles, envelopes, ..state }
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_state_in_any_area_draws_something_or_nothing_but_never_panics(
        state in any_state(),
        size in (1..260_u16, 1..80_u16),
        area in (0..40_u16, 0..20_u16, 0..260_u16, 0..80_u16),
        view in prop_oneof![Just(View::City), Just(View::Split), Just(View::Title)],
        phase in any::<u64>(),
        ascii in any::<bool>(),
    ) {
        let glyphs = if ascii { Glyphs::Ascii } else { Glyphs::Unicode };
        let look = Look { glyphs, ..Look::default() };
        let options = Options { size, view, districts: 2, look, hour: Hour::Dusk, ..Options::default() };
        let screen = Rect::new(0, 0, size.0, size.1);
        let mut buf = Buffer::empty(screen);
        if let Some(city) = City::load(&options) {
            city.draw(&state, phase, &mut buf, city.areas().picture);
            city.draw(&state, phase, &mut buf, Rect::new(area.0, area.1, area.2, area.3));
        } else {
            prop_assert!(size.0 < 80 || size.1 < 24);
        }
    }
}
