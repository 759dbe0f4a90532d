//! What a change changed, for the audit.

use domain::events::Event;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::{Error, Result};

/// `event` with the fields that differ, old and new; none when nothing did.
pub(crate) fn changed<T: Serialize>(event: Event, old: &T, new: &T) -> Result<Option<Event>> {
    let (old, new) = (value(old)?, value(new)?);
    let (Value::Object(old), Value::Object(new)) = (old, new) else {
        return Err(Error::internal(anyhow::anyhow!("only records are compared")));
    };
    let differing: Vec<&String> = new.keys().filter(|key| old.get(*key) != new.get(*key)).collect();
    if differing.is_empty() {
        return Ok(None);
    }
    let pick = |from: &Map<String, Value>| {
        Value::Object(differing.iter().map(|key| ((*key).clone(), from.get(*key).cloned().unwrap_or(Value::Null))).collect())
    };
    Ok(Some(event.change(pick(&old), pick(&new)).data(json!({ "fields": differing }))))
}

pub(crate) fn value<T: Serialize>(record: &T) -> Result<Value> {
    serde_json::to_value(record).map_err(Error::internal)
}

/// A word of a closed list, as the database holds it.
pub(crate) fn known<T>(word: &str, parse: impl Fn(&str) -> Option<T>) -> Result<T> {
    parse(word).ok_or_else(|| Error::internal(anyhow::anyhow!("the stored word {word:?} is not one of its list")))
}

/// `1 live tenancy`, `2 open repairs`.
pub(crate) fn count(n: i64, one: &str, many: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {many}") }
}
