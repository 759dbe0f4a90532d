use anyhow::Context as _;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value};
use mrml::prelude::render::RenderOptions;
use serde_json::json;

use crate::{Error, Result};

/// A mail's three files, compiled in.
#[derive(Clone, Copy, Debug)]
pub struct Template {
    pub name: &'static str,
    pub subject: &'static str,
    pub text: &'static str,
    pub mjml: &'static str,
}

/// `email!("ticket_received")` is the template in `emails/ticket_received/` beside the file that says it.
#[macro_export]
macro_rules! email {
    ($name:literal) => {
        $crate::mail::Template {
            name: $name,
            subject: include_str!(concat!("emails/", $name, "/subject.txt")),
            text: include_str!(concat!("emails/", $name, "/body.txt")),
            mjml: include_str!(concat!("emails/", $name, "/body.mjml")),
        }
    };
}

/// A mail's words, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// Who the mail speaks for: the organisation, or the installation where none is known. Every template sees it as `organisation`.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub(super) struct Brand {
    pub(super) name: String,
    pub(super) colour: String,
    /// What can be read on `colour`.
    pub(super) on_colour: &'static str,
    pub(super) phone: Option<String>,
    pub(super) emergency_phone: Option<String>,
    pub(super) email: Option<String>,
    pub(super) hours: Option<String>,
}

/// The design system's own accent, for organisations that chose no colour.
const COLOUR: &str = "#1d4f5c";

impl Brand {
    pub(super) fn installation(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            colour: COLOUR.to_owned(),
            on_colour: on(COLOUR),
            phone: None,
            emergency_phone: None,
            email: None,
            hours: None,
        }
    }
    pub(super) fn organisation(name: String, settings: domain::settings::OrgSettings) -> Self {
        let colour = settings.brand_colour.filter(|colour| is_colour(colour)).unwrap_or_else(|| COLOUR.to_owned());
        Self {
            name,
            on_colour: on(&colour),
            colour,
            phone: settings.office_phone,
            emergency_phone: settings.emergency_phone,
            email: settings.office_email,
            hours: Some(settings.office_hours).filter(|hours| !hours.is_empty()),
        }
    }
}

fn is_colour(text: &str) -> bool {
    text.strip_prefix('#').is_some_and(|digits| digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// Black or white, whichever has the higher contrast on `colour` (WCAG 2.2: relative luminance above 0.179 wants black).
fn on(colour: &str) -> &'static str {
    let channel = |at: usize| {
        let value = colour.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok()).map_or(0.0, |value| f64::from(value) / 255.0);
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    if 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5) > 0.179 { "#000000" } else { "#ffffff" }
}

impl Template {
    /// Fills the three files in. A variable that the context lacks is an error, not an empty place in somebody's mail.
    pub(super) fn render(&self, brand: &Brand, lang: &str, context: &impl serde::Serialize) -> Result<Rendered> {
        self.try_render(brand, lang, context)
            .map_err(|error| Error::Internal(error.context(format!("the e-mail {:?} could not be written", self.name))))
    }

    fn try_render(&self, brand: &Brand, lang: &str, context: &impl serde::Serialize) -> anyhow::Result<Rendered> {
        let mut env = Environment::new();
        env.set_undefined_behavior(UndefinedBehavior::Strict);
        env.set_auto_escape_callback(|name| if matches!(name, "layout.mjml" | "body.mjml") { AutoEscape::Html } else { AutoEscape::None });
        env.add_template("layout.txt", include_str!("emails/layout.txt"))?;
        env.add_template("layout.mjml", include_str!("emails/layout.mjml"))?;
        env.add_template("subject.txt", self.subject)?;
        env.add_template("body.txt", self.text)?;
        env.add_template("body.mjml", self.mjml)?;
        let mut variables = match serde_json::to_value(context)? {
            serde_json::Value::Object(variables) => variables,
            serde_json::Value::Null => serde_json::Map::new(),
            _ => anyhow::bail!("its context has no names"),
        };
        variables.insert("organisation".into(), json!(brand));
        variables.insert("lang".into(), json!(lang));
        let subject = env.get_template("subject.txt")?.render(values(&variables)?)?;
        // One line, whatever somebody put into a ticket's title: a line break in a header is how mails are forged.
        let subject = subject.split_whitespace().collect::<Vec<_>>().join(" ");
        variables.insert("subject".into(), json!(subject));
        let context = values(&variables)?;
        let text = env.get_template("body.txt")?.render(&context)?;
        let mjml = env.get_template("body.mjml")?.render(&context)?;
        // No web fonts: a mail fetches nothing from anybody.
        let options = RenderOptions { fonts: std::collections::HashMap::new(), ..RenderOptions::default() };
        let html = mrml::parse(&mjml)?.element.render(&options)?;
        Ok(Rendered { subject, text, html })
    }
}

fn values(variables: &serde_json::Map<String, serde_json::Value>) -> anyhow::Result<Value> {
    serde_json::from_value(json!(variables)).context("its context")
}

#[cfg(test)]
mod tests {
    use super::*;

    const WELCOME: Template = Template {
        name: "welcome",
        subject: "Hello {{ name }}",
        text: "{% extends \"layout.txt\" %}{% block body %}Hello {{ name }}{% endblock %}",
        mjml: "{% extends \"layout.mjml\" %}{% block body %}<mj-text>Hello {{ name }}</mj-text><mj-button href=\"{{ link }}\">Open</mj-button>{% endblock %}",
    };

    fn oak() -> Brand {
        Brand { phone: Some("0113 496 0000".into()), ..Brand::installation("Oak Homes & Sons") }
    }

    #[test]
    fn what_people_typed_is_text_in_every_part() {
        let hostile = "Tom\r\nBcc: all@example.com <script>alert('x')</script> &amp; \u{202e}";
        let mail = WELCOME.render(&oak(), "en-GB", &json!({ "name": hostile, "link": "https://a.example/?a=1&b=\"2\"" })).expect("renders");
        assert_eq!(mail.subject, "Hello Tom Bcc: all@example.com <script>alert('x')</script> &amp; \u{202e}");
        assert!(mail.text.contains("<script>"), "plain text stays as typed");
        assert!(!mail.html.contains("<script>"));
        assert!(mail.html.contains("&lt;script&gt;"));
        assert!(mail.html.contains("&amp;amp;"), "what looks like an entity was typed as one");
        assert!(mail.html.contains("?a=1&amp;b=&quot;2&quot;\""), "an address stays inside its attribute");
        assert!(mail.html.contains("Oak Homes &amp; Sons"));
        assert!(mail.html.contains("lang=\"en-GB\""));
        assert!(mail.text.contains("Oak Homes & Sons"));
        assert!(mail.text.contains("0113 496 0000"));
        assert!(!mail.html.contains("http://fonts") && !mail.html.contains("googleapis"), "a mail fetches nothing");
    }

    #[test]
    fn a_missing_variable_is_an_error_and_not_a_hole() {
        let error = WELCOME.render(&oak(), "en-GB", &json!({ "name": "Tom" })).expect_err("no link");
        assert!(format!("{error:?}").contains("welcome"), "{error:?}");
    }

    #[test]
    fn an_organisations_colour_is_a_colour() {
        let with = |colour: &str| {
            Brand::organisation("Oak".into(), domain::settings::OrgSettings { brand_colour: Some(colour.into()), ..Default::default() })
                .colour
        };
        assert_eq!(with("#AA0011"), "#AA0011");
        assert_eq!(with("red\"><script>"), COLOUR);
        assert_eq!(["#ffe600", "#1d4f5c", "#aa0011", "#00ff00"].map(on), ["#000000", "#ffffff", "#ffffff", "#000000"]);
    }
}
