//! The key-safe and entry codes. A page of their own, because each look is put on record.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use ui::{BackLink, Banner, Tone};
use wire::AppError;

use crate::frame::{Frame, shown};

#[server]
pub async fn load_codes(id: String) -> Result<(String, String), AppError> {
    let cx = gate::contractor().await?;
    let Ok(id) = id.parse() else { return gate::answer(Err(services::Error::NotFound)) };
    let codes = gate::answer(services::work_orders::portal::codes(&cx, id).await)?;
    let (organisation, _) = gate::answer(services::contractors::own::organisation(&cx).await)?;
    Ok((organisation, codes))
}

#[component]
pub fn CodesPage() -> impl IntoView {
    let id = use_params_map().with_untracked(|p| p.get("id").unwrap_or_default());
    let back = format!("/work/{id}");
    shown(Resource::new_blocking(move || id.clone(), load_codes), move |(organisation, codes)| {
        let back = back.clone();
        view! {
            <Frame title="Codes" organisation by_link=true>
                <BackLink href=back label="Back to the work order"/>
                <h1 class="heading-xl">"Codes"</h1>
                {codes.lines().map(|line| view! { <p class="work-codes">{line.to_owned()}</p> }).collect_view()}
                <Banner tone=Tone::Blue>"That you looked is on record. Leave the codes as you found them."</Banner>
            </Frame>
        }
        .into_any()
    })
}
