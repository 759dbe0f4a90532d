//! Choosing people of the contacts: type, choose, take away again.

use domain::people::ContactCard;
use leptos::ev;
use leptos::prelude::*;
use ui::{Button, ButtonKind, ButtonSize, Field, IconName, load};
use wire::AppError;

#[server]
pub async fn find_people(#[server(default)] typed: String, #[server(default)] kind: String) -> Result<Vec<ContactCard>, AppError> {
    let cx = gate::staff().await?;
    let slice = services::estate::Slice { after: None, size: 8 };
    let filter = domain::people::ContactFilter { search: typed, kind, ..Default::default() };
    gate::answer(services::people::contacts::list(&cx, &filter, &slice).await.map(|page| page.items))
}

/// A field whose value is the ids of the people chosen, separated by commas.
#[component]
pub(super) fn PersonPicker(
    name: &'static str,
    #[prop(into)] label: String,
    #[prop(into, optional)] hint: String,
    kind: &'static str,
    /// Id and name of who is chosen already.
    chosen: Vec<(String, String)>,
    #[prop(optional)] single: bool,
    error: Signal<String>,
) -> impl IntoView {
    let chosen = RwSignal::new(chosen);
    let typed = RwSignal::new(String::new());
    let found = load(
        move || typed.get(),
        move |typed| async move { if typed.trim().len() < 2 { Ok(Vec::new()) } else { find_people(typed, kind.to_owned()).await } },
    );
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let search = move |event: ev::Event| {
        let value = event_target_value(&event);
        if let Some(earlier) = waiting.get_value() {
            earlier.clear();
        }
        waiting.set_value(set_timeout_with_handle(move || typed.set(value.clone()), std::time::Duration::from_millis(200)).ok());
    };
    let add = Callback::new(move |(id, name): (String, String)| {
        chosen.update(|all| {
            if single {
                all.clear();
            }
            if !all.iter().any(|(i, _)| *i == id) {
                all.push((id, name));
            }
        });
        typed.set(String::new());
    });
    let full = move || single && !chosen.with(Vec::is_empty);
    view! {
        <Field id=name label hint error=move || error.get()>
            <input type="hidden" name=name value=move || chosen.with(|all| all.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>().join(","))/>
            <ul class="picker__chosen" role="list">
                {move || chosen.get().into_iter().map(|(id, name)| {
                    let label = format!("Remove {name}");
                    view! {
                        <li class="picker__person">
                            {name}
                            <Button kind=ButtonKind::Quiet size=ButtonSize::Small kind_of="button" icon=IconName::X icon_only=label
                                on:click=move |_| chosen.update(|all| all.retain(|(i, _)| *i != id))/>
                        </li>
                    }
                }).collect_view()}
            </ul>
            <input
                class="input"
                id=name
                type="search"
                autocomplete="off"
                placeholder="Name, phone number or e-mail"
                hidden=full
                prop:value=typed
                on:input=search
                on:keydown=|event: ev::KeyboardEvent| if event.key() == "Enter" { event.prevent_default() }
            />
            <ul class="picker__found" role="list" aria-live="polite">
                <Transition>
                    {move || found.get().map(|answer| match answer {
                        Ok(people) if people.is_empty() && typed.with(|t| t.trim().len() >= 2) => {
                            let new = format!("/staff/contacts/new?kind={kind}");
                            view! { <li class="picker__nobody">"Nobody like this. "<a href=new>"New contact"</a></li> }.into_any()
                        }
                        Ok(people) => people.into_iter().map(|p| {
                            let (id, name) = (p.id.to_string(), p.name.clone());
                            let about = [p.home, p.email, p.phone].into_iter().flatten().next().unwrap_or_default();
                            view! {
                                <li>
                                    <button class="picker__choice" type="button" on:click=move |_| add.run((id.clone(), name.clone()))>
                                        <span>{p.name}</span><span class="caption">{about}</span>
                                    </button>
                                </li>
                            }
                        }).collect_view().into_any(),
                        Err(error) => view! { <li class="picker__nobody">{error.to_string()}</li> }.into_any(),
                    })}
                </Transition>
            </ul>
        </Field>
    }
}
