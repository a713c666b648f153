//! Whether the process is up, whether it can work, and its metrics.

use std::time::Duration;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use loco_rs::app::AppContext;
use serde::Serialize;
use tokio::time::timeout;

use crate::{
    Ledgerline,
    database::MIGRATIONS,
    error::{Error, Result},
    telemetry::metrics,
};

/// Each check may take this long.
const PATIENCE: Duration = Duration::from_secs(2);
/// A worker node that lives reports far more often.
const OLDEST_BEAT: f64 = 30.0;

#[derive(Debug, Serialize)]
struct Readiness {
    ready: bool,
    checks: Vec<Check>,
}

#[derive(Debug, Serialize)]
struct Check {
    name: &'static str,
    ok: bool,
    detail: String,
}

/// `/_health`: the process is up.
pub async fn show_health() -> Json<serde_json::Value> {
    Json(serde_json::json!({ "ok": true }))
}

/// `/_ready`: whether it can work, and what is missing.
pub async fn show_readiness(State(ctx): State<AppContext>) -> Response {
    let ledgerline = Ledgerline::of(&ctx);
    let (postgres, redis, migrations, workers) = tokio::join!(
        bounded("postgres", postgres(&ledgerline)),
        bounded("redis", redis(&ledgerline)),
        bounded("migrations", migrations(&ledgerline)),
        bounded("workers", workers(&ledgerline)),
    );
    let checks = vec![postgres, redis, migrations, workers];
    let ready = checks.iter().all(|check| check.ok) && !ledgerline.stopping.is_cancelled();
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, [(header::CACHE_CONTROL, "no-store")], Json(Readiness { ready, checks })).into_response()
}

async fn bounded(name: &'static str, check: impl Future<Output = Result<String, String>>) -> Check {
    let outcome = timeout(PATIENCE, check).await.unwrap_or_else(|_| Err("no answer within 2 seconds".to_owned()));
    let ok = outcome.is_ok();
    let detail = outcome.unwrap_or_else(|reason| reason);
    Check { name, ok, detail }
}

// Why a connection fails stands in the log: the answer is public and must not tell addresses.
async fn postgres(ledgerline: &Ledgerline) -> Result<String, String> {
    sqlx::query_scalar!(r#"select 1 as "one!""#)
        .fetch_one(&ledgerline.databases.app)
        .await
        .map(|_| "answers".to_owned())
        .map_err(|error| unreachable("postgres", &error))
}

async fn redis(ledgerline: &Ledgerline) -> Result<String, String> {
    let mut connection =
        ledgerline.redis.get_multiplexed_async_connection().await.map_err(|error| unreachable("redis", &error))?;
    redis::cmd("PING")
        .query_async::<String>(&mut connection)
        .await
        .map(|_| "answers".to_owned())
        .map_err(|error| unreachable("redis", &error))
}

async fn migrations(ledgerline: &Ledgerline) -> Result<String, String> {
    let applied =
        sqlx::query!(r#"select version as "version!", checksum as "checksum!" from _sqlx_migrations where success"#)
            .fetch_all(&ledgerline.databases.app)
            .await
            .map_err(|error| unreachable("migrations", &error))?;
    let missing = MIGRATIONS
        .iter()
        .filter(|migration| migration.migration_type.is_up_migration())
        .filter(|known| !applied.iter().any(|row| row.version == known.version && row.checksum == *known.checksum))
        .count();
    if missing == 0 {
        Ok("up to date".to_owned())
    } else {
        Err(format!("{missing} not applied: run `ledgerline db migrate`"))
    }
}

async fn workers(ledgerline: &Ledgerline) -> Result<String, String> {
    let age = sqlx::query_scalar!(
        "select extract(epoch from now() - max(polled_at))::float8 from nodes where state <> 'gone'"
    )
    .fetch_one(&ledgerline.databases.app)
    .await
    .map_err(|error| unreachable("workers", &error))?;
    match age {
        Some(age) if age <= OLDEST_BEAT => Ok(format!("the queues were polled {:.0} s ago", age.max(0.0))),
        Some(age) => Err(format!("the queues were last polled {age:.0} s ago: no worker node lives, or Redis is away")),
        None => Err("no worker node has reported".to_owned()),
    }
}

fn unreachable(name: &str, error: &dyn std::fmt::Display) -> String {
    tracing::warn!(check = name, %error, "not ready");
    "does not answer".to_owned()
}

/// `/_metrics`: Prometheus.
///
/// # Errors
/// 404 without the token.
pub async fn show_metrics(State(ctx): State<AppContext>, headers: HeaderMap) -> Result<Response> {
    let ledgerline = Ledgerline::of(&ctx);
    let readers = metrics::Readers::new(&ledgerline.settings.http.metrics_token, ledgerline.production);
    if !readers.admit(&headers) {
        return Err(Error::not_found());
    }
    for (name, pool) in [("app", &ledgerline.databases.app), ("platform", &ledgerline.databases.platform)] {
        ::metrics::gauge!("database_connections", "pool" => name).set(f64::from(pool.size()));
        ::metrics::gauge!("database_connections_idle", "pool" => name).set(pool.num_idle() as f64);
    }
    Ok(metrics::answer())
}
