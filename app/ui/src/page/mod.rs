//! What stands at the top of a page, and where it stands among the others.

use leptos::prelude::*;

use crate::attr::given;

/// The way here: what each step says and where it leads. The page itself is not among them.
#[component]
pub fn Breadcrumb(trail: Vec<(String, String)>) -> impl IntoView {
    let steps = trail
        .into_iter()
        .map(|(label, href)| view! { <li class="breadcrumb__step"><a class="breadcrumb__link" href=href>{label}</a></li> })
        .collect_view();
    view! { <nav aria-label="Breadcrumb"><ol class="breadcrumb__steps" role="list">{steps}</ol></nav> }
}

/// The page's name, what is known about it at a glance, and what can be done with it.
#[component]
pub fn PageHeader(
    #[prop(into)] title: String,
    /// A quiet word above the title: the reference of a case.
    #[prop(into, optional)]
    overline: String,
    /// A sentence under it.
    #[prop(into, optional)]
    lede: String,
    #[prop(optional)] trail: Vec<(String, String)>,
    /// Badges beside the title.
    #[prop(into, optional)]
    badges: Option<ViewFnOnce>,
    /// Buttons at the right.
    #[prop(into, optional)]
    actions: Option<ViewFnOnce>,
) -> impl IntoView {
    view! {
        <header class="page-header">
            {(!trail.is_empty()).then(|| view! { <Breadcrumb trail/> })}
            <div class="page-header__row">
                <div class="page-header__words">
                    {given(overline).map(|text| view! { <p class="page-header__overline">{text}</p> })}
                    <div class="page-header__title">
                        <h1>{title}</h1>
                        {badges.map(ViewFnOnce::run)}
                    </div>
                    {given(lede).map(|text| view! { <p class="page-header__lede">{text}</p> })}
                </div>
                {actions.map(|actions| view! { <div class="page-header__actions">{actions.run()}</div> })}
            </div>
        </header>
    }
}

/// A box that groups facts on a staff page, with its name and what can be done with it.
#[component]
pub fn Card(
    #[prop(into, optional)] title: String,
    #[prop(into, optional)] actions: Option<ViewFnOnce>,
    /// No padding: for a table or a list that reaches the edges.
    #[prop(optional)]
    flush: bool,
    children: Children,
) -> impl IntoView {
    let head = (!title.is_empty() || actions.is_some()).then(|| {
        view! {
            <div class="box__head">
                <h2 class="box__title">{title}</h2>
                {actions.map(ViewFnOnce::run)}
            </div>
        }
    });
    view! { <section class="box" class=("box--flush", flush)>{head}<div class="box__body">{children()}</div></section> }
}
