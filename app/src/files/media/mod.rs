//! What is made of sound and pictures: peaks to draw, a still, and a preview that every browser plays and that the client
//! may see while the original is locked.

mod ffmpeg;
mod formats;
mod peaks;
mod process;

pub use ffmpeg::MediaError;
pub(super) use formats::is_processed;
pub use process::process;

/// What stands beside the bytes of a version, and is deleted with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Made {
    Preview,
    Thumbnail,
}

impl Made {
    pub(super) const ALL: [Self; 2] = [Self::Preview, Self::Thumbnail];

    /// Where it stands, beside the bytes under `path`.
    pub(super) fn path(self, path: &str) -> String {
        match self {
            Self::Preview => format!("{path}.preview"),
            Self::Thumbnail => format!("{path}.thumbnail"),
        }
    }
}
