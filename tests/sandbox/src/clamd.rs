//! A virus scanner that speaks clamd's protocol: PING, VERSION and INSTREAM, in the z and n forms. It knows two
//! signatures, EICAR's test file and the words `LEDGERLINE-TEST-VIRUS`, and refuses streams beyond its limit as clamd does.

use std::io;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// A connection that says nothing for so long is closed.
const SILENCE: Duration = Duration::from_secs(30);
/// The longest command.
const MAX_COMMAND: usize = 64;
const SIGNATURES: [(&[u8], &str); 2] = [
    (b"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$", "Eicar-Test-Signature"),
    (b"LEDGERLINE-TEST-VIRUS", "Ledgerline.Test.Virus"),
];

/// What the scanner does beside scanning.
#[derive(Debug, Default)]
pub struct Scanner {
    out_of_order: Mutex<bool>,
}

impl Scanner {
    /// Closes each connection without a word, until it is told otherwise.
    pub fn fail(&self, out_of_order: bool) {
        *self.out_of_order.lock().unwrap_or_else(PoisonError::into_inner) = out_of_order;
    }

    fn is_out_of_order(&self) -> bool {
        *self.out_of_order.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Answers until it is stopped.
pub(crate) async fn serve(
    listener: TcpListener,
    scanner: std::sync::Arc<Scanner>,
    limit: u64,
    tasks: TaskTracker,
    stopping: CancellationToken,
) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stopping.cancelled() => return,
        };
        let Ok((stream, _)) = accepted else { continue };
        if scanner.is_out_of_order() {
            continue;
        }
        let stopping = stopping.clone();
        tasks.spawn(async move {
            tokio::select! {
                answered = answer(stream, limit) => {
                    if let Err(error) = answered {
                        tracing::debug!(%error, "a connection to the scanner ended early");
                    }
                }
                () = stopping.cancelled() => {}
            }
        });
    }
}

async fn answer(stream: TcpStream, limit: u64) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    let form = timed(stream.read_u8()).await?;
    let end = if form == b'z' { 0 } else { b'\n' };
    let mut command = Vec::new();
    loop {
        let byte = timed(stream.read_u8()).await?;
        if byte == end || command.len() == MAX_COMMAND {
            break;
        }
        command.push(byte);
    }
    let said = match command.as_slice() {
        b"PING" => "PONG".to_owned(),
        b"VERSION" => "ClamAV 1.0.0/sandbox".to_owned(),
        b"INSTREAM" => scan(&mut stream, limit).await?,
        _ => "UNKNOWN COMMAND".to_owned(),
    };
    let mut bytes = said.into_bytes();
    bytes.push(end);
    stream.write_all(&bytes).await?;
    stream.shutdown().await
}

async fn timed<T>(read: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    tokio::time::timeout(SILENCE, read).await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
}

/// Reads chunks, each after its length, until one of no bytes; keeps no more of them than a signature needs.
async fn scan(stream: &mut BufReader<TcpStream>, limit: u64) -> io::Result<String> {
    let longest = SIGNATURES.iter().map(|(signature, _)| signature.len()).max().unwrap_or_default();
    let mut window: Vec<u8> = Vec::new();
    let mut found = None;
    let mut total = 0;
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let mut left = u64::from(timed(stream.read_u32()).await?);
        if left == 0 {
            break;
        }
        total += left;
        if total > limit {
            return Ok("INSTREAM size limit exceeded. ERROR".to_owned());
        }
        while left > 0 {
            let most = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
            let read = timed(stream.read(buffer.get_mut(..most).unwrap_or_default())).await?;
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            left -= read as u64;
            window.extend_from_slice(buffer.get(..read).unwrap_or_default());
            let holds = |signature: &[u8]| window.windows(signature.len()).any(|part| part == signature);
            found = found.or_else(|| SIGNATURES.iter().find(|(signature, _)| holds(signature)).map(|(_, name)| *name));
            window.drain(..window.len().saturating_sub(longest));
        }
    }
    Ok(found.map_or_else(|| "stream: OK".to_owned(), |name| format!("stream: {name} FOUND")))
}
