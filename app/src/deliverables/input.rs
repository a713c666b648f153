//! What a deliverable may consist of.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::queries::{DeliverableRow, Fields};
use crate::{
    error::Result,
    input::{Checks, kept, patch},
    milestones::input::check_day,
    page::is_our_time,
    projects::state::DeliverableState,
};

/// Which deliverables.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeliverableListQuery {
    /// For this contact.
    pub contact_id: Option<Uuid>,
    /// Of this project.
    pub project_id: Option<Uuid>,
    /// `nextCursor` of the page before.
    pub cursor: Option<String>,
    /// Rows on the page, 1 to 200; 50 unless given.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<i64>,
}

/// A new deliverable.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewDeliverable {
    /// Who gets it.
    pub contact_id: Uuid,
    /// The proposal it was planned in.
    pub proposal_id: Option<Uuid>,
    /// The project it is part of.
    pub project_id: Option<Uuid>,
    /// The milestone of the plan.
    pub milestone_id: Option<Uuid>,
    /// The phase of the plan.
    pub phase_id: Option<Uuid>,
    /// Title, up to 255 characters.
    #[schema(min_length = 1, max_length = 255)]
    pub title: String,
    /// What it is, up to 4 000 characters.
    pub description: Option<String>,
    /// Up to 100 characters.
    pub category: Option<String>,
    /// How far it is; `pending` unless given.
    #[serde(default)]
    pub status: DeliverableState,
    /// The day on which it is to be there.
    pub due_date: Option<NaiveDate>,
    /// Since when it is there, when it is completed.
    pub completed_at: Option<DateTime<Utc>>,
    /// Up to 10 000 characters.
    pub notes: Option<String>,
}

/// A change: fields that are left out stay as they are, null empties a field that may be empty.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeliverableChange {
    /// The version that was read; when it is left out, the last word counts.
    pub version: Option<i32>,
    /// Title.
    #[serde(default, deserialize_with = "kept")]
    #[schema(value_type = String, required = false)]
    pub title: Option<String>,
    /// What it is.
    #[serde(default, deserialize_with = "kept")]
    #[schema(value_type = String, required = false)]
    pub description: Option<String>,
    /// Category.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>)]
    pub category: Option<Option<String>>,
    /// How far it is.
    #[serde(default, deserialize_with = "kept")]
    #[schema(value_type = DeliverableState, required = false)]
    pub status: Option<DeliverableState>,
    /// The day on which it is to be there.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<NaiveDate>)]
    pub due_date: Option<Option<NaiveDate>>,
    /// Since when it is there; only with the status `completed`.
    pub completed_at: Option<DateTime<Utc>>,
    /// Notes.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>)]
    pub notes: Option<Option<String>>,
}

impl NewDeliverable {
    /// # Errors
    /// 422 with every field that is wrong.
    pub(super) fn checked(&self) -> Result<Fields> {
        let mut checks = Checks::new();
        let fields = Fields {
            title: checks.required("title", "The title", &self.title, 255),
            description: description(&mut checks, self.description.as_deref()),
            category: category(&mut checks, self.category.as_deref()),
            due_on: self.due_date,
            notes: notes(&mut checks, self.notes.as_deref()),
        };
        check_day(&mut checks, "dueDate", fields.due_on);
        check_completed(&mut checks, Some(self.status), self.completed_at);
        checks.done()?;
        Ok(fields)
    }
}

impl DeliverableChange {
    /// The columns of the deliverable after the change.
    ///
    /// # Errors
    /// 422 with every field that is wrong.
    pub(super) fn onto(self, row: &DeliverableRow) -> Result<Fields> {
        let mut checks = Checks::new();
        let before = Fields::from(row);
        check_completed(&mut checks, self.status, self.completed_at);
        let fields = Fields {
            title: self.title.map_or(before.title, |title| checks.required("title", "The title", &title, 255)),
            description: self.description.map_or(before.description, |text| description(&mut checks, Some(&text))),
            category: self.category.map_or(before.category, |text| category(&mut checks, text.as_deref())),
            due_on: self.due_date.unwrap_or(before.due_on),
            notes: self.notes.map_or(before.notes, |text| notes(&mut checks, text.as_deref())),
        };
        check_day(&mut checks, "dueDate", fields.due_on);
        checks.done()?;
        Ok(fields)
    }
}

fn description(checks: &mut Checks, text: Option<&str>) -> String {
    checks.text("description", "The description", text, 4_000).unwrap_or_default()
}

fn category(checks: &mut Checks, text: Option<&str>) -> Option<String> {
    checks.optional("category", "The category", text, 100)
}

fn notes(checks: &mut Checks, text: Option<&str>) -> Option<String> {
    checks.text("notes", "The notes", text, 10_000)
}

fn check_completed(checks: &mut Checks, status: Option<DeliverableState>, at: Option<DateTime<Utc>>) {
    let Some(at) = at else { return };
    if status != Some(DeliverableState::Completed) {
        checks.wrong("completedAt", "not_completed", "Give this time with the status `completed` only.");
    } else if !is_our_time(&at) {
        checks.wrong("completedAt", "out_of_range", "Choose a time between the years 1970 and 9999.");
    }
}
