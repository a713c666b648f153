//! What a project may consist of.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::queries::{Fields, ProjectRow};
use crate::{
    clients::input::is_money,
    error::Result,
    input::{Checks, kept, patch},
    page::is_our_time,
};

/// The most that anything costs, in minor units.
pub const MAX_MINOR: i64 = 100_000_000_000_000;

/// When the originals may be downloaded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OriginalsOpen {
    /// Once all is paid.
    #[default]
    FullPayment,
    /// Once the milestones are paid.
    Milestones,
    /// At once.
    AtOnce,
}

impl OriginalsOpen {
    const fn as_str(self) -> &'static str {
        match self {
            Self::FullPayment => "full_payment",
            Self::Milestones => "milestones",
            Self::AtOnce => "at_once",
        }
    }

    pub(super) fn of(row: &ProjectRow) -> Self {
        match row.originals_open.as_str() {
            "milestones" => Self::Milestones,
            "at_once" => Self::AtOnce,
            _ => Self::FullPayment,
        }
    }
}

/// Whom a new project is for: found by the email address, or added.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProjectContact {
    /// Name, up to 255 characters.
    #[schema(min_length = 1, max_length = 255)]
    pub name: String,
    /// Email address.
    #[schema(format = "email")]
    pub email: Option<String>,
    /// Phone number.
    pub phone: Option<String>,
    /// What they are in their company.
    pub title: Option<String>,
    /// Name of the company.
    pub company: Option<String>,
}

/// A new project. It is for `contact`, for a known `contactId`, or for the first contact of `clientId`.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewProject {
    /// The person it is for; with `clientId`, one of that client's.
    pub contact: Option<ProjectContact>,
    /// A person who is known.
    pub contact_id: Option<Uuid>,
    /// A client who is known.
    pub client_id: Option<Uuid>,
    /// Title, up to 255 characters.
    #[schema(min_length = 1, max_length = 255)]
    pub title: String,
    /// What it is about.
    pub description: Option<String>,
    /// Such as "Mixing" or "Kitchen".
    pub project_type: Option<String>,
    /// What it costs, in minor units; 0 costs nothing and is never paid.
    #[schema(minimum = 0)]
    pub amount_minor: i64,
    /// ISO 4217.
    #[schema(example = "EUR")]
    pub currency: String,
    /// When it is to be done.
    pub deadline: Option<DateTime<Utc>>,
    /// How many days it takes.
    #[schema(minimum = 1, maximum = 3650)]
    pub estimated_days: Option<i32>,
    /// Whether a licence belongs to it.
    #[serde(default)]
    pub licence_required: bool,
    /// When the originals may be downloaded.
    #[serde(default)]
    pub originals_open: OriginalsOpen,
    /// Whether milestones are paid in their order.
    #[serde(default)]
    pub pays_milestones_in_order: bool,
    /// Whether it is still being prepared.
    #[serde(default)]
    pub is_draft: bool,
    /// Whether the person is mailed the link to the portal. A draft is shown to nobody.
    #[serde(default)]
    pub invite: bool,
}

/// A change: fields that are left out stay as they are, null empties a field that may be empty.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProjectChange {
    /// The version that was read.
    pub version: i32,
    /// Title.
    #[serde(default, deserialize_with = "kept")]
    #[schema(value_type = String, required = false)]
    pub title: Option<String>,
    /// What it is about.
    #[serde(default, deserialize_with = "kept")]
    #[schema(value_type = String, required = false)]
    pub description: Option<String>,
    /// Such as "Mixing" or "Kitchen".
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>)]
    pub project_type: Option<Option<String>>,
    /// What it costs; only while nothing was agreed in a proposal, approved or paid.
    #[serde(default, deserialize_with = "kept")]
    #[schema(value_type = i64, required = false)]
    pub amount_minor: Option<i64>,
    /// When it is to be done.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<DateTime<Utc>>)]
    pub deadline: Option<Option<DateTime<Utc>>>,
    /// How many days it takes.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<i32>)]
    pub estimated_days: Option<Option<i32>>,
    /// Whether a licence belongs to it.
    #[serde(default, deserialize_with = "kept")]
    #[schema(value_type = bool, required = false)]
    pub licence_required: Option<bool>,
    /// When the originals may be downloaded.
    #[serde(default, deserialize_with = "kept")]
    #[schema(value_type = OriginalsOpen, required = false)]
    pub originals_open: Option<OriginalsOpen>,
    /// Whether milestones are paid in their order.
    #[serde(default, deserialize_with = "kept")]
    #[schema(value_type = bool, required = false)]
    pub pays_milestones_in_order: Option<bool>,
}

/// Why a project is given up.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Cancellation {
    /// Seen by the client, up to 4 000 characters.
    pub reason: Option<String>,
}

impl NewProject {
    /// The columns and the currency.
    ///
    /// # Errors
    /// 422 with every field that is wrong.
    pub(super) fn checked(&self) -> Result<(Fields, String)> {
        let mut checks = Checks::new();
        match (&self.contact, self.contact_id, self.client_id) {
            (None, None, None) => checks.wrong("contact", "required", "Say whom the project is for."),
            (Some(_), Some(_), _) | (_, Some(_), Some(_)) => {
                checks.wrong(
                    "contactId",
                    "ambiguous",
                    "Give a known contact alone, without another contact or client.",
                );
            }
            _ => {}
        }
        let currency = self.currency.trim().to_uppercase();
        if !is_money(&currency) {
            checks.wrong("currency", "unknown", "Use the three letters of a currency of today, such as EUR.");
        }
        let fields = Fields {
            title: checks.required("title", "The title", &self.title, 255),
            description: description(&mut checks, self.description.as_deref()),
            project_type: checks.optional("projectType", "The type", self.project_type.as_deref(), 100),
            amount_minor: self.amount_minor,
            deadline: self.deadline,
            estimated_days: self.estimated_days,
            licence_required: self.licence_required,
            originals_open: self.originals_open.as_str().to_owned(),
            pays_milestones_in_order: self.pays_milestones_in_order,
        };
        check_numbers(&mut checks, &fields);
        if self.invite && self.is_draft {
            checks.wrong("invite", "draft", "A draft is shown to nobody. Invite the client once it is open.");
        }
        checks.done()?;
        Ok((fields, currency))
    }
}

impl ProjectChange {
    /// The columns of the project after the change.
    ///
    /// # Errors
    /// 422 with every field that is wrong.
    pub(super) fn onto(self, row: &ProjectRow) -> Result<Fields> {
        let mut checks = Checks::new();
        let before = Fields::from(row);
        let fields = Fields {
            title: self.title.map_or(before.title, |title| checks.required("title", "The title", &title, 255)),
            description: self.description.map_or(before.description, |text| description(&mut checks, Some(&text))),
            project_type: self
                .project_type
                .map_or(before.project_type, |kind| checks.optional("projectType", "The type", kind.as_deref(), 100)),
            amount_minor: self.amount_minor.unwrap_or(before.amount_minor),
            deadline: self.deadline.unwrap_or(before.deadline),
            estimated_days: self.estimated_days.unwrap_or(before.estimated_days),
            licence_required: self.licence_required.unwrap_or(before.licence_required),
            originals_open: self.originals_open.map_or(before.originals_open, |open| open.as_str().to_owned()),
            pays_milestones_in_order: self.pays_milestones_in_order.unwrap_or(before.pays_milestones_in_order),
        };
        check_numbers(&mut checks, &fields);
        checks.done()?;
        Ok(fields)
    }
}

impl From<&ProjectRow> for Fields {
    fn from(row: &ProjectRow) -> Self {
        Self {
            title: row.title.clone(),
            description: row.description.clone(),
            project_type: row.project_type.clone(),
            amount_minor: row.amount_minor,
            deadline: row.deadline,
            estimated_days: row.estimated_days,
            licence_required: row.licence_required,
            originals_open: row.originals_open.clone(),
            pays_milestones_in_order: row.pays_milestones_in_order,
        }
    }
}

fn description(checks: &mut Checks, text: Option<&str>) -> String {
    checks.text("description", "The description", text, 20_000).unwrap_or_default()
}

fn check_numbers(checks: &mut Checks, fields: &Fields) {
    check_amount(checks, fields.amount_minor);
    if fields.estimated_days.is_some_and(|days| !(1..=3650).contains(&days)) {
        checks.wrong("estimatedDays", "out_of_range", "A project takes from 1 to 3650 days.");
    }
    if fields.deadline.is_some_and(|at| !is_our_time(&at)) {
        checks.wrong("deadline", "out_of_range", "Choose a deadline between the years 1970 and 9999.");
    }
}

/// An amount of money that something may cost.
pub(crate) fn check_amount(checks: &mut Checks, minor: i64) {
    if !(0..=MAX_MINOR).contains(&minor) {
        checks.wrong("amountMinor", "out_of_range", "An amount goes from 0 to 1 000 000 000 000.00.");
    }
}
