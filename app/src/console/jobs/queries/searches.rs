//! Searches that operators keep. Each statement names the operator: nobody sees another's.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;

/// A kept search.
#[derive(Debug)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct SearchRow {
    pub id: Uuid,
    pub name: String,
    pub search: String,
    pub created_at: DateTime<Utc>,
}

/// Those of an operator, by name.
pub(crate) async fn list(conn: &mut PgConnection, user_id: Uuid, limit: i64) -> Result<Vec<SearchRow>> {
    Ok(sqlx::query_as!(
        SearchRow,
        "select id, name, search, created_at from saved_searches where user_id = $1 order by lower(name), id limit $2",
        user_id,
        limit
    )
    .fetch_all(conn)
    .await?)
}

/// Keeps one.
pub(crate) async fn insert(conn: &mut PgConnection, user_id: Uuid, name: &str, search: &str) -> Result<SearchRow> {
    Ok(sqlx::query_as!(
        SearchRow,
        "insert into saved_searches (id, user_id, name, search, created_at) values ($1, $2, $3, $4, app_now())
         returning id, name, search, created_at",
        Uuid::now_v7(),
        user_id,
        name,
        search
    )
    .fetch_one(conn)
    .await?)
}

/// Forgets one; answers whether there was one.
pub(crate) async fn delete(conn: &mut PgConnection, user_id: Uuid, id: Uuid) -> Result<bool> {
    Ok(sqlx::query!("delete from saved_searches where user_id = $1 and id = $2", user_id, id)
        .execute(conn)
        .await?
        .rows_affected()
        == 1)
}
