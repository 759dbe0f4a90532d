//! Whom an order can be put to, and why not somebody else. A pure function of what is on record: it filters nobody away in silence, but gives
//! every contractor with the reasons that speak against them, because a coordinator at two in the morning may have to overrule one.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::PaperKind;
use crate::ContactId;
use crate::faults::{Category, Priority, Trade};
use crate::people::{Licence, categories_of};
use crate::time::long_date;

/// What is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub category: Category,
    pub trade: Option<Trade>,
    pub priority: Priority,
    /// Of the home, `LS11 6AB`.
    pub postcode: String,
    /// The day it is wanted: papers must be in date on it.
    pub on: Date,
}

/// A paper and when it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    pub kind: PaperKind,
    pub expires_on: Option<Date>,
}

/// What is on record of a contractor.
#[derive(Clone, Debug, PartialEq)]
pub struct Firm {
    pub id: ContactId,
    pub name: String,
    /// None: nobody has said what they do.
    pub trades: Option<Vec<Trade>>,
    pub areas: Vec<String>,
    pub licences: Vec<Licence>,
    pub papers: Vec<Paper>,
    /// `active`, `invited`, `suspended` or `archived`.
    pub status: String,
    pub in_house: bool,
    pub out_of_hours: bool,
    /// The last day of an absence of the whole firm that covers the day.
    pub away_until: Option<Date>,
    /// Live orders they have.
    pub load: i64,
    /// Of 5, from tenants; in hundredths.
    pub rating: Option<i32>,
    pub has_email: bool,
}

/// How much a reason weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Weight {
    /// Worth knowing.
    Note,
    /// Not offered unless staff say why.
    Bar,
    /// Not at all: it is against the law, or they were suspended.
    Never,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    Suspended,
    Archived,
    NoProfile,
    OtherTrade,
    OutsideArea,
    NoGasSafe,
    GasSafeExpired(Date),
    InsuranceExpired(Date),
    NoInsurance,
    LicenceExpired(String, Date),
    Away(Date),
    Busy(i64),
    NoEmail,
}

/// From this many live orders on, it is said that they have many.
const BUSY: i64 = 15;

impl Reason {
    pub const fn weight(&self) -> Weight {
        match self {
            Self::Suspended | Self::Archived | Self::NoGasSafe | Self::GasSafeExpired(_) => Weight::Never,
            Self::OtherTrade | Self::OutsideArea | Self::InsuranceExpired(_) | Self::Away(_) => Weight::Bar,
            Self::NoProfile | Self::NoInsurance | Self::LicenceExpired(..) | Self::Busy(_) | Self::NoEmail => Weight::Note,
        }
    }
    pub fn words(&self) -> String {
        match self {
            Self::Suspended => "Suspended: no new work".to_owned(),
            Self::Archived => "No longer works for you".to_owned(),
            Self::NoProfile => "Their trades are not on record".to_owned(),
            Self::OtherTrade => "Does not do this kind of work".to_owned(),
            Self::OutsideArea => "Does not work in this area".to_owned(),
            Self::NoGasSafe => "No Gas Safe registration on record".to_owned(),
            Self::GasSafeExpired(on) => format!("Gas Safe registration ended on {}", long_date(*on)),
            Self::InsuranceExpired(on) => format!("Public liability insurance ended on {}", long_date(*on)),
            Self::NoInsurance => "No public liability insurance on record".to_owned(),
            Self::LicenceExpired(scheme, on) => format!("{scheme} ended on {}", long_date(*on)),
            Self::Away(until) => format!("Away until {}", long_date(*until)),
            Self::Busy(load) => format!("Has {load} live work orders"),
            Self::NoEmail => "No email address: tell them by telephone".to_owned(),
        }
    }
}

/// Everything that speaks against sending `firm`, gravest first.
///
/// Gas work without a Gas Safe registration in date is nobody's to allow: Gas Safety (Installation and Use) Regulations 1998, regulation 3.
/// Insurance is a bar once it has ended and only a note while none was ever recorded, so that an organisation can begin before it has
/// collected everybody's papers. Our own employees are insured by us.
pub fn reasons(firm: &Firm, wanted: &Wanted) -> Vec<Reason> {
    let mut found = Vec::new();
    match firm.status.as_str() {
        "suspended" => found.push(Reason::Suspended),
        "archived" => found.push(Reason::Archived),
        _ => {}
    }
    match &firm.trades {
        None => found.push(Reason::NoProfile),
        Some(trades) if !does(trades, wanted) => found.push(Reason::OtherTrade),
        Some(_) => {}
    }
    if !covers(&firm.areas, &wanted.postcode) {
        found.push(Reason::OutsideArea);
    }
    if wanted.trade == Some(Trade::GasEngineer) {
        found.extend(gas(firm, wanted.on));
    }
    found.extend(
        firm.licences
            .iter()
            .filter(|l| !is_gas_safe(&l.scheme))
            .filter_map(|l| l.expires_on.filter(|end| *end < wanted.on).map(|end| Reason::LicenceExpired(l.scheme.clone(), end))),
    );
    if !firm.in_house {
        let liability = || firm.papers.iter().filter(|p| p.kind == PaperKind::PublicLiability);
        match liability().filter_map(|p| p.expires_on).max() {
            Some(end) if end < wanted.on => found.push(Reason::InsuranceExpired(end)),
            None if liability().next().is_none() => found.push(Reason::NoInsurance),
            _ => {}
        }
        if !firm.has_email {
            found.push(Reason::NoEmail);
        }
    }
    found.extend(firm.away_until.map(Reason::Away));
    if firm.load >= BUSY {
        found.push(Reason::Busy(firm.load));
    }
    found.sort_by_key(|r| std::cmp::Reverse(r.weight()));
    found
}

/// A trade that was named must be theirs; otherwise any trade of the category does, and a general builder does what has no trade of its own.
fn does(trades: &[Trade], wanted: &Wanted) -> bool {
    match wanted.trade {
        Some(trade) => trades.contains(&trade),
        None => categories_of(trades).contains(&wanted.category) || (wanted.category == Category::Other && !trades.is_empty()),
    }
}

/// `LS` covers LS1 to LS29; `LS1` covers LS1 alone, not LS11; `SW1` covers SW1A. None on record means anywhere.
fn covers(areas: &[String], postcode: &str) -> bool {
    let outward = postcode.split(' ').next().unwrap_or_default();
    areas.is_empty()
        || areas.iter().any(|area| {
            outward.strip_prefix(area.as_str()).is_some_and(|rest| {
                let ends_in_digit = area.ends_with(|c: char| c.is_ascii_digit());
                rest.is_empty() || rest.starts_with(|c: char| if ends_in_digit { c.is_ascii_alphabetic() } else { c.is_ascii_digit() })
            })
        })
}

fn is_gas_safe(scheme: &str) -> bool {
    scheme.to_lowercase().replace(['-', ' '], "").contains("gassafe")
}

fn gas(firm: &Firm, on: Date) -> Option<Reason> {
    let licences = firm.licences.iter().filter(|l| is_gas_safe(&l.scheme)).map(|l| l.expires_on);
    let papers = firm.papers.iter().filter(|p| p.kind == PaperKind::GasSafe).map(|p| p.expires_on);
    let ends: Vec<Option<Date>> = licences.chain(papers).collect();
    if ends.iter().any(|end| end.is_none_or(|end| end >= on)) {
        return None;
    }
    Some(ends.into_iter().flatten().max().map_or(Reason::NoGasSafe, Reason::GasSafeExpired))
}

/// A reason as a page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    pub words: String,
    pub weight: Weight,
}

/// A contractor to choose, as a page shows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    pub id: ContactId,
    pub name: String,
    /// Nothing on record bars them.
    pub eligible: bool,
    pub reasons: Vec<Said>,
    pub load: i64,
    /// Of 5, in hundredths.
    pub rating: Option<i32>,
    pub in_house: bool,
    pub out_of_hours: bool,
    /// They have a live offer of this order, or the order itself.
    pub asked: bool,
}

impl Candidate {
    pub fn of(firm: &Firm, wanted: &Wanted, asked: bool) -> Self {
        let reasons = reasons(firm, wanted);
        Self {
            id: firm.id,
            name: firm.name.clone(),
            eligible: reasons.iter().all(|r| r.weight() == Weight::Note),
            reasons: reasons.iter().map(|r| Said { words: r.words(), weight: r.weight() }).collect(),
            load: firm.load,
            rating: firm.rating,
            in_house: firm.in_house,
            out_of_hours: firm.out_of_hours,
            asked,
        }
    }
    /// Those who can come first: eligible before barred, our own before others', then the fewest orders, then the best rated.
    pub fn rank(&self) -> impl Ord + use<> {
        (!self.eligible, !self.in_house, self.load, std::cmp::Reverse(self.rating), self.name.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn wanted() -> Wanted {
        Wanted {
            category: Category::Plumbing,
            trade: None,
            priority: Priority::Routine,
            postcode: "LS11 6AB".into(),
            on: date(2026, 11, 24),
        }
    }
    fn firm() -> Firm {
        Firm {
            id: ContactId(uuid::Uuid::nil()),
            name: "Carl".into(),
            trades: Some(vec![Trade::Plumber]),
            areas: vec!["LS".into()],
            licences: Vec::new(),
            papers: vec![Paper { kind: PaperKind::PublicLiability, expires_on: Some(date(2027, 1, 1)) }],
            status: "active".into(),
            in_house: false,
            out_of_hours: false,
            away_until: None,
            load: 2,
            rating: None,
            has_email: true,
        }
    }
    fn said(firm: &Firm, wanted: &Wanted) -> Vec<(String, Weight)> {
        reasons(firm, wanted).iter().map(|r| (r.words(), r.weight())).collect()
    }

    #[test]
    fn who_can_be_sent_and_why_not() {
        assert_eq!(said(&firm(), &wanted()), []);
        let of = |words: &str, weight| vec![(words.to_owned(), weight)];
        let gas = Wanted { trade: Some(Trade::GasEngineer), category: Category::Hvac, ..wanted() };
        let fitter = Firm { trades: Some(vec![Trade::GasEngineer]), ..firm() };
        let licence = |end| vec![Licence { scheme: "Gas Safe".into(), number: "1".into(), expires_on: Some(end) }];
        for (case, firm, wanted, expected) in [
            ("suspended", Firm { status: "suspended".into(), ..firm() }, wanted(), of("Suspended: no new work", Weight::Never)),
            ("no profile", Firm { trades: None, ..firm() }, wanted(), of("Their trades are not on record", Weight::Note)),
            (
                "other trade",
                Firm { trades: Some(vec![Trade::Roofer]), ..firm() },
                wanted(),
                of("Does not do this kind of work", Weight::Bar),
            ),
            ("area", Firm { areas: vec!["BS".into(), "LS1".into()], ..firm() }, wanted(), of("Does not work in this area", Weight::Bar)),
            (
                "insurance",
                Firm { papers: vec![Paper { kind: PaperKind::PublicLiability, expires_on: Some(date(2026, 11, 23)) }], ..firm() },
                wanted(),
                of("Public liability insurance ended on Monday 23 November 2026", Weight::Bar),
            ),
            ("none recorded", Firm { papers: Vec::new(), ..firm() }, wanted(), of("No public liability insurance on record", Weight::Note)),
            ("our own", Firm { papers: Vec::new(), in_house: true, has_email: false, ..firm() }, wanted(), Vec::new()),
            ("gas", fitter.clone(), gas.clone(), of("No Gas Safe registration on record", Weight::Never)),
            (
                "gas ended",
                Firm { licences: licence(date(2026, 10, 31)), ..fitter.clone() },
                gas.clone(),
                of("Gas Safe registration ended on Saturday 31 October 2026", Weight::Never),
            ),
            ("gas in date", Firm { licences: licence(date(2027, 3, 31)), ..fitter }, gas, Vec::new()),
            (
                "away",
                Firm { away_until: Some(date(2026, 11, 30)), ..firm() },
                wanted(),
                of("Away until Monday 30 November 2026", Weight::Bar),
            ),
            ("busy", Firm { load: 15, ..firm() }, wanted(), of("Has 15 live work orders", Weight::Note)),
        ] {
            assert_eq!(said(&firm, &wanted), expected, "{case}");
        }
    }

    #[test]
    fn a_postcode_area_is_not_a_mere_beginning() {
        for (area, postcode, covered) in [
            ("LS", "LS11 6AB", true),
            ("L", "LS11 6AB", false),
            ("L", "L1 8JQ", true),
            ("LS1", "LS11 6AB", false),
            ("LS11", "LS11 6AB", true),
            ("SW1", "SW1A 1AA", true),
            ("BS", "LS11 6AB", false),
        ] {
            assert_eq!(covers(&[area.to_owned()], postcode), covered, "{area} {postcode}");
        }
        assert!(covers(&[], "LS11 6AB"), "anywhere");
    }

    #[test]
    fn the_free_and_the_well_liked_come_first() {
        let candidate = |name: &str, load, rating| Candidate::of(&Firm { name: name.into(), load, rating, ..firm() }, &wanted(), false);
        let mut all = [
            Candidate::of(&Firm { name: "Away".into(), away_until: Some(date(2026, 11, 30)), load: 0, ..firm() }, &wanted(), false),
            candidate("Busy", 9, Some(500)),
            candidate("Liked", 1, Some(480)),
            candidate("New", 1, None),
            Candidate::of(&Firm { name: "Ours".into(), load: 5, in_house: true, ..firm() }, &wanted(), false),
        ];
        all.sort_by_key(Candidate::rank);
        assert_eq!(all.map(|c| c.name), ["Ours", "Liked", "New", "Busy", "Away"]);
    }
}
