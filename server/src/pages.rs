//! The portals as routes: each path rendered by its portal, with what the document needs to know of the request.

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use axum::routing::{get, post};
use http::StatusCode;
use leptos::prelude::{LeptosOptions, provide_context, use_context};
use leptos_axum::{generate_route_list, handle_server_fns_with_context, render_app_async_with_context};
use services::House;

use app::{AccountApp, ContractorApp, Document, Portal, RecordsApp, StaffApp, TenantApp};

use crate::stage;

/// What rendering needs besides the request.
#[derive(Clone)]
pub struct Pages {
    pub house: House,
    pub options: LeptosOptions,
    /// A hash of the built site.
    pub version: String,
    /// The one browser entry of `cargo leptos watch`, which builds no others.
    pub single_entry: bool,
}

impl Pages {
    pub fn routes(&self) -> Router {
        let context = self.context();
        let rpc = {
            let context = context.clone();
            post(move |request: Request| handle_server_fns_with_context(context.clone(), request))
        };
        // Each portal is an app of its own, so its routes are mounted by hand: the library's mounting would register every server function once
        // more per app. Every page is rendered whole (SsrMode::Async): it has its status and needs no script to put its parts together.
        let mut router = Router::new().route("/rpc/{*path}", rpc);
        for (portal, listing) in [
            (Portal::Account, generate_route_list(AccountApp)),
            (Portal::Tenant, generate_route_list(TenantApp)),
            (Portal::Contractor, generate_route_list(ContractorApp)),
            (Portal::Staff, generate_route_list(StaffApp)),
            (Portal::Records, generate_route_list(RecordsApp)),
        ] {
            for route in listing {
                let page = render_app_async_with_context(context.clone(), move || app::shell(portal));
                router = router
                    .route(route.path(), get(move |request: Request| stage::render(async move |request| page(request).await, request)));
            }
        }
        router.with_state(self.options.clone())
    }

    fn context(&self) -> impl Fn() + Clone + Send + Sync + 'static + use<> {
        let (house, version, single) = (self.house.clone(), self.version.clone(), self.single_entry);
        move || {
            provide_context(house.clone());
            provide_context(gate::Asker::default());
            let path = use_context::<http::request::Parts>().map(|p| p.uri.path().to_owned()).unwrap_or_default();
            provide_context(Document {
                theme: gate::cookie("theme").map_or_else(ui::Theme::default, |c| ui::Theme::from_cookie(&c)),
                single_entry: single,
                live: path.starts_with("/repairs/"),
                version: version.clone(),
            });
            gate::layers::page_policy();
        }
    }

    /// The page for a path nobody answers, or for what went wrong before a page could be rendered.
    pub async fn problem(&self, request: Request, status: StatusCode, reference: Option<String>) -> Response {
        let context = self.context();
        let render = render_app_async_with_context(
            move || {
                context();
                provide_context(account::Problem { status: status.as_u16(), reference: reference.clone() });
            },
            || app::shell(Portal::Problem),
        );
        let mut response = stage::render(async move |request| render(request).await, request).await;
        *response.status_mut() = status;
        response
    }
}
