//! Renames a file, says what it is, deletes it.

use loco_rs::app::AppContext;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Kind, Side,
    download::Viewer,
    queries::{self, FileRow},
    rules,
};
use crate::{
    audit::Audience,
    error::{Error, Result},
    input::{Checks, kept, patch},
    projects::{
        queries::ProjectRow,
        record::{Deed, locked, record},
    },
    tenant::TenantTx,
};

/// A change: fields that are left out stay as they are, null takes a limit away.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FileChange {
    /// The version of the file's row that was read.
    pub version: i32,
    /// Name.
    #[serde(default, deserialize_with = "kept")]
    #[schema(value_type = String, required = false)]
    pub name: Option<String>,
    /// What it is.
    #[serde(default, deserialize_with = "kept")]
    #[schema(value_type = Kind, required = false)]
    pub kind: Option<Kind>,
    /// How often the client may download each version, from 1.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<i32>, required = false)]
    pub download_limit: Option<Option<i32>>,
}

/// Changes what a member may change of a file of theirs.
///
/// # Errors
/// 403 for a client's file; 404; 409 `stale_version`, `wrong_state`; 422.
pub(super) async fn change(ctx: &AppContext, viewer: &Viewer, id: Uuid, change: FileChange) -> Result<()> {
    let mut tx = TenantTx::begin(ctx, &viewer.actor).await?;
    let (project, file) = own(&mut tx, viewer, id).await?;
    if file.version != change.version {
        let detail = "Someone has changed this file meanwhile. Load it again, then make your change.";
        return Err(Error::conflict("stale_version", detail));
    }
    let mut checks = Checks::new();
    let name = checks.required("name", "The name", change.name.as_deref().unwrap_or(&file.name), 255);
    let limit = change.download_limit.unwrap_or(file.download_limit);
    if limit.is_some_and(|limit| !(1..=1_000_000).contains(&limit)) {
        checks.wrong("downloadLimit", "out_of_range", "Use a number from 1 to 1 000 000, or none.");
    }
    checks.done()?;
    let kind = change.kind.unwrap_or(file.kind);
    if kind != file.kind {
        rules::may_add(&project, file.side, file.kind)?;
        rules::may_add(&project, file.side, kind)?;
    }
    queries::update(&mut tx, id, &name, kind, limit).await?;
    let data = json!({ "fileId": id, "title": name, "kind": kind, "downloadLimit": limit });
    record(&mut tx, project.id, Deed::producer("files.update", "file_updated"), ("file", id), data).await?;
    tx.commit().await
}

/// Deletes a file of one's own side. A job removes its bytes some time later.
///
/// # Errors
/// 403 for a file of the other side; 404; 409 `wrong_state` for what was handed in.
pub(super) async fn delete(ctx: &AppContext, viewer: &Viewer, id: Uuid) -> Result<()> {
    let mut tx = TenantTx::begin(ctx, &viewer.actor).await?;
    let (project, file) = own(&mut tx, viewer, id).await?;
    rules::may_add(&project, file.side, file.kind)?;
    queries::delete(&mut tx, id).await?;
    let audience = if file.side == Side::Client { Audience::Both } else { Audience::Producer };
    let deed = Deed { action: "files.delete", event: "file_deleted", audience };
    record(&mut tx, project.id, deed, ("file", id), json!({ "fileId": id, "title": file.name })).await?;
    tx.commit().await
}

/// A file of the viewer's own side and its project, both locked.
async fn own(tx: &mut TenantTx, viewer: &Viewer, id: Uuid) -> Result<(ProjectRow, FileRow)> {
    let project = locked(tx, viewer.project_id).await?;
    let file = queries::lock(tx, viewer.project_id, id).await?.ok_or_else(Error::not_found)?;
    if file.side != viewer.side {
        return Err(Error::forbidden("Only those who brought a file change or delete it."));
    }
    Ok((project, file))
}
