//! A worker node with badly behaved jobs, for the fault tests: the same engine as the product's, other handlers.

#[path = "handlers.rs"]
mod handlers;
#[path = "kinds.rs"]
mod kinds;

use std::time::Duration;

use clap::Parser;
use ledgerline_jobs::Queue;
use ledgerline_workers::NodeOptions;
use sqlx::postgres::PgPoolOptions;
use uuid::Uuid;

#[derive(Parser)]
struct Arguments {
    #[arg(long)]
    database: String,
    #[arg(long)]
    redis: String,
    #[arg(long, default_value_t = 2000)]
    lease_ms: u64,
    #[arg(long, default_value_t = 5000)]
    drain_ms: u64,
    #[arg(long, default_value_t = 20)]
    concurrency: usize,
    #[arg(long)]
    memory_mb: Option<u64>,
    #[arg(long)]
    isolated: Option<Uuid>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_max_level(tracing::Level::INFO).init();
    let pool = PgPoolOptions::new()
        .max_connections(20)
        .acquire_timeout(Duration::from_secs(60))
        .connect_lazy(&arguments.database)?;
    let own: Vec<String> = std::env::args().skip(1).collect();
    let options = NodeOptions {
        database_url: arguments.database,
        redis_url: arguments.redis,
        namespace: "faults".to_owned(),
        queues: vec![(Queue::Default, arguments.concurrency)],
        lease: Duration::from_millis(arguments.lease_ms),
        window: 1000,
        poll: Duration::from_millis(100),
        drain: Duration::from_millis(arguments.drain_ms),
        memory_limit: arguments.memory_mb.map(|mb| mb << 20),
        schedules: Vec::new(),
        isolated_command: arguments
            .isolated
            .is_none()
            .then(|| std::env::current_exe().map(|program| (program, own)))
            .transpose()?,
        isolated: arguments.isolated.is_some(),
        node_id: arguments.isolated,
        monitoring: None,
        version: "test".to_owned(),
    };
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    ledgerline_workers::run(options, handlers::registry(&pool), async move {
        let _ = terminate.recv().await;
    })
    .await?;
    // a handler that never yields would keep the runtime from ending
    std::process::exit(0)
}
