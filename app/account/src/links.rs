//! What the links in our mails lead to. A GET shows a page with a button and changes nothing, because mail scanners open links; the button's
//! POST uses the link up.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use serde::{Deserialize, Serialize};
use ui::{Button, ButtonGroup, ButtonKind, ErrorSummary, TextInput};
use wire::{AppError, Typed};

use crate::frame::{DeadLink, FormPage, Frame, Message, loaded, query, use_typed};

// ---------------------------------------------------------------------------------------------------------------- password reset

#[server]
pub async fn request_reset(#[server(default)] email: String) -> Result<(), AppError> {
    let house = gate::house()?;
    match services::auth::resets::request(&house, &email, &gate::request()).await {
        Ok(()) => gate::redirect("/reset/sent"),
        Err(error) => return gate::back("/reset", &[("email", &email)], error).await,
    }
    Ok(())
}

#[component]
pub fn ResetPage() -> impl IntoView {
    loaded(use_typed(), |typed| {
        view! {
            <FormPage
                title="Reset your password"
                lede="We send you a link to set a new one."
                action=RequestReset::url()
                submit="Send the link"
                typed=typed.clone()
                ways=vec![("/login".to_owned(), "Back to log in")]
            >
                <TextInput name="email" label="Email address" kind="email" autocomplete="username" spellcheck=false value=typed.value("email") error=typed.error("email")/>
            </FormPage>
        }
        .into_any()
    })
}

#[component]
pub fn SentPage() -> impl IntoView {
    view! {
        <Message title="Look in your inbox">
            <p>"If there is an account with that address, a mail with a link is on its way. It usually takes less than a minute."</p>
            <p>"Nothing there? Look among the spam, check that you used the right address, then "<a href="/login">"try again"</a>"."</p>
        </Message>
    }
}

/// A page behind a link: whether the link still works, and what was typed before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Behind<T> {
    /// What the link is about; nothing when it does not work any more.
    about: Option<T>,
    typed: Typed,
}

#[server]
pub async fn load_reset_link(#[server(default)] token: String, #[server(default)] again: String) -> Result<Behind<()>, AppError> {
    let found = gate::live(services::auth::resets::look(&gate::house()?, &token).await)?;
    Ok(Behind { about: found, typed: gate::typed(&again).await? })
}

#[server]
pub async fn set_password(#[server(default)] token: String, #[server(default)] password: String) -> Result<(), AppError> {
    let house = gate::house()?;
    match services::auth::resets::confirm(&house, &token, &password, &gate::request()).await {
        Ok(()) => gate::redirect("/reset/done"),
        Err(services::Error::NotFound) => gate::redirect("/reset/confirm"),
        Err(error) => return gate::back(&format!("/reset/confirm?token={token}"), &[], error).await,
    }
    Ok(())
}

#[component]
pub fn ResetLinkPage() -> impl IntoView {
    let (token, again) = (query("token"), query("again"));
    let held = token.clone();
    let data = Resource::new_blocking(move || (token(), again()), |(token, again)| load_reset_link(token, again));
    loaded(data, move |Behind { about, typed }| {
        if about.is_none() {
            let what = "A link to reset a password works once, for one hour.";
            return view! { <DeadLink what href="/reset" words="Ask for a new link"/> }.into_any();
        }
        let token = held();
        view! {
            <FormPage title="Set a new password" action=SetPassword::url() submit="Set the password" typed=typed.clone()>
                <input type="hidden" name="token" value=token/>
                <p>"You will be signed out everywhere."</p>
                <TextInput name="password" label="New password" hint="At least 10 characters. Three random words make a good one." kind="password" autocomplete="new-password" error=typed.error("password")/>
            </FormPage>
        }
        .into_any()
    })
}

#[component]
pub fn ResetDonePage() -> impl IntoView {
    view! {
        <Message title="Your new password is set">
            <p>"You have been signed out everywhere else."</p>
            <p><Button kind=ButtonKind::Primary href="/login">"Log in"</Button></p>
        </Message>
    }
}

// -------------------------------------------------------------------------------------------------------------------- magic link

#[server]
pub async fn request_magic(#[server(default)] email: String, #[server(default)] next: String) -> Result<(), AppError> {
    let house = gate::house()?;
    let next = Some(next.as_str()).filter(|n| n.len() > 1);
    match services::auth::magic::request(&house, &email, next, &gate::request()).await {
        Ok(()) => gate::redirect("/magic/sent"),
        Err(error) => return gate::back("/magic", &[("email", &email), ("next", next.unwrap_or_default())], error).await,
    }
    Ok(())
}

#[component]
pub fn MagicPage() -> impl IntoView {
    let next = query("next");
    loaded(use_typed(), move |typed| {
        let next = Some(next()).filter(|n| !n.is_empty()).unwrap_or_else(|| typed.value("next"));
        view! {
            <FormPage
                title="Log in by email"
                lede="We send you a link. No password is needed."
                action=RequestMagic::url()
                submit="Send the link"
                typed=typed.clone()
                ways=vec![("/login".to_owned(), "Log in with a password")]
            >
                <input type="hidden" name="next" value=next/>
                <TextInput name="email" label="Email address" kind="email" autocomplete="username" spellcheck=false value=typed.value("email") error=typed.error("email")/>
            </FormPage>
        }
        .into_any()
    })
}

#[server]
pub async fn load_magic_link(#[server(default)] token: String) -> Result<Behind<()>, AppError> {
    let found = gate::live(services::auth::magic::look(&gate::house()?, &token).await)?;
    Ok(Behind { about: found, typed: Typed::default() })
}

#[server]
pub async fn use_magic(#[server(default)] token: String) -> Result<(), AppError> {
    use services::auth;
    let house = gate::house()?;
    match auth::magic::consume(&house, auth::Browser, &token, &gate::request()).await {
        Ok((how_far, next)) => gate::enter(how_far, &next.unwrap_or_default()).await,
        Err(services::Error::NotFound) => {
            gate::redirect("/magic/confirm");
            Ok(())
        }
        Err(error) => gate::back("/magic", &[], error).await,
    }
}

#[component]
pub fn MagicLinkPage() -> impl IntoView {
    let token = query("token");
    let held = token.clone();
    loaded(Resource::new_blocking(token, load_magic_link), move |Behind { about, .. }| {
        if about.is_none() {
            let what = "A link to log in works once, for 30 minutes.";
            return view! { <DeadLink what href="/magic" words="Ask for a new link"/> }.into_any();
        }
        let token = held();
        view! {
            <FormPage title="Log in to Fettle" lede="One more step: press the button." action=UseMagic::url() submit="Log in">
                <input type="hidden" name="token" value=token/>
            </FormPage>
        }
        .into_any()
    })
}

// ------------------------------------------------------------------------------------------------------------------ verification

#[server]
pub async fn load_verify_link(#[server(default)] token: String) -> Result<Behind<String>, AppError> {
    let found = gate::live(services::auth::verify::look(&gate::house()?, &token).await)?;
    Ok(Behind { about: found, typed: Typed::default() })
}

#[server]
pub async fn verify_email(#[server(default)] token: String) -> Result<(), AppError> {
    match services::auth::verify::confirm(&gate::house()?, &token).await {
        Ok(()) => gate::redirect("/verify/done"),
        Err(services::Error::NotFound) => gate::redirect("/verify"),
        Err(error) => return gate::answer(Err(error)),
    }
    Ok(())
}

#[component]
pub fn VerifyPage() -> impl IntoView {
    let token = query("token");
    let held = token.clone();
    loaded(Resource::new_blocking(token, load_verify_link), move |Behind { about, .. }| {
        let Some(email) = about else {
            let what = "A link to confirm an address works once, for 24 hours. You can have a new one sent from your account.";
            return view! { <DeadLink what href="/account" words="Go to your account"/> }.into_any();
        };
        let token = held();
        view! {
            <FormPage title="Is this your email address?" action=VerifyEmail::url() submit="Yes, it is mine">
                <input type="hidden" name="token" value=token/>
                <p class="account-form__address">{email}</p>
            </FormPage>
        }
        .into_any()
    })
}

#[component]
pub fn VerifiedPage() -> impl IntoView {
    view! {
        <Message title="Thank you. Your address is confirmed">
            <p><Button kind=ButtonKind::Primary href="/login">"Go on"</Button></p>
        </Message>
    }
}

// ------------------------------------------------------------------------------------------------------------------- invitation

/// An invitation as its page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    name: String,
    email: String,
    org_name: String,
    needs_password: bool,
    /// Portal users may do without.
    may_skip: bool,
}

#[server]
pub async fn load_invitation(#[server(default)] token: String, #[server(default)] again: String) -> Result<Behind<Invitation>, AppError> {
    use domain::policy::Audience;
    let found = gate::live(services::auth::invites::look(&gate::house()?, &token).await)?;
    let about = found.map(|i| Invitation {
        name: i.name,
        email: i.email,
        org_name: i.org_name,
        needs_password: i.needs_password,
        may_skip: i.role.audience() != Audience::Staff,
    });
    Ok(Behind { about, typed: gate::typed(&again).await? })
}

#[server]
pub async fn accept_invitation(
    #[server(default)] token: String,
    #[server(default)] name: String,
    #[server(default)] password: String,
) -> Result<(), AppError> {
    use services::auth;
    let house = gate::house()?;
    match auth::invites::accept(&house, auth::Browser, &token, &name, &password, &gate::request()).await {
        Ok(how_far) => gate::enter(how_far, "").await,
        Err(services::Error::NotFound) => {
            gate::redirect("/invite");
            Ok(())
        }
        Err(error) => gate::back(&format!("/invite?token={token}"), &[("name", &name)], error).await,
    }
}

#[component]
pub fn InvitePage() -> impl IntoView {
    let (token, again) = (query("token"), query("again"));
    let held = token.clone();
    let data = Resource::new_blocking(move || (token(), again()), |(token, again)| load_invitation(token, again));
    loaded(data, move |Behind { about, typed }| {
        let Some(about) = about else {
            let what =
                "An invitation works once, for seven days. Ask whoever invited you to send it again; if you accepted it before, log in.";
            return view! { <DeadLink what href="/login" words="Log in"/> }.into_any();
        };
        let errors = typed.errors();
        let name = Some(typed.value("name")).filter(|n| !n.is_empty()).unwrap_or(about.name);
        let hint = if about.may_skip {
            "At least 10 characters. You may leave it empty: then we send you a link whenever you want to log in."
        } else {
            "At least 10 characters. Three random words make a good one."
        };
        let token = held();
        view! {
            <Frame title="Accept your invitation" failed=!errors.is_empty()>
                <div class="account-form">
                    <ErrorSummary errors/>
                    <h1 class="heading-xl">"Welcome to "{about.org_name}</h1>
                    <p class="lede">"You were invited as "{about.email.clone()}"."</p>
                    <form class="stack" method="post" action=AcceptInvitation::url() novalidate>
                        <input type="hidden" name="token" value=token/>
                        <input type="hidden" autocomplete="username" value=about.email/>
                        <TextInput name="name" label="Your name" autocomplete="name" spellcheck=false value=name error=typed.error("name")/>
                        {about.needs_password.then(|| view! {
                            <TextInput name="password" label="Choose a password" hint kind="password" autocomplete="new-password" optional=about.may_skip error=typed.error("password")/>
                        })}
                        <ButtonGroup><Button kind=ButtonKind::Primary>"Accept"</Button></ButtonGroup>
                    </form>
                </div>
            </Frame>
        }
        .into_any()
    })
}
