//! What an organisation decides for itself. Stored as one JSON document; a missing field means the default, so that old rows stay valid.

use serde::{Deserialize, Serialize};

use crate::{faults::Priority, values::Pence};

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
        crate::time::end_of_day(crate::time::add_weekdays(crate::time::london(aware_at).date(), days)).map(|end| end - jiff::SignedDuration::from_secs(1))
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
