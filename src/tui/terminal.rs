//! Enters the terminal and always gives it back: after quitting, an error, a panic or a signal.

use std::{
    io::{self, BufWriter, Stdout, Write},
    panic,
    sync::Once,
};

use crossterm::{
    cursor::{Hide, Show},
    event::{DisableMouseCapture, EnableMouseCapture},
    execute, queue,
    terminal::{
        BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
        disable_raw_mode, enable_raw_mode,
    },
};
use ratatui::{Frame, Terminal, backend::CrosstermBackend};

/// One write a frame: a full screen in true colour is under this size.
const FRAME_BYTES: usize = 256 * 1024;

/// A terminal in raw mode on its alternate screen; dropping it restores what was there.
#[derive(Debug)]
pub struct Screen {
    terminal: Terminal<CrosstermBackend<BufWriter<Stdout>>>,
}

impl Screen {
    /// Takes the terminal over.
    ///
    /// # Errors
    /// When the terminal cannot be put in raw mode or written to.
    pub fn enter() -> io::Result<Self> {
        restore_on_panic();
        restore_on_signal()?;
        enable_raw_mode()?;
        let mut out = BufWriter::with_capacity(FRAME_BYTES, io::stdout());
        execute!(out, EnterAlternateScreen, EnableMouseCapture, Hide).inspect_err(|_| restore())?;
        let terminal = Terminal::new(CrosstermBackend::new(out)).inspect_err(|_| restore())?;
        Ok(Self { terminal })
    }

    /// Draws one frame as one synchronized update: ratatui does not bracket frames for us.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn draw(&mut self, render: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        queue!(self.terminal.backend_mut(), BeginSynchronizedUpdate)?;
        self.terminal.draw(render)?;
        queue!(self.terminal.backend_mut(), EndSynchronizedUpdate)?;
        Write::flush(self.terminal.backend_mut())
    }

    /// Draws everything anew at the next frame, as after a resize.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn clear(&mut self) -> io::Result<()> {
        // `Terminal::clear` asks where the cursor is, and a terminal that does not answer would end the program.
        let size = self.terminal.size()?;
        self.terminal.resize(size.into())
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        restore();
    }
}

/// Gives the terminal back. Errors are ignored: there is nothing left to do about them.
fn restore() {
    let _ = disable_raw_mode();
    let _ = execute!(io::stdout(), EndSynchronizedUpdate, DisableMouseCapture, LeaveAlternateScreen, Show);
}

fn restore_on_panic() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let report = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            restore();
            report(info);
        }));
    });
}

#[cfg(unix)]
fn restore_on_signal() -> io::Result<()> {
    use signal_hook::{
        consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM},
        iterator::Signals,
    };

    static ONCE: Once = Once::new();
    let mut result = Ok(());
    ONCE.call_once(|| match Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM]) {
        Ok(mut signals) => {
            std::thread::spawn(move || {
                if let Some(signal) = signals.forever().next() {
                    restore();
                    // The shell's convention for a process ended by a signal.
                    std::process::exit(128 + signal);
                }
            });
        }
        Err(error) => result = Err(error),
    });
    result
}

#[cfg(not(unix))]
fn restore_on_signal() -> io::Result<()> {
    Ok(())
}
