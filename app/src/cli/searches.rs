//! Searches that an operator keeps.

use uuid::Uuid;

use super::{Failed, NOT_FOUND, Result, acting::Acting, output::Output};
use crate::{
    Ledgerline,
    console::jobs::searches::{self, NewSearch},
};

/// All of them.
pub(super) async fn list(ledgerline: &Ledgerline, out: &Output, acting: &Acting) -> Result<()> {
    let kept = searches::list(ledgerline, &acting.any(ledgerline).await?).await?;
    out.list(&kept, "searches", &[("NAME", "/name"), ("SEARCH", "/search"), ("KEPT", "/createdAt"), ("ID", "/id")])
}

/// One more.
pub(super) async fn keep(
    ledgerline: &Ledgerline,
    out: &Output,
    acting: &Acting,
    name: String,
    terms: &[String],
) -> Result<()> {
    let operator = acting.any(ledgerline).await?;
    let kept = searches::keep(ledgerline, &operator, &NewSearch { name, search: terms.join(" ") }).await?;
    if out.is_json() {
        return out.json(&kept);
    }
    out.line(&format!("Kept as {}.", kept.name))
}

/// One less.
pub(super) async fn forget(ledgerline: &Ledgerline, out: &Output, acting: &Acting, search: &str) -> Result<()> {
    let operator = acting.any(ledgerline).await?;
    let kept = searches::list(ledgerline, &operator).await?.searches;
    let id = Uuid::try_parse(search).ok();
    let found = kept.into_iter().find(|kept| Some(kept.id) == id || kept.name == search);
    let Some(found) = found else {
        return Err(Failed::Said(NOT_FOUND, format!("You keep no search {search}.")));
    };
    searches::forget(ledgerline, &operator, found.id).await?;
    if out.is_json() {
        return out.json(&found);
    }
    out.line(&format!("{} is forgotten.", found.name))
}
