use domain::tickets::{AccessWay, MAX_DETAILS, NONE, Need, VisitTime};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use ui::{
    Banner, Button, ButtonGroup, ButtonKind, Checkbox, Checkboxes, Choice, Details, FileDrop, InputWidth, LabelSize, QuestionPage, Radios,
    SummaryList, SummaryRow, TextInput, Textarea, Tiles, UploadRow, WarningCallout,
};

use super::load_step;
use super::view::{AnswerKind, AnswerRow, Body, Offer, PhotoRow, Search, StepPage};
use crate::frame::{Frame, PageTitle, shown};

#[component]
pub fn Question() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let asked = move || {
        let of = |name: &str| params.with(|p| p.get(name).unwrap_or_default());
        let from = |name: &str| query.with(|q| q.get(name).unwrap_or_default());
        (of("draft"), of("step"), from("ask"), from("q"), from("kept"))
    };
    let data = Resource::new_blocking(asked, |(draft, step, ask, q, kept)| load_step(draft, step, ask, q, kept));
    shown(data, page)
}

fn page(found: StepPage) -> AnyView {
    let StepPage { landlord, draft, step, title, back, progress, errors, body, can_resume } = found;
    let action = format!("/report/{draft}/{}", step.as_str());
    let failed = !errors.is_empty();
    let asks = Asks { action, back, progress, errors };
    let shown = match body {
        Body::Choose { name, title, hint, offers, chosen, none } => choose(asks, name, title, hint, offers, chosen, none),
        Body::Tiles { name, title, offers, chosen, search } => tiles(asks, name, title, offers, chosen, search),
        Body::Postcode { value } => postcode(asks, value),
        Body::Contact { name, email, phone } => contact(asks, name, email, phone),
        Body::Advice { problem, warning, self_help, usually_yours } => advice(asks, problem, warning, self_help, usually_yours),
        Body::Question { code, text, hint, kind, value, required } => question(asks, code, text, hint, kind, value, required),
        Body::Details { value, required, hint } => details(asks, value, required, hint),
        Body::Photos { photos, hint, most } => photos_page(asks, photos, hint, most),
        Body::Access { way, times, notes } => access(asks, way, times, notes),
        Body::Needs { needs, notes } => needs_page(asks, needs, notes),
        Body::Check { rows } => check(asks, rows),
    };
    let later = can_resume.then(|| {
        view! {
            <div class="wizard__later">
                <Details summary="Finish this later, or on another device">
                    <p>"Your answers so far are kept for 30 days."</p>
                    <form method="post" action=format!("/report/{draft}/link")>
                        <Button icon=ui::IconName::Mail>"Email me a link"</Button>
                    </form>
                </Details>
            </div>
        }
    });
    view! {
        <PageTitle title failed landlord=landlord.name.clone()/>
        <Frame landlord>
            {shown}
            {later}
        </Frame>
    }
    .into_any()
}

/// What every question has around it.
struct Asks {
    action: String,
    back: String,
    progress: String,
    errors: Vec<(String, String)>,
}

impl Asks {
    fn error(&self, field: &str) -> String {
        self.errors.iter().find(|(f, _)| f == field).map(|(_, s)| s.clone()).unwrap_or_default()
    }
}

fn choice(offer: Offer) -> Choice {
    let made = Choice::new(offer.value, offer.label).hint(offer.hint);
    if offer.drawing.is_empty() { made } else { made.drawing(view! { <span class="wizard__drawing" inner_html=offer.drawing></span> }) }
}

fn choose(asks: Asks, name: String, title: String, hint: String, offers: Vec<Offer>, chosen: String, none: String) -> AnyView {
    let error = asks.error(&name);
    if offers.is_empty() && none.is_empty() {
        return nowhere(asks);
    }
    let mut choices: Vec<Choice> = offers.into_iter().map(choice).collect();
    if !none.is_empty() {
        choices.push(Choice::new(NONE, none).after("or"));
    }
    view! {
        <QuestionPage back_href=asks.back progress=asks.progress errors=asks.errors action=asks.action>
            <Radios name legend=title choices hint error value=chosen label_size=LabelSize::Page/>
        </QuestionPage>
    }
    .into_any()
}

/// No home of this organisation has that postcode.
fn nowhere(asks: Asks) -> AnyView {
    let again = asks.back.clone();
    view! {
        <QuestionPage back_href=asks.back progress=asks.progress errors=asks.errors title="We have no home at that postcode">
            <div class="stack">
                <p>"Check the postcode. If it is right, your home may be looked after by somebody else."</p>
                <p><a class="button button--primary" href=again>"Enter another postcode"</a></p>
            </div>
        </QuestionPage>
    }
    .into_any()
}

fn tiles(asks: Asks, name: String, title: String, offers: Vec<Offer>, chosen: String, search: Option<Search>) -> AnyView {
    let error = asks.error(&name);
    let Asks { action, back, progress, errors } = asks;
    let mut choices: Vec<Choice> = offers.into_iter().map(choice).collect();
    choices.push(Choice::new(NONE, "None of these").icon(ui::IconName::CircleHelp));
    let Some(search) = search else {
        return view! {
            <QuestionPage back_href=back progress errors action>
                <Tiles name legend=title choices error value=chosen label_size=LabelSize::Page/>
            </QuestionPage>
        }
        .into_any();
    };
    let hits = search.hits;
    let searched = !search.query.trim().is_empty();
    view! {
        <QuestionPage back_href=back progress title=title.clone() errors>
            <div class="stack">
                <form class="wizard__search" method="get" action=action.clone() role="search">
                    <TextInput name="q" label="Search for it" hint="For example “no hot water” or “mice”" value=search.query.clone() kind="search" width=InputWidth::W20/>
                    <Button icon=ui::IconName::Search>"Search"</Button>
                </form>
                {searched.then(|| found(action.clone(), search.query, hits))}
                <form class="question__form" method="post" action=action novalidate>
                    <Tiles name legend="Or choose the place" choices error value=chosen label_size=LabelSize::Medium/>
                    <ButtonGroup><Button kind=ButtonKind::Primary>"Continue"</Button></ButtonGroup>
                </form>
            </div>
        </QuestionPage>
    }
    .into_any()
}

fn found(action: String, query: String, hits: Vec<Offer>) -> AnyView {
    if hits.is_empty() {
        return view! { <Banner title="Nothing found">"We found nothing for “"{query}"”. Try another word, or choose the place below."</Banner> }.into_any();
    }
    let choices: Vec<Choice> = hits.into_iter().map(choice).collect();
    view! {
        <form class="question__form wizard__found" method="post" action=action novalidate>
            <Radios name="path" legend=format!("Found for “{query}”") choices label_size=LabelSize::Medium/>
            <ButtonGroup><Button kind=ButtonKind::Primary>"Continue with this"</Button></ButtonGroup>
        </form>
    }
    .into_any()
}

fn postcode(asks: Asks, value: String) -> AnyView {
    let error = asks.error("postcode");
    view! {
        <QuestionPage back_href=asks.back progress=asks.progress errors=asks.errors action=asks.action>
            <TextInput name="postcode" label="What is the postcode of your home?" hint="For example LS11 6AB" error value autocomplete="postal-code" width=InputWidth::W10 label_size=LabelSize::Page/>
        </QuestionPage>
    }
    .into_any()
}

fn contact(asks: Asks, name: String, email: String, phone: String) -> AnyView {
    let (bad_name, bad_email, bad_phone) = (asks.error("name"), asks.error("email"), asks.error("phone"));
    view! {
        <QuestionPage back_href=asks.back progress=asks.progress errors=asks.errors action=asks.action title="How can we reach you?" lede="Give an email address or a telephone number, or both.">
            <TextInput name="name" label="Your name" error=bad_name value=name autocomplete="name"/>
            <TextInput name="email" label="Email address" hint="We send you a code, so that you can follow your report" error=bad_email value=email kind="email" autocomplete="email" spellcheck=false/>
            <TextInput name="phone" label="Telephone number" error=bad_phone value=phone kind="tel" autocomplete="tel" width=InputWidth::W20/>
        </QuestionPage>
    }
    .into_any()
}

fn advice(asks: Asks, problem: String, warning: Option<String>, self_help: Option<String>, usually_yours: bool) -> AnyView {
    let error = asks.error("read");
    view! {
        <QuestionPage back_href=asks.back progress=asks.progress errors=asks.errors action=asks.action title="Before you go on" lede=problem>
            {warning.clone().map(|words| view! { <WarningCallout title="Stay safe">{words}</WarningCallout> })}
            {self_help.map(|words| view! {
                <section class="wizard__tip">
                    <h2 class="heading-s">"What you can try"</h2>
                    <p>{words}</p>
                    <p class="muted">"If that puts it right, you need not report it. You can close this page."</p>
                </section>
            })}
            {usually_yours.then(|| view! {
                <Banner title="Usually yours to put right">"Your tenancy agreement normally leaves this to you. If you cannot do it, or are not sure, report it all the same."</Banner>
            })}
            {warning.is_some().then(|| view! { <Checkbox name="read" label="I have read the safety advice" error value="yes"/> })}
        </QuestionPage>
    }
    .into_any()
}

fn question(asks: Asks, code: String, text: String, hint: String, kind: AnswerKind, value: String, required: bool) -> AnyView {
    let error = asks.error("answer");
    let field = match kind {
        AnswerKind::Choice(offers) => {
            let choices: Vec<Choice> = offers.into_iter().map(choice).collect();
            view! { <Radios name="answer" legend=text choices hint error value label_size=LabelSize::Page optional=!required/> }.into_any()
        }
        AnswerKind::Text => view! { <Textarea name="answer" label=text hint error value rows=3 max_chars=500 label_size=LabelSize::Page optional=!required/> }.into_any(),
        AnswerKind::Number => {
            view! { <TextInput name="answer" label=text hint error value inputmode="numeric" width=InputWidth::W4 label_size=LabelSize::Page optional=!required/> }.into_any()
        }
    };
    view! {
        <QuestionPage back_href=asks.back progress=asks.progress errors=asks.errors action=asks.action>
            <input type="hidden" name="question" value=code/>
            {field}
        </QuestionPage>
    }
    .into_any()
}

fn details(asks: Asks, value: String, required: bool, hint: String) -> AnyView {
    let error = asks.error("details");
    let label = if required { "Describe the problem" } else { "Tell us more about it" };
    view! {
        <QuestionPage back_href=asks.back progress=asks.progress errors=asks.errors action=asks.action>
            <Textarea name="details" label hint error value rows=6 max_chars=u32::try_from(MAX_DETAILS).unwrap_or(2_000) label_size=LabelSize::Page optional=!required/>
        </QuestionPage>
    }
    .into_any()
}

fn photos_page(asks: Asks, photos: Vec<PhotoRow>, hint: String, most: usize) -> AnyView {
    let error = asks.error("photos");
    let room = photos.len() < most;
    let hint = if hint.is_empty() {
        "A photo of the problem helps us bring the right parts.".to_owned()
    } else {
        format!("Most useful: {}.", hint.trim_end_matches('.'))
    };
    let lede = format!("Photos are optional. Up to {most}, 10 MB each: JPEG, PNG or WebP. We remove where they were taken.");
    let rows = photos.into_iter().map(|p| view! { <li><UploadRow name=p.name thumbnail=p.thumbnail remove=p.id/></li> }).collect_view();
    view! {
        <QuestionPage back_href=asks.back progress=asks.progress errors=asks.errors title="Add photos" lede>
            <form class="question__form" method="post" action=asks.action enctype="multipart/form-data" novalidate>
                <ul class="wizard__photos" role="list">{rows}</ul>
                {room.then(|| view! { <FileDrop name="photos" label="Choose photos" hint error multiple=true/> })}
                <ButtonGroup>
                    <Button kind=ButtonKind::Primary name="then" value="continue">"Continue"</Button>
                    {room.then(|| view! { <Button name="then" value="stay" icon=ui::IconName::Upload>"Upload and add more"</Button> })}
                </ButtonGroup>
            </form>
        </QuestionPage>
    }
    .into_any()
}

fn access(asks: Asks, way: String, times: Vec<String>, notes: String) -> AnyView {
    let (bad_way, bad_times, bad_notes) = (asks.error("access"), asks.error("times"), asks.error("access_notes"));
    let ways = AccessWay::ALL.iter().map(|w| Choice::new(w.as_str(), w.label())).collect();
    let all_times = VisitTime::ALL.iter().map(|t| Choice::new(t.as_str(), t.label())).collect();
    view! {
        <QuestionPage back_href=asks.back progress=asks.progress errors=asks.errors action=asks.action title="How can we get in?">
            <Radios name="access" legend="Getting into your home" choices=ways error=bad_way value=way label_size=LabelSize::Medium/>
            <Checkboxes name="times" legend="Times that suit you" hint="Select all that suit. We ask before we come" choices=all_times error=bad_times values=times label_size=LabelSize::Medium optional=true/>
            <Textarea name="access_notes" label="Anything we should know before we come" hint="For example a dog, parking, or a bell that does not work. No alarm codes, please" error=bad_notes value=notes rows=3 max_chars=500 optional=true/>
        </QuestionPage>
    }
    .into_any()
}

fn needs_page(asks: Asks, needs: Vec<String>, notes: String) -> AnyView {
    let (bad_needs, bad_notes) = (asks.error("needs"), asks.error("needs_notes"));
    let mut choices: Vec<Choice> = Need::ALL.iter().map(|n| Choice::new(n.as_str(), n.label())).collect();
    choices.push(Choice::new(NONE, "No, nobody").after("or"));
    view! {
        <QuestionPage back_href=asks.back progress=asks.progress errors=asks.errors action=asks.action>
            <Checkboxes
                name="needs"
                legend="Is anyone in your home more at risk than most?"
                hint="We use this to decide how soon to come. It can only bring us sooner. Select all that apply"
                choices
                error=bad_needs
                values=needs
                label_size=LabelSize::Page
            />
            <Textarea name="needs_notes" label="Anything else we should know about this" error=bad_notes value=notes rows=3 max_chars=500 optional=true/>
        </QuestionPage>
    }
    .into_any()
}

fn check(asks: Asks, rows: Vec<AnswerRow>) -> AnyView {
    let rows = rows
        .into_iter()
        .map(|row| {
            let lines: Vec<_> = row.answer.split('\n').map(|line| view! { <span class="wizard__line">{line.to_owned()}</span> }).collect();
            SummaryRow::with_view(row.question, lines).change(row.change, row.what)
        })
        .collect();
    view! {
        <QuestionPage back_href=asks.back errors=asks.errors title="Check your answers before you report this repair" action=asks.action submit="Report this repair">
            <SummaryList rows/>
        </QuestionPage>
    }
    .into_any()
}
