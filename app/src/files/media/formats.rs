//! Which reader takes which kind of file. The reader is named, so that nothing that looks like a playlist or a script of
//! some other format is ever opened as one.

/// The demuxer of FFmpeg for a content type; `None` for what is not processed.
pub(super) fn demuxer(content_type: &str) -> Option<&'static str> {
    Some(match content_type {
        "audio/mpeg" => "mp3",
        "audio/m4a" | "video/mp4" | "video/x-m4v" | "video/quicktime" => "mov",
        "audio/ogg" | "audio/opus" => "ogg",
        "audio/x-flac" => "flac",
        "audio/x-wav" => "wav",
        "audio/aac" => "aac",
        "audio/x-aiff" => "aiff",
        "audio/x-dsf" => "dsf",
        "audio/x-ape" => "ape",
        "audio/amr" => "amr",
        "video/x-matroska" | "video/webm" => "matroska",
        "video/x-msvideo" => "avi",
        "video/x-ms-wmv" => "asf",
        "video/mpeg" => "mpeg",
        "video/x-flv" => "flv",
        "image/jpeg" => "jpeg_pipe",
        "image/png" => "png_pipe",
        "image/webp" => "webp_pipe",
        "image/bmp" => "bmp_pipe",
        "image/tiff" => "tiff_pipe",
        "image/vnd.adobe.photoshop" => "psd_pipe",
        "image/gif" => "gif",
        _ => return None,
    })
}

/// Whether something can be made of it.
pub(in crate::files) fn is_processed(content_type: &str) -> bool {
    demuxer(content_type).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::content;

    #[test]
    fn only_media_is_processed() {
        for content_type in ["application/pdf", "text/plain", "image/svg+xml", "application/zip", content::UNKNOWN] {
            assert!(!is_processed(content_type), "{content_type}");
        }
        for beginning in
            [&b"ID3\x03"[..], b"fLaC", b"OggS", b"RIFF....WAVEfmt ", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0"]
        {
            assert!(is_processed(content::kind_of(beginning, "x")), "{}", content::kind_of(beginning, "x"));
        }
    }
}
