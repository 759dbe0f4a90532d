//! The wizard's pages: one question each, as GOV.UK asks (back link, the question as heading, Continue, what went wrong on top).

mod done;
mod pages;
pub mod view;

use domain::DraftId;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use ui::{Button, ButtonGroup, ButtonKind, QuestionPage};
use wire::AppError;

use crate::frame::{Frame, Landlord, PageTitle, shown};
use view::StepPage;

/// A tenant's first page: what will be asked, drafts that were begun before.
#[server]
pub async fn load_begin() -> Result<Begun, AppError> {
    let cx = gate::tenant().await?;
    let (name, settings) = gate::answer(services::repairs::landlord(&cx).await)?;
    let drafts = gate::answer(services::report::drafts_of_mine(&cx).await)?;
    let now = cx.now();
    Ok(Begun {
        landlord: Landlord::new(name, settings, true),
        drafts: drafts.into_iter().map(|(id, at)| (id, domain::time::date_time(at, now))).collect(),
    })
}

#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Begun {
    landlord: Landlord,
    drafts: Vec<(DraftId, String)>,
}

#[component]
pub fn Begin() -> impl IntoView {
    let kept = use_query_map().with_untracked(|q| q.get("kept").unwrap_or_default());
    let data = Resource::new_blocking(|| (), |()| load_begin());
    let said = Resource::new_blocking(move || kept.clone(), load_kept);
    shown(data, move |begun| {
        let said = Suspend::new(async move {
            let sentence = said.await.ok().flatten()?;
            Some(view! { <ui::Banner tone=ui::Tone::Amber title="We cannot take a report online">{sentence}</ui::Banner> })
        });
        view! {
            <PageTitle title="Report a repair" landlord=begun.landlord.name.clone()/>
            <Frame landlord=begun.landlord.clone()>
                <div class="stack">
                    <h1 class="heading-xl">"Report a repair"</h1>
                    {said}
                    <p class="lede">"We ask a few short questions. It takes about five minutes."</p>
                    <ul class="prose">
                        <li>"You can add photos."</li>
                        <li>"Your answers are kept as you go. You can stop and come back within 30 days."</li>
                        <li>"At the end you get a reference, and we tell you what happens next."</li>
                    </ul>
                    <form method="post" action="/report">
                        <ButtonGroup><Button kind=ButtonKind::Primary>"Start now"</Button></ButtonGroup>
                    </form>
                    {(!begun.drafts.is_empty()).then(|| view! {
                        <section class="stack">
                            <h2 class="heading-m">"Reports you have not sent yet"</h2>
                            <ul class="prose">
                                {begun.drafts.clone().into_iter().map(|(id, at)| view! {
                                    <li><a href=format!("/report/{id}")>"Go on with the report of "{at}</a></li>
                                }).collect_view()}
                            </ul>
                        </section>
                    })}
                </div>
            </Frame>
        }
        .into_any()
    })
}

/// The sentence about a form as a whole that was refused.
#[server]
pub async fn load_kept(kept: String) -> Result<Option<String>, AppError> {
    Ok(gate::kept(&kept).await?.and_then(|k| k.errors.get("").map(ToOwned::to_owned)))
}

/// The link from an e-mail: a button, because mail scanners follow links and press none.
#[component]
pub fn Resume() -> impl IntoView {
    let (token, gone) = use_query_map().with_untracked(|q| (q.get("token").unwrap_or_default(), q.get("gone").is_some()));
    let landlord = Landlord { name: "Repairs".to_owned(), ..Landlord::default() };
    view! {
        <PageTitle title="Finish your report" landlord="Repairs"/>
        <Frame landlord>
            {if gone || token.is_empty() {
                view! {
                    <div class="stack">
                        <h1 class="heading-xl">"This link no longer works"</h1>
                        <p>"It was used for a report that is no longer kept, or it is incomplete. Copy the whole link from the email, or start again."</p>
                        <p><a href="/">"Go to the start page"</a></p>
                    </div>
                }.into_any()
            } else {
                view! {
                    <QuestionPage title="Finish your report" lede="Your answers are kept. Go on where you stopped." action="/report/resume" submit="Go on">
                        <input type="hidden" name="token" value=token/>
                    </QuestionPage>
                }.into_any()
            }}
        </Frame>
    }
}

/// A draft without a page: on to its first open question.
#[server]
pub async fn go_on(draft: String) -> Result<(), AppError> {
    let id = gate::answer(draft.parse::<DraftId>().map_err(|_| services::Error::NotFound))?;
    let who = gate::reporting(id).await?;
    let opened = gate::answer(services::report::load(&who, id).await)?;
    let page = match opened.state {
        services::report::State::Open => view::resume_at(&opened.draft, &opened.catalogue),
        services::report::State::Submitted(_) => "done",
    };
    gate::redirect(&format!("/report/{id}/{page}"));
    Ok(())
}

#[component]
pub fn Next() -> impl IntoView {
    let draft = use_params_map().with_untracked(|p| p.get("draft").unwrap_or_default());
    let data = Resource::new_blocking(move || draft.clone(), go_on);
    shown(data, |()| ().into_any())
}

/// One page of the wizard: a question, the advice for an emergency (`now`), the link that was sent (`saved`), the confirmation (`done`).
#[component]
pub fn Wizard() -> impl IntoView {
    let step = use_params_map().with_untracked(|p| p.get("step").unwrap_or_default());
    match step.as_str() {
        "now" => done::Now().into_any(),
        "saved" => done::Saved().into_any(),
        "done" => done::Done().into_any(),
        _ => pages::Question().into_any(),
    }
}

/// A page's question. One that does not apply to this draft, or comes too early, leads to the one that is due.
#[server]
pub async fn load_step(draft: String, step: String, ask: String, q: String, kept: String) -> Result<StepPage, AppError> {
    use domain::tickets::{Step, next_step};
    use services::report::{self, State};
    let id = gate::answer(draft.parse::<DraftId>().map_err(|_| services::Error::NotFound))?;
    let step = gate::answer(Step::parse(&step).ok_or(services::Error::NotFound))?;
    let who = gate::reporting(id).await?;
    let opened = gate::answer(report::load(&who, id).await)?;
    let (now, draft, catalogue) = (who.now(), &opened.draft, &*opened.catalogue);
    let due = next_step(draft, catalogue);
    let too_early = step == Step::Check && due != Step::Check;
    if matches!(opened.state, State::Submitted(_)) {
        gate::redirect(&format!("/report/{id}/done"));
    } else if too_early || !Step::walk(draft, catalogue).contains(&step) {
        gate::redirect(&format!("/report/{id}/{}", due.as_str()));
    }
    let homes = if matches!(step, Step::Home | Step::Check) { gate::answer(report::homes(&who, id).await)? } else { Vec::new() };
    let duplicates = if step == Step::Duplicates { gate::answer(report::possible_duplicates(&who, id).await)? } else { Vec::new() };
    let kept = gate::kept(&kept).await?;
    let refused = match (&kept, &opened.problems) {
        (Some(kept), _) => Some((&kept.raw, &kept.errors)),
        (None, Some(problems)) if problems.step == step => Some((&problems.raw, &problems.errors)),
        (None, _) => None,
    };
    let around = view::Around {
        homes: homes.into_iter().map(|h| (h.value(), h.address)).collect(),
        photos: opened
            .photos
            .iter()
            .map(|p| view::PhotoRow {
                id: p.id.to_string(),
                name: p.file_name.clone(),
                thumbnail: if p.has_thumbnail { format!("/report/{id}/photo/{}", p.id) } else { String::new() },
            })
            .collect(),
        most_photos: report::photos::MAX_PHOTOS,
        duplicates: duplicates.into_iter().map(|d| view::same(d.ticket, d.people, d.reported_at, d.status, d.same_home, now)).collect(),
        ask,
        query: q.chars().take(100).collect(),
    };
    let landlord = Landlord::new(opened.organisation.clone(), opened.settings.clone(), !who.is_guest());
    Ok(StepPage::of(landlord, id, draft, catalogue, step, refused, around))
}
