//! A worker node with the product's handlers that works for a `TestApp`, for the fault tests that kill it.

use std::time::Duration;

use clap::Parser;
use uuid::Uuid;

#[derive(Parser)]
struct Arguments {
    /// `TestApp::settings`, as JSON.
    #[arg(long)]
    settings: String,
    #[arg(long)]
    lease_ms: u64,
    /// Runs what is suspected of having felled a node, one at a time.
    #[arg(long)]
    isolated: Option<Uuid>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_max_level(tracing::Level::WARN).init();
    let (mut options, registry) = support::product_node(&serde_json::from_str(&arguments.settings)?).await;
    options.lease = Duration::from_millis(arguments.lease_ms);
    // what a killed node worked on runs alone next
    let own: Vec<String> = std::env::args().skip(1).collect();
    options.isolated_command =
        arguments.isolated.is_none().then(|| std::env::current_exe().map(|program| (program, own))).transpose()?;
    options.isolated = arguments.isolated.is_some();
    options.node_id = arguments.isolated;
    // nobody asks it to stop: it is killed
    ledgerline_workers::run(options, registry, std::future::pending()).await?;
    Ok(())
}
