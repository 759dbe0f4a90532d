use serde::{Deserialize, Serialize};

use super::{LandlordKind, PropertyKind, PropertyStatus, Tenure};
use crate::values::{Country, FieldErrors, Postcode, Uprn};

/// A property as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PropertyForm {
    pub reference: String,
    pub kind: String,
    pub status: String,
    pub name: String,
    pub line1: String,
    pub line2: String,
    pub city: String,
    pub postcode: String,
    pub country: String,
    pub uprn: String,
    pub tenure: String,
    pub landlord_kind: String,
    pub storeys: String,
    pub built_year: String,
    pub has_gas: String,
    pub smoke_alarms: String,
    pub co_alarms: String,
    pub warnings: String,
    pub access_notes: String,
}

/// What is known of a property. `None` is "not known" and stays so until somebody says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewProperty {
    pub reference: Option<String>,
    pub kind: PropertyKind,
    pub status: PropertyStatus,
    pub name: Option<String>,
    pub line1: String,
    pub line2: Option<String>,
    pub city: String,
    pub postcode: Postcode,
    pub country: Country,
    pub uprn: Option<Uprn>,
    pub tenure: Tenure,
    pub landlord_kind: LandlordKind,
    pub storeys: Option<i32>,
    pub built_year: Option<i32>,
    pub has_gas: Option<bool>,
    pub smoke_alarms: Option<i32>,
    pub co_alarms: Option<i32>,
    pub warnings: Option<String>,
    pub access_notes: Option<String>,
}

impl NewProperty {
    /// # Errors
    /// A sentence for every field that cannot be used as typed.
    pub fn parse(form: &PropertyForm) -> Result<Self, FieldErrors> {
        let mut e = FieldErrors::new();
        let reference = e.optional_text("reference", &form.reference, "The reference", 40);
        let kind = e.choice("kind", &form.kind, PropertyKind::read, "Choose the kind of property");
        // Archiving is an act with rules of its own, not a status to type.
        let status = e.choice(
            "status",
            &form.status,
            |t| {
                if t.is_empty() { Some(PropertyStatus::Active) } else { PropertyStatus::read(t).filter(|s| *s != PropertyStatus::Archived) }
            },
            "Choose Active or Void",
        );
        let name = e.optional_text("name", &form.name, "The name", 120);
        let line1 = e.text("line1", &form.line1, "the first line of the address", 120);
        let line2 = e.optional_text("line2", &form.line2, "The second line of the address", 120);
        let city = e.text("city", &form.city, "a town or city", 120);
        let postcode = e.take("postcode", Postcode::parse(&form.postcode).ok_or("Enter a full UK postcode, like LS11 6AB"));
        let country = e.choice("country", &form.country, read_country, "Choose England, Wales, Scotland or Northern Ireland");
        let uprn = match form.uprn.trim() {
            "" => None,
            typed => e.take("uprn", Uprn::parse(typed).ok_or("A UPRN is a number of at most 12 digits, like 72185390")),
        };
        let tenure = e.choice("tenure", &form.tenure, Tenure::read, "Choose the tenure");
        let landlord_kind = e.choice("landlord_kind", &form.landlord_kind, LandlordKind::read, "Choose who the landlord is");
        let storeys = e.optional_number("storeys", &form.storeys, "Storeys", 1..=100);
        let built_year = e.optional_number("built_year", &form.built_year, "The year it was built", 1500..=2200);
        let has_gas = e.yes_no("has_gas", &form.has_gas, "Say yes or no, or leave it empty if you do not know");
        let smoke_alarms = e.optional_number("smoke_alarms", &form.smoke_alarms, "Smoke alarms", 0..=500);
        let co_alarms = e.optional_number("co_alarms", &form.co_alarms, "Carbon monoxide alarms", 0..=500);
        let warnings = e.optional_lines("warnings", &form.warnings, "The warnings", 2000);
        let access_notes = e.optional_lines("access_notes", &form.access_notes, "The access notes", 2000);
        let (Some(kind), Some(status), Some(line1), Some(city), Some(postcode), Some(country), Some(tenure), Some(landlord_kind), true) =
            (kind, status, line1, city, postcode, country, tenure, landlord_kind, e.is_empty())
        else {
            return Err(e);
        };
        Ok(Self {
            reference,
            kind,
            status,
            name,
            line1,
            line2,
            city,
            postcode,
            country,
            uprn,
            tenure,
            landlord_kind,
            storeys,
            built_year,
            has_gas,
            smoke_alarms,
            co_alarms,
            warnings,
            access_notes,
        })
    }

    /// `14 Beech Grove, Leeds, LS11 6AB`, after the property's name where it has one.
    pub fn one_line(&self) -> String {
        let parts = [
            self.name.as_deref(),
            Some(self.line1.as_str()),
            self.line2.as_deref(),
            Some(self.city.as_str()),
            Some(self.postcode.as_str()),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    /// The label of the one unit of a property that is let as a whole. Blocks, houses in multiple occupation and "other" are let in parts,
    /// which somebody names.
    pub const fn whole_unit(&self) -> Option<&'static str> {
        match self.kind {
            PropertyKind::House => Some("Whole house"),
            PropertyKind::Bungalow => Some("Whole bungalow"),
            PropertyKind::Flat => Some("Whole flat"),
            PropertyKind::Block | PropertyKind::Hmo | PropertyKind::Other => None,
        }
    }
}

fn read_country(text: &str) -> Option<Country> {
    Country::ALL.into_iter().find(|c| c.as_str().eq_ignore_ascii_case(text) || c.label().eq_ignore_ascii_case(text))
}

fn said<T: ToString>(value: Option<T>) -> String {
    value.map(|v| v.to_string()).unwrap_or_default()
}

impl From<&NewProperty> for PropertyForm {
    fn from(p: &NewProperty) -> Self {
        Self {
            reference: said(p.reference.as_deref()),
            kind: p.kind.as_str().to_owned(),
            status: p.status.as_str().to_owned(),
            name: said(p.name.as_deref()),
            line1: p.line1.clone(),
            line2: said(p.line2.as_deref()),
            city: p.city.clone(),
            postcode: p.postcode.to_string(),
            country: p.country.as_str().to_owned(),
            uprn: said(p.uprn.map(|u| u.0)),
            tenure: p.tenure.as_str().to_owned(),
            landlord_kind: p.landlord_kind.as_str().to_owned(),
            storeys: said(p.storeys),
            built_year: said(p.built_year),
            has_gas: p.has_gas.map_or("", |gas| if gas { "yes" } else { "no" }).to_owned(),
            smoke_alarms: said(p.smoke_alarms),
            co_alarms: said(p.co_alarms),
            warnings: said(p.warnings.as_deref()),
            access_notes: said(p.access_notes.as_deref()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed() -> PropertyForm {
        PropertyForm {
            reference: " BG-14 ".into(),
            kind: "house".into(),
            line1: "14 Beech Grove".into(),
            city: "Leeds".into(),
            postcode: "ls116ab".into(),
            country: "England".into(),
            uprn: "72185390".into(),
            tenure: "Social rent".into(),
            landlord_kind: "housing_association".into(),
            has_gas: "yes".into(),
            storeys: "2".into(),
            ..PropertyForm::default()
        }
    }

    #[test]
    fn a_property_turns_back_into_the_form_it_came_from() {
        let property = NewProperty::parse(&typed()).expect("a property");
        assert_eq!(property.one_line(), "14 Beech Grove, Leeds, LS11 6AB");
        assert_eq!((property.has_gas, property.smoke_alarms), (Some(true), None), "what is not said is not known");
        assert_eq!(NewProperty::parse(&PropertyForm::from(&property)), Ok(property));
    }

    #[test]
    fn an_empty_form_is_answered_for_every_field_that_is_needed() {
        let errors = NewProperty::parse(&PropertyForm::default()).expect_err("refused");
        let fields: Vec<&str> = errors.iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["city", "country", "kind", "landlord_kind", "line1", "postcode", "tenure"]);
    }

    #[test]
    fn bad_input_is_answered_in_words() {
        for (change, field, sentence) in [
            (PropertyForm { postcode: "LS11".into(), ..typed() }, "postcode", "Enter a full UK postcode, like LS11 6AB"),
            (PropertyForm { uprn: "72-18".into(), ..typed() }, "uprn", "A UPRN is a number of at most 12 digits, like 72185390"),
            (PropertyForm { status: "archived".into(), ..typed() }, "status", "Choose Active or Void"),
            (PropertyForm { storeys: "0".into(), ..typed() }, "storeys", "Storeys must be a whole number from 1 to 100"),
            (PropertyForm { line1: "x".repeat(121), ..typed() }, "line1", "The first line of the address must be 120 characters or fewer"),
            (PropertyForm { line1: "\u{0}\u{202E}".into(), ..typed() }, "line1", "Enter the first line of the address"),
        ] {
            assert_eq!(NewProperty::parse(&change).expect_err(field), FieldErrors::one(field, sentence));
        }
        let kept =
            NewProperty::parse(&PropertyForm { name: "<script>alert(1)</script> مرحبا 🏠".into(), ..typed() }).expect("text is text");
        assert_eq!(kept.name.as_deref(), Some("<script>alert(1)</script> مرحبا 🏠"));
    }
}
