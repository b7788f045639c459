//! Finds and reads the scenario that somebody names.

use std::sync::Arc;

use crate::{
    scenario::{
        compose::Script,
        diagnostic::{Diagnostic, Source},
        library::Library,
    },
    text::Lang,
};

/// Reads the scenario of that name, beginning of a name, or path.
///
/// # Errors
/// What is wrong, in the reader's language, drawn over the text where there is one.
pub fn script(library: &Library, name: &str, lang: Lang) -> Result<Arc<Script>, String> {
    let place = library.find(name).map_err(|missing| match (lang, missing.did_you_mean) {
        (Lang::Fr, None) => format!("aucun scénario ne s'appelle `{name}`\n  vigie list les montre tous"),
        (Lang::Fr, Some(near)) => {
            format!("aucun scénario ne s'appelle `{name}` ; vouliez-vous dire `{near}` ?\n  vigie list les montre tous")
        }
        (Lang::En, None) => format!("no scenario is called `{name}`\n  vigie list shows them all"),
        (Lang::En, Some(near)) => {
            format!("no scenario is called `{name}`; did you mean `{near}`?\n  vigie list shows them all")
        }
    })?;
    let script = library.script(&place);
    script.map(Arc::new).map_err(|refused| drawn(&refused.diagnostics, &refused.source, lang))
}

/// What is wrong, drawn over the text, for a reader in a shell.
pub fn drawn(diagnostics: &[Diagnostic], source: &Source, lang: Lang) -> String {
    let each: Vec<String> =
        diagnostics.iter().map(|diagnostic| diagnostic.render(source, lang, false)).collect();
    each.join("\n\n")
}
