//! One contact: where they live or what they own, their repairs, how to reach them, what they agreed to.

use domain::people::{
    BankDetails, BankForm, Channel, ConsentForm, ConsentLine, ContactDetail, ContactKind, ErasureForm, Profile, language_name,
};
use domain::policy::Act;
use domain::time::{date_time, long_date};
use jiff::Timestamp;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use ui::{
    Banner, Button, ButtonKind, ButtonSize, Card, Checkbox, Choice, Column, DataTable, Dialog, FactList, IconName, InputWidth, Menu,
    MenuButton, MenuLink, PageHeader, Post, PostForm, Radios, Row, Select, Skeleton, TextInput, Tone, WarningCallout, load,
};
use wire::AppError;

use super::profile::ProfileDialog;
use crate::estate::Tenancies;
use crate::estate::parts::{CannotShow, FormTrouble, TicketLines, field_errors};
use crate::frame::use_me;

#[server]
pub async fn load_contact(id: String) -> Result<ContactDetail, AppError> {
    let cx = gate::staff().await?;
    let found = match id.parse() {
        Ok(id) => services::people::contacts::detail(&cx, id).await,
        Err(_) => Err(services::Error::NotFound),
    };
    gate::answer(found)
}

#[server]
pub async fn archive_contact(id: String, version: i32) -> Result<(), AppError> {
    let cx = gate::staff().await?;
    let Ok(id) = id.parse() else { return gate::answer(Err(services::Error::NotFound)) };
    gate::answer(services::people::contacts::archive(&cx, id, version).await)?;
    gate::redirect("/staff/contacts");
    Ok(())
}

#[server]
pub async fn record_consent(id: String, #[server(flatten)] form: ConsentForm) -> Result<(), AppError> {
    let cx = gate::staff().await?;
    let Ok(id) = id.parse() else { return gate::answer(Err(services::Error::NotFound)) };
    gate::answer(services::people::contacts::record_consent(&cx, id, &form).await)
}

#[server]
pub async fn set_bank(id: String, version: i32, #[server(flatten)] form: BankForm) -> Result<(), AppError> {
    let cx = gate::staff().await?;
    let Ok(id) = id.parse() else { return gate::answer(Err(services::Error::NotFound)) };
    gate::answer(services::people::contacts::set_bank_details(&cx, id, version, &form).await)
}

/// The look is on record before anything is shown.
#[server]
pub async fn reveal_bank(id: String, #[server(default)] reason: String) -> Result<BankDetails, AppError> {
    let cx = gate::staff().await?;
    let Ok(id) = id.parse() else { return gate::answer(Err(services::Error::NotFound)) };
    gate::answer(services::people::contacts::reveal_bank_details(&cx, id, &reason).await)
}

#[server]
pub async fn erase_contact(id: String, #[server(flatten)] form: ErasureForm) -> Result<(), AppError> {
    let cx = gate::staff().await?;
    let Ok(id) = id.parse() else { return gate::answer(Err(services::Error::NotFound)) };
    gate::answer(services::privacy::erase(&cx, id, &form).await)
}

#[component]
pub fn ContactPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|p| p.get("id").unwrap_or_default()));
    let contact = load(move || id.get(), load_contact);
    let refresh = Callback::new(move |()| contact.refetch());
    view! {
        <Transition fallback=|| view! { <Skeleton/> }>
            {move || contact.get().map(|loaded| match loaded {
                Ok(detail) => view! { <Whole detail refresh/> }.into_any(),
                Err(error) => view! { <CannotShow error what="contact" list="Contacts" href="/staff/contacts"/> }.into_any(),
            })}
        </Transition>
    }
}

#[component]
fn Whole(detail: ContactDetail, refresh: Callback<()>) -> impl IntoView {
    let me = use_me();
    let now = me.now;
    let erased = detail.erased_at;
    let may_change = me.may(Act::ChangePeople) && erased.is_none();
    let (answers_requests, sees_sealed) = (me.may(Act::AnswerDataRequest), me.may(Act::SeeAccessCodes));
    let ContactDetail { id, version, contact: c, has_bank_details, tenancies, owns, consents, profile, tickets, .. } = detail;
    let kind = c.kind;
    let (edit, json, html) =
        (format!("/staff/contacts/{id}/edit"), format!("/staff/contacts/{id}/data.json"), format!("/staff/contacts/{id}/data.html"));
    let pays = matches!(kind, ContactKind::Owner | ContactKind::Contractor);
    let id = StoredValue::new(id.to_string());
    let for_dialog = profile.clone();
    let facts = vec![
        ("Prefers".to_owned(), c.preferred_channel.label().to_owned()),
        ("Language".to_owned(), language_name(&c.preferred_language).to_owned()),
        ("Large print".to_owned(), if c.large_print { "Yes" } else { "No" }.to_owned()),
        ("Reference".to_owned(), c.reference.clone().unwrap_or_default()),
    ];
    view! {
        <Title text=c.name.clone()/>
        <PageHeader
            title=c.name.clone()
            overline=kind.label()
            lede=c.company.clone().unwrap_or_default()
            trail=vec![("Contacts".to_owned(), format!("/staff/contacts?kind={}", kind.as_str()))]
            actions=move || view! {
                {may_change.then(|| view! { <Button icon=IconName::Pencil href=edit>"Edit"</Button> })}
                {(may_change || answers_requests).then(|| view! {
                    <Menu id="contact-menu" label="More" icon=IconName::Ellipsis icon_only=true>
                        {answers_requests.then(|| view! {
                            <MenuLink href=html icon=IconName::Eye attr:rel="external">"Their data, to read"</MenuLink>
                            <MenuLink href=json icon=IconName::Download attr:rel="external">"Their data, as a file"</MenuLink>
                        })}
                        {may_change.then(|| view! { <MenuButton icon=IconName::Archive dialog="archive">"Archive"</MenuButton> })}
                        {(answers_requests && erased.is_none()).then(|| view! { <MenuButton icon=IconName::Trash2 dialog="erase" danger=true>"Erase their data"</MenuButton> })}
                    </Menu>
                })}
            }
        />
        {erased.map(|at| view! {
            <Banner tone=Tone::Grey title="This person’s data was erased">{format!("{}. What was wrong with their home stays on record without their name.", date_time(at, now))}</Banner>
        })}
        <div class="estate">
            <div class="estate__main">
                {c.needs.clone().map(|words| view! { <WarningCallout title="Before a visit"><p class="told">{words}</p></WarningCallout> })}
                {(kind == ContactKind::Tenant).then(|| view! {
                    <Card title="Homes" flush=!tenancies.is_empty()><Tenancies tenancies with_place=true/></Card>
                })}
                {(kind == ContactKind::Owner).then(|| view! { <Card title="Owns"><Owns owns/></Card> })}
                {(kind == ContactKind::Contractor).then(|| {
                    let verb = if profile.is_some() { "Change" } else { "Enter" };
                    view! {
                        <Card title="Trades, areas and licences" actions=move || may_change.then(|| view! { <Button size=ButtonSize::Small icon=IconName::Pencil dialog="profile">{verb}</Button> })>
                            <ProfileFacts profile now/>
                        </Card>
                    }
                })}
                {(kind == ContactKind::Tenant).then(|| view! {
                    <Card title="Repairs they reported" flush=!tickets.is_empty()><TicketLines tickets now/></Card>
                })}
                {c.notes.clone().map(|words| view! { <Card title="Notes"><p class="told">{words}</p></Card> })}
            </div>
            <div class="estate__side">
                <Card title="Reach them">
                    <div class="stack stack--tight">
                        {c.phone.clone().map(|p| view! { <a class="reach" href=format!("tel:{p}") rel="external"><ui::Icon name=IconName::Phone size=16/>{p.national()}</a> })}
                        {c.email.clone().map(|e| view! { <a class="reach" href=format!("mailto:{e}") rel="external"><ui::Icon name=IconName::Mail size=16/>{e.to_string()}</a> })}
                        {(c.phone.is_none() && c.email.is_none()).then(|| view! { <p class="muted">"By letter only."</p> })}
                        <FactList facts/>
                    </div>
                </Card>
                <Card title="Consent" actions=move || may_change.then(|| view! { <Button size=ButtonSize::Small icon=IconName::Plus dialog="consent">"Add"</Button> })>
                    <Consents consents now/>
                </Card>
                {pays.then(|| view! {
                    <Card title="Bank details">
                        <div class="cluster">
                            {if has_bank_details {
                                sees_sealed.then(|| view! { <Button size=ButtonSize::Small icon=IconName::Eye dialog="see-bank">"Show"</Button> }).into_any()
                            } else {
                                view! { <span class="muted">"None are kept."</span> }.into_any()
                            }}
                            {may_change.then(|| view! {
                                <Button size=ButtonSize::Small kind=ButtonKind::Quiet icon=IconName::Lock dialog="set-bank">{if has_bank_details { "Change" } else { "Enter" }}</Button>
                            })}
                        </div>
                    </Card>
                })}
            </div>
        </div>
        {may_change.then(|| view! {
            <ConsentDialog id=id.get_value() refresh/>
            <ArchiveDialog id=id.get_value() version/>
            {pays.then(|| view! { <SetBankDialog id=id.get_value() version refresh/> })}
            {(kind == ContactKind::Contractor).then(|| view! { <ProfileDialog contact=id.get_value() profile=for_dialog refresh/> })}
        })}
        {(has_bank_details && pays).then(|| view! { <SeeBankDialog id=id.get_value()/> })}
        {(answers_requests && erased.is_none()).then(|| view! { <EraseDialog id=id.get_value() refresh/> })}
    }
}

#[component]
fn Owns(owns: Vec<domain::estate::OwnerLine>) -> impl IntoView {
    if owns.is_empty() {
        return view! { <p class="muted">"Nothing is linked. Owners are linked on the property’s page."</p> }.into_any();
    }
    let rows = owns
        .into_iter()
        .map(|o| {
            let share = o.percentage.map(|p| format!("{p}%")).unwrap_or_default();
            view! { <li class="owner"><a href=format!("/staff/properties/{}", o.property_id)>{o.place}</a><span class="num">{share}</span></li> }
        })
        .collect_view();
    view! { <ul class="owners" role="list">{rows}</ul> }.into_any()
}

#[component]
fn ProfileFacts(profile: Option<Profile>, now: Timestamp) -> impl IntoView {
    let Some(Profile { profile: p, .. }) = profile else {
        return view! { <p class="muted">"Nothing is entered yet. Without trades they are not offered work."</p> }.into_any();
    };
    let today = domain::time::london(now).date();
    let licences: Vec<String> = p
        .licences
        .iter()
        .map(|l| match l.expires_on {
            Some(day) if day < today => format!("{} {}, expired on {}", l.scheme, l.number, long_date(day)),
            Some(day) => format!("{} {}, until {}", l.scheme, l.number, long_date(day)),
            None => format!("{} {}", l.scheme, l.number),
        })
        .collect();
    let mut facts = vec![
        ("Trades".to_owned(), p.trades.iter().map(|t| t.label()).collect::<Vec<_>>().join(", ")),
        ("Areas".to_owned(), if p.postcode_areas.is_empty() { "Anywhere".to_owned() } else { p.postcode_areas.join(", ") }),
    ];
    facts.extend(licences.into_iter().enumerate().map(|(at, l)| (if at == 0 { "Licences" } else { "" }.to_owned(), l)));
    let said = |yes: bool| if yes { "Yes" } else { "No" }.to_owned();
    facts.push(("Out of hours".to_owned(), said(p.out_of_hours)));
    facts.push(("Our own team".to_owned(), said(p.in_house)));
    facts.push(("VAT".to_owned(), if p.vat_registered { "Registered" } else { "Not registered" }.to_owned()));
    view! { <FactList facts/> }.into_any()
}

#[component]
fn Consents(consents: Vec<ConsentLine>, now: Timestamp) -> impl IntoView {
    if consents.is_empty() {
        return view! { <p class="muted">"Nothing is on record."</p> }.into_any();
    }
    let columns = vec![Column::new("Way"), Column::new("Said"), Column::new("When")];
    let rows = consents
        .into_iter()
        .map(|c| {
            view! {
                <Row>
                    <td>{c.channel.label()}</td>
                    <td title=c.source>{if c.opts_in { "Yes" } else { "No" }}</td>
                    <td class="muted-cell">{domain::time::ago(c.at, now)}</td>
                </Row>
            }
        })
        .collect_view();
    view! { <DataTable caption="Consent, newest first" columns>{rows}</DataTable> }.into_any()
}

#[component]
fn ConsentDialog(id: String, refresh: Callback<()>) -> impl IntoView {
    let record = Post::<RecordConsent>::new();
    let answer = record.value();
    let wrong = move |field: &'static str| move || answer.with(|a| field_errors(a.as_ref()).get(field).unwrap_or_default().to_owned());
    Effect::new(move |_| {
        if let Some(Ok(())) = answer.get() {
            ui::browser::close_dialog("consent");
            refresh.run(());
        }
    });
    view! {
        <Dialog id="consent" title="What they said about being contacted" text="It is added to the history; the newest answer for a way of contact holds.">
            <PostForm action=record attr:class="stack" attr:novalidate=true>
                <input type="hidden" name="id" value=id/>
                <FormTrouble answer=Signal::derive(move || answer.get().and_then(Result::err).filter(|e| !matches!(e, AppError::Invalid(_))))/>
                <Select name="channel" label="Way of contact" empty="Choose" choices=Channel::ALL.iter().map(|c| Choice::new(c.as_str(), c.label())).collect() width=InputWidth::W20 error=wrong("channel")/>
                <Radios name="decision" legend="They" inline=true choices=vec![Choice::new("opt_in", "agreed"), Choice::new("opt_out", "refused")] error=wrong("decision")/>
                <TextInput name="source" label="How you know" hint="Such as “By phone, 3 March”." maxlength=200 error=wrong("source")/>
                <div class="cluster"><Button kind=ButtonKind::Primary busy=record.pending()>"Add"</Button></div>
            </PostForm>
        </Dialog>
    }
}

#[component]
fn ArchiveDialog(id: String, version: i32) -> impl IntoView {
    let archive = Post::<ArchiveContact>::new();
    view! {
        <Dialog id="archive" title="Archive this contact" text="They leave the lists. Their data stays until it is erased.">
            <PostForm action=archive attr:class="stack">
                <input type="hidden" name="id" value=id/>
                <input type="hidden" name="version" value=version/>
                <FormTrouble answer=Signal::derive(move || archive.value().get().and_then(Result::err))/>
                <div class="cluster"><Button kind=ButtonKind::Danger busy=archive.pending()>"Archive contact"</Button></div>
            </PostForm>
        </Dialog>
    }
}

#[component]
fn SetBankDialog(id: String, version: i32, refresh: Callback<()>) -> impl IntoView {
    let set = Post::<SetBank>::new();
    let answer = set.value();
    let wrong = move |field: &'static str| move || answer.with(|a| field_errors(a.as_ref()).get(field).unwrap_or_default().to_owned());
    Effect::new(move |_| {
        if let Some(Ok(())) = answer.get() {
            ui::browser::close_dialog("set-bank");
            refresh.run(());
        }
    });
    view! {
        <Dialog id="set-bank" title="Bank details" text="Kept encrypted, and shown only on request, with a reason. All three empty forgets them.">
            <PostForm action=set attr:class="stack" attr:novalidate=true attr:autocomplete="off">
                <input type="hidden" name="id" value=id/>
                <input type="hidden" name="version" value=version/>
                <FormTrouble answer=Signal::derive(move || answer.get().and_then(Result::err).filter(|e| !matches!(e, AppError::Invalid(_))))/>
                <TextInput name="account_name" label="Name on the account" maxlength=80 error=wrong("account_name")/>
                <div class="field-row">
                    <TextInput name="sort_code" label="Sort code" inputmode="numeric" width=InputWidth::W10 error=wrong("sort_code")/>
                    <TextInput name="account_number" label="Account number" inputmode="numeric" width=InputWidth::W10 error=wrong("account_number")/>
                </div>
                <div class="cluster"><Button kind=ButtonKind::Primary busy=set.pending()>"Save"</Button></div>
            </PostForm>
        </Dialog>
    }
}

#[component]
fn SeeBankDialog(id: String) -> impl IntoView {
    let reveal = Post::<RevealBank>::new();
    let answer = reveal.value();
    let id = StoredValue::new(id);
    view! {
        <Dialog id="see-bank" title="Bank details" text="Who looked, when and why is kept.">
            {move || match answer.get() {
                Some(Ok(bank)) => view! {
                    <FactList facts=vec![
                        ("Name".to_owned(), bank.account_name),
                        ("Sort code".to_owned(), bank.sort_code),
                        ("Account".to_owned(), bank.account_number),
                    ]/>
                }.into_any(),
                _ => view! {
                    <PostForm action=reveal attr:class="stack">
                        <input type="hidden" name="id" value=id.get_value()/>
                        <TextInput name="reason" id="bank-reason" label="Why you need them" maxlength=200
                            error=move || answer.with(|a| match a {
                                Some(Err(AppError::Invalid(fields))) => fields.get("reason").unwrap_or_default().to_owned(),
                                Some(Err(other)) => other.to_string(),
                                _ => String::new(),
                            })/>
                        <div class="cluster"><Button kind=ButtonKind::Primary busy=reveal.pending()>"Show bank details"</Button></div>
                    </PostForm>
                }.into_any(),
            }}
        </Dialog>
    }
}

#[component]
fn EraseDialog(id: String, refresh: Callback<()>) -> impl IntoView {
    let erase = Post::<EraseContact>::new();
    let answer = erase.value();
    Effect::new(move |_| {
        if let Some(Ok(())) = answer.get() {
            ui::browser::close_dialog("erase");
            refresh.run(());
        }
    });
    view! {
        <Dialog id="erase" title="Erase this person’s data" text="Name, address, phone, notes and log-in go for good. What was wrong with the home, when you knew and what was done stays.">
            <PostForm action=erase attr:class="stack">
                <input type="hidden" name="id" value=id/>
                <FormTrouble answer=Signal::derive(move || answer.get().and_then(Result::err).filter(|e| !matches!(e, AppError::Invalid(_))))/>
                <TextInput name="reason" id="erase-reason" label="Why" hint="Such as “Asked by letter on 3 November”." maxlength=300
                    error=move || answer.with(|a| field_errors(a.as_ref()).get("reason").unwrap_or_default().to_owned())/>
                <Checkbox name="before_retention_ends" label="No legal claim needs the data" value="yes" hint="Needed before your retention period is over."/>
                <div class="cluster"><Button kind=ButtonKind::Danger busy=erase.pending()>"Erase for good"</Button></div>
            </PostForm>
        </Dialog>
    }
}
