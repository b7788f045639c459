//! Every hop in two sentences: what it looks like in the town, and what it is in the cloud.

pub mod breaks;
pub mod world;

use serde_json::Value;

use crate::{
    aws::{Ledger, Payload, hop::Hop, hop::HopPath, note::NearMiss, payload::Datapoint, record::actor},
    text::{Lang, format, reasons},
};

/// km/h shown per percent of CPU, so that 80 % reads 110 km/h (scenario catalogue §0).
pub const KM_PER_HOUR_PER_PERCENT: f64 = 1.375;

/// What a CPU percentage reads on the radar, in whole km/h.
pub fn km_per_hour(cpu_percent: f64) -> u32 {
    (cpu_percent * KM_PER_HOUR_PER_PERCENT).round().clamp(0.0, 999.0) as u32
}

/// One moment, in both vocabularies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caption {
    pub city: String,
    pub cloud: String,
}

/// The caption of a hop.
pub fn caption(lang: Lang, ledger: &Ledger, hop: &Hop) -> Caption {
    let (from, to) = (&ledger.node(hop.from).resource, &ledger.node(hop.to).resource);
    let title = hop.payload.title();
    let body = hop.payload.body();
    let say = |fr: String, en: String| if lang == Lang::Fr { fr } else { en };
    let (city, cloud) = match hop.path {
        HopPath::ApiTrail => act(lang, &title, &body),
        HopPath::TrailBus => (
            say("La radio de la police prévient la tour.".into(), "The police radio calls the tower.".into()),
            say(format!("{title} arrive sur le bus {to}"), format!("{title} reaches bus {to}")),
        ),
        HopPath::TrailS3 => (
            say(
                "La police range une copie aux archives.".into(),
                "The police file a copy in the archives.".into(),
            ),
            say(format!("fichier de journal · {title} → {to}"), format!("log file · {title} → {to}")),
        ),
        HopPath::TrailLogs => (
            say("Une copie part à la salle de contrôle.".into(), "A copy goes to the control room.".into()),
            say(format!("{title} → groupe de journaux {to}"), format!("{title} → log group {to}")),
        ),
        HopPath::LogsMetric => (
            say("La salle de contrôle compte une ligne.".into(), "The control room counts a line.".into()),
            say(
                format!("filtre de métrique · {from} · {title}"),
                format!("metric filter · {from} · {title}"),
            ),
        ),
        HopPath::ResMetric => measure(lang, from, &hop.payload),
        HopPath::MetricAlarm => alarm(lang, to, &title, &body),
        HopPath::AlarmSns => (
            say("Le radar écrit à la poste.".into(), "The radar writes to the post office.".into()),
            say(format!("action de {from} → sujet {to}"), format!("action of {from} → topic {to}")),
        ),
        HopPath::AlarmBus => (
            say("Le radar appelle la tour.".into(), "The radar calls the tower.".into()),
            format!("CloudWatch Alarm State Change · {from} → bus {to}"),
        ),
        HopPath::AlarmLambda => (
            say(format!("Le radar appelle l'unité {to}."), format!("The radar calls the {to} unit.")),
            say(format!("action de {from} → fonction {to}"), format!("action of {from} → function {to}")),
        ),
        HopPath::ApiConfig => (
            say(
                format!("Le garage remplit une fiche pour {from}."),
                format!("The garage files a sheet for {from}."),
            ),
            say(
                format!("élément de configuration {title} · {from}"),
                format!("configuration item {title} · {from}"),
            ),
        ),
        HopPath::ConfigRule => verdict(lang, from, to, &body),
        HopPath::ConfigBus => (
            say(
                "Le garage signale le changement à la tour.".into(),
                "The garage reports the change to the tower.".into(),
            ),
            format!(
                "{} · {from} · {title}",
                body.get("detail-type").and_then(Value::as_str).unwrap_or("Config Rules Compliance Change")
            ),
        ),
        HopPath::ConfigSns => (
            say("Le garage écrit à la poste.".into(), "The garage writes to the post office.".into()),
            say(format!("canal de livraison → sujet {to}"), format!("delivery channel → topic {to}")),
        ),
        HopPath::BusRule => rule(lang, to, &title, &body),
        HopPath::BusSns => (
            say("La tour écrit à la poste.".into(), "The tower writes to the post office.".into()),
            say(format!("cible de {from} → sujet {to}"), format!("target of {from} → topic {to}")),
        ),
        HopPath::BusLambda => (
            say(format!("La tour envoie l'unité {to}."), format!("The tower sends out the {to} unit.")),
            say(format!("cible de {from} → fonction {to}"), format!("target of {from} → function {to}")),
        ),
        HopPath::LambdaApi => unit_acts(lang, from, &title, &body),
        HopPath::AlarmApi => (
            say(format!("Le radar agit sur {to} : {title}."), format!("The radar acts on {to}: {title}.")),
            say(
                format!("action d'alarme de {from} : appel {title}"),
                format!("alarm action of {from}: call {title}"),
            ),
        ),
        HopPath::ConfigS3 => (
            say(
                format!("Le garage range ses fiches dans {to}."),
                format!("The garage stores its sheets in {to}."),
            ),
            format!("{title} → {to}"),
        ),
        HopPath::ConfigLambda => (
            say(
                format!("Le garage demande l'avis de l'unité {to}."),
                format!("The garage asks the {to} unit for its opinion."),
            ),
            say(format!("règle {title} → fonction {to}"), format!("rule {title} → function {to}")),
        ),
        HopPath::ConfigApi => (
            say(
                format!("Le garage fait réparer : {title}."),
                format!("The garage has it repaired: {title}."),
            ),
            say(
                format!("remédiation de {from} : appel {title}"),
                format!("remediation of {from}: call {title}"),
            ),
        ),
        HopPath::LambdaEmail | HopPath::AppEmail => (
            say(format!("L'unité remet un pli à {to}."), format!("The unit hands a letter to {to}.")),
            say(format!("SES → {to} · « {title} »"), format!("SES → {to} · “{title}”")),
        ),
        HopPath::LambdaLogs => (
            say("L'unité rend son rapport.".into(), "The unit files its report.".into()),
            say(format!("lignes de {from} → {to}"), format!("lines of {from} → {to}")),
        ),
        HopPath::LambdaMetric => (
            say("L'unité compte ses sorties.".into(), "The unit counts its runs.".into()),
            format!("{from} · {title}"),
        ),
        HopPath::AppBus => (
            say("Une application écrit à la tour.".into(), "An application writes to the tower.".into()),
            format!("PutEvents · {title} → bus {to}"),
        ),
        HopPath::ResBus => (
            say(format!("{from} donne de ses nouvelles à la tour."), format!("{from} reports to the tower.")),
            format!("{from} · {title} → bus {to}"),
        ),
        HopPath::AppSns => (
            say("Quelqu'un écrit à la poste.".into(), "Somebody writes to the post office.".into()),
            say(format!("Publish → sujet {to} · « {title} »"), format!("Publish → topic {to} · “{title}”")),
        ),
        HopPath::AppLogs => (
            say("Une application tient son journal.".into(), "An application keeps its log.".into()),
            say(format!("{title} → groupe de journaux {to}"), format!("{title} → log group {to}")),
        ),
        HopPath::AppLambda => (
            say(format!("Quelqu'un envoie l'unité {to}."), format!("Somebody sends out the {to} unit.")),
            say(format!("Invoke → fonction {to}"), format!("Invoke → function {to}")),
        ),
        HopPath::BusSqs | HopPath::BusKinesis | HopPath::BusLogs => (
            say(
                format!("La tour pose une enveloppe dans la file {to}."),
                format!("The tower leaves an envelope in the {to} lot."),
            ),
            say(format!("cible de {from} → {to}"), format!("target of {from} → {to}")),
        ),
        HopPath::BusBus => (
            say("La tour appelle une autre tour.".into(), "The tower calls another tower.".into()),
            say(format!("cible de {from} → bus {to}"), format!("target of {from} → bus {to}")),
        ),
        HopPath::Retry => breaks::another_try(lang, from, &title),
        HopPath::DeadLetter => breaks::set_aside(lang, from, to, &title),
        HopPath::Drop => breaks::lost(lang, from, &title),
        HopPath::SnsSub => (
            say(format!("Le facteur livre à {to}."), format!("The postman delivers to {to}.")),
            say(format!("{from} → {to} · « {title} »"), format!("{from} → {to} · “{title}”")),
        ),
        other => (
            say(
                format!("Une enveloppe va de {from} à {to}."),
                format!("An envelope goes from {from} to {to}."),
            ),
            format!("{other} · {title}"),
        ),
    };
    Caption { city, cloud }
}

/// A unit's own act, and what the account says to it.
fn unit_acts(lang: Lang, unit: &str, event: &str, body: &Value) -> (String, String) {
    let refused = body.get("errorCode").and_then(Value::as_str);
    match (lang, refused) {
        (Lang::Fr, None) => (format!("L'unité agit : {event}."), format!("{unit} appelle {event}")),
        (Lang::En, None) => (format!("The unit acts: {event}."), format!("{unit} calls {event}")),
        (Lang::Fr, Some(code)) => (
            format!("L'unité veut agir, et se voit refuser {event}."),
            format!("{unit} appelle {event} · refusé : {code}"),
        ),
        (Lang::En, Some(code)) => (
            format!("The unit wants to act, and is refused {event}."),
            format!("{unit} calls {event} · refused: {code}"),
        ),
    }
}

/// The caption of something that did not travel.
pub fn near_miss(lang: Lang, miss: &NearMiss) -> String {
    let reason = reasons::sentence(lang, miss.reason.code);
    let colon = lang.colon();
    if miss.from == miss.to {
        return format!("✗ {}{colon} {reason}", miss.from.resource);
    }
    format!("✗ {} → {}{colon} {reason}", miss.from.resource, miss.to.resource)
}

fn act(lang: Lang, event: &str, record: &Value) -> (String, String) {
    let who = actor(record);
    let error = record.get("errorCode").and_then(Value::as_str);
    match (lang, error) {
        (Lang::Fr, None) => (
            format!("La police note dans son carnet : {event}, par {who}."),
            format!("{event} · {who} · historique"),
        ),
        (Lang::Fr, Some(error)) => (
            format!("La police note aussi les refus : {event}, par {who}."),
            format!("{event} · {who} · refusé : {error}"),
        ),
        (Lang::En, None) => (
            format!("The police write it down: {event}, by {who}."),
            format!("{event} · {who} · event history"),
        ),
        (Lang::En, Some(error)) => (
            format!("The police write refusals down too: {event}, by {who}."),
            format!("{event} · {who} · refused: {error}"),
        ),
    }
}

fn measure(lang: Lang, resource: &str, payload: &Payload) -> (String, String) {
    let Payload::Datapoint(point) = payload else {
        return (String::new(), String::new());
    };
    let Datapoint { metric_name, value, .. } = point.as_ref();
    if &**metric_name == "CPUUtilization" {
        let speed = km_per_hour(*value);
        let percent = format::percent(lang, *value);
        let city = match lang {
            Lang::Fr => format!("Le radar lit {speed} km/h sur {resource}."),
            Lang::En => format!("The radar reads {speed} km/h on {resource}."),
        };
        return (city, format!("CPUUtilization = {percent} · {resource}"));
    }
    let shown = format::number(lang, *value);
    let city = match lang {
        Lang::Fr => format!("La caméra mesure {resource}."),
        Lang::En => format!("The camera measures {resource}."),
    };
    (city, format!("{metric_name} = {shown} · {resource}"))
}

fn alarm(lang: Lang, alarm: &str, title: &str, body: &Value) -> (String, String) {
    let state = body
        .get("NewStateValue")
        .or_else(|| body.pointer("/state/value"))
        .and_then(Value::as_str)
        .unwrap_or_default();
    let state = if state.is_empty() { title.rsplit('→').next().unwrap_or_default() } else { state };
    let was_blind = title.starts_with("INSUFFICIENT_DATA");
    let city = match (lang, state.trim()) {
        (Lang::Fr, "OK") if was_blind => "Le radar a de quoi juger : tout va bien.".to_owned(),
        (Lang::En, "OK") if was_blind => "The radar has enough to judge: all is well.".to_owned(),
        (Lang::Fr, "ALARM") => "Le radar sonne.".to_owned(),
        (Lang::Fr, "OK") => "Le radar se tait : tout est rentré dans l'ordre.".to_owned(),
        (Lang::Fr, _) => "Le radar ne voit plus assez pour juger.".to_owned(),
        (Lang::En, "ALARM") => "The radar rings.".to_owned(),
        (Lang::En, "OK") => "The radar falls silent: all is well again.".to_owned(),
        (Lang::En, _) => "The radar no longer sees enough to judge.".to_owned(),
    };
    (city, format!("{alarm} : {title}"))
}

fn verdict(lang: Lang, resource: &str, rule: &str, body: &Value) -> (String, String) {
    let compliance = body
        .get("complianceType")
        .or_else(|| body.get("verdict"))
        .and_then(Value::as_str)
        .unwrap_or_default();
    let mark = match compliance {
        "COMPLIANT" => "✓",
        "NON_COMPLIANT" => "✗",
        _ => "?",
    };
    let city = match lang {
        Lang::Fr => format!("L'inspecteur vérifie {rule} sur {resource} : {mark}"),
        Lang::En => format!("The inspector checks {rule} on {resource}: {mark}"),
    };
    (city, format!("{rule} · {resource} · {compliance} {mark}"))
}

/// Whether a `bus>rule` hop says that the rule matched.
pub fn rule_matched(payload: &Payload) -> bool {
    let body = payload.body();
    body.get("verdict").and_then(Value::as_str) == Some("match")
        || body.get("matched").and_then(Value::as_bool) == Some(true)
}

fn rule(lang: Lang, rule: &str, title: &str, body: &Value) -> (String, String) {
    let matched = body.get("verdict").and_then(Value::as_str) == Some("match")
        || body.get("matched").and_then(Value::as_bool) == Some(true);
    match (lang, matched) {
        (Lang::Fr, true) => (
            format!("La tour reconnaît l'enveloppe : consigne {rule}."),
            format!("{rule} ✓ motif vrai · {title}"),
        ),
        (Lang::Fr, false) => (
            format!("La tour compare avec {rule} : pas pour elle."),
            format!("{rule} ✗ motif faux · {title}{}", first_difference(lang, body)),
        ),
        (Lang::En, true) => (
            format!("The tower knows this envelope: order {rule}."),
            format!("{rule} ✓ pattern matches · {title}"),
        ),
        (Lang::En, false) => (
            format!("The tower compares with {rule}: not for it."),
            format!("{rule} ✗ no match · {title}{}", first_difference(lang, body)),
        ),
    }
}

/// The first field of a pattern that an event does not satisfy: what was wanted, what was there.
fn first_difference(lang: Lang, body: &Value) -> String {
    let fields = body.get("fields").and_then(Value::as_array).into_iter().flatten();
    let decides = |field: &&Value| {
        field.get("decides").and_then(Value::as_bool) != Some(false)
            && field.get("outcome").and_then(Value::as_str) != Some("ok")
    };
    let Some(field) = fields.clone().find(decides) else { return String::new() };
    let text = |key: &str| field.get(key).and_then(Value::as_str);
    let path = text("path").unwrap_or_default();
    breaks::condition(lang, path, text("wants").unwrap_or_default(), text("has"))
}
