//! A Redis of a test's own, for tests that stop it.

use std::{
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use tempfile::TempDir;

use super::wait_for;

/// A free port of this machine.
///
/// # Panics
/// When there is none.
#[must_use]
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .expect("a free port")
}

/// A Redis that keeps nothing on disk, so that a restart loses all.
#[derive(Debug)]
pub struct Redis {
    child: Child,
    folder: TempDir,
    port: u16,
}

impl Redis {
    /// Starts one.
    ///
    /// # Panics
    /// When the program is missing or does not answer.
    pub async fn start() -> Self {
        let folder = tempfile::Builder::new().prefix("ledgerline-redis-").tempdir().expect("a folder");
        let port = free_port();
        let redis = Self { child: Self::spawn(folder.path(), port), folder, port };
        redis.wait().await;
        redis
    }

    fn spawn(folder: &Path, port: u16) -> Child {
        Command::new("redis-server")
            .args(["--save", "", "--appendonly", "no", "--bind", "127.0.0.1", "--port"])
            .arg(port.to_string())
            .arg("--dir")
            .arg(folder)
            .stdout(Stdio::null())
            .spawn()
            .expect("redis-server")
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// A connection.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn connect(&self) -> redis::RedisResult<redis::aio::MultiplexedConnection> {
        redis::Client::open(self.url())?.get_multiplexed_async_connection().await
    }

    async fn wait(&self) {
        wait_for("Redis answers", || async { self.connect().await.is_ok() }).await;
    }

    /// Forgets everything.
    ///
    /// # Panics
    /// When it does not answer.
    pub async fn flush(&self) {
        let mut connection = self.connect().await.expect("Redis");
        redis::cmd("FLUSHALL").query_async::<()>(&mut connection).await.expect("FLUSHALL");
    }

    /// Kills it.
    pub fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Kills it, stays away for a while, and starts it empty.
    pub async fn restart(&mut self, away: Duration) {
        self.stop();
        tokio::time::sleep(away).await;
        self.child = Self::spawn(self.folder.path(), self.port);
        self.wait().await;
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
