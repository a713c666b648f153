//! Mails: templates (Tera, embedded) rendered to text and HTML, delivered over SMTP.
//!
//! Each mail's Message-ID follows from its job, so that a mail which arrives twice is seen as one.

pub mod send;

use std::{io, time::Duration};

use include_dir::{Dir, include_dir};
use ledgerline_jobs::{JobId, causes::causes};
use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, MultiPart, header},
    transport::smtp::PoolConfig,
};
use serde_json::Value;
use tera::{Context, Tera};

use crate::{
    error::{Error, Result},
    settings::{Settings, SettingsError},
};

static SHARED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src/mail/templates/shared");

/// How long a mail server may take for one command.
const PATIENCE: Duration = Duration::from_secs(20);

/// One mail, ready to be delivered.
#[derive(Clone, Debug)]
pub struct Mail {
    /// Stable name of the mail.
    pub message_id: String,
    /// In whose name it is sent; ours otherwise.
    pub from_name: Option<String>,
    /// Whom it goes to.
    pub to: Mailbox,
    /// Subject, one line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// HTML.
    pub html: String,
}

impl Mail {
    /// Renders a template folder (`subject.txt`, `text.txt`, `html.html`) for one recipient. Tera escapes what is
    /// put into `.html`.
    ///
    /// # Errors
    /// When a template or the address is wrong.
    pub fn render(template: &Dir<'_>, words: &Value, id: JobId, to: &str, name: Option<&str>) -> Result<Self> {
        let mut tera = Tera::default();
        for file in SHARED.files().chain(template.files()) {
            let name = file.path().to_str().unwrap_or_default();
            tera.add_raw_template(name, file.contents_utf8().unwrap_or_default()).map_err(Error::internal)?;
        }
        let context = Context::from_serialize(words).map_err(Error::internal)?;
        let render = |name: &str| tera.render(name, &context).map_err(Error::internal);
        let address: Address = to.parse().map_err(Error::internal)?;
        Ok(Self {
            message_id: format!("<{id}@mail.ledgerline>"),
            from_name: None,
            to: Mailbox::new(name.map(ToOwned::to_owned), address),
            subject: render("subject.txt")?.split_whitespace().collect::<Vec<_>>().join(" "),
            text: render("text.txt")?,
            html: render("html.html")?,
        })
    }
}

/// Why a mail was not delivered, and what follows from it.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// Surely not delivered; trying again is safe.
    #[error("The mail was not delivered: {0}.")]
    NotSent(String),
    /// Refused for good.
    #[error("The mail was refused for good: {0}.")]
    Refused(String),
    /// The connection broke after the mail was handed over: it may have arrived. Not to be repeated.
    #[error("The mail may have arrived, so it is not sent again: {0}.")]
    Unknown(String),
}

/// Delivers mails.
#[derive(Clone, Debug)]
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Mailer {
    /// Connects when the first mail is sent.
    ///
    /// # Errors
    /// One sentence about the setting that is wrong.
    pub fn new(settings: &Settings) -> Result<Self, SettingsError> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(&settings.mail.smtp_url)
            .map_err(|_| SettingsError::new("The setting `mail.smtp_url` is not a mail server's address; set SMTP_URL to something like smtps://user:password@smtp.example.com:465."))?
            .timeout(Some(PATIENCE))
            .pool_config(PoolConfig::new().max_size(4).idle_timeout(Duration::from_secs(30)))
            .build();
        let from = settings.mail.from.parse().map_err(|_| {
            SettingsError::new("The setting `mail.from` is not a sender; set MAIL_FROM to something like Ledgerline <no-reply@example.com>.")
        })?;
        Ok(Self { transport, from })
    }

    /// Hands the mail to the server.
    ///
    /// # Errors
    /// See [`SendError`].
    pub async fn deliver(&self, mail: &Mail) -> Result<(), SendError> {
        let message = Message::builder()
            .from(match &mail.from_name {
                Some(name) => Mailbox::new(Some(name.clone()), self.from.email.clone()),
                None => self.from.clone(),
            })
            .to(mail.to.clone())
            .subject(&mail.subject)
            .message_id(Some(mail.message_id.clone()))
            .header(AutoSubmitted)
            .header(header::MIME_VERSION_1_0)
            .multipart(MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone()))
            .map_err(|error| SendError::Refused(error.to_string()))?;
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            // the server's own words may repeat the address, so only its code is kept
            Err(error) if error.is_permanent() => Err(SendError::Refused(code(&error))),
            Err(error) if error.is_transient() => Err(SendError::NotSent(code(&error))),
            Err(error) if error.is_timeout() => {
                Err(SendError::Unknown("the mail server did not answer in time".to_owned()))
            }
            Err(error) if refused_connection(&error) => {
                Err(SendError::NotSent("the mail server cannot be reached".to_owned()))
            }
            Err(_) => Err(SendError::Unknown("the connection to the mail server broke".to_owned())),
        }
    }
}

fn code(error: &lettre::transport::smtp::Error) -> String {
    error
        .status()
        .map_or_else(|| "the mail server refused".to_owned(), |code| format!("the mail server answered {code}"))
}

/// Whether no connection came about, so that nothing can have been handed over.
fn refused_connection(error: &lettre::transport::smtp::Error) -> bool {
    causes(error).find_map(|cause| cause.downcast_ref::<io::Error>()).is_some_and(|error| {
        matches!(
            error.kind(),
            io::ErrorKind::ConnectionRefused
                | io::ErrorKind::HostUnreachable
                | io::ErrorKind::NetworkUnreachable
                | io::ErrorKind::AddrNotAvailable
                | io::ErrorKind::NotFound
        )
    })
}

/// Keeps vacation notices from answering.
#[derive(Clone)]
struct AutoSubmitted;

impl header::Header for AutoSubmitted {
    fn name() -> header::HeaderName {
        header::HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> header::HeaderValue {
        header::HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}
