//! Error tracking over Sentry's protocol. What is logged as an error becomes an event; personal data is taken out
//! before anything leaves the process.

use std::{
    collections::BTreeMap,
    sync::{LazyLock, OnceLock},
};

use regex::Regex;
use sentry::{
    ClientInitGuard, ClientOptions, Level,
    integrations::{
        backtrace::{AttachStacktraceIntegration, ProcessStacktraceIntegration},
        contexts::ContextIntegration,
        tracing::ErrorLayer,
    },
    protocol::{Context, Event, Value},
};
use tracing::Subscriber;
use tracing_subscriber::{Layer, filter::LevelFilter, registry::LookupSpan};

use crate::settings::Sentry;

static GUARD: OnceLock<ClientInitGuard> = OnceLock::new();

/// Fields of log events that say nothing about a person. Anything else stays here.
const HARMLESS: &[&str] = &[
    "request_id",
    "route",
    "method",
    "status",
    "code",
    "error",
    "job_id",
    "kind",
    "queue",
    "attempt",
    "workspace_id",
    "node",
];

/// Email addresses, internet addresses of both kinds, and long opaque strings such as tokens.
static PERSONAL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"[A-Za-z0-9._%+'-]+@[A-Za-z0-9.-]+",
        r"|\b[0-9]{1,3}(\.[0-9]{1,3}){3}\b",
        r"|\b([0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}\b",
        r"|\b([0-9A-Fa-f]{1,4}:)*[0-9A-Fa-f]{1,4}::([0-9A-Fa-f]{1,4}(:[0-9A-Fa-f]{1,4})*)?\b",
        r"|\b[A-Za-z0-9_-]{40,}\b",
    ))
    .ok()
});

/// Starts sending, when there is an address to send to. Only the first call of a process counts.
pub fn init(settings: &Sentry, environment: &str) {
    if settings.dsn.is_empty() {
        return;
    }
    GUARD.get_or_init(|| {
        sentry::init((
            settings.dsn.as_str(),
            ClientOptions::new()
                .release(settings.release.clone())
                .environment(environment.to_owned())
                // no panic integration: a caught panic is logged, and so reported, once
                .default_integrations(false)
                .add_integration(AttachStacktraceIntegration::new())
                .add_integration(ProcessStacktraceIntegration::new())
                .add_integration(ContextIntegration::new())
                .attach_stacktrace(true)
                .send_default_pii(false)
                .max_breadcrumbs(0)
                .before_send(|event| Some(without_personal_data(event))),
        ))
    });
}

/// Waits until what was reported is sent, at most two seconds.
pub fn flush() {
    if let Some(guard) = GUARD.get() {
        guard.flush(Some(std::time::Duration::from_secs(2)));
    }
}

/// The layer that turns logged errors into events.
pub fn layer<S>() -> impl Layer<S>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    ErrorLayer::new().with_filter(LevelFilter::ERROR)
}

/// Takes out mails, names, addresses, headers and bodies. What may stay is listed; free text is searched.
#[must_use]
pub fn without_personal_data(mut event: Event<'static>) -> Event<'static> {
    event.user = None;
    event.request = None;
    event.server_name = None;
    event.breadcrumbs = Vec::new().into();
    event.message = event.message.map(|text| scrubbed(&text));
    if let Some(entry) = &mut event.logentry {
        entry.message = scrubbed(&entry.message);
        entry.params.clear();
    }
    for exception in &mut event.exception.values {
        exception.value = exception.value.take().map(|text| scrubbed(&text));
        if let Some(stacktrace) = &mut exception.stacktrace {
            for frame in &mut stacktrace.frames {
                frame.vars.clear();
            }
        }
    }
    event.extra = harmless(event.extra);
    event.tags = event
        .tags
        .into_iter()
        .filter(|(name, _)| HARMLESS.contains(&name.as_str()))
        .map(|(name, value)| (name, scrubbed(&value)))
        .collect();
    event
        .contexts
        .retain(|name, _| matches!(name.as_str(), "os" | "rust" | "Rust Tracing Fields" | "Rust Tracing Location"));
    if let Some(Context::Other(fields)) = event.contexts.get_mut("Rust Tracing Fields") {
        *fields = harmless(std::mem::take(fields));
    }
    event.level = event.level.max(Level::Error);
    event
}

fn harmless(fields: BTreeMap<String, Value>) -> BTreeMap<String, Value> {
    fields
        .into_iter()
        .filter(|(name, _)| HARMLESS.contains(&name.as_str()))
        .map(|(name, value)| match value {
            Value::String(text) => (name, Value::String(scrubbed(&text))),
            Value::Number(_) | Value::Bool(_) => (name, value),
            _ => (name, Value::Null),
        })
        .collect()
}

fn scrubbed(text: &str) -> String {
    PERSONAL
        .as_ref()
        .map_or_else(|| "[hidden]".to_owned(), |personal| personal.replace_all(text, "[hidden]").into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mails_addresses_and_tokens_are_hidden() {
        let text = "at 12:30:59 nina@example.com from 10.1.2.3 and 2001:db8::7 sent Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6";
        assert_eq!(scrubbed(text), "at 12:30:59 [hidden] from [hidden] and [hidden] sent [hidden]");
    }
}
