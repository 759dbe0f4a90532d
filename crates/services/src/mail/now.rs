use std::time::Duration;

use db::{ActorRecord, AuthTx};
use domain::MailId;
use domain::events::Event;
use domain::policy::Act;
use domain::values::EmailAddress;
use jobs::{Job, JobCx, JobError, Queue, Registry, RegistryError};
use serde::{Deserialize, Serialize};

use super::sql::{self, Waiting};
use super::{Outgoing, SendError, Sender};
use crate::{Cx, Error, House, Result, System};

/// Sends one mail of an organisation.
#[derive(Debug, Serialize, Deserialize)]
pub struct SendMail {
    pub(super) mail_id: MailId,
}
impl Job for SendMail {
    const KIND: &'static str = "send-email";
    const QUEUE: Queue = Queue::Mail;
}

/// Sends one mail that carries a way in. The job itself holds nothing secret.
#[derive(Debug, Serialize, Deserialize)]
pub struct SendSecretMail {
    pub(super) mail_id: MailId,
}
impl Job for SendSecretMail {
    const KIND: &'static str = "send-secret-email";
    const QUEUE: Queue = Queue::Mail;
}

/// Registers this room's jobs.
pub fn register(registry: &mut Registry, house: &House) -> Result<(), RegistryError> {
    let here = house.clone();
    registry.add::<SendMail, _, _>(move |job, mail| {
        let house = here.clone();
        async move { send_now(&Cx::system(&house, job.org()?, SendMail::KIND), &job, mail.mail_id).await }
    })?;
    let here = house.clone();
    registry.add::<SendSecretMail, _, _>(move |job, mail| {
        let house = here.clone();
        async move { send_secret_now(&house, &job, mail.mail_id).await }
    })?;
    Ok(())
}

/// Below the job's own limit, so that a mail server that hangs is an answer we can write down.
const PATIENCE: Duration = Duration::from_secs(8);

/// Sends a mail unless it has been sent. Being sent and the end of the job are one transaction; a worker that dies between the mail
/// server's yes and that transaction sends it once more, under the same Message-ID.
pub async fn send_now(cx: &Cx<System>, job: &JobCx, id: MailId) -> Result<(), JobError> {
    let house = cx.house();
    let mut tx = cx.begin(Act::DoBackgroundWork).await?;
    let Some(mail) = sql::take(&mut tx, id, &message_id(house, id)?).await? else {
        job.finish(&mut tx).await?;
        return Ok(tx.commit().await.map_err(Error::from)?);
    };
    tx.commit().await.map_err(Error::from)?;

    let outcome = deliver(house, &mail, mail.text.clone(), mail.html.clone()).await?;

    let mut tx = cx.begin(Act::DoBackgroundWork).await?;
    let status = outcome.status(job);
    sql::settle(&mut tx, id, status, outcome.reason()).await?;
    let event = |kind| {
        let event = mail.ticket.map_or_else(
            || Event::new(kind, "mail", id),
            |ticket| Event { entity: "mail", entity_id: id.uuid(), ..Event::of_ticket(kind, ticket) },
        );
        event
            .data(serde_json::json!({ "template": mail.template }))
            .created(serde_json::json!({ "to": mail.to, "subject": mail.subject, "messageId": mail.message_id }))
    };
    match status {
        "sent" => tx.record(event("email:sent")),
        "bounced" => tx.record(event("email:bounced")),
        "failed" => tx.record(event("email:failed")),
        _ => {}
    }
    if matches!(status, "sent" | "bounced") {
        job.finish(&mut tx).await?;
    }
    tx.commit().await.map_err(Error::from)?;
    outcome.into_job_result()
}

/// As [`send_now`], for a mail that carries a way in: its words are wiped in the transaction that marks it sent.
pub async fn send_secret_now(house: &House, job: &JobCx, id: MailId) -> Result<(), JobError> {
    let mut tx = begin_auth(house).await?;
    let Some(mail) = sql::take_secret(&mut tx, id, &message_id(house, id)?).await? else {
        job.finish(&mut tx).await?;
        return Ok(tx.commit().await.map_err(Error::from)?);
    };
    tx.commit().await.map_err(Error::from)?;

    let (text, html): (String, String) = open(house, &mail.sealed)?;
    let outcome = deliver(house, &mail.waiting, text, html).await?;

    let mut tx = begin_auth(house).await?;
    let status = match outcome.status(job) {
        "sent" if house.postman().keeps() => "kept",
        status => status,
    };
    sql::settle_secret(&mut tx, id, status, outcome.reason()).await?;
    if let (Some(org), "sent" | "kept" | "bounced") = (mail.org, status) {
        tx.enter(org).await.map_err(Error::from)?;
        let kind = if status == "bounced" { "email:bounced" } else { "email:sent" };
        // The audit says to whom and what kind of mail; the words are nobody's but the reader's.
        let new = serde_json::json!({ "to": mail.waiting.to, "subject": mail.waiting.subject, "messageId": mail.waiting.message_id });
        tx.record(Event::new(kind, "mail", id).audit_only().data(serde_json::json!({ "template": mail.waiting.template })).created(new));
    }
    if matches!(status, "sent" | "kept" | "bounced") {
        job.finish(&mut tx).await?;
    }
    tx.commit().await.map_err(Error::from)?;
    outcome.into_job_result()
}

/// The purpose under which the words of a secret mail are encrypted.
pub(super) const SECRET_BODY: &str = "mail-body";

pub(super) fn open(house: &House, sealed: &[u8]) -> Result<(String, String)> {
    serde_json::from_slice(&house.keys().open(SECRET_BODY, sealed)?).map_err(Error::internal)
}

pub(super) async fn begin_auth(house: &House) -> Result<AuthTx> {
    let actor = ActorRecord { kind: "system", name: Some(SendSecretMail::KIND.to_owned()), ..ActorRecord::default() };
    Ok(AuthTx::begin(house.db(), actor, house.now()).await?)
}

/// How an attempt to send ended.
enum Outcome {
    Sent,
    Bounced(String),
    NotYet(String),
}

impl Outcome {
    /// What the row says from now on. The last failed attempt is the end of it.
    fn status(&self, job: &JobCx) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Bounced(_) => "bounced",
            Self::NotYet(_) if job.is_last_attempt() => "failed",
            Self::NotYet(_) => "queued",
        }
    }
    fn reason(&self) -> Option<&str> {
        match self {
            Self::Sent => None,
            Self::Bounced(reason) | Self::NotYet(reason) => Some(reason),
        }
    }
    /// A bounce is an outcome that was recorded: the job has done what it could.
    fn into_job_result(self) -> Result<(), JobError> {
        match self {
            Self::Sent | Self::Bounced(_) => Ok(()),
            Self::NotYet(reason) => Err(JobError::Retry(reason)),
        }
    }
}

async fn deliver(house: &House, mail: &Waiting, text: String, html: String) -> Result<Outcome> {
    let outgoing = Outgoing {
        message_id: mail.message_id.clone(),
        from: Sender { name: mail.from_name.clone(), ..sender(house)? },
        to: mail.to.clone(),
        reply_to: mail.reply_to.clone(),
        subject: mail.subject.clone(),
        text,
        html,
    };
    Ok(match tokio::time::timeout(PATIENCE, house.postman().send(&outgoing)).await {
        Ok(Ok(accepted)) => {
            tracing::info!(mail.id = %mail.id, mail.template = %mail.template, answer = %accepted.0, "mail sent");
            Outcome::Sent
        }
        Ok(Err(SendError::Permanent(reason))) => {
            tracing::warn!(mail.id = %mail.id, mail.template = %mail.template, %reason, "mail bounced");
            Outcome::Bounced(reason)
        }
        Ok(Err(SendError::Temporary(reason))) => Outcome::NotYet(reason),
        Err(_) => Outcome::NotYet(format!("the mail server did not answer within {} s", PATIENCE.as_secs())),
    })
}

/// The installation's own sender, from its settings: `Fettle <no-reply@repairs.example.org>` or the bare address.
pub(super) fn sender(house: &House) -> Result<Sender> {
    let configured = &house.place().mail_from;
    let (name, address) = match configured.rsplit_once('<') {
        Some((name, address)) => (name.trim().trim_matches('"'), address.trim_end().trim_end_matches('>')),
        None => ("", configured.as_str()),
    };
    let address = EmailAddress::parse(address)
        .ok_or_else(|| Error::internal(anyhow::anyhow!("the sender of mails is not an e-mail address: {configured:?}")))?;
    Ok(Sender { name: if name.is_empty() { "Fettle".to_owned() } else { name.to_owned() }, address })
}

fn message_id(house: &House, id: MailId) -> Result<String> {
    let sender = sender(house)?;
    let domain = sender.address.as_str().rsplit_once('@').map_or("localhost", |(_, domain)| domain);
    Ok(format!("<{id}@{domain}>"))
}
