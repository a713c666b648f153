//! Reads the beginning of a stored file anew, as somebody says that it is written.

use loco_rs::app::AppContext;
use uuid::Uuid;

use super::{
    format::{DELIMITERS, FormatChange, QUOTES},
    head::{self, Known},
    heading,
    queries::{self, ImportRow, Shape},
};
use crate::{
    Ledgerline,
    access::{Permission, authorize},
    audit,
    error::{Error, FieldError, Result},
    storage::StorageError,
    tenant::{Actor, TenantTx},
};

/// Corrects what was found out about a file that has not been started; what is not corrected stays.
///
/// # Errors
/// 404; 409 `already_started`; 410 `file_gone`; 422 for a mark that cannot be read, and as [`head::read`], with nothing
/// changed.
pub async fn reread(ctx: &AppContext, actor: &Actor, id: Uuid, change: &FormatChange) -> Result<ImportRow> {
    authorize(actor, Permission::ImportClients)?;
    let mut tx = TenantTx::begin(ctx, actor).await?;
    let file = queries::file(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    drop(tx);
    if file.state != "uploaded" {
        return Err(too_late());
    }
    let known = known(change, &file)?;
    let encoding = change.encoding.unwrap_or_else(|| file.encoding());
    let stored = Ledgerline::of(ctx).storage.head(&file.storage_path, head::BYTES).await;
    let bytes = stored.map_err(unreadable)?;
    let whole = u64::try_from(file.size_bytes).is_ok_and(|size| size <= head::BYTES);
    let head = head::read(&bytes, encoding, whole, known)?;
    let shape = Shape::of(&head, encoding)?;
    let mut tx = TenantTx::begin(ctx, actor).await?;
    if !queries::reshape(&mut tx, id, &shape).await? {
        return Err(too_late());
    }
    audit::record(&mut tx, "imports.reread", ("import", id), shape.to_json()).await?;
    let row = queries::find(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    tx.commit().await?;
    Ok(row)
}

fn known(change: &FormatChange, file: &queries::FileRow) -> Result<Known> {
    let mark = |sent: &Option<String>, of: &[u8], field: &str, what: &str| match sent {
        None => Ok(None),
        Some(sent) => head::mark(sent, of).map(Some).ok_or_else(|| FieldError::new(field, "unknown", what)),
    };
    let delimiter =
        mark(&change.delimiter, &DELIMITERS, "delimiter", "Choose a comma, a semicolon, a tab or a vertical bar.");
    let quote = mark(&change.quote, &QUOTES, "quote", "Choose quotation marks or apostrophes.");
    let row = match change.heading_row {
        Some(row) if !(1..=heading::LAST).contains(&row) => {
            Err(FieldError::new("headingRow", "unknown", "Choose one of the first 20 rows."))
        }
        Some(row) if change.has_header != Some(false) => Ok((true, Some(row))),
        _ => Ok(match change.has_header {
            None => (file.has_header, file.heading_row),
            Some(has_header) => (has_header, None),
        }),
    };
    let stays = file.dialect();
    match (delimiter, quote, row) {
        (Ok(delimiter), Ok(quote), Ok((has_header, heading_row))) => Ok(Known {
            delimiter: Some(delimiter.unwrap_or(stays.delimiter)),
            quote: Some(quote.unwrap_or(stays.quote)),
            has_header: Some(has_header),
            heading_row,
        }),
        (delimiter, quote, row) => {
            Err(Error::invalid([delimiter.err(), quote.err(), row.err()].into_iter().flatten().collect()))
        }
    }
}

fn too_late() -> Error {
    Error::conflict(
        "already_started",
        "This import has been started or cancelled already. Upload the file again to read it in another way.",
    )
}

/// Why the stored file cannot be looked at.
pub(super) fn unreadable(error: StorageError) -> Error {
    match error {
        StorageError::Missing(_) | StorageError::Short(_) => Error::new(
            axum::http::StatusCode::GONE,
            "file_gone",
            "The uploaded file is no longer there. Upload it again.",
        ),
        other => Error::internal(other),
    }
}
