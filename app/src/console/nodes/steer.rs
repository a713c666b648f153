//! Tells a node to be quiet, to take work again, or to stop. It hears of it with its next beat, half a second later at
//! most.

use ledgerline_jobs::engine::{
    activity::{self, News},
    nodes::{self, Asked},
};
use serde_json::json;
use uuid::Uuid;

use super::{
    queries,
    view::{NodeState, NodeView, NodeWish},
};
use crate::{
    Ledgerline,
    console::act::{self, Deed, FullOperator},
    error::{Error, Result},
};

/// What a node shall do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Take no new work, end what it has.
    Quiet,
    /// Take work again.
    Work,
    /// Stop in good order, as on SIGTERM.
    Stop,
}

/// Tells a node. Doing it twice is no error; the audit log says which time changed something.
///
/// # Errors
/// 404, 409 `node_gone`, `node_stopping` or `isolated_node`.
pub async fn steer(
    ledgerline: &Ledgerline,
    operator: &FullOperator,
    request_id: &str,
    id: Uuid,
    wish: Wish,
) -> Result<NodeView> {
    let mut tx = act::begin(ledgerline, operator, request_id).await?;
    queries::lock(&mut tx, id).await?;
    let node = queries::one(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    if node.state == NodeState::Gone {
        return Err(Error::conflict("node_gone", "This node is gone already, so there is nobody to tell."));
    }
    if node.isolated {
        return Err(Error::conflict(
            "isolated_node",
            "This process runs suspects for another node and ends by itself. Tell that node instead.",
        ));
    }
    let stops = node.state == NodeState::Stopping || node.asked == Some(NodeWish::Stop);
    if stops && wish != Wish::Stop {
        return Err(Error::conflict("node_stopping", "This node stops already, and stopping cannot be taken back."));
    }
    let (asked, action, what) = match wish {
        Wish::Quiet => (Some(Asked::Quiet), "console.quiet_node", "node_quieted"),
        Wish::Work => (None, "console.resume_node", "node_resumed"),
        Wish::Stop => (Some(Asked::Stop), "console.stop_node", "node_told_to_stop"),
    };
    let wanted = match wish {
        Wish::Quiet => Some(NodeWish::Quiet),
        Wish::Work => None,
        Wish::Stop => Some(NodeWish::Stop),
    };
    let changed = node.asked != wanted && !(stops && wish == Wish::Stop);
    if changed {
        nodes::ask(&mut tx, id, asked, &operator.name).await?;
    }
    let deed = Deed { operator, request_id, action, subject_kind: "node", subject_id: Some(id), workspace_id: None };
    let data = json!({ "node": node.name, "host": node.host, "changed": changed, "running": node.running });
    deed.record(&mut tx, data).await?;
    let told = queries::one(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    if changed {
        activity::tell(&mut tx, &News::about(what, &node.name).id(id).by(&operator.name)).await?;
    }
    tx.commit().await?;
    Ok(told)
}
