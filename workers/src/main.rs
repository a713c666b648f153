//! `ledgerline-workers`: one worker node.

use std::{io::Write as _, process::ExitCode, sync::Arc, time::Duration};

use clap::Parser;
use ledgerline_app::{
    Ledgerline, database,
    mail::Mailer,
    settings::{self, SettingsError},
    telemetry::{self, metrics},
};
use ledgerline_workers::{
    NodeOptions,
    handlers::{self, Hands},
    monitor::Monitoring,
    schedule::ScheduleEntry,
};
use loco_rs::environment::Environment;
use tokio::signal::unix::{SignalKind, signal};
use uuid::Uuid;

/// Runs jobs: dispatcher, sweeper, schedules and handlers in one process; start as many as you like.
#[derive(Parser)]
#[command(name = "ledgerline-workers", version)]
struct Arguments {
    /// Runs only jobs that are suspected of having felled a node, one at a time; nodes start this by themselves
    #[arg(long, value_name = "NODE ID", hide = true)]
    isolated: Option<Uuid>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let code = match run(Arguments::parse()).await {
        Ok(()) => 0,
        Err(sentence) => {
            // a closed stderr leaves nobody to tell
            let _ = writeln!(std::io::stderr(), "ledgerline-workers: {sentence}");
            1
        }
    };
    // a handler that never yields would keep the runtime, and so the process, from ending
    std::process::exit(code)
}

async fn run(arguments: Arguments) -> Result<(), String> {
    let environment = settings::environment();
    let (config, settings) = settings::load(&environment).map_err(|error| error.to_string())?;
    telemetry::init(&config.logger, &settings, &environment);
    metrics::install();
    let mut options = options(&settings, arguments.isolated).map_err(|error| error.to_string())?;
    let binding = settings.workers.binding().map_err(|error| error.to_string())?;
    let metrics = metrics::Readers::new(&settings.http.metrics_token, environment == Environment::Production);
    // a child works beside its parent, and the address is taken
    if let Some(binding) = binding.filter(|_| arguments.isolated.is_none()) {
        options.monitoring = Some(Monitoring { binding, metrics });
    }
    let hands = Hands {
        engine: database::pool(&settings, &settings.database.engine_url, "engine")
            .map_err(|error| error.to_string())?,
        mailer: Mailer::new(&settings).map_err(|error| error.to_string())?,
        ledgerline: Arc::new(Ledgerline::new(settings, &environment).map_err(|error| error.to_string())?),
    };
    let mut terminate = signal(SignalKind::terminate()).map_err(|error| error.to_string())?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(|error| error.to_string())?;
    ledgerline_workers::run(options, handlers::registry(&hands), async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
    .await
    .map_err(|error| error.to_string())
}

fn options(settings: &settings::Settings, isolated: Option<Uuid>) -> Result<NodeOptions, SettingsError> {
    let workers = &settings.workers;
    let program = std::env::current_exe()
        .map_err(|error| SettingsError::new(format!("This program cannot find itself to start children: {error}.")))?;
    let schedules = workers
        .read_schedules()?
        .into_iter()
        .map(|entry| {
            ScheduleEntry::new(
                &entry.name,
                &entry.cron,
                &entry.timezone,
                entry.kind()?,
                entry.args.clone(),
                entry.catch_up,
                Duration::from_secs(entry.jitter_seconds),
            )
            .map_err(SettingsError::new)
        })
        .collect::<Result<_, _>>()?;
    Ok(NodeOptions {
        database_url: settings.database.engine_url.clone(),
        redis_url: settings.redis.url.clone(),
        namespace: settings.redis.namespace.clone(),
        queues: workers.queues()?,
        lease: Duration::from_secs(workers.lease_seconds),
        window: workers.window,
        poll: Duration::from_millis(workers.poll_milliseconds),
        drain: Duration::from_secs(workers.drain_seconds),
        memory_limit: (workers.memory_limit_mb > 0).then_some(workers.memory_limit_mb << 20),
        schedules,
        isolated_command: isolated.is_none().then(|| (program, Vec::new())),
        isolated: isolated.is_some(),
        node_id: isolated,
        monitoring: None,
        version: settings.sentry.release.clone(),
    })
}
