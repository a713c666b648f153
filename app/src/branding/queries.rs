//! Every statement of the slice.

use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::{error::Result, tenant::TenantTx};

/// How a workspace looks.
#[derive(Clone, Debug, Default)]
pub struct BrandingRow {
    pub accent: Option<String>,
    pub logo_id: Option<Uuid>,
    pub welcome: Option<String>,
    pub invite_subject: Option<String>,
    pub invite_body: Option<String>,
    pub signature: Option<String>,
    pub is_white_label: bool,
    pub version: i32,
    pub tier: String,
}

/// The transaction's workspace; as we look when it never said how.
pub(super) async fn find(tx: &mut TenantTx) -> Result<BrandingRow> {
    Ok(sqlx::query_as!(
        BrandingRow,
        r#"select b.accent as "accent?", b.logo_id as "logo_id?", b.welcome as "welcome?",
             b.invite_subject as "invite_subject?", b.invite_body as "invite_body?", b.signature as "signature?",
             coalesce(b.is_white_label, false) as "is_white_label!", coalesce(b.version, 0) as "version!", w.tier
           from workspaces w left join brandings b on b.workspace_id = w.id where w.id = current_workspace()"#
    )
    .fetch_one(&mut **tx)
    .await?)
}

/// The same, and nobody else changes it until the end of the transaction.
pub(super) async fn lock(tx: &mut TenantTx) -> Result<BrandingRow> {
    sqlx::query!(
        "insert into brandings (workspace_id, updated_at) values (current_workspace(), app_now())
         on conflict (workspace_id) do update set updated_at = excluded.updated_at"
    )
    .execute(&mut **tx)
    .await?;
    find(tx).await
}

pub(super) async fn update(tx: &mut TenantTx, row: &BrandingRow) -> Result<()> {
    sqlx::query!(
        "update brandings set accent = $1, welcome = $2, invite_subject = $3, invite_body = $4, signature = $5,
           is_white_label = $6, version = version + 1, updated_at = app_now()
         where workspace_id = current_workspace()",
        row.accent,
        row.welcome,
        row.invite_subject,
        row.invite_body,
        row.signature,
        row.is_white_label,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A stored logo.
#[derive(Clone, Debug)]
pub(super) struct NewLogo<'a> {
    pub(super) id: Uuid,
    pub(super) content_type: &'a str,
    pub(super) bytes: i32,
}

pub(super) async fn set_logo(tx: &mut TenantTx, logo: Option<&NewLogo<'_>>) -> Result<()> {
    sqlx::query!(
        "update brandings set logo_id = $1, logo_type = $2, logo_bytes = $3, version = version + 1, updated_at = app_now()
         where workspace_id = current_workspace()",
        logo.map(|logo| logo.id),
        logo.map(|logo| logo.content_type),
        logo.map(|logo| logo.bytes),
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Where a logo stands, and what it is.
pub(super) struct LogoRow {
    pub(super) workspace_id: Uuid,
    pub(super) content_type: String,
    pub(super) bytes: i32,
}

pub(super) async fn logo(app: &PgPool, id: Uuid) -> Result<Option<LogoRow>> {
    Ok(sqlx::query_as!(
        LogoRow,
        r#"select workspace_id as "workspace_id!", content_type as "content_type!", bytes as "bytes!" from auth.logo($1)"#,
        id
    )
    .fetch_optional(app)
    .await?)
}

/// How the mail of a link looks and what it says; as ours when the workspace never said how.
pub(crate) async fn of_link(conn: &mut PgConnection, link_id: Uuid) -> Result<BrandingRow> {
    let found = sqlx::query_as!(
        BrandingRow,
        r#"select accent as "accent?", logo_id as "logo_id?", null as "welcome: String",
             invite_subject as "invite_subject?", invite_body as "invite_body?", signature as "signature?",
             is_white_label as "is_white_label!", 0 as "version!", tier as "tier!"
           from auth.branding_of_link($1)"#,
        link_id
    );
    Ok(found.fetch_optional(conn).await?.unwrap_or_default())
}
