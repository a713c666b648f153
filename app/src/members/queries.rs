//! Every statement of the slice.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    error::Result,
    tenant::{Role, TenantTx},
};

/// A member with the name from the account.
#[derive(Debug)]
pub struct MemberRow {
    /// The user.
    pub user_id: Uuid,
    /// Name.
    pub name: String,
    /// Email address.
    pub email: String,
    /// Role.
    pub role: String,
    /// Member since.
    pub joined_at: DateTime<Utc>,
}

/// A page of members in the order in which they joined.
pub(crate) async fn page(
    tx: &mut TenantTx,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<MemberRow>> {
    let (at, id) = after.unzip();
    Ok(sqlx::query_as!(
        MemberRow,
        r#"select m.user_id, u.name as "name!", u.email as "email!", m.role, m.created_at as joined_at
           from members m join auth.members() u on u.user_id = m.user_id
           where m.workspace_id = current_workspace()
             and ($1::timestamptz is null or (m.created_at, m.user_id) > ($1, $2::uuid))
           order by m.created_at, m.user_id limit $3"#,
        at,
        id,
        limit,
    )
    .fetch_all(&mut **tx)
    .await?)
}

pub(crate) async fn find(tx: &mut TenantTx, user_id: Uuid) -> Result<Option<MemberRow>> {
    Ok(sqlx::query_as!(
        MemberRow,
        r#"select m.user_id, u.name as "name!", u.email as "email!", m.role, m.created_at as joined_at
           from members m join auth.members() u on u.user_id = m.user_id
           where m.workspace_id = current_workspace() and m.user_id = $1"#,
        user_id,
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// The owner, if there is only one.
pub(crate) async fn only_owner(tx: &mut TenantTx) -> Result<Option<Uuid>> {
    let owners = sqlx::query_scalar!(
        "select user_id from members where workspace_id = current_workspace() and role = 'owner' limit 2"
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(if let [only] = owners[..] { Some(only) } else { None })
}

/// Locks the owners, so that two of them cannot leave at the same moment, and gives their ids.
pub(crate) async fn lock_owners(tx: &mut TenantTx) -> Result<Vec<Uuid>> {
    Ok(sqlx::query_scalar!(
        "select user_id from members where workspace_id = current_workspace() and role = 'owner'
         order by user_id for update"
    )
    .fetch_all(&mut **tx)
    .await?)
}

pub(crate) async fn change_role(tx: &mut TenantTx, user_id: Uuid, role: Role) -> Result<()> {
    sqlx::query!(
        "update members set role = $2 where workspace_id = current_workspace() and user_id = $1",
        user_id,
        role.as_str(),
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(crate) async fn delete(tx: &mut TenantTx, user_id: Uuid) -> Result<()> {
    sqlx::query!("delete from members where workspace_id = current_workspace() and user_id = $1", user_id)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
