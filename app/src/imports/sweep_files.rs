//! Removes stored files that nobody needs any more: what an upload left behind when its process died, and the files and
//! rejected rows of imports that ended long ago. What has begun and was cut off is found again by the next run, since
//! the file goes last.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use futures::TryStreamExt as _;
use ledgerline_jobs::engine::{outcome::Outcome, run::Run};
use sqlx::PgPool;
use uuid::Uuid;

use super::{queries, upload};
use crate::{
    Ledgerline, audit,
    error::{Error, Result},
    storage::{Storage, StoredFile},
    tenant::{Actor, TenantTx},
};

/// An upload takes minutes; after this long without an import there will be none.
const ABANDONED: TimeDelta = TimeDelta::hours(24);
/// Files removed by one run; the rest is left to the next.
const MOST: usize = 1_000;
/// Files looked up with one statement.
const LOOKED_UP: usize = 500;
/// Rejected rows deleted with one statement.
const REJECTS: u32 = 10_000;

/// See the module.
///
/// # Errors
/// When storage or Postgres fail; the attempt can be repeated.
pub async fn sweep(ledgerline: &Ledgerline, engine: &PgPool, run: &Run) -> Result<Outcome> {
    let now: DateTime<Utc> = sqlx::query_scalar!(r#"select app_now() as "now!""#).fetch_one(engine).await?;
    let storage = &ledgerline.storage;
    let cut_off = storage.remove_cut_off(upload::FOLDER, now - ABANDONED, MOST).await.map_err(Error::internal)?;
    let kept = TimeDelta::days(ledgerline.settings.imports.files_kept_days.into());
    let mut sweep = Sweep { storage, engine, run, now, kept, left: MOST - cut_off, without_import: 0, expired: 0 };
    let mut files = storage.list(upload::FOLDER);
    let mut found = Vec::new();
    loop {
        let file = files.try_next().await.map_err(Error::internal)?;
        let is_last = file.is_none();
        found.extend(file.and_then(Found::from_stored));
        if is_last || found.len() >= LOOKED_UP {
            sweep.look_up(std::mem::take(&mut found)).await?;
        }
        if is_last || sweep.left == 0 {
            break;
        }
    }
    let Sweep { without_import, expired, .. } = sweep;
    run.log(
        "info",
        format!(
            "removed {cut_off} parts of uploads, {without_import} files without an import, {expired} of old imports"
        ),
    );
    Ok(Outcome::Done)
}

/// A stored file that is named after its import.
struct Found {
    path: String,
    workspace: Uuid,
    import: Uuid,
    modified: DateTime<Utc>,
}

impl Found {
    /// Whatever has another name was not made by an upload and is left alone.
    fn from_stored(file: StoredFile) -> Option<Self> {
        let (workspace, import) = upload::named(&file.path)?;
        Some(Self { path: file.path, workspace, import, modified: file.modified })
    }
}

struct Sweep<'a> {
    storage: &'a Storage,
    engine: &'a PgPool,
    run: &'a Run,
    now: DateTime<Utc>,
    kept: TimeDelta,
    left: usize,
    without_import: u32,
    expired: u32,
}

impl Sweep<'_> {
    async fn look_up(&mut self, found: Vec<Found>) -> Result<()> {
        let mut workspaces: BTreeMap<Uuid, Vec<Found>> = BTreeMap::new();
        for file in found {
            workspaces.entry(file.workspace).or_default().push(file);
        }
        for (workspace, files) in workspaces {
            let actor = Actor::job(workspace, self.run.id(), None);
            let ids: Vec<Uuid> = files.iter().map(|file| file.import).collect();
            let mut tx = TenantTx::begin_on(self.engine, &actor).await?;
            let known = queries::known_files(&mut tx, &ids).await?;
            drop(tx);
            let known: HashMap<Uuid, Option<DateTime<Utc>>> =
                known.into_iter().map(|import| (import.id, import.finished_at)).collect();
            for file in files {
                if self.left == 0 {
                    return Ok(());
                }
                match known.get(&file.import) {
                    None if file.modified < self.now - ABANDONED => {
                        self.remove(&file).await?;
                        self.without_import += 1;
                    }
                    Some(Some(finished)) if *finished < self.now - self.kept => {
                        self.forget(&actor, file.import).await?;
                        self.remove(&file).await?;
                        self.expired += 1;
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }

    async fn remove(&mut self, file: &Found) -> Result<()> {
        self.storage.delete(&file.path).await.map_err(Error::internal)?;
        self.left -= 1;
        Ok(())
    }

    /// From the first commit on, the import says that its file is gone.
    async fn forget(&self, actor: &Actor, import: Uuid) -> Result<()> {
        let mut tx = TenantTx::begin_on(self.engine, actor).await?;
        if queries::forget_file(&mut tx, import).await? {
            audit::event(&mut tx, "import_file_deleted", ("import", import), serde_json::json!({})).await?;
        }
        tx.commit().await?;
        loop {
            let mut tx = TenantTx::begin_on(self.engine, actor).await?;
            let deleted = queries::delete_rejects(&mut tx, import, REJECTS.into()).await?;
            tx.commit().await?;
            if deleted < u64::from(REJECTS) {
                return Ok(());
            }
        }
    }
}
