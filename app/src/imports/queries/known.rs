//! Who is here already, for all keys of a chunk at once.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use crate::{clients::queries::Fields, error::Result, imports::duplicates::Key, tenant::TenantTx};

/// The addresses of these clients in small letters, in their order: as the index of addresses has them.
pub(crate) async fn small_letters<'a>(
    tx: &mut TenantTx,
    clients: impl Iterator<Item = &'a Fields>,
) -> Result<Vec<Option<String>>> {
    let emails: Vec<Option<&str>> = clients.map(|client| client.email.as_deref()).collect();
    Ok(sqlx::query_scalar!(
        "select lower(asked.email) from unnest($1::text[]) with ordinality as asked (email, place) order by asked.place",
        &emails as &[Option<&str>]
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// Locks those of these clients who are not archived, so that nobody removes them before the end of the transaction, in
/// the order of their ids; answers who they are.
pub(crate) async fn hold_clients(tx: &mut TenantTx, ids: &[Uuid]) -> Result<HashSet<Uuid>> {
    let held = sqlx::query_scalar!(
        "select id from clients where workspace_id = current_workspace() and id = any($1) and archived_at is null
         order by id for key share",
        ids
    );
    Ok(held.fetch_all(&mut **tx).await?.into_iter().collect())
}

/// The clients who have these keys and are not archived; of several with one key, the one who was here first. Clients
/// that the import itself has made are known by their first key alone, and nobody by a key that they have from it: so how
/// many are created does not depend on which chunk is written first. Except that nobody is known any more by a number or
/// name that the import has overwritten: a row with the old one finds its client only when it is written before.
pub(crate) async fn known_by(tx: &mut TenantTx, import: Uuid, keys: &[&Key]) -> Result<HashMap<Key, Uuid>> {
    let (mut emails, mut phones, mut names, mut companies) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for key in keys {
        match key {
            Key::Email(email) => emails.push(email.clone()),
            Key::Phone(phone) => phones.push(phone.clone()),
            Key::Name(name, company) => {
                names.push(name.clone());
                companies.push(company.clone());
            }
        }
    }
    let mut found = HashMap::new();
    if !emails.is_empty() {
        let rows = sqlx::query!(r#"select id as "id!", email as "email!" from auth.clients_by_email($1)"#, &emails);
        found.extend(rows.fetch_all(&mut **tx).await?.into_iter().map(|row| (Key::Email(row.email), row.id)));
    }
    if !phones.is_empty() {
        let rows = sqlx::query!(
            r#"select id as "id!", phone as "phone!" from auth.clients_by_phone($1, $2)"#,
            &phones,
            import
        );
        found.extend(rows.fetch_all(&mut **tx).await?.into_iter().map(|row| (Key::Phone(row.phone), row.id)));
    }
    if !names.is_empty() {
        let rows = sqlx::query!(
            r#"select id as "id!", name as "name!", company as "company!"
               from auth.clients_by_name_and_company($1, $2, $3)"#,
            &names,
            &companies,
            import
        );
        let rows = rows.fetch_all(&mut **tx).await?.into_iter();
        found.extend(rows.map(|row| (Key::Name(row.name, row.company), row.id)));
    }
    Ok(found)
}
