//! Removes uploads that nobody goes on with, and stored pieces that no upload knows of: a process that dies between
//! storing a piece and writing it down leaves one behind.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use futures::TryStreamExt as _;
use ledgerline_jobs::{
    engine::{outcome::Outcome, run::Run},
    enqueue,
    files::SweepUploads,
};
use sqlx::PgPool;
use uuid::Uuid;

use super::{FOLDER, queries};
use crate::{
    Ledgerline,
    error::{Error, Result},
    tenant::{Actor, TenantTx},
};

/// Uploads, and stored pieces, that one run sees to; another one goes on.
const MOST: usize = 1_000;
/// A piece is written down moments after it was stored.
const ABANDONED: TimeDelta = TimeDelta::hours(24);

/// See the module.
///
/// # Errors
/// When storage or Postgres fail; the attempt can be repeated.
pub async fn sweep(ledgerline: &Ledgerline, engine: &PgPool, run: &Run) -> Result<Outcome> {
    let now: DateTime<Utc> = sqlx::query_scalar!(r#"select app_now() as "now!""#).fetch_one(engine).await?;
    let limit = i64::try_from(MOST).map_err(Error::internal)?;
    let found = queries::run_out(engine, limit).await?;
    for upload in &found {
        remove(ledgerline, engine, run, *upload).await?;
    }
    let parts = ledgerline.storage.remove_cut_off(FOLDER, now - ABANDONED, MOST).await?;
    let orphans = remove_orphans(ledgerline, engine, run, now - ABANDONED).await?;
    run.log("info", format!("removed {} uploads that ran out, {parts} cut off and {orphans} lost pieces", found.len()));
    let mut tx = engine.begin().await?;
    if found.len() == MOST || parts == MOST || orphans == MOST {
        enqueue(&mut tx, &SweepUploads {}).await?;
    }
    run.finish(&mut tx).await.map_err(Error::internal)?;
    tx.commit().await?;
    Ok(Outcome::Settled)
}

async fn begin(engine: &PgPool, run: &Run, workspace: Uuid) -> Result<TenantTx> {
    TenantTx::begin_on(engine, &Actor::job(workspace, run.id(), None)).await
}

async fn remove(ledgerline: &Ledgerline, engine: &PgPool, run: &Run, found: queries::Found) -> Result<()> {
    let mut tx = begin(engine, run, found.workspace_id).await?;
    let paths = queries::paths(&mut tx, found.id).await?;
    // the rows go first: nobody reads a piece that is half gone
    if queries::delete_run_out(&mut tx, found.id).await? {
        tx.commit().await?;
        for path in paths {
            ledgerline.storage.delete(&path).await?;
        }
    }
    Ok(())
}

/// Removes stored pieces that were not written down; answers how many.
async fn remove_orphans(ledgerline: &Ledgerline, engine: &PgPool, run: &Run, before: DateTime<Utc>) -> Result<usize> {
    let mut listed = ledgerline.storage.list(FOLDER);
    let mut old: BTreeMap<Uuid, Vec<String>> = BTreeMap::new();
    let mut count = 0;
    while let Some(file) = listed.try_next().await.map_err(Error::internal)? {
        let workspace = file.path.split('/').nth(1).and_then(|id| id.parse::<Uuid>().ok());
        if let Some(workspace) = workspace.filter(|_| file.modified < before) {
            old.entry(workspace).or_default().push(file.path);
            count += 1;
        }
        // those of long uploads come again with the next run, and are few
        if count == 10 * MOST {
            break;
        }
    }
    let mut removed = 0;
    for (workspace, paths) in old {
        let mut tx = begin(engine, run, workspace).await?;
        let known: HashSet<String> = queries::known(&mut tx, &paths).await?.into_iter().collect();
        drop(tx);
        for path in paths.into_iter().filter(|path| !known.contains(path)) {
            if removed == MOST {
                return Ok(removed);
            }
            ledgerline.storage.delete(&path).await?;
            removed += 1;
        }
    }
    Ok(removed)
}
