//! Follows the quotation marks of a file. The reader of records takes whatever they hold for one cell; this tells when
//! that can hardly be meant, and in which line the mark was opened.

use super::format::Dialect;

/// A quotation mark that took in more than its cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing closes it: all that follows stands in one cell.
    NeverClosed {
        /// The line it was opened in.
        opened: i64,
    },
    /// In a later line it is closed, and the cell goes on: most likely by the mark that opens another cell.
    ClosedWithinCell {
        /// The line it was opened in.
        opened: i64,
        /// The line it was closed in.
        closed: i64,
    },
}

impl Fault {
    /// What is wrong, where, and how to mend it.
    #[must_use]
    pub fn sentence(self) -> String {
        match self {
            Self::NeverClosed { opened } => format!(
                "The quotation mark opened in line {opened} is never closed. All that follows was read as one cell and not imported. Close the quotation mark or take it out, then import the file again, with the rule that skips who is here already."
            ),
            Self::ClosedWithinCell { opened, closed } => format!(
                "The quotation mark opened in line {opened} is closed within a cell in line {closed}, so the rows between may have been read as one cell. Put quotation marks around whole cells only, and write one within a cell twice (\"\")."
            ),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    /// Before a cell, where a quotation mark opens one.
    Start,
    /// In a cell, where a quotation mark is a character like others.
    Cell,
    /// In a quoted cell.
    Quoted,
    /// After a quotation mark in a quoted cell: it closes, unless another follows.
    Closed,
}

/// See the module. It is given every byte that is read, once.
#[derive(Clone, Copy, Debug)]
pub struct Quotes {
    dialect: Dialect,
    at: At,
    after_return: bool,
    line: i64,
    opened: i64,
    fault: Option<Fault>,
}

impl Quotes {
    /// Before the first cell of a row in `line`.
    #[must_use]
    pub const fn from(line: i64, dialect: Dialect) -> Self {
        Self { dialect, at: At::Start, after_return: false, line, opened: line, fault: None }
    }

    /// The line that the next byte stands in.
    #[must_use]
    pub const fn line(&self) -> i64 {
        self.line
    }

    /// A record begins: what was wrong with the one before it is no longer told.
    pub const fn begin(&mut self) {
        self.fault = None;
    }

    /// Takes the next bytes of the file.
    pub fn read(&mut self, bytes: &[u8]) {
        let Dialect { delimiter, quote } = self.dialect;
        for byte in bytes {
            let is_quote = *byte == quote;
            self.at = match (self.at, *byte) {
                (At::Start, _) if is_quote => {
                    self.opened = self.line;
                    At::Quoted
                }
                (At::Closed, _) if is_quote => At::Quoted,
                (At::Quoted, _) if is_quote => At::Closed,
                (At::Quoted, _) => At::Quoted,
                (_, b'\r' | b'\n') => At::Start,
                (_, byte) if byte == delimiter => At::Start,
                (At::Closed, _) => {
                    if self.line > self.opened && self.fault.is_none() {
                        self.fault = Some(Fault::ClosedWithinCell { opened: self.opened, closed: self.line });
                    }
                    At::Cell
                }
                (At::Start | At::Cell, _) => At::Cell,
            };
            // both halves of \r\n are one line break
            if *byte == b'\r' || (*byte == b'\n' && !self.after_return) {
                self.line += 1;
            }
            self.after_return = *byte == b'\r';
        }
    }

    /// What is wrong with the record that has just ended. Within quotation marks, only the file's end ends one.
    #[must_use]
    pub fn fault(&self) -> Option<Fault> {
        if self.at == At::Quoted { Some(Fault::NeverClosed { opened: self.opened }) } else { self.fault }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> Option<Fault> {
        let mut whole = Quotes::from(1, Dialect::default());
        whole.read(text.as_bytes());
        let mut bytes = Quotes::from(1, Dialect::default());
        text.as_bytes().chunks(1).for_each(|byte| bytes.read(byte));
        assert_eq!(whole.fault(), bytes.fault());
        whole.fault()
    }

    #[test]
    fn marks_around_cells_are_fine() {
        for text in [
            "",
            "a,b\n",
            "\"a\",\"b\"\r\n",
            "\"two\r\nlines\",b",
            "\"said \"\"so\"\"\",b",
            "a \"b,c",
            "\"a\" b,c",
            "\"\"",
        ] {
            assert_eq!(fault(text), None, "{text:?}");
        }
    }

    #[test]
    fn others_are_told_with_their_lines() {
        for (text, opened) in [("\"a", 1), ("a\n\n\"", 3), ("\"two\nlines\",\"b\nc", 2), ("\"a\"\"", 1)] {
            assert_eq!(fault(text), Some(Fault::NeverClosed { opened }), "{text:?}");
        }
        for (text, opened, closed) in [("a,\"b\nc,\"d\"", 1, 2), ("a\n\"\r\n\" b", 2, 3), ("\"\n\"a,\"\n\"b", 1, 2)] {
            assert_eq!(fault(text), Some(Fault::ClosedWithinCell { opened, closed }), "{text:?}");
        }
    }
}
