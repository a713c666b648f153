use std::time::Duration;

use rand::Rng as _;

/// How a kind of job is tried.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// Attempts until the job is dead, at least 1.
    pub max_attempts: i16,
    /// An attempt that takes longer is cancelled and counts as failed.
    pub timeout: Duration,
    /// A handler that will not be cancelled ends its process this long after `timeout`.
    pub grace: Duration,
    /// Pause before the next attempt.
    pub backoff: Backoff,
    /// Which jobs of a queue go first.
    pub priority: Priority,
}

impl Policy {
    /// Ten attempts over about three quarters of an hour of pauses, five minutes each.
    pub const DEFAULT: Self = Self {
        max_attempts: 10,
        timeout: Duration::from_secs(300),
        grace: Duration::from_secs(30),
        backoff: Backoff { first: Duration::from_secs(5), most: Duration::from_secs(3 * 3600) },
        priority: Priority::Normal,
    };

    /// The same policy with another number of attempts.
    #[must_use]
    pub const fn attempts(mut self, max_attempts: i16) -> Self {
        self.max_attempts = max_attempts;
        self
    }

    /// The same policy with another limit per attempt.
    #[must_use]
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The same policy with another grace after the limit.
    #[must_use]
    pub const fn grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }

    /// The same policy with another backoff.
    #[must_use]
    pub const fn backoff(mut self, first: Duration, most: Duration) -> Self {
        self.backoff = Backoff { first, most };
        self
    }

    /// The same policy with another priority.
    #[must_use]
    pub const fn priority(mut self, priority: Priority) -> Self {
        self.priority = priority;
        self
    }
}

/// Exponential pause between attempts: `first · 2^(attempt − 1)`, at most `most`, spread by ± 20 % so that
/// jobs which failed together do not come back together.
#[derive(Clone, Copy, Debug)]
pub struct Backoff {
    /// Pause after the first failed attempt.
    pub first: Duration,
    /// Longest pause.
    pub most: Duration,
}

impl Backoff {
    /// Pause after failed attempt number `attempt` (from 1), with jitter.
    #[must_use]
    pub fn after(&self, attempt: i16) -> Duration {
        let doublings = u32::from(attempt.max(1).unsigned_abs() - 1).min(30);
        let plain = self.first.saturating_mul(1 << doublings).min(self.most);
        plain.mul_f64(rand::rng().random_range(0.8..1.2))
    }
}

/// Which jobs of a queue go first; within one priority, the older.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(i16)]
pub enum Priority {
    /// Somebody waits at a screen for it.
    Urgent = 0,
    /// The usual.
    Normal = 1,
    /// May wait behind everything usual.
    Low = 2,
    /// Large amounts that fill idle time.
    Bulk = 3,
}

impl Priority {
    /// All priorities, first served first.
    pub const ALL: [Self; 4] = [Self::Urgent, Self::Normal, Self::Low, Self::Bulk];
}

/// What makes two jobs of a kind the same work, and for how long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UniqueKey {
    /// A second one may be asked for as soon as the first has started: nothing asked for is missed.
    UntilStarted(String),
    /// A second one may be asked for only once the first has ended.
    UntilFinished(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backoff_doubles_until_its_limit() {
        let backoff = Backoff { first: Duration::from_secs(10), most: Duration::from_secs(100) };
        for (attempt, plain) in [(1, 10.0), (2, 20.0), (3, 40.0), (4, 80.0), (5, 100.0), (i16::MAX, 100.0)] {
            let secs = backoff.after(attempt).as_secs_f64();
            assert!((plain * 0.8..=plain * 1.2).contains(&secs), "attempt {attempt}: {secs}");
        }
    }
}
