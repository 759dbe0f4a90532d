//! People who are not staff: tenants, owners, contractors, each a **contact** of the organisation; a contractor has a **profile** besides.
//!
//! Commands are parsed here ([`NewContact`], [`NewProfile`], [`NewConsent`]); how a telephone number is read is an argument, because the
//! numbering plan is too big for the browser.

mod bank;
mod consent;
mod contact;
mod contractor;
mod view;

use serde::{Deserialize, Serialize};

pub use bank::{BankDetails, BankForm};
pub use consent::{ConsentForm, NewConsent};
pub use contact::{ContactForm, LANGUAGES, NewContact, language_name};
pub use contractor::{Licence, NewProfile, ProfileForm, categories_of};
pub use view::{ConsentLine, ContactCard, ContactDetail, ContactFilter, ContractorCard, ErasureForm, Profile};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident => $text:literal, $label:literal);+ $(;)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($variant),+ }
        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label),+ }
            }
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|v| v.as_str() == text)
            }
            /// As [`Self::parse`], and by the words people read, in any case: how spreadsheets say it.
            pub fn read(text: &str) -> Option<Self> {
                let text = text.trim();
                Self::ALL.iter().copied().find(|v| v.as_str().eq_ignore_ascii_case(text) || v.label().eq_ignore_ascii_case(text))
            }
        }
    };
}
pub(crate) use words;

words!(ContactKind {
    Tenant => "tenant", "Tenant";
    Owner => "owner", "Owner";
    Contractor => "contractor", "Contractor";
});

words!(
    /// How somebody wants to be reached; `Letter` where there is no e-mail.
    Channel {
        Email => "email", "Email";
        Sms => "sms", "Text message";
        Phone => "phone", "Phone call";
        Whatsapp => "whatsapp", "WhatsApp";
        Letter => "letter", "Letter";
    }
);
