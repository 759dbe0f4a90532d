//! The shape of what is on its way; shown only after 200 ms, so that quick answers do not flicker.

use leptos::prelude::*;

/// What is being waited for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SkeletonShape {
    #[default]
    Lines,
    /// Rows as high as those of a table.
    Rows,
    /// Boxes side by side.
    Cards,
}

/// Grey bars in place of content. Screen readers hear "Loading".
#[component]
pub fn Skeleton(#[prop(optional)] shape: SkeletonShape, #[prop(default = 4)] count: usize) -> impl IntoView {
    let (block, part) = match shape {
        SkeletonShape::Lines => ("skeleton", "skeleton__line"),
        SkeletonShape::Rows => ("skeleton skeleton--rows", "skeleton__row"),
        SkeletonShape::Cards => ("skeleton skeleton--cards", "skeleton__card"),
    };
    view! {
        <div class=block role="status">
            <span class="visually-hidden">"Loading"</span>
            {(0..count).map(|_| view! { <div class=part aria-hidden="true"></div> }).collect_view()}
        </div>
    }
}
