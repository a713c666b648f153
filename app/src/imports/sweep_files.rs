//! Removes what nobody needs any more of imports that ended long ago, wherever it stands, and stored files that belong
//! to no import: an upload leaves one behind when its process dies. Imports are found by their rows, not by their files,
//! since a file may be gone. What has begun and was cut off is found again by the next run.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use futures::TryStreamExt as _;
use ledgerline_jobs::{
    engine::{outcome::Outcome, run::Run},
    enqueue,
    imports::SweepFiles,
};
use sqlx::PgPool;
use uuid::Uuid;

use super::{queries, stranded, upload};
use crate::{
    Ledgerline, audit,
    error::{Error, Result},
    storage::{Storage, StoredFile},
    tenant::{Actor, TenantTx},
};

/// An upload takes minutes; after this long without an import there will be none.
const ABANDONED: TimeDelta = TimeDelta::hours(24);
/// Files and imports that one run sees to; another one goes on.
const MOST: usize = 1_000;
/// Files looked up with one statement.
const LOOKED_UP: usize = 500;
/// Rows of rejects, or of what stood in clients before, deleted with one statement.
const REJECTS: u32 = 10_000;

/// See the module. Also sees to imports whose end got lost.
///
/// # Errors
/// When storage or Postgres fail; the attempt can be repeated.
pub async fn sweep(ledgerline: &Ledgerline, engine: &PgPool, run: &Run) -> Result<Outcome> {
    let asked = stranded::ask_again(engine, run).await?;
    let now: DateTime<Utc> = sqlx::query_scalar!(r#"select app_now() as "now!""#).fetch_one(engine).await?;
    let kept = TimeDelta::days(ledgerline.settings.imports.files_kept_days.into());
    let mut sweep = Sweep { storage: &ledgerline.storage, engine, run, left: MOST };
    let expired = sweep.clear(now - kept).await?;
    let parts = sweep.remove_parts(now - ABANDONED).await?;
    let orphans = sweep.remove_orphans(now - ABANDONED).await?;
    run.log(
        "info",
        format!(
            "removed {expired} old imports' files and rejected rows, {parts} parts of uploads, {orphans} files without an import; asked again for the end of {asked} imports"
        ),
    );
    let mut tx = engine.begin().await?;
    if sweep.left == 0 {
        run.log("info", "that is as many as one run may remove: another one goes on with what is left");
        enqueue(&mut tx, &SweepFiles {}).await?;
    }
    run.finish(&mut tx).await.map_err(Error::internal)?;
    tx.commit().await?;
    Ok(Outcome::Settled)
}

/// Forgets what was copied out of a file, and says that it is gone.
pub(super) async fn forget(tx: &mut TenantTx, import: Uuid) -> Result<()> {
    if queries::forget_file(tx, import).await? {
        audit::event(tx, "import_file_deleted", ("import", import), serde_json::json!({})).await?;
    }
    Ok(())
}

/// A stored file that is named after its import.
struct Stored {
    path: String,
    workspace: Uuid,
    import: Uuid,
}

impl Stored {
    /// Whatever has another name was not made by an upload and is left alone.
    fn from_file(file: StoredFile) -> Option<Self> {
        let (workspace, import) = upload::named(&file.path)?;
        Some(Self { path: file.path, workspace, import })
    }
}

struct Sweep<'a> {
    storage: &'a Storage,
    engine: &'a PgPool,
    run: &'a Run,
    left: usize,
}

impl Sweep<'_> {
    async fn begin(&self, workspace: Uuid) -> Result<TenantTx> {
        TenantTx::begin_on(self.engine, &Actor::job(workspace, self.run.id(), None)).await
    }

    /// Clears imports that ended before a time; answers how many.
    async fn clear(&mut self, ended_before: DateTime<Utc>) -> Result<usize> {
        let most = i32::try_from(self.left).map_err(Error::internal)?;
        let found = queries::to_clear(self.engine, ended_before, most).await?;
        for import in &found {
            self.clear_one(*import, ended_before).await?;
            self.left -= 1;
        }
        Ok(found.len())
    }

    /// From the first commit on, the import says that its file is gone; with the last, it is not found again.
    async fn clear_one(&self, found: queries::Found, ended_before: DateTime<Utc>) -> Result<()> {
        let queries::Found { workspace_id: workspace, import_id: id } = found;
        let mut tx = self.begin(workspace).await?;
        let Some(import) = queries::lock(&mut tx, id).await? else { return Ok(()) };
        // a chunk that an operator brought back may have ended it anew
        if import.state == "undoing" || import.finished_at.is_none_or(|ended| ended >= ended_before) {
            return Ok(());
        }
        forget(&mut tx, id).await?;
        tx.commit().await?;
        loop {
            let mut tx = self.begin(workspace).await?;
            let deleted = queries::delete_rejects(&mut tx, id, REJECTS.into()).await?;
            tx.commit().await?;
            if deleted < u64::from(REJECTS) {
                break;
            }
        }
        for path in [&import.storage_path, &upload::text_path(&import.storage_path)] {
            self.storage.delete(path).await?;
        }
        loop {
            let mut tx = self.begin(workspace).await?;
            let deleted = queries::delete_updates(&mut tx, id, REJECTS.into()).await?;
            tx.commit().await?;
            if deleted < u64::from(REJECTS) {
                break;
            }
        }
        let mut tx = self.begin(workspace).await?;
        queries::cleared(&mut tx, id).await?;
        tx.commit().await
    }

    /// Removes what interrupted uploads have left half; answers how much.
    async fn remove_parts(&mut self, before: DateTime<Utc>) -> Result<usize> {
        if self.left == 0 {
            return Ok(0);
        }
        let removed = self.storage.remove_cut_off(upload::FOLDER, before, self.left).await?;
        self.left -= removed;
        Ok(removed)
    }

    /// Removes files that no import has; answers how many.
    async fn remove_orphans(&mut self, before: DateTime<Utc>) -> Result<usize> {
        let mut removed = 0;
        let mut files = self.storage.list(upload::FOLDER);
        let mut stored = Vec::new();
        while self.left > 0 {
            let file = files.try_next().await.map_err(Error::internal)?;
            let is_last = file.is_none();
            stored.extend(file.filter(|file| file.modified < before).and_then(Stored::from_file));
            if is_last || stored.len() >= LOOKED_UP {
                removed += self.remove_unknown(std::mem::take(&mut stored)).await?;
            }
            if is_last {
                break;
            }
        }
        Ok(removed)
    }

    async fn remove_unknown(&mut self, stored: Vec<Stored>) -> Result<usize> {
        let mut removed = 0;
        let mut workspaces: BTreeMap<Uuid, Vec<Stored>> = BTreeMap::new();
        for file in stored {
            workspaces.entry(file.workspace).or_default().push(file);
        }
        for (workspace, files) in workspaces {
            let ids: Vec<Uuid> = files.iter().map(|file| file.import).collect();
            let mut tx = self.begin(workspace).await?;
            let known: HashSet<Uuid> = queries::with_file(&mut tx, &ids).await?.into_iter().collect();
            drop(tx);
            for file in files.iter().filter(|file| !known.contains(&file.import)).take(self.left) {
                self.storage.delete(&file.path).await?;
                removed += 1;
                self.left -= 1;
            }
        }
        Ok(removed)
    }
}
