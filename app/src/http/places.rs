//! What lasts long, such as event streams and uploads, is limited in number, so that nobody takes all there is: per
//! person, however many sessions they have, and over everybody on this process. The last tenth of the latter is for
//! operators, who must see what goes on when everybody is busy.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::http::StatusCode;
use uuid::Uuid;

use crate::error::{Error, Result};

/// Places for one sort of what lasts long.
#[derive(Debug)]
pub struct Places {
    per_user: usize,
    in_all: usize,
    code: &'static str,
    detail: &'static str,
    /// How many each user has taken; users without any are not in it.
    taken: Mutex<HashMap<Uuid, usize>>,
}

/// One place; given back when it is dropped.
#[derive(Debug)]
pub struct Place {
    places: Arc<Places>,
    user_id: Uuid,
}

impl Places {
    /// None is taken yet. Who takes too many hears `code` and `detail`.
    #[must_use]
    pub fn new(per_user: usize, in_all: usize, code: &'static str, detail: &'static str) -> Arc<Self> {
        Arc::new(Self { per_user, in_all, code, detail, taken: Mutex::default() })
    }

    /// Takes a place for that user.
    ///
    /// # Errors
    /// 429 when the user has too many, 503 `busy` when everybody together has.
    pub fn take(self: &Arc<Self>, user_id: Uuid, operator: bool) -> Result<Place> {
        let mut taken = self.lock();
        if taken.get(&user_id).is_some_and(|places| *places >= self.per_user) {
            let refused = Error::new(StatusCode::TOO_MANY_REQUESTS, self.code, self.detail);
            return Err(Error { retry_after: Some(30), ..refused });
        }
        let room = if operator { self.in_all } else { self.in_all - self.in_all / 10 };
        if taken.values().sum::<usize>() >= room {
            return Err(Error { retry_after: Some(30), ..Error::busy() });
        }
        *taken.entry(user_id).or_default() += 1;
        Ok(Place { places: Arc::clone(self), user_id })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Uuid, usize>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.lock();
        if let Some(places) = taken.get_mut(&self.user_id) {
            *places -= 1;
            if *places == 0 {
                taken.remove(&self.user_id);
            }
        }
    }
}
