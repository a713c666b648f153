//! Names of files as people send them.

const MAX: usize = 255;

/// The name of the file alone, without what could disturb a page, a log, an archive or a download; `otherwise` when
/// nothing is left of it.
#[must_use]
pub fn clean(sent: &str, otherwise: &str) -> String {
    let name = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    let name: String = name.chars().filter(|c| !hidden(*c)).take(MAX).collect();
    match name.trim().trim_start_matches('.') {
        "" => otherwise.to_owned(),
        name => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_are_names_only() {
        for (sent, kept) in [
            ("clients.csv", "clients.csv"),
            (" C:\\fakepath\\Kunden 2026.csv ", "Kunden 2026.csv"),
            ("../../etc/passwd", "passwd"),
            ("a\r\nSet-Cookie: b\0.csv", "aSet-Cookie: b.csv"),
            ("evil\u{202e}gpj.csv", "evilgpj.csv"),
            ("..", "import.csv"),
            ("", "import.csv"),
            ("folder/", "import.csv"),
        ] {
            assert_eq!(clean(sent, "import.csv"), kept, "{sent:?}");
        }
        assert_eq!(clean(&"é".repeat(300), "x").chars().count(), MAX);
    }
}
