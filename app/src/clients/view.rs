//! A client as the API shows it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::queries::ClientRow;

/// The least and the most a client wants to spend, in minor units of the currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BudgetMinor {
    /// At least.
    #[schema(minimum = 0)]
    pub min: i64,
    /// At most.
    #[schema(minimum = 0)]
    pub max: i64,
}

/// How a client wants to hear from us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Communication {
    /// Mails.
    pub email: bool,
    /// Text messages.
    pub sms: bool,
    /// Calls.
    pub phone: bool,
}

/// A client.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Client)]
pub struct ClientView {
    /// The client.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// Email address.
    #[schema(required = true)]
    pub email: Option<String>,
    /// Company.
    #[schema(required = true)]
    pub company: Option<String>,
    /// Phone number.
    #[schema(required = true)]
    pub phone: Option<String>,
    /// IANA time zone.
    #[schema(required = true, example = "Europe/Berlin")]
    pub timezone: Option<String>,
    /// What they work in.
    pub genres: Vec<String>,
    /// What they want to spend.
    #[schema(required = true)]
    pub budget_minor: Option<BudgetMinor>,
    /// ISO 4217.
    #[schema(required = true, example = "EUR")]
    pub budget_currency: Option<String>,
    /// How they want to hear from us.
    pub communication: Communication,
    /// 1 to 5.
    #[schema(required = true, minimum = 1, maximum = 5)]
    pub satisfaction: Option<i16>,
    /// Who sent them.
    #[schema(required = true)]
    pub referral_source: Option<String>,
    /// Notes, not seen by the client.
    #[schema(required = true)]
    pub notes: Option<String>,
    /// Since when they are archived.
    #[schema(required = true)]
    pub archived_at: Option<DateTime<Utc>>,
    /// The client they were merged into; set only while they are archived for that.
    #[schema(required = true)]
    pub merged_into: Option<Uuid>,
    /// When they were added.
    pub created_at: DateTime<Utc>,
    /// When they were changed last.
    pub updated_at: DateTime<Utc>,
    /// To be sent back with a change.
    pub version: i32,
}

impl From<ClientRow> for ClientView {
    fn from(row: ClientRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            email: row.email,
            company: row.company,
            phone: row.phone,
            timezone: row.timezone,
            genres: row.genres,
            budget_minor: row.budget_min_minor.zip(row.budget_max_minor).map(|(min, max)| BudgetMinor { min, max }),
            budget_currency: row.budget_currency,
            communication: Communication {
                email: row.contact_by_email,
                sms: row.contact_by_sms,
                phone: row.contact_by_phone,
            },
            satisfaction: row.satisfaction,
            referral_source: row.referral_source,
            notes: row.notes,
            archived_at: row.archived_at,
            merged_into: row.merged_into,
            created_at: row.created_at,
            updated_at: row.updated_at,
            version: row.version,
        }
    }
}
