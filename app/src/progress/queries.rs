//! Every statement of the slice.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{error::Result, tenant::TenantTx};

/// One row.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the columns of the table, described in view.rs")]
pub struct ProgressRow {
    pub id: Uuid,
    pub title: String,
    pub body: String,
    pub percent: Option<i16>,
    pub by: Option<String>,
    pub created_at: DateTime<Utc>,
}

/// Updates of a project before this one, newest first.
pub(crate) async fn page(
    tx: &mut TenantTx,
    project_id: Uuid,
    before: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<ProgressRow>> {
    let (at, id) = before.unzip();
    Ok(sqlx::query_as!(
        ProgressRow,
        r#"select p.id, p.title, p.body, p.percent, u.name as "by?", p.created_at
           from progress_updates p left join auth.members() u on u.user_id = p.created_by
           where p.workspace_id = current_workspace() and p.project_id = $1
             and ($2::timestamptz is null or (p.created_at, p.id) < ($2, $3::uuid))
           order by p.created_at desc, p.id desc limit $4"#,
        project_id,
        at,
        id,
        limit
    )
    .fetch_all(&mut **tx)
    .await?)
}

pub(crate) async fn insert(
    tx: &mut TenantTx,
    project_id: Uuid,
    title: &str,
    body: &str,
    percent: Option<i16>,
    by: Uuid,
) -> Result<ProgressRow> {
    Ok(sqlx::query_as!(
        ProgressRow,
        r#"with told as (
             insert into progress_updates (id, workspace_id, project_id, title, body, percent, created_by, created_at)
               values ($1, current_workspace(), $2, $3, $4, $5, $6, app_now())
               returning id, title, body, percent, created_by, created_at)
           select told.id as "id!", told.title as "title!", told.body as "body!", told.percent, u.name as "by?",
             told.created_at as "created_at!"
           from told left join auth.members() u on u.user_id = told.created_by"#,
        Uuid::now_v7(),
        project_id,
        title,
        body,
        percent,
        by
    )
    .fetch_one(&mut **tx)
    .await?)
}
