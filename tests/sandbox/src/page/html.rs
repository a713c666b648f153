//! Text inside html.

use std::fmt::{Display, Formatter, Result, Write};

use crate::mail::link_spans;

/// Shows text as text, in an element and in a quoted attribute.
pub(super) struct Text<'a>(pub(super) &'a str);

impl Display for Text<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                // a NUL is not allowed in html at all
                '\0' => f.write_char('\u{fffd}')?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

/// Shows text as text, its web addresses as links.
pub(super) struct Linked<'a>(pub(super) &'a str);

impl Display for Linked<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let mut from = 0;
        for (start, end) in link_spans(self.0) {
            let link = Text(&self.0[start..end]);
            write!(
                f,
                "{}<a href=\"{link}\" target=\"_blank\" rel=\"noreferrer\">{link}</a>",
                Text(&self.0[from..start])
            )?;
            from = end;
        }
        write!(f, "{}", Text(&self.0[from..]))
    }
}

/// The beginning of a long text, and whether that is all of it.
pub(super) fn beginning(text: &str, most: usize) -> (&str, bool) {
    if text.len() <= most {
        return (text, true);
    }
    (&text[..text.floor_char_boundary(most)], false)
}

#[cfg(test)]
mod tests {
    use super::{Linked, Text};

    #[test]
    fn text_stays_text() {
        let hostile = "</pre><script>alert('x')</script> & \"q\"\0";
        assert_eq!(
            Text(hostile).to_string(),
            "&lt;/pre&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;q&quot;\u{fffd}"
        );
    }

    #[test]
    fn only_web_addresses_become_links() {
        assert_eq!(
            Linked("go http://a.b/?x=1&y'onclick=z javascript:alert(1)").to_string(),
            "go <a href=\"http://a.b/?x=1&amp;y&#39;onclick=z\" target=\"_blank\" rel=\"noreferrer\">\
             http://a.b/?x=1&amp;y&#39;onclick=z</a> javascript:alert(1)"
        );
    }
}
