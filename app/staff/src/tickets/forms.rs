//! What is done with a ticket: triage, the next step with its reason, notes, its words, deleting it.

use domain::faults::{Category, Priority};
use domain::tickets::{Detail, Member, Move};
use leptos::prelude::*;
use ui::{
    Banner, Button, ButtonKind, Card, Choice, Dialog, LabelSize, Post, PostForm, Radios, Select, TextInput, Textarea, Toast, Toasts, Tone,
};
use wire::AppError;

use super::case::dialog_of;
use super::parts::reset_form;

/// Category, priority and owner together, against the version that was looked at; with `step`, marked as triaged too.
#[server]
pub async fn triage_ticket(
    id: String,
    version: i32,
    category: String,
    priority: String,
    assignee: String,
    #[server(default)] reason: String,
    #[server(default)] step: String,
) -> Result<(), AppError> {
    use services::tickets::change::{Change, Step, change};
    let cx = gate::staff().await?;
    let Ok(id) = id.parse() else { return gate::answer(Err(services::Error::NotFound)) };
    let mut errors = wire::FieldErrors::new();
    let category = errors.take("category", Category::parse(&category).ok_or("Choose a category"));
    let priority = errors.take("priority", Priority::parse(&priority).ok_or("Choose a priority"));
    let assignee = match assignee.as_str() {
        "" => None,
        given => errors.take("assignee", given.parse().map_err(|_| "Choose an owner from the list")),
    };
    gate::answer(errors.check().map_err(services::Error::from))?;
    let asked = Change {
        version: Some(version),
        category,
        priority,
        assignee: Some(assignee),
        step: Move::parse(&step).map(Step::By),
        reason: Some(reason),
        ..Change::default()
    };
    gate::answer(change(&cx, id, asked).await.map(|_| ()))
}

#[server]
pub async fn move_ticket(id: String, version: i32, step: String, #[server(default)] reason: String) -> Result<(), AppError> {
    use services::tickets::change::{Change, Step, change};
    let cx = gate::staff().await?;
    let (Ok(id), Some(by)) = (id.parse(), Move::parse(&step)) else { return gate::answer(Err(services::Error::NotFound)) };
    let asked = Change { version: Some(version), step: Some(Step::By(by)), reason: Some(reason), ..Change::default() };
    gate::answer(change(&cx, id, asked).await.map(|_| ()))
}

#[server]
pub async fn edit_ticket(id: String, version: i32, title: String, #[server(default)] description: String) -> Result<(), AppError> {
    use services::tickets::change::{Change, change};
    let cx = gate::staff().await?;
    let Ok(id) = id.parse() else { return gate::answer(Err(services::Error::NotFound)) };
    let asked = Change { version: Some(version), title: Some(title), description: Some(description), ..Change::default() };
    gate::answer(change(&cx, id, asked).await.map(|_| ()))
}

#[server]
pub async fn note_ticket(id: String, #[server(default)] body: String, #[server(default)] who: String) -> Result<(), AppError> {
    let cx = gate::staff().await?;
    let Ok(id) = id.parse() else { return gate::answer(Err(services::Error::NotFound)) };
    gate::answer(services::tickets::note::add(&cx, id, &body, who == "tenant").await)
}

#[server]
pub async fn delete_ticket(id: String, #[server(default)] reason: String) -> Result<(), AppError> {
    let cx = gate::staff().await?;
    let Ok(id) = id.parse() else { return gate::answer(Err(services::Error::NotFound)) };
    gate::answer(services::tickets::change::delete(&cx, id, Some(&reason)).await)?;
    gate::redirect("/staff/tickets");
    Ok(())
}

/// The sentence for a field of what a form was last answered.
fn wrong(value: Option<Result<(), AppError>>, field: &str) -> String {
    match value {
        Some(Err(AppError::Invalid(fields))) => fields.get(field).unwrap_or_default().to_owned(),
        _ => String::new(),
    }
}

/// What is not about one field: shown above the form.
fn trouble(value: Option<Result<(), AppError>>) -> Option<String> {
    match value {
        Some(Err(AppError::Invalid(fields))) => fields.get("").map(ToOwned::to_owned),
        Some(Err(error)) => Some(error.to_string()),
        _ => None,
    }
}

#[component]
pub(super) fn TriageForm(current: Signal<Detail>, members: Vec<Member>, refresh: Callback<()>, toasts: Toasts) -> impl IntoView {
    let triage = Post::<TriageTicket>::new();
    let answer = triage.value();
    // The form is drawn from what was there when it was opened, and again after its own success or when asked to.
    let opened = RwSignal::new(current.get_untracked());
    Effect::new(move |_| {
        if let Some(Ok(())) = answer.get() {
            toasts.show(Toast::done("Saved"));
            refresh.run(());
        }
    });
    // After an own change the newer version is ours: take it over.
    let ours = RwSignal::new(0_usize);
    Effect::new(move |_| {
        let now = current.get();
        let saved = triage.version().get_untracked();
        if answer.with_untracked(|a| matches!(a, Some(Ok(()))))
            && saved != ours.get_untracked()
            && now.version != opened.with_untracked(|o| o.version)
        {
            ours.set(saved);
            opened.set(now);
            reset_form("triage");
        }
    });
    let overtaken = move || current.with(|c| c.version) != opened.with(|o| o.version) && !triage.pending().get();
    let differs = move || {
        let (now, then) = (current.get(), opened.get());
        now.category != then.category || now.priority != then.priority || now.assignee != then.assignee
    };
    // News that does not touch this form's fields needs no attention: the version follows.
    Effect::new(move |_| {
        if overtaken() && !differs() {
            let version = current.with(|c| c.version);
            opened.update(|o| o.version = version);
        }
    });
    let members = StoredValue::new(members);
    let fields = Memo::new(move |_| opened.with(|o| (o.category, o.priority, o.assignee.clone())));
    view! {
        <Card title="Triage">
            <PostForm action=triage attr:id="triage" attr:class="stack">
                <input type="hidden" name="id" value=move || opened.with(|o| o.id.to_string())/>
                <input type="hidden" name="version" value=move || opened.with(|o| o.version)/>
                {move || trouble(answer.get()).map(|words| view! { <Banner tone=Tone::Red urgent=true>{words}</Banner> })}
                {move || (overtaken() && differs()).then(|| view! {
                    <Banner tone=Tone::Amber title="Somebody changed these meanwhile" actions=move || view! {
                        <Button kind_of="button" on:click=move |_| { triage.clear(); opened.set(current.get_untracked()); reset_form("triage"); }>"Show what it is now"</Button>
                    }>
                        "What you have chosen here is not saved yet."
                    </Banner>
                })}
                {move || {
                    let (category, priority, assignee) = fields.get();
                    view! {
                        <Radios
                            name="priority"
                            legend="Priority"
                            value=priority.as_str()
                            choices=Priority::ALL.iter().rev().map(|p| Choice::new(p.as_str(), p.label())).collect()
                            error=move || wrong(answer.get(), "priority")
                        />
                        <Select
                            name="category"
                            label="Category"
                            value=category.as_str()
                            choices=Category::ALL.iter().map(|c| Choice::new(c.as_str(), c.label())).collect()
                            error=move || wrong(answer.get(), "category")
                        />
                        <Select
                            name="assignee"
                            label="Owner"
                            empty="Nobody"
                            value=assignee.map(|m| m.id.to_string()).unwrap_or_default()
                            choices=members.with_value(|all| all.iter().map(|m| Choice::new(m.id.to_string(), m.name.clone())).collect())
                            error=move || wrong(answer.get(), "assignee")
                        />
                        <Textarea name="reason" label="Reason" hint="Needed to lower the priority. Staff only." optional=true rows=2 error=move || wrong(answer.get(), "reason")/>
                    }
                }}
                <div class="cluster"><Button busy=triage.pending()>"Save"</Button></div>
            </PostForm>
        </Card>
    }
}

/// Asks why, for a step that needs it or may have it.
#[component]
pub(super) fn MoveDialog(by: Move, current: Signal<Detail>, step: Post<MoveTicket>) -> impl IntoView {
    let (title, text, label, verb) = match by {
        Move::Close => (
            "Close this ticket",
            "The tenant is told, with your reason. They can still say that it is not fixed.",
            "Why it is closed",
            "Close the ticket",
        ),
        Move::Reopen => ("Reopen this ticket", "It goes back to triage with a new target from today.", "Why it is reopened", "Reopen"),
        Move::Cancel => (
            "Cancel this ticket",
            "The tenant is told, with your reason. A cancelled ticket cannot be taken up again.",
            "Why it is cancelled",
            "Cancel the ticket",
        ),
        _ => ("Hand back to triage", "Nobody is doing the work any more.", "Why", "Hand back"),
    };
    let kind = if by == Move::Cancel { ButtonKind::Danger } else { ButtonKind::Primary };
    let field = format!("reason-{}", by.as_str().to_lowercase());
    let is_this = move || step.sending("step").is_some_and(|step| step == by.as_str()) || step.value().with(Option::is_some);
    let error = move || if is_this() { wrong(step.value().get(), "reason") } else { String::new() };
    view! {
        <Dialog id=dialog_of(by) title text>
            <PostForm action=step attr:id=format!("{}-form", dialog_of(by)) attr:class="stack">
                <input type="hidden" name="id" value=move || current.with(|t| t.id.to_string())/>
                <input type="hidden" name="version" value=move || current.with(|t| t.version)/>
                <input type="hidden" name="step" value=by.as_str()/>
                <Textarea name="reason" id=field label rows=3 max_chars=1000 optional=matches!(by, Move::Reopen | Move::HandBack) error/>
                <div class="cluster"><Button kind busy=step.pending()>{verb}</Button></div>
            </PostForm>
        </Dialog>
    }
}

/// Title and description, in a dialog.
#[component]
pub(super) fn DetailsDialog(current: Signal<Detail>, refresh: Callback<()>, toasts: Toasts) -> impl IntoView {
    let edit = Post::<EditTicket>::new();
    let answer = edit.value();
    Effect::new(move |_| {
        if let Some(Ok(())) = answer.get() {
            ui::browser::close_dialog("edit-details");
            reset_form("details");
            toasts.show(Toast::done("Saved"));
            refresh.run(());
        }
    });
    let words = Memo::new(move |_| current.with(|t| (t.title.clone(), t.description.clone(), t.version)));
    view! {
        <Dialog id="edit-details" title="Edit title and description" wide=true>
            <PostForm action=edit attr:id="details" attr:class="stack">
                <input type="hidden" name="id" value=move || current.with(|t| t.id.to_string())/>
                {move || trouble(answer.get()).map(|words| view! { <Banner tone=Tone::Red urgent=true>{words}</Banner> })}
                {move || {
                    let (title, description, version) = words.get();
                    view! {
                        <input type="hidden" name="version" value=version/>
                        <TextInput name="title" label="Title" value=title maxlength=200 error=move || wrong(answer.get(), "title")/>
                        <Textarea name="description" label="Description" value=description rows=8 optional=true error=move || wrong(answer.get(), "description")/>
                    }
                }}
                <div class="cluster"><Button kind=ButtonKind::Primary busy=edit.pending()>"Save"</Button></div>
            </PostForm>
        </Dialog>
    }
}

#[component]
pub(super) fn NoteForm(id: String, refresh: Callback<()>, toasts: Toasts) -> impl IntoView {
    let note = Post::<NoteTicket>::new();
    let answer = note.value();
    let to_tenant = RwSignal::new(false);
    // A fresh form after each note that was kept; one that was refused stays as it was typed.
    Effect::new(move |_| {
        if let Some(Ok(())) = answer.get() {
            reset_form("note");
            to_tenant.set(false);
            toasts.show(Toast::done("Note added"));
            refresh.run(());
        }
    });
    view! {
        <Card title="Add a note">
            <div class="note-form" class=("note-form--public", move || to_tenant.get())>
                <PostForm action=note attr:id="note" attr:class="stack stack--tight" on:change=move |event: leptos::ev::Event| {
                    use leptos::wasm_bindgen::JsCast as _;
                    if let Some(radio) = event.target().and_then(|t| t.dyn_into::<leptos::web_sys::HtmlInputElement>().ok()).filter(|i| i.name() == "who") {
                        to_tenant.set(radio.value() == "tenant");
                    }
                }>
                    <input type="hidden" name="id" value=id/>
                    {move || trouble(answer.get()).map(|words| view! { <Banner tone=Tone::Red urgent=true>{words}</Banner> })}
                    <Textarea name="body" label="Note" label_size=LabelSize::Hidden placeholder="What happened, what was said…" rows=2 error=move || wrong(answer.get(), "body")/>
                    <div class="cluster cluster--between">
                        <Radios
                            name="who"
                            legend="Who may read it?"
                            label_size=LabelSize::Hidden
                            inline=true
                            value="staff"
                            choices=vec![Choice::new("staff", "Staff only"), Choice::new("tenant", "Tenant too")]
                        />
                        <Button busy=note.pending()>{move || if to_tenant.get() { "Write to the tenant" } else { "Add note" }}</Button>
                    </div>
                </PostForm>
            </div>
        </Card>
    }
}

#[component]
pub(super) fn DeleteDialog(id: String) -> impl IntoView {
    let delete = Post::<DeleteTicket>::new();
    view! {
        <Dialog id="delete-ticket" title="Delete this ticket" text="It leaves every list and the tenant no longer sees it. Its history stays in the audit. To call off work, cancel it instead.">
            <PostForm action=delete attr:class="stack">
                <input type="hidden" name="id" value=id/>
                {move || trouble(delete.value().get()).map(|words| view! { <Banner tone=Tone::Red urgent=true>{words}</Banner> })}
                <Textarea name="reason" id="delete-reason" label="Why it is deleted" optional=true rows=2/>
                <div class="cluster"><Button kind=ButtonKind::Danger busy=delete.pending()>"Delete the ticket"</Button></div>
            </PostForm>
        </Dialog>
    }
}
