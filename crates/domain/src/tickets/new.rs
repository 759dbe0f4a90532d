//! The command that makes a ticket, whoever gives it: the renter's report, a guest's, or staff for a caller.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::faults::{Category, FaultPath, Hazard, Priority, Trade};
use crate::people::words;
use crate::{ContactId, DraftId, MembershipId, PropertyId, TenancyId, TicketId, UnitId};

words!(
    /// How the report reached us.
    Source {
        Portal => "portal", "Tenant portal";
        Guest => "guest", "Public report page";
        Phone => "phone", "Phone call";
        Email => "email", "Email";
        Visit => "visit", "Visit or inspection";
        Api => "api", "Another system";
    }
);

impl Source {
    /// Whether a member of staff took it down for somebody else.
    pub const fn is_staff(self) -> bool {
        matches!(self, Self::Phone | Self::Email | Self::Visit | Self::Api)
    }
}

/// A report that has been parsed and assessed. What the database adds: number, reference, target and the text that is searched.
#[derive(Clone, Debug, PartialEq)]
pub struct NewTicket {
    pub property: PropertyId,
    /// None for communal and block repairs.
    pub unit: Option<UnitId>,
    pub tenancy: Option<TenancyId>,
    pub draft: Option<DraftId>,
    pub reported_by: Option<ContactId>,
    pub reporter_name: Option<String>,
    /// E.164 or as typed: only its digits are used, so that a coordinator finds the ticket by the number a caller rings from.
    pub reporter_phone: Option<String>,
    pub source: Source,
    /// False while a guest has not proved their e-mail.
    pub confirmed: bool,
    pub category: Category,
    pub priority: Priority,
    pub priority_reasons: Vec<String>,
    pub title: String,
    pub description: String,
    pub fault_path: Option<FaultPath>,
    pub trade: Option<Trade>,
    pub hazards: Vec<Hazard>,
    /// Answers to the follow-up questions by code, with the catalogue's version.
    pub answers: Value,
    /// When somebody may come and how they get in.
    pub access: Value,
    pub vulnerability: Option<String>,
    pub assignee: Option<MembershipId>,
    /// The closed ticket this one takes up again ("not fixed" after 28 days).
    pub follows: Option<TicketId>,
    /// When we first knew: the emergency answer or the report, whichever came first.
    pub aware_at: Timestamp,
}

/// What a person is told to quote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketRef {
    pub id: TicketId,
    pub reference: String,
}

/// The printed reference of an organisation's n-th ticket. It begins above 4600 so that nobody reads from it how few there are.
pub fn reference(number: i64) -> String {
    format!("PM-{}", 4600 + number)
}

/// What is searched besides title and description: the address, the postcode closed up (`LS116AB`), who reported it, and the digits of their
/// numbers as dialled at home and from abroad and their last six. A person may have several names and numbers: as they reported, and as
/// they are on record now.
pub fn search_extra(address: &[&str], postcode: &str, names: &[&str], phones: &[&str], reference: &str) -> String {
    let mut parts: Vec<String> = address.iter().map(|a| (*a).to_owned()).collect();
    let closed_up: String = postcode.chars().filter(|c| !c.is_whitespace()).collect();
    parts.extend([postcode.to_owned(), closed_up]);
    parts.extend(once_each(names.iter().map(|name| (*name).to_owned())));
    // Postgres reads `PM-4812` as the word `pm` and the number minus 4812.
    parts.extend(reference.split_once('-').map(|(_, digits)| digits.to_owned()));
    parts.extend(once_each(phones.iter().flat_map(|phone| phone_forms(phone))));
    parts.retain(|p| !p.is_empty());
    parts.join(" ")
}

fn once_each(words: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = Vec::new();
    for word in words {
        if !seen.contains(&word) {
            seen.push(word);
        }
    }
    seen
}

/// The digits of a UK number as dialled at home, from abroad, and the last six, which is what people remember.
fn phone_forms(phone: &str) -> Vec<String> {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    let national =
        digits.strip_prefix("44").map_or_else(|| digits.strip_prefix('0').unwrap_or(&digits), |d| d.strip_prefix('0').unwrap_or(d));
    if national.len() < 6 {
        return Vec::new();
    }
    let last = national.get(national.len() - 6..).unwrap_or(national);
    vec![format!("0{national}"), format!("44{national}"), last.to_owned()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_is_found_by_what_a_caller_can_say() {
        let flat = ["Flat 3", "14 Beech Grove", "Leeds"];
        let extra = search_extra(&flat, "LS11 6AB", &["Tom Okafor"], &["+447700900982"], &reference(212));
        assert_eq!(extra, "Flat 3 14 Beech Grove Leeds LS11 6AB LS116AB Tom Okafor 4812 07700900982 447700900982 900982");
        let twice = search_extra(&flat, "LS11 6AB", &["Tom Okafor", "Tom Okafor"], &["+447700900982", "07700 900982"], &reference(212));
        assert_eq!(twice, extra, "what is the same is said once");
        assert_eq!(phone_forms("0113 496 0000"), ["01134960000", "441134960000", "960000"]);
        assert!(phone_forms("999").is_empty());
    }
}
