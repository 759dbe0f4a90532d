use std::str::FromStr as _;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::ContactId;
use crate::values::{FieldErrors, Pence};

/// An owner of a property as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OwnerForm {
    pub contact_id: String,
    pub percentage: String,
    pub spend_limit: String,
    pub ask_before_spending: String,
}

/// Who owns a property, or a share of it, and how much we may spend without asking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewOwnerLink {
    pub contact_id: ContactId,
    pub percentage: Option<Decimal>,
    /// None means the organisation's own limit.
    pub spend_limit: Option<Pence>,
    pub ask_before_spending: bool,
}

impl NewOwnerLink {
    /// # Errors
    /// A sentence for every field that cannot be used as typed.
    pub fn parse(form: &OwnerForm) -> Result<Self, FieldErrors> {
        let mut e = FieldErrors::new();
        let contact_id =
            e.choice("contact_id", &form.contact_id, |t| ContactId::from_str(t).ok(), "Choose the owner from the list of contacts");
        let percentage = match form.percentage.trim().trim_end_matches('%').trim_end() {
            "" => None,
            typed => e.take(
                "percentage",
                Decimal::from_str(typed)
                    .ok()
                    .filter(|p| *p > Decimal::ZERO && *p <= Decimal::ONE_HUNDRED && p.normalize().scale() <= 2)
                    .map(|p| p.normalize())
                    .ok_or("A share is a percentage above 0 and up to 100, like 50 or 33.33"),
            ),
        };
        let spend_limit = e.optional_money("spend_limit", &form.spend_limit, "The spending limit");
        let ask_before_spending = e.yes_no("ask_before_spending", &form.ask_before_spending, "Say yes or no").unwrap_or(false);
        let (Some(contact_id), true) = (contact_id, e.is_empty()) else { return Err(e) };
        Ok(Self { contact_id, percentage, spend_limit, ask_before_spending })
    }
}

/// The shares of one property's owners, the new one included, cannot pass the whole. Shares nobody stated count as nothing.
pub fn shares_fit(shares: impl IntoIterator<Item = Option<Decimal>>) -> bool {
    shares.into_iter().flatten().sum::<Decimal>() <= Decimal::ONE_HUNDRED
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_read_exactly() {
        let typed = |percentage: &str| OwnerForm {
            contact_id: "01890a5d-ac96-774b-bcce-b302099a8058".into(),
            percentage: percentage.into(),
            ..OwnerForm::default()
        };
        for (text, share) in [("", None), ("50", Some("50")), ("33.33 %", Some("33.33")), ("100.00", Some("100"))] {
            assert_eq!(NewOwnerLink::parse(&typed(text)).expect(text).percentage.map(|p| p.to_string()).as_deref(), share);
        }
        for wrong in ["0", "-1", "100.01", "33.333", "half"] {
            assert!(NewOwnerLink::parse(&typed(wrong)).is_err(), "{wrong}");
        }
        let share = |text| Some(Decimal::from_str(text).expect("a number"));
        assert!(shares_fit([share("33.33"), share("66.67"), None]));
        assert!(!shares_fit([share("33.34"), share("66.67")]));
    }
}
