use serde::{Deserialize, Serialize};

use super::UnitStatus;
use crate::values::{FieldErrors, Uprn};

/// A unit as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UnitForm {
    pub label: String,
    pub floor: String,
    pub bedrooms: String,
    pub uprn: String,
    pub status: String,
}

/// What is let: a flat of a block, a room of a shared house, or the whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewUnit {
    pub label: String,
    /// 0 is the ground floor; basements are below.
    pub floor: Option<i32>,
    pub bedrooms: Option<i32>,
    pub uprn: Option<Uprn>,
    pub status: UnitStatus,
}

impl NewUnit {
    /// # Errors
    /// A sentence for every field that cannot be used as typed.
    pub fn parse(form: &UnitForm) -> Result<Self, FieldErrors> {
        let mut e = FieldErrors::new();
        let label = e.text("label", &form.label, "what the unit is called, like Flat 3", 60);
        let floor = e.optional_number("floor", &form.floor, "The floor", -5..=100);
        let bedrooms = e.optional_number("bedrooms", &form.bedrooms, "Bedrooms", 0..=50);
        let uprn = match form.uprn.trim() {
            "" => None,
            typed => e.take("uprn", Uprn::parse(typed).ok_or("A UPRN is a number of at most 12 digits, like 72185390")),
        };
        let status = e.choice(
            "status",
            &form.status,
            |t| if t.is_empty() { Some(UnitStatus::Let) } else { UnitStatus::read(t).filter(|s| *s != UnitStatus::Archived) },
            "Choose Let or Void",
        );
        let (Some(label), Some(status), true) = (label, status, e.is_empty()) else { return Err(e) };
        Ok(Self { label, floor, bedrooms, uprn, status })
    }

    /// A unit of which only the label is known.
    pub fn called(label: &str) -> Self {
        Self { label: label.to_owned(), floor: None, bedrooms: None, uprn: None, status: UnitStatus::Let }
    }
}

impl From<&NewUnit> for UnitForm {
    fn from(u: &NewUnit) -> Self {
        let said = |n: Option<i32>| n.map(|n| n.to_string()).unwrap_or_default();
        Self {
            label: u.label.clone(),
            floor: said(u.floor),
            bedrooms: said(u.bedrooms),
            uprn: u.uprn.map(|n| n.0.to_string()).unwrap_or_default(),
            status: u.status.as_str().to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_needs_a_name_and_no_more() {
        let unit = NewUnit::parse(&UnitForm { label: " Flat 3 ".into(), floor: "-1".into(), ..UnitForm::default() }).expect("a unit");
        assert_eq!((unit.label.as_str(), unit.floor, unit.status), ("Flat 3", Some(-1), UnitStatus::Let));
        assert_eq!(NewUnit::parse(&UnitForm::from(&unit)), Ok(unit));
        let errors =
            NewUnit::parse(&UnitForm { bedrooms: "51".into(), status: "gone".into(), ..UnitForm::default() }).expect_err("refused");
        assert_eq!(errors.iter().map(|(f, _)| f).collect::<Vec<_>>(), ["bedrooms", "label", "status"]);
    }
}
