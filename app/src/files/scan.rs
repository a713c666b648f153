//! Asks clamd what is in a file, by its INSTREAM command.

use std::io;

use bytes::Bytes;
use clamav_client::tokio::{Socket, Tcp, scan_stream};
use futures::Stream;

use crate::settings::Files;

/// What the scanner says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing was found.
    Clean,
    /// What was found, by the name of its signature.
    Infected(String),
    /// The file is larger than the scanner takes.
    TooLarge,
}

/// Bytes sent at once.
const CHUNK: usize = 128 * 1024;

/// Sends a file of `size` bytes to the scanner.
///
/// # Errors
/// When the scanner cannot be reached, or says what is no verdict; it can be asked again.
pub async fn scan<S>(settings: &Files, size: u64, bytes: S) -> io::Result<Verdict>
where
    S: Stream<Item = io::Result<Bytes>>,
{
    if size > settings.scan_limit() {
        return Ok(Verdict::TooLarge);
    }
    let answer = match settings.clamd.strip_prefix("unix:") {
        Some(path) => scan_stream(bytes, Socket { socket_path: path }, Some(CHUNK)).await?,
        None => scan_stream(bytes, Tcp { host_address: settings.clamd_host() }, Some(CHUNK)).await?,
    };
    read(&answer)
}

/// `stream: OK`, `stream: Eicar-Signature FOUND`, `INSTREAM size limit exceeded. ERROR`.
fn read(answer: &[u8]) -> io::Result<Verdict> {
    let text = String::from_utf8_lossy(answer);
    let text = text.trim_end_matches(['\0', '\n', ' ']);
    let said = text.strip_prefix("stream: ").unwrap_or(text);
    if said == "OK" {
        return Ok(Verdict::Clean);
    }
    if let Some(found) = said.strip_suffix(" FOUND") {
        return Ok(Verdict::Infected(found.chars().filter(|c| !c.is_control()).take(200).collect()));
    }
    if said.contains("size limit exceeded") {
        return Ok(Verdict::TooLarge);
    }
    Err(io::Error::other(format!("the scanner says: {said}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_of_the_scanner() {
        assert_eq!(read(b"stream: OK\0").unwrap(), Verdict::Clean);
        assert_eq!(read(b"stream: Eicar FOUND\0").unwrap(), Verdict::Infected("Eicar".to_owned()));
        assert_eq!(read(b"INSTREAM size limit exceeded. ERROR\0").unwrap(), Verdict::TooLarge);
        for no_verdict in [&b""[..], b"stream: ERROR\0", b"UNKNOWN COMMAND\0", b"stream: OK FOUND it"] {
            assert!(read(no_verdict).is_err());
        }
    }
}
