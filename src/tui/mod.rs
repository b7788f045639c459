//! The terminal: the only place that knows the real clock, and a picture of the ledger.

pub mod action;
pub mod app;
pub mod asking;
pub mod city;
pub mod console;
pub mod describe;
pub mod facts;
mod idle;
pub mod keymap;
pub mod model;
mod panels;
pub mod play;
mod playhead;
pub mod projection;
pub mod run;
pub mod schedule;
pub mod sheet;
pub mod terminal;
pub mod theme;
pub mod update;
pub mod view;
