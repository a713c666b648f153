//! Statements on what is remembered of earlier imports: which file was it, which heading became what.

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::Choices;
use crate::{error::Result, tenant::TenantTx};

/// An import of the same file.
#[derive(Clone, Debug)]
pub(crate) struct Earlier {
    pub(crate) id: Uuid,
    pub(crate) started_at: Option<DateTime<Utc>>,
    pub(crate) by: Option<String>,
}

/// The last import of the same file that runs or was completed. One that failed or was cancelled asks to be repeated.
pub(crate) async fn earlier(tx: &mut TenantTx, id: Uuid, sha256: &[u8]) -> Result<Option<Earlier>> {
    Ok(sqlx::query_as!(
        Earlier,
        r#"select e.id as "id!", e.started_at as "started_at?", who.name as "by?"
           from imports e left join auth.members() who on who.user_id = coalesce(e.started_by, e.created_by)
           where e.workspace_id = current_workspace() and e.sha256 = $2 and e.id <> $1
             and e.state in ('planning', 'running', 'completed')
           order by e.started_at desc, e.id desc limit 1"#,
        id,
        sha256,
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// Writes down what headings became.
pub(crate) async fn remember(
    tx: &mut TenantTx,
    headings_key: &[u8],
    mapping: &Value,
    choices: Choices<'_>,
    used_by: Uuid,
) -> Result<()> {
    sqlx::query!(
        "insert into import_mappings (workspace_id, headings_key, mapping, budget_currency, used_by, used_at)
         values (current_workspace(), $1, $2, $3, $4, app_now())
         on conflict (workspace_id, headings_key) do update set mapping = excluded.mapping,
           budget_currency = excluded.budget_currency, used_by = excluded.used_by, used_at = excluded.used_at",
        headings_key,
        mapping,
        choices.budget_currency,
        used_by,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
