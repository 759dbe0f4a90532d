//! Every query of this room.

use db::{AuthTx, OrgTx};
use domain::settings::OrgSettings;
use domain::values::EmailAddress;
use domain::{MailId, OrgId, TicketId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;

use super::template::{Brand, Rendered};
use crate::{Error, Result};

/// A mail that has still to be sent.
pub(super) struct Waiting {
    pub(super) id: MailId,
    pub(super) template: String,
    pub(super) ticket: Option<TicketId>,
    pub(super) to: EmailAddress,
    pub(super) from_name: String,
    pub(super) reply_to: Option<EmailAddress>,
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) html: String,
    pub(super) message_id: String,
}

pub(super) struct WaitingSecret {
    pub(super) org: Option<OrgId>,
    pub(super) waiting: Waiting,
    pub(super) sealed: Vec<u8>,
}

pub(super) async fn brand(conn: &mut PgConnection, org: OrgId) -> Result<Brand> {
    let row = sqlx::query!("select name, settings from organisations where id = $1", org.uuid())
        .fetch_optional(conn)
        .await?
        .ok_or(Error::NotFound)?;
    let settings: OrgSettings = serde_json::from_value(row.settings).map_err(Error::internal)?;
    Ok(Brand::organisation(row.name, settings))
}

#[expect(clippy::too_many_arguments, reason = "a row's columns")]
pub(super) async fn insert(
    tx: &mut OrgTx,
    id: MailId,
    template: &str,
    lang: &str,
    ticket: Option<TicketId>,
    to: &EmailAddress,
    brand: &Brand,
    words: &Rendered,
) -> Result<()> {
    let (org, now) = (tx.org(), tx.now());
    sqlx::query!(
        "insert into outbound_mails
           (org_id, id, template, lang, ticket_id, to_address, from_name, reply_to, subject, text_body, html_body, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        org.uuid(),
        id.uuid(),
        template,
        lang,
        ticket.map(TicketId::uuid),
        to.as_str(),
        brand.name,
        brand.email,
        words.subject,
        words.text,
        words.html,
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

#[expect(clippy::too_many_arguments, reason = "a row's columns")]
pub(super) async fn insert_secret(
    tx: &mut AuthTx,
    id: MailId,
    org: Option<OrgId>,
    template: &str,
    lang: &str,
    to: &EmailAddress,
    brand: &Brand,
    subject: &str,
    sealed_body: &[u8],
) -> Result<()> {
    let now = tx.now();
    sqlx::query!(
        "insert into auth.mails (id, org_id, template, lang, to_address, from_name, reply_to, subject, sealed_body, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        id.uuid(),
        org.map(OrgId::uuid),
        template,
        lang,
        to.as_str(),
        brand.name,
        brand.email,
        subject,
        sealed_body,
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

#[expect(clippy::too_many_arguments, reason = "a row's columns")]
pub(super) async fn keep_link(
    tx: &mut OrgTx,
    id: MailId,
    template: &str,
    lang: &str,
    to: &EmailAddress,
    brand: &Brand,
    subject: &str,
    sealed_body: &[u8],
) -> Result<()> {
    sqlx::query!(
        r#"select app.keep_secret_mail($1, $2, $3, $4, $5, $6, $7, $8) as "kept: ()""#,
        id.uuid(),
        template,
        lang,
        to.as_str(),
        brand.name,
        brand.email,
        subject,
        sealed_body,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(())
}

/// Counts the attempt and gives the mail its Message-ID. Nothing where it was sent or bounced already; what was given up is sent after
/// all when a person brings its dead job back.
pub(super) async fn take(tx: &mut OrgTx, id: MailId, message_id: &str) -> Result<Option<Waiting>> {
    let row = sqlx::query!(
        r#"update outbound_mails
              set attempts = attempts + 1,
                  message_id = coalesce(message_id, $2)
            where id = $1
              and org_id = app.org_id()
              and status in ('queued', 'failed')
        returning template,
                  ticket_id,
                  to_address,
                  from_name,
                  reply_to,
                  subject,
                  text_body,
                  html_body,
                  message_id as "message_id!""#,
        id.uuid(),
        message_id,
    )
    .fetch_optional(tx.conn())
    .await?;
    row.map(|row| {
        Ok(Waiting {
            id,
            template: row.template,
            ticket: row.ticket_id.map(TicketId),
            to: address(&row.to_address)?,
            from_name: row.from_name,
            reply_to: row.reply_to.as_deref().and_then(EmailAddress::parse),
            subject: row.subject,
            text: row.text_body,
            html: row.html_body,
            message_id: row.message_id,
        })
    })
    .transpose()
}

pub(super) async fn take_secret(tx: &mut AuthTx, id: MailId, message_id: &str) -> Result<Option<WaitingSecret>> {
    let row = sqlx::query!(
        r#"update auth.mails
              set attempts = attempts + 1,
                  message_id = coalesce(message_id, $2)
            where id = $1
              and status = 'queued'
        returning org_id,
                  template,
                  to_address,
                  from_name,
                  reply_to,
                  subject,
                  sealed_body as "sealed_body!",
                  message_id as "message_id!""#,
        id.uuid(),
        message_id,
    )
    .fetch_optional(tx.conn())
    .await?;
    row.map(|row| {
        let waiting = Waiting {
            id,
            template: row.template,
            ticket: None,
            to: address(&row.to_address)?,
            from_name: row.from_name,
            reply_to: row.reply_to.as_deref().and_then(EmailAddress::parse),
            subject: row.subject,
            text: String::new(),
            html: String::new(),
            message_id: row.message_id,
        };
        Ok(WaitingSecret { org: row.org_id.map(OrgId), waiting, sealed: row.sealed_body })
    })
    .transpose()
}

fn address(text: &str) -> Result<EmailAddress> {
    EmailAddress::parse(text).ok_or_else(|| Error::internal(anyhow::anyhow!("a stored address is none: {text:?}")))
}

/// Writes how an attempt ended. A mail that another attempt has sent meanwhile stays sent.
pub(super) async fn settle(tx: &mut OrgTx, id: MailId, status: &str, reason: Option<&str>) -> Result<()> {
    let sent_at = (status == "sent").then(|| tx.now().to_sqlx());
    sqlx::query!(
        "update outbound_mails
            set status = $2,
                last_error = coalesce($3, last_error),
                sent_at = $4
          where id = $1
            and org_id = app.org_id()
            and status in ('queued', 'failed')",
        id.uuid(),
        status,
        reason,
        sent_at as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn settle_secret(tx: &mut AuthTx, id: MailId, status: &str, reason: Option<&str>) -> Result<()> {
    let sent_at = matches!(status, "sent" | "kept").then(|| tx.now().to_sqlx());
    sqlx::query!(
        "update auth.mails
            set status = $2,
                last_error = coalesce($3, last_error),
                sent_at = $4,
                sealed_body = case when $2 in ('queued', 'kept') then sealed_body end
          where id = $1
            and status = 'queued'",
        id.uuid(),
        status,
        reason,
        sent_at as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A row of the development inbox.
pub(super) struct KeptRow {
    pub(super) id: MailId,
    pub(super) template: String,
    pub(super) to: String,
    pub(super) from_name: String,
    pub(super) subject: String,
    pub(super) status: String,
    pub(super) at: Timestamp,
    pub(super) words: Words,
}

pub(super) enum Words {
    Plain { text: String, html: String },
    Sealed(Option<Vec<u8>>),
}

pub(super) async fn recent(tx: &mut OrgTx, limit: i64) -> Result<Vec<KeptRow>> {
    let rows = sqlx::query!(
        "select id,
                template,
                to_address,
                from_name,
                subject,
                status,
                text_body,
                html_body,
                created_at
           from outbound_mails
          where org_id = app.org_id()
          order by created_at desc, id desc
          limit $1",
        limit,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| KeptRow {
            id: MailId(row.id),
            template: row.template,
            to: row.to_address,
            from_name: row.from_name,
            subject: row.subject,
            status: row.status,
            at: row.created_at.to_jiff(),
            words: Words::Plain { text: row.text_body, html: row.html_body },
        })
        .collect())
}

pub(super) async fn recent_secrets(tx: &mut AuthTx, limit: i64) -> Result<Vec<KeptRow>> {
    let rows = sqlx::query!(
        "select id,
                template,
                to_address,
                from_name,
                subject,
                status,
                sealed_body,
                created_at
           from auth.mails
          order by created_at desc, id desc
          limit $1",
        limit,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| KeptRow {
            id: MailId(row.id),
            template: row.template,
            to: row.to_address,
            from_name: row.from_name,
            subject: row.subject,
            status: row.status,
            at: row.created_at.to_jiff(),
            words: Words::Sealed(row.sealed_body),
        })
        .collect())
}

/// Which organisations there are.
pub(super) async fn organisations(conn: &mut PgConnection) -> Result<Vec<OrgId>> {
    Ok(sqlx::query_scalar!("select id from organisations order by created_at").fetch_all(conn).await?.into_iter().map(OrgId).collect())
}
