//! An import as it goes on, for whoever watches.

use std::{convert::Infallible, time::Duration};

use axum::response::{Response, sse::Event};
use loco_rs::app::AppContext;
use tokio::time::Instant;
use uuid::Uuid;

use super::{
    queries,
    view::{ImportView, State},
};
use crate::{
    Ledgerline,
    access::{Permission, authorize},
    accounts::{
        listening::{CHECK, may_listen},
        session::Session,
    },
    error::{Error, Result},
    http::streams,
    tenant::{Actor, TenantTx, Who},
};

/// Pause between two looks.
const PAUSE: Duration = Duration::from_millis(500);

/// The stream: the import as it is, then again whenever its numbers change, until it is over and suggests all that it will,
/// or whoever listens no longer may.
///
/// # Errors
/// 404.
pub async fn watch(ctx: AppContext, actor: Actor, session: Session, id: Uuid) -> Result<Response> {
    // the first look is outside, so that a foreign import is a 404 and no empty stream
    let mut import = Some(look(&ctx, &actor, id).await?);
    let ledgerline = Ledgerline::of(&ctx);
    let stream = async_stream::stream! {
        let mut checked = Instant::now();
        let mut shown = None;
        let mut number: u64 = 0;
        loop {
            if let Some(import) = import.take() {
                if shown.as_ref() != Some(&numbers(&import)) {
                    shown = Some(numbers(&import));
                    number += 1;
                    match Event::default().id(number.to_string()).event("import").json_data(&import) {
                        Ok(event) => yield Ok::<_, Infallible>(event),
                        Err(error) => {
                            tracing::error!(error = %error, "an import could not be written as JSON");
                            break;
                        }
                    }
                }
                if import.state.is_over() && !import.suggesting {
                    break;
                }
            }
            tokio::select! {
                () = ledgerline.stopping.cancelled() => break,
                () = tokio::time::sleep(PAUSE) => {}
            }
            if checked.elapsed() >= CHECK {
                if !may_listen(&ledgerline, &session, |now| may_see(now, &actor)).await {
                    break;
                }
                checked = Instant::now();
            }
            // an outage of the database is ridden out: the next look may see again
            import = look(&ctx, &actor, id).await.ok();
        }
    };
    Ok(streams::answer(stream))
}

/// Whether the session still stands in the import's workspace, with a role that may see it.
fn may_see(now: &Session, actor: &Actor) -> bool {
    now.workspace.as_ref().filter(|workspace| workspace.id == actor.workspace_id).is_some_and(|workspace| {
        let now = Actor { who: Who::User(now.user_id, workspace.role), ..actor.clone() };
        authorize(&now, Permission::ImportClients).is_ok()
    })
}

async fn look(ctx: &AppContext, actor: &Actor, id: Uuid) -> Result<ImportView> {
    let mut tx = TenantTx::begin(ctx, actor).await?;
    queries::find(&mut tx, id).await?.ok_or_else(Error::not_found)?.try_into()
}

/// State, rows, rows done, whether the speed is known and whether suggestions are looked for; for undoing, rows done and
/// whether the speed is known.
type Numbers = (State, Option<i64>, i64, [bool; 2], Option<(i64, bool)>);

/// What counts as a change; the speed counts only when it is lost.
fn numbers(import: &ImportView) -> Numbers {
    let undo = import.undo.as_ref().map(|undo| (undo.processed_rows, undo.rows_per_second.is_some()));
    let flags = [import.rows_per_second.is_some(), import.suggesting];
    (import.state, import.total_rows, import.processed_rows, flags, undo)
}
