//! The mails of this room. Each carries a way in, or news about one, so all travel as secrets.

use std::future::Future;
use std::time::Duration;

use db::{AuthTx, Transactional as _};
use domain::policy::Role;
use domain::values::EmailAddress;
use serde_json::{Value, json};

use crate::mail::{SecretMail, Template, email, send_secret_later};
use crate::{House, Result};

static VERIFY: Template = email!("verify");
static RESET: Template = email!("reset");
static MAGIC: Template = email!("magic");
static INVITE: Template = email!("invite");
static CHANGED: Template = email!("account_changed");

/// What is to be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AuthMail {
    Verify {
        name: String,
        link: String,
    },
    Reset {
        link: String,
    },
    Magic {
        link: String,
    },
    Invite {
        name: String,
        by: String,
        org_name: String,
        role: Role,
        link: String,
    },
    /// Something about the account changed; `link` is what to do if it was somebody else.
    Changed {
        what: &'static str,
        link: String,
    },
}

impl AuthMail {
    fn parts(self) -> (&'static Template, Value) {
        match self {
            Self::Verify { name, link } => (&VERIFY, json!({ "name": name, "link": link })),
            Self::Reset { link } => (&RESET, json!({ "link": link })),
            Self::Magic { link } => (&MAGIC, json!({ "link": link })),
            Self::Invite { name, by, org_name, role, link } => {
                let purpose = match role {
                    Role::Tenant => "report repairs and follow them",
                    Role::Contractor => "receive and answer work orders",
                    _ => "work with the team on repairs",
                };
                (&INVITE, json!({ "name": name, "by": by, "org_name": org_name, "purpose": purpose, "link": link }))
            }
            Self::Changed { what, link } => (&CHANGED, json!({ "what": what, "link": link })),
        }
    }
}

/// Writes a mail with its cause. It speaks for the organisation the transaction has entered, or for the installation.
pub(super) async fn send(tx: &mut AuthTx, house: &House, to: &EmailAddress, mail: AuthMail) -> Result<()> {
    let (template, context) = mail.parts();
    let org = tx.org();
    send_secret_later(house, tx, SecretMail { template, to, lang: "en-GB", org, context }).await?;
    Ok(())
}

/// Answers no sooner than after a third of a second, so that the time does not tell whether there was anything to do.
pub(super) async fn at_least<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let floor = tokio::time::sleep(Duration::from_millis(300));
    let answer = work.await;
    floor.await;
    answer
}
