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
        kind if kind.starts_with("work_order:")
            || kind.starts_with("visit:")
            || kind.starts_with("checklist:")
            || kind == "feedback:given" =>
        {
            of_work(kind, data)
        }
        other => (other.rsplit_once(':').map_or(other, |(_, verb)| verb).replace('_', " "), text("body").or_else(|| text("reason"))),
    };
    let who = match (line.actor.as_deref(), line.actor_kind.as_str()) {
        (_, "system") => "Fettle".to_owned(),
        (Some(name), _) if !name.is_empty() => name.to_owned(),
        (_, "reporter") => "A guest".to_owned(),
        (_, "tenant") => "The tenant".to_owned(),
        (_, "contractor") => "The contractor".to_owned(),
        _ => "Somebody".to_owned(),
    };
    Told { who, what, words: words.map(ToOwned::to_owned) }
}

/// What happens to a work order and its visits.
fn of_work<'a>(kind: &str, data: &'a Value) -> (String, Option<&'a str>) {
    let text = |name: &str| data.get(name).and_then(Value::as_str).filter(|t| !t.is_empty());
    let order = text("reference").map_or_else(|| "the work order".to_owned(), ToOwned::to_owned);
    let when = text("when").unwrap_or("a time");
    let to = text("name").unwrap_or("a contractor");
    let what = match kind {
        "work_order:created" => format!("raised {order}"),
        "work_order:follow_on" => format!("found more to do: {order}"),
        "work_order:changed" => format!("changed {order}"),
        "work_order:offered" => format!("offered {order} to {to}"),
        "work_order:dispatched" => format!("sent {order} to {to} as an emergency"),
        "work_order:assigned" => format!("gave {order} to {to}"),
        "work_order:accepted" => format!("accepted {order}"),
        "work_order:declined" => format!("declined {order}"),
        "work_order:withdrawn" => format!("withdrew {order} from {to}"),
        "work_order:offer_expired" => format!("let the offer of {order} to {to} expire"),
        "work_order:handed_back" => format!("handed {order} back"),
        "work_order:taken_back" => format!("took {order} back from {to}"),
        "work_order:escalated" => format!("escalated {order}: nobody acknowledged it"),
        "work_order:operative" => format!("sends {to}"),
        "work_order:photo_added" => "added a photo of the work".to_owned(),
        "work_order:note_added" => "wrote".to_owned(),
        "work_order:done" => format!("finished {order}"),
        "work_order:gate_overridden" => format!("let {order} pass with its checklist open"),
        "work_order:verified" => format!("verified {order}"),
        "work_order:sent_back" => format!("sent {order} back"),
        "work_order:cancelled" => format!("cancelled {order}"),
        "visit:proposed" => format!("suggested {}", text("times").unwrap_or("times for a visit")),
        "visit:picked" => format!("picked {when}"),
        "visit:booked" => format!("booked a visit: {when}"),
        "visit:moved" => match text("was") {
            Some(was) => format!("moved the visit of {was} to {when}"),
            None => format!("moved the visit to {when}"),
        },
        "visit:cancelled" => format!("cancelled the visit of {when}"),
        "visit:let_go" => format!("let go of {when}: nobody confirmed it in time"),
        "visit:on_the_way" => "set off".to_owned(),
        "visit:on_site" => "arrived".to_owned(),
        "visit:left" => "left".to_owned(),
        "visit:no_access" => {
            let attempt = data.get("attempt").and_then(Value::as_i64).unwrap_or(1);
            format!("could not get in (attempt {attempt})")
        }
        "checklist:attached" => format!("attached the checklist {}", text("name").unwrap_or_default()),
        "checklist:answered" => format!("answered {}", text("item").unwrap_or("an item of the checklist")),
        "checklist:taken_back" => format!("took back {}", text("item").unwrap_or("an item of the checklist")),
        "feedback:given" => {
            let stars = data.get("stars").and_then(Value::as_i64).unwrap_or_default();
            format!("rated the work {stars} of 5")
        }
        other => other.rsplit_once(':').map_or(other, |(_, verb)| verb).replace('_', " "),
    };
    (what, text("reason").or_else(|| text("body")).or_else(|| text("words")))
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
            ("work_order:offered", json!({ "reference": "WO-1001", "name": "Carl" }), "Olive offered WO-1001 to Carl"),
            ("work_order:declined", json!({ "reference": "WO-1001", "reason": "Too far" }), "Olive declined WO-1001: Too far"),
            ("visit:moved", json!({ "was": "Tue 24 Nov", "when": "Wed 25 Nov" }), "Olive moved the visit of Tue 24 Nov to Wed 25 Nov"),
            ("visit:no_access", json!({ "attempt": 2, "body": "Card left" }), "Olive could not get in (attempt 2): Card left"),
            ("feedback:given", json!({ "stars": 4, "words": "Tidy" }), "Olive rated the work 4 of 5: Tidy"),
        ] {
            assert_eq!(read(kind, false, data), sentence);
        }
        assert_eq!(read("ticket:note_added", true, json!({ "body": "On our way" })), "Olive wrote to the tenant: On our way");
    }
}
