//! Who acts, and the transaction that is bound to that actor's workspace.
//!
//! Row-level security shows a [`TenantTx`] the rows of one workspace and nothing else. Queries on tenant tables take
//! `&mut TenantTx`, so a query outside of a workspace does not compile.

use std::{
    collections::BTreeSet,
    ops::{Deref, DerefMut},
};

use ledgerline_jobs::{EnqueueError, Enqueued, Job, Options};
use loco_rs::app::AppContext;
use serde::{Deserialize, Serialize};
use sqlx::{PgConnection, PgPool, Postgres, Transaction};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{Ledgerline, error::Result, wake::Wake};

/// What a member may do in a workspace, from least to most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Does the daily work.
    Member,
    /// Runs the workspace: settings, invitations.
    Manager,
    /// Decides who belongs to it.
    Owner,
}

impl Role {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Manager => "manager",
            Self::Owner => "owner",
        }
    }
}

impl std::str::FromStr for Role {
    type Err = UnknownRole;

    fn from_str(role: &str) -> std::result::Result<Self, UnknownRole> {
        match role {
            "member" => Ok(Self::Member),
            "manager" => Ok(Self::Manager),
            "owner" => Ok(Self::Owner),
            other => Err(UnknownRole(other.to_owned())),
        }
    }
}

/// A role that the database knows and this release does not.
#[derive(Debug, thiserror::Error)]
#[error("unknown role `{0}`")]
pub struct UnknownRole(String);

/// Who acts in a workspace.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The workspace.
    pub workspace_id: Uuid,
    /// Person or job.
    pub who: Who,
    /// The request that caused it, for the audit log and the jobs it asks for.
    pub request_id: Option<String>,
}

/// Person or job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// A logged-in member.
    User(Uuid, Role),
    /// A running job.
    Job(Uuid),
    /// A client in the portal.
    Client(Visit),
}

/// What a client sees of a workspace: one engagement, that is a proposal and, once it is approved, its project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visit {
    /// The engagement.
    pub proposal_id: Uuid,
    /// Its project.
    pub project_id: Option<Uuid>,
    /// Whom it is for.
    pub client_id: Uuid,
    /// The person whom the link was sent to.
    pub contact_id: Uuid,
    /// What that person may do.
    pub access: Access,
}

/// What a contact may do in the portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// All of it.
    Full,
    /// Look, talk, and decide on work and proposals.
    Review,
    /// Look, talk and pay.
    Billing,
    /// Look and talk.
    View,
}

impl Access {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Review => "review",
            Self::Billing => "billing",
            Self::View => "view",
        }
    }

    /// Whether approving, declining and asking for revisions is theirs.
    #[must_use]
    pub const fn decides(self) -> bool {
        matches!(self, Self::Full | Self::Review)
    }

    /// Whether paying is theirs.
    #[must_use]
    pub const fn pays(self) -> bool {
        matches!(self, Self::Full | Self::Billing)
    }
}

impl std::str::FromStr for Access {
    type Err = UnknownAccess;

    fn from_str(access: &str) -> std::result::Result<Self, UnknownAccess> {
        match access {
            "full" => Ok(Self::Full),
            "review" => Ok(Self::Review),
            "billing" => Ok(Self::Billing),
            "view" => Ok(Self::View),
            other => Err(UnknownAccess(other.to_owned())),
        }
    }
}

/// An access that the database knows and this release does not.
#[derive(Debug, thiserror::Error)]
#[error("unknown access `{0}`")]
pub struct UnknownAccess(String);

impl Actor {
    /// A running job that enters its workspace.
    #[must_use]
    pub const fn job(workspace_id: Uuid, job_id: Uuid, request_id: Option<String>) -> Self {
        Self { workspace_id, who: Who::Job(job_id), request_id }
    }

    /// The person, when it is one.
    #[must_use]
    pub const fn user_id(&self) -> Option<Uuid> {
        match self.who {
            Who::User(id, _) => Some(id),
            Who::Job(_) | Who::Client(_) => None,
        }
    }

    /// What they see, when it is a client in the portal.
    #[must_use]
    pub const fn visit(&self) -> Option<&Visit> {
        match &self.who {
            Who::Client(visit) => Some(visit),
            Who::User(..) | Who::Job(_) => None,
        }
    }
}

/// A transaction bound to the workspace of its actor. Dropping it without [`TenantTx::commit`] undoes all of it.
pub struct TenantTx {
    tx: Transaction<'static, Postgres>,
    actor: Actor,
    wake: Option<Wake>,
    asked: bool,
    told: BTreeSet<Uuid>,
}

impl TenantTx {
    /// Begins on behalf of a request.
    ///
    /// # Errors
    /// When Postgres cannot be reached.
    pub async fn begin(ctx: &AppContext, actor: &Actor) -> Result<Self> {
        let ledgerline = Ledgerline::of(ctx);
        Ok(Self::begin_on(&ledgerline.databases.app, actor).await?.waking(&ledgerline.wake))
    }

    /// Begins on a given pool: handlers of jobs use the engine's.
    ///
    /// # Errors
    /// When Postgres cannot be reached.
    pub async fn begin_on(pool: &PgPool, actor: &Actor) -> Result<Self> {
        Self::bind(pool.begin().await?, actor.clone()).await
    }

    /// Binds a transaction that has already begun to a workspace: sign-up makes user and workspace in one.
    ///
    /// # Errors
    /// When Postgres cannot be reached.
    pub async fn bind(mut tx: Transaction<'static, Postgres>, actor: Actor) -> Result<Self> {
        let text = |id: Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
        let job = match actor.who {
            Who::Job(id) => Some(id),
            Who::User(..) | Who::Client(_) => None,
        };
        let visit = actor.visit();
        sqlx::query!(
            "select set_config('ledgerline.workspace', $1, true) as a, set_config('ledgerline.user', $2, true) as b,
               set_config('ledgerline.request', $3, true) as c, set_config('ledgerline.job', $4, true) as d,
               set_config('ledgerline.portal', $5, true) as e, set_config('ledgerline.portal_project', $6, true) as f,
               set_config('ledgerline.portal_client', $7, true) as g",
            actor.workspace_id.to_string(),
            text(actor.user_id()),
            actor.request_id.as_deref().unwrap_or_default(),
            text(job),
            text(visit.map(|visit| visit.proposal_id)),
            text(visit.and_then(|visit| visit.project_id)),
            text(visit.map(|visit| visit.client_id)),
        )
        .fetch_one(&mut *tx)
        .await?;
        Ok(Self { tx, actor, wake: None, asked: false, told: BTreeSet::new() })
    }

    /// Announces through `wake`, after the commit, that work was asked for and that something happened in a project.
    #[must_use]
    pub fn waking(mut self, wake: &Wake) -> Self {
        self.wake = Some(wake.clone());
        self
    }

    /// Asks for a job: it is there exactly when this transaction commits.
    ///
    /// # Errors
    /// When Postgres refuses.
    pub async fn enqueue<J: Job>(&mut self, job: &J) -> Result<Enqueued, EnqueueError> {
        self.enqueue_with(job, &Options::default()).await
    }

    /// [`TenantTx::enqueue`] with options.
    ///
    /// # Errors
    /// When Postgres refuses, or the batch is closed.
    pub async fn enqueue_with<J: Job>(&mut self, job: &J, options: &Options) -> Result<Enqueued, EnqueueError> {
        self.asked = true;
        ledgerline_jobs::enqueue_with(&mut self.tx, job, options).await
    }

    /// Something happens in a project: those who watch it look at once, when this transaction commits.
    pub fn tell(&mut self, project_id: Uuid) {
        self.told.insert(project_id);
    }

    /// Who acts.
    #[must_use]
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The workspace all queries see.
    #[must_use]
    pub const fn workspace_id(&self) -> Uuid {
        self.actor.workspace_id
    }

    /// Makes it all true.
    ///
    /// # Errors
    /// When Postgres refuses or cannot be reached; then nothing has happened.
    pub async fn commit(self) -> Result<()> {
        self.tx.commit().await?;
        let Some(wake) = self.wake else { return Ok(()) };
        if self.asked {
            wake.nudge();
        }
        if !self.told.is_empty() {
            wake.tell(self.told);
        }
        Ok(())
    }
}

impl Deref for TenantTx {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.tx
    }
}

impl DerefMut for TenantTx {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.tx
    }
}
