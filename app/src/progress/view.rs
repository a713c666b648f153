//! A progress update as the API shows it.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::queries::ProgressRow;

/// How the work went at a time.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ProgressUpdate)]
pub struct ProgressView {
    /// The update.
    pub id: Uuid,
    /// In a few words.
    pub title: String,
    /// More; empty when nothing was said.
    pub body: String,
    /// How much was done, in percent.
    #[schema(required = true, minimum = 0, maximum = 100)]
    pub percent: Option<i16>,
    /// Who told, while they are a member.
    #[schema(required = true)]
    pub by: Option<String>,
    /// When.
    pub created_at: DateTime<Utc>,
}

impl From<ProgressRow> for ProgressView {
    fn from(row: ProgressRow) -> Self {
        Self {
            id: row.id,
            title: row.title,
            body: row.body,
            percent: row.percent,
            by: row.by,
            created_at: row.created_at,
        }
    }
}
