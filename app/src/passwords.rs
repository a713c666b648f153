//! Password hashing with argon2id, off the async threads and a few at a time: a flood of logins must not take all
//! memory, and waits instead.

use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};

use argon2::{
    Argon2, PasswordHash, PasswordHasher, PasswordVerifier,
    password_hash::{SaltString, rand_core::OsRng},
};
use tokio::{sync::Semaphore, time::timeout};

use crate::error::{Error, Result};

/// How long a login waits for its turn.
const TURN: Duration = Duration::from_secs(5);

/// Checked when an email address is unknown, so that the answer takes as long as for a known one.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash_now("nobody has this password").unwrap_or_default());

/// Computes hashes.
#[derive(Clone, Debug)]
pub struct Hasher {
    turns: Arc<Semaphore>,
}

impl Hasher {
    /// At most `concurrent` hashes at the same time.
    #[must_use]
    pub fn new(concurrent: usize) -> Self {
        Self { turns: Arc::new(Semaphore::new(concurrent)) }
    }

    /// The hash of a password, with its own salt.
    ///
    /// # Errors
    /// 503 when the wait for a turn is too long.
    pub async fn hash(&self, password: String) -> Result<String> {
        self.compute(move || hash_now(&password)).await?.map_err(|error| Error::internal(error.to_string()))
    }

    /// Whether the password is the one behind the hash; `None` stands for an account that does not exist.
    ///
    /// # Errors
    /// 503 when the wait for a turn is too long.
    pub async fn verify(&self, password: String, hash: Option<String>) -> Result<bool> {
        self.compute(move || {
            let known = hash.is_some();
            let hash = hash.unwrap_or_else(|| NOBODY.clone());
            let matches = PasswordHash::new(&hash)
                .and_then(|hash| Argon2::default().verify_password(password.as_bytes(), &hash))
                .is_ok();
            known && matches
        })
        .await
    }

    async fn compute<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let turn = timeout(TURN, self.turns.clone().acquire_owned())
            .await
            .map_err(|_| Error::busy())?
            .map_err(Error::internal)?;
        tokio::task::spawn_blocking(move || {
            let done = work();
            drop(turn);
            done
        })
        .await
        .map_err(Error::internal)
    }
}

fn hash_now(password: &str) -> Result<String, argon2::password_hash::Error> {
    let salt = SaltString::generate(&mut OsRng);
    Ok(Argon2::default().hash_password(password.as_bytes(), &salt)?.to_string())
}
