use serde::{Deserialize, Serialize};

use super::{Channel, ContactKind};
use crate::values::{EmailAddress, FieldErrors, PhoneE164};

/// A contact as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ContactForm {
    pub kind: String,
    pub reference: String,
    pub name: String,
    pub company: String,
    pub email: String,
    pub phone: String,
    pub preferred_channel: String,
    pub preferred_language: String,
    pub large_print: String,
    pub needs: String,
    pub notes: String,
}

/// Somebody we deal with who is not staff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewContact {
    pub kind: ContactKind,
    pub reference: Option<String>,
    pub name: String,
    pub company: Option<String>,
    pub email: Option<EmailAddress>,
    pub phone: Option<PhoneE164>,
    pub preferred_channel: Channel,
    /// A code of [`LANGUAGES`].
    pub preferred_language: String,
    pub large_print: bool,
    /// What must be known before a visit. Raises attention, never lowers it.
    pub needs: Option<String>,
    pub notes: Option<String>,
}

/// Languages offered: English, Welsh, and the main languages other than English of the 2021 census of England and Wales.
pub const LANGUAGES: [(&str, &str); 20] = [
    ("en", "English"),
    ("cy", "Welsh"),
    ("ar", "Arabic"),
    ("bn", "Bengali"),
    ("es", "Spanish"),
    ("fa", "Persian"),
    ("fr", "French"),
    ("gu", "Gujarati"),
    ("hu", "Hungarian"),
    ("it", "Italian"),
    ("ku", "Kurdish"),
    ("pa", "Panjabi"),
    ("pl", "Polish"),
    ("pt", "Portuguese"),
    ("ro", "Romanian"),
    ("so", "Somali"),
    ("tr", "Turkish"),
    ("uk", "Ukrainian"),
    ("ur", "Urdu"),
    ("zh", "Chinese"),
];

pub fn language_name(code: &str) -> &str {
    LANGUAGES.iter().find(|(c, _)| *c == code).map_or(code, |(_, name)| name)
}

impl NewContact {
    /// `read_phone` is the numbering plan's reading of what was typed.
    ///
    /// # Errors
    /// A sentence for every field that cannot be used as typed.
    pub fn parse(form: &ContactForm, read_phone: impl Fn(&str) -> Option<PhoneE164>) -> Result<Self, FieldErrors> {
        let mut e = FieldErrors::new();
        let kind = e.choice("kind", &form.kind, ContactKind::read, "Choose tenant, owner or contractor");
        let reference = e.optional_text("reference", &form.reference, "The reference", 40);
        let name = e.text("name", &form.name, "a name", 120);
        let company = e.optional_text("company", &form.company, "The company", 120);
        let email = match form.email.trim() {
            "" => None,
            typed => e.take("email", EmailAddress::parse(typed).ok_or(EmailAddress::REFUSAL)),
        };
        let phone = match form.phone.trim() {
            "" => None,
            typed => e.take("phone", read_phone(typed).ok_or(PhoneE164::REFUSAL)),
        };
        let channel = match form.preferred_channel.trim() {
            // Not said: how they can be reached.
            "" if email.is_some() => Some(Channel::Email),
            "" if phone.is_some() => Some(Channel::Phone),
            "" => Some(Channel::Letter),
            typed => e.choice("preferred_channel", typed, Channel::read, "Choose how to contact them"),
        };
        // A broken address has its own sentence already.
        match channel {
            Some(Channel::Email) if email.is_none() => e.add("email", "Enter an email address, or choose another way to contact them"),
            Some(Channel::Sms | Channel::Phone | Channel::Whatsapp) if phone.is_none() => {
                e.add("phone", "Enter a telephone number, or choose another way to contact them");
            }
            _ => {}
        }
        let language = match form.preferred_language.trim() {
            "" => Some("en".to_owned()),
            typed => e.choice("preferred_language", typed, read_language, "Choose a language from the list"),
        };
        let large_print = e.yes_no("large_print", &form.large_print, "Say yes or no").unwrap_or(false);
        let needs = e.optional_lines("needs", &form.needs, "What to know before a visit", 2000);
        let notes = e.optional_lines("notes", &form.notes, "The notes", 4000);
        let (Some(kind), Some(name), Some(preferred_channel), Some(preferred_language), true) =
            (kind, name, channel, language, e.is_empty())
        else {
            return Err(e);
        };
        Ok(Self { kind, reference, name, company, email, phone, preferred_channel, preferred_language, large_print, needs, notes })
    }
}

fn read_language(typed: &str) -> Option<String> {
    LANGUAGES
        .iter()
        .find(|(code, name)| code.eq_ignore_ascii_case(typed) || name.eq_ignore_ascii_case(typed))
        .map(|(code, _)| (*code).to_owned())
}

impl From<&NewContact> for ContactForm {
    fn from(c: &NewContact) -> Self {
        Self {
            kind: c.kind.as_str().to_owned(),
            reference: c.reference.clone().unwrap_or_default(),
            name: c.name.clone(),
            company: c.company.clone().unwrap_or_default(),
            email: c.email.as_ref().map(ToString::to_string).unwrap_or_default(),
            phone: c.phone.as_ref().map(PhoneE164::national).unwrap_or_default(),
            preferred_channel: c.preferred_channel.as_str().to_owned(),
            preferred_language: c.preferred_language.clone(),
            large_print: if c.large_print { "yes" } else { "no" }.to_owned(),
            needs: c.needs.clone().unwrap_or_default(),
            notes: c.notes.clone().unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(form: &ContactForm) -> Result<NewContact, FieldErrors> {
        NewContact::parse(form, PhoneE164::parse)
    }
    fn tom() -> ContactForm {
        ContactForm { kind: "tenant".into(), name: "Tom Hall".into(), email: "Tom@Example.com".into(), ..ContactForm::default() }
    }

    #[test]
    fn how_to_reach_somebody_follows_from_what_is_known() {
        for (form, channel) in [
            (tom(), Channel::Email),
            (ContactForm { email: String::new(), phone: "+447700900982".into(), ..tom() }, Channel::Phone),
            (ContactForm { email: String::new(), ..tom() }, Channel::Letter),
            (ContactForm { preferred_channel: "WhatsApp".into(), phone: "+447700900982".into(), ..tom() }, Channel::Whatsapp),
        ] {
            assert_eq!(parse(&form).expect("a contact").preferred_channel, channel);
        }
    }

    #[test]
    fn a_way_of_contact_needs_its_address() {
        let no_email = parse(&ContactForm { email: String::new(), preferred_channel: "email".into(), ..tom() }).expect_err("refused");
        assert_eq!(no_email, FieldErrors::one("email", "Enter an email address, or choose another way to contact them"));
        let no_phone = parse(&ContactForm { preferred_channel: "sms".into(), ..tom() }).expect_err("refused");
        assert_eq!(no_phone, FieldErrors::one("phone", "Enter a telephone number, or choose another way to contact them"));
        let broken = parse(&ContactForm { email: "tom@".into(), preferred_channel: "email".into(), ..tom() }).expect_err("refused");
        assert_eq!(broken.get("email"), Some(EmailAddress::REFUSAL));
    }

    #[test]
    fn languages_are_read_by_code_or_name() {
        let urdu = parse(&ContactForm { preferred_language: "urdu".into(), ..tom() }).expect("a contact");
        assert_eq!((urdu.preferred_language.as_str(), language_name("ur")), ("ur", "Urdu"));
        assert!(parse(&ContactForm { preferred_language: "Klingon".into(), ..tom() }).is_err());
    }
}
