//! What an organisation decides for itself. Stored as one JSON document; a missing field means the default, so that old rows stay valid.

use serde::{Deserialize, Serialize};

use crate::faults::Priority;
use crate::values::{EmailAddress, FieldErrors, Pence, PhoneE164};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct OrgSettings {
    /// `#rrggbb`; the design system adjusts it for contrast.
    pub brand_colour: Option<String>,
    /// File key of the logo.
    pub logo_key: Option<String>,
    /// Shown to tenants day and night.
    pub emergency_phone: Option<String>,
    pub office_phone: Option<String>,
    pub office_email: Option<String>,
    /// In words, as printed: `Monday to Friday, 9am to 5pm`.
    pub office_hours: String,
    pub targets: Targets,
    /// The owner is asked above this sum (decisions.md: default £250).
    pub owner_limit: Pence,
    /// Reports one person may send in a day; emergencies are never refused.
    pub reports_a_day: u16,
    /// Personal data of closed cases is kept this many months after the tenancy ended.
    pub retention_months: u16,
}

/// What an administrator types on the settings page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SettingsForm {
    pub name: String,
    pub brand_colour: String,
    pub emergency_phone: String,
    pub office_phone: String,
    pub office_email: String,
    pub office_hours: String,
    pub emergency_hours: String,
    pub urgent_working_days: String,
    pub routine_working_days: String,
    pub owner_limit: String,
    pub reports_a_day: String,
    pub retention_months: String,
}

impl SettingsForm {
    /// The organisation's name and its settings; what the form does not hold (the logo) stays as it is in `kept`.
    ///
    /// # Errors
    /// A sentence for every field that cannot be used as typed.
    pub fn parse(&self, kept: &OrgSettings, read_phone: impl Fn(&str) -> Option<PhoneE164>) -> Result<(String, OrgSettings), FieldErrors> {
        let mut e = FieldErrors::new();
        let name = e.text("name", &self.name, "the name of the organisation", 120);
        let brand_colour = match self.brand_colour.trim() {
            "" => None,
            typed => e.take("brand_colour", read_colour(typed).ok_or("Enter a colour as # and six digits, like #0f766e")),
        };
        let mut phone = |field: &str, typed: &str| match typed.trim() {
            "" => None,
            typed => e.take(field, read_phone(typed).map(|p| p.national()).ok_or(PhoneE164::REFUSAL)),
        };
        let emergency_phone = phone("emergency_phone", &self.emergency_phone);
        let office_phone = phone("office_phone", &self.office_phone);
        let office_email = match self.office_email.trim() {
            "" => None,
            typed => e.take("office_email", EmailAddress::parse(typed).map(String::from).ok_or(EmailAddress::REFUSAL)),
        };
        let office_hours = e.text("office_hours", &self.office_hours, "when somebody is there, like Monday to Friday, 9am to 5pm", 120);
        let mut number = |field: &str, typed: &str, what: &str, range: std::ops::RangeInclusive<i32>| {
            if typed.trim().is_empty() {
                e.add(field, format!("{what} must be a whole number from {} to {}", range.start(), range.end()));
            }
            e.optional_number(field, typed, what, range).and_then(|n| u16::try_from(n).ok()).unwrap_or_default()
        };
        let targets = Targets {
            emergency_hours: number("emergency_hours", &self.emergency_hours, "Hours for an emergency", 1..=72),
            urgent_working_days: number("urgent_working_days", &self.urgent_working_days, "Working days for an urgent repair", 1..=60),
            routine_working_days: number("routine_working_days", &self.routine_working_days, "Working days for a routine repair", 1..=365),
        };
        let reports_a_day = number("reports_a_day", &self.reports_a_day, "Reports a day", 1..=100);
        let retention_months = number("retention_months", &self.retention_months, "Months to keep personal data", 1..=240);
        // A more pressing repair cannot be promised later than a less pressing one.
        if e.is_empty() && targets.urgent_working_days > targets.routine_working_days {
            e.add("urgent_working_days", "An urgent repair cannot take longer than a routine one");
        }
        let owner_limit = e.optional_money("owner_limit", &self.owner_limit, "The limit");
        if owner_limit.is_none() {
            e.add("owner_limit", "Enter the limit in pounds, like 250");
        }
        let (Some(name), Some(office_hours), Some(owner_limit), true) = (name, office_hours, owner_limit, e.is_empty()) else {
            return Err(e);
        };
        let settings = OrgSettings {
            brand_colour,
            logo_key: kept.logo_key.clone(),
            emergency_phone,
            office_phone,
            office_email,
            office_hours,
            targets,
            owner_limit,
            reports_a_day,
            retention_months,
        };
        Ok((name, settings))
    }

    /// The form as it stands for an organisation.
    pub fn of(name: &str, s: &OrgSettings) -> Self {
        Self {
            name: name.to_owned(),
            brand_colour: s.brand_colour.clone().unwrap_or_default(),
            emergency_phone: s.emergency_phone.clone().unwrap_or_default(),
            office_phone: s.office_phone.clone().unwrap_or_default(),
            office_email: s.office_email.clone().unwrap_or_default(),
            office_hours: s.office_hours.clone(),
            emergency_hours: s.targets.emergency_hours.to_string(),
            urgent_working_days: s.targets.urgent_working_days.to_string(),
            routine_working_days: s.targets.routine_working_days.to_string(),
            owner_limit: format!("{}.{:02}", s.owner_limit.0 / 100, s.owner_limit.0 % 100),
            reports_a_day: s.reports_a_day.to_string(),
            retention_months: s.retention_months.to_string(),
        }
    }
}

fn read_colour(typed: &str) -> Option<String> {
    let digits = typed.strip_prefix('#').unwrap_or(typed);
    (digits.len() == 6 && digits.chars().all(|c| c.is_ascii_hexdigit())).then(|| format!("#{}", digits.to_ascii_lowercase()))
}

/// Which of the first steps of a new organisation are done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstSteps {
    /// Somebody looked through the settings and saved them.
    pub settings: bool,
    pub property: bool,
    pub tenant: bool,
    pub team_mate: bool,
}

impl FirstSteps {
    pub const fn all_done(self) -> bool {
        self.settings && self.property && self.tenant && self.team_mate
    }
}

/// Our own promise by priority, shown as "Our target" and labelled Policy: it is not law.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Targets {
    pub emergency_hours: u16,
    pub urgent_working_days: u16,
    pub routine_working_days: u16,
}

impl Default for Targets {
    fn default() -> Self {
        Self { emergency_hours: 24, urgent_working_days: 5, routine_working_days: 20 }
    }
}

impl Targets {
    /// When our target falls for a report of `priority` we became aware of at `aware_at`: hours are elapsed time, working days end with
    /// the London day.
    pub fn due(self, priority: Priority, aware_at: jiff::Timestamp) -> Option<jiff::Timestamp> {
        let days = match priority {
            Priority::Emergency => return Some(aware_at + jiff::SignedDuration::from_hours(i64::from(self.emergency_hours))),
            Priority::Urgent => self.urgent_working_days,
            Priority::Routine => self.routine_working_days,
        };
        crate::time::end_of_day(crate::time::add_weekdays(crate::time::london(aware_at).date(), days))
            .map(|end| end - jiff::SignedDuration::from_secs(1))
    }
}

impl Default for OrgSettings {
    fn default() -> Self {
        Self {
            brand_colour: None,
            logo_key: None,
            emergency_phone: None,
            office_phone: None,
            office_email: None,
            office_hours: "Monday to Friday, 9am to 5pm".to_owned(),
            targets: Targets::default(),
            owner_limit: Pence(25_000),
            reports_a_day: 10,
            retention_months: 72,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_as_typed_and_a_broken_one_is_answered_in_words() {
        let stored = OrgSettings { logo_key: Some("k".into()), ..OrgSettings::default() };
        let typed = SettingsForm {
            brand_colour: "0F766E".into(),
            emergency_phone: "+44800111999".into(),
            owner_limit: "£300".into(),
            ..SettingsForm::of("Oak Homes", &stored)
        };
        let (name, settings) = typed.parse(&stored, PhoneE164::parse).expect("settings");
        assert_eq!(
            (name.as_str(), settings.brand_colour.as_deref(), settings.emergency_phone.as_deref()),
            ("Oak Homes", Some("#0f766e"), Some("0800 111 999"))
        );
        assert_eq!((settings.owner_limit, settings.logo_key.as_deref()), (Pence(30_000), Some("k")));
        let wrong = SettingsForm {
            name: " ".into(),
            brand_colour: "teal".into(),
            emergency_phone: "999 now".into(),
            office_email: "office".into(),
            office_hours: String::new(),
            emergency_hours: "0".into(),
            urgent_working_days: String::new(),
            retention_months: "forever".into(),
            owner_limit: "a lot".into(),
            ..SettingsForm::of("Oak Homes", &stored)
        };
        let errors = wrong.parse(&stored, PhoneE164::parse).expect_err("refused");
        assert_eq!(
            errors.iter().map(|(f, _)| f).collect::<Vec<_>>(),
            [
                "brand_colour",
                "emergency_hours",
                "emergency_phone",
                "name",
                "office_email",
                "office_hours",
                "owner_limit",
                "retention_months",
                "urgent_working_days"
            ]
        );
        let backwards = SettingsForm { urgent_working_days: "30".into(), ..SettingsForm::of("Oak Homes", &stored) };
        assert_eq!(
            backwards.parse(&stored, PhoneE164::parse),
            Err(FieldErrors::one("urgent_working_days", "An urgent repair cannot take longer than a routine one"))
        );
    }

    #[test]
    fn targets_fall_at_the_end_of_the_london_day() {
        let friday: jiff::Timestamp = "2026-11-20T16:00:00Z".parse().expect("a moment");
        let due = |p| Targets::default().due(p, friday).map(|d| d.to_string());
        assert_eq!(due(Priority::Emergency), Some("2026-11-21T16:00:00Z".into()));
        assert_eq!(due(Priority::Urgent), Some("2026-11-27T23:59:59Z".into()));
        assert_eq!(due(Priority::Routine), Some("2026-12-18T23:59:59Z".into()));
    }

    #[test]
    fn an_empty_document_is_the_defaults() {
        assert_eq!(serde_json::from_str::<OrgSettings>("{}").expect("valid"), OrgSettings::default());
    }
}
