//! Logging in: the password, the second factor, the organisation; and out again.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use serde::{Deserialize, Serialize};
use ui::{Button, ButtonGroup, ButtonKind, Choice, ErrorSummary, Radios, TextInput};
use wire::{AppError, Typed};

use crate::frame::{FormPage, Frame, loaded, query, use_typed};

/// The log-in page's state; whoever is signed in already is sent on.
#[server]
pub async fn load_log_in(#[server(default)] again: String, #[server(default)] next: String) -> Result<Typed, AppError> {
    if let Some(visitor) = gate::optional_visitor().await? {
        gate::redirect(if next.len() > 1 { &next } else { visitor.home() });
    }
    gate::typed(&again).await
}

#[server]
pub async fn log_in(
    #[server(default)] email: String,
    #[server(default)] password: String,
    #[server(default)] next: String,
) -> Result<(), AppError> {
    use services::auth;
    let house = gate::house()?;
    let refusal = match auth::log_in(&house, auth::Browser, &email, &password, &gate::request()).await {
        Ok(auth::LogIn::Refused) => services::Error::invalid("", auth::log_in::REFUSAL),
        Ok(how_far) => return gate::enter(how_far, &next).await,
        Err(error) => error,
    };
    gate::back(&with_next("/login", &next), &[("email", &email)], refusal).await
}

/// A page of a log-in, remembering where the person was going.
fn with_next(page: &str, next: &str) -> String {
    if next.is_empty() { page.to_owned() } else { format!("{page}?next={}", percent(next)) }
}

fn percent(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() || b"-._~/".contains(&b) { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

#[component]
pub fn LogInPage() -> impl IntoView {
    let (again, next) = (query("again"), query("next"));
    let going = next.clone();
    let data = Resource::new_blocking(move || (again(), next()), |(again, next)| load_log_in(again, next));
    loaded(data, move |typed| {
        let next = going();
        let magic = if next.is_empty() { "/magic".to_owned() } else { with_next("/magic", &next) };
        let ways =
            vec![(magic, "Log in without a password, by a link we email you"), ("/register".to_owned(), "Register your organisation")];
        view! {
            <FormPage title="Log in" action=LogIn::url() submit="Log in" typed=typed.clone() ways>
                <input type="hidden" name="next" value=next/>
                <TextInput name="email" label="Email address" kind="email" autocomplete="username" spellcheck=false value=typed.value("email") error=typed.error("email")/>
                <TextInput name="password" label="Password" kind="password" autocomplete="current-password" error=typed.error("password")/>
                <p class="account-form__aside"><a href="/reset">"I have forgotten my password"</a></p>
            </FormPage>
        }
        .into_any()
    })
}

#[server]
pub async fn send_code(#[server(default)] code: String, #[server(default)] next: String) -> Result<(), AppError> {
    use services::auth;
    let house = gate::house()?;
    let Some(ticket) = gate::ticket() else {
        gate::redirect("/login");
        return Ok(());
    };
    match auth::second_factor::finish(&house, auth::Browser, &ticket, &code, &gate::request()).await {
        Ok(how_far) => gate::enter(how_far, &next).await,
        Err(services::Error::NotFound) => {
            let sentence = "This log-in took too long, or there were too many wrong codes. Start again";
            gate::back(&with_next("/login", &next), &[], services::Error::invalid("", sentence)).await
        }
        Err(error) => gate::back(&with_next("/login/code", &next), &[], error).await,
    }
}

#[component]
pub fn CodePage() -> impl IntoView {
    let next = query("next");
    loaded(use_typed(), move |typed| {
        let next = next();
        view! {
            <FormPage
                title="Enter your code"
                lede="Open your authenticator app and enter the six digits it shows."
                action=SendCode::url()
                submit="Continue"
                typed=typed.clone()
                ways=vec![("/login".to_owned(), "Start again")]
            >
                <input type="hidden" name="next" value=next/>
                <TextInput
                    name="code"
                    label="Code"
                    hint="No phone at hand? Enter one of your recovery codes instead."
                    autocomplete="one-time-code"
                    spellcheck=false
                    width=ui::InputWidth::W10
                    error=typed.error("code")
                />
            </FormPage>
        }
        .into_any()
    })
}

/// Where somebody with several memberships may go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Places {
    /// Id, organisation, role.
    memberships: Vec<(String, String, String)>,
    is_support: bool,
    typed: Typed,
}

#[server]
pub async fn load_places(#[server(default)] again: String) -> Result<Places, AppError> {
    let house = gate::house()?;
    let typed = gate::typed(&again).await?;
    let found = match gate::ticket() {
        Some(ticket) => services::auth::log_in::choices(&house, &ticket).await,
        None => Err(services::Error::NotFound),
    };
    match found {
        Ok((memberships, is_support)) => {
            let memberships = memberships.into_iter().map(|m| (m.id.to_string(), m.org_name, m.role.label().to_owned())).collect();
            Ok(Places { memberships, is_support, typed })
        }
        Err(services::Error::NotFound) => {
            gate::redirect("/login");
            Ok(Places { memberships: Vec::new(), is_support: false, typed })
        }
        Err(error) => gate::answer(Err(error)),
    }
}

#[server]
pub async fn choose_place(#[server(default)] membership: String, #[server(default)] next: String) -> Result<(), AppError> {
    use services::auth;
    let house = gate::house()?;
    let page = with_next("/login/choose", &next);
    let (Some(ticket), Ok(id)) = (gate::ticket(), membership.parse()) else {
        return gate::back(&page, &[], services::Error::invalid("membership", "Choose where to go")).await;
    };
    match auth::choose(&house, auth::Browser, &ticket, id, &gate::request()).await {
        Ok(how_far) => gate::enter(how_far, &next).await,
        Err(services::Error::NotFound) => {
            gate::back("/login", &[], services::Error::invalid("", "This log-in took too long. Start again")).await
        }
        Err(error) => gate::back(&page, &[], error).await,
    }
}

#[server]
pub async fn enter_as_support(#[server(default)] organisation: String, #[server(default)] reason: String) -> Result<(), AppError> {
    use services::auth;
    let house = gate::house()?;
    let ticket = gate::ticket().unwrap_or_default();
    match auth::support::enter_organisation(&house, auth::Browser, &ticket, &organisation, &reason, &gate::request()).await {
        Ok(how_far) => gate::enter(how_far, "").await,
        Err(services::Error::NotFound) => {
            gate::back("/login", &[], services::Error::invalid("", "This log-in took too long. Start again")).await
        }
        Err(error) => gate::back("/login/choose", &[("organisation", &organisation), ("reason", &reason)], error).await,
    }
}

#[component]
pub fn ChoosePage() -> impl IntoView {
    let next = query("next");
    loaded(Resource::new_blocking(query("again"), load_places), move |places| {
        let next = next();
        let errors = places.typed.errors();
        let choices: Vec<Choice> = places.memberships.into_iter().map(|(id, org, role)| Choice::new(id, org).hint(role)).collect();
        let has_choices = !choices.is_empty();
        let typed = places.typed;
        view! {
            <Frame title="Where do you want to go?" failed=!errors.is_empty()>
                <div class="account-form">
                    <ErrorSummary errors/>
                    {has_choices.then(|| view! {
                        <form class="stack" method="post" action=ChoosePlace::url()>
                            <input type="hidden" name="next" value=next/>
                            <Radios name="membership" legend="Where do you want to go?" label_size=ui::LabelSize::Page choices error=typed.error("membership")/>
                            <ButtonGroup><Button kind=ButtonKind::Primary>"Continue"</Button></ButtonGroup>
                        </form>
                    })}
                    {places.is_support.then(|| view! {
                        <form class="stack" method="post" action=EnterAsSupport::url()>
                            <h1 class="heading-l">"Enter an organisation as support"</h1>
                            <p>"Its administrators read who entered, when and why."</p>
                            <TextInput name="organisation" label="Organisation" hint="Its short name, as in its address." spellcheck=false value=typed.value("organisation") error=typed.error("organisation")/>
                            <TextInput name="reason" label="Reason" value=typed.value("reason") error=typed.error("reason")/>
                            <ButtonGroup><Button kind=ButtonKind::Primary>"Enter"</Button></ButtonGroup>
                        </form>
                    })}
                </div>
            </Frame>
        }
        .into_any()
    })
}

/// Asked by GET (a link, a bookmark): a question, because a GET changes nothing.
#[component]
pub fn LogOutPage() -> impl IntoView {
    view! {
        <FormPage title="Do you want to log out?" action="/logout" submit="Log out" ways=vec![("/".to_owned(), "Stay logged in")]>
            <p>"Nothing that you saved is lost."</p>
        </FormPage>
    }
}
