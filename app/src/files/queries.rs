//! Every statement of the slice.

use chrono::{DateTime, Utc};
use sqlx::PgPool;
use uuid::Uuid;

use super::{Kind, Side};
use crate::{
    error::{Error, Result},
    tenant::TenantTx,
    uploads::Arrived,
};

/// One file.
#[derive(Clone, Debug)]
pub struct FileRow {
    pub id: Uuid,
    pub project_id: Uuid,
    pub kind: Kind,
    pub name: String,
    pub side: Side,
    pub download_limit: Option<i32>,
    pub approval: Option<String>,
    pub approval_version: Option<i32>,
    pub approval_note: Option<String>,
    pub approval_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub version: i32,
}

/// One version.
#[derive(Clone, Debug)]
pub struct VersionRow {
    pub id: Uuid,
    pub file_id: Uuid,
    pub number: i32,
    pub filename: String,
    pub size_bytes: i64,
    pub state: String,
    pub scan: Option<String>,
    pub scan_detail: Option<String>,
    pub content_type: Option<String>,
    pub sha256: Option<Vec<u8>>,
    pub storage_path: Option<String>,
    pub shared_at: Option<DateTime<Utc>>,
    pub round: Option<i32>,
    pub uploader: String,
    pub uploaded_by: Option<String>,
    pub downloads: i32,
    pub bytes_deleted_at: Option<DateTime<Utc>>,
    pub media: Option<String>,
    pub media_state: Option<String>,
    pub duration_ms: Option<i64>,
    pub width: Option<i32>,
    pub height: Option<i32>,
    pub peaks: Option<Vec<u8>>,
    pub thumbnail_bytes: Option<i64>,
    pub preview_bytes: Option<i64>,
    pub preview_type: Option<String>,
    pub created_at: DateTime<Utc>,
}

struct Raw {
    id: Uuid,
    project_id: Uuid,
    kind: String,
    name: String,
    side: String,
    download_limit: Option<i32>,
    approval: Option<String>,
    approval_version: Option<i32>,
    approval_note: Option<String>,
    approval_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    version: i32,
}

impl TryFrom<Raw> for FileRow {
    type Error = Error;

    fn try_from(raw: Raw) -> Result<Self> {
        let unknown = |()| Error::internal("a file of an unknown kind");
        Ok(Self {
            id: raw.id,
            project_id: raw.project_id,
            kind: raw.kind.parse().map_err(unknown)?,
            name: raw.name,
            side: raw.side.parse().map_err(unknown)?,
            download_limit: raw.download_limit,
            approval: raw.approval,
            approval_version: raw.approval_version,
            approval_note: raw.approval_note,
            approval_at: raw.approval_at,
            created_at: raw.created_at,
            version: raw.version,
        })
    }
}

pub(super) async fn insert(tx: &mut TenantTx, arrived: &Arrived<'_>) -> Result<Uuid> {
    let id = Uuid::now_v7();
    sqlx::query!(
        "insert into files (id, workspace_id, project_id, kind, name, side, created_at, updated_at)
         values ($1, current_workspace(), $2, $3, $4, $5, app_now(), app_now())",
        id,
        arrived.project_id,
        arrived.kind.as_str(),
        arrived.filename,
        arrived.side.as_str(),
    )
    .execute(&mut **tx)
    .await?;
    Ok(id)
}

/// Adds a version that is to be scanned. What a client sends is shared with the producer at once.
pub(super) async fn insert_version(tx: &mut TenantTx, file_id: Uuid, arrived: &Arrived<'_>) -> Result<(Uuid, i32)> {
    let row = sqlx::query!(
        "with next as (
           update files set last_version = last_version + 1, updated_at = app_now()
             where workspace_id = current_workspace() and id = $2 returning last_version)
         insert into file_versions (id, workspace_id, project_id, file_id, number, filename, size_bytes, shared_at,
           uploaded_by, uploader, created_at)
         select $1, current_workspace(), $3, $2, last_version, $4, $5, case when $6 = 'client' then app_now() end, $7, $6,
           app_now()
         from next
         returning id, number",
        Uuid::now_v7(),
        file_id,
        arrived.project_id,
        arrived.filename,
        arrived.bytes,
        arrived.side.person(),
        arrived.uploaded_by,
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok((row.id, row.number))
}

/// A file that was not deleted, locked until the end of the transaction.
pub(crate) async fn lock(tx: &mut TenantTx, project_id: Uuid, id: Uuid) -> Result<Option<FileRow>> {
    sqlx::query_as!(
        Raw,
        "select id, project_id, kind, name, side, download_limit, approval, approval_version, approval_note, approval_at,
           created_at, version
         from files where workspace_id = current_workspace() and project_id = $1 and id = $2 and deleted_at is null
         for update",
        project_id,
        id
    )
    .fetch_optional(&mut **tx)
    .await?
    .map(TryInto::try_into)
    .transpose()
}

pub(super) async fn find(tx: &mut TenantTx, project_id: Uuid, id: Uuid) -> Result<Option<FileRow>> {
    sqlx::query_as!(
        Raw,
        "select id, project_id, kind, name, side, download_limit, approval, approval_version, approval_note, approval_at,
           created_at, version
         from files where workspace_id = current_workspace() and project_id = $1 and id = $2 and deleted_at is null",
        project_id,
        id
    )
    .fetch_optional(&mut **tx)
    .await?
    .map(TryInto::try_into)
    .transpose()
}

/// Files of a project, newest first.
pub(super) async fn page(
    tx: &mut TenantTx,
    project_id: Uuid,
    before: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<FileRow>> {
    let (at, id) = before.unzip();
    let rows = sqlx::query_as!(
        Raw,
        "select id, project_id, kind, name, side, download_limit, approval, approval_version, approval_note, approval_at,
           created_at, version
         from files
         where workspace_id = current_workspace() and project_id = $1 and deleted_at is null
           and ($2::timestamptz is null or (created_at, id) < ($2, $3::uuid))
         order by created_at desc, id desc limit $4",
        project_id,
        at,
        id,
        limit,
    );
    rows.fetch_all(&mut **tx).await?.into_iter().map(TryInto::try_into).collect()
}

/// Versions of these files, newest first, at most `each` of each.
pub(super) async fn versions(tx: &mut TenantTx, files: &[Uuid], each: i64) -> Result<Vec<VersionRow>> {
    Ok(sqlx::query_as!(
        VersionRow,
        r#"select v.id as "id!", v.file_id as "file_id!", v.number as "number!", v.filename as "filename!",
             v.size_bytes as "size_bytes!", v.state as "state!", v.scan as "scan?", v.scan_detail as "scan_detail?",
             v.content_type as "content_type?", v.sha256 as "sha256?", v.storage_path as "storage_path?",
             v.shared_at as "shared_at?", v.round as "round?", v.uploader as "uploader!",
             coalesce(u.name, k.name) as "uploaded_by?", v.downloads as "downloads!",
             v.bytes_deleted_at as "bytes_deleted_at?", v.media as "media?",
             v.media_state as "media_state?", v.duration_ms as "duration_ms?", v.width as "width?",
             v.height as "height?", v.peaks as "peaks?", v.thumbnail_bytes as "thumbnail_bytes?",
             v.preview_bytes as "preview_bytes?", v.preview_type as "preview_type?", v.created_at as "created_at!"
           from unnest($1::uuid[]) as wanted (id)
             cross join lateral (select * from file_versions v
               where v.workspace_id = current_workspace() and v.file_id = wanted.id
               order by v.number desc limit $2) v
             left join auth.members() u on v.uploader = 'user' and u.user_id = v.uploaded_by
             left join contacts k on v.uploader = 'client' and k.workspace_id = v.workspace_id and k.id = v.uploaded_by
           order by v.file_id, v.number desc"#,
        files,
        each
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// One version by its number.
pub(super) async fn version(tx: &mut TenantTx, file_id: Uuid, number: i32) -> Result<Option<VersionRow>> {
    Ok(sqlx::query_as!(
        VersionRow,
        r#"select id, file_id, number, filename, size_bytes, state, scan, scan_detail, content_type, sha256, storage_path,
             shared_at, round, uploader, null as "uploaded_by: String", downloads, bytes_deleted_at, media,
             media_state, duration_ms, width, height, peaks, thumbnail_bytes, preview_bytes, preview_type, created_at
           from file_versions where workspace_id = current_workspace() and file_id = $1 and number = $2"#,
        file_id,
        number
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// Whether a milestone of a project is still to be paid.
pub(super) async fn owes_milestones(tx: &mut TenantTx, project_id: Uuid) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from milestones
             where workspace_id = current_workspace() and project_id = $1 and state <> 'cancelled' and amount_minor > 0
               and payment_status not in ('paid', 'manual', 'not_required')) as "owes!""#,
        project_id
    )
    .fetch_one(&mut **tx)
    .await?)
}

/// Notes a download, and counts it.
pub(super) async fn note_download(
    tx: &mut TenantTx,
    version: &VersionRow,
    project_id: Uuid,
    side: Side,
    by: Uuid,
) -> Result<()> {
    sqlx::query!(
        "insert into file_downloads (id, workspace_id, project_id, version_id, by_id, by_kind, at)
         values ($1, current_workspace(), $2, $3, $4, $5, app_now())",
        Uuid::now_v7(),
        project_id,
        version.id,
        by,
        side.person(),
    )
    .execute(&mut **tx)
    .await?;
    if side == Side::Client {
        sqlx::query!(
            "update file_versions set downloads = downloads + 1 where workspace_id = current_workspace() and id = $1",
            version.id
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// Says what the client thinks of a version; nothing when it is taken back.
pub(super) async fn decide(tx: &mut TenantTx, id: Uuid, approval: &str, number: i32, note: Option<&str>) -> Result<()> {
    sqlx::query!(
        "update files set approval = $2, approval_version = $3, approval_note = $4, approval_at = app_now(),
           updated_at = app_now()
         where workspace_id = current_workspace() and id = $1",
        id,
        approval,
        number,
        note
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What was handed in and nobody has approved: files and the number of their last shared version.
pub(super) async fn undecided(tx: &mut TenantTx, project_id: Uuid) -> Result<Vec<(Uuid, i32)>> {
    let rows = sqlx::query!(
        r#"select f.id, v.number as "number!" from files f
             cross join lateral (select max(number) as number from file_versions v
               where v.workspace_id = f.workspace_id and v.file_id = f.id and v.shared_at is not null) v
           where f.workspace_id = current_workspace() and f.project_id = $1 and f.deleted_at is null
             and f.side = 'producer' and f.kind <> 'reference' and v.number is not null
             and not (f.approval is not distinct from 'approved' and f.approval_version = v.number)
           order by f.id for update of f"#,
        project_id
    );
    Ok(rows.fetch_all(&mut **tx).await?.into_iter().map(|row| (row.id, row.number)).collect())
}

pub(super) async fn update(
    tx: &mut TenantTx,
    id: Uuid,
    name: &str,
    kind: Kind,
    download_limit: Option<i32>,
) -> Result<()> {
    sqlx::query!(
        "update files set name = $2, kind = $3, download_limit = $4, version = version + 1, updated_at = app_now()
         where workspace_id = current_workspace() and id = $1",
        id,
        name,
        kind.as_str(),
        download_limit
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(super) async fn delete(tx: &mut TenantTx, id: Uuid) -> Result<()> {
    sqlx::query!(
        "update files set deleted_at = app_now(), updated_at = app_now(), version = version + 1
         where workspace_id = current_workspace() and id = $1",
        id
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What is handed in with a round: of files that are no references, the versions that were not handed in before, also when
/// the client has seen one beside a message. Answers how many were handed in by then; `None` when one of them is still being scanned.
pub(crate) async fn hand_in(tx: &mut TenantTx, project_id: Uuid, round: i32) -> Result<Option<i64>> {
    let row = sqlx::query!(
        r#"with mine as (
             select v.id, v.state, v.round from file_versions v
               join files f on f.workspace_id = v.workspace_id and f.id = v.file_id
             where v.workspace_id = current_workspace() and v.project_id = $1 and f.deleted_at is null
               and f.side = 'producer' and f.kind <> 'reference'
           ), shared as (
             update file_versions v set shared_at = coalesce(v.shared_at, app_now()), round = $2
               from mine where v.workspace_id = current_workspace() and v.id = mine.id and mine.state = 'available'
                 and mine.round is null
               returning v.id)
           select (select count(*) from shared) + (select count(*) from mine where round is not null) as "shared!",
             exists (select from mine where state = 'scanning') as "scanning!""#,
        project_id,
        round
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok((!row.scanning).then_some(row.shared))
}

/// Locks what the workspace stores until the end of the transaction.
pub(super) async fn lock_storage(tx: &mut TenantTx) -> Result<()> {
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended('storage:' || current_workspace()::text, 0))")
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Bytes that the workspace stores, and its tier.
pub(super) async fn storage(tx: &mut TenantTx) -> Result<(i64, String)> {
    let row = sqlx::query!(r#"select used_bytes as "used_bytes!", tier as "tier!" from auth.storage_used()"#)
        .fetch_one(&mut **tx)
        .await?;
    Ok((row.used_bytes, row.tier))
}

/// A version that is to be joined and scanned.
#[derive(Clone, Debug)]
pub(super) struct ToReceive {
    pub(super) project_id: Uuid,
    pub(super) file_id: Uuid,
    pub(super) filename: String,
    pub(super) size_bytes: i64,
    pub(super) number: i32,
    pub(super) is_shared: bool,
}

pub(super) async fn to_receive(tx: &mut TenantTx, id: Uuid) -> Result<Option<ToReceive>> {
    Ok(sqlx::query_as!(
        ToReceive,
        r#"select project_id, file_id, filename, size_bytes, number, shared_at is not null as "is_shared!"
           from file_versions where workspace_id = current_workspace() and id = $1 and state = 'scanning'"#,
        id
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// Where the pieces of a version stand, in their order, and how long each is.
pub(super) async fn pieces(tx: &mut TenantTx, version_id: Uuid) -> Result<Vec<(String, i64)>> {
    let rows = sqlx::query!(
        "select p.storage_path, p.size_bytes from uploads u
           join upload_pieces p on p.workspace_id = u.workspace_id and p.upload_id = u.id
         where u.workspace_id = current_workspace() and u.version_id = $1 order by p.position",
        version_id
    );
    Ok(rows.fetch_all(&mut **tx).await?.into_iter().map(|row| (row.storage_path, row.size_bytes)).collect())
}

/// What was found out about a version.
pub(super) struct Received<'a> {
    pub(super) state: &'a str,
    pub(super) scan: &'a str,
    pub(super) detail: Option<&'a str>,
    pub(super) content_type: &'a str,
    pub(super) sha256: &'a [u8],
    pub(super) path: &'a str,
    /// Whether a job makes a preview of it.
    pub(super) is_processed: bool,
}

/// scanning → available or quarantined; false when it is no longer being scanned. Its pieces are forgotten.
pub(super) async fn received(tx: &mut TenantTx, id: Uuid, received: &Received<'_>) -> Result<bool> {
    let done = sqlx::query!(
        "update file_versions set state = $2, scan = $3, scan_detail = $4, content_type = $5, sha256 = $6,
           storage_path = $7, available_at = case when $2 = 'available' then app_now() end,
           media_state = case when $8 then 'waiting' end
         where workspace_id = current_workspace() and id = $1 and state = 'scanning'",
        id,
        received.state,
        received.scan,
        received.detail,
        received.content_type,
        received.sha256,
        received.path,
        received.is_processed,
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "delete from upload_pieces p using uploads u
         where p.workspace_id = current_workspace() and u.workspace_id = p.workspace_id and u.id = p.upload_id
           and u.version_id = $1",
        id
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A version that something is made of.
#[derive(Clone, Debug)]
pub(super) struct ToProcess {
    pub(super) project_id: Uuid,
    pub(super) file_id: Uuid,
    pub(super) filename: String,
    pub(super) number: i32,
    pub(super) size_bytes: i64,
    pub(super) content_type: String,
    pub(super) path: String,
    pub(super) is_shared: bool,
}

pub(super) async fn to_process(tx: &mut TenantTx, id: Uuid) -> Result<Option<ToProcess>> {
    Ok(sqlx::query_as!(
        ToProcess,
        r#"select project_id, file_id, filename, number, size_bytes, content_type as "content_type!",
             storage_path as "path!", shared_at is not null as "is_shared!"
           from file_versions
           where workspace_id = current_workspace() and id = $1 and state = 'available' and bytes_deleted_at is null
             and media_state is not null"#,
        id
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// What was made of a version.
#[derive(Clone, Debug, Default)]
pub(super) struct Processed {
    pub(super) state: &'static str,
    /// Why nothing was made.
    pub(super) detail: Option<String>,
    pub(super) media: Option<&'static str>,
    pub(super) duration_ms: Option<i64>,
    pub(super) width: Option<i32>,
    pub(super) height: Option<i32>,
    pub(super) peaks: Option<Vec<u8>>,
    pub(super) thumbnail_bytes: Option<i64>,
    pub(super) preview_bytes: Option<i64>,
    pub(super) preview_type: Option<&'static str>,
}

/// False when the bytes were deleted meanwhile.
pub(super) async fn processed(tx: &mut TenantTx, id: Uuid, made: &Processed) -> Result<bool> {
    let done = sqlx::query!(
        "update file_versions set media_state = $2, media_detail = $3, media = $4, duration_ms = $5, width = $6, height = $7,
           peaks = $8, thumbnail_bytes = $9, preview_bytes = $10, preview_type = $11
         where workspace_id = current_workspace() and id = $1 and bytes_deleted_at is null and media_state is not null",
        id,
        made.state,
        made.detail,
        made.media,
        made.duration_ms,
        made.width,
        made.height,
        made.peaks,
        made.thumbnail_bytes,
        made.preview_bytes,
        made.preview_type,
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Bytes that nobody needs any more.
#[derive(Clone, Debug)]
pub(super) struct Unneeded {
    pub(super) workspace_id: Uuid,
    pub(super) id: Uuid,
    pub(super) path: String,
}

pub(super) async fn unneeded(engine: &PgPool, most: i32) -> Result<Vec<Unneeded>> {
    Ok(sqlx::query_as!(
        Unneeded,
        r#"select workspace_id as "workspace_id!", id as "id!", path as "path!" from auth.file_bytes_to_delete($1)"#,
        most
    )
    .fetch_all(engine)
    .await?)
}

pub(super) async fn forget_bytes(tx: &mut TenantTx, id: Uuid) -> Result<()> {
    sqlx::query!(
        "update file_versions set bytes_deleted_at = app_now(), thumbnail_bytes = null, preview_bytes = null, preview_type = null
         where workspace_id = current_workspace() and id = $1 and bytes_deleted_at is null",
        id
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
