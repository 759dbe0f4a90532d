//! How the work was left, as its contractor says it. Whether it is *fixed* is the tenant's to say; this is the plumber's word.

use serde::{Deserialize, Serialize};

use crate::faults::{Trade, coded};
use crate::values::{FieldErrors, clean_lines};

coded! {
    /// Whether the work put it right, in the contractor's view.
    Outcome {
        Yes = "yes", "Fixed";
        Partly = "partly", "Partly: made safe, or better than it was";
        No = "no", "Not fixed";
    }
}

/// A signature as drawn: strokes of points, each in thousandths of the pad's width and height, so that any screen can draw it again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Strokes(pub Vec<Vec<(i16, i16)>>);

impl Strokes {
    const MOST_POINTS: usize = 6_000;

    /// # Errors
    /// A sentence for something that is no signature.
    pub fn check(self) -> Result<Self, &'static str> {
        let points = || self.0.iter().flatten();
        if points().count() < 2 {
            return Err("Ask them to sign in the box");
        }
        if points().count() > Self::MOST_POINTS || points().any(|(x, y)| !(0..=1_000).contains(x) || !(0..=1_000).contains(y)) {
            return Err("The signature could not be read. Ask them to sign again");
        }
        Ok(self)
    }
}

/// A completion as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CompletionForm {
    pub notes: String,
    /// Minutes on site.
    pub minutes: String,
    pub materials: String,
    /// `yes`, `partly` or `no`.
    pub fixed: String,
    /// `yes` where more must be done; the next three say what.
    pub follow_on: String,
    pub follow_on_trade: String,
    pub follow_on_what: String,
    /// `yes`: it cannot wait.
    pub follow_on_urgent: String,
    pub signed_by: String,
    /// JSON of [`Strokes`]; empty where nobody signed.
    pub strokes: String,
}

/// More to be done than this visit did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowOn {
    pub trade: Option<Trade>,
    pub what: String,
    pub urgent: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Completion {
    pub notes: String,
    pub minutes: Option<i32>,
    pub materials: Option<String>,
    pub fixed: Outcome,
    pub follow_on: Option<FollowOn>,
    pub signed_by: Option<String>,
    pub strokes: Option<Strokes>,
}

impl CompletionForm {
    /// # Errors
    /// A sentence for every field that cannot be used as typed.
    pub fn parse(&self) -> Result<Completion, FieldErrors> {
        let mut e = FieldErrors::new();
        let notes = e.optional_lines("notes", &self.notes, "What was done", 5_000);
        if clean_lines(&self.notes).is_empty() {
            e.add("notes", "Say what was done");
        }
        let minutes = e.optional_number("minutes", &self.minutes, "Minutes on site", 0..=14_400);
        let materials = e.optional_lines("materials", &self.materials, "Materials", 2_000);
        let fixed = e.choice("fixed", &self.fixed, Outcome::parse, "Say whether it is fixed");
        let more = e.yes_no("follow_on", &self.follow_on, "Say whether more must be done").unwrap_or(false);
        let follow_on = if more {
            let trade = match self.follow_on_trade.trim() {
                "" => None,
                typed => e.choice("follow_on_trade", typed, Trade::parse, "Choose a trade from the list"),
            };
            let what = e.text("follow_on_what", &self.follow_on_what, "what else must be done", 500);
            let urgent = e.yes_no("follow_on_urgent", &self.follow_on_urgent, "Say whether it can wait").unwrap_or(false);
            what.map(|what| FollowOn { trade, what, urgent })
        } else {
            None
        };
        let signed_by = e.optional_text("signed_by", &self.signed_by, "The name", 120);
        let strokes = match self.strokes.trim() {
            "" => None,
            drawn => match serde_json::from_str::<Strokes>(drawn) {
                Ok(strokes) => e.take("strokes", strokes.check()),
                Err(_) => e.take("strokes", Err::<Strokes, _>("The signature could not be read. Ask them to sign again")),
            },
        };
        if strokes.is_some() && signed_by.is_none() {
            e.add("signed_by", "Enter the name of whoever signed");
        }
        match (notes, fixed, e.is_empty()) {
            (Some(notes), Some(fixed), true) => Ok(Completion { notes, minutes, materials, fixed, follow_on, signed_by, strokes }),
            _ => Err(e),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_completion_is_read_as_typed() {
        let form = CompletionForm {
            notes: "New washer\nTested".into(),
            minutes: "45".into(),
            fixed: "yes".into(),
            follow_on: "yes".into(),
            follow_on_trade: "PLASTERER".into(),
            follow_on_what: "Patch the ceiling".into(),
            signed_by: "Tom".into(),
            strokes: "[[[0,0],[500,1000]]]".into(),
            ..CompletionForm::default()
        };
        let done = form.parse().expect("a completion");
        assert_eq!((done.minutes, done.fixed), (Some(45), Outcome::Yes));
        assert_eq!(done.follow_on, Some(FollowOn { trade: Some(Trade::Plasterer), what: "Patch the ceiling".into(), urgent: false }));
        assert_eq!(done.strokes, Some(Strokes(vec![vec![(0, 0), (500, 1000)]])));
    }

    #[test]
    fn what_is_missing_is_said_by_field() {
        let form = CompletionForm {
            minutes: "a while".into(),
            follow_on: "yes".into(),
            strokes: "[[[0,0],[2000,0]]]".into(),
            ..CompletionForm::default()
        };
        let errors = form.parse().expect_err("refused");
        assert_eq!(errors.iter().map(|(f, _)| f).collect::<Vec<_>>(), ["fixed", "follow_on_what", "minutes", "notes", "strokes"]);
        let unsigned =
            CompletionForm { notes: "x".into(), fixed: "no".into(), strokes: "[[[0,0],[1,1]]]".into(), ..CompletionForm::default() };
        assert_eq!(unsigned.parse().expect_err("refused").get("signed_by"), Some("Enter the name of whoever signed"));
        assert!(CompletionForm { strokes: "[[]]".into(), ..form }.parse().expect_err("refused").get("strokes").is_some());
    }
}
