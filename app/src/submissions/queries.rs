//! Every statement of the slice.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{error::Result, projects::state::SubmissionState, states::Step, tenant::TenantTx};

/// One row.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the columns of the table, described in view.rs")]
pub struct SubmissionRow {
    pub id: Uuid,
    pub project_id: Uuid,
    pub number: i32,
    pub state: SubmissionState,
    pub round: i32,
    pub submitted_at: Option<DateTime<Utc>>,
    pub approved_at: Option<DateTime<Utc>>,
    pub completed_at: Option<DateTime<Utc>>,
}

/// One round.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the columns of the table, described in view.rs")]
pub struct RoundRow {
    pub round: i32,
    pub summary: String,
    pub submitted_by: Option<String>,
    pub submitted_at: DateTime<Utc>,
    pub outcome: Option<String>,
    pub note: Option<String>,
    pub decided_at: Option<DateTime<Utc>>,
}

pub(crate) async fn find(tx: &mut TenantTx, id: Uuid) -> Result<Option<SubmissionRow>> {
    Ok(sqlx::query_as!(
        SubmissionRow,
        r#"select id, project_id, number, state as "state: SubmissionState", round, submitted_at, approved_at, completed_at
           from submissions where workspace_id = current_workspace() and id = $1"#,
        id
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// Rounds of a submission before this one, newest first.
pub(crate) async fn rounds(tx: &mut TenantTx, id: Uuid, before: Option<i64>, limit: i64) -> Result<Vec<RoundRow>> {
    Ok(sqlx::query_as!(
        RoundRow,
        r#"select r.round, r.summary, u.name as "submitted_by?", r.submitted_at, r.outcome, r.note, r.decided_at
           from submission_rounds r left join auth.members() u on u.user_id = r.submitted_by
           where r.workspace_id = current_workspace() and r.submission_id = $1 and ($2::bigint is null or r.round < $2)
           order by r.round desc limit $3"#,
        id,
        before,
        limit
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// Takes a step; false when the submission is in no state that it begins in.
pub(crate) async fn advance(tx: &mut TenantTx, id: Uuid, step: &Step<SubmissionState>) -> Result<bool> {
    let done = sqlx::query!(
        "update submissions set state = $3, updated_at = app_now(),
           approved_at = case when $3 = 'approved' then app_now() when $3 = 'completed' then approved_at end,
           completed_at = case when $3 = 'completed' then app_now() end
         where workspace_id = current_workspace() and id = $1 and state = any($2)",
        id,
        &step.from_names(),
        step.to.as_str()
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Begins the next round of a submission that was just handed in; answers its number.
pub(crate) async fn begin_round(tx: &mut TenantTx, id: Uuid, summary: &str, by: Uuid) -> Result<i32> {
    Ok(sqlx::query_scalar!(
        "with next as (
           update submissions set round = round + 1, submitted_at = app_now()
             where workspace_id = current_workspace() and id = $1
             returning workspace_id, id, project_id, round)
         insert into submission_rounds (workspace_id, submission_id, project_id, round, summary, submitted_by, submitted_at)
         select workspace_id, id, project_id, round, $2, $3, app_now() from next
         returning round",
        id,
        summary,
        by
    )
    .fetch_one(&mut **tx)
    .await?)
}

/// What became of a round; nothing, when a decision is taken back.
pub(crate) async fn end_round(
    tx: &mut TenantTx,
    submission: &SubmissionRow,
    outcome: Option<&str>,
    note: Option<&str>,
) -> Result<()> {
    sqlx::query!(
        "update submission_rounds set outcome = $3, note = $4, decided_at = case when $3::text is not null then app_now() end
         where workspace_id = current_workspace() and submission_id = $1 and round = $2",
        submission.id,
        submission.round,
        outcome,
        note
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
