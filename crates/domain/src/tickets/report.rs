//! A **report**: a draft whose answers suffice, ready to become a ticket.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::draft::{AccessWay, Draft, NONE, Need, Step, VisitTime, next_step};
use crate::faults::{Assessment, Catalogue, FaultPath, Found};
use crate::values::{EmailAddress, PhoneE164};
use crate::{PropertyId, UnitId};

/// Longest title, in characters.
const MAX_TITLE: usize = 120;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    pub property_id: PropertyId,
    /// None for what the building shares.
    pub unit_id: Option<UnitId>,
    pub title: String,
    pub description: String,
    /// None of these was chosen: there are words only.
    pub path: Option<FaultPath>,
    pub assessment: Assessment,
    pub answers: ReportAnswers,
    pub access: Access,
    /// Who in the home is at risk, in words for those who go there.
    pub vulnerability: Option<String>,
    pub guest: Option<GuestContact>,
}

/// The questions of the day with their answers, as stored with the ticket.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ReportAnswers {
    pub catalogue: String,
    pub emergency: Option<String>,
    /// Where, in words, also when no fault was chosen.
    pub place: Option<String>,
    pub by_question: BTreeMap<String, Answered>,
}

/// A question and its answer in the words that were shown, so that an old ticket reads well under a newer catalogue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Answered {
    pub question: String,
    pub code: String,
    pub answer: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Access {
    pub way: Option<AccessWay>,
    pub times: Vec<VisitTime>,
    pub notes: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuestContact {
    pub name: String,
    pub email: Option<EmailAddress>,
    pub phone: Option<PhoneE164>,
}

impl Report {
    /// A complete draft as a report.
    ///
    /// # Errors
    /// The first step that is not answered.
    pub fn parse(draft: &Draft, catalogue: &Catalogue) -> Result<Self, Step> {
        match next_step(draft, catalogue) {
            Step::Check => Self::so_far(draft, catalogue).ok_or(Step::Home),
            missing => Err(missing),
        }
    }

    /// What an unfinished emergency is worth: whatever was answered. None while we do not know which building.
    pub fn of_emergency(draft: &Draft, catalogue: &Catalogue) -> Option<Self> {
        draft.emergency_code()?;
        Self::so_far(draft, catalogue)
    }

    fn so_far(draft: &Draft, catalogue: &Catalogue) -> Option<Self> {
        let property_id = draft.property_id?;
        let fault = draft.fault(catalogue);
        let communal = draft.is_communal(catalogue);
        let description = draft.details.clone().unwrap_or_default();
        let by_question = fault.map(|f| answered(draft, f)).unwrap_or_default();
        let codes = by_question.iter().map(|(question, a)| (question.clone(), a.code.clone())).collect();
        let needs = draft.needs.clone().unwrap_or_default();
        let vulnerability = vulnerability(&needs, draft.needs_notes.as_deref());
        let words = [description.as_str(), draft.needs_notes.as_deref().unwrap_or_default()].join("\n");
        let path = fault.map(|f| f.path());
        Some(Self {
            property_id,
            unit_id: draft.unit_id.filter(|_| !communal),
            title: title(draft, catalogue, fault),
            assessment: catalogue.assess(path.as_ref(), draft.emergency_code(), &codes, !needs.is_empty(), &words),
            answers: ReportAnswers {
                catalogue: catalogue.version.clone(),
                emergency: draft.emergency_code().and_then(|code| catalogue.emergency(code)).map(|e| e.label.clone()),
                place: place(draft, catalogue, fault),
                by_question,
            },
            path,
            description,
            access: if communal {
                Access::default()
            } else {
                Access { way: draft.access, times: draft.times.clone(), notes: draft.access_notes.clone() }
            },
            vulnerability,
            guest: draft.guest.then(|| GuestContact {
                name: draft.name.clone().unwrap_or_default(),
                email: draft.email.clone(),
                phone: draft.phone.clone(),
            }),
        })
    }
}

/// Skipped questions leave no row.
fn answered(draft: &Draft, fault: Found<'_>) -> BTreeMap<String, Answered> {
    let rows = fault.problem.questions.iter().filter_map(|q| {
        let code = draft.answers.get(&q.code).filter(|a| !a.is_empty())?;
        Some((q.code.clone(), Answered { question: q.text.clone(), code: code.clone(), answer: q.show(code).to_owned() }))
    });
    rows.collect()
}

fn vulnerability(needs: &[Need], notes: Option<&str>) -> Option<String> {
    let mut lines: Vec<&str> = needs.iter().map(|n| n.label()).collect();
    lines.extend(notes);
    (!lines.is_empty()).then(|| lines.join(". "))
}

/// `Kitchen, sink`: the tiles that were chosen.
fn place(draft: &Draft, catalogue: &Catalogue, fault: Option<Found<'_>>) -> Option<String> {
    if let Some(fault) = fault {
        return Some(format!("{}, {}", fault.room.name, lower_first(&fault.item.name)));
    }
    let room = catalogue.room(draft.room.as_deref()?)?;
    match draft.item.as_deref().and_then(|item| room.item(item)) {
        Some(item) => Some(format!("{}, {}", room.name, lower_first(&item.name))),
        None => Some(room.name.clone()),
    }
}

/// A line staff can scan: the fault in the catalogue's words, else the tenant's first words.
fn title(draft: &Draft, catalogue: &Catalogue, fault: Option<Found<'_>>) -> String {
    let title = if let Some(fault) = fault {
        fault.problem.name.clone()
    } else {
        let first = draft.details.as_deref().unwrap_or_default().lines().next().unwrap_or_default();
        match (place(draft, catalogue, None), first) {
            (Some(place), "") => format!("{place}: something else"),
            (None, "") => "Something else".to_owned(),
            (Some(place), words) if draft.room.as_deref() != Some(NONE) => format!("{place}: {words}"),
            (_, words) => words.to_owned(),
        }
    };
    if title.chars().count() <= MAX_TITLE {
        return title;
    }
    let cut: String = title.chars().take(MAX_TITLE - 1).collect();
    format!("{}…", cut.trim_end())
}

fn lower_first(text: &str) -> String {
    // `TV aerial` stays.
    if text.chars().nth(1).is_some_and(char::is_uppercase) {
        return text.to_owned();
    }
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_lowercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::super::draft::RawAnswers;
    use super::*;
    use crate::faults::Priority;

    fn draft(said: &[(Step, &[(&str, &str)])]) -> Draft {
        let mut draft = Draft::of_tenant(Some((PropertyId(uuid::Uuid::from_u128(1)), UnitId(uuid::Uuid::from_u128(2)))));
        for (step, fields) in said {
            draft.answer(*step, &RawAnswers::of(fields), Catalogue::default_uk()).expect("a good answer");
        }
        draft
    }

    #[test]
    fn an_incomplete_draft_names_the_question_that_is_missing() {
        let draft = draft(&[(Step::Emergency, &[("emergency", NONE)]), (Step::Where, &[("where", "kitchen")])]);
        assert_eq!(Report::parse(&draft, Catalogue::default_uk()), Err(Step::What));
    }

    #[test]
    fn a_complete_draft_carries_everything_that_was_said() {
        let draft = draft(&[
            (Step::Emergency, &[("emergency", NONE)]),
            (Step::Where, &[("path", "kitchen/sink/leaking")]),
            (Step::Advice, &[]),
            (Step::Questions, &[("question", "contained"), ("answer", "no")]),
            (Step::Questions, &[("question", "near-electrics"), ("answer", "no")]),
            (Step::Questions, &[("question", "from"), ("answer", "")]),
            (Step::Details, &[("details", "Under the sink,\nsince Monday")]),
            (Step::Photos, &[]),
            (Step::Access, &[("access", "use_key"), ("times", "morning"), ("access_notes", "Beware of the cat")]),
            (Step::Needs, &[("needs", "older"), ("needs_notes", "My mother")]),
        ]);
        let report = Report::parse(&draft, Catalogue::default_uk()).expect("complete");
        assert_eq!(report.title, "Leaking under the sink");
        assert_eq!(report.answers.place.as_deref(), Some("Kitchen, sink"));
        assert_eq!(report.answers.by_question.len(), 2, "skipped questions leave no row");
        assert_eq!(report.answers.by_question["contained"].answer, "No");
        assert_eq!(report.assessment.priority, Priority::Emergency, "{:?}", report.assessment.reasons);
        assert_eq!(report.vulnerability.as_deref(), Some("Someone aged 65 or over. My mother"));
        assert_eq!(report.access.way, Some(AccessWay::UseKey));
        assert_eq!(report.guest, None);
    }

    #[test]
    fn words_make_a_title_where_no_fault_was_chosen() {
        let words = "The hatch to the loft fell down ".repeat(10);
        let draft = draft(&[
            (Step::Emergency, &[("emergency", NONE)]),
            (Step::Where, &[("where", "hall")]),
            (Step::What, &[("what", NONE)]),
            (Step::Details, &[("details", &words)]),
            (Step::Photos, &[]),
            (Step::Access, &[("access", "someone_in")]),
            (Step::Needs, &[("needs", NONE)]),
        ]);
        let report = Report::parse(&draft, Catalogue::default_uk()).expect("complete");
        assert!(report.title.starts_with("Hall, stairs and landing: The hatch"), "{}", report.title);
        assert!(report.title.chars().count() <= MAX_TITLE);
        assert_eq!(report.path, None);
    }

    #[test]
    fn an_abandoned_emergency_is_still_a_report() {
        let draft = draft(&[(Step::Emergency, &[("emergency", "gas")])]);
        let report = Report::of_emergency(&draft, Catalogue::default_uk()).expect("a report");
        assert_eq!(report.assessment.priority, Priority::Emergency);
        assert_eq!(report.path.map(|p| p.to_string()), Some("heating/gas/smell".into()));
        assert_eq!(report.answers.emergency.as_deref(), Some("I can smell gas"));
        assert_eq!(Report::of_emergency(&Draft::of_guest(), Catalogue::default_uk()), None);
    }

    #[test]
    fn a_shared_area_has_no_unit() {
        let draft = draft(&[(Step::Emergency, &[("emergency", "lift")])]);
        assert_eq!(Report::of_emergency(&draft, Catalogue::default_uk()).and_then(|r| r.unit_id), None);
    }
}
