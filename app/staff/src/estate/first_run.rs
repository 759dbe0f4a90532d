//! What an empty organisation is told first.

use domain::settings::FirstSteps;
use leptos::prelude::*;
use ui::{Button, ButtonKind, ButtonSize, Card, Icon, IconName};

/// The steps a new organisation needs before its first report; nothing once all are done.
#[component]
pub fn FirstRunPanel(steps: FirstSteps) -> impl IntoView {
    if steps.all_done() {
        return ().into_any();
    }
    let all = [
        (
            steps.settings,
            "Look through your settings",
            "Emergency number, hours and targets are shown to tenants.",
            "/staff/settings",
            "Settings",
        ),
        (
            steps.property,
            "Enter your first property",
            "By hand, or all of them from a spreadsheet.",
            "/staff/properties/new",
            "New property",
        ),
        (
            steps.tenant,
            "Let a home to somebody",
            "On the property’s page, so that their repairs find it.",
            "/staff/properties",
            "Properties",
        ),
        (steps.team_mate, "Invite a colleague", "Nobody should be the only one who sees an emergency.", "/staff/team", "Team"),
    ];
    let done = all.iter().filter(|s| s.0).count();
    let first_open = all.iter().position(|s| !s.0);
    let items = all
        .into_iter()
        .enumerate()
        .map(|(at, (is_done, title, text, href, verb))| {
            let kind = if first_open == Some(at) { ButtonKind::Primary } else { ButtonKind::Secondary };
            view! {
                <li class="first-run__step" class=("first-run__step--done", is_done)>
                    <Icon name=if is_done { IconName::CircleCheck } else { IconName::CircleDashed } label=if is_done { "Done" } else { "To do" }/>
                    <div class="first-run__words">
                        <p class="medium">{title}</p>
                        <p class="caption">{text}</p>
                    </div>
                    {(!is_done).then(|| view! { <Button kind size=ButtonSize::Small href=href>{verb}</Button> })}
                </li>
            }
        })
        .collect_view();
    view! {
        <Card title=format!("Before your first report: {done} of 4 done")>
            <ul class="first-run" role="list">{items}</ul>
        </Card>
    }
    .into_any()
}
