//! A property's form, new or edited: one column, in sections.

use domain::estate::{LandlordKind, PropertyForm, PropertyKind, PropertyStatus, Tenure};
use domain::policy::Act;
use domain::values::Country;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use ui::{
    Button, ButtonKind, Card, Choice, InputWidth, PageHeader, Post, PostForm, Radios, Select, Skeleton, TextInput, Textarea, load,
    suspended,
};
use wire::AppError;

use super::parts::{CannotShow, FormTrouble, MayNot, field_errors};
use super::property::load_property;
use crate::frame::use_me;

/// Without an id a new one, else the one with it, as it was at `version`.
#[server]
pub async fn save_property(
    #[server(default)] id: String,
    #[server(default)] version: i32,
    #[server(flatten)] form: PropertyForm,
) -> Result<(), AppError> {
    use services::estate::properties;
    let cx = gate::staff().await?;
    let saved = if id.is_empty() {
        properties::create(&cx, &form).await
    } else {
        match id.parse() {
            Ok(id) => properties::edit(&cx, id, version, &form).await.map(|()| id),
            Err(_) => Err(services::Error::NotFound),
        }
    };
    let id = gate::answer(saved)?;
    gate::redirect(&format!("/staff/properties/{id}"));
    Ok(())
}

#[component]
pub fn NewPropertyPage() -> impl IntoView {
    if !use_me().may(Act::ChangeEstate) {
        return view! { <MayNot title="New property" list="Properties" href="/staff/properties"/> }.into_any();
    }
    // What most properties of the UK are; everything else is asked.
    let form = PropertyForm { country: "england".to_owned(), status: "active".to_owned(), ..PropertyForm::default() };
    view! {
        <Title text="New property"/>
        <PageHeader title="New property" trail=vec![("Properties".to_owned(), "/staff/properties".to_owned())]/>
        <Fields form id=String::new() version=0/>
    }
    .into_any()
}

#[component]
pub fn EditPropertyPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|p| p.get("id").unwrap_or_default()));
    let property = load(move || id.get(), load_property);
    let may = use_me().may(Act::ChangeEstate);
    view! {
        <Suspense fallback=|| view! { <Skeleton/> }>
            {move || suspended(async move {
                match property.await {
                    Ok(_) if !may => view! { <MayNot title="Edit property" list="Properties" href="/staff/properties"/> }.into_any(),
                    Ok(detail) => {
                        let here = format!("/staff/properties/{}", detail.id);
                        view! {
                            <Title text=format!("Edit {}", detail.property.line1)/>
                            <PageHeader
                                title=format!("Edit {}", detail.property.line1)
                                trail=vec![("Properties".to_owned(), "/staff/properties".to_owned()), (detail.property.line1.clone(), here)]
                            />
                            <Fields form=PropertyForm::from(&detail.property) id=detail.id.to_string() version=detail.version/>
                        }
                        .into_any()
                    }
                    Err(error) => view! { <CannotShow error what="property" list="Properties" href="/staff/properties"/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
fn Fields(form: PropertyForm, id: String, version: i32) -> impl IntoView {
    let save = Post::<SaveProperty>::new();
    let answer = save.value();
    let wrong = move |field: &'static str| move || answer.with(|a| field_errors(a.as_ref()).get(field).unwrap_or_default().to_owned());
    let back = if id.is_empty() { "/staff/properties".to_owned() } else { format!("/staff/properties/{id}") };
    let known = [Choice::new("yes", "Yes"), Choice::new("no", "No"), Choice::new("", "Not known")];
    view! {
        <PostForm action=save attr:class="form-page" attr:novalidate=true>
            <input type="hidden" name="id" value=id/>
            <input type="hidden" name="version" value=version/>
            <FormTrouble order=&["line1", "line2", "city", "postcode", "country", "name", "uprn", "reference", "kind", "status", "tenure", "landlord_kind", "storeys", "built_year", "has_gas", "smoke_alarms", "co_alarms", "warnings", "access_notes"] answer=Signal::derive(move || answer.get().and_then(Result::err))/>
            <Card title="Address">
                <div class="stack">
                    <TextInput name="line1" label="First line" value=form.line1 autocomplete="off" maxlength=120 error=wrong("line1")/>
                    <TextInput name="line2" label="Second line" value=form.line2 optional=true maxlength=120 error=wrong("line2")/>
                    <TextInput name="city" label="Town or city" value=form.city width=InputWidth::W20 maxlength=120 error=wrong("city")/>
                    <TextInput name="postcode" label="Postcode" value=form.postcode width=InputWidth::W10 maxlength=10 error=wrong("postcode")/>
                    <Select name="country" label="Nation" hint="Decides which law applies." value=form.country
                        choices=Country::ALL.iter().map(|c| Choice::new(c.as_str(), c.label())).collect() width=InputWidth::W20 error=wrong("country")/>
                    <TextInput name="name" label="Name of the building" value=form.name optional=true maxlength=120 error=wrong("name")/>
                    <TextInput name="uprn" label="UPRN" hint="Unique Property Reference Number, at most 12 digits." value=form.uprn inputmode="numeric" width=InputWidth::W20 optional=true error=wrong("uprn")/>
                </div>
            </Card>
            <Card title="What it is">
                <div class="stack">
                    <TextInput name="reference" label="Your reference" hint="How your other systems and spreadsheets know it." value=form.reference width=InputWidth::W20 optional=true maxlength=40 error=wrong("reference")/>
                    <Select name="kind" label="Kind" empty="Choose" value=form.kind
                        choices=PropertyKind::ALL.iter().map(|k| Choice::new(k.as_str(), k.label())).collect() width=InputWidth::W20 error=wrong("kind")/>
                    <Radios name="status" legend="Status" inline=true value=form.status
                        choices=[PropertyStatus::Active, PropertyStatus::Void].map(|s| Choice::new(s.as_str(), s.label())).into() error=wrong("status")/>
                    <Select name="tenure" label="Tenure" empty="Choose" value=form.tenure
                        choices=Tenure::ALL.iter().map(|t| Choice::new(t.as_str(), t.label())).collect() width=InputWidth::W20 error=wrong("tenure")/>
                    <Select name="landlord_kind" label="Landlord" empty="Choose" value=form.landlord_kind
                        choices=LandlordKind::ALL.iter().map(|l| Choice::new(l.as_str(), l.label())).collect() width=InputWidth::W20 error=wrong("landlord_kind")/>
                    <div class="field-row">
                        <TextInput name="storeys" label="Storeys" value=form.storeys inputmode="numeric" width=InputWidth::W4 optional=true error=wrong("storeys")/>
                        <TextInput name="built_year" label="Year built" value=form.built_year inputmode="numeric" width=InputWidth::W4 optional=true error=wrong("built_year")/>
                    </div>
                </div>
            </Card>
            <Card title="Safety">
                <div class="stack">
                    <Radios name="has_gas" legend="Gas" inline=true value=form.has_gas choices=known.into() error=wrong("has_gas")/>
                    <div class="field-row">
                        <TextInput name="smoke_alarms" label="Smoke alarms" value=form.smoke_alarms inputmode="numeric" width=InputWidth::W4 optional=true error=wrong("smoke_alarms")/>
                        <TextInput name="co_alarms" label="Carbon monoxide alarms" value=form.co_alarms inputmode="numeric" width=InputWidth::W4 optional=true error=wrong("co_alarms")/>
                    </div>
                    <Textarea name="warnings" label="Warnings" hint="Asbestos, a dog, two-person visits. Shown to who is sent, while they are sent." value=form.warnings rows=3 optional=true error=wrong("warnings")/>
                    <Textarea name="access_notes" label="How to get in" hint="No codes here: they are kept sealed on the property’s page." value=form.access_notes rows=3 optional=true error=wrong("access_notes")/>
                </div>
            </Card>
            <div class="cluster">
                <Button kind=ButtonKind::Primary busy=save.pending()>"Save property"</Button>
                <Button kind=ButtonKind::Quiet href=back>"Cancel"</Button>
            </div>
        </PostForm>
    }
}
