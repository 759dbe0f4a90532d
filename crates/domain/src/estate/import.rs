//! What a spreadsheet brings in, and what is said about it.

use serde::{Deserialize, Serialize};

use crate::people::words;

words!(ImportKind {
    Properties => "properties", "Properties and units";
    Contacts => "contacts", "Contacts";
    Tenancies => "tenancies", "Tenancies";
});

/// One column of a spreadsheet: its header, whether it must be there, and what goes in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    pub name: &'static str,
    pub required: bool,
    pub about: &'static str,
    pub example: &'static str,
}

const fn must(name: &'static str, about: &'static str, example: &'static str) -> Column {
    Column { name, required: true, about, example }
}
const fn may(name: &'static str, about: &'static str, example: &'static str) -> Column {
    Column { name, required: false, about, example }
}

const PROPERTIES: [Column; 24] = [
    must("reference", "Your own reference. It is how a second import knows the property", "BG-14"),
    must("kind", "house, bungalow, flat, block, hmo or other", "house"),
    may("status", "active or void", "active"),
    may("name", "The building's name, if it has one", ""),
    must("line1", "First line of the address", "14 Beech Grove"),
    may("line2", "Second line of the address", ""),
    must("city", "Town or city", "Leeds"),
    must("postcode", "Full UK postcode", "LS11 6AB"),
    must("country", "england, wales, scotland or northern_ireland", "england"),
    may("uprn", "Unique Property Reference Number", "72185390"),
    must("tenure", "social_rent, affordable_rent, private_rent, shared_ownership, leasehold or supported", "social_rent"),
    must("landlord_kind", "housing_association, council, private or agent", "housing_association"),
    may("storeys", "How many storeys", "2"),
    may("built_year", "The year it was built", "1936"),
    may("has_gas", "yes or no; empty when not known", "yes"),
    may("smoke_alarms", "How many smoke alarms", "2"),
    may("co_alarms", "How many carbon monoxide alarms", "1"),
    may("warnings", "Asbestos, a dog, two-person visits: shown before a visit", ""),
    may("access_notes", "How to get in. No codes here: they are entered on the property's page, where they are sealed", ""),
    may("unit", "What is let, like Flat 3. Empty for a whole house; a row per unit for a block", ""),
    may("unit_floor", "The unit's floor; 0 is the ground floor", ""),
    may("unit_bedrooms", "The unit's bedrooms", "3"),
    may("unit_uprn", "The unit's own UPRN", ""),
    may("unit_status", "let or void", "let"),
];
const CONTACTS: [Column; 11] = [
    must("reference", "Your own reference. It is how a second import knows the person", "T-1001"),
    must("kind", "tenant, owner or contractor", "tenant"),
    must("name", "Full name", "Tom Hall"),
    may("company", "The firm, if any", ""),
    may("email", "E-mail address", "tom.hall@example.com"),
    may("phone", "Telephone number", "07700 900 982"),
    may("preferred_channel", "email, sms, phone, whatsapp or letter", "email"),
    may("preferred_language", "A language by name or code, like Polish or pl", "English"),
    may("large_print", "yes or no", "no"),
    may("needs", "What to know before a visit", ""),
    may("notes", "Notes for staff", ""),
];
const TENANCIES: [Column; 8] = [
    must("reference", "Your own reference. It is how a second import knows the tenancy", "TA-2207"),
    must("property_reference", "The property's reference", "BG-14"),
    may("unit", "The unit's name. Empty when the property has one unit", ""),
    must("tenants", "References of the tenants, separated by semicolons. The first leads", "T-1001"),
    must("start_on", "The first day", "01/04/2026"),
    may("end_on", "The last day; empty while it runs on", ""),
    may("rent", "Rent in pounds", "650.00"),
    may("deposit", "Deposit in pounds", ""),
];

impl ImportKind {
    pub const fn columns(self) -> &'static [Column] {
        match self {
            Self::Properties => &PROPERTIES,
            Self::Contacts => &CONTACTS,
            Self::Tenancies => &TENANCIES,
        }
    }
}

/// What a spreadsheet would change, or has; or every reason why it changes nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImportReport {
    pub kind: ImportKind,
    /// Rows read, without the header and empty ones.
    pub rows: u32,
    /// Properties, units, contacts or tenancies that are new, changed, or as they were.
    pub new: u32,
    pub changed: u32,
    pub unchanged: u32,
    /// Headers that are not of this kind: their cells are not read.
    pub ignored_columns: Vec<String>,
    /// By row; empty when everything can be read.
    pub errors: Vec<RowError>,
    /// How many errors there are beyond those listed.
    pub more_errors: u32,
    /// It is written. False for a check, and when there are errors: then nothing is.
    pub done: bool,
}

/// What cannot be read, and where: `row` is the spreadsheet's own number, 1 being the header.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RowError {
    pub row: u32,
    pub column: String,
    pub sentence: String,
}
