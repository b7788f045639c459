//! The arrows of the house: who may import whom, read from the sources themselves.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Each layer and the layers it may use; a layer may always use itself.
const ARROWS: &[(&str, &[&str])] = &[
    ("kernel", &[]),
    ("text", &[]),
    ("aws", &["kernel"]),
    ("load", &["kernel"]),
    ("engine", &["aws", "load", "kernel"]),
    ("shell", &["aws"]),
    ("scenario", &["shell", "engine", "aws", "load", "kernel", "text"]),
    ("lesson", &["scenario", "engine", "aws", "text", "shell", "kernel"]),
    ("drive", &["lesson", "scenario", "shell", "engine", "aws", "load", "kernel", "text"]),
    ("tui", &["lesson", "scenario", "shell", "engine", "aws", "load", "kernel", "text"]),
];

/// Folders of the account that are no service.
const SHARED_FOLDERS: &[&str] = &["cloudformation", "policy", "record"];

/// Pure helpers of the account that every service may share.
const SHARED_BY_SERVICES: &[&str] = &["cloudwatch::unit", "eventbridge::pattern"];

fn rust_files(below: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![below.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("sources are readable").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The first path segments after `crate::`, one per import or qualified use, braces opened.
fn crate_paths(source: &str) -> Vec<String> {
    let mut paths = Vec::new();
    let code: String =
        source.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 1;
            let mut segment = String::new();
            for c in group.chars() {
                match c {
                    '{' => depth += 1,
                    '}' => depth -= 1,
                    _ => {}
                }
                if depth == 0 || (depth == 1 && c == ',') {
                    paths.push(segment.trim().to_owned());
                    segment.clear();
                } else {
                    segment.push(c);
                }
                if depth == 0 {
                    break;
                }
            }
        } else {
            let end =
                rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).unwrap_or(rest.len());
            paths.push(rest[..end].to_owned());
        }
    }
    paths.retain(|path| !path.is_empty());
    paths
}

#[test]
fn no_arrow_points_up() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let layers: Vec<&str> = ARROWS.iter().map(|(layer, _)| *layer).collect();
    let mut wrong = Vec::new();
    for (layer, below) in ARROWS {
        let folder = source.join(layer);
        if !folder.is_dir() {
            continue;
        }
        for file in rust_files(&folder) {
            let text = fs::read_to_string(&file).expect("sources are UTF-8");
            for path in crate_paths(&text) {
                let first =
                    path.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or_default();
                if layers.contains(&first) && first != *layer && !below.contains(&first) {
                    wrong.push(format!("{}: {layer} may not use {first}", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_service_never_imports_another_service() {
    let aws = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/aws");
    let services: Vec<String> = fs::read_dir(&aws)
        .expect("sources are readable")
        .flatten()
        .filter(|entry| {
            entry.path().is_dir() && !SHARED_FOLDERS.iter().any(|shared| entry.file_name() == *shared)
        })
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    let mut wrong = Vec::new();
    for service in &services {
        for file in rust_files(&aws.join(service)) {
            let text = fs::read_to_string(&file).expect("sources are UTF-8");
            let code: String = text
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .collect::<Vec<_>>()
                .join("\n");
            for other in services.iter().filter(|other| *other != service) {
                let uses = code.match_indices(&format!("aws::{other}::")).any(|(at, _)| {
                    !SHARED_BY_SERVICES.iter().any(|shared| code[at + "aws::".len()..].starts_with(shared))
                });
                if uses {
                    wrong.push(format!("{}: uses {other}", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_core_cannot_read_the_clock_because_chrono_is_built_without_now() {
    let lock = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock"))
        .expect("Cargo.lock is committed");
    let chrono = lock
        .split("[[package]]")
        .find(|package| package.contains("name = \"chrono\""))
        .expect("chrono is in the tree");

    // chrono's `now`/`clock` features bring `iana-time-zone` into its dependencies.
    assert!(!chrono.contains("iana-time-zone"), "a dependency turned chrono's clock on:\n{chrono}");
}
