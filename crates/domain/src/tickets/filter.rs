//! What a list of tickets is asked for: the same words in the console's URL and in the API's query string.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Category, Priority, Status};
use crate::values::{FieldErrors, clean};
use crate::{MembershipId, PropertyId};

/// `status=OPEN` is everything but Closed and Cancelled (decisions.md).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum StatusFilter {
    #[default]
    All,
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
    pub const fn label(self) -> &'static str {
        match self {
            Self::All => "All",
            Self::Open => "Open",
            Self::Is(status) => status.label(),
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

/// Whose tickets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AssigneeFilter {
    Me,
    Nobody,
    Is(MembershipId),
}

impl AssigneeFilter {
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "me" => Some(Self::Me),
            "none" => Some(Self::Nobody),
            _ => text.parse().ok().map(Self::Is),
        }
    }
}

impl std::fmt::Display for AssigneeFilter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Me => f.write_str("me"),
            Self::Nobody => f.write_str("none"),
            Self::Is(id) => id.fmt(f),
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Sort {
    #[default]
    Newest,
    Oldest,
    /// Last changed first.
    Updated,
    /// The target that falls first; a finished ticket has none to meet, so this order is of open ones.
    Target,
    /// Most pressing first, and among equals the one that waits longest.
    Priority,
}

impl Sort {
    pub const ALL: [Self; 5] = [Self::Newest, Self::Oldest, Self::Updated, Self::Target, Self::Priority];
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::Oldest => "oldest",
            Self::Updated => "updated",
            Self::Target => "target",
            Self::Priority => "priority",
        }
    }
    pub const fn label(self) -> &'static str {
        match self {
            Self::Newest => "Newest first",
            Self::Oldest => "Oldest first",
            Self::Updated => "Last changed first",
            Self::Target => "Target soonest",
            Self::Priority => "Most pressing first",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == text)
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Filter {
    pub status: StatusFilter,
    pub priority: Option<Priority>,
    pub category: Option<Category>,
    pub assignee: Option<AssigneeFilter>,
    pub property: Option<PropertyId>,
    /// Only where a hazard is on record.
    pub hazard: bool,
    /// Only what changed since the asker last looked.
    pub unread: bool,
    /// Reported on these London days, both included.
    pub from: Option<Date>,
    pub to: Option<Date>,
    /// As typed.
    pub search: String,
    pub sort: Sort,
}

impl Filter {
    /// What a queue shows when nothing was asked: the open ones.
    pub fn open() -> Self {
        Self { status: StatusFilter::Open, ..Self::default() }
    }

    /// Reads the words of a query string over `unasked`, the filter that holds where nothing is said. What cannot be read is named and
    /// left out, so that a page can still show something.
    pub fn read(unasked: Self, get: impl Fn(&str) -> Option<String>) -> (Self, FieldErrors) {
        let mut errors = FieldErrors::new();
        let said = |name: &str| get(name).map(|v| v.trim().to_owned()).filter(|v| !v.is_empty());
        let mut wrong = |name: &str, what: String| errors.add(name, what);
        let status = said("status").map_or(Some(unasked.status), |v| {
            StatusFilter::parse(&v).or_else(|| {
                wrong("status", format!("“{v}” is not a status. Use OPEN, ALL, {}", Status::ALL.map(Status::as_str).join(", ")));
                None
            })
        });
        let mut filter = Self { status: status.unwrap_or(unasked.status), ..unasked };
        let mut pick = |name: &str, allowed: String, keep: &mut dyn FnMut(&str) -> bool| {
            if let Some(v) = said(name)
                && !keep(&v)
            {
                wrong(name, format!("“{v}” is not known here. Use {allowed}"));
            }
        };
        pick("priority", Priority::ALL.iter().map(|p| p.as_str()).collect::<Vec<_>>().join(", "), &mut |v| {
            filter.priority = Priority::parse(v);
            filter.priority.is_some()
        });
        pick("category", Category::ALL.iter().map(|c| c.as_str()).collect::<Vec<_>>().join(", "), &mut |v| {
            filter.category = Category::parse(v);
            filter.category.is_some()
        });
        pick("assignee", "me, none or a member's id".to_owned(), &mut |v| {
            filter.assignee = AssigneeFilter::parse(v);
            filter.assignee.is_some()
        });
        pick("property", "a property's id".to_owned(), &mut |v| {
            filter.property = v.parse().ok();
            filter.property.is_some()
        });
        pick("from", "a date like 2026-11-24".to_owned(), &mut |v| {
            filter.from = v.parse().ok();
            filter.from.is_some()
        });
        pick("to", "a date like 2026-11-24".to_owned(), &mut |v| {
            filter.to = v.parse().ok();
            filter.to.is_some()
        });
        pick("sort", Sort::ALL.map(Sort::as_str).join(", "), &mut |v| Sort::parse(v).map(|s| filter.sort = s).is_some());
        for (name, flag) in [("hazard", &mut filter.hazard), ("unread", &mut filter.unread)] {
            if let Some(v) = said(name) {
                *flag = matches!(v.as_str(), "1" | "true" | "on" | "yes");
            }
        }
        if let Some(q) = said("q").or_else(|| said("search")) {
            filter.search = clean(&q).chars().take(200).collect();
        }
        (filter, errors)
    }

    /// As [`Filter::read`], from a query string without its question mark.
    pub fn of_query(unasked: Self, query: &str) -> (Self, FieldErrors) {
        let pairs: Vec<(&str, String)> = query.split('&').filter_map(|pair| pair.split_once('=')).map(|(k, v)| (k, unpercent(v))).collect();
        Self::read(unasked, |name| pairs.iter().find(|(k, _)| *k == name).map(|(_, v)| v.clone()))
    }

    /// The words of this filter for a query string, as few as needed over `unasked`.
    pub fn words(&self, unasked: &Self) -> Vec<(&'static str, String)> {
        let mut words = Vec::new();
        if self.status != unasked.status {
            words.push(("status", self.status.as_str().to_owned()));
        }
        let optional = [
            ("priority", self.priority.map(|p| p.as_str().to_owned())),
            ("category", self.category.map(|c| c.as_str().to_owned())),
            ("assignee", self.assignee.map(|a| a.to_string())),
            ("property", self.property.map(|p| p.to_string())),
            ("hazard", self.hazard.then(|| "1".to_owned())),
            ("unread", self.unread.then(|| "1".to_owned())),
            ("from", self.from.map(|d| d.to_string())),
            ("to", self.to.map(|d| d.to_string())),
            ("q", Some(self.search.clone()).filter(|q| !q.is_empty())),
            ("sort", (self.sort != unasked.sort).then(|| self.sort.as_str().to_owned())),
        ];
        words.extend(optional.into_iter().filter_map(|(name, value)| value.map(|v| (name, v))));
        words
    }

    /// `priority=URGENT&q=leak%20under%20sink`; empty when nothing differs from `unasked`.
    pub fn query(&self, unasked: &Self) -> String {
        self.words(unasked).into_iter().map(|(name, value)| format!("{name}={}", percent(&value))).collect::<Vec<_>>().join("&")
    }

    /// How many things narrow the list, besides status and order.
    pub fn narrowed_by(&self) -> usize {
        let plain = Self { status: StatusFilter::All, sort: Sort::Newest, ..self.clone() };
        plain.words(&Self::default()).len()
    }
}

/// Percent-encodes a value for a query string.
pub fn percent(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::new(), |mut out, b| {
        if b.is_ascii_alphanumeric() || b"-._~".contains(&b) {
            out.push(char::from(b));
        } else {
            let _ = write!(out, "%{b:02X}");
        }
        out
    })
}

/// Reads a percent-encoded value; what is not UTF-8 is replaced.
fn unpercent(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let hex = |b: Option<u8>| b.and_then(|b| char::from(b).to_digit(16)).and_then(|d| u8::try_from(d).ok());
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => match (hex(rest.next()), hex(rest.next())) {
                (Some(high), Some(low)) => bytes.push(high * 16 + low),
                _ => bytes.push(b'?'),
            },
            byte => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What a typed search means. Coordinators type a reference, a surname, part of a postcode, a phone number, or words of the report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// Printed references this may be, exactly: `4812` and `PM-4812` both mean PM-4812.
    pub references: Vec<String>,
    /// Letters and digits only; a ticket must have something that begins with each.
    pub terms: Vec<String>,
}

impl Search {
    const MOST_TERMS: usize = 8;

    pub fn read(text: &str) -> Self {
        let text = clean(text).to_lowercase();
        if looks_like_phone(&text) {
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            // +44 and 0044 are the same call, and the bracketed 0 of +44 (0)113 is not dialled.
            let digits = digits.strip_prefix("00").unwrap_or(&digits);
            let digits = digits.strip_prefix("440").map_or_else(|| digits.to_owned(), |rest| format!("44{rest}"));
            return Self { references: Vec::new(), terms: vec![digits] };
        }
        let mut terms: Vec<String> = text
            // As Postgres splits them: O'Brien is found by Brien.
            .split(|c: char| !c.is_alphanumeric())
            .filter(|t| !t.is_empty())
            .map(|t| t.chars().take(60).collect())
            .collect();
        terms.truncate(Self::MOST_TERMS);
        let references = match terms.as_slice() {
            [digits] | [_, digits] if is_number(digits) && (terms.len() == 1 || terms.first().is_some_and(|t| t == "pm")) => {
                vec![format!("PM-{digits}")]
            }
            [joined] if joined.strip_prefix("pm").is_some_and(is_number) => vec![format!("PM-{}", joined.trim_start_matches("pm"))],
            _ => Vec::new(),
        };
        if terms.first().is_some_and(|t| t == "pm") && !references.is_empty() {
            terms.clear();
        }
        // A single letter finds everything: it counts only where it is all there is.
        if terms.iter().any(|t| t.chars().count() > 1) {
            terms.retain(|t| t.chars().count() > 1);
        }
        Self { references, terms }
    }

    pub fn is_empty(&self) -> bool {
        self.references.is_empty() && self.terms.is_empty()
    }
}

fn is_number(text: &str) -> bool {
    (1..=12).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

fn looks_like_phone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let dialled = text.starts_with('0') || text.starts_with('+') || digits >= 9;
    digits >= 6 && dialled && text.chars().all(|c| c.is_ascii_digit() || " +-()".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> (Filter, FieldErrors) {
        Filter::of_query(Filter::default(), query)
    }

    #[test]
    fn what_is_written_reads_back() {
        let (filter, errors) =
            read("status=OPEN&priority=URGENT&category=DAMP_MOULD&assignee=none&hazard=1&unread=true&from=2026-11-01&q=leak&sort=target");
        assert!(errors.is_empty(), "{errors:?}");
        assert_eq!(
            filter.query(&Filter::default()),
            "status=OPEN&priority=URGENT&category=DAMP_MOULD&assignee=none&hazard=1&unread=1&from=2026-11-01&q=leak&sort=target"
        );
        assert_eq!(filter.narrowed_by(), 7);
        let typed = Filter { search: "100% “müde” & +44".into(), ..Filter::open() };
        assert_eq!(Filter::of_query(Filter::open(), &typed.query(&Filter::open())), (typed, FieldErrors::new()));
        assert_eq!(read("q=a+b%2").0.search, "a b?");
        assert_eq!(Filter::open().query(&Filter::open()), "");
        assert_eq!(Filter::default().query(&Filter::open()), "status=ALL");
    }

    #[test]
    fn what_cannot_be_read_is_named_and_left_out() {
        let (filter, errors) = read("status=SHUT&priority=URGENT&from=yesterday&assignee=olive");
        assert_eq!((filter.status, filter.priority, filter.from, filter.assignee), (StatusFilter::All, Some(Priority::Urgent), None, None));
        assert_eq!(errors.iter().map(|(f, _)| f).collect::<Vec<_>>(), ["assignee", "from", "status"]);
        assert!(errors.get("status").is_some_and(|s| s.starts_with("“SHUT” is not a status. Use OPEN, ALL, NEW")));
    }

    #[test]
    fn a_search_is_read_as_coordinators_type() {
        let s = |text: &str| {
            let Search { references, terms } = Search::read(text);
            (references.join(" "), terms.join(" "))
        };
        let of = |r: &str, t: &str| (r.to_owned(), t.to_owned());
        assert_eq!(s("4812"), of("PM-4812", "4812"));
        assert_eq!(s(" pm-4812 "), of("PM-4812", ""));
        assert_eq!(s("PM4812"), of("PM-4812", "pm4812"));
        assert_eq!(s("Okafor"), of("", "okafor"));
        assert_eq!(s("LS11 6"), of("", "ls11"));
        assert_eq!(s("0113 496 0000"), of("", "01134960000"));
        assert_eq!(s("+44 (0)7700 900982"), of("", "447700900982"));
        assert_eq!(s("leak under O'Brien's sink"), of("", "leak under brien sink"));
        assert_eq!(s("a & b | !c:* <-> 'd"), of("", "a b c d"));
        assert_eq!(s("مرحبا"), of("", "مرحبا"));
        assert!(Search::read("'&|!:*()").is_empty());
    }
}
