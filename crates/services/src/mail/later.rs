use db::{AuthTx, OrgTx};
use domain::values::EmailAddress;
use domain::{MailId, OrgId, TicketId};
use jobs::Enqueue as _;
use serde::Serialize;

use super::template::Brand;
use super::{SendMail, SendSecretMail, Template, sql};
use crate::{House, Result, house::random};

/// A mail to be written.
#[derive(Clone, Copy, Debug)]
pub struct Mail<'a, C> {
    pub template: &'static Template,
    pub to: &'a EmailAddress,
    /// A language tag, `en-GB`.
    pub lang: &'a str,
    /// The repair it is about, so that its timeline and evidence show the mail.
    pub ticket: Option<TicketId>,
    /// What the template's files name. `organisation`, `lang` and `subject` are always there.
    pub context: C,
}

/// Writes the mail now and has it sent once `tx` has committed.
///
/// Never with a link that lets somebody in: those go through [`send_secret_later`].
pub async fn send_later<C: Serialize + Sync>(tx: &mut OrgTx, mail: Mail<'_, C>) -> Result<MailId> {
    let org = tx.org();
    let brand = sql::brand(tx.conn(), org).await?;
    let words = mail.template.render(&brand, mail.lang, &mail.context)?;
    let id = MailId(domain::uuid_v7(tx.now(), random()));
    sql::insert(tx, id, mail.template.name, mail.lang, mail.ticket, mail.to, &brand, &words).await?;
    tx.enqueue(&SendMail { mail_id: id }).await?;
    Ok(id)
}

/// As [`send_later`], for a mail that carries a link (`auth::links`): encrypted until it is sent, then wiped. The subject is not encrypted and
/// must not hold the secret.
pub async fn send_link_later<C: Serialize + Sync>(house: &House, tx: &mut OrgTx, mail: Mail<'_, C>) -> Result<MailId> {
    let org = tx.org();
    let brand = sql::brand(tx.conn(), org).await?;
    let words = mail.template.render(&brand, mail.lang, &mail.context)?;
    let id = MailId(domain::uuid_v7(tx.now(), random()));
    let sealed = seal(house, &words)?;
    sql::keep_link(tx, id, mail.template.name, mail.lang, mail.to, &brand, &words.subject, &sealed).await?;
    tx.enqueue(&SendSecretMail { mail_id: id }).await?;
    Ok(id)
}

fn seal(house: &House, words: &super::Rendered) -> Result<Vec<u8>> {
    house.keys().seal(super::now::SECRET_BODY, &serde_json::to_vec(&(&words.text, &words.html)).map_err(crate::Error::internal)?)
}

/// A mail that carries a way in.
#[derive(Clone, Copy, Debug)]
pub struct SecretMail<'a, C> {
    pub template: &'static Template,
    pub to: &'a EmailAddress,
    pub lang: &'a str,
    /// The organisation in whose name it is sent, where one is known. `tx` must have entered it.
    pub org: Option<OrgId>,
    pub context: C,
}

/// As [`send_later`], for links to log in, resets, invitations and codes: encrypted until it is sent, then wiped. The subject is not
/// encrypted and must not hold the secret.
pub async fn send_secret_later<C: Serialize + Sync>(house: &House, tx: &mut AuthTx, mail: SecretMail<'_, C>) -> Result<MailId> {
    let brand = match mail.org {
        Some(org) => sql::brand(tx.conn(), org).await?,
        None => Brand::installation(&super::now::sender(house)?.name),
    };
    let words = mail.template.render(&brand, mail.lang, &mail.context)?;
    let id = MailId(domain::uuid_v7(tx.now(), random()));
    let sealed = seal(house, &words)?;
    sql::insert_secret(tx, id, mail.org, mail.template.name, mail.lang, mail.to, &brand, &words.subject, &sealed).await?;
    tx.enqueue(&SendSecretMail { mail_id: id }).await?;
    Ok(id)
}
