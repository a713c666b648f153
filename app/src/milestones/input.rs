//! What a milestone may consist of.

use chrono::{Datelike, NaiveDate};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::queries::{Fields, MilestoneRow};
use crate::{
    error::Result,
    input::{Checks, kept, patch},
    projects::input::check_amount,
};

/// A new milestone.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewMilestone {
    /// Name, up to 255 characters.
    #[schema(min_length = 1, max_length = 255)]
    pub name: String,
    /// What belongs to it, up to 4 000 characters.
    pub description: Option<String>,
    /// Its part of the project's amount, in minor units of the project's currency.
    #[schema(minimum = 0)]
    pub amount_minor: i64,
    /// The day on which it is to be done.
    pub due_on: Option<NaiveDate>,
}

/// A change: fields that are left out stay as they are, null empties a field that may be empty.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MilestoneChange {
    /// The version that was read.
    pub version: i32,
    /// Name.
    #[serde(default, deserialize_with = "kept")]
    #[schema(value_type = String, required = false)]
    pub name: Option<String>,
    /// What belongs to it.
    #[serde(default, deserialize_with = "kept")]
    #[schema(value_type = String, required = false)]
    pub description: Option<String>,
    /// Its part of the project's amount.
    #[serde(default, deserialize_with = "kept")]
    #[schema(value_type = i64, required = false)]
    pub amount_minor: Option<i64>,
    /// The day on which it is to be done.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<NaiveDate>)]
    pub due_on: Option<Option<NaiveDate>>,
}

/// All milestones of a project in the order that is wanted.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MilestoneOrder {
    /// Each once.
    pub ids: Vec<Uuid>,
}

/// What is to be changed about a milestone.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MilestoneRevision {
    /// Up to 4 000 characters.
    #[schema(min_length = 1, max_length = 4000)]
    pub note: String,
}

impl NewMilestone {
    /// # Errors
    /// 422 with every field that is wrong.
    pub(super) fn checked(self) -> Result<Fields> {
        let mut checks = Checks::new();
        let fields = Fields {
            name: checks.required("name", "The name", &self.name, 255),
            description: description(&mut checks, self.description.as_deref()),
            amount_minor: self.amount_minor,
            due_on: self.due_on,
        };
        check(checks, fields)
    }
}

impl MilestoneChange {
    /// The columns of the milestone after the change.
    ///
    /// # Errors
    /// 422 with every field that is wrong.
    pub(super) fn onto(self, row: &MilestoneRow) -> Result<Fields> {
        let mut checks = Checks::new();
        let before = Fields::from(row);
        let fields = Fields {
            name: self.name.map_or(before.name, |name| checks.required("name", "The name", &name, 255)),
            description: self.description.map_or(before.description, |text| description(&mut checks, Some(&text))),
            amount_minor: self.amount_minor.unwrap_or(before.amount_minor),
            due_on: self.due_on.unwrap_or(before.due_on),
        };
        check(checks, fields)
    }
}

fn description(checks: &mut Checks, text: Option<&str>) -> String {
    checks.text("description", "The description", text, 4_000).unwrap_or_default()
}

fn check(mut checks: Checks, fields: Fields) -> Result<Fields> {
    check_amount(&mut checks, fields.amount_minor);
    check_day(&mut checks, "dueOn", fields.due_on);
    checks.done()?;
    Ok(fields)
}

/// A day that something can be due on.
pub(crate) fn check_day(checks: &mut Checks, field: &str, day: Option<NaiveDate>) {
    if day.is_some_and(|day| !(1970..10_000).contains(&day.year())) {
        checks.wrong(field, "out_of_range", "Choose a day between the years 1970 and 9999.");
    }
}
