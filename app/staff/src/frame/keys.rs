//! The keyboard, everywhere in the console: the palette on Ctrl K, the help on `?`, a new ticket on `c`.

use domain::policy::Act;
use leptos::ev;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use ui::{CommandPalette, IconName, KeyboardHelp, PaletteItem, ShortcutGroup};

use super::Me;

#[component]
pub(super) fn Keys(me: Me) -> impl IntoView {
    let may_create = me.may(Act::CreateTicket);
    let go = use_navigate();
    Effect::new(move |_| {
        let go = go.clone();
        let listener = window_event_listener(ev::keydown, move |event| {
            if event.key() == "c" && may_create && ui::browser::single_key_allowed(&event) {
                event.prevent_default();
                go("/staff/tickets/new", leptos_router::NavigateOptions::default());
            }
        });
        on_cleanup(move || listener.remove());
    });
    let mut items = Vec::new();
    if may_create {
        items.push(
            PaletteItem::new("Create", IconName::Plus, "New ticket for a caller", "/staff/tickets/new").hint("phone email visit").keys("c"),
        );
    }
    let go_to = |icon, label: &str, href: &str, hint: &str| PaletteItem::new("Go to", icon, label, href).hint(hint);
    items.extend([
        go_to(IconName::House, "Dashboard", "/staff", "figures"),
        go_to(IconName::Inbox, "Open tickets", "/staff/tickets", "queue repairs"),
        go_to(IconName::Columns3, "Board", "/staff/tickets?view=board", "tickets by status"),
        go_to(IconName::CheckCheck, "Awaiting triage", "/staff/tickets?status=NEW&sort=priority", "new reports"),
        go_to(IconName::User, "My tickets", "/staff/tickets?assignee=me", "mine owner"),
        go_to(IconName::Siren, "Open emergencies", "/staff/tickets?priority=EMERGENCY", ""),
        go_to(IconName::Clock, "Tickets by target", "/staff/tickets?sort=target", "late overdue"),
        go_to(IconName::Building, "Properties", "/staff/properties", "homes units"),
        go_to(IconName::Users, "Contacts", "/staff/contacts", "tenants owners contractors people"),
        go_to(IconName::User, "Team", "/staff/team", "members roles"),
        go_to(IconName::Settings, "Settings", "/staff/settings", "organisation"),
    ]);
    let groups = vec![
        ShortcutGroup::new("Everywhere", vec![("Ctrl K", "Search, or go to a page"), ("c", "New ticket"), ("?", "This help")]),
        ShortcutGroup::new(
            "In the queue",
            vec![
                ("j", "Next ticket"),
                ("k", "Previous ticket"),
                ("Enter", "Look at it; again: open it"),
                ("o", "Open what the panel shows"),
                ("/", "Search"),
                ("Esc", "Close the panel"),
            ],
        ),
    ];
    view! {
        <CommandPalette items search_href="/staff/tickets?status=ALL&q="/>
        <KeyboardHelp groups/>
    }
}
