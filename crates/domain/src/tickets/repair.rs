//! A ticket as the tenants of its home see it: a **repair**. Allow-lists, like `view`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Move, Priority, Status};
use crate::people::words;
use crate::{AttachmentId, TicketId};

words!(
    /// Whether the work put it right. "Closed" and "fixed" are two facts, and this one is the tenant's to say.
    Fixed {
        Yes => "yes", "Yes, it is fixed";
        Partly => "partly", "It is better, but not fixed";
        No => "no", "No, it is not fixed";
        NobodyCame => "nobody_came", "Nobody came";
    }
);

/// A line of "My repairs".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepairCard {
    pub id: TicketId,
    pub reference: String,
    pub title: String,
    pub status: Status,
    pub priority: Priority,
    pub target_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A report in the building that the tenant follows: no reference, no words, nobody's name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowedCard {
    pub title: String,
    pub status: Status,
    pub target_at: Option<Timestamp>,
    pub followed_at: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repair {
    pub card: RepairCard,
    pub description: String,
    /// The questions asked and their answers, in the words shown then.
    pub answers: Vec<(String, String)>,
    pub aware_at: Timestamp,
    pub closed_at: Option<Timestamp>,
    pub lines: Vec<RepairLine>,
    pub photos: Vec<RepairPhoto>,
    pub can_cancel: bool,
    pub can_say_fixed: bool,
    pub can_say_not_fixed: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepairLine {
    pub at: Timestamp,
    pub who: String,
    pub what: String,
    pub words: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepairPhoto {
    pub id: AttachmentId,
    /// The worker has made the copies that pages show.
    pub is_ready: bool,
}

/// How somebody wants to hear from us.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preferences {
    pub channel: String,
    pub language: String,
    pub large_print: bool,
    pub version: i32,
}

/// Languages people in the UK ask for most, by their own names. What we write is English still; the choice tells staff and interpreters.
pub const LANGUAGES: &[(&str, &str)] = &[
    ("en", "English"),
    ("cy", "Cymraeg (Welsh)"),
    ("ar", "العربية (Arabic)"),
    ("bn", "বাংলা (Bengali)"),
    ("zh", "中文 (Chinese)"),
    ("fa", "فارسی (Persian)"),
    ("fr", "Français (French)"),
    ("gu", "ગુજરાતી (Gujarati)"),
    ("pl", "Polski (Polish)"),
    ("pt", "Português (Portuguese)"),
    ("pa", "ਪੰਜਾਬੀ (Punjabi)"),
    ("ro", "Română (Romanian)"),
    ("so", "Soomaali (Somali)"),
    ("es", "Español (Spanish)"),
    ("ti", "ትግርኛ (Tigrinya)"),
    ("tr", "Türkçe (Turkish)"),
    ("uk", "Українська (Ukrainian)"),
    ("ur", "اردو (Urdu)"),
    ("bsl", "British Sign Language"),
];

/// A public event as a tenant is told it: `reader` reads "You" of themselves, staff speak as "We".
pub fn told_to_tenant(kind: &str, actor_kind: &str, actor: Option<&str>, reader: &str, data: &Value, at: Timestamp) -> RepairLine {
    let text = |name: &str| data.get(name).and_then(Value::as_str).filter(|t| !t.is_empty()).map(ToOwned::to_owned);
    let who = match (actor_kind, actor) {
        ("tenant", Some(name)) if name == reader => "You".to_owned(),
        ("tenant" | "contractor", Some(name)) => name.to_owned(),
        ("reporter", _) => "A guest".to_owned(),
        _ => "We".to_owned(),
    };
    let when = || text("when").unwrap_or_else(|| "another time".to_owned());
    if let Some((what, words)) = match kind {
        "visit:proposed" => Some((format!("suggested {}", text("times").unwrap_or_else(|| "times for a visit".to_owned())), None)),
        "visit:picked" => Some((format!("picked {}", when()), None)),
        "visit:booked" => Some((format!("booked a visit: {}", when()), None)),
        "visit:moved" => Some((format!("moved the visit to {}", when()), text("reason"))),
        "visit:cancelled" => Some((format!("cancelled the visit of {}", when()), text("reason"))),
        "visit:let_go" => Some((format!("could not confirm {} in time: please pick again", when()), None)),
        "visit:on_the_way" => Some(("set off and will be with you soon".to_owned(), None)),
        "visit:on_site" => Some(("arrived".to_owned(), None)),
        "visit:left" => Some(("left".to_owned(), None)),
        "visit:no_access" => Some(("could not get in".to_owned(), text("body"))),
        "work_order:done" => Some(("did the work".to_owned(), None)),
        "work_order:photo_added" => Some(("added a photo of the work".to_owned(), None)),
        "feedback:given" => Some(("rated the work".to_owned(), text("words"))),
        _ => None,
    } {
        return RepairLine { at, who, what, words };
    }
    let (what, words) = match kind {
        "ticket:reported" if actor_kind == "system" => ("recorded the emergency that was chosen", None),
        "ticket:reported" => ("reported the problem", None),
        "ticket:created_by_staff" => ("wrote the report down", None),
        "ticket:confirmed" => ("confirmed the email address", None),
        "ticket:triaged" => ("looked at the report", None),
        "ticket:status_changed" => (
            match text("step").as_deref().and_then(Move::parse) {
                Some(Move::Assign) => "asked a contractor to do the work",
                Some(Move::HandBack) => "are arranging the repair again",
                Some(Move::Start) => "started the work",
                Some(Move::Complete) => "finished the work",
                _ => "moved the repair on",
            },
            None,
        ),
        "ticket:note_added" => ("wrote", text("body")),
        "ticket:photo_added" => ("added a photo", None),
        "ticket:reopened" => ("opened the repair again", text("reason")),
        "ticket:closed" if actor_kind == "tenant" => ("said that it is fixed", None),
        "ticket:closed" => ("closed the repair", text("reason")),
        "ticket:cancelled" => ("cancelled the repair", text("reason")),
        "email:sent" => ("sent an email", text("subject")),
        _ => ("updated the repair", text("body")),
    };
    RepairLine { at, who, what: what.to_owned(), words }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_tenant_is_spoken_to() {
        let read = |kind: &str, actor_kind: &str, data: Value| {
            let line = told_to_tenant(kind, actor_kind, Some("Tom"), "Tom", &data, Timestamp::UNIX_EPOCH);
            line.words.map_or_else(|| format!("{} {}", line.who, line.what), |w| format!("{} {}: {w}", line.who, line.what))
        };
        assert_eq!(read("ticket:reported", "tenant", Value::Null), "You reported the problem");
        assert_eq!(read("ticket:note_added", "staff", json!({ "body": "Tuesday at 9" })), "We wrote: Tuesday at 9");
        assert_eq!(read("ticket:status_changed", "staff", json!({ "step": "START" })), "We started the work");
        assert_eq!(read("visit:changed_somehow", "staff", Value::Null), "We updated the repair");
        assert_eq!(read("visit:booked", "tenant", json!({ "when": "Tuesday" })), "You booked a visit: Tuesday");
        assert_eq!(read("visit:no_access", "contractor", json!({ "body": "Card left" })), "Tom could not get in: Card left");
    }
}
