//! Settings of the worker nodes, and the file with the recurring work.

use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf};

use ledgerline_jobs::{
    Queue,
    catalog::{self, Kind},
    engine::schedule::CatchUp,
};
use serde::Deserialize;

use super::{SettingsError, wrong};

/// A worker node.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Workers {
    /// How many jobs of each queue run at once on one node; a queue that is not named is not worked on.
    pub concurrency: BTreeMap<String, usize>,
    /// A node that does not report for this long is dead, and its jobs run elsewhere.
    pub lease_seconds: u64,
    /// How long running jobs may take to end after a stop was asked for; the rest is handed back.
    pub drain_seconds: u64,
    /// A node that takes more memory gives itself up; 0 means no limit.
    pub memory_limit_mb: u64,
    /// Jobs of a queue that wait in Redis; the others wait in Postgres.
    pub window: usize,
    /// How often Postgres is asked for due jobs that nothing announced.
    pub poll_milliseconds: u64,
    /// The file with the recurring work.
    pub schedules_file: PathBuf,
    /// Address on which a node answers `/_health`, `/_ready` and `/_metrics`, e.g. `0.0.0.0:9464`; empty means none.
    pub binding: String,
}

/// One entry of the schedules' file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// Unique name.
    pub name: String,
    /// Five fields: minute, hour, day, month, weekday.
    pub cron: String,
    /// IANA time zone of `cron`.
    pub timezone: String,
    /// Kind of the job.
    pub job: String,
    /// The job's payload.
    #[serde(default = "no_args")]
    pub args: serde_json::Value,
    /// What happens to missed due times.
    pub catch_up: CatchUp,
    /// Jobs start up to so many seconds after their due time.
    #[serde(default)]
    pub jitter_seconds: u64,
}

fn no_args() -> serde_json::Value {
    serde_json::json!({})
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Schedules {
    schedules: Vec<Schedule>,
}

impl Schedule {
    /// What the catalogue knows of the job.
    ///
    /// # Errors
    /// One sentence when there is no such job.
    pub fn kind(&self) -> Result<Kind, SettingsError> {
        catalog::kind(&self.job).copied().ok_or_else(|| {
            SettingsError(format!(
                "The schedule `{}` asks for `{}`, which is no job; jobs/src/catalog.rs lists them.",
                self.name, self.job
            ))
        })
    }
}

impl Workers {
    /// Where a node answers, if it does.
    ///
    /// # Errors
    /// One sentence when it is no address.
    pub fn binding(&self) -> Result<Option<SocketAddr>, SettingsError> {
        if self.binding.is_empty() {
            return Ok(None);
        }
        let address = self.binding.parse();
        address.map(Some).map_err(|_| wrong("workers.binding", "WORKER_BIND", "0.0.0.0:9464, or leave it empty"))
    }

    /// The queues a node works on.
    ///
    /// # Errors
    /// One sentence when a queue does not exist or may run nothing.
    pub fn queues(&self) -> Result<Vec<(Queue, usize)>, SettingsError> {
        self.concurrency
            .iter()
            .map(|(name, concurrency)| match Queue::by_name(name) {
                Some(queue) if (1..=1000).contains(concurrency) => Ok((queue, *concurrency)),
                Some(_) => {
                    Err(SettingsError(format!("The setting `workers.concurrency.{name}` must be from 1 to 1000.")))
                }
                None => Err(SettingsError(format!(
                    "The setting `workers.concurrency.{name}` names no queue; jobs/src/queues.rs lists them."
                ))),
            })
            .collect()
    }

    /// The recurring work.
    ///
    /// # Errors
    /// One sentence when the file is missing or wrong.
    pub fn read_schedules(&self) -> Result<Vec<Schedule>, SettingsError> {
        let path = self.schedules_file.display();
        let text = std::fs::read_to_string(&self.schedules_file).map_err(|error| {
            SettingsError(format!("The file {path} of the setting `workers.schedules_file` cannot be read: {error}."))
        })?;
        let Schedules { schedules } = serde_yaml::from_str(&text)
            .map_err(|error| SettingsError(format!("The schedules in {path} are wrong: {error}.")))?;
        Ok(schedules)
    }
}
