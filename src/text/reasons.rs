//! Why something was refused, dropped or never sent, in a sentence for a learner.

use super::Lang;

/// The sentence of a reason code, or the code itself for one we do not know.
pub fn sentence(lang: Lang, code: &str) -> &str {
    let (fr, en) = match code {
        "no-logging-trail" => {
            ("aucune piste n'enregistre : le bus n'entend rien", "no trail is logging: the bus hears nothing")
        }
        "not-selected" => (
            "les sélecteurs de la piste l'écartent : elle ne le livre pas",
            "the trail's selectors leave it out: it is not delivered",
        ),
        "trail-stopped" => (
            "la piste est arrêtée : rien de ce silence ne sera livré plus tard",
            "the trail is stopped: nothing of this silence is delivered later",
        ),
        "data-events-off" => (
            "événement de données : aucune piste active ne l'a demandé, il n'est noté nulle part",
            "data event: no logging trail asked for it, so it is written nowhere",
        ),
        "read-only-not-offered" => (
            "appel de lecture : jamais proposé à une règle ENABLED",
            "read-only call: never offered to an ENABLED rule",
        ),
        "no-rule-matched" => (
            "aucune règle ne l'attendait : l'événement est perdu",
            "no rule was waiting for it: the event is gone",
        ),
        "rule-disabled" => ("la règle est désactivée", "the rule is disabled"),
        "pending-confirmation" => (
            "abonnement en attente de confirmation : rien ne part, rien ne sera renvoyé",
            "subscription pending confirmation: nothing is sent, nothing will be sent later",
        ),
        "no-subscriber" => ("le sujet n'a aucun abonné", "the topic has no subscriber"),
        "filtered-out" => (
            "la politique de filtrage n'a pas retenu ce message",
            "the filter policy did not accept this message",
        ),
        "pattern-not-matched" => {
            ("le motif du filtre ne correspond pas à la ligne", "the filter pattern does not match the line")
        }
        "no-metric-value" => (
            "la ligne correspond, mais le nombre ou la dimension attendus n'y sont pas",
            "the line matches, but the number or dimension wanted is not in it",
        ),
        "already-stored" => (
            "lignes déjà stockées avant le filtre : un filtre ne compte pas le passé",
            "lines stored before the filter: a filter does not count the past",
        ),
        "not-authorised" => (
            "refusé : la politique n'autorise pas l'expéditeur",
            "refused: the policy does not let the sender in",
        ),
        "kms-denied" => (
            "chiffré : la clé KMS n'admet pas l'expéditeur",
            "encrypted: the KMS key does not let the sender in",
        ),
        "kms-unusable" => (
            "chiffré : la clé KMS est désactivée ou supprimée",
            "encrypted: the KMS key is disabled or deleted",
        ),
        "role-not-assumed" => (
            "le rôle n'existe pas, ou ne fait pas confiance au service",
            "the role does not exist, or does not trust the service",
        ),
        "third-hop" => (
            "déjà relayé d'un bus à l'autre : un événement ne l'est pas deux fois",
            "sent on from bus to bus already: an event is not sent on twice",
        ),
        "source-inactive" => (
            "la source du partenaire n'est pas active : aucun bus ne l'écoute",
            "the partner's event source is not active: no bus listens to it",
        ),
        "no-resource" => ("le destinataire n'existe pas", "the addressee does not exist"),
        "no-action" => ("aucune action n'est prévue pour cet état", "no action is set for this state"),
        "actions-disabled" => {
            ("les actions de l'alarme sont désactivées", "the alarm's actions are disabled")
        }
        "actions-suppressed" => (
            "une autre alarme retient les actions de celle-ci",
            "another alarm holds this one's actions back",
        ),
        "not-recorded" => (
            "l'enregistreur Config est arrêté, ou ne suit pas ce type",
            "the Config recorder is off, or does not record this type",
        ),
        "not-in-scope" => {
            ("aucune règle Config ne juge cette ressource", "no Config rule judges this resource")
        }
        "unchanged-verdict" => {
            ("verdict inchangé : personne n'est prévenu", "same verdict as before: nobody is told")
        }
        "function-error" => ("la fonction a échoué", "the function failed"),
        "retries-exhausted" => ("les nouvelles tentatives sont épuisées", "the retries are used up"),
        "max-receives" => (
            "reçu plus souvent que `maxReceiveCount` ne l'admet : la file de rebut le garde",
            "received more often than `maxReceiveCount` allows: the dead-letter queue keeps it",
        ),
        "not-verified" => ("adresse non vérifiée auprès de SES", "address not verified in SES"),
        "call-refused" => ("le compte a refusé cet appel", "the account refused this call"),
        "recorded-daily" => (
            "l'enregistreur Config ne relève ce type qu'une fois par jour",
            "the Config recorder looks at this type once a day",
        ),
        "remediation-not-automatic" => (
            "la remédiation n'est pas automatique : quelqu'un doit la lancer",
            "the remediation is not automatic: somebody has to start it",
        ),
        "remediation-exception" => (
            "ressource exclue de la remédiation automatique",
            "the resource is excepted from automatic remediation",
        ),
        "phone-not-verified" => (
            "numéro non vérifié : dans le bac à sable SMS, il ne reçoit rien",
            "number not verified: in the SMS sandbox it receives nothing",
        ),
        "not-an-api-call" => (
            "pas un appel d'API : CloudTrail n'en note rien",
            "not an API call: CloudTrail notes nothing of it",
        ),
        "invalid-input" => (
            "le modèle d'entrée n'a pas donné un JSON valable : la cible ne reçoit rien",
            "the input template did not make valid JSON: the target receives nothing",
        ),
        "endpoint-down" => (
            "le destinataire est en panne : il répond par une erreur de serveur",
            "the addressee is down: it answers with a server error",
        ),
        "throttled" => (
            "bridé : trop de travail en même temps, il faudra réessayer",
            "throttled: too much at once, to be tried again",
        ),
        "event-too-old" => {
            ("l'événement a dépassé son âge maximal", "the event grew older than its maximum age")
        }
        "recursive-loop" => (
            "la fonction s'appelle elle-même en boucle : Lambda l'arrête",
            "the function keeps invoking itself: Lambda stops it",
        ),
        "runaway" => (
            "boucle : la chaîne se nourrit d'elle-même, Vigie la coupe",
            "loop: the chain feeds itself, so Vigie cuts it",
        ),
        other => (other, other),
    };
    match lang {
        Lang::Fr => fr,
        Lang::En => en,
    }
}
