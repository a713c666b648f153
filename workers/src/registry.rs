//! Which handler runs which kind and version of job.

use std::{collections::HashMap, error::Error, future::Future, panic::AssertUnwindSafe, sync::Arc};

use futures::future::BoxFuture;
use ledgerline_jobs::{
    Job, Policy,
    catalog::Kind,
    engine::{outcome::Outcome, run::Run},
};

/// What goes wrong in a handler: the attempt failed and is tried again by policy.
pub type HandlerError = Box<dyn Error + Send + Sync>;

type Handle = Arc<dyn Fn(Run, serde_json::Value) -> BoxFuture<'static, Result<Outcome, HandlerError>> + Send + Sync>;

/// A handler with what its kind says of it.
#[derive(Clone)]
pub struct Handler {
    /// How the kind is tried.
    pub policy: Policy,
    handle: Handle,
}

impl std::fmt::Debug for Handler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Handler").field("policy", &self.policy).finish_non_exhaustive()
    }
}

impl Handler {
    /// Starts the handler; a panic while it is being started is a panic of the job.
    pub fn call(
        &self,
        run: Run,
        args: serde_json::Value,
    ) -> AssertUnwindSafe<BoxFuture<'static, Result<Outcome, HandlerError>>> {
        AssertUnwindSafe((self.handle)(run, args))
    }
}

/// The handlers of a node.
#[derive(Clone, Debug, Default)]
pub struct Registry {
    handlers: HashMap<&'static str, Vec<(i16, Handler)>>,
}

impl Registry {
    /// Runs jobs `J` with `handle`.
    #[must_use]
    pub fn on<J, F, Fut>(mut self, handle: F) -> Self
    where
        J: Job,
        F: Fn(Run, J) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Outcome, HandlerError>> + Send + 'static,
    {
        let kind = Kind::of::<J>();
        let handle = Arc::new(handle);
        let handle: Handle = Arc::new(move |run, args| {
            let handle = handle.clone();
            Box::pin(async move {
                match serde_json::from_value::<J>(args) {
                    Ok(job) => handle(run, job).await,
                    // no later attempt can read it either
                    Err(error) => Ok(Outcome::Dead(format!(
                        "the payload does not fit {} version {}: {error}",
                        J::KIND,
                        J::VERSION
                    ))),
                }
            })
        });
        self.handlers.entry(kind.name).or_default().push((kind.version, Handler { policy: kind.policy, handle }));
        self
    }

    /// The handler of that kind and version.
    #[must_use]
    pub fn get(&self, kind: &str, version: i16) -> Option<&Handler> {
        let (_, handler) = self.handlers.get(kind)?.iter().find(|(known, _)| *known == version)?;
        Some(handler)
    }

    /// Every kind and version that can run here.
    #[must_use]
    pub fn kinds(&self) -> Vec<(String, i16)> {
        self.handlers
            .iter()
            .flat_map(|(kind, handlers)| handlers.iter().map(|(version, _)| ((*kind).to_owned(), *version)))
            .collect()
    }
}
