//! Whatever is uploaded: its beginning is read without a panic, and what is shown of it is what the import reads.

use ledgerline_app::imports::{
    encoding::{Encoding, Survey},
    format::{DELIMITERS, QUOTES},
    head::{self, Head, Known},
    records::Records,
};
use proptest::prelude::*;

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let token = prop::sample::select(vec![
        "name",
        "Email",
        "a@b.example",
        "+47 22 33 44 55",
        "1",
        "sep=",
        ",",
        ";",
        "\t",
        "|",
        "\"",
        "'",
        "\n",
        "\r\n",
        "\r",
        " ",
        "é",
        "🎵",
        "\0",
        "\u{feff}",
        "::: ",
        "PK\u{3}\u{4}",
        "%PDF",
    ]);
    let text = prop::collection::vec(token, 0..80).prop_map(|tokens| tokens.concat());
    let utf16 = |big: bool| {
        move |text: String| {
            text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
        }
    };
    prop_oneof![
        4 => text.clone().prop_map(String::into_bytes),
        1 => text.clone().prop_map(utf16(false)),
        1 => text.clone().prop_map(utf16(true)),
        1 => (text, any::<prop::sample::Index>(), any::<u8>()).prop_map(|(text, at, byte)| {
            let mut bytes = text.into_bytes();
            bytes.insert(at.index(bytes.len() + 1), byte);
            bytes
        }),
        1 => prop::collection::vec(any::<u8>(), 0..300),
    ]
}

fn known() -> impl Strategy<Value = Known> {
    let delimiter = prop::option::of(prop::sample::select(DELIMITERS.to_vec()));
    let quote = prop::option::of(prop::sample::select(QUOTES.to_vec()));
    let row = prop::option::of(1..8i64);
    (delimiter, quote, any::<Option<bool>>(), row).prop_map(|(delimiter, quote, has_header, heading_row)| Known {
        delimiter,
        quote,
        has_header,
        heading_row,
    })
}

fn encodings() -> impl Strategy<Value = Option<Encoding>> {
    let some = [Encoding::Utf8, Encoding::Utf16Le, Encoding::Utf16Be, Encoding::Windows1252];
    prop::option::of(prop::sample::select(some.to_vec()))
}

/// The first rows as the import reads them, as wide as the columns.
fn rows(text: &[u8], head: &Head, whole: bool) -> Vec<Vec<String>> {
    let start = usize::try_from(head.data.byte).unwrap();
    let mut input = text.get(start..).unwrap_or_default();
    let mut records = Records::from(head.data, head.dialect);
    let mut rows = Vec::new();
    while let Some(record) = records.next_of(&mut input, whole) {
        if record.fault.is_none() {
            let cells = record.cells().map(|cell| String::from_utf8_lossy(cell).replace('\0', "\u{fffd}"));
            let mut row: Vec<String> = cells.take(head.columns.len()).collect();
            row.resize(head.columns.len(), String::new());
            rows.push(row);
        }
    }
    rows.truncate(20);
    rows
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5_000))]

    #[test]
    fn is_read_or_refused(bytes in bytes(), piece in 1..60_usize, corrected in encodings(), known in known(), whole in any::<bool>()) {
        let mut survey = Survey::default();
        bytes.chunks(piece).for_each(|piece| survey.read(piece));
        let encoding = corrected.unwrap_or(survey.finish().encoding);
        match head::read(&bytes, encoding, whole, known) {
            Ok(head) => {
                let mut names: Vec<String> = head.columns.iter().map(|column| column.name.to_lowercase()).collect();
                names.sort();
                names.dedup();
                prop_assert_eq!(names.len(), head.columns.len(), "columns can be told apart");
                prop_assert!(!names.iter().any(String::is_empty) && !names.concat().contains('\0'));
                let text = head::text(&bytes, encoding, whole);
                prop_assert_eq!(rows(&text, &head, whole), head.preview);
            }
            Err(error) => prop_assert!(error.status.as_u16() == 422 && error.detail.ends_with('.'), "{:?}", error),
        }
    }
}
