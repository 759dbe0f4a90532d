//! Log-in, registration and everybody's own account; the legal pages; the page for what went wrong. Plain documents: nothing here is
//! hydrated, every form works without JavaScript.

mod dev;
mod device;
mod frame;
mod legal;
mod links;
mod login;
mod problem;
mod profile;
mod register;
mod security;

use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::SsrMode;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::path;

pub use problem::{Problem, ProblemApp, ProblemPage};

#[component]
pub fn AccountApp() -> impl IntoView {
    provide_meta_context();
    view! {
        <Router>
            <Routes fallback=|| view! { <ProblemPage status=404/> }>
                <Route path=path!("/login") view=login::LogInPage ssr=SsrMode::Async/>
                <Route path=path!("/login/code") view=login::CodePage ssr=SsrMode::Async/>
                <Route path=path!("/login/choose") view=login::ChoosePage ssr=SsrMode::Async/>
                <Route path=path!("/logout") view=login::LogOutPage ssr=SsrMode::Async/>
                <Route path=path!("/register") view=register::RegisterPage ssr=SsrMode::Async/>
                <Route path=path!("/reset") view=links::ResetPage ssr=SsrMode::Async/>
                <Route path=path!("/reset/sent") view=links::SentPage ssr=SsrMode::Async/>
                <Route path=path!("/reset/confirm") view=links::ResetLinkPage ssr=SsrMode::Async/>
                <Route path=path!("/reset/done") view=links::ResetDonePage ssr=SsrMode::Async/>
                <Route path=path!("/magic") view=links::MagicPage ssr=SsrMode::Async/>
                <Route path=path!("/magic/sent") view=links::SentPage ssr=SsrMode::Async/>
                <Route path=path!("/magic/confirm") view=links::MagicLinkPage ssr=SsrMode::Async/>
                <Route path=path!("/verify") view=links::VerifyPage ssr=SsrMode::Async/>
                <Route path=path!("/verify/done") view=links::VerifiedPage ssr=SsrMode::Async/>
                <Route path=path!("/invite") view=links::InvitePage ssr=SsrMode::Async/>
                <Route path=path!("/account") view=profile::AccountPage ssr=SsrMode::Async/>
                <Route path=path!("/account/password") view=security::PasswordPage ssr=SsrMode::Async/>
                <Route path=path!("/account/second-factor") view=security::SecondFactorPage ssr=SsrMode::Async/>
                <Route path=path!("/cookies") view=legal::CookiesPage ssr=SsrMode::Async/>
                <Route path=path!("/privacy") view=legal::PrivacyPage ssr=SsrMode::Async/>
                <Route path=path!("/accessibility") view=legal::AccessibilityPage ssr=SsrMode::Async/>
                <Route path=path!("/dev/mail") view=dev::Inbox ssr=SsrMode::Async/>
                <Route path=path!("/dev/ui") view=dev::Kit ssr=SsrMode::Async/>
                <Route path=path!("/problem") view=problem::ReportedProblem ssr=SsrMode::Async/>
            </Routes>
        </Router>
    }
}
