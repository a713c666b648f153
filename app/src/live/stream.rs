//! The events of one who watches a project.

use std::sync::Arc;

use axum::{http::request::Parts, response::sse::Event};
use chrono::{DateTime, Utc};
use futures::Stream;
use loco_rs::app::AppContext;
use serde::Serialize;
use serde_json::json;
use tokio::{
    sync::broadcast::error::RecvError,
    time::{Instant, interval_at},
};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{hub::Hub, queries};
use crate::{
    Ledgerline,
    access::{Permission, authorize},
    accounts::{
        listening::{CHECK, may_listen},
        session::Session,
    },
    error::{Error, Result},
    messages::{self, view::MessageRead},
    portal::visit::{self, Guest},
    projects::timeline::TimelineActor,
    tenant::{Actor, TenantTx, Who},
};

/// Events read with one statement.
const PAGE: u16 = 200;
/// Whoever was away for longer than this many events begins anew.
const REPLAYED: i64 = 2_000;

/// Something that happened in a project. What it was in full is asked for where it belongs.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LiveEvent {
    /// Its number in the project, and the id of the event in the stream.
    pub number: i64,
    /// What happened, such as `message_posted`.
    #[schema(example = "message_posted")]
    pub kind: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Which side did it.
    pub actor: TimelineActor,
    /// What it happened to, such as `message`.
    pub subject: String,
    /// Which one.
    pub subject_id: Uuid,
}

/// Who watches.
pub(super) enum Watcher {
    /// A member of the workspace.
    Member { actor: Actor, session: Session },
    /// Whoever is in the portal, by a request that is asked again from time to time.
    Guest { guest: Guest, request: Box<Parts> },
}

impl Watcher {
    const fn actor(&self) -> &Actor {
        match self {
            Self::Member { actor, .. } => actor,
            Self::Guest { guest, .. } => &guest.actor,
        }
    }

    /// Whether they still may.
    async fn may(&self, ctx: &AppContext) -> bool {
        match self {
            Self::Member { actor, session } => {
                may_listen(&Ledgerline::of(ctx), session, |now| is_member(now, actor)).await
            }
            Self::Guest { guest, request } => visit::is_still(guest, request, ctx).await,
        }
    }
}

/// Whether the session still stands in the project's workspace, with a role that may see it.
fn is_member(now: &Session, actor: &Actor) -> bool {
    now.workspace.as_ref().filter(|workspace| workspace.id == actor.workspace_id).is_some_and(|workspace| {
        let now = Actor { who: Who::User(now.user_id, workspace.role), ..actor.clone() };
        authorize(&now, Permission::WorkOnProjects).is_ok()
    })
}

/// What one look finds.
struct Look {
    events: Vec<LiveEvent>,
    /// Up to which number everything was found.
    seen: i64,
    reads: Vec<MessageRead>,
}

async fn look(ctx: &AppContext, actor: &Actor, project_id: Uuid, heard: i64) -> Result<Look> {
    let mut tx = TenantTx::begin(ctx, actor).await?;
    let last = queries::last(&mut tx, project_id).await?.ok_or_else(Error::not_found)?;
    let (mut events, mut seen) = (Vec::new(), heard);
    // everything up to `last` was committed before, so that nothing can turn up below it later
    while seen < last {
        let found = queries::after(&mut tx, project_id, seen, i64::from(PAGE)).await?;
        let newest = found.last().map_or(seen, |event| event.number);
        seen = if found.len() < usize::from(PAGE) { newest.max(last) } else { newest };
        events.extend(found);
    }
    Ok(Look { events, seen, reads: messages::queries::reads(&mut tx, project_id).await? })
}

/// Where a watcher begins: after the number they heard last, when that can be; else at the end, and they are told so.
fn begin(last: i64, after: Option<i64>) -> (i64, Option<Event>) {
    let told =
        |name: &str| Event::default().event(name).id(last.to_string()).data(json!({ "number": last }).to_string());
    match after {
        None => (last, Some(told("begin"))),
        Some(after) if (0..=last).contains(&after) && last - after <= REPLAYED => (after, None),
        Some(_) => (last, Some(told("reset"))),
    }
}

enum Step {
    News,
    Nothing,
    Check,
    End,
}

/// What a watcher hears who heard everything up to the number `after`: each event once and in order, and who has read the
/// messages, whenever that changes. It ends when the process stops, and when they no longer may.
///
/// # Errors
/// 404.
pub(super) async fn events(
    ctx: AppContext,
    hub: &Arc<Hub>,
    watcher: Watcher,
    project_id: Uuid,
    after: Option<i64>,
) -> Result<impl Stream<Item = Result<Event, axum::Error>> + use<>> {
    let ledgerline = Ledgerline::of(&ctx);
    // before the first look, so that nothing happens unheard in between
    let mut news = hub.join(&ledgerline);
    let mut tx = TenantTx::begin(&ctx, watcher.actor()).await?;
    let last = queries::last(&mut tx, project_id).await?.ok_or_else(Error::not_found)?;
    drop(tx);
    let (mut heard, greeting) = begin(last, after);
    Ok(async_stream::stream! {
        if let Some(greeting) = greeting {
            yield Ok(greeting);
        }
        let mut reads: Option<Vec<MessageRead>> = None;
        let mut check = interval_at(Instant::now() + CHECK, CHECK);
        let mut step = Step::News;
        loop {
            match step {
                Step::Nothing => {}
                // what is announced may be lost, so it is looked for at times, too
                Step::Check if !watcher.may(&ctx).await => break,
                // what cannot be read now is read at the next look
                Step::News | Step::Check => if let Ok(look) = look(&ctx, watcher.actor(), project_id, heard).await {
                    for event in look.events {
                        yield Event::default().event("event").id(event.number.to_string()).json_data(event);
                    }
                    heard = look.seen;
                    if reads.as_ref() != Some(&look.reads) {
                        yield Event::default().event("reads").json_data(json!({ "reads": look.reads }));
                        reads = Some(look.reads);
                    }
                },
                Step::End => break,
            }
            step = tokio::select! {
                () = ledgerline.stopping.cancelled() => Step::End,
                told = news.recv() => match told {
                    Ok(Some(id)) if id != project_id => Step::Nothing,
                    Ok(_) | Err(RecvError::Lagged(_)) => Step::News,
                    Err(RecvError::Closed) => Step::End,
                },
                _ = check.tick() => Step::Check,
            };
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_watcher_goes_on_where_they_were_unless_that_cannot_be() {
        for (after, from, greeted) in [
            (None, 5_000, true),
            (Some(5_000), 5_000, false),
            (Some(4_000), 4_000, false),
            (Some(3_000), 3_000, false),
            (Some(2_999), 5_000, true),
            (Some(5_001), 5_000, true),
            (Some(-1), 5_000, true),
        ] {
            let (heard, greeting) = begin(5_000, after);
            assert_eq!((heard, greeting.is_some()), (from, greeted), "{after:?}");
        }
        assert_eq!(begin(0, Some(0)).0, 0);
    }
}
