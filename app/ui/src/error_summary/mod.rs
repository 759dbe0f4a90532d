//! What is wrong with a form, at the top of its page.

use leptos::html::Div;
use leptos::prelude::*;

use crate::icon::{Icon, IconName};

/// Lists the errors as links to their fields. It takes focus when it appears; with no errors it is not there.
///
/// Begin the page's `<title>` with "Error: " too.
#[component]
pub fn ErrorSummary(
    /// The id of the field (empty for the form as a whole) and the message, worded as beside the field.
    errors: Vec<(String, String)>,
    /// "There is a problem" unless told otherwise.
    #[prop(into, optional)]
    title: String,
) -> impl IntoView {
    let place = NodeRef::<Div>::new();
    Effect::new(move |_| {
        if let Some(summary) = place.get() {
            let _ = summary.focus();
        }
    });
    (!errors.is_empty()).then(|| {
        let items = errors
            .into_iter()
            .map(|(field, message)| {
                if field.is_empty() {
                    view! { <li>{message}</li> }.into_any()
                } else {
                    view! { <li><a href=format!("#{field}")>{message}</a></li> }.into_any()
                }
            })
            .collect_view();
        view! {
            <div class="error-summary" role="alert" tabindex="-1" node_ref=place>
                <h2 class="error-summary__title">
                    <Icon name=IconName::CircleAlert size=24/>
                    {crate::attr::either(title, "There is a problem")}
                </h2>
                <ul class="error-summary__list" role="list">{items}</ul>
            </div>
        }
    })
}
