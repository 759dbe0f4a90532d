//! The team: who works here, as what, and since when not any more. Administrators invite, change roles and end access; everybody of staff looks.

mod dialogs;

use std::sync::Arc;

use domain::policy::{Act, Role};
use domain::team::{Colleague, Standing};
use domain::time::ago;
use jiff::Timestamp;
use leptos::ev::MouseEvent;
use leptos::prelude::*;
use leptos_meta::Title;
use ui::{
    Banner, Button, ButtonKind, ButtonSize, Column, DataTable, Drawing, EmptyState, IconName, Menu, MenuButton, PageHeader, Post, Row,
    Skeleton, SkeletonShape, StatusBadge, Toast, ToastRegion, Tone, load, provide_toasts, suspended,
};
use wire::AppError;

use crate::frame::use_me;
use dialogs::{EndDialog, InviteColleague, InviteDialog, RoleDialog};

#[server]
pub async fn load_team() -> Result<Vec<Colleague>, AppError> {
    let cx = gate::staff().await?;
    gate::answer(services::team::list(&cx).await)
}

#[server]
pub async fn reactivate_colleague(id: String, version: i32) -> Result<(), AppError> {
    let cx = gate::staff().await?;
    let Ok(id) = id.parse() else { return gate::answer(Err(services::Error::NotFound)) };
    gate::answer(services::team::reactivate(&cx, id, version).await)
}

#[component]
pub fn TeamPage() -> impl IntoView {
    let team = load(|| (), |()| load_team());
    let me = use_me();
    let (may_change, now) = (me.may(Act::ChangeTeam), me.now);
    view! {
        <Title text="Team"/>
        <PageHeader
            title="Team"
            lede="Who works here, and what they may do."
            actions=move || may_change.then(|| view! { <Button kind=ButtonKind::Primary icon=IconName::UserPlus dialog=dialogs::INVITE>"Invite a colleague"</Button> })
        />
        <Suspense fallback=|| view! { <Skeleton shape=SkeletonShape::Rows count=6/> }>
            {move || suspended(async move {
                match team.await {
                    Ok(team) => view! { <Whole team may_change now/> }.into_any(),
                    Err(error) => view! {
                        <EmptyState title="The team could not be loaded" text=error.to_string() drawing=Drawing::Plug action=|| view! { <Button href="/staff/team">"Try again"</Button> }/>
                    }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// The list redraws with every change; the dialogs stay, and with them what is typed there.
#[component]
fn Whole(team: Vec<Colleague>, may_change: bool, now: Timestamp) -> impl IntoView {
    let toasts = provide_toasts(None);
    let team = RwSignal::new(team);
    let chosen = RwSignal::new(None::<Colleague>);
    let refresh = Callback::new(move |()| {
        leptos::task::spawn_local(async move {
            if let Ok(fresh) = load_team().await {
                let _ = team.try_set(fresh);
            }
        });
    });
    let again = Post::<InviteColleague>::new();
    let back = Post::<ReactivateColleague>::new();
    let asked = Post::<ReactivateColleague>::new();
    let tell = move |answer: Option<Result<(), AppError>>, done: &str| {
        let Some(answer) = answer else { return };
        toasts.show(match answer {
            Ok(()) => Toast::done(done),
            Err(AppError::Invalid(fields)) => Toast::failed(fields.iter().map(|(_, sentence)| sentence).collect::<Vec<_>>().join(". ")),
            Err(error) => Toast::failed(error.to_string()),
        });
        refresh.run(());
    };
    Effect::new(move |_| tell(again.value().get(), "The invitation was sent again"));
    Effect::new(move |_| tell(back.value().get(), "They have access again"));
    Effect::new(move |_| tell(asked.value().get(), "They were invited again"));
    let done = Callback::new(move |words: &'static str| {
        toasts.show(Toast::done(words));
        refresh.run(());
    });
    view! {
        {(!may_change).then(|| view! { <Banner tone=Tone::Blue>"You read this list. An administrator of your organisation changes the team."</Banner> })}
        {move || {
            let all = team.get();
            let alone = all.iter().all(|c| c.is_me);
            view! {
                <Lines team=all may_change now chosen again back asked/>
                {alone.then(|| view! {
                    <EmptyState
                        title="Nobody else yet"
                        text="Invite a colleague: nobody should be the only one who sees an emergency."
                        compact=true
                        action=move || may_change.then(|| view! { <Button icon=IconName::UserPlus dialog=dialogs::INVITE>"Invite a colleague"</Button> })
                    />
                })}
            }
        }}
        {may_change.then(|| view! {
            <InviteDialog done/>
            <RoleDialog team chosen done refresh/>
            <EndDialog team chosen done refresh/>
            <EndDialog team chosen done refresh withdraws=true/>
        })}
        <ToastRegion toasts/>
    }
}

#[component]
fn Lines(
    team: Vec<Colleague>,
    may_change: bool,
    now: Timestamp,
    chosen: RwSignal<Option<Colleague>>,
    again: Post<InviteColleague>,
    back: Post<ReactivateColleague>,
    asked: Post<ReactivateColleague>,
) -> impl IntoView {
    let mut columns = vec![
        Column::new("Name").class("col-wide"),
        Column::new("E-mail").class("col-lg"),
        Column::new("Role"),
        Column::new("Status"),
        Column::new("Last seen").class("col-md"),
        Column::new("Open cases").class("col-md").right(),
    ];
    if may_change {
        columns.push(Column::new("Change").hidden());
    }
    let rows = team
        .into_iter()
        .map(|c| {
            let tone = match c.standing {
                Standing::Invited => Tone::Amber,
                Standing::Active => Tone::Green,
                Standing::Deactivated => Tone::Grey,
            };
            // Somebody may have been here after this page was made.
            let seen = c.last_seen_at.map_or_else(|| "Never".to_owned(), |at| ago(at.min(now), now));
            let about = if c.is_me { Some("You".to_owned()) } else { c.job_title.clone() };
            view! {
                <Row>
                    <td class="col-wide">{c.name.clone()}{about.map(|words| view! { " "<span class="row-note">{words}</span> })}</td>
                    <td class="col-lg"><a href=format!("mailto:{}", c.email) rel="external">{c.email.clone()}</a></td>
                    <td>{c.role.label()}</td>
                    <td><StatusBadge label=if c.is_withdrawn { "Invitation withdrawn" } else { c.standing.label() } tone plain=true/></td>
                    <td class="col-md muted-cell">{seen}</td>
                    <td class="col-md num-cell">{c.open_tickets}</td>
                    {may_change.then(|| view! { <td class="num-cell"><Verbs colleague=c chosen again back asked/></td> })}
                </Row>
            }
        })
        .collect_view();
    view! { <DataTable caption="The team" columns>{rows}</DataTable> }
}

/// What can be done about one colleague. Support belongs to nobody's team, so there is nothing to change about it.
#[component]
fn Verbs(
    colleague: Colleague,
    chosen: RwSignal<Option<Colleague>>,
    again: Post<InviteColleague>,
    back: Post<ReactivateColleague>,
    asked: Post<ReactivateColleague>,
) -> impl IntoView {
    if colleague.role == Role::SuperAdmin {
        return ().into_any();
    }
    let (id, version, standing, is_me) = (colleague.id.to_string(), colleague.version, colleague.standing, colleague.is_me);
    // Whoever never accepted is asked again; the verb tells the two apart.
    let returns = match standing {
        Standing::Deactivated if colleague.is_withdrawn => Some((asked, "Invite again")),
        Standing::Deactivated => Some((back, "Give access back")),
        Standing::Invited | Standing::Active => None,
    };
    if let Some((action, verb)) = returns {
        return view! {
            <Button size=ButtonSize::Small kind_of="button" busy=action.pending() on:click=move |_| { action.send(&[("id", &id), ("version", &version.to_string())]); }>
                {verb}<span class="visually-hidden">{format!(": {}", colleague.name)}</span>
            </Button>
        }
        .into_any();
    }
    let label = format!("Change {}", colleague.name);
    // Held by the buttons themselves: a press may arrive just when the list is drawn anew, and what this line owned is gone by then.
    let colleague = Arc::new(colleague);
    let choose = {
        let colleague = Arc::clone(&colleague);
        move |_: MouseEvent| chosen.set(Some(Colleague::clone(&colleague)))
    };
    let (withdraw, end) = (choose.clone(), choose.clone());
    let send_again = move |_: MouseEvent| {
        again.send(&[
            ("name", &colleague.name),
            ("email", &colleague.email),
            ("role", colleague.role.as_str()),
            ("job_title", colleague.job_title.as_deref().unwrap_or_default()),
        ]);
    };
    view! {
        <Menu id=format!("colleague-{id}") label icon=IconName::Ellipsis icon_only=true size=ButtonSize::Small kind=ButtonKind::Quiet>
            <MenuButton icon=IconName::Pencil dialog=dialogs::ROLE on:click=choose>"Change role"</MenuButton>
            {(standing == Standing::Invited).then(|| view! {
                <MenuButton icon=IconName::Mail kind_of="button" on:click=send_again>"Send the invitation again"</MenuButton>
                <MenuButton icon=IconName::Trash2 dialog=dialogs::WITHDRAW danger=true on:click=withdraw>"Withdraw the invitation"</MenuButton>
            })}
            {(standing == Standing::Active && !is_me).then(|| view! {
                <MenuButton icon=IconName::Lock dialog=dialogs::END danger=true on:click=end>"End access"</MenuButton>
            })}
        </Menu>
    }
    .into_any()
}
