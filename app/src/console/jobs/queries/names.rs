//! What a search names.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;

/// Things of one name that are told apart.
const SEVERAL: i64 = 6;

/// A thing with a name.
#[derive(Debug)]
pub struct Named {
    /// Its id.
    pub id: Uuid,
}

/// The app's time.
pub(crate) async fn now(conn: &mut PgConnection) -> Result<DateTime<Utc>> {
    Ok(sqlx::query_scalar!(r#"select app_now() as "now!""#).fetch_one(conn).await?)
}

/// Workspaces of that name, whatever its case.
pub(crate) async fn workspaces(conn: &mut PgConnection, name: &str) -> Result<Vec<Named>> {
    Ok(sqlx::query_as!(
        Named,
        "select id from workspaces where lower(name) = lower($1) order by created_at limit $2",
        name,
        SEVERAL
    )
    .fetch_all(conn)
    .await?)
}

/// Nodes of that name, also those that are gone.
pub(crate) async fn nodes(conn: &mut PgConnection, name: &str) -> Result<Vec<Named>> {
    Ok(sqlx::query_as!(
        Named,
        "select id from nodes where lower(name) = lower($1) order by started_at desc limit $2",
        name,
        SEVERAL
    )
    .fetch_all(conn)
    .await?)
}
