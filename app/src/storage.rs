//! Where uploaded files stand: a local folder or a bucket of S3, behind the same few questions. Files are written
//! and read as streams; none is ever held in memory as a whole.

use std::{
    fmt, io,
    ops::Range,
    path::{Path as FilePath, PathBuf},
    sync::Arc,
    time::Duration,
};

use axum::http::StatusCode;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::{
    Stream, StreamExt as _, TryStreamExt as _,
    stream::{self, BoxStream},
};
use object_store::{
    ClientOptions, GetOptions, GetRange, ObjectStore, ObjectStoreExt as _, RetryConfig, WriteMultipart,
    aws::AmazonS3Builder, local::LocalFileSystem, path::Path,
};
use tokio::time::timeout;

use crate::{
    error::Error,
    settings::{Bucket, Settings, SettingsError},
};

/// Size of the pieces a file is written in; buckets take none smaller but the last.
const PIECE: u64 = 5 * 1024 * 1024;
/// Buckets take this many pieces of a file, and some more.
const PIECES: u64 = 9_000;
/// Pieces on their way to the storage at the same time, beside the one that fills.
const PIECES_AT_ONCE: usize = 2;
/// A bucket answers a connection in this time.
const CONNECT: Duration = Duration::from_secs(5);
/// When it makes sense to ask a storage again that has failed.
const RETRY_AFTER: Duration = Duration::from_secs(5);
/// A sender, or a storage, that is silent for this long has gone.
pub(crate) const SILENCE: Duration = Duration::from_secs(60);

/// The storage of a process.
#[derive(Clone)]
pub struct Storage {
    store: Arc<dyn ObjectStore>,
    /// Where it is, if it is a folder.
    folder: Option<PathBuf>,
}

/// A file that was received whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredFile {
    /// Where it stands.
    pub path: String,
    /// When it was written.
    pub modified: DateTime<Utc>,
}

impl fmt::Debug for Storage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Storage({})", self.store)
    }
}

/// Why a file could not be stored or read.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// It has more bytes than it may.
    #[error("the file has more than {0} bytes")]
    TooLarge(u64),
    /// The sender ended before the file did.
    #[error("the sender was cut off")]
    Cut(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The sender said nothing for a minute.
    #[error("nothing came for {} s", SILENCE.as_secs())]
    Silent,
    /// There is no such file.
    #[error("there is no file {0}")]
    Missing(String),
    /// The file ends before the place that was asked for.
    #[error("the file {0} is shorter than it was")]
    Short(String),
    /// The storage failed.
    #[error("the storage failed")]
    Store(#[source] object_store::Error),
    /// The storage's folder failed.
    #[error("the storage's folder failed")]
    Folder(#[source] io::Error),
}

impl From<object_store::Error> for StorageError {
    fn from(error: object_store::Error) -> Self {
        match error {
            object_store::Error::NotFound { path, .. } => Self::Missing(path),
            other => Self::Store(other),
        }
    }
}

impl From<StorageError> for Error {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Store(_) | StorageError::Folder(_) | StorageError::Silent => {
                let detail = "Files cannot be stored or read at the moment. Nothing is lost: try again in a moment.";
                let mut told = Self::new(StatusCode::SERVICE_UNAVAILABLE, "storage_unavailable", detail);
                told.retry_after = Some(RETRY_AFTER.as_secs());
                told.cause = Some(Arc::new(error));
                told
            }
            other => Self::internal(other),
        }
    }
}

impl Storage {
    /// A folder of this machine; it is made if need be.
    ///
    /// # Errors
    /// One sentence when the folder cannot be used.
    pub fn in_folder(folder: &FilePath) -> Result<Self, SettingsError> {
        let wrong = |error: &dyn fmt::Display| {
            SettingsError::new(format!(
                "The folder of the setting `storage_dir` ({}) cannot be used: {error}. Set STORAGE_DIR to a folder that this process may write.",
                folder.display()
            ))
        };
        std::fs::create_dir_all(folder).map_err(|error| wrong(&error))?;
        let store =
            LocalFileSystem::new_with_prefix(folder).map_err(|error| wrong(&error))?.with_automatic_cleanup(true);
        Ok(Self { store: Arc::new(store), folder: Some(folder.to_owned()) })
    }

    /// A bucket, which has to exist.
    ///
    /// # Errors
    /// One sentence when the settings cannot be used.
    pub fn in_bucket(bucket: &Bucket) -> Result<Self, SettingsError> {
        // a body may take as long as its reader; one that stalls is ended by `read`
        let client = ClientOptions::new().with_timeout_disabled().with_connect_timeout(CONNECT);
        let retry = RetryConfig { max_retries: 5, retry_timeout: SILENCE, ..RetryConfig::default() };
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&bucket.name)
            .with_region(&bucket.region)
            .with_client_options(client)
            .with_retry(retry);
        if !bucket.endpoint.is_empty() {
            builder = builder.with_endpoint(&bucket.endpoint).with_allow_http(bucket.endpoint.starts_with("http://"));
        }
        if !bucket.access_key_id.is_empty() {
            builder =
                builder.with_access_key_id(&bucket.access_key_id).with_secret_access_key(&bucket.secret_access_key);
        }
        let store = builder.build().map_err(|error| {
            SettingsError::new(format!("The bucket of the setting `bucket` ({}) cannot be used: {error}.", bucket.name))
        })?;
        Ok(Self { store: Arc::new(store), folder: None })
    }

    /// The one that the settings name.
    ///
    /// # Errors
    /// One sentence when it cannot be used.
    pub fn open(settings: &Settings) -> Result<Self, SettingsError> {
        if settings.bucket.name.is_empty() {
            Self::in_folder(&settings.storage_dir)
        } else {
            Self::in_bucket(&settings.bucket)
        }
    }

    /// Writes what `body` brings and answers its size. Nothing is there under `path` until all of it is; whatever ends
    /// this early (an error, or the caller's future being dropped) leaves nothing behind. The nearer `limit` is to the
    /// size, the less memory a large file takes.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn receive<S, E>(&self, path: &str, body: S, limit: u64) -> Result<u64, StorageError>
    where
        S: Stream<Item = Result<Bytes, E>>,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let upload = self.store.put_multipart(&Path::from(path)).await?;
        let mut write = WriteMultipart::new_with_chunk_size(upload, piece(limit));
        match pour(&mut write, body, limit).await {
            Ok(size) => {
                write.finish().await?;
                Ok(size)
            }
            Err(error) => {
                // what failed says more than a failure to clean up after it
                let _ = write.abort().await;
                Err(error)
            }
        }
    }

    /// Writes a few megabytes at once. Nothing is there under `path` until all of them are.
    ///
    /// # Errors
    /// When the storage fails.
    pub async fn put(&self, path: &str, bytes: Bytes) -> Result<(), StorageError> {
        self.store.put(&Path::from(path), bytes.into()).await?;
        Ok(())
    }

    /// The bytes of a file from `range.start` to before `range.end`, as they are read.
    ///
    /// # Errors
    /// When the file is missing or the storage fails; the stream also when the file is shorter than `range`.
    pub async fn read(
        &self,
        path: &str,
        range: Range<u64>,
    ) -> Result<BoxStream<'static, Result<Bytes, StorageError>>, StorageError> {
        let expected = range.end.saturating_sub(range.start);
        let options = GetOptions { range: Some(GetRange::Bounded(range)), ..GetOptions::default() };
        let found = self.store.get_opts(&Path::from(path), options).await?;
        let short = StorageError::Short(path.to_owned());
        if found.range.end.saturating_sub(found.range.start) < expected {
            return Err(short);
        }
        // a local file that shrinks while it is read gives empty pieces for ever, a bucket may stall
        let state = (found.into_stream(), Some(short));
        let pieces = stream::unfold(state, |(mut found, short)| async move {
            let mut short = Some(short?);
            let piece = match timeout(SILENCE, found.next()).await {
                Err(_) => short.take().map(|_| Err(StorageError::Silent)),
                Ok(Some(Ok(piece))) if piece.is_empty() => short.take().map(Err),
                Ok(Some(Ok(piece))) => Some(Ok(piece)),
                Ok(Some(Err(error))) => short.take().map(|_| Err(error.into())),
                Ok(None) => None,
            };
            piece.map(|piece| (piece, (found, short)))
        });
        Ok(pieces.boxed())
    }

    /// The first bytes of a file, at most `most`.
    ///
    /// # Errors
    /// When the file is missing or the storage fails.
    pub async fn head(&self, path: &str, most: u64) -> Result<Bytes, StorageError> {
        Ok(self.store.get_range(&Path::from(path), 0..most).await?)
    }

    /// The files below a folder, in no order. What is still being received is not among them.
    pub fn list(&self, folder: &str) -> BoxStream<'static, Result<StoredFile, StorageError>> {
        self.store
            .list(Some(&Path::from(folder)))
            .map_ok(|found| StoredFile { path: found.location.into(), modified: found.last_modified })
            .map_err(StorageError::from)
            .boxed()
    }

    /// Removes the parts of files below a folder that were not written to since `before`, at most `most`: a process that
    /// dies while it receives a file leaves one. Answers how many. (A bucket does this by itself, by a rule.)
    ///
    /// # Errors
    /// When the storage fails.
    pub async fn remove_cut_off(
        &self,
        folder: &str,
        before: DateTime<Utc>,
        most: usize,
    ) -> Result<usize, StorageError> {
        let Some(folder) = self.folder.as_ref().map(|own| own.join(folder)) else { return Ok(0) };
        tokio::task::spawn_blocking(move || remove_parts(&folder, before, most))
            .await
            .map_err(io::Error::other)
            .flatten()
            .map_err(StorageError::Folder)
    }

    /// Removes a file; one that is gone is fine.
    ///
    /// # Errors
    /// When the storage fails.
    pub async fn delete(&self, path: &str) -> Result<(), StorageError> {
        match self.store.delete(&Path::from(path)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// Size of the pieces that a file of at most `limit` bytes is written in.
fn piece(limit: u64) -> usize {
    usize::try_from(PIECE.max(limit.div_ceil(PIECES))).unwrap_or(usize::MAX)
}

/// Removes what the storage keeps of files that it is writing, `name#number`, from `folder` and those in it.
fn remove_parts(folder: &FilePath, before: DateTime<Utc>, most: usize) -> io::Result<usize> {
    let is_part = |name: &str| {
        name.rsplit_once('#')
            .is_some_and(|(_, number)| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let mut removed = 0;
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = match std::fs::read_dir(&folder) {
            // the last file of a folder takes it along
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() && entry.file_name().to_str().is_some_and(is_part) {
                match entry.metadata().and_then(|data| data.modified()) {
                    Ok(modified) if DateTime::<Utc>::from(modified) < before => std::fs::remove_file(entry.path())?,
                    // written a moment ago, or complete by now and no part any more
                    _ => continue,
                }
                removed += 1;
                if removed == most {
                    return Ok(removed);
                }
            }
        }
    }
    Ok(removed)
}

async fn pour<S, E>(write: &mut WriteMultipart, body: S, limit: u64) -> Result<u64, StorageError>
where
    S: Stream<Item = Result<Bytes, E>>,
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let mut body = std::pin::pin!(body);
    let mut size = 0_u64;
    loop {
        let piece = timeout(SILENCE, body.next()).await.map_err(|_| StorageError::Silent)?;
        let Some(piece) = piece else { return Ok(size) };
        let piece = piece.map_err(|error| StorageError::Cut(error.into()))?;
        size += piece.len() as u64;
        if size > limit {
            return Err(StorageError::TooLarge(limit));
        }
        write.wait_for_capacity(PIECES_AT_ONCE).await?;
        write.put(piece);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Pieces = Vec<Result<Bytes, std::io::Error>>;

    fn pieces(sizes: &[usize]) -> Pieces {
        sizes.iter().map(|size| Ok(Bytes::from(vec![b'x'; *size]))).collect()
    }

    fn files(folder: &FilePath) -> usize {
        let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
        entries.map(|entry| entry.unwrap().path()).map(|path| if path.is_dir() { files(&path) } else { 1 }).sum()
    }

    async fn is_empty(folder: &FilePath) -> bool {
        for _ in 0..100 {
            if files(folder) == 0 {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        false
    }

    #[tokio::test]
    async fn what_was_received_can_be_read_in_parts() {
        let folder = tempfile::tempdir().unwrap();
        let storage = Storage::in_folder(&folder.path().join("made")).unwrap();
        let body: Pieces = vec![Ok(Bytes::from_static(b"one,")), Ok(Bytes::from_static(b"two"))];
        assert_eq!(storage.receive("a/b.csv", stream::iter(body), 100).await.unwrap(), 7);
        let read: Vec<Bytes> = storage.read("a/b.csv", 2..6).await.unwrap().try_collect().await.unwrap();
        assert_eq!(read.concat(), b"e,tw");
        assert_eq!(&storage.head("a/b.csv", 3).await.unwrap()[..], b"one");
        assert_eq!(&storage.head("a/b.csv", 300).await.unwrap()[..], b"one,two");
        assert!(matches!(storage.read("a/b.csv", 2..9).await.map(|_| ()), Err(StorageError::Short(_))));
        storage.delete("a/b.csv").await.unwrap();
        storage.delete("a/b.csv").await.unwrap();
        assert!(matches!(storage.head("a/b.csv", 3).await, Err(StorageError::Missing(_))));
    }

    #[test]
    fn large_files_are_written_in_larger_pieces() {
        assert_eq!(piece(0), 5 << 20);
        assert_eq!(piece(40 << 30), 5 << 20);
        assert!(piece(1 << 40) as u64 * 10_000 > 1 << 40);
        assert!(piece(1 << 40) < 128 << 20);
    }

    #[tokio::test]
    async fn nothing_is_left_of_what_was_not_received_whole() {
        let folder = tempfile::tempdir().unwrap();
        let storage = Storage::in_folder(folder.path()).unwrap();
        let large = storage.receive("large", stream::iter(pieces(&[6_000_000, 6_000_000])), 11_999_999).await;
        assert!(matches!(large, Err(StorageError::TooLarge(11_999_999))));
        assert!(is_empty(folder.path()).await);

        let mut cut = pieces(&[6_000_000]);
        cut.push(Err(std::io::Error::other("reset by peer")));
        assert!(matches!(storage.receive("cut", stream::iter(cut), 100_000_000).await, Err(StorageError::Cut(_))));
        assert!(is_empty(folder.path()).await);

        let endless = stream::iter(pieces(&[6_000_000])).chain(stream::pending());
        let dropped = timeout(Duration::from_millis(200), storage.receive("endless", endless, 100_000_000));
        assert!(dropped.await.is_err());
        assert!(is_empty(folder.path()).await);
    }
}
