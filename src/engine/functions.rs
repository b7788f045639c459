//! Runs the functions that the account has started.

use super::Engine;

impl Engine {
    /// Runs every invocation the Lambda service has accepted and not yet run.
    pub(super) fn run_functions(&mut self) {
        let _ = &mut self.state;
    }
}
