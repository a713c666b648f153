//! Pages by keyset: a cursor says where the last page ended, so no row is skipped or shown twice while others
//! come and go.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, Datelike, Utc};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::error::{Error, Result};

/// Rows on a page unless asked otherwise.
pub const DEFAULT_LIMIT: i64 = 50;
/// Most rows on a page.
pub const MAX_LIMIT: i64 = 200;
/// Counting stops here.
pub const COUNT_CAP: i64 = 10_000;

/// A count that stops at 10 000, or sooner where counting would take long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BoundedCount {
    /// How many, at most 10 000.
    #[schema(minimum = 0, maximum = 10_000)]
    pub count: i64,
    /// Whether there are more.
    pub capped: bool,
}

impl BoundedCount {
    /// From a count that was limited to one more than the cap.
    #[must_use]
    pub fn of(counted: i64) -> Self {
        Self { count: counted.min(COUNT_CAP), capped: counted > COUNT_CAP }
    }

    /// The sum of counts, of each with whether it may be more.
    #[must_use]
    pub fn sum(counts: impl IntoIterator<Item = (i64, bool)>) -> Self {
        let (counted, more) =
            counts.into_iter().fold((0, false), |(sum, any), (count, more)| (sum + count, any || more));
        Self { count: counted.min(COUNT_CAP), capped: more || counted > COUNT_CAP }
    }

    /// Of a count that was given up: there are more. Its first digit is enough, as in "300+".
    #[must_use]
    pub fn more_than(counted: i64) -> Self {
        let step = 10_i64.pow(counted.max(1).ilog10());
        Self { count: (counted - counted % step).min(COUNT_CAP), capped: true }
    }
}

/// The size of a page.
///
/// # Errors
/// 400 `invalid_limit`.
pub fn limit(asked: Option<i64>) -> Result<i64> {
    match asked {
        None => Ok(DEFAULT_LIMIT),
        Some(limit) if (1..=MAX_LIMIT).contains(&limit) => Ok(limit),
        Some(_) => Err(Error::bad_request("invalid_limit", format!("`limit` must be from 1 to {MAX_LIMIT}."))),
    }
}

/// Where a page ended, as a cursor carries it. Callers may make cursors up, so what a list never gives is refused before
/// Postgres sees it: it knows fewer years than a cursor may name, and no text with a NUL.
pub trait Position: DeserializeOwned {
    /// Whether a row of the list may stand there.
    fn is_possible(&self) -> bool;
}

impl Position for i64 {
    fn is_possible(&self) -> bool {
        true
    }
}

impl Position for (DateTime<Utc>, Uuid) {
    fn is_possible(&self) -> bool {
        is_our_time(&self.0)
    }
}

/// A row of a list by name.
#[derive(Debug, Serialize, Deserialize)]
pub struct Named(String, Uuid);

impl Named {
    /// Where the row stands.
    #[must_use]
    pub fn new(name: &str, id: Uuid) -> Self {
        Self(name.to_owned(), id)
    }

    /// Name and id.
    #[must_use]
    pub fn parts(self) -> (String, Uuid) {
        (self.0, self.1)
    }
}

impl Position for Named {
    fn is_possible(&self) -> bool {
        !self.0.contains('\0')
    }
}

/// The words of a search of at most 200 characters.
///
/// # Errors
/// 400 `search_too_long`, `bad_characters`.
pub fn words(search: Option<&str>) -> Result<Vec<String>> {
    let search = search.unwrap_or_default();
    if search.chars().count() > 200 {
        return Err(Error::bad_request("search_too_long", "Search with at most 200 characters."));
    }
    if search.contains('\0') {
        return Err(Error::bad_request("bad_characters", "A search must not contain control characters."));
    }
    Ok(search.split_whitespace().map(str::to_owned).collect())
}

/// Whether something of ours can have happened at this time.
#[must_use]
pub fn is_our_time(at: &DateTime<Utc>) -> bool {
    (1970..10_000).contains(&at.year())
}

/// Writes a cursor.
///
/// # Errors
/// When the position is not JSON, which is a mistake of ours.
pub fn cursor<T: Serialize>(position: &T) -> Result<String> {
    Ok(BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(position).map_err(Error::internal)?))
}

/// Reads a cursor.
///
/// # Errors
/// 400 `invalid_cursor`.
pub fn position<T: Position>(cursor: &str) -> Result<T> {
    BASE64_URL_SAFE_NO_PAD
        .decode(cursor)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .filter(T::is_possible)
        .ok_or_else(invalid_cursor)
}

/// 400: a cursor that this list did not give.
#[must_use]
pub fn invalid_cursor() -> Error {
    Error::bad_request("invalid_cursor", "This cursor does not belong to this list. Start again from the first page.")
}

/// Splits the one row too many that a query fetched off a page, and gives the cursor after its last row.
///
/// # Errors
/// When a position is not JSON, which is a mistake of ours.
pub fn cut<R, P: Serialize>(
    mut rows: Vec<R>,
    limit: i64,
    position: impl Fn(&R) -> P,
) -> Result<(Vec<R>, Option<String>)> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = match rows.last() {
        Some(last) if more => Some(cursor(&position(last))?),
        _ => None,
    };
    Ok((rows, next))
}

/// A page of a list: `fetch` reads at most so many rows behind the position that the cursor carries.
///
/// # Errors
/// 400 for a wrong limit or cursor, and those of `fetch`.
pub async fn read<R, P, F>(
    cursor: Option<&str>,
    limit: Option<i64>,
    fetch: impl FnOnce(Option<P>, i64) -> F,
    position: impl Fn(&R) -> P,
) -> Result<(Vec<R>, Option<String>)>
where
    P: Position + Serialize,
    F: Future<Output = Result<Vec<R>>>,
{
    let limit = self::limit(limit)?;
    let after = cursor.map(self::position).transpose()?;
    cut(fetch(after, limit + 1).await?, limit, position)
}

/// Which page of a list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PageQuery {
    /// `nextCursor` of the page before.
    pub cursor: Option<String>,
    /// Rows on the page, 1 to 200; 50 unless given.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<i64>,
}
