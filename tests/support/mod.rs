//! What tests stand on: the real server in this process, with a database, a Redis namespace and an outside world of
//! its own, and browsers that talk to it.

#![expect(clippy::expect_used, reason = "a test that cannot be set up fails by panicking")]

mod app;
mod browser;
mod database;
mod engine;
mod jobs;
mod redis_server;
mod worker;

pub use app::{Overrides, TestApp, WebProcess};
pub use browser::{Answer, Browser};
pub use database::{TestDatabase, owner_url, redis_url};
pub use engine::{TestEngine, TestNode, node_options, start_node, wait_for};
pub use jobs::product_node;
pub use redis_server::{Redis, free_port};
pub use worker::Worker;

/// A password that sign-up accepts.
pub const PASSWORD: &str = "correct horse battery";
