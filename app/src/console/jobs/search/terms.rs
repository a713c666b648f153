//! A search is cut into terms, and a value is written as a part of one.

/// A value as it is written in a search: in quotes where it must be.
#[must_use]
pub fn quoted(value: &str) -> String {
    let plain = !value.is_empty() && !value.contains(|c: char| c.is_whitespace() || "\"\\:".contains(c));
    if plain { value.to_owned() } else { format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"")) }
}

/// A piece of a search between blanks.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Term {
    pub at: usize,
    pub key: Option<String>,
    pub value: String,
    pub closed: bool,
}

/// Cuts a search at its blanks; those in quotes do not count. The first colon outside of quotes ends the key.
pub(super) fn split(text: &str) -> Vec<Term> {
    let mut terms = Vec::new();
    let mut characters = text.chars().enumerate().peekable();
    while let Some((at, first)) = characters.next() {
        if first.is_whitespace() {
            continue;
        }
        let mut term = Term { at: at + 1, key: None, value: String::new(), closed: true };
        let (mut c, mut in_quotes, mut was_quoted) = (first, false, false);
        loop {
            match c {
                '\\' if in_quotes => term.value.extend(characters.next().map(|(_, escaped)| escaped)),
                '"' => {
                    in_quotes = !in_quotes;
                    was_quoted = true;
                }
                ':' if !in_quotes && !was_quoted && term.key.is_none() => {
                    term.key = Some(std::mem::take(&mut term.value));
                }
                c => term.value.push(c),
            }
            match characters.next_if(|(_, next)| in_quotes || !next.is_whitespace()) {
                Some((_, next)) => c = next,
                None => break,
            }
        }
        term.closed = !in_quotes;
        terms.push(term);
    }
    terms
}
