//! What the tiers of a workspace allow: the one table.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// Free.
    Free,
    /// Pro Artist.
    ProArtist,
    /// Pro Engineer.
    ProEngineer,
}

const GB: i64 = 1_000_000_000;

impl Tier {
    /// Bytes that a workspace may store.
    #[must_use]
    pub const fn storage_bytes(self) -> i64 {
        match self {
            Self::Free => 10 * GB,
            Self::ProArtist => 200 * GB,
            Self::ProEngineer => 1_000 * GB,
        }
    }

    /// Whether clients may be kept from seeing our name, and be welcomed and written to in the workspace's own words.
    #[must_use]
    pub const fn has_white_label(self) -> bool {
        matches!(self, Self::ProEngineer)
    }
}

/// A tier that the database knows and this release does not.
#[derive(Debug, thiserror::Error)]
#[error("unknown tier `{0}`")]
pub struct UnknownTier(String);

impl std::str::FromStr for Tier {
    type Err = UnknownTier;

    fn from_str(tier: &str) -> Result<Self, UnknownTier> {
        match tier {
            "free" => Ok(Self::Free),
            "pro_artist" => Ok(Self::ProArtist),
            "pro_engineer" => Ok(Self::ProEngineer),
            other => Err(UnknownTier(other.to_owned())),
        }
    }
}
