//! The outside world on localhost. Each neighbour of Ledgerline speaks its real wire protocol here, keeps what it
//! was told in bounded memory, shows it on a page and answers questions about it, so that development, tests and
//! demos never talk to the internet.
//!
//! One module per protocol: [`smtp`] takes mails in and [`mail`] keeps and shows them, [`sentry`] is the error
//! tracker, [`clamd`] the virus scanner, [`s3`] a bucket. Everything but the bucket is served by one process, either the binary `ledgerline-sandbox` or, in a test,
//! [`Sandbox::start`] on free ports.

pub mod clamd;
pub mod mail;
mod newest;
mod page;
mod problem;
pub mod s3;
pub mod sentry;
pub mod smtp;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Redirect;
use axum::routing::post;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::mail::{Inbox, Mail};
use crate::sentry::{ErrorLog, ErrorReport};
use crate::smtp::faults::Faults;

/// How long [`Sandbox::stop`] lets open connections finish.
const STOP_GRACE: Duration = Duration::from_secs(3);

/// Where the sandbox listens and how much it keeps.
#[derive(Debug, Clone)]
pub struct SandboxOptions {
    /// Address of the pages and of the HTTP protocols; port 0 takes a free one.
    pub http: SocketAddr,
    /// Address of the mail server; port 0 takes a free one.
    pub smtp: SocketAddr,
    /// Address of the virus scanner; port 0 takes a free one.
    pub clamd: SocketAddr,
    /// The longest stream that the scanner takes, in bytes.
    pub max_scan_bytes: u64,
    /// What the mail server accepts.
    pub limits: smtp::Limits,
    /// The newest so many mails are kept.
    pub max_mails: usize,
    /// Mails are dropped, oldest first, when together they are larger than this.
    pub max_mail_bytes: usize,
}

impl Default for SandboxOptions {
    fn default() -> Self {
        let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self {
            http: anywhere,
            smtp: anywhere,
            clamd: anywhere,
            max_scan_bytes: 1_000 * 1024 * 1024,
            limits: smtp::Limits::default(),
            max_mails: 5_000,
            max_mail_bytes: 256 * 1024 * 1024,
        }
    }
}

/// What every protocol shares.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) inbox: Arc<Inbox>,
    pub(crate) faults: Arc<Faults>,
    pub(crate) errors: Arc<ErrorLog>,
}

impl World {
    fn reset(&self) {
        self.inbox.clear();
        self.errors.clear();
        self.faults.clear();
    }
}

/// A running sandbox. It ends when it is dropped; [`Sandbox::stop`] ends it gently.
pub struct Sandbox {
    /// Where pages and HTTP protocols are served.
    pub http_addr: SocketAddr,
    /// Where mails are accepted.
    pub smtp_addr: SocketAddr,
    /// Where the virus scanner answers.
    pub clamd_addr: SocketAddr,
    scanner: Arc<clamd::Scanner>,
    world: World,
    stopping: CancellationToken,
    tasks: TaskTracker,
}

impl Sandbox {
    /// Binds both addresses and serves them in the background of the current tokio runtime.
    ///
    /// # Errors
    /// When an address cannot be bound; the message names it.
    pub async fn start(options: SandboxOptions) -> io::Result<Self> {
        let http = bind(options.http, "http").await?;
        let smtp = bind(options.smtp, "smtp").await?;
        let scanner_at = bind(options.clamd, "clamd").await?;
        let scanner = Arc::new(clamd::Scanner::default());
        let world = World {
            inbox: Arc::new(Inbox::new(options.max_mails, options.max_mail_bytes)),
            faults: Arc::new(Faults::default()),
            errors: Arc::new(ErrorLog::default()),
        };
        let stopping = CancellationToken::new();
        let tasks = TaskTracker::new();
        let sandbox = Self {
            http_addr: http.local_addr()?,
            smtp_addr: smtp.local_addr()?,
            clamd_addr: scanner_at.local_addr()?,
            scanner: scanner.clone(),
            world: world.clone(),
            stopping: stopping.clone(),
            tasks: tasks.clone(),
        };

        let mail_server =
            smtp::Server::new(options.limits, world.inbox.clone(), world.faults.clone(), stopping.clone());
        tasks.spawn(mail_server.serve(smtp, tasks.clone()));

        tasks.spawn(clamd::serve(scanner_at, scanner, options.max_scan_bytes, tasks.clone(), stopping.clone()));

        let app = routes(world);
        tasks.spawn(async move {
            let served = axum::serve(http, app).with_graceful_shutdown(stopping.cancelled_owned()).await;
            if let Err(error) = served {
                tracing::error!(%error, "the http side of the sandbox ended");
            }
        });
        Ok(sandbox)
    }

    /// The mails received so far, newest first.
    #[must_use]
    pub fn mails(&self) -> Vec<Arc<Mail>> {
        self.world.inbox.newest_first()
    }

    /// Waits for a mail to this address (of the envelope, whatever its case) and gives the newest one; `None` when
    /// none is there by the timeout.
    pub async fn wait_for_mail(&self, to: &str, timeout: Duration) -> Option<Arc<Mail>> {
        self.wait_for_mails(to, 1, timeout).await.into_iter().next()
    }

    /// Waits until there are at least `count` mails to this address and gives all of them, newest first; what is
    /// there by the timeout otherwise.
    pub async fn wait_for_mails(&self, to: &str, count: usize, timeout: Duration) -> Vec<Arc<Mail>> {
        let mut changes = self.world.inbox.changes();
        let arrived = async {
            loop {
                changes.mark_unchanged();
                if self.world.inbox.to(to).len() >= count || changes.changed().await.is_err() {
                    break;
                }
            }
        };
        // the timeout is not an error: the caller sees what is there
        let _elapsed = tokio::time::timeout(timeout, arrived).await;
        self.world.inbox.to(to)
    }

    /// The error reports received so far, newest first.
    #[must_use]
    pub fn errors(&self) -> Vec<Arc<ErrorReport>> {
        self.world.errors.newest_first()
    }

    /// Waits for the first report of type `event`; `None` when none is there by the timeout.
    pub async fn wait_for_error(&self, timeout: Duration) -> Option<Arc<ErrorReport>> {
        let mut changes = self.world.errors.changes();
        let arrived = async {
            loop {
                changes.mark_unchanged();
                let newest = self.errors().into_iter().find(|report| report.is_event());
                if newest.is_some() || changes.changed().await.is_err() {
                    return newest;
                }
            }
        };
        tokio::time::timeout(timeout, arrived).await.ok().flatten()
    }

    /// The steerable failures of the mail server.
    #[must_use]
    pub fn smtp_faults(&self) -> &Faults {
        &self.world.faults
    }

    /// Forgets mails, error reports and steered failures.
    pub fn reset(&self) {
        self.world.reset();
    }

    /// For settings that name the pages: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn http_url(&self) -> String {
        format!("http://{}", self.http_addr)
    }

    /// For settings that name the mail server: `smtp://127.0.0.1:PORT`.
    #[must_use]
    pub fn smtp_url(&self) -> String {
        format!("smtp://{}", self.smtp_addr)
    }

    /// For settings that name the virus scanner: `tcp://127.0.0.1:PORT`.
    #[must_use]
    pub fn clamd_url(&self) -> String {
        format!("tcp://{}", self.clamd_addr)
    }

    /// The steerable failures of the virus scanner.
    #[must_use]
    pub fn scanner(&self) -> &clamd::Scanner {
        &self.scanner
    }

    /// For settings that name the error tracker: a DSN of project 1.
    #[must_use]
    pub fn sentry_dsn(&self) -> String {
        format!("http://sandbox@{}/1", self.http_addr)
    }

    /// Stops listening, lets open connections finish for a moment, and returns.
    pub async fn stop(self) {
        self.stopping.cancel();
        self.tasks.close();
        if tokio::time::timeout(STOP_GRACE, self.tasks.wait()).await.is_err() {
            tracing::warn!("connections were still open and are cut");
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.stopping.cancel();
    }
}

async fn bind(addr: SocketAddr, name: &str) -> io::Result<TcpListener> {
    TcpListener::bind(addr)
        .await
        .map_err(|error| io::Error::new(error.kind(), format!("cannot listen for {name} on {addr}: {error}")))
}

fn routes(world: World) -> Router {
    Router::new()
        .merge(page::routes())
        .merge(mail::routes())
        .merge(smtp::faults::routes())
        .merge(sentry::routes())
        .route("/api/reset", post(reset))
        .route("/reset", post(reset_from_page))
        .fallback(problem::no_such_page)
        .with_state(world)
}

async fn reset(State(world): State<World>) -> StatusCode {
    world.reset();
    StatusCode::NO_CONTENT
}

/// The button of the page: a plain form, so that it works without a script.
async fn reset_from_page(State(world): State<World>) -> Redirect {
    world.reset();
    Redirect::to("/")
}
