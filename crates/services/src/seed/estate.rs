//! The people and homes of one organisation, made of its file.

use db::ActorRecord;
use domain::events::Event;
use domain::faults::{Category, Trade};
use domain::people::ContactKind;
use domain::policy::Role;
use domain::{ContactId, LoginId, MembershipId, OrgId, PropertyId, TenancyId, UnitId};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use serde_json::{Value, json};

use super::dice::Dice;
use super::source::{self, Firm};
use super::sql::Happening;
use crate::{Error, House, Result};

/// How long ago the organisation began to work with us: somewhat more than the year that is told.
const OPEN_FOR_DAYS: i64 = 400;

pub(super) fn opened_at(now: Timestamp) -> Result<Timestamp> {
    now.checked_sub(SignedDuration::from_hours(24 * OPEN_FOR_DAYS)).map_err(Error::internal)
}

/// Rows as their tables' columns are named.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) contacts: Vec<Value>,
    pub(super) consents: Vec<Value>,
    pub(super) memberships: Vec<Value>,
    pub(super) profiles: Vec<Value>,
    pub(super) properties: Vec<Value>,
    pub(super) units: Vec<Value>,
    pub(super) tenancies: Vec<Value>,
    pub(super) tenants: Vec<Value>,
    pub(super) owners: Vec<Value>,
    pub(super) views: Vec<Value>,
}

#[derive(Clone, Debug)]
pub(super) struct Colleague {
    pub(super) membership: MembershipId,
    pub(super) name: String,
    pub(super) role: Role,
}

impl Colleague {
    pub(super) fn actor(&self) -> ActorRecord {
        ActorRecord { kind: "staff", membership: Some(self.membership), name: Some(self.name.clone()), ..ActorRecord::default() }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Company {
    pub(super) name: String,
    pub(super) trades: Vec<Trade>,
}

#[derive(Clone, Debug)]
pub(super) struct Renter {
    pub(super) contact: ContactId,
    pub(super) membership: Option<MembershipId>,
    pub(super) name: String,
    pub(super) phone: String,
}

impl Renter {
    pub(super) fn actor(&self) -> ActorRecord {
        ActorRecord {
            kind: "tenant",
            membership: self.membership,
            contact: Some(self.contact),
            name: Some(self.name.clone()),
            ..ActorRecord::default()
        }
    }
}

/// A home and who has lived in it within the year.
#[derive(Clone, Debug)]
pub(super) struct Dwelling {
    pub(super) property: PropertyId,
    pub(super) unit: UnitId,
    pub(super) label: String,
    pub(super) address: Vec<String>,
    pub(super) postcode: String,
    pub(super) is_flat: bool,
    pub(super) has_gas: bool,
    pub(super) block: Option<usize>,
    pub(super) lettings: Vec<Letting>,
}

#[derive(Clone, Debug)]
pub(super) struct Letting {
    pub(super) tenancy: TenancyId,
    pub(super) from: Date,
    pub(super) until: Option<Date>,
    pub(super) household: Vec<Renter>,
}

impl Dwelling {
    pub(super) fn let_on(&self, day: Date) -> Option<&Letting> {
        self.lettings.iter().find(|l| l.from <= day && l.until.is_none_or(|u| u >= day))
    }
}

pub(super) struct World<'f> {
    pub(super) firm: &'f Firm,
    pub(super) org: OrgId,
    pub(super) staff: Vec<Colleague>,
    pub(super) companies: Vec<Company>,
    pub(super) dwellings: Vec<Dwelling>,
    pub(super) rows: Rows,
    pub(super) history: Vec<Happening>,
}

struct Builder<'f, 'd> {
    world: World<'f>,
    dice: &'d mut Dice,
    house: House,
    logins: &'f [(String, LoginId)],
    opened_at: Timestamp,
    today: Date,
    numbers: i64,
}

impl<'f> World<'f> {
    pub(super) fn build(house: &House, firm: &'f Firm, org: OrgId, logins: &'f [(String, LoginId)], dice: &mut Dice) -> Result<Self> {
        let opened_at = opened_at(house.now())?;
        let world =
            Self { firm, org, staff: Vec::new(), companies: Vec::new(), dwellings: Vec::new(), rows: Rows::default(), history: Vec::new() };
        let today = domain::time::london(house.now()).date();
        let mut builder = Builder { world, dice, house: house.clone(), logins, opened_at, today, numbers: 0 };
        builder.staff()?;
        builder.contractors()?;
        builder.homes()?;
        builder.owners();
        builder.people()?;
        builder.views();
        builder.told()?;
        Ok(builder.world)
    }
}

impl Builder<'_, '_> {
    fn staff(&mut self) -> Result<()> {
        let firm = self.world.firm;
        for person in &firm.staff {
            let email = firm.staff_email(&person.name);
            let membership = self.membership(&email, person.role, None, &person.name, Some(&person.title))?;
            self.world.staff.push(Colleague { membership, name: person.name.clone(), role: person.role });
        }
        Ok(())
    }

    fn contractors(&mut self) -> Result<()> {
        let firm = self.world.firm;
        let areas: Vec<&str> = firm.homes.iter().filter_map(|h| h.2.split(' ').next()).collect();
        for company in &firm.contractors {
            let phone = self.landline();
            let contact = self.contact(ContactKind::Contractor, &company.name, Some(&company.email()), &phone, Some(&company.company));
            let mut categories: Vec<&str> = company.trades.iter().flat_map(|t| categories_of(*t)).map(|c| c.as_str()).collect();
            categories.sort_unstable();
            categories.dedup();
            let mut postcode_areas = areas.clone();
            postcode_areas.sort_unstable();
            postcode_areas.dedup();
            let licences: Vec<Value> =
                company.licences.iter().map(|(scheme, number)| json!({ "scheme": scheme, "number": number })).collect();
            let id: uuid::Uuid = self.dice.id(self.opened_at);
            let trades: Vec<&str> = company.trades.iter().map(|t| t.as_str()).collect();
            self.world.rows.profiles.push(json!({
                "org_id": self.world.org, "id": id, "contact_id": contact, "trade_licences": licences, "service_categories": categories,
                "trades": trades, "postcode_areas": postcode_areas, "rating": company.rating, "status": "active", "out_of_hours": company.out_of_hours,
                "in_house": company.in_house, "vat_registered": !company.in_house, "created_at": self.opened_at, "updated_at": self.opened_at,
            }));
            if company.login {
                self.membership(&company.email(), Role::Contractor, Some(contact), &company.name, None)?;
            }
            self.world.companies.push(Company { name: company.company.clone(), trades: company.trades.clone() });
        }
        Ok(())
    }

    fn homes(&mut self) -> Result<()> {
        let firm = self.world.firm;
        for (nth, block) in firm.blocks.iter().enumerate() {
            let mut row = self.property("block", &block.line1, &block.postcode, block.built, block.storeys, block.gas);
            let property = row.id;
            row.set("name", &block.name);
            row.set("warnings", &block.warnings);
            row.set("access_notes", &block.access);
            row.set("smoke_alarms", block.flats + block.storeys);
            self.seal_code(&mut row, block.code.as_deref())?;
            self.world.rows.properties.push(row.value);
            for flat in 1..=block.flats {
                let bedrooms = 1 + flat % 2;
                let label = format!("Flat {flat}");
                let floor = (flat - 1) * block.storeys / block.flats;
                let lines = vec![label.clone(), block.name.clone(), block.line1.clone(), firm.city.clone()];
                self.unit(property, &label, Some(floor), bedrooms, lines, &block.postcode, true, block.gas, Some(nth));
            }
        }
        for hmo in &firm.hmos {
            let mut row = self.property("hmo", &hmo.line1, &hmo.postcode, hmo.built, hmo.storeys, true);
            let property = row.id;
            row.set("access_notes", &hmo.access);
            row.set("smoke_alarms", hmo.rooms + 3);
            self.seal_code(&mut row, hmo.code.as_deref())?;
            self.world.rows.properties.push(row.value);
            for room in 1..=hmo.rooms {
                let label = format!("Room {room}");
                let lines = vec![label.clone(), hmo.line1.clone(), firm.city.clone()];
                self.unit(property, &label, Some(room / 2), 1, lines, &hmo.postcode, true, true, None);
            }
        }
        for home in &firm.homes {
            let is_flat = home.0 == domain::estate::PropertyKind::Flat;
            let storeys = if is_flat {
                4
            } else if home.0 == domain::estate::PropertyKind::Bungalow {
                1
            } else {
                2
            };
            let row = self.property(home.0.as_str(), &home.1, &home.2, home.4, storeys, true);
            let property = row.id;
            self.world.rows.properties.push(row.value);
            let label = format!("Whole {}", home.0.as_str());
            let lines = vec![label.clone(), home.1.clone(), firm.city.clone()];
            self.unit(property, &label, None, home.3, lines, &home.2, is_flat, true, None);
        }
        Ok(())
    }

    /// Owners by turns, where the landlord is not the organisation itself.
    fn owners(&mut self) {
        let firm = self.world.firm;
        if firm.owners.is_empty() {
            return;
        }
        let mut owners = Vec::new();
        for owner in &firm.owners {
            let phone = self.mobile();
            owners
                .push((self.contact(ContactKind::Owner, &owner.name, Some(&source::private_email(&owner.name)), &phone, None), owner.ask));
        }
        let properties: Vec<Value> = self.world.rows.properties.iter().filter_map(|p| p.get("id").cloned()).collect();
        for (property, (contact, ask)) in properties.into_iter().zip(owners.into_iter().cycle()) {
            let id: uuid::Uuid = self.dice.id(self.opened_at);
            let limit =
                if ask { Some(0) } else { [None, Some(25_000), Some(40_000)].get(usize::from(self.dice.percent(60))).copied().flatten() };
            self.world.rows.owners.push(json!({
                "org_id": self.world.org, "id": id, "property_id": property, "contact_id": contact, "ownership_percentage": 100,
                "spend_limit_pence": limit, "ask_before_spending": ask, "created_at": self.opened_at,
            }));
        }
    }

    /// Households into homes; some came within the year, after somebody who left.
    fn people(&mut self) -> Result<()> {
        let firm = self.world.firm;
        let mut former = firm.former.iter();
        let every = firm.households.len() / (firm.former.len() + 1);
        let mut dwellings = std::mem::take(&mut self.world.dwellings);
        // Empty homes are not all at the end of the list: one in twelve is passed over.
        let empty = dwellings.len() - firm.households.len();
        let mut free: Vec<usize> = (0..dwellings.len()).collect();
        for gone in 0..empty {
            free.remove((gone * 9 + 5).min(free.len().saturating_sub(1)));
        }
        for (nth, (household, at)) in firm.households.iter().zip(free).enumerate() {
            let Some(dwelling) = dwellings.get_mut(at) else { break };
            let newcomers = nth % every == every - 1;
            let is_room = dwelling.label.starts_with("Room");
            let days = if newcomers { self.dice.between(60, 240) } else { self.dice.between(420, 4_200) };
            let from = self.today.checked_sub(days.days()).map_err(Error::internal)?;
            let before = if newcomers { former.next() } else { None };
            if let Some(name) = before {
                let left = from.checked_sub(self.dice.between(9, 40).days()).map_err(Error::internal)?;
                let came = left.checked_sub(self.dice.between(500, 2_000).days()).map_err(Error::internal)?;
                let gone = self.household(name, None)?;
                dwelling.lettings.push(self.letting(dwelling.unit, is_room, came, Some(left), gone));
            }
            let people = self.household(household, Some(nth))?;
            dwelling.lettings.push(self.letting(dwelling.unit, is_room, from, None, people));
        }
        for dwelling in &dwellings {
            let status = if dwelling.let_on(self.today).is_some() { "let" } else { "void" };
            if let Some(row) =
                self.world.rows.units.iter_mut().find(|u| u.get("id") == Some(&json!(dwelling.unit))).and_then(Value::as_object_mut)
            {
                row.insert("status".into(), json!(status));
            }
        }
        self.world.dwellings = dwellings;
        Ok(())
    }

    /// `nth` is none for people who left: they have neither login nor e-mail on file any more.
    fn household(&mut self, names: &str, nth: Option<usize>) -> Result<Vec<Renter>> {
        let mut people = Vec::new();
        for (place, name) in names.split(" & ").enumerate() {
            let has_email = nth.is_some_and(|n| !source::has_no_email(n));
            let email = has_email.then(|| source::private_email(name));
            let phone = self.mobile();
            let contact = self.contact(ContactKind::Tenant, name, email.as_deref(), &phone, None);
            let has_login = has_email && place == 0 && nth.is_some_and(source::lead_has_login);
            let membership = match &email {
                Some(email) if has_login => Some(self.membership(email, Role::Tenant, Some(contact), name, None)?),
                _ => None,
            };
            people.push(Renter { contact, membership, name: name.to_owned(), phone });
        }
        Ok(people)
    }

    fn letting(&mut self, unit: UnitId, is_room: bool, from: Date, until: Option<Date>, household: Vec<Renter>) -> Letting {
        let tenancy: TenancyId = self.dice.id(self.opened_at);
        let is_private = self.world.firm.landlord == domain::estate::LandlordKind::Agent;
        let rent = 100
            * match (is_private, is_room) {
                (true, false) => self.dice.between(1_050, 1_950),
                (true, true) => self.dice.between(560, 720),
                (false, _) => self.dice.between(398, 612),
            };
        let org = self.world.org;
        self.world.rows.tenancies.push(json!({
            "org_id": org, "id": tenancy, "unit_id": unit, "reference": format!("T-{}", 1001 + self.world.rows.tenancies.len()),
            "status": if until.is_some() { "ended" } else { "active" }, "start_on": from, "end_on": until, "rent_pence": rent,
            // Five weeks' rent at most (Tenant Fees Act 2019).
            "deposit_pence": is_private.then_some(rent * 12 / 52 * 5), "created_at": self.opened_at, "updated_at": self.opened_at,
        }));
        for (place, renter) in household.iter().enumerate() {
            self.world
                .rows
                .tenants
                .push(json!({ "org_id": org, "tenancy_id": tenancy, "contact_id": renter.contact, "is_lead": place == 0 }));
        }
        Letting { tenancy, from, until, household }
    }

    fn views(&mut self) {
        let coordinators: Vec<MembershipId> =
            self.world.staff.iter().filter(|c| c.role == Role::Coordinator).map(|c| c.membership).collect();
        for membership in coordinators {
            for (name, query) in [("Emergencies", "status=OPEN&priority=EMERGENCY"), ("Damp and mould", "status=OPEN&category=DAMP_MOULD")]
            {
                let id: uuid::Uuid = self.dice.id(self.opened_at);
                self.world.rows.views.push(json!({
                    "org_id": self.world.org, "id": id, "membership_id": membership, "name": name, "query": query, "created_at": self.opened_at,
                }));
            }
        }
    }

    /// The first days: the organisation, its team, its homes.
    fn told(&mut self) -> Result<()> {
        let Some(admin) = self.world.staff.first().cloned() else { return Err(Error::internal(anyhow::anyhow!("the demo has no staff"))) };
        let mut at = self.opened_at;
        let created = Event::new("organisation:created", "organisation", self.world.org)
            .audit_only()
            .created(json!({ "name": self.world.firm.name }));
        self.world.history.push(Happening { at, actor: admin.actor(), event: created });
        let rows = &self.world.rows;
        let lines = [
            ("membership:invited", "membership", &rows.memberships),
            ("property:created", "property", &rows.properties),
            ("tenancy:created", "tenancy", &rows.tenancies),
        ];
        for (kind, entity, rows) in lines {
            for row in rows {
                let Some(id) = row.get("id").and_then(Value::as_str).and_then(|id| id.parse::<uuid::Uuid>().ok()) else { continue };
                let mut new = row.clone();
                if let Some(new) = new.as_object_mut() {
                    new.retain(|column, value| {
                        !matches!(column.as_str(), "org_id" | "id" | "created_at" | "updated_at" | "access_codes_enc") && !value.is_null()
                    });
                }
                at += self.dice.minutes(1, 9);
                self.world.history.push(Happening { at, actor: admin.actor(), event: Event::new(kind, entity, id).created(new) });
            }
        }
        Ok(())
    }

    fn membership(&mut self, email: &str, role: Role, contact: Option<ContactId>, name: &str, title: Option<&str>) -> Result<MembershipId> {
        let found = self.logins.iter().find(|(e, _)| e == email).map(|(_, id)| *id);
        let login = found.ok_or_else(|| Error::internal(anyhow::anyhow!("{email} has no login")))?;
        let id: MembershipId = self.dice.id(self.opened_at);
        self.world.rows.memberships.push(json!({
            "org_id": self.world.org, "id": id, "login_id": login, "role": role, "contact_id": contact, "name": name, "email": email,
            "status": "active", "job_title": title, "created_at": self.opened_at, "updated_at": self.opened_at,
        }));
        Ok(id)
    }

    fn contact(&mut self, kind: ContactKind, name: &str, email: Option<&str>, phone: &str, company: Option<&str>) -> ContactId {
        let id: ContactId = self.dice.id(self.opened_at);
        let channel = match (email, kind) {
            (None, _) => "letter",
            (_, ContactKind::Tenant) if self.dice.percent(30) => "sms",
            _ => "email",
        };
        // A few who read another language better, as such organisations have on file.
        let language = match name.split(' ').next_back() {
            Some("Zieliński" | "Zielińska" | "Wójcik") => "pl",
            Some("Warsame") => "so",
            Some("Begum") => "bn",
            Some("Tesfaye") => "ti",
            Some("Farahani") => "fa",
            _ => "en",
        };
        self.world.rows.contacts.push(json!({
            "org_id": self.world.org, "id": id, "kind": kind, "name": name, "email": email, "phone": phone, "preferred_channel": channel,
            "preferred_language": language, "large_print": email.is_none() && kind == ContactKind::Tenant, "company": company,
            "created_at": self.opened_at, "updated_at": self.opened_at,
        }));
        if let (Some(_), ContactKind::Tenant) = (email, kind) {
            let consent: uuid::Uuid = self.dice.id(self.opened_at);
            self.world.rows.consents.push(json!({
                "org_id": self.world.org, "id": consent, "contact_id": id, "channel": "email", "consented_at": self.opened_at, "source": "portal",
                "created_at": self.opened_at,
            }));
        }
        id
    }

    fn property(&mut self, kind: &str, line1: &str, postcode: &str, built: i32, storeys: i32, gas: bool) -> PropertyRow {
        let firm = self.world.firm;
        let id: PropertyId = self.dice.id(self.opened_at);
        let value = json!({
            "org_id": self.world.org, "id": id, "reference": format!("P{:04}", 101 + self.world.rows.properties.len()), "kind": kind, "status": "active",
            "line1": line1, "city": firm.city, "postcode": postcode, "country": "england", "tenure": firm.tenure, "landlord_kind": firm.landlord,
            "storeys": storeys, "built_year": built, "has_gas": gas, "smoke_alarms": storeys, "co_alarms": i32::from(gas),
            "created_at": self.opened_at, "updated_at": self.opened_at,
        });
        PropertyRow { id, value }
    }

    #[expect(clippy::too_many_arguments, reason = "a row's columns")]
    fn unit(
        &mut self,
        property: PropertyId,
        label: &str,
        floor: Option<i32>,
        bedrooms: i32,
        address: Vec<String>,
        postcode: &str,
        is_flat: bool,
        has_gas: bool,
        block: Option<usize>,
    ) {
        let id: UnitId = self.dice.id(self.opened_at);
        self.world.rows.units.push(json!({
            "org_id": self.world.org, "id": id, "property_id": property, "label": label, "floor": floor, "bedrooms": bedrooms, "status": "void",
            "created_at": self.opened_at, "updated_at": self.opened_at,
        }));
        self.world.dwellings.push(Dwelling {
            property,
            unit: id,
            label: label.to_owned(),
            address,
            postcode: postcode.to_owned(),
            is_flat,
            has_gas,
            block,
            lettings: Vec::new(),
        });
    }

    fn seal_code(&self, row: &mut PropertyRow, code: Option<&str>) -> Result<()> {
        if let Some(code) = code {
            let sealed = self.house.keys().seal("access-codes", code.as_bytes())?;
            row.set("access_codes_enc", format!("\\x{}", hex::encode(sealed)));
        }
        Ok(())
    }

    /// 07700 900000 to 900999 are kept for drama (Ofcom); each organisation has a range of them.
    fn mobile(&mut self) -> String {
        self.numbers += 1;
        let start = if self.world.firm.city == "Leeds" { 100 } else { 500 };
        format!("+447700900{:03}", start + self.numbers)
    }
    /// 0113 496 0000 to 0999 in Leeds, 0117 496 0000 to 0999 in Bristol (Ofcom).
    fn landline(&mut self) -> String {
        self.numbers += 1;
        let area = if self.world.firm.city == "Leeds" { "113" } else { "117" };
        format!("+44{area}4960{:03}", 300 + self.numbers)
    }
}

struct PropertyRow {
    id: PropertyId,
    value: Value,
}

impl PropertyRow {
    fn set(&mut self, column: &str, value: impl serde::Serialize) {
        if let Some(row) = self.value.as_object_mut() {
            row.insert(column.to_owned(), json!(value));
        }
    }
}

fn categories_of(trade: Trade) -> &'static [Category] {
    use Category as C;
    match trade {
        Trade::Plumber | Trade::Drainage => &[C::Plumbing],
        Trade::GasEngineer => &[C::Hvac],
        Trade::Electrician | Trade::FireAlarmEngineer => &[C::Electrical],
        Trade::PestController => &[C::PestControl],
        Trade::DampSpecialist => &[C::DampMould],
        Trade::ApplianceEngineer => &[C::Appliance],
        Trade::LiftEngineer => &[C::Other],
        Trade::MultiSkilled => &[C::Structural, C::Other],
        Trade::Carpenter
        | Trade::Roofer
        | Trade::Glazier
        | Trade::Locksmith
        | Trade::Plasterer
        | Trade::Groundworker
        | Trade::Scaffolder
        | Trade::Decorator => &[C::Structural],
    }
}
