//! What must be seen, measured and photographed before work counts as done. A template is snapshotted onto an order when it is attached, so that
//! changing the template changes no order; the gate is asked on the server, whatever a page shows.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::faults::{Category, coded};
use crate::values::{FieldErrors, clean, clean_lines};
use crate::{ChecklistId, ChecklistTemplateId};

coded! {
    /// How an item is answered.
    ItemKind {
        Tick = "tick", "Tick";
        Text = "text", "Words";
        Number = "number", "A number";
        Photo = "photo", "A photo";
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Its place in the list, from 1; answers hang on it.
    pub id: u16,
    pub label: String,
    pub kind: ItemKind,
    pub required: bool,
}

/// What was answered: `yes` for a tick, a photo's id, or what was typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub value: String,
    pub by: String,
    pub at: jiff::Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checklist {
    pub id: ChecklistId,
    pub name: String,
    pub items: Vec<Item>,
    pub answers: BTreeMap<u16, Answer>,
}

impl Checklist {
    /// An answer as it is stored; empty takes it back.
    ///
    /// # Errors
    /// A sentence when this item is not answered so.
    pub fn read(&self, item: u16, typed: &str) -> Result<Option<String>, FieldErrors> {
        let refuse = |sentence: &str| Err(FieldErrors::one("value", sentence));
        let Some(item) = self.items.iter().find(|i| i.id == item) else { return refuse("This checklist has no such item") };
        let text = clean_lines(typed);
        if text.is_empty() {
            return Ok(None);
        }
        match item.kind {
            ItemKind::Tick if matches!(text.to_lowercase().as_str(), "yes" | "true" | "on" | "1") => Ok(Some("yes".to_owned())),
            ItemKind::Tick if matches!(text.to_lowercase().as_str(), "no" | "false" | "off" | "0") => Ok(None),
            ItemKind::Tick => refuse("Tick it or leave it"),
            ItemKind::Number => match text.replace(',', "").parse::<rust_decimal::Decimal>() {
                Ok(number) => Ok(Some(number.normalize().to_string())),
                Err(_) => refuse("Enter a number, like 12 or 3.5"),
            },
            ItemKind::Photo => match text.parse::<crate::AttachmentId>() {
                Ok(id) => Ok(Some(id.to_string())),
                Err(_) => refuse("Add a photo"),
            },
            ItemKind::Text if text.chars().count() > 1_000 => refuse("The answer must be 1000 characters or fewer"),
            ItemKind::Text => Ok(Some(text)),
        }
    }
    pub fn done(&self) -> usize {
        self.items.iter().filter(|i| self.answers.contains_key(&i.id)).count()
    }
}

/// What still keeps an order from being done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gate {
    /// A sentence each.
    pub missing: Vec<String>,
}

impl Gate {
    pub fn is_open(&self) -> bool {
        self.missing.is_empty()
    }
    /// One sentence for a refusal.
    pub fn sentence(&self) -> String {
        format!("The work order cannot be marked as done yet. Still missing: {}.", self.missing.join("; "))
    }
}

/// Asks whether an order may be marked as done: every required item answered and every required photo there.
pub fn gate(checklists: &[Checklist], photos_required: i16, photos: i64) -> Gate {
    let mut missing: Vec<String> = checklists
        .iter()
        .flat_map(|c| c.items.iter().filter(|i| i.required && !c.answers.contains_key(&i.id)).map(|i| format!("{} ({})", i.label, c.name)))
        .collect();
    let lacking = i64::from(photos_required) - photos;
    if lacking > 0 {
        missing.push(if lacking == 1 { "1 photo of the work".to_owned() } else { format!("{lacking} photos of the work") });
    }
    Gate { missing }
}

/// A template as an administrator types it: one item a line, with `*` before what is required and the kind in brackets at the end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TemplateForm {
    pub name: String,
    /// `*Isolate the supply`, `*Flow rate (number)`, `Before (photo)`.
    pub items: String,
    /// Codes of categories it is attached to by itself, separated by commas.
    pub categories: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    pub id: ChecklistTemplateId,
    pub version: i32,
    pub name: String,
    pub items: Vec<Item>,
    pub categories: Vec<Category>,
    pub active: bool,
}

impl TemplateForm {
    /// Name, items and categories.
    ///
    /// # Errors
    /// A sentence for every field that cannot be used as typed.
    pub fn parse(&self) -> Result<(String, Vec<Item>, Vec<Category>), FieldErrors> {
        let mut e = FieldErrors::new();
        let name = e.text("name", &self.name, "a name", 120);
        let lines: Vec<String> = self.items.lines().map(clean).filter(|l| !l.is_empty()).collect();
        let mut items = Vec::new();
        for (line, id) in lines.iter().zip(1u16..) {
            let (required, rest) = line.strip_prefix('*').map_or((false, line.as_str()), |rest| (true, rest.trim()));
            let (label, kind) = match rest.strip_suffix(')').and_then(|r| r.rsplit_once('(')) {
                Some((label, word)) => match ItemKind::parse(&word.trim().to_lowercase()) {
                    Some(kind) => (label.trim(), kind),
                    None => (rest, ItemKind::Tick),
                },
                None => (rest, ItemKind::Tick),
            };
            if label.is_empty() || label.chars().count() > 200 {
                e.add("items", format!("Line {id} must have 1 to 200 characters"));
            }
            items.push(Item { id, label: label.to_owned(), kind, required });
        }
        if items.is_empty() {
            e.add("items", "Enter at least one item");
        } else if items.len() > 60 {
            e.add("items", "A checklist has at most 60 items");
        }
        let mut categories = Vec::new();
        for typed in self.categories.split(',').map(clean).filter(|t| !t.is_empty()) {
            match Category::parse(&typed) {
                Some(category) if !categories.contains(&category) => categories.push(category),
                Some(_) => {}
                None => e.add("categories", format!("“{typed}” is not a kind of work")),
            }
        }
        match (name, e.is_empty()) {
            (Some(name), true) => Ok((name, items, categories)),
            _ => Err(e),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list() -> Checklist {
        let form = TemplateForm {
            name: "Gas".into(),
            items: "*Isolate\n*Flow rate (number)\n\nBefore (photo)\nRemarks (text)\nPipe (old)".into(),
            categories: "HVAC, PLUMBING,HVAC".into(),
        };
        let (name, items, categories) = form.parse().expect("a template");
        assert_eq!(categories, [Category::Hvac, Category::Plumbing]);
        Checklist { id: ChecklistId(uuid::Uuid::nil()), name, items, answers: BTreeMap::new() }
    }

    #[test]
    fn required_items_and_photos_keep_the_gate_shut() {
        let mut list = list();
        assert_eq!(
            list.items.iter().map(|i| (i.kind, i.required)).collect::<Vec<_>>(),
            [(ItemKind::Tick, true), (ItemKind::Number, true), (ItemKind::Photo, false), (ItemKind::Text, false), (ItemKind::Tick, false),]
        );
        let shut = gate(std::slice::from_ref(&list), 2, 0);
        assert_eq!(shut.missing, ["Isolate (Gas)", "Flow rate (Gas)", "2 photos of the work"]);
        assert_eq!(
            shut.sentence(),
            "The work order cannot be marked as done yet. Still missing: Isolate (Gas); Flow rate (Gas); 2 photos of the work."
        );
        for (item, typed) in [(1, "yes"), (2, "1,012.50")] {
            let value = list.read(item, typed).expect("reads").expect("an answer");
            list.answers.insert(item, Answer { value, by: "Carl".into(), at: jiff::Timestamp::UNIX_EPOCH });
        }
        assert_eq!(list.answers.get(&2).map(|a| a.value.as_str()), Some("1012.5"));
        assert!(gate(&[list], 1, 1).is_open(), "what is not required keeps nobody");
        assert!(gate(&[], 0, 0).is_open());
    }

    #[test]
    fn an_answer_is_of_its_items_kind() {
        let list = list();
        assert_eq!(list.read(1, "no"), Ok(None), "a tick is taken back");
        assert_eq!(list.read(4, " \u{0} "), Ok(None));
        for (item, typed) in [(1, "perhaps"), (2, "twelve"), (3, "photo.jpg"), (9, "yes")] {
            assert!(list.read(item, typed).is_err(), "{item} {typed}");
        }
    }

    #[test]
    fn a_template_is_refused_in_words() {
        let errors =
            TemplateForm { items: "*\n".into(), categories: "WATER".into(), ..TemplateForm::default() }.parse().expect_err("refused");
        assert_eq!(errors.iter().map(|(f, _)| f).collect::<Vec<_>>(), ["categories", "items", "name"]);
    }
}
