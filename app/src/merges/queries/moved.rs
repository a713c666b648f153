//! Statements on suggestions that go along when one of their clients is merged into another.

use uuid::Uuid;

use crate::{error::Result, tenant::TenantTx};

/// Lets what else is suggested about the one who is gone be about the one who is kept, and writes down with the merge
/// what that is; answers how many. What is suggested about that one already stays behind.
pub(crate) async fn move_suggestions(tx: &mut TenantTx, id: Uuid, gone: Uuid, kept: Uuid) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"with moved as (
             update merges m set client_id = case when m.client_id = $2 then $3 else m.client_id end,
               other_id = case when m.other_id = $2 then $3 else m.other_id end
             where m.workspace_id = current_workspace() and m.state = 'suggested' and (m.client_id = $2 or m.other_id = $2)
               and not exists (
                 select from merges s where s.workspace_id = m.workspace_id and s.state in ('suggested', 'ignored')
                   and (s.client_id = $3 or s.other_id = $3)
                   and (s.client_id in (m.client_id, m.other_id) or s.other_id in (m.client_id, m.other_id)))
             returning m.id
           ), written as (
             update merges set moved = array(select id from moved order by id)
             where workspace_id = current_workspace() and id = $1 and exists (select from moved)
           )
           select count(*) as "moved!" from moved"#,
        id,
        gone,
        kept
    )
    .fetch_one(&mut **tx)
    .await?)
}

/// Gives suggestions that a merge moved back to the one who was gone, unless somebody has decided about them or they are
/// about others by now.
pub(crate) async fn give_back(tx: &mut TenantTx, id: Uuid, kept: Uuid, gone: Uuid) -> Result<()> {
    sqlx::query!(
        "update merges m set client_id = case when m.client_id = $2 then $3 else m.client_id end,
           other_id = case when m.other_id = $2 then $3 else m.other_id end
         from merges of_merge
         where of_merge.workspace_id = current_workspace() and of_merge.id = $1
           and m.workspace_id = of_merge.workspace_id and m.id = any(of_merge.moved) and m.state = 'suggested'
           and (m.client_id = $2 or m.other_id = $2)
           and not exists (
             select from merges s where s.workspace_id = m.workspace_id and s.state in ('suggested', 'ignored')
               and (s.client_id = $3 or s.other_id = $3)
               and (s.client_id in (m.client_id, m.other_id) or s.other_id in (m.client_id, m.other_id)))",
        id,
        kept,
        gone
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
