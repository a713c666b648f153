//! What a file is, and whose.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FileKind)]
pub enum Kind {
    /// What the work is measured by: a demo, a plan, a brief.
    Reference,
    /// On the way.
    WorkInProgress,
    /// Changed as the client asked.
    Revision,
    /// What is delivered.
    Final,
}

impl Kind {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reference => "reference",
            Self::WorkInProgress => "work_in_progress",
            Self::Revision => "revision",
            Self::Final => "final",
        }
    }
}

impl FromStr for Kind {
    type Err = ();

    fn from_str(kind: &str) -> Result<Self, ()> {
        [Self::Reference, Self::WorkInProgress, Self::Revision, Self::Final]
            .into_iter()
            .find(|known| known.as_str() == kind)
            .ok_or(())
    }
}

/// Who brought a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = FileSide)]
pub enum Side {
    /// The workspace.
    Producer,
    /// Its client.
    Client,
}

impl Side {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Producer => "producer",
            Self::Client => "client",
        }
    }

    /// What its people are called where a row names one.
    #[must_use]
    pub const fn person(self) -> &'static str {
        match self {
            Self::Producer => "user",
            Self::Client => "client",
        }
    }
}

impl FromStr for Side {
    type Err = ();

    fn from_str(side: &str) -> Result<Self, ()> {
        [Self::Producer, Self::Client].into_iter().find(|known| known.as_str() == side).ok_or(())
    }
}
