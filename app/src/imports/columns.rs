//! The columns of a file: their names, by which each can be told from the others, and some of their values.

use serde::{Deserialize, Serialize};

use super::{head::CELL_CHARS, mapping::Field};

/// Examples of a column.
const SAMPLES: usize = 3;
const SAMPLE_CHARS: usize = 80;

/// A column of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its heading; one that is empty or there already has its number with it.
    pub name: String,
    /// What it probably becomes.
    pub guess: Option<Field>,
    /// Some of its values.
    pub samples: Vec<String>,
}

/// Columns of these names and guesses, with examples from the first rows.
pub(super) fn of(names: Vec<String>, guesses: Vec<Option<Field>>, preview: &[Vec<String>]) -> Vec<Column> {
    let columns = guesses.into_iter().zip(names).enumerate();
    columns.map(|(index, (guess, name))| Column { name, guess, samples: samples(preview, index) }).collect()
}

/// Headings by which each column can be told from the others: one that is empty or there already gets a number.
pub(super) fn unique(headings: &[String]) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(headings.len());
    let mut taken = std::collections::HashSet::new();
    for (index, heading) in headings.iter().enumerate() {
        let heading = cut(heading.trim(), CELL_CHARS);
        let first = if heading.is_empty() { numbered(index + 1) } else { heading };
        let mut name = first.clone();
        let mut number = 2;
        while !taken.insert(name.to_lowercase()) {
            name = format!("{first} ({number})");
            number += 1;
        }
        names.push(name);
    }
    names
}

/// The name of a column without one.
pub(super) fn numbered(number: usize) -> String {
    format!("Column {number}")
}

fn samples(preview: &[Vec<String>], column: usize) -> Vec<String> {
    let mut samples: Vec<String> = Vec::new();
    for cell in preview.iter().filter_map(|row| row.get(column)).map(|cell| cell.trim()) {
        let sample = cut(cell, SAMPLE_CHARS);
        if !sample.is_empty() && !samples.contains(&sample) && samples.len() < SAMPLES {
            samples.push(sample);
        }
    }
    samples
}

/// The beginning of a text.
pub(super) fn cut(text: &str, chars: usize) -> String {
    match text.char_indices().nth(chars) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_can_be_told_apart() {
        let headings = ["Email", "", "email", "Email (2)", "Column 2", " EMAIL"].map(str::to_owned);
        assert_eq!(unique(&headings), ["Email", "Column 2", "email (2)", "Email (2) (2)", "Column 2 (2)", "EMAIL (3)"]);
    }

    #[test]
    fn long_cells_are_cut() {
        let preview = [vec!["x".repeat(1_000)], vec!["x".repeat(1_000)], vec!["y".to_owned()]];
        let samples = samples(&preview, 0);
        assert_eq!((samples.len(), samples[0].chars().count()), (2, SAMPLE_CHARS + 1));
    }
}
