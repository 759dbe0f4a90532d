//! Inviting, another role, the end of access.

use domain::policy::{Act, Role, allows};
use domain::team::{Colleague, Standing};
use leptos::prelude::*;
use ui::{Banner, Button, ButtonKind, Choice, Dialog, InputWidth, Post, PostForm, Radios, Select, TextInput, Tone};
use wire::AppError;

use crate::estate::parts::{FormTrouble, field_errors};

pub(super) const INVITE: &str = "invite";
pub(super) const ROLE: &str = "change-role";
pub(super) const END: &str = "end-access";
pub(super) const WITHDRAW: &str = "withdraw";

#[server]
pub async fn invite_colleague(
    #[server(default)] name: String,
    #[server(default)] email: String,
    #[server(default)] role: String,
    #[server(default)] job_title: String,
) -> Result<(), AppError> {
    let cx = gate::staff().await?;
    let new = services::team::NewColleague { name, email, role, job_title };
    gate::answer(services::team::invite(&cx, new).await.map(|_| ()))
}

#[server]
pub async fn change_colleague_role(id: String, version: i32, #[server(default)] role: String) -> Result<(), AppError> {
    let cx = gate::staff().await?;
    let Ok(id) = id.parse() else { return gate::answer(Err(services::Error::NotFound)) };
    gate::answer(services::team::change_role(&cx, id, &role, version).await)
}

/// Without an heir the open cases go to nobody.
#[server]
pub async fn deactivate_colleague(id: String, version: i32, #[server(default)] heir: String) -> Result<(), AppError> {
    let cx = gate::staff().await?;
    let Ok(id) = id.parse() else { return gate::answer(Err(services::Error::NotFound)) };
    let heir = match heir.as_str() {
        "" => None,
        given => match given.parse() {
            Ok(heir) => Some(heir),
            Err(_) => return gate::answer(Err(services::Error::invalid("heir", "Choose a colleague from the list"))),
        },
    };
    gate::answer(services::team::deactivate(&cx, id, heir, version).await)
}

fn hint(role: Role) -> &'static str {
    match role {
        Role::OrgAdmin => "Everything, the team and the settings too.",
        Role::Coordinator => "Runs repairs, homes and people.",
        _ => "Reads everything and changes nothing.",
    }
}

fn roles() -> Vec<Choice> {
    Role::STAFF.iter().map(|r| Choice::new(r.as_str(), r.label()).hint(hint(*r))).collect()
}

/// The colleague's version as the list has it now: after somebody else's change the same form may be sent again.
fn version_of(team: RwSignal<Vec<Colleague>>, colleague: &Colleague) -> impl Fn() -> i32 + Clone + Send + Sync + 'static {
    let (id, then) = (colleague.id, colleague.version);
    move || team.with(|all| all.iter().find(|c| c.id == id).map_or(then, |c| c.version))
}

#[component]
pub(super) fn InviteDialog(done: Callback<&'static str>) -> impl IntoView {
    let invite = Post::<InviteColleague>::new();
    let answer = invite.value();
    let wrong = move |field: &'static str| move || answer.with(|a| field_errors(a.as_ref()).get(field).unwrap_or_default().to_owned());
    // Fresh fields after each invitation that was sent; one that was refused stays as it was typed.
    let sent = RwSignal::new(0_u32);
    Effect::new(move |_| {
        if let Some(Ok(())) = answer.get() {
            ui::browser::close_dialog(INVITE);
            sent.update(|n| *n += 1);
            done.run("The invitation was sent");
        }
    });
    view! {
        <Dialog id=INVITE title="Invite a colleague" text="They get an e-mail with a link to join.">
            <PostForm action=invite attr:class="stack" attr:novalidate=true attr:autocomplete="off">
                <FormTrouble answer=Signal::derive(move || answer.get().and_then(Result::err))/>
                {move || {
                    sent.track();
                    view! {
                        <TextInput name="name" label="Name" maxlength=120 error=wrong("name")/>
                        <TextInput name="email" label="E-mail" kind="email" error=wrong("email")/>
                        <TextInput name="job_title" label="Job title" maxlength=120 optional=true error=wrong("job_title")/>
                        <Radios name="role" legend="Role" value=Role::Coordinator.as_str() choices=roles() error=wrong("role")/>
                    }
                }}
                <div class="cluster"><Button kind=ButtonKind::Primary busy=invite.pending()>"Send the invitation"</Button></div>
            </PostForm>
        </Dialog>
    }
}

#[component]
pub(super) fn RoleDialog(
    team: RwSignal<Vec<Colleague>>,
    chosen: RwSignal<Option<Colleague>>,
    done: Callback<&'static str>,
    refresh: Callback<()>,
) -> impl IntoView {
    let change = Post::<ChangeColleagueRole>::new();
    let answer = change.value();
    Effect::new(move |_| match answer.get() {
        Some(Ok(())) => {
            ui::browser::close_dialog(ROLE);
            if chosen.with_untracked(|c| c.as_ref().is_some_and(|c| c.is_me)) {
                // What the frame offers hangs on one's own role.
                let _ = window().location().reload();
            } else {
                done.run("The role was changed");
            }
        }
        Some(Err(AppError::Conflict(_))) => refresh.run(()),
        _ => {}
    });
    Effect::new(move |_| {
        chosen.track();
        change.clear();
    });
    view! {
        <Dialog id=ROLE title="Change role" text="It counts from their next click on.">
            <PostForm action=change attr:class="stack">
                <FormTrouble answer=Signal::derive(move || answer.get().and_then(Result::err).filter(|e| !matches!(e, AppError::Invalid(_))))/>
                {move || chosen.get().map(|c| view! {
                    <input type="hidden" name="id" value=c.id.to_string()/>
                    <input type="hidden" name="version" value=version_of(team, &c)/>
                    {c.is_me.then(|| view! { <Banner tone=Tone::Amber>"This is your own role. Only another administrator can give it back to you."</Banner> })}
                    <Select
                        name="role"
                        id="new-role"
                        label=format!("Role of {}", c.name)
                        hint={if c.open_tickets > 0 { "As a viewer they have no cases: the open ones go to nobody." } else { "" }}
                        value=c.role.as_str()
                        choices=roles()
                        width=InputWidth::W20
                        error=move || answer.with(|a| field_errors(a.as_ref()).get("role").unwrap_or_default().to_owned())
                    />
                })}
                <div class="cluster"><Button kind=ButtonKind::Primary busy=change.pending()>"Change role"</Button></div>
            </PostForm>
        </Dialog>
    }
}

/// Ends access and asks who takes the open cases; or withdraws an invitation, where there are none.
#[component]
pub(super) fn EndDialog(
    team: RwSignal<Vec<Colleague>>,
    chosen: RwSignal<Option<Colleague>>,
    done: Callback<&'static str>,
    refresh: Callback<()>,
    #[prop(optional)] withdraws: bool,
) -> impl IntoView {
    let end = Post::<DeactivateColleague>::new();
    let answer = end.value();
    let (dialog, title, text, verb, said) = if withdraws {
        (WITHDRAW, "Withdraw the invitation", "The link in their e-mail stops working.", "Withdraw", "The invitation was withdrawn")
    } else {
        (
            END,
            "End access",
            "They are signed out at once. What they did stays on record, and access can be given back.",
            "End access",
            "Their access was ended",
        )
    };
    Effect::new(move |_| match answer.get() {
        Some(Ok(())) => {
            ui::browser::close_dialog(dialog);
            done.run(said);
        }
        Some(Err(AppError::Conflict(_))) => refresh.run(()),
        _ => {}
    });
    Effect::new(move |_| {
        chosen.track();
        end.clear();
    });
    view! {
        <Dialog id=dialog title text>
            <PostForm action=end attr:class="stack">
                <FormTrouble answer=Signal::derive(move || answer.get().and_then(Result::err).filter(|e| !matches!(e, AppError::Invalid(_))))/>
                {move || chosen.get().map(|c| {
                    let heirs = team.with_untracked(|all| {
                        let takes = |other: &&Colleague| other.id != c.id && other.standing == Standing::Active && allows(other.role, Act::UpdateTicket);
                        all.iter().filter(takes).map(|other| Choice::new(other.id.to_string(), other.name.clone())).collect::<Vec<_>>()
                    });
                    let cases = if c.open_tickets == 1 { "1 open case".to_owned() } else { format!("{} open cases", c.open_tickets) };
                    view! {
                        <input type="hidden" name="id" value=c.id.to_string()/>
                        <input type="hidden" name="version" value=version_of(team, &c)/>
                        <p><strong>{c.name}</strong>" "<span class="muted">{c.email}</span></p>
                        {(c.open_tickets > 0).then(|| view! {
                            <Select
                                name="heir"
                                label=format!("Who takes their {cases}?")
                                empty="Nobody for now"
                                choices=heirs
                                width=InputWidth::W20
                                error=move || answer.with(|a| field_errors(a.as_ref()).get("heir").unwrap_or_default().to_owned())
                            />
                        })}
                    }
                })}
                <div class="cluster"><Button kind=ButtonKind::Danger busy=end.pending()>{verb}</Button></div>
            </PostForm>
        </Dialog>
    }
}
