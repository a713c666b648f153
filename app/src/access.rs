//! Who may do what in a workspace: the one table of roles and permissions.

use crate::{
    error::{Error, Result},
    tenant::{Actor, Role, Who},
};

/// Something a member may be allowed to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// See clients and change them.
    WorkWithClients,
    /// See projects, change them, and hand in work.
    WorkOnProjects,
    /// Bring in clients from files.
    ImportClients,
    /// See the workspace and its members.
    SeeWorkspace,
    /// Rename the workspace.
    ChangeWorkspace,
    /// See, send and withdraw invitations.
    Invite,
    /// Invite someone as an owner, and withdraw that.
    InviteOwners,
    /// Change roles, remove members.
    ChangeMembers,
}

/// The least role that has a permission.
const fn least(permission: Permission) -> Role {
    match permission {
        Permission::WorkWithClients
        | Permission::WorkOnProjects
        | Permission::ImportClients
        | Permission::SeeWorkspace => Role::Member,
        Permission::ChangeWorkspace | Permission::Invite => Role::Manager,
        Permission::InviteOwners | Permission::ChangeMembers => Role::Owner,
    }
}

/// Refuses what the actor's role does not allow.
///
/// # Errors
/// 403 `forbidden`, naming the role that is needed.
pub fn authorize(actor: &Actor, permission: Permission) -> Result<()> {
    let role = match actor.who {
        Who::User(_, role) => role,
        Who::Job(_) => return Ok(()),
        Who::Client(_) => return Err(Error::forbidden("Only a member of the workspace may do this.")),
    };
    let least = least(permission);
    if role >= least {
        return Ok(());
    }
    Err(Error::forbidden(match least {
        Role::Owner => "Only an owner of the workspace may do this.",
        Role::Manager => "Only an owner or manager of the workspace may do this.",
        Role::Member => "Only a member of the workspace may do this.",
    }))
}

/// Refuses whoever cannot accept work or ask for changes: a client decides with an access that says so, a member only on
/// the client's behalf.
///
/// # Errors
/// 403 `forbidden`.
pub fn authorize_decision(actor: &Actor) -> Result<()> {
    match actor.who {
        Who::Client(visit) if visit.access.decides() => Ok(()),
        Who::Client(_) => Err(Error::forbidden("Your access does not include deciding on work. Ask for another link.")),
        Who::User(..) | Who::Job(_) => authorize(actor, Permission::WorkOnProjects),
    }
}
