//! What a workspace remembers of its imports: files with the same headings are mapped as the last one was.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use super::{
    guess,
    mapping::{Field, Mapping},
    rejects::ADDED,
};

/// Names a set of headings, in any order and way of writing. What a file of rejected rows has beside the columns of the
/// import it came from does not count, so that it is mapped as they were.
#[must_use]
pub fn key<'a>(headings: impl Iterator<Item = &'a str>) -> [u8; 32] {
    let mut names: Vec<String> = headings.filter(|heading| !ADDED.contains(heading)).map(guess::plain).collect();
    names.sort_unstable();
    names.dedup();
    Sha256::digest(names.join("\n")).into()
}

/// A mapping by headings, as it is remembered.
#[must_use]
pub fn by_heading(mapping: &Mapping, names: &[String]) -> serde_json::Value {
    mapping.columns().filter_map(|(index, field)| Some((names.get(index)?.clone(), field.name()))).collect()
}

/// What is remembered, for the columns of a file. Each heading stands for one column: the one of the same name, else the
/// first that is written a little differently. So a column that was left out stays out beside one of nearly its name.
#[must_use]
pub fn by_column(remembered: &BTreeMap<String, String>, names: &[&str]) -> BTreeMap<String, Field> {
    let mut found = BTreeMap::new();
    for (heading, field) in remembered {
        let Some(field) = Field::by_name(field) else { continue };
        let plain = guess::plain(heading);
        let same = names.iter().position(|name| name == heading);
        let alike = || names.iter().position(|name| guess::plain(name) == plain && !remembered.contains_key(*name));
        if let Some(index) = same.or_else(alike) {
            found.insert(index.to_string(), field);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_known_again() {
        let of = |headings: &[&str]| key(headings.iter().copied());
        assert_eq!(of(&["Name", "E-mail"]), of(&["e mail", "NAME"]));
        assert_eq!(of(&["Name", "E-mail"]), of(&["Name", "E-mail", "Row number", "Reason"]));
        assert_ne!(of(&["Name", "E-mail"]), of(&["Name"]));
        let remembered = BTreeMap::from([("Name", "name"), ("Old", "gone")].map(|(a, b)| (a.to_owned(), b.to_owned())));
        assert_eq!(by_column(&remembered, &["Old", "name "]), BTreeMap::from([("1".to_owned(), Field::Name)]));

        let one_of_two = BTreeMap::from([("E-mail".to_owned(), "email".to_owned())]);
        assert_eq!(by_column(&one_of_two, &["E-mail", "Email"]), BTreeMap::from([("0".to_owned(), Field::Email)]));
        assert_eq!(by_column(&one_of_two, &["Email", "E-mail"]), BTreeMap::from([("1".to_owned(), Field::Email)]));
    }
}
