//! Every server function refuses the wrong person. A function without a row fails here: give it one.
//!
//! A row names who may call it; everybody else is refused with 401 (nobody signed in) or 403 (another audience, or a role without the
//! permission). What belongs to another organisation is 404, which the room's own tests prove with an id of that organisation.

use std::collections::{BTreeMap, BTreeSet};

use domain::policy::{Act, Role, allows};
use http::StatusCode;
use testkit::TestApp;

use crate::browser::Site;

/// Who may call.
#[derive(Clone, Copy, Debug)]
enum May {
    /// Staff whose role has the permission.
    Staff(Act),
    /// Renters.
    Tenant,
    /// Contractors with a log-in; by an order's link the same verbs are asked (`services/tests/work_orders.rs`).
    Contractor,
    /// Anybody signed in.
    SignedIn,
    /// Nobody needs to be signed in: the form guards itself (limits, tokens).
    Anybody,
}

/// Path below `/rpc/`, who may, and a form that decodes.
const TABLE: &[(&str, May, &str)] = &[
    ("account/dev/dev_inbox", May::Anybody, ""),
    ("account/dev/dev_only", May::Anybody, ""),
    ("account/frame/load_typed", May::Anybody, ""),
    ("account/links/accept_invitation", May::Anybody, ""),
    ("account/links/load_invitation", May::Anybody, ""),
    ("account/links/load_magic_link", May::Anybody, ""),
    ("account/links/load_reset_link", May::Anybody, ""),
    ("account/links/load_verify_link", May::Anybody, ""),
    ("account/links/request_magic", May::Anybody, ""),
    ("account/links/request_reset", May::Anybody, ""),
    ("account/links/set_password", May::Anybody, ""),
    ("account/links/use_magic", May::Anybody, ""),
    ("account/links/verify_email", May::Anybody, ""),
    ("account/login/choose_place", May::Anybody, ""),
    ("account/login/enter_as_support", May::Anybody, ""),
    ("account/login/load_log_in", May::Anybody, ""),
    ("account/login/load_places", May::Anybody, ""),
    ("account/login/log_in", May::Anybody, ""),
    ("account/login/send_code", May::Anybody, ""),
    ("account/profile/load_account", May::SignedIn, ""),
    ("account/profile/rename", May::SignedIn, "name=x"),
    ("account/profile/send_verification_again", May::SignedIn, ""),
    ("account/profile/sign_out_everywhere_else", May::SignedIn, ""),
    ("account/profile/sign_out_place", May::SignedIn, "id=x"),
    ("account/profile/switch", May::SignedIn, "membership=01930000-0000-7000-8000-000000000001"),
    ("account/register/register", May::Anybody, ""),
    ("account/security/change_password", May::SignedIn, ""),
    ("account/security/load_factor", May::SignedIn, ""),
    ("account/security/load_own_typed", May::SignedIn, ""),
    ("account/security/renew_codes", May::SignedIn, ""),
    ("account/security/turn_off", May::SignedIn, ""),
    ("account/security/turn_on", May::SignedIn, ""),
    ("staff/frame/load_me", May::Staff(Act::ReadTickets), ""),
    ("staff/frame/nothing_here", May::Anybody, ""),
    ("staff/dashboard/load_dashboard", May::Staff(Act::ReadTickets), ""),
    ("staff/tickets/queue/load_queue", May::Staff(Act::ReadTickets), "query=&cursor=&board=false"),
    ("staff/tickets/queue/save_view", May::Staff(Act::ReadTickets), "name=Mine&query="),
    ("staff/tickets/queue/remove_view", May::Staff(Act::ReadTickets), "id=01930000-0000-7000-8000-000000000001"),
    ("staff/tickets/case/load_case", May::Staff(Act::ReadTickets), "id=01930000-0000-7000-8000-000000000001"),
    ("staff/tickets/case/load_ticket", May::Staff(Act::ReadTickets), "id=01930000-0000-7000-8000-000000000001"),
    ("staff/tickets/case/read_ticket", May::Staff(Act::ReadTickets), "id=01930000-0000-7000-8000-000000000001"),
    ("staff/tickets/case/unread_ticket", May::Staff(Act::ReadTickets), "id=01930000-0000-7000-8000-000000000001"),
    (
        "staff/tickets/forms/triage_ticket",
        May::Staff(Act::UpdateTicket),
        "id=01930000-0000-7000-8000-000000000001&version=1&category=OTHER&priority=URGENT&assignee=",
    ),
    ("staff/tickets/forms/move_ticket", May::Staff(Act::UpdateTicket), "id=01930000-0000-7000-8000-000000000001&version=1&step=TRIAGE"),
    ("staff/tickets/forms/edit_ticket", May::Staff(Act::UpdateTicket), "id=01930000-0000-7000-8000-000000000001&version=1&title=x"),
    ("staff/tickets/forms/note_ticket", May::Staff(Act::UpdateTicket), "id=01930000-0000-7000-8000-000000000001&body=x"),
    ("staff/tickets/forms/delete_ticket", May::Staff(Act::DeleteTicket), "id=01930000-0000-7000-8000-000000000001"),
    ("staff/tickets/new/find_homes", May::Staff(Act::CreateTicket), "typed=ls11"),
    ("staff/tickets/new/create_ticket", May::Staff(Act::CreateTicket), "title=x"),
    ("contractor/link/load_link", May::Anybody, "secret=nobody"),
    ("contractor/order/load_order", May::Contractor, "id=01930000-0000-7000-8000-000000000001&kept="),
    ("contractor/way_in/load_codes", May::Contractor, "id=01930000-0000-7000-8000-000000000001"),
    ("contractor/work/load_work", May::Contractor, ""),
    ("tenant/start/load_visitor", May::Anybody, ""),
    ("tenant/start/load_emergencies", May::Anybody, ""),
    ("tenant/start/load_public", May::Anybody, "slug=nobody"),
    ("tenant/report/load_begin", May::Tenant, ""),
    ("tenant/report/load_kept", May::Anybody, "kept="),
    ("tenant/report/go_on", May::Tenant, "draft=01930000-0000-7000-8000-000000000001"),
    ("tenant/report/load_step", May::Tenant, "draft=01930000-0000-7000-8000-000000000001&step=details&ask=&q=&kept="),
    ("tenant/report/done/load_now", May::Tenant, "draft=01930000-0000-7000-8000-000000000001"),
    ("tenant/report/done/load_saved", May::Tenant, "draft=01930000-0000-7000-8000-000000000001"),
    ("tenant/report/done/load_done", May::Tenant, "draft=01930000-0000-7000-8000-000000000001&kept="),
    ("tenant/repairs/load_mine", May::Tenant, ""),
    ("tenant/repairs/one/load_repair", May::Tenant, "id=01930000-0000-7000-8000-000000000001&kept="),
    ("tenant/repairs/preferences/load_preferences", May::Tenant, "kept="),
    ("staff/estate/form/save_property", May::Staff(Act::ChangeEstate), "line1=x"),
    ("staff/estate/list/load_properties", May::Staff(Act::ReadEstate), ""),
    ("staff/estate/picker/find_people", May::Staff(Act::ReadPeople), "typed=tom&kind=tenant"),
    ("staff/estate/property/add_unit", May::Staff(Act::ChangeEstate), "property=01930000-0000-7000-8000-000000000001&label=x"),
    ("staff/estate/property/archive_property", May::Staff(Act::ChangeEstate), "id=01930000-0000-7000-8000-000000000001&version=1"),
    (
        "staff/estate/property/link_owner",
        May::Staff(Act::ChangeEstate),
        "property=01930000-0000-7000-8000-000000000001&contact_id=01930000-0000-7000-8000-000000000001",
    ),
    ("staff/estate/property/load_property", May::Staff(Act::ReadEstate), "id=01930000-0000-7000-8000-000000000001"),
    ("staff/estate/property/reveal_codes", May::Staff(Act::SeeAccessCodes), "id=01930000-0000-7000-8000-000000000001&reason=x"),
    ("staff/estate/property/set_codes", May::Staff(Act::ChangeEstate), "id=01930000-0000-7000-8000-000000000001&version=1&codes=x"),
    ("staff/estate/property/unlink_owner", May::Staff(Act::ChangeEstate), "id=01930000-0000-7000-8000-000000000001"),
    (
        "staff/estate/tenancy/end_tenancy",
        May::Staff(Act::ChangeEstate),
        "id=01930000-0000-7000-8000-000000000001&version=1&property=01930000-0000-7000-8000-000000000001&end_on=1/1/2027",
    ),
    ("staff/estate/tenancy/load_tenancy", May::Staff(Act::ReadEstate), "id=01930000-0000-7000-8000-000000000001"),
    (
        "staff/estate/tenancy/remove_tenancy",
        May::Staff(Act::ChangeEstate),
        "id=01930000-0000-7000-8000-000000000001&version=1&property=01930000-0000-7000-8000-000000000001",
    ),
    ("staff/estate/tenancy/save_tenancy", May::Staff(Act::ChangeEstate), "start_on=x"),
    (
        "staff/estate/unit/archive_unit",
        May::Staff(Act::ChangeEstate),
        "id=01930000-0000-7000-8000-000000000001&version=1&property=01930000-0000-7000-8000-000000000001",
    ),
    ("staff/estate/unit/load_unit", May::Staff(Act::ReadEstate), "id=01930000-0000-7000-8000-000000000001"),
    (
        "staff/estate/unit/save_unit",
        May::Staff(Act::ChangeEstate),
        "id=01930000-0000-7000-8000-000000000001&version=1&property=01930000-0000-7000-8000-000000000001&label=x",
    ),
    ("staff/imports/import_file", May::Staff(Act::ImportData), "kind=contacts&text=x"),
    ("staff/people/contact/archive_contact", May::Staff(Act::ChangePeople), "id=01930000-0000-7000-8000-000000000001&version=1"),
    ("staff/people/contact/erase_contact", May::Staff(Act::AnswerDataRequest), "id=01930000-0000-7000-8000-000000000001&reason=x"),
    ("staff/people/contact/load_contact", May::Staff(Act::ReadPeople), "id=01930000-0000-7000-8000-000000000001"),
    (
        "staff/people/contact/record_consent",
        May::Staff(Act::ChangePeople),
        "id=01930000-0000-7000-8000-000000000001&channel=sms&decision=opt_in&source=x",
    ),
    ("staff/people/contact/reveal_bank", May::Staff(Act::SeeAccessCodes), "id=01930000-0000-7000-8000-000000000001&reason=x"),
    ("staff/people/contact/set_bank", May::Staff(Act::ChangePeople), "id=01930000-0000-7000-8000-000000000001&version=1"),
    ("staff/people/form/save_contact", May::Staff(Act::ChangePeople), "name=x"),
    ("staff/people/list/load_contacts", May::Staff(Act::ReadPeople), "kind=tenant"),
    (
        "staff/people/profile/save_profile",
        May::Staff(Act::ChangePeople),
        "contact=01930000-0000-7000-8000-000000000001&version=0&trades=PLUMBER",
    ),
    ("staff/settings/load_settings", May::Staff(Act::ReadSettings), ""),
    ("staff/settings/reset_faults", May::Staff(Act::ChangeSettings), "edition=0"),
    ("staff/settings/save_faults", May::Staff(Act::ChangeSettings), "edition=0&text=x"),
    ("staff/settings/save_settings", May::Staff(Act::ChangeSettings), "version=1&name=x"),
    (
        "staff/team/dialogs/change_colleague_role",
        May::Staff(Act::ChangeTeam),
        "id=01930000-0000-7000-8000-000000000001&version=1&role=Viewer",
    ),
    ("staff/team/dialogs/deactivate_colleague", May::Staff(Act::ChangeTeam), "id=01930000-0000-7000-8000-000000000001&version=1"),
    ("staff/team/dialogs/invite_colleague", May::Staff(Act::ChangeTeam), "name=Ann&email=ann@example.com&role=Viewer"),
    ("staff/team/load_team", May::Staff(Act::ReadTeam), ""),
    ("staff/team/reactivate_colleague", May::Staff(Act::ChangeTeam), "id=01930000-0000-7000-8000-000000000001&version=1"),
];

#[tokio::test]
async fn every_server_function_has_a_row_and_refuses_everybody_else() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let home = oak.home("14 Beech Grove", "LS11 6AB").await;
    let contact = oak.contact("Tom", "tenant").await;
    oak.tenancy(&home, contact, "2025-01-01", None).await;
    let trade = oak.contact("Carl", "contractor").await;
    let site = Site::of(&app);
    let mut sessions: BTreeMap<Role, String> = BTreeMap::new();
    for role in [Role::OrgAdmin, Role::Coordinator, Role::Viewer] {
        sessions.insert(role, oak.session(role.as_str(), role, None).await);
    }
    sessions.insert(Role::Tenant, oak.session("Tom", Role::Tenant, Some(contact)).await);
    sessions.insert(Role::Contractor, oak.session("Carl", Role::Contractor, Some(trade)).await);

    let known: BTreeSet<String> = server_fn::axum::server_fn_paths().map(|(path, _)| path.trim_start_matches("/rpc/").to_owned()).collect();
    let listed: BTreeSet<String> = TABLE.iter().map(|(path, ..)| (*path).to_owned()).collect();
    assert_eq!(known.difference(&listed).collect::<Vec<_>>(), Vec::<&String>::new(), "server functions without a row");
    assert_eq!(listed.difference(&known).collect::<Vec<_>>(), Vec::<&String>::new(), "rows without a server function");

    let mut wrong = Vec::new();
    for (path, may, form) in TABLE {
        let url = format!("/rpc/{path}");
        if !matches!(may, May::Anybody) {
            let anonymous = site.rpc(&url, form, None).await;
            if anonymous.status != StatusCode::UNAUTHORIZED {
                wrong.push(format!("{path} answers nobody with {}: {}", anonymous.status, anonymous.body));
            }
        }
        for (role, token) in &sessions {
            let welcome = match may {
                May::Staff(act) => allows(*role, *act) && Role::STAFF.contains(role),
                May::Tenant => *role == Role::Tenant,
                May::Contractor => *role == Role::Contractor,
                May::SignedIn | May::Anybody => true,
            };
            if welcome {
                continue;
            }
            let refused = site.rpc(&url, form, Some(token)).await;
            if refused.status != StatusCode::FORBIDDEN {
                wrong.push(format!("{path} answers {} with {}: {}", role.as_str(), refused.status, refused.body));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn nothing_that_changes_state_is_a_get() {
    TestApp::new().await;
    for (path, method) in server_fn::axum::server_fn_paths() {
        assert_eq!(method, http::Method::POST, "{path}: never GetUrl (leptos#4809)");
    }
}
