//! What operators send.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::error::{Error, FieldError, Result};

/// Longest reason.
const REASON: usize = 300;

/// Why something is paused, for whoever finds it so.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Pause {
    /// One sentence, at most 300 letters.
    #[serde(default)]
    #[schema(max_length = 300)]
    pub reason: Option<String>,
}

impl Pause {
    /// The reason without spaces around it; none when nothing is left.
    ///
    /// # Errors
    /// 422 when it is too long.
    pub fn reason(&self) -> Result<Option<String>> {
        let reason = self.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
        if reason.is_some_and(|reason| reason.chars().count() > REASON || reason.contains('\0')) {
            let message = format!("Say why in at most {REASON} letters.");
            return Err(Error::invalid(vec![FieldError::new("reason", "too_long", message)]));
        }
        Ok(reason.map(str::to_owned))
    }
}
