//! Pages of the audit log, the latest first.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    queries::{
        self, checks,
        entries::{self, Filter},
    },
    view::{AuditChain, AuditChoices, AuditList, AuditPerson, Checks, EntryView},
};
use crate::{
    Ledgerline,
    console::queries::look,
    error::{Error, FieldError, Result},
    page,
};

/// Longest name of a subject that is looked for.
const MAX_SUBJECT: usize = 200;

/// Whose deeds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum AuditScope {
    /// What operators did.
    #[default]
    Operators,
    /// What anybody did.
    Everybody,
}

/// Which entries, of the list and of the file.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AuditQuery {
    /// Whose deeds; `operators` unless given.
    #[param(inline)]
    pub scope: Option<AuditScope>,
    /// Who.
    pub actor_id: Option<Uuid>,
    /// What was done, such as `console.retry_job`.
    pub action: Option<String>,
    /// To what: an id, or the name of a queue, a schedule, a node or a kind of job.
    #[param(max_length = 200)]
    pub subject: Option<String>,
    /// Not before this time.
    pub since: Option<DateTime<Utc>>,
    /// Before this time.
    pub until: Option<DateTime<Utc>>,
    /// `nextCursor` of the page before; the file has no pages.
    pub cursor: Option<String>,
    /// Entries on the page, 1 to 200; 50 unless given. The file has no pages.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<i64>,
}

impl AuditQuery {
    /// The filter in it.
    ///
    /// # Errors
    /// 422 for a time or a subject that nothing can have.
    pub fn filter(&self) -> Result<Filter> {
        for (field, at) in [("since", self.since), ("until", self.until)] {
            if at.is_some_and(|at| !page::is_our_time(&at)) {
                let message = format!("`{field}` must be a year from 1970 to 9999.");
                return Err(Error::invalid(vec![FieldError::new(field, "out_of_range", message)]));
            }
        }
        let subject = self.subject.as_deref().map(str::trim).filter(|subject| !subject.is_empty());
        if subject.is_some_and(|subject| subject.chars().count() > MAX_SUBJECT) {
            let message = format!("`subject` must have at most {MAX_SUBJECT} characters.");
            return Err(Error::invalid(vec![FieldError::new("subject", "too_long", message)]));
        }
        let subject_id = subject.and_then(|subject| Uuid::try_parse(subject).ok());
        Ok(Filter {
            operators_only: self.scope.unwrap_or_default() == AuditScope::Operators,
            actor_id: self.actor_id,
            action: self.action.clone().filter(|action| !action.is_empty()),
            subject_id,
            subject_name: subject.filter(|_| subject_id.is_none()).map(str::to_owned),
            since: self.since,
            until: self.until,
        })
    }
}

/// A page.
///
/// # Errors
/// 400 for a wrong limit or cursor, 422 for a wrong filter.
pub async fn entries(ledgerline: &Ledgerline, query: &AuditQuery) -> Result<AuditList> {
    let limit = page::limit(query.limit)?;
    let filter = query.filter()?;
    let after: Option<(DateTime<Utc>, Uuid)> = query.cursor.as_deref().map(page::position).transpose()?;
    let mut tx = look(&ledgerline.databases.platform).await?;
    let rows = entries::page(&mut tx, &filter, after, limit + 1).await?;
    let (rows, next_cursor) = page::cut(rows, limit, |row| (row.at, row.id))?;
    Ok(AuditList { entries: rows.into_iter().map(EntryView::of).collect::<Result<_>>()?, next_cursor })
}

/// What can be asked for.
///
/// # Errors
/// When Postgres cannot be reached.
pub async fn choices(ledgerline: &Ledgerline) -> Result<AuditChoices> {
    let mut tx = look(&ledgerline.databases.platform).await?;
    let people = queries::operators(&mut tx).await?.into_iter().map(AuditPerson::from).collect();
    Ok(AuditChoices { people, actions: entries::actions(&mut tx).await? })
}

/// How far the log is sealed.
///
/// # Errors
/// When Postgres cannot be reached.
pub async fn chain(ledgerline: &Ledgerline) -> Result<AuditChain> {
    let mut tx = look(&ledgerline.databases.platform).await?;
    let chain = queries::chain(&mut tx).await?;
    let seen = Checks {
        last: checks::last(&mut tx).await?,
        held_at: checks::held_at(&mut tx).await?,
        open: checks::open(&mut tx).await?,
        checking: queries::is_checking(&mut tx).await?,
    };
    Ok(AuditChain::of(chain, seen))
}
