//! The API as its callers see it: one folder per slice, one file per verb.

#![cfg(test)]

mod accounts;
mod branding;
mod client_accounts;
mod clients;
mod comments;
mod companies;
mod console;
mod contacts;
mod deliverables;
mod files;
mod http;
mod imports;
mod invitations;
mod isolation;
mod live;
mod members;
mod merges;
mod messages;
mod milestones;
mod portal;
mod portal_links;
mod projects;
mod proposals;
mod submissions;
mod workspaces;
