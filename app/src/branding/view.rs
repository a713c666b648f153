//! A branding as the API, the portal and mails show it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    palette::{self, Palette},
    queries::BrandingRow,
};
use crate::tiers::Tier;

/// How a workspace looks to its clients. What is null is ours.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Branding {
    /// The colour that was chosen, as `#rrggbb`.
    #[schema(required = true)]
    pub accent: Option<String>,
    /// The chosen colour as it is shown.
    #[schema(required = true)]
    pub palette: Option<Palette>,
    /// Where the logo is.
    #[schema(required = true)]
    pub logo_url: Option<String>,
    /// Greets clients in the portal.
    #[schema(required = true)]
    pub welcome: Option<String>,
    /// Subject of the mail that brings a link.
    #[schema(required = true)]
    pub invite_subject: Option<String>,
    /// Text of that mail, above the button.
    #[schema(required = true)]
    pub invite_body: Option<String>,
    /// End of that mail.
    #[schema(required = true)]
    pub signature: Option<String>,
    /// Whether our name is kept from clients.
    pub is_white_label: bool,
    /// Whether the workspace's tier includes its own words and white label; without it they wait and are not shown.
    pub may_white_label: bool,
    /// To be sent back with a change.
    pub version: i32,
}

impl From<BrandingRow> for Branding {
    fn from(row: BrandingRow) -> Self {
        Self {
            palette: row.accent.as_deref().and_then(palette::of),
            accent: row.accent,
            logo_url: row.logo_id.map(logo_path),
            welcome: row.welcome,
            invite_subject: row.invite_subject,
            invite_body: row.invite_body,
            signature: row.signature,
            is_white_label: row.is_white_label,
            may_white_label: may_white_label(&row.tier),
            version: row.version,
        }
    }
}

/// How the portal looks.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PortalBrand {
    /// Its colours; ours when null.
    #[schema(required = true)]
    pub palette: Option<Palette>,
    /// Where the logo is; the workspace's first letter otherwise.
    #[schema(required = true)]
    pub logo_url: Option<String>,
    /// Greets the client.
    #[schema(required = true)]
    pub welcome: Option<String>,
    /// Whether our name is kept from clients.
    pub is_white_label: bool,
}

/// What the statement of the portal gives of it.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Stored {
    accent: Option<String>,
    logo_id: Option<Uuid>,
    welcome: Option<String>,
    is_white_label: bool,
    tier: String,
}

impl From<Stored> for PortalBrand {
    fn from(stored: Stored) -> Self {
        let own = may_white_label(&stored.tier);
        Self {
            palette: stored.accent.as_deref().and_then(palette::of),
            logo_url: stored.logo_id.map(logo_path),
            welcome: stored.welcome.filter(|_| own),
            is_white_label: stored.is_white_label && own,
        }
    }
}

/// What a mail of the workspace is given, for `mail/templates/shared/layout.html`.
#[derive(Debug, Serialize)]
pub(crate) struct MailBrand {
    /// Null for our own name above the mail.
    pub(crate) name: Option<String>,
    /// Path of the logo below the product's address.
    pub(crate) logo_path: Option<String>,
    pub(crate) accent: String,
    pub(crate) on_accent: String,
    /// Whether our name stands below the mail.
    pub(crate) is_ours: bool,
    #[serde(skip)]
    pub(crate) subject: Option<String>,
    pub(crate) body: Vec<String>,
    pub(crate) signature: Vec<String>,
}

impl MailBrand {
    /// The look of a workspace's mail; `fill` puts names into its own words.
    pub(crate) fn of(row: BrandingRow, workspace: &str, fill: impl Fn(&str) -> String) -> Self {
        let own = may_white_label(&row.tier);
        let shades = row.accent.as_deref().and_then(palette::of).map(|palette| palette.light);
        let lines = |text: Option<String>| {
            let text = text.filter(|_| own).map(|text| fill(&text)).unwrap_or_default();
            text.lines().map(str::to_owned).collect::<Vec<_>>()
        };
        let (accent, on_accent) = shades
            .map_or_else(|| (OUR_ACCENT.to_owned(), OUR_TEXT.to_owned()), |shades| (shades.accent, shades.on_accent));
        Self {
            name: Some(workspace.to_owned()),
            logo_path: row.logo_id.map(logo_path),
            accent,
            on_accent,
            is_ours: !(row.is_white_label && own),
            subject: row.invite_subject.filter(|_| own).map(|text| fill(&text)),
            body: lines(row.invite_body),
            signature: lines(row.signature),
        }
    }
}

const OUR_ACCENT: &str = "#3f4cc9";
const OUR_TEXT: &str = "#ffffff";

fn may_white_label(tier: &str) -> bool {
    tier.parse::<Tier>().is_ok_and(Tier::has_white_label)
}

fn logo_path(id: Uuid) -> String {
    format!("/b/{id}")
}
