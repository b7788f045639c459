//! Text to model, within budgets: a hostile file gets a located diagnostic, never a panic or a hang.

use std::{io::Read, path::Path};

use super::{
    diagnostic::{Diagnostic, Severity, Source, Span, codes, dangerous},
    model::Scenario,
    shape, spanned,
    tree::{self, MAX_BYTES, Tree, TreeValue},
};

/// A scenario and the source it was read from.
#[derive(Clone, Debug)]
pub struct Loaded {
    pub source: Source,
    pub scenario: Scenario,
}

/// A file that is no scenario, and why.
#[derive(Clone, Debug)]
pub struct Refused {
    pub source: Source,
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads a file; its size is known before its contents are.
///
/// # Errors
/// Everything that keeps it from being a scenario.
pub fn file(path: &Path) -> Result<Loaded, Box<Refused>> {
    let name = path.display().to_string();
    let refuse = |diagnostic| {
        Box::new(Refused { source: Source::new(name.clone(), ""), diagnostics: vec![diagnostic] })
    };
    let unreadable = |error: std::io::Error| {
        refuse(Diagnostic::error(
            codes::UNREADABLE,
            Span::default(),
            format!("le fichier ne peut pas être lu : {error}"),
            format!("the file cannot be read: {error}"),
        ))
    };
    let handle = std::fs::File::open(path).map_err(unreadable)?;
    let facts = handle.metadata().map_err(unreadable)?;
    if facts.is_dir() {
        return Err(refuse(Diagnostic::error(
            codes::UNREADABLE,
            Span::default(),
            "c'est un dossier, pas un fichier",
            "this is a folder, not a file",
        )));
    }
    if facts.len() > MAX_BYTES as u64 {
        return Err(refuse(tree::too_large()));
    }
    let mut bytes = Vec::new();
    handle.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    self::bytes(&name, &bytes)
}

/// Reads the bytes of a file.
///
/// # Errors
/// Everything that keeps them from being a scenario.
pub fn bytes(name: &str, bytes: &[u8]) -> Result<Loaded, Box<Refused>> {
    if bytes.len() > MAX_BYTES {
        return Err(Box::new(Refused {
            source: Source::new(name, ""),
            diagnostics: vec![tree::too_large()],
        }));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => self::text(name, text),
        Err(error) => {
            let at = error.valid_up_to();
            let diagnostic = Diagnostic::error(
                codes::UNREADABLE,
                Span::new(at, at + 1),
                "ce n'est pas un texte en UTF-8",
                "this is not UTF-8 text",
            );
            // What can be shown of it, the first wrong byte included.
            let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(at + 64)]).into_owned();
            Err(Box::new(Refused { source: Source::new(name, shown), diagnostics: vec![diagnostic] }))
        }
    }
}

/// Reads a text.
///
/// # Errors
/// Everything that keeps it from being a scenario.
pub fn text(name: &str, text: &str) -> Result<Loaded, Box<Refused>> {
    let source = Source::new(name, text.strip_prefix('\u{feff}').unwrap_or(text));
    let refuse = |source: Source, diagnostics| Err(Box::new(Refused { source, diagnostics }));
    let tree = match tree::parse(&source) {
        Ok(tree) => tree,
        Err(diagnostic) => return refuse(source, vec![*diagnostic]),
    };
    let mut found = Vec::new();
    control_characters(&tree, &source, &mut found);
    cut_lines(&tree, &source, &mut found);
    found.extend(shape::check(&tree, &source));
    if found.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
        found.sort_by_key(|diagnostic| diagnostic.span);
        return refuse(source, found);
    }
    match spanned::read::<Scenario>(&tree, &source.text) {
        Ok(mut scenario) => {
            attach_templates(&mut scenario, &tree);
            Ok(Loaded { source, scenario })
        }
        Err(error) => {
            let span = error.span.unwrap_or(tree.span);
            found.push(Diagnostic::error(
                codes::WRONG_TYPE,
                Span::new(span.start, span.end.min(span.start + 200)),
                format!("ce n'est pas lisible comme scénario : {error}"),
                format!("this does not read as a scenario: {error}"),
            ));
            refuse(source, found)
        }
    }
}

/// Puts the templates in as they were written, tags and places included.
fn attach_templates(scenario: &mut Scenario, tree: &Tree) {
    if let (Some(template), Some(tree)) = (&mut scenario.account, tree.get("account")) {
        template.tree = tree.clone();
    }
    for (region, template) in scenario.elsewhere.iter_mut() {
        if let Some(tree) = tree.get("elsewhere").and_then(|elsewhere| elsewhere.get(&region.value)) {
            template.tree = tree.clone();
        }
    }
}

/// No text may hold what a terminal would obey.
fn control_characters(tree: &Tree, source: &Source, found: &mut Vec<Diagnostic>) {
    let mut judge = |text: &str, span: Span| {
        if let Some(bad) = text.chars().find(|c| dangerous(*c)) {
            let code = u32::from(bad);
            found.push(
                Diagnostic::error(
                    codes::CONTROL_CHARACTER,
                    line_of(span, source),
                    format!("ce texte contient le caractère de commande U+{code:04X}"),
                    format!("this text holds the control character U+{code:04X}"),
                )
                .help("un terminal pourrait lui obéir : supprimez-le", "a terminal might obey it: remove it"),
            );
        }
    };
    walk(tree, &mut |tree, key| {
        if let Some((key, span)) = key {
            judge(key, span);
        }
        if let TreeValue::Text(text) = &tree.value {
            judge(text, tree.span);
        }
        if let Some(tag) = &tree.tag {
            judge(tag, tree.span);
        }
    });
}

/// A plain `aws:` line with ` #` in it has been cut there by YAML itself.
fn cut_lines(tree: &Tree, source: &Source, found: &mut Vec<Diagnostic>) {
    walk(tree, &mut |tree, key| {
        let (Some(("aws", _)) | None, TreeValue::Text(text)) = (key, &tree.value) else {
            return;
        };
        let is_line = key.is_some() || text.starts_with("aws ");
        let written = source.text.get(tree.span.start..).unwrap_or_default();
        let quoted = written.starts_with(['"', '\'', '|', '>']) || text.contains('\n');
        let rest = source.text.get(tree.span.end..).unwrap_or_default().lines().next().unwrap_or_default();
        let trimmed = rest.trim_start();
        if is_line && !quoted && rest.len() > trimmed.len() && trimmed.starts_with('#') {
            let hash = tree.span.end + (rest.len() - trimmed.len());
            found.push(
                Diagnostic::error(
                    codes::CUT_BY_COMMENT,
                    Span::new(hash, tree.span.end + rest.len()),
                    "YAML coupe cette ligne ici : « # » commence un commentaire",
                    "YAML cuts this line here: ` #` begins a comment",
                )
                .help("mettez toute la ligne entre guillemets droits", "put the whole line in quotes"),
            );
        }
    });
}

fn walk<'t>(tree: &'t Tree, visit: &mut impl FnMut(&'t Tree, Option<(&'t str, Span)>)) {
    fn inner<'t>(
        tree: &'t Tree,
        key: Option<(&'t str, Span)>,
        visit: &mut impl FnMut(&'t Tree, Option<(&'t str, Span)>),
    ) {
        visit(tree, key);
        match &tree.value {
            TreeValue::Map(entries) => {
                for entry in entries {
                    inner(&entry.value, Some((&entry.key, entry.key_span)), visit);
                }
            }
            TreeValue::List(items) => {
                for item in items {
                    inner(item, None, visit);
                }
            }
            _ => {}
        }
    }
    inner(tree, None, visit);
}

fn line_of(span: Span, source: &Source) -> Span {
    let stretch = source.text.get(span.start..span.end).unwrap_or_default();
    Span::new(span.start, stretch.find('\n').map_or(span.end, |end| span.start + end))
}
