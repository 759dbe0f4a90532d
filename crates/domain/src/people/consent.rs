use serde::{Deserialize, Serialize};

use super::Channel;
use crate::values::FieldErrors;

/// A decision about being contacted, as typed. `decision` is `opt_in` or `opt_out`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConsentForm {
    pub channel: String,
    pub decision: String,
    /// How we know: `By phone, 3 March`.
    pub source: String,
}

/// Somebody said yes or no to a way of contact. Each decision is a record of its own; the newest one of a channel holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewConsent {
    pub channel: Channel,
    pub opts_in: bool,
    pub source: String,
}

impl NewConsent {
    /// # Errors
    /// A sentence for every field that cannot be used as typed.
    pub fn parse(form: &ConsentForm) -> Result<Self, FieldErrors> {
        let mut e = FieldErrors::new();
        let channel = e.choice("channel", &form.channel, Channel::read, "Choose the way of contact");
        let decision = e.choice(
            "decision",
            &form.decision,
            |t| match t {
                "opt_in" => Some(true),
                "opt_out" => Some(false),
                _ => None,
            },
            "Choose whether they agreed or refused",
        );
        let source = e.text("source", &form.source, "how you know", 200);
        let (Some(channel), Some(opts_in), Some(source)) = (channel, decision, source) else { return Err(e) };
        Ok(Self { channel, opts_in, source })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decision_says_how_we_know() {
        let form = ConsentForm { channel: "sms".into(), decision: "opt_out".into(), source: "STOP by text".into() };
        assert_eq!(NewConsent::parse(&form), Ok(NewConsent { channel: Channel::Sms, opts_in: false, source: "STOP by text".into() }));
        let errors = NewConsent::parse(&ConsentForm::default()).expect_err("refused");
        assert_eq!(errors.iter().map(|(f, _)| f).collect::<Vec<_>>(), ["channel", "decision", "source"]);
    }
}
