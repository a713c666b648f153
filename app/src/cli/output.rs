//! Tables for people, JSON for programs.

use std::io::{self, IsTerminal as _, Write as _};

use serde::Serialize;
use serde_json::Value;

use super::{FAILED, Failed, Result};

/// Where answers go.
#[derive(Debug)]
pub(super) struct Output {
    json: bool,
}

/// A heading, and where its cells stand in a row of JSON.
pub(super) type Column = (&'static str, &'static str);

/// Longest cell of a table; the page of one thing shows it whole.
const WIDEST: usize = 60;

impl Output {
    pub const fn new(json: bool) -> Self {
        Self { json }
    }

    /// Whether programs read it.
    pub const fn is_json(&self) -> bool {
        self.json
    }

    /// The whole answer as JSON.
    pub fn json<T: Serialize>(&self, answer: &T) -> Result<()> {
        self.line(&serde_json::to_string_pretty(answer).map_err(|error| Failed::Said(FAILED, error.to_string()))?)
    }

    /// A line.
    pub fn line(&self, text: &str) -> Result<()> {
        match writeln!(io::stdout(), "{text}") {
            // whoever reads has seen enough
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => std::process::exit(0),
            written => Ok(written?),
        }
    }

    /// A line about the work itself, which is no part of the answer.
    pub fn note(&self, text: &str) -> Result<()> {
        Ok(writeln!(io::stderr(), "{text}")?)
    }

    /// The answer as JSON, or its rows as a table with the next page's cursor below.
    pub fn list<T: Serialize>(&self, answer: &T, rows: &str, columns: &[Column]) -> Result<()> {
        if self.json {
            return self.json(answer);
        }
        let answer = value(answer)?;
        let none = Vec::new();
        let rows = answer[rows].as_array().unwrap_or(&none);
        if rows.is_empty() {
            return self.line("None.");
        }
        self.table(rows, columns)?;
        match answer["nextCursor"].as_str() {
            Some(cursor) => self.note(&format!("There are more: --cursor {cursor}")),
            None => Ok(()),
        }
    }

    /// A table.
    pub fn table(&self, rows: &[Value], columns: &[Column]) -> Result<()> {
        let cells: Vec<Vec<String>> =
            rows.iter().map(|row| columns.iter().map(|(_, at)| short(&cell(row.pointer(at)))).collect()).collect();
        let widths: Vec<usize> = columns
            .iter()
            .enumerate()
            .map(|(column, (heading, _))| {
                cells.iter().map(|row| row[column].chars().count()).max().unwrap_or_default().max(heading.len())
            })
            .collect();
        self.row(&columns.iter().map(|(heading, _)| (*heading).to_owned()).collect::<Vec<_>>(), &widths)?;
        for row in cells {
            self.row(&row, &widths)?;
        }
        Ok(())
    }

    fn row(&self, cells: &[String], widths: &[usize]) -> Result<()> {
        let padded: Vec<String> = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        self.line(padded.join("  ").trim_end())
    }

    /// Names and values, one a line.
    pub fn facts(&self, facts: &[(&str, String)]) -> Result<()> {
        let width = facts.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
        for (name, fact) in facts.iter().filter(|(_, fact)| !fact.is_empty()) {
            self.line(&format!("{name:<width$}  {fact}"))?;
        }
        Ok(())
    }
}

/// Whether somebody can be asked.
pub(super) fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// A view as JSON, of which tables take what they show.
pub(super) fn value<T: Serialize>(view: &T) -> Result<Value> {
    serde_json::to_value(view).map_err(|error| Failed::Said(FAILED, error.to_string()))
}

/// A value in a word; counts that were capped say so.
pub(super) fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.split_whitespace().collect::<Vec<_>>().join(" "),
        Some(Value::Bool(yes)) => if *yes { "yes" } else { "no" }.to_owned(),
        Some(Value::Object(count)) if count.contains_key("capped") => {
            let more = if count["capped"] == Value::Bool(true) { "+" } else { "" };
            format!("{}{more}", count["count"])
        }
        Some(other) => other.to_string(),
    }
}

fn short(cell: &str) -> String {
    if cell.chars().count() <= WIDEST {
        return cell.to_owned();
    }
    let kept: String = cell.chars().take(WIDEST - 1).collect();
    format!("{kept}…")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn cells_are_one_line_and_capped_counts_say_so() {
        assert_eq!(cell(Some(&json!("two\nlines"))), "two lines");
        assert_eq!(cell(Some(&json!({ "count": 10_000, "capped": true }))), "10000+");
        assert_eq!(cell(Some(&json!({ "count": 3, "capped": false }))), "3");
        assert_eq!(cell(Some(&Value::Null)), "");
        assert_eq!(short(&"x".repeat(100)).chars().count(), WIDEST);
    }
}
