//! One unit: its facts as a form, who lived there and when.

use domain::estate::{TenancyCard, UnitDetail, UnitForm, UnitStatus};
use domain::policy::Act;
use domain::time::long_date;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use ui::{
    Button, ButtonKind, Card, Choice, Column, DataTable, Dialog, IconName, InputWidth, PageHeader, Post, PostForm, Row, RowLink, Select,
    Skeleton, TextInput, load,
};
use wire::AppError;

use super::parts::{CannotShow, FormTrouble, field_errors, tenancy_badge};
use crate::frame::use_me;

#[server]
pub async fn load_unit(id: String) -> Result<UnitDetail, AppError> {
    let cx = gate::staff().await?;
    let found = match id.parse() {
        Ok(id) => services::estate::units::detail(&cx, id).await,
        Err(_) => Err(services::Error::NotFound),
    };
    gate::answer(found)
}

#[server]
pub async fn save_unit(id: String, version: i32, property: String, #[server(flatten)] form: UnitForm) -> Result<(), AppError> {
    let cx = gate::staff().await?;
    let Ok(id) = id.parse() else { return gate::answer(Err(services::Error::NotFound)) };
    gate::answer(services::estate::units::edit(&cx, id, version, &form).await)?;
    gate::redirect(&format!("/staff/properties/{property}"));
    Ok(())
}

#[server]
pub async fn archive_unit(id: String, version: i32, property: String) -> Result<(), AppError> {
    let cx = gate::staff().await?;
    let Ok(id) = id.parse() else { return gate::answer(Err(services::Error::NotFound)) };
    gate::answer(services::estate::units::archive(&cx, id, version).await)?;
    gate::redirect(&format!("/staff/properties/{property}"));
    Ok(())
}

#[component]
pub fn UnitPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|p| p.get("id").unwrap_or_default()));
    let unit = load(move || id.get(), load_unit);
    view! {
        <Transition fallback=|| view! { <Skeleton/> }>
            {move || unit.get().map(|loaded| match loaded {
                Ok(detail) => view! { <Whole detail/> }.into_any(),
                Err(error) => view! { <CannotShow error what="unit" list="Properties" href="/staff/properties"/> }.into_any(),
            })}
        </Transition>
    }
}

#[component]
fn Whole(detail: UnitDetail) -> impl IntoView {
    let may_change = use_me().may(Act::ChangeEstate);
    let property = StoredValue::new(detail.property_id.to_string());
    let form = UnitForm::from(&detail.unit);
    let save = Post::<SaveUnit>::new();
    let archive = Post::<ArchiveUnit>::new();
    let answer = save.value();
    let wrong = move |field: &'static str| move || answer.with(|a| field_errors(a.as_ref()).get(field).unwrap_or_default().to_owned());
    let id = StoredValue::new(detail.id.to_string());
    let version = detail.version;
    let new = format!("/staff/tenancies/new?unit={}", detail.id);
    let back = format!("/staff/properties/{}", detail.property_id);
    view! {
        <Title text=detail.place.clone()/>
        <PageHeader
            title=detail.unit.label.clone()
            lede=detail.place.clone()
            trail=vec![("Properties".to_owned(), "/staff/properties".to_owned()), ("The property".to_owned(), back.clone())]
            actions=move || may_change.then(|| view! {
                <Button kind=ButtonKind::Primary icon=IconName::Plus href=new>"New tenancy"</Button>
                <Button kind=ButtonKind::Quiet icon=IconName::Archive dialog="archive">"Archive"</Button>
            })
        />
        <div class="estate">
            <div class="estate__main">
                <Card title="Tenancies" flush=!detail.tenancies.is_empty()><Tenancies tenancies=detail.tenancies/></Card>
            </div>
            <div class="estate__side">
                <Card title="The unit">
                    <PostForm action=save attr:class="stack" attr:novalidate=true>
                        <input type="hidden" name="id" value=id.get_value()/>
                        <input type="hidden" name="version" value=version/>
                        <input type="hidden" name="property" value=property.get_value()/>
                        <FormTrouble answer=Signal::derive(move || answer.get().and_then(Result::err).filter(|e| !matches!(e, AppError::Invalid(_))))/>
                        <TextInput name="label" label="Name" value=form.label maxlength=60 readonly=!may_change error=wrong("label")/>
                        <div class="field-row">
                            <TextInput name="floor" label="Floor" value=form.floor inputmode="numeric" width=InputWidth::W4 optional=true readonly=!may_change error=wrong("floor")/>
                            <TextInput name="bedrooms" label="Bedrooms" value=form.bedrooms inputmode="numeric" width=InputWidth::W4 optional=true readonly=!may_change error=wrong("bedrooms")/>
                        </div>
                        <TextInput name="uprn" label="UPRN" value=form.uprn inputmode="numeric" width=InputWidth::W20 optional=true readonly=!may_change error=wrong("uprn")/>
                        <Select name="status" label="Status" value=form.status width=InputWidth::W20 disabled=!may_change
                            choices=[UnitStatus::Let, UnitStatus::Void].map(|s| Choice::new(s.as_str(), s.label())).into() error=wrong("status")/>
                        {may_change.then(|| view! { <div class="cluster"><Button busy=save.pending()>"Save unit"</Button></div> })}
                    </PostForm>
                </Card>
            </div>
        </div>
        {may_change.then(|| view! {
            <Dialog id="archive" title="Archive this unit" text="It leaves the lists. Nobody may live there and no repair may be open.">
                <PostForm action=archive attr:class="stack">
                    <input type="hidden" name="id" value=id.get_value()/>
                    <input type="hidden" name="version" value=version/>
                    <input type="hidden" name="property" value=property.get_value()/>
                    <FormTrouble answer=Signal::derive(move || archive.value().get().and_then(Result::err))/>
                    <div class="cluster"><Button kind=ButtonKind::Danger busy=archive.pending()>"Archive unit"</Button></div>
                </PostForm>
            </Dialog>
        })}
    }
}

/// Tenancies as lines, newest first.
#[component]
pub(crate) fn Tenancies(tenancies: Vec<TenancyCard>, #[prop(optional)] with_place: bool) -> impl IntoView {
    if tenancies.is_empty() {
        return view! { <p class="muted">"None yet."</p> }.into_any();
    }
    let columns = vec![
        Column::new(if with_place { "Home" } else { "Tenants" }).class("col-wide"),
        Column::new("From").class("col-md"),
        Column::new("Until"),
        Column::new("Status"),
    ];
    let rows = tenancies
        .into_iter()
        .map(|t| {
            let title = if with_place { t.place.clone() } else { t.names() };
            view! {
                <Row>
                    <td class="col-wide"><RowLink href=format!("/staff/tenancies/{}", t.id)>{title}</RowLink></td>
                    <td class="nowrap col-md">{long_date(t.start_on)}</td>
                    <td class="nowrap">{t.end_on.map_or_else(|| "–".to_owned(), long_date)}</td>
                    <td>{tenancy_badge(t.status)}</td>
                </Row>
            }
        })
        .collect_view();
    view! { <DataTable caption="Tenancies" columns>{rows}</DataTable> }.into_any()
}
