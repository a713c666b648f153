//! The real server in this process.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use ledgerline_app::{App, Ledgerline, app::serve_on};
use ledgerline_sandbox::{Sandbox, SandboxOptions};
use loco_rs::{
    app::{AppContext, Hooks},
    boot::StartMode,
    environment::Environment,
};
use serde_json::{Value, json};
use sqlx::PgConnection;
use tempfile::TempDir;
use tokio::{net::TcpListener, task::JoinHandle};
use uuid::Uuid;

use super::{
    Browser, PASSWORD, TestDatabase,
    database::{config, redis_url},
    jobs::left_over,
};

/// What a test wants to be other than in config/test.yaml; merged into its `settings`.
pub type Overrides = Value;

/// A running server with everything it needs; gone when it is dropped.
pub struct TestApp {
    /// Where it listens, without a slash at the end.
    pub base_url: String,
    /// Its context.
    pub ctx: AppContext,
    /// Its database.
    pub database: TestDatabase,
    /// Its outside world.
    pub sandbox: Sandbox,
    serving: JoinHandle<()>,
    files: TempDir,
    leaves_jobs: AtomicBool,
    settings: Value,
}

/// Another web process of the same product: the same database, Redis and outside world, an address of its own.
pub struct WebProcess {
    /// Where it listens, without a slash at the end.
    pub base_url: String,
    ctx: AppContext,
    serving: JoinHandle<()>,
}

impl TestApp {
    /// Starts one.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start() -> Self {
        Self::start_with(json!({})).await
    }

    /// Starts one with other settings.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start_with(overrides: Overrides) -> Self {
        let database = TestDatabase::create().await;
        let sandbox = Sandbox::start(SandboxOptions::default()).await.expect("the sandbox starts");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let base_url = format!("http://{}", listener.local_addr().expect("an address"));
        let files = tempfile::tempdir().expect("a folder");
        let frontend = files.path().join("frontend");
        std::fs::create_dir_all(frontend.join("assets")).expect("a folder");
        std::fs::write(frontend.join("studio.html"), "<!doctype html><title>Studio</title>").expect("a page");
        let portal = r#"<!doctype html><title>Portal</title><script type="application/json" id="first"></script>"#;
        std::fs::write(frontend.join("portal.html"), portal).expect("a page");
        std::fs::write(frontend.join("assets/app-1234.js"), "export {}").expect("an asset");

        let mut settings = json!({
            "base_url": base_url,
            "database": { "owner_url": database.url },
            "redis": { "url": redis_url(), "namespace": format!("test-{}", Uuid::new_v4().simple()) },
            "files": { "clamd": sandbox.clamd_url() },
            "mail": { "smtp_url": sandbox.smtp_url() },
            "storage_dir": files.path().join("storage"),
            "frontend_dir": frontend,
        });
        for (key, value) in overrides.as_object().expect("overrides are an object") {
            match (settings.get_mut(key).and_then(Value::as_object_mut), value.as_object()) {
                (Some(own), Some(theirs)) => own.extend(theirs.clone()),
                _ => settings[key] = value.clone(),
            }
        }
        let (ctx, serving) = serve(listener, &settings).await;
        Self { base_url, ctx, database, sandbox, serving, files, leaves_jobs: AtomicBool::new(false), settings }
    }

    /// Starts another web process beside this one.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn beside(&self) -> WebProcess {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let base_url = format!("http://{}", listener.local_addr().expect("an address"));
        let mut settings = self.settings.clone();
        settings["base_url"] = json!(base_url);
        let (ctx, serving) = serve(listener, &settings).await;
        WebProcess { base_url, ctx, serving }
    }

    /// What requests share.
    #[must_use]
    pub fn ledgerline(&self) -> std::sync::Arc<Ledgerline> {
        Ledgerline::of(&self.ctx)
    }

    /// What requests are answered with.
    #[must_use]
    pub fn context(&self) -> AppContext {
        self.ctx.clone()
    }

    /// In what it differs from config/test.yaml.
    #[must_use]
    pub const fn settings(&self) -> &Value {
        &self.settings
    }

    /// Where files of this test may stand.
    #[must_use]
    pub fn folder(&self) -> &std::path::Path {
        self.files.path()
    }

    /// A browser that nobody is logged in with.
    #[must_use]
    pub fn browser(&self) -> Browser {
        Browser::new(&self.base_url)
    }

    /// A browser in which the owner of a new workspace is logged in; `name` begins the email address.
    ///
    /// # Panics
    /// When signing up fails.
    pub async fn owner(&self, name: &str) -> Browser {
        let browser = self.browser();
        let answer = browser
            .post(
                "/api/accounts",
                &json!({ "name": name, "email": address(name), "password": PASSWORD, "workspaceName": format!("{name}'s") }),
            )
            .await;
        assert_eq!(answer.status, 201, "{answer:?}");
        browser
    }

    /// A browser in which a new member of the owner's workspace is logged in.
    ///
    /// # Panics
    /// When inviting fails.
    pub async fn member(&self, owner: &Browser, name: &str, role: &str) -> Browser {
        let email = address(name);
        owner.post("/api/invitations", &json!({ "email": email, "role": role })).await.assert_status(201);
        let token = self.mailed_token(&email).await;
        let browser = self.browser();
        let body = json!({ "token": token, "name": name, "password": PASSWORD });
        browser.post("/api/invitations/accept", &body).await.assert_status(201);
        browser
    }

    /// Runs the jobs that were asked for, and gives the token of the newest link to this address.
    ///
    /// # Panics
    /// When no mail comes.
    pub async fn mailed_token(&self, email: &str) -> String {
        self.run_pending().await;
        let mail = self.sandbox.wait_for_mail(email, Duration::from_secs(5)).await.expect("a mail");
        let link = mail.links.first().expect("a link in the mail");
        link.split_once('#').expect("the token stands behind the #").1.to_owned()
    }

    /// This test leaves jobs that nobody runs, and means to.
    pub fn leave_jobs(&self) {
        self.leaves_jobs.store(true, Ordering::Relaxed);
    }

    /// A connection as the owner of the database.
    pub async fn sql(&self) -> PgConnection {
        self.database.owner().await
    }

    /// Puts a checked file of its producer into a project, as if it had been uploaded. Its bytes stand nowhere.
    ///
    /// # Panics
    /// When there is no such project.
    pub async fn add_file(&self, project_id: Uuid) -> Uuid {
        sqlx::query_scalar(
            "with project as (select * from projects where id = $1), file as (
               insert into files (id, workspace_id, project_id, kind, name, side, last_version, created_at, updated_at)
                 select gen_random_uuid(), workspace_id, id, 'work_in_progress', 'mix.wav', 'producer', 1, app_now(), app_now()
                 from project returning *)
             insert into file_versions (id, workspace_id, project_id, file_id, number, filename, size_bytes, state, scan,
               content_type, sha256, storage_path, uploaded_by, uploader, available_at, created_at)
             select gen_random_uuid(), f.workspace_id, f.project_id, f.id, 1, f.name, 4, 'available', 'clean', 'audio/x-wav',
               sha256('test'), 'files/nowhere', p.created_by, 'user', app_now(), app_now()
             from file f, project p returning file_id",
        )
        .bind(project_id)
        .fetch_one(&mut self.sql().await)
        .await
        .expect("a project of that id")
    }

    /// Moves the time of the whole product.
    ///
    /// # Panics
    /// When the clock cannot be moved.
    pub async fn travel(&self, interval: &str) {
        sqlx::query(r#"update clock set "offset" = "offset" + $1::text::interval"#)
            .bind(interval)
            .execute(&mut self.sql().await)
            .await
            .expect("the clock moves");
    }

    /// Asks the server to stop and waits until it has.
    ///
    /// # Panics
    /// When it does not.
    pub async fn stop(mut self) {
        self.ledgerline().stopping.cancel();
        let serving = &mut self.serving;
        tokio::time::timeout(Duration::from_secs(10), serving)
            .await
            .expect("the server stops")
            .expect("without a panic");
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.ledgerline().stopping.cancel();
        self.serving.abort();
        if !std::thread::panicking() && !self.leaves_jobs.load(Ordering::Relaxed) {
            let left = left_over(&self.database.url);
            assert_eq!(left, 0, "jobs are left over: run them with run_pending, or say leave_jobs");
        }
    }
}

impl Drop for WebProcess {
    fn drop(&mut self) {
        Ledgerline::of(&self.ctx).stopping.cancel();
        self.serving.abort();
    }
}

async fn serve(listener: TcpListener, settings: &Value) -> (AppContext, JoinHandle<()>) {
    let boot = App::boot(StartMode::ServerOnly, &Environment::Test, config(settings)).await.expect("the app boots");
    let ctx = boot.app_context;
    App::init_logger(&ctx).expect("a logger");
    let router = boot.router.expect("a router");
    let serving = tokio::spawn({
        let ctx = ctx.clone();
        async move { serve_on(listener, router, &ctx).await.expect("the server serves") }
    });
    (ctx, serving)
}

/// The email address that goes with a name.
fn address(name: &str) -> String {
    format!("{}@example.com", name.to_lowercase().replace(' ', "."))
}
