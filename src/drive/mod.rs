//! What runs a scenario without a screen.

pub mod headless;
