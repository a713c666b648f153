//! What a filter lets through, said once for all the shelves that jobs stand on. Only positions are read here;
//! [`super::rows`] fetches what is shown of them.
//!
//! Each statement has two halves. The inner one walks an index in the list's order, either way, and is limited, so that
//! its cost is known whatever the filter; the outer one lets through what fits.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::console::jobs::filter::Scope;

/// Where a row stands in its list: by due time while it lives, by end time after.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// The time.
    pub at: DateTime<Utc>,
    /// The job.
    pub id: Uuid,
}

/// How far to go, and which way.
#[derive(Clone, Copy, Debug)]
pub struct Reach {
    /// Begin beyond this place.
    pub after: Option<Place>,
    /// From the earliest time to the latest, or the other way.
    pub ascending: bool,
    /// At this time or later.
    pub from: Option<DateTime<Utc>>,
    /// Before this time.
    pub until: Option<DateTime<Utc>>,
    /// Rows looked at.
    pub look: i64,
    /// Rows let through.
    pub most: i64,
}

impl Reach {
    pub(super) fn at(&self) -> Option<DateTime<Utc>> {
        self.after.map(|place| place.at)
    }

    pub(super) fn id(&self) -> Option<Uuid> {
        self.after.map(|place| place.id)
    }
}

impl Scope {
    pub(super) fn state_names(&self) -> Option<Vec<String>> {
        (!self.states.is_empty()).then(|| self.states.iter().map(|state| state.as_str().to_owned()).collect())
    }

    /// Patterns of the texts that must stand somewhere in the error.
    pub(super) fn error_patterns(&self) -> Option<Vec<String>> {
        (!self.errors.is_empty()).then(|| self.errors.iter().map(|text| like(text)).collect())
    }

    pub(super) fn arguments(&self, number: usize) -> Option<&[serde_json::Value]> {
        self.args.get(number).map(Vec::as_slice)
    }
}

/// The pattern of a text that may stand anywhere.
fn like(text: &str) -> String {
    format!("%{}%", text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"))
}

/// The places of the rows that a filter lets through, of those that an inner statement looks at.
///
/// The inner statement, given in pieces, has the columns `at`, `id` and those that the filter speaks of. `$13` and `$14`
/// are the place to begin beyond, `$15` and `$16` the times, `$17` is how many rows are looked at; its own parameters
/// begin at `$18`. What the state and the fingerprint of a row are is said in SQL.
macro_rules! fitting {
    ($conn:expr, $scope:expr, $reach:expr, $order:tt, $state:tt, $fingerprint:tt, [$($inner:tt)+], $($own:expr),+) => {{
        let states = $scope.state_names();
        let errors = $scope.error_patterns();
        sqlx::query_as!(
            Place,
            "select at as \"at!\", id as \"id!\" from (" + $($inner +)+ ") looked
             where ($1::text[] is null or " + $state + " = any($1)) and ($2::text is null or kind = $2)
               and ($3::text is null or queue = $3) and ($4::uuid is null or workspace_id = $4)
               and ($5::uuid is null or node_id = $5) and ($6::uuid is null or batch_id = $6)
               and ($7::jsonb[] is null or args @> any($7)) and ($8::jsonb[] is null or args @> any($8))
               and ($9::jsonb[] is null or args @> any($9))
               and ($10::text is null or coalesce(" + $fingerprint + ", 'none') = $10)
               and ($11::text[] is null or concat_ws(' ', last_error, reason) ilike all ($11))
             order by at " + $order + ", id " + $order + " limit $12",
            states.as_deref(),
            $scope.kind,
            $scope.queue,
            $scope.workspace_id,
            $scope.node_id,
            $scope.batch_id,
            $scope.arguments(0),
            $scope.arguments(1),
            $scope.arguments(2),
            $scope.fingerprint,
            errors.as_deref(),
            $reach.most,
            $reach.at(),
            $reach.id(),
            $reach.from,
            $reach.until,
            $reach.look,
            $($own),+
        )
        .fetch_all($conn)
        .await?
    }};
}

/// A statement for the way that is gone: it is made of what lies beyond a place, and the order.
macro_rules! that_way {
    ($reach:expr, $statement:ident) => {
        if $reach.ascending { $statement!(">", "asc") } else { $statement!("<", "desc") }
    };
}

pub(super) use {fitting, that_way};
