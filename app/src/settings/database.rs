//! Settings of Postgres.

use serde::Deserialize;
use sha2::{Digest, Sha256};
use url::Url;

use super::{Settings, SettingsError, parsed, wrong};

/// Postgres: one address per role, see docs/adr/0005-database-roles.md.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// Owner of the schema; used by `ledgerline db` only.
    pub owner_url: String,
    /// Role of requests: sees the rows of the transaction's workspace.
    pub app_url: String,
    /// Role of the job engine.
    pub engine_url: String,
    /// Role of operators.
    pub platform_url: String,
    /// Whether empty addresses are derived from the owner's (development and test).
    pub derive_urls: bool,
    /// Keeps the login roles of several checkouts on one server apart.
    pub role_suffix: String,
    /// Size of each pool.
    pub max_connections: u32,
    /// Postgres ends a statement that runs longer.
    pub statement_timeout_seconds: u64,
}

impl Settings {
    /// Fills the addresses of the login roles. Their passwords follow from the owner's, so that all processes of
    /// a checkout agree without a place to keep them; production states each address.
    pub(super) fn derive_urls(&mut self) -> Result<(), SettingsError> {
        let owner = if self.database.owner_url.is_empty() {
            None
        } else {
            Some(postgres("database.owner_url", "DATABASE_URL", &self.database.owner_url)?)
        };
        let Database { derive_urls, role_suffix, .. } = self.database.clone();
        for (role, variable, url) in [
            ("app", "DATABASE_APP_URL", &mut self.database.app_url),
            ("engine", "DATABASE_ENGINE_URL", &mut self.database.engine_url),
            ("platform", "DATABASE_PLATFORM_URL", &mut self.database.platform_url),
        ] {
            let name = format!("database.{role}_url");
            if url.is_empty() && derive_urls {
                let Some(owner) = &owner else {
                    return Err(wrong(
                        "database.owner_url",
                        "DATABASE_URL",
                        "postgres://user:password@127.0.0.1:5432/ledgerline",
                    ));
                };
                *url = derived(owner, role, &role_suffix)?;
            }
            let parsed = postgres(&name, variable, url)?;
            if owner.as_ref().is_some_and(|owner| owner.username() == parsed.username()) {
                return Err(SettingsError(format!(
                    "The setting `{name}` logs in as the owner of the database, who is not bound by row-level security; give {variable} a login of its own."
                )));
            }
        }
        Ok(())
    }

    /// The owner's address, for `ledgerline db`.
    ///
    /// # Errors
    /// When it is not set.
    pub fn owner_url(&self) -> Result<&str, SettingsError> {
        postgres("database.owner_url", "DATABASE_URL", &self.database.owner_url)?;
        Ok(&self.database.owner_url)
    }
}

fn derived(owner: &Url, role: &str, suffix: &str) -> Result<String, SettingsError> {
    let secret = format!("{}:{}:{role}:{suffix}", owner.username(), owner.password().unwrap_or_default());
    let password: String = Sha256::digest(secret).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let mut url = owner.clone();
    url.set_username(&format!("ledgerline_{role}_{suffix}")).and_then(|()| url.set_password(Some(&password))).map_err(
        |()| wrong("database.owner_url", "DATABASE_URL", "postgres://user:password@127.0.0.1:5432/ledgerline"),
    )?;
    Ok(url.into())
}

fn postgres(name: &str, variable: &str, value: &str) -> Result<Url, SettingsError> {
    let example = "postgres://user:password@127.0.0.1:5432/ledgerline";
    let url = parsed(name, variable, example, value)?;
    if !matches!(url.scheme(), "postgres" | "postgresql") || url.username().is_empty() || url.path().len() < 2 {
        return Err(wrong(name, variable, example));
    }
    Ok(url)
}
