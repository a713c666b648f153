//! The mail server: SMTP as RFC 5321 has it, with the extensions a mail library uses.

pub mod faults;
mod session;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::mail::Inbox;
use crate::smtp::faults::Faults;
use crate::smtp::session::Session;
use crate::smtp::wire::Wire;

/// What the mail server accepts. Everything a client can make it hold is bounded by these.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Connections at once; one more is answered 421.
    pub connections: usize,
    /// Octets of one mail, announced as SIZE.
    pub mail_bytes: usize,
    /// Octets of all mails being received at once; beyond, a mail is refused for now (452).
    pub receiving_bytes: usize,
    /// Octets of a command line, its end included. RFC 4954 asks for this much for AUTH.
    pub command_line: usize,
    /// Octets of a line of a mail without its end: the limit of RFC 5322, which real servers enforce too.
    pub text_line: usize,
    /// Recipients of one mail.
    pub recipients: usize,
    /// Refused commands before the connection is closed.
    pub mistakes: usize,
    /// Silence before the connection is closed.
    pub idle: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 256,
            mail_bytes: 10 * 1024 * 1024,
            receiving_bytes: 128 * 1024 * 1024,
            command_line: 12_288,
            text_line: 998,
            recipients: 100,
            mistakes: 50,
            idle: Duration::from_secs(60),
        }
    }
}

/// Everything a session needs besides its connection.
#[derive(Clone)]
pub(crate) struct Server {
    limits: Arc<Limits>,
    inbox: Arc<Inbox>,
    faults: Arc<Faults>,
    /// One permit per KiB of [`Limits::receiving_bytes`].
    receiving: Arc<Semaphore>,
    stopping: CancellationToken,
}

impl Server {
    pub(crate) fn new(limits: Limits, inbox: Arc<Inbox>, faults: Arc<Faults>, stopping: CancellationToken) -> Self {
        Self {
            receiving: Arc::new(Semaphore::new(limits.receiving_bytes / 1024)),
            limits: Arc::new(limits),
            inbox,
            faults,
            stopping,
        }
    }

    pub(crate) async fn serve(self, listener: TcpListener, tasks: TaskTracker) {
        let seats = Arc::new(Semaphore::new(self.limits.connections));
        loop {
            let accepted = tokio::select! {
                () = self.stopping.cancelled() => return,
                accepted = listener.accept() => accepted,
            };
            let stream = match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    // out of file descriptors, usually: wait for connections to end instead of spinning
                    tracing::warn!(%error, "could not accept a mail connection");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            };
            match seats.clone().try_acquire_owned() {
                Ok(seat) => {
                    let server = self.clone();
                    tasks.spawn(async move {
                        server.talk(stream).await;
                        drop(seat);
                    });
                }
                Err(_full) => refuse(stream).await,
            }
        }
    }

    async fn talk(self, stream: TcpStream) {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "nodelay");
        }
        let wire = Wire::new(stream, self.limits.idle, self.stopping.clone());
        if let Err(end) = Session::new(wire, &self).run().await {
            tracing::debug!(%end, "mail connection ended");
        }
    }
}

/// Says why and hangs up; a client that does not even read this short line is not waited for.
async fn refuse(mut stream: TcpStream) {
    let answer = stream.write_all(b"421 4.7.0 too many connections\r\n");
    if let Err(error) = tokio::time::timeout(Duration::from_millis(100), answer).await {
        tracing::debug!(%error, "refused connection");
    }
}
