use serde::{Deserialize, Serialize};

/// An e-mail address, lower-cased, checked for shape only: the proof of an address is a mail that arrives.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

impl EmailAddress {
    pub const REFUSAL: &'static str = "Enter an email address in the correct format, like name@example.com";

    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_lowercase();
        let (local, domain) = text.rsplit_once('@')?;
        let label_ok = |label: &str| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        };
        let ok = !local.is_empty()
            && local.len() <= 64
            && text.len() <= 254
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..")
            && local.chars().all(|c| c.is_alphanumeric() || "!#$%&'*+/=?^_`{|}~.-".contains(c))
            && domain.contains('.')
            && domain.split('.').all(label_ok);
        ok.then_some(Self(text))
    }
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
impl TryFrom<String> for EmailAddress {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or(Self::REFUSAL)
    }
}
impl From<EmailAddress> for String {
    fn from(e: EmailAddress) -> Self {
        e.0
    }
}
impl std::fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A telephone number in E.164 form, `+441132960001`. How people type numbers is read in `services`, where the numbering-plan
/// library is; this type only holds what it made.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PhoneE164(String);

impl PhoneE164 {
    pub const REFUSAL: &'static str = "Enter a telephone number, like 07700 900 982 or +44 113 496 0000";

    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('+')?;
        let ok = (8..=15).contains(&digits.len()) && digits.chars().all(|c| c.is_ascii_digit()) && !digits.starts_with('0');
        ok.then(|| Self(text.to_owned()))
    }
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// As read aloud in the UK: `07700 900 982`, `0113 496 0000`, `020 7946 0000`, `0800 111 999`; other nations keep the international form.
    pub fn national(&self) -> String {
        let Some(rest) = self.0.strip_prefix("+44") else { return self.0.clone() };
        let (area, middle) = match rest.as_bytes() {
            [b'7', ..] if rest.len() == 10 => (4, 3),
            [b'2', ..] if rest.len() == 10 => (2, 4),
            _ => (3, 3),
        };
        let parts = [rest.get(..area), rest.get(area..area + middle), rest.get(area + middle..)];
        format!("0{}", parts.into_iter().flatten().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" "))
    }
}
impl TryFrom<String> for PhoneE164 {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or(Self::REFUSAL)
    }
}
impl From<PhoneE164> for String {
    fn from(p: PhoneE164) -> Self {
        p.0
    }
}
impl std::fmt::Display for PhoneE164 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn email_shapes() {
        for ok in ["a@b.co", "First.Last+repairs@housing.example.org.uk", "o'brien@exämple.de"] {
            assert!(EmailAddress::parse(ok).is_some(), "{ok}");
        }
        for wrong in ["", "a", "a@b", "@b.co", "a@.co", "a b@c.co", "a@b..co", ".a@b.co", "a@-b.co", "a\u{0}@b.co"] {
            assert!(EmailAddress::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn phones_are_read_aloud_as_in_the_uk() {
        for (e164, national) in [
            ("+447700900982", "07700 900 982"),
            ("+441134960000", "0113 496 0000"),
            ("+442079460000", "020 7946 0000"),
            ("+44800111999", "0800 111 999"),
            ("+33123456789", "+33123456789"),
        ] {
            assert_eq!(PhoneE164::parse(e164).map(|p| p.national()), Some(national.into()));
        }
        assert!(PhoneE164::parse("07700900982").is_none());
    }
}
