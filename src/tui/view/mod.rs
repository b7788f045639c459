//! Views: pure functions of what they are given. No clock, no chance, no I/O, no size assumed; a view clips.

pub mod bars;
pub mod cloud;
pub mod console;
pub mod inspector;
pub mod json;
pub mod pages;
pub mod pen;
pub mod question;
pub mod timeline;
pub mod title;
