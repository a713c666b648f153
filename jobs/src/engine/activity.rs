//! What operators hear live: nodes that come and go, what other operators do, kinds of jobs that die.
//!
//! An entry gets its number under the lock of one row, held until the commit, so that numbers follow the order of
//! commits without a hole. So call [`tell`] last, and for what happens often tell sums.

use sqlx::PgConnection;
use uuid::Uuid;

/// An entry.
#[derive(Clone, Debug)]
pub struct News<'a> {
    what: &'static str,
    subject: &'a str,
    subject_id: Option<Uuid>,
    count: Option<i64>,
    by: Option<&'a str>,
    reason: Option<&'a str>,
}

impl<'a> News<'a> {
    /// Something happened to `subject`, a name.
    #[must_use]
    pub const fn about(what: &'static str, subject: &'a str) -> Self {
        Self { what, subject, subject_id: None, count: None, by: None, reason: None }
    }

    /// With the subject's id.
    #[must_use]
    pub const fn id(self, id: Uuid) -> Self {
        Self { subject_id: Some(id), ..self }
    }

    /// With how many.
    #[must_use]
    pub const fn count(self, count: i64) -> Self {
        Self { count: Some(count), ..self }
    }

    /// With the name of the operator who did it.
    #[must_use]
    pub const fn by(self, name: &'a str) -> Self {
        Self { by: Some(name), ..self }
    }

    /// With why.
    #[must_use]
    pub const fn reason(self, reason: Option<&'a str>) -> Self {
        Self { reason, ..self }
    }
}

/// Tells operators, when the transaction commits. Needs a transaction, and is the last thing in it.
///
/// # Errors
/// When Postgres fails.
pub async fn tell(conn: &mut PgConnection, news: &News<'_>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "with next as (update console_stream set last = last + 1 returning last)
         insert into console_activity (number, at, what, subject, subject_id, count, by_name, reason)
         select last, app_now(), $1, $2, $3, $4, $5, $6 from next",
        news.what,
        news.subject,
        news.subject_id,
        news.count,
        news.by,
        news.reason
    )
    .execute(conn)
    .await?;
    Ok(())
}
