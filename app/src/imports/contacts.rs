//! The addresses or numbers of one person, out of one or several cells: a client has one of each.

/// See the module.
#[derive(Debug, Default)]
pub struct Contacts<'a> {
    first: Vec<&'a str>,
    /// The column and what stands in it.
    others: Vec<(&'a str, &'a str)>,
}

impl<'a> Contacts<'a> {
    /// Takes the cell of the column that was chosen for it; `marks` stand between several values.
    pub fn first(&mut self, cell: &'a str, marks: &[&str]) {
        self.first.extend(split(cell, marks));
    }

    /// Takes the cell of another column.
    pub fn other(&mut self, column: &'a str, cell: &'a str, marks: &[&str]) {
        self.others.extend(split(cell, marks).into_iter().map(|value| (column, value)));
    }

    /// The one that a client gets.
    #[must_use]
    pub fn taken(&self) -> Option<&'a str> {
        self.first.first().copied().or_else(|| self.others.first().map(|(_, value)| *value))
    }

    /// The rest, a line each: under the name of its column, or under `label` beside the one that was taken. What is there
    /// twice is told once.
    pub fn left(&self, label: &'a str) -> Vec<String> {
        let first = self.first.iter().map(|value| (label, *value));
        let others = self.others.iter().map(|(column, value)| (column.trim_end_matches(" - Value"), *value));
        let mut told: Vec<String> = self.taken().into_iter().map(str::to_lowercase).collect();
        let mut lines = Vec::new();
        for (column, value) in first.chain(others) {
            let key = value.to_lowercase();
            if !told.contains(&key) {
                told.push(key);
                lines.push(format!("{column}: {value}"));
            }
        }
        lines
    }
}

fn split<'a>(cell: &'a str, marks: &[&str]) -> Vec<&'a str> {
    let mut parts = vec![cell];
    for mark in marks {
        parts = parts.into_iter().flat_map(|part| part.split(*mark)).collect();
    }
    parts.into_iter().map(str::trim).filter(|part| !part.is_empty()).collect()
}
