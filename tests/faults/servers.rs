//! Servers of a test's own: what is destructive never touches a Postgres or Redis that was given.

use std::{
    fs,
    os::unix::{fs::PermissionsExt as _, process::CommandExt as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use sqlx::{Connection as _, PgConnection};
use support::free_port;
use tempfile::TempDir;

/// Waits for a condition; panics with `what` after `limit`.
pub async fn wait_for<F, Fut>(what: &str, limit: Duration, mut met: F)
where
    F: FnMut() -> Fut,
    Fut: Future<Output = bool>,
{
    let start = Instant::now();
    while !met().await {
        assert!(start.elapsed() < limit, "waited {limit:?} in vain: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Sends a signal to a process.
pub fn signal(pid: u32, name: &str) {
    let sent = Command::new("kill").arg(format!("-{name}")).arg(pid.to_string()).status().expect("kill");
    assert!(sent.success(), "signal {name} to {pid}");
}

/// A Postgres with fsync on, in a folder of its own.
#[derive(Debug)]
pub struct Postgres {
    child: Child,
    folder: TempDir,
    port: u16,
    bin: PathBuf,
}

fn postgres_bin() -> PathBuf {
    let mut found: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .map(|entries| {
            entries.flatten().map(|entry| entry.path().join("bin")).filter(|bin| bin.join("initdb").exists()).collect()
        })
        .unwrap_or_default();
    found.sort();
    found.pop().unwrap_or_else(|| {
        let output = Command::new("pg_config").arg("--bindir").output().expect("a Postgres is installed");
        PathBuf::from(String::from_utf8_lossy(&output.stdout).trim())
    })
}

/// Postgres refuses to run as root, so as root it runs as `nobody`'s better: the user `postgres`.
fn unprivileged(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
    let root = fs::metadata("/proc/self").is_ok_and(|me| std::os::unix::fs::MetadataExt::uid(&me) == 0);
    if root {
        let id = |flag: &str| -> u32 {
            let output = Command::new("id").args([flag, "postgres"]).output().expect("id");
            String::from_utf8_lossy(&output.stdout).trim().parse().expect("the user postgres exists")
        };
        let (uid, gid) = (id("-u"), id("-g"));
        std::os::unix::fs::chown(folder, Some(uid), Some(gid)).expect("chown");
        command.uid(uid).gid(gid);
    }
    command.current_dir(folder);
    command
}

impl Postgres {
    /// Makes and starts one.
    pub async fn start() -> Self {
        let folder = tempfile::Builder::new().prefix("ledgerline-pg-").tempdir().expect("a folder");
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
        let bin = postgres_bin();
        let made = unprivileged(&bin.join("initdb"), folder.path())
            .args(["-D", "data", "-A", "trust", "-U", "postgres", "--no-sync"])
            .stdout(Stdio::null())
            .status()
            .expect("initdb");
        assert!(made.success(), "initdb");
        let port = free_port();
        let child = Self::spawn(&bin, folder.path(), port);
        let postgres = Self { child, folder, port, bin };
        postgres.wait().await;
        postgres
    }

    fn spawn(bin: &Path, folder: &Path, port: u16) -> Child {
        let log = fs::File::create(folder.join(format!("log-{}", rand::random::<u32>()))).expect("a log");
        unprivileged(&bin.join("postgres"), folder)
            .args(["-D", "data", "-k", "", "-h", "127.0.0.1", "-c", "max_connections=200", "-p"])
            .arg(port.to_string())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("postgres")
    }

    async fn wait(&self) {
        wait_for("Postgres answers", Duration::from_secs(30), || async {
            PgConnection::connect(&self.url("postgres")).await.is_ok()
        })
        .await;
    }

    /// Address of a database as the superuser.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// Address of a database as the engine's login.
    #[must_use]
    pub fn engine_url(&self, database: &str) -> String {
        format!("postgres://faults_engine@127.0.0.1:{}/{database}", self.port)
    }

    /// Stops it at once, as a crash would, and starts it again.
    pub async fn restart(&mut self) {
        signal(self.child.id(), "QUIT");
        self.child.wait().expect("wait");
        self.child = Self::spawn(&self.bin, self.folder.path(), self.port);
        self.wait().await;
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        signal(self.child.id(), "QUIT");
        let _ = self.child.wait();
    }
}
