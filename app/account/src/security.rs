//! The password and the second factor of whoever is signed in.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use serde::{Deserialize, Serialize};
use ui::{Banner, Button, ButtonGroup, ButtonKind, ErrorSummary, TextInput, Tone};
use wire::{AppError, Typed};

use crate::frame::{FormPage, Frame, loaded, query};

/// [`gate::typed`], for those who are signed in.
#[server]
pub async fn load_own_typed(#[server(default)] again: String) -> Result<Typed, AppError> {
    gate::visitor().await?;
    gate::typed(&again).await
}

#[server]
pub async fn change_password(#[server(default)] current: String, #[server(default)] password: String) -> Result<(), AppError> {
    let session = gate::session().await?;
    match services::auth::resets::change(&session.visitor, &current, &password, Some(session.id)).await {
        Ok(()) => gate::redirect("/account?done=password"),
        Err(error) => return gate::back("/account/password", &[], error).await,
    }
    Ok(())
}

#[component]
pub fn PasswordPage() -> impl IntoView {
    loaded(Resource::new_blocking(query("again"), load_own_typed), |typed| {
        view! {
            <FormPage title="Change your password" action=ChangePassword::url() submit="Change the password" typed=typed.clone() order=&["current", "password"] ways=vec![("/account".to_owned(), "Back to your account")]>
                <TextInput name="current" label="Current password" kind="password" autocomplete="current-password" error=typed.error("current")/>
                <TextInput name="password" label="New password" hint="At least 10 characters. Three random words make a good one." kind="password" autocomplete="new-password" error=typed.error("password")/>
            </FormPage>
        }
        .into_any()
    })
}

/// Where the second factor stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Factor {
    is_on: bool,
    codes_left: i64,
    /// Secret and picture, while it is being set up.
    set_up: Option<(String, String)>,
    /// Just made, shown once.
    codes: Vec<String>,
    typed: Typed,
}

#[server]
pub async fn load_factor(#[server(default)] again: String, #[server(default)] codes: String) -> Result<Factor, AppError> {
    use services::auth::{flashes, second_factor};
    let me = gate::visitor().await?;
    let standing = gate::answer(second_factor::standing(&me).await)?;
    let set_up = if standing.is_on { None } else { Some(gate::answer(second_factor::start(&me).await)?) };
    let codes = match codes.parse() {
        Ok(id) => gate::answer(flashes::take_secret(me.house(), me.login(), id).await)?.unwrap_or_default(),
        Err(_) => Vec::new(),
    };
    Ok(Factor {
        is_on: standing.is_on,
        codes_left: standing.recovery_codes_left,
        set_up: set_up.map(|s| (s.secret, s.qr_svg)),
        codes,
        typed: gate::typed(&again).await?,
    })
}

#[server]
pub async fn turn_on(#[server(default)] code: String) -> Result<(), AppError> {
    use services::auth::{flashes, second_factor};
    let me = gate::visitor().await?;
    match second_factor::confirm(&me, &code).await {
        Ok(codes) => {
            let id = gate::answer(flashes::keep_secret(me.house(), me.login(), &codes).await)?;
            gate::redirect(&format!("/account/second-factor?codes={id}"));
            Ok(())
        }
        Err(error) => gate::back("/account/second-factor", &[], error).await,
    }
}

#[server]
pub async fn renew_codes(#[server(default)] password: String) -> Result<(), AppError> {
    use services::auth::{flashes, second_factor};
    let me = gate::visitor().await?;
    match second_factor::renew_codes(&me, &password).await {
        Ok(codes) => {
            let id = gate::answer(flashes::keep_secret(me.house(), me.login(), &codes).await)?;
            gate::redirect(&format!("/account/second-factor?codes={id}"));
            Ok(())
        }
        Err(error) => gate::back("/account/second-factor", &[], error).await,
    }
}

#[server]
pub async fn turn_off(#[server(default)] password: String) -> Result<(), AppError> {
    let me = gate::visitor().await?;
    match services::auth::second_factor::disable(&me, &password).await {
        Ok(()) => gate::redirect("/account?done=second-factor-off"),
        Err(error) => return gate::back("/account/second-factor", &[], error).await,
    }
    Ok(())
}

#[component]
pub fn SecondFactorPage() -> impl IntoView {
    let (again, codes) = (query("again"), query("codes"));
    let data = Resource::new_blocking(move || (again(), codes()), |(again, codes)| load_factor(again, codes));
    loaded(data, |factor| {
        let errors = factor.typed.errors();
        let links = vec![("Your account".to_owned(), "/account".to_owned())];
        view! {
            <Frame title="Second factor" failed=!errors.is_empty() links>
                <div class="account-form">
                    <ErrorSummary errors/>
                    <h1 class="heading-xl">"Second factor"</h1>
                    <p class="lede">"A code from your phone besides your password. Whoever learns your password alone cannot get in."</p>
                    {(!factor.codes.is_empty()).then(|| view! { <RecoveryCodes codes=factor.codes/> })}
                    {match factor.set_up {
                        Some((secret, qr)) => view! { <SetUp secret qr typed=factor.typed/> }.into_any(),
                        None => view! { <Manage codes_left=factor.codes_left typed=factor.typed/> }.into_any(),
                    }}
                </div>
            </Frame>
        }
        .into_any()
    })
}

#[component]
fn SetUp(secret: String, qr: String, typed: Typed) -> impl IntoView {
    view! {
        <ol class="account-steps" role="list">
            <li>
                <h2 class="heading-m">"1. Scan this picture"</h2>
                <p>"With an authenticator app on your phone: those of Apple, Google, Microsoft and most password managers will do."</p>
                <div class="account-qr" role="img" aria-label="A QR code for your authenticator app" inner_html=qr></div>
                <p>"Or type this key into the app: "<span class="account-key">{secret}</span></p>
            </li>
            <li>
                <h2 class="heading-m">"2. Enter the code it shows"</h2>
                <form class="stack" method="post" action=TurnOn::url() novalidate>
                    <TextInput name="code" label="Six digits" inputmode="numeric" autocomplete="one-time-code" spellcheck=false width=ui::InputWidth::W10 error=typed.error("code")/>
                    <ButtonGroup><Button kind=ButtonKind::Primary>"Turn it on"</Button></ButtonGroup>
                </form>
            </li>
        </ol>
    }
}

#[component]
fn RecoveryCodes(codes: Vec<String>) -> impl IntoView {
    view! {
        <Banner tone=Tone::Green title="It is on. Keep these recovery codes" urgent=true>
            <p>"Print them or put them into your password manager: they are shown only now. Each works once, for the day your phone is gone."</p>
            <ul class="account-codes" role="list">{codes.into_iter().map(|code| view! { <li>{code}</li> }).collect_view()}</ul>
        </Banner>
    }
}

#[component]
fn Manage(codes_left: i64, typed: Typed) -> impl IntoView {
    view! {
        <p>{format!("It is on. You have {codes_left} unused recovery codes.")}</p>
        <form class="stack" method="post" action=RenewCodes::url() novalidate>
            <h2 class="heading-m">"Change something"</h2>
            <TextInput name="password" label="Your password" hint="Asked again, because this is weighty." kind="password" autocomplete="current-password" error=typed.error("password")/>
            <ButtonGroup>
                <Button>"Make new recovery codes"</Button>
                <Button kind=ButtonKind::Danger formaction=TurnOff::url()>"Turn it off"</Button>
            </ButtonGroup>
        </form>
    }
}
