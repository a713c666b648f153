//! Nodes as they are shown.

use uuid::Uuid;

use super::{
    queries,
    view::{NodeList, NodePage, NodeQuery},
};
use crate::{
    Ledgerline,
    console::{jobs::queries::rows, queries::look},
    error::{Error, Result},
    page,
};

/// A page of nodes, the latest start first.
///
/// # Errors
/// 400 for a wrong limit or cursor.
pub async fn page(ledgerline: &Ledgerline, query: &NodeQuery) -> Result<NodeList> {
    let mut tx = look(&ledgerline.databases.platform).await?;
    let (nodes, next_cursor) = page::read(
        query.cursor.as_deref(),
        query.limit,
        |after, most| queries::page(&mut tx, query.gone, after, most),
        |node| (node.started_at, node.id),
    )
    .await?;
    Ok(NodeList { nodes, next_cursor })
}

/// A node and the jobs it runs.
///
/// # Errors
/// 404.
pub async fn one(ledgerline: &Ledgerline, id: Uuid) -> Result<NodePage> {
    let mut tx = look(&ledgerline.databases.platform).await?;
    let node = queries::one(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    let ids = queries::jobs(&mut tx, id).await?;
    Ok(NodePage { node, jobs: rows::on_page(&mut tx, &ids, None).await? })
}
