//! `vigie`: reads the command line, picks a driver, turns errors into exit codes.

use std::{
    io::{self, IsTerminal, Write},
    process::ExitCode,
};

use anyhow::Context;
use vigie::{
    cli::{self, Options, Read, Task},
    drive::headless::{self, Asked},
    scenario::{check, diagnostic::harmless, library::Library, load, schema},
    text::{Key, Lang},
    tui::app,
};

fn main() -> ExitCode {
    let variable = |name: &str| std::env::var(name).ok();
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .filter_map(variable)
        .find(|value| !value.is_empty())
        .unwrap_or_default();
    let options = match cli::read(std::env::args_os(), &locale) {
        Read::Go(options) => options,
        Read::Say { text, status } => {
            let said = if status == 0 { print(&text) } else { complain(&harmless(&text)) };
            return said.map_or(ExitCode::FAILURE, |()| ExitCode::from(status));
        }
    };
    match run(&options) {
        Ok(status) => ExitCode::from(status),
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = complain(&harmless(&said(&format!("{error:#}"), options.lang)));
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> anyhow::Result<u8> {
    let mut library = Library::bundled();
    if let Some(folder) = &options.folder {
        if !folder.is_dir() {
            let path = folder.display().to_string();
            anyhow::bail!("{}", options.lang.fill(Key::NoSuchFolder, &[("path", &path)]));
        }
        library = library.with_folder(folder);
    }
    match &options.task {
        Task::Menu | Task::Play { .. } if !(io::stdout().is_terminal() && io::stdin().is_terminal()) => {
            let lang = options.lang;
            let name = match &options.task {
                Task::Play { scenario } => scenario.as_str(),
                _ => "crs-05",
            };
            complain(&format!("{}\n\n  vigie run {name}\n  vigie list\n", lang.get(Key::NeedsTerminal)))?;
            Ok(2)
        }
        Task::Menu => app::menu(&library, options).map(|()| 0),
        Task::Play { scenario } => app::play(&library, options, scenario).map(|()| 0),
        Task::Run { scenario, format, until, world, meters } => {
            let asked =
                Asked { scenario, format: *format, until: *until, world: world.as_deref(), meters: *meters };
            let mut out = io::BufWriter::new(io::stdout().lock());
            let status = headless::run(&library, options, &asked, &mut out)?;
            out.flush()?;
            Ok(status)
        }
        Task::Check { files } => check_files(&library, options, files),
        Task::List => {
            print(&headless::list(&library, options.lang))?;
            for path in library.unreadable() {
                let path = path.display().to_string();
                let said = options.lang.fill(Key::NotListed, &[("path", &path)]);
                complain(&format!("{}\n", harmless(&said)))?;
            }
            Ok(0)
        }
        Task::Schema => {
            print(&schema::published())?;
            Ok(0)
        }
    }
}

fn check_files(library: &Library, options: &Options, files: &[std::path::PathBuf]) -> anyhow::Result<u8> {
    let colour =
        io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let reports = if files.is_empty() {
        headless::check_bundled(library)
    } else {
        files.iter().map(|file| check::check_loaded(load::file(file), library)).collect()
    };
    let mut sound = true;
    for report in &reports {
        sound &= report.is_sound();
        let text = report.render(options.lang, colour);
        if report.is_sound() { print(&text)? } else { complain(&text)? }
    }
    Ok(u8::from(!sound))
}

fn print(text: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).context("stdout")
}

fn complain(text: &str) -> anyhow::Result<()> {
    io::stderr().lock().write_all(text.as_bytes()).context("stderr")
}

/// An error for a person; a located one says itself what it is.
fn said(error: &str, lang: Lang) -> String {
    let error = error.trim_end();
    if error.starts_with("error[") || error.starts_with("erreur[") {
        return format!("{error}\n");
    }
    let lead = if lang == Lang::Fr { "erreur :" } else { "error:" };
    format!("{lead} {error}\n")
}

/// A reader such as `head` that has seen enough is no error.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let of_output = cause.downcast_ref::<io::Error>().map(io::Error::kind);
        let of_json = cause.downcast_ref::<serde_json::Error>().and_then(serde_json::Error::io_error_kind);
        of_output.or(of_json) == Some(io::ErrorKind::BrokenPipe)
    })
}
