//! The chunks of a file, read one by one, are the file read at once: for any file, cut anywhere.

use ledgerline_app::imports::{
    format::Dialect,
    plan::{Full, Planner},
    quotes::Fault,
    records::{Place, Record, Records},
};
use proptest::prelude::*;

type Row = (i64, i64, Option<Fault>, Vec<Vec<u8>>);

fn row(record: &Record<'_>) -> Row {
    (record.place.row, record.place.line, record.fault, record.cells().map(<[u8]>::to_vec).collect())
}

fn rows(text: &[u8], place: Place, dialect: Dialect, piece: usize) -> Vec<Row> {
    let mut records = Records::from(place, dialect);
    let mut rows = Vec::new();
    for mut input in text.chunks(piece.max(1)) {
        while let Some(record) = records.next(&mut input) {
            rows.push(row(&record));
        }
    }
    rows.extend(records.finish().as_ref().map(row));
    rows
}

/// Text in which everything that matters to CSV is frequent.
fn text() -> impl Strategy<Value = Vec<u8>> {
    let token = prop_oneof![
        4 => Just("a"),
        2 => Just("bc d"),
        4 => Just(","),
        1 => Just(";"),
        3 => Just("\""),
        1 => Just("\"\""),
        2 => Just("\n"),
        2 => Just("\r\n"),
        1 => Just("\r"),
        1 => Just("'"),
        1 => Just(" "),
        1 => Just("\u{feff}"),
        1 => Just("é"),
        1 => Just("\0"),
        1 => Just("\x1a"),
    ];
    prop_oneof![
        prop::collection::vec(token, 0..200).prop_map(|tokens| tokens.concat().into_bytes()),
        prop::collection::vec(any::<u8>(), 0..200),
        table(),
    ]
}

fn dialect() -> impl Strategy<Value = Dialect> {
    let delimiter = prop_oneof![4 => Just(b','), 1 => Just(b';')];
    let quote = prop_oneof![4 => Just(b'"'), 1 => Just(b'\'')];
    (delimiter, quote).prop_map(|(delimiter, quote)| Dialect { delimiter, quote })
}

/// A table as a program would write it: quoted where it must be, rows of different lengths.
fn table() -> impl Strategy<Value = Vec<u8>> {
    let cell = prop::collection::vec(
        prop_oneof!["[a-z]{0,4}", Just(",".to_owned()), Just("\"".to_owned()), Just("\r\n".to_owned())],
        0..4,
    )
    .prop_map(|parts| format!("\"{}\"", parts.concat().replace('"', "\"\"")));
    let cell = prop_oneof![cell, "[a-z]{0,6}"];
    let line = (prop::collection::vec(cell, 1..5), prop_oneof![Just("\n"), Just("\r\n"), Just("\n\n")]);
    prop::collection::vec(line, 0..30)
        .prop_map(|lines| lines.into_iter().map(|(cells, end)| cells.join(",") + end).collect::<String>().into_bytes())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn chunks_together_are_the_file(
        text in text(),
        dialect in dialect(),
        full in (1..5_i32, 1..60_i64),
        pieces in (1..40_usize, 1..40_usize, 1..40_usize),
    ) {
        let whole = rows(&text, Place::start(0), dialect, pieces.0);
        let mut planner = Planner::new(Place::start(0), dialect, Full { rows: full.0, bytes: full.1 });
        for piece in text.chunks(pieces.1) {
            planner.push(piece);
        }
        let plan = planner.finish();

        let mut joined = Vec::new();
        let mut end = 0;
        for (number, chunk) in plan.chunks.iter().enumerate() {
            prop_assert_eq!(usize::try_from(chunk.number), Ok(number));
            prop_assert!(chunk.byte_start >= end && chunk.byte_end > chunk.byte_start);
            prop_assert!(chunk.rows <= full.0);
            let between = &text[usize::try_from(end).unwrap()..usize::try_from(chunk.byte_start).unwrap()];
            prop_assert!(between.iter().all(|byte| matches!(byte, b'\r' | b'\n')), "only blank lines stand between chunks");
            end = chunk.byte_end;
            let place = Place {
                byte: u64::try_from(chunk.byte_start).unwrap(),
                row: chunk.first_row,
                line: chunk.first_line,
            };
            let range = usize::try_from(chunk.byte_start).unwrap()..usize::try_from(chunk.byte_end).unwrap();
            let rows = rows(&text[range], place, dialect, pieces.2);
            prop_assert_eq!(i32::try_from(rows.len()), Ok(chunk.rows));
            joined.extend(rows);
        }
        let rest = &text[usize::try_from(end).unwrap()..];
        // what old programs end a file with
        let rest = rest.strip_suffix(b"\x1a").unwrap_or(rest);
        prop_assert!(rest.iter().all(|byte| matches!(byte, b'\r' | b'\n')));
        let open = |row: &Row| match row.2 {
            Some(Fault::NeverClosed { opened }) => Some(opened),
            _ => None,
        };
        prop_assert_eq!(plan.open_quote_line, joined.last().and_then(open));
        prop_assert_eq!(joined.iter().filter_map(open).count(), plan.open_quote_line.iter().count());
        prop_assert_eq!(joined, whole);
    }

    #[test]
    fn what_a_program_wrote_is_read_back(cells in prop::collection::vec(prop::collection::vec("[ -~\r\n]{0,8}", 1..6), 1..20)) {
        let mut text = Vec::new();
        for line in &cells {
            let quoted: Vec<String> = line.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
            text.extend_from_slice(quoted.join(",").as_bytes());
            text.extend_from_slice(b"\r\n");
        }
        let read: Vec<Vec<String>> = rows(&text, Place::start(0), Dialect::default(), 7)
            .into_iter()
            .inspect(|(_, _, fault, _)| assert_eq!(*fault, None, "what a program wrote has no fault"))
            .map(|(_, _, _, cells)| cells.into_iter().map(|cell| String::from_utf8(cell).unwrap()).collect())
            .collect();
        prop_assert_eq!(read, cells);
    }
}
