//! The inbox: mails as they were received, parsed, kept in bounded memory, and given out as JSON.

mod parse;

pub(crate) use parse::link_spans;

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use uuid::Uuid;

use crate::World;
use crate::newest::Newest;
use crate::problem::Problem;

const DEFAULT_PAGE: usize = 200;
const LARGEST_PAGE: usize = 5_000;

/// What the client said about the mail before it sent it.
#[derive(Debug, Clone)]
pub struct Envelope {
    /// Where refusals would go; empty for a mail that wants none.
    pub from: String,
    /// Everyone who gets it, hidden recipients too.
    pub to: Vec<String>,
}

/// A received mail.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Mail {
    /// Ordered by arrival.
    pub id: Uuid,
    /// The address of the From header, or the envelope's.
    pub from: String,
    /// The sender of the envelope.
    pub envelope_from: String,
    /// The recipients of the envelope.
    pub to: Vec<String>,
    /// Decoded.
    pub subject: String,
    /// The text part, decoded.
    pub text: Option<String>,
    /// The html part, decoded.
    pub html: Option<String>,
    /// In their order, unfolded, not decoded.
    pub headers: Vec<MailHeader>,
    /// Without its angle brackets.
    pub message_id: Option<String>,
    /// When the mail was complete.
    pub received_at: DateTime<Utc>,
    /// The web addresses in the text part, or of the links in the html part when there is no text.
    pub links: Vec<String>,
    /// Parts that are neither.
    pub attachments: Vec<Attachment>,
    /// Octets of the whole mail.
    pub size_bytes: usize,
    /// As it came over the wire, dots unstuffed.
    #[serde(skip)]
    pub raw: Vec<u8>,
}

/// A header line.
#[derive(Debug, Clone, Serialize)]
pub struct MailHeader {
    /// As written.
    pub name: String,
    /// Unfolded.
    pub value: String,
}

/// A file in a mail.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Attachment {
    /// As the mail names it.
    pub name: Option<String>,
    /// Such as `application/pdf`.
    pub content_type: Option<String>,
    /// Octets, decoded.
    pub size_bytes: usize,
}

impl Mail {
    /// The first header of this name, whatever its case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = |header: &&MailHeader| header.name.eq_ignore_ascii_case(name);
        self.headers.iter().find(found).map(|header| header.value.as_str())
    }

    fn is_to(&self, address: &str) -> bool {
        let address = address.to_lowercase();
        self.to.iter().any(|to| to.to_lowercase() == address)
    }

    fn octets_held(&self) -> usize {
        let text = self.text.as_ref().map_or(0, String::len);
        let html = self.html.as_ref().map_or(0, String::len);
        let headers: usize = self.headers.iter().map(|header| header.name.len() + header.value.len()).sum();
        let links: usize = self.links.iter().map(String::len).sum();
        let recipients: usize = self.to.iter().map(String::len).sum();
        self.raw.len() + text + html + headers + links + recipients
    }
}

/// The mails that are kept.
pub(crate) struct Inbox {
    mails: Newest<Mail>,
}

impl Inbox {
    pub(crate) fn new(max_mails: usize, max_bytes: usize) -> Self {
        Self { mails: Newest::new(max_mails, max_bytes) }
    }

    /// Parses and keeps a mail. One the parser cannot bear is kept unparsed: the sender did send it.
    pub(crate) async fn deliver(&self, envelope: Envelope, raw: Vec<u8>) -> Uuid {
        let raw = Arc::new(raw);
        let parsing = {
            let (envelope, raw) = (envelope.clone(), raw.clone());
            // large mails take a while, and a panic of the parser ends there
            tokio::task::spawn_blocking(move || parse::parse(envelope, &raw)).await
        };
        let mut mail = parsing.unwrap_or_else(|error| {
            tracing::warn!(%error, "a mail could not be parsed");
            parse::unparsed(envelope)
        });
        mail.size_bytes = raw.len();
        mail.raw = Arc::unwrap_or_clone(raw);
        let kept = self.mails.push(|| {
            mail.id = Uuid::now_v7();
            mail.received_at = Utc::now();
            let held = mail.octets_held();
            (mail, held)
        });
        kept.id
    }

    pub(crate) fn newest_first(&self) -> Vec<Arc<Mail>> {
        self.mails.newest_first()
    }

    pub(crate) fn to(&self, address: &str) -> Vec<Arc<Mail>> {
        let mut mails = self.newest_first();
        mails.retain(|mail| mail.is_to(address));
        mails
    }

    pub(crate) fn find(&self, id: Uuid) -> Option<Arc<Mail>> {
        self.newest_first().into_iter().find(|mail| mail.id == id)
    }

    pub(crate) fn changes(&self) -> watch::Receiver<()> {
        self.mails.changes()
    }

    pub(crate) fn clear(&self) {
        self.mails.clear();
    }
}

/// Which mails are asked for.
#[derive(Debug, Default, Deserialize)]
struct Wanted {
    /// A recipient of the envelope, whole, whatever its case.
    to: Option<String>,
    /// A part of the subject, whatever its case.
    subject: Option<String>,
    /// The id of a mail, or a time: only what came later.
    after: Option<String>,
    limit: Option<usize>,
    /// `nextCursor` of the page before.
    cursor: Option<Uuid>,
}

/// From when on mails are wanted.
enum After {
    Mail(Uuid),
    Time(DateTime<Utc>),
}

impl After {
    fn read(text: &str) -> Result<Self, Problem> {
        if let Ok(id) = text.parse() {
            return Ok(Self::Mail(id));
        }
        // a `+` of a time's offset arrives as a space when the client did not encode it
        DateTime::parse_from_rfc3339(&text.replace(' ', "+"))
            .map(|time| Self::Time(time.to_utc()))
            .map_err(|_| Problem::invalid("after is neither a mail's id nor a time"))
    }

    fn includes(&self, mail: &Mail) -> bool {
        match self {
            Self::Mail(id) => mail.id > *id,
            Self::Time(time) => mail.received_at > *time,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MailList<'a> {
    mails: Vec<&'a Mail>,
    next_cursor: Option<Uuid>,
}

pub(crate) fn routes() -> Router<World> {
    Router::new()
        .route("/api/mails", get(list))
        .route("/api/mails/{id}", get(show))
        .route("/api/mails/{id}/raw", get(raw))
}

async fn list(State(world): State<World>, Query(wanted): Query<Wanted>) -> Result<Response, Problem> {
    let after = wanted.after.as_deref().map(After::read).transpose()?;
    let subject = wanted.subject.as_deref().map(str::to_lowercase);
    let limit = wanted.limit.unwrap_or(DEFAULT_PAGE).clamp(1, LARGEST_PAGE);
    let matches = |mail: &Arc<Mail>| {
        wanted.to.as_deref().is_none_or(|to| mail.is_to(to))
            && subject.as_deref().is_none_or(|part| mail.subject.to_lowercase().contains(part))
            && after.as_ref().is_none_or(|after| after.includes(mail))
            && wanted.cursor.is_none_or(|cursor| mail.id < cursor)
    };
    let mut mails: Vec<_> = world.inbox.newest_first().into_iter().filter(matches).take(limit + 1).collect();
    let more = mails.len() > limit;
    mails.truncate(limit);
    let next_cursor = mails.last().filter(|_| more).map(|mail| mail.id);
    let mails = mails.iter().map(|mail| &**mail).collect();
    Ok(Json(MailList { mails, next_cursor }).into_response())
}

async fn show(State(world): State<World>, Path(id): Path<String>) -> Result<Response, Problem> {
    find(&world, &id).map(|mail| Json(&*mail).into_response())
}

async fn raw(State(world): State<World>, Path(id): Path<String>) -> Result<Response, Problem> {
    let mail = find(&world, &id)?;
    let headers = [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")];
    Ok((headers, mail.raw.clone()).into_response())
}

pub(crate) fn find(world: &World, id: &str) -> Result<Arc<Mail>, Problem> {
    id.parse()
        .ok()
        .and_then(|id| world.inbox.find(id))
        .ok_or_else(|| Problem::not_found("there is no such mail, or no more"))
}
