//! A date somebody knows by heart, in three fields.

use leptos::prelude::*;

use crate::attr::{classes, invalid};
use crate::field::{FieldGroup, LabelSize};

/// Day, month and year. The form sends `{name}_day`, `{name}_month` and `{name}_year`.
#[component]
pub fn DateInput(
    #[prop(into)] name: String,
    #[prop(into)] legend: String,
    #[prop(into, optional)] hint: String,
    #[prop(into, optional)] error: TextProp,
    #[prop(into, optional)] day: String,
    #[prop(into, optional)] month: String,
    #[prop(into, optional)] year: String,
    #[prop(optional)] label_size: LabelSize,
    #[prop(optional)] optional: bool,
) -> impl IntoView {
    let bad = invalid(error.clone());
    let parts = [("day", "Day", "input--w2", day), ("month", "Month", "input--w2", month), ("year", "Year", "input--w4", year)]
        .into_iter()
        .enumerate()
        .map(|(at, (part, label, width, value))| {
            // The first field bears the group's id, so that an error summary's link lands on it.
            let id = if at == 0 { name.clone() } else { format!("{name}-{part}") };
            view! {
                <div>
                    <label class="date-input__label" for=id.clone()>{label}</label>
                    <input
                        class=classes(["input", width])
                        id=id
                        name=format!("{name}_{part}")
                        type="text"
                        inputmode="numeric"
                        value=value
                        aria-invalid=bad.clone()
                    />
                </div>
            }
        })
        .collect_view();
    view! {
        <FieldGroup id=name legend hint error label_size optional>
            <div class="date-input">{parts}</div>
        </FieldGroup>
    }
}
