//! A contact's form, new or edited.

use domain::people::{Channel, ContactForm, ContactKind, LANGUAGES};
use domain::policy::Act;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use ui::{
    Button, ButtonKind, Card, Choice, InputWidth, PageHeader, Post, PostForm, Radios, Select, Skeleton, TextInput, Textarea, load,
    suspended,
};
use wire::AppError;

use super::contact::load_contact;
use crate::estate::parts::{CannotShow, FormTrouble, MayNot, field_errors};
use crate::frame::use_me;

/// Without an id a new one, else the one with it, as it was at `version`.
#[server]
pub async fn save_contact(
    #[server(default)] id: String,
    #[server(default)] version: i32,
    #[server(flatten)] form: ContactForm,
) -> Result<(), AppError> {
    use services::people::contacts;
    let cx = gate::staff().await?;
    let saved = if id.is_empty() {
        contacts::create(&cx, &form).await
    } else {
        match id.parse() {
            Ok(id) => contacts::edit(&cx, id, version, &form).await.map(|()| id),
            Err(_) => Err(services::Error::NotFound),
        }
    };
    let id = gate::answer(saved)?;
    gate::redirect(&format!("/staff/contacts/{id}"));
    Ok(())
}

#[component]
pub fn NewContactPage() -> impl IntoView {
    if !use_me().may(Act::ChangePeople) {
        return view! { <MayNot title="New contact" list="Contacts" href="/staff/contacts"/> }.into_any();
    }
    let kind = use_query_map().with_untracked(|q| q.get("kind").unwrap_or_default());
    let kind = ContactKind::parse(&kind).unwrap_or(ContactKind::Tenant);
    let form = ContactForm {
        kind: kind.as_str().to_owned(),
        preferred_language: "en".to_owned(),
        large_print: "no".to_owned(),
        ..ContactForm::default()
    };
    view! {
        <Title text="New contact"/>
        <PageHeader title="New contact" trail=vec![("Contacts".to_owned(), format!("/staff/contacts?kind={}", kind.as_str()))]/>
        <Fields form id=String::new() version=0/>
    }
    .into_any()
}

#[component]
pub fn EditContactPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|p| p.get("id").unwrap_or_default()));
    let contact = load(move || id.get(), load_contact);
    let may = use_me().may(Act::ChangePeople);
    view! {
        <Suspense fallback=|| view! { <Skeleton/> }>
            {move || suspended(async move {
                match contact.await {
                    Ok(_) if !may => view! { <MayNot title="Edit contact" list="Contacts" href="/staff/contacts"/> }.into_any(),
                    Ok(detail) => {
                        let title = format!("Edit {}", detail.contact.name);
                        let trail = vec![
                            ("Contacts".to_owned(), format!("/staff/contacts?kind={}", detail.contact.kind.as_str())),
                            (detail.contact.name.clone(), format!("/staff/contacts/{}", detail.id)),
                        ];
                        view! {
                            <Title text=title.clone()/>
                            <PageHeader title trail/>
                            <Fields form=ContactForm::from(&detail.contact) id=detail.id.to_string() version=detail.version/>
                        }
                        .into_any()
                    }
                    Err(error) => view! { <CannotShow error what="contact" list="Contacts" href="/staff/contacts"/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
fn Fields(form: ContactForm, id: String, version: i32) -> impl IntoView {
    let save = Post::<SaveContact>::new();
    let answer = save.value();
    let wrong = move |field: &'static str| move || answer.with(|a| field_errors(a.as_ref()).get(field).unwrap_or_default().to_owned());
    let is_new = id.is_empty();
    let back = if is_new { format!("/staff/contacts?kind={}", form.kind) } else { format!("/staff/contacts/{id}") };
    let kind = form.kind.clone();
    view! {
        <PostForm action=save attr:class="form-page" attr:novalidate=true>
            <input type="hidden" name="id" value=id/>
            <input type="hidden" name="version" value=version/>
            <FormTrouble order=&["kind", "name", "company", "reference", "email", "phone", "preferred_channel", "preferred_language", "large_print", "needs", "notes"] answer=Signal::derive(move || answer.get().and_then(Result::err))/>
            <Card title="Who">
                <div class="stack">
                    {if is_new {
                        view! {
                            <Radios name="kind" legend="Kind" inline=true value=kind
                                choices=ContactKind::ALL.iter().map(|k| Choice::new(k.as_str(), k.label())).collect() error=wrong("kind")/>
                        }.into_any()
                    } else {
                        view! { <input type="hidden" name="kind" value=kind/> }.into_any()
                    }}
                    <TextInput name="name" label="Full name" value=form.name maxlength=120 autocomplete="off" error=wrong("name")/>
                    <TextInput name="company" label="Company" value=form.company maxlength=120 optional=true error=wrong("company")/>
                    <TextInput name="reference" label="Your reference" hint="How your other systems and spreadsheets know them." value=form.reference width=InputWidth::W20 maxlength=40 optional=true error=wrong("reference")/>
                </div>
            </Card>
            <Card title="How to reach them">
                <div class="stack">
                    <TextInput name="email" label="E-mail" kind="email" value=form.email autocomplete="off" spellcheck=false optional=true error=wrong("email")/>
                    <TextInput name="phone" label="Telephone" kind="tel" value=form.phone width=InputWidth::W20 autocomplete="off" optional=true error=wrong("phone")/>
                    <Select name="preferred_channel" label="They prefer" empty="Whatever is known" value=form.preferred_channel width=InputWidth::W20
                        choices=Channel::ALL.iter().map(|c| Choice::new(c.as_str(), c.label())).collect() error=wrong("preferred_channel")/>
                    <Select name="preferred_language" label="Language" value=form.preferred_language width=InputWidth::W20
                        choices=LANGUAGES.iter().map(|(code, name)| Choice::new(*code, *name)).collect() error=wrong("preferred_language")/>
                    <Radios name="large_print" legend="Large print" inline=true value=form.large_print choices=vec![Choice::new("no", "No"), Choice::new("yes", "Yes")] error=wrong("large_print")/>
                </div>
            </Card>
            <Card title="To know">
                <div class="stack">
                    <Textarea name="needs" label="Before a visit" hint="Wheelchair, ring twice, a carer answers. It raises attention and never lowers it." value=form.needs rows=3 optional=true error=wrong("needs")/>
                    <Textarea name="notes" label="Notes for staff" value=form.notes rows=3 optional=true error=wrong("notes")/>
                </div>
            </Card>
            <div class="cluster">
                <Button kind=ButtonKind::Primary busy=save.pending()>"Save contact"</Button>
                <Button kind=ButtonKind::Quiet href=back>"Cancel"</Button>
            </div>
        </PostForm>
    }
}
