//! What an error was caused by, in the words that logs and operators see.

use std::error::Error;

/// The causes of an error, nearest first.
pub fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(error.source(), |&cause| cause.source())
}

/// An error with its causes, on one line. Many errors say their cause's words themselves: those are not repeated.
#[must_use]
pub fn with_causes(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    for cause in causes(error) {
        let cause = cause.to_string();
        if !text.contains(&cause) {
            text.push_str(": ");
            text.push_str(&cause);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    enum Failed {
        #[error("the file cannot be read")]
        Read(#[source] Box<Self>),
        #[error("Postgres: {0}.")]
        Postgres(#[source] Box<Self>),
        #[error("no such file")]
        Missing,
    }

    #[test]
    fn each_cause_is_said_once() {
        assert_eq!(with_causes(&Failed::Missing), "no such file");
        let read = Failed::Read(Box::new(Failed::Missing));
        assert_eq!(with_causes(&read), "the file cannot be read: no such file");
        let around = Failed::Postgres(Box::new(Failed::Read(Box::new(Failed::Missing))));
        assert_eq!(with_causes(&around), "Postgres: the file cannot be read.: no such file");
        assert_eq!(with_causes(&Failed::Postgres(Box::new(Failed::Missing))), "Postgres: no such file.");
        assert_eq!(causes(&around).count(), 2);
    }
}
