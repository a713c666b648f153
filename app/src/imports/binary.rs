//! Files that are no text, or no table, whatever they are called: what they are, and how to make a CSV file of them.

use super::encoding::Encoding;

/// How files of other kinds begin, and what to do with them.
const KINDS: [(&[u8], &str); 13] = [
    (b"\xd0\xcf\x11\xe0", WORKBOOK),
    (b"PK\x03\x04", "This is a ZIP archive. Unpack it and upload the CSV file in it."),
    (b"PK\x05\x06", "This is a ZIP archive. Unpack it and upload the CSV file in it."),
    (b"\x1f\x8b", "This is a packed file (gzip). Unpack it and upload the CSV file in it."),
    (b"%PDF", "This is a PDF. Export the table from the program that made it, as CSV."),
    (b"\x89PNG", IMAGE),
    (b"\xff\xd8\xff", IMAGE),
    (b"GIF8", IMAGE),
    (b"{\\rtf", "This is a text document (RTF). Save the table as CSV (UTF-8) and upload that file."),
    (b"BEGIN:VCARD", "These are contacts in the vCard format. Export them as CSV and upload that file."),
    (b"<!doctype html", PAGE),
    (b"<html", PAGE),
    (b"<?xml", "This is an XML file. Save the table as CSV (UTF-8) and upload that file."),
];
const WORKBOOK: &str = "This is an Excel workbook. Open it, choose “Save as”, “CSV UTF-8”, and upload that file.";
const IMAGE: &str = "This is an image. Choose the CSV file that holds your clients.";
const PAGE: &str = "This is a web page, even if it is named otherwise. Open it in a spreadsheet, save it as CSV (UTF-8) and upload that file.";
const JSON: &str = "This is a JSON file. Export the table as CSV and upload that file.";
const UTF_32: &str = "This text is written in UTF-32. Save it as CSV (UTF-8) and upload that file.";
const NO_TEXT: &str = "This is no text file. Save the table as CSV (UTF-8) and upload that file.";
/// So many control characters, and more than one byte in twenty, are in no text; a few zeros are damage.
const SOME: usize = 8;

/// What a file is that begins so, if no table: a sentence that says how to mend it.
#[must_use]
pub fn kind(bytes: &[u8], encoding: Encoding) -> Option<&'static str> {
    if bytes.starts_with(b"\xff\xfe\0\0") || bytes.starts_with(b"\0\0\xfe\xff") {
        return Some(UTF_32);
    }
    let start = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    if is_json(start) {
        return Some(JSON);
    }
    let found = KINDS
        .iter()
        .find(|(magic, _)| start.get(..magic.len()).is_some_and(|beginning| beginning.eq_ignore_ascii_case(magic)));
    if let Some((magic, sentence)) = found {
        return Some(if magic.starts_with(b"PK") { zip(bytes) } else { sentence });
    }
    let is_utf16 = matches!(encoding, Encoding::Utf16Le | Encoding::Utf16Be);
    let odd = bytes.iter().filter(|byte| matches!(byte, 0..=8 | 14..=26 | 28..=31)).count();
    (!is_utf16 && odd >= SOME && odd * 20 > bytes.len()).then_some(NO_TEXT)
}

/// An object with a first name, or a list of objects or lists; `[draft],…` may be the name of a column.
fn is_json(start: &[u8]) -> bool {
    let after = |opening: u8| {
        start.split_first().filter(|(first, _)| **first == opening).map(|(_, rest)| rest.trim_ascii_start())
    };
    match (after(b'{'), after(b'[')) {
        (Some(rest), _) => rest.starts_with(b"\"") || rest.starts_with(b"}"),
        (_, Some(rest)) => rest.starts_with(b"{") || rest.starts_with(b"["),
        _ => false,
    }
}

/// Workbooks are archives; the names of what is in them tell.
fn zip(bytes: &[u8]) -> &'static str {
    let holds = |name: &[u8]| bytes.windows(name.len()).any(|window| window == name);
    if holds(b"xl/") {
        WORKBOOK
    } else if holds(b"opendocument.spreadsheet") {
        "This is an OpenDocument spreadsheet. Open it, choose “Save as”, “Text CSV”, and upload that file."
    } else if holds(b"Index/") {
        "This is a Numbers document. Open it, choose “Export to”, “CSV”, and upload that file."
    } else {
        "This is a ZIP archive. Unpack it and upload the CSV file in it."
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_are_called_csv_and_are_not() {
        let kind = |bytes: &[u8]| kind(bytes, Encoding::Utf8);
        assert_eq!(kind(b"PK\x03\x04....[Content_Types].xml...xl/workbook.xml"), Some(WORKBOOK));
        assert_eq!(kind(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), Some(WORKBOOK));
        assert!(kind(b"PK\x03\x04clients.csv").unwrap().contains("ZIP"));
        assert_eq!(kind(b"\x89PNG\r\n\x1a\n\0\0\0"), Some(IMAGE));
        assert_eq!(kind(b"\r\n<HTML><table>"), Some(PAGE));
        assert_eq!(kind(&[1, 2, 3, 4, 5, 6, 7, 8, b'a', b'\n']), Some(NO_TEXT));
        for table in ["", "name\nAda\n", "name\nA\0da, who has a longer name\n", "PKName,x\n", "<b>,x\n"] {
            assert_eq!(kind(table.as_bytes()), None, "{table:?}");
        }
        for json in ["{\"clients\": []}", "[\n {\"name\": 1}]", "[[\"name\"]]", "{}"] {
            assert_eq!(kind(json.as_bytes()), Some(JSON), "{json}");
        }
        assert_eq!(kind(b"[draft],name\n"), None);
        assert_eq!(super::kind(b"\xff\xfe\0\0n\0\0\0", Encoding::Utf16Le), Some(UTF_32));
        assert_eq!(super::kind(b"n\0a\0\n\0", Encoding::Utf16Le), None);
    }
}
