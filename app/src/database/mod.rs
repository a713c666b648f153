//! Postgres: the pools of the running product, the schema's migrations, the demo story.

pub mod migrate;
pub mod seed;
mod seed_files;
mod seed_projects;

use std::{str::FromStr, time::Duration};

use sqlx::{
    PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use crate::settings::{Settings, SettingsError};

/// The schema, embedded.
pub static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("../migrations");

/// The pools of the web process.
#[derive(Clone, Debug)]
pub struct Databases {
    /// Role of requests, bound by row-level security.
    pub app: PgPool,
    /// Role of operators.
    pub platform: PgPool,
}

impl Databases {
    /// Pools that connect when they are first used.
    ///
    /// # Errors
    /// When an address is wrong.
    pub fn new(settings: &Settings) -> Result<Self, SettingsError> {
        Ok(Self {
            app: pool(settings, &settings.database.app_url, "app")?,
            platform: pool(settings, &settings.database.platform_url, "platform")?,
        })
    }

    /// Refuses roles that row-level security does not bind, and a moved clock in production.
    ///
    /// # Errors
    /// One sentence about what to do.
    pub async fn check(&self, production: bool) -> Result<(), SettingsError> {
        for (name, pool) in [("app_url", &self.app), ("platform_url", &self.platform)] {
            let unbound = sqlx::query_scalar!(
                r#"select rolsuper or rolbypassrls as "unbound!" from pg_roles where rolname = current_user"#
            )
            .fetch_one(pool)
            .await
            .map_err(|error| {
                SettingsError::new(format!(
                    "The database of `database.{name}` cannot be used: {error}. Check that Postgres runs and that `ledgerline db migrate` was run."
                ))
            })?;
            if unbound {
                return Err(SettingsError::new(format!(
                    "The role in `database.{name}` is a superuser or bypasses row-level security, so workspaces would not be kept apart; use the login that `ledgerline db migrate` makes."
                )));
            }
        }
        if production {
            let moved = sqlx::query_scalar!(r#"select "offset" <> '0'::interval as "moved!" from clock"#)
                .fetch_one(&self.app)
                .await
                .map_err(|error| {
                    SettingsError::new(format!("The clock cannot be read: {error}. Run `ledgerline db migrate`."))
                })?;
            if moved {
                return Err(SettingsError::new(
                    "The table `clock` has an offset, which is for tests only; set it to 0 as the owner of the database.",
                ));
            }
        }
        Ok(())
    }
}

/// A pool for one role. Every statement and every wait has a limit.
///
/// # Errors
/// When the address is wrong.
pub fn pool(settings: &Settings, url: &str, role: &str) -> Result<PgPool, SettingsError> {
    let statement_timeout = settings.database.statement_timeout_seconds * 1_000;
    let options = PgConnectOptions::from_str(url)
        .map_err(|_| SettingsError::new(format!("The setting `database.{role}_url` is not a Postgres address.")))?
        .application_name(&format!("ledgerline-{role}"))
        .options([
            ("statement_timeout", statement_timeout.to_string()),
            ("lock_timeout", "5000".to_owned()),
            ("idle_in_transaction_session_timeout", "30000".to_owned()),
            ("timezone", "UTC".to_owned()),
        ]);
    Ok(PgPoolOptions::new()
        .max_connections(settings.database.max_connections)
        .acquire_timeout(Duration::from_secs(5))
        .idle_timeout(Duration::from_secs(300))
        .connect_lazy_with(options))
}
