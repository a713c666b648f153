//! What Ledgerline means: one folder per slice of the product, and the ground they stand on.
//!
//! `routes` is the whole API on one screen; a slice reads controller → verb → queries.

pub mod access;
pub mod accounts;
pub mod app;
pub mod audit;
pub mod clients;
pub mod console;
pub mod database;
pub mod error;
pub mod health;
pub mod http;
pub mod imports;
pub mod input;
pub mod invitations;
pub mod mail;
pub mod maintenance;
pub mod members;
pub mod page;
pub mod passwords;
pub mod routes;
pub mod settings;
pub mod storage;
pub mod telemetry;
pub mod tenant;
pub mod tokens;
pub mod wake;
pub mod workspaces;

pub use app::{App, Ledgerline};
pub use error::{Error, Result};
pub use tenant::{Actor, Role, TenantTx};
