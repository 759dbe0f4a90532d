//! How an `In` struct becomes a form, and what comes before a change: a field that is not sent leaves the form alone, `null` empties it, a value is written as typed.

use domain::policy::Act;
use serde::{Deserialize, Deserializer};
use services::{Cx, Error, Staff};
use uuid::Uuid;

use crate::answer::Refused;

/// Before a thing is read in order to be changed: who may not change it learns that, and not whether it exists.
pub(super) fn allowed(me: &Cx<Staff>, act: Act) -> Result<(), Refused> {
    if me.may(act) { Ok(()) } else { Err(Error::Forbidden.into()) }
}

/// What a field may hold: absent, null or a value.
pub(super) type Sent<T> = Option<Option<T>>;

/// For `#[serde(default, deserialize_with = "sent")]`: tells null from absent.
pub(super) fn sent<'de, T: Deserialize<'de>, D: Deserializer<'de>>(value: D) -> Result<Sent<T>, D::Error> {
    Option::<T>::deserialize(value).map(Some)
}

/// A value as a form would hold it.
pub(super) trait Typed {
    fn typed(&self) -> String;
}
impl Typed for String {
    fn typed(&self) -> String {
        self.clone()
    }
}
impl Typed for i32 {
    fn typed(&self) -> String {
        self.to_string()
    }
}
impl Typed for Uuid {
    fn typed(&self) -> String {
        self.to_string()
    }
}
impl Typed for bool {
    fn typed(&self) -> String {
        if *self { "yes" } else { "no" }.to_owned()
    }
}
impl Typed for Vec<Uuid> {
    fn typed(&self) -> String {
        self.iter().map(Uuid::to_string).collect::<Vec<_>>().join(",")
    }
}

pub(super) fn put<T: Typed>(field: &mut String, sent: &Sent<T>) {
    if let Some(value) = sent {
        *field = value.as_ref().map(Typed::typed).unwrap_or_default();
    }
}

/// Whole pence, written as the pounds a form takes. A negative sum is left for the form to refuse.
pub(super) fn put_pence(field: &mut String, sent: Sent<i64>) {
    if let Some(value) = sent {
        *field = value
            .map(|p| format!("{}{}.{:02}", if p < 0 { "-" } else { "" }, p.unsigned_abs() / 100, p.unsigned_abs() % 100))
            .unwrap_or_default();
    }
}
