//! What a page of the wizard shows, computed on the server from the draft and the catalogue. The browser is sent what the page needs and no
//! more; the catalogue itself stays where it is.

use domain::DraftId;
use domain::faults::{Catalogue, QuestionKind, Responsibility, drawings};
use domain::tickets::{AccessWay, Draft, NONE, Need, RawAnswers, Step, VisitTime, next_step, progress};
use domain::values::{EmailAddress, FieldErrors, PhoneE164, Postcode};
use serde::{Deserialize, Serialize};

use crate::frame::Landlord;

/// A choice on a page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    pub value: String,
    pub label: String,
    pub hint: String,
    pub drawing: String,
}

impl Offer {
    fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), ..Self::default() }
    }
    fn hint(self, hint: Option<impl Into<String>>) -> Self {
        Self { hint: hint.map(Into::into).unwrap_or_default(), ..self }
    }
    fn drawing(self, code: &str) -> Self {
        Self { drawing: drawings::svg(code).unwrap_or_default().to_owned(), ..self }
    }
}

/// A photo of the draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhotoRow {
    pub id: String,
    pub name: String,
    pub thumbnail: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AnswerKind {
    Choice(Vec<Offer>),
    Text,
    Number,
}

/// One line of "check your answers".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerRow {
    pub question: String,
    pub answer: String,
    pub change: String,
    pub what: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Body {
    Choose { name: String, title: String, hint: String, offers: Vec<Offer>, chosen: String, none: String },
    Tiles { name: String, title: String, offers: Vec<Offer>, chosen: String, search: Option<Search> },
    Postcode { value: String },
    Contact { name: String, email: String, phone: String },
    Advice { problem: String, warning: Option<String>, self_help: Option<String>, usually_yours: bool },
    Question { code: String, text: String, hint: String, kind: AnswerKind, value: String, required: bool },
    Details { value: String, required: bool, hint: String },
    Photos { photos: Vec<PhotoRow>, hint: String, most: usize },
    Access { way: String, times: Vec<String>, notes: String },
    Needs { needs: Vec<String>, notes: String },
    Check { rows: Vec<AnswerRow> },
}

/// The search on the first tiles page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Search {
    pub query: String,
    pub hits: Vec<Offer>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepPage {
    pub landlord: Landlord,
    pub draft: String,
    pub step: Step,
    pub title: String,
    pub back: String,
    pub progress: String,
    pub errors: Vec<(String, String)>,
    pub body: Body,
    /// There is an address to send a link to.
    pub can_resume: bool,
}

/// What the draft does not hold.
#[derive(Clone, Debug, Default)]
pub struct Around {
    pub homes: Vec<(String, String)>,
    pub photos: Vec<PhotoRow>,
    pub most_photos: usize,
    pub duplicates: Vec<Offer>,
    /// A follow-up question asked again by name.
    pub ask: String,
    pub query: String,
}

impl StepPage {
    pub fn of(
        landlord: Landlord,
        id: DraftId,
        draft: &Draft,
        catalogue: &Catalogue,
        step: Step,
        refused: Option<(&RawAnswers, &FieldErrors)>,
        around: Around,
    ) -> Self {
        let page = Page { id, draft, catalogue, raw: refused.map(|(raw, _)| raw).filter(|raw| !raw.0.is_empty()) };
        let errors = refused.map(|(_, errors)| in_order(errors)).unwrap_or_default();
        let body = page.body(step, around);
        let title = match &body {
            Body::Choose { title, .. } | Body::Tiles { title, .. } => title.clone(),
            Body::Question { text, .. } => text.clone(),
            _ => step.label().to_owned(),
        };
        Self {
            can_resume: step != Step::Emergency && (!draft.guest || draft.email.is_some()),
            draft: id.to_string(),
            back: page.back(step),
            progress: progress(draft, catalogue, step).unwrap_or_default(),
            landlord,
            step,
            title,
            errors,
            body,
        }
    }
}

/// As the fields stand on their page, from top to bottom.
fn in_order(errors: &FieldErrors) -> Vec<(String, String)> {
    const FIELDS: &[&str] = &["", "name", "email", "phone", "access", "times", "access_notes", "needs", "needs_notes"];
    let mut errors: Vec<(String, String)> = errors.iter().map(|(f, s)| (f.to_owned(), s.to_owned())).collect();
    errors.sort_by_key(|(field, _)| FIELDS.iter().position(|f| f == field));
    errors
}

struct Page<'a> {
    id: DraftId,
    draft: &'a Draft,
    catalogue: &'a Catalogue,
    raw: Option<&'a RawAnswers>,
}

impl Page<'_> {
    fn href(&self, step: Step) -> String {
        format!("/report/{}/{}", self.id, step.as_str())
    }
    fn back(&self, step: Step) -> String {
        match step.previous(self.draft, self.catalogue) {
            Some(before) => self.href(before),
            None if self.draft.guest => String::new(),
            None => "/report".to_owned(),
        }
    }
    /// What was typed and refused, else what was answered before.
    fn value(&self, field: &str, answered: Option<&str>) -> String {
        match self.raw {
            Some(raw) => raw.one(field).to_owned(),
            None => answered.unwrap_or_default().to_owned(),
        }
    }
    fn values(&self, field: &str, answered: impl Iterator<Item = &'static str>) -> Vec<String> {
        match self.raw {
            Some(raw) => raw.all(field).to_vec(),
            None => answered.map(ToOwned::to_owned).collect(),
        }
    }

    fn body(&self, step: Step, around: Around) -> Body {
        let (draft, catalogue) = (self.draft, self.catalogue);
        let room = draft.room.as_deref().and_then(|r| catalogue.room(r));
        let item = room.and_then(|r| r.item(draft.item.as_deref()?));
        let fault = draft.fault(catalogue);
        match step {
            Step::Emergency => Body::Choose {
                name: "emergency".to_owned(),
                title: step.label().to_owned(),
                hint: "Choose an emergency first if there is one. We will tell you what to do now.".to_owned(),
                offers: catalogue.emergencies.iter().map(|e| Offer::new(&e.code, &e.label)).collect(),
                chosen: self.value("emergency", draft.emergency.as_deref()),
                none: "Something else".to_owned(),
            },
            Step::Postcode => Body::Postcode { value: self.value("postcode", draft.postcode.as_ref().map(Postcode::as_str)) },
            Step::Home => {
                let chosen = draft.property_id.zip(draft.unit_id).map(|(p, u)| format!("{p}:{u}"));
                Body::Choose {
                    name: "home".to_owned(),
                    title: step.label().to_owned(),
                    hint: draft.postcode.as_ref().map(|p| format!("Homes at {p}")).unwrap_or_default(),
                    offers: around.homes.into_iter().map(|(value, label)| Offer::new(value, label)).collect(),
                    chosen: self.value("home", chosen.as_deref()),
                    none: String::new(),
                }
            }
            Step::Contact => Body::Contact {
                name: self.value("name", draft.name.as_deref()),
                email: self.value("email", draft.email.as_ref().map(EmailAddress::as_str)),
                phone: self.value("phone", draft.phone.as_ref().map(PhoneE164::national).as_deref()),
            },
            Step::Where => {
                let hits = if around.query.trim().is_empty() { Vec::new() } else { catalogue.search(&around.query, 6) };
                Body::Tiles {
                    name: "where".to_owned(),
                    title: step.label().to_owned(),
                    offers: catalogue
                        .rooms
                        .iter()
                        .map(|r| Offer::new(&r.code, &r.name).hint(r.hint.as_deref()).drawing(&r.drawing))
                        .collect(),
                    chosen: self.value("where", draft.room.as_deref()),
                    search: Some(Search {
                        query: around.query,
                        hits: hits
                            .into_iter()
                            .map(|h| Offer::new(h.path.to_string(), h.problem).hint(Some(format!("{}, {}", h.room, h.item))))
                            .collect(),
                    }),
                }
            }
            Step::What => Body::Tiles {
                name: "what".to_owned(),
                title: room.map_or_else(|| step.label().to_owned(), |r| format!("{}: what is the problem with?", r.name)),
                offers: room
                    .map(|r| r.items.iter().map(|i| Offer::new(&i.code, &i.name).drawing(&i.drawing)).collect())
                    .unwrap_or_default(),
                chosen: self.value("what", draft.item.as_deref()),
                search: None,
            },
            Step::Problem => Body::Choose {
                name: "problem".to_owned(),
                title: item.map_or_else(|| step.label().to_owned(), |i| format!("{}: what is wrong?", i.name)),
                hint: String::new(),
                offers: item.map(|i| i.problems.iter().map(|p| Offer::new(&p.code, &p.name)).collect()).unwrap_or_default(),
                chosen: self.value("problem", draft.problem.as_deref()),
                none: "None of these".to_owned(),
            },
            Step::Advice => Body::Advice {
                problem: fault.map(|f| f.problem.name.clone()).unwrap_or_default(),
                warning: fault.and_then(|f| f.problem.warning.clone()),
                self_help: fault.and_then(|f| f.problem.self_help.clone()),
                usually_yours: fault.is_some_and(|f| f.problem.responsibility == Responsibility::Tenant),
            },
            Step::Duplicates => Body::Choose {
                name: "same".to_owned(),
                title: step.label().to_owned(),
                hint: "If it is the same, follow it: we tell you how it goes, and there is no second report.".to_owned(),
                offers: around.duplicates,
                chosen: self.value("same", (draft.duplicates == domain::tickets::Duplicates::Different).then_some(NONE)),
                none: "No, mine is a different problem".to_owned(),
            },
            Step::Questions => self.question(&around.ask),
            Step::Details => Body::Details {
                value: self.value("details", draft.details.as_deref()),
                required: fault.is_none(),
                hint: "When did it start? Does it come and go? Leave out names and health details: we ask about those later.".to_owned(),
            },
            Step::Photos => Body::Photos {
                photos: around.photos,
                hint: fault.and_then(|f| f.problem.photo_hint.clone()).unwrap_or_default(),
                most: around.most_photos,
            },
            Step::Access => Body::Access {
                way: self.value("access", draft.access.map(AccessWay::as_str)),
                times: self.values("times", draft.times.iter().map(|t| VisitTime::as_str(*t))),
                notes: self.value("access_notes", draft.access_notes.as_deref()),
            },
            Step::Needs => {
                let needs = draft.needs.as_ref();
                let nobody = needs.filter(|n| n.is_empty()).map(|_| NONE);
                Body::Needs {
                    needs: self.values("needs", needs.into_iter().flatten().map(|n| Need::as_str(*n)).chain(nobody)),
                    notes: self.value("needs_notes", draft.needs_notes.as_deref()),
                }
            }
            Step::Check => Body::Check { rows: self.rows(&around.homes, &around.photos) },
        }
    }

    fn question(&self, ask: &str) -> Body {
        let questions = self.draft.fault(self.catalogue).map(|f| f.problem.questions.as_slice()).unwrap_or_default();
        let asked =
            questions.iter().find(|q| q.code == ask).or_else(|| self.draft.question_to_ask(self.catalogue)).or_else(|| questions.first());
        let Some(question) = asked else {
            return Body::Question {
                code: String::new(),
                text: String::new(),
                hint: String::new(),
                kind: AnswerKind::Text,
                value: String::new(),
                required: false,
            };
        };
        let kind = match &question.kind {
            QuestionKind::YesNo { .. } => AnswerKind::Choice(vec![Offer::new("yes", "Yes"), Offer::new("no", "No")]),
            QuestionKind::Choice { options } => AnswerKind::Choice(options.iter().map(|o| Offer::new(&o.code, &o.label)).collect()),
            QuestionKind::Text => AnswerKind::Text,
            QuestionKind::Number => AnswerKind::Number,
        };
        Body::Question {
            value: self.value("answer", self.draft.answers.get(&question.code).map(String::as_str)),
            code: question.code.clone(),
            text: question.text.clone(),
            hint: question.hint.clone().unwrap_or_default(),
            required: question.required,
            kind,
        }
    }

    /// Everything that was asked and applies, in the order of the pages.
    fn rows(&self, homes: &[(String, String)], photos: &[PhotoRow]) -> Vec<AnswerRow> {
        let (draft, catalogue) = (self.draft, self.catalogue);
        let fault = draft.fault(catalogue);
        let mut rows = Vec::new();
        let mut add = |change: String, question: &str, answer: String, what: &str| {
            let answer = if answer.is_empty() { "Not provided".to_owned() } else { answer };
            rows.push(AnswerRow { question: question.to_owned(), answer, change, what: what.to_owned() });
        };
        for step in Step::walk(draft, catalogue) {
            match step {
                Step::Emergency => {
                    let label = draft.emergency_code().and_then(|c| catalogue.emergency(c)).map_or("No", |e| e.label.as_str());
                    add(self.href(step), "Emergency", label.to_owned(), "whether it is an emergency");
                }
                Step::Home => {
                    let mine = draft.property_id.zip(draft.unit_id).map(|(p, u)| format!("{p}:{u}"));
                    let address = homes.iter().find(|(value, _)| Some(value) == mine.as_ref()).map(|(_, a)| a.clone()).unwrap_or_default();
                    add(self.href(step), "Home", address, "which home it is");
                }
                Step::Contact => {
                    let phone = draft.phone.as_ref().map(PhoneE164::national);
                    let lines: Vec<String> =
                        [draft.name.clone(), draft.email.as_ref().map(ToString::to_string), phone].into_iter().flatten().collect();
                    add(self.href(step), "Name and contact", lines.join("\n"), "how we can reach you");
                }
                Step::Where => {
                    let place = match (draft.room.as_deref().and_then(|r| catalogue.room(r)), draft.item.as_deref()) {
                        (Some(room), Some(item)) => match room.item(item) {
                            Some(item) => format!("{}, {}", room.name, item.name),
                            None => room.name.clone(),
                        },
                        (Some(room), None) => room.name.clone(),
                        (None, _) => "None of these".to_owned(),
                    };
                    add(self.href(step), "Where", place, "where the problem is");
                }
                Step::Problem => add(
                    self.href(step),
                    "Problem",
                    fault.map_or_else(|| "None of these".to_owned(), |f| f.problem.name.clone()),
                    "what is wrong",
                ),
                Step::Questions => {
                    for question in fault.map(|f| f.problem.questions.as_slice()).unwrap_or_default() {
                        let answer = draft.answers.get(&question.code).map(|a| question.show(a).to_owned()).unwrap_or_default();
                        add(format!("{}?ask={}", self.href(step), question.code), &question.text, answer, "this answer");
                    }
                }
                Step::Details => {
                    add(self.href(step), "More about it", draft.details.clone().unwrap_or_default(), "what you told us about it");
                }
                Step::Photos => {
                    let count = match photos.len() {
                        0 => String::new(),
                        1 => "1 photo".to_owned(),
                        n => format!("{n} photos"),
                    };
                    add(self.href(step), "Photos", count, "your photos");
                }
                Step::Access => {
                    let mut lines: Vec<String> = draft.access.map(|w| w.label().to_owned()).into_iter().collect();
                    lines.extend(draft.times.iter().map(|t| t.label().to_owned()));
                    lines.extend(draft.access_notes.clone());
                    add(self.href(step), "Getting in", lines.join("\n"), "how we can get in");
                }
                Step::Needs => {
                    let mut lines: Vec<String> = draft.needs.iter().flatten().map(|n| n.label().to_owned()).collect();
                    if lines.is_empty() {
                        lines.push("Nobody".to_owned());
                    }
                    lines.extend(draft.needs_notes.clone());
                    add(self.href(step), "More at risk", lines.join("\n"), "who is more at risk");
                }
                Step::Postcode | Step::What | Step::Advice | Step::Duplicates | Step::Check => {}
            }
        }
        rows
    }
}

/// Where a draft goes when it is opened without saying where: to its first open question.
pub fn resume_at(draft: &Draft, catalogue: &Catalogue) -> &'static str {
    next_step(draft, catalogue).as_str()
}

/// A report in the building, in words that name nobody: `2 people reported this, the first on Fri 20 Nov, 09:10`.
pub fn same(
    ticket: domain::TicketId,
    people: i64,
    at: jiff::Timestamp,
    status: domain::tickets::Status,
    same_home: bool,
    now: jiff::Timestamp,
) -> Offer {
    let when = domain::time::date_time(at, now);
    let who = match (same_home, people) {
        (true, _) => format!("It was reported from your home on {when}"),
        (false, 1) => format!("A neighbour reported this on {when}"),
        (false, n) => format!("{n} neighbours reported this, the first on {when}"),
    };
    Offer::new(ticket.to_string(), format!("Yes, it is the same. {who}")).hint(Some(format!("{}.", status.tenant_label())))
}
