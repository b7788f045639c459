//! Where a chain breaks: why, which condition or permission, what comes of it, and where an operator would see it.

use std::collections::BTreeMap;

use crate::{
    aws::{
        HopPath, Ledger, Reason, ServiceName,
        hop::Hop,
        note::{Fate, reasons as codes},
    },
    kernel::{Cause, HopId, NodeId, SimTime},
    text::{Lang, reasons},
};

/// What went wrong with something that travelled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Break {
    /// The reason, in a sentence.
    pub why: String,
    /// The particular case, in AWS's words, and the condition that failed.
    pub detail: String,
    /// What happens next: a retry, the lost-and-found, or nothing.
    pub next: String,
    /// Where it shows in a real account, if anywhere.
    pub shows: Option<String>,
}

/// Explains the fate of a hop; `clock` says a moment as the story counts.
pub fn explain(
    lang: Lang,
    ledger: &Ledger,
    hop: &Hop,
    fate: &Fate,
    clock: &dyn Fn(SimTime) -> String,
) -> Break {
    let reason = reason_of(fate);
    let next = match fate {
        Fate::Retried { attempt, .. } => again(lang, *attempt, next_try(ledger, hop, *attempt).map(clock)),
        Fate::DeadLettered(_) if lang == Lang::Fr => {
            "elle part à la file des lettres mortes : rien n'est perdu".to_owned()
        }
        Fate::DeadLettered(_) => "it goes to the dead-letter queue: nothing is lost".to_owned(),
        Fate::Dropped(_) => lost_because(lang, reason.code).to_owned(),
    };
    Break {
        why: reasons::sentence(lang, reason.code).to_owned(),
        detail: reason.detail.to_string(),
        next,
        shows: shows(lang, ledger, hop, reason.code),
    }
}

const fn reason_of(fate: &Fate) -> &Reason {
    match fate {
        Fate::Retried { reason, .. } | Fate::Dropped(reason) | Fate::DeadLettered(reason) => reason,
    }
}

fn again(lang: Lang, attempt: u32, at: Option<String>) -> String {
    let number = attempt + 1;
    match (lang, at) {
        (Lang::Fr, Some(at)) => format!("on réessaie : essai {number} à {at}"),
        (Lang::En, Some(at)) => format!("it is tried again: try {number} at {at}"),
        (Lang::Fr, None) => format!("on réessaie : essai {number} à suivre"),
        (Lang::En, None) => format!("it is tried again: try {number} follows"),
    }
}

/// When the wait that a failed attempt began is over: each wait is a hop caused by the one before it.
fn next_try(ledger: &Ledger, hop: &Hop, attempt: u32) -> Option<SimTime> {
    let wait_after =
        |cause: HopId| ledger.effects(Cause::Hop(cause)).find(|effect| effect.path == HopPath::Retry);
    let mut wait = wait_after(hop.id)?;
    for _ in 1..attempt {
        wait = wait_after(wait.id)?;
    }
    Some(wait.due_at)
}

fn lost_because(lang: Lang, code: &str) -> &'static str {
    let (fr, en) = match code {
        codes::RETRIES_EXHAUSTED | codes::FUNCTION_ERROR => (
            "les essais sont épuisés, et il n'y a ni destination d'échec ni file des lettres mortes : perdue",
            "the tries are used up, and there is no failure destination and no dead-letter queue: lost",
        ),
        codes::RUNAWAY => (
            "Vigie arrête ici cette chaîne ; un vrai compte continuerait, et paierait",
            "Vigie stops this chain here; a real account would go on, and pay",
        ),
        codes::RECURSIVE_LOOP => {
            ("Lambda arrête la boucle : l'événement est perdu", "Lambda stops the loop: the event is lost")
        }
        codes::NOT_AUTHORISED | codes::KMS_DENIED | codes::KMS_UNUSABLE | codes::ROLE_NOT_ASSUMED => (
            "un refus de permission ne guérit pas tout seul : personne ne réessaie, elle est perdue",
            "a missing permission does not heal by itself: nobody tries again, it is lost",
        ),
        _ => ("personne ne réessaie : elle est perdue", "nobody tries again: it is lost"),
    };
    if lang == Lang::Fr { fr } else { en }
}

/// Where an operator finds the trace of it.
fn shows(lang: Lang, ledger: &Ledger, hop: &Hop, code: &str) -> Option<String> {
    let (from, to) = (ledger.node(hop.from), ledger.node(hop.to));
    let (rule, function) = (&from.resource, &to.resource);
    let of_the_code = matches!(code, codes::FUNCTION_ERROR | codes::RETRIES_EXHAUSTED);
    let (fr, en) = match hop.path {
        // A real account has no such brake, and so nothing that shows it.
        _ if code == codes::RUNAWAY => return None,
        _ if of_the_code && to.service == ServiceName::Lambda => (
            format!("la métrique Errors de {function} et son journal ; la tour, elle, croit avoir livré"),
            format!("the metric Errors of {function} and its log; the tower thinks it has delivered"),
        ),
        // Lambda took the event before it found no room for it.
        _ if code == codes::THROTTLED && to.service == ServiceName::Lambda => (
            format!("la métrique Throttles de {function} ; la tour, elle, croit avoir livré"),
            format!("the metric Throttles of {function}; the tower thinks it has delivered"),
        ),
        _ if code == codes::RECURSIVE_LOOP => (
            format!("la métrique RecursiveInvocationsDropped de {function}"),
            format!("the metric RecursiveInvocationsDropped of {function}"),
        ),
        HopPath::BusSns
        | HopPath::BusLambda
        | HopPath::BusSqs
        | HopPath::BusLogs
        | HopPath::BusKinesis
        | HopPath::BusBus => (
            format!("la métrique FailedInvocations de la règle {rule}"),
            format!("the metric FailedInvocations of rule {rule}"),
        ),
        HopPath::AlarmSns | HopPath::AlarmLambda => (
            format!("l'historique de l'alarme {rule} : « Failed to execute action »"),
            format!("the history of alarm {rule}: “Failed to execute action”"),
        ),
        HopPath::SnsSub => (
            format!("la métrique NumberOfNotificationsFailed du sujet {rule}"),
            format!("the metric NumberOfNotificationsFailed of topic {rule}"),
        ),
        HopPath::TrailS3 | HopPath::TrailLogs => (
            "GetTrailStatus : LatestDeliveryError".to_owned(),
            "GetTrailStatus: LatestDeliveryError".to_owned(),
        ),
        _ => return None,
    };
    Some(if lang == Lang::Fr { fr } else { en })
}

/// One condition that was not met: ` · field : wanted …, found …`.
pub fn condition(lang: Lang, field: &str, wanted: &str, found: Option<&str>) -> String {
    match (lang, found) {
        (Lang::Fr, Some(found)) => format!(" · {field} : attendu {wanted}, trouvé {found}"),
        (Lang::Fr, None) => format!(" · {field} : attendu {wanted}, absent"),
        (Lang::En, Some(found)) => format!(" · {field}: wanted {wanted}, found {found}"),
        (Lang::En, None) => format!(" · {field}: wanted {wanted}, absent"),
    }
}

/// Which turn of a loop a delivery to a function is, if the function's own act is among its causes.
pub fn turn(ledger: &Ledger, hop: &Hop) -> Option<usize> {
    is_delivery(ledger, hop).then(|| turns(ledger, hop)).filter(|turns| *turns > 1)
}

/// How often one function has been sent out on the way to a hop, the hop itself included.
pub fn turns(ledger: &Ledger, hop: &Hop) -> usize {
    let above = ledger.causes(hop.id).filter_map(|cause| match cause {
        Cause::Hop(above) => Some(ledger.hop(above)),
        Cause::Input(_) => None,
    });
    let mut sent: BTreeMap<NodeId, usize> = BTreeMap::new();
    for delivery in std::iter::once(hop).chain(above).filter(|hop| is_delivery(ledger, hop)) {
        *sent.entry(delivery.to).or_default() += 1;
    }
    sent.into_values().max().unwrap_or_default()
}

fn is_delivery(ledger: &Ledger, hop: &Hop) -> bool {
    // A retry or a loss goes from the function to itself.
    ledger.node(hop.to).service == ServiceName::Lambda && hop.from != hop.to
}

/// That a delivery is one more turn of a loop.
pub fn in_a_loop(lang: Lang, turn: usize) -> String {
    match lang {
        Lang::Fr => format!("  ↻ {turn}e passage : l'unité répond à son propre acte"),
        Lang::En => format!("  ↻ turn {turn}: the unit answers its own act"),
    }
}

/// A hop that is a retry.
pub(super) fn another_try(lang: Lang, who: &str, error: &str) -> (String, String) {
    match lang {
        Lang::Fr => {
            (format!("Le colis de {who} fait demi-tour : on réessaiera."), format!("nouvel essai · {error}"))
        }
        Lang::En => {
            (format!("{who}'s parcel turns back: it will be tried again."), format!("retry · {error}"))
        }
    }
}

/// A hop to where undeliverable mail waits.
pub(super) fn set_aside(lang: Lang, from: &str, to: &str, error: &str) -> (String, String) {
    match lang {
        Lang::Fr => (
            format!("Le colis de {from} attend aux objets trouvés : {to}."),
            format!("{to} · lettre morte · {error}"),
        ),
        Lang::En => (
            format!("{from}'s parcel waits at the lost-and-found: {to}."),
            format!("{to} · dead letter · {error}"),
        ),
    }
}

/// A hop into the ditch.
pub(super) fn lost(lang: Lang, from: &str, error: &str) -> (String, String) {
    match lang {
        Lang::Fr => (format!("Le colis de {from} finit au fossé."), format!("perdu · {error}")),
        Lang::En => (format!("{from}'s parcel ends in the ditch."), format!("lost · {error}")),
    }
}
