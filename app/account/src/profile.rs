//! One's own account: name, password, second factor, where one is signed in, which organisations.

use jiff::Timestamp;
use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use serde::{Deserialize, Serialize};
use ui::{Banner, Button, ButtonGroup, ButtonSize, ErrorSummary, SummaryList, SummaryRow, TextInput, Tone};
use wire::{AppError, Typed};

use crate::device::device;
use crate::frame::{Frame, loaded, query};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    name: String,
    email: String,
    org_name: String,
    role: String,
    /// Where their day begins, and what it is called; nothing when this is it.
    home: Option<(String, String)>,
    is_verified: bool,
    has_password: bool,
    has_second_factor: bool,
    places: Vec<SignedIn>,
    /// Id, organisation, role, whether it is this one.
    memberships: Vec<(String, String, String, bool)>,
    now: Timestamp,
    typed: Typed,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct SignedIn {
    id: String,
    is_this: bool,
    is_api: bool,
    agent: String,
    ip: String,
    last_seen_at: Timestamp,
}

#[server]
pub async fn load_account(#[server(default)] again: String) -> Result<Account, AppError> {
    use services::auth::{Visitor, log_in, profile, sessions};
    let session = gate::session().await?;
    let me = session.visitor;
    let found = gate::answer(profile::load(&me).await)?;
    let places = gate::answer(sessions::list(&me).await)?;
    let memberships = gate::answer(log_in::memberships(&me).await)?;
    let home = match &me {
        Visitor::Staff(_) => Some((me.home().to_owned(), "Back to the console".to_owned())),
        Visitor::Tenant(_) => Some((me.home().to_owned(), "My repairs".to_owned())),
        Visitor::Contractor(..) => Some((me.home().to_owned(), "My work".to_owned())),
    };
    Ok(Account {
        name: found.name,
        email: found.email,
        org_name: found.org_name,
        role: me.role().label().to_owned(),
        home,
        is_verified: found.is_verified,
        has_password: found.has_password,
        has_second_factor: found.has_second_factor,
        places: places
            .into_iter()
            .map(|p| SignedIn {
                is_this: p.id == session.id,
                id: p.id.to_string(),
                is_api: p.is_api,
                agent: p.user_agent.unwrap_or_default(),
                ip: p.ip.unwrap_or_default(),
                last_seen_at: p.last_seen_at,
            })
            .collect(),
        memberships: memberships
            .into_iter()
            .map(|m| (m.id.to_string(), m.org_name, m.role.label().to_owned(), m.id == me.membership()))
            .collect(),
        now: me.house().now(),
        typed: gate::typed(&again).await?,
    })
}

#[server]
pub async fn rename(#[server(default)] name: String) -> Result<(), AppError> {
    let me = gate::visitor().await?;
    match services::auth::profile::rename(&me, &name).await {
        Ok(()) => gate::redirect("/account?done=name"),
        Err(error) => return gate::back("/account", &[("name", &name)], error).await,
    }
    Ok(())
}

#[server]
pub async fn send_verification_again() -> Result<(), AppError> {
    let me = gate::visitor().await?;
    match services::auth::verify::send_again(&me).await {
        Ok(()) => gate::redirect("/account?done=mail"),
        Err(error) => return gate::back("/account", &[], error).await,
    }
    Ok(())
}

#[server]
pub async fn sign_out_place(#[server(default)] id: String) -> Result<(), AppError> {
    let me = gate::visitor().await?;
    let ended = match id.parse() {
        Ok(id) => services::auth::sessions::revoke(&me, id).await,
        Err(_) => Err(services::Error::NotFound),
    };
    match ended {
        // One that has ended already is what was wanted.
        Ok(()) | Err(services::Error::NotFound) => gate::redirect("/account?done=place"),
        Err(error) => return gate::answer(Err(error)),
    }
    Ok(())
}

#[server]
pub async fn sign_out_everywhere_else() -> Result<(), AppError> {
    let session = gate::session().await?;
    gate::answer(services::auth::sessions::revoke_all(&session.visitor, Some(session.id)).await)?;
    gate::redirect("/account?done=places");
    Ok(())
}

#[server]
pub async fn switch(#[server(default)] membership: String) -> Result<(), AppError> {
    match membership.parse() {
        Ok(id) => gate::switch(id).await,
        Err(_) => gate::answer(Err(services::Error::NotFound)),
    }
}

/// What was just done, in words.
fn done(what: &str) -> Option<&'static str> {
    Some(match what {
        "name" => "Your name is changed.",
        "mail" => "The mail is on its way. Open the link in it to confirm your address.",
        "place" => "That place is signed out.",
        "places" => "Everywhere else is signed out.",
        "password" => "Your password is changed. Everywhere else is signed out.",
        "second-factor-off" => "Your second factor is off.",
        _ => return None,
    })
}

#[component]
pub fn AccountPage() -> impl IntoView {
    let just = query("done");
    loaded(Resource::new_blocking(query("again"), load_account), move |account| {
        let just = done(&just());
        view! { <Overview account just/> }.into_any()
    })
}

#[component]
fn Overview(account: Account, just: Option<&'static str>) -> impl IntoView {
    let typed = account.typed;
    let errors = typed.errors();
    let name = Some(typed.value("name")).filter(|n| !n.is_empty()).unwrap_or_else(|| account.name.clone());
    let mut links: Vec<(String, String)> = account.home.into_iter().map(|(href, words)| (words, href)).collect();
    links.push(("Log out".to_owned(), "/logout".to_owned()));
    let password = if account.has_password { "Set" } else { "None: you log in by email" };
    let password_change = if account.has_password { ("Change", "/account/password") } else { ("Set one", "/reset") };
    let factor = if account.has_second_factor { ("On", "Manage") } else { ("Off", "Turn on") };
    let rows = vec![
        SummaryRow::new("Email address", account.email),
        SummaryRow::new("Organisation", account.org_name),
        SummaryRow::new("Role", account.role),
        SummaryRow::new("Password", password).action(password_change.0, password_change.1, "your password"),
        SummaryRow::new("Second factor", factor.0).action(factor.1, "/account/second-factor", "your second factor"),
    ];
    let several = account.memberships.len() > 1;
    let elsewhere = account.places.iter().any(|p| !p.is_this);
    let now = account.now;
    view! {
        <Frame title="Your account" failed=!errors.is_empty() links>
            <div class="stack stack--loose">
                <ErrorSummary errors/>
                <h1 class="heading-xl">"Your account"</h1>
                {just.map(|words| view! { <Banner tone=Tone::Green urgent=true>{words}</Banner> })}
                {(!account.is_verified).then(|| view! {
                    <Banner tone=Tone::Amber title="Confirm your email address" actions=move || view! {
                        <form method="post" action=SendVerificationAgain::url()><Button size=ButtonSize::Small>"Send the mail again"</Button></form>
                    }>
                        "We sent you a mail with a link. Until you open it, we cannot be sure that resets reach you."
                    </Banner>
                })}
                <SummaryList rows/>
                <section class="stack"><h2 class="heading-m">"Your name"</h2>
                    <form class="stack" method="post" action=Rename::url() novalidate>
                        <TextInput name="name" label="As your colleagues and contacts see it" autocomplete="name" spellcheck=false width=ui::InputWidth::W20 value=name error=typed.error("name")/>
                        <ButtonGroup><Button>"Save the name"</Button></ButtonGroup>
                    </form>
                </section>
                {several.then(|| view! {
                    <section class="stack"><h2 class="heading-m">"Your organisations"</h2>
                        <ul class="account-list" role="list">
                            {account.memberships.into_iter().map(|(id, org, role, is_this)| view! {
                                <li class="account-list__item">
                                    <p><strong>{org.clone()}</strong><br/><span class="muted">{role}</span></p>
                                    {if is_this {
                                        view! { <span class="muted">"You are here"</span> }.into_any()
                                    } else {
                                        view! {
                                            <form method="post" action=Switch::url()>
                                                <input type="hidden" name="membership" value=id/>
                                                <Button size=ButtonSize::Small>"Go there"<span class="visually-hidden">{format!(": {org}")}</span></Button>
                                            </form>
                                        }
                                        .into_any()
                                    }}
                                </li>
                            }).collect_view()}
                        </ul>
                    </section>
                })}
                <section class="stack"><h2 class="heading-m">"Where you are signed in"</h2>
                    <ul class="account-list" role="list">
                        {account.places.into_iter().map(|place| view! { <PlaceLine place now/> }).collect_view()}
                    </ul>
                    {elsewhere.then(|| view! {
                        <form method="post" action=SignOutEverywhereElse::url()><Button>"Sign out everywhere else"</Button></form>
                    })}
                </section>
            </div>
        </Frame>
    }
}

#[component]
fn PlaceLine(place: SignedIn, now: Timestamp) -> impl IntoView {
    let what = if place.is_api { format!("API client ({})", device(&place.agent)) } else { device(&place.agent) };
    let when = domain::time::date_time(place.last_seen_at, now);
    let where_from = if place.ip.is_empty() { String::new() } else { format!(" from {}", place.ip) };
    view! {
        <li class="account-list__item">
            <p><strong>{what.clone()}</strong><br/><span class="muted">{format!("Last seen {when}{where_from}")}</span></p>
            {if place.is_this {
                view! { <span class="muted">"This device"</span> }.into_any()
            } else {
                view! {
                    <form method="post" action=SignOutPlace::url()>
                        <input type="hidden" name="id" value=place.id/>
                        <Button size=ButtonSize::Small>"Sign out"<span class="visually-hidden">{format!(": {what}")}</span></Button>
                    </form>
                }
                .into_any()
            }}
        </li>
    }
}
