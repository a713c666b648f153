//! What must hold of the settings before anything starts.

use super::{Settings, SettingsError, parsed, wrong};

impl Settings {
    pub(super) fn check(&self) -> Result<(), SettingsError> {
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
        let has_scanner = self.files.clamd.strip_prefix("unix:").is_some_and(|path| path.starts_with('/'))
            || url::Url::parse(&self.files.clamd).is_ok_and(|url| url.scheme() == "tcp" && url.port().is_some());
        if !has_scanner {
            return Err(wrong("files.clamd", "CLAMD_URL", "tcp://127.0.0.1:3310 or unix:/run/clamav/clamd.ctl"));
        }
        self.check_storage()?;
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
            ("files.scan_limit_mb", self.files.scan_limit_mb),
            ("files.media_limit_mb", self.files.media_limit_mb),
            ("imports.files_kept_days", self.imports.files_kept_days.into()),
            ("imports.chunk_rows", self.imports.chunk_rows.into()),
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
            ("portal_code_per_link", limits.portal_code_per_link),
            ("portal_link_per_email", limits.portal_link_per_email),
            ("portal_link_per_address", limits.portal_link_per_address),
            ("portal_mail_per_workspace", limits.portal_mail_per_workspace),
            ("talk_per_person", limits.talk_per_person),
        ] {
            if limit.burst < 1 || limit.every_seconds < 1 {
                return Err(SettingsError(format!(
                    "The setting `limits.{name}` needs a burst and every_seconds of at least 1."
                )));
            }
        }
        Ok(())
    }

    /// Files stand in one place: a folder or a bucket.
    fn check_storage(&self) -> Result<(), SettingsError> {
        let in_folder = !self.storage_dir.as_os_str().is_empty();
        let bucket = &self.bucket;
        match (in_folder, !bucket.name.is_empty()) {
            (false, false) => {
                return Err(wrong(
                    "storage_dir",
                    "STORAGE_DIR",
                    "/var/lib/ledgerline, or name a bucket with S3_BUCKET",
                ));
            }
            (true, true) => {
                return Err(SettingsError(
                    "The settings `storage_dir` and `bucket.name` are both there; set STORAGE_DIR or S3_BUCKET, and leave the other empty."
                        .to_owned(),
                ));
            }
            _ => {}
        }
        if bucket.access_key_id.is_empty() != bucket.secret_access_key.is_empty() {
            return Err(SettingsError(
                "The setting `bucket` has half of a key; set S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY, or neither for the rights of the machine."
                    .to_owned(),
            ));
        }
        if !bucket.endpoint.is_empty() {
            let endpoint = parsed("bucket.endpoint", "S3_ENDPOINT", "https://s3.example.com", &bucket.endpoint)?;
            if !matches!(endpoint.scheme(), "http" | "https") {
                return Err(wrong("bucket.endpoint", "S3_ENDPOINT", "https://s3.example.com"));
            }
        }
        Ok(())
    }
}
