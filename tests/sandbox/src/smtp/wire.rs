//! Reading and writing one connection with bounds: every wait ends by itself, every line has a longest length.

use std::fmt::Display;
use std::io;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, BufWriter};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio_util::sync::CancellationToken;

/// Why a conversation is over.
#[derive(Debug)]
pub(crate) enum End {
    /// The client closed or broke the connection.
    Gone(io::Error),
    /// Nothing was heard, or nothing was taken, for too long.
    Idle,
    /// The sandbox is stopping.
    Stopping,
    /// We hang up on purpose.
    HungUp,
}

impl Display for End {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Gone(error) => write!(f, "connection lost: {error}"),
            Self::Idle => f.write_str("silent for too long"),
            Self::Stopping => f.write_str("stopping"),
            Self::HungUp => f.write_str("hung up"),
        }
    }
}

impl From<io::Error> for End {
    fn from(error: io::Error) -> Self {
        Self::Gone(error)
    }
}

/// A command line as it came in.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// With its line end.
    Whole(Vec<u8>),
    /// Longer than allowed; read to its end and thrown away.
    TooLong,
}

pub(crate) struct Wire {
    reader: BufReader<OwnedReadHalf>,
    writer: BufWriter<OwnedWriteHalf>,
    idle: Duration,
    stopping: CancellationToken,
}

impl Wire {
    pub(crate) fn new(stream: TcpStream, idle: Duration, stopping: CancellationToken) -> Self {
        let (reader, writer) = stream.into_split();
        Self { reader: BufReader::new(reader), writer: BufWriter::new(writer), idle, stopping }
    }

    /// What has been received and not yet taken; waits until that is something.
    ///
    /// Answers are sent only when the client's pipelined commands are all read, as RFC 2920 advises.
    pub(crate) async fn received(&mut self) -> Result<&[u8], End> {
        if self.reader.buffer().is_empty() {
            self.flush().await?;
            let heard = tokio::select! {
                biased;
                () = self.stopping.cancelled() => return Err(End::Stopping),
                heard = tokio::time::timeout(self.idle, self.reader.fill_buf()) => heard,
            };
            if heard.map_err(|_| End::Idle)??.is_empty() {
                return Err(End::Gone(io::ErrorKind::UnexpectedEof.into()));
            }
        }
        Ok(self.reader.buffer())
    }

    /// Marks so many received octets as used.
    pub(crate) fn take(&mut self, octets: usize) {
        self.reader.consume(octets);
    }

    pub(crate) async fn line(&mut self, longest: usize) -> Result<Line, End> {
        let mut line = Vec::new();
        let mut too_long = false;
        loop {
            let received = self.received().await?;
            let end = received.iter().position(|&octet| octet == b'\n');
            let used = end.map_or(received.len(), |at| at + 1);
            too_long |= line.len() + used > longest;
            if too_long {
                line = Vec::new();
            } else {
                line.extend_from_slice(&received[..used]);
            }
            self.take(used);
            if end.is_some() {
                return Ok(if too_long { Line::TooLong } else { Line::Whole(line) });
            }
        }
    }

    pub(crate) async fn say(&mut self, answer: &str) -> Result<(), End> {
        let written = async {
            self.writer.write_all(answer.as_bytes()).await?;
            self.writer.write_all(b"\r\n").await
        };
        tokio::time::timeout(self.idle, written).await.map_err(|_| End::Idle)??;
        Ok(())
    }

    pub(crate) async fn flush(&mut self) -> Result<(), End> {
        tokio::time::timeout(self.idle, self.writer.flush()).await.map_err(|_| End::Idle)??;
        Ok(())
    }

    /// Waits as asked, unless the sandbox stops meanwhile.
    pub(crate) async fn pause(&self, length: Duration) -> Result<(), End> {
        tokio::select! {
            () = self.stopping.cancelled() => Err(End::Stopping),
            () = tokio::time::sleep(length) => Ok(()),
        }
    }
}
