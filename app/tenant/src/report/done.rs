//! Pages that ask nothing: what to do now, the link that was sent, and "we have got it".

use domain::faults::Priority;
use domain::tickets::Status;
use domain::time;
use jiff::Timestamp;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use serde::{Deserialize, Serialize};
use ui::{BackLink, Banner, Button, ButtonGroup, ButtonKind, InputWidth, NextSteps, Panel, QuestionPage, TextInput, Tone, WarningCallout};
use wire::AppError;

use crate::frame::{Frame, Landlord, PageTitle, shown};

/// What to do about the emergency that was chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToDoNow {
    landlord: Landlord,
    draft: String,
    title: String,
    advice: Vec<String>,
    phone: Option<(String, String)>,
    /// Calling comes before everything else.
    stop_here: bool,
    is_gas: bool,
    next: String,
    aware_at: Option<Timestamp>,
}

#[server]
pub async fn load_now(draft: String) -> Result<ToDoNow, AppError> {
    let id = gate::answer(draft.parse::<domain::DraftId>().map_err(|_| services::Error::NotFound))?;
    let who = gate::reporting(id).await?;
    let opened = gate::answer(services::report::load(&who, id).await)?;
    let emergency = opened.draft.emergency_code().and_then(|code| opened.catalogue.emergency(code));
    if emergency.is_none() {
        gate::redirect(&format!("/report/{id}"));
    }
    let emergency = gate::answer(emergency.ok_or(services::Error::NotFound))?;
    let next = super::view::resume_at(&opened.draft, &opened.catalogue);
    Ok(ToDoNow {
        landlord: Landlord::new(opened.organisation.clone(), opened.settings.clone(), !who.is_guest()),
        draft: id.to_string(),
        title: emergency.title.clone(),
        advice: emergency.advice.clone(),
        phone: emergency.phone.as_ref().map(|p| (p.number.clone(), p.who.clone())),
        stop_here: emergency.stop_here,
        is_gas: matches!(emergency.code.as_str(), "gas" | "co"),
        next: format!("/report/{id}/{next}"),
        aware_at: opened.aware_at,
    })
}

#[component]
pub fn Now() -> impl IntoView {
    let draft = use_params_map().with_untracked(|p| p.get("draft").unwrap_or_default());
    let data = Resource::new_blocking(move || draft.clone(), load_now);
    shown(data, |page| {
        let tel = |number: &str| format!("tel:{}", number.replace(' ', ""));
        let back = format!("/report/{}/emergency", page.draft);
        let known = page.aware_at.map(|at| format!("We have known of it since {}, even if you go no further. ", time::clock(at)));
        let go_on = if page.stop_here { "When you are safe, report it here too" } else { "Go on and report it" };
        let call = page
            .phone
            .clone()
            .map(|(number, who)| view! { <p class="wizard__call"><a href=tel(&number)>{number.clone()}</a><span>{who}</span></p> });
        let ours = page.landlord.emergency_phone.clone().filter(|_| !page.is_gas);
        view! {
            <PageTitle title=page.title.clone() landlord=page.landlord.name.clone()/>
            <Frame landlord=page.landlord.clone()>
                <div class="stack">
                    <BackLink href=back/>
                    <h1 class="heading-xl">{page.title.clone()}</h1>
                    {call}
                    <WarningCallout title="What to do now">
                        <ol class="wizard__advice">{page.advice.clone().into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}</ol>
                    </WarningCallout>
                    {ours.map(|number| view! { <p>"Our emergency line, day and night: "<a class="nowrap" href=tel(&number)>{number.clone()}</a></p> })}
                    <p>{known}"The next questions tell us what to bring."</p>
                    <ButtonGroup><Button kind=if page.stop_here { ButtonKind::Secondary } else { ButtonKind::Primary } href=page.next.clone()>{go_on}</Button></ButtonGroup>
                </div>
            </Frame>
        }
        .into_any()
    })
}

#[server]
pub async fn load_saved(draft: String) -> Result<(Landlord, String), AppError> {
    let id = gate::answer(draft.parse::<domain::DraftId>().map_err(|_| services::Error::NotFound))?;
    let who = gate::reporting(id).await?;
    let opened = gate::answer(services::report::load(&who, id).await)?;
    let until = time::long_date(time::london(opened.expires_at).date());
    Ok((Landlord::new(opened.organisation, opened.settings, !who.is_guest()), until))
}

#[component]
pub fn Saved() -> impl IntoView {
    let draft = use_params_map().with_untracked(|p| p.get("draft").unwrap_or_default());
    let back = format!("/report/{draft}");
    let data = Resource::new_blocking(move || draft.clone(), load_saved);
    shown(data, move |(landlord, until)| {
        let back = back.clone();
        view! {
            <PageTitle title="We have sent you a link" landlord=landlord.name.clone()/>
            <Frame landlord>
                <div class="stack">
                    <h1 class="heading-xl">"We have sent you a link"</h1>
                    <p>"Open it on any phone or computer to go on. Your answers are kept until "{until}"."</p>
                    <p><a href=back>"Go on here instead"</a></p>
                </div>
            </Frame>
        }
        .into_any()
    })
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GotIt {
    landlord: Landlord,
    draft: String,
    ticket: String,
    reference: String,
    title: String,
    priority: Priority,
    status: Status,
    created_at: Timestamp,
    target_at: Option<Timestamp>,
    confirmed: bool,
    guest_email: Option<String>,
    code: String,
    errors: Vec<(String, String)>,
}

#[server]
pub async fn load_done(draft: String, kept: String) -> Result<GotIt, AppError> {
    let id = gate::answer(draft.parse::<domain::DraftId>().map_err(|_| services::Error::NotFound))?;
    let who = gate::reporting(id).await?;
    let r = gate::answer(services::report::receipt(&who, id).await)?;
    let kept = gate::kept(&kept).await?.map(|k| (k.raw, k.errors)).or(r.problems.map(|p| (p.raw, p.errors)));
    let (raw, errors) = kept.unwrap_or_default();
    Ok(GotIt {
        landlord: Landlord::new(r.organisation, r.settings, !who.is_guest()),
        draft: id.to_string(),
        ticket: r.ticket.to_string(),
        reference: r.reference,
        title: r.title,
        priority: r.priority,
        status: r.status,
        created_at: r.created_at,
        target_at: r.target_at,
        confirmed: r.confirmed,
        guest_email: r.guest_email,
        code: raw.one("code").to_owned(),
        errors: errors.iter().map(|(f, s)| (f.to_owned(), s.to_owned())).collect(),
    })
}

#[component]
pub fn Done() -> impl IntoView {
    let draft = use_params_map().with_untracked(|p| p.get("draft").unwrap_or_default());
    let (kept, sent) = use_query_map().with_untracked(|q| (q.get("kept").unwrap_or_default(), q.get("sent").is_some()));
    let data = Resource::new_blocking(move || (draft.clone(), kept.clone()), |(draft, kept)| load_done(draft, kept));
    shown(data, move |page| {
        let failed = !page.errors.is_empty();
        let target = target(&page);
        let steps = vec![
            ("We have got your report".to_owned(), time::long_date(time::london(page.created_at).date())),
            match page.priority {
                Priority::Emergency => {
                    ("Somebody looks at it at once".to_owned(), "We treat it as an emergency. Keep your phone with you.".to_owned())
                }
                _ => ("Somebody looks at it".to_owned(), "We decide who has to come, and ask you if something is not clear.".to_owned()),
            },
            ("We send somebody".to_owned(), "We tell you who comes and when, before they come.".to_owned()),
            ("You tell us whether it is fixed".to_owned(), target),
        ];
        let landlord = page.landlord.clone();
        let confirm = (!page.confirmed && page.guest_email.is_some()).then(|| confirm_form(page.clone(), sent));
        view! {
            <PageTitle title="We have got it" failed landlord=landlord.name.clone()/>
            <Frame landlord=landlord.clone()>
                <div class="stack wizard__done">
                    <Panel title="We have got it" reference=page.reference.clone()>{page.title.clone()}</Panel>
                    {confirm}
                    {(page.confirmed && page.guest_email.is_some()).then(|| view! { <Banner tone=Tone::Green title="Your email address is confirmed">"We tell you by email how it goes."</Banner> })}
                    {(!page.confirmed && page.guest_email.is_none()).then(|| view! { <Banner title="We will ring you">"You gave no email address. Write down your reference."</Banner> })}
                    <section class="stack">
                        <h2 class="heading-m">"What happens next"</h2>
                        <NextSteps steps/>
                    </section>
                    <section class="stack">
                        <h2 class="heading-m">"If it gets worse"</h2>
                        <p>{worse(&landlord)}</p>
                    </section>
                    <p class="muted">"To keep this page, print it or save it from your browser’s menu."</p>
                    {landlord.is_tenant.then(|| view! {
                        <ButtonGroup>
                            <Button kind=ButtonKind::Primary href=format!("/repairs/{}", page.ticket)>"See this repair"</Button>
                            <Button href="/repairs">"All my repairs"</Button>
                        </ButtonGroup>
                    })}
                </div>
            </Frame>
        }
        .into_any()
    })
}

/// Policy, and said to be: it is not law.
fn target(page: &GotIt) -> String {
    let Some(at) = page.target_at else { return "We ask you when the work is done.".to_owned() };
    let day = time::long_date(time::london(at).date());
    let by = if page.priority == Priority::Emergency { format!("{} on {day}", time::clock(at)) } else { day };
    format!("Our target: dealt with by {by}. This is our own policy.")
}

fn worse(landlord: &Landlord) -> String {
    match (&landlord.emergency_phone, &landlord.office_phone) {
        (Some(phone), _) => format!("Call us on {phone}, day and night. If anybody is in danger, call 999 first."),
        (None, Some(phone)) => format!("Call us on {phone} ({}). If anybody is in danger, call 999.", landlord.office_hours),
        (None, None) => "Tell us. If anybody is in danger, call 999.".to_owned(),
    }
}

fn confirm_form(page: GotIt, sent: bool) -> AnyView {
    let GotIt { draft, guest_email, code, errors, .. } = page;
    let email = guest_email.unwrap_or_default();
    let error = errors.iter().find(|(f, _)| f == "code").map(|(_, s)| s.clone()).unwrap_or_default();
    let whole = errors.iter().find(|(f, _)| f.is_empty()).map(|(_, s)| s.clone());
    let again = format!("/report/{draft}/code");
    view! {
        <section class="wizard__confirm">
            {sent.then(|| view! { <Banner tone=Tone::Green>"We have sent a new code."</Banner> })}
            {whole.map(|sentence| view! { <Banner tone=Tone::Amber>{sentence}</Banner> })}
            <QuestionPage action=format!("/report/{draft}/confirm") submit="Confirm">
                <h2 class="heading-m">"Confirm your email address"</h2>
                <p>"We have sent 6 digits to "<strong>{email}</strong>". Your report counts without them; with them we can answer you."</p>
                <TextInput name="code" label="The 6 digits" error value=code inputmode="numeric" autocomplete="one-time-code" width=InputWidth::W10/>
            </QuestionPage>
            <form method="post" action=again><Button kind=ButtonKind::Quiet>"Send a new code"</Button></form>
        </section>
    }
    .into_any()
}
