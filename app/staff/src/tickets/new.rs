//! A ticket for a caller: which home, who rings, what is wrong.

use domain::faults::{Category, Priority};
use domain::policy::Act;
use domain::tickets::{HomeHit, Source};
use leptos::ev;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use ui::{
    Banner, Button, ButtonKind, Card, Choice, EmptyState, ErrorSummary, IconName, PageHeader, Post, PostForm, Radios, Select, TextInput,
    Textarea, Tone,
};
use wire::AppError;

use super::case::may;

#[server]
pub async fn find_homes(typed: String) -> Result<Vec<HomeHit>, AppError> {
    let cx = gate::staff().await?;
    gate::answer(services::tickets::lookup::homes(&cx, &typed).await)
}

#[server]
pub async fn create_ticket(
    #[server(default)] home: String,
    #[server(default)] contact: String,
    #[server(default)] reporter_name: String,
    #[server(default)] reporter_phone: String,
    #[server(default)] source: String,
    #[server(default)] title: String,
    #[server(default)] description: String,
    #[server(default)] category: String,
    #[server(default)] priority: String,
    #[server(default)] vulnerability: String,
) -> Result<(), AppError> {
    use services::tickets::create::{Create, create};
    let cx = gate::staff().await?;
    // `property/unit`, or `property/` for what the building shares.
    let (property, unit) = home.split_once('/').unwrap_or((home.as_str(), ""));
    let asked = Create {
        unit: unit.parse().ok(),
        property: property.parse().ok(),
        contact: contact.parse().ok(),
        reporter_name,
        reporter_phone,
        source: Source::parse(&source).unwrap_or(Source::Phone),
        title,
        description,
        fault_path: None,
        category: Category::parse(&category),
        priority: Priority::parse(&priority),
        vulnerability,
        assignee: None,
    };
    let made = gate::answer(create(&cx, asked).await)?;
    gate::redirect(&format!("/staff/tickets/{}", made.id));
    Ok(())
}

#[component]
pub fn NewPage() -> impl IntoView {
    let trail = || vec![("Tickets".to_owned(), "/staff/tickets".to_owned())];
    if !may(Act::CreateTicket) {
        return view! {
            <Title text="New ticket"/>
            <PageHeader title="New ticket" trail=trail()/>
            <EmptyState title="Your account reads tickets and does not change them" text="Ask an administrator of your organisation for the role of coordinator."/>
        }
        .into_any();
    }
    let create = Post::<CreateTicket>::new();
    let answer = create.value();
    let wrong = move |field: &str| match answer.get() {
        Some(Err(AppError::Invalid(fields))) => fields.get(field).unwrap_or_default().to_owned(),
        _ => String::new(),
    };
    // Fields of the verb, by the ids they have here.
    let errors = move || match answer.get() {
        Some(Err(AppError::Invalid(fields))) => fields
            .iter()
            .map(|(field, words)| {
                let id = match field {
                    "unitId" => "find-home",
                    "reporterName" => "reporter_name",
                    other => other,
                };
                (id.to_owned(), words.to_owned())
            })
            .collect::<Vec<_>>(),
        _ => Vec::new(),
    };
    let trouble = move || match answer.get() {
        Some(Err(AppError::Invalid(_)) | Ok(())) | None => None,
        Some(Err(error)) => Some(error.to_string()),
    };
    view! {
        <Title text="New ticket"/>
        <PageHeader title="New ticket" lede="For somebody who rings, writes or is visited. It is assessed like a tenant’s own report." trail=trail()/>
        <PostForm action=create attr:class="new-ticket" attr:novalidate=true>
            {move || {
                let errors = errors();
                (!errors.is_empty()).then(|| view! { <ErrorSummary errors/> })
            }}
            {move || trouble().map(|words| view! { <Banner tone=Tone::Red urgent=true>{words}</Banner> })}
            <Card title="Where and who">
                <HomeFinder error=Signal::derive(move || wrong("unitId"))/>
            </Card>
            <Card title="What is wrong">
                <div class="stack">
                    <TextInput name="title" label="In a few words" hint="Such as “Boiler shows F1, no hot water”." maxlength=200 error=move || wrong("title")/>
                    <Textarea name="description" label="What they said" rows=5 optional=true error=move || wrong("description")/>
                    <Textarea name="vulnerability" label="Who there is more at risk" hint="A baby, somebody frail, medical equipment. It raises attention and never lowers it." rows=2 optional=true error=move || wrong("vulnerability")/>
                    <Radios
                        name="priority"
                        legend="Priority"
                        inline=true
                        value=""
                        choices=std::iter::once(Choice::new("", "As assessed")).chain(Priority::ALL.iter().rev().map(|p| Choice::new(p.as_str(), p.label()))).collect()
                    />
                    <Select
                        name="category"
                        label="Category"
                        empty="As assessed"
                        choices=Category::ALL.iter().map(|c| Choice::new(c.as_str(), c.label())).collect()
                    />
                    <Radios
                        name="source"
                        legend="How it reached you"
                        inline=true
                        value=Source::Phone.as_str()
                        choices=[Source::Phone, Source::Email, Source::Visit].map(|s| Choice::new(s.as_str(), s.label())).into()
                    />
                </div>
            </Card>
            <div class="cluster">
                <Button kind=ButtonKind::Primary busy=create.pending()>"Create ticket"</Button>
                <Button kind=ButtonKind::Quiet href="/staff/tickets">"Cancel"</Button>
            </div>
        </PostForm>
    }
    .into_any()
}

/// Finds the home by what a caller says, and offers who lives there.
#[component]
fn HomeFinder(error: Signal<String>) -> impl IntoView {
    let asked = use_query_map().with_untracked(|q| q.get("home").unwrap_or_default());
    let typed = RwSignal::new(asked.clone());
    let found = RwSignal::new(None::<Result<Vec<HomeHit>, AppError>>);
    let chosen = RwSignal::new(None::<HomeHit>);
    let person = RwSignal::new(String::new());
    let find = Action::new(move |typed: &String| {
        let words = typed.clone();
        async move {
            let hits = find_homes(words.clone()).await;
            (words, hits)
        }
    });
    Effect::new(move |_| {
        if let Some((words, hits)) = find.value().get()
            && typed.with_untracked(|t| *t == words)
        {
            found.set(Some(hits));
        }
    });
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let look = move |words: String| {
        typed.set(words.clone());
        if let Some(earlier) = waiting.get_value() {
            earlier.clear();
        }
        let later = move || {
            find.dispatch(words.clone());
        };
        waiting.set_value(set_timeout_with_handle(later, std::time::Duration::from_millis(180)).ok());
    };
    Effect::new(move |_| {
        if !asked.is_empty() {
            find.dispatch(asked.clone());
        }
    });
    let choose = move |hit: HomeHit| {
        person.set(hit.people.first().map(|p| p.id.to_string()).unwrap_or_default());
        chosen.set(Some(hit));
    };
    view! {
        <div class="stack">
            <input type="hidden" name="home" value=move || chosen.get().map(|h| format!("{}/{}", h.property, h.unit.map(|u| u.to_string()).unwrap_or_default())).unwrap_or_default()/>
            <input type="hidden" name="contact" value=person/>
            {move || match chosen.get() {
                Some(hit) => view! {
                    <div class="home-choice home-choice--on">
                        <ui::Icon name=IconName::House/>
                        <span class="home-choice__words"><strong>{hit.line.clone()}</strong><span class="row-note">{hit.postcode.clone()}</span></span>
                        <Button kind=ButtonKind::Quiet kind_of="button" on:click=move |_| { chosen.set(None); person.set(String::new()); }>"Another home"</Button>
                    </div>
                    <People hit person/>
                }
                .into_any(),
                None => view! {
                    <TextInput
                        name="find"
                        id="find-home"
                        label="Find the home"
                        hint="Postcode, street, tenant’s name or phone number."
                        kind="search"
                        icon=IconName::Search
                        autocomplete="off"
                        autofocus=true
                        spellcheck=false
                        value=typed.get_untracked()
                        error=move || error.get()
                        on:input=move |event: ev::Event| look(event_target_value(&event))
                        on:keydown=move |event: ev::KeyboardEvent| {
                            // Enter takes the first home found; it does not send the form.
                            if event.key() == "Enter" {
                                event.prevent_default();
                                if let Some(Ok(hits)) = found.get_untracked() && let Some(first) = hits.into_iter().next() {
                                    choose(first);
                                }
                            }
                        }
                    />
                    <div role="status">
                        {move || found.get().map(|result| match result {
                            Err(error) => view! { <Banner tone=Tone::Red>{error.to_string()}</Banner> }.into_any(),
                            Ok(hits) if hits.is_empty() => {
                                (typed.with(|t| t.trim().len() > 1))
                                    .then(|| view! { <p class="muted">"No home like this. Try the postcode, or add the property first."</p> })
                                    .into_any()
                            }
                            Ok(hits) => view! {
                                <ul class="home-choices" role="list">
                                    {hits
                                        .into_iter()
                                        .map(|hit| {
                                            let names = hit.people.iter().map(|p| p.name.clone()).collect::<Vec<_>>().join(", ");
                                            let (line, postcode) = (hit.line.clone(), hit.postcode.clone());
                                            view! {
                                                <li>
                                                    <button class="home-choice" type="button" on:click=move |_| choose(hit.clone())>
                                                        <ui::Icon name=IconName::House size=16/>
                                                        <span class="home-choice__words"><span>{line}</span><span class="row-note">{postcode}</span></span>
                                                        <span class="home-choice__people">{names}</span>
                                                    </button>
                                                </li>
                                            }
                                        })
                                        .collect_view()}
                                </ul>
                            }
                            .into_any(),
                        })}
                    </div>
                }
                .into_any(),
            }}
        </div>
    }
}

#[component]
fn People(hit: HomeHit, person: RwSignal<String>) -> impl IntoView {
    let mut choices: Vec<Choice> = hit
        .people
        .iter()
        .map(|p| {
            let phone = p.phone.as_deref().map(|n| domain::values::PhoneE164::parse(n).map_or_else(|| n.to_owned(), |n| n.national()));
            let choice = Choice::new(p.id.to_string(), p.name.clone());
            match [phone, p.email.clone()].into_iter().flatten().collect::<Vec<_>>() {
                known if known.is_empty() => choice,
                known => choice.hint(known.join(", ")),
            }
        })
        .collect();
    choices.push(Choice::new("", "Somebody else"));
    let first = person.get_untracked();
    view! {
        <div class="stack" on:change=move |event: ev::Event| person.set(event_target_value(&event))>
            <Radios name="who" legend="Who reports it?" value=first choices/>
        </div>
        <Show when=move || person.with(String::is_empty)>
            <div class="columns">
                <TextInput name="reporter_name" label="Their name" optional=true autocomplete="off" spellcheck=false/>
                <TextInput name="reporter_phone" label="Their phone number" kind="tel" optional=true autocomplete="off" spellcheck=false/>
            </div>
        </Show>
    }
}
