//! How soon, what kind, who, which hazards, and why: from what the tenant chose, answered and wrote.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::catalogue::{Catalogue, Emergency, Problem, QuestionKind};
use super::kinds::{Category, Hazard, Priority, Trade};
use super::path::FaultPath;
use super::red_flags::{RED_FLAGS, Text, VULNERABLE_WORDS};

/// What the product proposes. Staff may change it; the reasons stay beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assessment {
    pub priority: Priority,
    pub category: Category,
    pub trade: Trade,
    pub hazards: Vec<Hazard>,
    /// One sentence for each thing that raised the priority or added a hazard, in the order they were weighed.
    pub reasons: Vec<String>,
}

/// Loss of these is dangerous within hours to somebody frail, so vulnerability makes an urgent case an emergency.
const DANGEROUS_WHEN_VULNERABLE: &[Hazard] =
    &[Hazard::ExcessCold, Hazard::ExcessHeat, Hazard::WaterSupply, Hazard::Sanitation, Hazard::CarbonMonoxide, Hazard::Intruders];

/// Weighs one report.
///
/// Starts from the fault's own priority and only goes up: by the emergency chosen first, by answers, by red-flag words
/// (in `free_text` and in answers given as text), and by vulnerability. Vulnerability lifts by one step at most:
/// routine to urgent where there is any hazard, urgent to emergency where the hazard is one of
/// [`DANGEROUS_WHEN_VULNERABLE`] (the landlord must weigh the occupants' vulnerability: GOV.UK guidance on Awaab's
/// Law, section 3.5). The product never closes the question: staff can raise it further, and lower it with a reason.
///
/// With an emergency and no fault chosen, pass the fault its `path` leads to, or call [`Catalogue::assess`].
pub fn assess(
    problem: Option<&Problem>,
    emergency: Option<&Emergency>,
    answers: &BTreeMap<String, String>,
    vulnerable: bool,
    free_text: &str,
) -> Assessment {
    let mut weighing = Weighing::default();
    if let Some(problem) = problem {
        weighing.priority = problem.default_priority;
        weighing.hazards.extend(&problem.hazards);
        weighing.kind = Some((problem.category, problem.trade));
    }
    if let Some(emergency) = emergency {
        weighing.hazards.extend(&emergency.hazards);
        weighing.priority = weighing.priority.max(emergency.priority);
        // Said even where the fault is an emergency by itself: that the tenant called it one is worth knowing.
        weighing.reasons.push(format!("Reported as an emergency: {}.", emergency.label));
    }
    if let Some(problem) = problem {
        weighing.weigh_answers(problem, answers);
    }
    let text = Text::new(&all_words(problem, answers, free_text));
    weighing.weigh_words(&text);
    weighing.weigh_vulnerability(vulnerable, &text);
    weighing.finish()
}

impl Catalogue {
    /// [`assess`] by codes. An emergency without a chosen fault is weighed as the fault its path leads to.
    pub fn assess(
        &self,
        path: Option<&FaultPath>,
        emergency: Option<&str>,
        answers: &BTreeMap<String, String>,
        vulnerable: bool,
        free_text: &str,
    ) -> Assessment {
        let emergency = emergency.and_then(|code| self.emergency(code));
        let found = path.and_then(|path| self.find(path)).or_else(|| emergency.and_then(|emergency| self.find(&emergency.path)));
        assess(found.map(|found| found.problem), emergency, answers, vulnerable, free_text)
    }
}

struct Weighing {
    priority: Priority,
    kind: Option<(Category, Trade)>,
    hazards: BTreeSet<Hazard>,
    reasons: Vec<String>,
}

impl Default for Weighing {
    fn default() -> Self {
        Self { priority: Priority::Routine, kind: None, hazards: BTreeSet::new(), reasons: Vec::new() }
    }
}

impl Weighing {
    /// Invariant: after the start the priority changes here only, and it cannot go down.
    fn raise(&mut self, to: Priority, because: impl FnOnce() -> String) {
        if to > self.priority {
            self.priority = to;
            self.reasons.push(because());
        }
    }

    fn weigh_answers(&mut self, problem: &Problem, answers: &BTreeMap<String, String>) {
        for question in &problem.questions {
            let Some(answer) = answers.get(&question.code) else {
                continue;
            };
            let effect = question.effect(answer);
            let because = || format!("“{}” was answered “{}”.", question.text, question.show(answer));
            let added = effect.adds_hazard.is_some_and(|hazard| self.hazards.insert(hazard));
            let before = self.priority;
            self.raise(effect.raises.unwrap_or(Priority::Routine), because);
            if added && self.priority == before {
                self.reasons.push(because());
            }
        }
    }

    fn weigh_words(&mut self, text: &Text) {
        for flag in RED_FLAGS.iter().filter(|flag| text.has(flag)) {
            let because = || format!("The report mentions {}.", flag.names);
            let added = flag.hazard.is_some_and(|hazard| self.hazards.insert(hazard));
            let before = self.priority;
            self.raise(flag.raises, because);
            if added && self.priority == before {
                self.reasons.push(because());
            }
            self.kind.get_or_insert((flag.category, flag.trade));
        }
    }

    fn weigh_vulnerability(&mut self, vulnerable: bool, text: &Text) {
        let mentioned = VULNERABLE_WORDS.iter().any(|word| text.says(word));
        let who = match (vulnerable, mentioned) {
            (true, _) => "Somebody in the home is more at risk than most",
            (false, true) => "The report mentions somebody who may be more at risk than most",
            (false, false) => return,
        };
        let dangerous = self.hazards.iter().any(|hazard| DANGEROUS_WHEN_VULNERABLE.contains(hazard));
        let lifts = match self.priority {
            Priority::Routine => !self.hazards.is_empty(),
            Priority::Urgent => dangerous,
            Priority::Emergency => false,
        };
        if lifts {
            self.raise(self.priority.raised(), || format!("{who}, and this fault could harm them."));
        } else {
            self.reasons.push(format!("{who}."));
        }
    }

    fn finish(self) -> Assessment {
        let (category, trade) = self.kind.unwrap_or((Category::Other, Trade::MultiSkilled));
        Assessment { priority: self.priority, category, trade, hazards: self.hazards.into_iter().collect(), reasons: self.reasons }
    }
}

/// The free text and the answers given as text, each on its own line so that they do not read as one sentence.
fn all_words(problem: Option<&Problem>, answers: &BTreeMap<String, String>, free_text: &str) -> String {
    let written = problem
        .into_iter()
        .flat_map(|problem| &problem.questions)
        .filter_map(|question| matches!(question.kind, QuestionKind::Text).then(|| answers.get(&question.code)).flatten());
    let mut all = free_text.to_owned();
    for answer in written {
        all.push('\n');
        all.push_str(answer);
    }
    all
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn weigh(path: &str, emergency: Option<&str>, answers: &[(&str, &str)], vulnerable: bool, text: &str) -> Assessment {
        let path = (!path.is_empty()).then(|| path.parse::<FaultPath>().unwrap());
        if let Some(path) = &path {
            assert!(Catalogue::default_uk().find(path).is_some(), "{path}");
        }
        let answers = answers.iter().map(|(q, a)| ((*q).to_owned(), (*a).to_owned())).collect();
        Catalogue::default_uk().assess(path.as_ref(), emergency, &answers, vulnerable, text)
    }

    #[test]
    fn reports_get_the_priority_people_would_give_them() {
        use Priority::{Emergency, Routine, Urgent};
        for (path, emergency, answers, vulnerable, text, expected) in [
            ("kitchen/tap/dripping", None, &[][..], false, "", Routine),
            ("kitchen/tap/dripping", None, &[], false, "please come soon", Routine),
            ("kitchen/tap/dripping", None, &[], false, "and I smell gas", Emergency),
            ("kitchen/tap/dripping", None, &[], true, "", Routine),
            ("kitchen/sink/leaking", None, &[("contained", "no")], false, "", Emergency),
            ("kitchen/sink/leaking", None, &[("contained", "yes")], false, "", Urgent),
            ("heating/boiler/no-heating", None, &[], false, "", Urgent),
            ("heating/boiler/no-heating", None, &[], true, "", Emergency),
            ("heating/boiler/no-heating", None, &[], false, "my baby is cold", Emergency),
            ("walls/mould/mould", None, &[], false, "", Urgent),
            ("", Some("gas"), &[], false, "", Emergency),
            ("kitchen/tap/dripping", Some("gas"), &[], false, "", Emergency),
            ("", None, &[], false, "the sofa is ugly", Routine),
            ("", None, &[], false, "ceiling fell down", Emergency),
        ] {
            let got = weigh(path, emergency, answers, vulnerable, text);
            assert_eq!(got.priority, expected, "{path} {emergency:?} {answers:?} {vulnerable} {text:?}: {got:#?}");
        }
    }

    #[test]
    fn every_raise_has_its_reason() {
        let got = weigh("kitchen/sink/leaking", None, &[("contained", "no")], true, "water near the socket");
        assert_eq!(got.category, Category::Plumbing);
        assert!(got.hazards.contains(&Hazard::Electrical));
        assert_eq!(got.reasons.len(), 3, "{:#?}", got.reasons);
        assert!(got.reasons[0].contains("was answered “No”"), "{:#?}", got.reasons);
        assert_eq!(got.reasons[1], "The report mentions water near electrics.");
        assert_eq!(got.reasons[2], "Somebody in the home is more at risk than most.");
    }

    #[test]
    fn none_of_these_is_filed_by_its_words() {
        let got = weigh("", None, &[], false, "There is mould on the wall and rats in the loft");
        assert_eq!((got.category, got.trade), (Category::DampMould, Trade::DampSpecialist));
        assert_eq!(got.hazards, [Hazard::DampMould, Hazard::DomesticHygiene]);
        let got = weigh("", None, &[], false, "something odd");
        assert_eq!((got.category, got.trade, got.priority), (Category::Other, Trade::MultiSkilled, Priority::Routine));
        assert!(got.reasons.is_empty());
    }

    #[test]
    fn an_emergency_alone_is_filed_under_its_own_fault() {
        let catalogue = Catalogue::default_uk();
        for emergency in &catalogue.emergencies {
            let got = weigh("", Some(&emergency.code), &[], false, "");
            let fault = catalogue.find(&emergency.path).unwrap().problem;
            assert_eq!(got.reasons, [format!("Reported as an emergency: {}.", emergency.label)]);
            assert_eq!((got.priority, got.category), (Priority::Emergency, fault.category), "{}", emergency.code);
            assert!(emergency.hazards.iter().all(|hazard| got.hazards.contains(hazard)), "{}", emergency.code);
        }
    }

    #[test]
    fn unknown_answers_do_nothing() {
        let plain = weigh("kitchen/sink/leaking", None, &[], false, "");
        let odd = weigh("kitchen/sink/leaking", None, &[("contained", "<script>"), ("nothing", "no")], false, "");
        assert_eq!(plain, odd);
    }

    fn any_fault() -> impl Strategy<Value = FaultPath> {
        let paths: Vec<FaultPath> = Catalogue::default_uk().faults().map(|fault| fault.path()).collect();
        prop::sample::select(paths)
    }

    /// For one fault, any answers, some of them offered and some not.
    fn fault_with_answers() -> impl Strategy<Value = (FaultPath, BTreeMap<String, String>)> {
        (any_fault(), prop::collection::vec(any::<prop::sample::Index>(), 6)).prop_map(|(path, picks)| {
            let found = Catalogue::default_uk().find(&path).unwrap();
            let answers = found.problem.questions.iter().zip(picks).map(|(question, pick)| {
                let offered: Vec<&str> = match &question.kind {
                    QuestionKind::YesNo { .. } => vec!["yes", "no", "?"],
                    QuestionKind::Choice { options } => options.iter().map(|opt| opt.code.as_str()).collect(),
                    QuestionKind::Text => vec!["", "sparks", "fine"],
                    QuestionKind::Number => vec!["0", "7"],
                };
                (question.code.clone(), pick.get(&offered).to_string())
            });
            (path.clone(), answers.collect())
        })
    }

    proptest! {
        #[test]
        fn nothing_ever_lowers(
            (path, answers) in fault_with_answers(),
            emergency in prop::option::of(prop::sample::select(vec!["gas", "no-water", "unknown"])),
            vulnerable: bool,
            text in "[a-z ,.]{0,60}|.{0,40}",
            flag in prop::sample::select(vec!["", "sparks", "no heating", "baby", "no smell of gas"]),
        ) {
            let catalogue = Catalogue::default_uk();
            let problem = catalogue.find(&path).unwrap().problem;
            let none = BTreeMap::new();
            let text = format!("{text}. {flag}");
            let full = catalogue.assess(Some(&path), emergency, &answers, vulnerable, &text);
            prop_assert!(full.priority >= problem.default_priority);
            for less in [
                catalogue.assess(Some(&path), None, &answers, vulnerable, &text),
                catalogue.assess(Some(&path), emergency, &none, vulnerable, &text),
                catalogue.assess(Some(&path), emergency, &answers, false, &text),
                catalogue.assess(Some(&path), emergency, &answers, vulnerable, ""),
                catalogue.assess(Some(&path), None, &none, false, ""),
            ] {
                prop_assert!(full.priority >= less.priority, "{:?} then {:?}", less, full);
                prop_assert!(less.hazards.iter().all(|hazard| full.hazards.contains(hazard)));
            }
            if full.priority > problem.default_priority {
                prop_assert!(!full.reasons.is_empty());
            }
            prop_assert_eq!(&full, &catalogue.assess(Some(&path), emergency, &answers, vulnerable, &text));
        }
    }
}
