//! The command line: one definition, help in the reader's language.

use std::{error::Error as _, ffi::OsString, path::PathBuf};

use clap::{Arg, ArgAction, ArgMatches, Command, builder::styling::Styles, error::ErrorKind, value_parser};

use crate::{aws::Profile, scenario::model::Duration, text::Lang};

/// What to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Task {
    /// The menu.
    Menu,
    Play {
        scenario: String,
    },
    Run {
        scenario: String,
        format: Format,
        until: Option<Duration>,
        /// One of the scenario's other worlds.
        world: Option<String>,
        /// Shows the meters at the end, whatever the track.
        meters: bool,
    },
    Check {
        files: Vec<PathBuf>,
    },
    List,
    /// Prints the JSON Schema of scenarios.
    Schema,
}

/// How `run` and `list` print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    #[default]
    Text,
    Json,
    Ndjson,
}

/// Everything the command line says.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    pub task: Task,
    pub lang: Lang,
    pub seed: Option<u64>,
    pub delays: Option<Profile>,
    /// Screen speed, 0.25 to 16.
    pub speed: Option<f64>,
    pub ascii: bool,
    pub calm: bool,
    pub theme: Option<String>,
    /// A folder of scenarios beside those in the binary.
    pub folder: Option<PathBuf>,
}

/// What came of reading the command line.
#[derive(Clone, Debug)]
pub enum Read {
    Go(Options),
    /// Print this and exit with that status (help, version, or what was wrong).
    Say {
        text: String,
        status: u8,
    },
}

/// Reads the arguments; `locale` is what the environment says, for the language of the help itself.
pub fn read(arguments: impl IntoIterator<Item = OsString>, locale: &str) -> Read {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let lang = language_asked(&arguments).unwrap_or_else(|| Lang::of_locale(locale));
    match command(lang).try_get_matches_from(&arguments) {
        Ok(matches) => Read::Go(options(&matches, lang)),
        Err(error) => {
            let status = u8::from(error.use_stderr()) * 2;
            Read::Say { text: say(lang, &error), status }
        }
    }
}

/// `--lang` may stand anywhere, and decides in which language everything else is said.
fn language_asked(arguments: &[OsString]) -> Option<Lang> {
    let texts: Vec<_> = arguments.iter().filter_map(|argument| argument.to_str()).collect();
    let value = texts.iter().enumerate().find_map(|(at, text)| match *text {
        "--lang" => texts.get(at + 1).copied(),
        other => other.strip_prefix("--lang="),
    })?;
    Lang::ALL.into_iter().find(|lang| lang.code() == value)
}

fn options(matches: &ArgMatches, lang: Lang) -> Options {
    let text = |matches: &ArgMatches, name: &str| matches.get_one::<String>(name).cloned();
    let task = match matches.subcommand() {
        Some(("play", sub)) => Task::Play { scenario: text(sub, "scenario").unwrap_or_default() },
        Some(("run", sub)) => Task::Run {
            scenario: text(sub, "scenario").unwrap_or_default(),
            format: sub.get_one::<Format>("format").copied().unwrap_or_default(),
            until: sub.get_one::<Duration>("until").copied(),
            world: text(sub, "world"),
            meters: sub.get_flag("meters"),
        },
        Some(("check", sub)) => {
            Task::Check { files: sub.get_many::<PathBuf>("files").into_iter().flatten().cloned().collect() }
        }
        Some(("list", _)) => Task::List,
        Some(("schema", _)) => Task::Schema,
        _ => Task::Menu,
    };
    let global = matches.subcommand().map_or(matches, |(_, sub)| sub);
    Options {
        task,
        lang,
        seed: global.get_one::<u64>("seed").copied(),
        delays: global.get_one::<String>("delays").map(|delays| match delays.as_str() {
            "realistic" => Profile::Realistic,
            _ => Profile::Classroom,
        }),
        speed: global.get_one::<f64>("speed").copied(),
        ascii: global.get_flag("ascii"),
        calm: global.get_flag("calm"),
        theme: text(global, "theme"),
        folder: global.get_one::<PathBuf>("scenarios").cloned(),
    }
}

/// The definition, worded in `lang`.
pub fn command(lang: Lang) -> Command {
    let say = |fr: &'static str, en: &'static str| if lang == Lang::Fr { fr } else { en };
    let scenario = || {
        Arg::new("scenario").required(true).value_name(say("ID|FICHIER", "ID|FILE")).help(say(
            "un scénario de la liste (crs-05), ou un fichier YAML",
            "a scenario of the list (crs-05), or a YAML file",
        ))
    };
    let mut root = Command::new("vigie")
        .version(env!("CARGO_PKG_VERSION"))
        .styles(Styles::plain())
        .disable_help_subcommand(true)
        .disable_help_flag(true)
        .disable_version_flag(true)
        .about(say(
            "Vigie, la ville qui explique AWS : un incident voyage sous vos yeux, de l'acte au courrier.",
            "Vigie, the town that explains AWS: an incident travels before your eyes, from the act to the mail.",
        ))
        .after_help(say(
            "Exemples :\n  vigie                       le menu\n  vigie play crs-05           joue l'exemple concret du cours\n  vigie run crs-05            la même histoire, une ligne par saut\n  vigie run crs-05 --format ndjson | jq .path\n  vigie check mon-cours.yaml  dit ce qui ne va pas, et où\n\nRien ne sort de votre machine : ni réseau, ni compte AWS.",
            "Examples:\n  vigie                       the menu\n  vigie play crs-05           plays the worked case of the course\n  vigie run crs-05            the same story, one line per hop\n  vigie run crs-05 --format ndjson | jq .path\n  vigie check my-lesson.yaml  says what is wrong, and where\n\nNothing leaves your machine: no network, no AWS account.",
        ))
        .subcommand(
            Command::new("play").about(say("Joue un scénario dans la ville", "Plays a scenario in the town")).arg(scenario()),
        )
        .subcommand(
            Command::new("run")
                .about(say(
                    "Déroule un scénario sans écran : une ligne par saut ; statut 1 si une attente n'est pas tenue",
                    "Runs a scenario without a screen: one line per hop; status 1 when an expectation fails",
                ))
                .arg(scenario())
                .arg(
                    Arg::new("format")
                        .long("format")
                        .value_parser(value_parser!(Format))
                        .default_value("text")
                        .hide_possible_values(true)
                        .help(say("text, json ou ndjson", "text, json or ndjson")),
                )
                .arg(Arg::new("until").long("until").value_name("T").value_parser(until).help(say(
                    "s'arrête à cet instant de l'histoire : 5:00, 90s, 2h",
                    "stops at this time of the story: 5:00, 90s, 2h",
                )))
                .arg(Arg::new("world").long("world").value_name(say("MONDE", "WORLD")).help(say(
                    "joue l'histoire dans un autre monde du scénario",
                    "plays the story in another world of the scenario",
                )))
                .arg(Arg::new("meters").long("meters").action(ArgAction::SetTrue).help(say(
                    "montre les compteurs à la fin, et ce qu'ils coûteraient",
                    "shows the meters at the end, and what they would cost",
                ))),
        )
        .subcommand(
            Command::new("check")
                .about(say(
                    "Vérifie et prouve des scénarios : noms, langues, réponses, solutions",
                    "Checks and proves scenarios: names, languages, answers, solutions",
                ))
                .arg(
                    Arg::new("files")
                        .num_args(0..)
                        .value_name(say("FICHIER", "FILE"))
                        .value_parser(value_parser!(PathBuf))
                        .help(say("tous ceux du programme si rien n'est dit", "all bundled ones unless named")),
                ),
        )
        .subcommand(Command::new("list").about(say("Liste les scénarios", "Lists the scenarios")))
        .subcommand(Command::new("schema").hide(true).about("JSON Schema"));
    for argument in globals(lang) {
        root = root.arg(argument);
    }
    if lang == Lang::Fr {
        root = in_french(root);
    }
    root
}

fn globals(lang: Lang) -> Vec<Arg> {
    let say = |fr: &'static str, en: &'static str| if lang == Lang::Fr { fr } else { en };
    let flag = |name: &'static str| Arg::new(name).long(name).global(true).action(ArgAction::SetTrue);
    let value = |name: &'static str| Arg::new(name).long(name).global(true).hide_possible_values(true);
    vec![
        value("lang")
            .value_parser(["fr", "en"])
            .value_name("fr|en")
            .help(say("langue ; sinon celle du système", "language; the system's unless said")),
        value("seed").value_parser(seed).value_name("N").help(say(
            "graine du hasard : même graine, même histoire",
            "seed of chance: same seed, same story",
        )),
        value("delays").value_parser(["classroom", "realistic"]).value_name("classroom|realistic").help(say(
            "délais de cours (secondes) ou réalistes (minutes)",
            "delays of a lesson (seconds) or realistic ones (minutes)",
        )),
        value("speed")
            .value_parser(speed)
            .value_name("X")
            .help(say("vitesse à l'écran, de 0.25 à 16", "speed on screen, 0.25 to 16")),
        value("theme")
            .value_parser(["dark", "light", "contrast"])
            .value_name("dark|light|contrast")
            .help(say("couleurs (NO_COLOR est respecté)", "colours (NO_COLOR is honoured)")),
        flag("ascii").help(say("dessine en ASCII", "draws in ASCII")),
        flag("calm").help(say("sans mouvement", "without motion")),
        value("scenarios").value_parser(value_parser!(PathBuf)).value_name(say("DOSSIER", "FOLDER")).help(
            say("un dossier de scénarios à vous, en plus", "a folder of your own scenarios, in addition"),
        ),
        Arg::new("help")
            .long("help")
            .short('h')
            .global(true)
            .action(ArgAction::Help)
            .help(say("cette aide", "this help")),
        Arg::new("version")
            .long("version")
            .short('V')
            .action(ArgAction::Version)
            .help(say("la version", "the version")),
    ]
}

fn speed(text: &str) -> Result<f64, String> {
    match text.trim_start_matches('×').trim_start_matches('x').parse::<f64>() {
        Ok(speed) if (0.25..=16.0).contains(&speed) => Ok(speed),
        _ => Err("0.25 … 16".to_owned()),
    }
}

fn seed(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| "0, 1, 42".to_owned())
}

fn until(text: &str) -> Result<Duration, String> {
    Duration::parse(text).ok_or_else(|| "5:00, 1:02:03, 90s, 11m, 2h".to_owned())
}

/// clap words its own headings in English; the template replaces them.
fn in_french(command: Command) -> Command {
    const TEMPLATE: &str = "{about-with-newline}\nUsage : {usage}\n\nCommandes :\n{subcommands}\n\nOptions :\n{options}{after-help}";
    const SUB: &str = "{about-with-newline}\nUsage : {usage}\n\n{all-args}";
    command
        .override_usage("vigie [COMMANDE] [OPTIONS]")
        .help_template(TEMPLATE)
        .mut_subcommands(|sub| sub.help_template(SUB).subcommand_help_heading("Commandes"))
}

/// What was wrong, in the reader's language.
fn say(lang: Lang, error: &clap::Error) -> String {
    use clap::error::{ContextKind, ContextValue};

    let rendered = error.render().to_string();
    if lang == Lang::En || !error.use_stderr() {
        return rendered;
    }
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join(", "),
        _ => String::new(),
    };
    let argument = text(ContextKind::InvalidArg);
    let problem = match error.kind() {
        ErrorKind::UnknownArgument => format!("option ou argument inconnu : {argument}"),
        ErrorKind::InvalidSubcommand => {
            format!("commande inconnue : {}", text(ContextKind::InvalidSubcommand))
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let valid = match text(ContextKind::ValidValue) {
                // Our own parsers say by examples what they take, in no language.
                none if none.is_empty() => {
                    error.source().map(|examples| format!(" ; attendu : {examples}")).unwrap_or_default()
                }
                valid => format!(" ; possibles : {valid}"),
            };
            format!("valeur refusée pour {argument} : « {} »{valid}", text(ContextKind::InvalidValue))
        }
        ErrorKind::MissingRequiredArgument => format!("il manque {argument}"),
        ErrorKind::ArgumentConflict => format!("{argument} ne va pas avec {}", text(ContextKind::PriorArg)),
        _ => return rendered,
    };
    let near = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue]
        .into_iter()
        .map(text)
        .find(|suggestion| !suggestion.is_empty())
        .map(|suggestion| format!("\n  vouliez-vous dire {suggestion} ?"))
        .unwrap_or_default();
    format!("erreur : {problem}{near}\n\nPour l'aide : vigie --help\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_line(line: &str) -> Read {
        read(line.split_whitespace().map(OsString::from), "en_US.UTF-8")
    }

    fn options_of(line: &str) -> Options {
        match read_line(line) {
            Read::Go(options) => options,
            Read::Say { text, .. } => panic!("{text}"),
        }
    }

    #[test]
    fn the_definition_is_sound_in_both_languages() {
        for lang in Lang::ALL {
            command(lang).debug_assert();
        }
    }

    #[test]
    fn a_value_that_is_refused_says_what_is_taken() {
        for (option, taken) in [("--until abc", "1:02:03"), ("--speed 99", "0.25 … 16"), ("--seed x", "42")]
        {
            for lang in ["fr", "en"] {
                let Read::Say { text, status } =
                    read_line(&format!("vigie --lang {lang} run crs-05 {option}"))
                else {
                    panic!("{option} is taken")
                };
                assert!(text.contains(taken) && status == 2, "{lang}: {text}");
            }
        }
    }

    #[test]
    fn nothing_said_opens_the_menu() {
        assert_eq!(options_of("vigie").task, Task::Menu);
    }

    #[test]
    fn options_may_stand_before_or_after_the_command() {
        assert_eq!(options_of("vigie run crs-05 --lang fr --seed 7").seed, Some(7));
        assert_eq!(options_of("vigie --seed 7 run crs-05").seed, Some(7));
        assert_eq!(options_of("vigie run crs-05 --lang fr").lang, Lang::Fr);
    }

    #[test]
    fn an_unknown_option_is_said_in_the_language_asked_for() {
        let Read::Say { text, status } = read_line("vigie run crs-05 --lang fr --sed 3") else {
            panic!("`--sed` is no option");
        };

        assert_eq!(status, 2);
        assert!(text.starts_with("erreur : option ou argument inconnu : --sed"), "{text}");
        assert!(text.contains("--seed"), "{text}");
    }

    #[test]
    fn a_speed_beyond_the_range_is_refused() {
        assert!(matches!(read_line("vigie play crs-05 --speed 99"), Read::Say { status: 2, .. }));
    }
}
