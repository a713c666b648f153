//! Another colour, other words.

use loco_rs::app::AppContext;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::{
    palette,
    queries::{self, BrandingRow},
};
use crate::{
    access::{Permission, authorize},
    audit,
    error::{Error, Result},
    input::{Checks, kept, patch},
    tenant::{Actor, TenantTx},
    tiers::Tier,
};

/// A change: fields that are left out stay as they are, null is ours.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BrandingChange {
    /// The version that was read.
    pub version: i32,
    /// A colour as `#rrggbb`.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, required = false)]
    pub accent: Option<Option<String>>,
    /// Greets clients in the portal.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, required = false)]
    pub welcome: Option<Option<String>>,
    /// Subject of the mail that brings a link. `{name}`, `{title}` and `{workspace}` are filled in.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, required = false)]
    pub invite_subject: Option<Option<String>>,
    /// Text of that mail, above the button, with the same to be filled in.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, required = false)]
    pub invite_body: Option<Option<String>>,
    /// End of that mail, with the same to be filled in.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, required = false)]
    pub signature: Option<Option<String>>,
    /// Whether our name is kept from clients.
    #[serde(default, deserialize_with = "kept")]
    #[schema(value_type = bool, required = false)]
    pub is_white_label: Option<bool>,
}

impl BrandingChange {
    /// Whether it is about what only a tier with white label shows; taking that away is always free.
    fn wants_white_label(&self) -> bool {
        let words = [&self.welcome, &self.invite_subject, &self.invite_body, &self.signature];
        self.is_white_label == Some(true) || words.iter().any(|text| matches!(text, Some(Some(_))))
    }
}

/// Changes how the workspace looks.
///
/// # Errors
/// 403 for members, or `tier_required`; 409 `stale_version`; 422.
pub async fn change(ctx: &AppContext, actor: &Actor, change: BrandingChange) -> Result<BrandingRow> {
    authorize(actor, Permission::ChangeWorkspace)?;
    let mut tx = TenantTx::begin(ctx, actor).await?;
    let before = queries::find(&mut tx).await?;
    if before.version != change.version {
        return Err(stale());
    }
    let wants = change.wants_white_label();
    let mut checks = Checks::new();
    let accent = match change.accent {
        None => before.accent.clone(),
        Some(accent) => accent.map(|accent| accent.trim().to_ascii_lowercase()).filter(|accent| !accent.is_empty()),
    };
    if accent.as_deref().is_some_and(|accent| palette::of(accent).is_none()) {
        checks.wrong("accent", "invalid", "Use a colour as six hexadecimal digits, such as #3f4cc9.");
    }
    let mut words = |field: &str, label: &str, new: Option<Option<String>>, old: &Option<String>, max: usize| match new
    {
        None => old.clone(),
        Some(new) => checks.text(field, label, new.as_deref(), max).filter(|text| !text.is_empty()),
    };
    let welcome = words("welcome", "The greeting", change.welcome, &before.welcome, 500);
    let invite_subject = words("inviteSubject", "The subject", change.invite_subject, &before.invite_subject, 200);
    let invite_body = words("inviteBody", "The text", change.invite_body, &before.invite_body, 4_000);
    let signature = words("signature", "The signature", change.signature, &before.signature, 1_000);
    if invite_subject.as_deref().is_some_and(|subject| subject.contains(['\n', '\r'])) {
        checks.wrong("inviteSubject", "invalid", "A subject is one line.");
    }
    checks.done()?;
    if wants && !before.tier.parse::<Tier>().is_ok_and(Tier::has_white_label) {
        let detail =
            "Your own words and white label come with Pro Engineer. Logo and colour are yours with every plan.";
        return Err(Error::new(axum::http::StatusCode::FORBIDDEN, "tier_required", detail));
    }
    let is_white_label = change.is_white_label.unwrap_or(before.is_white_label);
    let row = BrandingRow { accent, welcome, invite_subject, invite_body, signature, is_white_label, ..before };
    let locked = queries::lock(&mut tx).await?;
    // its first change makes the row, with version 1
    if locked.version.max(1) != change.version.max(1) {
        return Err(stale());
    }
    queries::update(&mut tx, &row).await?;
    let workspace = tx.workspace_id();
    let data = json!({ "accent": row.accent, "isWhiteLabel": row.is_white_label });
    audit::record(&mut tx, "branding.update", ("workspace", workspace), data).await?;
    let row = queries::find(&mut tx).await?;
    tx.commit().await?;
    Ok(row)
}

fn stale() -> Error {
    Error::conflict("stale_version", "Someone has changed this meanwhile. Load it again, then make your change.")
}
