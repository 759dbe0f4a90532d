//! A ticket taken down by staff for somebody who rang, wrote or was visited.

use std::collections::BTreeMap;

use domain::events::Event;
use domain::faults::{Assessment, Catalogue, FaultPath};
use domain::policy::Act;
use domain::tickets::{Category, NewTicket, Priority, Source, TicketRef};
use domain::values::{FieldErrors, clean, clean_lines};
use domain::{ContactId, MembershipId, PropertyId, UnitId};
use serde_json::json;

use super::{open, sql};
use crate::{Cx, Error, Result, Staff};

/// What was said on the telephone.
#[derive(Clone, Debug)]
pub struct Create {
    /// A home, or a property alone for what the building shares.
    pub unit: Option<UnitId>,
    pub property: Option<PropertyId>,
    /// Who reported it, when they are known to us …
    pub contact: Option<ContactId>,
    /// … or their name and number, when not.
    pub reporter_name: String,
    pub reporter_phone: String,
    pub source: Source,
    /// Empty: the fault's own name.
    pub title: String,
    pub description: String,
    /// The fault of the catalogue, where staff found it.
    pub fault_path: Option<FaultPath>,
    /// None: as assessed.
    pub category: Option<Category>,
    pub priority: Option<Priority>,
    /// Who there is more at risk, in words; raises attention and never lowers it.
    pub vulnerability: String,
    pub assignee: Option<MembershipId>,
}

/// Takes a report down. It is assessed like a tenant's own: what the words say (a smell of gas) stands on the ticket as `first_priority` and
/// its reasons even where staff, who spoke with the caller, set another priority.
///
/// # Errors
/// `Invalid` names each field that needs mending; `NotFound` when the home is not ours.
pub async fn create(cx: &Cx<Staff>, new: Create) -> Result<TicketRef> {
    let mut tx = cx.begin(Act::CreateTicket).await?;
    let mut errors = FieldErrors::new();
    let property = match (new.unit, new.property) {
        (Some(unit), _) => errors.take("unitId", sql::property_of(&mut tx, unit).await?.ok_or("Choose a home from the list")),
        (None, Some(property)) => Some(property),
        (None, None) => errors.take("unitId", Err("Choose the home, or the building for a communal repair")),
    };
    if let (Some(found), Some(said)) = (property, new.property)
        && found != said
    {
        errors.add("unitId", "This home is not in that property");
    }
    let contact = match new.contact {
        Some(id) => errors.take("contactId", sql::contact(&mut tx, id).await?.ok_or("Choose a contact from the list")),
        None => None,
    };
    let assessment = assess(&mut tx, &new).await?;
    let path = new.fault_path.as_ref().map(ToString::to_string);
    let title = Some(clean(&new.title)).filter(|t| !t.is_empty()).or(assessment.fault_name);
    let title = errors.take(
        "title",
        title.as_deref().map_or(Err("Say in a few words what is wrong".to_owned()), |t| {
            domain::values::required(t, "a title", 200).map_err(|e| e.to_string())
        }),
    );
    let description = clean_lines(&new.description);
    if description.chars().count() > 10_000 {
        errors.add("description", "The description must be 10000 characters or fewer");
    }
    if path.is_some() && assessment.unknown_fault {
        errors.add("faultPath", "This fault is not in your catalogue");
    }
    let name = Some(clean(&new.reporter_name)).filter(|n| !n.is_empty());
    if name.as_ref().is_some_and(|n| n.chars().count() > 120) {
        errors.add("reporterName", "The name must be 120 characters or fewer");
    }
    let phone = Some(clean(&new.reporter_phone)).filter(|p| !p.is_empty());
    if phone.as_ref().is_some_and(|p| p.chars().count() > 40) {
        errors.add("reporterPhone", "The telephone number must be 40 characters or fewer");
    }
    let vulnerability = Some(clean_lines(&new.vulnerability)).filter(|v| !v.is_empty());
    if vulnerability.as_ref().is_some_and(|v| v.chars().count() > 1_000) {
        errors.add("vulnerability", "This must be 1000 characters or fewer");
    }
    if let Some(member) = new.assignee
        && sql::assignable_name(&mut tx, member).await?.is_none()
    {
        errors.add("assignee", "Choose somebody of your team who works on repairs");
    }
    let (Some(property), Some(title)) = (property, title) else { return Err(errors.into()) };
    errors.check()?;
    let assessed = assessment.of;
    let tenancy = match new.unit {
        Some(unit) => sql::tenancy(&mut tx, unit, new.contact).await?,
        None => None,
    };
    let stated = new.priority.unwrap_or(assessed.priority);
    let written = NewTicket {
        property,
        unit: new.unit,
        tenancy,
        draft: None,
        reported_by: new.contact,
        reporter_name: contact.as_ref().map(|c| c.name.clone()).or(name),
        reporter_phone: phone,
        source: new.source,
        confirmed: true,
        category: new.category.unwrap_or(assessed.category),
        priority: assessed.priority.max(stated),
        priority_reasons: assessed.reasons,
        title,
        description,
        fault_path: new.fault_path,
        trade: Some(assessed.trade),
        hazards: assessed.hazards,
        answers: json!({}),
        access: json!({}),
        vulnerability,
        assignee: new.assignee,
        follows: None,
        aware_at: tx.now(),
    };
    let ticket = open::insert(&mut tx, written).await?;
    if stated < assessed.priority {
        let mut current = sql::lock(&mut tx, ticket.id).await?.ok_or(Error::NotFound)?;
        current.priority = stated;
        current.target_at = sql::settings(&mut tx).await?.targets.due(stated, current.aware_at);
        sql::update(&mut tx, ticket.id, &current).await?;
        let reason = "As taken down by the person who spoke with them";
        tx.record(
            Event::of_ticket("ticket:priority_changed", ticket.id)
                .data(json!({ "from": assessed.priority, "to": stated, "reason": reason }))
                .change(json!({ "priority": assessed.priority }), json!({ "priority": stated, "reason": reason })),
        );
    }
    sql::mark_read(&mut tx, ticket.id, cx.membership()).await?;
    tx.commit().await?;
    Ok(ticket)
}

struct Assessed {
    of: Assessment,
    fault_name: Option<String>,
    unknown_fault: bool,
}

async fn assess(tx: &mut db::OrgTx, new: &Create) -> Result<Assessed> {
    let own: Option<Catalogue> = sql::catalogue(tx).await?.map(serde_json::from_value).transpose().map_err(Error::internal)?;
    let catalogue = own.as_ref().unwrap_or_else(|| Catalogue::default_uk());
    let vulnerable = !clean(&new.vulnerability).is_empty();
    let words = [new.title.as_str(), new.description.as_str(), new.vulnerability.as_str()].join("\n");
    let found = new.fault_path.as_ref().map(|path| catalogue.find(path));
    Ok(Assessed {
        of: catalogue.assess(new.fault_path.as_ref(), None, &BTreeMap::new(), vulnerable, &words),
        fault_name: found.flatten().map(|f| f.problem.name.clone()),
        unknown_fault: found.is_some_and(|f| f.is_none()),
    })
}
