//! The demo's own files, read once.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use domain::estate::{LandlordKind, PropertyKind, Tenure};
use domain::faults::{FaultPath, Trade};
use domain::policy::Role;
use domain::settings::OrgSettings;
use serde::Deserialize;

use crate::{Error, Result};

#[derive(Debug, Deserialize)]
pub(super) struct Firm {
    pub(super) name: String,
    pub(super) slug: String,
    /// The domain of its staff's e-mail.
    mail: String,
    pub(super) plan: String,
    pub(super) landlord: LandlordKind,
    pub(super) tenure: Tenure,
    pub(super) city: String,
    pub(super) tickets: usize,
    pub(super) settings: OrgSettings,
    pub(super) staff: Vec<StaffLine>,
    pub(super) contractors: Vec<ContractorLine>,
    pub(super) owners: Vec<OwnerLine>,
    pub(super) blocks: Vec<BlockLine>,
    #[serde(default)]
    pub(super) hmos: Vec<HmoLine>,
    pub(super) homes: Vec<HomeLine>,
    /// The tenants of each let home, lead first: `Amina Hussain & Tariq Hussain`.
    pub(super) households: Vec<String>,
    /// Tenants who left within the year.
    pub(super) former: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct StaffLine {
    pub(super) name: String,
    pub(super) role: Role,
    pub(super) title: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct ContractorLine {
    pub(super) company: String,
    pub(super) name: String,
    pub(super) trades: Vec<Trade>,
    /// Scheme and number.
    pub(super) licences: Vec<(String, String)>,
    #[serde(default)]
    pub(super) in_house: bool,
    #[serde(default)]
    pub(super) login: bool,
    #[serde(default)]
    pub(super) out_of_hours: bool,
    pub(super) rating: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct OwnerLine {
    pub(super) name: String,
    /// Wants to be asked before anything is spent.
    pub(super) ask: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct BlockLine {
    pub(super) name: String,
    pub(super) line1: String,
    pub(super) postcode: String,
    pub(super) storeys: i32,
    pub(super) built: i32,
    pub(super) gas: bool,
    pub(super) flats: i32,
    pub(super) warnings: Option<String>,
    pub(super) access: Option<String>,
    /// The key safe's or door's code, stored sealed.
    pub(super) code: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct HmoLine {
    pub(super) line1: String,
    pub(super) postcode: String,
    pub(super) storeys: i32,
    pub(super) built: i32,
    pub(super) rooms: i32,
    pub(super) access: Option<String>,
    pub(super) code: Option<String>,
}

/// Kind, first line, postcode, bedrooms, year built.
#[derive(Debug, Deserialize)]
pub(super) struct HomeLine(pub(super) PropertyKind, pub(super) String, pub(super) String, pub(super) i32, pub(super) i32);

/// A problem as somebody wrote it, and how it ended.
#[derive(Debug, Deserialize)]
pub(super) struct Story {
    pub(super) path: FaultPath,
    pub(super) words: String,
    pub(super) done: String,
    /// Answers that belong to the words; other questions get one that changes nothing.
    #[serde(default)]
    pub(super) answers: BTreeMap<String, String>,
    pub(super) emergency: Option<String>,
    /// A `Need` by its label.
    pub(super) needs: Option<String>,
    pub(super) only: Option<Only>,
}

/// Where alone a story makes sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Only {
    House,
    Flat,
    /// About things a private landlord provides.
    Private,
}

/// Whether a household's lead tenant has a login: two in three, the first always.
pub(super) const fn lead_has_login(household: usize) -> bool {
    household % 3 != 2
}
/// Whether a household can be reached by letter and telephone only.
pub(super) const fn has_no_email(household: usize) -> bool {
    household % 9 == 8
}

impl Firm {
    pub(super) fn staff_email(&self, name: &str) -> String {
        format!("{}@{}", plain(name.split(' ').next().unwrap_or(name), ""), self.mail)
    }
    /// Of everybody who can log in.
    pub(super) fn emails_with_login(&self) -> Vec<String> {
        let staff = self.staff.iter().map(|p| self.staff_email(&p.name));
        let contractors = self.contractors.iter().filter(|c| c.login).map(ContractorLine::email);
        let tenants = self
            .households
            .iter()
            .enumerate()
            .filter(|(n, _)| lead_has_login(*n))
            .filter_map(|(_, h)| h.split(" & ").next())
            .map(private_email);
        staff.chain(contractors).chain(tenants).collect()
    }
}

impl ContractorLine {
    pub(super) fn email(&self) -> String {
        let first = self.name.trim_start_matches("Dr ").split(' ').next().unwrap_or(&self.name);
        format!("{}@{}.example.com", plain(first, ""), plain(self.company.trim_end_matches(" Ltd"), "-"))
    }
}

/// `Óscar Mendes` → `oscar.mendes@example.com`.
pub(super) fn private_email(name: &str) -> String {
    format!("{}@example.com", plain(name.trim_start_matches("Dr "), "."))
}

/// Lower-case ASCII, words joined.
fn plain(text: &str, join: &str) -> String {
    let folded: String = text
        .chars()
        .map(|c| match c {
            'á' => 'a',
            'ę' | 'é' => 'e',
            'í' => 'i',
            'ń' => 'n',
            'ó' | 'Ó' => 'o',
            'ś' => 's',
            'ż' => 'z',
            'Ż' => 'Z',
            other => other,
        })
        .filter(|c| c.is_ascii_alphanumeric() || *c == ' ')
        .collect();
    folded.to_lowercase().split_whitespace().collect::<Vec<_>>().join(join)
}

pub(super) fn firms() -> Result<[&'static Firm; 2]> {
    static LEEDS: OnceLock<Firm> = OnceLock::new();
    static BRISTOL: OnceLock<Firm> = OnceLock::new();
    Ok([read(&LEEDS, include_str!("leeds.json"))?, read(&BRISTOL, include_str!("bristol.json"))?])
}

pub(super) fn stories() -> Result<&'static Vec<Story>> {
    static STORIES: OnceLock<Vec<Story>> = OnceLock::new();
    read(&STORIES, include_str!("stories.json"))
}

fn read<T: for<'de> Deserialize<'de>>(cell: &'static OnceLock<T>, text: &str) -> Result<&'static T> {
    if let Some(read) = cell.get() {
        return Ok(read);
    }
    let read = serde_json::from_str(text).map_err(Error::internal)?;
    Ok(cell.get_or_init(|| read))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::faults::{Catalogue, QuestionKind};
    use domain::values::{EmailAddress, Postcode};

    #[test]
    fn every_story_is_a_fault_of_the_catalogue_with_answers_it_offers() {
        let catalogue = Catalogue::default_uk();
        for story in stories().expect("reads") {
            let fault = catalogue.find(&story.path).unwrap_or_else(|| panic!("{} is no fault", story.path));
            for (code, answer) in &story.answers {
                let question = fault.problem.question(code).unwrap_or_else(|| panic!("{}: {code} is not asked", story.path));
                assert!(!matches!(question.kind, QuestionKind::Text) || !answer.is_empty());
                assert!(question.read(answer).is_ok(), "{}: {code} = {answer}", story.path);
            }
            assert!(story.emergency.as_deref().is_none_or(|code| catalogue.emergency(code).is_some()), "{}", story.path);
            let need = |label: &str| domain::tickets::Need::ALL.iter().any(|n| n.label() == label);
            assert!(story.needs.as_deref().is_none_or(need), "{}: {:?}", story.path, story.needs);
        }
    }

    #[test]
    fn addresses_have_the_shape_of_real_ones_and_e_mails_reach_nobody() {
        let mut emails = Vec::new();
        for firm in firms().expect("reads") {
            let postcodes =
                firm.blocks.iter().map(|b| &b.postcode).chain(firm.homes.iter().map(|h| &h.2)).chain(firm.hmos.iter().map(|h| &h.postcode));
            for postcode in postcodes {
                assert_eq!(Postcode::parse(postcode).map(|p| p.to_string()).as_ref(), Some(postcode));
            }
            emails.extend(firm.emails_with_login());
        }
        assert!(
            emails.iter().all(|e| EmailAddress::parse(e).is_some() && (e.ends_with("example.com") || e.ends_with("example.org"))),
            "{emails:?}"
        );
        let count = emails.len();
        emails.sort();
        emails.dedup();
        assert_eq!(emails.len(), count, "each login has an address of its own");
    }
}
