//! What the first rows of a file would become, by the same reader and the same checks as the import itself.

use std::collections::HashMap;

use loco_rs::app::AppContext;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    columns,
    duplicates::{Key, MatchedBy},
    head,
    input::Choices,
    queries::{self, FileRow},
    records::{Place, Record, Records},
    reread::unreadable,
    row::{self, Layout, Reason},
    rows::RowClient,
};
use crate::{
    Ledgerline,
    access::{Permission, authorize},
    clients::{phone, queries::Fields, view::BudgetMinor},
    error::{Error, Result},
    tenant::{Actor, TenantTx},
};

/// A row of the file and what it would become: a client, or reasons why it is rejected.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PreviewedRow)]
pub struct Previewed {
    /// Number of the row as a spreadsheet counts.
    pub row_number: i64,
    /// Its cells, long ones cut.
    pub columns: Vec<String>,
    /// The client it would become.
    #[schema(required = true)]
    pub client: Option<PreviewedClient>,
    /// Why it would be rejected.
    pub reasons: Vec<Reason>,
    /// The client it is already, to whom the rule for duplicates applies.
    #[schema(required = true)]
    pub duplicate_of: Option<RowClient>,
    /// The number of a row above that becomes the same client; the rule for duplicates applies to this one.
    #[schema(required = true)]
    pub repeats_row: Option<i64>,
    /// By what it is that client.
    #[schema(required = true)]
    pub matched_by: Option<MatchedBy>,
}

/// What would be kept of a row.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PreviewedClient {
    /// Name.
    pub name: String,
    /// Email address.
    #[schema(required = true)]
    pub email: Option<String>,
    /// Company.
    #[schema(required = true)]
    pub company: Option<String>,
    /// Phone number.
    #[schema(required = true)]
    pub phone: Option<String>,
    /// IANA time zone.
    #[schema(required = true)]
    pub timezone: Option<String>,
    /// What they work in.
    pub genres: Vec<String>,
    /// What they want to spend.
    #[schema(required = true)]
    pub budget_minor: Option<BudgetMinor>,
    /// ISO 4217.
    #[schema(required = true)]
    pub budget_currency: Option<String>,
    /// 1 to 5.
    #[schema(required = true)]
    pub satisfaction: Option<i16>,
    /// Who sent them.
    #[schema(required = true)]
    pub referral_source: Option<String>,
    /// Notes.
    #[schema(required = true)]
    pub notes: Option<String>,
}

impl From<Fields> for PreviewedClient {
    fn from(fields: Fields) -> Self {
        Self {
            name: fields.name,
            email: fields.email,
            company: fields.company,
            phone: fields.phone,
            timezone: fields.timezone,
            genres: fields.genres,
            budget_minor: fields
                .budget_min_minor
                .zip(fields.budget_max_minor)
                .map(|(min, max)| BudgetMinor { min, max }),
            budget_currency: fields.budget_currency,
            satisfaction: fields.satisfaction,
            referral_source: fields.referral_source,
            notes: fields.notes,
        }
    }
}

/// The first rows of a file that has not been started, read as the choices say.
///
/// # Errors
/// 404; 409 `already_started`; 410 `file_gone`; 422 for the choices.
pub async fn preview(ctx: &AppContext, actor: &Actor, id: Uuid, choices: &Choices) -> Result<Vec<Previewed>> {
    authorize(actor, Permission::ImportClients)?;
    let mut tx = TenantTx::begin(ctx, actor).await?;
    let file = queries::file(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    drop(tx);
    if file.state != "uploaded" {
        let detail = "This import has been started or cancelled already, so there is nothing to try out.";
        return Err(Error::conflict("already_started", detail));
    }
    let checked = choices.checked(file.names.len())?;
    let bytes = Ledgerline::of(ctx).storage.head(&file.storage_path, head::BYTES).await.map_err(unreadable)?;
    let layout = Layout {
        names: file.names.clone(),
        mapping: checked.mapping,
        currency: checked.budget_currency,
        phone_region: checked.phone_region.as_deref().and_then(phone::region),
        is_utf16: file.encoding().is_utf16(),
    };
    let mut tx = TenantTx::begin(ctx, actor).await?;
    who_is_here(&mut tx, id, rows(&bytes, &file, &layout)).await
}

/// Marks rows whose client is here already, or is made of a row above.
async fn who_is_here(
    tx: &mut TenantTx,
    import: Uuid,
    rows: Vec<(Previewed, Option<Fields>)>,
) -> Result<Vec<Previewed>> {
    let mut emails =
        queries::small_letters(tx, rows.iter().filter_map(|(_, fields)| fields.as_ref())).await?.into_iter();
    let rows: Vec<(Previewed, Option<Key>)> = rows
        .into_iter()
        .map(|(row, fields)| (row, fields.map(|fields| Key::of(&fields, emails.next().flatten()))))
        .collect();
    let keys: Vec<&Key> = rows.iter().filter_map(|(_, key)| key.as_ref()).collect();
    let known = queries::known_by(tx, import, &keys).await?;
    let ids: Vec<Uuid> = known.values().copied().collect();
    let names: HashMap<Uuid, String> = queries::client_names(tx, &ids).await?.into_iter().collect();
    let mut above: HashMap<Key, i64> = HashMap::new();
    let marked = rows.into_iter().map(|(mut row, key)| {
        let Some(key) = key else { return row };
        if let Some(id) = known.get(&key) {
            row.duplicate_of = Some(RowClient { id: *id, name: names.get(id).cloned() });
            row.matched_by = Some(key.by());
        } else if let Some(first) = above.get(&key) {
            row.repeats_row = Some(*first);
            row.matched_by = Some(key.by());
        } else {
            above.insert(key, row.row_number);
        }
        row
    });
    Ok(marked.collect())
}

fn rows(bytes: &[u8], file: &FileRow, layout: &Layout) -> Vec<(Previewed, Option<Fields>)> {
    let whole = u64::try_from(file.size_bytes).is_ok_and(|size| size <= head::BYTES);
    let text = head::text(bytes, file.encoding(), whole);
    let byte = u64::try_from(file.data_start).unwrap_or_default();
    let place = Place { byte, row: file.data_row, line: file.data_line };
    let mut records = Records::from(place, file.dialect());
    let mut input = usize::try_from(byte).ok().and_then(|start| text.get(start..)).unwrap_or_default();
    let mut rows = Vec::new();
    while rows.len() < head::PREVIEW
        && let Some(record) = records.next_of(&mut input, whole)
    {
        rows.push(previewed(&record, layout));
    }
    rows
}

fn previewed(record: &Record<'_>, layout: &Layout) -> (Previewed, Option<Fields>) {
    let (fields, reasons) = match row::read(record, layout) {
        Ok(person) => (Some(person.fields), Vec::new()),
        Err(reasons) => (None, reasons),
    };
    let client = fields.clone().map(PreviewedClient::from);
    let row_number = record.place.row;
    let columns = row::originals(record).iter().map(|cell| columns::cut(cell, head::CELL_CHARS)).collect();
    (
        Previewed { row_number, columns, client, reasons, duplicate_of: None, repeats_row: None, matched_by: None },
        fields,
    )
}
