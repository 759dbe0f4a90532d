use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::text::clean;

/// The nation decides which law applies; see `law.md` and, later, the clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Country {
    England,
    Wales,
    Scotland,
    NorthernIreland,
}

impl Country {
    pub const ALL: [Self; 4] = [Self::England, Self::Wales, Self::Scotland, Self::NorthernIreland];
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::England => "england",
            Self::Wales => "wales",
            Self::Scotland => "scotland",
            Self::NorthernIreland => "northern_ireland",
        }
    }
    pub const fn label(self) -> &'static str {
        match self {
            Self::England => "England",
            Self::Wales => "Wales",
            Self::Scotland => "Scotland",
            Self::NorthernIreland => "Northern Ireland",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.as_str() == text)
    }
}

/// A UK postcode in its printed form, `LS11 6AB`. The shape is checked (BS 7666), not whether Royal Mail uses it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Postcode(String);

impl Postcode {
    pub fn parse(text: &str) -> Option<Self> {
        let compact: String = text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
        if !compact.is_ascii() || !(5..=7).contains(&compact.len()) {
            return None;
        }
        let (outward, inward) = compact.split_at(compact.len() - 3);
        let shape = |s: &str| -> String {
            s.chars()
                .map(|c| {
                    if c.is_ascii_digit() {
                        '9'
                    } else if c.is_ascii_uppercase() {
                        'A'
                    } else {
                        '?'
                    }
                })
                .collect()
        };
        let outward_ok = matches!(shape(outward).as_str(), "A9" | "A99" | "AA9" | "AA99" | "A9A" | "AA9A") || outward == "GIR";
        if shape(inward) != "9AA" || !outward_ok || inward.contains(['C', 'I', 'K', 'M', 'O', 'V']) {
            return None;
        }
        Some(Self(format!("{outward} {inward}")))
    }
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// The area before the space, `LS11`: how trades state where they work.
    pub fn outward(&self) -> &str {
        self.0.split_once(' ').map_or("", |(outward, _)| outward)
    }
}

impl TryFrom<String> for Postcode {
    type Error = AddressError;
    fn try_from(text: String) -> Result<Self, AddressError> {
        Self::parse(&text).ok_or(AddressError::Postcode)
    }
}
impl From<Postcode> for String {
    fn from(p: Postcode) -> Self {
        p.0
    }
}
impl std::fmt::Display for Postcode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Unique Property Reference Number: at most 12 digits, permanent per property (GeoPlace/OS).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Uprn(pub i64);

impl Uprn {
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() || text.len() > 12 || !text.chars().all(|c| c.is_ascii_digit()) {
            return None;
        }
        text.parse().ok().filter(|n| *n > 0).map(Self)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AddressError {
    #[error("Enter the first line of the address")]
    Line1,
    #[error("Enter a town or city")]
    City,
    #[error("Enter a full UK postcode, like LS11 6AB")]
    Postcode,
    #[error("An address line must be 120 characters or fewer")]
    TooLong,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    pub line1: String,
    pub line2: Option<String>,
    pub city: String,
    pub postcode: Postcode,
    pub country: Country,
}

impl Address {
    pub fn parse(line1: &str, line2: &str, city: &str, postcode: &str, country: Country) -> Result<Self, AddressError> {
        let (line1, line2, city) = (clean(line1), clean(line2), clean(city));
        if line1.is_empty() {
            return Err(AddressError::Line1);
        }
        if city.is_empty() {
            return Err(AddressError::City);
        }
        if [&line1, &line2, &city].into_iter().any(|l| l.chars().count() > 120) {
            return Err(AddressError::TooLong);
        }
        let postcode = Postcode::parse(postcode).ok_or(AddressError::Postcode)?;
        Ok(Self { line1, line2: Some(line2).filter(|l| !l.is_empty()), city, postcode, country })
    }
    /// `14 Beech Grove, Leeds, LS11 6AB`.
    pub fn one_line(&self) -> String {
        let mut line = self.line1.clone();
        if let Some(line2) = &self.line2 {
            line = format!("{line}, {line2}");
        }
        format!("{line}, {}, {}", self.city, self.postcode)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postcodes_are_read_as_typed_and_printed_one_way() {
        for (typed, printed) in
            [("ls116ab", "LS11 6AB"), (" BS1 4 DJ", "BS1 4DJ"), ("sw1a 1aa", "SW1A 1AA"), ("M11AE", "M1 1AE"), ("gir0aa", "GIR 0AA")]
        {
            assert_eq!(Postcode::parse(typed).map(String::from), Some(printed.into()), "{typed}");
        }
        for wrong in ["", "LS11", "12345", "LS1 1CC", "LS11 6ABX", "ＬS116AB", "LS11-6AB"] {
            assert_eq!(Postcode::parse(wrong), None, "{wrong}");
        }
        assert_eq!(Postcode::parse("LS11 6AB").map(|p| p.outward().to_owned()), Some("LS11".into()));
    }

    #[test]
    fn uprn_has_at_most_twelve_digits() {
        assert_eq!(Uprn::parse("100023336956"), Some(Uprn(100_023_336_956)));
        assert_eq!(Uprn::parse("1234567890123"), None);
        assert_eq!(Uprn::parse("0"), None);
        assert_eq!(Uprn::parse("12a"), None);
    }
}
