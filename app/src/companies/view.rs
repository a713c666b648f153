//! A company as the API shows it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::queries::CompanyRow;

/// The contract with a company.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CompanyContractView)]
pub struct ContractView {
    /// The contract.
    pub contract_id: Uuid,
    /// Its title.
    pub title: String,
    /// Its state.
    #[schema(example = "active")]
    pub status: String,
    /// When it was signed.
    #[schema(required = true)]
    pub signed_date: Option<NaiveDate>,
}

/// A company.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Company)]
pub struct CompanyView {
    /// The company.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// Address of its website.
    #[schema(required = true)]
    pub website: Option<String>,
    /// Phone number.
    #[schema(required = true)]
    pub phone: Option<String>,
    /// Notes, not seen by the client.
    #[schema(required = true)]
    pub notes: Option<String>,
    /// Whom to turn to.
    #[schema(required = true)]
    pub primary_contact_id: Option<Uuid>,
    /// Their name.
    #[schema(required = true)]
    pub primary_contact_name: Option<String>,
    /// How many contacts it has who are not archived.
    pub contacts: i64,
    /// The contract.
    #[schema(required = true)]
    pub contract_id: Option<Uuid>,
    /// What is known of the contract.
    #[schema(required = true)]
    pub contract: Option<ContractView>,
    /// Since when it is archived.
    #[schema(required = true)]
    pub archived_at: Option<DateTime<Utc>>,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
    /// To be sent back with a change.
    pub version: i32,
}

impl From<CompanyRow> for CompanyView {
    fn from(row: CompanyRow) -> Self {
        let contract =
            row.contract_id.zip(row.contract_title).zip(row.contract_state).map(|((contract_id, title), status)| {
                ContractView { contract_id, title, status, signed_date: row.contract_signed_on }
            });
        Self {
            id: row.id,
            name: row.name,
            website: row.website,
            phone: row.phone,
            notes: row.notes,
            primary_contact_id: row.primary_contact_id,
            primary_contact_name: row.primary_contact_name,
            contacts: row.contacts,
            contract_id: row.contract_id,
            contract,
            archived_at: row.archived_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
            version: row.version,
        }
    }
}
