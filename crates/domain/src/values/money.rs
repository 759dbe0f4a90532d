use serde::{Deserialize, Serialize};

/// Money in whole pence, GBP. Integers only: no float ever touches an amount.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pence(pub i64);

impl Pence {
    /// Parses what people type: `£1,250`, `1250.5`, `1250.50`. More than two decimals is refused, not rounded.
    pub fn parse(text: &str) -> Option<Self> {
        let text: String = text.chars().filter(|c| !c.is_whitespace() && *c != '£' && *c != ',').collect();
        let (negative, digits) = text.strip_prefix('-').map_or((false, text.as_str()), |rest| (true, rest));
        let (pounds, pence) = digits.split_once('.').unwrap_or((digits, ""));
        if pounds.is_empty() || pence.len() > 2 || !(pounds.to_owned() + pence).chars().all(|c| c.is_ascii_digit()) {
            return None;
        }
        let pounds: i64 = pounds.parse().ok()?;
        let pence: i64 = match pence.len() {
            0 => 0,
            1 => pence.parse::<i64>().ok()? * 10,
            _ => pence.parse().ok()?,
        };
        let total = pounds.checked_mul(100)?.checked_add(pence)?;
        Some(Self(if negative { -total } else { total }))
    }
}

impl std::fmt::Display for Pence {
    /// `£1,250.50`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (pounds, pence) = (self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100);
        let digits = pounds.to_string();
        let mut grouped = String::new();
        for (i, digit) in digits.chars().enumerate() {
            if i > 0 && (digits.len() - i).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        write!(f, "{}£{grouped}.{pence:02}", if self.0 < 0 { "−" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use super::Pence;

    #[test]
    fn reads_what_people_type_and_prints_it_back() {
        for (typed, pence, shown) in [
            ("£1,250", 125_000, "£1,250.00"),
            ("1250.5", 125_050, "£1,250.50"),
            ("0.07", 7, "£0.07"),
            ("-3.10", -310, "−£3.10"),
            (" 1 000 000.99 ", 100_000_099, "£1,000,000.99"),
        ] {
            assert_eq!(Pence::parse(typed), Some(Pence(pence)), "{typed}");
            assert_eq!(Pence(pence).to_string(), shown);
        }
    }

    #[test]
    fn refuses_instead_of_guessing() {
        for typed in ["", ".", "1.999", "1.2.3", "ten", "1e3", "£", "--1", "99999999999999999999"] {
            assert_eq!(Pence::parse(typed), None, "{typed}");
        }
    }
}
