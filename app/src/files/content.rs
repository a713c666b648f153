//! What a file is, by its bytes: what it is called tells nothing.

/// A file of which nothing is known.
pub const UNKNOWN: &str = "application/octet-stream";

/// The type of a file that begins so. Only plain text has no mark at the beginning; there the name decides among kinds of
/// text that nothing runs.
#[must_use]
pub fn kind_of(beginning: &[u8], filename: &str) -> &'static str {
    if let Some(found) = infer::get(beginning) {
        return found.mime_type();
    }
    let is_text = !beginning.is_empty() && !beginning.contains(&0) && std::str::from_utf8(whole(beginning)).is_ok();
    match filename.rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase()).as_deref() {
        Some("csv") if is_text => "text/csv",
        Some("txt" | "md" | "log" | "srt" | "vtt") if is_text => "text/plain",
        _ => UNKNOWN,
    }
}

/// Without the first bytes of a character that the cut has parted.
fn whole(text: &[u8]) -> &[u8] {
    match std::str::from_utf8(text) {
        Err(error) if error.error_len().is_none() => text.get(..error.valid_up_to()).unwrap_or_default(),
        _ => text,
    }
}

/// Sound, moving and still pictures that browsers and players decode.
#[must_use]
pub fn is_media(content_type: &str) -> bool {
    content_type.starts_with("audio/")
        || content_type.starts_with("video/")
        || (content_type.starts_with("image/") && !content_type.contains("svg"))
}

/// Whether a browser may show it in a page of ours. Whatever can hold a script is only ever saved.
#[must_use]
pub fn is_shown(content_type: &str) -> bool {
    is_media(content_type) || matches!(content_type, "text/plain" | "text/csv")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_tell_and_names_do_not() {
        assert_eq!(kind_of(b"\x89PNG\r\n\x1a\n....", "song.wav"), "image/png");
        assert_eq!(kind_of(b"RIFF....WAVEfmt ", "x"), "audio/x-wav");
        assert_eq!(kind_of(b"%PDF-1.7", "x.txt"), "application/pdf");
        assert_eq!(kind_of(b"name,email\n", "clients.csv"), "text/csv");
        assert_eq!(kind_of("Grüße".as_bytes(), "a.TXT"), "text/plain");
        assert_eq!(kind_of(b"a\0b", "a.txt"), UNKNOWN);
        assert_eq!(kind_of(b"", "a.txt"), UNKNOWN);
    }

    #[test]
    fn what_can_hold_a_script_is_not_shown() {
        for (bytes, name) in [
            (&b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"[..], "a.svg"),
            (b"<?xml version='1.0'?><svg/>", "a.png"),
            (b"<!DOCTYPE html><script>", "a.txt"),
            (b"<html>", "photo.jpg"),
        ] {
            assert!(!is_shown(kind_of(bytes, name)), "{name}: {}", kind_of(bytes, name));
        }
        assert!(is_shown("audio/mpeg") && is_shown("image/jpeg") && !is_shown("image/svg+xml"));
    }
}
