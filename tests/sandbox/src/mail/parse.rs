//! From the octets of a mail to what a person or a test wants to know.

use chrono::{DateTime, Utc};
use mail_parser::{Message, MessageParser, MimeHeaders, PartType};
use uuid::Uuid;

use crate::mail::{Attachment, Envelope, Mail, MailHeader};

/// A mail with more of these is read only up to its body: the parser nests messages in messages without end, and
/// freeing what it made would overflow the stack. Each level needs one.
const MOST_CONTENT_TYPES: usize = 200;

/// Longer web addresses are no links.
const LONGEST_LINK: usize = 4_096;
const MOST_LINKS: usize = 200;

pub(super) fn parse(envelope: Envelope, raw: &[u8]) -> Mail {
    let parser = MessageParser::default();
    let message = if nests_deeply(raw) { parser.parse_headers(raw) } else { parser.parse(raw) };
    let mut mail = unparsed(envelope);
    let Some(message) = message.filter(|message| !message.parts.is_empty()) else {
        return mail;
    };
    if let Some(from) = message.from().and_then(|from| from.first()?.address()) {
        mail.from = from.to_owned();
    }
    mail.subject = message.subject().unwrap_or_default().to_owned();
    mail.message_id = message.message_id().map(str::to_owned);
    mail.headers =
        message.headers_raw().map(|(name, value)| MailHeader { name: name.to_owned(), value: unfold(value) }).collect();
    mail.text = body(&message, &message.text_body, |part| match part {
        PartType::Text(text) => Some(text),
        _ => None,
    });
    mail.html = body(&message, &message.html_body, |part| match part {
        PartType::Html(html) => Some(html),
        _ => None,
    });
    mail.links = match (&mail.text, &mail.html) {
        (Some(text), _) => links_in_text(text),
        (None, Some(html)) => links_in_html(html),
        (None, None) => Vec::new(),
    };
    mail.attachments = message
        .attachments()
        .map(|part| Attachment {
            name: part.attachment_name().map(str::to_owned),
            content_type: part.content_type().map(|kind| match kind.subtype() {
                Some(subtype) => format!("{}/{subtype}", kind.ctype()),
                None => kind.ctype().to_owned(),
            }),
            size_bytes: part.len(),
        })
        .collect();
    mail
}

/// What is known without looking into the mail; the inbox gives it its id and its time.
pub(super) fn unparsed(envelope: Envelope) -> Mail {
    Mail {
        id: Uuid::nil(),
        from: envelope.from.clone(),
        envelope_from: envelope.from,
        to: envelope.to,
        subject: String::new(),
        text: None,
        html: None,
        headers: Vec::new(),
        message_id: None,
        received_at: DateTime::<Utc>::UNIX_EPOCH,
        links: Vec::new(),
        attachments: Vec::new(),
        size_bytes: 0,
        raw: Vec::new(),
    }
}

fn nests_deeply(raw: &[u8]) -> bool {
    const NAME: &[u8] = b"content-type";
    raw.windows(NAME.len()).filter(|window| window.eq_ignore_ascii_case(NAME)).nth(MOST_CONTENT_TYPES).is_some()
}

/// The first body part of this kind, never one converted from the other kind.
fn body<'m>(
    message: &'m Message<'_>,
    parts: &[u32],
    of_kind: impl Fn(&'m PartType<'_>) -> Option<&'m std::borrow::Cow<'m, str>>,
) -> Option<String> {
    parts
        .iter()
        .filter_map(|&number| message.part(number))
        .find_map(|part| of_kind(&part.body))
        .map(|text| text.as_ref().to_owned())
}

fn unfold(value: &str) -> String {
    value.replace(['\r', '\n'], "").trim().to_owned()
}

/// The web addresses in a text, in their order, each once.
pub(crate) fn links_in_text(text: &str) -> Vec<String> {
    let mut links = Vec::new();
    for (start, end) in link_spans(text) {
        let link = &text[start..end];
        if links.len() < MOST_LINKS && !links.iter().any(|known| known == link) {
            links.push(link.to_owned());
        }
    }
    links
}

/// Where web addresses start and end in a text.
pub(crate) fn link_spans(text: &str) -> Vec<(usize, usize)> {
    let mut spans = Vec::new();
    let mut from = 0;
    while let Some(found) = text[from..].find("http") {
        let start = from + found;
        from = start + "http".len();
        let after_scheme = ["http://", "https://"]
            .iter()
            .find(|scheme| text[start..].starts_with(**scheme))
            .map(|scheme| start + scheme.len());
        let Some(after_scheme) = after_scheme else {
            continue;
        };
        let stops = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | '`');
        let run = text[after_scheme..].find(stops).map_or(text.len(), |length| after_scheme + length);
        from = run;
        if run - start > LONGEST_LINK {
            continue;
        }
        let end = after_scheme + without_punctuation(&text[after_scheme..run]).len();
        if end > after_scheme {
            spans.push((start, end));
        }
    }
    spans
}

/// What ends a sentence around an address is not part of it.
fn without_punctuation(address: &str) -> &str {
    let mut address = address;
    while let Some(last) = address.chars().next_back() {
        let closes = match last {
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' => true,
            ')' => !address.contains('('),
            ']' => !address.contains('['),
            _ => false,
        };
        if !closes {
            break;
        }
        address = &address[..address.len() - last.len_utf8()];
    }
    address
}

/// The targets of an html part's links.
fn links_in_html(html: &str) -> Vec<String> {
    let mut links: Vec<String> = Vec::new();
    for after in html.split("href=").skip(1) {
        let Some(quote) = after.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
            continue;
        };
        let Some(target) = after[1..].split(quote).next() else {
            continue;
        };
        let target = target.trim().replace("&amp;", "&");
        let is_web = target.starts_with("http://") || target.starts_with("https://");
        if is_web && target.len() <= LONGEST_LINK && links.len() < MOST_LINKS && !links.contains(&target) {
            links.push(target);
        }
    }
    links
}

#[cfg(test)]
mod tests {
    use super::{links_in_html, links_in_text};

    #[test]
    fn links_end_where_the_sentence_goes_on() {
        let text = "See https://a.example/x?y=1#z. Or (http://b.example/), <https://c.example/p_(q)>\nhttps://a.example/x?y=1#z httpx http:// https://d.example/é!";
        assert_eq!(
            links_in_text(text),
            ["https://a.example/x?y=1#z", "http://b.example/", "https://c.example/p_(q)", "https://d.example/é",]
        );
    }

    #[test]
    fn links_of_html_are_decoded() {
        let html = r#"<a href="https://a.example/?x=1&amp;y=2">a</a><a href='mailto:x@y.z'>b</a>"#;
        assert_eq!(links_in_html(html), ["https://a.example/?x=1&y=2"]);
    }
}
