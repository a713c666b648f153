//! The audit log as a CSV file, written while it is read, a page at a time.

use std::{io, sync::Arc};

use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures::Stream;

use super::{
    list::{self, AuditQuery},
    view::EntryView,
};
use crate::{Ledgerline, error::Result, imports::row::is_formula, page::MAX_LIMIT};

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
/// 422 for a wrong filter.
pub fn download(ledgerline: Arc<Ledgerline>, query: AuditQuery) -> Result<Response> {
    query.filter()?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"audit.csv\"")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, Body::from_stream(lines(ledgerline, query))).into_response())
}

fn lines(ledgerline: Arc<Ledgerline>, query: AuditQuery) -> impl Stream<Item = Result<Bytes, io::Error>> + use<> {
    async_stream::try_stream! {
        yield Bytes::from(written(std::iter::once(HEADINGS.map(str::to_owned).to_vec()))?);
        let mut query = AuditQuery { cursor: None, limit: Some(MAX_LIMIT), ..query };
        loop {
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
        let harmless = row.into_iter().map(|cell| if is_formula(&cell) { format!("'{cell}") } else { cell });
        writer.write_record(harmless).map_err(io::Error::other)?;
    }
    writer.into_inner().map_err(|error| io::Error::other(error.to_string()))
}
