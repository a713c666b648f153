//! What we accept is read as Python's csv module reads it: cell by cell, for generated and for damaged files.
//!
//! One difference is deliberate, and such rows are rejected rather than read: a quotation mark that nothing closes makes
//! the rest of the file one cell in Python. Blank lines are rows without cells there, and no rows here.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::{LazyLock, Mutex},
};

use ledgerline_app::imports::{
    format::Dialect,
    quotes::Fault,
    records::{Place, Record, Records},
};
use proptest::prelude::*;
use serde_json::json;

const READER: &str = r#"
import csv, io, json, sys
csv.field_size_limit(10**9)
for line in sys.stdin:
    case = json.loads(line)
    file = io.StringIO(case["text"], newline="")
    rows = csv.reader(file, delimiter=case["delimiter"], quotechar=case["quote"])
    print(json.dumps([row for row in rows if row]), flush=True)
"#;

struct Python {
    process: Child,
    asks: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Python {
    fn start() -> Self {
        let mut process = Command::new("python3")
            .args(["-c", READER])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 is there: bin/dev install brings it");
        let (asks, answers) = (process.stdin.take().unwrap(), process.stdout.take().unwrap());
        Self { process, asks, answers: BufReader::new(answers) }
    }

    fn rows(&mut self, text: &str, dialect: Dialect) -> Vec<Vec<String>> {
        let (delimiter, quote) = (char::from(dialect.delimiter), char::from(dialect.quote));
        let case = json!({ "text": text, "delimiter": delimiter, "quote": quote });
        writeln!(self.asks, "{case}").unwrap();
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
        serde_json::from_str(&answer).unwrap_or_else(|_| panic!("Python has no answer for {case}"))
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

static PYTHON: LazyLock<Mutex<Python>> = LazyLock::new(|| Mutex::new(Python::start()));

/// Our rows, without what follows a quotation mark that is never closed; and whether there is such a one.
fn ours(text: &str, dialect: Dialect, piece: usize) -> (Vec<Vec<String>>, bool) {
    let mut records = Records::from(Place::start(0), dialect);
    let mut rows = Vec::new();
    let cells =
        |record: Record<'_>| record.cells().map(|cell| String::from_utf8(cell.to_vec()).unwrap()).collect::<Vec<_>>();
    for mut input in text.as_bytes().chunks(piece) {
        while let Some(record) = records.next(&mut input) {
            rows.push(cells(record));
        }
    }
    match records.finish() {
        Some(record) if matches!(record.fault, Some(Fault::NeverClosed { .. })) => (rows, true),
        Some(record) => {
            rows.push(cells(record));
            (rows, false)
        }
        None => (rows, false),
    }
}

fn dialect() -> impl Strategy<Value = Dialect> {
    let delimiter = prop::sample::select(vec![b',', b';', b'\t', b'|']);
    let quote = prop_oneof![3 => Just(b'"'), 1 => Just(b'\'')];
    (delimiter, quote).prop_map(|(delimiter, quote)| Dialect { delimiter, quote })
}

/// Text in which everything that matters to CSV is frequent.
fn noise() -> impl Strategy<Value = String> {
    let token = prop::sample::select(vec![
        "a", "b c", ",", ",", ";", "\t", "|", "\"", "\"", "\"\"", "'", "''", "\n", "\r\n", "\r", " ", "é", "🎵", "\\",
        "\u{feff}", "\u{85}", "\u{2028}", "\u{b}", "\u{c}", "\u{1c}",
    ]);
    prop::collection::vec(token, 0..120).prop_map(|tokens| tokens.concat())
}

/// A table as a program writes it, with some of its bytes changed, doubled or lost.
fn damaged(dialect: Dialect) -> impl Strategy<Value = String> {
    let (delimiter, quote) = (char::from(dialect.delimiter), char::from(dialect.quote));
    let cell = "[a-zé ,;\"'\r\n]{0,6}".prop_map(move |cell| {
        let must = cell.contains([delimiter, quote, '\r', '\n']);
        let doubled = cell.replace(quote, &format!("{quote}{quote}"));
        if must { format!("{quote}{doubled}{quote}") } else { cell }
    });
    let line = (prop::collection::vec(cell, 1..6), prop::sample::select(vec!["\n", "\r\n", "\r", "\n\n"]));
    let table = prop::collection::vec(line, 0..20).prop_map(move |lines| {
        lines.into_iter().map(|(cells, end)| cells.join(&delimiter.to_string()) + end).collect::<String>()
    });
    let change =
        (any::<prop::sample::Index>(), prop::sample::select(vec!["", "\"", "'", ",", "\n", "\r", "x", "\"\""]));
    (table, prop::collection::vec(change, 0..4)).prop_map(|(table, changes)| {
        let mut characters: Vec<String> = table.chars().map(String::from).collect();
        for (at, new) in changes {
            if !characters.is_empty() {
                let at = at.index(characters.len());
                new.clone_into(&mut characters[at]);
            }
        }
        characters.concat()
    })
}

fn case() -> impl Strategy<Value = (Dialect, String)> {
    dialect().prop_flat_map(|dialect| {
        let text = prop_oneof![noise().boxed(), damaged(dialect).boxed()];
        (Just(dialect), text)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5_000))]

    #[test]
    fn the_same_cells((dialect, text) in case(), piece in 1..50_usize) {
        let mut theirs = PYTHON.lock().unwrap().rows(&text, dialect);
        let (rows, is_open) = ours(&text, dialect, piece);
        if is_open {
            theirs.truncate(rows.len());
        }
        prop_assert_eq!(rows, theirs);
    }
}

#[test]
fn the_corpus() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/requests/imports/corpus");
    let mut read = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let Ok(text) = String::from_utf8(std::fs::read(entry.unwrap().path()).unwrap()) else { continue };
        for delimiter in *b",;\t|" {
            let dialect = Dialect { delimiter, ..Dialect::default() };
            let mut theirs = PYTHON.lock().unwrap().rows(&text, dialect);
            let (rows, is_open) = ours(&text, dialect, 4_096);
            if is_open {
                theirs.truncate(rows.len());
            }
            assert_eq!(rows, theirs, "{text:?}");
            read += 1;
        }
    }
    assert!(read > 200, "{read}");
}
