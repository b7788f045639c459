//! The five fixtures of the catalogue: each deploys, and holds what the catalogue's table says and nothing more.

use std::path::Path;

use vigie::{
    scenario::{check::check_loaded, library::Library, load},
    text::Lang,
};

#[track_caller]
fn fixture(id: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/{id}.yaml"));
    let report = check_loaded(load::file(&path), &Library::bundled());
    assert!(report.is_sound(), "{}", report.render(Lang::En, false));
}

#[test]
fn city_empty_has_a_gate_and_a_shed_and_nobody_watching() {
    fixture("city-empty");
}

#[test]
fn city_base_has_two_cars_a_bus_a_vault_and_a_notebook() {
    fixture("city-base");
}

#[test]
fn city_watch_adds_a_radar_and_a_guard_who_has_confirmed() {
    fixture("city-watch");
}

#[test]
fn city_inspected_adds_a_register_and_four_rules_that_find_all_in_order() {
    fixture("city-inspected");
}

#[test]
fn city_full_adds_units_orders_and_the_permissions_between_them() {
    fixture("city-full");
}
