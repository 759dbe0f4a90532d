//! A new organisation.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use ui::TextInput;
use wire::AppError;

use crate::frame::{FormPage, loaded, use_typed};

#[server]
pub async fn register(
    #[server(default)] org_name: String,
    #[server(default)] name: String,
    #[server(default)] email: String,
    #[server(default)] password: String,
) -> Result<(), AppError> {
    use services::auth;
    let house = gate::house()?;
    let new = auth::NewOrganisation { org_name: org_name.clone(), name: name.clone(), email: email.clone(), password };
    let refusal = match auth::register(&house, auth::Browser, new, &gate::request()).await {
        Ok(auth::Registered::In { key, .. }) => return gate::enter(auth::LogIn::In(key), "").await,
        Ok(auth::Registered::EmailTaken) => {
            services::Error::invalid("email", "There is an account with this email address. Log in, or reset your password")
        }
        Err(error) => error,
    };
    gate::back("/register", &[("org_name", &org_name), ("name", &name), ("email", &email)], refusal).await
}

#[component]
pub fn RegisterPage() -> impl IntoView {
    loaded(use_typed(), |typed| {
        view! {
            <FormPage
                title="Register your organisation"
                lede="For landlords, housing associations and letting agents. Are you a tenant? Your landlord sends you an invitation."
                action=Register::url()
                submit="Register"
                typed=typed.clone()
                order=&["org_name", "name", "email", "password"]
                ways=vec![("/login".to_owned(), "I have an account already")]
            >
                <TextInput name="org_name" label="Organisation" autocomplete="organization" value=typed.value("org_name") error=typed.error("org_name")/>
                <TextInput name="name" label="Your name" autocomplete="name" spellcheck=false value=typed.value("name") error=typed.error("name")/>
                <TextInput
                    name="email"
                    label="Your email address"
                    hint="We send a mail there to confirm that it is yours."
                    kind="email"
                    autocomplete="username"
                    spellcheck=false
                    value=typed.value("email")
                    error=typed.error("email")
                />
                <TextInput name="password" label="Password" hint="At least 10 characters. Three random words make a good one." kind="password" autocomplete="new-password" error=typed.error("password")/>
            </FormPage>
        }
        .into_any()
    })
}
