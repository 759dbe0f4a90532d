//! What a contractor does, where, and on what authority.

use domain::faults::Trade;
use domain::people::{Profile, ProfileForm};
use leptos::ev;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast as _;
use ui::{Button, ButtonKind, Checkboxes, Choice, Dialog, Post, PostForm, Radios, TextInput, Textarea};
use wire::AppError;

use crate::estate::parts::{FormTrouble, field_errors};

#[server]
pub async fn save_profile(contact: String, version: i32, #[server(flatten)] form: ProfileForm) -> Result<(), AppError> {
    let cx = gate::staff().await?;
    let Ok(contact) = contact.parse() else { return gate::answer(Err(services::Error::NotFound)) };
    gate::answer(services::people::contractors::set_profile(&cx, contact, version, &form).await)
}

#[component]
pub(super) fn ProfileDialog(contact: String, profile: Option<Profile>, refresh: Callback<()>) -> impl IntoView {
    let save = Post::<SaveProfile>::new();
    let answer = save.value();
    let wrong = move |field: &'static str| move || answer.with(|a| field_errors(a.as_ref()).get(field).unwrap_or_default().to_owned());
    Effect::new(move |_| {
        if let Some(Ok(())) = answer.get() {
            ui::browser::close_dialog("profile");
            refresh.run(());
        }
    });
    let version = profile.as_ref().map_or(0, |p| p.version);
    let form = profile.map(|p| ProfileForm::from(&p.profile)).unwrap_or_default();
    let said = |yes: &str| if yes.is_empty() { "no".to_owned() } else { yes.to_owned() };
    // The form sends one field of codes; each tick box changes it.
    let trades = RwSignal::new(form.trades.split(',').filter(|t| !t.is_empty()).map(ToOwned::to_owned).collect::<Vec<_>>());
    let tick = move |event: ev::Event| {
        let Some(field) = event.target().and_then(|t| t.dyn_into::<leptos::web_sys::HtmlInputElement>().ok()) else { return };
        if field.name() != "trade" {
            return;
        }
        let code = field.value();
        trades.update(|all| {
            all.retain(|t| *t != code);
            if field.checked() {
                all.push(code);
            }
        });
    };
    let yes_no = || vec![Choice::new("no", "No"), Choice::new("yes", "Yes")];
    view! {
        <Dialog id="profile" title="Trades, areas and licences" wide=true>
            <PostForm action=save attr:class="stack" attr:novalidate=true on:change=tick>
                <input type="hidden" name="contact" value=contact/>
                <input type="hidden" name="version" value=version/>
                <input type="hidden" name="trades" value=move || trades.get().join(",")/>
                <FormTrouble answer=Signal::derive(move || answer.get().and_then(Result::err).filter(|e| !matches!(e, AppError::Invalid(_))))/>
                <div class="trades">
                    <Checkboxes name="trade" legend="Trades" values=trades.get_untracked()
                        choices=Trade::ALL.iter().map(|t| Choice::new(t.as_str(), t.label())).collect() error=wrong("trades")/>
                </div>
                <TextInput name="postcode_areas" label="Areas" hint="First parts of postcodes, like LS or LS11. Empty: anywhere." value=form.postcode_areas optional=true error=wrong("postcode_areas")/>
                <Textarea name="licences" label="Licences" hint="One a line: scheme, number, expiry date. Gas Safe, 512345, 31/3/2027." value=form.licences rows=3 optional=true error=wrong("licences")/>
                <Radios name="out_of_hours" legend="Comes out of hours" inline=true value=said(&form.out_of_hours) choices=yes_no()/>
                <Radios name="in_house" legend="Our own trades team" inline=true value=said(&form.in_house) choices=yes_no()/>
                <Radios name="vat_registered" legend="Registered for VAT" inline=true value=said(&form.vat_registered) choices=yes_no()/>
                <div class="cluster"><Button kind=ButtonKind::Primary busy=save.pending()>"Save"</Button></div>
            </PostForm>
        </Dialog>
    }
}
