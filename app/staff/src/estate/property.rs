//! One property: its units and who lives there, its repairs, and at the side the facts, the owners and the way in.

use domain::estate::{OwnerForm, OwnerLine, PropertyDetail, PropertyStatus, UnitForm, UnitLine, UnitStatus};
use domain::policy::Act;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use ui::{
    Banner, Button, ButtonKind, ButtonSize, Card, Checkbox, Choice, Column, DataTable, Dialog, FactList, IconName, InputWidth, PageHeader,
    Post, PostForm, Row, RowLink, Select, Skeleton, StatusBadge, TextInput, Textarea, Tone, WarningCallout, load,
};
use wire::AppError;

use super::parts::{CannotShow, FormTrouble, TicketLines, field_errors, href, named, number, yes_no};
use super::picker::PersonPicker;
use crate::frame::use_me;

#[server]
pub async fn load_property(id: String) -> Result<PropertyDetail, AppError> {
    let cx = gate::staff().await?;
    let found = match id.parse() {
        Ok(id) => services::estate::properties::detail(&cx, id).await,
        Err(_) => Err(services::Error::NotFound),
    };
    gate::answer(found)
}

#[server]
pub async fn archive_property(id: String, version: i32) -> Result<(), AppError> {
    let cx = gate::staff().await?;
    let Ok(id) = id.parse() else { return gate::answer(Err(services::Error::NotFound)) };
    gate::answer(services::estate::properties::archive(&cx, id, version).await)?;
    gate::redirect("/staff/properties");
    Ok(())
}

#[server]
pub async fn add_unit(property: String, #[server(flatten)] form: UnitForm) -> Result<(), AppError> {
    let cx = gate::staff().await?;
    let Ok(property) = property.parse() else { return gate::answer(Err(services::Error::NotFound)) };
    gate::answer(services::estate::units::create(&cx, property, &form).await.map(|_| ()))
}

#[server]
pub async fn link_owner(property: String, #[server(flatten)] form: OwnerForm) -> Result<(), AppError> {
    let cx = gate::staff().await?;
    let Ok(property) = property.parse() else { return gate::answer(Err(services::Error::NotFound)) };
    gate::answer(services::estate::owners::link(&cx, property, &form).await.map(|_| ()))
}

#[server]
pub async fn unlink_owner(id: String) -> Result<(), AppError> {
    let cx = gate::staff().await?;
    let Ok(id) = id.parse() else { return gate::answer(Err(services::Error::NotFound)) };
    gate::answer(services::estate::owners::unlink(&cx, id).await)
}

/// The look is on record before anything is shown.
#[server]
pub async fn reveal_codes(id: String, #[server(default)] reason: String) -> Result<String, AppError> {
    let cx = gate::staff().await?;
    let Ok(id) = id.parse() else { return gate::answer(Err(services::Error::NotFound)) };
    gate::answer(services::estate::properties::reveal_access_codes(&cx, id, &reason).await)
}

#[server]
pub async fn set_codes(id: String, version: i32, #[server(default)] codes: String) -> Result<(), AppError> {
    let cx = gate::staff().await?;
    let Ok(id) = id.parse() else { return gate::answer(Err(services::Error::NotFound)) };
    gate::answer(services::estate::properties::set_access_codes(&cx, id, version, &codes).await)
}

#[component]
pub fn PropertyPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|p| p.get("id").unwrap_or_default()));
    let property = load(move || id.get(), load_property);
    let refresh = Callback::new(move |()| property.refetch());
    view! {
        <Transition fallback=|| view! { <Skeleton/> }>
            {move || property.get().map(|loaded| match loaded {
                Ok(detail) => view! { <Whole detail refresh/> }.into_any(),
                Err(error) => view! { <CannotShow error what="property" list="Properties" href="/staff/properties"/> }.into_any(),
            })}
        </Transition>
    }
}

#[component]
fn Whole(detail: PropertyDetail, refresh: Callback<()>) -> impl IntoView {
    let me = use_me();
    let (may_change, may_see) = (me.may(Act::ChangeEstate), me.may(Act::SeeAccessCodes));
    let PropertyDetail { id, version, property: p, has_access_codes, units, owners, tickets, open_tickets, .. } = detail;
    let here = id.to_string();
    let title = named(p.name.as_deref(), &p.line1);
    let lede = [p.line2.as_deref(), Some(p.city.as_str()), Some(p.postcode.as_str())].into_iter().flatten().collect::<Vec<_>>().join(", ");
    let facts = vec![
        ("Kind".to_owned(), p.kind.label().to_owned()),
        ("Nation".to_owned(), p.country.label().to_owned()),
        ("Tenure".to_owned(), p.tenure.label().to_owned()),
        ("Landlord".to_owned(), p.landlord_kind.label().to_owned()),
        ("Storeys".to_owned(), number(p.storeys)),
        ("Built".to_owned(), number(p.built_year)),
        ("Gas".to_owned(), yes_no(p.has_gas)),
        ("Smoke alarms".to_owned(), number(p.smoke_alarms)),
        ("CO alarms".to_owned(), number(p.co_alarms)),
        ("UPRN".to_owned(), p.uprn.map(|u| u.0.to_string()).unwrap_or_default()),
    ];
    let (tone, status) = (if p.status == PropertyStatus::Void { Tone::Amber } else { Tone::Green }, p.status.label());
    let edit = format!("/staff/properties/{here}/edit");
    let new_ticket = href("/staff/tickets/new", &[("home", &format!("{} {}", p.line1, p.postcode))]);
    let archive = Post::<ArchiveProperty>::new();
    let repairs = match open_tickets {
        0 => "Repairs".to_owned(),
        1 => "Repairs, 1 open".to_owned(),
        n => format!("Repairs, {n} open"),
    };
    view! {
        <Title text=title.clone()/>
        <PageHeader
            title=title.clone()
            overline=p.reference.clone().unwrap_or_default()
            lede
            trail=vec![("Properties".to_owned(), "/staff/properties".to_owned())]
            badges=move || view! { <StatusBadge label=status tone/> }
            actions=move || may_change.then(|| view! {
                <Button icon=IconName::Plus href=new_ticket>"New ticket"</Button>
                <Button icon=IconName::Pencil href=edit>"Edit"</Button>
                <Button kind=ButtonKind::Quiet icon=IconName::Archive dialog="archive">"Archive"</Button>
            })
        />
        <div class="estate">
            <div class="estate__main">
                {p.warnings.clone().map(|words| view! { <WarningCallout title="Before a visit"><p class="told">{words}</p></WarningCallout> })}
                <Card title="Units" flush=true actions=move || may_change.then(|| view! {
                    <Button size=ButtonSize::Small icon=IconName::Plus dialog="add-unit">"Add unit"</Button>
                })>
                    <Units units may_change/>
                </Card>
                <Card title=repairs flush=!tickets.is_empty()>
                    <TicketLines tickets now=me.now/>
                </Card>
            </div>
            <div class="estate__side">
                <Card title="Facts"><FactList facts/></Card>
                <Card title="Owners" actions=move || may_change.then(|| view! {
                    <Button size=ButtonSize::Small icon=IconName::Plus dialog="add-owner">"Add owner"</Button>
                })>
                    <Owners owners may_change refresh/>
                </Card>
                <Card title="Way in">
                    <div class="stack stack--tight">
                        {match p.access_notes.clone() {
                            Some(words) => view! { <p class="told">{words}</p> }.into_any(),
                            None => view! { <p class="muted">"Nothing is noted."</p> }.into_any(),
                        }}
                        <div class="cluster">
                            {(has_access_codes && may_see).then(|| view! { <Button size=ButtonSize::Small icon=IconName::Eye dialog="see-codes">"Show access codes"</Button> })}
                            {may_change.then(|| view! {
                                <Button size=ButtonSize::Small kind=ButtonKind::Quiet icon=IconName::Key dialog="set-codes">
                                    {if has_access_codes { "Change codes" } else { "Add access codes" }}
                                </Button>
                            })}
                        </div>
                    </div>
                </Card>
            </div>
        </div>
        {may_change.then(|| {
            let (for_unit, for_owner, for_codes, for_archive) = (here.clone(), here.clone(), here.clone(), here.clone());
            view! {
                <AddUnitDialog property=for_unit refresh/>
                <AddOwnerDialog property=for_owner refresh/>
                <SetCodesDialog id=for_codes version refresh/>
                <Dialog id="archive" title="Archive this property" text="It leaves the lists, its units with it. What happened there stays readable on its tickets. Nobody may live there and no repair may be open.">
                    <PostForm action=archive attr:class="stack">
                        <input type="hidden" name="id" value=for_archive/>
                        <input type="hidden" name="version" value=version/>
                        <FormTrouble answer=Signal::derive(move || archive.value().get().and_then(Result::err))/>
                        <div class="cluster"><Button kind=ButtonKind::Danger busy=archive.pending()>"Archive property"</Button></div>
                    </PostForm>
                </Dialog>
            }
        })}
        {(has_access_codes && may_see).then(|| view! { <SeeCodesDialog id=here.clone()/> })}
    }
}

#[component]
fn Units(units: Vec<UnitLine>, may_change: bool) -> impl IntoView {
    if units.is_empty() {
        return view! { <p class="card__nothing">"No units yet. Add what is let: each flat, or each room."</p> }.into_any();
    }
    let columns = vec![
        Column::new("Unit"),
        Column::new("Who lives there").class("col-wide"),
        Column::new("Bedrooms").right().class("col-md"),
        Column::new("").hidden(),
    ];
    let rows = units
        .into_iter()
        .map(|u| {
            let new = format!("/staff/tenancies/new?unit={}", u.id);
            let (who, action) = match u.tenancy {
                Some(t) => {
                    let since = domain::time::long_date(t.start_on);
                    let verb = if t.status == domain::estate::TenancyStatus::Upcoming { "from" } else { "since" };
                    let names = t.names();
                    (
                        view! { <a href=format!("/staff/tenancies/{}", t.id)>{names}</a>" "<span class="row-note">{format!("{verb} {since}")}</span> }.into_any(),
                        None,
                    )
                }
                None => {
                    let words = if u.unit.status == UnitStatus::Void { "Void" } else { "Nobody" };
                    (view! { <span class="muted">{words}</span> }.into_any(), may_change.then_some(new))
                }
            };
            view! {
                <Row>
                    <td><RowLink href=format!("/staff/units/{}", u.id)>{u.unit.label}</RowLink></td>
                    <td class="col-wide">{who}</td>
                    <td class="num-cell col-md">{number(u.unit.bedrooms)}</td>
                    <td class="num-cell">{action.map(|href| view! { <a href=href>"Let it"</a> })}</td>
                </Row>
            }
        })
        .collect_view();
    view! { <DataTable caption="Units" columns>{rows}</DataTable> }.into_any()
}

#[component]
fn Owners(owners: Vec<OwnerLine>, may_change: bool, refresh: Callback<()>) -> impl IntoView {
    let unlink = Post::<UnlinkOwner>::new();
    Effect::new(move |_| {
        if let Some(Ok(())) = unlink.value().get() {
            refresh.run(());
        }
    });
    if owners.is_empty() {
        return view! { <p class="muted">"No owner is linked. Without one, the organisation decides about spending."</p> }.into_any();
    }
    let rows = owners
        .into_iter()
        .map(|o| {
            let mut said = Vec::new();
            if let Some(share) = o.percentage {
                said.push(format!("{share}%"));
            }
            match (o.ask_before_spending, o.spend_limit) {
                (true, _) => said.push("ask before spending anything".to_owned()),
                (false, Some(limit)) => said.push(format!("ask above {limit}")),
                (false, None) => {}
            }
            let label = format!("Remove {}", o.name);
            view! {
                <li class="owner">
                    <div class="owner__words">
                        <a href=format!("/staff/contacts/{}", o.contact_id)>{o.name}</a>
                        <span class="caption">{said.join(", ")}</span>
                    </div>
                    {may_change.then(|| view! {
                        <PostForm action=unlink>
                            <input type="hidden" name="id" value=o.id.to_string()/>
                            <Button kind=ButtonKind::Quiet size=ButtonSize::Small icon=IconName::X icon_only=label/>
                        </PostForm>
                    })}
                </li>
            }
        })
        .collect_view();
    view! { <ul class="owners" role="list">{rows}</ul> }.into_any()
}

#[component]
fn AddUnitDialog(property: String, refresh: Callback<()>) -> impl IntoView {
    let add = Post::<AddUnit>::new();
    let answer = add.value();
    let wrong = move |field: &'static str| move || answer.with(|a| field_errors(a.as_ref()).get(field).unwrap_or_default().to_owned());
    Effect::new(move |_| {
        if let Some(Ok(())) = answer.get() {
            ui::browser::close_dialog("add-unit");
            refresh.run(());
        }
    });
    view! {
        <Dialog id="add-unit" title="Add a unit" text="What is let: a flat, a room, or the whole.">
            <PostForm action=add attr:class="stack" attr:novalidate=true>
                <input type="hidden" name="property" value=property/>
                <FormTrouble answer=Signal::derive(move || answer.get().and_then(Result::err).filter(|e| !matches!(e, AppError::Invalid(_))))/>
                <TextInput name="label" label="Name" hint="As on the door: Flat 3." maxlength=60 error=wrong("label")/>
                <div class="field-row">
                    <TextInput name="floor" label="Floor" hint="0 is the ground floor" inputmode="numeric" width=InputWidth::W4 optional=true error=wrong("floor")/>
                    <TextInput name="bedrooms" label="Bedrooms" inputmode="numeric" width=InputWidth::W4 optional=true error=wrong("bedrooms")/>
                </div>
                <Select name="status" label="Status" value="let" choices=[UnitStatus::Let, UnitStatus::Void].map(|s| Choice::new(s.as_str(), s.label())).into() width=InputWidth::W20/>
                <div class="cluster"><Button kind=ButtonKind::Primary busy=add.pending()>"Add unit"</Button></div>
            </PostForm>
        </Dialog>
    }
}

#[component]
fn AddOwnerDialog(property: String, refresh: Callback<()>) -> impl IntoView {
    let link = Post::<LinkOwner>::new();
    let answer = link.value();
    let wrong = move |field: &'static str| move || answer.with(|a| field_errors(a.as_ref()).get(field).unwrap_or_default().to_owned());
    Effect::new(move |_| {
        if let Some(Ok(())) = answer.get() {
            ui::browser::close_dialog("add-owner");
            refresh.run(());
        }
    });
    view! {
        <Dialog id="add-owner" title="Add an owner">
            <PostForm action=link attr:class="stack" attr:novalidate=true>
                <input type="hidden" name="property" value=property/>
                <FormTrouble answer=Signal::derive(move || answer.get().and_then(Result::err).filter(|e| !matches!(e, AppError::Invalid(_))))/>
                <PersonPicker name="contact_id" label="Owner" kind="owner" chosen=Vec::new() single=true error=Signal::derive(wrong("contact_id"))/>
                <TextInput name="percentage" label="Share" suffix="%" inputmode="decimal" width=InputWidth::W4 optional=true error=wrong("percentage")/>
                <TextInput name="spend_limit" label="May be spent without asking" prefix="£" hint="Empty: your organisation’s own limit." inputmode="decimal" width=InputWidth::W10 optional=true error=wrong("spend_limit")/>
                <Checkbox name="ask_before_spending" label="Do not spend anything without asking" value="yes"/>
                <div class="cluster"><Button kind=ButtonKind::Primary busy=link.pending()>"Add owner"</Button></div>
            </PostForm>
        </Dialog>
    }
}

#[component]
fn SeeCodesDialog(id: String) -> impl IntoView {
    let reveal = Post::<RevealCodes>::new();
    let answer = reveal.value();
    let id = StoredValue::new(id);
    view! {
        <Dialog id="see-codes" title="Access codes" text="Who looked, when and why is kept.">
            {move || match answer.get() {
                Some(Ok(codes)) => view! { <p class="codes told">{codes}</p> }.into_any(),
                _ => view! {
                    <PostForm action=reveal attr:class="stack">
                        <input type="hidden" name="id" value=id.get_value()/>
                        <TextInput name="reason" label="Why you need them" hint="Such as “Plumber at the door for PM-4812”." maxlength=200
                            error=move || answer.with(|a| match a {
                                Some(Err(AppError::Invalid(fields))) => fields.get("reason").unwrap_or_default().to_owned(),
                                Some(Err(other)) => other.to_string(),
                                _ => String::new(),
                            })/>
                        <div class="cluster"><Button kind=ButtonKind::Primary busy=reveal.pending()>"Show codes"</Button></div>
                    </PostForm>
                }.into_any(),
            }}
        </Dialog>
    }
}

#[component]
fn SetCodesDialog(id: String, version: i32, refresh: Callback<()>) -> impl IntoView {
    let set = Post::<SetCodes>::new();
    let answer = set.value();
    Effect::new(move |_| {
        if let Some(Ok(())) = answer.get() {
            ui::browser::close_dialog("set-codes");
            refresh.run(());
        }
    });
    view! {
        <Dialog id="set-codes" title="Set access codes" text="Key safe, alarm, entry system. They are kept encrypted and shown only on request, with a reason.">
            <PostForm action=set attr:class="stack">
                <input type="hidden" name="id" value=id/>
                <input type="hidden" name="version" value=version/>
                {move || match answer.get() {
                    Some(Err(error)) if !matches!(error, AppError::Invalid(_)) => Some(view! { <Banner tone=Tone::Red urgent=true>{error.to_string()}</Banner> }),
                    _ => None,
                }}
                <Textarea name="codes" label="Codes" hint="Replaces what is there; empty forgets it." rows=3
                    error=move || answer.with(|a| field_errors(a.as_ref()).get("codes").unwrap_or_default().to_owned())/>
                <div class="cluster"><Button kind=ButtonKind::Primary busy=set.pending()>"Save codes"</Button></div>
            </PostForm>
        </Dialog>
    }
}
