//! Accepts an invitation: as the logged-in user, with the password of the address's account, or with a new account.

use axum::http::StatusCode;
use uuid::Uuid;

use super::{preview, queries};
use crate::{
    Ledgerline,
    accounts::{
        attempts, queries as accounts,
        session::{self, CurrentSession},
    },
    audit,
    error::{Error, FieldError, Result},
    http::extract::Peer,
    input::Checks,
    tenant::{Actor, TenantTx, Who},
    tokens::Token,
};

/// Joins the workspace and opens a session in it.
///
/// # Errors
/// 401 `wrong_credentials`, 409 `signed_in_as_other`, 422 `invalid_token` or for fields, 429.
pub async fn accept(
    ledgerline: &Ledgerline,
    token: &str,
    name: Option<&str>,
    password: Option<String>,
    before: &CurrentSession,
    peer: Peer,
    request_id: &str,
) -> Result<Token> {
    let (token, open) = preview::preview(ledgerline, token, peer).await?;
    let role = open.role.parse().map_err(Error::internal)?;
    let (user_id, account) = match (&before.0, open.user_id) {
        // the link went to this user's address, and this is this user
        (Some(session), Some(invited)) if session.user_id == invited => (invited, None),
        (Some(_), _) => {
            return Err(Error::conflict(
                "signed_in_as_other",
                "You are logged in with another email address than the invitation went to. Log out first.",
            ));
        }
        (None, Some(invited)) => (check_password(ledgerline, &open.email, password, invited, peer).await?, None),
        (None, None) => {
            let mut checks = Checks::new();
            let name = checks.required("name", "The name", name.unwrap_or_default(), 255);
            let password = password.unwrap_or_default();
            checks.password("password", &password);
            checks.done()?;
            (Uuid::now_v7(), Some((name, ledgerline.hasher.hash(password).await?)))
        }
    };

    let mut tx = ledgerline.databases.app.begin().await?;
    if let Some((name, hash)) = account {
        match accounts::create_user(&mut tx, user_id, &open.email, &name, &hash).await {
            Err(error) if error.code == "email_taken" => {
                // the transaction has failed: its connection goes back before another one is asked for
                drop(tx);
                return Err(taken_meanwhile(ledgerline, &token).await);
            }
            created => created?,
        }
    }
    let actor = Actor {
        workspace_id: open.workspace_id,
        who: Who::User(user_id, role),
        request_id: Some(request_id.to_owned()),
    };
    let mut tx = TenantTx::bind(tx, actor).await?;
    queries::accept(&mut tx, &token.hash(), user_id).await?.ok_or_else(preview::invalid_token)?;
    let subject = ("invitation", open.invitation_id);
    audit::record(&mut tx, "invitations.accept", subject, serde_json::json!({ "role": role })).await?;
    audit::event(&mut tx, "member_joined", ("user", user_id), serde_json::json!({ "role": role })).await?;
    let token = session::open(&mut tx, user_id, Some(open.workspace_id), before).await?;
    attempts::signed_in(&mut tx, user_id, &open.email, peer).await?;
    tx.commit().await?;
    Ok(token)
}

/// The address got an account since the invitation was looked at: through this invitation, which is used up then, or
/// by signing up.
async fn taken_meanwhile(ledgerline: &Ledgerline, token: &Token) -> Error {
    match queries::open(&ledgerline.databases.app, &token.hash()).await {
        Ok(Some(_)) => password_required(),
        Ok(None) => preview::invalid_token(),
        Err(error) => error,
    }
}

fn password_required() -> Error {
    let message = "This address has an account. Enter its password.";
    Error::invalid(vec![FieldError::new("password", "required", message)])
}

/// Holding the link proves that one reads the mails of the address, not that one owns its account.
async fn check_password(
    ledgerline: &Ledgerline,
    email: &str,
    password: Option<String>,
    invited: Uuid,
    peer: Peer,
) -> Result<Uuid> {
    let Some(password) = password.filter(|password| !password.is_empty()) else { return Err(password_required()) };
    attempts::take_login(ledgerline, email, peer).await?;
    let account =
        accounts::credentials(&ledgerline.databases.app, email).await?.filter(|account| account.user_id == invited);
    let hash = account.map(|account| account.password_hash);
    if !ledgerline.hasher.verify(password, hash).await? {
        return Err(Error::new(
            StatusCode::UNAUTHORIZED,
            "wrong_credentials",
            "This is not the password of the account.",
        )
        .with_field(FieldError::new("password", "wrong", "This is not the password of the account.")));
    }
    Ok(invited)
}
