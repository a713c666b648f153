//! Everything a process may be told, typed. The yaml files in `config/` fill it, environment variables fill them.
//! A wrong or missing value ends the start with one sentence that names the setting and what to do.

mod bucket;
mod check;
mod database;
mod files;
mod http;
mod limits;
mod mail;
mod redis;
mod sentry;
mod workers;

use std::{path::PathBuf, time::Duration};

use loco_rs::{config::Config, environment::Environment};
use serde::Deserialize;
use url::Url;

pub use self::{
    bucket::Bucket,
    database::Database,
    files::Files,
    http::Http,
    limits::{Limit, Limits, Passwords},
    mail::Mail,
    redis::Redis,
    sentry::Sentry,
    workers::{Schedule, Workers},
};

/// The `settings:` part of the configuration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Address under which people reach the product; links in mails begin with it.
    pub base_url: String,
    /// Whether cookies carry `Secure`; true wherever the product is served over https.
    pub secure_cookies: bool,
    /// Postgres.
    pub database: Database,
    /// Redis.
    pub redis: Redis,
    /// Outgoing mail.
    pub mail: Mail,
    /// Error tracking.
    pub sentry: Sentry,
    /// Folder for uploaded files; empty when they stand in a bucket.
    pub storage_dir: PathBuf,
    /// Bucket for uploaded files.
    pub bucket: Bucket,
    /// Folder with the built frontend.
    pub frontend_dir: PathBuf,
    /// The worker nodes.
    pub workers: Workers,
    /// The web server.
    pub http: Http,
    /// Files of projects.
    pub files: Files,
    /// Imports.
    pub imports: Imports,
    /// Hashing of passwords.
    pub passwords: Passwords,
    /// How often strangers may try something.
    pub limits: Limits,
}

/// Imports.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Imports {
    /// How long the file and the rejected rows of an import are kept after its end.
    pub files_kept_days: u32,
    /// Rows that one job imports, unless it has a megabyte before that.
    pub chunk_rows: u32,
}

/// One sentence about what is wrong and what to do.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct SettingsError(String);

impl SettingsError {
    /// Any sentence.
    pub fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

impl From<SettingsError> for loco_rs::Error {
    fn from(error: SettingsError) -> Self {
        Self::Message(error.0)
    }
}

/// The environment chosen by `LOCO_ENV`.
#[must_use]
pub fn environment() -> Environment {
    loco_rs::environment::resolve_from_env().into()
}

/// Reads and checks the configuration of `environment`.
///
/// # Errors
/// One sentence about the first thing that is wrong.
pub fn load(environment: &Environment) -> Result<(Config, Settings), SettingsError> {
    let config = environment.load().map_err(|error| {
        let mut error = error.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
        if error.contains("invalid type") {
            error.push_str(" (PORT, DATABASE_MAX_CONNECTIONS, CONCURRENT_HASHES and TRUSTED_PROXIES must be numbers)");
        }
        SettingsError(format!(
            "The configuration of the environment `{environment}` cannot be read: {error}. Correct config/{environment}.yaml or the variable it reads; LOCO_ENV picks the environment and LOCO_CONFIG_FOLDER the folder."
        ))
    })?;
    let settings = Settings::of(&config, environment)?;
    Ok((config, settings))
}

impl Settings {
    /// The checked settings of a configuration.
    ///
    /// # Errors
    /// One sentence about the first thing that is wrong.
    pub fn of(config: &Config, environment: &Environment) -> Result<Self, SettingsError> {
        let raw = config.settings.clone().unwrap_or_default();
        let mut settings: Self = serde_json::from_value(raw).map_err(|error| {
            SettingsError(format!(
                "The part `settings` of config/{environment}.yaml is wrong: {error}. Correct that setting; app/src/settings/ documents each."
            ))
        })?;
        settings.check()?;
        settings.derive_urls()?;
        Ok(settings)
    }

    /// How long one request may take.
    #[must_use]
    pub const fn request_timeout(&self) -> Duration {
        Duration::from_secs(self.http.request_timeout_seconds)
    }

    /// How long a JSON body may take to arrive.
    #[must_use]
    pub const fn body_timeout(&self) -> Duration {
        Duration::from_secs(self.http.body_timeout_seconds)
    }

    /// How long the head of a request may take to arrive.
    #[must_use]
    pub const fn header_timeout(&self) -> Duration {
        Duration::from_secs(self.http.header_timeout_seconds)
    }

    /// A link of the product: `path` begins with a slash.
    #[must_use]
    pub fn link(&self, path: &str) -> String {
        format!("{}{path}", self.base_url.trim_end_matches('/'))
    }
}

fn wrong(name: &str, variable: &str, example: &str) -> SettingsError {
    SettingsError(format!("The setting `{name}` is missing or wrong; set {variable} to something like {example}."))
}

// The value itself is not repeated: it may hold a password.
fn parsed(name: &str, variable: &str, example: &str, value: &str) -> Result<Url, SettingsError> {
    match Url::parse(value) {
        Ok(url) if url.has_host() => Ok(url),
        _ => Err(wrong(name, variable, example)),
    }
}
