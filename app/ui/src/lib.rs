//! The design system: components without domain or server functions.
//!
//! `use ui::*;` brings everything. Look at it all at `/dev/ui`, or with `cargo run -p ui --example gallery`.
//!
//! # How to use it
//!
//! - **Audience**: put `audience-staff`, `audience-tenant` or `audience-contractor` on `<body>`; it sets type, the height of
//!   controls and rows, and the size of targets. The tenant's class makes choices into full rows.
//! - **Theme**: write [`Theme::attribute`] of the cookie `theme` on `<html data-theme>`; leave the attribute out for
//!   "as the system says". `POST /theme` (fields `theme`, `next`) sets the cookie where there is no script.
//! - **An organisation's colour**: [`Brand::from_hex`] adjusts it until it is legible; put [`Brand::declarations`] into a
//!   `<style nonce>` as `:root { … }`.
//! - **Head of a page**: `<link rel="preload" href="/fonts/inter-latin-wght-normal.woff2" as="font" type="font/woff2"
//!   crossorigin>` and the one stylesheet. Icons come from `/icons.svg`.
//! - **No inline style**: the site's policy forbids the `style` attribute. Use utilities (`class="grid gap-4"`), with our
//!   colours by name: `text-muted`, `bg-surface`, `border-line`, `text-red-ink`. Widths of 11 or `(--x)` are not known to
//!   encre-css: write `w-[2.75rem]`, `bg-[var(--x)]`. Write whole class names in string literals, never pieces.
//! - **CSS of a page**: `style.css` beside it, BEM, no nesting; it is found and added by itself. A class without a rule fails
//!   a test; a mere hook is listed in `style/hooks.txt`.
//! - **Forms** are plain forms: give `name` and `value`, and `error` as text (empty for none) or as a closure. The id of a
//!   field is its name unless told otherwise, and an [`ErrorSummary`] links to that id.
//! - **Events and attributes** go on the component: `<Button on:click=… />`, `<TextInput on:input=… />` (they bubble to its root).
//! - **Data** of hydrated pages comes by [`load`] (with [`suspended`]) and goes by [`Post`] with [`PostForm`]: Leptos' own would be compiled
//!   anew for every type and server function, which is what a page costs most.
//! - **Slots** (`view` below) take `|| view! { … }`.
//! - **Shortcuts**: ask [`browser::single_key_allowed`] before acting on a single key.
//! - Layout words in `style/type.css`: `stack`, `cluster`, `columns`, `measure`, `prose`, `heading-xl` … `heading-s`, `lede`,
//!   `muted`, `caption`, `num`, `nowrap`, `visually-hidden`, `kbd`.
//!
//! # Components
//!
//! A prop with `?` may be left out; without a type it is text (anything that is `Into<String>`).
//!
//! **[`shell`]**
//! - [`StaffShell`]: `org_name, org_logo?, user_name, user_role?, nav: Vec<NavSection>, palette?, search_action?,
//!   theme?: Theme, logout_action?, user_links?: Vec<(String, String)>, extras?: view, fill?: bool`; …children
//! - [`TenantShell`]: `org_name, org_logo?, home_href?, emergency_number?, emergency_hours?, links?: Vec<(String,
//!   String)>, footer_links?: Vec<(String, String)>, wide?: bool`; …children
//!
//! **[`page`]**
//! - [`Breadcrumb`]: `trail: Vec<(String, String)>`
//! - [`PageHeader`]: `title, overline?, lede?, trail?: Vec<(String, String)>, badges?: view, actions?: view`
//! - [`Card`]: `title?, actions?: view, flush?: bool`; …children
//!
//! **[`question`]**
//! - [`BackLink`]: `href, label?`
//! - [`QuestionPage`]: `back_href?, progress?, title?, lede?, errors?: Vec<(String, String)>, action?, enctype?,
//!   submit?, also?: view`; …children
//! - [`Panel`]: `title, label?, reference?`; …children?
//! - [`NextSteps`]: `steps: Vec<(String, String)>`
//!
//! **[`error_summary`]**
//! - [`ErrorSummary`]: `errors: Vec<(String, String)>, title?`
//!
//! **[`field`]**
//! - [`Field`]: `id, label, hint?, error?: TextProp, optional?: bool, label_size?: LabelSize`; …children
//! - [`FieldGroup`]: `id, legend, hint?, error?: TextProp, optional?: bool, label_size?: LabelSize`; …children
//!
//! **[`inputs`]**
//! - [`TextInput`]: `name, label, id?, hint?, error?: TextProp, value?, kind?, autocomplete?, inputmode?,
//!   placeholder?, prefix?, suffix?, icon?: IconName, width?: InputWidth, optional?: bool, label_size?: LabelSize,
//!   maxlength?: u32, disabled?: bool, readonly?: bool, autofocus?: bool, spellcheck?: bool`
//! - [`Textarea`]: `name, label, id?, hint?, error?: TextProp, value?, placeholder?, rows?: u16, max_chars?: u32,
//!   optional?: bool, label_size?: LabelSize`
//! - [`Select`]: `name, label, choices: Vec<Choice>, id?, hint?, error?: TextProp, value?, empty?, width?:
//!   InputWidth, optional?: bool, label_size?: LabelSize, disabled?: bool`
//!
//! **[`choices`]**
//! - [`Radios`]: `name, legend, choices: Vec<Choice>, hint?, error?: TextProp, value?, label_size?: LabelSize,
//!   optional?: bool, inline?: bool`
//! - [`Checkboxes`]: `name, legend, choices: Vec<Choice>, hint?, error?: TextProp, values?: Vec<String>,
//!   label_size?: LabelSize, optional?: bool`
//! - [`Checkbox`]: `name, label, id?, hint?, error?: TextProp, value?, checked?: bool, disabled?: bool`
//! - [`Tiles`]: `name, legend, choices: Vec<Choice>, hint?, error?: TextProp, value?, label_size?: LabelSize`
//!
//! **[`date_input`]**
//! - [`DateInput`]: `name, legend, hint?, error?: TextProp, day?, month?, year?, label_size?: LabelSize,
//!   optional?: bool`
//!
//! **[`file_drop`]**
//! - [`FileDrop`]: `name, label, id?, hint?, error?: TextProp, accept?, multiple?: bool, optional?: bool,
//!   label_size?: LabelSize, camera?: bool`
//! - [`UploadRow`]: `name, size?, thumbnail?, progress?: Signal<u8>, error?, remove?`
//!
//! **[`summary_list`]**
//! - [`SummaryList`]: `rows: Vec<SummaryRow>`
//! - [`FactList`]: `facts: Vec<(String, String)>`
//!
//! **[`button`]**
//! - [`Button`]: `kind?: ButtonKind, size?: ButtonSize, href?, kind_of?, name?, value?, id?, form?, formaction?,
//!   icon?: IconName, icon_after?: IconName, icon_only?, disabled?: Signal<bool>, busy?: Signal<bool>, full?: bool,
//!   dialog?, popover?, class?`; …children?
//! - [`ButtonGroup`]; …children
//!
//! **[`menu`]**
//! - [`Menu`]: `id, label, icon?: IconName, icon_only?: bool, kind?: ButtonKind, size?: ButtonSize`; …children
//! - [`MenuLink`]: `href, icon?: IconName, keys?`; …children
//! - [`MenuButton`]: `icon?: IconName, name?, value?, form?, dialog?, danger?: bool, kind_of?`; …children
//! - [`MenuDivider`]
//!
//! **[`dialog`]**
//! - [`Dialog`]: `id, title, text?, actions?: view, wide?: bool`; …children?
//! - [`Drawer`]: `id, title, text?, actions?: view`; …children?
//!
//! **[`toast`]**
//! - [`ToastRegion`]: `toasts: Toasts`
//!
//! **[`banner`]**
//! - [`Banner`]: `tone?: Tone, title?, icon?: IconName, actions?: view, urgent?: bool`; …children
//! - [`WarningCallout`]: `title`; …children
//! - [`Details`]: `summary, open?: bool`; …children
//!
//! **[`badge`]**
//! - [`Badge`]: `label, tone?: Tone, icon?: IconName`
//! - [`StatusBadge`]: `label, tone?: Tone, icon?: IconName, plain?: bool`
//! - [`PriorityBadge`]: `urgency: Urgency, label?, plain?: bool`
//!
//! **[`avatar`]**
//! - [`Avatar`]: `name, picture?, size?: AvatarSize, named?: bool`
//!
//! **[`icon`]**
//! - [`Icon`]: `name: IconName, size?: u16, label?, class?`
//!
//! **[`table`]**
//! - [`DataTable`]: `caption, columns: Vec<Column>, selectable?: bool, keyboard?: bool, roomy?: bool`; …children
//! - [`Row`]: `select?: (String, String, String), selected?: Signal<bool>, unread?: bool`; …children
//! - [`RowLink`]: `href, class?`; …children
//! - [`Pager`]: `previous?, next?, first?, showing?`
//! - [`Pagination`]: `current: u32, last: u32, href`
//! - [`FilterBar`]: `action?, end?: view`; …children
//! - [`FilterSearch`]: `value?, name?, label`
//! - [`FilterChip`]: `label, value?, href, on?: bool`
//!
//! **[`list_detail`]**
//! - [`ListDetail`]: `detail?: view`; …children
//! - [`DetailPanel`]: `title, overline?, close_href, open_href?, actions?: view`; …children
//!
//! **[`board`]**
//! - [`Board`]: `label`; …children
//! - [`BoardColumn`]: `title, count?, tone?: Tone, icon?: IconName, empty?`; …children?
//! - [`BoardCard`]: `href, title, overline?, text?, foot?: view`
//!
//! **[`tabs`]**
//! - [`Tabs`]: `label, tabs: Vec<Tab>`
//! - [`Switch`]: `label, tabs: Vec<Tab>`
//!
//! **[`palette`]**
//! - [`CommandPalette`]: `items: Vec<PaletteItem>, id?, search_href?`
//!
//! **[`help`]**
//! - [`KeyboardHelp`]: `groups: Vec<ShortcutGroup>, id?`
//!
//! **[`theme`]**
//! - [`ThemeToggle`]: `theme?: Theme, action?, next?`
//!
//! **[`timeline`]**
//! - [`Timeline`]: `days: Vec<TimelineDay>`
//!
//! **[`photos`]**
//! - [`PhotoGrid`]: `photos: Vec<Photo>, label?`
//!
//! **[`post`]**
//! - [`PostForm`]: `action: Post<…>`; …children
//!
//! **[`progress`]**
//! - [`Stepper`]: `label, steps: Vec<Step>`
//! - [`NextStepBar`]: `title, text?, icon?: IconName, waiting?: bool, actions?: view`
//!
//! **[`stat`]**
//! - [`StatCard`]: `label, value, note?, tone?: Tone, icon?: IconName, href?, trend?: Vec<f64>`
//! - [`StatRow`]; …children
//!
//! **[`chart`]**
//! - [`Sparkline`]: `values: Vec<f64>`
//! - [`BarChart`]: `title, bars: Vec<Bar>, unit?`
//! - [`LineChart`]: `title, labels: Vec<String>, series: Vec<Series>, unit?`
//!
//! **[`empty`]**
//! - [`EmptyState`]: `title, text?, drawing?: Drawing, action?: view, compact?: bool`
//!
//! **[`skeleton`]**
//! - [`Skeleton`]: `shape?: SkeletonShape, count?: usize`
//!
//! **[`gallery`]**
//! - [`Gallery`]: `screen?: Screen`

mod attr;
pub mod avatar;
pub mod badge;
pub mod banner;
pub mod board;
pub mod browser;
pub mod button;
pub mod chart;
pub mod choices;
pub mod colour;
pub mod date_input;
pub mod dialog;
pub mod empty;
pub mod error_summary;
pub mod field;
pub mod file_drop;
pub mod gallery;
pub mod help;
pub mod icon;
pub mod inputs;
pub mod list_detail;
pub mod load;
pub mod menu;
pub mod page;
pub mod palette;
pub mod photos;
pub mod post;
pub mod progress;
pub mod question;
pub mod shell;
pub mod skeleton;
pub mod stat;
pub mod summary_list;
pub mod table;
pub mod tabs;
pub mod theme;
pub mod timeline;
pub mod toast;
pub mod tone;

pub use avatar::*;
pub use badge::*;
pub use banner::*;
pub use board::*;
pub use button::*;
pub use chart::*;
pub use choices::*;
pub use colour::Brand;
pub use date_input::*;
pub use dialog::*;
pub use empty::*;
pub use error_summary::*;
pub use field::*;
pub use file_drop::*;
pub use help::*;
pub use icon::*;
pub use inputs::*;
pub use list_detail::*;
pub use load::{Loaded, load, suspended};
pub use menu::*;
pub use page::*;
pub use palette::*;
pub use photos::*;
pub use post::{Post, PostForm};
pub use progress::*;
pub use question::*;
pub use shell::*;
pub use skeleton::*;
pub use stat::*;
pub use summary_list::*;
pub use table::*;
pub use tabs::*;
pub use theme::*;
pub use timeline::*;
pub use toast::*;
pub use tone::Tone;

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    #[test]
    fn every_component_stands_in_the_list_above() {
        let list = include_str!("lib.rs");
        for room in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap() {
            let Ok(source) = fs::read_to_string(room.unwrap().path().join("mod.rs")) else { continue };
            for component in source.split("#[component]\npub fn ").skip(1).filter_map(|rest| rest.split('(').next()) {
                assert!(list.contains(&format!("//! - [`{component}`]")), "{component} is missing from the list in lib.rs");
            }
        }
    }
}
