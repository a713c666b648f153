//! What the process says about itself: logs, metrics, errors.

pub mod errors;
pub mod metrics;

use loco_rs::{
    config::Logger,
    environment::Environment,
    logger::{Format, LogLevel},
};
use tracing_subscriber::{EnvFilter, Layer, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::settings::Settings;

/// Starts logging and error tracking, once per process: JSON lines in production, readable ones elsewhere.
/// `RUST_LOG` overrides the filter.
pub fn init(logger: &Logger, settings: &Settings, environment: &Environment) {
    errors::init(&settings.sentry, &environment.to_string());
    if !logger.enable || matches!(logger.level, LogLevel::Off) {
        return;
    }
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| {
        let level = &logger.level;
        EnvFilter::new(format!(
            "warn,ledgerline={level},ledgerline_app={level},ledgerline_jobs={level},ledgerline_workers={level}"
        ))
    });
    let lines = match logger.format {
        Format::Json => fmt::layer().json().flatten_event(true).with_current_span(true).with_span_list(false).boxed(),
        Format::Compact => fmt::layer().compact().with_target(false).boxed(),
        Format::Pretty => fmt::layer().pretty().boxed(),
    };
    if matches!(logger.format, Format::Json) {
        // the panic itself is logged where it is caught, with the request or job it belongs to; here only a line that
        // whoever reads JSON can read
        std::panic::set_hook(Box::new(|panic| {
            let location = panic.location().map(ToString::to_string).unwrap_or_default();
            tracing::warn!(location, "a panic is being caught");
        }));
    }
    // a test process that boots several apps keeps the first subscriber
    let _ = tracing_subscriber::registry().with(errors::layer()).with(lines.with_filter(filter)).try_init();
}
