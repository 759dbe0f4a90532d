use serde::{Deserialize, Serialize};

use crate::values::FieldErrors;

/// Bank details as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BankForm {
    pub account_name: String,
    pub sort_code: String,
    pub account_number: String,
}

/// Where to pay somebody in the UK. Kept sealed; this is what was sealed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankDetails {
    pub account_name: String,
    /// `40-47-84`.
    pub sort_code: String,
    pub account_number: String,
}

impl BankDetails {
    /// # Errors
    /// A sentence for every field that cannot be used as typed.
    pub fn parse(form: &BankForm) -> Result<Self, FieldErrors> {
        let digits = |typed: &str| -> String { typed.chars().filter(|c| !c.is_whitespace() && *c != '-').collect() };
        let all = |text: &str, len: usize| text.len() == len && text.chars().all(|c| c.is_ascii_digit());
        let mut e = FieldErrors::new();
        let account_name = e.text("account_name", &form.account_name, "the name on the account", 80);
        let sort_code = digits(&form.sort_code);
        if !all(&sort_code, 6) {
            e.add("sort_code", "A sort code has 6 digits, like 40-47-84");
        }
        // Some building societies still issue six or seven digits; the banks pad them with zeros in front.
        let account_number = format!("{:0>8}", digits(&form.account_number));
        if !all(&account_number, 8) || digits(&form.account_number).len() < 6 {
            e.add("account_number", "An account number has 6 to 8 digits, like 70872490");
        }
        let (Some(account_name), true) = (account_name, e.is_empty()) else { return Err(e) };
        let sort_code = sort_code.as_bytes().chunks(2).map(String::from_utf8_lossy).collect::<Vec<_>>().join("-");
        Ok(Self { account_name, sort_code, account_number })
    }
}

/// Never printed by accident.
impl std::fmt::Debug for BankDetails {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BankDetails(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bank_details_are_read_as_typed_and_never_printed() {
        let details = BankDetails::parse(&BankForm {
            account_name: "A Landlord".into(),
            sort_code: "404784".into(),
            account_number: "7087 249".into(),
        })
        .expect("details");
        assert_eq!((details.sort_code.as_str(), details.account_number.as_str()), ("40-47-84", "07087249"));
        assert_eq!(format!("{details:?}"), "BankDetails(…)");
        let errors =
            BankDetails::parse(&BankForm { account_name: " ".into(), sort_code: "40-47".into(), account_number: "12a45678".into() })
                .expect_err("refused");
        assert_eq!(errors.iter().map(|(f, _)| f).collect::<Vec<_>>(), ["account_name", "account_number", "sort_code"]);
    }
}
