//! How the product boots: loco reads the configuration, parses the command line and runs the server; what all
//! requests share is put into its context once.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use axum::Router;
use loco_rs::{
    app::{AppContext, Hooks},
    bgworker::Queue,
    boot::{BootResult, ServeParams, StartMode, create_app, shutdown_signal},
    config::Config,
    controller::{AppRoutes, middleware::MiddlewareLayer},
    environment::Environment,
    task::Tasks,
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{
    database::Databases,
    http::{self, places::Places},
    passwords::Hasher,
    routes,
    settings::{self, Settings, SettingsError},
    storage::Storage,
    telemetry,
    wake::Wake,
};

/// What all requests share.
#[derive(Debug)]
pub struct Ledgerline {
    /// Checked settings.
    pub settings: Settings,
    /// Whether this is production.
    pub production: bool,
    /// Postgres.
    pub databases: Databases,
    /// Redis; connects when it is first used, and again after an outage.
    pub redis: redis::Client,
    /// Tells the dispatcher of commits that asked for work.
    pub wake: Wake,
    /// Uploaded files.
    pub storage: Storage,
    /// Computes password hashes, a few at a time.
    pub hasher: Hasher,
    /// Open event streams.
    pub streams: Arc<Places>,
    /// Files that come in.
    pub uploads: Arc<Places>,
    /// Files that are written while they are read from the database.
    pub downloads: Arc<Places>,
    /// Cancelled when the process is asked to stop: streams end themselves on it.
    pub stopping: CancellationToken,
}

impl Ledgerline {
    /// Connects nothing yet.
    ///
    /// # Errors
    /// One sentence about the setting that is wrong.
    pub fn new(settings: Settings, environment: &Environment) -> Result<Self, SettingsError> {
        let redis = redis::Client::open(settings.redis.url.as_str()).map_err(|_| {
            SettingsError::new("The setting `redis.url` is not a Redis address; set REDIS_URL to something like redis://127.0.0.1:6379.")
        })?;
        Ok(Self {
            databases: Databases::new(&settings)?,
            wake: Wake::new(redis.clone(), &settings.redis.namespace),
            redis,
            storage: Storage::open(&settings)?,
            hasher: Hasher::new(settings.passwords.concurrent_hashes),
            streams: Places::new(
                settings.http.streams_per_user,
                settings.http.streams,
                "too_many_streams",
                "Too many pages of yours are watching. Close some of them.",
            ),
            uploads: Places::new(
                settings.http.uploads_per_user,
                settings.http.uploads,
                "too_many_uploads",
                "Too many files of yours are being uploaded. Wait until one of them is here.",
            ),
            downloads: Places::new(
                settings.http.downloads_per_user,
                settings.http.downloads,
                "too_many_downloads",
                "Too many files are being downloaded by you. Wait until one of them is there.",
            ),
            stopping: CancellationToken::new(),
            production: *environment == Environment::Production,
            settings,
        })
    }

    /// What `after_context` put into loco's context.
    ///
    /// # Panics
    /// When a context was made without [`App::after_context`], which is a mistake in our code.
    #[must_use]
    #[expect(clippy::expect_used, reason = "every context passes after_context, which inserts it")]
    pub fn of(ctx: &AppContext) -> Arc<Self> {
        ctx.shared_store.get::<Arc<Self>>().expect("the context passed through App::after_context")
    }
}

/// The application as loco sees it.
#[derive(Debug)]
pub struct App;

#[async_trait]
impl Hooks for App {
    fn app_name() -> &'static str {
        "ledgerline"
    }

    fn app_version() -> String {
        env!("CARGO_PKG_VERSION").to_owned()
    }

    async fn boot(mode: StartMode, environment: &Environment, config: Config) -> loco_rs::Result<BootResult> {
        create_app::<Self>(mode, environment, config).await
    }

    async fn load_config(environment: &Environment) -> loco_rs::Result<Config> {
        Ok(settings::load(environment)?.0)
    }

    fn init_logger(ctx: &AppContext) -> loco_rs::Result<bool> {
        let ledgerline = Ledgerline::of(ctx);
        telemetry::init(&ctx.config.logger, &ledgerline.settings, &ctx.environment);
        Ok(true)
    }

    // loco's own command line runs this twice, for its own context and for the server's. Pools connect lazily, so a
    // context that serves nothing costs nothing.
    async fn after_context(ctx: AppContext) -> loco_rs::Result<AppContext> {
        if !ctx.shared_store.contains::<Arc<Ledgerline>>() {
            let settings = Settings::of(&ctx.config, &ctx.environment)?;
            ctx.shared_store.insert(Arc::new(Ledgerline::new(settings, &ctx.environment)?));
        }
        Ok(ctx)
    }

    async fn before_run(ctx: &AppContext) -> loco_rs::Result<()> {
        let ledgerline = Ledgerline::of(ctx);
        telemetry::metrics::install();
        ledgerline.databases.check(ledgerline.production).await?;
        Ok(())
    }

    // The API has its own router (with OpenAPI) and its own layers, whose errors are all problem+json.
    fn routes(_: &AppContext) -> AppRoutes {
        AppRoutes::empty()
    }

    fn middlewares(_: &AppContext) -> Vec<Box<dyn MiddlewareLayer>> {
        Vec::new()
    }

    async fn before_routes(ctx: &AppContext) -> loco_rs::Result<Router<AppContext>> {
        Ok(routes::router(ctx))
    }

    async fn after_routes(router: Router, ctx: &AppContext) -> loco_rs::Result<Router> {
        Ok(http::layers(router, ctx))
    }

    async fn serve(app: Router, ctx: &AppContext, params: &ServeParams) -> loco_rs::Result<()> {
        let address = format!("{}:{}", params.binding, params.port);
        let listener = TcpListener::bind(&address).await.map_err(|error| {
            SettingsError::new(format!(
                "The address {address} cannot be listened on: {error}. Set PORT to a free port."
            ))
        })?;
        let stopping = Ledgerline::of(ctx).stopping.clone();
        tokio::spawn(async move {
            shutdown_signal().await;
            stopping.cancel();
        });
        serve_on(listener, app, ctx).await
    }

    async fn connect_workers(_: &AppContext, _: &Queue) -> loco_rs::Result<()> {
        Ok(())
    }

    fn register_tasks(_: &mut Tasks) {}
}

/// Serves until [`Ledgerline::stopping`] is cancelled; then open requests get a while to end.
///
/// # Errors
/// When the listener has no address.
pub async fn serve_on(listener: TcpListener, app: Router, ctx: &AppContext) -> loco_rs::Result<()> {
    let ledgerline = Ledgerline::of(ctx);
    let address = listener.local_addr()?;
    tracing::info!(%address, "listening");
    let stopping = ledgerline.stopping.clone();
    let serving = http::serve::serve(listener, app, ledgerline.settings.header_timeout(), stopping.clone());
    let deadline = async {
        stopping.cancelled().await;
        tracing::info!("stopping: no new requests are taken");
        tokio::time::sleep(Duration::from_secs(ledgerline.settings.http.shutdown_seconds)).await;
    };
    tokio::select! {
        () = serving => {}
        () = deadline => tracing::warn!("stopped with requests still open"),
    }
    ledgerline.databases.app.close().await;
    ledgerline.databases.platform.close().await;
    tracing::info!("stopped");
    Ok(())
}
