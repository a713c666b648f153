//! In which encoding a file is written, found out from all of its bytes while they pass by, and its text as UTF-8. What
//! is not UTF-8 is decoded once, before its rows are counted: whoever reads rows reads UTF-8.

use encoding_rs::{Decoder, UTF_16BE, UTF_16LE, WINDOWS_1252};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

/// The encodings that tables come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ImportEncoding)]
pub enum Encoding {
    /// What programs write today.
    #[serde(rename = "utf-8")]
    Utf8,
    /// Excel's "Unicode text".
    #[serde(rename = "utf-16le")]
    Utf16Le,
    /// The same from other machines.
    #[serde(rename = "utf-16be")]
    Utf16Be,
    /// What Excel writes as plain "CSV" in the West; ISO 8859-1 is a part of it.
    #[serde(rename = "windows-1252")]
    Windows1252,
}

impl Encoding {
    const ALL: [Self; 4] = [Self::Utf8, Self::Utf16Le, Self::Utf16Be, Self::Windows1252];

    /// As the API and the database call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
            Self::Windows1252 => "windows-1252",
        }
    }

    /// The encoding of that name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|encoding| encoding.name() == name)
    }

    /// Whether its bytes come in pairs.
    #[must_use]
    pub const fn is_utf16(self) -> bool {
        matches!(self, Self::Utf16Le | Self::Utf16Be)
    }

    /// Makes UTF-8 of it; `None` for what is UTF-8 already.
    #[must_use]
    pub fn decoder(self) -> Option<ToUtf8> {
        let decoder = match self {
            Self::Utf8 => return None,
            Self::Utf16Le => UTF_16LE.new_decoder_with_bom_removal(),
            Self::Utf16Be => UTF_16BE.new_decoder_with_bom_removal(),
            Self::Windows1252 => WINDOWS_1252.new_decoder_without_bom_handling(),
        };
        Some(ToUtf8 { decoder, half: None, pairs: self.is_utf16() })
    }
}

/// Decodes a file that comes in pieces; what means nothing in its encoding becomes U+FFFD. Half a pair at the end of a
/// file is left out when it is no part of any text: a zero or a line break that a program has added.
pub struct ToUtf8 {
    decoder: Decoder,
    /// Its bytes come in pairs.
    pairs: bool,
    /// The byte that waits for its other half.
    half: Option<u8>,
}

impl ToUtf8 {
    /// The text of the next piece; a character that it cuts comes with the piece after it.
    pub fn next(&mut self, piece: &[u8], last: bool) -> String {
        let mut text = String::with_capacity(self.decoder.max_utf8_buffer_length(piece.len()).unwrap_or(piece.len()));
        if !self.pairs {
            self.decode(piece, last, &mut text);
            return text;
        }
        let (whole, half) = match (self.half.take(), piece.split_first()) {
            (Some(half), Some((first, rest))) => {
                self.decode(&[half, *first], false, &mut text);
                in_pairs(rest)
            }
            (Some(half), None) => (piece, Some(half)),
            (None, _) => in_pairs(piece),
        };
        self.decode(whole, false, &mut text);
        if last {
            let half = half.filter(|byte| !matches!(*byte, 0 | b'\r' | b'\n' | END_OF_FILE));
            self.decode(half.as_slice(), true, &mut text);
        } else {
            self.half = half;
        }
        text
    }

    fn decode(&mut self, mut bytes: &[u8], last: bool, text: &mut String) {
        loop {
            let (result, read, _) = self.decoder.decode_to_string(bytes, text, last);
            bytes = bytes.get(read..).unwrap_or_default();
            match result {
                encoding_rs::CoderResult::InputEmpty => return,
                encoding_rs::CoderResult::OutputFull => text.reserve(bytes.len() + 16),
            }
        }
    }
}

/// What old programs end a file of text with.
pub(super) const END_OF_FILE: u8 = 0x1a;

/// The whole pairs, and half of one at the end.
fn in_pairs(bytes: &[u8]) -> (&[u8], Option<u8>) {
    match bytes.split_last() {
        Some((half, whole)) if !bytes.len().is_multiple_of(2) => (whole, Some(*half)),
        _ => (bytes, None),
    }
}

/// How much of a file is looked at for zeros.
const LOOKED_AT: usize = 64 * 1024;

/// Looks at every byte of a file that passes by. Keeps a few of them.
#[derive(Debug, Default)]
pub struct Survey {
    hash: Sha256,
    /// The beginning of a character that the last piece cut.
    cut: Vec<u8>,
    seen: usize,
    first: Vec<u8>,
    zeros_even: usize,
    zeros_odd: usize,
    characters: u64,
    broken: u64,
}

/// What all bytes of a file tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Surveyed {
    /// The encoding that it is most likely written in.
    pub encoding: Encoding,
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
}

impl Survey {
    /// Takes the next bytes.
    pub fn read(&mut self, piece: &[u8]) {
        self.hash.update(piece);
        if self.first.len() < 4 {
            self.first.extend(piece.iter().take(4 - self.first.len()));
        }
        for (at, byte) in piece.iter().take(LOOKED_AT.saturating_sub(self.seen)).enumerate() {
            if *byte == 0 {
                if (self.seen + at).is_multiple_of(2) { self.zeros_even += 1 } else { self.zeros_odd += 1 }
            }
        }
        self.seen += piece.len();
        if self.cut.is_empty() {
            self.validate(piece);
        } else {
            // at most three bytes were left over: with the next three, the character is whole or broken
            let mut joined = std::mem::take(&mut self.cut);
            let before = joined.len();
            joined.extend(piece.iter().take(3));
            let taken = joined.len() - before;
            self.validate(&joined);
            let rest = piece.get(taken..).unwrap_or_default();
            if self.cut.is_empty() {
                self.validate(rest);
            } else if !rest.is_empty() {
                // the seam itself ends within a character: a few bytes of it go on to the next round
                let mut joined = std::mem::take(&mut self.cut);
                joined.extend_from_slice(rest);
                self.validate(&joined);
            }
        }
    }

    fn validate(&mut self, mut bytes: &[u8]) {
        loop {
            match std::str::from_utf8(bytes) {
                Ok(valid) => {
                    self.count(valid.as_bytes());
                    return;
                }
                Err(error) => {
                    let (valid, rest) = bytes.split_at(error.valid_up_to());
                    self.count(valid);
                    let Some(broken) = error.error_len() else {
                        self.cut = rest.to_vec();
                        return;
                    };
                    self.broken += 1;
                    bytes = rest.get(broken..).unwrap_or_default();
                }
            }
        }
    }

    fn count(&mut self, valid: &[u8]) {
        self.characters += valid.iter().filter(|byte| **byte >= 0xc0).count() as u64;
    }

    /// What the whole file tells.
    #[must_use]
    pub fn finish(mut self) -> Surveyed {
        self.broken += u64::from(!self.cut.is_empty());
        Surveyed { encoding: self.encoding(), sha256: self.hash.finalize().into() }
    }

    /// A mark at the beginning says it. Else zeros on one side of every pair are UTF-16. Broken bytes among many good
    /// characters are damage in UTF-8; where nearly nothing is UTF-8, nothing was meant to be.
    fn encoding(&self) -> Encoding {
        match self.first.as_slice() {
            [0xff, 0xfe, ..] => return Encoding::Utf16Le,
            [0xfe, 0xff, ..] => return Encoding::Utf16Be,
            [0xef, 0xbb, 0xbf, ..] => return Encoding::Utf8,
            _ => {}
        }
        let pairs = self.seen.min(LOOKED_AT) / 2;
        let (even, odd) = (self.zeros_even, self.zeros_odd);
        if pairs > 0 && odd * 3 > pairs && even * 10 < odd {
            Encoding::Utf16Le
        } else if pairs > 0 && even * 3 > pairs && odd * 10 < even {
            Encoding::Utf16Be
        } else if self.broken > 0 && self.characters <= self.broken {
            Encoding::Windows1252
        } else {
            Encoding::Utf8
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoding(bytes: &[u8]) -> Encoding {
        let surveys = [1, 2, 3, 5, 7, 1_000].map(|size| {
            let mut survey = Survey::default();
            bytes.chunks(size).for_each(|piece| survey.read(piece));
            let (broken, characters) = (survey.broken, survey.characters);
            (survey.finish(), broken, characters)
        });
        assert!(surveys.iter().all(|survey| *survey == surveys[0]), "pieces make no difference: {surveys:?}");
        surveys[0].0.encoding
    }

    fn utf16(text: &str, to: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(to).collect()
    }

    #[test]
    fn the_encoding_is_found_in_any_part_of_a_file() {
        assert_eq!(encoding(b""), Encoding::Utf8);
        assert_eq!(encoding(b"name\nAda\n"), Encoding::Utf8);
        assert_eq!(encoding("name\nBjörn, 猫, 🎵\n".as_bytes()), Encoding::Utf8);
        assert_eq!(encoding(b"name\nBj\xf6rn\n"), Encoding::Windows1252);
        assert_eq!(encoding(b"n\x80"), Encoding::Windows1252);
        assert_eq!(encoding(b"name\nBj\xc3"), Encoding::Windows1252, "a character that the end cuts is broken");
        let late = [b"name,email\n".repeat(20_000), b"Bj\xf6rn\n".to_vec()].concat();
        assert_eq!(encoding(&late), Encoding::Windows1252);
        let damaged = ["Björn\nÅsa\nZoë\n".as_bytes(), b"Bj\xf6rn\n"].concat();
        assert_eq!(encoding(&damaged), Encoding::Utf8);
        assert_eq!(encoding(b"\xef\xbb\xbfname\nBj\xf6rn\n"), Encoding::Utf8, "the mark says what was meant");
        let text = "name,email\nÅsa,asa@example.com\n";
        assert_eq!(encoding(&utf16(text, u16::to_le_bytes)), Encoding::Utf16Le);
        assert_eq!(encoding(&utf16(text, u16::to_be_bytes)), Encoding::Utf16Be);
        assert_eq!(encoding(&utf16(&format!("\u{feff}{text}"), u16::to_le_bytes)), Encoding::Utf16Le);
        assert_eq!(encoding(b"name\nA\0da\n"), Encoding::Utf8);
    }

    #[test]
    fn text_is_decoded_from_pieces_of_any_size() {
        let text = "Öberg;100 €;🎵\r\n";
        for (encoding, bytes) in [
            (Encoding::Utf16Le, utf16(&format!("\u{feff}{text}"), u16::to_le_bytes)),
            (Encoding::Utf16Be, utf16(text, u16::to_be_bytes)),
        ] {
            for size in 1..=bytes.len() {
                let mut decoder = encoding.decoder().unwrap();
                let mut decoded: String = bytes.chunks(size).map(|piece| decoder.next(piece, false)).collect();
                decoded += &decoder.next(&[], true);
                assert_eq!(decoded, text, "pieces of {size}");
            }
        }
        for (end, decoded) in [(0, "a"), (b'\n', "a"), (END_OF_FILE, "a"), (b'x', "a\u{fffd}")] {
            let mut decoder = Encoding::Utf16Le.decoder().unwrap();
            assert_eq!(decoder.next(&[b'a', 0, end], false) + &decoder.next(&[], true), decoded);
            assert_eq!(Encoding::Utf16Be.decoder().unwrap().next(&[0, b'a', end], true), decoded);
        }
        let mut decoder = Encoding::Windows1252.decoder().unwrap();
        assert_eq!(decoder.next(b"\xd6berg;100 \x80", true), "Öberg;100 €");
        assert!(Encoding::Utf8.decoder().is_none());
    }
}
