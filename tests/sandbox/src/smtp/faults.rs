//! Failures of the mail server on request, so that a test or a person sees what Ledgerline does about them.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::routing::get;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};

use crate::World;
use crate::problem::Problem;

/// What happens to a mail at the end of its DATA.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// It is kept and answered 250.
    #[default]
    None,
    /// It is refused for now (451) and not kept.
    Temporary,
    /// It is refused for good (550) and not kept.
    Permanent,
    /// It is kept, but the connection breaks before the answer: the sender cannot know.
    DropAfterData,
    /// It is kept and answered 250, late.
    Slow,
}

/// The failure that is set up, as the API takes and gives it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fault {
    /// What happens.
    pub mode: Mode,
    /// To how many of the next mails; without it, to every mail until this is changed.
    #[serde(default)]
    pub count: Option<u32>,
    /// How late `slow` answers.
    #[serde(default = "default_delay")]
    pub delay_ms: u32,
    /// Only to mails with this in a recipient's address, so that tests beside each other keep theirs.
    #[serde(default)]
    pub to: Option<String>,
}

fn default_delay() -> u32 {
    5_000
}

/// The failures the mail server shows at present: at most one for each `to`, so that tests beside each other neither
/// undo nor meet those of others.
#[derive(Debug, Default)]
pub struct Faults {
    current: Mutex<Vec<Fault>>,
}

impl Faults {
    /// From the next mail on. One without `to` takes the place of all, one with it only of its own.
    pub fn set(&self, fault: Fault) {
        let mut current = self.lock();
        current.retain(|each| fault.to.is_some() && each.to != fault.to);
        if fault.mode != Mode::None && fault.count != Some(0) {
            current.push(fault);
        }
    }

    /// What is set up, with what is left of each count.
    #[must_use]
    pub fn get(&self) -> Vec<Fault> {
        self.lock().clone()
    }

    pub(crate) fn clear(&self) {
        self.set(Fault::default());
    }

    /// What happens to this one mail; counts it.
    pub(crate) fn next(&self, recipients: &[String]) -> (Mode, Duration) {
        let mut current = self.lock();
        let meant = |fault: &Fault| match &fault.to {
            Some(to) => recipients.iter().any(|recipient| recipient.contains(to)),
            None => true,
        };
        let Some((at, fault)) = current.iter_mut().enumerate().find(|(_, fault)| meant(fault)) else {
            return (Mode::None, Duration::ZERO);
        };
        let happens = (fault.mode, Duration::from_millis(fault.delay_ms.into()));
        if let Some(left) = &mut fault.count {
            *left = left.saturating_sub(1);
            if *left == 0 {
                current.remove(at);
            }
        }
        happens
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Fault>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) fn routes() -> Router<World> {
    Router::new().route("/api/smtp/faults", get(show).post(set))
}

async fn show(State(world): State<World>) -> Json<Vec<Fault>> {
    Json(world.faults.get())
}

async fn set(
    State(world): State<World>,
    fault: Result<Json<Fault>, JsonRejection>,
) -> Result<Json<Vec<Fault>>, Problem> {
    let Json(fault) = fault.map_err(|rejection| Problem::invalid(rejection.body_text()))?;
    world.faults.set(fault);
    Ok(Json(world.faults.get()))
}
