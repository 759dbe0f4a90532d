//! Demo data and data to measure with.
//!
//! Verbs: [`demo`] makes two organisations that look real, with a year of repairs up to this morning; [`logins`] says how to get in;
//! [`scale`] makes any number of tickets fast. Used by `fettle seed` and `fettle demo`, never by a page.
//!
//! Promises: the same clock gives the same organisations (the dice are seeded); a second run changes nothing; everything is written by the
//! app's own login inside each organisation, and told through `app.record` in the order of time, so that the audit chain is whole. Telephone
//! numbers are those Ofcom keeps for drama and mail domains those of RFC 2606: nobody real is written to.
//!
//! `leeds.json` and `bristol.json` hold the organisations, `stories.json` what tenants wrote and how it ended; `estate` makes people and
//! homes of the first, `lives` leads each story through the ticket's states, `photos` paints what went wrong.

mod dice;
mod estate;
mod lives;
mod photos;
mod scale;
mod source;
mod sql;

use domain::policy::{Act, Role};
use domain::{LoginId, OrgId};

pub use scale::{Scaled, scale};

use crate::{Cx, Error, House, Result, System};
use dice::Dice;
use estate::World;
use source::Firm;

/// The password of every demo login. Long enough for the rules, and printed: there is nothing to protect.
pub const PASSWORD: &str = "demo-fettle-2026";

/// What a run of [`demo`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seeded {
    Planted { organisations: usize, properties: usize, tickets: usize, events: usize },
    AlreadyThere,
}

impl std::fmt::Display for Seeded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Planted { organisations, properties, tickets, events } => {
                write!(f, "Demo data: {organisations} organisations, {properties} properties, {tickets} tickets, {events} events.")
            }
            Self::AlreadyThere => f.write_str("The demo data is already there."),
        }
    }
}

/// A way into the demo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoLogin {
    pub role: Role,
    pub name: String,
    pub organisation: String,
    pub email: String,
    pub password: &'static str,
    /// Where this person's day begins.
    pub path: &'static str,
}

/// Makes the demo's organisations, or finishes making them when an earlier run was cut off.
///
/// # Errors
/// `Unavailable` when Postgres or the file store is away; an organisation is then made whole by the next run.
pub async fn demo(house: &House) -> Result<Seeded> {
    let (mut organisations, mut properties, mut tickets, mut events) = (0, 0, 0, 0);
    let password_hash = hash(PASSWORD).await?;
    for firm in source::firms()? {
        let found = sql::organisation(house, &firm.slug).await?;
        if found.is_some_and(|o| o.has_history) {
            continue;
        }
        let mut dice = Dice::seeded(&firm.slug);
        let org = found.map_or_else(|| dice.id(house.now()), |o| o.id);
        let logins = open_doors(house, firm, org, &password_hash, &mut dice).await?;
        let world = World::build(house, firm, org, &logins, &mut dice)?;
        let year = lives::year(&world, house.now(), &mut dice)?;
        let photos = photos::hang(house, &world, &year, &mut dice).await?;
        let cx = Cx::<System>::system(house, org, "demo data");
        let mut tx = cx.begin(Act::DoBackgroundWork).await?;
        sql::insert_world(&mut tx, &world.rows).await?;
        sql::insert_year(&mut tx, &year.tickets, &year.followers, &year.reads, &photos).await?;
        let mut history = world.history;
        history.extend(year.history);
        sql::record_history(&mut tx, &mut history).await?;
        tx.commit().await?;
        organisations += 1;
        properties += world.rows.properties.len();
        tickets += year.tickets.len();
        events += history.len();
    }
    Ok(if organisations == 0 { Seeded::AlreadyThere } else { Seeded::Planted { organisations, properties, tickets, events } })
}

/// An organisation by its slug, for those who seed at [`scale`].
///
/// # Errors
/// `Unavailable` when Postgres is away.
pub async fn organisation(house: &House, slug: &str) -> Result<Option<OrgId>> {
    Ok(sql::organisation(house, slug).await?.map(|o| o.id))
}

/// The slug of the demo's first organisation.
///
/// # Errors
/// Never but for a mistake in the demo's own files.
pub fn first_slug() -> Result<String> {
    source::firms()?
        .into_iter()
        .next()
        .map(|firm| firm.slug.clone())
        .ok_or_else(|| Error::internal(anyhow::anyhow!("the demo has no organisation")))
}

/// One login per role of the first organisation, and the second's administrator.
///
/// # Errors
/// Never but for a mistake in the demo's own files.
pub fn logins() -> Result<Vec<DemoLogin>> {
    let mut logins = Vec::new();
    for (nth, firm) in source::firms()?.into_iter().enumerate() {
        let login = |role: Role, name: &str, email: String| DemoLogin {
            role,
            name: name.to_owned(),
            organisation: firm.name.clone(),
            email,
            password: PASSWORD,
            path: match role {
                Role::Tenant => "/repairs",
                Role::Contractor => "/work",
                _ => "/staff",
            },
        };
        for role in Role::STAFF {
            if let Some(person) = firm.staff.iter().find(|p| p.role == role) {
                logins.push(login(role, &person.name, firm.staff_email(&person.name)));
            }
            if nth > 0 {
                break;
            }
        }
        if nth == 0 {
            logins.extend(firm.contractors.iter().find(|c| c.login && !c.in_house).map(|c| login(Role::Contractor, &c.name, c.email())));
            logins.extend(firm.households.first().map(|name| login(Role::Tenant, name, source::private_email(name))));
        }
    }
    Ok(logins)
}

/// The organisation's row and the logins of its people, by e-mail: what exists before anybody can be inside it.
async fn open_doors(house: &House, firm: &Firm, org: OrgId, password_hash: &str, dice: &mut Dice) -> Result<Vec<(String, LoginId)>> {
    let mut tx = db::AuthTx::begin(house.db(), db::ActorRecord::default(), house.now()).await?;
    tx.enter(org).await?;
    let opened_at = estate::opened_at(house.now())?;
    sql::insert_organisation(&mut tx, org, firm, opened_at).await?;
    let wanted: Vec<(String, LoginId)> = firm.emails_with_login().into_iter().map(|email| (email, dice.id(opened_at))).collect();
    let logins = sql::insert_logins(&mut tx, &wanted, password_hash, opened_at).await?;
    tx.commit().await?;
    Ok(logins)
}

/// Argon2id as log-in expects it, once for all.
async fn hash(password: &'static str) -> Result<String> {
    use argon2::password_hash::{PasswordHasher as _, phc::PasswordHash};
    let salt: [u8; 16] = crate::house::random();
    let hashed = tokio::task::spawn_blocking(move || -> Result<PasswordHash> {
        argon2::Argon2::default()
            .hash_password_with_salt(password.as_bytes(), &salt)
            .map_err(|e| Error::internal(anyhow::anyhow!("hashing: {e}")))
    });
    Ok(hashed.await.map_err(Error::internal)??.to_string())
}
