//! What tests stand on: a real Postgres database of their own, a clock that moves by hand, and actors.
//!
//! ```ignore
//! let app = TestApp::new().await;                    // a fresh database, cloned from one migrated template
//! let oak = app.org("Oak Homes").await;
//! let olive = oak.staff("Olive", Role::Coordinator).await;      // Cx<Staff>
//! let home = oak.home("14 Beech Grove", "LS11 6AB").await;      // property and unit
//! let tom = oak.tenant("Tom", &home).await;                     // Cx<Tenant>, with a tenancy
//! app.clock.forward(SignedDuration::from_hours(24));
//! app.run_jobs().await;                              // the worker's turn
//! assert_eq!(app.postman.sent().len(), 1);
//! ```
//!
//! The server of `TEST_DATABASE_URL` (a superuser's; `make test` starts one) holds the template. Each test's database is dropped when its
//! `TestApp` is; a database left by a killed run goes with the next `make test`.

mod clock;
mod database;
mod outside;

use std::sync::Arc;

use db::Db;
use domain::policy::{Audience, Role};
use domain::{ContactId, LoginId, MembershipId, OrgId, PropertyId, TenancyId, UnitId};
use services::auth::Visitor;
use services::house::{Clock as _, Keys, Outside, Place};
use services::{Cx, House, Staff, Tenant};
use sqlx::PgPool;
use uuid::Uuid;

pub use clock::HandClock;
pub use database::TestDatabase;
pub use outside::{MemoryStore, TestPostman};

/// An installation with a database of its own.
pub struct TestApp {
    pub house: House,
    pub clock: Arc<HandClock>,
    /// Where mails go: `app.postman.sent()`.
    pub postman: Arc<TestPostman>,
    /// Where files go.
    pub files: Arc<MemoryStore>,
    pub database: TestDatabase,
}

impl TestApp {
    /// Friday 20 November 2026, 10:00 in London, unless the test says otherwise.
    pub async fn new() -> Self {
        Self::with(TestDatabase::fresh().await)
    }

    /// On a server of the test's own, which it may stop.
    pub async fn on(server: sqlx::postgres::PgConnectOptions) -> Self {
        Self::with(TestDatabase::on(server).await)
    }

    fn with(database: TestDatabase) -> Self {
        let clock = Arc::new(HandClock::at("2026-11-20T10:00:00Z"));
        let db = Db::connect(database.app_options(), 8);
        let place = Place { base_url: "http://localhost:3000".into(), is_dev: true, mail_from: "Fettle <no-reply@fettle.example>".into() };
        let (postman, files) = (Arc::new(TestPostman::default()), Arc::new(MemoryStore::default()));
        let outside = Outside { postman: postman.clone(), files: files.clone() };
        let house = House::new(db, clock.clone(), Keys::new([42; 32]), place, outside);
        Self { house, clock, postman, files, database }
    }

    /// Works everything that is due by the test's clock, one job after the other, with what they enqueue in turn.
    pub async fn run_jobs(&self) -> jobs::Ran {
        let registry = services::background::registry(&self.house).expect("every job's name is its own");
        jobs::run_pending(self.house.db(), &registry, self.clock.now()).await.expect("the queue is there")
    }

    /// A superuser's pool, for arranging and for looking behind the walls. Never what is tested.
    pub fn behind(&self) -> &PgPool {
        self.database.superuser()
    }

    pub async fn org(&self, name: &str) -> TestOrg<'_> {
        let id: OrgId = self.house.new_id();
        let slug: String = name.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        let slug = format!("{slug}-{}", &id.to_string()[24..]);
        self.run(
            "with o as (insert into organisations (id, name, slug, created_at, updated_at) values ($1, $2, $3, now(), now()) returning id)
             insert into org_heads (org_id) select id from o",
            |q| q.bind(id.uuid()).bind(name.to_owned()).bind(slug.clone()),
        )
        .await;
        TestOrg { app: self, id, slug }
    }

    async fn run<'q>(&self, sql: &'static str, bind: impl FnOnce(Query<'q>) -> Query<'q>) {
        bind(sqlx::query(sql)).execute(self.behind()).await.expect(sql);
    }
}

type Query<'q> = sqlx::query::Query<'q, sqlx::Postgres, sqlx::postgres::PgArguments>;

/// An organisation of a test.
pub struct TestOrg<'a> {
    pub app: &'a TestApp,
    pub id: OrgId,
    pub slug: String,
}

/// A let home: a property with one unit.
#[derive(Clone, Copy, Debug)]
pub struct Home {
    pub property: PropertyId,
    pub unit: UnitId,
}

impl TestOrg<'_> {
    /// A member of staff, already signed in.
    pub async fn staff(&self, name: &str, role: Role) -> Cx<Staff> {
        assert_eq!(role.audience(), Audience::Staff);
        self.member(name, role, None).await.staff().expect("staff")
    }

    /// A property with one unit, `Whole house`, in England, social rent.
    pub async fn home(&self, line1: &str, postcode: &str) -> Home {
        let home = Home { property: self.app.house.new_id(), unit: self.app.house.new_id() };
        self.app
            .run(
                "with p as (
                   insert into properties (org_id, id, kind, line1, city, postcode, country, tenure, landlord_kind, created_at, updated_at)
                   values ($1, $2, 'house', $4, 'Leeds', $5, 'england', 'social_rent', 'housing_association', now(), now()) returning org_id, id)
                 insert into units (org_id, id, property_id, label, created_at, updated_at) select org_id, $3, id, 'Whole house', now(), now() from p",
                |q| q.bind(self.id.uuid()).bind(home.property.uuid()).bind(home.unit.uuid()).bind(line1.to_owned()).bind(postcode.to_owned()),
            )
            .await;
        home
    }

    /// Another unit of the same property.
    pub async fn unit(&self, property: PropertyId, label: &str) -> Home {
        let home = Home { property, unit: self.app.house.new_id() };
        self.app
            .run("insert into units (org_id, id, property_id, label, created_at, updated_at) values ($1, $2, $3, $4, now(), now())", |q| {
                q.bind(self.id.uuid()).bind(home.unit.uuid()).bind(property.uuid()).bind(label.to_owned())
            })
            .await;
        home
    }

    /// A contact, with an e-mail made of the name.
    pub async fn contact(&self, name: &str, kind: &str) -> ContactId {
        let id: ContactId = self.app.house.new_id();
        self.app
            .run(
                "insert into contacts (org_id, id, kind, name, email, created_at, updated_at) values ($1, $2, $3, $4, $5, now(), now())",
                |q| q.bind(self.id.uuid()).bind(id.uuid()).bind(kind.to_owned()).bind(name.to_owned()).bind(email_of(name)),
            )
            .await;
        id
    }

    /// A tenant of `home` since 1 January 2025, already signed in.
    pub async fn tenant(&self, name: &str, home: &Home) -> Cx<Tenant> {
        let contact = self.contact(name, "tenant").await;
        self.tenancy(home, contact, "2025-01-01", None).await;
        self.member(name, Role::Tenant, Some(contact)).await.tenant().expect("a tenant")
    }

    /// A tenancy of `home` between dates (`YYYY-MM-DD`); where somebody has the home for some of them already, `contact` joins that tenancy.
    pub async fn tenancy(&self, home: &Home, contact: ContactId, start: &str, end: Option<&str>) -> TenancyId {
        let joined: Option<Uuid> = sqlx::query_scalar(
            "select id from tenancies where unit_id = $1 and deleted_at is null
               and daterange(start_on, end_on, '[]') && daterange($2::text::date, $3::text::date, '[]')",
        )
        .bind(home.unit.uuid())
        .bind(start)
        .bind(end)
        .fetch_optional(self.app.behind())
        .await
        .expect("an answer");
        let id = joined.map_or_else(|| self.app.house.new_id(), TenancyId);
        if joined.is_none() {
            self.app
                .run(
                    "insert into tenancies (org_id, id, unit_id, start_on, end_on, created_at, updated_at) values ($1, $2, $3, $4::text::date, $5::text::date, now(), now())",
                    |q| q.bind(self.id.uuid()).bind(id.uuid()).bind(home.unit.uuid()).bind(start.to_owned()).bind(end.map(ToOwned::to_owned)),
                )
                .await;
        }
        self.app
            .run("insert into tenancy_tenants (org_id, tenancy_id, contact_id, is_lead) values ($1, $2, $3, $4)", |q| {
                q.bind(self.id.uuid()).bind(id.uuid()).bind(contact.uuid()).bind(joined.is_none())
            })
            .await;
        id
    }

    /// Anybody, signed in through a real session.
    pub async fn member(&self, name: &str, role: Role, contact: Option<ContactId>) -> Visitor {
        let token = self.session(name, role, contact).await;
        services::auth::sessions::resolve(&self.app.house, &token, services::Request::default()).await.expect("a live session").visitor
    }

    /// A new member's session token, as their browser keeps it.
    pub async fn session(&self, name: &str, role: Role, contact: Option<ContactId>) -> String {
        let (login, membership): (LoginId, MembershipId) = (self.app.house.new_id(), self.app.house.new_id());
        let email = email_of(&format!("{name} {}", &login.to_string()[24..]));
        self.app
            .run(
                "with l as (insert into auth.logins (id, email, email_verified_at, created_at, updated_at) values ($1, $2, now(), now(), now()) returning id)
                 insert into memberships (org_id, id, login_id, role, contact_id, name, email, created_at, updated_at)
                 select $3, $4, l.id, $5, $6, $7, $2, now(), now() from l",
                |q| {
                    q.bind(login.uuid())
                        .bind(email)
                        .bind(self.id.uuid())
                        .bind(membership.uuid())
                        .bind(role.as_str())
                        .bind(contact.map(Uuid::from))
                        .bind(name.to_owned())
                },
            )
            .await;
        let token = services::auth::sessions::open_for_tests(&self.app.house, login, self.id, membership).await.expect("a session");
        token.secret().to_owned()
    }
}

fn email_of(name: &str) -> String {
    format!("{}@example.com", name.to_lowercase().replace(' ', "."))
}
