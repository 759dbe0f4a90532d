//! A timeline's line in words. Kinds are append-only; one that is not known here is told by its own name, never left out.

use serde_json::Value;

use super::{Category, Line, Move, Priority, Status};

/// What a reader of the staff timeline is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Who did it; empty where nobody is named.
    pub who: String,
    /// What they did, to be read after the name: `set the priority to Urgent (it was Routine)`.
    pub what: String,
    /// What they wrote: a note's body, a reason.
    pub words: Option<String>,
}

pub fn told(line: &Line) -> Told {
    let data = &line.data;
    let text = |name: &str| data.get(name).and_then(Value::as_str).filter(|t| !t.is_empty());
    let label = |name: &str| text(name).map(label_of).unwrap_or_default();
    let changed = |what: &str| match text("from") {
        Some(from) => format!("changed {what} from {} to {}", label_of(from), label("to")),
        None => format!("set {what} to {}", label("to")),
    };
    let (what, words) = match line.kind.as_str() {
        "ticket:reported" => ("reported the problem".to_owned(), None),
        "ticket:created_by_staff" => (
            match text("source") {
                Some("phone") => "created the ticket for a caller",
                Some("email") => "created the ticket from an email",
                Some("visit") => "created the ticket after a visit",
                _ => "created the ticket",
            }
            .to_owned(),
            None,
        ),
        "ticket:confirmed" => ("confirmed the report by email".to_owned(), None),
        "ticket:triaged" => ("triaged it".to_owned(), text("reason")),
        "ticket:status_changed" => (
            match text("step").and_then(Move::parse) {
                Some(Move::HandBack) => "handed it back to triage".to_owned(),
                Some(Move::Start) => "marked the work as started".to_owned(),
                Some(Move::Complete) => "marked the work as completed".to_owned(),
                Some(Move::Assign) => "marked it as assigned to a contractor".to_owned(),
                _ => changed("the status"),
            },
            text("reason"),
        ),
        "ticket:priority_changed" => (changed("the priority"), text("reason")),
        "ticket:assigned" => (
            match text("name") {
                Some(name) => format!("gave it to {name}"),
                None => "left it without an owner".to_owned(),
            },
            None,
        ),
        "ticket:changed" => (
            match data.get("fields").and_then(Value::as_array) {
                Some(fields) => {
                    format!("changed the {}", and(&fields.iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect::<Vec<_>>()))
                }
                None => "changed the details".to_owned(),
            },
            None,
        ),
        "ticket:note_added" => (if line.public { "wrote to the tenant" } else { "noted" }.to_owned(), text("body")),
        "ticket:photo_added" => ("added a photo".to_owned(), None),
        "ticket:followed" => ("has the same problem and follows it".to_owned(), text("body")),
        "ticket:reopened" => ("reopened it".to_owned(), text("reason")),
        "ticket:closed" => (
            match text("outcome") {
                Some("TENANT_CONFIRMED") => "said that it is fixed; closed",
                Some("NO_ANSWER") => "closed it: no answer after two reminders",
                _ => "closed it",
            }
            .to_owned(),
            text("reason"),
        ),
        "ticket:cancelled" => ("cancelled it".to_owned(), text("reason")),
        "ticket:deleted" => ("deleted it".to_owned(), text("reason")),
        "email:sent" => (text("to").map_or_else(|| "sent an email".to_owned(), |to| format!("sent an email to {to}")), text("subject")),
        other => (other.rsplit_once(':').map_or(other, |(_, verb)| verb).replace('_', " "), text("body").or_else(|| text("reason"))),
    };
    let who = match (line.actor.as_deref(), line.actor_kind.as_str()) {
        (_, "system") => "Fettle".to_owned(),
        (Some(name), _) if !name.is_empty() => name.to_owned(),
        (_, "reporter") => "A guest".to_owned(),
        (_, "tenant") => "The tenant".to_owned(),
        _ => "Somebody".to_owned(),
    };
    Told { who, what, words: words.map(ToOwned::to_owned) }
}

/// The label of a stored code, whichever list it is of.
fn label_of(code: &str) -> String {
    Status::parse(code)
        .map(Status::label)
        .or_else(|| Priority::parse(code).map(Priority::label))
        .or_else(|| Category::parse(code).map(Category::label))
        .unwrap_or(code)
        .to_owned()
}

/// `title`, `title and category`, `title, category and description`.
fn and(words: &[String]) -> String {
    match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => "details".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(kind: &str, public: bool, data: Value) -> String {
        let line = Line {
            position: 1,
            kind: kind.into(),
            public,
            actor_kind: "staff".into(),
            actor: Some("Olive".into()),
            data,
            at: jiff::Timestamp::UNIX_EPOCH,
        };
        let Told { who, what, words } = told(&line);
        words.map_or_else(|| format!("{who} {what}"), |w| format!("{who} {what}: {w}"))
    }

    #[test]
    fn every_kind_reads_as_a_sentence() {
        for (kind, data, sentence) in [
            ("ticket:created_by_staff", json!({ "source": "phone" }), "Olive created the ticket for a caller"),
            (
                "ticket:priority_changed",
                json!({ "from": "ROUTINE", "to": "URGENT", "reason": "A baby" }),
                "Olive changed the priority from Routine to Urgent: A baby",
            ),
            (
                "ticket:status_changed",
                json!({ "from": "ASSIGNED", "to": "TRIAGED", "step": "HAND_BACK" }),
                "Olive handed it back to triage",
            ),
            ("ticket:assigned", json!({ "name": null }), "Olive left it without an owner"),
            (
                "ticket:changed",
                json!({ "fields": ["title", "category", "description"] }),
                "Olive changed the title, category and description",
            ),
            ("ticket:note_added", json!({ "body": "Rang twice" }), "Olive noted: Rang twice"),
            ("visit:booked_again", Value::Null, "Olive booked again"),
        ] {
            assert_eq!(read(kind, false, data), sentence);
        }
        assert_eq!(read("ticket:note_added", true, json!({ "body": "On our way" })), "Olive wrote to the tenant: On our way");
    }
}
