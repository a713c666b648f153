//! A contact as the API shows them.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::queries::ContactRow;
use crate::{
    error::{Error, Result},
    tenant::Access,
};

/// A contact.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Contact)]
pub struct ContactView {
    /// The contact.
    pub id: Uuid,
    /// The client they belong to.
    pub client_id: Uuid,
    /// Its name.
    pub client_name: String,
    /// Their company.
    #[schema(required = true)]
    pub company_id: Option<Uuid>,
    /// Its name.
    #[schema(required = true)]
    pub company: Option<String>,
    /// Whether they are the one to turn to in that company.
    pub is_primary: bool,
    /// Name.
    pub name: String,
    /// Email address.
    #[schema(required = true)]
    pub email: Option<String>,
    /// Phone number.
    #[schema(required = true)]
    pub phone: Option<String>,
    /// What they are in their company.
    #[schema(required = true)]
    pub title: Option<String>,
    /// What they may do in the portal.
    pub access: Access,
    /// Since when they are archived.
    #[schema(required = true)]
    pub archived_at: Option<DateTime<Utc>>,
    /// When they were added.
    pub created_at: DateTime<Utc>,
    /// When they were changed last.
    pub updated_at: DateTime<Utc>,
    /// To be sent back with a change.
    pub version: i32,
}

impl TryFrom<ContactRow> for ContactView {
    type Error = Error;

    fn try_from(row: ContactRow) -> Result<Self> {
        let access = row.access()?;
        Ok(Self {
            id: row.id,
            client_id: row.client_id,
            client_name: row.client_name,
            company_id: row.company_id,
            company: row.company,
            is_primary: row.is_primary,
            name: row.name,
            email: row.email,
            phone: row.phone,
            title: row.title,
            access,
            archived_at: row.archived_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
            version: row.version,
        })
    }
}
