//! What Ledgerline means: one folder per slice of the product, and the ground they stand on.
//!
//! `routes` is the whole API on one screen; a slice reads controller → verb → queries.

// Slices: what the product does.
pub mod accounts;
pub mod client_accounts;
pub mod clients;
pub mod comments;
pub mod companies;
pub mod console;
pub mod contacts;
pub mod deliverables;
pub mod imports;
pub mod invitations;
pub mod live;
pub mod members;
pub mod merges;
pub mod messages;
pub mod milestones;
pub mod portal;
pub mod portal_links;
pub mod progress;
pub mod projects;
pub mod proposals;
pub mod submissions;
pub mod workspaces;

// Ground: what the slices stand on.
pub mod access;
pub mod app;
pub mod audit;
pub mod branding;
pub mod cli;
pub mod database;
pub mod error;
pub mod files;
pub mod health;
pub mod http;
pub mod input;
pub mod mail;
pub mod maintenance;
pub mod page;
pub mod passwords;
pub mod routes;
pub mod settings;
pub mod states;
pub mod storage;
pub mod telemetry;
pub mod tenant;
pub mod tiers;
pub mod tokens;
pub mod uploads;
pub mod wake;

pub use app::{App, Ledgerline};
pub use error::{Error, Result};
pub use tenant::{Actor, Role, TenantTx};
