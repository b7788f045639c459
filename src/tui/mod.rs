//! The terminal: the only place that knows the real clock, and a picture of the ledger.

pub mod action;
pub mod city;
pub mod console;
pub mod facts;
pub mod keymap;
pub mod projection;
pub mod schedule;
pub mod sheet;
pub mod terminal;
pub mod theme;
pub mod view;
