//! Checklists: templates that administrators keep, and their snapshots on orders.
//!
//! Verbs: [`templates`], [`save_template`], [`retire_template`], [`attach`], [`answer`]. A template's change reaches no order it was attached to before.

use db::OrgTx;
use domain::events::Event;
use domain::faults::Category;
use domain::policy::Act;
use domain::work_orders::{Answer, Item, Template, TemplateForm};
use domain::{ChecklistId, ChecklistTemplateId, TicketId, WorkOrderId};
use serde_json::json;

use super::sql;
use crate::estate::record::value;
use crate::{Cx, Error, House, OnConstraint as _, Result, Staff};

/// Every template, those in use first.
pub async fn templates(cx: &Cx<Staff>) -> Result<Vec<Template>> {
    let mut tx = cx.begin(Act::ReadWork).await?;
    let templates = all(&mut tx).await?;
    tx.done().await?;
    Ok(templates)
}

async fn all(tx: &mut OrgTx) -> Result<Vec<Template>> {
    let rows = sqlx::query!(
        "select id, version, name, items, categories, active
         from checklist_templates
         where org_id = app.org_id()
           and deleted_at is null
         order by active desc, lower(name), id",
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|r| {
            Ok(Template {
                id: r.id.into(),
                version: r.version,
                name: r.name,
                items: serde_json::from_value(r.items).map_err(Error::internal)?,
                categories: r.categories.iter().filter_map(|c| Category::parse(c)).collect(),
                active: r.active,
            })
        })
        .collect()
}

/// Keeps a template: a new one, or over an older version of itself.
///
/// # Errors
/// `Invalid` by field; `Conflict` when somebody changed it meanwhile; `Forbidden` for anybody but an administrator.
pub async fn save_template(cx: &Cx<Staff>, old: Option<(ChecklistTemplateId, i32)>, form: &TemplateForm) -> Result<ChecklistTemplateId> {
    let mut tx = cx.begin(Act::ChangeSettings).await?;
    let (name, items, categories) = form.parse()?;
    let categories: Vec<String> = categories.into_iter().map(|c| c.as_str().to_owned()).collect();
    let id = old.map_or_else(|| cx.house().new_id(), |(id, _)| id);
    let done = sqlx::query!(
        "insert into checklist_templates (org_id, id, name, items, categories, created_at, updated_at)
         values (app.org_id(), $1, $2, $3, $4, app.now(), app.now())
         on conflict (org_id, id) do update
         set name = excluded.name, items = excluded.items, categories = excluded.categories, active = true, updated_at = app.now(),
             version = checklist_templates.version + 1
         where checklist_templates.version = $5 and checklist_templates.deleted_at is null",
        id.uuid(),
        name,
        value(&items)?,
        &categories,
        old.map_or(0, |(_, version)| version),
    )
    .execute(tx.conn())
    .await?;
    if done.rows_affected() == 0 {
        return Err(Error::changed_meanwhile());
    }
    tx.record(
        Event::new("checklist-template:saved", "checklist_template", id).audit_only().created(json!({ "name": name, "items": items })),
    );
    tx.commit().await?;
    Ok(id)
}

/// Takes a template out of use. Orders that have it keep theirs.
///
/// # Errors
/// `NotFound`; `Forbidden` for anybody but an administrator.
pub async fn retire_template(cx: &Cx<Staff>, id: ChecklistTemplateId) -> Result<()> {
    let mut tx = cx.begin(Act::ChangeSettings).await?;
    let done = sqlx::query!(
        "update checklist_templates set active = false, updated_at = app.now(), version = version + 1
         where org_id = app.org_id() and id = $1 and deleted_at is null",
        id.uuid(),
    )
    .execute(tx.conn())
    .await?;
    if done.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    tx.record(Event::new("checklist-template:retired", "checklist_template", id).audit_only());
    Ok(tx.commit().await?)
}

/// Attaches a template to an order as it now is.
///
/// # Errors
/// `NotFound`; `Conflict` when the order has it already or is finished.
pub async fn attach(cx: &Cx<Staff>, order: WorkOrderId, template: ChecklistTemplateId) -> Result<()> {
    let mut tx = cx.begin(Act::ManageWork).await?;
    let held = sql::hold(&mut tx, order).await?.ok_or(Error::NotFound)?;
    if !held.status.is_live() {
        return Err(Error::conflict(format!(
            "{} is {}: no checklist can be attached.",
            held.reference,
            held.status.label().to_lowercase()
        )));
    }
    let found = all(&mut tx).await?.into_iter().find(|t| t.id == template && t.active).ok_or(Error::NotFound)?;
    snapshot(cx.house(), &mut tx, order, held.ticket, &found)
        .await
        .on_constraint("order_checklists_org_id_work_order_id_template_id_key", || {
            Error::conflict(format!("{} has this checklist already.", held.reference))
        })?;
    Ok(tx.commit().await?)
}

/// Attaches what belongs to a kind of work.
pub(super) async fn attach_by_category(
    house: &House,
    tx: &mut OrgTx,
    order: WorkOrderId,
    ticket: Option<TicketId>,
    category: Category,
) -> Result<()> {
    let templates = all(tx).await?;
    for template in templates.iter().filter(|t| t.active && t.categories.contains(&category)) {
        snapshot(house, tx, order, ticket, template).await?;
    }
    Ok(())
}

async fn snapshot(house: &House, tx: &mut OrgTx, order: WorkOrderId, ticket: Option<TicketId>, template: &Template) -> Result<()> {
    let id: ChecklistId = house.new_id();
    sqlx::query!(
        "insert into order_checklists (org_id, id, work_order_id, template_id, name, items, created_at, updated_at)
         values (app.org_id(), $1, $2, $3, $4, $5, app.now(), app.now())",
        id.uuid(),
        order.uuid(),
        template.id.uuid(),
        template.name,
        value(&template.items)?,
    )
    .execute(tx.conn())
    .await?;
    tx.record(
        Event::of_order("checklist:attached", order, ticket)
            .for_contractor()
            .data(json!({ "name": template.name }))
            .created(json!({ "checklist": id, "template": template.id, "items": template.items })),
    );
    Ok(())
}

/// Answers an item on the contractor's behalf; empty takes the answer back.
///
/// # Errors
/// `NotFound`; `Invalid` on `value`; `Conflict` once the order is finished.
pub async fn answer(cx: &Cx<Staff>, id: ChecklistId, item: u16, value: &str) -> Result<()> {
    let mut tx = cx.begin(Act::ManageWork).await?;
    answer_in(&mut tx, None, id, item, value, cx.name()).await?;
    Ok(tx.commit().await?)
}

/// `order`: the only one whose checklist may be answered here.
pub(super) async fn answer_in(tx: &mut OrgTx, order: Option<WorkOrderId>, id: ChecklistId, item: u16, typed: &str, by: &str) -> Result<()> {
    let (of, mut list) = sql::hold_checklist(tx, id).await?.ok_or(Error::NotFound)?;
    if order.is_some_and(|o| o != of) {
        return Err(Error::NotFound);
    }
    let held = sql::hold(tx, of).await?.ok_or(Error::NotFound)?;
    if !held.status.is_live() {
        return Err(Error::conflict(format!("{} is {}: its checklist is closed.", held.reference, held.status.label().to_lowercase())));
    }
    let value = list.read(item, typed)?;
    let label = list.items.iter().find(|i: &&Item| i.id == item).map(|i| i.label.clone()).unwrap_or_default();
    if let Some(photo) = value.as_deref().and_then(|v| v.parse().ok())
        && list.items.iter().any(|i| i.id == item && i.kind == domain::work_orders::ItemKind::Photo)
        && !sql::is_photo_of(tx, of, photo).await?
    {
        return Err(Error::invalid("value", "Add the photo to this work order first"));
    }
    let old = list.answers.get(&item).map(|a| a.value.clone());
    if old == value {
        return Ok(());
    }
    match &value {
        Some(value) => list.answers.insert(item, Answer { value: value.clone(), by: by.to_owned(), at: tx.now() }),
        None => list.answers.remove(&item),
    };
    sql::set_answers(tx, id, &list.answers).await?;
    let kind = if value.is_some() { "checklist:answered" } else { "checklist:taken_back" };
    tx.record(
        Event::of_order(kind, of, held.ticket)
            .for_contractor()
            .data(json!({ "item": label, "checklist": list.name }))
            .change(json!({ "item": item, "value": old }), json!({ "item": item, "value": value })),
    );
    Ok(())
}
