//! The table of words. One row a word: French, English.

macro_rules! words {
    ($($name:ident: $fr:literal, $en:literal;)*) => {
        /// A word or sentence of the interface.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Key { $($name,)* }

        impl Key {
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// French and English.
            pub const fn both(self) -> (&'static str, &'static str) {
                match self { $(Self::$name => ($fr, $en),)* }
            }
        }
    };
}

words! {
    // The name and the pitch.
    Tagline: "la ville qui explique AWS", "the town that explains AWS";
    NoSuchFolder: "aucun dossier ici : {path}", "there is no folder here: {path}";
    NotListed: "pas dans la liste : {path} (vigie check dit pourquoi)", "not in the list: {path} (vigie check says why)";
    NeedsTerminal: "vigie s'ouvre dans un terminal. Ici, sans terminal, essayez :", "vigie opens in a terminal. Without one, try:";

    // Menu.
    Tracks: "Parcours", "Tracks";
    TrackDiscovery: "Découverte", "Discovery";
    TrackCourse: "Exemples du cours", "Course examples";
    TrackDetective: "Détective", "Detective";
    TrackBuilder: "Bâtisseur", "Builder";
    TrackExpert: "Expert", "Expert";
    TrackOwn: "Vos scénarios", "Your scenarios";
    Minutes: "{n} min", "{n} min";
    ViewLabel: "vue {view}", "{view} view";
    Predictions: "{n} prédiction|{n} prédictions", "{n} prediction|{n} predictions";
    Services: "Services", "Services";
    Objective: "Objectif", "Objective";
    TeachesLabel: "Rencontre", "You will meet";
    MenuEmpty: "Aucun scénario dans ce parcours", "No scenario in this track";
    ScenarioCount: "{n} scénario|{n} scénarios", "{n} scenario|{n} scenarios";

    // Header and modes.
    Step: "étape {n}/{of}", "step {n}/{of}";
    ViewCity: "ville", "city";
    ViewCloud: "cloud", "cloud";
    ViewSplit: "partagée", "split";
    ClockStopped: "horloge arrêtée", "clock stopped";
    Finished: "fin de l'histoire", "end of the story";
    Account: "compte {id}", "account {id}";
    CatchingUp: "rattrapage…", "catching up…";
    Preparation: "préparation", "set-up";

    // Captions.
    CaptionCity: "Ville", "Town";
    CaptionCloud: "Cloud", "Cloud";
    NothingYet: "La ville est calme. Appuyez sur espace pour lancer l'histoire.", "The town is quiet. Press space to start the story.";
    WaitUntil: "Rien avant {clock} : on attend {duration}.", "Nothing until {clock}: waiting {duration}.";

    // Keys of the footer and the help.
    KeyBegin: "commencer", "start";
    KeyPlay: "lecture", "play";
    KeyPause: "pause", "pause";
    KeyNext: "pas", "step";
    KeyBack: "recul", "back";
    KeyNextBeat: "étape suivante", "next beat";
    KeyPreviousBeat: "étape précédente", "previous beat";
    KeyWhy: "pourquoi", "why";
    KeyEffects: "effets", "effects";
    KeyView: "vue", "view";
    KeyPredict: "prédire", "predict";
    KeyRecall: "ligne d'avant", "line before";
    KeyConsole: "console", "console";
    KeyLimits: "limites", "limits";
    KeyMail: "courrier", "mail";
    KeyHelp: "aide", "help";
    KeyQuit: "quitter", "quit";
    KeyReturn: "retour", "back";
    KeyChoose: "choisir", "choose";
    KeyOpen: "ouvrir", "open";
    KeyLanguage: "langue", "language";
    KeyInspect: "inspecter", "inspect";
    KeySlower: "plus lent", "slower";
    KeyFaster: "plus vite", "faster";
    KeyStart: "début", "start";
    KeyLatest: "dernier instant", "latest";
    KeyGoTo: "aller au pas n (12g)", "go to step n (12g)";
    KeyRestart: "recommencer", "restart";
    KeyCity: "vue ville", "city view";
    KeyCloud: "vue cloud", "cloud view";
    KeySplit: "vue partagée", "split view";
    KeyJson: "json", "json";
    KeyShowOnMap: "voir sur la carte", "show on map";
    KeySelect: "choisir un saut", "select a hop";
    KeyHint: "indice", "hint";
    KeySkip: "passer", "skip";
    KeyConfirm: "valider", "confirm";
    KeyConfidence: "certitude", "confidence";
    KeyContinue: "continuer", "continue";
    KeyClose: "fermer", "close";
    KeyRun: "exécuter", "run";
    KeyComplete: "compléter", "complete";
    KeyScroll: "défiler", "scroll";
    KeySolution: "voir la solution", "show the solution";
    KeyFilter: "filtrer", "filter";
    SpaceKey: "espace", "space";
    NoSuchKey: "« {key} » ne fait rien ici. ? pour l'aide.", "“{key}” does nothing here. ? for help.";
    QuitTask: "Une tâche est ouverte. q encore une fois pour quitter.", "A task is open. q once more to leave.";
    RestartAsk: "Recommencer le scénario ? r encore une fois.", "Restart the scenario? r once more.";
    AtStart: "C'est le début de l'histoire.", "This is the start of the story.";
    AtEnd: "C'est la fin de l'histoire.", "This is the end of the story.";
    NothingSelected: "Rien à expliquer encore : avancez d'un pas avec n.", "Nothing to explain yet: step forward with n.";
    SpeedIs: "vitesse ×{speed}", "speed ×{speed}";

    // Prediction.
    PredictTitle: "Prédire avant de voir", "Predict before you see";
    PredictSure: "Sûr de vous ?", "How sure are you?";
    PredictGuess: "au hasard", "a guess";
    PredictRather: "plutôt", "fairly";
    PredictCertain: "certain", "certain";
    PredictPromise: "Rien n'est révélé avant votre choix. Une erreur s'explique, elle ne se punit pas.", "Nothing is revealed before you choose. A mistake is explained, never punished.";
    PredictRight: "Juste.", "Right.";
    PredictWrong: "Pas tout à fait.", "Not quite.";
    PredictYours: "votre réponse", "your answer";
    PredictTruth: "la réponse", "the answer";
    PredictEngine: "Ce que le moteur a évalué", "What the engine evaluated";
    PredictSkipped: "Passée : aucune prédiction notée.", "Skipped: no prediction noted.";
    PredictNone: "Aucune prédiction n'attend.", "No prediction is waiting.";
    ChooseFirst: "Choisissez d'abord une réponse.", "Choose an answer first.";
    HintCount: "indice ({n}/{of})", "hint ({n}/{of})";
    Hint: "Indice {n}", "Hint {n}";
    NoHint: "Pas d'indice pour cette question.", "No hint for this question.";

    // Task.
    TaskTitle: "À vous d'agir", "Your turn to act";
    TaskDone: "Tâche réussie.", "Task done.";
    TaskStill: "Il manque encore :", "Still missing:";
    TaskHowLook: "Fermez avec Esc et choisissez une enveloppe (↑↓), ou ouvrez le courrier (m) ; puis w.", "Close with Esc and select an envelope (↑↓), or open the mail (m); then w.";
    TaskHow: "Ouvrez la console avec : et tapez une commande aws.", "Open the console with : and type an aws command.";
    TaskSolution: "Solution", "Solution";
    SolutionAfterHints: "La solution vient après le troisième indice.", "The solution comes after the third hint.";

    // Inspector.
    InspectorTitle: "Inspecteur", "Inspector";
    InspectorWhy: "Pourquoi ? (w remonte, W redescend)", "Why? (w goes up, W goes down)";
    InspectorEnvelope: "Enveloppe", "Envelope";
    InspectorEffects: "Ce que cela a causé :", "What it caused:";
    InspectorNot: "Ce qui n'a PAS été déclenché :", "What was NOT triggered:";
    InspectorDelay: "Délai du saut ≈ {duration}", "Delay of this hop ≈ {duration}";
    InspectorPattern: "Motif {rule}, champ par champ", "Pattern {rule}, field by field";
    InspectorRoot: "geste de départ", "where it began";
    InspectorDatapoints: "{m} points sur {n}", "{m} of {n} datapoints";
    InspectorHere: "ici", "here";
    InspectorJson: "JSON complet", "full JSON";
    NoCauseAbove: "C'est le premier maillon : rien au-dessus.", "This is the first link: nothing above.";
    NoEffectBelow: "Rien n'en a découlé.", "Nothing came of it.";
    Expected: "attendu", "expected";
    Actual: "reçu", "actual";
    Absent: "absent", "absent";

    // Cloud view.
    ColumnTime: "T", "T";
    ColumnHop: "Saut", "Hop";
    ColumnObject: "Objet", "Object";
    ColumnResult: "Résultat", "Result";
    CloudTitle: "CE QUI SE PASSE, EN CLOUD", "WHAT HAPPENS, IN THE CLOUD";
    SameObject: "MÊME OBJET, DEUX MOTS", "SAME THING, TWO WORDS";
    ResourcesTitle: "Ressources", "Resources";
    Noted: "noté", "noted";
    Refused: "refusé", "refused";
    Delivered: "livré", "delivered";
    Published: "publié", "published";
    Matched: "motif vrai", "pattern matches";
    NotMatched: "motif faux", "no match";
    Invoked: "lancée", "invoked";
    Stored: "rangé", "stored";
    Measured: "mesuré", "measured";
    NotSent: "pas parti", "not sent";
    Underway: "en route", "under way";
    OpenCards: "ouvrir les cartes", "open the cards";

    // City signs and states.
    VaultPrivate: "privé", "private";
    VaultPublic: "PUBLIC", "PUBLIC";
    ChecklistBad: "{n} non conforme|{n} non conformes", "{n} non-compliant|{n} non-compliant";
    ChecklistGood: "tout en règle", "all in order";
    NoRules: "aucune règle", "no rule";
    NoAlarm: "aucune alarme", "no alarm";
    NotLogging: "aucune piste", "no trail";
    NoRecorder: "à l'arrêt", "off";
    MailCount: "{n} courrier|{n} courriers", "{n} mail|{n} mails";
    KmPerHour: "km/h", "km/h";
    LegendAct: "police", "police";
    LegendMeasure: "mesure", "measure";
    LegendAlarm: "alarme", "alarm";
    LegendCompliance: "inspecteur", "inspector";
    LegendNotice: "courrier", "mail";
    LegendMission: "mission", "mission";
    LegendPrediction: "prédiction", "prediction";
    LegendHere: "ici", "here";

    // Limits cards.
    LimitsTitle: "Les limites de la métaphore", "Where the metaphor breaks";
    LimitsCity: "Dans la ville", "In the town";
    LimitsAws: "Dans AWS", "In AWS";
    LimitsHere: "casse ici", "breaks here";
    CardLabel: "carte {id}", "card {id}";

    // Mailbox.
    MailTitle: "Boîtes, téléphones, files", "Mailboxes, phones, queues";
    MailEmpty: "Aucun courrier pour l'instant.", "No mail yet.";
    MailFrom: "De", "From";
    MailTo: "À", "To";
    MailWithheld: "Retenus avant confirmation", "Withheld before confirmation";
    MailPending: "en attente de confirmation", "pending confirmation";
    MailConfirmed: "Abonnement confirmé.", "Subscription confirmed.";

    // Console.
    ConsoleTitle: "console (vraies commandes aws, simulées)", "console (real aws commands, simulated)";
    ConsoleForked: "Vous avez agi dans le passé : la suite se réécrit d'ici.", "You acted in the past: what follows is rewritten from here.";
    AnswerFirst: "répondez d'abord en entier", "answer in full first";
    VerbsKnown: "commandes de la console : `:diff RESSOURCE [n m]` compare deux éléments de configuration, `:why CHEMIN` remonte une chaîne, `:limits L1` lit une carte", "console verbs: `:diff RESOURCE [n m]` compares two configuration items, `:why PATH` walks up a chain, `:limits L1` reads a card";
    DiffTitle: "{name} : élément {from} ({then}) → élément {to} ({now})", "{name}: item {from} ({then}) → item {to} ({now})";
    DiffNothing: "rien n'a changé", "nothing changed";
    DiffWho: "Un élément ne dit pas qui : aws cloudtrail lookup-events --lookup-attributes AttributeKey=ResourceName,AttributeValue={id}", "An item does not say who: aws cloudtrail lookup-events --lookup-attributes AttributeKey=ResourceName,AttributeValue={id}";
    DiffUnknown: "Config n'a encore aucun élément de configuration de `{name}`", "Config has no configuration item of `{name}` yet";
    DiffOnlyOne: "`{name}` n'a qu'un élément de configuration : rien à comparer encore", "`{name}` has only one configuration item: nothing to compare yet";
    DiffNumbers: "les éléments vont de 1 à {count}", "items go from 1 to {count}";
    WhyUnknown: "`{path}` n'est pas un chemin, tel que `bus>lambda`", "`{path}` is not a path, such as `bus>lambda`";
    WhyNone: "aucun saut `{path}` jusqu'ici", "no `{path}` hop so far";
    LimitsUnknown: "les cartes vont de L1 à L8", "the cards go from L1 to L8";
    ConsolePrompt: ": puis une commande aws ; Tab complète", ": then an aws command; Tab completes";

    // Help.
    HelpTitle: "Aide", "Help";
    HelpTime: "Le temps", "Time";
    HelpViews: "Les vues", "Views";
    HelpUnderstand: "Comprendre", "Understand";
    HelpAct: "Agir", "Act";
    HelpLegend: "Légende : la ville et AWS", "Legend: the town and AWS";
    HelpScale: "Échelle : 80 % de CPU = 110 km/h", "Scale: 80% CPU = 110 km/h";
    HelpSimplifies: "Ce que la simulation simplifie : les délais (≈), une seule zone, des métriques sans bruit.", "What the simulation simplifies: delays (≈), one zone, metrics without noise.";

    // Report.
    ReportTitle: "Bilan", "Report";
    ReportPredictions: "Vos prédictions", "Your predictions";
    ReportNone: "aucune", "none";
    ReportRight: "{n} juste sur {of}", "{n} right of {of}";
    ReportChain: "La chaîne, telle qu'elle s'est passée", "The chain, as it happened";
    ReportAgain: "r rejouer   q menu", "r replay   q menu";

    // Too small.
    TooSmall: "Agrandissez le terminal : {w}×{h} est trop petit pour la ville.", "Enlarge the terminal: {w}×{h} is too small for the town.";

    // Headless runs.
    RunSetUp: "Préparation : {n} appel pendant l'heure qui précède l'histoire.|Préparation : {n} appels pendant l'heure qui précède l'histoire.", "Set-up: {n} call in the hour before the story.|Set-up: {n} calls in the hour before the story.";
    RunQuestion: "Question", "Question";
    RunTask: "Tâche", "Task";
    RunTaskSolved: "résolue par sa solution", "done by its solution";
    RunExpectHeld: "{n} attente tenue|{n} attentes tenues", "{n} expectation held|{n} expectations held";
    RunExpectFailed: "attente NON tenue", "expectation FAILED";
    RunQuiet: "… {duration} sans rien de neuf", "… {duration} with nothing new";
    RunAndSoOn: "… et ainsi de suite : {hops} sauts et {runs} exécutions du même genre, jusqu'à {clock}", "… and so on: {hops} hops and {runs} runs of the same kind, until {clock}";
    RunShows: "à voir : {where}", "see: {where}";
    RunWorld: "——— Le même passage, dans le monde « {world} »", "——— The same stretch, in the world “{world}”";
    RunUnknownWorld: "ce scénario n'a pas de monde `{world}` ; connus : {known}", "this scenario has no world `{world}`; known: {known}";
    RunMeters: "Compteurs depuis 0:00, et ce qu'ils coûteraient (≈, prix publics lus le {date}, premier palier, sans offre gratuite) :", "Meters since 0:00, and what they would cost (≈, public prices read on {date}, first tier, no free tier):";
    MetersTitle: "COMPTEURS · ≈ prix publics", "METERS · ≈ public prices";
    RunMetersTotal: "total", "total";
    MeterConfigItem: "éléments de configuration", "configuration items";
    MeterRuleEvaluation: "évaluations de règles", "rule evaluations";
    MeterDataEvent: "événements de données", "data events";
    MeterEvent: "événements d'applications", "application events";
    MeterServiceEvent: "événements de services", "service events";
    MeterMail: "courriers de sujets", "mails of topics";
    MeterLetter: "courriers SES", "SES mails";
    MeterInvocation: "exécutions de fonctions", "function runs";
    RunEnd: "Fin à {clock}.", "End at {clock}.";
}
