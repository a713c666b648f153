//! Clients as a CSV file, written while they are read, a page at a time; importing it gives the same clients.

use std::io;

use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use chrono::SecondsFormat;
use futures::Stream;
use loco_rs::app::AppContext;
use tokio::time::Instant;
use uuid::Uuid;

use super::{
    filter::{ClientFilter, Narrowed},
    queries::ClientRow,
    search::{self, Patterns},
};
use crate::{
    Ledgerline,
    access::{Permission, authorize},
    accounts::{
        listening::{CHECK, may_listen},
        session::Session,
    },
    audit,
    error::Result,
    http::places::Place,
    imports::{amount, row::guarded},
    tenant::{Actor, TenantTx, Who},
};

/// Spreadsheets take a file without it for something else than UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";
/// Rows that are in memory at a time.
const ROWS: i64 = 1_000;

/// All but the last three come in again when the file is imported.
const HEADINGS: [&str; 16] = [
    "Name",
    "Email",
    "Company",
    "Phone",
    "Time zone",
    "Genres",
    "Budget from",
    "Budget to",
    "Budget currency",
    "Likes to hear by",
    "Satisfaction",
    "Came through",
    "Notes",
    "Status",
    "Added",
    "Last changed",
];

/// The file, and an audit row that says who took it and how it was narrowed.
///
/// # Errors
/// 400 as [`ClientFilter::narrowed`], 429 `too_many_downloads`, 503 `busy`.
pub async fn download(ctx: AppContext, actor: Actor, session: Session, filter: ClientFilter) -> Result<Response> {
    authorize(&actor, Permission::WorkWithClients)?;
    let narrowed = filter.clone().narrowed()?;
    let place = Ledgerline::of(&ctx).downloads.take(session.user_id, session.operator.is_some())?;
    let mut tx = TenantTx::begin(&ctx, &actor).await?;
    let patterns = search::patterns(&mut tx, &narrowed).await?;
    audit::record(&mut tx, "clients.export", ("workspace", actor.workspace_id), told(&filter)).await?;
    tx.commit().await?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"clients.csv\"")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    let export = Export { ctx, actor, session, narrowed, patterns, _place: place };
    Ok((headers, Body::from_stream(export.lines())).into_response())
}

/// How the export was narrowed, for the audit log: without what was searched for, which may be somebody's name.
fn told(filter: &ClientFilter) -> serde_json::Value {
    let searched = filter.search.as_ref().is_some_and(|search| !search.trim().is_empty());
    let mut told = serde_json::to_value(ClientFilter { search: None, ..filter.clone() }).unwrap_or_default();
    if let Some(told) = told.as_object_mut().filter(|_| searched) {
        told.insert("searched".to_owned(), true.into());
    }
    told
}

struct Export {
    ctx: AppContext,
    actor: Actor,
    session: Session,
    narrowed: Narrowed,
    patterns: Patterns,
    /// Given back when the file has ended or whoever takes it has gone.
    _place: Place,
}

impl Export {
    /// A file that is cut short ends in an error, so that nobody takes it for whole.
    fn lines(self) -> impl Stream<Item = Result<Bytes, io::Error>> + use<> {
        async_stream::try_stream! {
            let mut checked = Instant::now();
            let mut text = BYTE_ORDER_MARK.as_bytes().to_vec();
            write(&mut text, std::iter::once(HEADINGS.map(str::to_owned).to_vec()))?;
            yield Bytes::from(text);
            let mut after = Uuid::nil();
            loop {
                if checked.elapsed() >= CHECK {
                    self.still_allowed().await?;
                    checked = Instant::now();
                }
                let rows = self.next(after).await.map_err(io::Error::other)?;
                let Some(last) = rows.last() else { break };
                after = last.id;
                let mut text = Vec::new();
                write(&mut text, rows.into_iter().map(cells))?;
                yield Bytes::from(text);
            }
        }
    }

    async fn next(&self, after: Uuid) -> Result<Vec<ClientRow>> {
        let mut tx = TenantTx::begin(&self.ctx, &self.actor).await?;
        search::walk(&mut tx, &self.narrowed, &self.patterns, after, ROWS).await
    }

    async fn still_allowed(&self) -> io::Result<()> {
        let ledgerline = Ledgerline::of(&self.ctx);
        let allowed = |now: &Session| {
            now.workspace.as_ref().filter(|workspace| workspace.id == self.actor.workspace_id).is_some_and(
                |workspace| {
                    let now = Actor { who: Who::User(now.user_id, workspace.role), ..self.actor.clone() };
                    authorize(&now, Permission::WorkWithClients).is_ok()
                },
            )
        };
        if may_listen(&ledgerline, &self.session, allowed).await {
            Ok(())
        } else {
            Err(io::Error::other("whoever takes the file may no longer see the clients"))
        }
    }
}

fn cells(row: ClientRow) -> Vec<String> {
    let currency = row.budget_currency.unwrap_or_default();
    let amount = |minor: Option<i64>| minor.map(|minor| amount::written(minor, &currency)).unwrap_or_default();
    let time = |at: chrono::DateTime<chrono::Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
    let ways = [(row.contact_by_email, "email"), (row.contact_by_sms, "sms"), (row.contact_by_phone, "phone")];
    let ways: Vec<&str> = ways.into_iter().filter_map(|(is_liked, way)| is_liked.then_some(way)).collect();
    let (budget_min, budget_max) = (amount(row.budget_min_minor), amount(row.budget_max_minor));
    vec![
        row.name,
        row.email.unwrap_or_default(),
        row.company.unwrap_or_default(),
        row.phone.unwrap_or_default(),
        row.timezone.unwrap_or_default(),
        genres(&row.genres),
        budget_min,
        budget_max,
        currency,
        if ways.is_empty() { "none".to_owned() } else { ways.join(", ") },
        row.satisfaction.map(|stars| stars.to_string()).unwrap_or_default(),
        row.referral_source.unwrap_or_default(),
        row.notes.unwrap_or_default(),
        if row.archived_at.is_some() { "archived" } else { "active" }.to_owned(),
        time(row.created_at),
        time(row.updated_at),
    ]
}

/// With a semicolon an import parts them at semicolons only, so that "Drum, Bass" stays one.
fn genres(genres: &[String]) -> String {
    let joined = genres.join("; ");
    let is_parted = genres.len() == 1 && joined.contains([',', '|', '/']);
    if is_parted { format!("{joined};") } else { joined }
}

/// An apostrophe makes text of what a spreadsheet would run; an import takes it off again.
fn write(text: &mut Vec<u8>, rows: impl Iterator<Item = Vec<String>>) -> io::Result<()> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(text);
    for row in rows {
        let harmless = row.into_iter().map(guarded);
        writer.write_record(harmless).map_err(io::Error::other)?;
    }
    writer.flush()
}
