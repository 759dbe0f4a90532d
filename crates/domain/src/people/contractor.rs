use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::faults::{Category, Trade};
use crate::values::{FieldErrors, clean, read_date};

/// A contractor's profile as typed. Trades are codes or names separated by commas; a licence is a line of `scheme, number, expiry`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProfileForm {
    pub trades: String,
    pub postcode_areas: String,
    pub licences: String,
    pub out_of_hours: String,
    pub in_house: String,
    pub vat_registered: String,
}

/// What a contractor does, where, and on what authority.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewProfile {
    pub trades: Vec<Trade>,
    /// Outward parts or areas of postcodes, `LS11` or `LS`; none means anywhere.
    pub postcode_areas: Vec<String>,
    pub licences: Vec<Licence>,
    pub out_of_hours: bool,
    pub in_house: bool,
    pub vat_registered: bool,
}

/// A registration a trade must hold (Gas Safe, NICEIC …).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Licence {
    pub scheme: String,
    pub number: String,
    pub expires_on: Option<Date>,
}

impl NewProfile {
    /// # Errors
    /// A sentence for every field that cannot be used as typed.
    pub fn parse(form: &ProfileForm) -> Result<Self, FieldErrors> {
        let mut e = FieldErrors::new();
        let mut trades = Vec::new();
        for typed in form.trades.split([',', ';']).map(clean).filter(|t| !t.is_empty()) {
            match Trade::ALL.iter().find(|t| t.as_str().eq_ignore_ascii_case(&typed) || t.label().eq_ignore_ascii_case(&typed)) {
                Some(trade) if !trades.contains(trade) => trades.push(*trade),
                Some(_) => {}
                None => e.add("trades", format!("“{typed}” is not one of the trades")),
            }
        }
        if trades.is_empty() {
            e.add("trades", "Choose at least one trade");
        }
        let mut postcode_areas = Vec::new();
        for typed in form.postcode_areas.split([',', ';', ' ', '\n']).map(clean).filter(|t| !t.is_empty()) {
            let area = typed.to_ascii_uppercase();
            if !is_postcode_area(&area) {
                e.add("postcode_areas", format!("“{typed}” is not the first part of a UK postcode, like LS11 or LS"));
            } else if !postcode_areas.contains(&area) {
                postcode_areas.push(area);
            }
        }
        let mut licences = Vec::new();
        for line in form.licences.lines().map(clean).filter(|l| !l.is_empty()) {
            let parts: Vec<&str> = line.split([',', ';']).map(str::trim).collect();
            let licence = match parts.as_slice() {
                [scheme, number] if !scheme.is_empty() && !number.is_empty() => Some((*scheme, *number, None)),
                [scheme, number, expiry] if !scheme.is_empty() && !number.is_empty() => {
                    read_date(expiry).map(|date| (*scheme, *number, Some(date)))
                }
                _ => None,
            };
            match licence {
                Some((scheme, number, expires_on)) if line.chars().count() <= 200 => {
                    licences.push(Licence { scheme: scheme.to_owned(), number: number.to_owned(), expires_on });
                }
                _ => e.add(
                    "licences",
                    format!(
                        "Write “{}” as scheme, number, expiry date: Gas Safe, 512345, 31/3/2027",
                        line.chars().take(60).collect::<String>()
                    ),
                ),
            }
        }
        let mut said = |field: &str, typed: &str| e.yes_no(field, typed, "Say yes or no").unwrap_or(false);
        let (out_of_hours, in_house, vat_registered) =
            (said("out_of_hours", &form.out_of_hours), said("in_house", &form.in_house), said("vat_registered", &form.vat_registered));
        e.check()?;
        Ok(Self { trades, postcode_areas, licences, out_of_hours, in_house, vat_registered })
    }
}

/// `LS`, `LS1`, `LS11`, `SW1A`: an area or an outward code.
fn is_postcode_area(text: &str) -> bool {
    let shape: String = text
        .chars()
        .map(|c| {
            if c.is_ascii_digit() {
                '9'
            } else if c.is_ascii_uppercase() {
                'A'
            } else {
                '?'
            }
        })
        .collect();
    matches!(shape.as_str(), "A" | "AA" | "A9" | "A99" | "AA9" | "AA99" | "A9A" | "AA9A")
}

/// The drawers of work a set of trades serves.
pub fn categories_of(trades: &[Trade]) -> Vec<Category> {
    let mut categories: Vec<Category> = trades
        .iter()
        .map(|trade| match trade {
            Trade::Plumber | Trade::Drainage => Category::Plumbing,
            Trade::GasEngineer => Category::Hvac,
            Trade::Electrician | Trade::FireAlarmEngineer | Trade::LiftEngineer => Category::Electrical,
            Trade::ApplianceEngineer => Category::Appliance,
            Trade::Carpenter | Trade::Roofer | Trade::Glazier | Trade::Plasterer | Trade::Groundworker | Trade::Scaffolder => {
                Category::Structural
            }
            Trade::PestController => Category::PestControl,
            Trade::DampSpecialist => Category::DampMould,
            Trade::Locksmith | Trade::MultiSkilled | Trade::Decorator => Category::Other,
        })
        .collect();
    categories.sort_unstable();
    categories.dedup();
    categories
}

impl From<&NewProfile> for ProfileForm {
    fn from(p: &NewProfile) -> Self {
        let said = |yes: bool| if yes { "yes" } else { "no" }.to_owned();
        Self {
            trades: p.trades.iter().map(|t| t.as_str()).collect::<Vec<_>>().join(","),
            postcode_areas: p.postcode_areas.join(", "),
            licences: p
                .licences
                .iter()
                .map(|l| match l.expires_on {
                    Some(date) => format!("{}, {}, {}/{}/{}", l.scheme, l.number, date.day(), date.month(), date.year()),
                    None => format!("{}, {}", l.scheme, l.number),
                })
                .collect::<Vec<_>>()
                .join("\n"),
            out_of_hours: said(p.out_of_hours),
            in_house: said(p.in_house),
            vat_registered: said(p.vat_registered),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_turns_back_into_its_form() {
        let form = ProfileForm {
            trades: "plumber, Gas and heating engineer, PLUMBER".into(),
            postcode_areas: "ls, LS11 sw1a".into(),
            licences: "Gas Safe, 512345, 31/3/2027\n\nNICEIC, D1234".into(),
            vat_registered: "yes".into(),
            ..ProfileForm::default()
        };
        let profile = NewProfile::parse(&form).expect("a profile");
        assert_eq!(profile.trades, [Trade::Plumber, Trade::GasEngineer]);
        assert_eq!(profile.postcode_areas, ["LS", "LS11", "SW1A"]);
        assert_eq!(profile.licences.len(), 2);
        assert_eq!(categories_of(&profile.trades), [Category::Plumbing, Category::Hvac]);
        assert_eq!(NewProfile::parse(&ProfileForm::from(&profile)), Ok(profile));
    }

    #[test]
    fn bad_input_is_answered_in_words() {
        let errors =
            NewProfile::parse(&ProfileForm { postcode_areas: "LS, Leeds".into(), licences: "Gas Safe".into(), ..ProfileForm::default() })
                .expect_err("refused");
        let said: Vec<(&str, &str)> = errors.iter().collect();
        assert_eq!(
            said,
            [
                ("licences", "Write “Gas Safe” as scheme, number, expiry date: Gas Safe, 512345, 31/3/2027"),
                ("postcode_areas", "“Leeds” is not the first part of a UK postcode, like LS11 or LS"),
                ("trades", "Choose at least one trade"),
            ]
        );
    }
}
