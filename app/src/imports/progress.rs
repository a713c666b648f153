//! How far an import, or taking it back, is and how long it will take.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::{queries::ImportRow, view::State};

/// How far an import is undone.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImportUndo {
    /// When somebody asked for it.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    #[schema(required = true)]
    pub finished_at: Option<DateTime<Utc>>,
    /// Rows that had created or changed a client.
    pub total_rows: i64,
    /// Those of them that are done.
    pub processed_rows: i64,
    /// Clients that are gone again.
    pub removed: i64,
    /// Clients that are as they were before.
    pub restored: i64,
    /// Clients that stayed, since others have changed or merged them.
    pub kept: i64,
    /// Rows a second over the last 15 seconds, while it runs.
    #[schema(required = true)]
    pub rows_per_second: Option<f64>,
    /// How long it will take at this speed, while it runs.
    #[schema(required = true)]
    pub seconds_left: Option<i64>,
}

impl ImportUndo {
    /// Of an import that somebody asked to undo.
    pub(super) fn of(row: &ImportRow, state: State, started_at: DateTime<Utc>) -> Self {
        let total_rows = row.created + row.updated;
        let (rows_per_second, seconds_left) = match state {
            State::Undoing => speed(row.recently_undone, Some(total_rows - row.undone), row.undo_elapsed),
            _ => (None, None),
        };
        Self {
            started_at,
            finished_at: row.undo_finished_at,
            total_rows,
            processed_rows: row.undone,
            removed: row.removed,
            restored: row.restored,
            kept: row.kept,
            rows_per_second,
            seconds_left,
        }
    }
}

/// Rows a second, from those that were done within the last seconds, and the seconds that the rest will take. Both are
/// unknown while nothing goes on: what was done before a worker died says nothing about when there will be another.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "an estimate for people")]
pub(super) fn speed(recent: i64, left: Option<i64>, elapsed: Option<f64>) -> (Option<f64>, Option<i64>) {
    let Some(elapsed) = elapsed.filter(|elapsed| *elapsed > 0.0 && recent > 0) else { return (None, None) };
    let rate = recent as f64 / elapsed;
    let left = left.map(|left| (left.max(0) as f64 / rate).ceil() as i64);
    (Some((rate * 10.0).round() / 10.0), left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speed_is_known_once_rows_are_done() {
        assert_eq!(speed(0, Some(100), Some(2.0)), (None, None));
        assert_eq!(speed(10, Some(100), None), (None, None));
        assert_eq!(speed(10, Some(90), Some(4.0)), (Some(2.5), Some(36)));
        assert_eq!(speed(100, Some(0), Some(3.0)), (Some(33.3), Some(0)));
    }
}
