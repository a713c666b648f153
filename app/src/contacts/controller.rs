//! Parse, authorize, one call, answer.

use axum::{Json, extract::State, http::StatusCode};
use loco_rs::app::AppContext;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    archive,
    input::{ContactChange, NewContact},
    list::{self, ContactListQuery},
    queries, update,
    upsert::{self, Upserted},
    view::ContactView,
};
use crate::{
    access::{Permission, authorize},
    error::{Error, Result},
    http::extract::{Body, Path, Query},
    routes::Problems,
    tenant::{Actor, TenantTx},
};

/// A page of contacts.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContactList {
    contacts: Vec<ContactView>,
    #[schema(required = true)]
    next_cursor: Option<String>,
}

/// Contacts by name
#[utoipa::path(get, path = "/api/contacts", tag = "contacts", params(ContactListQuery),
    responses((status = 200, body = ContactList), Problems))]
pub(super) async fn list_contacts(
    State(ctx): State<AppContext>,
    actor: Actor,
    Query(query): Query<ContactListQuery>,
) -> Result<Json<ContactList>> {
    authorize(&actor, Permission::WorkWithClients)?;
    let mut tx = TenantTx::begin(&ctx, &actor).await?;
    let (rows, next_cursor) = list::list(&mut tx, query).await?;
    let contacts = rows.into_iter().map(ContactView::try_from).collect::<Result<_>>()?;
    Ok(Json(ContactList { contacts, next_cursor }))
}

/// Add a contact, or change the one with this address
///
/// The company is found by its name or added; the client is the given one, else the one with the same address, else
/// that of the company's primary contact, else a new one.
#[utoipa::path(post, path = "/api/contacts", tag = "contacts", request_body = NewContact,
    responses((status = 201, body = ContactView, description = "Added"),
        (status = 200, body = ContactView, description = "Known by the address, and changed"), Problems))]
pub(super) async fn create_contact(
    State(ctx): State<AppContext>,
    actor: Actor,
    Body(body): Body<NewContact>,
) -> Result<(StatusCode, Json<ContactView>)> {
    let (row, upserted) = upsert::upsert(&ctx, &actor, body).await?;
    let status = match upserted {
        Upserted::Added => StatusCode::CREATED,
        Upserted::Known => StatusCode::OK,
    };
    Ok((status, Json(row.try_into()?)))
}

/// One contact
#[utoipa::path(get, path = "/api/contacts/{id}", tag = "contacts", params(("id" = Uuid, Path)),
    responses((status = 200, body = ContactView), Problems))]
pub(super) async fn show_contact(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
) -> Result<Json<ContactView>> {
    authorize(&actor, Permission::WorkWithClients)?;
    let mut tx = TenantTx::begin(&ctx, &actor).await?;
    Ok(Json(queries::find(&mut tx, id).await?.ok_or_else(Error::not_found)?.try_into()?))
}

/// Change a contact
#[utoipa::path(patch, path = "/api/contacts/{id}", tag = "contacts", params(("id" = Uuid, Path)),
    request_body = ContactChange, responses((status = 200, body = ContactView), Problems))]
pub(super) async fn update_contact(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
    Body(body): Body<ContactChange>,
) -> Result<Json<ContactView>> {
    Ok(Json(update::update(&ctx, &actor, id, body).await?.try_into()?))
}

/// Archive a contact
#[utoipa::path(post, path = "/api/contacts/{id}/archive", tag = "contacts", params(("id" = Uuid, Path)),
    responses((status = 200, body = ContactView), Problems))]
pub(super) async fn archive_contact(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
) -> Result<Json<ContactView>> {
    Ok(Json(archive::archive(&ctx, &actor, id).await?.try_into()?))
}

/// Restore a contact
#[utoipa::path(post, path = "/api/contacts/{id}/restore", tag = "contacts", params(("id" = Uuid, Path)),
    responses((status = 200, body = ContactView), Problems))]
pub(super) async fn restore_contact(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
) -> Result<Json<ContactView>> {
    Ok(Json(archive::restore(&ctx, &actor, id).await?.try_into()?))
}
