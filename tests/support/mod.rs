//! What tests stand on: the real server in this process, with a database, a Redis namespace and an outside world of
//! its own, and browsers that talk to it.

mod app;
mod browser;
mod database;

pub use app::{Overrides, TestApp};
pub use browser::{Answer, Browser};
pub use database::{TestDatabase, owner_url, redis_url};

/// A password that sign-up accepts.
pub const PASSWORD: &str = "correct horse battery";
