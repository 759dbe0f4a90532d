//! The catalogue's shape, its rules, and how a fault is looked up in it.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::drawings;
use super::kinds::{Category, Hazard, Priority, Responsibility, Trade};
use super::path::{FaultPath, is_code};

/// Longest text answer kept, in characters.
pub const MAX_ANSWER: usize = 500;
/// Largest number a number question takes: enough for rooms, days or a meter reading.
const MAX_NUMBER: u32 = 999_999;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catalogue {
    /// Stored with each report, so that an old answer can be read against the questions of its day.
    pub version: String,
    pub emergencies: Vec<Emergency>,
    pub rooms: Vec<Room>,
}

/// One line of the first question: what cannot wait for the rest of the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Emergency {
    pub code: String,
    /// The radio's label, in the tenant's own words.
    pub label: String,
    /// The heading of the page shown when it is chosen.
    pub title: String,
    /// What to do now, one step a line, in order.
    pub advice: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
    pub priority: Priority,
    /// The fault that is recorded when the tenant goes no further.
    pub path: FaultPath,
    pub hazards: Vec<Hazard>,
    /// True when the page shows the advice and the number before anything else, with the form offered only after it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub stop_here: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phone {
    pub number: String,
    pub who: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Room {
    pub code: String,
    pub name: String,
    /// What belongs here, for people unsure which tile is theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    pub drawing: String,
    /// Shared by the building: the report goes on the property, without a unit.
    #[serde(default, skip_serializing_if = "is_false")]
    pub communal: bool,
    pub items: Vec<Item>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    pub code: String,
    pub name: String,
    pub drawing: String,
    pub problems: Vec<Problem>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    pub code: String,
    pub name: String,
    /// Must be read before going on: what could hurt somebody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warning: Option<String>,
    /// What the tenant can safely try first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub self_help: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub questions: Vec<Question>,
    pub default_priority: Priority,
    pub category: Category,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hazards: Vec<Hazard>,
    pub trade: Trade,
    pub responsibility: Responsibility,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photo_hint: Option<String>,
    /// Other words people search with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keywords: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    pub code: String,
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    pub kind: QuestionKind,
    #[serde(default, skip_serializing_if = "is_false")]
    pub required: bool,
}

/// How a question is answered. Stored answers are `yes`/`no`, an option's code, text, or a whole number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuestionKind {
    YesNo {
        #[serde(default, skip_serializing_if = "Effect::is_none")]
        yes: Effect,
        #[serde(default, skip_serializing_if = "Effect::is_none")]
        no: Effect,
    },
    Choice {
        options: Vec<Opt>,
    },
    Text,
    Number,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opt {
    pub code: String,
    pub label: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raises: Option<Priority>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adds_hazard: Option<Hazard>,
}

/// What an answer does to the assessment. There is no way to write one that lowers it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    /// The priority is at least this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raises: Option<Priority>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adds_hazard: Option<Hazard>,
}

impl Effect {
    fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

/// Why an answer was not taken: a sentence for beside the field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    #[error("Answer this question")]
    Missing,
    #[error("Choose one of the answers")]
    NotOffered,
    #[error("Enter a whole number, like 3")]
    NotANumber,
    #[error("Your answer must be {MAX_ANSWER} characters or fewer")]
    TooLong,
}

/// A fault with the tiles that led to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found<'a> {
    pub room: &'a Room,
    pub item: &'a Item,
    pub problem: &'a Problem,
}

impl Found<'_> {
    pub fn path(&self) -> FaultPath {
        FaultPath::new(&self.room.code, &self.item.code, &self.problem.code)
    }
}

impl Catalogue {
    /// The faults every new organisation starts with.
    ///
    /// The text is some 200 kB: call it on the server and send the browser the part it needs.
    #[expect(clippy::expect_used, clippy::missing_panics_doc, reason = "the text is compiled in and a test reads it")]
    pub fn default_uk() -> &'static Self {
        static DEFAULT: OnceLock<Catalogue> = OnceLock::new();
        DEFAULT.get_or_init(|| serde_json::from_str(include_str!("default_uk.json")).expect("default_uk.json is a catalogue"))
    }

    pub fn room(&self, code: &str) -> Option<&Room> {
        self.rooms.iter().find(|room| room.code == code)
    }

    pub fn emergency(&self, code: &str) -> Option<&Emergency> {
        self.emergencies.iter().find(|emergency| emergency.code == code)
    }

    pub fn find(&self, path: &FaultPath) -> Option<Found<'_>> {
        let room = self.room(&path.room)?;
        let item = room.item(&path.item)?;
        let problem = item.problem(&path.problem)?;
        Some(Found { room, item, problem })
    }

    /// Every fault, in the order of the tiles.
    pub fn faults(&self) -> impl Iterator<Item = Found<'_>> {
        self.rooms
            .iter()
            .flat_map(|room| room.items.iter().flat_map(move |item| item.problems.iter().map(move |problem| Found { room, item, problem })))
    }

    /// Checks what the types cannot: that every name can be shown, every code found again, every drawing drawn.
    ///
    /// Answers all that is wrong at once, each as a sentence that says where.
    pub fn validate(&self) -> Result<(), Vec<String>> {
        let mut wrong = Vec::new();
        if self.version.trim().is_empty() {
            wrong.push("The catalogue has no version.".to_owned());
        }
        check_codes("The catalogue", "room", self.rooms.iter().map(|room| room.code.as_str()), &mut wrong);
        for room in &self.rooms {
            room.check(&mut wrong);
        }
        check_codes("The catalogue", "emergency", self.emergencies.iter().map(|e| e.code.as_str()), &mut wrong);
        for emergency in &self.emergencies {
            self.check_emergency(emergency, &mut wrong);
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }

    fn check_emergency(&self, emergency: &Emergency, wrong: &mut Vec<String>) {
        let at = format!("Emergency {}", emergency.code);
        check_text(&at, "label", &emergency.label, wrong);
        check_text(&at, "title", &emergency.title, wrong);
        if emergency.advice.is_empty() {
            wrong.push(format!("{at} says nothing about what to do now."));
        }
        for line in &emergency.advice {
            check_text(&at, "advice", line, wrong);
        }
        if let Some(phone) = &emergency.phone {
            check_text(&at, "phone number", &phone.number, wrong);
            check_text(&at, "name for the phone number", &phone.who, wrong);
        }
        if self.find(&emergency.path).is_none() {
            wrong.push(format!("{at} leads to {}, which is not in the catalogue.", emergency.path));
        }
    }
}

impl Room {
    pub fn item(&self, code: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.code == code)
    }

    fn check(&self, wrong: &mut Vec<String>) {
        let at = format!("Room {}", self.code);
        check_text(&at, "name", &self.name, wrong);
        check_optional(&at, "hint", self.hint.as_deref(), wrong);
        check_drawing(&at, &self.drawing, wrong);
        check_codes(&at, "item", self.items.iter().map(|item| item.code.as_str()), wrong);
        for item in &self.items {
            let at = format!("Item {}/{}", self.code, item.code);
            check_text(&at, "name", &item.name, wrong);
            check_drawing(&at, &item.drawing, wrong);
            check_codes(&at, "problem", item.problems.iter().map(|problem| problem.code.as_str()), wrong);
            for problem in &item.problems {
                problem.check(&format!("Problem {}/{}/{}", self.code, item.code, problem.code), wrong);
            }
        }
    }
}

impl Item {
    pub fn problem(&self, code: &str) -> Option<&Problem> {
        self.problems.iter().find(|problem| problem.code == code)
    }
}

impl Problem {
    pub fn question(&self, code: &str) -> Option<&Question> {
        self.questions.iter().find(|question| question.code == code)
    }

    fn check(&self, at: &str, wrong: &mut Vec<String>) {
        check_text(at, "name", &self.name, wrong);
        check_optional(at, "warning", self.warning.as_deref(), wrong);
        check_optional(at, "self-help", self.self_help.as_deref(), wrong);
        check_optional(at, "photo hint", self.photo_hint.as_deref(), wrong);
        for keyword in &self.keywords {
            check_text(at, "keyword", keyword, wrong);
        }
        if !self.questions.is_empty() {
            check_codes(at, "question", self.questions.iter().map(|question| question.code.as_str()), wrong);
        }
        for question in &self.questions {
            question.check(&format!("{at}, question {}", question.code), wrong);
        }
    }
}

impl Question {
    /// Reads one raw answer. Blank is `None`, and an error only where the question is required.
    pub fn read(&self, raw: &str) -> Result<Option<String>, AnswerError> {
        let answer = raw.trim();
        if answer.is_empty() {
            return if self.required { Err(AnswerError::Missing) } else { Ok(None) };
        }
        match &self.kind {
            QuestionKind::YesNo { .. } if matches!(answer, "yes" | "no") => Ok(Some(answer.to_owned())),
            QuestionKind::Choice { options } if options.iter().any(|opt| opt.code == answer) => Ok(Some(answer.to_owned())),
            QuestionKind::YesNo { .. } | QuestionKind::Choice { .. } => Err(AnswerError::NotOffered),
            QuestionKind::Text if answer.chars().count() > MAX_ANSWER => Err(AnswerError::TooLong),
            QuestionKind::Text => Ok(Some(answer.to_owned())),
            QuestionKind::Number => match answer.parse::<u32>() {
                Ok(number) if number <= MAX_NUMBER => Ok(Some(number.to_string())),
                _ => Err(AnswerError::NotANumber),
            },
        }
    }

    /// The answer in the words that were shown, for "check your answers" and for staff.
    pub fn show<'a>(&'a self, answer: &'a str) -> &'a str {
        match (&self.kind, answer) {
            (QuestionKind::YesNo { .. }, "yes") => "Yes",
            (QuestionKind::YesNo { .. }, "no") => "No",
            (QuestionKind::Choice { options }, _) => options.iter().find(|opt| opt.code == answer).map_or(answer, |opt| opt.label.as_str()),
            _ => answer,
        }
    }

    /// What this answer does. An answer that was not offered does nothing.
    pub fn effect(&self, answer: &str) -> Effect {
        match (&self.kind, answer) {
            (QuestionKind::YesNo { yes, .. }, "yes") => yes.clone(),
            (QuestionKind::YesNo { no, .. }, "no") => no.clone(),
            (QuestionKind::Choice { options }, _) => options
                .iter()
                .find(|opt| opt.code == answer)
                .map(|opt| Effect { raises: opt.raises, adds_hazard: opt.adds_hazard })
                .unwrap_or_default(),
            _ => Effect::default(),
        }
    }

    fn check(&self, at: &str, wrong: &mut Vec<String>) {
        check_text(at, "text", &self.text, wrong);
        check_optional(at, "hint", self.hint.as_deref(), wrong);
        if let QuestionKind::Choice { options } = &self.kind {
            if options.len() < 2 {
                wrong.push(format!("{at} offers fewer than two answers."));
            }
            check_codes(at, "answer", options.iter().map(|opt| opt.code.as_str()), wrong);
            for opt in options {
                check_text(at, "answer", &opt.label, wrong);
            }
        }
    }
}

fn check_codes<'a>(at: &str, what: &str, codes: impl Iterator<Item = &'a str>, wrong: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    for code in codes {
        if !is_code(code) {
            wrong.push(format!("{at} has the {what} code “{code}”. Use lower-case letters, digits and hyphens, at most 40."));
        }
        if !seen.insert(code) {
            wrong.push(format!("{at} has two of the {what} code “{code}”."));
        }
    }
    if seen.is_empty() {
        wrong.push(format!("{at} has no {what}."));
    }
}

fn check_text(at: &str, what: &str, text: &str, wrong: &mut Vec<String>) {
    if text.trim().is_empty() {
        wrong.push(format!("{at} has an empty {what}."));
    } else if text.chars().any(|c| c.is_control() && c != '\n') {
        wrong.push(format!("{at} has a {what} with characters that cannot be shown."));
    } else if text.chars().count() > MAX_ANSWER {
        wrong.push(format!("{at} has a {what} of more than {MAX_ANSWER} characters."));
    }
}

fn check_optional(at: &str, what: &str, text: Option<&str>, wrong: &mut Vec<String>) {
    if let Some(text) = text {
        check_text(at, what, text, wrong);
    }
}

fn check_drawing(at: &str, drawing: &str, wrong: &mut Vec<String>) {
    if !drawings::CODES.contains(&drawing) {
        wrong.push(format!("{at} uses the drawing “{drawing}”, which does not exist."));
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if hands over a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(change: impl FnOnce(&mut Catalogue)) -> Vec<String> {
        let mut catalogue = Catalogue::default_uk().clone();
        change(&mut catalogue);
        catalogue.validate().err().unwrap_or_default()
    }

    #[test]
    fn the_default_faults_are_in_order() {
        let catalogue = Catalogue::default_uk();
        assert_eq!(catalogue.validate(), Ok(()));
        assert!(catalogue.faults().count() >= 130, "{}", catalogue.faults().count());
    }

    /// A misspelt field would be dropped silently by serde; writing the catalogue out again shows it.
    #[test]
    fn nothing_in_the_default_text_is_dropped() {
        let text: serde_json::Value = serde_json::from_str(include_str!("default_uk.json")).unwrap();
        assert_eq!(serde_json::to_value(Catalogue::default_uk()).unwrap(), text);
    }

    #[test]
    fn every_fault_is_found_by_its_own_path() {
        let catalogue = Catalogue::default_uk();
        for fault in catalogue.faults() {
            let path: FaultPath = fault.path().to_string().parse().unwrap();
            assert_eq!(catalogue.find(&path), Some(fault));
        }
        assert_eq!(catalogue.find(&FaultPath::new("kitchen", "sink", "no-such")), None);
    }

    #[test]
    fn emergencies_are_emergencies_and_lead_somewhere() {
        let catalogue = Catalogue::default_uk();
        for emergency in &catalogue.emergencies {
            assert_eq!(emergency.priority, Priority::Emergency, "{}", emergency.code);
            assert!(!emergency.hazards.is_empty(), "{}", emergency.code);
        }
        let gas = catalogue.emergency("gas").unwrap();
        assert!(gas.stop_here);
        assert_eq!(gas.phone.as_ref().unwrap().number, "0800 111 999");
        assert_eq!(catalogue.emergency("nothing"), None);
    }

    /// Statutory clocks for damp and mould start at awareness (Awaab's Law), so no such report may sink to routine.
    #[test]
    fn damp_and_mould_is_never_routine() {
        for fault in Catalogue::default_uk().faults() {
            if fault.problem.category == Category::DampMould {
                assert!(fault.problem.default_priority >= Priority::Urgent, "{}", fault.path());
                assert!(fault.problem.hazards.contains(&Hazard::DampMould), "{}", fault.path());
            }
        }
    }

    #[test]
    fn a_broken_catalogue_is_refused_with_all_its_faults() {
        let wrong = changed(|c| {
            c.version.clear();
            c.rooms[0].name = " ".to_owned();
            c.rooms[1].drawing = "unicorn".to_owned();
            c.emergencies[0].path = FaultPath::new("no", "such", "fault");
        });
        assert_eq!(wrong.len(), 4, "{wrong:#?}");
        assert!(wrong.iter().any(|w| w.contains("unicorn")), "{wrong:#?}");
    }

    #[test]
    fn codes_must_be_unique_and_plain() {
        let twice = changed(|c| c.rooms[1].code = c.rooms[0].code.clone());
        assert!(twice.iter().any(|w| w.contains("two of the room code")), "{twice:#?}");
        let odd = changed(|c| c.rooms[0].items[0].problems[0].code = "Not OK".to_owned());
        assert!(odd.iter().any(|w| w.contains("Not OK")), "{odd:#?}");
        let empty = changed(|c| c.rooms[0].items.clear());
        assert!(empty.iter().any(|w| w.contains("has no item")), "{empty:#?}");
        let control = changed(|c| c.rooms[0].name = "a\0b".to_owned());
        assert!(control.iter().any(|w| w.contains("cannot be shown")), "{control:#?}");
    }

    #[test]
    fn questions_are_unique_inside_a_problem() {
        let wrong = changed(|c| {
            let problems = c.rooms.iter_mut().flat_map(|r| &mut r.items).flat_map(|i| &mut i.problems);
            let problem = problems.into_iter().find(|p| !p.questions.is_empty()).unwrap();
            let again = problem.questions[0].clone();
            problem.questions.push(again);
        });
        assert!(wrong.iter().any(|w| w.contains("two of the question code")), "{wrong:#?}");
    }

    fn question(kind: QuestionKind, required: bool) -> Question {
        Question { code: "q".into(), text: "Q?".into(), hint: None, kind, required }
    }

    #[test]
    fn answers_are_read_by_kind() {
        let opt = |code: &str, label: &str| Opt { code: code.into(), label: label.into(), raises: None, adds_hazard: None };
        let choice = question(QuestionKind::Choice { options: vec![opt("clear", "Clear"), opt("brown", "Brown")] }, true);
        assert_eq!(choice.read(" brown "), Ok(Some("brown".into())));
        assert_eq!(choice.read("green"), Err(AnswerError::NotOffered));
        assert_eq!(choice.read(""), Err(AnswerError::Missing));
        assert_eq!(choice.show("brown"), "Brown");
        let yes_no = question(QuestionKind::YesNo { yes: Effect::default(), no: Effect::default() }, false);
        assert_eq!(yes_no.read("yes"), Ok(Some("yes".into())));
        assert_eq!(yes_no.read("maybe"), Err(AnswerError::NotOffered));
        assert_eq!(yes_no.read("  "), Ok(None));
        assert_eq!(yes_no.show("no"), "No");
        let number = question(QuestionKind::Number, false);
        assert_eq!(number.read("007"), Ok(Some("7".into())));
        for bad in ["-1", "two", "1.5", "99999999999999"] {
            assert_eq!(number.read(bad), Err(AnswerError::NotANumber), "{bad}");
        }
        let text = question(QuestionKind::Text, false);
        assert_eq!(text.read(&"é".repeat(MAX_ANSWER)), Ok(Some("é".repeat(MAX_ANSWER))));
        assert_eq!(text.read(&"é".repeat(MAX_ANSWER + 1)), Err(AnswerError::TooLong));
    }
}
