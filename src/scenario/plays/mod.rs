//! Small stories, played and proved: what a scenario can do, and how the checker says that it does not.

mod verbs;

use std::sync::Arc;

use super::{
    check::{Report, check},
    diagnostic::codes,
    library::Library,
    load,
    stage::{self, Options},
    story::{Player, Stop},
};
use crate::{shell::Line, text::Lang};

/// A radar on a car, and a guard who reads the mail.
const RADAR: &str = r"vigie: 1
id: radar
title: {fr: Radar, en: Radar}
hook: {fr: Une voiture., en: A car.}
objective: {fr: Voir., en: See.}
start: 2026-03-02T09:00:00Z
account:
  Resources:
    Voiture:
      Type: AWS::EC2::Instance
      Properties: {ImageId: ami-0a1b2c3d4e5f60718, InstanceType: t3.micro, Monitoring: true, Tags: [{Key: Name, Value: voiture}]}
    Alertes:
      Type: AWS::SNS::Topic
      Properties: {TopicName: alertes, Subscription: [{Protocol: email, Endpoint: garde@ville.example}]}
    Radar:
      Type: AWS::CloudWatch::Alarm
      Properties:
        AlarmName: radar
        Namespace: AWS/EC2
        MetricName: CPUUtilization
        Dimensions: [{Name: InstanceId, Value: !Ref Voiture}]
        Statistic: Average
        Period: 60
        EvaluationPeriods: 2
        Threshold: 80
        ComparisonOperator: GreaterThanThreshold
        AlarmActions: [!Ref Alertes]
people:
  amina: {policies: [PowerUserAccess]}
  garde@ville.example: {confirms: true}
worlds:
  sourd: {before: ['cloudwatch disable-alarm-actions --alarm-names radar']}
story:
  - {id: course, load: {on: Voiture, cpu: [50, 90, 95, 40]}}
  - at: '2:30'
    ask:
      id: q1
      prompt: {fr: Quand ?, en: When?}
      options:
        - {fr: minute 2, en: minute 2, misconception: M07, because: {fr: Non., en: No.}, proof: [{alarm: {name: radar, is: ALARM, first_at: 2m}}]}
        - {fr: minute 3, en: minute 3, right: true, because: {fr: Oui., en: Yes.}, proof: [{alarm: {name: radar, is: ALARM, first_at: 3m}}]}
  - at: '6:00'
    task:
      id: t1
      prompt: {fr: Faites taire le radar., en: Silence the radar.}
      runs:
        essai: [{load: {on: Voiture, cpu: [90, 90, 90]}}]
      check: [{never: {hop: {path: alarm>sns}}, in: essai}]
      hints: [{fr: a, en: a}, {fr: b, en: b}, {fr: c, en: c}]
      solution: ['aws cloudwatch disable-alarm-actions --alarm-names radar']
expect:
  - {mail: {to: garde@ville.example, count: 1}}
  - {hop: {path: res>metric, of: course, count: 4}}
  - {hop: {path: metric>alarm, to: radar, count: 2}}
  - {chain: [sns>sub, alarm>sns, metric>alarm, res>metric]}
  - {alarm: {name: radar, is: OK}}
  - {never: {mail: {to: garde@ville.example}}, in: sourd}
  - {query: {aws: 'cloudwatch describe-alarms --alarm-names radar', jmespath: 'MetricAlarms[0].ActionsEnabled', equals: false}}
";

fn report(text: &str) -> Report {
    check(text, "essai.yaml", &Library::bundled())
}

fn proved(text: &str) -> Report {
    let report = report(text);
    assert!(report.is_sound(), "{}", report.render(Lang::En, false));
    report
}

fn codes_of(text: &str) -> Vec<&'static str> {
    report(text).diagnostics.iter().map(|diagnostic| diagnostic.code).collect()
}

fn player(text: &str) -> Player {
    let loaded = load::text("essai.yaml", text).expect("it reads");
    let script = Arc::new(Library::bundled().compose(loaded).expect("it stands on no fixture"));
    Player::new(stage::set(&script, &Options::default()).expect("it can be staged"))
}

#[test]
fn a_story_is_played_and_everything_it_promises_is_proved() {
    let report = proved(RADAR);

    assert_eq!((report.proved.expectations, report.proved.answers), (7, 1));
    assert_eq!((report.proved.wrong_answers, report.proved.solutions), (1, 1));
}

#[test]
fn a_wrong_answer_marked_right_is_underlined() {
    let swapped = RADAR
        .replace("minute 2, en: minute 2, misconception: M07,", "minute 2, en: minute 2, right: true,")
        .replace("minute 3, en: minute 3, right: true,", "minute 3, en: minute 3, misconception: M07,");
    let report = report(&swapped);

    let found: Vec<_> = report.diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    assert_eq!(found, [codes::PROOF, codes::WRONG_OPTION_PROVED]);
    let drawn = report.diagnostics[0].render(&report.source, Lang::Fr, false);
    assert!(drawn.contains("le moteur contredit la réponse marquée juste de `q1`"), "{drawn}");
    assert!(drawn.contains("^^^"), "{drawn}");
    assert!(drawn.contains("la première fois à 3:00"), "{drawn}");
}

#[test]
fn an_expectation_that_fails_says_what_was_counted() {
    let report =
        report(&RADAR.replace("metric>alarm, to: radar, count: 2", "metric>alarm, to: radar, count: 3"));

    assert_eq!(report.diagnostics.len(), 1);
    let drawn = report.diagnostics[0].render(&report.source, Lang::En, false);
    assert!(drawn.contains("error[S0601]") && drawn.contains("counted: 2"), "{drawn}");
}

#[test]
fn a_solution_must_be_enough_and_must_be_needed() {
    let too_little = RADAR.replace(
        "solution: ['aws cloudwatch disable-alarm-actions",
        "solution: ['aws cloudwatch enable-alarm-actions",
    );
    assert!(codes_of(&too_little).contains(&codes::SOLUTION));

    let too_easy = RADAR.replace(
        "check: [{never: {hop: {path: alarm>sns}}, in: essai}]",
        "check: [{hop: {path: alarm>sns}, in: essai}]",
    );
    assert!(codes_of(&too_easy).contains(&codes::CHECK_TOO_EASY));
}

#[test]
fn names_that_lead_nowhere_are_told_with_what_was_meant() {
    for (right, wrong, code, meant) in [
        ("on: Voiture, cpu: [50", "on: Voitur, cpu: [50", codes::UNKNOWN_NAME, "Voiture"),
        ("path: alarm>sns}}, in", "path: alarm>sms}}, in", codes::UNKNOWN_NAME, "alarm>sns"),
        ("of: course", "of: cours", codes::UNKNOWN_NAME, "course"),
        ("in: sourd}", "in: sour}", codes::UNKNOWN_NAME, "sourd"),
        ("[PowerUserAccess]", "[PowerUserAcces]", codes::UNKNOWN_NAME, "PowerUserAccess"),
        ("AWS::SNS::Topic", "AWS::SNS::Topik", codes::TEMPLATE, "AWS::SNS::Topic"),
        (
            "solution: ['aws cloudwatch disable-alarm-actions",
            "solution: ['aws cloudwatch disable-alarm-action",
            codes::COMMAND,
            "disable-alarm-actions",
        ),
        ("is: OK}", "is: KO}", codes::WRONG_VALUE, "OK"),
    ] {
        let report = report(&RADAR.replace(right, wrong));
        let fault = report.diagnostics.iter().find(|fault| fault.code == code);
        let fault = fault.unwrap_or_else(|| panic!("{wrong}: {}", report.render(Lang::En, false)));
        let drawn = fault.render(&report.source, Lang::En, false);
        assert!(drawn.contains(&format!("did you mean `{meant}`?")), "{drawn}");
    }
}

#[test]
fn a_step_has_one_verb_and_only_the_keys_that_go_with_it() {
    let two = RADAR.replace(
        "load: {on: Voiture, cpu: [50, 90, 95, 40]}}",
        "load: {on: Voiture, cpu: [50]}, aws: sts get-caller-identity}",
    );
    assert_eq!(codes_of(&two), [codes::VERB, codes::UNKNOWN_NAME][..1].to_vec());

    let idle = RADAR.replace("story:\n", "story:\n  - {as: amina, say: {fr: Bonjour., en: Hello.}}\n");
    let report = report(&idle);
    assert_eq!(codes_of(&idle), [codes::VERB]);
    assert!(
        report.render(Lang::En, false).contains("`as:` goes with `aws`"),
        "{}",
        report.render(Lang::En, false)
    );
}

#[test]
fn a_refused_call_is_a_fault_unless_it_is_announced() {
    let refused =
        RADAR.replace("expect:\n", "  - {as: amina, aws: iam create-user --user-name eve}\nexpect:\n");
    assert_eq!(codes_of(&refused), [codes::STEP_FAILED]);

    let announced = refused.replace(
        "expect:\n",
        "expect:\n  - {call: {event: CreateUser, by: amina, error: AccessDenied, count: 1}}\n",
    );
    proved(&announced);
}

#[test]
fn a_player_stops_at_each_prediction_and_task_and_goes_on_when_told() {
    let mut player = player(RADAR);

    assert_eq!(player.run().expect("it plays"), Stop::Ask(1));
    assert_eq!(player.story_time(player.engine().now()).to_string(), "2:30");
    assert_eq!(player.run().expect("it stays"), Stop::Ask(1));
    player.answer('b');
    assert_eq!(player.learner().answers.get("q1").map(String::as_str), Some("b"));

    assert_eq!(player.run().expect("it plays"), Stop::Task(2));
    assert!(!player.is_done(2).expect("it can be judged"));
    let line = player.read("aws cloudwatch disable-alarm-actions --alarm-names radar").expect("a line");
    let Line::Call(command) = line else { panic!("it asks for help") };
    player.act(player.learner_call(&command)).expect("amina may");
    assert!(player.is_done(2).expect("it can be judged"));
    player.pass();

    assert_eq!(player.run().expect("it plays"), Stop::End);
    assert!(player.has_ended());
}

#[test]
fn two_plays_with_one_seed_write_one_ledger() {
    let written = || {
        let mut player = player(RADAR);
        player.play_through().expect("it plays");
        format!("{:?}", player.engine().ledger().hops())
    };

    assert_eq!(written(), written());
}

#[test]
fn time_never_runs_backwards_in_a_story() {
    let backwards = RADAR.replace("  - at: '6:00'", "  - at: '1:00'");

    assert_eq!(codes_of(&backwards), [codes::WRONG_VALUE]);
}
