//! The whole API on one screen.

use std::collections::BTreeMap;

use axum::{Router, middleware, routing::get};
use loco_rs::app::AppContext;
use utoipa::{
    IntoResponses, OpenApi, ToSchema,
    openapi::{ContentBuilder, Ref, RefOr, ResponseBuilder, response::Response},
};
use utoipa_axum::router::OpenApiRouter;

use crate::{
    accounts, branding, client_accounts, clients, comments, companies, console, contacts, deliverables, error::Problem,
    files, health, http, imports, invitations, live, members, merges, messages, milestones, portal, portal_links,
    progress, projects, proposals, submissions, uploads, workspaces,
};

/// Requests that answer at once: small bodies, one time limit.
fn answered_at_once() -> OpenApiRouter<AppContext> {
    document()
        .merge(accounts::routes())
        .merge(workspaces::routes())
        .merge(branding::routes())
        .merge(members::routes())
        .merge(invitations::routes())
        .merge(clients::routes())
        .merge(contacts::routes())
        .merge(companies::routes())
        .merge(merges::routes())
        .merge(proposals::routes())
        .merge(projects::routes())
        .merge(submissions::routes())
        .merge(milestones::routes())
        .merge(deliverables::routes())
        .merge(progress::routes())
        .merge(files::routes())
        .merge(messages::routes())
        .merge(comments::routes())
        .merge(imports::routes())
        .merge(client_accounts::routes())
        .merge(portal::routes())
        .merge(portal_links::routes())
        .merge(console::routes())
}

/// Requests that take or give as much, and for as long, as there is.
fn streamed() -> OpenApiRouter<AppContext> {
    OpenApiRouter::new()
        .merge(branding::streams())
        .merge(imports::streams())
        .merge(uploads::streams())
        .merge(files::streams())
        .merge(clients::streams())
        .merge(console::streams())
        .merge(live::streams())
}

/// Everything the web process answers.
pub fn router(ctx: &AppContext) -> Router<AppContext> {
    let (api, _) = http::api_layers(answered_at_once(), ctx).merge(streamed()).split_for_parts();
    let api = api
        .layer(middleware::from_fn_with_state(ctx.clone(), http::streams::limit))
        .layer(middleware::from_fn_with_state(ctx.clone(), http::origin::guard));
    Router::new()
        .merge(api)
        .merge(branding::pages())
        .merge(portal::pages().layer(middleware::from_fn_with_state(ctx.clone(), http::origin::guard)))
        .route("/api/openapi.json", get(http::docs::document))
        .route("/api/docs", get(http::docs::page))
        .route("/api/docs/", get(http::docs::without_slash))
        .route("/api/docs/{file}", get(http::docs::file))
        .route("/_health", get(health::show_health))
        .route("/_ready", get(health::show_readiness))
        .route("/_metrics", get(health::show_metrics))
        .fallback(http::frontend::show)
}

/// The OpenAPI document.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    answered_at_once().merge(streamed()).into_openapi()
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Ledgerline",
        description = "Log in with POST /api/sessions; the answer sets a cookie and gives `csrfToken`, which every \
            unsafe request carries as `X-CSRF-Token`. Errors are problem+json (RFC 9457) with a stable `code`. Lists \
            come in pages: pass `nextCursor` as `cursor`."
    ),
    components(schemas(Problem))
)]
struct Document;

fn document() -> OpenApiRouter<AppContext> {
    OpenApiRouter::with_openapi(Document::openapi())
}

/// Every error of every route.
#[derive(Debug)]
pub struct Problems;

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let schema = RefOr::Ref(Ref::from_schema_name(Problem::name()));
        let content = ContentBuilder::new().schema(Some(schema)).build();
        let response = ResponseBuilder::new()
            .description("What went wrong: see `code` and `detail`")
            .content("application/problem+json", content)
            .build();
        BTreeMap::from([("default".to_owned(), response.into())])
    }
}
