//! The organisation's settings: one form in sections, and the faults it asks about.

use domain::policy::Act;
use domain::settings::SettingsForm;
use leptos::prelude::*;
use leptos_meta::Title;
use serde::{Deserialize, Serialize};
use ui::{
    Banner, Button, ButtonKind, Card, Dialog, FactList, IconName, InputWidth, PageHeader, Post, PostForm, Skeleton, TextInput, Toast,
    ToastRegion, Tone, load, provide_toasts,
};
use wire::AppError;

use crate::estate::parts::{FormTrouble, field_errors};
use crate::frame::use_me;
use crate::imports::TextFile;

/// What the page shows. An allow-list: it is printed into the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SettingsShown {
    pub form: SettingsForm,
    pub version: i32,
    /// Where the public reports.
    pub report_path: String,
    /// 0 while the faults are the default.
    pub faults_edition: i32,
    pub faults: u32,
}

#[server]
pub async fn load_settings() -> Result<SettingsShown, AppError> {
    let cx = gate::staff().await?;
    let org = gate::answer(services::settings::read(&cx).await)?;
    let (catalogue, faults_edition) = gate::answer(services::settings::faults(&cx).await)?;
    let faults = catalogue.rooms.iter().flat_map(|r| &r.items).map(|i| i.problems.len()).sum::<usize>();
    Ok(SettingsShown {
        form: SettingsForm::of(&org.name, &org.settings),
        version: org.version,
        report_path: format!("/r/{}", org.slug),
        faults_edition,
        faults: u32::try_from(faults).unwrap_or(u32::MAX),
    })
}

#[server]
pub async fn save_settings(version: i32, #[server(flatten)] form: SettingsForm) -> Result<(), AppError> {
    let cx = gate::staff().await?;
    gate::answer(services::settings::change(&cx, version, &form).await)
}

#[server]
pub async fn save_faults(edition: i32, text: String) -> Result<(), AppError> {
    let cx = gate::staff().await?;
    gate::answer(services::settings::change_faults(&cx, edition, &text).await)
}

#[server]
pub async fn reset_faults(edition: i32) -> Result<(), AppError> {
    let cx = gate::staff().await?;
    gate::answer(services::settings::default_faults(&cx, edition).await)
}

#[component]
pub fn SettingsPage() -> impl IntoView {
    let settings = load(|| (), |()| load_settings());
    let toasts = provide_toasts(None);
    let refresh = Callback::new(move |()| {
        toasts.show(Toast::done("Saved"));
        settings.refetch();
    });
    view! {
        <Title text="Settings"/>
        <Transition fallback=|| view! { <Skeleton/> }>
            {move || settings.get().map(|loaded| match loaded {
                Ok(shown) => view! { <Whole shown refresh/> }.into_any(),
                Err(error) => view! { <PageHeader title="Settings"/><Banner tone=Tone::Red>{error.to_string()}</Banner> }.into_any(),
            })}
        </Transition>
        <ToastRegion toasts/>
    }
}

#[component]
fn Whole(shown: SettingsShown, refresh: Callback<()>) -> impl IntoView {
    let may_change = use_me().may(Act::ChangeSettings);
    let SettingsShown { form, version, report_path, faults_edition, faults } = shown;
    view! {
        <PageHeader title="Settings" lede="What tenants see, what you promise, and the limits."/>
        {(!may_change).then(|| view! { <Banner tone=Tone::Blue>"You read these settings. An administrator of your organisation changes them."</Banner> })}
        <div class="settings">
            <Fields form version may_change refresh/>
            <div class="settings__side">
                <Card title="Where the public reports">
                    <p>"People without an account report here. Put the address on letters, notice boards and your website."</p>
                    <p class="settings__link"><a href=report_path.clone() rel="external">{report_path.clone()}</a></p>
                </Card>
                <Faults edition=faults_edition faults may_change refresh/>
            </div>
        </div>
    }
}

#[component]
fn Fields(form: SettingsForm, version: i32, may_change: bool, refresh: Callback<()>) -> impl IntoView {
    let save = Post::<SaveSettings>::new();
    let answer = save.value();
    let wrong = move |field: &'static str| move || answer.with(|a| field_errors(a.as_ref()).get(field).unwrap_or_default().to_owned());
    Effect::new(move |_| {
        if let Some(Ok(())) = answer.get() {
            refresh.run(());
        }
    });
    let locked = !may_change;
    view! {
        <PostForm action=save attr:class="form-page" attr:novalidate=true>
            <input type="hidden" name="version" value=version/>
            <FormTrouble order=&["name", "brand_colour", "emergency_phone", "office_phone", "office_email", "office_hours", "emergency_hours", "urgent_working_days", "routine_working_days", "owner_limit", "reports_a_day", "retention_months"] answer=Signal::derive(move || answer.get().and_then(Result::err))/>
            <Card title="Your organisation">
                <div class="stack">
                    <TextInput name="name" label="Name" value=form.name maxlength=120 readonly=locked error=wrong("name")/>
                    <TextInput name="brand_colour" label="Colour" hint="Like #0f766e. It is adjusted where it could not be read." value=form.brand_colour width=InputWidth::W10 optional=true readonly=locked error=wrong("brand_colour")/>
                </div>
            </Card>
            <Card title="How people reach you">
                <div class="stack">
                    <TextInput name="emergency_phone" label="Emergency number" hint="Shown to tenants day and night." kind="tel" value=form.emergency_phone width=InputWidth::W20 optional=true readonly=locked error=wrong("emergency_phone")/>
                    <TextInput name="office_phone" label="Office number" kind="tel" value=form.office_phone width=InputWidth::W20 optional=true readonly=locked error=wrong("office_phone")/>
                    <TextInput name="office_email" label="Office e-mail" kind="email" value=form.office_email optional=true readonly=locked error=wrong("office_email")/>
                    <TextInput name="office_hours" label="Hours" value=form.office_hours maxlength=120 readonly=locked error=wrong("office_hours")/>
                </div>
            </Card>
            <Card title="Our targets">
                <div class="stack">
                    <p class="muted">"Your own promise, shown to tenants as “Our target” and labelled Policy. Changing it moves the targets of new reports only."</p>
                    <TextInput name="emergency_hours" label="Emergency" suffix="hours" value=form.emergency_hours inputmode="numeric" width=InputWidth::W4 readonly=locked error=wrong("emergency_hours")/>
                    <TextInput name="urgent_working_days" label="Urgent" suffix="working days" value=form.urgent_working_days inputmode="numeric" width=InputWidth::W4 readonly=locked error=wrong("urgent_working_days")/>
                    <TextInput name="routine_working_days" label="Routine" suffix="working days" value=form.routine_working_days inputmode="numeric" width=InputWidth::W4 readonly=locked error=wrong("routine_working_days")/>
                </div>
            </Card>
            <Card title="Limits">
                <div class="stack">
                    <TextInput name="owner_limit" label="Spend without asking the owner, up to" prefix="£" value=form.owner_limit inputmode="decimal" width=InputWidth::W10 readonly=locked error=wrong("owner_limit")/>
                    <TextInput name="reports_a_day" label="Reports one person may send in a day" hint="Emergencies are never refused." value=form.reports_a_day inputmode="numeric" width=InputWidth::W4 readonly=locked error=wrong("reports_a_day")/>
                    <TextInput name="retention_months" label="Keep personal data after a tenancy ended" suffix="months" hint="Claims about repairs can be made for six years (Limitation Act 1980)." value=form.retention_months inputmode="numeric" width=InputWidth::W4 readonly=locked error=wrong("retention_months")/>
                </div>
            </Card>
            {may_change.then(|| view! { <div class="cluster"><Button kind=ButtonKind::Primary busy=save.pending()>"Save settings"</Button></div> })}
        </PostForm>
    }
}

#[component]
fn Faults(edition: i32, faults: u32, may_change: bool, refresh: Callback<()>) -> impl IntoView {
    let chosen = RwSignal::new(None::<(String, String)>);
    let save = Post::<SaveFaults>::new();
    let reset = Post::<ResetFaults>::new();
    Effect::new(move |_| {
        if matches!(save.value().get(), Some(Ok(()))) || matches!(reset.value().get(), Some(Ok(()))) {
            refresh.run(());
        }
    });
    let whose = if edition == 0 { "The default of Fettle".to_owned() } else { format!("Your own, edition {edition}") };
    let trouble = move || match save.value().get().or_else(|| reset.value().get()) {
        Some(Err(AppError::Invalid(fields))) => fields.get("catalogue").map(ToOwned::to_owned),
        Some(Err(other)) => Some(other.to_string()),
        _ => None,
    };
    view! {
        <Card title="Faults you ask about">
            <div class="stack">
                <FactList facts=vec![("Catalogue".to_owned(), whose), ("Faults".to_owned(), faults.to_string())]/>
                <div class="cluster">
                    <a class="button button--secondary" href="/staff/settings/faults.json" rel="external" download>
                        <ui::Icon name=IconName::Download size=16/><span class="button__label">"Download"</span>
                    </a>
                    {(may_change && edition > 0).then(|| view! { <Button kind=ButtonKind::Quiet dialog="reset-faults">"Back to the default"</Button> })}
                </div>
                {may_change.then(|| view! {
                    <TextFile label="Your own catalogue" accept=".json,application/json" chosen/>
                    {move || trouble().map(|words| view! { <Banner tone=Tone::Red urgent=true title="The catalogue was not taken">{words}</Banner> })}
                    {move || chosen.get().map(|(name, text)| view! {
                        <div class="cluster">
                            <Button kind=ButtonKind::Primary kind_of="button" busy=save.pending()
                                on:click=move |_| { save.send(&[("edition", &edition.to_string()), ("text", &text)]); }>
                                {format!("Use {name}")}
                            </Button>
                        </div>
                    })}
                })}
            </div>
        </Card>
        <Dialog id="reset-faults" title="Back to the default faults" text="Your own catalogue is replaced. Reports made with it keep what they say.">
            <PostForm action=reset attr:class="stack">
                <input type="hidden" name="edition" value=edition/>
                <div class="cluster"><Button kind=ButtonKind::Danger busy=reset.pending()>"Use the default"</Button></div>
            </PostForm>
        </Dialog>
    }
}
