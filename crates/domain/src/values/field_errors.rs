use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A sentence per field, keyed by the form's field name; the empty key is the form as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FieldErrors(pub BTreeMap<String, String>);

impl FieldErrors {
    pub fn new() -> Self {
        Self::default()
    }
    pub fn one(field: impl Into<String>, sentence: impl Into<String>) -> Self {
        let mut errors = Self::default();
        errors.add(field, sentence);
        errors
    }
    /// The first sentence for a field stays: it is the one to mend first.
    pub fn add(&mut self, field: impl Into<String>, sentence: impl Into<String>) {
        self.0.entry(field.into()).or_insert_with(|| sentence.into());
    }
    /// Keeps a parsed value or notes why there is none.
    pub fn take<T, E: std::fmt::Display>(&mut self, field: &str, parsed: Result<T, E>) -> Option<T> {
        parsed.map_err(|e| self.add(field, e.to_string())).ok()
    }
    pub fn get(&self, field: &str) -> Option<&str> {
        self.0.get(field).map(String::as_str)
    }
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(k, v)| (k.as_str(), v.as_str()))
    }
    /// # Errors
    /// Itself, when it holds any.
    pub fn check(self) -> Result<(), Self> {
        if self.is_empty() { Ok(()) } else { Err(self) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_sentence_for_a_field_stays() {
        let mut errors = FieldErrors::new();
        errors.add("a", "first");
        errors.add("a", "second");
        assert_eq!(errors.get("a"), Some("first"));
        assert!(errors.check().is_err());
    }
}
