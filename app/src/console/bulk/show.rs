//! Bulk actions as they are shown.

use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::{
    input::ItemQuery,
    queries::{
        self, BulkRow, ListRow,
        items::{self, CanaryRow, ItemRow},
    },
    view::{
        BulkActionList, BulkItemList, BulkItemState, BulkItemView, BulkRowView, BulkState, BulkView, CanaryOutcome,
    },
};
use crate::{
    Ledgerline,
    console::{mask, queries::look},
    error::{Error, Result},
    page::{self, PageQuery},
};

/// Results of so many seconds make the rate.
const LATELY_SECONDS: f64 = 10.0;

/// One bulk action, with how far it is.
///
/// # Errors
/// 404.
pub async fn show(ledgerline: &Ledgerline, id: Uuid) -> Result<BulkView> {
    let mut tx = look(&ledgerline.databases.platform).await?;
    let bulk = queries::find(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    let counts = items::counts(&mut tx, id).await?;
    let canary = match bulk.canary {
        0 => None,
        _ => Some(items::canary(&mut tx, id, &bulk.verb, bulk.canary_until).await?.into()),
    };
    let state: BulkState = word(&bulk.state)?;
    let acts = matches!(state, BulkState::Canary | BulkState::Running) && counts.lately > 0;
    #[expect(clippy::cast_precision_loss, reason = "at most a hundred thousand")]
    let per_second = acts.then(|| counts.lately as f64 / LATELY_SECONDS);
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "at most a hundred thousand, whole"
    )]
    let seconds_left =
        per_second.filter(|_| state == BulkState::Running).map(|rate| (counts.left as f64 / rate).ceil() as i64);
    let BulkRow { search, reason, created_by_name, aborted_by_name, verdict, summary, .. } = bulk;
    Ok(BulkView {
        id,
        verb: word(&bulk.verb)?,
        state,
        search,
        reason,
        created_by: created_by_name,
        aborted_by: aborted_by_name,
        created_at: bulk.created_at,
        expires_at: bulk.expires_at,
        started_at: bulk.started_at,
        finished_at: bulk.finished_at,
        total: bulk.total.into(),
        able: bulk.able.into(),
        summary: serde_json::from_value(summary).map_err(Error::internal)?,
        continue_when_green: bulk.continues,
        canary,
        verdict: verdict.as_deref().map(word).transpose()?,
        done: counts.done,
        skipped: counts.skipped,
        left: counts.left,
        per_second,
        seconds_left,
        batch_id: bulk.batch_id,
    })
}

/// A page of bulk actions, the latest first.
///
/// # Errors
/// 400 for a wrong limit or cursor.
pub async fn list(ledgerline: &Ledgerline, query: &PageQuery) -> Result<BulkActionList> {
    let mut tx = look(&ledgerline.databases.platform).await?;
    let (rows, next_cursor) = page::read(
        query.cursor.as_deref(),
        query.limit,
        |after, most| queries::page(&mut tx, after, most),
        |row| (row.created_at, row.id),
    )
    .await?;
    let view = |row: ListRow| {
        Ok(BulkRowView {
            id: row.id,
            verb: word(&row.verb)?,
            state: word(&row.state)?,
            search: row.search,
            created_by: row.created_by_name,
            created_at: row.created_at,
            total: row.total.into(),
            able: row.able.into(),
        })
    };
    Ok(BulkActionList { bulk_actions: rows.into_iter().map(view).collect::<Result<_>>()?, next_cursor })
}

/// A page of its jobs, in the order in which they are acted on.
///
/// # Errors
/// 400 for a wrong limit or cursor, 404.
pub async fn jobs(ledgerline: &Ledgerline, id: Uuid, query: &ItemQuery) -> Result<BulkItemList> {
    let limit = page::limit(query.limit)?;
    let after: Option<i64> = query.cursor.as_deref().map(page::position).transpose()?;
    let after = after.map(|place| i32::try_from(place).map_err(|_| page::invalid_cursor())).transpose()?;
    let mut tx = look(&ledgerline.databases.platform).await?;
    let bulk = queries::find(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    let rows = items::page(&mut tx, id, query.state.map(BulkItemState::as_str), after, limit + 1).await?;
    let (rows, next_cursor) = page::cut(rows, limit, |row| i64::from(row.place))?;
    let items = rows.into_iter().map(|row| item(row, &bulk)).collect::<Result<_>>()?;
    Ok(BulkItemList { items, next_cursor })
}

fn item(row: ItemRow, bulk: &BulkRow) -> Result<BulkItemView> {
    let state = match (&row.obstacle, row.result.as_deref()) {
        (Some(_), _) => BulkItemState::Unable,
        (None, None) => BulkItemState::Left,
        (None, Some("done")) => BulkItemState::Done,
        (None, Some(_)) => BulkItemState::Skipped,
    };
    Ok(BulkItemView {
        job_id: row.job_id,
        kind: row.kind,
        workspace_name: row.workspace_name,
        was: row.state.parse().map_err(Error::internal)?,
        error: row.error.as_deref().map(mask::text),
        canary: row.obstacle.is_none() && row.place < bulk.canary_until,
        state,
        obstacle: row.obstacle.as_deref().map(word).transpose()?,
        note: row.note,
        copy_id: row.copy_id,
        acted_at: row.acted_at,
    })
}

impl From<CanaryRow> for CanaryOutcome {
    fn from(row: CanaryRow) -> Self {
        let CanaryRow { jobs, succeeded, failed, skipped, .. } = row;
        Self { jobs, succeeded, failed, skipped, pending: jobs - succeeded - failed - skipped }
    }
}

/// A word of the database as the enum that goes over the wire.
fn word<T: DeserializeOwned>(stored: &str) -> Result<T> {
    serde_json::from_value(serde_json::Value::from(stored)).map_err(Error::internal)
}
