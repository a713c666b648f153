//! The records of a CSV file, one after the other, from pieces of any size. The same reader finds the heading, cuts
//! the chunks and reads them, so that all three agree on where a record ends.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::{
    encoding::END_OF_FILE,
    format::Dialect,
    quotes::{Fault, Quotes},
};

/// A record that holds more than this is not read to its end.
pub const MAX_RECORD: usize = 4 * 1024 * 1024;
/// Cells that a record may have.
const MAX_CELLS: usize = 16 * 1024;
/// What is kept of a record that is too large.
const KEPT: usize = 16 * 1024;
const KEPT_CELLS: usize = 1_024;

/// A place in a file between two records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Bytes before it.
    pub byte: u64,
    /// Number of the next row as a spreadsheet counts: from 1, blank lines included, a quoted line break not.
    pub row: i64,
    /// Number of the next line as a text editor counts: `\n`, `\r\n` and `\r` each end one.
    pub line: i64,
}

impl Place {
    /// The beginning of a file, after `bom` bytes.
    #[must_use]
    pub const fn start(bom: u64) -> Self {
        Self { byte: bom, row: 1, line: 1 }
    }
}

/// Reads records; see the module.
#[derive(Debug)]
pub struct Records {
    core: Reader,
    quotes: Quotes,
    next: Place,
    begun: Option<Place>,
    current: Place,
    after_return: bool,
    cells: Vec<u8>,
    filled: usize,
    ends: Vec<usize>,
    ended: usize,
    bytes_cut: bool,
    cells_cut: bool,
}

/// One record, its quotes taken off.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// Where it begins.
    pub place: Place,
    /// Where it ends, its line break included (but for the second half of a `\r\n`).
    pub end: u64,
    /// Whether it was too large, so that its cells are only what was kept of them.
    pub oversized: bool,
    /// A quotation mark in it that took in more than its cell.
    pub fault: Option<Fault>,
    cells: &'a [u8],
    ends: &'a [usize],
}

impl<'a> Record<'a> {
    /// How many cells it has.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether it has no cells, which no record is.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The bytes of its cells.
    pub fn cells(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let (cells, ends) = (self.cells, self.ends);
        let starts = std::iter::once(0).chain(ends.iter().copied());
        starts.zip(ends.iter().copied()).map(move |(start, end)| cells.get(start..end).unwrap_or_default())
    }
}

impl Records {
    /// Reads on from `place`.
    #[must_use]
    pub fn from(place: Place, dialect: Dialect) -> Self {
        let mut core = ReaderBuilder::new().delimiter(dialect.delimiter).quote(dialect.quote).build();
        // csv-core would take a byte order mark off the first record, also when that is in the middle of the file;
        // only its very first call does so, and this one reads nothing
        core.read_record(&[], &mut [], &mut []);
        Self {
            core,
            quotes: Quotes::from(place.line, dialect),
            next: place,
            begun: None,
            current: place,
            after_return: false,
            cells: vec![0; 16 * 1024],
            filled: 0,
            ends: vec![0; 64],
            ended: 0,
            bytes_cut: false,
            cells_cut: false,
        }
    }

    /// Where the next record begins, as far as it is known from what was read.
    #[must_use]
    pub fn place(&self) -> Place {
        self.begun.unwrap_or(self.next)
    }

    /// Takes from `input` until a record is complete; `None` means that more input is needed.
    pub fn next(&mut self, input: &mut &[u8]) -> Option<Record<'_>> {
        self.advance(input).then(|| self.current())
    }

    /// Says that there is no more input; answers a last record that no line break ended.
    pub fn finish(&mut self) -> Option<Record<'_>> {
        self.advance_to_end().then(|| self.current())
    }

    /// As [`Records::next`]; with `whole`, what is left of `input` is a last record.
    pub fn next_of(&mut self, input: &mut &[u8], whole: bool) -> Option<Record<'_>> {
        (self.advance(input) || (whole && self.advance_to_end())).then(|| self.current())
    }

    fn advance(&mut self, input: &mut &[u8]) -> bool {
        while let Some(first) = input.first() {
            if self.begun.is_none() {
                match first {
                    b'\n' => {
                        if !std::mem::take(&mut self.after_return) {
                            self.next.row += 1;
                        }
                    }
                    b'\r' => {
                        self.after_return = true;
                        self.next.row += 1;
                    }
                    _ => {
                        self.begin();
                        continue;
                    }
                }
                self.quotes.read(std::slice::from_ref(first));
                self.next.byte += 1;
                self.next.line = self.quotes.line();
                *input = input.get(1..).unwrap_or_default();
                continue;
            }
            let (result, read) = self.read(input);
            let ends_in_return = read.checked_sub(1).and_then(|last| input.get(last)) == Some(&b'\r');
            *input = input.get(read..).unwrap_or_default();
            match result {
                ReadRecordResult::InputEmpty | ReadRecordResult::End => return false,
                ReadRecordResult::OutputFull => self.make_room(),
                ReadRecordResult::OutputEndsFull => self.make_room_for_cells(),
                ReadRecordResult::Record => {
                    self.after_return = ends_in_return;
                    return self.complete();
                }
            }
        }
        false
    }

    fn advance_to_end(&mut self) -> bool {
        while self.begun.is_some() {
            match self.read(&[]).0 {
                ReadRecordResult::Record => return self.complete() && !self.is_mark_of_the_end(),
                ReadRecordResult::OutputEndsFull => self.make_room_for_cells(),
                ReadRecordResult::OutputFull => self.make_room(),
                ReadRecordResult::InputEmpty | ReadRecordResult::End => return false,
            }
        }
        false
    }

    fn begin(&mut self) {
        self.after_return = false;
        self.quotes.begin();
        self.begun = Some(self.next);
        self.filled = 0;
        self.ended = 0;
        self.bytes_cut = false;
        self.cells_cut = false;
    }

    fn read(&mut self, input: &[u8]) -> (ReadRecordResult, usize) {
        let cells = self.cells.get_mut(self.filled..).unwrap_or_default();
        let ends = self.ends.get_mut(self.ended..).unwrap_or_default();
        let (result, read, filled, ended) = self.core.read_record(input, cells, ends);
        self.quotes.read(input.get(..read).unwrap_or_default());
        self.next.byte += read as u64;
        self.filled += filled;
        self.ended += ended;
        (result, read)
    }

    // What is beyond the limit is written over and over at the end of the buffer.
    fn make_room(&mut self) {
        if self.cells.len() < MAX_RECORD {
            self.cells.resize((self.cells.len() * 2).min(MAX_RECORD), 0);
        } else {
            self.bytes_cut = true;
            self.filled = KEPT;
        }
    }

    fn make_room_for_cells(&mut self) {
        if self.ends.len() < MAX_CELLS {
            self.ends.resize((self.ends.len() * 2).min(MAX_CELLS), 0);
        } else {
            self.cells_cut = true;
            self.ended = KEPT_CELLS;
        }
    }

    fn complete(&mut self) -> bool {
        let Some(place) = self.begun.take() else { return false };
        self.current = place;
        self.next.row += 1;
        self.next.line = self.quotes.line();
        if self.bytes_cut {
            // the cell that was cut ends where the kept bytes do
            let whole = self.ends.iter().take(self.ended.min(KEPT_CELLS)).take_while(|end| **end <= KEPT).count();
            if let Some(end) = self.ends.get_mut(whole) {
                *end = KEPT;
            }
            self.ended = whole + 1;
        } else if self.cells_cut {
            self.ended = KEPT_CELLS;
        }
        true
    }

    /// Whether the last record is what old programs end a file of text with.
    fn is_mark_of_the_end(&self) -> bool {
        // the byte alone, without quotation marks around or before it
        self.next.byte - self.current.byte == 1 && self.cells.get(..self.filled) == Some(&[END_OF_FILE])
    }

    fn current(&self) -> Record<'_> {
        Record {
            place: self.current,
            end: self.next.byte,
            oversized: self.bytes_cut || self.cells_cut,
            fault: self.quotes.fault(),
            cells: &self.cells,
            ends: self.ends.get(..self.ended).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Read = (i64, i64, u64, u64, Vec<String>);

    fn all(text: &[u8], piece: usize) -> Vec<Read> {
        let mut records = Records::from(Place::start(0), Dialect::default());
        let mut read = Vec::new();
        let mut keep = |record: Record<'_>| {
            let cells = record.cells().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect();
            read.push((record.place.row, record.place.line, record.place.byte, record.end, cells));
        };
        for mut input in text.chunks(piece) {
            while let Some(record) = records.next(&mut input) {
                keep(record);
            }
        }
        if let Some(record) = records.finish() {
            keep(record);
        }
        read
    }

    #[test]
    fn rows_lines_and_places_are_those_of_the_file() {
        let text = b"a,b\r\n\r\n\"x\r\ny\",2\n\n\n3,4\r5";
        for piece in 1..=text.len() {
            let cells = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
            assert_eq!(
                all(text, piece),
                [
                    (1, 1, 0, 4, cells(&["a", "b"])),
                    (3, 3, 7, 16, cells(&["x\r\ny", "2"])),
                    (6, 7, 18, 22, cells(&["3", "4"])),
                    (7, 8, 22, 23, cells(&["5"])),
                ],
                "pieces of {piece}"
            );
        }
    }

    #[test]
    fn a_byte_order_mark_in_the_middle_is_text() {
        assert_eq!(all("\u{feff}a,b\n".as_bytes(), 100)[0].4, ["\u{feff}a", "b"]);
    }

    #[test]
    fn empty_cells_and_empty_files() {
        assert_eq!(all(b"", 1), []);
        assert_eq!(all(b"\n\r\n\r", 1), []);
        assert_eq!(all(b"\"\"", 1)[0].4, [""]);
        assert_eq!(all(b",\n", 1)[0].4, ["", ""]);
    }

    #[test]
    fn what_old_programs_end_a_file_with_is_no_row() {
        for piece in 1..=4 {
            assert_eq!(all(b"a\r\n\x1a", piece).len(), 1, "pieces of {piece}");
            assert_eq!(all(b"a\n\"\"\x1a", piece).len(), 2, "pieces of {piece}");
        }
        assert_eq!(all(b"\x1a\na", 1).len(), 2, "in the middle it is damage to be told of");
    }

    #[test]
    fn a_record_that_is_too_large_is_cut_and_the_next_is_whole() {
        let mut text = b"a,\"".to_vec();
        text.resize(MAX_RECORD * 3, b'x');
        text.extend_from_slice(b"\",b\nc,d\n");
        let mut records = Records::from(Place::start(0), Dialect::default());
        let mut input = text.as_slice();
        let record = records.next(&mut input).unwrap();
        assert!(record.oversized);
        assert_eq!(record.cells().map(<[u8]>::len).collect::<Vec<_>>(), [1, KEPT - 1]);
        let record = records.next(&mut input).unwrap();
        assert!(!record.oversized);
        assert_eq!(record.cells().collect::<Vec<_>>(), [b"c", b"d"]);

        let many = [vec![b','; MAX_CELLS * 2], b"\nc,d\n".to_vec()].concat();
        let mut input = many.as_slice();
        let record = records.next(&mut input).unwrap();
        assert!(record.oversized);
        assert_eq!(record.len(), KEPT_CELLS);
        assert_eq!(records.next(&mut input).unwrap().len(), 2);
    }
}
