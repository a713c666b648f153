//! What has arrived becomes a file: its pieces are joined, hashed and scanned. As long as that is not done, nobody gets it;
//! while the scanner cannot be reached, the attempt is repeated.

use std::io;

use bytes::Bytes;
use futures::{Stream, StreamExt as _, TryStreamExt as _};
use ledgerline_jobs::{
    engine::{outcome::Outcome, run::Run},
    files::{ProcessMedia, ReceiveFile},
};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use sqlx::PgPool;
use uuid::Uuid;

use super::{
    content, media,
    queries::{self, Received, ToReceive},
    scan::{self, Verdict},
};
use crate::{
    Ledgerline,
    audit::{self, Audience},
    error::{Error, Result},
    storage::{Storage, StorageError},
    tenant::{Actor, TenantTx},
};

/// Where files stand in the storage.
pub const FOLDER: &str = "files";
/// How much of the beginning tells what a file is.
const BEGINNING: usize = 8 * 1024;

pub(super) fn path(workspace: Uuid, project: Uuid, version: Uuid) -> String {
    format!("{FOLDER}/{workspace}/{project}/{version}")
}

/// See the module. A version that is no longer being scanned is left alone.
///
/// # Errors
/// When storage, scanner or Postgres fail; the attempt can be repeated.
pub async fn receive(ledgerline: &Ledgerline, engine: &PgPool, run: &Run, job: ReceiveFile) -> Result<Outcome> {
    let id = job.version_id;
    let workspace = run.workspace_id().ok_or_else(|| Error::internal("files belong to workspaces"))?;
    let actor = Actor::job(workspace, run.id(), run.cause_request().map(str::to_owned));
    let mut tx = TenantTx::begin_on(engine, &actor).await?;
    let Some(version) = queries::to_receive(&mut tx, id).await? else {
        return Ok(Outcome::Cancel("this version is not waiting to be scanned".to_owned()));
    };
    let pieces = queries::pieces(&mut tx, id).await?;
    drop(tx);
    let path = path(workspace, version.project_id, id);
    let joined = match join(&ledgerline.storage, run, &pieces, &path, &version).await {
        Ok(joined) => joined,
        Err(error @ (StorageError::Missing(_) | StorageError::Short(_))) => {
            damaged(engine, &actor, run, id, &version).await?;
            return Ok(Outcome::Dead(error.to_string()));
        }
        Err(error) => return Err(error.into()),
    };
    let size = u64::try_from(version.size_bytes).unwrap_or_default();
    let bytes = match size {
        0 => futures::stream::empty().boxed(),
        _ => ledgerline.storage.read(&path, 0..size).await?,
    };
    let bytes = bytes.map_err(io::Error::other);
    run.progress(0, None, Some("being scanned"));
    let verdict = scan::scan(&ledgerline.settings.files, size, bytes).await.map_err(Error::internal)?;
    let content_type = content::kind_of(&joined.beginning, &version.filename);
    let (state, scan, detail) = match &verdict {
        Verdict::Clean => ("available", "clean", None),
        Verdict::Infected(found) => ("quarantined", "infected", Some(found.as_str())),
        // players decode sound and pictures and run nothing of them
        Verdict::TooLarge if content::is_media(content_type) => ("available", "too_large", None),
        Verdict::TooLarge => ("quarantined", "too_large", None),
    };
    let is_processed = state == "available" && media::is_processed(content_type);
    let received = Received { state, scan, detail, content_type, sha256: &joined.sha256, path: &path, is_processed };
    end(engine, &actor, run, id, &version, &received).await?;
    for (piece, _) in pieces {
        if let Err(error) = ledgerline.storage.delete(&piece).await {
            tracing::warn!(path = piece, error = %error, "a piece of an upload is left to the sweeper");
        }
    }
    Ok(Outcome::Settled)
}

async fn end(
    engine: &PgPool,
    actor: &Actor,
    run: &Run,
    id: Uuid,
    version: &ToReceive,
    received: &Received<'_>,
) -> Result<()> {
    let mut tx = TenantTx::begin_on(engine, actor).await?;
    if queries::received(&mut tx, id, received).await? {
        let audience = if version.is_shared { Audience::Both } else { Audience::Producer };
        let event = if received.state == "available" { "file_available" } else { "file_quarantined" };
        let data = json!({
            "fileId": version.file_id, "title": version.filename, "number": version.number, "scan": received.scan,
        });
        audit::project_event(&mut tx, version.project_id, audience, event, ("file", version.file_id), data).await?;
        if received.is_processed {
            tx.enqueue(&ProcessMedia { version_id: id }).await?;
        }
    }
    run.finish(&mut tx).await.map_err(Error::internal)?;
    tx.commit().await
}

/// The bytes are gone, so nobody will ever get them.
async fn damaged(engine: &PgPool, actor: &Actor, run: &Run, id: Uuid, version: &ToReceive) -> Result<()> {
    let mut tx = TenantTx::begin_on(engine, actor).await?;
    let received = Received {
        state: "quarantined",
        scan: "damaged",
        detail: None,
        content_type: content::UNKNOWN,
        sha256: &[0; 32],
        is_processed: false,
        path: &path(tx.workspace_id(), version.project_id, id),
    };
    queries::received(&mut tx, id, &received).await?;
    tracing::error!(version = %id, job = %run.id(), "pieces of an upload are missing");
    tx.commit().await
}

struct Joined {
    sha256: [u8; 32],
    beginning: Vec<u8>,
}

/// Writes the pieces one after the other; doing so again writes the same.
async fn join(
    storage: &Storage,
    run: &Run,
    pieces: &[(String, i64)],
    path: &str,
    version: &ToReceive,
) -> Result<Joined, StorageError> {
    let mut hash = Sha256::new();
    let mut beginning = Vec::new();
    let mut read = 0_i64;
    let total = version.size_bytes;
    let bytes = one_after_the_other(storage.clone(), pieces.to_vec()).inspect_ok(|bytes: &Bytes| {
        hash.update(bytes);
        let missing = BEGINNING.saturating_sub(beginning.len());
        beginning.extend(bytes.iter().take(missing));
        read += i64::try_from(bytes.len()).unwrap_or_default();
        run.progress(read, Some(total), Some("bytes joined"));
    });
    storage.receive(path, bytes.boxed(), u64::try_from(total).unwrap_or_default()).await?;
    if read != total {
        return Err(StorageError::Short(path.to_owned()));
    }
    Ok(Joined { sha256: hash.finalize().into(), beginning })
}

fn one_after_the_other(
    storage: Storage,
    pieces: Vec<(String, i64)>,
) -> impl Stream<Item = Result<Bytes, StorageError>> + Send {
    futures::stream::iter(pieces)
        .then(move |(path, size)| {
            let storage = storage.clone();
            async move { storage.read(&path, 0..u64::try_from(size).unwrap_or_default()).await }
        })
        .try_flatten()
}
