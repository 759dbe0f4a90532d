//! Where people arrive: the start page, an organisation's public page, and what to do in an emergency (which asks nobody who they are).

use domain::DraftId;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use serde::{Deserialize, Serialize};
use ui::{Button, ButtonGroup, ButtonKind, Details};
use wire::AppError;

use crate::frame::{Frame, Landlord, PageTitle, shown};

/// Whoever is at the door.
#[server]
pub async fn load_visitor() -> Result<String, AppError> {
    let home = gate::optional_visitor().await?.map(|v| v.home().to_owned());
    if let Some(home) = &home {
        gate::redirect(home);
    }
    Ok(home.unwrap_or_default())
}

#[component]
pub fn Landing() -> impl IntoView {
    let data = Resource::new_blocking(|| (), |()| load_visitor());
    shown(data, |_| {
        let landlord = Landlord { name: "Repairs".to_owned(), ..Landlord::default() };
        view! {
            <PageTitle title="Report a repair" landlord="Repairs"/>
            <Frame landlord>
                <div class="stack">
                    <h1 class="heading-xl">"Report a repair in your home"</h1>
                    <p class="lede">"Sign in to report a problem, or to see how a repair is going."</p>
                    <ButtonGroup>
                        <Button kind=ButtonKind::Primary href="/login">"Sign in"</Button>
                        <Button href="/emergency">"It is an emergency"</Button>
                    </ButtonGroup>
                    <section class="stack">
                        <h2 class="heading-m">"No account?"</h2>
                        <p>"Use the report page your landlord or agent gave you. Its address ends in their name, such as "<strong>"/r/oak-homes"</strong>"."</p>
                    </section>
                    <section class="stack">
                        <h2 class="heading-m">"Do you look after homes?"</h2>
                        <p><a href="/login">"Sign in to the console"</a>" or "<a href="/register">"set up your organisation"</a>"."</p>
                    </section>
                </div>
            </Frame>
        }
        .into_any()
    })
}

/// What to do in an emergency, and whom to call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InEmergency {
    /// The organisation the address names.
    landlord: Option<Landlord>,
    all: Vec<Advice>,
}

/// An emergency: what it is, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advice {
    label: String,
    title: String,
    lines: Vec<String>,
    number: String,
}

#[server]
pub async fn load_emergencies(#[server(default)] slug: String) -> Result<InEmergency, AppError> {
    // This page must open while the database is away: then without the organisation's own number.
    let landlord = match slug.as_str() {
        "" => None,
        slug => match services::report::guest::public_page(&gate::house()?, slug).await {
            Ok(page) => Some(Landlord::new(page.name, page.settings, false)),
            Err(services::Error::NotFound) => return gate::answer(Err(services::Error::NotFound)),
            Err(error) => {
                gate::log_error(&error, "");
                None
            }
        },
    };
    let all = domain::faults::Catalogue::default_uk()
        .emergencies
        .iter()
        .map(|e| Advice {
            label: e.label.clone(),
            title: e.title.clone(),
            lines: e.advice.clone(),
            number: e.phone.as_ref().map(|p| p.number.clone()).unwrap_or_default(),
        })
        .collect();
    Ok(InEmergency { landlord, all })
}

#[component]
pub fn Emergencies() -> impl IntoView {
    let slug = use_params_map().with_untracked(|p| p.get("slug").unwrap_or_default());
    let report = if slug.is_empty() { "/report".to_owned() } else { format!("/r/{slug}") };
    let data = Resource::new_blocking(move || slug.clone(), load_emergencies);
    shown(data, move |InEmergency { landlord, all }| {
        let ours = landlord.as_ref().and_then(|l| Some((l.name.clone(), l.emergency_phone.clone()?)));
        let landlord = landlord.unwrap_or_else(|| Landlord { name: "Repairs".to_owned(), ..Landlord::default() });
        let report = report.clone();
        view! {
            <PageTitle title="In an emergency" landlord=landlord.name.clone()/>
            <Frame landlord>
                <div class="stack">
                    <h1 class="heading-xl">"In an emergency"</h1>
                    <p class="wizard__call"><a href="tel:0800111999">"0800 111 999"</a><span>"Smell of gas or a carbon monoxide alarm: National Gas Emergency Service, free, day and night"</span></p>
                    <p class="wizard__call"><a href="tel:999">"999"</a><span>"Fire, or somebody is in danger"</span></p>
                    {ours.map(|(name, number)| view! {
                        <p class="wizard__call"><a href=format!("tel:{}", number.replace(' ', ""))>{number.clone()}</a><span>{format!("Any other emergency in your home: {name}, day and night")}</span></p>
                    })}
                    <h2 class="heading-m">"What to do now"</h2>
                    <div>
                        {all.into_iter().map(|e| view! {
                            <Details summary=e.label>
                                <p><strong>{e.title}</strong></p>
                                <ol class="wizard__advice">{e.lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}</ol>
                            </Details>
                        }).collect_view()}
                    </div>
                    <p>"Then tell your landlord: "<a href=report>"report it"</a>". The moment you report it counts."</p>
                </div>
            </Frame>
        }
        .into_any()
    })
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Public {
    landlord: Landlord,
    slug: String,
    /// This browser has an unfinished report.
    draft: Option<DraftId>,
}

#[server]
pub async fn load_public(slug: String) -> Result<Public, AppError> {
    let page = gate::answer(services::report::guest::public_page(&gate::house()?, &slug).await)?;
    Ok(Public { landlord: Landlord::new(page.name, page.settings, false), slug, draft: gate::guest_draft().await? })
}

#[component]
pub fn PublicPage() -> impl IntoView {
    let slug = use_params_map().with_untracked(|p| p.get("slug").unwrap_or_default());
    let data = Resource::new_blocking(move || slug.clone(), load_public);
    shown(data, |page| {
        let name = page.landlord.name.clone();
        let urgent = format!("/r/{}/emergency", page.slug);
        let office = page.landlord.office_phone.clone();
        let hours = page.landlord.office_hours.clone();
        view! {
            <PageTitle title="Report a repair" landlord=name.clone()/>
            <Frame landlord=page.landlord.clone()>
                <div class="stack">
                    <h1 class="heading-xl">"Report a repair to "{name}</h1>
                    <p class="lede">"You need no account. We ask where you live, what is wrong, and how to reach you. It takes about five minutes."</p>
                    <p><strong>"If you smell gas, call 0800 111 999 now."</strong>" Then come back and report it here too."</p>
                    <form method="post" action=format!("/r/{}", page.slug)>
                        <ButtonGroup>
                            <Button kind=ButtonKind::Primary>"Start now"</Button>
                            <Button href=urgent>"It is an emergency"</Button>
                            {page.draft.map(|id| view! { <Button href=format!("/report/{id}")>"Go on with my report"</Button> })}
                        </ButtonGroup>
                    </form>
                    <p>"Have an account? "<a href="/login?next=/report">"Sign in"</a>" and we know your home already."</p>
                    {office.map(|phone| view! { <p class="muted">"Rather talk to somebody? Call "{phone}", "{hours}"."</p> })}
                </div>
            </Frame>
        }
        .into_any()
    })
}
