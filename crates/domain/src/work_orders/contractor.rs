//! What a contractor's page keeps: the people they send, when they are away, and the papers that let them work.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::faults::{Trade, coded};
use crate::values::{FieldErrors, PhoneE164, clean};
use crate::{AbsenceId, AccreditationId, AttachmentId, OperativeId};

/// Somebody a contractor sends, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OperativeForm {
    pub name: String,
    pub phone: String,
    /// Codes separated by commas; none means all of the firm's.
    pub trades: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewOperative {
    pub name: String,
    pub phone: Option<PhoneE164>,
    pub trades: Vec<Trade>,
}

impl OperativeForm {
    /// # Errors
    /// A sentence for every field that cannot be used as typed.
    pub fn parse(&self, read_phone: impl Fn(&str) -> Option<PhoneE164>) -> Result<NewOperative, FieldErrors> {
        let mut e = FieldErrors::new();
        let name = e.text("name", &self.name, "a name", 120);
        let phone = match clean(&self.phone).as_str() {
            "" => None,
            typed => e.take("phone", read_phone(typed).ok_or(PhoneE164::REFUSAL)),
        };
        let mut trades = Vec::new();
        for typed in self.trades.split([',', ';']).map(clean).filter(|t| !t.is_empty()) {
            match Trade::ALL.iter().find(|t| t.as_str().eq_ignore_ascii_case(&typed) || t.label().eq_ignore_ascii_case(&typed)) {
                Some(trade) if !trades.contains(trade) => trades.push(*trade),
                Some(_) => {}
                None => e.add("trades", format!("“{typed}” is not one of the trades")),
            }
        }
        match (name, e.is_empty()) {
            (Some(name), true) => Ok(NewOperative { name, phone, trades }),
            _ => Err(e),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operative {
    pub id: OperativeId,
    pub version: i32,
    pub name: String,
    /// As read aloud in the UK.
    pub phone: Option<String>,
    pub trades: Vec<Trade>,
}

/// Days away, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AbsenceForm {
    /// Empty: the whole firm.
    pub operative: String,
    pub from_on: String,
    /// Empty: one day.
    pub to_on: String,
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewAbsence {
    pub operative: Option<OperativeId>,
    pub from_on: Date,
    pub to_on: Date,
    pub reason: Option<String>,
}

impl AbsenceForm {
    /// # Errors
    /// A sentence for every field that cannot be used as typed.
    pub fn parse(&self) -> Result<NewAbsence, FieldErrors> {
        let mut e = FieldErrors::new();
        let operative = match self.operative.trim() {
            "" => None,
            typed => e.choice("operative", typed, |t| t.parse().ok(), "Choose one of your people, or the whole firm"),
        };
        let from_on = e.date("from_on", &self.from_on, "the first day away");
        let to_on = e.optional_date("to_on", &self.to_on, "the last day away").or(from_on);
        let reason = e.optional_text("reason", &self.reason, "The reason", 200);
        if from_on.zip(to_on).is_some_and(|(from, to)| to < from) {
            e.add("to_on", "The last day cannot be before the first");
        }
        match (from_on, to_on, e.is_empty()) {
            (Some(from_on), Some(to_on), true) => Ok(NewAbsence { operative, from_on, to_on, reason }),
            _ => Err(e),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absence {
    pub id: AbsenceId,
    pub operative: Option<OperativeId>,
    /// None: the whole firm.
    pub who: Option<String>,
    pub from_on: Date,
    pub to_on: Date,
    pub reason: Option<String>,
}

coded! {
    /// A paper that lets somebody work.
    PaperKind {
        PublicLiability = "public_liability", "Public liability insurance";
        EmployersLiability = "employers_liability", "Employers' liability insurance";
        GasSafe = "gas_safe", "Gas Safe registration";
        Electrical = "electrical", "Electrical scheme (NICEIC, NAPIT)";
        Asbestos = "asbestos", "Asbestos awareness or licence";
        Dbs = "dbs", "DBS check";
        Other = "other", "Other";
    }
}

/// Insurance or a registration, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AccreditationForm {
    pub kind: String,
    pub label: String,
    pub number: String,
    pub expires_on: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewAccreditation {
    pub kind: PaperKind,
    pub label: String,
    pub number: Option<String>,
    pub expires_on: Option<Date>,
}

impl AccreditationForm {
    /// Insurance without an end is no insurance we can rely on, so it must say when it ends.
    ///
    /// # Errors
    /// A sentence for every field that cannot be used as typed.
    pub fn parse(&self) -> Result<NewAccreditation, FieldErrors> {
        let mut e = FieldErrors::new();
        let kind = e.choice("kind", &self.kind, PaperKind::parse, "Choose what it is");
        let label = e.optional_text("label", &self.label, "The name", 120).unwrap_or_default();
        let number = e.optional_text("number", &self.number, "The number", 60);
        let expires_on = e.optional_date("expires_on", &self.expires_on, "the day it ends");
        if expires_on.is_none() && matches!(kind, Some(PaperKind::PublicLiability | PaperKind::EmployersLiability | PaperKind::GasSafe)) {
            e.add("expires_on", "Enter the day it ends");
        }
        if kind == Some(PaperKind::Other) && label.is_empty() {
            e.add("label", "Say what it is");
        }
        match (kind, e.is_empty()) {
            (Some(kind), true) => Ok(NewAccreditation { kind, label, number, expires_on }),
            _ => Err(e),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accreditation {
    pub id: AccreditationId,
    pub paper: NewAccreditation,
    /// The file that proves it.
    pub file: Option<AttachmentId>,
    pub expired: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_read_and_refused_in_words() {
        let person = OperativeForm { name: "Ann Lee".into(), phone: "+447700900982".into(), trades: "plumber, GAS_ENGINEER".into() };
        assert_eq!(person.parse(PhoneE164::parse).map(|p| p.trades), Ok(vec![Trade::Plumber, Trade::GasEngineer]));
        let nobody = OperativeForm { phone: "soon".into(), trades: "wizard".into(), ..OperativeForm::default() };
        let errors = nobody.parse(PhoneE164::parse).expect_err("refused");
        assert_eq!(errors.iter().map(|(f, _)| f).collect::<Vec<_>>(), ["name", "phone", "trades"]);

        let day = AbsenceForm { from_on: "24/12/2026".into(), ..AbsenceForm::default() };
        assert_eq!(day.parse().map(|a| (a.from_on, a.to_on)), Ok((jiff::civil::date(2026, 12, 24), jiff::civil::date(2026, 12, 24))));
        let backwards = AbsenceForm { to_on: "1/12/2026".into(), ..day };
        assert_eq!(backwards.parse().expect_err("refused").get("to_on"), Some("The last day cannot be before the first"));

        let endless = AccreditationForm { kind: "public_liability".into(), ..AccreditationForm::default() };
        assert_eq!(endless.parse().expect_err("refused").get("expires_on"), Some("Enter the day it ends"));
        let nameless = AccreditationForm { kind: "other".into(), ..AccreditationForm::default() };
        assert_eq!(nameless.parse().expect_err("refused").get("label"), Some("Say what it is"));
    }
}
