//! A link as the API shows it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::queries::LinkRow;
use crate::{
    error::{Error, Result},
    input::kept,
    tenant::Access,
};

/// Whether a link lets in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum LinkState {
    /// It does.
    Open,
    /// Its time has run out; more time opens it again.
    Expired,
    /// Revoked for good.
    Revoked,
}

/// The link of one person to one engagement. The address itself is known to the mail only.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PortalLink)]
pub struct LinkView {
    id: Uuid,
    proposal_id: Uuid,
    contact_id: Uuid,
    contact_name: String,
    #[schema(required = true)]
    contact_email: Option<String>,
    /// What this person may do.
    access: Access,
    state: LinkState,
    expires_at: DateTime<Utc>,
    /// Whether an access code is asked for.
    has_code: bool,
    #[schema(required = true)]
    revoked_at: Option<DateTime<Utc>>,
    #[schema(required = true)]
    rotated_at: Option<DateTime<Utc>>,
    #[schema(required = true)]
    last_sent_at: Option<DateTime<Utc>>,
    #[schema(required = true)]
    last_opened_at: Option<DateTime<Utc>>,
    /// How often it was opened.
    opens: i32,
    created_at: DateTime<Utc>,
}

impl TryFrom<LinkRow> for LinkView {
    type Error = Error;

    fn try_from(row: LinkRow) -> Result<Self> {
        let state = match (row.revoked_at, row.expired) {
            (Some(_), _) => LinkState::Revoked,
            (None, true) => LinkState::Expired,
            (None, false) => LinkState::Open,
        };
        Ok(Self {
            id: row.id,
            proposal_id: row.proposal_id,
            contact_id: row.contact_id,
            contact_name: row.contact_name,
            contact_email: row.contact_email,
            access: row.access.parse().map_err(Error::internal)?,
            state,
            expires_at: row.expires_at,
            has_code: row.code_set_at.is_some(),
            revoked_at: row.revoked_at,
            rotated_at: row.rotated_at,
            last_sent_at: row.last_sent_at,
            last_opened_at: row.last_opened_at,
            opens: row.opens,
            created_at: row.created_at,
        })
    }
}

/// A page of links.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PortalLinkList {
    /// Newest first.
    pub links: Vec<LinkView>,
    #[schema(required = true)]
    #[expect(missing_docs, reason = "as in all lists")]
    pub next_cursor: Option<String>,
}

/// A new link.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewPortalLink {
    /// One of the client's contacts; the proposal's own unless given.
    pub contact_id: Option<Uuid>,
    /// Until when it works: 90 days unless given, two years at most.
    pub expires_at: Option<DateTime<Utc>>,
    /// What is asked for beside the link, 4 to 64 characters.
    pub access_code: Option<String>,
    /// Whether to mail it at once; true unless given, but for a proposal that has not been sent.
    pub send: Option<bool>,
}

/// A change of a link.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PortalLinkChange {
    /// Until when it works, two years at most.
    #[serde(default, deserialize_with = "kept")]
    pub expires_at: Option<DateTime<Utc>>,
}

/// An access code.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewAccessCode {
    /// 4 to 64 characters; null asks for none any more.
    #[schema(required = true, format = "password")]
    pub code: Option<String>,
}

/// Who has lost their link, by address or by engagement.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LostPortalLink {
    /// The address that the producer knows; nothing is mailed to any other.
    #[schema(format = "email")]
    pub email: Option<String>,
    /// The engagement, as in the portal's address.
    pub proposal_id: Option<Uuid>,
}
