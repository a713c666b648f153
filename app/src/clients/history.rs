//! What happened to a client, newest first: who did it, when, and what stood in the fields before and after.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::queries::Fields;
use crate::{
    error::{Error, Result},
    imports::amount,
    tenant::TenantTx,
};

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ClientEventKind)]
pub enum EventKind {
    /// Somebody added the client.
    Created,
    /// An import created the client.
    Imported,
    /// Fields were changed.
    Updated,
    /// An import changed fields.
    UpdatedByImport,
    /// Undoing an import put earlier values back.
    ImportUndone,
    /// Put away.
    Archived,
    /// Taken out again.
    Restored,
    /// Another client was merged into this one.
    Merged,
    /// This one was merged into another client.
    MergedInto,
    /// A merge was undone.
    MergeUndone,
}

/// One field, before and after, as text; `null` where it was or became empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ClientFieldChange)]
pub struct FieldChange {
    /// The field, as the API names it.
    pub field: String,
    /// What stood in it before.
    #[schema(required = true)]
    pub from: Option<String>,
    /// What stands in it since.
    #[schema(required = true)]
    pub to: Option<String>,
}

/// The import that did it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ClientEventImport)]
pub struct EventImport {
    /// The import.
    pub id: Uuid,
    /// Name of its file.
    pub filename: String,
    /// Row of the file.
    #[schema(required = true)]
    pub row: Option<i64>,
}

/// Something that happened to a client.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ClientEvent)]
pub struct ClientEvent {
    /// Names it in the list.
    pub id: Uuid,
    /// What happened.
    pub kind: EventKind,
    /// When.
    pub at: DateTime<Utc>,
    /// Who did it, while they are a member.
    #[schema(required = true)]
    pub by: Option<String>,
    /// The fields that were changed; what stood in them is known since this was kept.
    pub changes: Vec<FieldChange>,
    /// The import that did it.
    #[schema(required = true)]
    pub import: Option<EventImport>,
}

/// The event's data in the database.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Changed {
    /// Names of the fields; all that was kept at first.
    #[serde(default)]
    pub fields: Vec<String>,
    /// What stood in them.
    #[serde(default)]
    pub changes: Vec<FieldChange>,
}

/// What a client's history keeps of a change.
pub(crate) fn kept(fields: &[&'static str], before: &Fields, after: &Fields) -> Value {
    json!({ "fields": fields, "changes": changes(before, after) })
}

#[derive(Debug)]
struct EventRow {
    id: Uuid,
    kind: String,
    at: DateTime<Utc>,
    by: Option<String>,
    data: Value,
    import_id: Option<Uuid>,
    import_row: Option<i64>,
    filename: Option<String>,
}

/// The events before `before`, newest first. Imports write no event for a client that they create: the client itself
/// tells of it.
///
/// # Errors
/// When Postgres cannot be reached.
pub async fn page(
    tx: &mut TenantTx,
    id: Uuid,
    before: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<ClientEvent>> {
    let (at, event) = before.unzip();
    let rows = sqlx::query_as!(
        EventRow,
        r#"with happened as (
             (select id, kind, at, actor_id, data, (data->>'importId')::uuid as import_id,
                  (data->>'row')::bigint as import_row
                from events where workspace_id = current_workspace() and subject_kind = 'client' and subject_id = $1
                  and ($2::timestamptz is null or (at, id) < ($2, $3::uuid))
                order by at desc, id desc limit $4)
             union all
             select c.id, 'client_imported', c.created_at, null, '{}', c.import_id, c.import_row
               from clients c where c.workspace_id = current_workspace() and c.id = $1 and c.import_id is not null)
           select h.id as "id!", h.kind as "kind!", h.at as "at!", m.name as "by?", h.data as "data!", h.import_id,
             h.import_row, i.filename as "filename?"
           from happened h
             left join imports i on i.workspace_id = current_workspace() and i.id = h.import_id
             left join auth.members() m on m.user_id =
               coalesce(h.actor_id, case when h.kind <> 'client_import_undone' then i.created_by end)
           where $2::timestamptz is null or (h.at, h.id) < ($2, $3::uuid)
           order by h.at desc, h.id desc limit $4"#,
        id,
        at,
        event,
        limit,
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.into_iter().map(EventRow::into_event).collect()
}

impl EventRow {
    fn into_event(self) -> Result<ClientEvent> {
        let kind = match self.kind.as_str() {
            "client_created" => EventKind::Created,
            "client_imported" => EventKind::Imported,
            "client_updated" if self.import_id.is_some() => EventKind::UpdatedByImport,
            "client_updated" => EventKind::Updated,
            "client_import_undone" => EventKind::ImportUndone,
            "client_archived" => EventKind::Archived,
            "client_restored" => EventKind::Restored,
            "client_merged" => EventKind::Merged,
            "client_merged_into" => EventKind::MergedInto,
            "client_merge_undone" => EventKind::MergeUndone,
            other => return Err(Error::internal(format!("an event of a kind that nobody writes: {other}"))),
        };
        let changes = match kind {
            EventKind::Updated | EventKind::UpdatedByImport => {
                let Changed { fields, changes } = serde_json::from_value(self.data).map_err(Error::internal)?;
                if changes.is_empty() {
                    fields.into_iter().map(|field| FieldChange { field, from: None, to: None }).collect()
                } else {
                    changes
                }
            }
            _ => Vec::new(),
        };
        let import =
            self.import_id.zip(self.filename).map(|(id, filename)| EventImport { id, filename, row: self.import_row });
        Ok(ClientEvent { id: self.id, kind, at: self.at, by: self.by, changes, import })
    }
}

/// The fields that differ, as text.
fn changes(before: &Fields, after: &Fields) -> Vec<FieldChange> {
    let mut changes: Vec<FieldChange> = texts(before)
        .into_iter()
        .zip(texts(after))
        .filter(|((_, from), (_, to))| from != to)
        .map(|((field, from), (_, to))| FieldChange { field: field.to_owned(), from, to })
        .collect();
    // an import that knows the country may tell which number a text means, and change nothing else
    if before.phone == after.phone && before.phone_e164 != after.phone_e164 {
        let (from, to) = (before.phone_e164.clone(), after.phone_e164.clone());
        changes.push(FieldChange { field: "phone".to_owned(), from, to });
    }
    changes
}

fn texts(fields: &Fields) -> [(&'static str, Option<String>); 11] {
    let budget = fields.budget_min_minor.zip(fields.budget_max_minor).zip(fields.budget_currency.as_deref());
    let budget = budget.map(|((min, max), currency)| {
        let amount = |minor| amount::written(minor, currency);
        if min == max {
            format!("{} {currency}", amount(min))
        } else {
            format!("{} to {} {currency}", amount(min), amount(max))
        }
    });
    let ways = [
        (fields.contact_by_email, "email"),
        (fields.contact_by_sms, "text message"),
        (fields.contact_by_phone, "phone"),
    ];
    let ways: Vec<&str> = ways.into_iter().filter_map(|(is_liked, way)| is_liked.then_some(way)).collect();
    let joined = |text: String| Some(text).filter(|text| !text.is_empty());
    [
        ("name", Some(fields.name.clone())),
        ("email", fields.email.clone()),
        ("company", fields.company.clone()),
        ("phone", fields.phone.clone()),
        ("timezone", fields.timezone.clone()),
        ("genres", joined(fields.genres.join(", "))),
        ("budgetMinor", budget),
        ("communication", joined(ways.join(", "))),
        ("satisfaction", fields.satisfaction.map(|stars| stars.to_string())),
        ("referralSource", fields.referral_source.clone()),
        ("notes", fields.notes.clone()),
    ]
}
