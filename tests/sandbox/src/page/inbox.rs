//! The list of mails and the page of one mail.

use std::fmt::Write;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use uuid::Uuid;

use crate::World;
use crate::mail::{self, Mail};
use crate::page::html::{Linked, Text, beginning};
use crate::page::{Place, page, time};
use crate::problem::Problem;

const PAGE: usize = 100;
/// A longer part is shown up to here, with a link to all of it.
const LONGEST_SHOWN: usize = 256 * 1024;

/// The html part is a stranger: no script, no frame, no form, a place of its own. Its links may open a tab.
const MAIL_POLICY: &str = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; \
                           style-src 'unsafe-inline'; img-src data: http: https:; form-action 'none'; \
                           frame-ancestors 'self'";

#[derive(Deserialize)]
pub(super) struct Search {
    #[serde(default)]
    q: String,
    before: Option<Uuid>,
}

pub(super) async fn list(State(world): State<World>, Query(search): Query<Search>) -> Response {
    let mails = world.inbox.newest_first();
    let total = mails.len();
    let q = search.q.trim().to_lowercase();
    let mut found: Vec<_> = mails
        .into_iter()
        .filter(|mail| q.is_empty() || mentions(mail, &q))
        .filter(|mail| search.before.is_none_or(|before| mail.id < before))
        .take(PAGE + 1)
        .collect();
    let more = found.len() > PAGE;
    found.truncate(PAGE);

    let mut content = format!(
        "<h1>Inbox</h1><form class=\"search\" method=\"get\" action=\"/\" role=\"search\">\
         <input type=\"search\" name=\"q\" value=\"{}\" aria-label=\"Search in addresses and subjects\" \
         placeholder=\"Address or subject\"><button>Search</button></form><div id=\"list\">",
        Text(search.q.trim())
    );
    if found.is_empty() {
        content.push_str(if total == 0 {
            "<p class=\"empty\">No mail yet. Every mail Ledgerline sends arrives here, none goes further.</p>"
        } else {
            "<p class=\"empty\">No mail like that.</p>"
        });
    } else {
        content.push_str("<ul class=\"rows\">");
        for mail in &found {
            content.push_str(&row(mail));
        }
        content.push_str("</ul>");
    }
    if let Some(last) = found.last().filter(|_| more) {
        let query = form_encoded(search.q.trim());
        // writing to a string cannot fail
        let _infallible = write!(content, "<p><a href=\"/?q={query}&amp;before={}\">Older mails</a></p>", last.id);
    }
    content.push_str("</div>");
    page(Place::Mails, "Inbox", Some("/api/mails?limit=1"), &content)
}

fn mentions(mail: &Mail, q: &str) -> bool {
    let has = |text: &String| text.to_lowercase().contains(q);
    has(&mail.subject) || has(&mail.from) || mail.to.iter().any(has)
}

fn row(mail: &Arc<Mail>) -> String {
    format!(
        "<li><a href=\"/mails/{}\"><span class=\"subject\">{}</span><span class=\"to\">{}</span>{}</a></li>",
        mail.id,
        Text(subject(mail)),
        Text(&mail.to.join(", ")),
        time(mail.received_at)
    )
}

fn subject(mail: &Mail) -> &str {
    if mail.subject.is_empty() { "(no subject)" } else { &mail.subject }
}

pub(super) async fn show(State(world): State<World>, Path(id): Path<String>) -> Result<Response, Problem> {
    let mail = mail::find(&world, &id)?;
    let raw = String::from_utf8_lossy(&mail.raw);
    let mut content = format!(
        "<p><a href=\"/\">← Inbox</a></p><h1>{}</h1><dl class=\"facts\"><dt>From</dt><dd>{}</dd>\
         <dt>To</dt><dd>{}</dd><dt>Received</dt><dd>{}</dd><dt>Size</dt><dd>{} octets</dd></dl>",
        Text(subject(&mail)),
        Text(&mail.from),
        Text(&mail.to.join(", ")),
        time(mail.received_at),
        mail.size_bytes
    );
    if !mail.attachments.is_empty() {
        content.push_str("<p class=\"attachments\">Attached: ");
        let named: Vec<_> = mail.attachments.iter().map(attachment).collect();
        content.push_str(&named.join(", "));
        content.push_str("</p>");
    }
    content.push_str("<div class=\"parts\">");
    let mut parts = Parts { content: &mut content, first: true };
    if mail.html.is_some() {
        parts.add("html", "Html", &html_frame(&mail));
    }
    if let Some(text) = &mail.text {
        parts.add("text", "Text", &shown(text, &mail, true));
    }
    parts.add("headers", "Headers", &headers(&mail));
    parts.add("raw", "Raw", &shown(&raw, &mail, false));
    content.push_str("</div>");
    Ok(page(Place::Mails, subject(&mail), None, &content))
}

/// Tabs made of radio buttons, so that they need no script; the style shows the panel after the checked one.
struct Parts<'a> {
    content: &'a mut String,
    first: bool,
}

impl Parts<'_> {
    fn add(&mut self, id: &str, name: &str, panel: &str) {
        let checked = if self.first { " checked" } else { "" };
        self.first = false;
        let _infallible = write!(
            self.content,
            "<input type=\"radio\" name=\"part\" id=\"part-{id}\"{checked}><label for=\"part-{id}\">{name}</label>\
             <section class=\"panel\" aria-label=\"{name}\">{panel}</section>"
        );
    }
}

fn html_frame(mail: &Mail) -> String {
    format!(
        "<div class=\"widths\" role=\"radiogroup\" aria-label=\"Width\">\
         <input type=\"radio\" name=\"width\" id=\"width-desktop\" checked><label for=\"width-desktop\">Desktop</label>\
         <input type=\"radio\" name=\"width\" id=\"width-phone\"><label for=\"width-phone\">Phone</label>\
         <iframe sandbox=\"allow-popups allow-popups-to-escape-sandbox\" referrerpolicy=\"no-referrer\" \
         title=\"The mail as its reader sees it\" src=\"/mails/{}/html\"></iframe></div>",
        mail.id
    )
}

fn shown(text: &str, mail: &Mail, linked: bool) -> String {
    let (text, whole) = beginning(text, LONGEST_SHOWN);
    let body = if linked { Linked(text).to_string() } else { Text(text).to_string() };
    let rest = if whole { String::new() } else { "<p>That is only the beginning.</p>".to_owned() };
    format!("<pre>{body}</pre>{rest}<p><a href=\"/api/mails/{}/raw\">The whole mail as it was sent</a></p>", mail.id)
}

fn headers(mail: &Mail) -> String {
    let mut table = String::from("<dl class=\"headers\">");
    for header in &mail.headers {
        let _infallible = write!(table, "<dt>{}</dt><dd>{}</dd>", Text(&header.name), Text(&header.value));
    }
    let _infallible = write!(
        table,
        "</dl><p>Envelope: from &lt;{}&gt; to {}</p>",
        Text(&mail.envelope_from),
        Text(&mail.to.join(", "))
    );
    table
}

fn attachment(attachment: &mail::Attachment) -> String {
    format!(
        "{} ({}, {} octets)",
        Text(attachment.name.as_deref().unwrap_or("unnamed")),
        Text(attachment.content_type.as_deref().unwrap_or("no type")),
        attachment.size_bytes
    )
}

/// For the frame. Links open in a tab of their own: the frame is too small a place.
pub(super) async fn html_part(State(world): State<World>, Path(id): Path<String>) -> Result<Response, Problem> {
    let mail = mail::find(&world, &id)?;
    let html = mail.html.as_ref().ok_or_else(|| Problem::not_found("this mail has no html part"))?;
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, MAIL_POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    let document = format!("<!doctype html><base target=\"_blank\">{html}");
    Ok((headers, document).into_response())
}

/// As a form sends a value.
fn form_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for octet in text.bytes() {
        if octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_' | b'.' | b'~') {
            encoded.push(char::from(octet));
        } else {
            let _infallible = write!(encoded, "%{octet:02X}");
        }
    }
    encoded
}
