//! A bounded memory of the newest entries, with a signal when it changes.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

/// Keeps the newest entries, at most so many and at most so many bytes of them.
pub(crate) struct Newest<T> {
    kept: Mutex<Kept<T>>,
    changed: watch::Sender<()>,
    max_entries: usize,
    max_bytes: usize,
}

struct Kept<T> {
    entries: VecDeque<(Arc<T>, usize)>,
    bytes: usize,
}

impl<T> Newest<T> {
    pub(crate) fn new(max_entries: usize, max_bytes: usize) -> Self {
        Self {
            kept: Mutex::new(Kept { entries: VecDeque::new(), bytes: 0 }),
            changed: watch::Sender::new(()),
            max_entries: max_entries.max(1),
            max_bytes,
        }
    }

    /// Keeps an entry, given with its size. It is made while no other can be added, so that what it takes from the
    /// clock is in the order of the entries.
    pub(crate) fn push(&self, make: impl FnOnce() -> (T, usize)) -> Arc<T> {
        let pushed = {
            let mut kept = self.lock();
            let (entry, bytes) = make();
            let entry = Arc::new(entry);
            let pushed = entry.clone();
            kept.entries.push_back((entry, bytes));
            kept.bytes += bytes;
            // the entry just pushed stays even when it alone is over the limit: its size is bounded where it came in
            while kept.entries.len() > self.max_entries || (kept.bytes > self.max_bytes && kept.entries.len() > 1) {
                if let Some((_, freed)) = kept.entries.pop_front() {
                    kept.bytes -= freed;
                }
            }
            pushed
        };
        self.changed.send_replace(());
        pushed
    }

    pub(crate) fn clear(&self) {
        {
            let mut kept = self.lock();
            kept.entries.clear();
            kept.bytes = 0;
        }
        self.changed.send_replace(());
    }

    pub(crate) fn newest_first(&self) -> Vec<Arc<T>> {
        let kept = self.lock();
        kept.entries.iter().rev().map(|(entry, _)| entry.clone()).collect()
    }

    pub(crate) fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    fn lock(&self) -> MutexGuard<'_, Kept<T>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
