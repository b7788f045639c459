//! What the world did, in a line: traffic, faults, people at the console.

use crate::{
    aws::{HopPath, Ledger},
    kernel::{Cause, InputId},
    text::Lang,
};

/// A push of the world, by its kind and what it was about; `None` for what the hops that follow tell by themselves.
pub fn told(lang: Lang, ledger: &Ledger, id: InputId, kind: &str, subject: &str) -> Option<String> {
    // What a load drives goes by the name that its measures carry.
    let measure = ledger.effects(Cause::Input(id)).find(|hop| hop.path == HopPath::ResMetric);
    push(lang, kind, measure.map_or(subject, |hop| &ledger.node(hop.from).resource))
}

fn push(lang: Lang, kind: &str, subject: &str) -> Option<String> {
    let (fr, en) = match kind {
        "load" => (format!("la charge de {subject} change"), format!("the load on {subject} changes")),
        "sign-in" => (
            format!("{subject} se présente à la console"),
            format!("{subject} comes to the console's sign-in page"),
        ),
        "link" => {
            ("un lien reçu par mail est ouvert".to_owned(), "a link received by mail is opened".to_owned())
        }
        "recurring" => (format!("un flot commence : {subject}"), format!("a flow begins: {subject}")),
        "throws" => (format!("panne : {subject} lève une erreur"), format!("fault: {subject} throws")),
        "times-out" => {
            (format!("panne : {subject} ne finit plus à temps"), format!("fault: {subject} times out"))
        }
        "throttled" => (format!("panne : {subject} est bridée"), format!("fault: {subject} is throttled")),
        "down" => (format!("panne : {subject} ne répond plus"), format!("fault: {subject} is down")),
        "duplicates" => (
            format!("panne : ce qui passe par {subject} arrive deux fois"),
            format!("fault: what goes through {subject} arrives twice"),
        ),
        "reorders" => (
            format!("panne : ce qui passe par {subject} arrive dans le désordre"),
            format!("fault: what goes through {subject} arrives out of order"),
        ),
        _ => return None,
    };
    Some(if lang == Lang::Fr { fr } else { en })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::FaultKind;

    #[test]
    fn every_fault_has_its_line_in_both_languages() {
        use FaultKind::{Down, Duplicates, Reorders, Throttled, Throws, TimesOut};
        for kind in [Throws, TimesOut, Throttled, Down, Duplicates, Reorders] {
            for lang in [Lang::Fr, Lang::En] {
                let line = push(lang, kind.as_str(), "amende-email").expect("a fault is told");
                assert!(line.contains("amende-email"), "{line}");
            }
        }
    }

    #[test]
    fn what_the_next_hop_tells_needs_no_line_of_its_own() {
        assert_eq!(push(Lang::En, "event", "EC2 Instance State-change Notification"), None);
    }
}
