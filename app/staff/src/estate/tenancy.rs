//! A tenancy: begun, changed, ended.

use domain::estate::{TenancyDetail, TenancyForm, TenancyStatus, UnitDetail};
use domain::policy::Act;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use ui::{Button, ButtonKind, Card, Dialog, InputWidth, PageHeader, Post, PostForm, Skeleton, TextInput, load, suspended};
use wire::AppError;

use super::parts::{CannotShow, FormTrouble, MayNot, field_errors, tenancy_badge};
use super::picker::PersonPicker;
use super::unit::load_unit;
use crate::frame::use_me;

#[server]
pub async fn load_tenancy(id: String) -> Result<TenancyDetail, AppError> {
    let cx = gate::staff().await?;
    let found = match id.parse() {
        Ok(id) => services::estate::tenancies::detail(&cx, id).await,
        Err(_) => Err(services::Error::NotFound),
    };
    gate::answer(found)
}

/// Without an id a new one, else the one with it, as it was at `version`.
#[server]
pub async fn save_tenancy(
    #[server(default)] id: String,
    #[server(default)] version: i32,
    #[server(default)] property: String,
    #[server(flatten)] form: TenancyForm,
) -> Result<(), AppError> {
    use services::estate::tenancies;
    let cx = gate::staff().await?;
    let saved = if id.is_empty() {
        tenancies::create(&cx, &form).await.map(|_| ())
    } else {
        match id.parse() {
            Ok(id) => tenancies::edit(&cx, id, version, &form).await,
            Err(_) => Err(services::Error::NotFound),
        }
    };
    gate::answer(saved)?;
    gate::redirect(&format!("/staff/properties/{property}"));
    Ok(())
}

#[server]
pub async fn end_tenancy(id: String, version: i32, property: String, #[server(default)] end_on: String) -> Result<(), AppError> {
    let cx = gate::staff().await?;
    let Ok(id) = id.parse() else { return gate::answer(Err(services::Error::NotFound)) };
    gate::answer(services::estate::tenancies::end(&cx, id, version, &end_on).await)?;
    gate::redirect(&format!("/staff/properties/{property}"));
    Ok(())
}

#[server]
pub async fn remove_tenancy(id: String, version: i32, property: String) -> Result<(), AppError> {
    let cx = gate::staff().await?;
    let Ok(id) = id.parse() else { return gate::answer(Err(services::Error::NotFound)) };
    gate::answer(services::estate::tenancies::remove(&cx, id, version).await)?;
    gate::redirect(&format!("/staff/properties/{property}"));
    Ok(())
}

fn trail(property: &str) -> Vec<(String, String)> {
    vec![("Properties".to_owned(), "/staff/properties".to_owned()), ("The property".to_owned(), format!("/staff/properties/{property}"))]
}

#[component]
pub fn NewTenancyPage() -> impl IntoView {
    let query = use_query_map();
    let unit = Memo::new(move |_| query.with(|q| q.get("unit").unwrap_or_default()));
    let unit = load(move || unit.get(), load_unit);
    let may = use_me().may(Act::ChangeEstate);
    view! {
        <Suspense fallback=|| view! { <Skeleton/> }>
            {move || suspended(async move {
                match unit.await {
                    Ok(_) if !may => view! { <MayNot title="New tenancy" list="Properties" href="/staff/properties"/> }.into_any(),
                    Ok(UnitDetail { id, property_id, place, .. }) => {
                        let form = TenancyForm { unit_id: id.to_string(), ..TenancyForm::default() };
                        let property = property_id.to_string();
                        view! {
                            <Title text="New tenancy"/>
                            <PageHeader title="New tenancy" lede=place trail=trail(&property)/>
                            <Fields form tenants=Vec::new() id=String::new() version=0 property/>
                        }
                        .into_any()
                    }
                    Err(error) => view! { <CannotShow error what="unit" list="Properties" href="/staff/properties"/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
pub fn TenancyPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|p| p.get("id").unwrap_or_default()));
    let tenancy = load(move || id.get(), load_tenancy);
    view! {
        <Suspense fallback=|| view! { <Skeleton/> }>
            {move || suspended(async move {
                match tenancy.await {
                    Ok(detail) => view! { <Whole detail/> }.into_any(),
                    Err(error) => view! { <CannotShow error what="tenancy" list="Properties" href="/staff/properties"/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
fn Whole(detail: TenancyDetail) -> impl IntoView {
    let may_change = use_me().may(Act::ChangeEstate);
    let TenancyDetail { card, version, tenancy } = detail;
    let (id, property) = (StoredValue::new(card.id.to_string()), StoredValue::new(card.property_id.to_string()));
    let status = card.status;
    let names = card.names();
    let tenants: Vec<(String, String)> = card.tenants.iter().map(|t| (t.contact_id.to_string(), t.name.clone())).collect();
    let end = Post::<EndTenancy>::new();
    let remove = Post::<RemoveTenancy>::new();
    let people =
        tenants.iter().map(|(id, name)| view! { <li><a href=format!("/staff/contacts/{id}")>{name.clone()}</a></li> }).collect_view();
    view! {
        <Title text=format!("Tenancy of {names}")/>
        <PageHeader
            title=names
            overline=card.reference.clone().unwrap_or_default()
            lede=card.place.clone()
            trail=property.with_value(|p| trail(p))
            badges=move || tenancy_badge(status)
            actions=move || may_change.then(|| view! {
                {(status != TenancyStatus::Ended).then(|| view! { <Button dialog="end">"End tenancy"</Button> })}
                <Button kind=ButtonKind::Quiet dialog="remove">"Remove"</Button>
            })
        />
        <ul class="tenancy__people" role="list">{people}</ul>
        {if may_change {
            view! { <Fields form=TenancyForm::from(&tenancy) tenants id=id.get_value() version property=property.get_value()/> }.into_any()
        } else {
            let until = tenancy.end_on.map_or_else(|| "It runs on.".to_owned(), |d| format!("Until {}.", domain::time::long_date(d)));
            view! { <p>{format!("Since {}. {until}", domain::time::long_date(tenancy.start_on))}</p> }.into_any()
        }}
        {may_change.then(|| view! {
            <Dialog id="end" title="End this tenancy" text="From the day after, the tenants see nothing of this home. Repairs that are open stay open.">
                <PostForm action=end attr:class="stack" attr:novalidate=true>
                    <input type="hidden" name="id" value=id.get_value()/>
                    <input type="hidden" name="version" value=version/>
                    <input type="hidden" name="property" value=property.get_value()/>
                    <FormTrouble answer=Signal::derive(move || end.value().get().and_then(Result::err).filter(|e| !matches!(e, AppError::Invalid(_))))/>
                    <TextInput name="end_on" id="end-day" label="Last day" kind="date" width=InputWidth::W10
                        error=move || end.value().with(|a| field_errors(a.as_ref()).get("end_on").unwrap_or_default().to_owned())/>
                    <div class="cluster"><Button kind=ButtonKind::Primary busy=end.pending()>"End tenancy"</Button></div>
                </PostForm>
            </Dialog>
            <Dialog id="remove" title="Remove this tenancy" text="For one that was entered by mistake. A tenancy that repairs were reported under is ended instead.">
                <PostForm action=remove attr:class="stack">
                    <input type="hidden" name="id" value=id.get_value()/>
                    <input type="hidden" name="version" value=version/>
                    <input type="hidden" name="property" value=property.get_value()/>
                    <FormTrouble answer=Signal::derive(move || remove.value().get().and_then(Result::err))/>
                    <div class="cluster"><Button kind=ButtonKind::Danger busy=remove.pending()>"Remove tenancy"</Button></div>
                </PostForm>
            </Dialog>
        })}
    }
}

#[component]
fn Fields(form: TenancyForm, tenants: Vec<(String, String)>, id: String, version: i32, property: String) -> impl IntoView {
    let save = Post::<SaveTenancy>::new();
    let answer = save.value();
    let wrong = move |field: &'static str| move || answer.with(|a| field_errors(a.as_ref()).get(field).unwrap_or_default().to_owned());
    let back = format!("/staff/properties/{property}");
    view! {
        <PostForm action=save attr:class="form-page" attr:novalidate=true>
            <input type="hidden" name="id" value=id/>
            <input type="hidden" name="version" value=version/>
            <input type="hidden" name="property" value=property/>
            <input type="hidden" name="unit_id" value=form.unit_id/>
            <FormTrouble order=&["unit_id", "tenants", "start_on", "end_on", "rent", "deposit", "reference"] answer=Signal::derive(move || answer.get().and_then(Result::err))/>
            <Card title="Who">
                <PersonPicker name="tenants" label="Tenants" hint="Joint tenants share the home and its repairs. The first leads." kind="tenant" chosen=tenants error=Signal::derive(wrong("tenants"))/>
            </Card>
            <Card title="When">
                <div class="field-row">
                    <TextInput name="start_on" label="First day" kind="date" value=form.start_on width=InputWidth::W10 error=wrong("start_on")/>
                    <TextInput name="end_on" label="Last day" kind="date" value=form.end_on width=InputWidth::W10 optional=true error=wrong("end_on")/>
                </div>
            </Card>
            <Card title="Terms">
                <div class="stack">
                    <div class="field-row">
                        <TextInput name="rent" label="Rent" prefix="£" value=form.rent inputmode="decimal" width=InputWidth::W10 optional=true error=wrong("rent")/>
                        <TextInput name="deposit" label="Deposit" prefix="£" value=form.deposit inputmode="decimal" width=InputWidth::W10 optional=true error=wrong("deposit")/>
                    </div>
                    <TextInput name="reference" label="Your reference" value=form.reference width=InputWidth::W20 optional=true maxlength=40 error=wrong("reference")/>
                </div>
            </Card>
            <div class="cluster">
                <Button kind=ButtonKind::Primary busy=save.pending()>"Save tenancy"</Button>
                <Button kind=ButtonKind::Quiet href=back>"Cancel"</Button>
            </div>
        </PostForm>
    }
}
