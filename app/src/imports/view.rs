//! An import as the API shows it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    columns,
    duplicates::Duplicates,
    encoding::Encoding,
    format::Format,
    mapping::Field,
    memory,
    progress::{ImportUndo, speed},
    queries::ImportRow,
};
use crate::error::{Error, Result};

/// Where an import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = ImportState)]
pub enum State {
    /// Stored, waits for its mapping.
    Uploaded,
    /// Rows are counted and the work is cut.
    Planning,
    /// Rows become clients.
    Running,
    /// Every row was created, skipped or rejected.
    Completed,
    /// Somebody stopped it; what was created stays.
    Cancelled,
    /// It ended before all rows were read; see `failure`.
    Failed,
    /// What it did is taken back.
    Undoing,
    /// What it did was taken back, but for clients that others have changed since.
    Undone,
}

impl State {
    /// Whether nothing more will happen.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Completed | Self::Cancelled | Self::Failed | Self::Undone)
    }
}

impl std::str::FromStr for State {
    type Err = Error;

    fn from_str(state: &str) -> Result<Self> {
        match state {
            "uploaded" => Ok(Self::Uploaded),
            "planning" => Ok(Self::Planning),
            "running" => Ok(Self::Running),
            "completed" => Ok(Self::Completed),
            "cancelled" => Ok(Self::Cancelled),
            "failed" => Ok(Self::Failed),
            "undoing" => Ok(Self::Undoing),
            "undone" => Ok(Self::Undone),
            other => Err(Error::internal(format!("unknown state of an import `{other}`"))),
        }
    }
}

/// A column of the file.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportColumn {
    /// Number, from 0.
    pub index: usize,
    /// Its heading.
    pub name: String,
    /// What it probably becomes.
    #[schema(required = true)]
    pub guess: Option<Field>,
    /// Some of its values.
    pub samples: Vec<String>,
}

/// Who uploaded it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportAuthor {
    id: Uuid,
    name: String,
}

/// An earlier import of the same file.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EarlierImport {
    /// The import.
    pub id: Uuid,
    /// What the file was called.
    pub filename: String,
    /// When it was started.
    pub started_at: DateTime<Utc>,
    /// Who started it; null when they have left the workspace.
    #[schema(required = true)]
    pub by: Option<String>,
    /// Clients it created so far.
    pub created: i64,
}

/// What the last file with these headings became.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RememberedMapping {
    /// Number of a column to the field that it became.
    pub mapping: BTreeMap<String, Field>,
    /// The currency of budgets in rows that name none.
    #[schema(required = true)]
    pub budget_currency: Option<String>,
    /// Who chose it; null when they have left the workspace.
    #[schema(required = true)]
    pub by: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Remembered {
    mapping: BTreeMap<String, String>,
    budget_currency: Option<String>,
    by: Option<String>,
    at: DateTime<Utc>,
}

/// An import.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Import)]
pub struct ImportView {
    /// The import.
    pub id: Uuid,
    /// Name of the file.
    pub filename: String,
    /// Size of the file.
    pub size_bytes: i64,
    /// Where it is.
    pub state: State,
    /// How the file is written.
    pub format: Format,
    /// The program that wrote the file, when its columns tell.
    #[schema(required = true, example = "Google Contacts")]
    pub source: Option<String>,
    /// An import of the same file that runs or was completed; told until this one is started.
    #[schema(required = true)]
    pub imported_before: Option<EarlierImport>,
    /// What the last file with these headings became; told until this one is started.
    #[schema(required = true)]
    pub remembered: Option<RememberedMapping>,
    /// Columns of the file; left empty in lists.
    pub columns: Vec<ImportColumn>,
    /// Which column becomes what, once it was started.
    #[schema(required = true)]
    pub mapping: Option<BTreeMap<String, Field>>,
    /// The currency of budgets in rows that name none, once it was started.
    #[schema(required = true)]
    pub budget_currency: Option<String>,
    /// The first rows; left empty in lists and once it was started.
    pub preview: Vec<Vec<String>>,
    /// Rows below the heading, once they are counted.
    #[schema(required = true)]
    pub total_rows: Option<i64>,
    /// Rows that are done.
    pub processed_rows: i64,
    /// Rows that became clients.
    pub created: i64,
    /// Rows that changed clients who were here.
    pub updated: i64,
    /// Rows whose client was here and stayed as it is.
    pub skipped: i64,
    /// Rows that could not become clients.
    pub rejected: i64,
    /// What becomes of rows whose client is here already.
    pub duplicates: Duplicates,
    /// The country of phone numbers without a country code.
    #[schema(required = true, example = "DE")]
    pub phone_region: Option<String>,
    /// Merges that it suggests and nobody has decided, at most 10 001; 0 in lists.
    pub suggested: i64,
    /// Whether more suggestions are being looked for.
    pub suggesting: bool,
    /// Whether it is written down what became of each row. Earlier releases kept their rejected rows alone: what those
    /// imported cannot be undone.
    pub outcomes_kept: bool,
    /// How fast it is, over the last 15 seconds, while it runs.
    #[schema(required = true)]
    pub rows_per_second: Option<f64>,
    /// How long it will take at this speed, while it runs.
    #[schema(required = true)]
    pub seconds_left: Option<i64>,
    /// How far it is undone, once somebody has asked for that.
    #[schema(required = true)]
    pub undo: Option<ImportUndo>,
    /// Why it failed.
    #[schema(required = true)]
    pub failure: Option<String>,
    /// The batch of its jobs.
    #[schema(required = true)]
    pub batch_id: Option<Uuid>,
    /// When it was uploaded.
    pub created_at: DateTime<Utc>,
    /// When it was started.
    #[schema(required = true)]
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    #[schema(required = true)]
    pub finished_at: Option<DateTime<Utc>>,
    /// When its file and its rejected rows were deleted, some time after it ended.
    #[schema(required = true)]
    pub file_deleted_at: Option<DateTime<Utc>>,
    /// Who uploaded it; null when they have left the workspace.
    #[schema(required = true)]
    pub created_by: Option<ImportAuthor>,
}

impl TryFrom<ImportRow> for ImportView {
    type Error = Error;

    fn try_from(row: ImportRow) -> Result<Self> {
        let state: State = row.state.parse()?;
        let undo = row.undo_started_at.map(|started_at| ImportUndo::of(&row, state, started_at));
        let columns: Vec<columns::Column> = serde_json::from_value(row.columns).map_err(Error::internal)?;
        let processed = row.created + row.updated + row.skipped + row.rejected;
        let (rate, left) = match state {
            State::Running => speed(row.recent, row.total_rows.map(|total| total - processed), row.elapsed),
            _ => (None, None),
        };
        let preview = match state {
            State::Uploaded => serde_json::from_value(row.preview).map_err(Error::internal)?,
            _ => Vec::new(),
        };
        let remembered = row.remembered.map(|stored| remembered(stored, &columns)).transpose()?.flatten();
        let encoding = Encoding::by_name(&row.encoding);
        Ok(Self {
            id: row.id,
            filename: row.filename,
            size_bytes: row.size_bytes,
            state,
            format: Format {
                encoding: encoding.ok_or_else(|| Error::internal("an encoding that nobody knows"))?,
                delimiter: row.delimiter,
                quote: row.quote,
                has_header: row.has_header,
                heading_row: row.heading_row,
            },
            source: row.source,
            imported_before: row.earlier.map(serde_json::from_value).transpose().map_err(Error::internal)?,
            remembered,
            columns: columns
                .into_iter()
                .enumerate()
                .map(|(index, column)| ImportColumn {
                    index,
                    name: column.name,
                    guess: column.guess,
                    samples: column.samples,
                })
                .collect(),
            mapping: row.mapping.map(serde_json::from_value).transpose().map_err(Error::internal)?,
            budget_currency: row.budget_currency,
            preview,
            total_rows: row.total_rows,
            processed_rows: processed,
            created: row.created,
            updated: row.updated,
            skipped: row.skipped,
            rejected: row.rejected,
            duplicates: row.duplicates.parse()?,
            phone_region: row.phone_region,
            suggested: row.suggested,
            suggesting: row.suggesting,
            outcomes_kept: row.outcomes_kept,
            undo,
            rows_per_second: rate,
            seconds_left: left,
            failure: row.failure,
            batch_id: row.batch_id,
            created_at: row.created_at,
            started_at: row.started_at,
            finished_at: row.finished_at,
            file_deleted_at: row.file_deleted_at,
            created_by: row.author_name.map(|name| ImportAuthor { id: row.created_by, name }),
        })
    }
}

/// What is remembered, by the columns of this file; nothing when none of it has a column here.
fn remembered(stored: serde_json::Value, columns: &[columns::Column]) -> Result<Option<RememberedMapping>> {
    let Remembered { mapping, budget_currency, by, at } = serde_json::from_value(stored).map_err(Error::internal)?;
    let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    let mapping = memory::by_column(&mapping, &names);
    Ok((!mapping.is_empty()).then_some(RememberedMapping { mapping, budget_currency, by, at }))
}
