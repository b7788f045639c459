//! A condition in one line, for a learner to read.

use super::super::{
    model::{
        Condition,
        condition::{
            AlarmCondition, CallCondition, CostCondition, FateWord, HopCondition, InvokedCondition,
            MailCondition, MailWord, Verdict,
        },
    },
    words::Text,
};

/// The condition in one line.
pub fn describe(condition: &Condition) -> Text {
    let text = inner(condition);
    match &condition.within {
        Some(world) => Text::new(
            format!("{} (dans « {} »)", text.fr, world.value),
            format!("{} (in “{}”)", text.en, world.value),
        ),
        None => text,
    }
}

fn inner(condition: &Condition) -> Text {
    if let Some(never) = &condition.never {
        let text = describe(never);
        Text::new(format!("pas vrai que : {}", text.fr), format!("not true that: {}", text.en))
    } else if let Some(options) = &condition.any {
        let texts: Vec<Text> = options.iter().map(|option| describe(option)).collect();
        let join = |pick: fn(&Text) -> &str, or: &str| texts.iter().map(pick).collect::<Vec<_>>().join(or);
        Text::new(join(|text| &text.fr, ", ou bien "), join(|text| &text.en, ", or else "))
    } else if let Some(hop) = &condition.hop {
        of_hop(hop)
    } else if let Some(alarm) = &condition.alarm {
        of_alarm(alarm)
    } else if let Some(mail) = &condition.mail {
        of_mail(mail)
    } else if let Some(call) = &condition.call {
        of_call(call)
    } else if let Some(invoked) = &condition.invoked {
        of_invoked(invoked)
    } else if let Some(compliance) = &condition.compliance {
        let (resource, rule, is) =
            (&compliance.resource.value, &compliance.rule.value, compliance.is.as_str());
        Text::new(
            format!("`{resource}` est {is} pour `{rule}`"),
            format!("`{resource}` is {is} for `{rule}`"),
        )
    } else if let Some(query) = &condition.query {
        let part = query.jmespath.as_ref().map_or_else(String::new, |path| format!(" · {}", path.value));
        Text::new(
            format!("`{}`{part} répond {}", query.aws.value, query.equals),
            format!("`{}`{part} answers {}", query.aws.value, query.equals),
        )
    } else if let Some(chain) = &condition.chain {
        let chain = chain.iter().map(|path| path.value.as_str()).collect::<Vec<_>>().join(" ← ");
        Text::new(format!("la chaîne {chain}"), format!("the chain {chain}"))
    } else if let Some(matches) = &condition.matches {
        let steps = matches.exactly.iter().map(|step| step.value.as_str()).collect::<Vec<_>>().join(", ");
        let rule = &matches.rule.value;
        Text::new(
            format!("la règle `{rule}` retient exactement : {steps}"),
            format!("rule `{rule}` matches exactly: {steps}"),
        )
    } else if let Some(cost) = &condition.cost {
        of_cost(cost)
    } else if let Some(opened) = &condition.opened {
        let of = opened.of.as_ref().map_or_else(String::new, |of| format!(" · {of}"));
        match (opened.view.as_str(), &opened.of) {
            ("why", Some(path)) => Text::new(
                format!("vous avez demandé le pourquoi de {path}"),
                format!("you asked why of {path}"),
            ),
            (view, _) => {
                Text::new(format!("vous avez ouvert « {view}{of} »"), format!("you opened “{view}{of}”"))
            }
        }
    } else if let Some(answers) = &condition.answer {
        let list = answers
            .iter()
            .map(|(question, letter)| format!("{}: {}", question.value, letter.value))
            .collect::<Vec<_>>();
        let list = list.join(", ");
        Text::new(format!("réponses {list}"), format!("answers {list}"))
    } else {
        Text::new("condition vide", "empty condition")
    }
}

/// `fois` and `times`, with how many.
fn times(count: Option<u64>, at_most: Option<u64>, at_least: Option<u64>) -> Text {
    let once = |number: u64| if number == 1 { "once".to_owned() } else { format!("{number} times") };
    match (count, at_most, at_least) {
        (Some(count), ..) => Text::new(format!("{count} fois"), once(count)),
        (None, Some(most), Some(least)) => {
            Text::new(format!("de {least} à {most} fois"), format!("{least} to {most} times"))
        }
        (None, Some(most), None) => {
            Text::new(format!("au plus {most} fois"), format!("at most {}", once(most)))
        }
        (None, None, least) => {
            let least = least.unwrap_or(1);
            Text::new(format!("au moins {least} fois"), format!("at least {}", once(least)))
        }
    }
}

fn of_cost(cost: &CostCondition) -> Text {
    let meter = &cost.meter.value;
    let bound = |bound: Option<f64>, fr: &str, en: &str| match bound {
        Some(amount) => Text::new(format!(" {fr} ≈ {amount} $"), format!(" {en} ≈ ${amount}")),
        None => Text::new("", ""),
    };
    let least = bound(cost.at_least, "au moins", "at least");
    let most = bound(cost.at_most, "au plus", "at most");
    Text::new(
        format!("le compteur `{meter}` :{}{}", least.fr, most.fr),
        format!("the meter `{meter}`:{}{}", least.en, most.en),
    )
}

fn of_hop(hop: &HopCondition) -> Text {
    let (mut fr, mut en) = (format!("saut `{}`", hop.path.value), format!("hop `{}`", hop.path.value));
    let mut add = |more_fr: String, more_en: String| {
        fr.push_str(&more_fr);
        en.push_str(&more_en);
    };
    if let Some(from) = &hop.from {
        add(format!(" de `{}`", from.value), format!(" from `{}`", from.value));
    }
    if let Some(to) = &hop.to {
        add(format!(" vers `{}`", to.value), format!(" to `{}`", to.value));
    }
    if let Some(title) = &hop.title {
        add(format!(" « {title} »"), format!(" “{title}”"));
    }
    if hop.verdict == Some(Verdict::NoMatch) {
        add(" sans correspondance".into(), " without a match".into());
    }
    match hop.fate {
        Some(FateWord::Delivered) => add(" livré".into(), " delivered".into()),
        Some(FateWord::Retried) => add(" réessayé".into(), " retried".into()),
        Some(FateWord::Dropped) => add(" perdu".into(), " dropped".into()),
        Some(FateWord::DeadLettered) => add(" mis au rebut".into(), " dead-lettered".into()),
        None => {}
    }
    if let Some(of) = &hop.of {
        add(format!(" causé par `{}`", of.value), format!(" caused by `{}`", of.value));
    }
    if let Some(within) = hop.within {
        add(format!(" en moins de {within}"), format!(" within {within}"));
    }
    let times = times(hop.count, hop.at_most, hop.at_least);
    Text::new(format!("{fr}, {}", times.fr), format!("{en}, {}", times.en))
}

fn of_alarm(alarm: &AlarmCondition) -> Text {
    let (name, state) = (&alarm.name.value, alarm.is.as_str());
    match alarm.first_at {
        None => Text::new(format!("l'alarme `{name}` est à {state}"), format!("alarm `{name}` is {state}")),
        Some(time) => Text::new(
            format!("l'alarme `{name}` passe pour la première fois à {state} au point de {time}"),
            format!("alarm `{name}` first goes to {state} at the datapoint of {time}"),
        ),
    }
}

fn of_mail(mail: &MailCondition) -> Text {
    let (mut fr, mut en) = match mail.kind {
        Some(MailWord::Confirmation) => {
            ("un courrier de confirmation".to_owned(), "a confirmation mail".to_owned())
        }
        Some(MailWord::Personal) => ("un courrier personnel".to_owned(), "a personal mail".to_owned()),
        Some(MailWord::Notification) => ("une notification".to_owned(), "a notification".to_owned()),
        None => ("un courrier".to_owned(), "a mail".to_owned()),
    };
    if let Some(subject) = &mail.subject {
        fr = format!("{fr} « {subject} »");
        en = format!("{en} “{subject}”");
    }
    if let Some(of) = &mail.of {
        fr = format!("{fr} causé par `{}`", of.value);
        en = format!("{en} caused by `{}`", of.value);
    }
    let times = times(mail.count, mail.at_most, mail.at_least);
    let to = &mail.to.value;
    Text::new(format!("{fr} pour {to}, {}", times.fr), format!("{en} for {to}, {}", times.en))
}

fn of_call(call: &CallCondition) -> Text {
    let event = call.event.as_ref().map_or("*", |event| event.value.as_str());
    let (mut fr, mut en) = (format!("appel `{event}`"), format!("call `{event}`"));
    if let Some(by) = &call.by {
        fr = format!("{fr} par {}", by.value);
        en = format!("{en} by {}", by.value);
    }
    if let Some(error) = &call.error {
        fr = format!("{fr} refusé ({error})");
        en = format!("{en} refused ({error})");
    }
    if let Some(reaches) = &call.reaches {
        fr = format!("{fr} qui mène à `{}`", reaches.value);
        en = format!("{en} that leads to `{}`", reaches.value);
    }
    if let Some(of) = &call.of {
        fr = format!("{fr} causé par `{}`", of.value);
        en = format!("{en} caused by `{}`", of.value);
    }
    let times = times(call.count, call.at_most, call.at_least);
    Text::new(format!("{fr}, {}", times.fr), format!("{en}, {}", times.en))
}

fn of_invoked(invoked: &InvokedCondition) -> Text {
    let (mut fr, mut en) = (
        format!("la fonction `{}` s'exécute", invoked.function.value),
        format!("function `{}` runs", invoked.function.value),
    );
    if let Some(of) = &invoked.of {
        fr = format!("{fr} à cause de `{}`", of.value);
        en = format!("{en} because of `{}`", of.value);
    }
    let times = times(invoked.count, invoked.at_most, invoked.at_least);
    Text::new(format!("{fr}, {}", times.fr), format!("{en}, {}", times.en))
}
