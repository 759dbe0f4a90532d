use db::SystemTx;
use domain::MailId;
use domain::policy::Act;
use jiff::Timestamp;

use super::now::{begin_auth, open};
use super::sql::{self, KeptRow, Words};
use crate::{Cx, Error, House, Result};

/// A mail as the development inbox shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptMail {
    pub id: MailId,
    pub template: String,
    pub to: String,
    pub from: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub status: String,
    pub at: Timestamp,
}

/// The latest mails of the whole installation, newest first, links included.
///
/// Not found unless this is a demo or a development machine *and* no mail leaves it: this page shows everybody's way in.
pub async fn inbox(house: &House, limit: u16) -> Result<Vec<KeptMail>> {
    if !house.place().is_dev || !house.postman().keeps() {
        return Err(Error::NotFound);
    }
    let limit = i64::from(limit);
    let mut rows = sql::recent_secrets(&mut begin_auth(house).await?, limit).await?;
    let mut across = SystemTx::because(house.db(), "development inbox", house.now()).await?;
    let organisations = sql::organisations(across.conn()).await?;
    drop(across);
    for org in organisations {
        let mut tx = Cx::system(house, org, "development inbox").begin(Act::DoBackgroundWork).await?;
        rows.extend(sql::recent(&mut tx, limit).await?);
        tx.done().await?;
    }
    rows.sort_by_key(|row| std::cmp::Reverse((row.at, row.id)));
    rows.truncate(usize::try_from(limit).unwrap_or(0));
    rows.into_iter().map(|row| show(house, row)).collect()
}

fn show(house: &House, row: KeptRow) -> Result<KeptMail> {
    let (text, html) = match row.words {
        Words::Plain { text, html } => (text, html),
        Words::Sealed(Some(sealed)) => open(house, &sealed)?,
        Words::Sealed(None) => ("Its words were wiped when it left.".to_owned(), String::new()),
    };
    Ok(KeptMail {
        id: row.id,
        template: row.template,
        to: row.to,
        from: row.from_name,
        subject: row.subject,
        text,
        html,
        status: row.status,
        at: row.at,
    })
}
