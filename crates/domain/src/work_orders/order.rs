use serde::{Deserialize, Serialize};

use crate::faults::{Category, Priority, Trade};
use crate::values::{FieldErrors, Pence};
use crate::{PropertyId, TicketId, UnitId, WorkOrderId};

/// A work order as typed. From a ticket, what is left empty is the ticket's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OrderForm {
    pub title: String,
    /// What is to be done. The contractor reads it, and the tenant reads the title.
    pub description: String,
    pub category: String,
    pub trade: String,
    pub priority: String,
    /// Pounds; empty: whatever the property's owner allows.
    pub spend_limit: String,
    /// `yes`: a price is wanted before any work.
    pub wants_quote: String,
    /// Photos of the work that must be there when it is done.
    pub photos_required: String,
    /// The day by which it should be done; empty: the ticket's target.
    pub due_on: String,
}

/// What a work order begins as.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NewOrder {
    pub ticket: Option<TicketId>,
    pub property: PropertyId,
    pub unit: Option<UnitId>,
    pub follows: Option<WorkOrderId>,
    pub facts: Changeable,
}

/// What of an order staff may change while it is live.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Changeable {
    pub title: String,
    pub description: String,
    pub category: Category,
    pub trade: Option<Trade>,
    pub priority: Priority,
    pub spend_limit: Option<Pence>,
    pub wants_quote: bool,
    pub photos_required: i16,
    pub due_at: Option<jiff::Timestamp>,
}

impl OrderForm {
    /// The form over what holds where nothing is typed: the ticket, or the order as it stands.
    ///
    /// # Errors
    /// A sentence for every field that cannot be used as typed.
    pub fn parse(&self, unasked: Changeable) -> Result<Changeable, FieldErrors> {
        let mut e = FieldErrors::new();
        let title = if self.title.trim().is_empty() && !unasked.title.is_empty() {
            Some(unasked.title)
        } else {
            e.text("title", &self.title, "what is to be done, in a few words", 200)
        };
        let description = if self.description.trim().is_empty() {
            Some(unasked.description)
        } else {
            e.optional_lines("description", &self.description, "The description", 10_000)
        };
        let pick = |typed: &str| (!typed.trim().is_empty()).then(|| typed.trim().to_owned());
        let category = match pick(&self.category) {
            Some(typed) => e.choice("category", &typed, Category::parse, "Choose the kind of work"),
            None => Some(unasked.category),
        };
        let trade = match pick(&self.trade) {
            Some(typed) => e.choice("trade", &typed, Trade::parse, "Choose a trade from the list").map(Some),
            None => Some(unasked.trade),
        };
        let priority = match pick(&self.priority) {
            Some(typed) => e.choice("priority", &typed, Priority::parse, "Choose emergency, urgent or routine"),
            None => Some(unasked.priority),
        };
        let spend_limit = e.optional_money("spend_limit", &self.spend_limit, "The spend limit").or(unasked.spend_limit);
        let wants_quote =
            e.yes_no("wants_quote", &self.wants_quote, "Choose whether a price is wanted first").unwrap_or(unasked.wants_quote);
        let photos_required = match e.optional_number("photos_required", &self.photos_required, "Photos", 0..=20) {
            Some(n) => i16::try_from(n).unwrap_or(0),
            None => unasked.photos_required,
        };
        let due_at = match e.optional_date("due_on", &self.due_on, "the day it is due") {
            Some(day) => crate::time::end_of_day(day).map(|end| end - jiff::SignedDuration::from_secs(1)),
            None => unasked.due_at,
        };
        match (title, description, category, trade, priority, e.is_empty()) {
            (Some(title), description, Some(category), Some(trade), Some(priority), true) => Ok(Changeable {
                title,
                description: description.unwrap_or_default(),
                category,
                trade,
                priority,
                spend_limit,
                wants_quote,
                photos_required,
                due_at,
            }),
            _ => Err(e),
        }
    }
}

impl From<&Changeable> for OrderForm {
    fn from(c: &Changeable) -> Self {
        Self {
            title: c.title.clone(),
            description: c.description.clone(),
            category: c.category.as_str().to_owned(),
            trade: c.trade.map_or_else(String::new, |t| t.as_str().to_owned()),
            priority: c.priority.as_str().to_owned(),
            spend_limit: c.spend_limit.map_or_else(String::new, |p| format!("{}.{:02}", p.0 / 100, p.0 % 100)),
            wants_quote: if c.wants_quote { "yes" } else { "no" }.to_owned(),
            photos_required: c.photos_required.to_string(),
            due_on: c.due_at.map_or_else(String::new, |at| crate::time::london(at).date().to_string()),
        }
    }
}

/// What a contractor is told to quote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderRef {
    pub id: WorkOrderId,
    pub reference: String,
}

/// The printed reference of an organisation's n-th work order; `app.follow_on` in the database says the same.
pub fn reference(number: i64) -> String {
    format!("WO-{}", 1000 + number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_empty_is_the_tickets() {
        let of_ticket = Changeable {
            title: "Tap drips".into(),
            description: "Since May".into(),
            category: Category::Plumbing,
            trade: Some(Trade::Plumber),
            priority: Priority::Routine,
            spend_limit: Some(Pence(25_000)),
            wants_quote: false,
            photos_required: 0,
            due_at: None,
        };
        assert_eq!(OrderForm::default().parse(of_ticket.clone()), Ok(of_ticket.clone()));
        assert_eq!(OrderForm::from(&of_ticket).parse(of_ticket.clone()), Ok(of_ticket.clone()));
        let said = OrderForm { priority: "URGENT".into(), spend_limit: "99.5".into(), due_on: "24/11/2026".into(), ..OrderForm::default() };
        let order = said.parse(of_ticket.clone()).expect("an order");
        assert_eq!((order.priority, order.spend_limit), (Priority::Urgent, Some(Pence(9_950))));
        assert_eq!(order.due_at.map(|t| t.to_string()), Some("2026-11-24T23:59:59Z".into()));
        let wrong =
            OrderForm { category: "WATER".into(), spend_limit: "lots".into(), photos_required: "99".into(), ..OrderForm::default() };
        let errors = wrong.parse(Changeable { title: String::new(), ..of_ticket }).expect_err("refused");
        assert_eq!(errors.iter().map(|(f, _)| f).collect::<Vec<_>>(), ["category", "photos_required", "spend_limit", "title"]);
    }
}
