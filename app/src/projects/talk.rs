//! Who may write in a project, to whom, and when: the common ground of messages and comments.

use loco_rs::app::AppContext;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    queries::ProjectRow,
    record::{locked, require},
    state::ProjectState,
};
use crate::{
    Ledgerline,
    access::{Permission, authorize},
    accounts::attempts,
    error::{Error, Result},
    tenant::{Actor, TenantTx, Who},
};

/// States in which both sides write. What was written is read in all of them.
const TALKED_IN: &[ProjectState] =
    &[ProjectState::Draft, ProjectState::Open, ProjectState::InProgress, ProjectState::Completed];

/// A side of a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// Members of the workspace.
    Producer,
    /// Whom it is for.
    Client,
}

/// Somebody who writes or reads, as rows name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Person {
    /// Their side.
    pub side: Side,
    /// The user's id, or the contact's.
    pub id: Uuid,
}

impl Side {
    /// As the columns `…_kind` have it.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Producer => "user",
            Self::Client => "client",
        }
    }

    /// As the columns `…_kind` have it.
    #[must_use]
    pub fn of(kind: &str) -> Self {
        if kind == "client" { Self::Client } else { Self::Producer }
    }
}

/// Who acts, when they may talk here: every client, whatever else their access includes, and members who work on projects.
///
/// # Errors
/// 403 `forbidden`.
pub(crate) fn person(actor: &Actor) -> Result<Person> {
    match actor.who {
        Who::User(id, _) => {
            authorize(actor, Permission::WorkOnProjects)?;
            Ok(Person { side: Side::Producer, id })
        }
        Who::Client(visit) => Ok(Person { side: Side::Client, id: visit.contact_id }),
        Who::Job(_) => Err(Error::forbidden("Only people write to each other.")),
    }
}

/// Begins a change of what is said in a project, which is locked.
///
/// # Errors
/// 403, 404, 429 `too_many_attempts`.
pub(crate) async fn begin(ctx: &AppContext, actor: &Actor, project_id: Uuid) -> Result<(TenantTx, ProjectRow, Person)> {
    let person = person(actor)?;
    let ledgerline = Ledgerline::of(ctx);
    let limit = ledgerline.settings.limits.talk_per_person;
    attempts::take(&ledgerline.databases.app, "talk", &person.id.to_string(), limit).await?;
    let mut tx = TenantTx::begin(ctx, actor).await?;
    let project = locked(&mut tx, project_id).await?;
    Ok((tx, project, person))
}

/// Refuses to write in a project that was given up or put away.
///
/// # Errors
/// 409 `wrong_state`.
pub(crate) fn require_open(project: &ProjectRow) -> Result<()> {
    require(project, "Writing", TALKED_IN)
}

/// 409: somebody else has used the id for something else.
pub(crate) fn id_taken() -> Error {
    Error::conflict("id_taken", "This id is taken by something else in this project. Make another one.")
}
