//! Everything a process may be told, typed. The yaml files in `config/` fill it, environment variables fill them.
//! A wrong or missing value ends the start with one sentence that names the setting and what to do.

use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf, time::Duration};

use ledgerline_jobs::{
    Queue,
    catalog::{self, Kind},
    engine::schedule::CatchUp,
};
use loco_rs::{config::Config, environment::Environment};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use url::Url;

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
    /// Folder for uploaded files.
    pub storage_dir: PathBuf,
    /// Folder with the built frontend.
    pub frontend_dir: PathBuf,
    /// The worker nodes.
    pub workers: Workers,
    /// The web server.
    pub http: Http,
    /// Imports.
    pub imports: Imports,
    /// Hashing of passwords.
    pub passwords: Passwords,
    /// How often strangers may try something.
    pub limits: Limits,
}

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

/// Redis.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Redis {
    /// `redis://host:port`.
    pub url: String,
    /// Begins every key.
    pub namespace: String,
}

/// Outgoing mail.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// `smtp://`, or `smtps://user:password@host:465`.
    pub smtp_url: String,
    /// The sender, `Name <address>`.
    pub from: String,
}

/// Error tracking.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sentry {
    /// Empty means off.
    pub dsn: String,
    /// Version that errors are filed under.
    pub release: String,
}

/// The web server.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Http {
    /// How many proxies of ours append to `X-Forwarded-For`.
    pub trusted_proxies: usize,
    /// An answer that takes longer is given up.
    pub request_timeout_seconds: u64,
    /// A JSON body that takes longer to arrive is given up; less than `request_timeout_seconds`.
    pub body_timeout_seconds: u64,
    /// A connection whose next request's head takes longer to arrive is closed. It counts from the connection's
    /// beginning or the last answer, so it is the longest pause between two requests, too.
    pub header_timeout_seconds: u64,
    /// Event streams that one person may have open at the same time, in all their sessions together.
    pub streams_per_user: usize,
    /// Event streams that this process serves at the same time; a tenth of them is kept for operators.
    pub streams: usize,
    /// Files that one person may upload at the same time.
    pub uploads_per_user: usize,
    /// Files that this process takes in at the same time, each with a few megabytes of memory; a tenth of them is kept
    /// for operators.
    pub uploads: usize,
    /// Files a person may download at the same time that are written while they are read.
    pub downloads_per_user: usize,
    /// Such files on this process, all people together.
    pub downloads: usize,
    /// How long open requests may take to end after a stop was asked for.
    pub shutdown_seconds: u64,
    /// Bearer token for `/_metrics`; empty means open in development and test, and closed in production.
    pub metrics_token: String,
}

/// A worker node.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Workers {
    /// How many jobs of each queue run at once on one node; a queue that is not named is not worked on.
    pub concurrency: BTreeMap<String, usize>,
    /// A node that does not report for this long is dead, and its jobs run elsewhere.
    pub lease_seconds: u64,
    /// How long running jobs may take to end after a stop was asked for; the rest is handed back.
    pub drain_seconds: u64,
    /// A node that takes more memory gives itself up; 0 means no limit.
    pub memory_limit_mb: u64,
    /// Jobs of a queue that wait in Redis; the others wait in Postgres.
    pub window: usize,
    /// How often Postgres is asked for due jobs that nothing announced.
    pub poll_milliseconds: u64,
    /// The file with the recurring work.
    pub schedules_file: PathBuf,
    /// Address on which a node answers `/_health`, `/_ready` and `/_metrics`, e.g. `0.0.0.0:9464`; empty means none.
    pub binding: String,
}

/// One entry of the schedules' file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// Unique name.
    pub name: String,
    /// Five fields: minute, hour, day, month, weekday.
    pub cron: String,
    /// IANA time zone of `cron`.
    pub timezone: String,
    /// Kind of the job.
    pub job: String,
    /// The job's payload.
    #[serde(default = "no_args")]
    pub args: serde_json::Value,
    /// What happens to missed due times.
    pub catch_up: CatchUp,
    /// Jobs start up to so many seconds after their due time.
    #[serde(default)]
    pub jitter_seconds: u64,
}

fn no_args() -> serde_json::Value {
    serde_json::json!({})
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Schedules {
    schedules: Vec<Schedule>,
}

impl Schedule {
    /// What the catalogue knows of the job.
    ///
    /// # Errors
    /// One sentence when there is no such job.
    pub fn kind(&self) -> Result<Kind, SettingsError> {
        catalog::kind(&self.job).copied().ok_or_else(|| {
            SettingsError(format!(
                "The schedule `{}` asks for `{}`, which is no job; jobs/src/catalog.rs lists them.",
                self.name, self.job
            ))
        })
    }
}

impl Workers {
    /// Where a node answers, if it does.
    ///
    /// # Errors
    /// One sentence when it is no address.
    pub fn binding(&self) -> Result<Option<SocketAddr>, SettingsError> {
        if self.binding.is_empty() {
            return Ok(None);
        }
        let address = self.binding.parse();
        address.map(Some).map_err(|_| wrong("workers.binding", "WORKER_BIND", "0.0.0.0:9464, or leave it empty"))
    }

    /// The queues a node works on.
    ///
    /// # Errors
    /// One sentence when a queue does not exist or may run nothing.
    pub fn queues(&self) -> Result<Vec<(Queue, usize)>, SettingsError> {
        self.concurrency
            .iter()
            .map(|(name, concurrency)| match Queue::by_name(name) {
                Some(queue) if (1..=1000).contains(concurrency) => Ok((queue, *concurrency)),
                Some(_) => {
                    Err(SettingsError(format!("The setting `workers.concurrency.{name}` must be from 1 to 1000.")))
                }
                None => Err(SettingsError(format!(
                    "The setting `workers.concurrency.{name}` names no queue; jobs/src/queues.rs lists them."
                ))),
            })
            .collect()
    }

    /// The recurring work.
    ///
    /// # Errors
    /// One sentence when the file is missing or wrong.
    pub fn read_schedules(&self) -> Result<Vec<Schedule>, SettingsError> {
        let path = self.schedules_file.display();
        let text = std::fs::read_to_string(&self.schedules_file).map_err(|error| {
            SettingsError(format!("The file {path} of the setting `workers.schedules_file` cannot be read: {error}."))
        })?;
        let Schedules { schedules } = serde_yaml::from_str(&text)
            .map_err(|error| SettingsError(format!("The schedules in {path} are wrong: {error}.")))?;
        Ok(schedules)
    }
}

/// Imports.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Imports {
    /// How long the file and the rejected rows of an import are kept after its end.
    pub files_kept_days: u32,
}

/// Hashing of passwords.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Passwords {
    /// Hashes computed at the same time; each takes 19 MiB and one core.
    pub concurrent_hashes: usize,
}

/// `burst` attempts at once, then one every `every_seconds`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// Attempts at once.
    pub burst: i32,
    /// Seconds until one more is allowed.
    pub every_seconds: i32,
}

/// How often strangers may try something.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Logins with one email address from one internet address.
    pub login_per_email_and_address: Limit,
    /// Logins with one email address from internet addresses that it was never used from.
    pub login_per_email: Limit,
    /// Logins from one internet address.
    pub login_per_address: Limit,
    /// New accounts from one internet address.
    pub sign_up_per_address: Limit,
    /// Reset mails to one email address.
    pub reset_per_email: Limit,
    /// Reset mails asked for from one internet address.
    pub reset_per_address: Limit,
    /// Tokens (resets, invitations) tried from one internet address.
    pub token_per_address: Limit,
    /// Invitations sent by one workspace.
    pub invite_per_workspace: Limit,
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
                "The part `settings` of config/{environment}.yaml is wrong: {error}. Correct that setting; app/src/settings.rs documents each."
            ))
        })?;
        settings.check()?;
        settings.derive_urls()?;
        Ok(settings)
    }

    fn check(&self) -> Result<(), SettingsError> {
        let base = parsed("base_url", "BASE_URL", "https://app.example.com", &self.base_url)?;
        if !matches!(base.scheme(), "http" | "https") || base.path() != "/" || base.query().is_some() {
            return Err(SettingsError(format!(
                "The setting `base_url` ({base}) must be http(s)://host without a path; set BASE_URL to something like https://app.example.com."
            )));
        }
        if self.secure_cookies && base.scheme() != "https" {
            return Err(SettingsError(
                "The setting `base_url` must begin with https:// because cookies are marked Secure here; set BASE_URL to the https address.".to_owned(),
            ));
        }
        parsed("redis.url", "REDIS_URL", "redis://127.0.0.1:6379", &self.redis.url)?;
        parsed("mail.smtp_url", "SMTP_URL", "smtps://user:password@smtp.example.com:465", &self.mail.smtp_url)?;
        if self.mail.from.parse::<lettre::message::Mailbox>().is_err() {
            return Err(wrong("mail.from", "MAIL_FROM", "Ledgerline <no-reply@example.com>"));
        }
        if self.redis.namespace.is_empty() {
            return Err(wrong("redis.namespace", "REDIS_NAMESPACE", "ledgerline"));
        }
        if self.storage_dir.as_os_str().is_empty() {
            return Err(wrong("storage_dir", "STORAGE_DIR", "/var/lib/ledgerline"));
        }
        if !self.sentry.dsn.is_empty() && self.sentry.dsn.parse::<sentry::types::Dsn>().is_err() {
            return Err(wrong("sentry.dsn", "SENTRY_DSN", "https://key@sentry.example.com/1, or leave it empty"));
        }
        self.workers.binding()?;
        let suffix = &self.database.role_suffix;
        if suffix.is_empty()
            || suffix.len() > 32
            || !suffix.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        {
            return Err(wrong("database.role_suffix", "LEDGERLINE_ROLE_SUFFIX", "up to 32 of a-z, 0-9 and _"));
        }
        let positive = [
            ("database.max_connections", u64::from(self.database.max_connections)),
            ("database.statement_timeout_seconds", self.database.statement_timeout_seconds),
            ("workers.lease_seconds", self.workers.lease_seconds),
            ("workers.drain_seconds", self.workers.drain_seconds),
            ("workers.window", self.workers.window as u64),
            ("workers.poll_milliseconds", self.workers.poll_milliseconds),
            ("http.request_timeout_seconds", self.http.request_timeout_seconds),
            ("http.body_timeout_seconds", self.http.body_timeout_seconds),
            ("http.header_timeout_seconds", self.http.header_timeout_seconds),
            ("http.streams_per_user", self.http.streams_per_user as u64),
            ("http.streams", self.http.streams as u64),
            ("http.uploads_per_user", self.http.uploads_per_user as u64),
            ("http.uploads", self.http.uploads as u64),
            ("http.downloads_per_user", self.http.downloads_per_user as u64),
            ("http.downloads", self.http.downloads as u64),
            ("http.shutdown_seconds", self.http.shutdown_seconds),
            ("imports.files_kept_days", self.imports.files_kept_days.into()),
            ("passwords.concurrent_hashes", self.passwords.concurrent_hashes as u64),
        ];
        for (name, value) in positive {
            if value == 0 || value > 10_000 {
                return Err(SettingsError(format!(
                    "The setting `{name}` is {value}; set it to a number from 1 to 10000."
                )));
            }
        }
        if self.http.body_timeout_seconds >= self.http.request_timeout_seconds {
            return Err(SettingsError(
                "The setting `http.body_timeout_seconds` must be less than `http.request_timeout_seconds`, so that a caller who sends slowly is told so."
                    .to_owned(),
            ));
        }
        let limits = &self.limits;
        for (name, limit) in [
            ("login_per_email_and_address", limits.login_per_email_and_address),
            ("login_per_email", limits.login_per_email),
            ("login_per_address", limits.login_per_address),
            ("sign_up_per_address", limits.sign_up_per_address),
            ("reset_per_email", limits.reset_per_email),
            ("reset_per_address", limits.reset_per_address),
            ("token_per_address", limits.token_per_address),
            ("invite_per_workspace", limits.invite_per_workspace),
        ] {
            if limit.burst < 1 || limit.every_seconds < 1 {
                return Err(SettingsError(format!(
                    "The setting `limits.{name}` needs a burst and every_seconds of at least 1."
                )));
            }
        }
        Ok(())
    }

    /// Fills the addresses of the login roles. Their passwords follow from the owner's, so that all processes of
    /// a checkout agree without a place to keep them; production states each address.
    fn derive_urls(&mut self) -> Result<(), SettingsError> {
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

fn derived(owner: &Url, role: &str, suffix: &str) -> Result<String, SettingsError> {
    let secret = format!("{}:{}:{role}:{suffix}", owner.username(), owner.password().unwrap_or_default());
    let password: String = Sha256::digest(secret).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let mut url = owner.clone();
    url.set_username(&format!("ledgerline_{role}_{suffix}")).and_then(|()| url.set_password(Some(&password))).map_err(
        |()| wrong("database.owner_url", "DATABASE_URL", "postgres://user:password@127.0.0.1:5432/ledgerline"),
    )?;
    Ok(url.into())
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

fn postgres(name: &str, variable: &str, value: &str) -> Result<Url, SettingsError> {
    let example = "postgres://user:password@127.0.0.1:5432/ledgerline";
    let url = parsed(name, variable, example, value)?;
    if !matches!(url.scheme(), "postgres" | "postgresql") || url.username().is_empty() || url.path().len() < 2 {
        return Err(wrong(name, variable, example));
    }
    Ok(url)
}
