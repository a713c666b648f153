//! `ledgerline-sandbox --http 127.0.0.1:PORT --smtp 127.0.0.1:PORT --clamd 127.0.0.1:PORT`

use std::net::SocketAddr;
use std::process::ExitCode;

use clap::Parser;
use ledgerline_sandbox::{Sandbox, SandboxOptions};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// The outside world on localhost: an inbox that shows every mail, an error tracker, a virus scanner.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Where to serve the pages, the JSON API and the error tracker.
    #[arg(long, default_value = "127.0.0.1:8025")]
    http: SocketAddr,
    /// Where to accept mails.
    #[arg(long, default_value = "127.0.0.1:1025")]
    smtp: SocketAddr,
    /// Where to answer as a virus scanner.
    #[arg(long, default_value = "127.0.0.1:3310")]
    clamd: SocketAddr,
}

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).init();
    let arguments = Arguments::parse();
    match run(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> std::io::Result<()> {
    // before listening, so that a signal that follows the first connection is never lost
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let Arguments { http, smtp, clamd } = arguments;
    let sandbox = Sandbox::start(SandboxOptions { http, smtp, clamd, ..SandboxOptions::default() }).await?;
    tracing::info!(
        "inbox {}, error tracker {}/errors, mails to {}, errors to {}, virus scanner at {}",
        sandbox.http_url(),
        sandbox.http_url(),
        sandbox.smtp_url(),
        sandbox.sentry_dsn(),
        sandbox.clamd_url(),
    );
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("stopping");
    sandbox.stop().await;
    Ok(())
}
