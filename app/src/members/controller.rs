//! Parse, authorize, one call, answer.

use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use loco_rs::app::AppContext;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    change_role,
    queries::{self, MemberRow},
    remove,
};
use crate::{
    access::{Permission, authorize},
    error::{Error, Result},
    http::extract::{Body, Path, Query},
    page::{self, PageQuery},
    routes::Problems,
    tenant::{Actor, Role, TenantTx},
};

/// A member of the workspace.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Member)]
pub struct MemberView {
    user_id: Uuid,
    name: String,
    email: String,
    role: Role,
    joined_at: DateTime<Utc>,
}

impl TryFrom<MemberRow> for MemberView {
    type Error = Error;

    fn try_from(row: MemberRow) -> Result<Self> {
        let role = row.role.parse().map_err(Error::internal)?;
        Ok(Self { user_id: row.user_id, name: row.name, email: row.email, role, joined_at: row.joined_at })
    }
}

/// A page of members.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MemberList {
    members: Vec<MemberView>,
    /// The user who is the only owner, wherever in the list: they can neither leave nor get another role.
    #[schema(required = true)]
    only_owner: Option<Uuid>,
    #[schema(required = true)]
    next_cursor: Option<String>,
}

/// Another role.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleChange {
    role: Role,
}

/// Members, in the order in which they joined
#[utoipa::path(get, path = "/api/members", tag = "members", params(PageQuery),
    responses((status = 200, body = MemberList), Problems))]
pub(super) async fn list_members(
    State(ctx): State<AppContext>,
    actor: Actor,
    Query(query): Query<PageQuery>,
) -> Result<Json<MemberList>> {
    authorize(&actor, Permission::SeeWorkspace)?;
    let limit = page::limit(query.limit)?;
    let after = query.cursor.as_deref().map(page::position).transpose()?;
    let mut tx = TenantTx::begin(&ctx, &actor).await?;
    let rows = queries::page(&mut tx, after, limit + 1).await?;
    let only_owner = queries::only_owner(&mut tx).await?;
    let (rows, next_cursor) = page::cut(rows, limit, |row| (row.joined_at, row.user_id))?;
    let members = rows.into_iter().map(MemberView::try_from).collect::<Result<_>>()?;
    Ok(Json(MemberList { members, only_owner, next_cursor }))
}

/// Change a member's role
#[utoipa::path(patch, path = "/api/members/{userId}", tag = "members", params(("userId" = Uuid, Path)),
    request_body = RoleChange, responses((status = 200, body = MemberView), Problems))]
pub(super) async fn update_member(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(user_id): Path<Uuid>,
    Body(body): Body<RoleChange>,
) -> Result<Json<MemberView>> {
    Ok(Json(change_role::change_role(&ctx, &actor, user_id, body.role).await?.try_into()?))
}

/// Remove a member
#[utoipa::path(delete, path = "/api/members/{userId}", tag = "members", params(("userId" = Uuid, Path)),
    responses((status = 204), Problems))]
pub(super) async fn delete_member(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(user_id): Path<Uuid>,
) -> Result<StatusCode> {
    remove::remove(&ctx, &actor, user_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
