//! Views: pure functions of what they are given. No clock, no chance, no I/O, no size assumed; a view clips.

pub mod bars;
pub mod cloud;
pub mod console;
mod desk;
pub mod inspector;
pub mod json;
pub mod meters;
pub mod pages;
pub mod pen;
pub mod prepare;
pub mod prepare_question;
pub mod question;
pub mod root;
pub mod story;
pub mod timeline;
pub mod title;
