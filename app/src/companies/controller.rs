//! Parse, authorize, one call, answer.

use axum::{Json, extract::State, http::StatusCode};
use loco_rs::app::AppContext;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    archive, create,
    input::{CompanyChange, CompanyContract, NewCompany},
    list::{self, CompanyListQuery},
    queries::{self, CompanyRow},
    update,
    view::CompanyView,
};
use crate::{
    access::{Permission, authorize},
    error::{Error, Result},
    http::extract::{Body, Path, Query},
    routes::Problems,
    tenant::{Actor, TenantTx},
};

/// A page of companies.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CompanyList {
    companies: Vec<CompanyView>,
    #[schema(required = true)]
    next_cursor: Option<String>,
}

/// A company.
#[derive(Serialize, ToSchema)]
pub struct CompanyAnswer {
    /// Always true: what fails is a problem.
    success: bool,
    company: CompanyView,
}

impl From<CompanyRow> for CompanyAnswer {
    fn from(row: CompanyRow) -> Self {
        Self { success: true, company: row.into() }
    }
}

/// Companies by name
#[utoipa::path(get, path = "/api/companies", tag = "companies", params(CompanyListQuery),
    responses((status = 200, body = CompanyList), Problems))]
pub(super) async fn list_companies(
    State(ctx): State<AppContext>,
    actor: Actor,
    Query(query): Query<CompanyListQuery>,
) -> Result<Json<CompanyList>> {
    authorize(&actor, Permission::WorkWithClients)?;
    let mut tx = TenantTx::begin(&ctx, &actor).await?;
    let (rows, next_cursor) = list::list(&mut tx, query).await?;
    Ok(Json(CompanyList { companies: rows.into_iter().map(CompanyView::from).collect(), next_cursor }))
}

/// Add a company
#[utoipa::path(post, path = "/api/companies", tag = "companies", request_body = NewCompany,
    responses((status = 201, body = CompanyAnswer), Problems))]
pub(super) async fn create_company(
    State(ctx): State<AppContext>,
    actor: Actor,
    Body(body): Body<NewCompany>,
) -> Result<(StatusCode, Json<CompanyAnswer>)> {
    Ok((StatusCode::CREATED, Json(create::create(&ctx, &actor, body).await?.into())))
}

/// One company
#[utoipa::path(get, path = "/api/companies/{id}", tag = "companies", params(("id" = Uuid, Path)),
    responses((status = 200, body = CompanyAnswer), Problems))]
pub(super) async fn show_company(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
) -> Result<Json<CompanyAnswer>> {
    authorize(&actor, Permission::WorkWithClients)?;
    let mut tx = TenantTx::begin(&ctx, &actor).await?;
    Ok(Json(queries::find(&mut tx, id).await?.ok_or_else(Error::not_found)?.into()))
}

/// Set the contract with a company
#[utoipa::path(put, path = "/api/companies/{id}", tag = "companies", params(("id" = Uuid, Path)),
    request_body = CompanyContract, responses((status = 200, body = CompanyAnswer), Problems))]
pub(super) async fn put_company(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
    Body(body): Body<CompanyContract>,
) -> Result<Json<CompanyAnswer>> {
    Ok(Json(update::set_contract(&ctx, &actor, id, body).await?.into()))
}

/// Change a company
#[utoipa::path(patch, path = "/api/companies/{id}", tag = "companies", params(("id" = Uuid, Path)),
    request_body = CompanyChange, responses((status = 200, body = CompanyAnswer), Problems))]
pub(super) async fn update_company(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
    Body(body): Body<CompanyChange>,
) -> Result<Json<CompanyAnswer>> {
    Ok(Json(update::update(&ctx, &actor, id, body).await?.into()))
}

/// Archive a company
#[utoipa::path(post, path = "/api/companies/{id}/archive", tag = "companies", params(("id" = Uuid, Path)),
    responses((status = 200, body = CompanyAnswer), Problems))]
pub(super) async fn archive_company(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
) -> Result<Json<CompanyAnswer>> {
    Ok(Json(archive::archive(&ctx, &actor, id).await?.into()))
}

/// Restore a company
#[utoipa::path(post, path = "/api/companies/{id}/restore", tag = "companies", params(("id" = Uuid, Path)),
    responses((status = 200, body = CompanyAnswer), Problems))]
pub(super) async fn restore_company(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
) -> Result<Json<CompanyAnswer>> {
    Ok(Json(archive::restore(&ctx, &actor, id).await?.into()))
}
