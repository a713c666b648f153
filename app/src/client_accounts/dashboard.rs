//! What a client's own page shows.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::queries::{self, DashboardRow};
use crate::{
    Ledgerline,
    error::{Error, Result},
};

/// An amount in whole minor units.
#[derive(Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Spent {
    pub amount: i64,
    pub currency: String,
}

/// A project, or a proposal that may become one.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say it")]
pub struct ClientEngagement {
    pub proposal_id: Uuid,
    /// Who works for the client.
    pub workspace_name: String,
    pub title: String,
    /// The proposal's state.
    pub proposal_state: String,
    /// The project's; null until there is one.
    #[schema(required = true)]
    pub project_state: Option<String>,
    #[schema(required = true)]
    pub at: Option<DateTime<Utc>>,
}

/// A client's own page.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say it")]
pub struct ClientDashboard {
    pub total_projects: usize,
    /// Not completed, archived or cancelled.
    pub active_projects: usize,
    /// By currency, since sums never cross them.
    pub total_spent: Vec<Spent>,
    /// Newest first.
    pub engagements: Vec<ClientEngagement>,
}

/// The page of the logged-in client, over all workspaces.
///
/// # Errors
/// When Postgres cannot be reached.
pub async fn read(ledgerline: &Ledgerline, user_id: Uuid) -> Result<ClientDashboard> {
    let rows = queries::dashboard(&ledgerline.databases.app, user_id).await?;
    let mut spent: BTreeMap<String, i64> = BTreeMap::new();
    for row in &rows {
        let paid: BTreeMap<String, i64> = serde_json::from_value(row.paid.clone()).map_err(Error::internal)?;
        for (currency, amount) in paid {
            *spent.entry(currency).or_default() += amount;
        }
    }
    let is_active =
        |row: &&DashboardRow| matches!(row.project_state.as_deref(), Some("draft" | "open" | "in_progress"));
    Ok(ClientDashboard {
        total_projects: rows.iter().filter(|row| row.project_state.is_some()).count(),
        active_projects: rows.iter().filter(is_active).count(),
        total_spent: spent.into_iter().map(|(currency, amount)| Spent { amount, currency }).collect(),
        engagements: rows
            .into_iter()
            .map(|row| ClientEngagement {
                proposal_id: row.proposal_id,
                workspace_name: row.workspace_name,
                title: row.title,
                proposal_state: row.proposal_state,
                project_state: row.project_state,
                at: row.at,
            })
            .collect(),
    })
}
