use std::str::FromStr as _;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::TenancyStatus;
use crate::values::{FieldErrors, Pence};
use crate::{ContactId, UnitId};

/// A tenancy as typed. `tenants` are contact ids separated by commas; the first is the lead.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TenancyForm {
    pub unit_id: String,
    pub reference: String,
    pub start_on: String,
    pub end_on: String,
    pub rent: String,
    pub deposit: String,
    pub tenants: String,
}

/// The letting contract of one unit. Joint tenants share it; the first named leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewTenancy {
    pub unit_id: UnitId,
    pub reference: Option<String>,
    pub start_on: Date,
    /// The last day; none while it runs on.
    pub end_on: Option<Date>,
    pub rent: Option<Pence>,
    pub deposit: Option<Pence>,
    pub tenants: Vec<ContactId>,
}

/// Nobody lets to more people jointly; a longer list is a slip of a spreadsheet.
const MAX_TENANTS: usize = 12;

impl NewTenancy {
    /// # Errors
    /// A sentence for every field that cannot be used as typed.
    pub fn parse(form: &TenancyForm) -> Result<Self, FieldErrors> {
        let mut e = FieldErrors::new();
        let unit_id = e.choice("unit_id", &form.unit_id, |t| UnitId::from_str(t).ok(), "Choose the unit that is let");
        let reference = e.optional_text("reference", &form.reference, "The reference", 40);
        let start_on = e.date("start_on", &form.start_on, "the date the tenancy starts");
        let end_on = e.optional_date("end_on", &form.end_on, "the date the tenancy ends");
        if let (Some(start), Some(end)) = (start_on, end_on)
            && end < start
        {
            e.add("end_on", "The tenancy cannot end before it starts");
        }
        let rent = e.optional_money("rent", &form.rent, "Rent");
        let deposit = e.optional_money("deposit", &form.deposit, "Deposit");
        let mut tenants = Vec::new();
        for typed in form.tenants.split(',').map(str::trim).filter(|t| !t.is_empty()) {
            match ContactId::from_str(typed) {
                Ok(id) if !tenants.contains(&id) => tenants.push(id),
                Ok(_) => {}
                Err(_) => e.add("tenants", "Choose each tenant from the list of contacts"),
            }
        }
        if tenants.is_empty() {
            e.add("tenants", "Choose at least one tenant");
        } else if tenants.len() > MAX_TENANTS {
            e.add("tenants", format!("A tenancy has at most {MAX_TENANTS} tenants"));
        }
        let (Some(unit_id), Some(start_on), true) = (unit_id, start_on, e.is_empty()) else { return Err(e) };
        Ok(Self { unit_id, reference, start_on, end_on, rent, deposit, tenants })
    }
}

impl From<&NewTenancy> for TenancyForm {
    fn from(t: &NewTenancy) -> Self {
        let pounds = |p: Option<Pence>| p.map(|p| format!("{}.{:02}", p.0 / 100, p.0 % 100)).unwrap_or_default();
        Self {
            unit_id: t.unit_id.to_string(),
            reference: t.reference.clone().unwrap_or_default(),
            start_on: t.start_on.to_string(),
            end_on: t.end_on.map(|d| d.to_string()).unwrap_or_default(),
            rent: pounds(t.rent),
            deposit: pounds(t.deposit),
            tenants: t.tenants.iter().map(ToString::to_string).collect::<Vec<_>>().join(","),
        }
    }
}

impl TenancyStatus {
    /// What a tenancy is on a day follows from its dates, so it is computed when read: a stored word would be wrong the day after.
    pub fn on(today: Date, start: Date, end: Option<Date>) -> Self {
        if start > today {
            Self::Upcoming
        } else if end.is_some_and(|end| end < today) {
            Self::Ended
        } else {
            Self::Active
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn typed() -> TenancyForm {
        TenancyForm {
            unit_id: "01890a5d-ac96-774b-bcce-b302099a8057".into(),
            start_on: "1/4/2026".into(),
            rent: "£650".into(),
            tenants: "01890a5d-ac96-774b-bcce-b302099a8058, 01890a5d-ac96-774b-bcce-b302099a8059,01890a5d-ac96-774b-bcce-b302099a8058"
                .into(),
            ..TenancyForm::default()
        }
    }

    #[test]
    fn a_tenancy_turns_back_into_its_form() {
        let tenancy = NewTenancy::parse(&typed()).expect("a tenancy");
        assert_eq!((tenancy.tenants.len(), tenancy.rent, tenancy.end_on), (2, Some(Pence(65_000)), None));
        assert_eq!(NewTenancy::parse(&TenancyForm::from(&tenancy)), Ok(tenancy));
    }

    #[test]
    fn bad_input_is_answered_in_words() {
        let errors = NewTenancy::parse(&TenancyForm::default()).expect_err("refused");
        assert_eq!(errors.iter().map(|(f, _)| f).collect::<Vec<_>>(), ["start_on", "tenants", "unit_id"]);
        let backwards = NewTenancy::parse(&TenancyForm { end_on: "31/3/2026".into(), ..typed() }).expect_err("refused");
        assert_eq!(backwards, FieldErrors::one("end_on", "The tenancy cannot end before it starts"));
    }

    #[test]
    fn the_last_day_is_still_the_tenants() {
        let (start, end) = (date(2026, 4, 1), Some(date(2026, 9, 30)));
        for (today, status) in [
            (date(2026, 3, 31), TenancyStatus::Upcoming),
            (date(2026, 4, 1), TenancyStatus::Active),
            (date(2026, 9, 30), TenancyStatus::Active),
            (date(2026, 10, 1), TenancyStatus::Ended),
        ] {
            assert_eq!(TenancyStatus::on(today, start, end), status, "{today}");
        }
        assert_eq!(TenancyStatus::on(date(2030, 1, 1), start, None), TenancyStatus::Active);
    }
}
