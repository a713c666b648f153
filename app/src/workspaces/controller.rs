//! Parse, authorize, one call, answer.

use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use chrono::{DateTime, Utc};
use loco_rs::app::AppContext;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{create, queries, rename};
use crate::{
    Ledgerline,
    access::{Permission, authorize},
    accounts::{
        self,
        session::{self, SessionView, SignedIn},
    },
    error::{Error, Result},
    http::{boundary::RequestId, extract::Body},
    routes::Problems,
    tenant::{Actor, TenantTx},
};

/// A workspace's name.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkspaceInput {
    name: String,
}

/// A workspace.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Workspace)]
pub struct WorkspaceView {
    id: Uuid,
    name: String,
    created_at: DateTime<Utc>,
}

impl From<queries::WorkspaceRow> for WorkspaceView {
    fn from(row: queries::WorkspaceRow) -> Self {
        Self { id: row.id, name: row.name, created_at: row.created_at }
    }
}

/// Create a workspace and go to it
#[utoipa::path(post, path = "/api/workspaces", tag = "workspaces", request_body = WorkspaceInput,
    responses((status = 201, body = SessionView), Problems))]
pub(super) async fn create_workspace(
    State(ctx): State<AppContext>,
    SignedIn(current): SignedIn,
    RequestId(request_id): RequestId,
    Body(body): Body<WorkspaceInput>,
) -> Result<impl IntoResponse> {
    let workspace_id = create::create(&ctx, &current, &body.name, &request_id).await?;
    let pool = &Ledgerline::of(&ctx).databases.app;
    accounts::queries::enter_workspace(&mut *pool.acquire().await?, current.id, workspace_id).await?;
    let current = session::find(pool, current.token).await?.ok_or_else(Error::not_signed_in)?;
    Ok((StatusCode::CREATED, current.view()))
}

/// The workspace of the session
#[utoipa::path(get, path = "/api/workspace", tag = "workspaces", responses((status = 200, body = WorkspaceView), Problems))]
pub(super) async fn show_workspace(State(ctx): State<AppContext>, actor: Actor) -> Result<Json<WorkspaceView>> {
    authorize(&actor, Permission::SeeWorkspace)?;
    let mut tx = TenantTx::begin(&ctx, &actor).await?;
    Ok(Json(queries::find(&mut tx).await?.into()))
}

/// Rename the workspace
#[utoipa::path(patch, path = "/api/workspace", tag = "workspaces", request_body = WorkspaceInput,
    responses((status = 200, body = WorkspaceView), Problems))]
pub(super) async fn update_workspace(
    State(ctx): State<AppContext>,
    actor: Actor,
    Body(body): Body<WorkspaceInput>,
) -> Result<Json<WorkspaceView>> {
    Ok(Json(rename::rename(&ctx, &actor, &body.name).await?.into()))
}
