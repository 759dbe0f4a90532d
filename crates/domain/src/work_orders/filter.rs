//! What a list of work orders is asked for: the same words in the console's URL and in the API's query string.

use serde::{Deserialize, Serialize};

use super::Status;
use crate::values::{FieldErrors, clean};
use crate::{ContactId, PropertyId, TicketId};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum StatusFilter {
    #[default]
    All,
    /// Neither verified nor cancelled.
    Open,
    Is(Status),
}

impl StatusFilter {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "ALL",
            Self::Open => "OPEN",
            Self::Is(status) => status.as_str(),
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "ALL" => Some(Self::All),
            "OPEN" => Some(Self::Open),
            _ => Status::parse(text).map(Self::Is),
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Filter {
    pub status: StatusFilter,
    pub contractor: Option<ContactId>,
    pub ticket: Option<TicketId>,
    pub property: Option<PropertyId>,
    /// Live and past its day.
    pub overdue: bool,
    /// With a contractor and without a time.
    pub unscheduled: bool,
    /// Of tickets that are the asker's, or raised by them.
    pub mine: bool,
    /// Any words of reference, title, address, postcode or contractor.
    pub search: String,
}

impl Filter {
    pub fn open() -> Self {
        Self { status: StatusFilter::Open, ..Self::default() }
    }

    /// Reads the words of a query string over `unasked`. What cannot be read is named and left out.
    pub fn read(unasked: Self, get: impl Fn(&str) -> Option<String>) -> (Self, FieldErrors) {
        let mut e = FieldErrors::new();
        let said = |name: &str| get(name).map(|v| clean(&v)).filter(|v| !v.is_empty());
        let mut filter = unasked;
        if let Some(v) = said("status") {
            let statuses: Vec<&str> = Status::ALL.iter().map(|s| s.as_str()).collect();
            let sentence = format!("“{v}” is not a status. Use OPEN, ALL, {}", statuses.join(", "));
            filter.status = e.choice("status", &v, StatusFilter::parse, &sentence).unwrap_or(filter.status);
        }
        if let Some(v) = said("contractor") {
            filter.contractor = e.choice("contractor", &v, |t| t.parse().ok(), "Use a contractor's id");
        }
        if let Some(v) = said("ticket") {
            filter.ticket = e.choice("ticket", &v, |t| t.parse().ok(), "Use a ticket's id");
        }
        if let Some(v) = said("property") {
            filter.property = e.choice("property", &v, |t| t.parse().ok(), "Use a property's id");
        }
        for (name, flag) in [("overdue", &mut filter.overdue), ("unscheduled", &mut filter.unscheduled), ("mine", &mut filter.mine)] {
            if let Some(v) = said(name) {
                *flag = matches!(v.as_str(), "1" | "true" | "on" | "yes");
            }
        }
        if let Some(v) = said("q").or_else(|| said("search")) {
            filter.search = v.chars().take(200).collect();
        }
        (filter, e)
    }

    /// The words of this filter for a query string, as few as needed over `unasked`.
    pub fn words(&self, unasked: &Self) -> Vec<(&'static str, String)> {
        let flag = |on: bool| on.then(|| "1".to_owned());
        [
            ("status", (self.status != unasked.status).then(|| self.status.as_str().to_owned())),
            ("contractor", self.contractor.map(|c| c.to_string())),
            ("ticket", self.ticket.map(|t| t.to_string())),
            ("property", self.property.map(|p| p.to_string())),
            ("overdue", flag(self.overdue)),
            ("unscheduled", flag(self.unscheduled)),
            ("mine", flag(self.mine)),
            ("q", Some(self.search.clone()).filter(|q| !q.is_empty())),
        ]
        .into_iter()
        .filter_map(|(name, value)| value.map(|v| (name, v)))
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back_and_what_is_not_known_is_named() {
        let filter =
            Filter { status: StatusFilter::Is(Status::InProgress), overdue: true, mine: true, search: "leak".into(), ..Filter::default() };
        let words = filter.words(&Filter::open());
        let read = |words: &[(&'static str, String)]| {
            Filter::read(Filter::open(), |name| words.iter().find(|(n, _)| *n == name).map(|(_, v)| v.clone()))
        };
        assert_eq!(read(&words), (filter, FieldErrors::new()));
        let (left, errors) = read(&[("status", "SHUT".into()), ("contractor", "Carl".into())]);
        assert_eq!(left, Filter::open());
        assert!(errors.get("status").is_some_and(|s| s.starts_with("“SHUT” is not a status. Use OPEN, ALL, DRAFT")));
        assert_eq!(errors.get("contractor"), Some("Use a contractor's id"));
    }
}
