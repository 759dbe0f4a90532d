//! The page behind a link in an email. Opening it changes nothing, because mail scanners open links too: a person presses the button.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use serde::{Deserialize, Serialize};
use ui::{Button, ButtonGroup, ButtonKind};
use wire::AppError;

use crate::frame::{Frame, shown};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Behind {
    organisation: String,
    reference: String,
    title: String,
    /// It is not theirs to see any more: a sentence.
    gone: Option<String>,
}

#[server]
pub async fn load_link(secret: String) -> Result<Option<Behind>, AppError> {
    use services::work_orders::portal::{self, Seen};
    let Some((cx, order)) = gate::live(gate::order_link(&secret).await?)? else { return Ok(None) };
    let (organisation, _) = gate::answer(services::contractors::own::organisation(&cx).await)?;
    Ok(Some(match gate::answer(portal::one(&cx, order).await)? {
        Seen::Here(order) => Behind { organisation, reference: order.reference, title: order.title, gone: None },
        Seen::Gone(gone) => Behind { organisation, reference: gone.reference, title: gone.title, gone: Some(gone.why) },
    }))
}

#[component]
pub fn LinkPage() -> impl IntoView {
    let params = use_params_map();
    let secret = params.with_untracked(|p| p.get("secret").unwrap_or_default());
    let action = format!("/w/{secret}");
    shown(Resource::new_blocking(move || secret.clone(), load_link), move |behind| {
        let action = action.clone();
        match behind {
            None => view! {
                <Frame title="This link has ended" organisation="Work orders" by_link=true>
                    <h1 class="heading-xl">"This link has ended"</h1>
                    <p>"It was withdrawn or is too old. Ask the office that sent it for a new one, or sign in if you have a password."</p>
                    <p><a href="/login?next=/work">"Sign in"</a></p>
                </Frame>
            }
            .into_any(),
            Some(Behind { organisation, reference, title, gone: Some(why) }) => view! {
                <Frame title=reference.clone() organisation by_link=true>
                    <h1 class="heading-xl">{title}</h1>
                    <p>{reference}": "{why}</p>
                </Frame>
            }
            .into_any(),
            Some(Behind { organisation, reference, title, gone: None }) => view! {
                <Frame title=reference.clone() organisation=organisation.clone() by_link=true>
                    <p class="overline">{reference}" from "{organisation}</p>
                    <h1 class="heading-xl">{title}</h1>
                    <p>"Open it to see what is to be done and where, and to say whether you take it."</p>
                    <form method="post" action=action>
                        <ButtonGroup><Button kind=ButtonKind::Primary>"Open the work order"</Button></ButtonGroup>
                    </form>
                </Frame>
            }
            .into_any(),
        }
    })
}
