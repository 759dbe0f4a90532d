//! People who are not staff: tenants, owners, contractors, each a **contact** of the organisation.

use serde::{Deserialize, Serialize};

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
