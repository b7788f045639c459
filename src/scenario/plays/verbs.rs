//! What each verb of a step does, in small stories.

use super::{codes_of, player, proved, report};
use crate::{aws::HopPath, scenario::diagnostic::codes, text::Lang};

/// A town with an application's log and a topic in addition, and nothing happening.
const TOWN: &str = "vigie: 1
id: ville
title: {fr: Ville, en: Town}
hook: {fr: Une ville., en: A town.}
objective: {fr: Voir., en: See.}
base: city-base
account:
  Resources:
    Journal: {Type: 'AWS::Logs::LogGroup', Properties: {LogGroupName: /appli}}
    Alertes: {Type: 'AWS::SNS::Topic', Properties: {TopicName: alertes}}
people:
  voleur: {key_of: amina, from: 198.51.100.66}
  robot-deploiement/portable: {from: 198.51.100.7}
worlds:
  autre: {before: ['sns create-topic --name autres']}
story:
STORY
expect:
EXPECT
";

fn town(story: &str, expect: &str) -> String {
    TOWN.replace("STORY\n", story).replace("EXPECT\n", expect)
}

/// `userIdentity.type`, the ARN's end and the address of the first record of the story.
fn first_actor(story: &str) -> (String, String, String) {
    let mut player = player(&town(story, "  - {any: []}\n"));
    player.play_through().expect("it plays");
    let ledger = player.engine().ledger();
    let since = player.since().at;
    let hop = ledger.hops().iter().find(|hop| hop.path == HopPath::ApiTrail && hop.sent_at >= since);
    let body = hop.expect("a record").payload.body().into_owned();
    let text =
        |pointer: &str| body.pointer(pointer).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
    let arn = text("/userIdentity/arn");
    let end = arn.rsplit(':').next().unwrap_or_default().to_owned();
    (text("/userIdentity/type"), end, text("/sourceIPAddress"))
}

#[test]
fn a_person_a_session_of_a_role_and_a_stolen_key_act_each_in_their_name() {
    let acts = |who: &str| first_actor(&format!("  - {{as: {who}, aws: ec2 describe-instances}}\n"));

    let said = |kind: &str, arn: &str, from: &str| (kind.to_owned(), arn.to_owned(), from.to_owned());
    assert_eq!(acts("amina"), said("IAMUser", "user/amina", "203.0.113.10"));
    assert_eq!(acts("voleur"), said("IAMUser", "user/amina", "198.51.100.66"));
    assert_eq!(
        acts("robot-deploiement/portable"),
        said("AssumedRole", "assumed-role/robot-deploiement/portable", "198.51.100.7")
    );
}

#[test]
fn nobody_acts_who_is_not_there() {
    let report =
        report(&town("  - {as: amnia, aws: ec2 describe-instances}\n", "  - {call: {event: '*'}}\n"));
    let drawn = report.render(Lang::En, false);
    assert!(drawn.contains("did you mean `amina`?"), "{drawn}");

    let session =
        town("  - {as: amina/portable, aws: ec2 describe-instances}\n", "  - {call: {event: '*'}}\n");
    assert_eq!(codes_of(&session), [codes::UNKNOWN_NAME]);
}

#[test]
fn an_act_happens_in_the_region_of_its_step() {
    proved(&town(
        "  - {id: loin, as: amina, region: us-east-1, aws: sns create-topic --name loin}\n",
        "  - {query: {aws: 'sns list-topics --region us-east-1', jmespath: 'length(Topics)', equals: 1}}\n",
    ));
    let nowhere = town(
        "  - {as: amina, region: us-est-1, aws: sns create-topic --name loin}\n",
        "  - {call: {event: CreateTopic}}\n",
    );
    assert_eq!(codes_of(&nowhere), [codes::UNKNOWN_NAME]);
}

#[test]
fn a_logical_id_stands_in_one_region() {
    let twice = town("  - {say: {fr: Rien., en: Nothing.}}\n", "  - {never: {call: {event: '*'}}}\n").replace(
        "people:\n",
        "elsewhere:\n  us-east-1: {Resources: {Alertes: {Type: 'AWS::SNS::Topic', Properties: {TopicName: loin}}}}\npeople:\n",
    );
    assert_eq!(codes_of(&twice), [codes::DUPLICATE_NAME]);
}

#[test]
fn an_application_writes_its_lines_one_after_the_other() {
    let text = town(
        "  - {id: lignes, log: {group: /appli, template: 'essai <n> <lent|rapide>', count: 3, every: 10s}}\n",
        "  - {hop: {path: 'app>logs', to: /appli, of: lignes, count: 3}}\n  \
           - {query: {aws: 'logs filter-log-events --log-group-name /appli', jmespath: 'events[2].timestamp', equals: 1772442020000}}\n  \
           - {query: {aws: 'logs filter-log-events --log-group-name /appli', jmespath: 'starts_with(events[2].message, `\"essai 3\"`)', equals: true}}\n",
    );
    proved(&text);

    assert_eq!(codes_of(&text.replace("log: {group: /appli,", "log: {group: /apli,")), [codes::UNKNOWN_NAME]);
    let nothing = town("  - {log: {group: /appli}}\n", "  - {never: {hop: {path: 'app>logs'}}}\n");
    assert_eq!(codes_of(&nothing), [codes::MISSING_KEY]);
}

#[test]
fn messages_at_a_rate_are_calls_of_somebody() {
    let text = town(
        "  - {id: bruit, as: amina, traffic: {to: alertes, kind: messages, count: 2, every: 1m, for: 3m}}\n",
        "  - {call: {event: Publish, by: amina, of: bruit, count: 6}}\n",
    );
    proved(&text);

    assert_eq!(codes_of(&text.replace("count: 2, every: 1m", "count: 9999999, every: 1m")), [codes::BUDGET]);
}

#[test]
fn a_server_shows_its_applications_latency_as_percentiles() {
    proved(&town(
        "  - {id: lent, load: {on: VoitureRouge, latency_ms: [80, 900]}}\n",
        "  - {hop: {path: 'res>metric', from: voiture-rouge, to: Latency, of: lent, count: 2}}\n  \
           - {query: {aws: 'cloudwatch get-metric-statistics --namespace Ville/Appli --metric-name Latency --dimensions Name=InstanceId,Value=${VoitureRouge} --start-time 2026-03-02T09:01:00Z --end-time 2026-03-02T09:02:00Z --period 60 --extended-statistics p95', jmespath: 'Datapoints[0].ExtendedStatistics.p95', equals: 900}}\n",
    ));
    let wrong = town("  - {load: {on: VoitureRouge, connections: [80]}}\n", "  - {call: {event: '*'}}\n");
    assert_eq!(codes_of(&wrong), [codes::WRONG_VALUE]);
}

#[test]
fn every_choice_of_a_pick_is_proved() {
    let pick = |promise: &str| {
        town(
            "  - pick:\n      n: 1\n      of:\n        \
               - {id: gauche, as: amina, aws: sns create-topic --name gauche}\n        \
               - {id: droite, as: amina, aws: sns create-topic --name droite}\n",
            promise,
        )
    };
    proved(&pick("  - {call: {event: CreateTopic, count: 1}}\n"));

    let one_sided = pick("  - {call: {event: CreateTopic, of: gauche, count: 1}}\n");
    let report = report(&one_sided);
    let drawn = report.render(Lang::En, false);
    assert!(drawn.contains("when droite are chosen"), "{drawn}");
}

#[test]
fn a_comparison_plays_the_same_stretch_in_each_world() {
    proved(&town(
        "  - compare:\n      worlds: [autre]\n      steps: [{id: cree, as: amina, aws: sns create-topic --name nouveau}]\n",
        "  - {query: {aws: 'sns list-topics', jmespath: 'length(Topics)', equals: 2}}\n  \
           - {query: {aws: 'sns list-topics', jmespath: 'length(Topics)', equals: 3}, in: autre}\n",
    ));
}

#[test]
fn a_meter_is_judged_in_dollars_with_the_scenarios_own_prices() {
    let text = town(
        "  - {id: evenement, as: amina, aws: {call: events put-events, input: {Entries: [{Source: ville, DetailType: Essai, Detail: '{}'}]}}}\n",
        "  - {cost: {meter: event, at_most: 0.5}}\n  - {cost: {meter: total, at_least: 0.4}}\n",
    );
    proved(&text.replace("story:\n", "prices: {event: 0.5}\nstory:\n"));

    assert_eq!(codes_of(&text), [codes::EXPECTATION]);
    assert_eq!(codes_of(&text.replace("meter: total", "meter: totl")), [codes::UNKNOWN_NAME]);
}

#[test]
fn attempts_to_sign_in_are_recorded_one_after_the_other() {
    let text = town(
        "  - {id: essais, region: eu-west-3, sign-in: {user: amina, password: wrong, times: 2}}\n  \
           - {id: inconnu, at: '1:00', sign-in: {user: unknown, password: wrong}}\n",
        "  - {hop: {path: 'api>trail', of: essais, title: ConsoleLogin, count: 2}}\n  \
           - {query: {aws: 'cloudtrail lookup-events --region us-east-1', jmespath: \"contains(Events[0].CloudTrailEvent, 'HIDDEN_DUE_TO_SECURITY_REASONS')\", equals: true}}\n",
    );
    proved(&text);

    assert_eq!(codes_of(&text.replace("user: amina", "user: amnia")), [codes::UNKNOWN_NAME]);
}

#[test]
fn something_fails_on_purpose_for_a_while() {
    let text = town(
        "  - {fault: {on: /ville/carnet, kind: duplicates, path: 'trail>logs', for: 1m}}\n  \
           - {id: double, as: amina, aws: ec2 describe-instances}\n  \
           - {id: simple, at: '5:00', as: amina, aws: ec2 describe-instances}\n",
        "  - {hop: {path: 'trail>logs', of: double, count: 2}}\n  - {hop: {path: 'trail>logs', of: simple, count: 1}}\n",
    );
    proved(&text);

    for (right, wrong) in
        [("on: /ville/carnet", "on: /ville/carnt"), ("path: 'trail>logs', for", "path: 'trail>log', for")]
    {
        assert_eq!(codes_of(&text.replace(right, wrong)), [codes::UNKNOWN_NAME], "{wrong}");
    }
    assert_eq!(codes_of(&text.replace("kind: duplicates", "kind: doubles")), [codes::WRONG_VALUE]);
}

#[test]
fn reads_by_the_million_are_one_line_with_a_count() {
    let text = town(
        "  - {id: lectures, as: amina, traffic: {to: coffre-ville, kind: reads, text: plan.txt, count: 1000000, every: 1m, for: 2m}}\n",
        "  - {call: {event: GetObject, of: lectures, count: 2000000}}\n  - {never: {hop: {path: 'api>trail', of: lectures}}}\n",
    );
    proved(&text.replace(
        "worlds:\n",
        "before: ['s3api put-object --bucket coffre-ville --key plan.txt --body plan']\nworlds:\n",
    ));
}

#[test]
fn somebody_opens_a_confirmation_when_they_get_to_it() {
    let text = town(
        "  - {id: abonne, as: amina, aws: 'sns subscribe --topic-arn ${Alertes} --protocol email --notification-endpoint soir@ville.example'}\n  \
           - {id: tot, at: '0:20', as: amina, aws: 'sns publish --topic-arn ${Alertes} --message tot'}\n  \
           - {id: tard, at: '2:00', as: amina, aws: 'sns publish --topic-arn ${Alertes} --message tard'}\n",
        "  - {never: {mail: {to: soir@ville.example, of: tot}}}\n  - {mail: {to: soir@ville.example, of: tard, count: 1}}\n",
    );
    proved(&text.replace("people:\n", "people:\n  soir@ville.example: {confirms: '1:00'}\n"));
}
