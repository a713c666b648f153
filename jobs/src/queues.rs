use std::fmt;

/// Where jobs wait. Queues exist so that one kind of load cannot stand in the way of another; add one only
/// when its jobs need workers of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Queue {
    /// Money and whatever somebody waits for.
    Critical,
    /// The usual.
    Default,
    /// Outgoing mail.
    Mail,
    /// CSV imports and exports: long, many, heavy on Postgres.
    Imports,
    /// Sound and pictures: long, and heavy on processors.
    Media,
    /// Housekeeping of the platform.
    Maintenance,
}

impl Queue {
    /// All queues, in the order in which they are dispatched.
    pub const ALL: [Self; 6] =
        [Self::Critical, Self::Default, Self::Mail, Self::Imports, Self::Media, Self::Maintenance];

    /// The name in rows, Redis keys, settings and addresses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::Default => "default",
            Self::Mail => "mail",
            Self::Imports => "imports",
            Self::Media => "media",
            Self::Maintenance => "maintenance",
        }
    }

    /// The queue of that name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|queue| queue.name() == name)
    }
}

impl fmt::Display for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
