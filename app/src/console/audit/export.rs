//! The audit log as a CSV file, written while it is read, a page at a time.

use std::{io, sync::Arc};

use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures::Stream;
use tokio::time::Instant;

use super::{
    list::{self, AuditQuery},
    view::EntryView,
};
use crate::{
    Ledgerline,
    accounts::{
        listening::{CHECK, may_listen},
        session::Session,
    },
    error::Result,
    http::places::Place,
    imports::row::guarded,
    page::MAX_LIMIT,
};

const HEADINGS: [&str; 14] = [
    "Time",
    "Who",
    "Name",
    "User",
    "From",
    "Action",
    "Object",
    "Object name",
    "Object id",
    "Workspace",
    "Reason",
    "Details",
    "Request",
    "Seal",
];

/// The file.
///
/// # Errors
/// 422 for a wrong filter, 429 `too_many_downloads`, 503 `busy`.
pub fn download(ledgerline: Arc<Ledgerline>, session: Session, query: AuditQuery) -> Result<Response> {
    query.filter()?;
    let place = ledgerline.downloads.take(session.user_id, session.operator.is_some())?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"audit.csv\"")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, Body::from_stream(lines(ledgerline, session, query, place))).into_response())
}

/// A file that is cut short ends in an error, so that nobody takes it for whole. The place is given back when the file
/// has ended or whoever takes it has gone.
fn lines(
    ledgerline: Arc<Ledgerline>,
    session: Session,
    query: AuditQuery,
    place: Place,
) -> impl Stream<Item = Result<Bytes, io::Error>> + use<> {
    async_stream::try_stream! {
        let _place = place;
        let mut checked = Instant::now();
        yield Bytes::from(written(std::iter::once(HEADINGS.map(str::to_owned).to_vec()))?);
        let mut query = AuditQuery { cursor: None, limit: Some(MAX_LIMIT), ..query };
        loop {
            if checked.elapsed() >= CHECK {
                still_allowed(&ledgerline, &session).await?;
                checked = Instant::now();
            }
            let page = list::entries(&ledgerline, &query).await.map_err(io::Error::other)?;
            if page.entries.is_empty() {
                break;
            }
            yield Bytes::from(written(page.entries.into_iter().map(cells))?);
            match page.next_cursor {
                Some(cursor) => query.cursor = Some(cursor),
                None => break,
            }
        }
    }
}

async fn still_allowed(ledgerline: &Ledgerline, session: &Session) -> io::Result<()> {
    if may_listen(ledgerline, session, |now| now.operator.is_some()).await {
        Ok(())
    } else {
        Err(io::Error::other("whoever takes the file may no longer see the log"))
    }
}

fn cells(entry: EntryView) -> Vec<String> {
    let id = |id: Option<uuid::Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
    vec![
        entry.at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true),
        entry.actor_kind.as_str().to_owned(),
        entry.actor_name.unwrap_or_default(),
        id(entry.actor_id),
        entry.origin.unwrap_or_default(),
        entry.action,
        entry.subject_kind,
        entry.subject_name.unwrap_or_default(),
        id(entry.subject_id),
        entry.workspace_name.unwrap_or_default(),
        entry.reason.unwrap_or_default(),
        entry.data.to_string(),
        entry.request_id.unwrap_or_default(),
        entry.seal.map(|seal| seal.to_string()).unwrap_or_default(),
    ]
}

fn written(rows: impl Iterator<Item = Vec<String>>) -> io::Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for row in rows {
        // an apostrophe makes text of what a spreadsheet would run
        let harmless = row.into_iter().map(guarded);
        writer.write_record(harmless).map_err(io::Error::other)?;
    }
    writer.into_inner().map_err(|error| io::Error::other(error.to_string()))
}
