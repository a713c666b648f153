//! Mails a link. Its token is minted when the mail is written, and stands nowhere else.

use include_dir::{Dir, include_dir};
use ledgerline_jobs::{JobId, portal::SendPortalLink};
use loco_rs::app::AppContext;
use sqlx::PgConnection;
use uuid::Uuid;

use super::queries::{self, LinkRow};
use crate::{
    Ledgerline,
    access::{Permission, authorize},
    accounts::attempts,
    audit,
    branding::{self, view::MailBrand},
    error::{Error, Result},
    mail::{Mail, send::Letter},
    settings::Settings,
    tenant::{Actor, TenantTx},
    tokens::Token,
};

static TEMPLATE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src/mail/templates/portal_link");

/// Asks for one more mail with this link. Earlier mails stay good.
///
/// # Errors
/// 404, 409 `link_revoked`, `link_expired` or `proposal_not_sent`, 429.
pub async fn send(ctx: &AppContext, actor: &Actor, proposal_id: Uuid, id: Uuid) -> Result<LinkRow> {
    authorize(actor, Permission::WorkWithClients)?;
    let mut tx = TenantTx::begin(ctx, actor).await?;
    let link = living(&mut tx, proposal_id, id).await?;
    if link.expired {
        return Err(Error::conflict("link_expired", "This link has run out. Give it more time first."));
    }
    let engagement = queries::engagement(&mut tx, proposal_id).await?.ok_or_else(Error::not_found)?;
    if !engagement.is_shown {
        return Err(not_sent());
    }
    drop(tx);
    take(&Ledgerline::of(ctx), actor).await?;
    let mut tx = TenantTx::begin(ctx, actor).await?;
    if !queries::lock_living(&mut tx, proposal_id, id).await? {
        return Err(revoked());
    }
    tx.enqueue(&SendPortalLink { link_id: id }).await?;
    audit::record(&mut tx, "portal_links.send", ("portal_link", id), serde_json::json!({})).await?;
    audit::event(&mut tx, "portal_link_sent", ("proposal", proposal_id), serde_json::json!({ "linkId": id })).await?;
    tx.commit().await?;
    Ok(link)
}

/// Takes one mail of what the workspace may send.
pub(crate) async fn take(ledgerline: &Ledgerline, actor: &Actor) -> Result<()> {
    let limit = ledgerline.settings.limits.portal_mail_per_workspace;
    attempts::take(&ledgerline.databases.app, "portal_mail", &actor.workspace_id.to_string(), limit).await
}

/// The link, unless it is revoked.
pub(super) async fn living(tx: &mut TenantTx, proposal_id: Uuid, id: Uuid) -> Result<LinkRow> {
    let link = queries::find(tx, proposal_id, id).await?.ok_or_else(Error::not_found)?;
    if link.revoked_at.is_some() { Err(revoked()) } else { Ok(link) }
}

pub(super) fn revoked() -> Error {
    Error::conflict("link_revoked", "This link was revoked for good. Give the person a new one.")
}

pub(super) fn not_sent() -> Error {
    Error::conflict("proposal_not_sent", "The proposal is a draft, so there is nothing to see yet. Send it first.")
}

impl Letter for SendPortalLink {
    /// `None` when the link lets nobody in any more.
    async fn write(&self, conn: &mut PgConnection, settings: &Settings, id: JobId) -> Result<Option<Mail>> {
        let token = Token::mint()?;
        let Some(link) = queries::mint_token(conn, self.link_id, &token.hash()).await? else { return Ok(None) };
        let fill = |text: &str| {
            let filled = text.replace("{workspace}", &link.workspace_name).replace("{title}", &link.title);
            filled.replace("{name}", &link.name)
        };
        let brand = MailBrand::of(branding::queries::of_link(conn, self.link_id).await?, &link.workspace_name, fill);
        let words = serde_json::json!({
            "brand": brand,
            "base_url": settings.base_url.trim_end_matches('/'),
            "workspace": link.workspace_name,
            "name": link.name,
            "title": link.title,
            "has_code": link.has_code,
            "expires": link.expires_at.format("%-d %B %Y").to_string(),
            "link": settings.link(&format!("/l/{}", token.reveal())),
        });
        let mut mail = Mail::render(&TEMPLATE, &words, id, &link.email, Some(&link.name))?;
        mail.from_name = Some(link.workspace_name.clone());
        if let Some(subject) = brand.subject {
            mail.subject = subject.split_whitespace().collect::<Vec<_>>().join(" ");
        }
        Ok(Some(mail))
    }
}
