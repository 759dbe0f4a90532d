//! A **draft**: the answers of a report not yet sent, and which question comes next.
//!
//! Each step decides the next ([`Step::next`]); [`next_step`] walks from the first step to the first that is not answered. Answers are
//! given by step ([`Draft::answer`]) from raw form fields, and may be given again in any order: changing one drops only what was asked
//! because of it. The fault chosen by the emergency is not stored as if the tenant had chosen it: see [`Draft::path`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::faults::{Catalogue, FaultPath, Found, Question, Responsibility};
use crate::people::words;
use crate::values::{EmailAddress, FieldErrors, PhoneE164, Postcode, clean, clean_lines, required};
use crate::{PropertyId, UnitId};

/// "Something else", "none of these", "it is a different problem": the answer that is not on the list.
pub const NONE: &str = "none";
/// Longest description, in characters.
pub const MAX_DETAILS: usize = 2_000;
const MAX_NOTES: usize = 500;
const MAX_NAME: usize = 120;
/// How many questions a fault is assumed to have before it is known.
const ASSUMED_QUESTIONS: usize = 2;

words!(
    /// One page of the wizard, by name. Guests alone are asked for a postcode and a contact.
    Step {
        Emergency => "emergency", "What is the problem you are reporting?";
        Postcode => "postcode", "What is the postcode of your home?";
        Home => "home", "Which home is it?";
        Contact => "contact", "How can we reach you?";
        Where => "where", "Where is the problem?";
        What => "what", "What is the problem with?";
        Problem => "problem", "What is wrong?";
        Advice => "advice", "Before you go on";
        Duplicates => "duplicates", "Is it the same problem?";
        Questions => "questions", "A few questions about the problem";
        Details => "details", "Tell us more about it";
        Photos => "photos", "Add photos";
        Access => "access", "How can we get in?";
        Needs => "needs", "Is anyone in your home more at risk than most?";
        Check => "check", "Check your answers before you report this repair";
    }
);

words!(
    /// How somebody may get into the home.
    AccessWay {
        SomeoneIn => "someone_in", "Someone will be at home";
        UseKey => "use_key", "You may use the spare key if nobody is at home";
        CallFirst => "call_first", "Call first to arrange a time";
    }
);

words!(
    /// When a visit suits. The hours are the booking windows.
    VisitTime {
        Any => "any", "Any time";
        Morning => "morning", "Mornings, 8am to 12 noon";
        Afternoon => "afternoon", "Afternoons, 12 noon to 5pm";
        SchoolRun => "school_run", "Between school runs, 9:30am to 2:30pm";
    }
);

words!(
    /// Who in the home is more at risk. It raises attention and never lowers it.
    Need {
        YoungChild => "young_child", "A baby or a child under 5";
        Older => "older", "Someone aged 65 or over";
        Pregnant => "pregnant", "Someone who is pregnant";
        Breathing => "breathing", "Someone with asthma or another breathing problem";
        Disability => "disability", "Someone with a disability or who finds it hard to move around";
        Illness => "illness", "Someone with a long-term or serious illness";
        MentalHealth => "mental_health", "Someone with a mental health condition";
        Equipment => "equipment", "Someone who uses medical equipment that needs power or water";
    }
);

/// What the server keeps of an unfinished report. Flat, every answer optional, so that an old draft reads under a newer version.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Draft {
    /// Asked by a guest: no log-in says who and where they are.
    pub guest: bool,
    /// There is nothing to choose: the tenant has one home.
    pub only_home: bool,
    /// An emergency's code, or [`NONE`].
    pub emergency: Option<String>,
    pub postcode: Option<Postcode>,
    pub property_id: Option<PropertyId>,
    pub unit_id: Option<UnitId>,
    pub name: Option<String>,
    pub email: Option<EmailAddress>,
    pub phone: Option<PhoneE164>,
    /// A room's code, or [`NONE`]; likewise item and problem.
    pub room: Option<String>,
    pub item: Option<String>,
    pub problem: Option<String>,
    pub advice_read: bool,
    /// Somebody in the building may have reported the same: offered, and whether the tenant said that it is different.
    pub duplicates: Duplicates,
    /// By question; an empty answer was asked and skipped.
    pub answers: BTreeMap<String, String>,
    pub details: Option<String>,
    pub photos_done: bool,
    pub access: Option<AccessWay>,
    pub times: Vec<VisitTime>,
    pub access_notes: Option<String>,
    /// `Some` and empty: nobody.
    pub needs: Option<Vec<Need>>,
    pub needs_notes: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Duplicates {
    #[default]
    NotOffered,
    Offered,
    Different,
}

/// A form as it was sent: values by field name, in order. Kept when it is refused, so that a page without JavaScript shows it again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RawAnswers(pub BTreeMap<String, Vec<String>>);

impl RawAnswers {
    pub fn of(pairs: &[(&str, &str)]) -> Self {
        let mut raw = Self::default();
        for (name, value) in pairs {
            raw.add(*name, *value);
        }
        raw
    }
    pub fn add(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.entry(name.into()).or_default().push(value.into());
    }
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.insert(name.into(), vec![value.into()]);
    }
    /// Each field with its first value, for a page that shows them again.
    pub fn pairs(&self) -> Vec<(String, String)> {
        self.0.iter().map(|(name, values)| (name.clone(), values.first().cloned().unwrap_or_default())).collect()
    }
    /// The first value of a field; empty when it was not sent.
    pub fn one(&self, name: &str) -> &str {
        self.all(name).first().map_or("", String::as_str)
    }
    pub fn all(&self, name: &str) -> &[String] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }
    /// What Postgres can store and a page can carry: no null bytes, no more than a form of ours has.
    pub fn storable(mut self) -> Self {
        self.0.retain(|name, _| name.len() <= 60);
        for values in self.0.values_mut() {
            values.truncate(40);
            for value in values {
                *value = value.chars().filter(|c| *c != '\0').take(2 * MAX_DETAILS).collect();
            }
        }
        while self.0.len() > 60 {
            self.0.pop_last();
        }
        self
    }
}

/// The first step that still needs an answer; [`Step::Check`] when none does.
pub fn next_step(draft: &Draft, catalogue: &Catalogue) -> Step {
    let mut step = Step::Emergency;
    while step != Step::Check && step.is_answered(draft, catalogue) {
        step = step.next(draft, catalogue);
    }
    step
}

impl Step {
    /// The step after this one, given what has been answered so far.
    pub fn next(self, draft: &Draft, catalogue: &Catalogue) -> Self {
        let fault = draft.fault(catalogue);
        match self {
            Self::Emergency if draft.guest => Self::Postcode,
            Self::Postcode => Self::Home,
            Self::Home if draft.guest => Self::Contact,
            Self::Emergency if !draft.only_home => Self::Home,
            // The emergency names the fault already: nobody with water pouring in picks through tiles.
            Self::Emergency | Self::Home | Self::Contact if draft.room.is_none() && fault.is_some() => Self::after_fault(draft, fault),
            Self::Emergency | Self::Home | Self::Contact => Self::Where,
            Self::Where if draft.room.as_deref() == Some(NONE) => Self::after_fault(draft, fault),
            Self::Where => Self::What,
            Self::What if draft.item.as_deref() == Some(NONE) => Self::after_fault(draft, fault),
            Self::What => Self::Problem,
            Self::Problem => Self::after_fault(draft, fault),
            Self::Advice if draft.duplicates != Duplicates::NotOffered => Self::Duplicates,
            Self::Advice | Self::Duplicates if fault.is_some_and(|f| !f.problem.questions.is_empty()) => Self::Questions,
            Self::Advice | Self::Duplicates | Self::Questions => Self::Details,
            Self::Details => Self::Photos,
            // Shared areas need nobody at home.
            Self::Photos if fault.is_some_and(|f| f.room.communal) => Self::Needs,
            Self::Photos => Self::Access,
            Self::Access => Self::Needs,
            Self::Needs | Self::Check => Self::Check,
        }
    }

    fn after_fault(draft: &Draft, fault: Option<Found<'_>>) -> Self {
        match fault {
            // The emergency's own page has just given its advice.
            Some(f) if draft.room.is_some() && has_advice(f) => Self::Advice,
            _ if draft.duplicates != Duplicates::NotOffered => Self::Duplicates,
            Some(f) if !f.problem.questions.is_empty() => Self::Questions,
            _ => Self::Details,
        }
    }

    /// Whether the draft answers it.
    pub fn is_answered(self, draft: &Draft, catalogue: &Catalogue) -> bool {
        match self {
            Self::Emergency => draft.emergency.is_some(),
            Self::Postcode => draft.postcode.is_some(),
            Self::Home => draft.property_id.is_some(),
            Self::Contact => draft.name.is_some() && (draft.email.is_some() || draft.phone.is_some()),
            Self::Where => draft.room.is_some(),
            Self::What => draft.item.is_some(),
            Self::Problem => draft.problem.is_some(),
            Self::Advice => draft.advice_read,
            Self::Duplicates => draft.duplicates == Duplicates::Different,
            Self::Questions => draft.question_to_ask(catalogue).is_none(),
            // Words are all we have where no fault was chosen.
            Self::Details => draft.details.as_deref().is_some_and(|d| !d.is_empty() || draft.fault(catalogue).is_some()),
            Self::Photos => draft.photos_done,
            Self::Access => draft.access.is_some(),
            Self::Needs => draft.needs.is_some(),
            Self::Check => false,
        }
    }

    /// Every step this draft goes through, in order, ending with [`Step::Check`].
    pub fn walk(draft: &Draft, catalogue: &Catalogue) -> Vec<Self> {
        let mut steps = vec![Self::Emergency];
        let mut step = Self::Emergency;
        while step != Self::Check {
            step = step.next(draft, catalogue);
            steps.push(step);
        }
        steps
    }

    /// The step before this one, for the Back link; none before the first.
    pub fn previous(self, draft: &Draft, catalogue: &Catalogue) -> Option<Self> {
        let steps = Self::walk(draft, catalogue);
        let at = steps.iter().position(|s| *s == self)?;
        steps.get(at.checked_sub(1)?).copied()
    }
}

fn has_advice(fault: Found<'_>) -> bool {
    fault.problem.warning.is_some() || fault.problem.self_help.is_some() || fault.problem.responsibility == Responsibility::Tenant
}

/// `Question 3 of about 7`: how far along `step` is. Nothing for the check page, which is no question. The end is "about" because a fault
/// that is not chosen yet has questions we cannot count.
pub fn progress(draft: &Draft, catalogue: &Catalogue, step: Step) -> Option<String> {
    let fault = draft.fault(catalogue);
    let questions = fault.map_or(0, |f| f.problem.questions.len());
    let still_unknown = if fault.is_none() && draft.path_is_open() { ASSUMED_QUESTIONS } else { 0 };
    let (mut at, mut total) = (None, still_unknown);
    let mut passed = 0;
    for page in Step::walk(draft, catalogue) {
        if page == step {
            let answered = if step == Step::Questions { draft.questions_answered(catalogue).min(questions.saturating_sub(1)) } else { 0 };
            at = Some(passed + answered + 1);
        }
        passed += match page {
            Step::Check => 0,
            Step::Questions => questions,
            _ => 1,
        };
    }
    total += passed;
    match step {
        Step::Check => None,
        _ => at.map(|at| format!("Question {at} of about {}", total.max(at))),
    }
}

impl Draft {
    /// A tenant's draft. `home` is known where the tenant has one home only.
    pub fn of_tenant(home: Option<(PropertyId, UnitId)>) -> Self {
        Self { only_home: home.is_some(), property_id: home.map(|h| h.0), unit_id: home.map(|h| h.1), ..Self::default() }
    }
    pub fn of_guest() -> Self {
        Self { guest: true, ..Self::default() }
    }

    /// The emergency's code, when there is one.
    pub fn emergency_code(&self) -> Option<&str> {
        self.emergency.as_deref().filter(|code| *code != NONE)
    }

    /// The fault reported: the one chosen by tiles or search, else the one the emergency leads to, else none.
    pub fn path(&self, catalogue: &Catalogue) -> Option<FaultPath> {
        match (self.room.as_deref(), self.item.as_deref(), self.problem.as_deref()) {
            (None, ..) => self.emergency_code().and_then(|code| catalogue.emergency(code)).map(|e| e.path.clone()),
            (Some(room), Some(item), Some(problem)) => {
                let path = FaultPath::new(room, item, problem);
                catalogue.find(&path).map(|_| path)
            }
            _ => None,
        }
    }

    /// Whether a fault may still be chosen: neither one nor "none of these" has been.
    fn path_is_open(&self) -> bool {
        [&self.room, &self.item, &self.problem].into_iter().all(|part| part.as_deref() != Some(NONE))
    }

    pub fn fault<'c>(&self, catalogue: &'c Catalogue) -> Option<Found<'c>> {
        catalogue.find(&self.path(catalogue)?)
    }

    /// Shared by the building: the ticket goes on the property, without a unit.
    pub fn is_communal(&self, catalogue: &Catalogue) -> bool {
        match self.room.as_deref() {
            Some(room) => catalogue.room(room).is_some_and(|r| r.communal),
            None => self.fault(catalogue).is_some_and(|f| f.room.communal),
        }
    }

    /// The first follow-up question without an answer.
    pub fn question_to_ask<'c>(&self, catalogue: &'c Catalogue) -> Option<&'c Question> {
        self.fault(catalogue)?.problem.questions.iter().find(|q| !self.has_answered(q))
    }

    fn questions_answered(&self, catalogue: &Catalogue) -> usize {
        self.fault(catalogue).map_or(0, |f| f.problem.questions.iter().filter(|q| self.has_answered(q)).count())
    }

    /// Reads the stored answer again: a question may have become required, or an option have gone, since it was given.
    fn has_answered(&self, question: &Question) -> bool {
        self.answers.get(&question.code).is_some_and(|answer| question.read(answer).is_ok())
    }

    /// Takes one step's answer. Refused, the draft is as it was and each field has a sentence.
    ///
    /// Whether a chosen home is one this person may choose is the caller's to check: homes are not known here.
    ///
    /// # Errors
    /// A sentence per field.
    pub fn answer(&mut self, step: Step, raw: &RawAnswers, catalogue: &Catalogue) -> Result<(), FieldErrors> {
        let mut after = self.clone();
        match step {
            Step::Emergency => after.answer_emergency(raw, catalogue)?,
            Step::Postcode => after.answer_postcode(raw)?,
            Step::Home => after.answer_home(raw)?,
            Step::Contact => after.answer_contact(raw)?,
            Step::Where => after.answer_where(raw, catalogue)?,
            Step::What => after.answer_what(raw, catalogue)?,
            Step::Problem => after.answer_problem(raw, catalogue)?,
            Step::Advice => after.answer_advice(raw, catalogue)?,
            Step::Duplicates => after.answer_duplicates(raw)?,
            Step::Questions => after.answer_question(raw, catalogue)?,
            Step::Details => after.answer_details(raw, catalogue)?,
            Step::Photos => after.photos_done = true,
            Step::Access => after.answer_access(raw)?,
            Step::Needs => after.answer_needs(raw)?,
            Step::Check => {}
        }
        after.drop_what_depended(self, catalogue);
        *self = after;
        Ok(())
    }

    /// Advice, follow-up answers and the offer of duplicates belong to one fault; the offer to one building as well. Nothing else goes.
    fn drop_what_depended(&mut self, before: &Self, catalogue: &Catalogue) {
        let moved = before.property_id.is_some() && before.property_id != self.property_id;
        let other_fault = before.path(catalogue) != self.path(catalogue) || (before.room.is_some() && before.room != self.room);
        if other_fault {
            self.advice_read = false;
            self.answers.clear();
        }
        if other_fault || moved {
            self.duplicates = Duplicates::NotOffered;
        }
    }

    fn answer_emergency(&mut self, raw: &RawAnswers, catalogue: &Catalogue) -> Result<(), FieldErrors> {
        let code = raw.one("emergency");
        if code != NONE && catalogue.emergency(code).is_none() {
            return Err(FieldErrors::one("emergency", "Select the problem you are reporting, or ‘Something else’"));
        }
        self.emergency = Some(code.to_owned());
        Ok(())
    }

    fn answer_postcode(&mut self, raw: &RawAnswers) -> Result<(), FieldErrors> {
        let typed = raw.one("postcode");
        let postcode = Postcode::parse(typed).ok_or_else(|| {
            FieldErrors::one(
                "postcode",
                if clean(typed).is_empty() { "Enter your postcode" } else { "Enter a full UK postcode, like LS11 6AB" },
            )
        })?;
        if self.postcode.as_ref() != Some(&postcode) {
            self.property_id = None;
            self.unit_id = None;
        }
        self.postcode = Some(postcode);
        Ok(())
    }

    /// A home travels as `property:unit`.
    fn answer_home(&mut self, raw: &RawAnswers) -> Result<(), FieldErrors> {
        let chosen = raw.one("home").split_once(':').and_then(|(property, unit)| Some((property.parse().ok()?, unit.parse().ok()?)));
        let (property, unit) = chosen.ok_or_else(|| FieldErrors::one("home", "Select your home"))?;
        self.property_id = Some(property);
        self.unit_id = Some(unit);
        Ok(())
    }

    /// An e-mail or a telephone number will do; a number arrives here in E.164, read by the caller with the numbering plan.
    fn answer_contact(&mut self, raw: &RawAnswers) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::new();
        let name = errors.take("name", required(raw.one("name"), "your name", MAX_NAME));
        let (typed_email, typed_phone) = (clean(raw.one("email")), clean(raw.one("phone")));
        let email = EmailAddress::parse(&typed_email);
        if email.is_none() && !typed_email.is_empty() {
            errors.add("email", EmailAddress::REFUSAL);
        }
        let phone = PhoneE164::parse(&typed_phone);
        if phone.is_none() && !typed_phone.is_empty() {
            errors.add("phone", PhoneE164::REFUSAL);
        }
        if typed_email.is_empty() && typed_phone.is_empty() {
            errors.add("email", "Enter an email address or a telephone number");
        }
        errors.check()?;
        (self.name, self.email, self.phone) = (name, email, phone);
        Ok(())
    }

    fn answer_where(&mut self, raw: &RawAnswers, catalogue: &Catalogue) -> Result<(), FieldErrors> {
        // A search result carries the whole path.
        if let Some(path) = raw.one("path").parse::<FaultPath>().ok().filter(|path| catalogue.find(path).is_some()) {
            (self.room, self.item, self.problem) = (Some(path.room), Some(path.item), Some(path.problem));
            return Ok(());
        }
        let room = raw.one("where");
        if room != NONE && catalogue.room(room).is_none() {
            return Err(FieldErrors::one("where", "Select where the problem is, or ‘None of these’"));
        }
        if self.room.as_deref() != Some(room) {
            (self.room, self.item, self.problem) = (Some(room.to_owned()), None, None);
        }
        Ok(())
    }

    fn answer_what(&mut self, raw: &RawAnswers, catalogue: &Catalogue) -> Result<(), FieldErrors> {
        let item = raw.one("what");
        let room = self.room.as_deref().and_then(|room| catalogue.room(room));
        if item != NONE && room.is_none_or(|room| room.item(item).is_none()) {
            return Err(FieldErrors::one("what", "Select what the problem is with, or ‘None of these’"));
        }
        if self.item.as_deref() != Some(item) {
            (self.item, self.problem) = (Some(item.to_owned()), None);
        }
        Ok(())
    }

    fn answer_problem(&mut self, raw: &RawAnswers, catalogue: &Catalogue) -> Result<(), FieldErrors> {
        let problem = raw.one("problem");
        let item = self.item.as_deref().and_then(|item| catalogue.room(self.room.as_deref()?)?.item(item));
        if problem != NONE && item.is_none_or(|item| item.problem(problem).is_none()) {
            return Err(FieldErrors::one("problem", "Select what is wrong, or ‘None of these’"));
        }
        self.problem = Some(problem.to_owned());
        Ok(())
    }

    fn answer_advice(&mut self, raw: &RawAnswers, catalogue: &Catalogue) -> Result<(), FieldErrors> {
        let warned = self.fault(catalogue).is_some_and(|f| f.problem.warning.is_some());
        if warned && raw.one("read").is_empty() {
            return Err(FieldErrors::one("read", "Read the safety advice, then tick the box"));
        }
        self.advice_read = true;
        Ok(())
    }

    fn answer_duplicates(&mut self, raw: &RawAnswers) -> Result<(), FieldErrors> {
        if raw.one("same") != NONE {
            return Err(FieldErrors::one("same", "Select the report that is the same, or ‘Mine is different’"));
        }
        self.duplicates = Duplicates::Different;
        Ok(())
    }

    /// One follow-up question a page: `question` names it, `answer` holds what was chosen or typed.
    fn answer_question(&mut self, raw: &RawAnswers, catalogue: &Catalogue) -> Result<(), FieldErrors> {
        let Some(fault) = self.fault(catalogue) else { return Ok(()) };
        let Some(question) = fault.problem.question(raw.one("question")) else {
            return Err(FieldErrors::one("answer", "Answer this question"));
        };
        let answer = question.read(&clean_lines(raw.one("answer"))).map_err(|e| FieldErrors::one("answer", e.to_string()))?;
        self.answers.insert(question.code.clone(), answer.unwrap_or_default());
        Ok(())
    }

    fn answer_details(&mut self, raw: &RawAnswers, catalogue: &Catalogue) -> Result<(), FieldErrors> {
        let details = clean_lines(raw.one("details"));
        let letters = details.chars().count();
        if letters > MAX_DETAILS {
            return Err(FieldErrors::one(
                "details",
                format!("Your description must be {MAX_DETAILS} characters or fewer. It has {letters}"),
            ));
        }
        if details.is_empty() && self.fault(catalogue).is_none() {
            return Err(FieldErrors::one("details", "Describe the problem in a few words"));
        }
        self.details = Some(details);
        Ok(())
    }

    fn answer_access(&mut self, raw: &RawAnswers) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::new();
        let way = AccessWay::parse(raw.one("access"));
        if way.is_none() {
            errors.add("access", "Select how we can get in");
        }
        let times = chosen(raw.all("times"), VisitTime::parse);
        if times.is_none() {
            errors.add("times", "Select the times that suit you from the list");
        }
        let notes = notes(raw, "access_notes", &mut errors);
        errors.check()?;
        self.access = way;
        self.times = times.unwrap_or_default();
        self.access_notes = notes;
        Ok(())
    }

    fn answer_needs(&mut self, raw: &RawAnswers) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::new();
        let ticked = raw.all("needs");
        let nobody = ticked.iter().any(|t| t == NONE);
        let needs = chosen(ticked.iter().filter(|t| *t != NONE), Need::parse);
        match &needs {
            None => errors.add("needs", "Select who is at risk from the list, or ‘No, nobody’"),
            Some(needs) if nobody && !needs.is_empty() => {
                errors.add("needs", "Select who is at risk, or select ‘No, nobody’. It cannot be both");
            }
            Some(needs) if !nobody && needs.is_empty() => errors.add("needs", "Select who is at risk, or ‘No, nobody’"),
            Some(_) => {}
        }
        let notes = notes(raw, "needs_notes", &mut errors);
        errors.check()?;
        self.needs = needs;
        self.needs_notes = notes;
        Ok(())
    }
}

/// All values read, without repeats; none when one is not on the list.
fn chosen<'v, T: PartialEq>(values: impl IntoIterator<Item = &'v String>, parse: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    let mut read = Vec::new();
    for value in values {
        let value = parse(value)?;
        if !read.contains(&value) {
            read.push(value);
        }
    }
    Some(read)
}

fn notes(raw: &RawAnswers, field: &str, errors: &mut FieldErrors) -> Option<String> {
    let notes = clean_lines(raw.one(field));
    if notes.chars().count() > MAX_NOTES {
        errors.add(field, format!("Your answer must be {MAX_NOTES} characters or fewer"));
    }
    Some(notes).filter(|n| !n.is_empty())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn uk() -> &'static Catalogue {
        Catalogue::default_uk()
    }
    fn home() -> (PropertyId, UnitId) {
        (PropertyId(uuid::Uuid::from_u128(1)), UnitId(uuid::Uuid::from_u128(2)))
    }
    fn say(draft: &mut Draft, step: Step, fields: &[(&str, &str)]) {
        draft.answer(step, &RawAnswers::of(fields), uk()).expect("a good answer");
    }
    fn refused(draft: &mut Draft, step: Step, fields: &[(&str, &str)]) -> FieldErrors {
        let before = draft.clone();
        let errors = draft.answer(step, &RawAnswers::of(fields), uk()).expect_err("refused");
        assert_eq!(*draft, before, "a refused answer changes nothing");
        errors
    }
    /// A good answer for a step, picked by `pick` among those there are.
    fn good(draft: &Draft, step: Step, pick: usize) -> RawAnswers {
        fn nth(codes: Vec<&str>, pick: usize) -> &str {
            codes.get(pick % codes.len().max(1)).copied().unwrap_or(NONE)
        }
        let with_none = |mut codes: Vec<&'static str>| {
            codes.push(NONE);
            codes
        };
        let room = draft.room.as_deref().and_then(|r| uk().room(r));
        let item = room.and_then(|r| r.item(draft.item.as_deref()?));
        match step {
            Step::Emergency => {
                RawAnswers::of(&[("emergency", nth(with_none(uk().emergencies.iter().map(|e| e.code.as_str()).collect()), pick))])
            }
            Step::Postcode => RawAnswers::of(&[("postcode", nth(vec!["ls116ab", "BS1 4DJ"], pick))]),
            Step::Home => RawAnswers::of(&[("home", &format!("{}:{}", home().0, UnitId(uuid::Uuid::from_u128(pick as u128))))]),
            Step::Contact => RawAnswers::of(&[("name", "Tom"), ("email", "tom@example.com")]),
            Step::Where => RawAnswers::of(&[("where", nth(with_none(uk().rooms.iter().map(|r| r.code.as_str()).collect()), pick))]),
            Step::What => RawAnswers::of(&[(
                "what",
                nth(with_none(room.map_or(vec![], |r| r.items.iter().map(|i| i.code.as_str()).collect())), pick),
            )]),
            Step::Problem => RawAnswers::of(&[(
                "problem",
                nth(with_none(item.map_or(vec![], |i| i.problems.iter().map(|p| p.code.as_str()).collect())), pick),
            )]),
            Step::Advice => RawAnswers::of(&[("read", "yes")]),
            Step::Duplicates => RawAnswers::of(&[("same", NONE)]),
            Step::Questions => draft.question_to_ask(uk()).map_or_else(RawAnswers::default, |q| {
                use crate::faults::QuestionKind as K;
                let answer = match &q.kind {
                    K::YesNo { .. } => nth(vec!["yes", "no"], pick).to_owned(),
                    K::Choice { options } => nth(options.iter().map(|o| o.code.as_str()).collect(), pick).to_owned(),
                    K::Text => "since Monday".to_owned(),
                    K::Number => pick.to_string(),
                };
                RawAnswers::of(&[("question", &q.code), ("answer", &answer)])
            }),
            Step::Details => RawAnswers::of(&[("details", "It drips on the floor")]),
            Step::Photos | Step::Check => RawAnswers::default(),
            Step::Access => {
                RawAnswers::of(&[("access", nth(AccessWay::ALL.iter().map(|w| w.as_str()).collect(), pick)), ("times", "morning")])
            }
            Step::Needs => RawAnswers::of(&[("needs", nth(vec![NONE, "older", "breathing"], pick))]),
        }
    }
    fn finish(draft: &mut Draft) -> usize {
        let mut pages = 0;
        while next_step(draft, uk()) != Step::Check {
            let step = next_step(draft, uk());
            let raw = good(draft, step, 0);
            draft.answer(step, &raw, uk()).expect("a good answer");
            pages += 1;
            assert!(pages < 30, "stuck at {step:?}: {draft:#?}");
        }
        pages
    }

    #[test]
    fn a_dripping_tap_from_first_to_last() {
        let mut draft = Draft::of_tenant(Some(home()));
        let mut said = Vec::new();
        while next_step(&draft, uk()) != Step::Check {
            let step = next_step(&draft, uk());
            said.push(format!("{}: {}", step.as_str(), progress(&draft, uk(), step).expect("a question")));
            let raw = match step {
                Step::Emergency => RawAnswers::of(&[("emergency", NONE)]),
                Step::Where => RawAnswers::of(&[("where", "kitchen")]),
                Step::What => RawAnswers::of(&[("what", "sink")]),
                Step::Problem => RawAnswers::of(&[("problem", "leaking")]),
                step => good(&draft, step, 0),
            };
            draft.answer(step, &raw, uk()).expect("a good answer");
        }
        insta::assert_snapshot!(said.join("\n"), @r"
        emergency: Question 1 of about 10
        where: Question 2 of about 10
        what: Question 3 of about 10
        problem: Question 4 of about 10
        advice: Question 5 of about 12
        questions: Question 6 of about 12
        questions: Question 7 of about 12
        questions: Question 8 of about 12
        details: Question 9 of about 12
        photos: Question 10 of about 12
        access: Question 11 of about 12
        needs: Question 12 of about 12
        ");
        assert_eq!(draft.path(uk()), Some(FaultPath::new("kitchen", "sink", "leaking")));
        assert_eq!(Step::Details.previous(&draft, uk()), Some(Step::Questions));
        assert_eq!(Step::Where.previous(&draft, uk()), Some(Step::Emergency));
        assert_eq!(Step::Emergency.previous(&draft, uk()), None);
    }

    #[test]
    fn an_emergency_names_its_fault_and_skips_the_tiles() {
        let mut draft = Draft::of_tenant(Some(home()));
        say(&mut draft, Step::Emergency, &[("emergency", "gas")]);
        assert_eq!(draft.path(uk()).map(|p| p.to_string()), Some("heating/gas/smell".into()));
        assert!(!Step::walk(&draft, uk()).contains(&Step::Where));
        say(&mut draft, Step::Emergency, &[("emergency", NONE)]);
        assert_eq!(draft.path(uk()), None);
        assert_eq!(next_step(&draft, uk()), Step::Where);
    }

    #[test]
    fn guests_say_where_and_who_they_are() {
        let mut draft = Draft::of_guest();
        say(&mut draft, Step::Emergency, &[("emergency", NONE)]);
        assert_eq!(next_step(&draft, uk()), Step::Postcode);
        say(&mut draft, Step::Postcode, &[("postcode", "ls11 6ab")]);
        say(&mut draft, Step::Home, &[("home", &format!("{}:{}", home().0, home().1))]);
        assert_eq!(next_step(&draft, uk()), Step::Contact);
        let errors = refused(&mut draft, Step::Contact, &[("name", " "), ("email", "tom@"), ("phone", "")]);
        assert_eq!(errors.get("name"), Some("Enter your name"));
        assert_eq!(errors.get("email"), Some(EmailAddress::REFUSAL));
        assert_eq!(
            refused(&mut draft, Step::Contact, &[("name", "Tom")]).get("email"),
            Some("Enter an email address or a telephone number")
        );
        say(&mut draft, Step::Contact, &[("name", "Tom"), ("email", "Tom@Example.com")]);
        assert_eq!(next_step(&draft, uk()), Step::Where);
        say(&mut draft, Step::Postcode, &[("postcode", "BS1 4DJ")]);
        assert_eq!(next_step(&draft, uk()), Step::Home, "another postcode, another home");
        assert!(draft.name.is_some());
    }

    #[test]
    fn changing_an_answer_drops_only_what_was_asked_because_of_it() {
        let mut draft = Draft::of_tenant(Some(home()));
        for (step, fields) in [(Step::Emergency, [("emergency", NONE)]), (Step::Where, [("path", "kitchen/sink/leaking")])] {
            say(&mut draft, step, &fields);
        }
        finish(&mut draft);
        let whole = draft.clone();

        say(&mut draft, Step::Where, &[("where", "kitchen")]);
        say(&mut draft, Step::What, &[("what", "sink")]);
        say(&mut draft, Step::Problem, &[("problem", "leaking")]);
        say(&mut draft, Step::Access, &[("access", "use_key")]);
        let same = Draft { access: whole.access, times: whole.times.clone(), ..draft.clone() };
        assert_eq!(same, whole, "the same answer again drops nothing");

        draft = whole.clone();
        draft.duplicates = Duplicates::Different;
        say(&mut draft, Step::Problem, &[("problem", "blocked")]);
        assert!(draft.answers.is_empty());
        assert_eq!(draft.duplicates, Duplicates::NotOffered);
        assert_eq!((&draft.details, &draft.access, &draft.needs), (&whole.details, &whole.access, &whole.needs));
        assert_eq!((draft.room.as_deref(), draft.item.as_deref()), (Some("kitchen"), Some("sink")));

        draft = whole.clone();
        say(&mut draft, Step::Where, &[("where", "bathroom")]);
        assert_eq!((&draft.item, &draft.problem), (&None, &None));
        assert_eq!(next_step(&draft, uk()), Step::What);
    }

    #[test]
    fn none_of_these_needs_words() {
        let mut draft = Draft::of_tenant(Some(home()));
        say(&mut draft, Step::Emergency, &[("emergency", NONE)]);
        say(&mut draft, Step::Where, &[("where", NONE)]);
        assert_eq!(next_step(&draft, uk()), Step::Details);
        assert_eq!(refused(&mut draft, Step::Details, &[("details", " \0 ")]).get("details"), Some("Describe the problem in a few words"));
        let long = "é".repeat(MAX_DETAILS + 1);
        assert!(refused(&mut draft, Step::Details, &[("details", &long)]).get("details").is_some_and(|s| s.contains("2001")));
        say(&mut draft, Step::Details, &[("details", "The \u{202E}hatch")]);
        assert_eq!(draft.details.as_deref(), Some("The hatch"));
        finish(&mut draft);
    }

    #[test]
    fn a_warning_must_be_read_and_a_shared_area_needs_no_key() {
        let mut draft = Draft::of_tenant(Some(home()));
        say(&mut draft, Step::Emergency, &[("emergency", NONE)]);
        say(&mut draft, Step::Where, &[("path", "communal/lift/doors")]);
        assert_eq!(next_step(&draft, uk()), Step::Advice);
        assert!(refused(&mut draft, Step::Advice, &[]).get("read").is_some());
        say(&mut draft, Step::Advice, &[("read", "yes")]);
        assert!(draft.is_communal(uk()));
        assert!(!Step::walk(&draft, uk()).contains(&Step::Access));
    }

    #[test]
    fn who_is_at_risk_is_somebody_or_nobody() {
        let mut draft = Draft::of_tenant(Some(home()));
        for wrong in [&[][..], &[("needs", NONE), ("needs", "older")], &[("needs", "wizard")]] {
            assert!(refused(&mut draft, Step::Needs, wrong).get("needs").is_some());
        }
        say(&mut draft, Step::Needs, &[("needs", "older"), ("needs", "older"), ("needs_notes", " lives upstairs ")]);
        assert_eq!(draft.needs, Some(vec![Need::Older]));
        assert_eq!(draft.needs_notes.as_deref(), Some("lives upstairs"));
        say(&mut draft, Step::Needs, &[("needs", NONE)]);
        assert_eq!(draft.needs, Some(vec![]));
    }

    #[test]
    fn a_refused_form_is_kept_in_a_shape_postgres_takes() {
        let raw = RawAnswers::of(&[("details", "a\0b"), (&"n".repeat(100), "x")]).storable();
        assert_eq!(raw, RawAnswers::of(&[("details", "ab")]));
    }

    proptest! {
        /// Whatever is answered first and changed later, the wizard ends at the check page, within the walk it announces.
        #[test]
        fn any_order_of_answers_reaches_check(
            guest in any::<bool>(),
            said in proptest::collection::vec((0usize..Step::ALL.len(), 0usize..40, any::<bool>()), 0..60),
        ) {
            let mut draft = if guest { Draft::of_guest() } else { Draft::of_tenant(Some(home())) };
            for (step, pick, offer) in said {
                let step = Step::ALL[step];
                if offer && draft.duplicates == Duplicates::NotOffered {
                    draft.duplicates = Duplicates::Offered;
                }
                let raw = good(&draft, step, pick);
                let _ = draft.answer(step, &raw, uk());
                let next = next_step(&draft, uk());
                prop_assert!(Step::walk(&draft, uk()).contains(&next));
                prop_assert_eq!(progress(&draft, uk(), next).is_none(), next == Step::Check);
            }
            let pages = finish(&mut draft);
            prop_assert!(pages < 30);
        }

        /// A change never touches what does not depend on it.
        #[test]
        fn a_change_keeps_the_rest(from in 0usize..200, to in 0usize..200) {
            let faults: Vec<_> = uk().faults().map(|f| f.path().to_string()).collect();
            let mut draft = Draft::of_tenant(Some(home()));
            say(&mut draft, Step::Emergency, &[("emergency", NONE)]);
            say(&mut draft, Step::Where, &[("path", &faults[from % faults.len()])]);
            finish(&mut draft);
            let before = draft.clone();
            say(&mut draft, Step::Where, &[("path", &faults[to % faults.len()])]);
            prop_assert_eq!(&draft.details, &before.details);
            prop_assert_eq!(&draft.needs, &before.needs);
            prop_assert_eq!(draft.photos_done, before.photos_done);
            prop_assert_eq!(draft.property_id, before.property_id);
            if from % faults.len() == to % faults.len() {
                prop_assert_eq!(draft, before);
            } else {
                prop_assert!(draft.answers.is_empty());
            }
        }

        /// No form, however mangled, panics or leaves something unreadable behind.
        #[test]
        fn any_form_is_answered(step in 0usize..Step::ALL.len(), fields in proptest::collection::vec((".{0,12}", ".{0,80}"), 0..6), name in 0usize..12) {
            let names = ["emergency", "postcode", "home", "name", "email", "where", "what", "problem", "question", "answer", "times", "needs"];
            let mut draft = Draft::of_guest();
            let mut raw = RawAnswers::default();
            for (field, value) in fields {
                raw.add(field, value.clone());
                raw.add(names[name], value);
            }
            let _ = draft.answer(Step::ALL[step], &raw, uk());
            let json = serde_json::to_string(&draft).expect("serialises");
            prop_assert!(!json.contains("\\u0000"));
            prop_assert_eq!(serde_json::from_str::<Draft>(&json).expect("reads back"), draft);
        }
    }
}
