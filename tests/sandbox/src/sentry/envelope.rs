//! The envelope: a header line, then items, each a header line and a payload.

use std::borrow::Cow;
use std::io::Read;

use axum::http::StatusCode;
use flate2::read::{MultiGzDecoder, ZlibDecoder};
use serde::Deserialize;

use crate::sentry::Refusal;

/// The real tracker's limit.
const MOST_ITEMS: usize = 100;

/// An envelope taken apart.
#[derive(Debug)]
pub(super) struct Envelope<'a> {
    header: Header,
    pub(super) items: Vec<Item<'a>>,
}

/// One item.
#[derive(Debug)]
pub(super) struct Item<'a> {
    pub(super) kind: String,
    pub(super) payload: &'a [u8],
}

#[derive(Debug, Deserialize)]
struct Header {
    event_id: Option<String>,
    dsn: Option<String>,
}

#[derive(Deserialize)]
struct ItemHeader {
    #[serde(rename = "type")]
    kind: String,
    length: Option<usize>,
}

impl Envelope<'_> {
    pub(super) fn event_id(&self) -> Option<&str> {
        self.header.event_id.as_deref()
    }

    /// The key in `http://key@host/1`.
    pub(super) fn dsn_key(&self) -> Option<String> {
        let (_, after_scheme) = self.header.dsn.as_deref()?.split_once("://")?;
        let (key, _) = after_scheme.split_once('@')?;
        Some(key.split(':').next().unwrap_or(key).to_owned())
    }
}

/// Undoes the transport's compression, up to a size.
pub(super) fn unpack<'a>(body: &'a [u8], encoding: Option<&str>, most: u64) -> Result<Cow<'a, [u8]>, Refusal> {
    let reader: Box<dyn Read + 'a> = match encoding {
        None | Some("" | "identity") => return Ok(Cow::Borrowed(body)),
        Some("gzip") => Box::new(MultiGzDecoder::new(body)),
        Some("deflate") => Box::new(ZlibDecoder::new(body)),
        Some(_) => {
            return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported content encoding"));
        }
    };
    let mut unpacked = Vec::new();
    reader.take(most + 1).read_to_end(&mut unpacked).map_err(|_| invalid("the body cannot be unpacked"))?;
    if unpacked.len() as u64 > most {
        return Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "envelope exceeded size limits"));
    }
    Ok(Cow::Owned(unpacked))
}

pub(super) fn parse(bytes: &[u8]) -> Result<Envelope<'_>, Refusal> {
    let (header, mut rest) = line(bytes);
    let header: Header = serde_json::from_slice(header).map_err(|_| invalid("invalid envelope header"))?;
    let mut items = Vec::new();
    loop {
        // empty lines may stand at the end
        while let Some(tail) = rest.strip_prefix(b"\n") {
            rest = tail;
        }
        if rest.is_empty() {
            return Ok(Envelope { header, items });
        }
        if items.len() == MOST_ITEMS {
            return Err(invalid("too many items"));
        }
        let (item, after) = line(rest);
        let item: ItemHeader = serde_json::from_slice(item).map_err(|_| invalid("invalid item header"))?;
        let (payload, after) = match item.length {
            Some(length) => {
                let (payload, after) =
                    after.split_at_checked(length).ok_or_else(|| invalid("unexpected end of file"))?;
                match after {
                    [] => (payload, after),
                    [b'\n', after @ ..] => (payload, after),
                    _ => return Err(invalid("missing newline after header or payload")),
                }
            }
            None => line(after),
        };
        items.push(Item { kind: item.kind, payload });
        rest = after;
    }
}

/// Up to the line's end, and what follows it.
fn line(bytes: &[u8]) -> (&[u8], &[u8]) {
    match bytes.iter().position(|&octet| octet == b'\n') {
        Some(end) => (&bytes[..end], &bytes[end + 1..]),
        None => (bytes, &[]),
    }
}

fn invalid(detail: &'static str) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, detail)
}

#[cfg(test)]
mod tests {
    use super::parse;

    fn kinds(bytes: &[u8]) -> Option<Vec<(String, usize)>> {
        let envelope = parse(bytes).ok()?;
        let items = envelope.items.into_iter();
        Some(items.map(|item| (item.kind, item.payload.len())).collect())
    }

    #[test]
    fn items_end_at_their_length_or_at_the_line() {
        let envelope = b"{}\n{\"type\":\"event\",\"length\":3}\n{\n}\n{\"type\":\"session\"}\n{}\n\n";
        let expected = vec![("event".to_owned(), 3), ("session".to_owned(), 2)];
        assert_eq!(kinds(envelope), Some(expected));
        assert_eq!(kinds(b"{}"), Some(vec![]));
    }

    #[test]
    fn broken_envelopes_are_refused() {
        for broken in [
            &b""[..],
            b"\n",
            b"[]",
            b"{}\n{\"type\":\"event\",\"length\":9}\n{}\n",
            b"{}\n{\"type\":\"event\",\"length\":18446744073709551615}\n{}\n",
            b"{}\n{\"type\":\"event\",\"length\":1}\n{}\n",
            b"{}\n{\"length\":2}\n{}\n",
            b"{}\nnothing",
        ] {
            assert_eq!(kinds(broken), None, "{}", String::from_utf8_lossy(broken));
        }
    }
}
