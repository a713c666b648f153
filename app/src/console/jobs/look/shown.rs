//! What operators see masked they cannot find out by searching: a job whose error or arguments fit is found only when
//! what is shown of them fits as well.

use std::collections::HashMap;

use sqlx::PgConnection;
use uuid::Uuid;

use super::{Position, Shelf};
use crate::{
    console::{
        jobs::{
            filter::Scope,
            queries::texts::{self, TextRow},
        },
        mask,
    },
    error::Result,
};

/// Jobs whose errors are read with one statement.
const AT_ONCE: usize = 500;

/// Whether the filter asks about something that may be masked.
pub(super) fn matters(scope: &Scope) -> bool {
    !scope.errors.is_empty() || !scope.args.is_empty()
}

/// Those of the jobs that fit as they are shown, `most` of them, in their order.
pub(super) async fn only(
    conn: &mut PgConnection,
    scope: &Scope,
    found: &[Position],
    most: usize,
) -> Result<Vec<Position>> {
    let texts: Vec<String> = scope.errors.iter().map(|text| text.to_lowercase()).collect();
    let fits = |row: &TextRow| {
        let shown = mask::text(&row.text).to_lowercase();
        (scope.args.is_empty() || mask::shows_args(&row.kind, row.version))
            && texts.iter().all(|text| shown.contains(text))
    };
    let mut shown = Vec::new();
    for part in found.chunks(AT_ONCE) {
        let ids: Vec<Uuid> = part.iter().map(|position| position.id).collect();
        let ended = || part.iter().filter(|position| position.shelf == Shelf::Ended).map(|position| position.at);
        let rows = texts::of(conn, &ids, ended().min().zip(ended().max())).await?;
        let fitting: HashMap<Uuid, bool> = rows.iter().map(|row| (row.id, fits(row))).collect();
        shown.extend(part.iter().filter(|position| fitting.get(&position.id) == Some(&true)));
        if shown.len() >= most {
            shown.truncate(most);
            break;
        }
    }
    Ok(shown)
}
